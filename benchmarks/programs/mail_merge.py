#!/usr/bin/env python3
"""Letters from a template that is filled with whatever the function knows."""
import sys

TEMPLATE = "Dear {name}, {count} of your {total} books are due: {first}."


def letter(name, books):
    due = [book for book in books if book.endswith("!")]
    total = len(books)
    count = len(due)
    first = due[0] if due else "none"
    return TEMPLATE.format(**locals())


def known(books):
    words = [book.strip("!") for book in books]
    return sorted(key for key, value in locals().items() if isinstance(value, list)), len(words)


def read_readers(path):
    readers = []
    with open(path) as f:
        for line in f:
            name, *books = line.split()
            readers.append((name, books))
    return readers


def main():
    readers = read_readers(sys.argv[1])
    written = 0
    for name, books in readers:
        text = letter(name, books)
        written += len(text)
        if name.endswith("7"):
            print(text)
    print(f"{len(readers)} letters, {written} characters")
    if readers:
        print(*known(readers[-1][1]))
    print(sorted(name for name in vars() if not name.startswith("_")))


if __name__ == "__main__":
    main()
