"""Compare ``SpillGroups``, ``SpillSet`` and ``sorted_set`` with the builtins.

A log is written once; each way reads its lines, parses them into objects, groups
them by user, and walks all groups twice, in a process of its own. CPU time and
the growth of peak memory beyond what the interpreter had when the work began are
printed relative to the builtin. Only the standard library is used.

    python benchmarks/spill_groups.py --rounds 3
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Visit:
    user: str
    page: str
    status: int
    seconds: float


def write_log(path: Path, users: int, each: int) -> None:
    """Write a log in which each of the users comes so many times, far apart."""
    x = 12345
    with path.open("w", encoding="ascii") as file:
        for round in range(each):
            for user in range(users):
                x = (x * 1103515245 + 12345) % (1 << 31)
                file.write(f"user{user:06} /page/{x % 97} {200 + x % 3} {x % 10007 / 8} {round}\n")


def visits(path: Path) -> Iterator[Visit]:
    with path.open(encoding="ascii") as file:
        for line in file:
            user, page, status, seconds, _ = line.split()
            yield Visit(user, page, int(status), float(seconds))


def rows(path: Path) -> Iterator[tuple[str, str, int]]:
    with path.open(encoding="ascii") as file:
        for line in file:
            user, page, status, _, _ = line.split()
            yield user, page, int(status)


def walk(groups: Any) -> object:
    """Walk all groups twice, as reports do."""
    total = sum(visit.seconds for group in groups.values() for visit in group)
    slowest = {user: max(visit.seconds for visit in group) for user, group in groups.items()}
    return len(groups), total, sum(slowest.values())


def setdefault(groups: Any, path: Path) -> object:
    for visit in visits(path):
        groups.setdefault(visit.user, []).append(visit)
    return walk(groups)


def missing(groups: Any, path: Path) -> object:
    for visit in visits(path):
        groups[visit.user].append(visit)
    return walk(groups)


def in_order(groups: Any, path: Path) -> object:
    """Sort each group, and walk them in the order of the keys."""
    for visit in visits(path):
        if visit.user not in groups:
            groups[visit.user] = []
        groups[visit.user].append(visit)
    check = 0.0
    for user in sorted(groups, reverse=True):
        groups[user].sort(key=lambda visit: visit.seconds)
        check += groups[user][0].seconds + len(groups[user])
    return check


def tuples(groups: Any, path: Path) -> object:
    for row in rows(path):
        groups.setdefault(row[0], []).append(row)
    return sum(row[2] for group in groups.values() for row in group)


def texts(path: Path) -> Iterator[str]:
    with path.open(encoding="ascii") as file:
        for number, line in enumerate(file):
            yield line if number % 3 else line[:18]


def numbers(path: Path) -> Iterator[int]:
    return (hash(text) % (1 << 40) for text in texts(path))


def total_length(items: Any) -> object:
    return sum(len(str(item)) for item in items)


def spill_groups(default: bool) -> Any:
    from spacetime_compiler.runtime import SpillGroups

    return SpillGroups(default, frozen=True)


def sorted_set(items: Iterator[Any]) -> Any:
    from spacetime_compiler import runtime

    return runtime.sorted_set(items)


def unseen(seen: Any, path: Path) -> object:
    """Count lines that were not there before, as programs that drop repeats do."""
    count = 0
    for line in texts(path):
        text = line.strip()
        if text not in seen:
            seen.add(text)
            count += 1
    return count, len(seen)


def spill_set() -> Any:
    from spacetime_compiler.runtime import SpillSet

    return SpillSet()


WORK: dict[str, tuple[Callable[[Path], object], Callable[[Path], object]]] = {
    "setdefault": (lambda p: setdefault({}, p), lambda p: setdefault(spill_groups(False), p)),
    "defaultdict": (
        lambda p: missing(defaultdict(list), p),
        lambda p: missing(spill_groups(True), p),
    ),
    "sort each": (lambda p: in_order({}, p), lambda p: in_order(spill_groups(False), p)),
    "tuples": (lambda p: tuples({}, p), lambda p: tuples(spill_groups(False), p)),
    "set of str": (
        lambda p: total_length(sorted(set(texts(p)))),
        lambda p: total_length(sorted_set(texts(p))),
    ),
    "set of int": (
        lambda p: total_length(sorted(set(numbers(p)))),
        lambda p: total_length(sorted_set(numbers(p))),
    ),
    "seen": (lambda p: unseen(set(), p), lambda p: unseen(spill_set(), p)),
}
SIZES = {"1,500 x 400": (1_500, 400), "200,000 x 5": (200_000, 5)}


def peak() -> int:
    """Peak memory of this process, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(name: str, way: int, log: Path) -> tuple[float, int, str]:
    """Do the work in a new process: CPU seconds, growth of the peak, result."""
    command = [sys.executable, __file__, "--work", name, "--way", str(way), "--log", str(log)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    seconds, grown, result = done.stdout.split("\n", 2)
    return float(seconds), int(grown), result


def compare(name: str, log: Path, rounds: int) -> str:
    best: list[tuple[float, int, str]] = []
    for way in (0, 1):
        runs = [measure(name, way, log) for _ in range(rounds)]
        best.append((min(run[0] for run in runs), max(run[1] for run in runs), runs[0][2]))
    (before, large, expected), (after, small, result) = best
    if result != expected:
        raise SystemExit(f"{name}: the results differ: {expected} {result}")
    return (
        f"{name:12} {before:7.2f} s {after:7.2f} s {after / before:6.2f}"
        f" {large / 1024:8.1f} MiB {small / 1024:7.1f} MiB {small / max(large, 1):7.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=WORK)
    parser.add_argument("--work", choices=WORK, help=argparse.SUPPRESS)
    parser.add_argument("--way", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        before = peak()
        result = WORK[options.work][options.way](options.log)
        times = os.times()
        print(times.user + times.system, peak() - before, result, sep="\n")
        return
    for size, (users, each) in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder, "log.txt")
            write_log(log, users, each)
            print(f"{size}: CPU time, growth of peak memory; builtin, spilled, ratio")
            for name in [options.only] if options.only else WORK:
                print(compare(name, log, options.rounds), flush=True)


if __name__ == "__main__":
    main()
