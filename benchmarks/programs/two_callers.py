#!/usr/bin/env python3
"""One reader, two callers: one walks its rows once, the other twice."""
import sys


def read_pairs(path, least):
    pairs = []
    with open(path) as f:
        for line in f:
            name, value = line.split()
            if int(value) >= least:
                pairs.append((name, int(value)))
    return pairs


def total(path):
    return sum(value for _, value in read_pairs(path, 0))


def shares(path):
    pairs = read_pairs(path, 100)
    whole = sum(value for _, value in pairs)
    result = []
    for name, value in pairs:
        result.append((value / whole, name))
    return result


def main():
    path = sys.argv[1]
    print("total", total(path))
    ranked = sorted(shares(path), reverse=True)
    for share, name in ranked[:5]:
        print(f"{name} {share:.6f}")
    print(f"{len(ranked)} shares add up to {sum(share for share, _ in ranked):.6f}")


if __name__ == "__main__":
    main()
