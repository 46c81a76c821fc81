#!/usr/bin/env python3
"""Totals of each vehicle of a fleet: fixes, time under way, and how far north it was."""
import sys
from collections import Counter, defaultdict


class Fleet:
    """What is known of each vehicle; filled line by line."""

    def __init__(self):
        self.fixes = Counter()
        self.speed = defaultdict(int)
        self.idle = {}

    def note(self, vehicle, speed):
        self.fixes[vehicle] += 1
        self.speed[vehicle] += int(speed)
        if speed == "0":
            self.idle[vehicle] = self.idle.get(vehicle, 0) + 1

    def report(self, out):
        out.write(f"{len(self.fixes)} vehicles, {len(self.idle)} stood still\n")
        for vehicle, count in self.fixes.most_common(5):
            out.write(f"{vehicle} {count} {self.speed[vehicle] / count:.2f}\n")
        out.write(f"{sum(self.speed.values())} {max(self.speed.values(), default=0)}\n")


def drift(path, balance):
    """North counts for, south against."""
    with open(path) as log:
        for line in log:
            if line.startswith("#"):
                continue
            _, vehicle, north, _, _ = line.split()
            degrees = float(north)
            if degrees > 51:
                balance[vehicle] += degrees
            else:
                balance[vehicle] -= degrees


def main(path, target):
    fleet = Fleet()
    with open(path) as log:
        for line in log:
            if not line.startswith("#"):
                _, vehicle, _, _, speed = line.split()
                fleet.note(vehicle, speed)
    balance = defaultdict(float)
    drift(path, balance)
    with open(target, "w") as out:
        fleet.report(out)
        for vehicle in sorted(balance):
            out.write(f"{vehicle} {balance[vehicle]!r}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
