# Programs with dictionaries of records that are changed where they are found. They are run before
# and after.


# trap: many_are_set_in_a_row_and_asked
def main():
    table = {}
    for i in range(3000):
        table["k%d" % i] = {"n": i}
    for i in range(2500, 4000):
        table["k%d" % i] = {"n": -i}
    for i in range(0, 4000, 7):
        table["k%d" % i]["n"] += 1
    for i in range(3900, 4200):
        table["k%d" % i] = {"n": 0}
    table["k5"]["n"] += 1
    print(len(table), table["k5"], sum(record["n"] for record in table.values()))
main()


# trap: sets_in_records_are_changed
def main():
    table = {}
    for i in range(2000):
        table[i] = {"seen": {i * 8, i * 16, i * 32 + 1}, "n": 0}
    for turn in range(3):
        for i in range(0, 2000, 3):
            record = table[i]
            record["seen"].discard(i * 16)
            record["seen"].add(i * 16 + turn * 64)
            record["n"] += record["seen"].pop()
    print([list(record["seen"]) for record in table.values()][:20], sum(r["n"] for r in table.values()))
main()


# trap: sorted_entries_are_changed_on_the_way
def main():
    table = {}
    for i in range(3000):
        table["k%d" % (i * 7919 % 3001)] = {"n": i % 97, "name": i}
    for key, record in sorted(table.items(), key=lambda kv: (kv[1]["n"], kv[0])):
        record["n"] = -1
        if record["name"] % 500 == 0:
            table.pop("k%d" % (record["name"] + 1), None)
            table[key] = {"n": "new", "name": 0}
            print(key, record, len(table))
    print(sum(record["n"] == -1 for record in table.values()))
main()


# trap: sorted_records_are_changed_by_a_generator
def grow(table):
    while True:
        for i in list(table)[:3]:
            table[i]["n"] += 100
            del table[i]
            yield i

def main():
    table = {}
    for i in range(2000):
        table[i] = {"n": i * 37 % 101}
    growing = grow(table)
    for key, record in sorted(table.items(), key=lambda kv: kv[1]["n"]):
        if record["n"] % 50 == 0:
            print(key, record["n"], next(growing), len(table))
main()


# trap: key_function_takes_entries_out
def main():
    table = {}
    for i in range(900):
        table[i] = {"n": i % 13}

    def rank(entry):
        table.pop(entry[0] + 1000, None)
        table[entry[0] + 1000] = {"n": 0}
        return entry[1]["n"], entry[0]

    for record in table.values():
        record["n"] += 1
    print([key for key, record in sorted(table.items(), key=rank)][:10], len(table))
main()


# trap: records_end_in_order
class Note:
    def __init__(self, number):
        self.number = number
        self.size = 0

    def __del__(self):
        if self.number % 300 == 7:
            print("end", self.number)

def main():
    table = {}
    for i in range(2000):
        table[i] = Note(i)
    for i in range(0, 2000, 3):
        table[i].size += 1
    print(sum(note.size for note in table.values()))
main()


# trap: weak_references_see_records_go
import weakref

class Note:
    def __init__(self, number):
        self.number = number

def main():
    table, known = {}, weakref.WeakValueDictionary()
    for i in range(2000):
        table[i] = known[i] = Note(i)
    for i in range(2000):
        table[i].number += 1
    print(len(known), sum(note.number for note in known.values()))
main()


# trap: records_are_pickled
import pickle

def main():
    table = {}
    for i in range(500):
        name = "name %d" % (i % 3)
        table[i] = {"name": name, "also": name, "n": 0}
    for i in range(500):
        table[i]["n"] += 1
    print(len(pickle.dumps(list(table.values()), 4)), len(pickle.dumps(table[3])))
main()


# trap: records_are_told_apart_by_an_operator
import operator

def main():
    table = {}
    for i in range(1000):
        table[i] = {"n": (i, str(i))}
    for i in range(1000):
        table[i]["m"] = table[i]["n"]
    print(sum(operator.is_(record["n"], record["m"]) for record in table.values()))
main()


# trap: parts_of_records_are_shared
def main():
    table, tags = {}, []
    for i in range(2000):
        if i % 10 == 0:
            tags = []
        table[i] = {"n": i, "tags": tags}
    for i in range(2000):
        table[i]["n"] += 1
        table[i]["tags"].append(i)
    print(table[3]["tags"], table[9]["tags"] == table[1]["tags"], sum(len(r["tags"]) for r in table.values()))
main()


# trap: the_latest_record_is_held_by_many
class Host:
    def __init__(self, name):
        self.name = name
        self.count = 0
        self.next = None

def main():
    table, latest, held = {}, None, []
    for i in range(5000):
        key = "h%d" % (i * 7 % 1203)
        if key not in table:
            table[key] = Host(key)
        host = table[key]
        host.count += 1
        if latest is not None and i % 17 == 0:
            latest.next = host
        if i % 101 == 0:
            held.append(host)
        latest = host
    for host in held:
        host.count += 1000
    total = 0
    for host in table.values():
        if host.next is not None:
            host.next.count += 1
    for host in table.values():
        total = total * 3 % 1000003 + host.count
    print(total, sum(table[host.name].count == host.count for host in held))
main()


# trap: text_of_a_plain_object_is_made
class Host:
    def __init__(self, name):
        self.name = name
        self.count = 0

def main():
    table = {}
    for i in range(1000):
        table[i] = Host(i)
    texts = {i: str(host) for i, host in table.items()}
    for i in range(1000):
        table[i].count += 1
    print(sum(str(host) == texts[i] for i, host in table.items()))
main()


# trap: hash_of_a_plain_object_is_told
class Host:
    def __init__(self, name):
        self.name = name
        self.count = 0

def main():
    table = {}
    for i in range(1000):
        table[i] = Host(i)
    hashes = [hash(host) for host in table.values()]
    for i in range(1000):
        table[i].count += 1
    print(sum(hash(host) == known for host, known in zip(table.values(), hashes)))
main()


# trap: a_failing_change_leaves_half
def main():
    table = {}
    for i in range(2000):
        table[i] = {"n": i, "m": 0}
    for i in range(2000):
        record = table[i]
        try:
            record["m"] += 1
            record["n"] = 100 // (i % 5)
            record["m"] += 1
        except ZeroDivisionError:
            record["bad"] = True
    print(sum(r["m"] for r in table.values()), sum("bad" in r for r in table.values()), table[5], table[6])
main()


# trap: records_are_popped_and_put_elsewhere
def main():
    active, done = {}, {}
    for i in range(6000):
        key = i * 31 % 709
        if key in active:
            record = active[key]
            record["steps"].append(i)
            if len(record["steps"]) > 4:
                done[key, i] = active.pop(key)
        else:
            active[key] = {"steps": [i], "key": key}
    for record in done.values():
        record["steps"].reverse()
    print(len(active), len(done), sum(r["steps"][0] for r in done.values()), list(active)[:5])
    print(next(iter(done.items())))
main()


# trap: values_are_nan
def main():
    nan = float("nan")
    table = {}
    for i in range(1000):
        table[i] = {"v": nan, "w": [nan]}
    for i in range(1000):
        table[i]["n"] = i
    print(sum(table[i]["w"] == table[i + 1]["w"] for i in range(999)), table[1]["w"] == table[1]["w"])
    print(sum(record["v"] in record["w"] for record in table.values()))
main()


# trap: a_record_holds_itself
def main():
    table = {}
    for i in range(1000):
        record = {"n": i}
        record["self"] = record
        table[i] = record
    for i in range(1000):
        table[i]["self"]["n"] += 1
    print(sum(record["n"] for record in table.values()), table[5]["self"]["self"]["n"])
main()


# trap: the_dictionary_is_walked_and_entries_replaced
def main():
    table = {}
    for i in range(2000):
        table[i] = {"n": i}
    for key in table:
        table[key] = {"n": table[key]["n"] + 1, "old": table[key]}
    for key, record in table.items():
        record["old"]["n"] *= 2
        if key % 400 == 0:
            table[key] = record["old"]
    print(sum(record["n"] for record in table.values()), table[400], table[401])
    try:
        for key, record in table.items():
            record["n"] += 1
            if key == 1500:
                del table[3]
    except RuntimeError as error:
        print(error, table[1500], table[1501])
main()


# trap: the_collector_runs_generators_on_the_way
import gc

class Record:
    def __init__(self, n):
        self.n = n
        self.items = []

def main():
    table = {}

    def grow(key):
        me = yield
        try:
            yield me
        finally:
            table[key].n += 1

    for i in range(4000):
        table["k%d" % i] = Record(0)
    keys = list(table)
    for turn in range(3):
        for i, key in enumerate(keys):
            table[key].items.append(1)
            it = grow(keys[i * 7919 % 4000])
            next(it)
            it.send(it)
            del it
    gc.collect()
    print(len(table), sum(record.n for record in table.values()))
main()


# trap: shared_parts_are_written_down_once
import plistlib

def main():
    table = {}
    for i in range(1000):
        table[i] = {"n": 0, "tags": ("alpha", "beta", "gamma")}
    for i in range(0, 1000, 3):
        table[i]["n"] += 1
    print(len(plistlib.dumps(list(table.values()), fmt=plistlib.FMT_BINARY)))
main()


# trap: a_record_equals_nothing
from typing import NamedTuple

class Missing(NamedTuple):
    why: str
    at: int

    def __eq__(self, other):
        return False

def main():
    gone = Missing("gone", 1)
    table = {}
    for i in range(3000):
        table[i] = {"n": 0, "p": gone}
    for i in range(0, 3000, 3):
        table[i]["n"] += 1
    print(sum(record["p"] in (gone,) for record in table.values()))
main()


# trap: sizes_of_lists_are_asked_for
def main():
    table = {}
    for i in range(2000):
        table[i] = {"n": 0, "l": []}
    for turn in range(3):
        for i in range(2000):
            table[i]["l"].append(turn)
    print(sum(record["l"].__sizeof__() for record in table.values()))
main()
