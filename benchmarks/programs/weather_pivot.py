#!/usr/bin/env python3
"""Pivot of weather readings: monthly mean per station, anomalies against the whole period."""
import csv
import gzip
import io
import sys
from collections import defaultdict


def rows_from(path):
    rows = []
    with gzip.open(path, "rb") as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        reader = csv.DictReader(text)
        for record in reader:
            row = {}
            row["station"] = record["station"]
            row["year"], row["month"], _ = record["date"].split("-")
            row["temp"] = float(record["temp"]) if record["temp"] else None
            row["rain"] = float(record["rain"] or 0)
            rows.append(row)
    return rows


class Table:
    """Means of a numeric column by row and column key."""

    def __init__(self, name):
        self.name = name
        self.cells = defaultdict(list)

    def put(self, row_key, column_key, value):
        self.cells[row_key, column_key].append(value)

    def mean(self, row_key, column_key):
        values = self.cells.get((row_key, column_key))
        if not values:
            return None
        return sum(values) / len(values)

    def keys(self):
        rows = sorted({r for r, _ in self.cells})
        columns = sorted({c for _, c in self.cells})
        return rows, columns


def pivot(rows, column):
    table = Table(column)
    for row in rows:
        if row[column] is not None:
            table.put(row["station"], row["month"], row[column])
    return table


def show(table):
    rows, columns = table.keys()
    print(table.name.ljust(10) + "".join(c.rjust(9) for c in columns))
    for r in rows:
        cells = [table.mean(r, c) for c in columns]
        print(r.ljust(10) + "".join("        -" if c is None else f"{c:9.3f}" for c in cells))


def main(path):
    rows = rows_from(path)
    if not rows:
        print("no data")
        return
    show(pivot(rows, "temp"))
    show(pivot(rows, "rain"))
    temps = [row["temp"] for row in rows if row["temp"] is not None]
    overall = sum(temps) / len(temps)
    hot = sum(1 for t in temps if t > overall + 10)
    print(f"{len(rows)} rows, mean {overall:.4f}, {hot} hot readings")


if __name__ == "__main__":
    main(sys.argv[1])
