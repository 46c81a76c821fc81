#!/usr/bin/env python3
"""Peak hours of traffic counters: the busiest rolling hour of each counter."""
import argparse
import collections
import os


def read_counts(path):
    rows = []
    for line in open(path, encoding="ascii"):
        counter, minute, cars, lorries = line.strip().split(",")
        rows.append((counter, int(minute), int(cars), int(lorries)))
    return rows


def by_counter(rows):
    series = {}
    for row in rows:
        if row[0] not in series:
            series[row[0]] = [row]
        else:
            series[row[0]].append(row)
    return series


def busiest_hour(rows):
    """the sixty minutes in which most cars passed: (cars, first minute)"""
    rows.sort(key=lambda row: row[1])
    window = collections.deque()
    total, best = 0, (0, None)
    for _, minute, cars, lorries in rows:
        window.append((minute, cars + 2 * lorries))
        total += cars + 2 * lorries
        while window[0][0] <= minute - 60:
            total -= window.popleft()[1]
        if total > best[0]:
            best = (total, window[0][0])
    return best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("counts")
    parser.add_argument("outdir")
    options = parser.parse_args()

    rows = read_counts(options.counts)
    series = by_counter(rows)
    lorries = sum(row[3] for row in rows)
    with open(os.path.join(options.outdir, "peaks.txt"), "w") as out:
        for counter in sorted(series):
            total, start = busiest_hour(series[counter])
            print(counter, len(series[counter]), total, start, file=out)
    print(f"{len(rows)} rows, {len(series)} counters, {lorries} lorries")


if __name__ == "__main__":
    main()
