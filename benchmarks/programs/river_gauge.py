#!/usr/bin/env python3
"""Flood waves in a gauge's levels: smoothed over a window, then searched for peaks."""
import sys

WINDOW = 12


def read_levels(path):
    levels = []
    with open(path) as file:
        for line in file:
            line = line.strip()
            if line and not line.startswith("#"):
                levels.append(float(line))
    return levels


def smoothed(levels, size):
    means = []
    for end in range(size, len(levels) + 1):
        means.append(sum(levels[end - size:end]) / size)
    return means


def slopes(means):
    """How fast the level rises or falls, step by step."""
    changes = []
    for i in range(1, len(means)):
        changes.append((means[i], means[i] - means[i - 1]))
    return changes


def waves(changes):
    """Levels at which a rise turns into a fall."""
    found = 0
    highest = None
    for i in range(len(changes) - 1):
        if changes[i][1] > 0 >= changes[i + 1][1]:
            found += 1
            if highest is None or changes[i][0] > highest[0]:
                highest = (changes[i][0], i)
    return found, highest


def main():
    levels = read_levels(sys.argv[1])
    found, highest = waves(slopes(smoothed(levels, WINDOW)))
    print(found, "waves")
    if highest:
        print(f"highest {highest[0]:.3f} m at {highest[1]}")


if __name__ == "__main__":
    main()
