"""Parses files with lib2to3 and holds the trees against those that we wrote down.

A job is `{path, mine}`: a source file, and a file with our tree or error. The answer is
`{difference, error}`: empty if equal, else where the two part; and lib2to3's error, if
it could not parse the file.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from typing import Any

from observe import serve

warnings.simplefilter("ignore")

from lib2to3 import pygram, pytree  # noqa: E402
from lib2to3.pgen2 import driver  # noqa: E402

# What the stubs of these modules do not list.
tokenize: Any = importlib.import_module("lib2to3.pgen2.tokenize")
refactor: Any = importlib.import_module("lib2to3.refactor")

NAMES = {number: name for name, number in pygram.python_grammar.symbol2number.items()}
LINES_SHOWN = 3
UNREADABLE = "unreadable"


def described(root: pytree.Base) -> Iterator[str]:
    """Our notation of a tree: a line for each node, parents first; texts by their lengths."""
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, pytree.Leaf):
            place = f"{node.type} {node.lineno} {len(node.prefix)} {len(node.value)}"
            yield f"{place} {node.prefix}{node.value}\n"
        else:
            yield f"{NAMES[node.type]} {len(node.children)}\n"
            todo.extend(reversed(node.children))


def read(path: str) -> str:
    """The text of a file as lib2to3 reads it; whatever Python raises if it cannot."""
    with open(path, "rb") as file:
        encoding = tokenize.detect_encoding(file.readline)[0]
    with open(path, encoding=encoding, newline="") as text:
        return text.read() + "\n"


def parsed(path: str) -> tuple[str, str]:
    """The tree in our notation, or an empty text and the error as lib2to3 prints it."""
    try:
        data = read(path)
    except (OSError, SyntaxError, UnicodeError, LookupError):
        return "", UNREADABLE
    grammar = pygram.python_grammar
    try:
        if "print_function" in refactor._detect_future_features(data):
            grammar = pygram.python_grammar_no_print_statement
        tree = driver.Driver(grammar, convert=pytree.convert).parse_string(data)
    except Exception as error:
        return "", f"{type(error).__name__}: {error}"
    return "".join(described(tree)), ""


def answer(job: dict[str, Any]) -> dict[str, str]:
    """Compares one file."""
    with open(job["mine"], encoding="utf-8", newline="") as file:
        mine = file.read()
    theirs, error = parsed(job["path"])
    expected = theirs or error
    if error == UNREADABLE:
        # lib2to3 would end the whole run here: whatever we do is better.
        return {"difference": "", "error": error}
    if mine == expected:
        return {"difference": "", "error": error}
    return {"difference": difference(mine, expected), "error": error}


def difference(mine: str, theirs: str) -> str:
    """The first lines that are not the same."""
    ours, other = mine.split("\n"), theirs.split("\n")
    at = next((n for n, (a, b) in enumerate(zip(ours, other, strict=False)) if a != b), 0)
    shown = [*(f"- {line}" for line in other[at : at + LINES_SHOWN])]
    return "\n".join(
        [f"line {at + 1}:", *shown, *(f"+ {line}" for line in ours[at : at + LINES_SHOWN])]
    )


if __name__ == "__main__":
    serve(answer)
