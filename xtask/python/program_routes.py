"""Random programs in which a list, and items of it, go many ways through classes and functions.

What is done with the list is simple: it is walked, and some items are read, changed, kept or given
back. How it gets there is not: through methods of bases and of classes of the same name, through
properties, setters, callbacks, closures, tables, contexts, exceptions, threads. An analysis that
loses sight of one of these ways takes a list for one that nobody changes.
"""

from __future__ import annotations

import random
import re

from program_kinds import CLASSES, KINDS, Kind

IMPORTS = (
    "contextlib",
    "copy",
    "dataclasses",
    "functools",
    "json",
    "operator",
    "threading",
    "typing",
)

# What can be done to an item here that has methods of its own.
FAMILY = """\
class Parent:
    kept = None
    def __init__(self, n, s):
        self.n = n
        self.s = s
    def peek(self):
        return self.n
    def bump(self):
        self.n += 1
    def _twice(self):
        self.n *= 2
        return self.n
    @property
    def label(self):
        return self.s
    @label.setter
    def label(self, text):
        self.s = text
class Item(Parent):
    def look(self):
        return super().peek()
    def raised(self):
        super().bump()
        return self
    doubled = _double = Parent._twice
    def __repr__(self):
        return f'Item({self.n}, {self.s})'
"""
FAMILY_KIND = Kind(
    "family",
    "Item({i}, {s})",
    "{v}.n",
    "{v}.s",
    (
        "{v}.raised()",
        "{v}.bump()",
        "{v}.label = 'q'",
        "{v}.n += 1",
        "{v}.doubled()",
        "Parent.bump({v})",
        "{v}.raised().raised()",
        "operator.methodcaller('bump')({v})",
    ),
    "Item",
    orders=False,
    as_json=False,
)

# Ways on which `{x}` gets to where `{body}` is done with the parameter `{p}`: definitions, and a
# statement. `{body}` stands alone on its line; `{f}`, `{g}` and `{C}`, `{D}` are new names.
ROUTES = (
    ("def {f}({p}):\n    {body}", "print({f}({x}))"),
    ("def {f}({p}):\n    {body}", "print({f}({p}={x}))"),
    ("def {f}({p}):\n    {body}\ndef {g}({p}):\n    return {f}({p})", "print({g}({x}))"),
    ("class {C}:\n    @staticmethod\n    def {f}({p}):\n        {body}", "print({C}.{f}({x}))"),
    ("class {C}:\n    @staticmethod\n    def {f}({p}):\n        {body}", "print({C}().{f}({x}))"),
    ("class {C}:\n    @classmethod\n    def {f}(cls, {p}):\n        {body}", "print({C}.{f}({x}))"),
    (
        "class {C}:\n    @classmethod\n    def make(cls):\n        return cls()\n"
        "    def {f}(self, {p}):\n        {body}",
        "print({C}.make().{f}({x}))",
    ),
    ("class {C}:\n    def {f}(self, {p}):\n        {body}", "print({C}().{f}({x}))"),
    ("class {C}:\n    def {f}(self, {p}):\n        {body}", "print({C}.{f}({C}(), {x}))"),
    ("class {C}:\n    def {f}(self, {p}):\n        {body}", "tool = {C}()\nprint(tool.{f}({x}))"),
    (
        "class {C}:\n    def run(self, {p}):\n        return 0\n"
        "class {D}({C}):\n    def run(self, {p}):\n        {body}",
        "for tool in ({C}(), {D}()):\n    print(tool.run({x}))",
    ),
    (
        "class {C}:\n    def run(self, {p}):\n        {body}\n"
        "class {D}:\n    def run(self, {p}):\n        return 0",
        "tool = {D}()\nprint(tool.run({x}))\ntool = {C}()\nprint(tool.run({x}))",
    ),
    (
        "class {C}:\n    def run(self, {p}):\n        return 0\n"
        "class {D}({C}):\n    def run(self, {p}):\n        {body}",
        "for made in {C}.__subclasses__():\n    tool = made()\n    print(tool.run({x}))\n"
        "print({C}().run({x}))",
    ),
    (
        "class {C}:\n    def {f}(self, {p}):\n        {body}\n"
        "class {D}({C}):\n    def {g}(self, {p}):\n        return super().{f}({p})",
        "print({D}().{g}({x}))",
    ),
    (
        "class {C}:\n    def {f}(self, {p}):\n        return super().{f}({p})\n"
        "class {D}:\n    def {f}(self, {p}):\n        {body}\nclass {C}Both({C}, {D}):\n    pass",
        "print({C}Both().{f}({x}))",
    ),
    (
        "class {C}:\n    def __init__(self, {p}):\n        self.{p} = {p}\n    def {f}(self):\n"
        "        {p} = self.{p}\n        {body}",
        "print({C}({x}).{f}())",
    ),
    (
        "class {C}:\n    def __init__(self, {p}):\n        self._{f} = {p}\n"
        "class {D}({C}):\n    def __init__(self, {p}):\n        super().__init__({p})\n"
        "    def {f}(self):\n        {p} = self._{f}\n        {body}",
        "job = {D}({x})\nprint(job.{f}())",
    ),
    (
        "class {C}:\n    def __init__(self, {p}):\n        self.{f} = {p}\n    def _get(self):\n"
        "        return self.{f}\n    value = property(_get)\ndef {g}({p}):\n    {body}",
        "job = {C}({x})\nprint({g}(job.value))",
    ),
    (
        "class {C}:\n    def __init__(self):\n        self._{f} = None\n    @property\n"
        "    def {f}(self):\n        return self._{f}\n    @{f}.setter\n    def {f}(self, value):\n"
        "        self._{f} = value\n    def {g}(self):\n        {p} = self._{f}\n        {body}",
        "job = {C}()\njob.{f} = {x}\nprint(job.{g}())",
    ),
    (
        "class {C}:\n    def __init__(self, {p}):\n        self.__{f} = {p}\ndef {g}({p}):\n"
        "    {body}",
        "print({g}({C}({x})._{C}__{f}))",
    ),
    (
        "class {C}:\n    def __init__(self, {p}):\n        self.held = {p}\n"
        "    def __call__(self):\n"
        "        {p} = self.held\n        {body}",
        "print({C}({x})())",
    ),
    (
        "class {C}:\n    def __init__(self, {p}):\n        self.held = {p}\n"
        "    def __enter__(self):\n"
        "        return self.held\n    def __exit__(self, *error):\n        return False\n"
        "def {f}({p}):\n    {body}",
        "with {C}({x}) as held:\n    print({f}(held))",
    ),
    (
        "class {C}:\n    def __init__(self, {p}):\n        self.held = {p}\n"
        "    def __getattr__(self, name):\n        return self.__dict__['held']\n"
        "def {f}({p}):\n    {body}",
        "print({f}({C}({x}).anything))",
    ),
    (
        "@dataclasses.dataclass\nclass {C}:\n    {f}: list\n    def {g}(self):\n"
        "        {p} = self.{f}\n        {body}",
        "job = {C}({x})\nprint(job.{g}())",
    ),
    (
        "class {C}(typing.NamedTuple):\n    {f}: list\n    size: int = 0\ndef {g}({p}):\n"
        "    {body}",
        "pair = {C}({x}, 1)\nprint({g}(pair[0]), pair._replace(size=2).size)",
    ),
    ("def {f}({p}):\n    {body}\n{C} = {{'a': {f}}}", "print({C}['a']({x}))"),
    ("def {f}({p}):\n    {body}", "print(functools.partial({f}, {x})())"),
    ("def {f}({p}):\n    {body}", "act = lambda: {f}({x})\nprint(act())"),
    ("def {f}({p}):\n    {body}", "print((lambda got: {f}(got))({x}))"),
    (
        "def {f}({p}):\n    {body}\ndef {g}(key):\n    return {f}(key())",
        "print({g}(key=lambda: {x}))",
    ),
    (
        "def {f}(work, {p}):\n    return work({p})\ndef {g}({p}):\n    {body}",
        "print({f}({g}, {x}))",
    ),
    ("def {f}({p}):\n    def inner():\n        {body}\n    return inner", "print({f}({x})())"),
    ("def {f}(*args):\n    ({p},) = args\n    {body}", "print({f}({x}))"),
    ("def {f}(*args):\n    {p} = args[-1]\n    {body}", "print({f}(1, {x}))"),
    ("def {f}(**named):\n    {p} = named['a']\n    {body}", "print({f}(a={x}))"),
    ("def {f}(a, {p}=None):\n    {body}", "print({f}(*[1], **{{'{p}': {x}}}))"),
    (
        "def {f}({p}, depth=2):\n    if depth:\n        return {f}({p}, depth - 1)\n    {body}",
        "print({f}({x}))",
    ),
    (
        "def {g}(work):\n    @functools.wraps(work)\n    def inner(*args):\n"
        "        return work(*args)\n"
        "    return inner\n@{g}\ndef {f}({p}):\n    {body}",
        "print({f}({x}))",
    ),
    (
        "{C}s = []\ndef {g}(made):\n    {C}s.append(made)\n    return made\n@{g}\nclass {C}:\n"
        "    def {f}(self, {p}):\n        {body}",
        "tool = {C}s[0]()\nprint(tool.{f}({x}))",
    ),
    (
        "@contextlib.contextmanager\ndef {g}({p}):\n    yield {p}\ndef {f}({p}):\n    {body}",
        "with {g}({x}) as held:\n    print({f}(held))",
    ),
    (
        "def {g}({p}):\n    yield {p}\ndef {f}({p}):\n    {body}",
        "for got in {g}({x}):\n    print({f}(got))",
    ),
    (
        "def {g}({p}):\n    yield 1\n    return {p}\ndef {f}({p}):\n    got = yield from {g}({p})\n"
        "    print({g}done(got))\ndef {g}done({p}):\n    {body}",
        "print(list({f}({x})))",
    ),
    (
        "def {g}():\n    while True:\n        got = yield\n        print({f}(got))\n"
        "def {f}({p}):\n    {body}",
        "sink = {g}()\nnext(sink)\nsink.send({x})",
    ),
    (
        "class {C}(Exception):\n    pass\ndef {f}({p}):\n    {body}",
        "try:\n    raise {C}({x})\nexcept {C} as error:\n    print({f}(error.args[0]))",
    ),
    (
        "def {f}({p}):\n    {body}",
        "work = threading.Thread(target={f}, args=({x},))\nwork.start()\nwork.join()",
    ),
    ("class {C}:\n    pass\ndef {f}(self, {p}):\n    {body}\n{C}.go = {f}", "print({C}().go({x}))"),
    ("class {C}:\n    def {f}(self, {p}):\n        {body}", "print(getattr({C}(), '{f}')({x}))"),
    (
        "class {C}:\n    def {f}(self, {p}):\n        {body}",
        "print(operator.methodcaller('{f}', {x})({C}()))",
    ),
    ("class {C}:\n    def {f}(self, {p}):\n        {body}\n    go = {f}", "print({C}().go({x}))"),
    ("class {C}:\n    def {f}(self, {p}):\n        {body}", "go = {C}().{f}\nprint(go({x}))"),
    (
        "{C} = None\ndef {g}({p}):\n    global {C}\n    {C} = {p}\ndef {f}({p}):\n    {body}",
        "{g}({x})\nprint({f}({C}))",
    ),
    ("def {f}({p}):\n    {body}", "pair = ({x}, 1)\none, _ = pair\nprint({f}(one), {f}(pair[0]))"),
    ("def {f}({p}):\n    {body}", "held = {{'a': {x}}}\nprint({f}(held.get('a')))"),
    ("def {f}({p}):\n    {body}", "print([{f}(one) for one in [{x}]])"),
    ("def {f}({p}):\n    {body}", "print(list(map({f}, [{x}])))"),
    ("def {f}({p}):\n    {body}", "one = other = {x}\nprint({f}(other))"),
    ("def {f}({p}):\n    {body}", "print({f}(copy.copy({x})))"),
    (
        "class {C}:\n    def __init__(self):\n        self.seen = []\n"
        "    def __setitem__(self, at, {p}):\n"
        "        self.seen.append({f}({p}))\ndef {f}({p}):\n    {body}",
        "held = {C}()\nheld[0] = {x}\nprint(held.seen)",
    ),
    (
        "class {C}:\n    def __lshift__(self, {p}):\n        return {f}({p})\ndef {f}({p}):\n"
        "    {body}",
        "print({C}() << {x})",
    ),
)

# What is done with the list; `{one}` is a statement about the item `v`, `{item}` a new item.
WALKS = (
    "for v in rows:\n    {one}\nreturn len(rows)",
    "for at, v in enumerate(rows):\n    {one}\n    if at > 5:\n        return at",
    "for v, w in zip(rows, rows[1:]):\n    {one}\nreturn 0",
    "for v in [u for u in rows if {number} > 1]:\n    {one}\nreturn 1",
    "for v in sorted(rows, key=lambda v: {number}):\n    {one}\nreturn 2",
    "for v in reversed(rows):\n    {one}\nreturn 3",
    "if rows:\n    v = rows[0]\n    {one}\nreturn 4",
    "v = max(rows, key=lambda v: {number}, default=None)\nif v is not None:\n    {one}\nreturn 5",
    "v = next((v for v in rows if {number} == 2), None)\nif v is not None:\n    {one}\nreturn 6",
    "it = iter(rows)\nfor v in it:\n    {one}\n    next(it, None)\nreturn 7",
    "total = 0\nfor v in rows:\n    total += {number}\n    {one}\nreturn total",
    "try:\n    for v in rows:\n        {one}\n        if {number} == 5:\n"
    "            raise ValueError\n"
    "except ValueError:\n    return 'failed'\nfinally:\n    print('done')",
    "return sum({number} for v in rows)",
    "return [{number} for v in rows][:3], len(rows)",
    "return {{ {text} for v in rows }} == set()",
    "rows.append({item})\nreturn len(rows)",
    "rows.extend([{item}])\nreturn sum({number} for v in rows)",
    "rows.sort(key=lambda v: ({text}, {number}))\nreturn {number0}",
)


class Routes:
    """Writes one program."""

    def __init__(self, pick: random.Random, wild: bool) -> None:
        self.pick = pick
        names = ["tuple", "dict", "list", "record", "frozen", "named", "plain", "nested", "int"]
        names += ["family"] * 4 + (["property"] if wild else [])
        name = pick.choice(names)
        self.kind = FAMILY_KIND if name == "family" else KINDS[name]
        self.definitions: list[str] = []
        self.count = 0

    def routed(self, parameter: str, body: list[str], value: str) -> list[str]:
        """Statements that get `value` to where `body` is done with `parameter`."""
        definition, statement = self.pick.choice(ROUTES)
        self.count += 1
        names = {letter: f"{letter}{self.count}" for letter in "fgCD"}
        lines = []
        for line in definition.split("\n"):
            if line.strip() == "{body}":
                lines += [line[: len(line) - len("{body}")] + inner for inner in body]
            else:
                lines.append(line.format(p=parameter, **names))
        self.definitions.append("\n".join(lines) + "\n")
        return statement.format(p=parameter, x=value, **names).split("\n")

    def one(self) -> list[str]:
        """Something done with the item `v`."""
        kind = self.kind
        look = [f"print('see', {kind.number.format(v='v')})"]
        change = self.pick.choice(kind.changes).format(v="v").split("\n") if kind.changes else look
        share = self.pick.random()
        if share < 0.3:
            return ["pass"]
        if share < 0.45:
            return [f"seen.append({kind.number.format(v='v')})"]
        if share < 0.6:
            return change
        if share < 0.7:
            return ["kept.append(v)"]
        deed = [*(change if self.pick.random() < 0.6 else look), "return 0"]
        return ["if len(seen) < 9:", "    seen.append(0)", *indented(self.routed("v", deed, "v"))]

    def walk(self) -> list[str]:
        """A body that uses `rows`."""
        kind = self.kind
        holes = {
            "number": kind.number.format(v="v"),
            "text": kind.text.format(v="v"),
            "number0": kind.number.format(v="rows[0]") + " if rows else None",
            "item": kind.make.format(i="3", s="'w'"),
        }
        lines = []
        for line in self.pick.choice(WALKS).split("\n"):
            if line.strip() == "{one}":
                lines += [line[: len(line) - len("{one}")] + inner for inner in self.one()]
            else:
                lines.append(line.format(**holes))
        # Within a comprehension of its own the item has another name.
        return [line.replace("[u for u in rows if v", "[u for u in rows if u") for line in lines]

    def program(self) -> str:
        """The text."""
        kind = self.kind
        made = kind.make.format(i="i", s="'abc'[i % 3]")
        size = self.pick.choice(["3", "40", "700", "900"])
        fill = ["rows = []", f"for i in range({size}):", f"    rows.append({made})"]
        share = self.pick.random()
        if share < 0.3:
            self.definitions.append(
                "\n".join(["def load():", *indented([*fill, "return rows"])]) + "\n"
            )
            main = ["rows = load()"]
        elif share < 0.45:
            fill = [line.replace("rows", "self.rows") for line in fill]
            owner = [
                "class Store:",
                "    def fill(self):",
                *indented(indented([*fill, "return self"])),
            ]
            self.definitions.append("\n".join(owner) + "\n")
            main = ["store = Store().fill()", "rows = store.rows"]
        elif share < 0.55:
            main = [f"rows = [{made} for i in range({size})]"]
        else:
            main = fill
        for _ in range(self.pick.randrange(1, 4)):
            main += self.routed("rows", self.walk(), "rows")
        if kind.changes and self.pick.random() < 0.3:
            main += [
                "for v in kept:",
                *indented(self.pick.choice(kind.changes).format(v="v").split("\n")),
            ]
        number, text = kind.number.format(v="v"), kind.text.format(v="v")
        main += [
            f"print(sum({number} for v in rows), ''.join({text} for v in rows)[:60], len(rows))"
        ]
        main += ["print(len(kept), len(seen), rows[:2])"]
        classes = [FAMILY] if kind is FAMILY_KIND else [CLASSES[kind.needs]] if kind.needs else []
        state = "kept = []\nseen = []\n"
        body = "\n".join(
            ["def main():", *indented(main), "", "if __name__ == '__main__':", "    main()", ""]
        )
        source = "\n".join([*classes, state, *self.definitions, body])
        used = [name for name in IMPORTS if re.search(rf"\b{name}\.", source)]
        return "".join([*(f"import {name}\n" for name in used), source])


def route(pick: random.Random, wild: bool) -> tuple[str, list[str]]:
    """A program, and the assumptions that it breaks."""
    writer = Routes(pick, wild)
    source = writer.program()
    return source, [writer.kind.wild] if writer.kind.wild else []


def indented(lines: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return [f"    {line}" for line in lines]
