#!/usr/bin/env python3
"""Import rows until one is bad; what was read up to there is reported."""
import sys


class Importer:
    def __init__(self):
        self.rows = []
        self.line = 0

    def parse(self, text):
        self.line += 1
        name, amount = text.split("=")
        return name, int(amount)

    def run(self, path):
        with open(path) as f:
            for text in f:
                self.rows.append(self.parse(text))


def squares_until_bad(lines):
    values = []
    try:
        for line in lines:
            values.append(int(line.split("=")[1]) ** 2)
    except (ValueError, IndexError) as problem:
        print(f"stopped after {len(values)}: {problem}")
    return values


def main():
    importer = Importer()
    try:
        importer.run(sys.argv[1])
    except ValueError as problem:
        print(f"line {importer.line}: {problem}")
    print(f"{len(importer.rows)} rows, {sum(amount for _, amount in importer.rows)}")
    with open(sys.argv[1]) as f:
        squares = squares_until_bad(f)
        print(f"{len(squares)} squares, {sum(squares)}, {len(f.readlines())} lines left")
    names = {name: amount for name, amount in importer.rows}
    print(names[sys.argv[2]])


if __name__ == "__main__":
    main()
