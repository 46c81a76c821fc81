# Programs with many small lists: in objects, in records, in dictionaries of dictionaries, which
# are looked at or changed by another way. They are run before and after.


# trap: inner_dictionary_has_another_name
def main():
    days, last = {}, None
    for i in range(6000):
        inner = days.get(i % 5)
        if inner is None:
            inner = days[i % 5] = {}
            last = inner
        inner.setdefault(i % 3, []).append([i])
    for rows in last.values():
        for row in rows:
            row[0] = -row[0]
    print([sum(row[0] for row in rows) for inner in days.values() for rows in inner.values()])
main()


# trap: record_is_shared_by_two_keys
def main():
    table = {}
    for i in range(6000):
        key = "k%d" % (i % 11)
        if key not in table:
            record = {"n": 0, "items": []}
            table[key] = record
            table[key.upper()] = record
        table[key]["n"] += 1
        table[key]["items"].append((i, str(i)))
    for key in sorted(table):
        print(key, table[key]["n"], len(table[key]["items"]), table[key]["items"][-1])
    for key in sorted(table)[:3]:
        del table[key]["items"][5:]
        print(len(table[key.lower()]["items"]))
main()


# trap: items_of_records_are_changed_through_values
def main():
    table = {}
    for i in range(6000):
        record = table.setdefault(i % 7, {"rows": [], "first": None})
        row = {"n": i}
        record["rows"].append(row)
        if record["first"] is None:
            record["first"] = row
    for record in table.values():
        record["first"]["n"] = 10 ** 6
        print(record["rows"][0], sum(row["n"] for row in record["rows"]))
main()


# trap: record_asked_by_a_computed_key
def main():
    table = {}
    for i in range(6000):
        record = table.setdefault("k%d" % (i % 7), {"ups": [], "downs": []})
        record["ups" if i % 2 else "downs"].append((i, -i))
    for name, record in sorted(table.items()):
        print(name, {key: (type(rows).__name__, len(rows)) for key, rows in record.items()})
main()


# trap: a_tree_of_records
def main():
    root = {"name": "root", "kids": []}
    nodes = [root]
    for i in range(1, 3000):
        node = {"name": "n%d" % i, "kids": []}
        nodes[(i - 1) // 3]["kids"].append(node)
        nodes.append(node)
    def count(node):
        return 1 + sum(count(kid) for kid in node["kids"])
    nodes[1]["name"] = "changed"
    print(count(root), root["kids"][0]["name"], nodes[1] is root["kids"][0])
main()


# trap: list_of_an_object_is_bound_to_that_of_another
class Account:
    def __init__(self):
        self.moves = []
def main():
    accounts = {}
    for i in range(6000):
        account = accounts.setdefault(i % 13, Account())
        account.moves.append((i, str(i)))
    accounts[1].moves = accounts[2].moves
    accounts[2].moves.append((1, "last"))
    print(len(accounts[1].moves), accounts[1].moves is accounts[2].moves)
    for key in sorted(accounts):
        print(key, len(accounts[key].moves), accounts[key].moves[-1])
main()


# trap: object_is_copied
import copy
class Account:
    def __init__(self):
        self.moves = []
def main():
    accounts = {}
    for i in range(6000):
        accounts.setdefault(i % 13, Account()).moves.append((i, str(i)))
    other = copy.copy(accounts[1])
    deep = copy.deepcopy(accounts[2])
    other.moves.append((0, "x"))
    deep.moves.append((0, "y"))
    print(len(accounts[1].moves), len(accounts[2].moves), type(deep.moves).__name__)
main()


# trap: items_hold_their_owner
class Account:
    def __init__(self, name):
        self.name = name
        self.moves = []
    def add(self, other, i):
        self.moves.append((other, i))
def main():
    accounts = [Account(str(i)) for i in range(50)]
    for i in range(6000):
        accounts[i % 50].add(accounts[i * 7 % 50], i)
    for account in accounts[:5]:
        account.name += "!"
    print([[other.name for other, _ in account.moves[:3]] for account in accounts[:10]])
main()


# trap: default_factory_counts
from collections import defaultdict
def main():
    made = []
    def fresh():
        made.append(1)
        return defaultdict(list)
    table = defaultdict(fresh)
    for i in range(6000):
        table[i % 7][i % 5].append((i, str(i)))
    print(len(made), sorted((k, len(v), len(v[0])) for k, v in table.items()), len(table[99]))
main()


# trap: missing_lists_are_made_by_looking
from collections import defaultdict
def main():
    table = defaultdict(lambda: defaultdict(list))
    for i in range(6000):
        table[i % 7][i % 5].append((i, str(i)))
    before = [len(inner) for inner in table.values()]
    empty = [len(table[k]["none"]) for k in range(9)]
    print(before, empty, sorted(table), [len(inner) for inner in table.values()], table[8]["none"] == [])
main()


# trap: inner_dictionaries_are_swapped
def main():
    table = {"a": {}, "b": {}}
    for i in range(6000):
        table["a" if i % 3 else "b"].setdefault(i % 5, []).append((i, str(i)))
    table["a"], table["b"] = table["b"], table["a"]
    table["c"] = table["a"]
    table["c"][0].append("end")
    for key, inner in table.items():
        print(key, {k: (len(rows), rows[-1]) for k, rows in inner.items()})
main()


# trap: error_half_way_leaves_what_was_added
def main():
    table = {}
    def add(lines):
        for n, line in lines:
            table.setdefault(n % 5, {"rows": []})["rows"].append((n, int(line)))
    for text in ("12345", "12x45"):
        try:
            add(enumerate(text * 400))
        except ValueError as error:
            print(error)
    for key, record in table.items():
        print(key, len(record["rows"]), record["rows"][-1], sum(v for _, v in record["rows"]))
main()


# trap: lists_grow_while_they_are_walked
def main():
    table = {}
    for i in range(3000):
        table.setdefault(i % 3, {}).setdefault(i % 2, []).append(i)
    for key, inner in table.items():
        for name, rows in inner.items():
            for value in rows:
                if value > 2900 and len(rows) < 600:
                    rows.append(value)
            print(key, name, len(rows), rows[-1])
    for inner in table.values():
        for rows in inner.values():
            while rows and rows[-1] > 2000:
                rows.pop()
            rows.sort(reverse=True)
            rows[0] = "first"
            print(len(rows), rows[:2], rows.index(rows[3]), 5 in rows)
main()


# trap: record_is_shown_and_compared
def main():
    table = {}
    for i in range(300):
        table.setdefault(i % 3, {"n": i, "rows": []})["rows"].append((i, str(i)))
    first = table[0]
    print(f"{first}"[:60], str(table)[:60], first == {"n": 0, "rows": list(first["rows"])})
    print(isinstance(first["rows"], list), type(first["rows"]).__name__)
main()


# trap: container_comes_from_a_caller_that_keeps_it
def fill(table, count):
    for i in range(count):
        table.setdefault(i % 5, {"rows": []})["rows"].append([i])
def main():
    kept = []
    for _ in range(2):
        table = {}
        kept.append(table)
        fill(table, 3000)
    for table in kept:
        for record in table.values():
            record["rows"][0][0] = "changed"
            print(record["rows"][0], len(record["rows"]))
main()


# trap: objects_are_weakly_known
import gc
import weakref
class Station:
    def __init__(self, name):
        self.name = name
        self.rows = []
def main():
    stations = {}
    for i in range(6000):
        name = "s%d" % (i % 17)
        if name not in stations:
            stations[name] = Station(name)
        stations[name].rows.append((i, name))
    known = weakref.WeakValueDictionary(stations)
    del stations["s3"], stations["s5"]
    gc.collect()
    print(sorted(known) == sorted(stations), sum(len(s.rows) for s in stations.values()))
main()


# trap: records_are_in_a_list_as_well
def main():
    table, order = {}, []
    for i in range(4000):
        record = {"n": i, "seen": 0}
        table[i % 1000] = record
        order.append(record)
    for record in order:
        record["seen"] += 1
    for key in list(table)[::3]:
        table[key]["seen"] = "no"
    print(sum(record["seen"] == "no" for record in order), table[3], order[-1], len(table))
main()


# trap: two_dictionaries_have_the_same_objects
class Part:
    def __init__(self, name):
        self.name, self.count, self.owner = name, 0, None
    def __repr__(self):
        return "%s:%d" % (self.name, self.count)
def main():
    by_name, by_number = {}, {}
    for i in range(4000):
        part = Part("p%d" % i)
        by_name[part.name] = part
        by_number[i] = part
    for i in range(0, 4000, 7):
        by_number[i].count += 1
        by_name["p%d" % i].owner = by_number[(i * 3) % 4000]
    print(sum(part.count for part in by_name.values()), by_name["p7"], by_name["p7"].owner, by_number[21])
    by_number[21].name = "new"
    print(by_name["p7"].owner.name, sorted(by_name)[:3], by_name["p21"].name)
main()


# trap: equality_of_objects_is_that_of_the_object
class Seat:
    def __init__(self, row):
        self.row, self.taken = row, False
def main():
    seats, first = {}, []
    for i in range(4000):
        seats[i] = Seat(i // 10)
        if i < 3:
            first.append(seats[i])
    for i in range(4000):
        seats[i].taken = i % 3 == 0
    print([seats[i] == first[i] for i in range(3)], first[0] in seats.values(), seats[3] in first)
    print([seat.taken for seat in first], len({seat for seat in seats.values()}), hash(seats[0]) == hash(first[0]))
main()


# trap: objects_have_slots_properties_and_parts
from dataclasses import dataclass, field
class Base:
    __slots__ = ("a", "b")
    def __init__(self, a):
        self.a, self.b = a, []
@dataclass
class Booking:
    ref: str
    nights: int
    notes: list = field(default_factory=list)
    cancelled: bool = False
    @property
    def lead(self):
        return len(self.ref) + self.nights
def main():
    table, plain = {}, {}
    for i in range(4000):
        table["r%d" % i] = Booking("r%d" % i, i % 9)
        plain[i] = Base(i)
    for i in range(8000):
        booking = table["r%d" % (i * 7 % 4000)]
        booking.notes.append(i)
        booking.cancelled = not booking.cancelled
        plain[i % 4000].b.append(booking.ref)
    extra = table["r5"].notes
    table["r5"].extra = "x"
    for key in list(table)[:2000]:
        table[key].nights += 1
    extra.append("end")
    print(table["r5"], vars(table["r5"]), table["r6"].lead, plain[77].b, hasattr(table["r6"], "extra"))
    print(sum(len(b.notes) for b in table.values() if not b.cancelled), table["r1"] == Booking("r1", 2))
main()


# trap: entries_go_and_come_while_sorted_ones_are_walked
def main():
    table = {}
    for i in range(3000):
        table["k%d" % (i * 7919 % 3000)] = {"n": i, "m": 0}
    for key, record in sorted(table.items()):
        record["m"] += 1
        if record["n"] % 5 == 0:
            table.pop(key)
        other = "k%d" % (record["n"] % 3000)
        if other in table and record["n"] % 7 == 0:
            table[other] = {"n": -1, "m": -1}
    print(len(table), sum(r["m"] for r in table.values()), sum(r["n"] for r in table.values()))
    for record in sorted(table.values(), key=lambda r: (r["m"], r["n"])):
        record["n"] = 0
    print(sum(r["n"] for r in table.values()), sorted((k, r["m"]) for k, r in table.items())[:4])
main()


# trap: a_record_is_put_into_itself_and_another
def main():
    table = {}
    for i in range(3000):
        table[i] = {"n": i, "next": None}
    for i in range(3000):
        table[i]["next"] = table[(i * 7) % 3000]
    table[5]["next"] = table[5]
    table[35]["n"] = "changed"
    print(table[5]["next"]["next"]["n"], table[5 * 7 * 7 % 3000]["n"], table[2]["next"]["next"]["n"])
    walked, at = 0, table[1]
    while walked < 50:
        at["n"] = -walked
        at, walked = at["next"], walked + 1
    print(at["n"], sum(isinstance(r["n"], int) and r["n"] < 0 for r in table.values()))
main()


# trap: error_half_way_leaves_the_records_that_were_changed
def main():
    table = {}
    for i in range(3000):
        table[i] = [i, "x" * (i % 9)]
    try:
        for i in range(3000):
            row = table[i * 11 % 3000]
            row[0] += 1
            row.append(len(row[1]) / (i - 2500))
    except ZeroDivisionError as error:
        print(error, row)
    print(sum(len(r) == 3 for r in table.values()), sum(r[0] for r in table.values()))
    del table[10][0], row[-1]
    print(table[10], row, table.get(99999, [0]), table.setdefault(10, [])[0])
main()


# trap: view_is_passed_and_records_change_meanwhile
def active(records, table):
    found = []
    for record in records:
        record["seen"] = record.get("seen", 0) + 1
        table[1]["n"] += 1
        if record["n"] % 2:
            found.append(record)
    return found
def main():
    table = {}
    for i in range(3000):
        table[i] = {"n": i}
    found = active(table.values(), table)
    for record in found:
        record["n"] = -1
    print(len(found), table[1], table[2], sum(r["n"] == -1 for r in table.values()), len(table.values()))
main()


# trap: key_function_makes_groups
from collections import defaultdict
def main():
    t = defaultdict(list)
    for i in range(900):
        t[i % 50].append((i, str(i)))
    for k, v in sorted(t.items(), key=lambda kv: (len(t[kv[0] + 1]), kv[0])):
        print(k, len(v), end=" ")
    print(len(t))
main()


# trap: a_list_has_no_formats
def main():
    table = {}
    for i in range(600):
        table.setdefault(i % 3, {}).setdefault(i % 2, []).append(i)
    for inner in table.values():
        for rows in inner.values():
            print(f"{rows}"[:9], f"{rows!r:.5}")
            try:
                print(f"{rows:s}")
            except TypeError as error:
                print(error)
main()


# trap: records_are_numbered
def main():
    table = {}
    for i in range(600):
        table.setdefault(i % 3, {"n": 0, "rows": []})["rows"].append(i)
    for number, record in enumerate(table.values()):
        kept = record
        print(number, record["n"], len(record["rows"]), type(record["rows"]) is list)
    for names in zip(*table.values()):
        print(names)
    print(isinstance(kept["rows"], list), list(map(len, table.values())))
main()


# trap: groups_are_held_when_the_program_ends
groups = {}
for i in range(600):
    groups.setdefault(i % 5, []).append((i, str(i)))
for key, group in groups.items():
    print(key, len(group))
last = groups[3]
walk = iter(groups.values())
next(walk)
# trap: lists_in_a_list_that_is_handed_on
def load(first):
    rows = []
    for number in range(first, first + 3000):
        rows.append([number])
    return rows
def mark(lists):
    for rows in lists:
        rows[0].append("first")
    lists[0], lists[-1] = lists[-1], lists[0]
    return lists
def count(lists, deep=True):
    if deep:
        return count(lists[1:], False) + len(lists[0])
    return sum(len(row) for rows in lists for row in rows)
def main():
    lists = [load(first) for first in (0, 3000, 6000)]
    print(count(lists))
    print(count(mark(lists)), lists[0][0])
main()
# trap: values_of_a_dictionary_are_handed_on
def walk(entries, table):
    for number, entry in enumerate(entries):
        if number == 9:
            table[-1] = (0, 0)
        yield entry
def later(entries):
    return lambda: sum(size for _, size in entries)
def main():
    table = {}
    for number in range(9000):
        table[number] = (number, number * 2)
    total = later(table.values())
    table[9000] = (1, 1)
    print(total())
    try:
        for number, size in walk(table.values(), table):
            last = number
    except RuntimeError as error:
        print(error, last)
    print(len(table))
main()
