# Programs in which a list that one function makes and another walks is not what a
# stream in its place would be. They are run before and after.

# trap: the_file_is_written_again_before_the_walk
def read(path):
    rows = []
    with open(path) as file:
        for line in file:
            rows.append(line.strip())
    return rows
def main():
    with open("a.txt", "w") as out:
        out.write("old 1\nold 2\n")
    rows = read("a.txt")
    with open("a.txt", "w") as out:
        out.write("new\n")
    print(sum(len(row) for row in rows))
if __name__ == "__main__":
    main()
# trap: the_file_is_removed_before_the_walk
import os
def read(path):
    with open(path) as file:
        return [line.split() for line in file]
def main():
    with open("a.txt", "w") as out:
        out.write("1 2\n3 4\n")
    rows = read("a.txt")
    os.remove("a.txt")
    print(sum(len(row) for row in rows))
if __name__ == "__main__":
    main()
# trap: the_walk_writes_what_is_read
def read(path):
    rows = []
    for line in open(path):
        rows.append(line)
    return rows
def copy(rows, path):
    with open(path, "w") as out:
        for row in rows:
            out.write(row.upper())
def main():
    with open("a.txt", "w") as out:
        out.write("a\n" * 3000)
    copy(read("a.txt"), "a.txt")
    print(len(open("a.txt").read()))
if __name__ == "__main__":
    main()
# trap: nothing_is_printed_before_all_is_valid
def parse(lines):
    numbers = []
    for line in lines:
        numbers.append(int(line))
    return numbers
def show(numbers):
    for number in numbers:
        print("number", number)
def main():
    show(parse(["1", "2", "x"]))
if __name__ == "__main__":
    main()
# trap: what_fails_is_caught_where_the_list_is_made
def parse(lines):
    numbers = []
    for line in lines:
        numbers.append(int(line))
    return numbers
def main():
    for lines in (["1", "2"], ["1", "x"]):
        try:
            numbers = parse(lines)
        except ValueError as error:
            print("bad", error)
            continue
        total = 0
        for number in numbers:
            total += number
        print(total)
if __name__ == "__main__":
    main()
# trap: what_fails_is_caught_where_the_list_is_walked
def parse(lines):
    numbers = []
    for line in lines:
        numbers.append(int(line))
    return numbers
def add(numbers):
    total = 0
    try:
        for number in numbers:
            total += number
    except ValueError:
        return -total
    return total
def main():
    print(add(parse(["1", "2"])))
    print(add(parse(["1", "2", "x"])))
if __name__ == "__main__":
    main()
# trap: the_first_match_ends_the_walk_and_the_rest_is_bad
def parse(lines):
    numbers = []
    for line in lines:
        numbers.append(int(line))
    return numbers
def first(numbers):
    for number in numbers:
        if number > 1:
            return number
    return None
def main():
    print(first(parse(["1", "2", "x"])))
if __name__ == "__main__":
    main()
# trap: nobody_walks_what_is_bad
def parse(lines):
    numbers = []
    for line in lines:
        numbers.append(int(line))
    return numbers
def report(numbers, wanted):
    if not wanted:
        return "nothing"
    return sum(number for number in numbers)
def main():
    print(report(parse(["1", "2"]), True))
    print(report(parse(["1", "x"]), False))
if __name__ == "__main__":
    main()
# trap: a_counter_is_read_before_the_walk
bad = 0
def parse(lines):
    global bad
    numbers = []
    for line in lines:
        if line.isdigit():
            numbers.append(int(line))
        else:
            bad += 1
    return numbers
def main():
    numbers = parse(["1", "x", "3"])
    print("bad", bad)
    print(sum(number for number in numbers))
if __name__ == "__main__":
    main()
# trap: a_counter_is_read_while_walking
seen = []
def parse(lines):
    numbers = []
    for line in lines:
        seen.append(line)
        numbers.append(int(line))
    return numbers
def main():
    total = 0
    for number in parse(["1", "2", "3"]):
        total += number * len(seen)
    print(total)
if __name__ == "__main__":
    main()
# trap: the_producer_and_the_walk_both_print
def parse(lines):
    numbers = []
    for line in lines:
        print("read", line)
        numbers.append(len(line))
    return numbers
def main():
    for number in parse(["a", "bb"]):
        print("walk", number)
if __name__ == "__main__":
    main()
# trap: the_producer_and_the_walk_draw_from_one_generator
import random
def draw(count):
    numbers = []
    for _ in range(count):
        numbers.append(random.random())
    return numbers
def main():
    random.seed(7)
    total = 0.0
    for number in draw(5):
        total += number * random.random()
    print(total)
if __name__ == "__main__":
    main()
# trap: an_item_is_changed_after_it_was_put_in
def groups(lines):
    found = []
    for line in lines:
        if not line.startswith(" "):
            group = {"name": line, "size": 0}
            found.append(group)
        group["size"] += 1
    return found
def main():
    best = 0
    for group in groups(["a", " b", " c", "d", " e"]):
        best = max(best, group["size"])
    print(best)
if __name__ == "__main__":
    main()
# trap: an_older_item_is_changed_through_a_container
def chain(lines):
    cache = {"last": {"n": 0}}
    rows = []
    for line in lines:
        row = {"n": len(line)}
        cache["last"]["n"] += 100
        cache["last"] = row
        rows.append(row)
    return rows
def main():
    total = ""
    for row in chain(["a", "bb", "ccc"]):
        total += str(row["n"]) + ";"
    print(total)
if __name__ == "__main__":
    main()
# trap: an_attribute_of_an_item_is_set_later
class Node:
    def __init__(self, name):
        self.name = name
        self.next = None
def link(names):
    nodes = []
    before = None
    for name in names:
        node = Node(name)
        if before is not None:
            before.next = node
        before = node
        nodes.append(node)
    return nodes
def main():
    text = ""
    for node in link(["a", "b", "c"]):
        text += node.name + (node.next.name if node.next else "-")
    print(text)
if __name__ == "__main__":
    main()
# trap: one_list_is_filled_again_and_again
def windows(numbers, size):
    window = []
    found = []
    for number in numbers:
        window.append(number)
        if len(window) > size:
            window.pop(0)
        found.append(window)
    return found
def main():
    total = 0
    for window in windows(range(6), 3):
        total += len(window) * 10 + window[0]
    print(total)
if __name__ == "__main__":
    main()
# trap: the_walk_changes_items_that_the_producer_reads_again
def rows_of(lines):
    rows = []
    before = {"n": 0}
    for line in lines:
        row = {"n": len(line) + before["n"]}
        rows.append(row)
        before = row
    return rows
def main():
    total = 0
    for row in rows_of(["a", "bb", "ccc"]):
        row["n"] *= 10
        total += row["n"]
    print(total)
if __name__ == "__main__":
    main()
# trap: the_walk_changes_what_the_producer_reads
def keep(lines, stop):
    found = []
    for line in lines:
        if line not in stop:
            found.append(line)
    return found
def main():
    stop = set()
    count = 0
    for line in keep(["a", "b", "a", "b"], stop):
        stop.add(line)
        count += 1
    print(count)
if __name__ == "__main__":
    main()
# trap: the_argument_is_changed_between_the_call_and_the_walk
def lengths(words):
    found = []
    for word in words:
        found.append(len(word))
    return found
def main():
    words = ["a", "bb"]
    sizes = lengths(words)
    words.append("ccc")
    print(sum(size for size in sizes), len(words))
if __name__ == "__main__":
    main()
# trap: one_file_two_readers
def take(file, count):
    lines = []
    for _ in range(count):
        lines.append(file.readline().strip())
    return lines
def main():
    with open("a.txt", "w") as out:
        out.write("1\n2\n3\n4\n5\n6\n")
    with open("a.txt") as file:
        first = take(file, 2)
        second = take(file, 3)
        print("|".join(line for line in second), "|".join(line for line in first), file.readline())
if __name__ == "__main__":
    main()
# trap: the_file_is_closed_before_the_walk
import csv
def rows_of(file):
    return list(csv.reader(file))
def main():
    with open("a.csv", "w") as out:
        out.write("a,1\nb,2\n")
    with open("a.csv") as file:
        rows = rows_of(file)
    print(sum(int(row[1]) for row in rows))
if __name__ == "__main__":
    main()
# trap: stop_iteration_leaves_the_producer
def pairs(lines):
    found = []
    walk = iter(lines)
    for line in walk:
        found.append((line, next(walk)))
    return found
def main():
    print(sum(len(a) + len(b) for a, b in pairs(["a", "b"])))
    print(sum(len(a) + len(b) for a, b in pairs(["a", "b", "c"])))
if __name__ == "__main__":
    main()
# trap: a_cached_producer
import functools
@functools.lru_cache(None)
def squares(count):
    found = []
    for number in range(count):
        found.append(number * number)
    return found
def main():
    print(sum(number for number in squares(5)), sum(number for number in squares(5)))
if __name__ == "__main__":
    main()
# trap: the_result_is_nothing_at_times
def read(lines):
    if not lines:
        return None
    rows = []
    for line in lines:
        rows.append(line)
    return rows
def main():
    print(sum(len(row) for row in read(["a"])))
    print(sum(len(row) for row in read([])))
if __name__ == "__main__":
    main()
# trap: the_function_falls_off_its_end
def read(lines):
    if lines:
        rows = []
        for line in lines:
            rows.append(line)
        return rows
def main():
    print(sum(len(row) for row in read(["a"])))
    print(sum(len(row) for row in read([])))
if __name__ == "__main__":
    main()
# trap: the_length_is_asked_in_the_middle
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def main():
    rows = read(5)
    total = 0
    for row in rows:
        total += row / len(rows)
    print(total, len(rows))
if __name__ == "__main__":
    main()
# trap: the_length_is_asked_after_a_walk_that_failed
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def main():
    rows = read(5)
    total = 0
    try:
        for row in rows:
            total += 10 // (row - 2)
    except ZeroDivisionError:
        total = -1
    print(total, len(rows))
if __name__ == "__main__":
    main()
# trap: the_length_is_asked_after_a_walk_that_was_left
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def find(rows, wanted):
    for row in rows:
        if row == wanted:
            break
    return len(rows)
def main():
    print(find(read(5), 2), find(read(5), 9))
if __name__ == "__main__":
    main()
# trap: the_length_is_asked_where_nothing_was_walked
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def mean(rows, quick):
    total = 0
    if not quick:
        for row in rows:
            total += row
    return total, len(rows)
def main():
    print(mean(read(5), False), mean(read(5), True))
if __name__ == "__main__":
    main()
# trap: the_variable_is_bound_again_before_its_length_is_asked
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def main():
    rows = read(5)
    total = sum(row for row in rows)
    rows = read(3)
    print(total, len(rows), sum(row for row in rows))
if __name__ == "__main__":
    main()
# trap: a_list_that_is_walked_in_each_round
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def main():
    rows = read(4)
    total = 0
    for factor in range(3):
        for row in rows:
            total += row * factor
    print(total)
if __name__ == "__main__":
    main()
# trap: one_of_two_callers_keeps_it
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def main():
    total = sum(row for row in read(4))
    kept = read(3)
    print(total, kept, kept[-1])
if __name__ == "__main__":
    main()
# trap: the_function_has_another_name
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
load = read
def main():
    print(sum(row for row in read(4)), load(3))
if __name__ == "__main__":
    main()
# trap: the_function_is_found_by_its_name
def read(count):
    rows = []
    for number in range(count):
        rows.append(number)
    return rows
def main():
    print(sum(row for row in read(4)), globals()["re" + "ad"](3))
if __name__ == "__main__":
    main()
# trap: the_list_is_filled_with_a_lock_held
class Guard:
    held = 0
    def __enter__(self):
        Guard.held += 1
    def __exit__(self, *problem):
        Guard.held -= 1
def read(count):
    rows = []
    with Guard():
        for number in range(count):
            rows.append(number)
    return rows
def main():
    total = 0
    for row in read(4):
        total += row + 100 * Guard.held
    print(total)
if __name__ == "__main__":
    main()
# trap: finally_says_when_the_producer_ended
def read(count):
    rows = []
    try:
        for number in range(count):
            rows.append(number)
    finally:
        print("read")
    return rows
def main():
    for row in read(3):
        print(row)
if __name__ == "__main__":
    main()
# trap: a_generator_in_between_is_never_walked
def parse(lines):
    numbers = []
    for line in lines:
        numbers.append(int(line))
    return numbers
def doubled(numbers):
    for number in numbers:
        yield number * 2
def main():
    walk = doubled(parse(["1", "2"]))
    print(sum(number for number in walk))
    doubled(parse(["1", "x"]))
    print("done")
if __name__ == "__main__":
    main()
# trap: recursion
def leaves(tree):
    found = []
    for branch in tree:
        if isinstance(branch, list):
            found.extend(leaves(branch))
        else:
            found.append(branch)
    return found
def main():
    print(sum(leaf for leaf in leaves([1, [2, [3, 4]], 5])))
if __name__ == "__main__":
    main()
# trap: the_default_is_shared
def collect(lines, into=[]):
    for line in lines:
        into.append(line)
    return into
def main():
    print(sum(len(line) for line in collect(["a"])))
    print(sum(len(line) for line in collect(["b"])))
if __name__ == "__main__":
    main()
# trap: what_the_producer_returns_late_is_seen_by_a_closure
def read(count):
    rows = []
    def size():
        return len(rows)
    for number in range(count):
        rows.append(number + size())
    return rows
def main():
    print(sum(row for row in read(4)))
if __name__ == "__main__":
    main()
# trap: the_totals_hold_lists
def read(count):
    rows = []
    for number in range(count):
        rows.append([number, [number]])
    return rows
def merge(rows):
    totals = {}
    for number, items in rows:
        if number % 2 not in totals:
            totals[number % 2] = items
        else:
            totals[number % 2] += items
    return totals
def main():
    print(merge(read(6)))
    kept = read(4)
    print(merge(kept), kept)
if __name__ == "__main__":
    main()
# trap: a_total_of_objects_that_add_in_place
class Bag:
    def __init__(self, items):
        self.items = items
    def __radd__(self, other):
        return self
    def __iadd__(self, other):
        self.items.extend(other.items)
        return self
def bags(count):
    made = []
    for number in range(count):
        made.append(Bag([number]))
    return made
def main():
    kept = bags(3)
    total = 0
    for bag in kept:
        total += bag
    print(total.items, [bag.items for bag in kept])
if __name__ == "__main__":
    main()
# trap: an_annotated_program_still_runs_with_its_annotations
import typing
def read(count: int) -> list[int]:
    rows: list[int] = []
    for number in range(count):
        rows.append(number)
    return rows
def main() -> None:
    rows: typing.List[int] = read(4)
    print(sum(row for row in rows))
    print(sorted(typing.get_type_hints(read)))
if __name__ == "__main__":
    main()
