"""Random small programs around the shapes that the rules look for.

A program is a few helpers, one or two functions, and calls of them that print. In each
function lists are built, something happens in between, they are walked, and something happens
afterwards. About half of the programs are as plain as an engineer would write them; the rest
do one of the things in between that make a rewrite wrong.

What breaks a named assumption of the optimizer is found in the finished text by `broken`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple

PURE = "operators-are-pure"
ORDER = "total-order"
UNCHANGED = "files-unchanged-while-read"
STOP = "no-stray-stop-iteration"
ONE_ERROR = "one-error-at-a-time"
PATCHED = "module-not-patched"
FRAMES = "no-frame-introspection"

HELPERS = {
    "pure": "def pure(value):\n    return value * 2 + 1\n",
    "noisy": "def noisy(value):\n    print('noisy', value)\n    return value\n",
    "checked": (
        "def checked(value):\n    if value == 3:\n        raise ValueError(f'bad {value}')\n"
        "    return value\n"
    ),
    "count": (
        "calls = 0\ndef count(value):\n    global calls\n    calls += 1\n    return value + calls\n"
    ),
    "seen": "log = []\ndef seen(value):\n    log.append(value)\n    return len(log)\n",
    "stops": (
        "def stops(value):\n    if value == 2:\n        raise StopIteration(value)\n    return value\n"
    ),
    "feed": "feed = iter([5, 6, 7])\n",
    "table": "table = {0: 5, 1: 4, 2: 3, 3: 2, 4: 1, 5: 0, 7: 9}\n",
    "Context": (
        "class Context:\n    def __enter__(self):\n        print('enter')\n        return self\n"
        "    def __exit__(self, *error):\n        print('exit', error[0] and error[0].__name__)\n"
    ),
    "Failing": "class Failing(Exception):\n    pass\n",
    "keep": "kept = []\ndef keep(value):\n    kept.append(value)\n",
    "spy": (
        "def spy():\n    import sys\n    frame = sys._getframe(1)\n"
        "    print(sorted(n for n in frame.f_locals if len(n) == 1))\n"
    ),
    "Effect": (
        "class Effect:\n    def __init__(self, value):\n        self.value = value\n"
        "    def __add__(self, other):\n        print('add', self.value)\n"
        "        return self.value + getattr(other, 'value', other)\n    __radd__ = __add__\n"
        "    def __lt__(self, other):\n        print('lt', self.value)\n"
        "        return self.value < getattr(other, 'value', other)\n"
        "    def __eq__(self, other):\n        print('eq', self.value)\n"
        "        return self.value == getattr(other, 'value', other)\n"
        "    def __hash__(self):\n        print('hash', self.value)\n        return self.value\n"
        "    def __mod__(self, other):\n        return self.value % other\n"
        "    def __repr__(self):\n        return f'E{self.value}'\n"
    ),
    "give": (
        "def give(items):\n    for item in items:\n        print('give', item)\n        yield item\n"
        "    print('given')\n"
    ),
    "agive": "async def agive(items):\n    for item in items:\n        yield item\n",
    "drive": (
        "def drive(work):\n    try:\n        work.send(None)\n    except StopIteration as end:\n"
        "        return end.value\n"
    ),
}

RUN = """\
def run(function, *args):
    try:
        result = function(*args)
        if hasattr(result, '__next__'):
            result = list(result)
        print('->', type(result).__name__, result)
    except Exception as error:
        print('!!', type(error).__name__, error)
"""

INTS = [
    "[3, 1, 3, 2, 1]",
    "[]",
    "[4]",
    "[5, 0, 7]",
    "[True, 1, 0, False]",
    "[2, 2, 2]",
    "list(range(8))",
    "(2, 1, 4)",
    "range(5)",
    "[7, 5, 4, 2, 1, 0]",
    "[-1, 4, -1, 7]",
]
STRINGS = [
    "['10', '9', '10', '1']",
    "[]",
    "['7']",
    "['3', 'x', '5']",
    "['b', 'a', 'b']",
    "['4', '', '2']",
    "'hello'",
    "['1', ' 2 ', '3']",
]
PAIRS = [
    "[(2, 'b'), (1, 'a'), (2, 'a')]",
    "[]",
    "[(1, 'z')]",
    "[(0, 'q'), (0, 'p'), (3, 'q')]",
    "[(5, 'a'), (4, 'a')]",
]
TEXTS = [
    "3 a\\n1 b\\n3 c\\n",
    "",
    "5 x",
    "4 a\\n\\n2 b",
    "1 a\\x0b2 b\\n3 c\\n",
    "1 a\\r\\n2 b\\r3 c",
    "2 a\\x852 b\\n1\\u2028c",
    "\\n",
    "7 a\\n7 b\\n7 a\\n",
    "2 a\\n1 'b\\n",
    "9 \\x1c8\\n7",
]
TABLES = ["id,n\\n1,5\\n2,7\\n", "", "id,n\\n", 'id,n\\n1,"a\\nb"\\n2,3', "id,n\\r\\n3,4\\r\\n"]


class Source(NamedTuple):
    """Something to build a list from."""

    text: str
    kind: str
    # A name of a list that may be changed under way.
    changeable: str = ""


class Writer:
    """Writes one program."""

    def __init__(self, pick: random.Random, wild: bool) -> None:
        self.pick = pick
        self.wild = wild
        self.plain = not wild and pick.random() < 0.5
        self.helpers: list[str] = []
        self.names = 0

    # Small choices.

    def chance(self, share: float) -> bool:
        return self.pick.random() < share

    def trouble(self, share: float) -> bool:
        """Whether to do something that makes rewriting hard."""
        return not self.plain and self.chance(share)

    def use(self, name: str) -> str:
        """A helper's name, which gets the helper defined."""
        if name not in self.helpers:
            self.helpers.append(name)
        return name

    def fresh(self) -> str:
        self.names += 1
        return "abcdegh"[self.names % 7] + (str(self.names // 7) if self.names >= 7 else "")

    def weighted(self, *choices: tuple[int, Callable[[], str]]) -> str:
        weights = [weight for weight, _ in choices]
        return self.pick.choices([make for _, make in choices], weights)[0]()

    # Expressions of one item.

    def number(self, v: str) -> str:
        """An int from the int `v`."""
        c = self.pick.choice([1, 2, 3, 5])
        harmless: list[tuple[int, Callable[[], str]]] = [
            (5, lambda: v),
            (4, lambda: f"{v} + {c}"),
            (3, lambda: f"{v} * {v}"),
            (3, lambda: f"{v} % {c}"),
            (2, lambda: f"{v} + k"),
            (2, lambda: f"abs({v})"),
            (2, lambda: f"{self.use('pure')}({v})"),
            (1, lambda: f"-{v}"),
            (1, lambda: f"{v} if {v} > {c} else k"),
            (1, lambda: f"len(str({v}))"),
            (1, lambda: f"min({v}, k)"),
            (1, lambda: f"float({v})"),
        ]
        if self.plain:
            return self.weighted(*harmless)
        return self.weighted(
            *harmless,
            (3, lambda: f"{self.use('noisy')}({v})"),
            (2, lambda: f"{self.use('checked')}({v})"),
            (2, lambda: f"10 // {v}"),
            (2, lambda: f"{self.use('table')}[{v}]"),
            (1, lambda: f"{self.use('count')}({v})"),
            (1, lambda: f"{self.use('seen')}({v})"),
            (1, lambda: f"{self.use('stops')}({v})"),
            (1, lambda: f"{v} + next({self.use('feed')})"),
            (1, lambda: f"{v} + next({self.use('feed')}, 0)"),
            (1, lambda: f"(t := {v} + 1)"),
            (1, lambda: f"(lambda: {v} + k)()"),
        )

    def item(self, v: str, kind: str) -> tuple[str, str]:
        """An expression of the item `v`, and its kind."""
        if kind == "int":
            shape = self.pick.random()
            if shape < 0.75:
                return self.number(v), "int"
            if shape < 0.9:
                return f"({self.number(v)}, str({v}))", "pair"
            return f"str({v})", "str"
        if kind == "pair":
            texts = [(f"{v}[0]", "int"), (v, "pair"), (f"({v}[0] % 2, {v}[1])", "pair")]
            texts += [(f"{v}[1]", "str"), (f"{v}[0] + k", "int")]
            return self.pick.choice(texts)
        if kind == "row":
            texts = [(v, "row"), (f"len({v})", "int"), (f"','.join({v})", "str")]
            return self.pick.choice(texts)
        if self.trouble(0.3):
            return f"int({v})", "int"
        texts = [(f"{v}.upper()", "str"), (f"len({v})", "int"), (f"{v} + '!'", "str")]
        texts += [(f"{v}.strip()", "str"), (v, "str"), (f"(len({v}), {v})", "pair")]
        return self.pick.choice(texts)

    def test(self, v: str, kind: str) -> str:
        """A condition on the item `v`."""
        c = self.pick.choice([0, 1, 2, 4])
        if kind == "int":
            texts = [f"{v} > {c}", f"{v} % 2 == 0", f"{v} != k", f"{v}"]
            if not self.plain:
                texts += [f"{self.use('noisy')}({v}) > {c}", f"(u := {v}) > 1"]
            return self.pick.choice(texts)
        if kind == "pair":
            return self.pick.choice([f"{v}[0] > {c}", f"{v}[1] != 'a'"])
        return self.pick.choice([f"len({v}) > {c}", f"{v}", f"not {v}"])

    # Building a list.

    def build(self, name: str, source: Source) -> tuple[list[str], str]:
        """Lines that build the list `name`, and the kind of its items."""
        v = self.pick.choice(["v", "v", "v", "x", "n"])
        expression, kind = self.item(v, source.kind)
        where = f" if {self.test(v, source.kind)}" if self.chance(0.35) else ""
        shape = self.pick.random()
        if shape < 0.4:
            if self.chance(0.12):
                return [
                    f"{name} = [{expression} for {v} in {source.text}{where} for w in range(2)]"
                ], kind
            return [f"{name} = [{expression} for {v} in {source.text}{where}]"], kind
        if shape < 0.5:
            made = self.pick.choice(
                [f"list({expression} for {v} in {source.text}{where})", f"list({source.text})"]
            )
            return [f"{name} = {made}"], kind if " for " in made else source.kind
        if shape < 0.58:
            if source.kind == "str" and self.trouble(0.5):
                return [f"{name} = list(map(int, {source.text}))"], "int"
            return [f"{name} = list(map(lambda {v}: {expression}, {source.text}))"], kind
        if shape < 0.64:
            return [f"{name} = {self.ordered(source.text, source.kind)}"], source.kind
        return self.loop(name, v, expression, source), kind

    def loop(self, name: str, v: str, expression: str, source: Source) -> list[str]:
        """The same by a loop that appends."""
        start = "[]" if self.chance(0.93) else "list()"
        add = f"{name}.append({expression})"
        body = [add]
        if self.chance(0.3):
            body = [f"if {self.test(v, source.kind)}:", f"    {add}"]
        if self.trouble(0.3):
            body = self.pick.choice(
                [
                    [f"if not {v}:", "    continue", *body],
                    [f"if {v} == 'x' or {v} == 2:", "    break", *body],
                    [
                        "try:",
                        f"    {add}",
                        "except (ValueError, ZeroDivisionError) as error:",
                        "    print('skipped', type(error).__name__)",
                    ],
                    [*body, f"if len({name}) > 3:", "    break"],
                    [f"{name} += [{expression}]"],
                    [f"{name}.extend([{expression}, {expression}])"],
                    [*body, f"print('built', {v})"],
                    [f"{name}.insert(0, {expression})"],
                    [*body, f"print({name}[-1] if {name} else None)"],
                    ["for w in (1, 2):", f"    {add}"],
                ]
            )
        lines = [f"{name} = {start}", f"for {v} in {source.text}:", *indented(body)]
        if self.trouble(0.1):
            lines += ["else:", "    print('all built')"]
        return lines

    def ordered(self, text: str, kind: str) -> str:
        """A `sorted` of it."""
        keys = {
            "int": ["lambda q: q % 3", "lambda q: -q", "abs", "lambda q: 0"],
            "pair": ["lambda q: q[0]", "lambda q: q[1]", "lambda q: (q[1], q[0])"],
            "str": ["len", "lambda q: q[-1:]", "lambda q: q.lower()"],
            "row": ["len"],
        }[kind]
        if self.trouble(0.2) and kind == "int":
            keys = [self.use("noisy"), f"lambda q: {self.use('checked')}(q)"]
        key = f", key={self.pick.choice(keys)}" if self.chance(0.6) else ""
        reverse = ", reverse=True" if self.chance(0.25) else ""
        return f"sorted({text}{key}{reverse})"

    # Using a list.

    def consumed(self, text: str, kind: str) -> str:
        """An expression that takes everything from `text`."""
        calls = ["len({})", "set({})", "any({})", "all({})", "frozenset({})", "tuple({})"]
        calls += ["max({}, default=None)", "min({}, default=None)", "list({})", "sorted({})"]
        calls += [
            "collections.Counter({})",
            "collections.deque({}, maxlen=2)",
            "collections.deque({})",
            "[q for q in sorted(set({}), reverse=True)]",
            "list(dict.fromkeys({}))",
        ]
        if kind == "row":
            calls = ["len({})", "any({})", "list({})", "tuple({})"]
        if kind == "int":
            calls += ["sum({})", "sum({})", "sum({})", "sum({}, k)"]
            calls += ["max({}, key=lambda q: q % 3, default=0)", "min({}, key=abs, default=0)"]
            if self.trouble(0.4):
                return self.pick.choice(["max({})", "min({})"]).format(text)
        if kind == "pair":
            calls += ["dict({})", "dict({})", "max({}, key=lambda q: q[0], default=None)"]
        if kind == "str":
            calls += ["''.join({})"]
        call = self.pick.choice(calls).format(text)
        # The order of a set of strings is nobody's business.
        return f"sorted({call}, key=repr)" if call.startswith(("set(", "frozenset(")) else call

    def picked(self, text: str, kind: str) -> str:
        """A few of the sorted items."""
        ordered = self.ordered(text, kind)
        part = self.pick.choice(["[0]", "[-1]", "[:2]", "[:k]", "[:1]", "[-2:]", "[1:3]", "[::-1]"])
        return ordered + part

    def comprehension(self, source: Source) -> tuple[str, str]:
        """A list comprehension that is an argument itself."""
        expression, kind = self.item("v", source.kind)
        where = f" if {self.test('v', source.kind)}" if self.chance(0.3) else ""
        return f"[{expression} for v in {source.text}{where}]", kind

    def direct(self, source: Source) -> list[str]:
        """A list that is made and consumed in one expression."""
        text, kind = self.comprehension(source)
        shape = self.pick.random()
        if shape < 0.55:
            return [f"print({self.consumed(text, kind)})"]
        if shape < 0.7 and source.kind != "row":
            return [f"print({self.picked(source.text, source.kind)})"]
        if shape < 0.8:
            return ["more = [0]", f"more.extend({text})", "print(more)"]
        if shape < 0.87:
            return ["some = set()", f"some.update({text})", "print(sorted(some, key=repr))"]
        if shape < 0.94:
            lines = f"[str(v) + '\\n' for v in {source.text}]"
            return ["with open('out.txt', 'w') as out:", f"    out.writelines({lines})"]
        return [f"for v in {text}:", *indented(self.walk_body("v", kind, source))]

    def walk(self, name: str, kind: str, source: Source) -> list[str]:
        """Lines that use the list `name` once."""
        shape = self.pick.random()
        if shape < 0.4:
            v = self.pick.choice(["v", "v", "y"])
            text = name
            if self.chance(0.3) and kind != "row":
                text = self.ordered(name, kind)
            elif self.chance(0.1):
                return [f"for i, {v} in enumerate({name}):", f"    print(i, {v})"]
            lines = [f"for {v} in {text}:", *indented(self.walk_body(v, kind, source))]
            if self.trouble(0.12):
                lines += ["else:", "    print('walked')"]
            return lines
        if shape < 0.5 and kind != "row":
            how = self.pick.choice(["", "", "reverse=True", "key=lambda q: repr(q)"])
            return [
                f"{name}.sort({how})",
                f"for v in {name}:",
                *indented(self.walk_body("v", kind, source)),
            ]
        if shape < 0.58 and kind != "row":
            return [f"print({self.picked(name, kind)})"]
        if shape < 0.63:
            return [f"print(list(zip({name}, range(9))))"]
        if shape < 0.68:
            return ["more = [0]", f"more.extend({name})", "print(more)"]
        return [f"print({self.consumed(name, kind)})"]

    def walk_body(self, v: str, kind: str, source: Source) -> list[str]:
        """The body of a loop over a list."""
        expression, _ = self.item(v, kind)
        body = self.pick.choice(
            [
                [f"print({expression})"],
                [f"total += len(repr({v}))"],
                [f"result.append({expression})"],
                [f"groups.setdefault(repr({v})[-1:], []).append({v})"],
                [f"groups[repr({v})[-1:]] = groups.get(repr({v})[-1:], 0) + 1"],
            ]
        )
        if not self.trouble(0.4):
            return body
        extra = [
            ["k += 1"],
            ["if total > 5:", "    break"],
            [f"if {v}:", "    continue"],
            [f"if repr({v}) == '2':", f"    return {v}"],
            [f"if repr({v}) == '1':", f"    raise {self.use('Failing')}({v})"],
            [f"{self.use('noisy')}({v})"],
            [f"{self.use('table')}[1] = 8"],
            [f"{self.use('table')}.pop(3, None)"],
            [f"{self.use('keep')}({v})"],
        ]
        if source.changeable:
            changed = source.changeable
            extra += [
                [f"if len({changed}) < 9:", f"    {changed}.append({changed}[0])"],
                [f"if {changed}:", f"    {changed}.pop()"],
                [f"{changed}[:] = {changed}[1:]"],
            ]
        return [*body, *self.pick.choice(extra)]

    def between(self, name: str, kind: str, source: Source) -> list[str]:
        """What makes it wrong to build the list later than it is built."""
        choices = [
            ["k += 1"],
            ["k = 0"],
            ["print('between')"],
            [f"{self.use('noisy')}(0)"],
            [f"other = {name}"],
            [f"print(len({name}))"],
            [f"if not {name}:", "    return 'nothing'"],
            [f"if {name}:", "    print('some')"],
            [f"{self.use('table')}.clear()"],
            [f"{self.use('table')}[1] = 7"],
            [f"{self.use('keep')}({name})"],
            [f"{self.use('checked')}(k)"],
            ["if k > 3:", "    return 'early'"],
            [f"{name} = {name}"],
            [f"{name} = {name} + {name}[:1]"],
            [
                f"{name}.append({name}[0] if {name} else 1)"
                if kind == "int"
                else f"{name}.reverse()"
            ],
            [f"{name} += {name}[:1]"],
            [f"get = lambda: {name}", "print(get())"],
            ["print(sorted(locals()))"],
            [f"print({name} == [], isinstance({name}, list))"],
            [f"del {name}[:1]"],
            [f"print({name}[:2])"],
            ["calls = 5"],
            [f"if {name} and k:", f"    {name} = {name}[1:]"],
            [f"next({self.use('feed')}, None)"],
        ]
        if source.changeable:
            changed = source.changeable
            choices += [
                [f"{changed}.append({changed}[0] if {changed} else None)"],
                [f"{changed}.clear()"],
            ]
            choices += [
                [f"{changed} = []"],
                [f"if {changed}:", f"    {changed}[0] = {changed}[-1]"],
            ]
            choices += self.held(changed)
        if self.wild:
            choices.append([f"{self.use('spy')}()"])
        return self.pick.choice(choices)

    def held(self, changed: str) -> list[list[str]]:
        """Ways to change a list through something else that has hold of it."""
        last = f"{changed}[-1] if {changed} else None"
        holders = {
            f"hold = {{'k': [{changed}]}}": "hold['k'][0]",
            f"hold = dict([('k', {changed})])": "hold['k']",
            f"_, *hold = [0, {changed}]": "hold[0]",
            f"hold = list(zip([{changed}], [1]))": "hold[0][0]",
            f"hold = [{changed}] * 2": "hold[1]",
            f"hold, _ = {changed}, 0": "hold",
        }
        through = [
            [line, f"if {changed}:", f"    {path}[0] = {changed}[-1]"]
            for line, path in holders.items()
        ]
        return [
            *self.pick.sample(through, 2),
            [f"add = {changed}.append", f"add({last})"],
            [f"add = lambda to={changed}: to.append({last})", "add()"],
            [f"hold = iter({changed})", f"{changed}[:0] = hold"],
        ]

    def after(self, name: str, source: Source) -> list[str]:
        """What asks for more than one walk gives."""
        choices = [
            [f"print(len({name}))"],
            [f"print({name})"],
            [f"for v in {name}:", "    print('again', v)"],
            [f"del {name}"],
            [f"{name} = None"],
            ["print(v)"],
            ["print(k)"],
            ["print(sorted(locals()))"],
            [f"result = {name}"],
            [f"result.append({name})"],
            [f"result = {name}[:1]"],
        ]
        if source.changeable:
            choices.append([f"print({source.changeable})"])
        return self.pick.choice(choices)

    def pipeline(self, source: Source) -> list[str]:
        """Build, something between, walk, something after."""
        if self.chance(0.25):
            return self.direct(source)
        name = self.fresh()
        lines, kind = self.build(name, source)
        if self.trouble(0.35):
            lines += self.between(name, kind, source)
        while self.chance(0.3):
            following = self.fresh()
            more, kind = self.build(following, Source(name, kind, name))
            lines += more
            if self.trouble(0.2):
                lines += self.between(following, kind, Source(name, kind, name))
            source = Source(name, kind, name) if self.chance(0.5) else source
            name = following
        lines += self.walk(name, kind, source)
        if self.trouble(0.25):
            lines += self.after(name, source)
        return lines

    # Files.

    def file_pipeline(self) -> list[str]:
        """The same with the lines of the file `path`."""
        name = self.fresh()
        reads = ["f.readlines()", "f.read().splitlines()", "f.read().split('\\n')", "list(f)"]
        reads += [
            "[q.strip() for q in f]",
            "f.readlines()",
            "[q.rstrip('\\n') for q in f.readlines()]",
        ]
        if self.trouble(0.15):
            reads = [
                "f.read().splitlines(True)",
                "f.read().split()",
                "f.readlines(3)",
                "f.read().split('\\r')",
            ]
        read = self.pick.choice(reads)
        source = Source(name, "str", name)
        body = self.walk_body("line", "str", source)
        if self.trouble(0.3):
            body += self.pick.choice(
                [
                    ["print(f.read(1))"],
                    ["if total < 20:", "    f.seek(0)", "    total += 10"],
                    ["print(f.closed)"],
                    ["if line:", "    break"],
                    ["f.readline()"],
                    ["print(f.readable())"],
                ]
            )
        if self.wild and self.chance(0.2):
            body += ["with open(path, 'a') as more:", "    more.write('z\\n')"]
        opened = self.pick.choice(
            ["open(path)", "open(path)", "open(path, newline='')", "open(path, 'r')"]
        )
        header = ["f.readline()"] if self.chance(0.15) else []
        shape = self.pick.random()
        if shape < 0.3:
            inside = [*header, f"for line in {read}:", *indented(body)]
        elif shape < 0.55:
            inside = [*header, f"{name} = {read}", f"for line in {name}:", *indented(body)]
        elif shape < 0.7:
            inside = [*header, f"{name} = {read}", *self.pipeline(source)]
        elif shape < 0.8:
            inside = [*header, f"print({self.consumed(read, 'str')})"]
        elif shape < 0.9:
            outside = [
                f"for line in {name}:",
                *indented([line for line in body if "f." not in line] or ["pass"]),
            ]
            return [f"with {opened} as f:", *indented([*header, f"{name} = {read}"]), *outside]
        else:
            return [
                f"f = {opened}",
                *header,
                f"{name} = {read}",
                *(["f.close()"] if self.chance(0.5) else []),
                f"for line in {name}:",
                "    print(repr(line))",
                "f.close()",
            ]
        if self.trouble(0.2):
            inside += self.pick.choice(
                [
                    ["print(f.tell())"],
                    ["print(f.read())"],
                    [f"print(len({name}))"] if name in " ".join(inside) else ["pass"],
                ]
            )
        return [f"with {opened} as f:", *indented(inside)]

    def table_pipeline(self) -> list[str]:
        """The same with the rows of a CSV file."""
        name = self.fresh()
        if self.chance(0.5):
            read, use = "list(csv.reader(f))", f"print(len({name}[0]) if {name} else 0)"
            body = self.pick.choice(
                [["print(row)"], ["total += len(row)"], ["result.append(row[:1])"]]
            )
        else:
            read, use = "list(csv.DictReader(f))", f"print(len({name}))"
            body = self.pick.choice(
                [["print(row)"], ["total += len(row)"], ["result.append(row.get('n'))"]]
            )
        if self.trouble(0.3):
            body += self.pick.choice([["print(f.closed)"], ["break"], ["f.readline()"], ["k += 1"]])
        lines = [f"{name} = {read}"]
        if self.trouble(0.25):
            lines.append(use)
        walk = [f"for row in {name}:", *indented(body)]
        if self.chance(0.3):
            lines, walk = [], [f"for row in {read}:", *indented(body)]
        if self.trouble(0.3) and lines:
            walk = [line.replace("f.closed", "k").replace("f.readline()", "pass") for line in walk]
            return ["with open(path, newline='') as f:", *indented(lines), *walk]
        after = [use] if lines and self.trouble(0.2) else []
        return ["with open(path, newline='') as f:", *indented([*lines, *walk, *after])]

    # Functions.

    def wrapped(self, lines: list[str]) -> list[str]:
        """Statements within other statements."""
        if self.chance(0.75):
            return lines
        return self.pick.choice(
            [
                ["if k:", *indented(lines), "else:", "    print('no k')"],
                ["for again in range(2):", *indented(lines)],
                ["try:", *indented(lines), "finally:", "    print('finally', total)"],
                [
                    "try:",
                    *indented(lines),
                    "except Exception as error:",
                    "    print('caught', type(error).__name__)",
                ],
                [f"with {self.use('Context')}():", *indented(lines)],
                ["while True:", *indented(lines), "    break"],
            ]
        )

    def function(self, name: str) -> tuple[list[str], list[str]]:
        """A function, and the texts of arguments to call it with."""
        shape = self.pick.random()
        if shape < 0.5:
            parameter, inputs, kind = "xs", INTS, "int"
        elif shape < 0.65:
            parameter, inputs, kind = "xs", STRINGS, "str"
        elif shape < 0.78:
            parameter, inputs, kind = "xs", PAIRS, "pair"
        elif shape < 0.93:
            parameter, inputs, kind = "path", TEXTS, "file"
        else:
            parameter, inputs, kind = "path", TABLES, "table"
        body: list[str] = []
        for _ in range(self.pick.choice([1, 1, 1, 2])):
            if kind == "file":
                body += self.wrapped(self.file_pipeline())
            elif kind == "table":
                body += self.wrapped(self.table_pipeline())
            else:
                body += self.wrapped(self.pipeline(self.source(parameter, kind)))
        arguments = [
            self.argument(kind, text) for text in self.pick.sample(inputs, k=min(3, len(inputs)))
        ]
        if any(use in " ".join(body) for use in ("xs.", "xs[", "reversed(xs)")):
            # Only lists can do that; an error there would come of an unknown type.
            arguments = [
                text if text.startswith(("[", "list(")) else inputs[0] for text in arguments
            ]
        return self.declared(name, parameter, body), arguments

    def source(self, parameter: str, kind: str) -> Source:
        """What the first list is built from."""
        if kind == "int" and not self.plain:
            text = self.pick.choice(
                [parameter] * 5
                + [
                    f"{self.use('give')}({parameter})",
                    "range(k + 3)",
                    f"iter({parameter})",
                    f"{parameter}[1:]",
                    f"sorted({parameter})",
                    f"reversed({parameter})",
                    f"{{q: 1 for q in {parameter}}}",
                ]
            )
            return Source(text, kind, parameter)
        return Source(parameter, kind, parameter)

    def argument(self, kind: str, text: str) -> str:
        """The text of one argument."""
        if kind in ("file", "table"):
            return f"written({text!r})".replace("\\\\", "\\")
        if kind == "int" and self.wild and self.chance(0.2):
            self.use("Effect")
            return "[Effect(v) for v in (3, 1, 3, 2)]"
        if kind == "int" and self.wild and self.chance(0.15):
            return "[2.0, float('nan'), 1.0, float('nan'), 3.0]"
        if kind == "int" and not self.plain and self.chance(0.1):
            return f"({self.pick.choice(['n', 'n + 1', 'n * n'])} for n in {text})"
        if text.startswith("[") and self.trouble(0.2):
            return f"list({text} * 2)"
        return text

    def declared(self, name: str, parameter: str, body: list[str]) -> list[str]:
        """The body as a function of one of several sorts."""
        result = self.pick.choice(
            ["return total, result, groups"] * 3 + ["return total", "return result"]
        )
        whole = ["total = 0", "result = []", "groups = {}", *body, result]
        if self.trouble(0.08):
            # A name that only looks like the builtin.
            shadow = self.pick.choice(["sum", "sorted", "len", "max", "any", "list", "set"])
            whole.insert(0, f"{shadow} = {shadow_of(shadow)}")
        head = f"def {name}({parameter}, k=2):"
        shape = self.pick.random() if not self.plain else self.pick.random() * 0.7
        if shape < 0.72:
            return [head, *indented(whole)]
        if shape < 0.78:
            return [
                "class Holder:",
                f"    def {name}(self, {parameter}, k=2):",
                *indented(indented(whole)),
                f"{name} = Holder().{name}",
            ]
        if shape < 0.84:
            return [
                head,
                "    def inner():",
                "        nonlocal k",
                *indented(indented(whole)),
                "    value = inner()",
                "    return value, k",
            ]
        if shape < 0.9:
            return [
                head,
                *indented(
                    [
                        line.replace("print(", "yield (", 1)
                        if line.lstrip().startswith("print(") and line.count("(") == line.count(")")
                        else line
                        for line in whole
                    ]
                ),
            ]
        if shape < 0.95:
            self.use("drive")
            texts = [
                line.replace(f" in {parameter}]", f" in {self.use('agive')}({parameter})]").replace(
                    "for v in agive", "async for v in agive"
                )
                for line in whole
            ]
            if any("(lambda" in line or "u :=" in line for line in texts):
                texts = whole
            return [
                f"async def {name}_later({parameter}, k=2):",
                *indented(texts),
                head,
                f"    return drive({name}_later({parameter}, k))",
            ]
        default = "calls = 0" if "calls" not in " ".join(whole) else "pass"
        return [head, *indented([f"class Local:\n        {default}"]), *indented(whole)]

    def program(self) -> str:
        """All of it."""
        functions: list[list[str]] = []
        calls: list[str] = []
        for number in range(1 if self.chance(0.75) else 2):
            lines, arguments = self.function(f"work{number}")
            functions.append(lines)
            for argument in arguments:
                extra = self.pick.choice(["", "", "", ", 0", ", 5"])
                if argument.startswith("[") and self.chance(0.4):
                    calls += [
                        f"data = {argument}",
                        f"run(work{number}, data{extra})",
                        "print(data)",
                    ]
                else:
                    calls.append(f"run(work{number}, {argument}{extra})")
        if self.chance(0.1):
            calls.append(
                calls[-1].replace("run(work0, ", "work0(")
                if "work0" in calls[-1]
                else "print('end')"
            )
        written = " ".join(line for lines in functions for line in lines)
        calls += [
            f"print({name})"
            for helper, name in (("keep(", "kept"), ("seen(", "log"))
            if helper in written
        ]
        parts = ["import collections\nimport csv\n", RUN]
        if any("written(" in call for call in calls):
            parts.append(
                "def written(text):\n    with open('data.txt', 'w', newline='', encoding='utf-8') as f:\n"
                "        f.write(text)\n    return 'data.txt'\n"
            )
        if self.trouble(0.06):
            shadow = self.pick.choice(["sum", "sorted", "len", "max", "any", "list"])
            parts.append(f"{shadow} = {shadow_of(shadow)}\n")
        if self.wild and self.chance(0.05):
            calls.insert(0, "import builtins; builtins.sum = lambda items, start=0: len(items)")
        texts = ["\n".join(lines) + "\n" for lines in functions]
        # Shapes that were not taken may have asked for helpers too.
        used = " ".join([*texts, *calls])
        parts += [HELPERS[name] for name in self.helpers if re.search(rf"\b{name}\b", used)]
        parts += texts
        if self.trouble(0.1):
            calls = ["def main():", *indented(calls), "main()"]
        return "\n".join([*parts, *calls]) + "\n"


BREAKS = {
    PURE: r"10 // |\btable\[|\bEffect\(|\bgive\(",
    STOP: r"\bstops\(",
    ORDER: r"'nan'",
    PATCHED: r"builtins\.sum",
    FRAMES: r"\bspy\(",
    UNCHANGED: r"more\.write",
}
FAILING = re.compile(
    r"10 // |\btable\[|\bstops\(|\bchecked\(|\bFailing\(|next\(feed\)|\bint\(|map\(int,|Effect\("
    r"|\.append\(\w+\[0\]\)"
)


def broken(program: str) -> list[str]:
    """The named assumptions that a program may break."""
    own = re.sub(
        r"^(def|class) (stops|checked|Failing|Effect|give|spy)\b.*", "", program, flags=re.M
    )
    own = own.replace("feed = iter", "").replace("Exception", "")
    names = [name for name, pattern in BREAKS.items() if re.search(pattern, own)]
    # Two places that may fail may compete for which error is raised.
    if len(FAILING.findall(own)) > 1:
        names.append(ONE_ERROR)
    return sorted(names)


def shadow_of(name: str) -> str:
    """A function that is not the builtin of that name, and does not take its place well."""
    same = f"(lambda *a, _b=__import__('builtins').{name}, **b: (print('own {name}', type(a[0]).__name__ "
    return same + "if a else ''), _b(*a, **b))[1])"


def indented(lines: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return [f"    {line}" for line in lines]
