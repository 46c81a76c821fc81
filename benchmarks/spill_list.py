"""Compare ``SpillList`` with ``list`` where much data is read, kept and walked.

Each kind of item is made as programs make it, from the lines of a file. A list of
them is filled and walked once or twice, in a process of its own; the ways take
turns. CPU time and the growth of peak memory beyond what the interpreter had
when the work began are printed relative to ``list``. Only the standard library is
used.

    python benchmarks/spill_list.py --n 300000 --rounds 2
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

CITIES = ("Oslo", "Lima", "Pune", "Bonn", "Quito", "Perth", "Osaka", "Turin")


def numbers(n: int) -> Iterator[int]:
    """Make n different-looking numbers below 2**40, cheaply and always the same."""
    x = 12345
    for _ in range(n):
        x = (x * 1103515245 + 12345) % (1 << 40)
        yield x


def write_csv(path: Path, n: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("id,user,city,amount,day,comment\n")
        for i, x in enumerate(numbers(n)):
            day = f"2024-{x % 12 + 1:02}-{x % 28 + 1:02}"
            amount = (x >> 9) % 100000 / 100
            file.write(f"{i},user{x % 10007},{CITIES[x % 8]},{amount},{day},no {x} of its kind\n")


def write_json(path: Path, n: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for i, x in enumerate(numbers(n)):
            row = {"id": i, "user": f"user{x % 10007}", "ok": x % 3 > 0, "ms": x % 9973 / 7}
            json.dump({**row, "path": ["shop", CITIES[x % 8]], "more": {"size": x % 5000}}, file)
            file.write("\n")


@dataclass
class Record:
    id: int
    user: str
    city: str
    amount: float


class Entry(NamedTuple):
    id: int
    user: str
    city: str
    amount: float


def rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


def dict_rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n")


DATA: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], Iterator[Any]]]] = {
    "str": (write_csv, lines),
    "int": (write_csv, lambda path: (int(row[5].split()[1]) for row in rows(path))),
    "float": (write_csv, lambda path: (float(row[3]) for row in rows(path))),
    "tuple": (write_csv, lambda path: ((int(r[0]), r[1], r[2], float(r[3])) for r in rows(path))),
    "list": (write_csv, rows),
    "DictReader": (write_csv, dict_rows),
    "json": (write_json, lambda path: map(json.loads, lines(path))),
    "dataclass": (
        write_csv,
        lambda path: (Record(int(r[0]), r[1], r[2], float(r[3])) for r in rows(path)),
    ),
    "namedtuple": (
        write_csv,
        lambda path: (Entry(int(r[0]), r[1], r[2], float(r[3])) for r in rows(path)),
    ),
}


def get(item: Any) -> Any:
    """Look at one thing in an item, as a walk would."""
    if isinstance(item, dict):
        return item["user"]
    if isinstance(item, (list, Entry, tuple)):
        return item[1]
    return item.user if isinstance(item, Record) else item


def empty(way: str) -> Any:
    if way == "list":
        return []
    from spacetime_compiler.runtime import SpillList

    return SpillList(frozen=True)


def full(way: str, items: Iterable[Any]) -> Any:
    if way == "list":
        return list(items)
    from spacetime_compiler.runtime import SpillList

    return SpillList(items, frozen=True)


def work(way: str, name: str, path: Path, walks: int, appending: bool) -> None:
    """Fill and walk, and print CPU seconds, growth of the peak, and a checksum."""
    make = DATA[name][1]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = os.times()
    if appending:
        held = empty(way)
        for item in make(path):
            held.append(item)
    else:
        held = full(way, make(path))
    check = 0
    for _ in range(walks):
        for item in held:
            check = (check * 31 + hash(get(item))) & 0xFFFFFFFF
    end = os.times()
    print(end.user + end.system - start.user - start.system)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, len(held), check)


def measure(way: str, name: str, path: Path, walks: int, appending: bool) -> tuple[float, int, str]:
    command = [sys.executable, __file__, "--way", way, "--data", name]
    command += ["--file", str(path), "--walks", str(walks), *(["--append"] if appending else [])]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    out = result.stdout.split()
    return float(out[0]), int(out[1]), " ".join(out[2:])


def compare(name: str, path: Path, rounds: int, walks: int, appending: bool) -> float:
    seconds: dict[str, float] = {}
    memory: dict[str, int] = {}
    checks = set()
    for _ in range(rounds):
        for way in ("list", "SpillList"):
            took, grew, check = measure(way, name, path, walks, appending)
            seconds[way] = min(took, seconds.get(way, took))
            memory[way] = max(grew, memory.get(way, 0))
            checks.add(check)
    if len(checks) > 1:
        raise SystemExit(f"{name}: the results differ: {checks}")
    ratio = seconds["SpillList"] / seconds["list"]
    print(
        f"{name:10} {walks} {'append' if appending else 'fill':6}"
        f" {seconds['list']:7.2f} s {memory['list'] / 1024:7.1f} MiB"
        f" {seconds['SpillList']:7.2f} s {memory['SpillList'] / 1024:7.1f} MiB"
        f" {ratio:6.2f} {memory['SpillList'] / memory['list']:7.3f}",
        flush=True,
    )
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--data", choices=DATA)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--walks", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--append", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        work(options.way, options.data, options.file, options.walks, options.append)
        return
    print(f"{options.n:,} items; CPU time and growth of peak memory: list, SpillList, ratios")
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for name in [options.data] if options.data else DATA:
            path = Path(folder, name)
            DATA[name][0](path, options.n)
            for walks, appending in ((1, False), (2, False), (1, True), (2, True)):
                ratios.append(compare(name, path, options.rounds, walks, appending))
            path.unlink()
    print(f"median ratio of time: {sorted(ratios)[len(ratios) // 2]:.2f}")


if __name__ == "__main__":
    main()
