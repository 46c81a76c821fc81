"""Lists that are known under two names, defaults that live, closures that see later values."""
import sys


class Table:
    shared = []

    def __init__(self, rows=None):
        self.rows = rows if rows is not None else Table.shared
        self.view = self.rows

    def add(self, row):
        self.rows.append(row)
        return self

    def filtered(self, test):
        return Table([r for r in self.rows if test(r)])


def collect(line, into=[]):
    into.append(line.split())
    return into


def readers(path):
    made = []
    for k in range(3):
        made.append(lambda: [line for i, line in enumerate(open(path)) if i % 3 == k])
    return made


def main():
    path = sys.argv[1]
    table = Table()
    rows = []
    for line in open(path):
        rows = collect(line)
    for row in rows:
        table.add(row)
    print(len(rows), len(table.view), len(Table().rows), table.rows is Table.shared)
    print([len(r()) for r in readers(path)])
    warn = table.filtered(lambda r: r[1] == "WARN")
    limit = 3
    later = (r for r in rows if len(r) > limit)
    limit = 100
    print(sum(1 for _ in later))
    for r in warn.rows:
        r[1] = "warn"
    print(sum(1 for r in rows if r[1] == "warn"), sum(1 for r in rows if r[1] == "WARN"))
    pairs = [[0]] * 3
    for r in rows[:5]:
        pairs[0][0] += len(r)
    print(pairs)
    backup = rows
    rows = rows + [["x", "y"]]
    rows += [["z", "z"]]
    print(len(backup), len(rows))
    matrix = {r[0]: r for r in rows}
    for r in rows:
        r.append(len(r))
    print(sum(len(v) for v in matrix.values()), sum(map(len, backup)))
    names = sorted(locals())
    print(len(names), "rows" in names)
    values = [float(int(r[0]) % 1000) / 7 for r in backup if r[0].isdigit()]
    print(sum(values), sum(reversed(values)), sum(sorted(values)))


if __name__ == "__main__":
    main()
