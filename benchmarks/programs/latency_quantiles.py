#!/usr/bin/env python3
"""Median and tail of response times, overall and without the slowest client."""
import sys


def read_times(path):
    times = []
    with open(path) as f:
        for line in f:
            client, micros = line.split()
            times.append((client, int(micros)))
    return times


def quantile(values, share):
    if not values:
        return 0
    return values[min(len(values) - 1, int(len(values) * share))]


def describe(name, values):
    values = sorted(values)
    middle = values[len(values) // 2] if values else 0
    print(f"{name}: n={len(values)} median={middle} "
          f"p90={quantile(values, 0.9)} p99={quantile(values, 0.99)} "
          f"max={values[-1] if values else 0}")


def slowest_client(times):
    totals = {}
    for client, micros in times:
        count, total = totals.get(client, (0, 0))
        totals[client] = (count + 1, total + micros)
    return max(totals, key=lambda c: (totals[c][1] / totals[c][0], c), default=None)


def main():
    times = read_times(sys.argv[1])
    describe("all", [micros for _, micros in times])
    slowest = slowest_client(times)
    print(f"slowest client: {slowest}")
    describe("others", [micros for client, micros in times if client != slowest])


if __name__ == "__main__":
    main()
