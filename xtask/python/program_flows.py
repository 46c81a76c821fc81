"""Random programs of several functions: lists that one makes, others change, and others use.

A program reads or makes records in one function, hands the list to others (called by place, by
name, through an alias, as methods, from two places), and walks it once or several times. Half of
the programs are as plain as an engineer would write them; in the others something happens to the
list or its items that forbids to make it lazily or to keep copies of its items on disk.
"""

from __future__ import annotations

import random
import re
from typing import NamedTuple

from program_kinds import CLASSES, KINDS, MEDDLING, PROBES, Kind
from program_uses import (
    AFTER_ADDING,
    AROUND,
    BETWEEN_PASSES,
    DISTINCT,
    ENDINGS,
    FILTERS,
    GROUP_TROUBLES,
    GROUP_WALKS,
    GROUPS,
    HARD,
    LOOKING_WHILE_FILLING,
    MAPS,
    ODD_CHANGES,
    ODD_PASSES,
    ORDERS,
    OTHER_LOOKS,
    PASSES,
    PLAIN,
    REDUCTIONS,
    WINDOWS,
)

IMPORTS = (
    "bisect",
    "collections",
    "collections.abc",
    "copy",
    "csv",
    "dataclasses",
    "functools",
    "itertools",
    "json",
    "pickle",
    "re",
    "sqlite3",
    "sys",
    "types",
    "typing",
)

RUN = """\
def run(function, *args):
    try:
        result = function(*args)
        print('->', type(result).__name__, result)
    except Exception as error:
        print('!!', type(error).__name__, error)
"""

WRITTEN = """\
def written(text, name='data.txt'):
    with open(name, 'w', newline='', encoding='utf-8') as file:
        file.write(text)
    return name
"""

FAILING = "class Failing(Exception):\n    pass\n"


class Source(NamedTuple):
    """Where a function gets numbers and texts from."""

    parameter: str
    # Lines around the loop, and its header.
    before: tuple[str, ...]
    loop: str
    number: str
    text: str
    arguments: tuple[str, ...]
    fails: bool = False
    # The loop stands within a `with`.
    deep: bool = False


PAIRS = (
    "[(3, 'a'), (1, 'b'), (3, 'c'), (2, 'a')]",
    "[]",
    "[(5, 'z')]",
    "[(0, 'q'), (7, 'p'), (0, 'q'), (4, 'p'), (6, 'x')]",
    "((2, 'b'), (2, 'b'))",
    "[(n % 7, 'abc'[n % 3]) for n in range(900)]",
)
LINES = (
    "3 a\\n1 b\\n3 c\\n2 a\\n",
    "",
    "5 z",
    "0 q\\n7 p\\n0 q\\n",
    "4 a\\nx b\\n2 c\\n",
    "1 a\\n\\n2 b\\n",
)
TABLES = ("n,s\\n3,a\\n1,b\\n3,c\\n", "", "n,s\\n", "n,s\\n5,z\\n0,q\\n", "n,s\\n2,a\\nx,b\\n")
NUMBERS = ("0", "1", "4", "9", "700")

SOURCES = (
    Source("pairs", (), "for i, s in {p}:", "i", "s", PAIRS),
    Source("pairs", (), "for i, s in {p}:", "i", "s", PAIRS),
    Source("size", (), "for i in range({p}):", "(i * 5 % 7)", "'abcab'[i % 5]", NUMBERS),
    Source("pairs", (), "for at, (i, s) in enumerate({p}):", "(i + at)", "s", PAIRS),
    Source(
        "path",
        ("with open({p}) as file:",),
        "for line in file:",
        "int(line.split()[0])",
        "line.split()[1]",
        LINES,
        fails=True,
        deep=True,
    ),
    Source(
        "path",
        ("with open({p}) as file:",),
        "for line in file.readlines():",
        "len(line)",
        "line.strip()",
        LINES,
        deep=True,
    ),
    Source(
        "path",
        ("with open({p}, newline='') as file:",),
        "for row in csv.DictReader(file):",
        "int(row['n'])",
        "row['s']",
        TABLES,
        fails=True,
        deep=True,
    ),
    Source(
        "path",
        ("with open({p}, newline='') as file:",),
        "for row in csv.reader(file):",
        "len(row)",
        "','.join(row)",
        TABLES,
        deep=True,
    ),
    Source(
        "pairs",
        (
            "base = sqlite3.connect(':memory:')",
            "base.execute('CREATE TABLE t (n INT, s TEXT)')",
            "base.executemany('INSERT INTO t VALUES (?, ?)', {p})",
        ),
        "for i, s in base.execute('SELECT n, s FROM t ORDER BY n').fetchall():",
        "i",
        "s",
        PAIRS,
    ),
    Source(
        "text",
        (),
        "for s in re.findall('[a-z]+', {p}):",
        "len(s)",
        "s",
        ("'a bb ccc a'", "''", "'z'"),
    ),
    Source(
        "text", (), "for i, s in enumerate({p}.split()):", "i", "s", ("'a bb ccc a'", "''", "'z'")
    ),
)


class Made(NamedTuple):
    """A function of the program, to be called with `{}` for its argument."""

    call: str
    kind: Kind
    # What it gives: a list, several of them, a generator, or something else.
    gives: str


class Flow:
    """Writes one program."""

    def __init__(self, pick: random.Random, wild: bool) -> None:
        self.pick = pick
        self.wild = wild
        self.plain = not wild and pick.random() < 0.5
        self.parts: list[str] = []
        self.breaks: set[str] = set()
        self.needs: set[str] = set()
        self.numbers: dict[str, int] = {}
        self.failures = 0
        self.extra: list[str] = []

    # Small choices.

    def chance(self, share: float) -> bool:
        return self.pick.random() < share

    def trouble(self, share: float) -> bool:
        return not self.plain and self.chance(share)

    def fresh(self, stem: str) -> str:
        self.numbers[stem] = self.numbers.get(stem, 0) + 1
        number = self.numbers[stem]
        return stem if number == 1 else f"{stem}{number}"

    def kind(self) -> Kind:
        names = [
            "tuple",
            "tuple",
            "dict",
            "dict",
            "record",
            "record",
            "int",
            "str",
            "float",
            "list",
        ]
        names += ["frozen", "named", "nested", "plain"]
        if not self.plain:
            names += ["loud", "record", "list", "dict"]
        if self.wild:
            names += ["property", "text-like"]
        kind = KINDS[self.pick.choice(names)]
        if kind.wild:
            self.breaks.add(kind.wild)
        self.needs.add(kind.needs)
        return kind

    def made(self, kind: Kind, number: str, text: str) -> str:
        return kind.make.format(i=number, s=text)

    def number(self, kind: Kind, v: str) -> str:
        text = kind.number.format(v=v)
        return self.pick.choice([text, text, text, f"{text} * 2", f"{text} % 3", f"{text} + k"])

    def text(self, kind: Kind, v: str) -> str:
        return kind.text.format(v=v)

    def test(self, kind: Kind, v: str) -> str:
        number = kind.number.format(v=v)
        tests = [f"{number} > 1", f"{number} % 2", f"{number} != k", f"{self.text(kind, v)} != 'a'"]
        return self.pick.choice(tests)

    def change(self, kind: Kind, v: str) -> list[str]:
        """Something done to an item."""
        if not kind.changes:
            return [f"print('see', {kind.number.format(v=v)})"]
        return self.pick.choice(kind.changes).format(v=v).split("\n")

    # Functions that make lists.

    def producer(self) -> tuple[Made, Source]:
        """A function that makes a list of records."""
        kind = self.kind()
        source = self.pick.choice(SOURCES)
        self.failures += source.fails
        name = self.fresh(self.pick.choice(["load", "read", "_collect", "parse", "make"]))
        style = self.pick.random()
        if style < 0.16 and not source.before:
            clause = source.loop.format(p=source.parameter)[:-1]
            where = f" if {source.number} != 2" if self.chance(0.3) else ""
            item = self.made(kind, source.number, source.text)
            lines, gives = [f"return [{item} {clause}{where}]"], "list"
        elif style < 0.28:
            lines, gives = self.filled("", source, kind), "generator"
        elif style < 0.4 and not self.plain:
            return self.collector(name, kind, source), source
        elif style < 0.55:
            return self.reader(name, kind, source), source
        else:
            lines = ["rows = []", *self.filled("rows", source, kind)]
            ending, gives = self.ending(kind)
            lines += ending
        return self.defined(name, source.parameter, lines, kind, gives), source

    def filled(self, rows: str, source: Source, kind: Kind) -> list[str]:
        """A loop that appends to `rows`, or yields."""
        made = self.made(kind, source.number, source.text)
        body: list[str] = []
        if self.chance(0.25):
            body += [f"if {source.number} == 2:", "    continue"]
        add = f"{rows}.append({{}})" if rows else "yield {}"
        if self.chance(0.5):
            body += [f"item = {made}"]
            if self.trouble(0.3):
                body += self.change(kind, "item")
            body += [add.format("item")]
            if self.trouble(0.4):
                body += self.filled_in(kind, AFTER_ADDING, "item", add=add.format("item"))
        else:
            body += [add.format(made)]
            if self.trouble(0.2) and rows:
                body += self.filled_in(kind, LOOKING_WHILE_FILLING, "item")
        loop = [source.loop.format(p=source.parameter), *indented(body)]
        if self.trouble(0.15):
            loop = with_block(self.pick.choice(AROUND), "loop", loop)
        before = [line.format(p=source.parameter) for line in source.before]
        return [*before, *(indented(loop) if source.deep else loop)]

    def filled_in(self, kind: Kind, texts: tuple[str, ...], v: str = "v", **more: str) -> list[str]:
        """One of some texts, its holes filled with expressions of an item `v`."""
        text = self.pick.choice(texts)
        if "{fail}" in text:
            self.failures += 1
        holes = {
            "rows": "rows",
            "number": self.number(kind, v),
            "text": self.text(kind, v),
            "test": self.test(kind, v),
            "fail": "Failing",
            **more,
        }
        return with_block(text, "change", self.change(kind, v), **holes)

    def ending(self, kind: Kind) -> tuple[list[str], str]:
        """How a function gives its list away."""
        if self.plain or self.chance(0.25):
            return ["return rows"], "list"
        text, gives = self.pick.choice(ENDINGS)
        return text.format(item=self.made(kind, "1", "'e'")).split("\n"), gives

    def collector(self, name: str, kind: Kind, source: Source) -> Made:
        """A class that keeps the list in an attribute."""
        owner = self.fresh("Store")
        fill = [line.replace("rows", "self.rows") for line in self.filled("rows", source, kind)]
        methods = [
            f"class {owner}:",
            "    rows = []" if self.chance(0.2) else "    kind = 'store'",
            "    def __init__(self):",
            "        self.rows = []" if self.chance(0.85) else "        self.rows = kept",
            f"    def {name}(self, {source.parameter}, k=2):",
            *indented(indented(fill)),
        ]
        style = self.pick.random()
        if style < 0.5:
            methods += ["        return self.rows"]
            call = f"{owner}().{name}({{}})"
        else:
            methods += [
                "        return self",
                "    def size(self):",
                "        return len(self.rows)",
                "    def __iter__(self):",
                "        return iter(self.rows)",
            ]
            call = f"{owner}().{name}({{}}).rows"
        self.parts.append("\n".join(methods) + "\n")
        return Made(call, kind, "list")

    def reader(self, name: str, kind: Kind, source: Source) -> Made:
        """A class with a method that makes the list, and counts on its object meanwhile."""
        owner = self.fresh("Reader")
        counts = ["self.count += 1", "self.last = len(str(k))", "self.count = self.count + k"]
        if self.trouble(0.3):
            counts += ["self.notes.append(self.count)", "print('read', self.count)"]
        fill: list[str] = []
        for line in self.filled("rows", source._replace(parameter="self.given"), kind):
            fill.append(line)
            if ".append(" in line and self.chance(0.6):
                fill.append(line[: len(line) - len(line.lstrip())] + self.pick.choice(counts))
        methods = [
            f"class {owner}:",
            "    def __init__(self, given):",
            "        self.given = given",
            "        self.count = self.last = 0",
            "        self.notes = []",
            "    @property",
            "    def share(self):",
            "        return self.count / 2",
            f"    def {name}(self, k=2):",
            "        rows = []",
            *indented(indented(fill)),
            "        return rows",
        ]
        if self.chance(0.5):
            methods += ["    def size(self):", f"        return sum(1 for v in self.{name}())"]
        if self.trouble(0.15):
            methods += [f"class {owner}Part({owner}):", f"    def {name}(self, k=2):"]
            methods += [f"        return super().{name}(k)[:2]"]
            owner = self.pick.choice([owner, f"{owner}Part"])
        self.parts.append("\n".join(methods) + "\n")
        self.walked(owner, name, kind)
        return Made(f"{owner}({{}}).{name}()", kind, "list")

    def walked(self, owner: str, name: str, kind: Kind) -> None:
        """A function that walks what such a method gives, and looks at the object."""
        driver = self.fresh("drive")
        quiet = [f"total += {kind.number.format(v='v')}", "total += 1"]
        loud = [
            "total += reader.count",
            "total += reader.share",
            "reader.count = 0",
            "reader.given = ()",
            "print('walk', total)",
            "reader.notes.append(total)",
            "total += 7 // (total - 1)",
            "if total > 2: break",
        ]
        body = [self.pick.choice(quiet)]
        if self.trouble(0.5):
            body.append(self.pick.choice(loud))
            self.failures += " // " in body[-1]
        walk = [f"for v in reader.{name}():", *indented(body)]
        if self.chance(0.3):
            between = [self.pick.choice(loud[2:6])] if self.trouble(0.4) else []
            walk = [f"rows = reader.{name}()", *between, "for v in rows:", *indented(body)]
        if self.trouble(0.2):
            walk = ["try:", *indented(walk), "except ZeroDivisionError:", "    print('zero')"]
        lines = [f"reader = {owner}(given)", "total = 0", *walk]
        if self.trouble(0.2):
            taken = [f"take = reader.{name}", f"setattr(reader, 'x', {owner}.{name})"]
            lines.append(self.pick.choice(taken))
        lines += ["return total, reader.count, reader.last, reader.notes"]
        self.parts.append("\n".join([f"def {driver}(given, k=2):", *indented(lines)]) + "\n")
        self.extra.append(f"print({driver}(given))")

    def defined(self, name: str, parameter: str, lines: list[str], kind: Kind, gives: str) -> Made:
        """A function of one of several sorts, and how it is called."""
        head = f"{parameter}, k=2"
        style = 0.0 if self.plain else self.pick.random()
        call = f"{name}({{}})"
        if style < 0.6:
            text = [f"def {name}({head}):", *indented(lines)]
        elif style < 0.66 and lines[0] == "rows = []":
            # The list of one call is that of the next.
            text = [f"def {name}({head}, rows=[]):", *indented(lines[1:])]
        elif style < 0.72:
            text = [f"def {name}({head}, rows=None):", *indented(lines)]
        elif style < 0.78:
            text = [f"def {name}(*parts, k=2):", f"    ({parameter},) = parts", *indented(lines)]
        elif style < 0.84:
            text = [f"def {name}(*, k=2, {parameter}):", *indented(lines)]
            call = f"{name}({parameter}={{}})"
        elif style < 0.9:
            owner = self.fresh("Tools")
            text = [f"class {owner}:", "    @staticmethod", f"    def {name}({head}):"]
            text += indented(indented(lines))
            call = f"{owner}.{name}({{}})"
        elif style < 0.95:
            text = [f"def {name}({head}):", *indented(lines), f"{name}_alias = {name}"]
            call = f"{name}_alias({{}})"
        else:
            text = ["@functools.wraps(print)", f"def {name}({head}):", *indented(lines)]
        self.parts.append("\n".join(text) + "\n")
        return Made(call, kind, gives)

    # Functions that take a list and give one.

    def changer(self, kind: Kind) -> Made:
        """A function that filters, maps, sorts or changes records."""
        name = self.fresh(self.pick.choice(["select", "clean", "_keep", "convert", "order"]))
        style = self.pick.random()
        gives, after = "list", kind
        if style < 0.3:
            lines = self.filled_in(kind, FILTERS)
        elif style < 0.5:
            after = self.kind()
            item = self.made(after, kind.number.format(v="v"), self.text(kind, "v"))
            lines = self.filled_in(kind, MAPS, item=item)
        elif style < 0.62:
            gives = "generator"
            lines = ["for v in rows:", f"    if {self.test(kind, 'v')}:", "        yield v"]
            if self.trouble(0.4):
                lines += ["print('end of rows')"]
        elif style < 0.74:
            order = self.pick.choice([kind.number, kind.text]).format(v="v")
            lines = self.filled_in(kind, ORDERS, order=order)
        elif style < 0.84 or self.plain:
            lines = self.filled_in(kind, (DISTINCT,))
        else:
            lines = self.filled_in(kind, ODD_CHANGES)
        return self.defined(name, "rows", lines, after, gives)

    # Functions that use a list up.

    def user(self, kind: Kind) -> Made:
        """A function that walks records and gives a result."""
        name = self.fresh(self.pick.choice(["total", "show", "count", "summary", "best"]))
        lines = self.use(kind, "rows")
        return self.defined(name, "rows", lines, kind, "value")

    def use(self, kind: Kind, rows: str) -> list[str]:
        """Statements that walk `rows` and return."""
        share = self.pick.random()
        if share < 0.15:
            return self.grouped(kind, rows)
        if share < 0.25:
            return [f"numbers = [{self.number(kind, 'v')} for v in {rows}]", *self.windowed()]
        if share < 0.35:
            return self.passes(kind, rows)
        easy = self.plain or self.chance(0.4)
        return self.filled_in(kind, PLAIN if easy else HARD, rows=rows)

    def grouped(self, kind: Kind, rows: str) -> list[str]:
        """A dict of lists that are reduced, mostly."""
        number = kind.number.format(v="v")
        value = self.pick.choice([number, number, f"{number} / 2", "v"])
        lines = self.filled_in(kind, GROUPS, rows=rows, value=value)
        one = self.pick.choice(REDUCTIONS) if value != "v" else "len(values)"
        if self.trouble(0.3):
            one = self.pick.choice(OTHER_LOOKS[: None if value != "v" else -1])
        if self.trouble(0.3):
            lines += self.filled_in(kind, GROUP_TROUBLES)
        return [*lines, *self.filled_in(kind, GROUP_WALKS, one=one)]

    def passes(self, kind: Kind, rows: str) -> list[str]:
        """Several loops over one list, with something between them."""
        lines, results = [], []
        for at in range(self.pick.choice([2, 2, 3])):
            before, inside, result = self.pick.choice(ODD_PASSES if self.trouble(0.2) else PASSES)
            if at and self.trouble(0.2):
                lines += [self.pick.choice(BETWEEN_PASSES).format(rows=rows)]
            lines += [before.format(at=at)] if before else []
            targets = [("v", rows)] * 3 + [("w", rows), ("n, v", f"enumerate({rows})")]
            target, walked = self.pick.choice(targets)
            lines += [f"for {target} in {walked}:", *(["    v = w"] if target == "w" else [])]
            lines += indented(self.filled_in(kind, (inside,), rows=rows, at=str(at)))
            if self.trouble(0.1):
                lines += ["else:", "    k += 1"]
            results.append(result.format(at=at))
        if self.trouble(0.1):
            results.append(self.pick.choice(["v", "key", f"len({rows})"]))
        return [*lines, f"return {', '.join(results)}"]

    def windowed(self) -> list[str]:
        """A walk over neighbours, windows, or a table of which the last row counts."""
        return block(self.pick.choice(WINDOWS))

    # The program around them.

    def unwrapped(self, name: str, gives: str) -> list[str]:
        """Lines that make a list of what a function gave."""
        return {
            "pair": [f"{name}, size = {name}", "print('size', size)"],
            "dict": [f"print({name}['count'])", f"{name} = {name}['rows']"],
            "maybe": [f"if {name} is None:", "    return 'nothing'"],
            "function": [f"{name} = {name}()"],
            "nested": [f"{name} = {name}[0]"],
        }.get(gives, [])

    def meddle(self, name: str, kind: Kind) -> list[str]:
        """What makes the list more than something to be walked."""
        item = self.made(kind, "8", "'m'")
        if self.chance(0.5):
            return self.pick.choice(PROBES).format(rows=name).split("\n")
        return self.pick.choice(MEDDLING).format(rows=name, item=item).split("\n")

    def body(self, producer: Made) -> list[str]:
        """The statements of the function that calls the others."""
        lines = [*self.extra, "rows = " + producer.call.format("given")]
        lines += self.unwrapped("rows", producer.gives)
        kind, name, gives = producer.kind, "rows", producer.gives
        if self.trouble(0.3 if gives != "generator" else 0.08):
            lines += self.meddle(name, kind)
        for _ in range(self.pick.choice([0, 1, 1, 2])):
            changer = self.changer(kind)
            following = self.pick.choice(["rows", "some", "found", "rows"])
            lines.append(f"{following} = {changer.call.format(name)}")
            if self.trouble(0.25 if changer.gives != "generator" else 0.08):
                lines += self.meddle(self.pick.choice([name, following]), changer.kind)
            name, kind, gives = following, changer.kind, changer.gives
        uses = 1 if gives == "generator" or self.chance(0.6) else 2
        for _ in range(uses):
            if self.chance(0.65):
                call = self.user(kind).call
                argument = name if self.chance(0.95) else f"list({name})"
                lines.append(f"print({call.format(argument)})")
            else:
                used = self.use(kind, name)
                if used[-1].startswith("return "):
                    used[-1] = "print(" + used[-1].removeprefix("return ") + ")"
                if not any(line.lstrip().startswith("return") for line in used):
                    lines += used
            if self.trouble(0.15 if gives != "generator" else 0.05):
                lines += self.meddle(name, kind)
        if self.trouble(0.2):
            lines += self.pick.choice(
                [[f"return {name}"], ["return rows"], [f"kept.append({name})"]]
            )
        if self.trouble(0.15):
            lines = ["try:", *indented(lines), "except (ValueError, Failing) as error:"]
            lines += ["    print('caught', type(error).__name__)"]
        elif self.trouble(0.1):
            lines = ["try:", *indented(lines), "finally:", "    print('done', k)"]
        elif self.trouble(0.05):
            lines = ["for again in range(2):", *indented(lines)]
        return lines

    def program(self) -> str:
        """All of it."""
        producer, source = self.producer()
        body = self.body(producer)
        functions = list(self.parts)
        if self.trouble(0.1):
            # What is in this function alone is seen by those within it.
            inner = [line for part in functions for line in part.rstrip("\n").split("\n")]
            main = ["def main(given, k=2):", *indented(inner), *indented(body)]
            functions = []
        else:
            main = ["def main(given, k=2):", *indented(body)]
        arguments = self.pick.sample(source.arguments, k=min(3, len(source.arguments)))
        if source.parameter == "path":
            arguments = [f"written('{text}')" for text in arguments]
        calls = [f"run(main, {argument})" for argument in arguments]
        if functions and self.trouble(0.15):
            direct = producer.call.format(arguments[0])
            calls += self.pick.choice(
                [
                    [f"print(type({direct}).__name__)"],
                    [f"print(list({direct}))"],
                    [f"run(lambda: {direct})"],
                ]
            )
        tail = ["print(len(kept), tally)"]
        guard = self.pick.random()
        if guard < 0.5:
            calls = ["if __name__ == '__main__':", *indented([*calls, *tail])]
        elif guard < 0.7 and source.parameter != "path":
            # The whole program at the level of the module.
            flat = self.flat(body, arguments[0])
            calls = ["if __name__ == '__main__':", *indented(flat)] if self.chance(0.7) else flat
        else:
            calls += tail
        needed = [CLASSES[name] for name in sorted(self.needs - {""})]
        exported = ["__all__ = ['main']\n"] if self.chance(0.2) else []
        state = "kept = []\ntally = [0]\nshared = None\n"
        written = [WRITTEN] if source.parameter == "path" else []
        text = (
            "\n".join([*needed, state, RUN, FAILING, *written, *functions, *main, "", *calls])
            + "\n"
        )
        imports = [
            f"import {name}\n" for name in IMPORTS if re.search(rf"\b{re.escape(name)}\.", text)
        ]
        return "".join([*imports, *exported, "\n" if imports else "", text])

    def flat(self, body: list[str], argument: str) -> list[str]:
        """The body of `main` where there is no function around it."""
        if any(re.match(r"\s*return\b", line) for line in body):
            return [f"run(main, {argument})"]
        return [f"given, k = {argument}, 2", *body]


def flow(pick: random.Random, wild: bool) -> tuple[str, list[str]]:
    """A program, and the assumptions that it breaks."""
    writer = Flow(pick, wild)
    text = writer.program()
    breaks = set(writer.breaks)
    # What is raised on purpose ends a walk; that is no assumption.
    accidents = re.sub(r"\braise\b.*# on purpose", "", text)
    if writer.failures > 1 or len(re.findall(r"\braise\b|\bint\(|10 // ", accidents)) > 1:
        breaks.add("one-error-at-a-time")
    if re.search(r"10 // |'locals'|in locals\(\)", text):
        breaks.add("operators-are-pure")
    return text, sorted(breaks)


def block(text: str) -> list[str]:
    """The lines of a text."""
    return text.strip("\n").split("\n")


def with_block(template: str, hole: str, lines: list[str], /, **holes: str) -> list[str]:
    """The lines of a text with its holes filled; `lines` go where the hole is."""
    made: list[str] = []
    for line in block(template):
        if line.strip() == f"{{{hole}}}":
            made += [line[: len(line) - len(line.lstrip())] + inner for inner in lines]
        else:
            made.append(line.format(**holes))
    return made


def indented(lines: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return [f"    {line}" for line in lines]
