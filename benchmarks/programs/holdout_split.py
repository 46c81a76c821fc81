#!/usr/bin/env python3
"""Shuffle samples with a seed, hold some back, fit a line to the others."""
import random
import sys


def read_samples(path):
    samples = []
    with open(path) as f:
        for line in f:
            x, y = line.split()
            samples.append((int(x), int(y)))
    return samples


def split(samples, share, seed):
    rng = random.Random(seed)
    rng.shuffle(samples)
    cut = int(len(samples) * share)
    return samples[:cut], samples[cut:]


def fit(samples):
    n = len(samples)
    sx = sum(x for x, _ in samples)
    sy = sum(y for _, y in samples)
    sxx = sum(x * x for x, _ in samples)
    sxy = sum(x * y for x, y in samples)
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return slope, (sy - slope * sx) / n


def main():
    samples = read_samples(sys.argv[1])
    train, test = split(samples, 0.75, 42)
    slope, offset = fit(train)
    errors = [abs(y - slope * x - offset) for x, y in test]
    print(f"{len(train)} to fit, {len(test)} held back, first {samples[:2]}")
    print(f"slope {slope:.9f} offset {offset:.6f} mean error {sum(errors) / len(errors):.9f}")


if __name__ == "__main__":
    main()
