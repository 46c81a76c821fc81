#!/usr/bin/env python3
"""A file with two tables: both readers take their lines from one open file."""
import sys


def take_table(lines):
    """rows up to the next blank line"""
    rows = []
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            break
        rows.append(line.split(","))
    return rows


def to_dict(rows):
    return {code: name for code, name in rows}


def main():
    with open(sys.argv[1]) as f:
        names = take_table(f)
        prices = take_table(f)
        rest = [line for line in f]
    lookup = to_dict(names)
    total = 0
    unknown = []
    for code, price in prices:
        if code in lookup:
            total += int(price)
        else:
            unknown.append(code)
    print(f"{len(names)} names, {len(prices)} prices, {len(rest)} lines left")
    print(f"total {total}, unknown {len(unknown)} {unknown[:3]}")
    if rest:
        print("note:", rest[0].strip())


if __name__ == "__main__":
    main()
