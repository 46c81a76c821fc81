# Programs in which a list, its items or a function are reached where nobody writes
# their names: by `super()`, setters, class bodies, tools that look at the module, or
# through another container into which a container was put. They are run before and after.

# trap: super_method_mutates_item
class Base:
    def bump(self):
        self.n += 1
class Row(Base):
    def __init__(self, n):
        self.n = n
    def mark(self):
        super().bump()
def main():
    rows = []
    for i in range(5000):
        rows.append(Row(i))
    for r in rows:
        r.mark()
    total = 0
    for r in rows:
        total += r.n
    print(total, len(rows))
if __name__ == "__main__":
    main()
# trap: key_lambda_without_parameters
def touch(key):
    key()["n"] = -1
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    touch(key=lambda: rows[0])
    total = 0
    for r in rows:
        total += r["n"]
    print(total, len(rows))
if __name__ == "__main__":
    main()
# trap: generator_returns_item
def pick(rows):
    yield len(rows)
    return rows[0]
def user(rows):
    row = yield from pick(rows)
    row["n"] = -100
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    for size in user(rows):
        print(size)
    total = 0
    for r in rows:
        total += r["n"]
    print(total, len(rows))
if __name__ == "__main__":
    main()
# trap: property_setter_keeps_list
import json
class Table:
    def __init__(self):
        self.rows = []
    @property
    def rows(self):
        return self._rows
    @rows.setter
    def rows(self, value):
        self._rows = value
    def save(self):
        return len(json.dumps(self._rows))
    def first(self):
        self._rows[0]["n"] = 99
def main():
    t = Table()
    for i in range(5000):
        t.rows.append({"n": i})
    t.first()
    print(t.save(), sum(r["n"] for r in t.rows))
if __name__ == "__main__":
    main()
# trap: init_is_wrapped
KEPT = []
def logged(f):
    def inner(self, rows):
        KEPT.append(rows)
        return f(self, rows)
    return inner
class Table:
    def __init__(self, rows):
        self.data = rows
    __init__ = logged(__init__)
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    t = Table(rows)
    KEPT[0][0]["n"] = 77
    print(type(KEPT[0]).__name__, sum(r["n"] for r in t.data))
if __name__ == "__main__":
    main()
# trap: doctest_looks_at_functions
def parse(text):
    """
    >>> parse("a b")
    ['A', 'B']
    """
    found = []
    for word in text.split():
        found.append(word.upper())
    return found
def main():
    total = 0
    for word in parse("x y z" * 100):
        total += len(word)
    print(total)
if __name__ == "__main__":
    import doctest
    print(doctest.testmod())
    main()
# trap: vars_by_name
def parse(text):
    found = []
    for word in text.split():
        found.append(word.upper())
    return found
def main():
    total = 0
    for word in parse("x y z"):
        total += len(word)
    print(total)
if __name__ == "__main__":
    main()
    for name, f in list(vars().items()):
        if name == "parse":
            print(f("a b"))
# trap: plugins_by_subclasses_producer2
class Plugin:
    pass
class Reader(Plugin):
    def read(self, n):
        found = []
        for i in range(n):
            found.append(i)
        return found
def main():
    for c in Plugin.__subclasses__():
        p = c()
        got = p.read(10)
        print(len(got), got)
    total = 0
    reader = Reader()
    for x in reader.read(3):
        total += x
    print(total)
if __name__ == "__main__":
    main()
# trap: property_called_on_method
import json
class Table:
    def __init__(self):
        self.rows = []
    def _get(self):
        return self.rows
    data = property(_get)
def main():
    t = Table()
    for i in range(5000):
        t.rows.append({"n": i})
    t.data[0]["n"] = 44
    print(len(json.dumps(t.data)), sum(r["n"] for r in t.rows))
if __name__ == "__main__":
    main()
# trap: property_called_on_producer
class Table:
    def _get(self):
        out = []
        for i in range(10):
            out.append(i)
        return out
    data = property(_get)
def main():
    t = Table()
    total = 0
    for x in t._get():
        total += x
    print(t.data, len(t.data), total)
if __name__ == "__main__":
    main()
# trap: alias_in_class_producer
class Table:
    def rows(self):
        out = []
        for i in range(10):
            out.append(i)
        return out
    lines = rows
    table = {"rows": rows}
def main():
    t = Table()
    total = 0
    for x in t.rows():
        total += x
    print(t.lines(), Table.table["rows"](t), total)
if __name__ == "__main__":
    main()
# trap: mangled_from_outside
import json
class Table:
    def __init__(self):
        self.__rows = []
    def add(self, r):
        self.__rows.append(r)
    def total(self):
        return sum(r["n"] for r in self.__rows)
def main():
    t = Table()
    for i in range(5000):
        t.add({"n": i})
    t._Table__rows[0]["n"] = 9
    print(t.total(), len(json.dumps(t._Table__rows)))
if __name__ == "__main__":
    main()
# trap: pickled_by_imported_name
from pickle import dumps, loads
class Table:
    def __init__(self):
        self.rows = []
def main():
    t = Table()
    for i in range(5000):
        t.rows.append({"n": i})
    print(len(dumps(t)))
    print(sum(r["n"] for r in loads(dumps(t)).rows), len(t.rows))
if __name__ == "__main__":
    main()
# trap: pprint_of_a_dataclass
from dataclasses import dataclass
from pprint import pprint
@dataclass
class Table:
    name: str
    rows: list = None
    def __post_init__(self):
        self.rows = []
def main():
    t = Table("x")
    for i in range(200):
        t.rows.append({"n": i, "name": "some text here"})
    pprint(t)
if __name__ == "__main__":
    main()
# trap: namedtuple_field_holds_tool
from collections import namedtuple
class Tool:
    def order(self, rows):
        return len(rows)
class Bad:
    def order(self, rows):
        rows[0]["n"] = 1000
class Job(namedtuple("Job", "tool n")):
    pass
class App:
    def __init__(self):
        self.tool = Tool()
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = App()
    print(a.tool.order(rows))
    job = Job(Bad(), 1)
    job.tool.order(rows)
    print(sum(r["n"] for r in rows))
if __name__ == "__main__":
    main()
# trap: setter_of_item_holder
class Box:
    def __init__(self):
        self._row = None
        self.row = None
    @property
    def row(self):
        return self._row
    @row.setter
    def row(self, value):
        if value is not None:
            value["n"] = -1
        self._row = value
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    box = Box()
    for r in rows:
        box.row = r
    print(sum(r["n"] for r in rows))
if __name__ == "__main__":
    main()
# trap: setter_of_item_holder2
class Box:
    def __init__(self):
        self._row = None
    @property
    def row(self):
        return 1
    @row.setter
    def row(self, value):
        self._row = value
    def bump(self):
        self._row["n"] = -1
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    box = Box()
    for r in rows:
        box.row = r
        box.bump()
    print(sum(r["n"] for r in rows))
if __name__ == "__main__":
    main()
# trap: key_of_sort_sees_the_list
def main():
    rows = []
    for i in range(3000):
        rows.append(i * 7919 % 3001)
    rows.sort(key=lambda r: (len(rows), r))
    print(rows[0], rows[-1], len(rows))
    try:
        rows.sort(key=lambda r: (rows.append(1), r)[1])
    except ValueError as e:
        print(e)
    print(len(rows))
if __name__ == "__main__":
    main()
# trap: json_default_changes
import json
class Row:
    def __init__(self, n):
        self.n = n
def encode(o):
    o.n += 1
    return o.n
def main():
    rows = []
    for i in range(5000):
        rows.append(Row(i))
    size = 0
    for r in rows:
        size += len(json.dumps({"r": r}, default=encode))
    for r in rows:
        size += len(json.dumps(r, default=lambda o: setdefault(o)))
    print(size, sum(r.n for r in rows))
def setdefault(o):
    o.n += 1
    return 0
if __name__ == "__main__":
    main()
# trap: inner_list_by_append
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    buckets = []
    buckets.append(a)
    for r in rows:
        buckets[0].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_key
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    d = {}
    d["k"] = a
    for r in rows:
        d["k"].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_values
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    d = {}
    d["k"] = a
    for r in rows:
        for b in d.values():
            b.append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_update
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    d = {}
    d.update({"k": a})
    for r in rows:
        d["k"].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_insert
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    d = []
    d.insert(0, a)
    for r in rows:
        d[-1].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_iadd
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    d = []
    d += [a]
    for r in rows:
        d[-1].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_dict_keyword
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    d = dict(k=a)
    for r in rows:
        d["k"].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_min
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    b = []
    for r in rows:
        min(a, b, key=len).append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_next_default
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    for r in rows:
        next(iter([]), a).append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_deque
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    from collections import deque
    a = []
    q = deque()
    q.append(a)
    for r in rows:
        q[0].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_slice
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    q = [None]
    q[0:1] = [a]
    for r in rows:
        q[0].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_tuple_append
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    q = []
    q.append((1, a))
    for r in rows:
        for k, b in q:
            b.append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_stack_pop
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    stack = [[]]
    stack.append(a)
    for r in rows:
        top = stack.pop()
        top.append(r)
        stack.append(top)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_function
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    q = []
    def put(b):
        q.append(b)
    put(a)
    def top():
        return q[0]
    for r in rows:
        top().append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_store_attr
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    class Box:
        pass
    a = []
    box = Box()
    box.held = {}
    box.held["k"] = a
    for r in rows:
        box.held["k"].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_counter_init
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    from collections import OrderedDict, deque
    a = []
    q = OrderedDict([("y", a)])
    for r in rows:
        q["y"].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_ordereddict_kw
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    from collections import OrderedDict, defaultdict
    a = []
    q = defaultdict(list, x=a)
    for r in rows:
        q["x"].append(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_default
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    def put(r, to=a):
        to.append(r)
    for r in rows:
        put(r)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: inner_list_by_varargs
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    a = []
    def put(r, *lists):
        lists[0].append(r)
    for r in rows:
        put(r, a)
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: instance_by_monkey_setattr
import copy, dataclasses, functools, operator, enum, contextlib
class Harmless:
    def order(self, rows):
        return len(rows)
class Bad:
    def __init__(self, k=0):
        self.k = k
    def order(self, rows):
        rows[0]["n"] = 1000
        return 1
def order2(self, rows):
    rows[0]['n'] = 4
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    h = Harmless()
    print(h.order(rows))
    setattr(Harmless, 'order', order2)
    h.order(rows)
    print(sum(r["n"] for r in rows))
if __name__ == "__main__":
    main()
# trap: instance_by_monkey_dict
import copy, dataclasses, functools, operator, enum, contextlib
class Harmless:
    def order(self, rows):
        return len(rows)
class Bad:
    def __init__(self, k=0):
        self.k = k
    def order(self, rows):
        rows[0]["n"] = 1000
        return 1
def order2(rows):
    rows[0]['n'] = 4
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    h = Harmless()
    print(h.order(rows))
    h.__dict__['order'] = order2
    h.order(rows)
    print(sum(r["n"] for r in rows))
if __name__ == "__main__":
    main()
# trap: items_by_property
import functools, contextlib, dataclasses
class B:
    def __init__(self):
        self._items = []
    @property
    def items(self):
        return self._items
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    b = B()
    for r in rows:
        b.items.append(r)
    a = b._items
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
# trap: items_by_cached_property
import functools, contextlib, dataclasses
SH = []
class B:
    @functools.cached_property
    def items(self):
        return SH
def main():
    rows = []
    for i in range(5000):
        rows.append({"n": i})
    b = B()
    for r in rows:
        b.items.append(r)
    a = SH
    for x in a:
        x["n"] = 0
    print(sum(r["n"] for r in rows), len(a))
if __name__ == "__main__":
    main()
