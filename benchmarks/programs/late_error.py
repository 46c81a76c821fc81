#!/usr/bin/env python3
"""Convert a whole column before the title is printed: a bad field is an error at once."""
import sys


def convert(path):
    with open(path) as f:
        return [float(line) for line in f]


def reciprocals(values):
    return [1 / value for value in values]


def show(title, values):
    print(title)
    for number, value in enumerate(values, 1):
        if number <= 3:
            print(f"  {number} {value:.6f}")
    print("  ...")


def main():
    values = convert(sys.argv[1])
    print(f"read {len(values)}")
    inverse = reciprocals(values)
    show("reciprocals", inverse)
    roots = [value ** 0.5 for value in values if value > 0]
    show("roots", roots)
    print(f"sum {sum(inverse):.6f} {sum(roots):.6f}")


if __name__ == "__main__":
    main()
