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
# trap: a_constructor_puts_the_list_into_a_field
from dataclasses import dataclass
class Row:
    def __init__(self, number):
        self.number = number
        self.marked = False
@dataclass
class Bag:
    rows: list
def main():
    kept = []
    bag = Bag(kept)
    source = []
    for number in range(3000):
        source.append(Row(number))
    for row in source:
        bag.rows.append(row)
    for other in kept:
        other.marked = True
    print(sum(third.marked for third in source), len(source))
main()
# trap: a_named_tuple_hands_the_list_on
from collections import namedtuple
class Row:
    def __init__(self, number):
        self.number = number
        self.marked = False
Bag = namedtuple("Bag", "rows title")
def main():
    kept = []
    bag = Bag(kept, "all")
    source = []
    for number in range(3000):
        source.append(Row(number))
    for row in source:
        bag.rows.append(row)
    for other in kept:
        other.marked = True
    print(sum(third.marked for third in source), len(source), bag.title)
main()
# trap: a_classmethod_passes_the_list_on
class Row:
    def __init__(self, number):
        self.number = number
        self.marked = False
class Store:
    def __init__(self, rows):
        self.rows = rows
    @classmethod
    def around(cls, rows):
        return cls(rows)
    def add(self, row):
        self.rows.append(row)
def main():
    kept = []
    store = Store.around(kept)
    source = []
    for number in range(3000):
        source.append(Row(number))
    for row in source:
        store.add(row)
    for other in kept:
        other.marked = True
    print(sum(third.marked for third in source), len(source))
main()
# trap: type_of_self_makes_another_one
class Row:
    def __init__(self, number):
        self.number = number
        self.marked = False
class Store:
    def __init__(self, rows):
        self.rows = rows
    def other(self, rows):
        return type(self)(rows)
    def add(self, row):
        self.rows.append(row)
def main():
    kept = []
    store = Store([]).other(kept)
    source = []
    for number in range(3000):
        source.append(Row(number))
    for row in source:
        store.add(row)
    for other in kept:
        other.marked = True
    print(sum(third.marked for third in source), len(source))
main()
# trap: a_method_has_the_name_of_a_field
class Counter:
    def __init__(self):
        self.seen = []
    def step(self, item):
        item.count += 1
        self.seen.append(item.number)
class State:
    def __init__(self, number, step):
        self.number = number
        self.step = step
        self.count = 0
def main():
    counter = Counter()
    states = []
    for number in range(3000):
        states.append(State(number, counter.step))
    for state in states:
        state.step(state)
    print(sum(other.count for other in states), len(counter.seen))
main()
# trap: the_method_of_an_item_is_taken_and_called
class Row:
    def __init__(self, number):
        self.number = number
        self.count = 0
    def touch(self):
        self.count += 1
        return self.count
def main():
    rows = []
    for number in range(3000):
        rows.append(Row(number))
    actions = [row.touch for row in rows]
    for action in actions:
        action()
    print(sum(other.count for other in rows), len(rows))
main()
# trap: a_method_is_the_key
class Row:
    def __init__(self, number):
        self.number = number
        self.asked = 0
    def rank(self, other):
        self.asked += 1
        return -other
def main():
    rows = []
    for number in range(3000):
        rows.append(Row(number))
    for row in rows:
        print(sorted([1, 2], key=row.rank)[0], end="")
    print(sum(third.asked for third in rows), len(rows))
main()
# trap: a_property_gives_a_function
class Tool:
    @property
    def mark(self):
        return self.apply
    def apply(self, row):
        row["marked"] = True
class Plain:
    def mark(self, row):
        return row["number"]
def main():
    rows = []
    for number in range(3000):
        rows.append({"number": number, "marked": False})
    for tool in (Tool(), Plain()):
        for row in rows:
            tool.mark(row)
    print(sum(other["marked"] for other in rows), len(rows))
main()
# trap: a_field_holds_a_function
from dataclasses import dataclass
@dataclass
class Rule:
    name: str
    check: object
class Reader:
    def check(self, row):
        return row["number"] > 5
def spoil(row):
    row["marked"] = True
def main():
    rows = []
    for number in range(3000):
        rows.append({"number": number, "marked": False})
    rules = [Rule("spoil", spoil), Reader()]
    for rule in rules:
        for row in rows:
            rule.check(row)
    print(sum(other["marked"] for other in rows), len(rows))
main()
# trap: a_pattern_reads_the_fields
from dataclasses import dataclass
@dataclass
class Pair:
    left: object
    right: object
def spoil(pair):
    match pair:
        case Pair(first, second):
            first["marked"] = second["marked"] = True
def main():
    rows = []
    for number in range(3000):
        rows.append({"number": number, "marked": False})
    for row in rows:
        spoil(Pair(row, row))
    print(sum(other["marked"] for other in rows), len(rows))
main()
# trap: records_are_compared_by_what_they_hold
from dataclasses import dataclass
class Row:
    def __init__(self, number):
        self.number = number
@dataclass
class Pair:
    first: object
    place: int
def main():
    rows = []
    for number in range(3000):
        rows.append(Row(number))
    pairs = [Pair(row, 0) for row in rows]
    again = [Pair(row, 0) for row in rows]
    print(sum(one == other for one, other in zip(pairs, again)), len(rows))
main()
# trap: members_are_told_apart_and_other_objects_too
from enum import Enum
class Color(Enum):
    RED = 1
    BLUE = 2
class Mark:
    NONE = object()
def main():
    rows = []
    for number in range(3000):
        rows.append((number, Color.RED if number % 3 else Color.BLUE))
    print(sum(color is Color.RED for _, color in rows), len(rows))
    notes = []
    for number in range(3000):
        notes.append((number, Mark.NONE if number % 3 else object()))
    print(sum(note is Mark.NONE for _, note in notes), len(notes))
main()
# trap: a_slice_is_a_copy
def main():
    rows = []
    for number in range(20000):
        rows.append((number, str(number)))
    late = rows[100:]
    every = rows[::3]
    back = rows[::-1]
    rows.append((-1, "end"))
    late.append((-2, "late"))
    print(len(rows), len(late), len(every), len(back), rows[-1], late[-1], every[-1], back[0], back[-1])
    print(sum(number for number, _ in late), sum(number for number, _ in every[5:]), late[5], late[19000])
    print([number for number, _ in late[9000:9003]], late[50:60] == rows[150:160], late[1:-1] == rows[101:-1])
main()
# trap: windows_of_a_list_on_disk
def main():
    values = []
    for number in range(5000):
        values.append(number * 7919 % 1000 + 0.5)
    means = []
    for at in range(len(values) - 11):
        means.append(sum(values[at:at + 12]) / 12)
    print(len(means), means[0], means[-1], max(means), sum(means))
    for start in range(0, len(values), 700):
        batch = values[start:start + 700]
        print(len(batch), batch[0], batch[-1])
main()
# trap: an_option_has_the_name_of_a_field
from dataclasses import dataclass
class Options:
    pass
@dataclass
class Job:
    number: int
    files: object
def spoil(files):
    files.append(1)
def main():
    options = Options()
    setattr(options, "files", [])
    jobs = []
    for number in range(3000):
        jobs.append(Job(number, options.files))
    for job in jobs:
        spoil(job.files)
    print(sum(len(other.files) for other in jobs[:3]), len(jobs))
main()
# trap: a_worker_is_among_the_items
class Worker:
    def __init__(self, number):
        self.number = number
        self.done = 0
    def cost(self):
        self.done += 1
        return self.done
class Part:
    def __init__(self, number):
        self.number = number
        self.cost = number * 2
def main():
    rows = []
    for number in range(3000):
        rows.append(Worker(number) if number % 2 else Part(number))
    total = 0
    for row in rows:
        total += row.cost() if isinstance(row, Worker) else row.cost
    print(total, sum(other.done for other in rows if isinstance(other, Worker)))
main()
# trap: strings_that_are_cut_up_by_somebody_else
class Text:
    def __init__(self, parts):
        self.parts = parts
    def split(self):
        return self.parts
def main():
    shared = [[0], [0]]
    rows = []
    for number in range(3000):
        first, second = Text(shared).split()
        rows.append((number, first))
    for _, entry in rows:
        entry.append(1)
    print(len(shared[0]), len(rows), len(rows[7][1]))
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
# trap: a_library_function_is_replaced
import json
def main():
    rows = []
    for i in range(5000):
        rows.append({"i": i})
    def dumps(o): o["i"] = 9; return ""
    json.dumps = dumps
    for r in rows: json.dumps(r)
    print(sum(r["i"] for r in rows))
main()
# trap: a_method_is_replaced
class Row:
    def __init__(self, n): self.n = n
    def touch(self): return self.n
def loud(self):
    self.n = 1
    return 1
def main():
    rows = []
    for i in range(5000):
        rows.append(Row(i))
    Row.touch = loud
    print(sum(r.touch() for r in rows), sum(r.n for r in rows))
main()
# trap: a_field_holds_a_function_that_changes_items
class Writer:
    def __init__(self, f): self.write = f
def mark(r): r["n"] = 1
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    w = Writer(mark)
    for r in rows:
        w.write(r)
    print(sum(r["n"] for r in rows))
main()
# trap: an_instance_has_a_method_of_its_own
class Job:
    def run(self, rows): return len(rows)
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    j = Job()
    j.run = lambda rows: type(rows).__name__
    print(j.run(rows), sum(r["n"] for r in rows))
main()
# trap: a_set_of_a_list_on_disk
def main():
    rows = []
    for i in range(6000):
        rows.append((f"left {i % 900}", f"right {i * 7 % 900}"))
    known = set(rows)
    back = {(right.replace("right", "left"), left.replace("left", "right")) for left, right in rows}
    rows.append(("left", "right"))
    print(len(known), len(back), sum(row in known for row in rows), sum(row in back for row in rows))
    print(("left", "right") in known, sorted(back)[:3], None in known)
    rows[-1:] = []
    odd = set(float("nan") for row in rows)
    print(len(odd), 1 in {1.0 for row in rows})
main()
# trap: a_set_of_what_cannot_be_hashed
def main():
    rows = []
    for i in range(6000):
        rows.append([i])
    try:
        known = set(rows)
    except TypeError as error:
        print(error)
    else:
        print(len(known), [1] in known)
    try:
        print([1] in set(str(row) for row in rows))
    except TypeError as error:
        print(error)
main()
# trap: a_set_of_lines_that_is_joined_with_another
def main():
    with open("words.txt", "w") as out:
        for i in range(6000):
            out.write(f"word {i % 3000}\n")
    with open("words.txt") as file:
        known = {line.strip() for line in file}
    with open("words.txt") as file:
        seen = set(file)
    seen.add("word 1\n")
    print(len(known | {"x"}), len(seen), "word 1" in known, "word 1" in seen)
    seen.discard("word 1\n")
    print(len(seen), "word 1\n" in seen)
main()


# trap: groups_and_sets_in_one_statement
from collections import defaultdict


def main():
    groups, seen, names = {}, set(), []
    index, sets = defaultdict(list), defaultdict(set)
    for i in range(4000):
        key = i * 7919 % 13
        groups.setdefault(key, []).append((i, str(i)))
        seen.add(f"user{i % 3000}")
        names.append(f"name {i}")
        index[key].append([i])
        sets[key].add(i % 50)
    for key in groups:
        print(key, len(groups[key]), groups[key][0], len(index[key]), len(sets[key]))
    for rows in index.values():
        rows[0].append("changed")
    print(len(seen), len(names), names[7], "user5" in seen, sum(len(row) for rows in index.values() for row in rows))


if __name__ == "__main__":
    main()


# trap: a_cached_property_is_used_in_a_sum
from dataclasses import dataclass
from functools import cached_property

asked = []


@dataclass
class Wagon:
    n: int
    name: str

    @cached_property
    def size(self):
        asked.append(self.n)
        return self.n % 100


def main():
    rows = []
    for n in range(3000):
        rows.append(Wagon(n, "wagon %d" % n))
    total = 0
    for wagon in rows:
        total += wagon.size * 2
    print(total, sum(wagon.size for wagon in rows), len(asked))


if __name__ == "__main__":
    main()


# trap: a_decorated_method_is_summed
class counted:
    def __init__(self, function):
        self.function = function

    def __get__(self, item, owner):
        item.asked += 1
        return self.function(item)


class Wagon:
    def __init__(self, n):
        self.n = n
        self.asked = 0

    @counted
    def size(self):
        return self.n % 100


def main():
    rows = []
    for n in range(3000):
        rows.append(Wagon(n))
    print(sum(wagon.size for wagon in rows), sum(wagon.size for wagon in rows))
    print(sum(wagon.asked for wagon in rows))


if __name__ == "__main__":
    main()


# trap: a_sum_begins_with_what_calls_methods
class Total:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Total(self.value + other())


class Wagon:
    def __init__(self, n):
        self.n = n
        self.asked = 0

    def size(self):
        self.asked += 1
        return self.n


def main():
    rows = []
    for n in range(3000):
        rows.append(Wagon(n))
    print(sum((wagon.size for wagon in rows), Total(0)).value)
    print(sum(wagon.asked for wagon in rows), len(rows))


if __name__ == "__main__":
    main()


# trap: methods_are_summed
class Wagon:
    def __init__(self, n):
        self.n = n

    def size(self):
        return self.n


def main():
    rows = []
    for n in range(3000):
        rows.append(Wagon(n))
    try:
        print(sum(wagon.size for wagon in rows))
    except TypeError as problem:
        print(problem)
    print(sum(wagon.n for wagon in rows), len(rows))


if __name__ == "__main__":
    main()


# trap: a_property_gives_a_method_whose_text_is_made
class Wagon:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return isinstance(other, Wagon) and self.n == other.n

    def describe(self):
        return self.n

    @property
    def look(self):
        return self.describe


def main():
    rows = []
    for n in range(3000):
        rows.append(Wagon(n))
    texts = set()
    for wagon in rows:
        texts.add(f"{wagon.look}")
    for wagon in rows:
        taken = wagon.describe
        texts.add(f"{taken}")
    print(len(rows), len(texts))


if __name__ == "__main__":
    main()


# trap: groups_that_a_property_returns_are_changed
from itertools import groupby


class Visit:
    def __init__(self, n):
        self.page = "page %d" % (n // 10)
        self.count = n


class Site:
    def __init__(self):
        self.visits = []
        for n in range(3000):
            self.visits.append(Visit(n))

    @property
    def pages(self):
        return groupby(self.visits, key=lambda visit: visit.page)


def main():
    site = Site()
    for page, group in site.pages:
        for visit in group:
            visit.count += 1
    print(sum(visit.count for visit in site.visits))
    for page, group in site.pages:
        page, group = list(group)[0], page
        page.count = 0
    print(sum(visit.count for visit in site.visits))


if __name__ == "__main__":
    main()


# trap: groups_that_are_returned_and_kept
from itertools import groupby


class Visit:
    def __init__(self, n):
        self.page = [n // 10]
        self.count = n


def pages(visits):
    groups = groupby(visits, key=lambda visit: visit.page)
    return groups


def rows(visits):
    groups = pages(visits)
    for page, group in groups:
        page.append("!")
        yield page, list(group)


def main():
    visits = []
    for n in range(3000):
        visits.append(Visit(n))
    found = dict((page[0], group) for page, group in rows(visits))
    for group in found.values():
        group[0].count = 0
    print(len(found), sum(visit.count for visit in visits), sum(len(visit.page) for visit in visits))


if __name__ == "__main__":
    main()


# trap: groups_that_are_read_by_name
from itertools import groupby


class Visit:
    def __init__(self, n):
        self.page = "page %d" % (n // 10)
        self.count = n


class Site:
    def __init__(self):
        self.visits = []
        for n in range(3000):
            self.visits.append(Visit(n))

    @property
    def pages(self):
        return groupby(self.visits, key=lambda visit: visit.page)


def main():
    site = Site()
    print(sum(1 for page, group in site.pages))
    for page, group in getattr(site, "pages"):
        for visit in group:
            visit.count += 1
    print(sum(visit.count for visit in site.visits))


if __name__ == "__main__":
    main()


# trap: an_iterator_of_groups_is_asked_for_its_next
from itertools import groupby


class Visit:
    def __init__(self, n):
        self.page = "page %d" % (n // 10)
        self.count = n


def pages(visits):
    return groupby(visits, key=lambda visit: visit.page)


def main():
    visits = []
    for n in range(3000):
        visits.append(Visit(n))
    for page, group in pages(visits):
        if page == "page 7":
            print(len(list(group)))
    first = next(pages(visits))
    kept = list(first[1])
    kept[0].count = 1000
    print(first[0], visits[0].count, sum(visit.count for visit in visits))


if __name__ == "__main__":
    main()


# trap: counted_while_others_are_changed
from collections import Counter


class Tally(Counter):
    def __init__(self, items):
        self.kept = items
        super().__init__()


def main():
    people = []
    for n in range(3000):
        people.append({"n": n, "kind": n % 7})
    counts = Counter(person["kind"] for person in people)
    tally = Tally(person for person in people)
    first = next(tally.kept)
    for person in people:
        person["weight"] = counts[person["kind"]]
    print(first, sum(person["weight"] for person in people), sum(1 for person in tally.kept))


if __name__ == "__main__":
    main()


# trap: a_generator_that_is_counted_later
from collections import Counter


def main():
    people = []
    for n in range(3000):
        people.append({"n": n, "kind": n % 7})
    kinds = (person["kind"] for person in people)
    next(kinds)
    waiting = (person for person in people)
    first = next(waiting)
    for person in people:
        person["weight"] = person["n"]
    counts = Counter(kinds)
    print(sum(counts.values()), first, sum(person["weight"] for person in people))


if __name__ == "__main__":
    main()
# trap: tuples_that_are_told_apart
def main():
    moves = []
    for number in range(9000):
        moves.append((str(number), number))
    first = [move for move in moves]
    again = [move for move in moves]
    print(sum(one is other for one, other in zip(first, again)))
main()
# trap: tuples_that_are_pickled_twice
import pickle
def main():
    moves = []
    for number in range(9000):
        moves.append((str(number), number))
    kept = [move for move in moves if move[1] % 3 == 0]
    kept.extend(move for move in moves if move[1] % 3 == 0)
    print(len(pickle.dumps(kept)), len(moves))
main()
# trap: sets_in_tuples_lose_elements
def total(moves):
    balance = 0
    for name, points in moves:
        spend = points
        spend -= {min(spend, default=0)}
        balance += len(spend)
    return balance
def main():
    moves = []
    for number in range(9000):
        moves.append((str(number), {number, number + 1, number + 2}))
    print(total(moves), total(moves))
main()
# trap: a_method_of_a_flat_record_is_taken
def main():
    rows = []
    for number in range(9000):
        rows.append([number, str(number)])
    for row in rows:
        add = row.append
        add(number)
    print(sum(len(row) for row in rows))
main()
# trap: a_method_of_a_flat_record_is_taken_by_name
from operator import attrgetter
def main():
    rows = []
    for number in range(9000):
        rows.append([number, str(number)])
    for row in rows:
        getattr(row, "append")(1)
    for add in map(attrgetter("append"), rows):
        add(2)
    print(sum(len(row) for row in rows))
main()
# trap: a_flat_record_is_changed_by_its_dictionary
from dataclasses import dataclass
@dataclass
class Row:
    name: str
    size: int
def main():
    rows = []
    for number in range(9000):
        rows.append(Row(str(number), number))
    for row in rows:
        row.__dict__["size"] = 1
    print(sum(row.size for row in rows))
main()
# trap: a_record_makes_a_list_of_its_own
from dataclasses import dataclass
@dataclass
class Row:
    name: str
    size: int
    def __post_init__(self):
        self.seen = []
def main():
    rows = []
    for number in range(9000):
        rows.append(Row(str(number), number))
    for row in rows:
        seen = row.seen
        seen += [row.size]
    print(sum(len(row.seen) for row in rows))
main()
# trap: flat_records_within_five_lists
def main():
    rows = []
    for number in range(9000):
        rows.append({"number": number})
    kept = [[[[[row for row in rows]]]]]
    for four in kept:
        for three in four:
            for two in three:
                for one in two:
                    for row in one:
                        row["number"] = 0
    print(sum(row["number"] for row in rows))
main()
# trap: flat_records_hold_lists_later
def main():
    rows = []
    for number in range(9000):
        row = {"number": number}
        rows.append(row)
        row["seen"] = []
    for row in rows:
        seen = row["seen"]
        seen += [row["number"]]
    print(sum(len(row["seen"]) for row in rows))
main()
# trap: flat_records_beside_others
def main():
    rows = []
    for number in range(9000):
        rows.append({"number": number})
    others = [{"number": [number]} for number in range(3)]
    for row in rows + others:
        found = row["number"]
        found += found
    print(sum(row["number"] for row in rows), others)
main()
# trap: items_that_are_keys_are_changed
class Row:
    def __init__(self, number):
        self.number = number
def main():
    rows = []
    for number in range(9000):
        rows.append(Row(number))
    found = dict(zip(rows, rows))
    for row in found:
        row.number = 0
    print(sum(row.number for row in rows))
    seen = {}
    for row in rows:
        seen[row] = [row]
    for row in seen:
        row.number = 1
    print(sum(row.number for row in rows))
main()
# trap: items_in_a_dictionary_that_is_something_else_too
def main():
    rows = []
    for number in range(9000):
        rows.append([str(number), [number]])
    groups = {}
    for row in rows:
        groups.setdefault(row[0][-1], []).append(row)
    for name in groups:
        for row in groups[name]:
            print(name, len(row), end=" ") if row[0] == "1" else None
    groups = groups.values()
    for group in groups:
        for row in group:
            row.append(1)
    print(sum(len(row) for row in rows))
main()
# trap: a_group_of_two_names_is_filled_and_changed
from collections import defaultdict
def main():
    rows = []
    for number in range(9000):
        rows.append((str(number), [number]))
    groups = defaultdict(list)
    for row in rows:
        groups[row[0][-1], row[0][0]].append(row[1])
    late = []
    for (last, first), group in groups.items():
        late.append(group)
        late[-1].append(last)
    for group in late:
        group[0].append(first)
    print(sum(len(row[1]) for row in rows), len(late))
main()
# trap: items_inserted_in_order_are_changed
import bisect
def main():
    rows = []
    for number in range(9000):
        rows.append([number % 7, [number]])
    ordered = []
    for row in rows:
        bisect.insort(ordered, row)
    for row in ordered:
        row[1].append(1)
    print(sum(len(row[1]) for row in rows))
main()
# trap: a_parameter_that_is_a_dictionary_or_a_list
def mark(things):
    for thing in things:
        if not isinstance(thing, str):
            thing.append(1)
def groups_of(rows, plain):
    groups = {}
    for row in rows:
        groups.setdefault(row[0][-1], []).append(row)
    return rows if plain else groups
def main():
    rows = []
    for number in range(9000):
        rows.append([str(number), [number]])
    mark(groups_of(rows, False))
    mark(groups_of(rows, True))
    print(sum(len(row) for row in rows))
main()
# trap: keys_that_are_items_of_a_dictionary_made_of_pairs
class Row:
    def __init__(self, number):
        self.number = number
def found(rows):
    table = {}
    table.update(zip(rows, range(9000)))
    return table
def clear(table):
    for row in table:
        row.number = 0
def main():
    rows = []
    for number in range(9000):
        rows.append(Row(number))
    clear(found(rows))
    print(sum(row.number for row in rows))
main()


# trap: defaults_of_max_are_items
def main():
    rows = []
    for n in range(5000):
        rows.append({"n": n, "s": str(n)})
    x = max([], default=rows[3])
    x["n"] = -1000
    print(len(rows), sum(r["n"] for r in rows), rows[3])
main()


# trap: an_item_comes_of_popitem
def main():
    rows = []
    for n in range(5000):
        rows.append({"n": n, "s": str(n)})
    found = {"k": rows[3]}
    k, x = found.popitem()
    x["n"] = -1000
    print(len(rows), sum(r["n"] for r in rows), rows[3])
main()


# trap: a_sum_of_nothing_is_what_it_begins_with
def main():
    rows = []
    for n in range(5000):
        rows.append([n, str(n)])
    x = sum([], rows[3])
    x.append(1)
    print(len(rows), sum(len(r) for r in rows), rows[3])
main()


# trap: parts_of_records_are_pickled
import pickle

def main():
    name = "alpha" * 20
    rows = []
    for n in range(5000):
        rows.append({"n": n, "s": name})
    print(len(rows), len(pickle.dumps([r["s"] for r in rows])))
main()
