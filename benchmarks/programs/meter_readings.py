#!/usr/bin/env python3
"""Check meter readings: good ones are billed, bad ones are listed with a reason."""
import argparse
import csv
import os


def parse_line(number, line):
    fields = line.rstrip("\n").split("|")
    if len(fields) != 4:
        raise ValueError(f"line {number}: {len(fields)} fields")
    meter, day, old, new = fields
    return meter, day, int(old), int(new)


def parse_file(path):
    rows, errors = [], []
    with open(path) as f:
        for number, line in enumerate(f, 1):
            try:
                row = parse_line(number, line)
            except ValueError as problem:
                errors.append(str(problem))
                continue
            if row[3] < row[2]:
                errors.append(f"line {number}: meter {row[0]} runs backwards")
            else:
                rows.append(row)
    return rows, errors


def bill(rows, cents):
    return [(meter, day, new - old, (new - old) * cents) for meter, day, old, new in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readings")
    parser.add_argument("outdir")
    parser.add_argument("--cents", type=int, default=31)
    args = parser.parse_args()

    rows, errors = parse_file(args.readings)
    bills = bill(rows, args.cents)
    with open(os.path.join(args.outdir, "bills.csv"), "w", newline="") as f:
        csv.writer(f).writerows(bills)
    with open(os.path.join(args.outdir, "errors.txt"), "w") as f:
        f.writelines(error + "\n" for error in errors)

    print(f"{len(rows)} readings, {len(errors)} errors")
    print(f"{sum(units for _, _, units, _ in bills)} units, "
          f"{sum(amount for *_, amount in bills) / 100:.2f} in all")
    if errors:
        print("first error:", errors[0])


if __name__ == "__main__":
    main()
