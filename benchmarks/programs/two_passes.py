#!/usr/bin/env python3
"""Two passes over one list that both print, and a third that needs what they found."""
import sys


def read(path):
    with open(path) as f:
        return [line.split() for line in f]


def warn(rows):
    warned = set()
    for name, value in rows:
        if int(value) > 1900 and len(warned) < 6:
            print(f"warning: {name} has {value}")
            warned.add(name)
    return warned


def book(rows, warned):
    booked = {}
    for name, value in rows:
        if name in warned:
            print(f"not booked: {name}")
            continue
        booked[name] = booked.get(name, 0) + int(value)
    return booked


def main():
    rows = read(sys.argv[1])
    warned = warn(rows)
    booked = book(rows, warned)
    late = [name for name, _ in rows if name not in booked]
    share = max((int(value) for _, value in rows), default=1)
    scaled = sum(int(value) / share for _, value in rows)
    print(f"{len(booked)} booked, {len(late)} not, {scaled:.6f} of {share}")


if __name__ == "__main__":
    main()
