#!/usr/bin/env python3
"""Sums of floats that cancel: their order and the way they are added can be seen."""
import sys


def read_amounts(path):
    amounts = []
    with open(path) as f:
        for line in f:
            account, amount = line.split()
            amounts.append((account, float(amount)))
    return amounts


def by_account(amounts):
    groups = {}
    for account, amount in amounts:
        groups.setdefault(account, []).append(amount)
    return groups


def main():
    amounts = read_amounts(sys.argv[1])
    running = 0.0
    for _, amount in amounts:
        running += amount
    print(repr(running), repr(sum(amount for _, amount in amounts)))
    print(repr(sum([amount for _, amount in amounts], 0.5)))
    for account, values in by_account(amounts).items():
        backwards = 0.0
        for value in reversed(values):
            backwards += value
        print(account, repr(sum(values)), repr(backwards), repr(sum(sorted(values))))
        print(account, repr(max(values)), repr(min(values)), repr(sum(values) / len(values)))


if __name__ == "__main__":
    main()
