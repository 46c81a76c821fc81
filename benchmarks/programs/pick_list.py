#!/usr/bin/env python3
"""Turn the order lines of a day into a pick list by aisle and shelf."""
import csv
import itertools
import operator
import os
import sys


def read_order_lines(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def locate(line):
    aisle, shelf, bin_ = line["location"].split("-")
    return aisle, int(shelf), int(bin_)


def make_picks(lines):
    picks = []
    for line in lines:
        if line["cancelled"] == "yes":
            continue
        aisle, shelf, bin_ = locate(line)
        picks.append((aisle, shelf, bin_, line["sku"], int(line["quantity"])))
    return picks


def write_pick_list(picks, path):
    stops = 0
    pieces = 0
    with open(path, "w") as out:
        for (aisle, shelf), group in itertools.groupby(picks, key=operator.itemgetter(0, 1)):
            group = list(group)
            stops += 1
            quantity = sum(p[4] for p in group)
            pieces += quantity
            out.write(f"== {aisle}{shelf:03d}: {len(group)} lines, {quantity} pieces\n")
            for _, _, bin_, sku, q in group:
                out.write(f"   {bin_:>4} {sku:<12} x{q}\n")
    return stops, pieces


def main(argv):
    source, target = argv[1], argv[2]
    lines = read_order_lines(source)
    picks = make_picks(lines)
    picks.sort()
    stops, pieces = write_pick_list(picks, os.path.join(target, "picks.txt"))
    cancelled = len(lines) - len(picks)
    print(f"{len(lines)} lines, {cancelled} cancelled, {stops} stops, {pieces} pieces")


if __name__ == "__main__":
    main(sys.argv)
