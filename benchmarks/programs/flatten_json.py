#!/usr/bin/env python3
"""Flatten JSON lines to one CSV table whose columns are all keys that occur."""
import argparse
import csv
import json
import logging
import sys
from pathlib import Path

log = logging.getLogger("flatten")


def flatten(value, prefix=""):
    flat = {}
    for key, item in value.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(item, dict):
            flat.update(flatten(item, name))
        elif isinstance(item, list):
            flat[name] = "|".join(map(str, item))
        else:
            flat[name] = item
    return flat


def load(path):
    records = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.strip()
            if not line:
                continue
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                log.warning("line %d: %s", number, error.msg)
    return records


def columns(rows):
    names = []
    seen = set()
    for row in rows:
        for name in row:
            if name not in seen:
                seen.add(name)
                names.append(name)
    return names


def coverage(rows, names):
    filled = dict.fromkeys(names, 0)
    for row in rows:
        for name, value in row.items():
            if value not in (None, ""):
                filled[name] += 1
    return filled


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("outdir", type=Path)
    args = parser.parse_args()
    logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s")
    records = load(args.source)
    rows = [flatten(record) for record in records]
    names = columns(rows)
    with open(args.outdir / "table.csv", "w", newline="") as f:
        writer = csv.DictWriter(f, fieldnames=names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows, {len(names)} columns")
    for name, count in coverage(rows, names).items():
        print(f"{name:24} {count / len(rows):.1%}")


if __name__ == "__main__":
    main()
