#!/usr/bin/env python3
"""Totals of a file that may have a bad line; limits end the walk on purpose, each in its way."""
import sys


class OverLimit(Exception):
    pass


def read_values(path):
    values = []
    with open(path) as f:
        for line in f:
            values.append(float(line))
    return values


def total_within(path, limit):
    total = 0.0
    for value in read_values(path):
        if value > limit:
            raise OverLimit(f"{value:.3f} is more than {limit}")
        total += value
    return total


def longest_rise(path, most):
    last = rise = best = 0
    for value in read_values(path):
        rise = rise + 1 if value > last else 1
        assert rise <= most, f"rises {rise} times"
        last, best = value, max(best, rise)
    return best


def main():
    for limit in (500, 5000):
        try:
            print("total", f"{total_within(sys.argv[1], limit):.3f}")
        except ValueError as error:
            print("not a number:", error)
        except OverLimit as error:
            print("over the limit:", error)
    for most in (3, 1000):
        try:
            print("rises", longest_rise(sys.argv[1], most))
        except (AssertionError, ValueError) as error:
            print(type(error).__name__, error)
    inverse = 0.0
    for value in read_values(sys.argv[1]):
        if value == 0:
            raise SystemExit(3)
        if value < 0.05:
            raise SystemExit("too small to be true")
        inverse += 1 / value
    print(f"inverse {inverse:.6f}")


if __name__ == "__main__":
    main()
