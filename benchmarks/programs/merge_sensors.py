#!/usr/bin/env python3
"""One time line from the files of several loggers, each in order of time."""
import glob
import os
import sys


def read_logger(path):
    name = os.path.splitext(os.path.basename(path))[0]
    samples = []
    for line in open(path):
        seconds, value = line.split(";")
        samples.append((int(seconds), name, float(value)))
    return samples


def combine(paths):
    everything = []
    for path in paths:
        everything.extend(read_logger(path))
    everything.sort()
    return everything


def gaps(samples, limit):
    """times at which no logger said anything for longer than limit seconds"""
    found = []
    last = None
    for seconds, _, _ in samples:
        if last is not None and seconds - last > limit:
            found.append((last, seconds - last))
        last = seconds
    return found


def energy(samples):
    total = 0.0
    previous = {}
    for seconds, name, value in samples:
        if name in previous:
            then, before = previous[name]
            total += (seconds - then) * (value + before) / 2
        previous[name] = (seconds, value)
    return total


def main():
    paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.log")))
    samples = combine(paths)
    print(f"{len(samples)} samples of {len(paths)} loggers")
    if not samples:
        return
    print(f"from {samples[0][0]} to {samples[-1][0]}")
    silent = gaps(samples, 20)
    print(f"{len(silent)} gaps, longest {max((length for _, length in silent), default=0)}")
    print(f"energy {energy(samples):.4f}")


if __name__ == "__main__":
    main()
