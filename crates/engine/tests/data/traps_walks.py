# Programs in which walks of one list look for one value each, or at some parts of its items,
# and something changes meanwhile: the list, an item, a class, the value. They are run before
# and after.


# trap: generator_walk_consumer_appends
def load(n):
    rows = []
    for i in range(n):
        rows.append({"kind": "k%d" % (i % 7), "n": i})
    return rows
def of(rows, kind):
    for r in rows:
        if r["kind"] == kind:
            yield r["n"]
def main():
    rows = load(2000)
    for kind in ["k%d" % i for i in range(8)]:
        c = 0
        for n in of(rows, kind):
            c += 1
            if len(rows) < 3000:
                rows.append({"kind": kind, "n": 1})
        print(kind, c)
main()


# trap: generator_walk_consumer_clears
def load(n):
    rows = []
    for i in range(n):
        rows.append({"kind": "k%d" % (i % 7), "n": i})
    return rows
def of(rows, kind):
    for r in rows:
        if r["kind"] != kind:
            continue
        yield r["n"]
def main():
    rows = load(2000)
    walks = []
    for kind in ["k%d" % i for i in range(8)]:
        walk = of(rows, kind)
        next(walk, None)
        walks.append(walk)
    rows.clear()
    print([len(list(walk)) for walk in walks])
main()


# trap: generator_walk_method
class Store:
    def __init__(self):
        self.rows = []
        for i in range(2000):
            self.rows.append({"kind": "k%d" % (i % 7), "n": i})
    def each(self, kind):
        for r in self.rows:
            if r["kind"] == kind:
                yield r["n"]
    def add(self, kind):
        if len(self.rows) < 5000:
            self.rows.append({"kind": kind, "n": 3})
s = Store()
for i in range(10):
    c = 0
    for n in s.each("k%d" % i):
        s.add("k%d" % i)
        c += 1
    print(c, len(s.rows))


# trap: genexpr_changes_later
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
feeder = (rows.append({"kind": "k%d" % (i % 10), "n": 1}) for i in range(3000))
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            next(feeder, None)
    print(kind, c)


# trap: generator_calls_what_changes
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
def add(i):
    rows.append({"kind": "k%d" % (i % 10), "n": 1})
def feed():
    for i in range(3000):
        add(i)
        yield
g = feed()
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            next(g, None)
    print(kind, c)


# trap: genexpr_calls_what_changes
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
def add(i):
    rows.append({"kind": "k%d" % (i % 10), "n": 1})
g = (add(i) for i in range(3000))
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            next(g, None)
    print(kind, c)


# trap: library_calls_write
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
class Sink:
    def write(self, text):
        if len(rows) < 5000:
            rows.append({"kind": "k3", "n": 1})
sink = Sink()
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            print(r["n"], file=sink)
    print(kind, c)


# trap: stdout_replaced
import sys
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
class Tee:
    def __init__(self, out):
        self.out = out
    def write(self, text):
        if len(rows) < 5000:
            rows.append({"kind": "k3", "n": 1})
        self.out.write(text)
    def flush(self):
        self.out.flush()
sys.stdout = Tee(sys.stdout)
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            print(r["n"])
    print(kind, c)


# trap: library_calls_close
from contextlib import closing
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
class Door:
    def close(self):
        if len(rows) < 5000:
            rows.append({"kind": "k3", "n": 1})
door = Door()
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            with closing(door):
                c += 1
    print(kind, c)


# trap: dict_calls_keys
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
class Options:
    def keys(self):
        if len(rows) < 5000:
            rows.append({"kind": "k3", "n": 1})
        return []
options = Options()
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1 + len(dict(options))
    print(kind, c)


# trap: library_calls_flush
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
class Sink:
    def write(self, text):
        pass
    def flush(self):
        if len(rows) < 5000:
            rows.append({"kind": "k3", "n": 1})
sink = Sink()
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            print(1, file=sink, flush=True)
    print(kind, c)


# trap: csv_json_write
import csv, json
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
class Sink:
    def write(self, text):
        if len(rows) < 5000:
            rows.append({"kind": "k3", "n": 1})
sink = Sink()
w = csv.writer(sink)
for kind in kinds:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            w.writerow([1, 2])
    print(kind, c)


# trap: held_item_changed_between
rows = []
held = {}
for i in range(2000):
    row = {"kind": "k%d" % (i % 7), "n": i}
    rows.append(row)
    if i % 10 == 0:
        held[i] = row
kinds = ["k1", "k2", "k3", "k4", "k5", "k6"]
for kind in kinds:
    print(kind, sum(r["n"] for r in rows if r["kind"] == kind))
for row in held.values():
    row["kind"] = "k1"
for kind in kinds:
    print(kind, sum(r["n"] for r in rows if r["kind"] == kind))


# trap: held_item_changed_within
rows = []
held = {}
for i in range(2000):
    row = {"id": i, "kind": "k%d" % (i % 7)}
    rows.append(row)
    if i % 10 == 0:
        held[i] = row
for kind in ["k1", "k2", "k3", "k4", "k5", "k6"]:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
            later = r["id"] // 10 * 10 + 10
            if later in held:
                held[later]["kind"] = kind
    print(kind, c)


# trap: held_object_method
class Row:
    def __init__(self, i):
        self.kind = "k%d" % (i % 7)
    def move(self, kind):
        self.kind = kind
def main():
    rows = []
    by = {}
    for i in range(2000):
        row = Row(i)
        rows.append(row)
        if i % 10 == 0:
            by[i] = row
    for kind in ["k1", "k2", "k3", "k4", "k5", "k6"]:
        print(kind, sum(1 for r in rows if r.kind == kind))
        for row in by.values():
            row.move("k6")
main()


# trap: held_in_second_list
rows = []
special = []
for i in range(2000):
    row = {"kind": "k%d" % (i % 7), "n": i}
    rows.append(row)
    if i % 10 == 0:
        special.append(row)
for kind in ["k1", "k2", "k3", "k4", "k5", "k6"]:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
    print(kind, c)
    for row in special:
        row["kind"] = "k6"


# trap: one_dict_many_times
state = {"kind": "k0", "n": 0}
rows = []
for i in range(2000):
    rows.append(state if i % 5 == 0 else {"kind": "k%d" % (i % 7), "n": i})
for kind in ["k1", "k2", "k3", "k4", "k5", "k6"]:
    c = 0
    for r in rows:
        if r["kind"] == kind:
            c += 1
    print(kind, c)
    state["kind"] = "k6"


# trap: extend_shares_items
def f1(items, kind=None):
    total = 0
    for row in items:
        if row['k'] == kind:
            total += row['n']
    return total
def main():
    rows = []
    for i in range(500):
        rows.append({'k': b'k%d' % (i % 11), 'n': i, 't': 't' * (i % 9)})
    others = []
    for i in range(3000):
        others.append({'k': b'k%d' % (i % 11), 'n': i, 't': 't' * (i % 9)})
    for u in others:
        u['n'] += 1
    if len(rows) < 4000:
        rows.extend(others)
    for kind in [b'k%d' % j for j in range(6)]:
        print(f1(rows, kind=kind))
        for u in others:
            if u['n'] > 700:
                break
            u['k'] = b'k%d' % (u['n'] // 3 % 11)
    for kind in [b'k%d' % j for j in range(12)]:
        print([r['n'] for r in others if kind is None or kind == r['k']])
main()


# trap: class_attribute_between
class Row:
    kind = "k0"
    def __init__(self, i):
        self.n = i
def main():
    rows = []
    for i in range(2000):
        rows.append(Row(i))
    for kind in ["k0", "k1", "k2", "k3", "k4", "k5", "k6"]:
        Row.kind = kind
        print(kind, sum(r.n for r in rows if r.kind == kind))
main()


# trap: class_attribute_within
class Row:
    kind = "k0"
    def __init__(self, i):
        self.n = i
        if i % 3:
            self.kind = "k%d" % (i % 7)
rows = []
for i in range(2000):
    rows.append(Row(i))
for kind in ["k%d" % i for i in range(10)]:
    c = 0
    for r in rows:
        if r.kind == kind:
            c += 1
            Row.kind = "k8"
    print(kind, c)


# trap: class_counter
class Row:
    made = 0
    def __init__(self, i):
        self.n = i
        Row.made += 1
def main():
    rows = []
    for i in range(2000):
        rows.append(Row(i))
    for n in [2000, 2001, 2002, 2003, 2004, 2005]:
        print(n, sum(1 for r in rows if r.made == n))
        Row(3)
main()


# trap: class_attribute_other_ways
class Row:
    kind = "k0"
    seen = 0
    done = False
    def __init__(self, i):
        self.n = i
    @classmethod
    def turn(cls, kind):
        cls.kind = kind
    def touch(self):
        type(self).seen += 1
class Sub(Row):
    pass
def main():
    rows = []
    for i in range(2000):
        rows.append(Row(i) if i % 2 else Sub(i))
    probe = Row(1)
    for count in range(7):
        print(count, sum(1 for r in rows if r.seen == count))
        probe.touch()
    for kind in ["k0", "k1", "k2", "k3", "k4", "k5", "k6"]:
        print(kind, sum(1 for r in rows if r.kind == kind))
        Row.turn("k6")
    for flag in [False, True, 1, 0, 2, 3]:
        print(flag, sum(1 for r in rows if r.done == flag))
        Sub.done = True
main()


# trap: del_own_attribute
class Row:
    kind = "k0"
    def __init__(self, i):
        self.n = i
        self.kind = "k%d" % (i % 7)
def main():
    rows = []
    held = []
    for i in range(2000):
        row = Row(i)
        rows.append(row)
        if i % 20 == 0: held.append(row)
    for kind in ["k1", "k2", "k3", "k4", "k5", "k6", "k0"]:
        print(kind, sum(r.n for r in rows if r.kind == kind))
        if kind == "k1":
            for h in held:
                del h.kind
main()


# trap: value_changed_by_generator
def main():
    rows = []
    for i in range(2000):
        rows.append({"kind": "k%d" % (i % 7), "n": i})
    def steps():
        for kind in ["k1", "k2", "k3", "k5", "k4", "k6", "k0"] * 100:
            def f():
                c = 0
                for again in range(1, 9):
                    for r in rows:
                        if r["kind"] == kind:
                            c += again
                            next(g, None)
                return c
            yield f
    g = steps()
    for f in g:
        print(f())
main()


# trap: fstring_debug_text
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
for kind in kinds:
    print(f"{sum(r['n'] for r in rows if r['kind'] == kind)=}")


# trap: class_named_member_descriptor
class member_descriptor:
    n = 0
    def __get__(self, obj, cls):
        member_descriptor.n += 1
        return "k%d" % (member_descriptor.n % 5)
class Row:
    kind = member_descriptor()
    def __init__(self, i):
        self.n = i
rows = []
for i in range(2000):
    rows.append(Row(i))
for kind in ["k%d" % i for i in range(10)]:
    print(len([r.n for r in rows if r.kind == kind]))
print(member_descriptor.n)


# trap: other_rule_fstring_debug
rows = []
for i in range(2000):
    rows.append({"kind": "k%d" % (i % 7), "n": i})
kinds = ["k%d" % i for i in range(10)]
print(f"{len([r for r in rows if r['kind'] == 'k1'])=}")
for kind in kinds:
    print(len(rows))


# trap: columns_lambda_in_other_loop
def main():
    rows = []
    for i in range(2000):
        rows.append({"a": i, "b": i * 2, "c": "x" * (i % 9)})
    for row in [{"b": 1}, {"b": 2}]:
        f = lambda: row["b"]
    for row in rows:
        if row["a"] == 5:
            print(f())
main()


# trap: columns_def_in_other_loop
rows = []
for i in range(2000):
    rows.append({"a": i, "b": i * 2, "c": "x" * (i % 9)})
for row in rows:
    def show():
        return row["b"]
    if row["a"] > 3: break
for row in rows:
    if row["a"] == 5:
        print(show())


# trap: columns_generator_in_other_loop
def main():
    rows = []
    for i in range(2000):
        rows.append({"a": i, "b": i * 2, "c": "x" * (i % 9)})
    for row in [{"b": 1}, {"b": 2}]:
        g = (row["b"] for _ in range(10))
    for row in rows:
        if row["a"] == 5:
            print(next(g))
main()


# trap: columns_method_in_other_loop
def main():
    rows = []
    for i in range(2000):
        rows.append({"a": i, "b": i * 2, "c": "x" * (i % 9)})
    for row in [{"b": 1}, {"b": 2}]:
        class K:
            def m(self): return row["b"]
        k = K()
    for row in rows:
        if row["a"] == 5: print(k.m())
main()


# trap: columns_attributes_lambda_in_other_loop
class Row:
    def __init__(self, a, b):
        self.a = a
        self.b = b
        self.c = "x"
def main():
    rows = []
    for i in range(2000):
        rows.append(Row(i, i * 2))
    for row in [Row(1, 2)]:
        f = lambda: row.b
    n = 0
    for row in rows:
        if row.a == 5: n += f()
    print(n)
main()


# trap: columns_candidates_def_in_other_loop
def main():
    rows = []
    for i in range(2000):
        rows.append({"kind": "k%d" % (i % 7), "n": i, "c": 5})
    for row in [{"n": 1}, {"n": 2}]:
        def f():
            return row["n"]
    some = rows[:1000]
    for kind in ["k%d" % i for i in range(10)]:
        t = 0
        for row in some:
            if row["kind"] == kind:
                t += row["n"]
        print(kind, t, f())
main()


# trap: columns_written_SpillList_class_body
from spacetime_compiler.runtime import SpillList
rows = SpillList(frozen=True, compared=False)
for i in range(2000):
    rows.append({"a": i, "b": i * 2, "c": "x" * (i % 9)})
class A:
    total = 0
    for row in rows:
        total += row["a"]
        if total > 10: break
print(A.total, A.row["b"])


# trap: columns_written_SpillList_private_name
from spacetime_compiler.runtime import SpillList
class Row:
    def __init__(self, i):
        self.a = i
        self.__b = i * 2
    @staticmethod
    def total(rows):
        return sum(row.__b for row in rows)
def main():
    rows = SpillList(frozen=True, compared=False)
    for i in range(2000):
        r = Row(i)
        r.__b = 3
        rows.append(r)
    print(sum(row.a for row in rows), Row.total(rows))
main()


# trap: columns_written_SpillList_class_patched
from spacetime_compiler.runtime import SpillList
class Row:
    def __init__(self, i):
        self.a = i
        self.b = i * 2
        self.c = 3
def main():
    rows = SpillList(frozen=True, compared=False)
    for i in range(2000):
        rows.append(Row(i))
    Row.__getattribute__ = lambda self, n: object.__getattribute__(self, "b")
    print(sum(row.a for row in rows))
main()


# trap: columns_written_SpillList_descriptor_set_later
from spacetime_compiler.runtime import SpillList
class D:
    def __get__(self, o, c): return o.b
    def __set__(self, o, v): o.__dict__["a"] = v
class Row:
    def __init__(self, i):
        self.a = i
        self.b = i * 2
        self.c = 3
def main():
    rows = SpillList(frozen=True, compared=False)
    for i in range(2000):
        rows.append(Row(i))
    Row.a = D()
    print(sum(row.a for row in rows))
main()


# trap: columns_written_SpillList_comprehension_in_other_loop
from spacetime_compiler.runtime import SpillList
def main():
    rows = SpillList(frozen=True, compared=False)
    for i in range(2000):
        rows.append({"a": i, "b": i * 2, "c": "x" * (i % 9)})
    for row in [{"b": 1}, {"b": 2}]:
        fs = [lambda: row["b"] for _ in range(3)]
    for row in rows:
        if row["a"] == 5: print(fs[0]())
main()


# trap: a_condition_asks_in_the_order_of_the_set
class Entry:
    def __init__(self, n):
        self.n = n

    @property
    def size(self):
        print("asked", self.n)
        return self.n % 7


def main():
    old = {}
    before = set()
    for i in range(2000):
        n = i * i * 7919 % 1000000007
        before.add(n)
        old[n] = Entry(n)
    after = set()
    for i in range(1000, 3000):
        after.add(i * i * 7919 % 1000000007)
    common = before & after
    changed = sorted(n for n in common if old[n].size == 3)
    print(changed[:5], len(changed), len(before - after))


if __name__ == "__main__":
    main()


# trap: elements_that_print_when_they_are_asked
from typing import NamedTuple


class Key(NamedTuple):
    n: int

    @property
    def size(self):
        print("asked", self.n)
        return self.n % 7


def main():
    before, after = set(), set()
    for i in range(2000):
        before.add(Key(i * i * 7919 % 1000000007))
    for i in range(1000, 3000):
        after.add(Key(i * i * 7919 % 1000000007))
    common = before & after
    print(sum(1 for n in common if n.size == 3), len(before - after))


if __name__ == "__main__":
    main()


# trap: values_that_print_when_they_are_compared
class Digest:
    def __init__(self, n):
        self.n = n

    def __ne__(self, other):
        print("compared", self.n)
        return self.n % 7 != 3


class Entry:
    def __init__(self, n):
        self.digest = Digest(n)


def main():
    old = {}
    for i in range(2000):
        n = i * i * 7919 % 1000000007
        old[n] = Entry(n)
    new = {}
    for i in range(1000, 3000):
        n = i * i * 7919 % 1000000007
        new[n] = Entry(n)
    before, after = set(), set()
    for n in old:
        before.add(n)
    for n in new:
        after.add(n)
    changed = sorted(n for n in before & after if old[n].digest != new[n].digest)
    print(changed[:5], len(changed), len(before - after))


if __name__ == "__main__":
    main()


# trap: an_attribute_that_becomes_a_property
class Entry:
    def __init__(self, n):
        self.n = n


def size(entry):
    print("asked", entry.n)
    return entry.n % 7


def main():
    old = {}
    before, after = set(), set()
    for i in range(2000):
        n = i * i * 7919 % 1000000007
        before.add(n)
        old[n] = Entry(n)
    for i in range(1000, 3000):
        after.add(i * i * 7919 % 1000000007)
    Entry.size = property(size)
    changed = sorted(n for n in before & after if old[n].size == 3)
    print(changed[:5], len(changed), len(before - after))


if __name__ == "__main__":
    main()


# trap: an_attribute_of_a_descriptor
class Size:
    def __get__(self, entry, owner):
        print("asked", entry.n)
        return entry.n % 7


class Entry:
    size = Size()

    def __init__(self, n):
        self.n = n


def main():
    old = {}
    before, after = set(), set()
    for i in range(2000):
        n = i * i * 7919 % 1000000007
        before.add(n)
        old[n] = Entry(n)
    for i in range(1000, 3000):
        after.add(i * i * 7919 % 1000000007)
    changed = sorted(n for n in before & after if old[n].size == 3)
    print(changed[:5], len(changed), len(before - after))


if __name__ == "__main__":
    main()


# trap: an_attribute_that_is_made_when_it_is_missing
class Base:
    def __getattr__(self, name):
        print("asked", self.n, name)
        return self.n % 7


class Entry(Base):
    def __init__(self, n):
        self.n = n


def main():
    old = {}
    before, after = set(), set()
    for i in range(2000):
        n = i * i * 7919 % 1000000007
        before.add(n)
        old[n] = Entry(n)
    for i in range(1000, 3000):
        after.add(i * i * 7919 % 1000000007)
    changed = sorted(n for n in before & after if old[n].size == 3)
    print(changed[:5], len(changed), len(before - after))


if __name__ == "__main__":
    main()


# trap: a_dictionary_that_counts_as_it_is_asked
from collections import defaultdict


def pick(common, sizes):
    return sorted(n for n in common if sizes[n] != 5)


def main():
    sizes = defaultdict(int)
    before, after = set(), set()
    for i in range(2000):
        before.add(i * i * 7919 % 1000000007)
    for i in range(1000, 3000):
        after.add(i * i * 7919 % 1000000007)
    found = pick(before & after, sizes)
    print(len(found), list(sizes)[:5], len(before - after))


if __name__ == "__main__":
    main()


# trap: a_dictionary_of_its_own_that_prints
class Table(dict):
    def __missing__(self, key):
        print("missing", key)
        return 3


def pick(common, sizes):
    return sorted(n for n in common if sizes[n] == 3)


def main():
    sizes = Table()
    before, after = set(), set()
    for i in range(2000):
        before.add(i * i * 7919 % 1000000007)
    for i in range(1000, 3000):
        after.add(i * i * 7919 % 1000000007)
    found = pick(before & after, sizes)
    print(len(found), pick(before & after, {n: 3 for n in before})[:3], len(before - after))


if __name__ == "__main__":
    main()


# trap: one_name_for_two_sets_at_once
def main():
    seen, seen = set(), set()
    other = seen
    for i in range(3000):
        seen.add(i * 7919 % 100003)
    a, b = set(), set()
    a, b = b, a
    for i in range(3000):
        a.add(i * 7919 % 100003)
        b.add(i)
    print(len(seen), len(other), len(a - b), sorted(a & b)[:4])


if __name__ == "__main__":
    main()


# trap: two_sets_that_a_tuple_holds
def main():
    pair = before, after = set(), set()
    for i in range(3000):
        before.add(i * 7919 % 100003)
        after.add(i)
    print([len(one) for one in pair], pair[0] is before, list(pair[1])[:3])
    (a, b), c = (set(), set()), 1
    [d, e] = set(), {}
    for i in range(3000):
        a.add(i * 7919 % 100003)
        b.add(i * 7)
        d.add(i)
        e.setdefault(i % 7, []).append(i)
    print(len(a), len(b), c, len(d), type(d).__name__, sum(map(len, e.values())))


if __name__ == "__main__":
    main()
