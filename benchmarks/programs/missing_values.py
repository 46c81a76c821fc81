#!/usr/bin/env python3
"""Missing values are NaN: membership, sorting and grouping go by identity."""
import math
import sys

MISSING = float("nan")


def read_column(path):
    column = []
    with open(path) as f:
        for line in f:
            text = line.strip()
            column.append(MISSING if text == "-" else float(text))
    return column


def distinct(values):
    seen = []
    for value in values:
        if len(seen) < 50 and value not in seen:
            seen.append(value)
    return seen


def main():
    column = read_column(sys.argv[1])
    print(f"{len(column)} values, {column.count(MISSING)} missing, {MISSING in column}")
    print("some", float("nan") in column, column == list(column))
    print(len(distinct(column)), distinct(column)[:4])
    groups = {}
    for value in column:
        groups.setdefault(value, []).append(value)
    sizes = sorted((len(members), str(value)) for value, members in groups.items())
    print(len(groups), sizes[-2:])
    ordered = sorted(column)
    print([str(value) for value in ordered[:3]], len(set(column)))
    known = [value for value in ordered if not math.isnan(value)]
    print(f"{sum(known):.6f}", min(column, default=0), known[:2])


if __name__ == "__main__":
    main()
