"""``--demo``: a small program, what is found in it, and what it saves."""

import os
import sys
import tempfile

from spacetime_compiler.__main__ import run

_PROGRAM = '''\
"""Counts words and adds up sizes; every step builds a list that is used once."""


def readings(count):
    state = 1
    for _ in range(count):
        state = state * 1103515245 % 2147483647
        yield state


def report(count):
    rows = [value % 1000 for value in readings(count)]
    total = sum([row * row for row in rows])
    print("total", total)


def longest(count):
    print("longest", max([len(str(value)) for value in readings(count)]))


report(400_000)
longest(400_000)
'''


def main() -> int:
    """Show the program, its report, the change, and the proof."""
    with tempfile.TemporaryDirectory(prefix="spacetime-demo-") as folder:
        path = os.path.join(folder, "demo.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(_PROGRAM)
        steps = (
            ["optimize", path, "--isolated", "--analyze-only"],
            ["optimize", path, "--isolated", "--diff", "--exit-zero", "--quiet"],
            ["prove", path, "--isolated", "--workdir", folder],
        )
        for step in steps:
            shown = " ".join(arg.replace(path, "demo.py").replace(folder, ".") for arg in step)
            print(f"\n$ stc {shown}", flush=True)
            status = run(step)
            if status != 0:
                return status
    print("\nNow with a program of your own: stc prove my_code.py", file=sys.stderr)
    return 0
