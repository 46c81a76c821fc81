"""Compare ``external_sort`` with ``sorted`` and other ways to sort much data.

Every way sorts the same data, which a generator makes, and walks the result
once, in a process of its own; the ways take turns. CPU time and the growth of
peak memory beyond what the interpreter had when the work began are printed
relative to ``sorted``. Only the standard library is used (and GNU ``sort``, for
strings, where there is one). Dataclasses and dicts are sorted with the promise
that they are not changed any more.

    python benchmarks/external_sort.py --n 5000000 --rounds 2
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

Key = Callable[[Any], Any] | None


def numbers(n: int) -> Iterator[int]:
    """Make n different-looking numbers below 2**40, cheaply and always the same."""
    x = 12345
    for _ in range(n):
        x = (x * 1103515245 + 12345) % (1 << 40)
        yield x


def strings(n: int) -> Iterator[str]:
    for x in numbers(n):
        yield f"{x:012x}-key"


def tuples(n: int) -> Iterator[tuple[str, int]]:
    for x in numbers(n):
        yield f"user{x % 100003}", x


def records(n: int) -> Iterator[tuple[int, str, float]]:
    for i, x in enumerate(numbers(n)):
        yield i, f"user{x % 1003}", x / 8


CITIES = ("Oslo", "Lima", "Pune", "Bonn", "Quito", "Perth", "Osaka", "Turin")


@dataclass
class Entry:
    id: int
    timestamp: float
    user: str
    city: str

    def __hash__(self) -> int:
        return hash((self.id, self.timestamp, self.user, self.city))


def dataclasses(n: int) -> Iterator[Entry]:
    for i, x in enumerate(numbers(n)):
        yield Entry(i, x / 8, f"user{x % 1003}", CITIES[x >> 9 & 7])


def dicts(n: int) -> Iterator[dict[str, Any]]:
    for i, x in enumerate(numbers(n)):
        yield {"id": i, "amount": x / 8, "user": f"user{x % 1003}", "city": CITIES[x >> 9 & 7]}


def by_city(row: dict[str, Any]) -> tuple[str, float]:
    return row["city"], -row["amount"]


DATA: dict[str, tuple[Callable[[int], Iterator[Any]], Key]] = {
    "strings": (strings, None),
    "ints": (numbers, None),
    "tuples": (tuples, None),
    "records": (records, itemgetter(2)),
    "dataclasses": (dataclasses, attrgetter("timestamp")),
    "dicts": (dicts, by_city),
}
# Of these it is promised that they are not changed any more.
FROZEN = ("dataclasses", "dicts")


def by_sorted(data: Iterable[Any], key: Key) -> Iterable[Any]:
    return sorted(data, key=key)


def by_external_sort(data: Iterable[Any], key: Key, frozen: bool = False) -> Iterable[Any]:
    from spacetime_compiler.runtime import external_sort

    return external_sort(data, key=key, frozen=frozen)


def by_pickled_blocks(data: Iterable[Any], key: Key) -> Iterable[Any]:
    """Runs of 50,000, pickled in blocks of 256, merged by ``heapq.merge``."""
    import heapq
    import pickle
    from itertools import islice

    def walk(file: Any) -> Iterator[Any]:
        file.seek(0)
        while True:
            try:
                yield from pickle.load(file)
            except EOFError:
                return

    items = iter(data)
    runs = []
    while run := list(islice(items, 50_000)):
        run.sort(key=key)
        file = tempfile.TemporaryFile(buffering=1 << 14)  # noqa: SIM115  # read while merging
        for start in range(0, len(run), 256):
            pickle.dump(run[start : start + 256], file, pickle.HIGHEST_PROTOCOL)
        runs.append(walk(file))
    return heapq.merge(*runs, key=key)


def by_gnu_sort(data: Iterable[str], key: Key) -> Iterable[str]:
    with tempfile.TemporaryFile("w+", encoding="ascii") as file:
        file.writelines(f"{text}\n" for text in data)
        file.seek(0)
        sort = subprocess.Popen(
            ["sort", "-S", "16M", "--parallel=1"],
            stdin=file,
            stdout=subprocess.PIPE,
            encoding="ascii",
            env={**os.environ, "LC_ALL": "C"},
        )
    assert sort.stdout is not None
    for line in sort.stdout:
        yield line[:-1]
    sort.wait()


WAYS: dict[str, Callable[..., Iterable[Any]]] = {
    "sorted": by_sorted,
    "external_sort": by_external_sort,
    "pickled blocks": by_pickled_blocks,
    "GNU sort -S 16M": by_gnu_sort,
}


def peak() -> int:
    """Peak memory of this process and of the largest of its children, in KiB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def work(way: str, name: str, n: int) -> None:
    """Sort and walk, and print CPU seconds, growth of the peak, and a checksum."""
    make, key = DATA[name]
    before = peak()
    count, check = 0, 0
    promises = {"frozen": True} if way == "external_sort" and name in FROZEN else {}
    for item in WAYS[way](make(n), key, **promises):
        count += 1
        value = tuple(item.values()) if type(item) is dict else item
        check = (check * 31 + hash(value)) & 0xFFFFFFFF
    times = os.times()
    print(times.user + times.system + times.children_user + times.children_system)
    print(peak() - before, count, check)


def measure(way: str, name: str, n: int) -> tuple[float, int, str]:
    command = [sys.executable, __file__, "--way", way, "--data", name, "--n", str(n)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    out = subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment
    ).stdout.split()
    return float(out[0]), int(out[1]), " ".join(out[2:])


def compare(name: str, n: int, rounds: int) -> None:
    ways = [way for way in WAYS if way != "GNU sort -S 16M" or name == "strings"]
    if shutil.which("sort") is None:
        ways = [way for way in ways if not way.startswith("GNU")]
    seconds: dict[str, float] = {}
    memory: dict[str, int] = {}
    checks = set()
    for _ in range(rounds):
        for way in ways:
            took, grew, check = measure(way, name, n)
            seconds[way] = min(took, seconds.get(way, took))
            memory[way] = max(grew, memory.get(way, 0))
            checks.add(check)
    if len(checks) > 1:
        raise SystemExit(f"{name}: the results differ: {checks}")
    for way in ways:
        time_ratio = seconds[way] / seconds["sorted"]
        memory_ratio = memory[way] / memory["sorted"]
        print(
            f"{name:11} {way:16} {seconds[way]:8.2f} s {memory[way] / 1024:8.1f} MiB"
            f" {time_ratio:6.2f} {memory_ratio:7.4f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--data", choices=DATA)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        work(options.way, options.data, options.n)
        return
    print(f"{options.n:,} items; CPU time, growth of peak memory, both relative to sorted")
    for name in [options.data] if options.data else DATA:
        compare(name, options.n, options.rounds)


if __name__ == "__main__":
    main()
