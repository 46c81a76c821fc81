#!/usr/bin/env python3
"""Histogram of deposited energies from a detector run."""
import sys

BINS = 20


def read_energies(path):
    energies = []
    with open(path) as f:
        for number, line in enumerate(f):
            fields = line.split(",")
            if len(fields) != 3:
                continue
            channel, adc, gain = int(fields[0]), int(fields[1]), float(fields[2])
            if channel >= 0:
                energies.append(adc * gain)
    return energies


def histogram(values, low, high, bins):
    counts = [0] * bins
    width = (high - low) / bins or 1.0
    for value in values:
        counts[min(bins - 1, int((value - low) / width))] += 1
    return counts


def moments(values):
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return mean, variance


def draw(counts, low, high):
    tallest = max(counts)
    width = (high - low) / len(counts)
    for i, count in enumerate(counts):
        bar = "#" * round(40 * count / tallest)
        print(f"{low + i * width:10.3f} {count:8d} {bar}")


def main():
    energies = read_energies(sys.argv[1])
    if not energies:
        print("empty run")
        sys.exit(3)
    low, high = min(energies), max(energies)
    mean, variance = moments(energies)
    print(f"{len(energies)} hits, mean {mean:.6f}, variance {variance:.6f}")
    draw(histogram(energies, low, high, BINS), low, high)


if __name__ == "__main__":
    main()
