#!/usr/bin/env python3
"""What happened to assets between two exports: bought, scrapped, moved, handed over."""
import argparse
from collections import Counter
from pathlib import Path


def read_export(path):
    assets = {}
    with path.open(encoding="utf-8") as lines:
        header = next(lines).rstrip("\n").split(";")
        for line in lines:
            fields = dict(zip(header, line.rstrip("\n").split(";")))
            assets[fields.pop("tag")] = fields
    return assets


def changes(before, after):
    for tag, asset in after.items():
        old = before.get(tag)
        if old is None:
            yield tag, "bought", asset["model"]
            continue
        if old["room"] != asset["room"]:
            yield tag, "moved", f"{old['room']} -> {asset['room']}"
        if old["owner"] != asset["owner"]:
            yield tag, "handed over", f"{old['owner']} -> {asset['owner']}"
    for tag in before:
        if tag not in after:
            yield tag, "scrapped", before[tag]["model"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    before = read_export(options.folder / "january.csv")
    after = read_export(options.folder / "february.csv")
    kinds = Counter()
    with (options.out / "changes.txt").open("w", encoding="utf-8") as report:
        for tag, what, detail in changes(before, after):
            kinds[what] += 1
            print(tag, what, detail, sep="\t", file=report)
    print(f"{len(before)} assets before, {len(after)} after")
    for what, count in sorted(kinds.items()):
        print(f"{what}: {count}")


if __name__ == "__main__":
    main()
