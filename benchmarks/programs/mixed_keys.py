#!/usr/bin/env python3
"""Group and count by keys of several types: 1, 1.0 and True are one key, '1' is another."""
import sys
from collections import Counter, defaultdict


def key_of(number):
    kinds = (int, float, str, bool, lambda n: (n, float(n)), lambda n: None, lambda n: -0.0)
    return kinds[number % 7](number % 4)


def read_keys(path):
    with open(path) as f:
        return [(key_of(int(line)), int(line)) for line in f]


def group(pairs):
    groups = defaultdict(list)
    for key, number in pairs:
        groups[key].append(number)
    return groups


def distinct(keys):
    seen = set()
    kept = []
    for key in keys:
        if key not in seen:
            seen.add(key)
            kept.append(key)
    return kept


def main():
    pairs = read_keys(sys.argv[1])
    groups = group(pairs)
    for key, numbers in groups.items():
        print(repr(key), type(key).__name__, len(numbers), sum(numbers), numbers[:2])
    print([repr(key) for key in distinct(key for key, _ in pairs)])
    print(Counter(key for key, _ in pairs).most_common(3))
    print(groups.get(1.0, [])[:1] == groups.get(True, [])[:1], groups[99], len(groups))
    try:
        print([key for key in sorted(groups)][:2])
    except TypeError as problem:
        print("no order:", problem)


if __name__ == "__main__":
    main()
