#!/usr/bin/env python3
"""A reader's counters are looked at while its rows are walked: in words, by a property, in a message."""
import sys


class Reader:
    def __init__(self, path):
        self.path = path
        self.lines = 0
        self.blank = 0
        self.factor = 1

    def __repr__(self):
        return f"<Reader {self.lines} lines>"

    @property
    def share(self):
        return self.blank / max(self.lines, 1)

    def rows(self):
        rows = []
        with open(self.path, encoding="utf-8") as file:
            for line in file:
                self.lines += 1
                if not line.strip():
                    self.blank += 1
                    continue
                rows.append(len(line) * self.factor)
        return rows

    def scaled(self):
        total = 0
        for size in self.rows():
            self.factor = 10
            total += size
        return total


def main():
    path = sys.argv[1]
    reader = Reader(path)
    total = 0
    for size in reader.rows():
        total += size + reader.lines
    print(total)

    reader = Reader(path)
    shares = 0.0
    for size in reader.rows():
        shares += reader.share
    print(f"{shares:.6f}")

    reader = Reader(path)
    letters = 0
    for size in reader.rows():
        letters += len(f"{reader}")
    print(letters)

    reader = Reader(path)
    rows = reader.rows()
    reader.lines = 0
    print(sum(size for size in rows), reader.lines)

    print(Reader(path).scaled())


if __name__ == "__main__":
    main()
