"""Compare ``external_counter``, ``external_distinct`` and ``external_join`` with the plain way.

A log is written once; each way reads it in a process of its own. CPU time and the
growth of peak memory beyond what the interpreter had when the work began are
printed relative to the plain way. Only the standard library is used.

    python benchmarks/external_parts.py --n 1000000 --rounds 3
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any


def write_log(path: Path, n: int) -> None:
    """Write a log of n lines, of which each fourth comes again, far from the first."""
    x = 12345
    with path.open("w", encoding="ascii") as file:
        for number in range(n):
            x = (x * 1103515245 + 12345) % (1 << 31)
            user = number * 7919 % n if number % 4 else x % n
            file.write(f"user{user:09},{x % 97},{x % 10007 / 8}\n")


def users(log: Path) -> Iterator[str]:
    with log.open(encoding="ascii") as file:
        for line in file:
            yield line.split(",")[0]


def tuples(log: Path) -> Iterator[tuple[str, ...]]:
    with log.open(encoding="ascii") as file:
        for line in file:
            yield tuple(line.split(","))


def dicts(log: Path) -> Iterator[dict[str, str]]:
    for user, page, seconds in tuples(log):
        yield {"user": user, "page": page, "seconds": seconds}


def some(log: Path, kind: Callable[[Path], Iterator[Any]]) -> Iterator[Any]:
    """Walk each third record: the left side of the joins."""
    for number, row in enumerate(kind(log)):
        if number % 3 == 0:
            yield row


def summed(pairs: Iterable[tuple[str, int]]) -> object:
    return sum(place % 97 * number * len(item) for place, (item, number) in enumerate(pairs))


def most_common(counts: Any) -> object:
    return counts.most_common(20), len(counts)


def lengths(items: Iterable[str]) -> object:
    return sum(place % 97 * len(item) for place, item in enumerate(items))


def matched(pairs: Iterable[tuple[Any, Any]]) -> object:
    return sum(place % 97 * (len(one) + len(other)) for place, (one, other) in enumerate(pairs))


def by_dict(left: Iterable[Any], right: Iterable[Any], key: Callable[[Any], Any]) -> Iterator[Any]:
    index: dict[Any, list[Any]] = {}
    for row in right:
        index.setdefault(key(row), []).append(row)
    for row in left:
        for other in index.get(key(row), ()):
            yield row, other


def joined(log: Path, kind: Callable[[Path], Iterator[Any]], key: Any, frozen: bool) -> Any:
    from spacetime_compiler.runtime import external_join

    left, right = some(log, kind), kind(log)
    return external_join(left, right, left_key=key, right_key=key, frozen=frozen)


def counter(log: Path) -> Any:
    from spacetime_compiler.runtime import external_counter

    return external_counter(users(log))


def distinct(log: Path) -> Any:
    from spacetime_compiler.runtime import external_distinct

    return external_distinct(users(log))


FIRST, USER = itemgetter(0), itemgetter("user")
WORK: dict[str, tuple[Callable[[Path], object], Callable[[Path], object]]] = {
    "most common": (
        lambda log: most_common(Counter(users(log))),
        lambda log: most_common(counter(log)),
    ),
    "counts, sorted": (
        lambda log: summed(sorted(Counter(users(log)).items())),
        lambda log: summed(counter(log).sorted_items()),
    ),
    "counts, as first seen": (
        lambda log: summed(Counter(users(log)).items()),
        lambda log: summed(counter(log).items()),
    ),
    "distinct": (
        lambda log: lengths(dict.fromkeys(users(log))),
        lambda log: lengths(distinct(log)),
    ),
    "join of tuples": (
        lambda log: matched(by_dict(some(log, tuples), tuples(log), FIRST)),
        lambda log: matched(joined(log, tuples, FIRST, False)),
    ),
    "join of dicts": (
        lambda log: matched(by_dict(some(log, dicts), dicts(log), USER)),
        lambda log: matched(joined(log, dicts, USER, True)),
    ),
}


def peak() -> int:
    """Peak memory of this process, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(name: str, way: int, log: Path) -> tuple[float, int, str]:
    """Do the work in a new process: CPU seconds, growth of the peak, result."""
    command = [sys.executable, __file__, "--work", name, "--way", str(way), "--log", str(log)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, grown, result = done.stdout.split("\n", 2)
    return float(seconds), int(grown), result


def compare(name: str, log: Path, rounds: int) -> str:
    runs: list[list[tuple[float, int, str]]] = [[], []]
    for _ in range(rounds):
        for way in (0, 1):
            runs[way].append(measure(name, way, log))
    (before, large), (after, small) = (
        (min(run[0] for run in way), max(run[1] for run in way)) for way in runs
    )
    results = {run[2] for way in runs for run in way}
    if len(results) != 1:
        raise SystemExit(f"{name}: the results differ: {results}")
    return (
        f"{name:22} {before:7.2f} s {after:7.2f} s {after / before:6.2f}"
        f" {large / 1024:8.1f} MiB {small / 1024:7.1f} MiB {small / max(large, 1):7.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000)
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
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.csv")
        write_log(log, options.n)
        print(f"{options.n:,} lines: CPU time, growth of peak memory; plain, external, ratio")
        for name in [options.only] if options.only else WORK:
            print(compare(name, log, options.rounds), flush=True)


if __name__ == "__main__":
    main()
