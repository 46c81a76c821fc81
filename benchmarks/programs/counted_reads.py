#!/usr/bin/env python3
"""A reader that counts while it reads; the counts are printed before its rows are used."""
import sys

COUNTS = {"lines": 0, "bad": 0}


class Feed:
    def __init__(self, path):
        self.path = path
        self.last = None
        self.skipped = []

    def entries(self):
        entries = []
        with open(self.path) as f:
            for line in f:
                COUNTS["lines"] += 1
                name, _, value = line.strip().partition("=")
                if not value.isdigit():
                    COUNTS["bad"] += 1
                    self.skipped.append(name)
                    continue
                self.last = name
                entries.append((name, int(value)))
        return entries


def busiest(entries):
    best = None
    for entry in entries:
        if best is None or entry[1] > best[1]:
            best = entry
    return best


def main():
    feed = Feed(sys.argv[1])
    print("before", COUNTS, feed.last)
    entries = feed.entries()
    print("read", COUNTS, feed.last, feed.skipped)
    print("busiest", busiest(entries))
    even = [value for _, value in feed.entries() if value % 2 == 0]
    print("again", COUNTS["lines"], len(feed.skipped))
    print(sum(even), COUNTS)


if __name__ == "__main__":
    main()
