"""Runs lib2to3's own tests of its fixers against ours.

Run by ``cargo xtask upgrade-fixers --tests`` in a CPython that has ``lib2to3.tests`` (3.11), with
the program that serves ours and, if not all are wanted, names of tests. What a test checks with
``_check`` is done by ours; lib2to3 itself only says which fixers and options the test is about.
"""

import argparse
import importlib
import logging
import sys
import tempfile
import unittest
import warnings
from pathlib import Path
from typing import Any

from upgrade_serve import Ours

warnings.simplefilter("ignore")

# What is known of their types is not enough for what is done here.
fix_import: Any = importlib.import_module("lib2to3.fixes.fix_import")
support: Any = importlib.import_module("lib2to3.tests.support")
test_fixers: Any = importlib.import_module("lib2to3.tests.test_fixers")


class Answered:
    """What a test asks of the tree that it is given."""

    def __init__(self, changed: bool) -> None:
        self.was_changed = changed


def replace_check(ours: Ours) -> None:
    """Makes the tests ask ours instead of lib2to3."""

    def check(self: Any, before: str, after: str) -> Answered:
        before, after = support.reformat(before), support.reformat(after)
        names = [module.rsplit("fix_", 1)[1] for module in self.refactor.fixers]
        options = self.refactor.options
        grammar = {name: options[name] for name in ("print_function", "exec_function")}
        if "print" not in self.refactor.driver.grammar.keywords:
            grammar["print_function"] = True
        with tempfile.TemporaryDirectory() as folder:
            filename = self.filename
            if isinstance(self, test_fixers.Test_import):
                # lib2to3 asks the test which files there are; ours asks the disk.
                self.refactor.refactor_string(before, self.filename)
                filename = lay_out(Path(folder), self)
            result = ours.refactor(before, filename, [names], **grammar)[0]
        assert result.error is None, result.error
        assert after == result.text, f"{result.text!r} is not {after!r}"
        self.fixer_log.extend(result.log)
        return Answered(result.changed)

    test_fixers.FixerTestCase._check = check


def lay_out(folder: Path, test: Any) -> str:
    """Makes the files that a test of the fixer ``import`` pretends; the name of the file itself."""
    for name in set(test.files_checked):
        if pretends(name):
            path = folder / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir(exist_ok=True)
            else:
                path.touch()
    return str(folder / test.filename.lstrip("/"))


def pretends(name: str) -> bool:
    """Whether the test pretends that there is such a file; not noted as asked by the fixer."""
    pretended: bool = fix_import.exists(name)
    return pretended


def main() -> int:
    """Runs the tests; the status is 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", required=True, help="the program that serves ours")
    parser.add_argument("names", nargs="*", help="tests, such as Test_print.test_trailing")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    ours = Ours([args.serve])
    replace_check(ours)
    loader = unittest.TestLoader()
    if args.names:
        suite = loader.loadTestsFromNames(args.names, test_fixers)
    else:
        suite = loader.loadTestsFromModule(test_fixers)
    result = unittest.TextTestRunner(verbosity=0, stream=sys.stdout).run(suite)
    ours.close()
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
