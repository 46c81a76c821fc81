"""Output that mixes with reading: what is printed when matters, and files that are read after being written."""
import csv
import os
import sys


def parse(line, log):
    stamp, level, module, text = line.rstrip("\n").split(" ", 3)
    if level == "ERROR" and int(stamp) % 50 == 0:
        print("odd", stamp, file=log)
    return int(stamp), level, module, text


def load(path, log):
    return [parse(line, log) for line in open(path)]


def steps(records, state):
    for record in records:
        state["seen"] += 1
        yield record[0], state["seen"]


def main():
    path, out = sys.argv[1:3]
    with open(os.path.join(out, "log.txt"), "w") as log:
        records = load(path, log)
        print("loaded", len(records), file=log)
        warnings = [r for r in records if r[1] == "WARN"]
        for r in warnings:
            if r[0] % 40 == 0:
                print("warn", r[0], file=log)
        print("done", file=log)
    target = os.path.join(out, "t.csv")
    with open(target, "w", newline="") as f:
        w = csv.writer(f)
        for r in records:
            w.writerow(r)
    with open(target, newline="") as f:
        rows = list(csv.reader(f))
        with open(target, "w", newline="") as g:
            w = csv.writer(g)
            for row in reversed(rows):
                w.writerow(row[:2])
    with open(target, newline="") as f:
        last = [row for row in csv.reader(f)]
    print(len(rows), len(last), last[:1] == [row[:2] for row in rows[-1:]])
    state = {"seen": 0}
    numbered = list(steps(records, state))
    print(state["seen"])
    print(sum(a * b for a, b in numbered) % 10007)
    again = steps(records, state)
    for a, b in again:
        if a > 500:
            break
    print(state["seen"], sum(1 for _ in again), state["seen"])
    os.remove(target)
    print(sorted(os.listdir(out)))
    upper = map(str.upper, [r[2] for r in records])
    records.clear()
    print(sum(map(len, upper)), len(records))


if __name__ == "__main__":
    main()
