#!/usr/bin/env python3
"""The last errors of a service log, newest first, with what led to each."""
import argparse

LEVELS = {"DEBUG": 0, "INFO": 1, "WARN": 2, "ERROR": 3}


def parse(line):
    stamp, level, component, message = line.rstrip("\n").split(" ", 3)
    return float(stamp), level, component, message


def load(path):
    records = []
    with open(path) as f:
        for line in f:
            records.append(parse(line))
    return records


def last_errors(records, count):
    errors = []
    for stamp, level, component, message in reversed(records):
        if LEVELS[level] >= LEVELS["ERROR"]:
            errors.append((stamp, component, message))
            if len(errors) == count:
                break
    return errors


def warnings_before(records, stamp, seconds):
    return [r for r in records if r[1] == "WARN" and stamp - seconds <= r[0] < stamp]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log")
    parser.add_argument("-n", type=int, default=5)
    args = parser.parse_args()

    records = load(args.log)
    print(f"{len(records)} records")
    for stamp, component, message in last_errors(records, args.n):
        before = warnings_before(records, stamp, 2.0)
        print(f"{stamp:.3f} {component}: {message} ({len(before)} warnings before)")
    levels = {}
    for record in records:
        levels[record[1]] = levels.get(record[1], 0) + 1
    for level in sorted(levels, key=LEVELS.get, reverse=True):
        print(f"{level:6s} {levels[level]}")


if __name__ == "__main__":
    main()
