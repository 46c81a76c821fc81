#!/usr/bin/env python3
"""Keys that say how often they are compared, and a table that is changed while it is walked."""
import sys


class Name:
    hashed = 0

    def __init__(self, text):
        self.text = text

    def __hash__(self):
        Name.hashed += 1
        return hash(self.text)

    def __eq__(self, other):
        return isinstance(other, Name) and self.text == other.text


def main():
    seen = {}
    for line in open(sys.argv[1]):
        seen[Name(line[:19])] = line
    print(len(seen), Name.hashed)

    last = {}
    for line in open(sys.argv[1]):
        last[line[:19]] = line.strip()
    try:
        for key in last:
            if key.endswith("7"):
                last[key + "+"] = "more"
    except RuntimeError as error:
        print(error)
    try:
        for key, line in last.items():
            if key.endswith("3"):
                del last[key]
    except RuntimeError as error:
        print(error)
    for key in list(last):
        if key.endswith("5"):
            del last[key]
            last[key] = "again"
    try:
        print(last["none"])
    except KeyError as error:
        print("no", error)
    print(len(last), *list(last.items())[-3:])


if __name__ == "__main__":
    main()
