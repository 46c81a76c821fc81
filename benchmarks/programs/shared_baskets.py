#!/usr/bin/env python3
"""Several names for one list, and a default argument that remembers."""
import sys


def collect(line, bag=[]):
    bag.append(line.strip())
    return bag


def classify(path):
    small = large = []
    odd, even = [], []
    with open(path) as f:
        for line in f:
            number = int(line)
            if number < 500:
                small.append(number)
            else:
                large.append(-number)
            (odd if number % 2 else even).append(number)
            everything = collect(line)
    return small, large, odd, even


def rows_of(width, height):
    row = [0] * width
    return [row] * height


def main():
    small, large, odd, even = classify(sys.argv[1])
    print(f"{len(small)} {len(large)} {sum(small)} {sum(1 for n in large if n < 0)}")
    print(f"{len(odd)} odd, {len(even)} even, {len(collect('last'))} collected")
    grid = rows_of(3, 4)
    for number in odd[:5]:
        grid[number % 4][number % 3] += number
    print(grid)
    small.clear()
    print(len(large), list(large) == [])


if __name__ == "__main__":
    main()
