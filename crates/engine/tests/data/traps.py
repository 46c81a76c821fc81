# Programs that look like what the rules rewrite, and where that would change what they
# print. Each has to stay as it is, whether the common assumptions are made or none.

# trap: imported_list_is_not_a_definition
import sys
sys.modules["shared_rows"] = type(sys)("shared_rows"); sys.modules["shared_rows"].rows = list(range(40))
from shared_rows import rows
def f():
    doubled = [row * 2 for row in rows]
    for at, value in enumerate(doubled):
        rows[at * 7 % 40] = value
    return sum(rows)
print(f())
# trap: bound_method_holds_its_receiver
def f(n):
    xs = list(range(n))
    add = xs.append
    ys = [x + 1 for x in xs]
    for y in ys:
        if y < 500:
            add(y)
    return len(xs)
print(f(100))
# trap: lambda_default_holds_a_list
def f(n):
    xs = list(range(n))
    put = lambda value, to=xs: to.append(value) if value < 500 else None
    ys = [x + 1 for x in xs]
    for y in ys:
        put(y)
    return len(xs)
print(f(100))
# trap: function_default_holds_a_list
def f(n):
    xs = list(range(n))
    def put(value, to=xs):
        if value < 500:
            to.append(value)
    ys = [x + 1 for x in xs]
    for y in ys:
        put(y)
    return len(xs)
print(f(100))
# trap: zip_walks_the_other_iterator
def f(lines):
    it = iter(list(lines))
    heads = [x for x in it]
    pairs = 0
    for a, b in zip(heads, it):
        pairs += 1
    return pairs
print(f(range(50)))
# trap: zip_evaluates_the_other_argument_first
def f(lines):
    stack = list(lines)
    heads = [x for x in stack]
    total = 0
    for a, b in zip(heads, [stack.pop() for _ in range(20)]):
        total += a * b
    for a in stack:
        total += 1
    return total
print(f(range(20)))
# trap: augmented_target_is_read_first
def f(data):
    total = 0
    xs = []
    for y in list(data):
        total += 1
        xs.append(y)
    total += sum(xs)
    return total
print(f(range(30)))
# trap: walk_in_a_guard
def f(data, shape):
    seen = 0
    xs = []
    for y in list(data):
        seen += 1
        xs.append(y)
    match shape:
        case [_] if sum(xs) > 3:
            return seen
    return seen
print(f(range(30), 3))
# trap: unbound_local_error_keeps_its_type
def f(flag, data):
    if flag:
        k = 1
    xs = []
    for d in list(data):
        xs.append(d + k)
    return sum(xs)
try:
    f(False, range(30))
except Exception as error:
    print(type(error), error)
# trap: bare_raise_in_the_loop
def f(data):
    try:
        1 / 0
    except ZeroDivisionError:
        xs = []
        for d in list(data):
            if d > 20:
                raise
            xs.append(d)
    return sum(xs)
try:
    print(f(range(30)))
except Exception as error:
    print(type(error), error)
# trap: handler_unbinds_its_name
def f(data):
    try:
        1 / 0
    except ZeroDivisionError as e:
        xs = [(e, d) for d in list(data)]
    total = 0
    for e2, d in xs:
        total += d
    return total
print(f(range(30)))
# trap: loop_is_skipped_between_assignment_and_walk
def f(groups):
    for group in groups:
        xs = []
        if not group:
            break
        for d in group:
            xs.append(d)
    return sum(xs)
print(f([[1, 2], [3], []]))
# trap: exception_between_assignment_and_loop
def f(text, data):
    try:
        xs = []
        n = int(text)
        for d in list(data):
            xs.append(d)
    except ValueError:
        pass
    return sum(xs)
print(f("a", range(20)))
# trap: same_file_under_another_name
import os, tempfile
def f(path):
    other = path
    lines = [line.strip() for line in open(path)]
    with open(other, "w") as out:
        for line in lines:
            out.write(line + "!\n")
    return open(path).read()
path = os.path.join(tempfile.mkdtemp(), "a.txt")
open(path, "w").write("a\nb\nc\n" * 5000)
print(len(f(path)))
# trap: called_function_writes_the_file
import os, tempfile
def save(path, text):
    with open(path, "a") as out:
        out.write(text + "\n")
def f(path):
    lines = [line.strip() for line in open(path)]
    count = 0
    for line in lines:
        count += 1
        if count < 20000:
            save(path, line)
    return count
path = os.path.join(tempfile.mkdtemp(), "a.txt")
open(path, "w").write("a\nb\nc\n")
print(f(path))
# trap: else_of_the_loop_leaves_an_outer_loop
def f(groups):
    total = 0
    for group in groups:
        xs = []
        for d in group:
            if d < 0:
                break
            xs.append(d)
        else:
            continue
        total += sum(xs)
    return total
print(f([[1, 2], [3, -1, 4], []]))
# trap: annotated_shared_variable
def f(data):
    last: int = 0
    xs = []
    for d in list(data):
        last: int = d
        xs.append(d)
    return sum(xs), last
print(f(range(10)))
# trap: global_written_before_a_failure
total = 0
def f(lines):
    global total
    xs = [int(line) for line in lines]
    for x in xs:
        total += x
try:
    f(["1", "2", "x"])
except ValueError:
    pass
print(total)
# trap: global_counted_by_skipped_items
n = 0
def tick(x):
    global n
    n += 1
    return x
def f(data):
    xs = [tick(d) for d in list(data)]
    for x in xs:
        if x > 2:
            break
f(range(30))
print(n)
# trap: global_counted_within_any
n = 0
def tick(x):
    global n
    n += 1
    return x
def f(data):
    return any([tick(d) > 2 for d in list(data)])
f(range(30))
print(n)
# trap: start_is_evaluated_after_the_list
def f(data):
    stack = list(data)
    return sum([stack.pop() for _ in range(20000)], len(stack))
print(f(range(20001)))
# trap: default_is_evaluated_after_the_list
def f(data):
    stack = list(data)
    return max([stack.pop() for _ in range(len(stack) - 1) if stack[0]], default=len(stack))
print(f([0] * 300))
# trap: named_list_and_start
def f(data):
    stack = list(data)
    xs = [y for y in stack]
    return sum(xs, stack.pop())
print(f(range(300)))
# trap: unpacking_advances_an_iterator
def f(data):
    it = iter(list(data))
    xs = [x for x in it]
    *rest, = it
    return sum(xs), rest
print(f(range(30)))
# trap: heap_holds_its_items
import heapq
def f():
    row = list(range(300))
    heap = []
    heapq.heappush(heap, row)
    xs = [r * 2 for r in row]
    heapq.heappop(heap).append(5)
    return sum(xs)
print(f())
# trap: dict_of_pairs_holds_values
def f():
    row = list(range(300))
    d = dict([("a", row)])
    xs = [r * 2 for r in row]
    d["a"][0] = 99
    return sum(xs)
print(f())
# trap: groupby_holds_rows
import itertools
def f():
    row = list(range(300))
    rows = [row]
    xs = [r * 2 for r in row]
    for key, group in itertools.groupby(rows, key=len):
        for inner in group:
            inner[0] = 99
    return sum(xs)
print(f())
# trap: map_gives_what_rows_hold
import operator
def f():
    row = list(range(300))
    rows = [[row]]
    xs = [r * 2 for r in row]
    for inner in map(operator.itemgetter(0), rows):
        inner[0] = 99
    return sum(xs)
print(f())
# trap: wrapped_by_a_function
def wrap(a):
    return {"k": [a]}
def f():
    row = list(range(300))
    r = wrap(row)
    xs = [v * 2 for v in row]
    r["k"][0][0] = 99
    return sum(xs)
print(f())
# trap: starred_target_holds_items
def f():
    row = list(range(300))
    head, *rest = [0, row]
    xs = [v * 2 for v in row]
    rest[0][0] = 99
    return sum(xs)
print(f())
# trap: attribute_of_a_function_holds
def g():
    g.rows[0] = 99
def f():
    row = list(range(300))
    g.rows = row
    xs = [v * 2 for v in row]
    g.rows[0] = 99
    return sum(xs)
print(f())
# trap: default_factory_runs_code
import itertools
from dataclasses import dataclass, field
counter = itertools.count()
@dataclass
class Item:
    value: int
    number: int = field(default_factory=lambda: next(counter))
def f(data):
    xs = [Item(d) for d in list(data)]
    first = next(counter)
    return sum(x.number for x in xs), first
print(f(range(30)))
# trap: use_between_filling_and_sorting
def f(data):
    xs = []
    for d in list(data):
        xs.append(str(d))
    ys = xs
    xs.sort()
    for x in xs:
        print(x, end=" ")
    return ys
print(f(range(30, 0, -1)))
# trap: identity_of_items_that_live_together
def f():
    xs = [[i] for i in range(1000)]
    seen = set()
    for x in xs:
        seen.add(id(x))
    return len(seen)
print(f())
# trap: items_that_are_one_list_and_a_key
def f(data):
    acc = []
    return max([(x, acc.append(x) or acc) for x in list(data)], key=lambda r: len(r[1]))
print(f(range(300))[0])
# trap: method_as_key_reads_its_list
def f(data):
    order = []
    return max([order.append(x) or x for x in list(data)], key=order.count)
print(f([3, 1, 1, 3, 3]* 30))
# trap: map_of_a_bound_method
def f(n):
    stack = list(range(n))
    xs = [y for y in map(stack.pop, [0] * 20)]
    left = len(stack)
    return sum(xs), left
print(f(100))
# trap: iter_of_a_function
def f(n):
    stack = list(range(n))
    xs = [y for y in iter(lambda: stack.pop(), 50)]
    left = len(stack)
    return sum(xs), left
print(f(100))
# trap: unbound_join
def f(data):
    it = iter(list(data))
    xs = [x for x in it]
    text = str.join(",", it)
    return sum(len(x) for x in xs), text
print(f("abcdefgh"))
# trap: in_place_addition_drains
def f(acc, data):
    it = iter(list(data))
    xs = [x for x in it]
    acc += it
    return sum(xs), acc
print(f([], range(30)))
# trap: builtins_replaced_here
import builtins
old = builtins.len
def f(data):
    sizes = [len(d) for d in list(data)]
    builtins.len = lambda x: 7
    return sum(sizes)
try:
    print(f(["a", "bb"] * 20))
finally:
    builtins.len = old
# trap: function_replaced_through_globals
def g(x):
    return x
def f(data):
    xs = [g(d) for d in list(data)]
    globals()["g"] = lambda x: 7
    return sum(xs)
print(f(range(30)))
# trap: finally_with_continue
def f(data):
    xs = []
    for d in list(data):
        try:
            xs.append(d)
        finally:
            continue
    for x in xs:
        break
    return x
print(f(range(30)))
# trap: finally_runs_at_another_time
def f(data):
    log = []
    xs = []
    for d in list(data):
        try:
            xs.append(d)
        finally:
            log.append(d)
    for x in xs:
        if x > 3:
            break
    return len(log)
print(f(range(30)))
# trap: comprehension_reads_deleted_name
def f(data):
    k = 3
    xs = [d * k for d in list(data)]
    del k
    return sum(xs)
print(f(range(30)))
# trap: enumerate_start_is_evaluated_first
def f(data):
    stack = list(data)
    xs = [d for d in stack]
    total = 0
    for at, x in enumerate(xs, stack.pop()):
        total += at * x
    return total
print(f(range(30)))
# trap: with_items_before_the_walk
import contextlib
def f(data):
    stack = list(data)
    @contextlib.contextmanager
    def clear():
        stack.clear()
        yield
    xs = [d for d in stack]
    with clear(), contextlib.nullcontext(sum(xs)) as total:
        return total
print(f(range(30)))
# trap: chained_assignment_shares
def f():
    a = b = [1, 2] * 200
    xs = [v * 2 for v in a]
    b[0] = 99
    return sum(xs)
print(f())
# trap: dict_values_share
def f():
    row = list(range(300))
    d = {}
    d.setdefault("k", []).append(row)
    xs = [v * 2 for v in row]
    d["k"][0][0] = 99
    return sum(xs)
print(f())
# trap: closure_in_a_container
def f():
    row = list(range(300))
    acts = [lambda: row.clear()]
    xs = [v * 2 for v in row]
    acts[0]()
    return sum(xs)
print(f())
# trap: method_in_a_container
def f():
    row = list(range(300))
    acts = {"c": row.clear}
    xs = [v * 2 for v in row]
    acts["c"]()
    return sum(xs)
print(f())
# trap: partial_holds
import functools
def f():
    row = list(range(300))
    act = functools.partial(row.__setitem__, 0)
    xs = [v * 2 for v in row]
    act(99)
    return sum(xs)
print(f())
# trap: generator_expression_in_a_variable_walked_between
def f(data):
    g = (d for d in list(data))
    xs = [v * 2 for v in g]
    left = list(g)
    return sum(xs), left
print(f(range(30)))
# trap: walk_under_condition_later
def f(data, c):
    log = []
    xs = [log.append(d) or d for d in list(data)]
    if c:
        t = sum(xs)
    return log
print(f(range(10), False))
# trap: outer_function_variable
def outer():
    n = 0
    def f(data):
        nonlocal n
        xs = [1 // d for d in list(data)]
        for x in xs:
            n += 1
    try:
        f([1, 1, 0])
    except ZeroDivisionError:
        pass
    return n
print(outer())
# trap: captured_variable
def f(data, keep):
    n = 0
    keep.append(lambda: n)
    xs = [1 // d for d in list(data)]
    for x in xs:
        n += 1
keep = []
try: f([1, 1, 0], keep)
except ZeroDivisionError: pass
print(keep[0]())
# trap: interleaved_param_iterators
def f(a):
    xs = [x for x in a]
    t = 0
    for x in xs:
        t += 1
        for y in a:
            t += 100
    return t
print(f(iter(range(9))))
# trap: reduce_nests
import functools
def f():
    row = list(range(300))
    d = functools.reduce(lambda a, b: {"k": [b]}, [0, row])
    xs = [v * 2 for v in row]
    d["k"][0][0] = 99
    return sum(xs)
print(f())
# trap: map_lambda_keeps
def f():
    row = list(range(300))
    out = []
    list(map(lambda r: out.append(r), [row]))
    xs = [v * 2 for v in row]
    out[0][0] = 99
    return sum(xs)
print(f())
# trap: sort_method_key_keeps
def f():
    row = list(range(300))
    rows = [row, [1]]
    out = []
    def key(r):
        out.append(r)
        return len(r)
    rows.sort(key=key)
    xs = [v * 2 for v in row]
    out[0][0] = 99
    out[1][0] = 99
    return sum(xs)
print(f())
# trap: class_keyword_holds
class Base:
    def __init_subclass__(cls, rows=None): cls.rows = rows
def f():
    row = list(range(300))
    class C(Base, rows=row): pass
    xs = [v * 2 for v in row]
    C.rows[0] = 99
    return sum(xs)
print(f())
# trap: generator_send
def f(n):
    row = list(range(n))
    def g():
        while row:
            yield row.pop()
    it = g()
    xs = [v for v in it]
    left = len(row)
    return sum(xs), left
print(f(300))
# trap: sorted_pairs
def f():
    row = list(range(300))
    xs = [v * 2 for v in row]
    pairs = sorted({"a": row}.items())
    pairs[0][1][0] = 99
    return sum(xs)
print(f())
# trap: counter_alias
from collections import defaultdict
def f():
    row = list(range(300))
    d = defaultdict(lambda: row)
    xs = [v * 2 for v in row]
    d[3][0] = 99
    return sum(xs)
print(f())
# trap: defaultdict_factory
from collections import defaultdict
def f(n):
    made = []
    def new():
        made.append(1)
        return 0
    d = defaultdict(new)
    xs = [d[v % 7] for v in range(n)]
    k = len(made)
    return sum(xs), k, len(made)
print(f(300))
# trap: module_attr
import sys
def f(n):
    sys.qqq = 3
    xs = [sys.qqq for _ in range(n)]
    sys.qqq = 5
    return sum(xs)
print(f(300))
# trap: code_swapped
def g(x): return x
def h(x): return 99
def f(n):
    xs = [g(v) for v in range(n)]
    g.__code__ = h.__code__
    return sum(xs)
print(f(300))
# trap: defaults_swapped
def g(x, k=1): return x * k
def f(n):
    xs = [g(v) for v in range(n)]
    g.__defaults__ = (7,)
    return sum(xs)
print(f(300))
# trap: slice_assign_iter
def f(n):
    it = iter(range(n))
    row = []
    xs = [v for v in it]
    row[:] = it
    return sum(xs), row
print(f(300))
# trap: input_and_output_may_be_one_file
def shout(source, target):
    f = open(source)
    lines = [line.rstrip() for line in f]
    out = open(target, "w")
    for line in lines:
        out.write(line.upper())
    out.close()
    f.close()
with open("names.txt", "w") as names:
    names.write("a\nb\n")
shout("names.txt", "names.txt")
print(open("names.txt").read())
