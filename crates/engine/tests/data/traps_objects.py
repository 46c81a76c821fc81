# Programs with objects of classes of their own beside options, dates and containers of the
# library, where a name stands for both. They are run before and after.

# trap: options_are_an_object_of_a_class
import argparse
class Options:
    def top(self, row):
        row["seen"] = True
        return 1
def main():
    rows = [{"n": number, "seen": False} for number in range(3000)]
    parser = argparse.ArgumentParser()
    args = parser.parse_args([], Options())
    count = 0
    for row in rows:
        count += args.top(row)
    print(count, sum(row["seen"] for row in rows))
if __name__ == "__main__":
    main()
# trap: options_are_an_object_given_by_name
import argparse
class Options:
    rows = None
    def mark(self):
        for row in self.rows:
            row.append(1)
def main():
    rows = [[number] for number in range(3000)]
    args = argparse.ArgumentParser().parse_args([], namespace=Options())
    args.rows = rows
    args.mark()
    print(sum(len(row) for row in rows))
main()
# trap: options_hold_an_item_that_changes
import argparse
class Store:
    def __init__(self):
        self.last = None
    def keep(self, row):
        self.last = row
def main():
    args = argparse.ArgumentParser().parse_args([])
    store = Store()
    rows = []
    for number in range(3000):
        row = {"n": number, "hits": 0}
        store.keep(row)
        args.last = row
        rows.append(row)
        if number % 7 == 0:
            args.last["hits"] += 1
    print(sum(row["hits"] for row in rows), store.last["n"])
main()
# trap: a_handler_among_the_options
import argparse
class Job:
    def __init__(self):
        self.done = []
    def run(self, row):
        row["done"] = True
        self.done.append(row["n"])
def main():
    parser = argparse.ArgumentParser()
    job = Job()
    parser.set_defaults(run=job.run)
    args = parser.parse_args([])
    rows = [{"n": number, "done": False} for number in range(2000)]
    for row in rows:
        args.run(row)
    print(sum(row["done"] for row in rows), len(job.done))
main()
# trap: put_of_a_class_changes_what_it_gets
class Table:
    def __init__(self):
        self.cells = {}
    def put(self, row):
        row["place"] = len(self.cells)
        self.cells[row["n"]] = 1
def main():
    rows = [{"n": number, "place": -1} for number in range(3000)]
    table = Table()
    for row in rows:
        table.put(row)
    print(sum(row["place"] for row in rows))
main()
# trap: put_of_a_derived_class_changes_what_it_gets
class Table:
    def put(self, row):
        return row["n"]
class Marking(Table):
    def put(self, row):
        row["place"] = 1
        return row["n"]
def table_for(name):
    return Marking() if name else Table()
def main():
    rows = [{"n": number, "place": 0} for number in range(3000)]
    table = table_for("x")
    print(sum(table.put(row) for row in rows), sum(row["place"] for row in rows))
main()
# trap: append_of_a_class_keeps_and_changes
class Box:
    def __init__(self):
        self.held = []
    def append(self, row):
        self.held.append(row)
    def close(self):
        for row in self.held:
            row["open"] = False
def main():
    rows = [{"n": number, "open": True} for number in range(2000)]
    box = Box()
    for row in rows:
        box.append(row)
    box.close()
    print(sum(row["open"] for row in rows))
main()
# trap: asdict_gives_what_the_program_changes
from dataclasses import asdict, dataclass
@dataclass
class Order:
    number: int
    tags: list
def main():
    orders = [Order(number, [number]) for number in range(2000)]
    views = [asdict(order) for order in orders]
    for view in views:
        view["tags"].append(0)
    print(sum(len(order.tags) for order in orders), sum(len(view["tags"]) for view in views))
main()
# trap: asdict_of_an_object_that_holds_the_list
from dataclasses import asdict, dataclass, field
@dataclass
class Report:
    name: str
    rows: list = field(default_factory=list)
def main():
    report = Report("all")
    for number in range(2000):
        report.rows.append((number, str(number)))
    view = asdict(report)
    print(type(view["rows"]).__name__, len(view["rows"]), view["rows"][7])
main()
# trap: asdict_with_a_factory_that_keeps_the_values
from dataclasses import asdict, dataclass
@dataclass(frozen=True)
class Pair:
    left: list
    right: int
kept = []
def keep(pairs):
    kept.extend(value for _, value in pairs)
    return dict(pairs)
def main():
    pairs = [Pair([number], number) for number in range(1500)]
    for pair in pairs:
        asdict(pair, dict_factory=keep)
    for value in kept:
        if isinstance(value, list):
            value.append(1)
    print(sum(len(pair.left) for pair in pairs), len(kept))
main()
# trap: what_two_sorted_lists_give_is_changed
import heapq
def main():
    left = [{"n": number, "from": "l"} for number in range(0, 3000, 2)]
    right = [{"n": number, "from": "r"} for number in range(0, 3000, 3)]
    for row in heapq.merge(left, right, key=lambda row: row["n"]):
        row["from"] += "m"
    print(sum(len(row["from"]) for row in left), sum(len(row["from"]) for row in right))
main()
# trap: a_dictionary_or_an_object_with_the_same_name
class Cache:
    def __init__(self):
        self.items = []
    def fill(self, count):
        for number in range(count):
            self.items.append([number])
def pick(cache, totals, which):
    return cache if which else totals
def main():
    cache, totals = Cache(), {"a": 1}
    cache.fill(2000)
    thing = pick(cache, totals, 1)
    thing.items[0].append(5)
    for row in thing.items:
        row.append(0)
    print(sum(len(row) for row in cache.items), list(totals.items()))
main()
# trap: a_method_is_called_with_another_object
import argparse
class Loader:
    def load(self, count):
        self.rows = []
        for number in range(count):
            self.rows.append([number])
def main():
    args = argparse.ArgumentParser().parse_args([])
    Loader.load(args, 2000)
    for row in args.rows:
        row.append(1)
    args.rows[3] = None
    print(type(args.rows).__name__, args.rows[:5])
main()
# trap: a_default_of_none_and_then_an_item
class Best:
    row = None
    def look(self, row):
        if self.row is None or row["n"] > self.row["n"]:
            self.row = row
def main():
    best = Best()
    rows = [{"n": number * 7919 % 2003, "won": 0} for number in range(2000)]
    for row in rows:
        best.look(row)
    best.row["won"] = 1
    print(sum(row["won"] for row in rows), best.row["n"])
main()
# trap: parts_are_added_to_what_began_as_a_number
class Sums:
    total = 0
    def add(self, part):
        self.total = self.total + part if self.total else part
def main():
    rows = [{"n": number, "parts": [number]} for number in range(1500)]
    sums = Sums()
    for row in rows[:1]:
        sums.add(row["parts"])
    sums.total += [1, 2, 3]
    print(sum(len(row["parts"]) for row in rows))
main()
# trap: a_list_in_each_of_many_objects
class Session:
    def __init__(self, user):
        self.user = user
        self.clicks = []
    def add(self, click):
        self.clicks.append(click)
def main():
    sessions = {}
    for number in range(4000):
        user = number % 900
        if user not in sessions:
            sessions[user] = Session(user)
        sessions[user].add((number, str(number)))
    print(sum(len(session.clicks) for session in sessions.values()))
    print(sessions[7].clicks == [(7, "7"), (907, "907"), (1807, "1807"), (2707, "2707"), (3607, "3607")])
main()
# trap: decimals_in_a_dictionary_beside_lists
from decimal import Decimal
def main():
    rows = [{"n": number, "value": [number] if number % 2 else Decimal(number)} for number in range(1500)]
    totals = {"odd": [], "even": Decimal(0)}
    for row in rows:
        if row["n"] % 2:
            totals["odd"] += row["value"]
        else:
            totals["even"] += row["value"]
    totals["odd"].append(1)
    print(len(totals["odd"]), totals["even"], sum(len(row["value"]) for row in rows if row["n"] % 2))
main()
# trap: a_bucket_begins_with_a_list_of_an_item
def main():
    rows = [{"key": number % 5, "values": [number]} for number in range(1500)]
    buckets = {}
    for row in rows:
        bucket = buckets.setdefault(row["key"], {"values": row["values"], "count": 0})
        bucket["count"] += 1
        bucket["values"] += [0]
    print(sum(len(row["values"]) for row in rows))
main()
# trap: sorted_and_then_changed_through_the_first_list
def main():
    rows = [{"n": number * 7919 % 2003, "rank": 0} for number in range(2000)]
    ranked = sorted(rows, key=lambda row: row["n"])
    for rank, row in enumerate(rows):
        row["rank"] = rank
    print(sum(row["rank"] * place for place, row in enumerate(ranked)), len(ranked))
main()
# trap: a_key_that_keeps_what_it_gets
seen = []
def key(row):
    seen.append(row)
    return row["n"]
def main():
    ranked = sorted(({"n": number * 7919 % 2003, "hits": 0} for number in range(2000)), key=key)
    for row in seen:
        row["hits"] += 1
    print(sum(row["hits"] for row in ranked), len(ranked), ranked[0])
main()
# trap: a_key_that_changes_what_it_gets
def key(row):
    row["asked"] += 1
    return row["n"]
def main():
    rows = [{"n": number * 7919 % 2003, "asked": 0} for number in range(2000)]
    ranked = sorted(rows, key=key)
    again = sorted(ranked, key=key, reverse=True)
    print(sum(row["asked"] for row in rows), len(again), sum(row["asked"] for row in ranked), again[0])
main()
# trap: sorted_lists_without_a_key
def main():
    rows = [[number * 7919 % 101, number] for number in range(2000)]
    ranked = sorted(rows)
    best = sorted(row[:] for row in rows)
    print(ranked == best, len(ranked), ranked[0], ranked[-1], [row for row in ranked if row[0] == 7][:3])
main()
# trap: sorted_objects_that_are_equal_by_identity
class Job:
    def __init__(self, n):
        self.n = n
def main():
    jobs = [Job(number % 50) for number in range(1500)]
    ranked = sorted(jobs, key=lambda job: job.n)
    print(ranked[3] in jobs, jobs.index(ranked[40]), len(ranked), sum(job.n for job in ranked))
main()
# trap: a_group_is_searched_by_halving
import bisect
from collections import defaultdict
def main():
    waits = defaultdict(list)
    for number in range(6000):
        waits[number % 3].append(number * 7919 % 10007)
    for name, found in sorted(waits.items()):
        found.sort()
        at = bisect.bisect_right(found, 5000)
        print(name, at, found[at - 1], found[at], len(found))
        bisect.insort(found, 5000)
        print(found[at], len(found))
main()
# trap: a_list_of_lists_is_searched_by_halving
import bisect
def main():
    rows = [[number, []] for number in range(3000)]
    at = bisect.bisect_left(rows, 1500, key=lambda row: row[0])
    rows[at][1].append("here")
    print(at, sum(len(row[1]) for row in rows), len(rows))
main()
# trap: steps_of_each_track_and_a_track_that_changes
def steps(track):
    return sum(track[i + 1][0] - track[i][0] for i in range(len(track) - 1))
def main():
    tracks = {}
    for number in range(4000):
        tracks.setdefault(number % 7, []).append([number, 0])
    total = 0
    for name in sorted(tracks):
        total += steps(tracks[name])
        tracks[name][0][1] = 1
    print(total, sum(point[1] for track in tracks.values() for point in track))
main()
# trap: a_file_read_by_two_that_share_it
import os
from pathlib import Path
def parse(handle, count):
    rows = []
    for line in handle:
        rows.append(line.split())
        if len(rows) == count:
            break
    return rows
def main():
    path = Path("shared.txt")
    path.write_text("".join(f"{number} {number % 9}\n" for number in range(3000)))
    with path.open() as handle:
        first = parse(handle, 1000)
        second = parse(handle, 1000)
    second[0].append("changed")
    print(len(first), len(second), first[-1], second[0], sum(len(row) for row in second))
    os.remove(path)
main()
# trap: rows_fetched_twice_and_a_factory_of_rows
import sqlite3
def connect():
    database = sqlite3.connect(":memory:")
    database.row_factory = lambda cursor, row: {"n": row[0], "text": row[1], "seen": False}
    return database
def main():
    database = connect()
    database.execute("CREATE TABLE notes (n INTEGER, text TEXT)")
    database.executemany("INSERT INTO notes VALUES (?, ?)", ((n, f"note {n}") for n in range(3000)))
    cursor = database.execute("SELECT n, text FROM notes ORDER BY n")
    first = cursor.fetchone()
    rows = cursor.fetchall()
    again = cursor.fetchall()
    database.close()
    print(first, len(rows), len(again), rows[0], rows[-1])
    for row in rows:
        row["seen"] = row["n"] % 2 == 0
    print(sum(row["seen"] for row in rows))
main()
# trap: rows_fetched_and_the_table_dropped
import sqlite3
def main():
    database = sqlite3.connect(":memory:")
    cursor = database.cursor()
    cursor.execute("CREATE TABLE notes (n INTEGER, text TEXT)")
    cursor.executemany("INSERT INTO notes VALUES (?, ?)", ((n, f"note {n}") for n in range(3000)))
    rows = cursor.execute("SELECT n, text FROM notes").fetchall()
    cursor.execute("DROP TABLE notes")
    total = sum(n for n, _ in rows)
    print(total, len(rows), sum(len(text) for _, text in rows), rows[:2], (5, "note 5") in rows)
    try:
        cursor.execute("SELECT n FROM notes").fetchall()
    except sqlite3.OperationalError as error:
        print(error)
main()
# trap: a_query_that_fails_for_a_later_row
import sqlite3
def main():
    database = sqlite3.connect(":memory:")
    done = []
    try:
        rows = database.execute(
            "SELECT json_extract(x, '$') FROM (SELECT '1' AS x UNION ALL SELECT '2' UNION ALL SELECT 'x')"
        ).fetchall()
        done.append(len(rows))
        for row in rows:
            done.append(row)
        print(len(rows))
    except sqlite3.OperationalError as error:
        print(done, error)
main()
# trap: lines_of_a_file_that_are_changed_and_indexed
import os
def main():
    with open("some.txt", "w", newline="") as file:
        file.write("".join(f"{n}\x0b{n}\x85\r\n" for n in range(3000)) + "end")
    with open("some.txt") as file:
        pieces = file.read().split("\n")
    with open("some.txt") as file:
        lines = file.read().splitlines()
    with open("some.txt", newline="") as file:
        next(file)
        rest = file.read().splitlines()
    os.remove("some.txt")
    print(len(pieces), len(lines), len(rest), pieces[-1], repr(pieces[1]), lines[:3], rest[:3])
    print(sum(map(len, pieces)), sum(map(len, lines)), sum(map(len, rest)), lines[-1])
main()
# trap: the_last_item_is_replaced_and_the_old_one_lives_on
def main():
    rows, old = [], []
    for number in range(5000):
        row = {"n": number, "count": 1}
        if rows and number % 3:
            old.append(rows[-1])
            rows[-1] = row
        else:
            rows.append(row)
    for row in old:
        row["count"] += 1
    print(len(rows), len(old), sum(row["count"] for row in rows), rows[-1], rows[0])
    try:
        empty = []
        for number in range(0):
            empty.append(number)
        empty[-1] = 5
    except IndexError as error:
        print(error)
main()
# trap: the_last_item_is_replaced_while_walking
def main():
    rows = [(number, str(number)) for number in range(4000)]
    seen = 0
    for number, text in rows:
        rows[-1] = (number, text + "!")
        seen += len(text)
    print(seen, rows[-1], rows[-2], len(rows))
    rows[-1] = rows[0]
    print(rows[-1], sum(number for number, _ in rows))
main()
# trap: the_last_item_of_each_group_is_replaced
def main():
    groups = {}
    for number in range(6000):
        held = groups.setdefault(number % 5, [])
        if held and number % 7 == 0:
            held[-1] = (number, "new")
        else:
            held.append((number, "old"))
    print({key: (len(held), held[-1], sum(n for n, _ in held)) for key, held in groups.items()})
main()
# trap: the_last_item_is_replaced_by_one_that_changes
def main():
    rows, row = [], []
    for number in range(4000):
        if rows and number % 2:
            row = [number]
            rows[-1] = row
        else:
            rows.append([number])
        row.append(number)
    print(len(rows), sum(map(len, rows)), rows[-1], rows[-2])
main()
