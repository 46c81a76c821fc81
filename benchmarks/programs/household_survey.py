"""Correlations and group means of a household survey (CSV)."""
import csv
import math
import sys


def read_rows(path):
    with open(path) as f:
        reader = csv.reader(f)
        header = next(reader)
        rows = [row for row in reader]
    return header, rows


def column(rows, index, convert=float):
    return [convert(row[index]) for row in rows]


def correlation(xs, ys):
    n = len(xs)
    mx = sum(xs) / n
    my = sum(ys) / n
    sxy = sum((x - mx) * (y - my) for x, y in zip(xs, ys))
    sxx = sum((x - mx) ** 2 for x in xs)
    syy = sum((y - my) ** 2 for y in ys)
    return sxy / math.sqrt(sxx * syy)


def group_means(keys, values):
    sums = {}
    for key, value in zip(keys, values):
        total, n = sums.get(key, (0.0, 0))
        sums[key] = (total + value, n + 1)
    return {key: total / n for key, (total, n) in sums.items()}


def main():
    header, rows = read_rows(sys.argv[1])
    rows = [row for row in rows if "" not in row]
    if len(rows) < 2:
        print("too few rows")
        return
    age = column(rows, header.index("age"))
    income = column(rows, header.index("income"))
    region = column(rows, header.index("region"), str)
    size = column(rows, header.index("size"), int)
    print(f"{len(rows)} households, {sum(size)} people")
    print(f"correlation of age and income {correlation(age, income):.6f}")
    print(f"correlation of size and income {correlation(size, income):.6f}")
    for name, mean in sorted(group_means(region, income).items()):
        print(f"{name:10} {mean:12.2f}")


if __name__ == "__main__":
    main()
