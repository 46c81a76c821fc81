#!/usr/bin/env python3
"""Readings without a value hold NaN, which equals nothing: they are found by being the same object."""
import sys
from dataclasses import dataclass


@dataclass
class Reading:
    place: int
    value: float


class Level:
    """A height; two levels are equal if their heights are."""

    def __init__(self, height):
        self.height = height

    def __eq__(self, other):
        return self.height == other.height


def read_values(path):
    with open(path) as f:
        for line in f:
            value = int(line)
            yield float("nan") if value % 2 == 0 else value / 10


def look_for_some(rows):
    if not rows:
        return
    first, middle = rows[0], rows[len(rows) // 2]
    print(middle in rows, rows.count(middle), rows.index(middle))
    print(first in rows, rows.count(first), sum(row == first for row in rows))


def main():
    readings = []
    for place, value in enumerate(read_values(sys.argv[1])):
        readings.append(Reading(place % 5, value))
    levels = []
    for value in read_values(sys.argv[1]):
        levels.append(Level(value))
    print(f"{len(readings)} readings, {len(levels)} levels")
    look_for_some(readings)
    look_for_some(levels)


if __name__ == "__main__":
    main()
