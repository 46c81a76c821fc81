"""Compare each operation of ``SpillSet`` and ``SpillDict`` with that of ``set`` and ``dict``.

Each way first holds N keys (or none, where it is filling that is measured), and then
does one kind of operation N times; only the operations are timed, less what walking
the keys alone takes. CPU time per operation in nanoseconds, and the growth of the
peak memory from the beginning, are printed beside those of the builtin; each run is a
process of its own, and the least of all rounds counts. Only the standard library is used.

    python benchmarks/spill_keyed.py --n 500000 --rounds 3
    python benchmarks/spill_keyed.py --only "set of int: hit" --only "dict of int: read"
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

# Keys come as often as N, in an order that has nothing to do with that in which they
# were added: the steps are prime.
STEP, OTHER = 7_919, 15_485_863

Key = Callable[[int], Any]
KEYS: dict[str, Key] = {
    "int": lambda number: number,
    "wide int": lambda number: number * 0x9E3779B97F4A7C15 % (1 << 61),
    "str": lambda number: f"user{number:07}",
    "tuple": lambda number: (number, f"page{number % 977}"),
}


def present(n: int, key: Key) -> Iterator[Any]:
    """Give the keys that are there, in another order, made anew."""
    return (key(number * STEP % n) for number in range(n))


def absent(n: int, key: Key) -> Iterator[Any]:
    return (key(n + number * OTHER % (4 * n)) for number in range(n))


def in_order(n: int, key: Key) -> Iterator[Any]:
    return (key(number) for number in range(n))


def mixed(n: int, key: Key) -> Iterator[Any]:
    """Of ten keys nine are there."""
    return (key(number * STEP % n if number % 10 else n + number) for number in range(n))


def contains(held: Any, keys: Iterator[Any]) -> int:
    return sum(1 for key in keys if key in held)


def add(held: Any, keys: Iterator[Any]) -> int:
    for key in keys:
        held.add(key)
    return len(held)


def unless_seen(held: Any, keys: Iterator[Any]) -> int:
    for key in keys:
        if key not in held:
            held.add(key)
    return len(held)


def discard(held: Any, keys: Iterator[Any]) -> int:
    for key in keys:
        held.discard(key)
    return len(held)


def read(held: Any, keys: Iterator[Any]) -> int:
    return sum(held[key] for key in keys)


def get(held: Any, keys: Iterator[Any]) -> int:
    lookup = held.get
    return sum(lookup(key, 0) for key in keys)


def overwrite(held: Any, keys: Iterator[Any]) -> int:
    for number, key in enumerate(keys):
        held[key] = number
    return len(held)


def count(held: Any, keys: Iterator[Any]) -> int:
    for key in keys:
        held[key] = held.get(key, 0) + 1
    return len(held)


def bare(keys: Iterator[Any]) -> None:
    for _ in keys:
        pass


Operation = tuple[bool, Callable[[int, Key], Iterator[Any]], Callable[[Any, Iterator[Any]], int]]
# Whether there is something before, the keys that come, and what is done.
SETS: dict[str, Operation] = {
    "fill": (False, in_order, add),
    "hit": (True, present, contains),
    "miss": (True, absent, contains),
    "mixed": (True, mixed, unless_seen),
    "add again": (True, present, add),
    "discard": (True, present, discard),
}
DICTS: dict[str, Operation] = {
    "fill": (False, in_order, overwrite),
    "hit": (True, present, contains),
    "miss": (True, absent, contains),
    "read": (True, present, read),
    "get": (True, present, get),
    "overwrite": (True, present, overwrite),
    "count": (True, present, count),
}


def made(kind: str, spilled: bool) -> Any:
    if not spilled:
        return set() if kind == "set" else {}
    from spacetime_compiler import runtime

    return runtime.SpillSet() if kind == "set" else runtime.SpillDict()


def peak() -> int:
    """Peak memory of this process, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def work(kind: str, keys: str, name: str, n: int, spilled: bool) -> None:
    """Do one thing, and print nanoseconds for each key, the growth in KiB, the result."""
    filled, come, operation = (SETS if kind == "set" else DICTS)[name]
    key = KEYS[keys]
    held = made(kind, spilled)
    before = peak()
    if filled:
        (add if kind == "set" else overwrite)(held, in_order(n, key))
    start = time.process_time_ns()
    bare(come(n, key))
    middle = time.process_time_ns()
    result = operation(held, come(n, key))
    end = time.process_time_ns()
    print(((end - middle) - (middle - start)) / n, peak() - before, result)


def measure(task: tuple[str, str, str], n: int, spilled: bool) -> tuple[float, int, str]:
    command = [sys.executable, __file__, "--work", *task, "--n", str(n)]
    command += ["--spilled"] if spilled else []
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    each, grown, result = done.stdout.split()
    return float(each), int(grown), result


def compare(task: tuple[str, str, str], n: int, rounds: int) -> str:
    pairs = [(measure(task, n, False), measure(task, n, True)) for _ in range(rounds)]
    if len({one[2] for pair in pairs for one in pair}) != 1:
        raise SystemExit(f"{task}: the results differ")
    before, after = (min(pair[way][0] for pair in pairs) for way in (0, 1))
    large, small = (min(pair[way][1] for pair in pairs) for way in (0, 1))
    return (f"{before:8.0f} ns {after:8.0f} ns {after / max(before, 1):7.2f}"
            f" {large / 1024:8.1f} MiB {small / 1024:7.1f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", help="such as 'set of int: hit'")
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--spilled", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        kind, keys, name = options.work
        work(kind, keys, name, options.n, options.spilled)
        return
    print(f"{options.n:,} keys: CPU time of an operation, growth of peak memory; plain, spilled")
    for kind, operations in (("set", SETS), ("dict", DICTS)):
        for keys in KEYS:
            for name in operations:
                title = f"{kind} of {keys}: {name}"
                if not options.only or any(part in title for part in options.only):
                    line = compare((kind, keys, name), options.n, options.rounds)
                    print(f"{title:30}{line}", flush=True)


if __name__ == "__main__":
    main()
