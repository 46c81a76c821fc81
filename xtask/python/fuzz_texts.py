"""Makes texts that are, or nearly are, Python 2: for ``upgrade_fuzz.py``.

Four ways, each by chance and each the same for the same seed: real files with things swapped,
dropped, doubled and put in; the pieces that lib2to3's own tests are about, nested into each
other; programs grown from lib2to3's grammar; and soup of tokens.
"""

import importlib
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

pygram: Any = importlib.import_module("lib2to3.pygram")
token: Any = importlib.import_module("lib2to3.pgen2.token")

SHAPES = Path(__file__).with_name("fuzz_shapes.txt")


def sections() -> dict[str, list[str]]:
    """The lines of ``fuzz_shapes.txt`` by the head that they stand under."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in SHAPES.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and line[1:-1].isalpha() and len(line) > 5:
            name = line[1:-1]
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def words(lines: Sequence[str]) -> list[str]:
    """All words in some lines."""
    return [word for line in lines for word in line.split()]


_SECTIONS = sections()
NAMES = words(_SECTIONS["names"])
KEYWORDS = words(_SECTIONS["keywords"])
OPERATORS = words(_SECTIONS["operators"])
NUMBERS = words(_SECTIONS["numbers"])
EXPRESSIONS = _SECTIONS["expressions"]
STATEMENTS = [line.replace("\\n", "\n").replace("\\\\", "\\") for line in _SECTIONS["statements"]]
# Those that may stand behind a semicolon.
SIMPLE = [line for line in STATEMENTS if "\n" not in line and ":" not in line and line]

# These are keywords in some places.
ODD_NAMES = ["print", "exec", "nonlocal", "as", "async", "await", "with", "²", "é", "x²"]

STRINGS = [
    "''", '"a"', "'a\\'b'", "u'x'", 'ur"\\u1"', "b'z'", "U'''t\nu'''", '"""d\n  o\n"""',
    "'\\u1234'", "R'\\N{a}'", "f'{x}'", "UR'q'", "Br'1'", "u'\\U00012345'", "'é'", "rb'x'",
    "'a\\\nb'",
]  # fmt: skip

# What may stand before a program.
HEADS = [
    "# c\n",
    "#!/usr/bin/python\n\n",
    "'''doc'''\n",
    "\n\n",
    "\x0c",
    "\\\n",
    '"""d"""; x\n',
    "from __future__ import print_function\n",
    "from __future__ import unicode_literals\n",
]

SNIPPETS = [
    *[
        "\n",
        "\r\n",
        "\\\n",
        "\\\r\n",
        "\t",
        " ",
        "    ",
        "        ",
        "\x0c",
        "\n\x0c\n",
        "\r",
        "\0",
    ],
    *["#c\n", " # c", "\n# c\n", "\n\n", ";", ";\n", ",", ",\n", "(", ")", "[", "]", "{", "}", ":"],
    *["`", "'", '"', "'''", '"""', "\\", "$", "?", "!", "é", "²", "·", "\u00a0", "\u2028", "\x85"],
    *[
        "\x1c",
        "\x0b",
        "=",
        "==",
        "<>",
        ">>",
        "*",
        "**",
        "@",
        "->",
        ":=",
        "...",
        "\n  ",
        "\n\t",
        "\n      \t",
    ],
]


class Maker:
    """Texts by chance, from a seed, pieces and files."""

    def __init__(self, seed: int, pieces: Sequence[str], files: Sequence[Path]) -> None:
        self.random = random.Random(seed)
        self.pieces = pieces
        self.files = files
        self.grammar = pygram.python_grammar
        self.cheapest = cheapest(self.grammar)

    def text(self) -> str:
        """One more text."""
        chance = self.random.random()
        if chance < 0.3 and self.files:
            text = self.mutated(self.part_of_file())
        elif chance < 0.5 and self.pieces:
            text = self.of_pieces()
        elif chance < 0.75:
            text = self.program()
            if self.random.random() < 0.15:
                text = self.mutated(text)
        elif chance < 0.95:
            text = self.grown()
        else:
            text = self.soup()
        return self.dressed(text)

    def pick(self, values: Sequence[str]) -> str:
        return self.random.choice(values)

    def name(self) -> str:
        """A name, seldom one that is none."""
        return self.pick(ODD_NAMES if self.random.random() < 0.01 else NAMES)

    # --- real files ---

    def part_of_file(self) -> str:
        """Some lines of a file, at a place where something begins, or all of a small one."""
        for _ in range(10):
            try:
                text = self.random.choice(self.files).read_bytes().decode("utf-8")
            except (UnicodeDecodeError, OSError):
                continue
            lines = text.split("\n")
            if len(lines) > 80:
                starts = [at for at, line in enumerate(lines) if line[:1].isalpha()] or [0]
                start = self.random.choice(starts)
                lines = lines[start : start + self.random.randint(3, 60)]
            return "\n".join(lines) + "\n"
        return "x\n"

    def mutated(self, text: str) -> str:
        """The text with a few changes."""
        for _ in range(self.random.choice((1, 1, 1, 1, 2, 3))):
            text = self.random.choice(
                (self.by_line, self.by_name, self.by_name, self.by_token, self.by_snippet)
            )(text)
        return text

    def by_line(self, text: str) -> str:
        lines = text.split("\n")
        at, other = self.random.randrange(len(lines)), self.random.randrange(len(lines))
        match self.random.randrange(7):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
                made = self.statement(0).split("\n")
                lines[at:at] = [indent + line for line in made]
            case 4:
                lines[at] += self.pick(
                    ("\r", "  ", "\t", " \\", "# c", " ;", "\x0c", ";" + self.statement(0))
                )
            case 5:
                lines[at] = lines[at].replace("    ", "\t", 1)
            case _:
                lines[at] = self.pick((" ", "\t", "  ", "\x0c")) + lines[at]
        return "\n".join(lines)

    def by_token(self, text: str) -> str:
        parts = re.findall(r"\w+|\s+|[^\w\s]", text)
        if not parts:
            return text
        words = [at for at, part in enumerate(parts) if not part.isspace()] or [0]
        at, other = self.random.choice(words), self.random.choice(words)
        match self.random.randrange(5):
            case 0:
                del parts[at]
            case 1:
                parts.insert(at, parts[other] + self.pick(("", " ")))
            case 2:
                parts[at], parts[other] = parts[other], parts[at]
            case 3:
                parts[at] = self.name()
            case _:
                parts[at] += self.pick((" ", "\\\n", " # c\n", "\n"))
        return "".join(parts)

    def by_name(self, text: str) -> str:
        """Another name or an expression in the place of a name, or a blank or two around it."""
        parts = re.findall(r"\w+|\s+|[^\w\s]", text)
        names = [
            at for at, part in enumerate(parts) if part.isidentifier() and part not in KEYWORDS
        ]
        for at in self.random.sample(names, min(len(names), self.random.randint(1, 4))):
            match self.random.randrange(5):
                case 0:
                    parts[at] = self.expression(2)
                case 1:
                    parts[at] = f"({self.expression(3)})"
                case 2:
                    parts[at] += self.pick((" ", " \\\n", "\t"))
                case _:
                    parts[at] = self.name()
        return "".join(parts)

    def by_snippet(self, text: str) -> str:
        at = self.random.randrange(len(text) + 1)
        if self.random.random() < 0.2:
            return text[:at]
        if self.random.random() < 0.2:
            return text[:at] + text[at + self.random.randrange(12) :]
        return text[:at] + self.pick(SNIPPETS) + text[at:]

    # --- pieces of lib2to3's tests ---

    def of_pieces(self) -> str:
        """Some pieces behind and in each other."""
        made = []
        for _ in range(self.random.choice((1, 1, 2, 3, 5))):
            piece = self.pick(self.pieces)
            if self.random.random() < 0.15:
                piece = self.by_token(piece)
            if self.random.random() < 0.3:
                head = self.pick(
                    ("if x:", "def f(self):", "class A:", "for next in y:", "try:", "while 1:")
                )
                piece = head + "\n" + indented(piece, self.pick(("    ", "\t", "  ")))
            made.append(piece)
        return "\n".join(made)

    # --- programs of what fixers look for ---

    def program(self) -> str:
        """Statements that fixers look for, in each other."""
        return (
            "\n".join(
                self.statement(self.random.randint(0, 3)) for _ in range(self.random.randint(1, 12))
            )
            + "\n"
        )

    def statement(self, depth: int) -> str:
        """A statement with at most so many around each other; no newline behind it."""
        shapes = STATEMENTS
        shape = self.pick(shapes)
        while depth <= 0 and ("$B" in shape or "$C" in shape):
            shape = self.pick(shapes)
        if self.random.random() < 0.05 and "\n" not in shape:
            shape = f"{shape}; {self.pick(SIMPLE)}"
        return self.filled(shape, depth)

    def expression(self, depth: int) -> str:
        """An expression; with depth 0, mostly a small one."""
        if depth <= 0:
            return self.pick(
                (self.pick(NAMES[:40]), "x", "y", "1", self.pick(STRINGS), "f(x)", "a.b")
            )
        text = self.filled(self.pick(EXPRESSIONS), depth - 1)
        return text if self.random.random() < 0.8 else f"({text})"

    def filled(self, shape: str, depth: int) -> str:
        def fill(match: re.Match[str]) -> str:
            kind = match[1]
            if kind == "E":
                return self.expression(self.random.randint(0, min(depth, 2) if depth > 0 else 1))
            if kind == "N":
                return self.name()
            if kind == "S":
                return self.pick(STRINGS)
            if kind == "D":
                return self.pick(NUMBERS)
            if kind == "Z":
                return self.filled(self.pick(SIMPLE), 0)
            indent = self.pick(("    ", "    ", "\t", "  "))
            count = self.random.randint(1, 3)
            block = "\n".join(self.statement(depth - 1) for _ in range(count))
            if kind == "C":
                block = "'doc'\n" + block
            return indented(block + "\n" + self.pick(("pass", "x = 1")), indent)

        text = re.sub(r"\$([ENSDZBC])", fill, shape)
        if self.random.random() < 0.04:
            return self.spaced(text)
        return text

    def spaced(self, text: str) -> str:
        """Odd white space at one place."""
        places = [match.start() for match in re.finditer(r"(?<=\W)|(?=\W)", text)] or [0]
        at = self.random.choice(places)
        return (
            text[:at]
            + self.pick((" ", "  ", "\t", "\\\n", " \\\n  ", "\n", "# c\n", " # c\n ", ""))
            + text[at:]
        )

    # --- programs of the grammar ---

    def grown(self) -> str:
        """A program that lib2to3's grammar allows, mostly."""
        words: list[str] = []
        self.indents = [""]
        self.budget = self.random.randint(20, 250)
        start = self.pick(
            ("stmt", "simple_stmt", "compound_stmt", "funcdef", "classdef", "expr_stmt", "try_stmt")
        )
        for _ in range(self.random.randint(1, 4)):
            self.grow(self.grammar.symbol2number[start], words)
        text = "".join(words)
        return text if text.endswith("\n") else text + "\n"

    def grow(self, symbol: int, words: list[str]) -> None:
        """Walks through the automaton of a symbol, the shortest way once the budget is spent."""
        states, _ = self.grammar.dfas[symbol]
        state = 0
        while True:
            self.budget -= 1
            arcs = states[state]
            ends = any(label == 0 and next_ == state for label, next_ in arcs)
            real = [arc for arc in arcs if arc[0] != 0]
            spent = self.budget < 0 or len(words) > 400
            if ends and (not real or spent or self.random.random() < 0.6):
                return
            if spent:
                costs = self.cheapest[symbol]
                label, state = min(real, key=lambda arc: self.cost(arc[0]) + costs[arc[1]])
            else:
                label, state = self.random.choice(real)
            kind, value = self.grammar.labels[label]
            if kind >= 256:
                self.grow(kind, words)
            else:
                self.word(kind, value, words)

    def cost(self, label: int) -> float:
        kind, _ = self.grammar.labels[label]
        return min(1e6, self.cheapest[kind][0]) if kind >= 256 else 1.0

    def word(self, kind: int, value: str | None, words: list[str]) -> None:
        at_start = not words or words[-1].endswith("\n")
        space = self.indents[-1] if at_start else self.pick((" ", " ", " ", " ", "  "))
        if self.random.random() < 0.01 and not at_start:
            space = self.pick(("\t", " \\\n ", "\\\n"))
        if kind == token.NAME and value is None:
            words += [space, self.name()]
        elif value is not None:
            words += [space, value]
        elif kind == token.NUMBER:
            words += [space, self.pick(NUMBERS)]
        elif kind == token.STRING:
            words += [space, self.pick(STRINGS)]
        elif kind == token.NEWLINE:
            words.append(self.pick(("\n", "\n", "\n", "\n", " # c\n", "\n\n", "\n# c\n", "  \n")))
        elif kind == token.INDENT:
            self.indents.append(self.indents[-1] + self.pick(("    ", "\t", " ")))
        elif kind == token.DEDENT:
            self.indents.pop()
        elif kind == token.ASYNC:
            words += [space, "async"]
        elif kind == token.AWAIT:
            words += [space, "await"]
        elif kind in OPERATOR_OF:
            words += [space if self.random.random() < 0.5 or at_start else "", OPERATOR_OF[kind]]

    # --- anything ---

    def soup(self) -> str:
        """Words in any order."""
        words = []
        for _ in range(self.random.randint(1, 60)):
            words.append(
                self.pick(
                    self.random.choice(
                        (NAMES, KEYWORDS, OPERATORS, OPERATORS, NUMBERS, STRINGS, SNIPPETS)
                    )
                )
            )
            words.append(self.pick((" ", " ", "", "\n", "\n    ")))
        return "".join(words)

    def dressed(self, text: str) -> str:
        """The text with another style of line ends, or without the last one."""
        chance = self.random.random()
        if chance < 0.06:
            text = text.replace("\n", "\r\n")
        elif chance < 0.08:
            text = text.rstrip("\n")
        elif chance < 0.10:
            text += self.pick(
                ("    ", "\t", "  # c", "\\", "\x0c", "    # c\n", "\n    \n", "\n\n\n")
            )
        elif chance < 0.13:
            text = self.pick(HEADS) + text
        elif chance < 0.15:
            text = text.replace("    ", "\t")
        return text


def indented(text: str, indent: str) -> str:
    """All lines but empty ones further right."""
    return "\n".join(indent + line if line.strip() else line for line in text.split("\n"))


OPERATOR_OF: dict[int, str] = {
    number: text for text, number in importlib.import_module("lib2to3.pgen2.grammar").opmap.items()
}


def cheapest(grammar: Any) -> dict[int, list[float]]:
    """For each symbol and state of it, how many words lead to its end at least."""
    costs = {symbol: [1e6] * len(states) for symbol, (states, _) in grammar.dfas.items()}
    changed = True
    while changed:
        changed = False
        for symbol, (states, _) in grammar.dfas.items():
            for at, arcs in enumerate(states):
                for label, after in arcs:
                    if label == 0 and after == at:
                        new = 0.0
                    else:
                        kind = grammar.labels[label][0]
                        new = costs[symbol][after] + (costs[kind][0] if kind >= 256 else 1)
                    if new < costs[symbol][at]:
                        costs[symbol][at] = new
                        changed = True
    return costs
