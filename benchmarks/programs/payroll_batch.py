#!/usr/bin/env python3
"""Pay a batch of wages: the whole file is checked before a slip is written."""
import os
import sys


class Refused(Exception):
    pass


def read_batch(path):
    batch = []
    with open(path) as f:
        for number, line in enumerate(f, 1):
            fields = line.split()
            if len(fields) != 3:
                raise Refused(f"line {number} has {len(fields)} fields")
            person, hours, rate = fields
            if not hours.isdigit() or int(hours) > 80:
                raise Refused(f"line {number}: {hours} hours for {person}")
            batch.append((person, int(hours), int(rate)))
    return batch


def pay(batch, outdir):
    total = 0
    with open(os.path.join(outdir, "slips.txt"), "w") as out:
        for person, hours, rate in batch:
            amount = hours * rate
            total += amount
            out.write(f"{person} {amount}\n")
            if amount > 6000:
                print(f"high: {person} {amount}")
    return total


def main():
    path, outdir = sys.argv[1:3]
    batch = read_batch(path)
    print(f"paying a batch of {len(batch)}")
    total = pay(batch, outdir)
    print(f"total {total}")


if __name__ == "__main__":
    try:
        main()
    except Refused as problem:
        print(f"refused: {problem}", file=sys.stderr)
        sys.exit(1)
