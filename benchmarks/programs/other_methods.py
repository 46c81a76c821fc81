#!/usr/bin/env python3
"""A method that fills a list is overridden, replaced, taken, called unbound, and stopped half-way."""
import sys


class Source:
    def __init__(self, path):
        self.path = path
        self.seen = 0

    def values(self):
        values = []
        with open(self.path, encoding="utf-8") as file:
            for line in file:
                self.seen += 1
                values.append(line.rstrip("\n"))
        return values

    def numbers(self):
        numbers = []
        with open(self.path, encoding="utf-8") as file:
            for line in file:
                self.seen += 1
                numbers.append(line.count("1"))
        return numbers

    def total(self):
        return sum(len(value) for value in self.values())


class Twice(Source):
    def values(self):
        return super().values() * 2


def stopped(source):
    """How far it went is asked for after a failure."""
    product = 1
    try:
        for number in source.numbers():
            product += 100 // number
    except ZeroDivisionError:
        print("a line without a one")
    return product, source.seen


def first_with(source, wanted):
    for number in source.numbers():
        if number >= wanted:
            break
    else:
        number = None
    return number, source.seen


def main():
    path = sys.argv[1]
    print(Source(path).total(), Twice(path).total())

    print(stopped(Source(path)))
    print(first_with(Source(path), 2))

    patched = Source(path)
    patched.values = lambda: ["patched"]
    print(patched.total())

    taken = Source(path)
    later = taken.values
    print(taken.seen, len(later()), taken.seen)

    print([len(values) for values in map(Source.values, [Source(path), Twice(path)])])
    print(len(Source.values(Twice(path))))


if __name__ == "__main__":
    main()
