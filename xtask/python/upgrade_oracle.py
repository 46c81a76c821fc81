"""lib2to3's side of ``cargo xtask upgrade-fixers``: what its fixers make of a text.

lib2to3 would parse a text for each choice. Here it parses once, and fixers get the tree of
another one back as long as nobody has written into it; a copy replaces what was written into.
``plain`` does it as lib2to3 itself does, to hold this against.
"""

import contextlib
import gc
import gzip
import hashlib
import importlib
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from upgrade_serve import Result

warnings.simplefilter("ignore")

# What is known of their types is not enough for what is done here.
pygram: Any = importlib.import_module("lib2to3.pygram")
refactor: Any = importlib.import_module("lib2to3.refactor")

PACKAGE = "lib2to3.fixes"


class Tool:
    """A refactoring tool of lib2to3 that knows whether a fixer has had its hands on the tree."""

    def __init__(self, names: list[str]) -> None:
        """Explicit fixers count as named."""
        modules = [f"{PACKAGE}.fix_{name}" for name in sorted(names)]
        self.tool = refactor.RefactoringTool(modules, {}, explicit=modules)
        self.touched = False
        for fixer in (*self.tool.pre_order, *self.tool.post_order):
            fixer.transform = self.watched(fixer.transform)
        # A path of lib2to3's matcher begins at a leaf: at this name, or at a leaf of this kind.
        starts = self.tool.BM.root.transition_table
        walks = self.tool.bmi_pre_order or self.tool.bmi_post_order
        self.names = set() if walks else {start for start in starts if isinstance(start, str)}
        self.needs_names = not walks and len(self.names) == len(starts)

    def watched(self, transform: Any) -> Any:
        """A fixer's transformation, which says that it was called."""

        def called(*args: Any) -> Any:
            self.touched = True
            return transform(*args)

        return called

    def run(self, tree: Any, name: str) -> str | None:
        """Refactors a tree. Returns the error it ends with, or nothing."""
        self.touched = False
        self.tool.fixer_log.clear()
        try:
            self.tool.refactor_tree(tree, name)
        except Exception as error:  # as lib2to3 itself does not
            return f"crash {type(error).__name__}: {error}"
        return None


class Oracle:
    """lib2to3 with some choices of fixers; what it has said once is kept in a folder."""

    def __init__(self, choices: list[list[str]], folder: Path | None) -> None:
        """Without a folder nothing is kept, and nothing that was kept is believed."""
        self.choices = choices
        self.folder = folder
        self.tools: dict[int, Tool] = {}

    def refactor(self, text: str, name: str) -> list[Result]:
        """What lib2to3 makes of a text with each choice."""
        if self.folder is None:
            return self.asked(range(len(self.choices)), text, name)
        told = hashlib.sha256(f"{name}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
        path = self.folder / told[:2] / f"{told[2:]}.json.gz"
        known: dict[str, Any] = {}
        with contextlib.suppress(OSError, EOFError, ValueError):
            known = json.loads(gzip.decompress(path.read_bytes()))
        keys = [",".join(choice) for choice in self.choices]
        missing = [at for at, key in enumerate(keys) if key not in known]
        if missing:
            for at, result in zip(missing, self.asked(missing, text, name), strict=True):
                new = None if result.text == text else result.text
                known[keys[at]] = [new, result.changed, result.log, result.error]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(json.dumps(known).encode(), 3))
        found = [known[key] for key in keys]
        return [Result(text if new is None else new, *rest) for new, *rest in found]

    def asked(self, which: Sequence[int], text: str, name: str) -> list[Result]:
        """The same for some of the choices, by lib2to3."""
        for at in which:
            if at not in self.tools:
                self.tools[at] = Tool(self.choices[at])
        return theirs([self.tools[at] for at in which], text, name)


def theirs(tools: list[Tool], text: str, name: str) -> list[Result]:
    """What lib2to3 makes of a text with each of the tools."""
    # Half of the time would go into looking for cycles among nodes that all live.
    gc.disable()
    try:
        return with_each(tools, text, name)
    finally:
        gc.enable()
        gc.collect()


def with_each(tools: list[Tool], text: str, name: str) -> list[Result]:
    """The same, whatever becomes of the memory."""
    first = tools[0].tool
    try:
        features = refactor._detect_future_features(text)
        if "print_function" in features:
            first.driver.grammar = pygram.python_grammar_no_print_statement
        try:
            tree = first.driver.parse_string(text)
        finally:
            first.driver.grammar = first.grammar
    except Exception as error:
        return [Result(text, False, [], f"{type(error).__name__}: {error}") for _ in tools]
    unchanged = str(tree)
    used_names = frozenset(tree.used_names)
    copy: Any = None
    nodes: list[Any] = []
    results = []
    for one in tools:
        if one.needs_names and not one.names & used_names:
            # No path begins anywhere, so nothing is found.
            results.append(Result(unchanged, False))
            continue
        if copy is None:
            copy = tree.clone()
            nodes = list(copy.pre_order())
        else:
            for node in nodes:
                node.was_checked = False
        copy.used_names = set(used_names)
        copy.future_features = features
        trouble = one.run(copy, name)
        if trouble is not None:
            results.append(Result(text, False, [], trouble))
        elif one.touched:
            results.append(Result(str(copy), copy.was_changed, list(one.tool.fixer_log)))
        else:
            results.append(Result(unchanged, copy.was_changed, list(one.tool.fixer_log)))
        if trouble is not None or one.touched:
            copy = None
    return results


def plain(names: list[str], text: str, name: str) -> Result:
    """What lib2to3 itself makes of a text, with a new tool that parses it."""
    modules = [f"{PACKAGE}.fix_{one}" for one in sorted(names)]
    tool = refactor.RefactoringTool(modules, {}, explicit=modules)
    told: list[str] = []
    tool.log_error = lambda message, *args: told.append(message % args)
    try:
        refactor._detect_future_features(text)
    except Exception as error:  # where lib2to3 itself would end before it parses
        return Result(text, False, [], f"{type(error).__name__}: {error}")
    try:
        tree = tool.refactor_string(text, name)
    except Exception as error:  # where lib2to3 itself would end
        return Result(text, False, [], f"crash {type(error).__name__}: {error}")
    if tree is None:
        return Result(text, False, [], told[0].removeprefix(f"Can't parse {name}: "))
    return Result(str(tree), tree.was_changed, list(tool.fixer_log))
