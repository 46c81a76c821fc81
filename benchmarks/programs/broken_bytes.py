#!/usr/bin/env python3
"""Tickets from an export that may hold bytes that are no UTF-8: nothing is printed before all is read."""
import sys


def read_tickets(path):
    tickets = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            number, _, title = line.rstrip("\n").partition(" ")
            tickets.append((number, title))
    return tickets


def main():
    path, out = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        for line in f.readlines():
            print("seen", line.split()[0])
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f.read().splitlines():
            print("replaced", line[:12])
    with open(path, encoding="latin-1") as f, open(out, "w") as written:
        for number, title in [(line.split()[0], len(line)) for line in f]:
            written.write(f"{number} {title}\n")
    for number, title in read_tickets(path):
        print(number, title.upper())


if __name__ == "__main__":
    main()
