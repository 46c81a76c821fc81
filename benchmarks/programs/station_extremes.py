#!/usr/bin/env python3
"""Extremes and means by weather station from a compressed observation file."""
import gzip
import sys


def read_observations(path):
    with gzip.open(path, "rt") as f:
        lines = f.readlines()
    header = lines[0].rstrip("\n").split(",") if lines else []
    return header, [line.rstrip("\n").split(",") for line in lines[1:]]


def group_by_station(rows):
    stations = {}
    for station, _day, low, high, rain in rows:
        stations.setdefault(station, []).append((float(low), float(high), float(rain)))
    return stations


def summary(values):
    lows = [low for low, _, _ in values]
    highs = [high for _, high, _ in values]
    rain = sum(amount for _, _, amount in values)
    wet = len([amount for _, _, amount in values if amount >= 1.0])
    return min(lows), max(highs), sum(highs) / len(highs), rain, wet


def main():
    header, rows = read_observations(sys.argv[1])
    if not rows:
        print("no observations")
        return 1
    stations = group_by_station(rows)
    print(" ".join(header), len(rows))
    for name in sorted(stations):
        low, high, mean, rain, wet = summary(stations[name])
        print(f"{name} {low:.1f} {high:.1f} {mean:.4f} {rain:.2f} {wet}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
