"""Compare ``SpillDict`` and ``SpillCounter`` with ``dict`` and ``Counter``.

Each way does its work in a process of its own: filling, reading at random,
overwriting, walking, counting and adding up, with few keys and with many. CPU time of
the work (not of making its keys, which come from a generator in both) and the growth
of peak memory beyond what the interpreter had when the work began are printed for the
builtin, and for ours relative to it. Only the standard library is used.

    python benchmarks/spill_dict.py --rounds 3 --keys 300000
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from spacetime_compiler.runtime import SpillCounter, SpillDict

FEW = 1000


def numbers(count: int, keys: int) -> Iterator[int]:
    """So many numbers below ``keys``, at random, most of them several times."""
    x = 12345
    for _ in range(count):
        x = (x * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield (x >> 33) % keys


def names(keys: int) -> Iterator[str]:
    return (f"user{number:07}@example.org" for number in numbers(3 * keys, keys))


def few_names(keys: int) -> Iterator[str]:
    return (f"user{number:07}@example.org" for number in numbers(3 * keys, FEW))


def pairs(keys: int) -> Iterator[tuple[str, str]]:
    return ((f"w{number % 1999}", f"w{number % 7919}") for number in numbers(3 * keys, 4 * keys))


def filled(table: Any, keys: int) -> Any:
    for number in range(keys):
        table[f"user{number:07}@example.org"] = (number, number / 8)
    return table


def fill(table: Any, keys: int) -> object:
    return len(filled(table, keys))


def read(table: Any, keys: int) -> object:
    filled(table, keys)
    return sum(table[name][1] for name in names(keys))


def overwrite(table: Any, keys: int) -> object:
    filled(table, keys)
    for name in names(keys):
        table[name] = (1, 0.5)
    return len(table)


def latest(table: Any, keys: int) -> object:
    """The last of several records with the same key, of any length."""
    for at, number in enumerate(numbers(4 * keys, keys)):
        table[f"document-{number:07}"] = (at, "set", "content " * (at * 7919 % 11))
    return len(table), sum(len(row[2]) for row in table.values())


def walk(table: Any, keys: int) -> object:
    filled(table, keys)
    return sum(value for _ in range(3) for _, (_, value) in table.items())


def add_get(table: Any, found: Iterator[Any]) -> object:
    for name in found:
        table[name] = table.get(name, 0) + 1
    return sum(count * count for count in table.values())


def add_floats(table: Any, found: Iterator[Any]) -> object:
    for name in found:
        table[name] += 0.1
    return sum(total * total for total in table.values())


def add_ours(table: Any, found: Iterator[Any]) -> object:
    for name in found:
        table.add(name, 1)
    return sum(count * count for count in table.values())


def add_floats_ours(table: Any, found: Iterator[Any]) -> object:
    for name in found:
        table.add(name, 0.1)
    return sum(total * total for total in table.values())


def common(counts: Any) -> object:
    return len(counts), counts.most_common(3)


Way = Callable[[int], object]
# What is done, by the builtin and by ours.
WAYS: dict[str, tuple[Way, Way]] = {
    "fill": (lambda n: fill({}, n), lambda n: fill(SpillDict(), n)),
    "read at random": (lambda n: read({}, n), lambda n: read(SpillDict(), n)),
    "overwrite at random": (lambda n: overwrite({}, n), lambda n: overwrite(SpillDict(), n)),
    "latest of several": (lambda n: latest({}, n), lambda n: latest(SpillDict(), n)),
    "walk three times": (lambda n: walk({}, n), lambda n: walk(SpillDict(), n)),
    "add at random": (
        lambda n: add_get({}, names(n)),
        lambda n: add_ours(SpillCounter(like="dict", start=0), names(n)),
    ),
    "add to few": (
        lambda n: add_get({}, few_names(n)),
        lambda n: add_ours(SpillCounter(like="dict", start=0), few_names(n)),
    ),
    "add floats": (
        lambda n: add_floats(defaultdict(float), names(n)),
        lambda n: add_floats_ours(SpillCounter(like="defaultdict", start=0.0), names(n)),
    ),
    "add floats to few": (
        lambda n: add_floats(defaultdict(float), few_names(n)),
        lambda n: add_floats_ours(SpillCounter(like="defaultdict", start=0.0), few_names(n)),
    ),
    "Counter of pairs": (
        lambda n: common(Counter(pairs(n))),
        lambda n: common(SpillCounter(pairs(n))),
    ),
    "Counter of few": (
        lambda n: common(Counter(few_names(n))),
        lambda n: common(SpillCounter(few_names(n))),
    ),
}


def peak() -> int:
    """The peak of memory so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(way: str, ours: bool, keys: int) -> None:
    """Do the work, and print CPU seconds, KiB and the result."""
    work = WAYS[way][ours]
    before, start = peak(), time.process_time()
    result = work(keys)
    print(time.process_time() - start, peak() - before, repr(result))


def run(way: str, ours: bool, keys: int) -> tuple[float, int, str]:
    arguments = [sys.executable, __file__, "--keys", str(keys), "--way", way]
    done = subprocess.run(
        arguments + ["--ours"] * ours, check=True, capture_output=True, text=True
    ).stdout
    seconds, memory, result = done.strip().split(" ", 2)
    return float(seconds), int(memory), result


def compare(way: str, keys: int, rounds: int) -> None:
    """Print one line of the table.

    Raises:
        SystemExit: the results differ.
    """
    all_of: dict[bool, list[tuple[float, int, str]]] = {False: [], True: []}
    for at in range(rounds):
        # In turns, since others may use the machine.
        for ours in (False, True) if at % 2 == 0 else (True, False):
            all_of[ours].append(run(way, ours, keys))
    if len({result for found in all_of.values() for _, _, result in found}) != 1:
        raise SystemExit(f"{way}: the results differ")
    seconds = {ours: min(second for second, _, _ in found) for ours, found in all_of.items()}
    memory = {ours: min(size for _, size, _ in found) for ours, found in all_of.items()}
    less = 1 - memory[True] / max(memory[False], 1)
    print(
        f"{way:22}{seconds[False]:8.2f} s{memory[False] / 1024:9.1f} MB"
        f"{seconds[True] / seconds[False]:9.2f} x{memory[True] / 1024:9.1f} MB{less:8.0%}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keys", type=int, default=300_000)
    parser.add_argument("--only", choices=WAYS)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        measure(arguments.way, arguments.ours, arguments.keys)
        return
    print(f"{arguments.keys} keys{'':12}builtin{'':16}ours, time and memory, how much less")
    for way in [arguments.only] if arguments.only else WAYS:
        compare(way, arguments.keys, arguments.rounds)


if __name__ == "__main__":
    main()
