"""Column statistics, correlations and outliers of a sensor export."""
import csv
import math
import statistics
import sys

NUMERIC = ["temp", "humidity", "pressure", "voltage"]


def load_columns(path):
    columns = {name: [] for name in NUMERIC}
    times = []
    probes = []
    dropped = 0
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            try:
                values = [float(row[name]) for name in NUMERIC]
            except ValueError:
                dropped += 1
                continue
            times.append(int(row["time"]))
            probes.append(row["probe"])
            for name, value in zip(NUMERIC, values):
                columns[name].append(value)
    return times, probes, columns, dropped


def describe(values):
    mean = statistics.fmean(values)
    variance = sum((v - mean) ** 2 for v in values) / max(1, len(values) - 1)
    ordered = sorted(values)
    mid = len(ordered) // 2
    return mean, math.sqrt(variance), ordered[0], ordered[mid], ordered[-1]


def correlation(xs, ys):
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    sxy = sum((x - mx) * (y - my) for x, y in zip(xs, ys))
    sxx = sum((x - mx) ** 2 for x in xs)
    syy = sum((y - my) ** 2 for y in ys)
    return sxy / math.sqrt(sxx * syy) if sxx and syy else 0.0


def outliers(times, probes, values, mean, sd, limit=3.5):
    found = []
    for t, p, v in zip(times, probes, values):
        if sd and abs(v - mean) / sd > limit:
            found.append((t, p, v))
    return found


def main():
    times, probes, columns, dropped = load_columns(sys.argv[1])
    print(f"{len(times)} samples, {dropped} dropped, {len(set(probes))} probes")
    if not times:
        return
    for name in NUMERIC:
        mean, sd, low, mid, high = describe(columns[name])
        print(f"{name:10s} mean {mean:.4f} sd {sd:.4f} min {low} median {mid} max {high}")
        bad = outliers(times, probes, columns[name], mean, sd)
        print(f"{'':10s} {len(bad)} outliers", *(f"{p}@{t}" for t, p, v in bad[:3]))
    for i, a in enumerate(NUMERIC):
        for b in NUMERIC[i + 1:]:
            print(f"r({a}, {b}) = {correlation(columns[a], columns[b]):+.6f}")


if __name__ == "__main__":
    main()
