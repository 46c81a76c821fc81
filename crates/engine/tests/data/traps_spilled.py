# Programs in which a list on disk would be told from one in memory if the analysis of
# items and lists forgot something. They are run before and after.

# trap: changed_through_the_name_after_it_was_appended
rows = []
def main():
    for number in range(3000):
        row = {"n": number, "seen": False}
        rows.append(row)
        row["seen"] = number % 3 == 0
    print(sum(row["seen"] for row in rows))
if __name__ == "__main__":
    main()
# trap: one_dictionary_appended_again_and_again
def main():
    rows, row = [], {}
    for number in range(3000):
        row["n"] = number
        rows.append(row)
    print(len({id(row) for row in rows}), sum(row["n"] for row in rows))
main()
# trap: the_last_item_is_kept_and_changed
def read(count):
    rows, last = [], None
    for number in range(count):
        if last is not None and number % 5:
            last["size"] += number
            continue
        last = {"size": number}
        rows.append(last)
    return rows
def main():
    rows = read(4000)
    print(len(rows), sum(row["size"] for row in rows), rows[-1], rows[0])
main()
# trap: index_by_key_changes_what_the_list_holds
def main():
    rows = [{"key": number % 700, "hits": 0} for number in range(700)]
    by_key = {row["key"]: row for row in rows}
    for number in range(5000):
        by_key[number % 700]["hits"] += number
    print(sum(row["hits"] for row in rows))
main()
# trap: two_lists_share_their_items
def main():
    every, odd = [], []
    for number in range(3000):
        entry = [number, 0]
        every.append(entry)
        if number % 2:
            odd.append(entry)
    for entry in odd:
        entry[1] = 1
    print(sum(entry[1] for entry in every))
main()
# trap: tuples_hold_lists_that_change
def main():
    pairs = [(number, []) for number in range(2000)]
    for number, held in pairs:
        if number % 2:
            held.append(number)
    print(sum(len(held) for _, held in pairs))
main()
# trap: changed_by_a_method_of_the_item
class Account:
    def __init__(self, name):
        self.name = name
        self.total = 0
    def pay(self, amount):
        self.total += amount
def main():
    accounts = [Account(str(number)) for number in range(2000)]
    for account in accounts:
        account.pay(len(account.name))
    print(sum(account.total for account in accounts))
main()
# trap: changed_by_a_function_that_gets_the_list
def mark(rows):
    for row in rows:
        row.append(len(row))
def main():
    rows = [[number] for number in range(2000)]
    mark(rows)
    print(sum(len(row) for row in rows))
main()
# trap: changed_by_a_function_that_gets_an_item
def mark(row):
    row["done"] = True
def main():
    rows = []
    for number in range(2000):
        rows.append({"n": number})
    for row in rows:
        mark(row)
    print(sum("done" in row for row in rows))
main()
# trap: changed_through_a_closure
def main():
    rows = [[number] for number in range(2000)]
    def touch():
        rows[3].append(1)
    touch()
    print(sum(len(row) for row in rows))
main()
# trap: an_item_is_found_by_identity
class Node:
    pass
def main():
    nodes = [Node() for number in range(2000)]
    last = nodes[-1]
    print([place for place, node in enumerate(nodes) if node is last])
main()
# trap: an_item_is_found_by_equality_that_is_identity
class Node:
    pass
def main():
    nodes = []
    for number in range(2000):
        node = Node()
        nodes.append(node)
    print(nodes.index(node), nodes.count(nodes[0]), nodes[5] in nodes)
main()
# trap: items_are_keys_of_a_dictionary
class Node:
    def __init__(self, number):
        self.number = number
def main():
    nodes = [Node(number) for number in range(2000)]
    place = {node: number for number, node in enumerate(nodes)}
    print(sum(place[node] for node in nodes))
main()
# trap: items_are_in_a_set
class Node:
    def __init__(self, number):
        self.number = number
def main():
    nodes = [Node(number) for number in range(2000)]
    seen = set()
    for node in nodes:
        seen.add(node)
    for node in nodes:
        seen.discard(node)
    print(len(seen))
main()
# trap: sentinel_among_the_items
MISSING = object()
def main():
    rows = []
    for number in range(3000):
        rows.append(MISSING if number % 7 == 0 else (number, str(number)))
    print(sum(row is MISSING for row in rows))
main()
# trap: enumeration_members_stay_the_same
import enum
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
def main():
    rows = []
    for number in range(3000):
        rows.append((Colour.RED if number % 3 else Colour.BLUE, str(number)))
    print(sum(colour is Colour.RED for colour, _ in rows))
main()
# trap: the_list_is_asked_for_its_type
import json
def main():
    rows = [{"n": number} for number in range(2000)]
    print(len(json.dumps(rows)), isinstance(rows, list), type(rows).__name__)
main()
# trap: the_list_is_shared_by_two_names
def main():
    first = second = []
    for number in range(2000):
        first.append(str(number))
    second.append("end")
    print(len(first), first[-1], first is second)
main()
# trap: the_list_is_a_default_argument
def collect(item, into=[]):
    into.append(item)
    return into
def main():
    for number in range(2000):
        rows = collect(str(number))
    print(len(rows), rows is collect("x"))
main()
# trap: walked_while_it_is_filled
def main():
    queue = []
    for number in range(50):
        queue.append((number, 0))
    for number, depth in queue:
        if depth < 3 and number % 2:
            queue.append((number + depth, depth + 1))
    print(len(queue), queue[-1])
main()
# trap: a_list_in_a_list_is_changed
def main():
    table = []
    for number in range(300):
        table.append([0] * 10)
    for row in range(300):
        for column in range(10):
            table[row][column] = row * column
    print(sum(map(sum, table)))
main()
# trap: an_item_is_replaced
def main():
    rows = [str(number) for number in range(2000)]
    rows[3] = "x"
    del rows[5:100]
    rows.insert(2, "y")
    print(len(rows), rows[:8])
main()
# trap: an_error_half_way_keeps_what_was_read
def main():
    rows = []
    try:
        for number in range(3000):
            rows.append((number, 10 // (number - 2500)))
    except ZeroDivisionError as problem:
        print(len(rows), rows[-1], problem)
    print(sum(value for _, value in rows))
main()
# trap: a_stop_iteration_comes_out_of_a_comprehension
def main():
    numbers = iter(range(10))
    try:
        rows = [(next(numbers), str(number)) for number in range(20)]
        print(len(rows), len(rows))
    except StopIteration:
        print("stopped")
    except RuntimeError:
        print("runtime")
main()
# trap: items_are_freed_when_the_list_is
class Loud:
    def __init__(self, number):
        self.number = number
    def __del__(self):
        if self.number % 1000 == 0:
            print("gone", self.number)
def main():
    rows = []
    for number in range(3000):
        rows.append(Loud(number))
    print("filled", len(rows))
    print(sum(row.number for row in rows))
main()
# trap: weak_references_to_items
import weakref
class Node:
    def __init__(self, number):
        self.number = number
def main():
    nodes = [Node(number) for number in range(2000)]
    watched = weakref.ref(nodes[7])
    print(watched().number, len(nodes), sum(node.number for node in nodes))
main()
# trap: not_a_number_is_found_by_identity
def main():
    nan = float("nan")
    rows = [nan if number % 2 else float(number) for number in range(3000)]
    print(rows.count(nan), nan in rows, len(rows))
main()
# trap: groups_share_a_list
def main():
    groups, shared = {}, []
    for number in range(2000):
        key = number % 7
        if key not in groups:
            groups[key] = shared
        groups[key].append((number, str(number)))
    print(len(groups), len(groups[0]), len(shared))
main()
# trap: a_group_is_kept_and_filled
def main():
    groups = {}
    first = groups.setdefault(0, [])
    for number in range(3000):
        groups.setdefault(number % 3, []).append((number, str(number)))
    first.append((-1, "end"))
    print(len(groups[0]), groups[0][-1], sum(len(group) for group in groups.values()))
main()
# trap: groups_are_looked_up_in_vain
from collections import defaultdict
def main():
    groups = defaultdict(list)
    for number in range(3000):
        groups[number % 5].append((number, str(number)))
    print(len(groups[99]), 99 in groups, groups.get(100), list(groups))
    try:
        print({}[1])
    except KeyError as problem:
        print(problem)
main()
# trap: items_of_a_group_are_changed
def main():
    groups = {}
    for number in range(3000):
        groups.setdefault(number % 5, []).append([number, 0])
    for members in groups.values():
        for rank, entry in enumerate(members):
            entry[1] = rank
    print(sum(entry[1] for members in groups.values() for entry in members))
main()
# trap: an_iterator_over_the_list_goes_on
def main():
    rows = [(number, str(number)) for number in range(3000)]
    walk = iter(rows)
    head = [next(walk) for _ in range(10)]
    rest = sum(number for number, _ in walk)
    print(head[-1], rest, len(rows))
main()
# trap: equal_numbers_of_other_types
def main():
    rows = [True if number % 3 else 1.0 if number % 2 else 1 for number in range(3000)]
    print([type(row).__name__ for row in rows[:6]], rows.count(1), sum(rows))
main()
# trap: a_subclass_of_str
class Name(str):
    def __eq__(self, other):
        return False
    __hash__ = str.__hash__
def main():
    rows = [Name(number) for number in range(3000)]
    print(rows[5] == "5", type(rows[7]).__name__, len(rows))
main()
# trap: what_an_item_holds_is_a_key
def load(i):
    return parse(i)
class Node:
    def __init__(self, n): self.n = n
class Rec:
    def __init__(self, n):
        self.node = Node(n)
        self.n = n
def main():
    rows = []
    for i in range(5000):
        rows.append(Rec(i))
    place = {}
    for r in rows:
        place[r.node] = r.n
    t = 0
    for r in rows:
        t += place.get(r.node, -1)
    print(t)
main()
# trap: not_a_number_within_items_is_found_by_identity
import math
class Rec:
    def __init__(self, n):
        self.v = NAN if n % 3 else float(n)
NAN = float("nan")
def main():
    rows = []
    for i in range(5000):
        rows.append(Rec(i))
    print(len({r.v for r in rows}))
    print(sum(r.v in [NAN] for r in rows))
main()
# trap: texts_are_told_apart_after_they_got_a_name
def main():
    rows = []
    for i in range(9000):
        rows.append("x" + str(i))
    first = rows[5]
    again = rows[5]
    print(first is again)
    best = max(rows)
    cur = [r for r in rows if r == best]
    for r in rows:
        x = r
        if x is best:
            print("found", r)
    print(len(rows))
main()
# trap: a_method_of_a_dictionary_has_the_name_of_one_of_the_module
class Store:
    def __init__(self): self.n = 0
    def get(self, k): return self.n
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i, "tags": []})
    s = Store()
    t = s.get(3)
    for r in rows:
        r.get("tags").append(1)
    print(t, sum(len(r["tags"]) for r in rows))
main()
# trap: a_method_of_a_list_has_the_name_of_one_of_the_module
class Screen:
    def clear(self): return 0
    def sort(self): return 1
    def reverse(self): pass
def main():
    rows = []
    for i in range(5000):
        rows.append([i, 3, 2])
    s = Screen()
    s.clear(); s.sort(); s.reverse()
    for r in rows:
        r.sort()
    print(sum(r[0] for r in rows))
main()
# trap: changed_as_elements_of_a_set
class Item:
    def __init__(self, k): self.k = k; self.hits = 0
    def __eq__(self, o): return self.k == o.k
    def __hash__(self): return hash(self.k)
def main():
    rows = []
    for i in range(5000):
        rows.append(Item(i))
    for u in set(rows):
        u.hits += 1
    print(sum(r.hits for r in rows))
main()
# trap: changed_as_keys
class Item:
    def __init__(self, k): self.k = k; self.hits = 0
    def __eq__(self, o): return self.k == o.k
    def __hash__(self): return hash(self.k)
def main():
    rows = []
    for i in range(5000):
        rows.append(Item(i))
    d = {}
    for r in rows:
        d[r] = 1
    for u in d:
        u.hits += 1
    print(sum(r.hits for r in rows))
main()
# trap: statistics_gives_an_item
import statistics
from dataclasses import dataclass
@dataclass(order=True)
class Item:
    k: int
    hits: int = 0
def main():
    rows = []
    for i in range(5000):
        rows.append(Item(i))
    m = statistics.median_low(rows)
    m.hits = 7
    print(sum(r.hits for r in rows))
main()
# trap: a_special_method_gives_an_item
class Table:
    def __init__(self):
        self.rows = []
    def fill(self):
        for i in range(5000):
            self.rows.append({"n": i, "x": 0})
    def __getitem__(self, i):
        return self.rows[i]
    def total(self):
        return sum(r["x"] for r in self.rows)
def main():
    t = Table()
    t.fill()
    t[3]["x"] = 7
    print(t.total(), len(t.rows))
main()
# trap: a_call_of_an_object_gives_an_item
class Table:
    def __init__(self):
        self.rows = []
        self.at = 0
    def fill(self):
        for i in range(5000):
            self.rows.append({"n": i, "x": 0})
    def __call__(self, i):
        return self.rows[i]
    def total(self):
        return sum(r["x"] for r in self.rows)
def main():
    t = Table()
    t.fill()
    t(3)["x"] = 7
    print(t.total(), len(t.rows))
main()
# trap: getattr_names_the_attribute_that_holds_the_list
class Table:
    def __init__(self):
        self.rows = []
    def fill(self):
        for i in range(5000):
            self.rows.append({"n": i, "x": 0})
    def total(self):
        return sum(r["x"] for r in self.rows)
def main():
    t = Table()
    t.fill()
    for r in getattr(t, "rows"):
        r["x"] = 1
    print(t.total(), len(t.rows), type(getattr(t, "rows", None)).__name__)
main()
# trap: attrgetter_names_the_attribute_that_holds_the_list
from operator import attrgetter
class Table:
    def __init__(self):
        self.rows = []
    def fill(self):
        for i in range(5000):
            self.rows.append({"n": i, "x": 0})
    def total(self):
        return sum(r["x"] for r in self.rows)
def main():
    t = Table()
    t.fill()
    g = attrgetter("rows")
    for r in g(t):
        r["x"] = 1
    print(t.total(), len(t.rows))
main()
# trap: a_pattern_names_the_attribute_that_holds_the_list
class Table:
    def __init__(self):
        self.rows = []
    def fill(self):
        for i in range(5000):
            self.rows.append({"n": i, "x": 0})
    def total(self):
        return sum(r["x"] for r in self.rows)
def main():
    t = Table()
    t.fill()
    match t:
        case Table(rows=them):
            for r in them:
                r["x"] = 1
    print(t.total(), len(t.rows))
main()
# trap: methodcaller_changes_items
from operator import methodcaller
def main():
    rows = []
    for i in range(5000):
        rows.append([i, 3, 2])
    for _ in map(methodcaller("sort"), rows):
        pass
    print(sum(r[0] for r in rows))
main()
# trap: a_method_of_an_item_is_cached
from functools import lru_cache
class Row:
    def __init__(self, n): self.n = n
    @lru_cache(maxsize=None)
    def area(self):
        calls[0] += 1
        return self.n * 2
calls = [0]
def main():
    rows = []
    for i in range(5000):
        rows.append(Row(i))
    t = sum(r.area() for r in rows)
    t += sum(r.area() for r in rows)
    print(t, calls)
main()
# trap: an_exception_carries_an_item
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i, "x": 0})
    for r in rows:
        try:
            if r["n"] % 2:
                raise ValueError(r)
        except ValueError as e:
            e.args[0]["x"] = 1
    print(sum(r["x"] for r in rows))
main()
# trap: an_operator_gives_its_operand
class Row:
    def __init__(self, n): self.n = n; self.x = 0
    def __add__(self, o):
        return self
def main():
    rows = []
    for i in range(5000):
        rows.append(Row(i))
    for r in rows:
        (r + 1).x = 4
    print(sum(r.x for r in rows))
main()
# trap: the_module_imports_itself
rows = []
def main():
    import __main__
    for i in range(5000):
        rows.append([i])
    print(type(__main__.rows).__name__)
    for r in __main__.rows: r[0] = 1
    print(len(rows), sum(r[0] for r in rows))
main()
# trap: the_module_is_looked_up
import sys
rows = []
def main():
    for i in range(5000):
        rows.append([i])
    print(type(sys.modules["__main__"].rows).__name__)
    print(len(rows), sum(r[0] for r in rows))
main()
# trap: a_group_is_taken_apart_where_it_is_walked
def main():
    groups = {}
    for i in range(3000):
        groups.setdefault(i % 7, []).append({"i": i, "x": 0})
    for k, (first, *rest) in groups.items():
        first["x"] = 5
    print(sum(r["x"] for g in groups.values() for r in g))
main()
# trap: one_variable_holds_items_and_parts
class Node:
    def __init__(self, n):
        self.n = n
        self.kids = [n]
def main():
    rows = []
    for i in range(5000):
        rows.append(Node(i))
    seen = set()
    for x in rows[0].kids:
        seen.add(x)
    for x in rows:
        seen.add(x)
    print(len(seen))
    for x in rows:
        seen.discard(x)
    print(len(seen))
main()
