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
