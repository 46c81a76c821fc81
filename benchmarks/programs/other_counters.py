#!/usr/bin/env python3
"""Trap: attributes and parameters that hold a counter, and then something else."""
import sys
from collections import Counter, defaultdict
from decimal import Decimal


class Meter:
    """Its counts are begun anew, by a plain dict."""

    def __init__(self):
        self.counts = Counter()
        self.totals = {}
        self.first = {}

    def note(self, vehicle, speed):
        self.counts[vehicle] += 1
        self.totals[vehicle] = self.totals.get(vehicle, 0) + speed
        self.first[vehicle] = self.first.get(vehicle, 0) + 1

    def reset(self):
        self.counts = {}


class Loud(Meter):
    """What the base counts is stored in another way as well."""

    def note(self, vehicle, speed):
        super().note(vehicle, speed)
        self.totals[vehicle] = max(self.totals[vehicle], 7)


def fill(path, counts):
    """One caller gives a dict, the other one of its own sort."""
    with open(path) as log:
        for line in log:
            if not line.startswith("#"):
                counts[line.split()[1]] += 1


class Refusing(dict):
    """A dict that does not let a key in."""

    def __missing__(self, key):
        return -100 if key.endswith("1") else 0


def owed(path, balance):
    """A minus sign would round such a number, and what is no number fails by its operator."""
    third = Decimal(1).quantize(Decimal("1e-27")) / 3
    with open(path) as log:
        for number, line in enumerate(log):
            if not line.startswith("#"):
                balance[line.split()[1]] -= "x" if number == 700 else third + Decimal("1e10")


def main(path):
    loud = Loud()
    with open(path) as log:
        for number, line in enumerate(log):
            if not line.startswith("#"):
                _, vehicle, _, _, speed = line.split()
                try:
                    loud.note(vehicle, int(speed))
                except KeyError as error:
                    print("no", error)
                    break
                if number == 1500:
                    loud.reset()
    print(len(loud.counts), sorted(loud.totals.items())[:5], len(loud.first))
    plain, own = defaultdict(int), Refusing()
    fill(path, plain)
    fill(path, own)
    print(len(plain), sum(plain.values()), len(own), sum(own.values()))
    balance = defaultdict(Decimal)
    try:
        owed(path, balance)
    except TypeError as error:
        print(error)
    print(len(balance), sorted(balance.items())[:3])


if __name__ == "__main__":
    main(sys.argv[1])
