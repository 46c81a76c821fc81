"""Compare reading a file again for every pass with a ``SpillList`` of what it gives.

Lines, and tuples parsed from lines, are walked two, three or four times: from a
list, from a ``SpillList``, and from the file, which is opened for every pass. Each
way runs in a process of its own; the ways take turns. CPU time (the lowest of all
rounds) and the peak of memory are printed. Only the standard library is used.

    python benchmarks/read_again.py --n 700000 --rounds 3
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacetime_compiler.runtime import SpillList

WAYS = ("list", "spill", "again")
KINDS = ("lines", "rows")


def lines(path: str) -> Iterator[str]:
    with open(path, encoding="utf-8") as file:
        yield from file


def rows(path: str) -> Iterator[tuple[str, str, int]]:
    for line in lines(path):
        name, place, number = line.rstrip("\n").split(",")
        yield name, place, int(number)


def walk(items: Iterable[object]) -> int:
    return sum(1 for _ in items)


def measure(path: str, kind: str, way: str, passes: int) -> None:
    """Print CPU seconds and the peak in MB of some passes over what a file gives."""
    make = lines if kind == "lines" else rows
    start = time.process_time()
    kept: Iterable[object] | None = None
    if way == "list":
        kept = list(make(path))
    elif way == "spill":
        kept = SpillList(make(path), frozen=True)
    counts = {walk(make(path) if kept is None else kept) for _ in range(passes)}
    seconds = time.process_time() - start
    assert len(counts) == 1
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=700_000, help="lines of the file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        path, kind, way, passes = arguments.one
        measure(path, kind, way, int(passes))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "data.csv")
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(f"name{i % 9973},place {i % 811},{i * 7}\n" for i in range(arguments.n))
        print("what   passes  way       CPU s   peak MB")
        for kind in KINDS:
            for passes in (2, 3, 4):
                best: dict[str, tuple[float, float]] = {}
                for _ in range(arguments.rounds):
                    for way in WAYS:
                        command = [sys.executable, __file__, "--one", path, kind, way, str(passes)]
                        done = subprocess.run(command, check=True, capture_output=True, text=True)
                        seconds, peak = map(float, done.stdout.split())
                        best[way] = min(best.get(way, (seconds, peak)), (seconds, peak))
                for way, (seconds, peak) in best.items():
                    print(f"{kind:6} {passes:6}  {way:7} {seconds:7.2f} {peak:9.0f}")


if __name__ == "__main__":
    main()
