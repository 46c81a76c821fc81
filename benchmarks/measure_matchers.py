"""What it costs to find the places of 2to3's fixers: our matcher beside lib2to3's two.

    python benchmarks/measure_matchers.py FILE... [--python PATH]

lib2to3 is timed in its own process (CPU seconds, the tree already parsed): its bottom
matcher with the fixers that use it, each match then tried as the tool does, and its old
traversal, with the default fixers and with all. Ours is `cargo bench` over the same files,
whose nodes and matches it counts itself. Times are per node of the parsed files.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable

# Runs in the interpreter that has lib2to3, which need not be this one.
THEIRS = r"""
import logging, sys, time, warnings
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
from lib2to3 import pygram, pytree, refactor
from lib2to3.pgen2 import driver, tokenize

trees = []
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            encoding = tokenize.detect_encoding(file.readline)[0]
        with open(path, encoding=encoding, newline="") as file:
            text = file.read() + "\n"
        parser = driver.Driver(pygram.python_grammar, convert=pytree.convert)
        trees.append(parser.parse_string(text))
    except Exception:
        continue
nodes = sum(1 for tree in trees for _ in tree.pre_order())
print(f"{len(trees)} files, {nodes} nodes")
names = refactor.get_fixers_from_package("lib2to3.fixes")
for title, explicit in (("48 default fixers", []), ("all 52 fixers", names)):
    tool = refactor.RefactoringTool(names, {}, explicit=explicit)
    for tree in trees:
        for fixer in [*tool.pre_order, *tool.post_order]:
            fixer.start_tree(tree, "file.py")
    start = time.process_time()
    for tree in trees:
        found = tool.BM.run(tree.leaves())
        for fixer, candidates in found.items():
            for node in candidates:
                fixer.match(node)
        for order, heads in ((tree.pre_order, tool.bmi_pre_order_heads), (tree.post_order, tool.bmi_post_order_heads)):
            for node in order():
                for fixer in heads[node.type]:
                    fixer.match(node)
    bottom = time.process_time() - start
    pre = refactor._get_headnode_dict(tool.pre_order)
    post = refactor._get_headnode_dict(tool.post_order)
    start = time.process_time()
    for tree in trees:
        for order, heads in ((tree.pre_order, pre), (tree.post_order, post)):
            for node in order():
                for fixer in heads[node.type]:
                    fixer.match(node)
    old = time.process_time() - start
    print(f"lib2to3, {title}: {bottom / nodes * 1e9:8.0f} ns per node with the bottom matcher, "
          f"{old / nodes * 1e9:8.0f} with the old traversal")
"""
OURS = ["cargo", "bench", "--quiet", "-p", "spacetime-upgrade", "--bench", "matching"]


def main(words: list[str]) -> int:
    """Prints both; the worse of the two exit statuses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--python", default=sys.executable, help="an interpreter with lib2to3 (3.12 or older)")
    parser.add_argument("--profile", default="bench", help="the cargo profile of our matcher (default: bench)")
    options = parser.parse_args(words)
    run: Callable[[list[str]], int] = lambda command: subprocess.run(command, check=False).returncode  # noqa: E731
    theirs = run([options.python, "-W", "ignore", "-c", THEIRS, *options.files])
    ours = run([*OURS, "--profile", options.profile, "--", *options.files])
    return max(theirs, ours)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
