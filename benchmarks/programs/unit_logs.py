#!/usr/bin/env python3
"""Merge the logs of several units into one, write it, and list what precedes errors."""
import argparse
import glob
import heapq
import os
from collections import Counter


def parse(line):
    stamp, level, module, text = line.rstrip().split(" ", 3)
    return int(stamp), level, module, text


def read_unit(path):
    unit = os.path.basename(path)[:-4]
    records = []
    with open(path) as f:
        for line in f:
            stamp, level, module, text = parse(line)
            records.append((stamp, unit, level, module, text))
    return records


def write_merged(records, target):
    with open(target, "w") as out:
        for stamp, unit, level, module, text in records:
            print(stamp, unit, level, module, text, file=out)


def contexts(records, before=3):
    """modules that spoke in the few lines before every error"""
    found = Counter()
    for i, record in enumerate(records):
        if record[2] == "ERROR":
            for other in records[max(0, i - before):i]:
                found[other[3], record[3]] += 1
    return found


def silent(records, limit):
    gaps = []
    for previous, current in zip(records, records[1:]):
        if current[0] - previous[0] > limit:
            gaps.append((previous[0], current[0]))
    return gaps


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("out")
    parser.add_argument("--limit", type=int, default=12)
    options = parser.parse_args()

    units = [read_unit(path) for path in sorted(glob.glob(os.path.join(options.folder, "*.log")))]
    records = list(heapq.merge(*units))
    write_merged(records, os.path.join(options.out, "all.log"))
    print(f"{len(records)} lines of {len(units)} units")
    levels = Counter(record[2] for record in records)
    print(", ".join(f"{level} {levels[level]}" for level in sorted(levels)))
    for (before, failing), times in sorted(contexts(records).items(), key=lambda e: (-e[1], e[0]))[:6]:
        print(f"{before} before {failing}: {times}")
    gaps = silent(records, options.limit)
    print(len(gaps), "gaps, longest", max((b - a for a, b in gaps), default=0))


if __name__ == "__main__":
    main()
