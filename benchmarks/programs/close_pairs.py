#!/usr/bin/env python3
"""Pairs of stars that stand close to each other, from a small catalogue."""
import argparse
import math


def read_stars(path):
    with open(path) as f:
        rows = [line.split() for line in f if not line.startswith("#")]
    return [(name, float(ra), float(dec), float(mag)) for name, ra, dec, mag in rows]


def all_pairs(stars):
    pairs = []
    for i in range(len(stars)):
        for j in range(i + 1, len(stars)):
            pairs.append((stars[i], stars[j]))
    return pairs


def separation(a, b):
    dx = (a[1] - b[1]) * math.cos(math.radians((a[2] + b[2]) / 2))
    return math.hypot(dx, a[2] - b[2])


def measure(pairs):
    return [(separation(a, b), a[0], b[0]) for a, b in pairs]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue")
    parser.add_argument("--within", type=float, default=0.5)
    args = parser.parse_args()

    stars = read_stars(args.catalogue)
    measured = measure(all_pairs(stars))
    close = [item for item in measured if item[0] <= args.within]
    print(f"{len(stars)} stars, {len(measured)} pairs, {len(close)} close ones")
    for distance, first, second in sorted(close)[:6]:
        print(f"{distance:.6f} {first} {second}")
    if measured:
        print(f"mean separation {sum(d for d, _, _ in measured) / len(measured):.6f}")


if __name__ == "__main__":
    main()
