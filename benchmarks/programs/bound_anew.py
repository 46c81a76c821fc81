"""Variables that are bound anew: what is changed afterwards is another list, or the same."""
import sys

def middle(values):
    values = sorted(values)
    return values[len(values) // 2] if values else None

def spread(values, low):
    values = [v for v in values if v > low]
    values.sort()
    values[:1] = []
    return len(values), values[:1]

def handler(values):
    try:
        values = [10 // v for v in values]
    except ZeroDivisionError:
        values = []
    return values[-1:], len(values)

def loop(values):
    values = [v * 2 for v in values]
    n = 0
    while values and n < 4:
        values.pop()
        n += 1
    return len(values)

def read(path):
    rows = []
    with open(path) as f:
        for line in f:
            rows.append((line[:2], len(line)))
    return rows

def main():
    p = sys.argv[1]
    rows = read(p)
    sizes = [n for _, n in rows]
    groups = {}
    for k, n in rows:
        groups.setdefault(k, []).append(n)
    for k in sorted(groups)[:5]:
        print(k, middle(groups[k]), spread(groups[k], 5), len(groups[k]), loop(groups[k]))
    print(middle(sizes), spread(sizes, 6), handler(sizes), loop(sizes), len(sizes), sum(sizes))
    rows = sorted(rows)
    print(rows[:2], len(rows))
    rows = [r for r in rows if r[1] > 4]
    rows.insert(0, "first")
    print(rows[:2], len(rows))

if __name__ == "__main__":
    main()
