"""Runs lib2to3's tests of its parser, its command and its future features against ours.

Run by ``cargo xtask upgrade-fixers --other-tests`` in a CPython that has ``lib2to3.tests`` (3.11),
with the program that serves ours and the path of ``stc``. What is not run has no counterpart here,
and stands in ``ELSEWHERE`` with the reason.
"""

import argparse
import importlib
import logging
import subprocess
import sys
import unittest
import warnings
from typing import Any

from upgrade_serve import Ours

warnings.simplefilter("ignore")

# What is known of their types is not enough for what is done here.
lib2to3_parse: Any = importlib.import_module("lib2to3.pgen2.parse")
refactor: Any = importlib.import_module("lib2to3.refactor")
support: Any = importlib.import_module("lib2to3.tests.support")
test_all_fixers: Any = importlib.import_module("lib2to3.tests.test_all_fixers")
test_main: Any = importlib.import_module("lib2to3.tests.test_main")
test_parser: Any = importlib.import_module("lib2to3.tests.test_parser")
test_refactor: Any = importlib.import_module("lib2to3.tests.test_refactor")

ELSEWHERE = {
    "TestDriver": "looks at nodes: `xtask upgrade-parity` compares all trees",
    "TestPgen2Caching": "pickles of the grammar, which is compiled in here",
    "TestPickleableException": "pickles of Python exceptions: tests/test_upgrade.py",
    "TestMain.test_unencodable_diff": "standard output is UTF-8 here (docs/upgrade.md)",
    "TestRefactoringTool": "fixers written in Python, and what is inside of the class; "
    "tests/test_upgrade.py tests ours. Only the future features are tested here",
}
FEATURES = "test_detect_future_features"


class Text:
    """What the tests take for a tree."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Driver:
    """Parses by ours; for the tests, what only ours can read is refused, and noted."""

    def __init__(self, ours: Ours, theirs: Any, **grammar: bool) -> None:
        self.ours = ours
        self.theirs = theirs
        self.grammar = grammar
        self.more: list[str] = []

    def parse_string(self, text: str, debug: bool = False) -> Text:
        """The text of the tree. Raises lib2to3's ``ParseError``."""
        (result,) = self.ours.refactor(text, "test.py", [[]], **self.grammar)
        if result.error is None:
            try:
                self.theirs.parse_string(text)
            except Exception:
                self.more.append(text)
                result.error = "read by ours"
        if result.error is not None:
            raise lib2to3_parse.ParseError(result.error, 0, "", ("", (0, 0)))
        return Text(result.text)


def command(stc: str) -> Any:
    """A stand-in for ``lib2to3.main.main``."""

    def main(package: str, args: list[str]) -> int:
        given = sys.stdin.read()
        words = [stc, "upgrade", *args]
        ran = subprocess.run(words, input=given, capture_output=True, encoding="utf-8")
        sys.stdout.write(ran.stdout)
        sys.stderr.write(ran.stderr)
        return ran.returncode

    return main


def replace(ours: Ours, stc: str) -> Driver:
    """Makes the tests ask ours."""
    driver = Driver(ours, test_parser.driver)
    functions = Driver(ours, test_parser.driver_no_print_statement, print_function=True)
    test_parser.driver = driver
    test_parser.driver_no_print_statement = functions
    support.parse_string = lambda text: driver.parse_string(support.reformat(text))
    test_main.main.main = command(stc)

    def features(text: str) -> frozenset[str]:
        return frozenset(ours.features(text))

    # Only the test of this name is run.
    test_refactor.refactor._detect_future_features = features

    def refactor_file(self: Any, path: str) -> None:
        names = refactor.get_all_fix_names("lib2to3.fixes")
        with open(path, "rb") as binary:
            encoding = test_parser.tokenize.detect_encoding(binary.readline)[0]
        with open(path, encoding=encoding, newline="") as file:
            text = file.read() + "\n"
        (result,) = ours.refactor(text, path, [names])
        assert result.error is None or result.error.startswith("ParseError"), result.error

    test_all_fixers.Test_all.refactor_file = refactor_file
    return driver


def wanted(suite: unittest.TestSuite) -> list[unittest.TestCase]:
    """The tests that are about something that we have, too."""
    found: list[unittest.TestCase] = []
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            found += wanted(one)
            continue
        _, _, name = one.id().rpartition("tests.")
        _, kind, method = name.split(".")
        if kind in ELSEWHERE or f"{kind}.{method}" in ELSEWHERE:
            if method == FEATURES:
                found.append(one)
            continue
        found.append(one)
    return found


def main() -> int:
    """Runs the tests; the status is 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", required=True, help="the program that serves ours")
    parser.add_argument("--stc", required=True, help="our command")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    # As the tests are run in a CPython's own suite.
    importlib.import_module("test.support").verbose = 0  # type: ignore[attr-defined]
    ours = Ours([args.serve])
    driver = replace(ours, args.stc)
    loader = unittest.TestLoader()
    modules = (test_parser, test_main, test_refactor, test_all_fixers)
    tests = wanted(unittest.TestSuite(map(loader.loadTestsFromModule, modules)))
    result = unittest.TextTestRunner(verbosity=0, stream=sys.stdout).run(unittest.TestSuite(tests))
    ours.close()
    print(f"{len(driver.more)} texts that lib2to3 refuses are read by ours")
    for name, reason in ELSEWHERE.items():
        print(f"not run: {name}: {reason}")
    print("not run: test_util, test_pytree: functions of Python that have no counterpart here")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
