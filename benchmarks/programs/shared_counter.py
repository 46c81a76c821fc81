#!/usr/bin/env python3
"""Trap: loops over one list that look independent and are not."""
import sys


class Tally:
    """Counts under names, and how often anything was counted."""

    calls = 0

    def __init__(self):
        self.counts = {}

    def add(self, name):
        Tally.calls += 1
        self.counts[name] = self.counts.get(name, 0) + Tally.calls


def read(path):
    words = []
    with open(path) as file:
        for line in file:
            words.append([line.strip(), 0])
    return words


def marked(words):
    """The first loop numbers what the second looks at."""
    place = 0
    for word in words:
        place += 1
        word[1] = place
    odd = 0
    for word in words:
        odd += word[1] % 2
    return place, odd


def tallied(words):
    """Both tallies share a counter."""
    long, short = Tally(), Tally()
    for word in words:
        if len(word[0]) > 5:
            long.add(word[0][:1])
    for word in words:
        if len(word[0]) <= 5:
            short.add(word[0][:1])
    return sum(long.counts.values()), sum(short.counts.values())


def neighbours(words):
    """The second loop starts with what the first has left."""
    previous, same, after = "", 0, 0
    for word in words:
        same += word[0] == previous
        previous = word[0]
    for word in words:
        after += word[0] > previous
        previous = word[0]
    return same, after


def checked(words, seen):
    """One loop leaves its marks before the other fails."""
    for word in words:
        seen[word[0]] = word[1]
    total = 0
    for word in words:
        total += 100 // (word[1] - 7)
    return total


def main():
    words = read(sys.argv[1])
    print(marked(words), tallied(words), neighbours(words))
    seen = {}
    try:
        print(checked(words, seen))
    except ZeroDivisionError as error:
        print(error, len(seen))


if __name__ == "__main__":
    main()
