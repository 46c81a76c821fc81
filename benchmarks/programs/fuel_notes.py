#!/usr/bin/env python3
"""Fuel bills of a fleet, with notes that are added to the same records in several lists."""

import sys


def read(path):
    fills = []
    with open(path) as file:
        for line in file:
            parts = line.rstrip("\n").split(";")
            fills.append({"line": len(fills), "parts": parts, "notes": []})
    return fills


def main():
    fills = read(sys.argv[1])
    bad = [fill for fill in fills if len(fill["parts"]) != 4]
    first = fills[0] if fills else None
    latest = {}
    for fill in fills:
        latest[fill["parts"][0]] = fill
    before = None
    for fill in fills:
        if before is not None and before["parts"][0] == fill["parts"][0]:
            before["notes"].append("again")
            fill["notes"].append(f"after {before['line']}")
        fill["notes"].append("seen")
        before = fill
    for fill in bad:
        fill["notes"].append("bad")
    try:
        for fill in fills:
            if fill["line"] == 40:
                raise LookupError("enough")
            fill["notes"].append("checked")
    except LookupError as error:
        print(error)
    if first is not None:
        first["notes"].append("first")
    print([fill["notes"] for fill in bad[:5]], first and first["notes"])
    print([(car, fill["line"], fill["notes"]) for car, fill in sorted(latest.items())][:10])
    print(sum(len(fill["notes"]) for fill in fills), [fill["notes"] for fill in fills[:50]])


if __name__ == "__main__":
    main()
