#!/usr/bin/env python3
"""Rules for a feed, made in a loop; what they close over changes afterwards."""
import sys


def make_rules(limits):
    rules = []
    for name, limit in limits:
        rules.append(lambda value: (name, value > limit))
    return rules


def make_bound_rules(limits):
    return [lambda value, name=name, limit=limit: (name, value > limit)
            for name, limit in limits]


def read_values(path):
    with open(path) as f:
        return [int(line) for line in f]


def main():
    limits = [("low", 10), ("middle", 100), ("high", 1000)]
    values = read_values(sys.argv[1])
    scale = 1
    scaled = (value * scale for value in values)
    scale = 3
    counts = {}
    rules = make_rules(limits) + make_bound_rules(limits)
    limits.append(("never", 0))
    for value in scaled:
        for rule in rules:
            name, hit = rule(value)
            if hit:
                counts[name] = counts.get(name, 0) + 1
    print(f"{len(values)} values, {len(rules)} rules")
    print(counts)


if __name__ == "__main__":
    main()
