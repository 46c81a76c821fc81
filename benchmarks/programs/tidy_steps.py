#!/usr/bin/env python3
"""Trap: loops over the places of a list that look like walks over neighbours."""
import sys


def read(path):
    numbers = []
    with open(path) as file:
        for line in file:
            numbers.append(len(line) % 7)
    return numbers


def relaxed(numbers):
    """Each place sees what has become of the one before."""
    for i in range(1, len(numbers)):
        if numbers[i] < numbers[i - 1]:
            numbers[i] = numbers[i - 1]
    return sum(numbers)


def shared(numbers):
    """Another name for the list, by which it is changed."""
    same = numbers
    found = []
    for i in range(1, len(numbers)):
        found.append(numbers[i - 1] + numbers[i])
        same[i] = 0
    return sum(found)


def ring(numbers):
    """The first has the last before it."""
    return sum(numbers[i] != numbers[i - 1] for i in range(len(numbers)))


def ragged(numbers):
    """The last windows are shorter."""
    return [len(numbers[i:i + 3]) for i in range(len(numbers))][-3:]


def shrinking(numbers, size):
    """Windows that become smaller on the way."""
    found = []
    for i in range(len(numbers) - size + 1):
        found.append(sum(numbers[i:i + size]))
        size = max(1, size - 1)
    return sum(found), size


def kept(numbers):
    """Windows that are kept and changed, each for itself."""
    windows = []
    for i in range(len(numbers) - 3 + 1):
        window = numbers[i:i + 3]
        window.sort()
        windows.append(window)
    return [window[0] for window in windows][:5], len(windows)


def main():
    path = sys.argv[1]
    print(relaxed(read(path)), shared(read(path)), ring(read(path)), ragged(read(path)))
    print(shrinking(read(path), 4), kept(read(path)))
    for size in (0, 1, 5):
        numbers = read(path)
        print(sum(len(numbers[i:i + size]) for i in range(len(numbers) - size + 1)))


if __name__ == "__main__":
    main()
