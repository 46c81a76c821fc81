"""How the time and the memory of ``stc upgrade`` grow with what it is given.

Sources are made up that grow in one direction each: deep nesting, long lines, large literals, many
functions, many matches of each fixer. Each is upgraded at several sizes, and what is printed is the
exponent between the last two of them, in bytes of source: 1 is linear, 2 is quadratic. The status
is 1 if something grows faster than it may, or is refused. Run
as ``python benchmarks/growth.py --stc target/release/stc``; ``--only WORD`` for some of them,
``--sizes`` for other sizes, ``--limit`` for how many CPU seconds and bytes a run may take.
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# A made-up source of a size: so many things of the kind that the name says.
SHAPES: dict[str, Callable[[int], str]] = {
    "brackets": lambda n: f"x = {'(' * n}1{')' * n}\n",
    "lists in lists": lambda n: f"x = {'[' * n}{']' * n}\n",
    "long sum": lambda n: f"x = {'1 + ' * n}1\n",
    "long chain of attributes": lambda n: f"x{'.a' * n}\n",
    "long chain of calls": lambda n: f"x{'(1)' * n}\n",
    "long line of statements": lambda n: f"{'a = 1; ' * n}a\n",
    "list literal": lambda n: f"x = [{'1, ' * n}]\n",
    "dict literal": lambda n: "x = {" + "".join(f"'k{i}': {i},\n" for i in range(n)) + "}\n",
    "strings": lambda n: f"x = [{', '.join(['u' + repr('s')] * n)}]\n",
    "one long string": lambda n: f"x = '''{'word ' * n}'''\n",
    "functions": lambda n: "".join(f"def f{i}(a, b=1):\n    return a + b\n" for i in range(n)),
    "classes": lambda n: "".join(f"class C{i}:\n    def m(self): pass\n" for i in range(n)),
    "methods of one class": lambda n: (
        "class C:\n" + "".join(f"    def m{i}(self):\n        return self.x\n" for i in range(n))
    ),
    "blank lines": lambda n: "\n" * n + "print 1\n",
    "comments": lambda n: "# comment\n" * n + "print 1\n",
    # What fixers change, once in every line.
    "apply": lambda n: "x = apply(f, a)\n" * n,
    "asserts": lambda n: "self.assertEquals(a, b)\n" * n,
    "dict": lambda n: "x = d.keys()\n" * n,
    "except": lambda n: "try:\n    a\nexcept E, e:\n    b\n" * n,
    "exec": lambda n: "exec a in b\n" * n,
    "execfile": lambda n: "execfile(a)\n" * n,
    "exitfunc": lambda n: "import sys\n" + "sys.exitfunc = f\n" * n,
    "filter": lambda n: "x = filter(f, y)\n" * n,
    "has_key": lambda n: "x = d.has_key(k)\n" * n,
    "imports": lambda n: "import StringIO\n" * n,
    "uses of imports": lambda n: "import StringIO\n" + "x = StringIO.StringIO()\n" * n,
    "intern": lambda n: "x = intern(a)\n" * n,
    "isinstance": lambda n: "isinstance(a, (int, long))\n" * n,
    "itertools": lambda n: "x = itertools.imap(f, y)\n" * n,
    "map": lambda n: "x = map(f, y)\n" * n,
    "metaclass": lambda n: "class C:\n    __metaclass__ = M\n    x = 1\n" * n,
    "ne": lambda n: "x = a <> b\n" * n,
    "next": lambda n: "x = a.next()\n" * n,
    "next methods": lambda n: "class C:\n    def next(self): pass\n" * n,
    "next methods of one class": lambda n: "class C:\n" + "    def next(self): pass\n" * n,
    "numliterals": lambda n: "x = 0777\n" * n,
    "operator": lambda n: "operator.isCallable(a)\n" * n,
    "print": lambda n: "print a, b\n" * n,
    "print on one line": lambda n: "print a;" * n + "\n",
    "raise": lambda n: "raise E, v\n" * n,
    "raw_input": lambda n: "x = raw_input()\n" * n,
    "reduce": lambda n: "x = reduce(f, y)\n" * n,
    "repr": lambda n: "x = `a`\n" * n,
    "throw": lambda n: "g.throw(E, v)\n" * n,
    "tuple_params": lambda n: "def f((a, b), c): pass\n" * n,
    "types": lambda n: "x = types.StringType\n" * n,
    "unicode": lambda n: "x = unicode(y)\n" * n,
    "urllib": lambda n: "import urllib\n" * n,
    "uses of urllib": lambda n: "x = urllib.quote(y)\n" * n,
    "xrange": lambda n: "x = xrange(3)\n" * n,
    "zip": lambda n: "x = zip(a, b)\n" * n,
    # The same, one in the other.
    "nested apply": lambda n: f"x = {'apply(f, ' * n}a{')' * n}\n",
    "nested has_key": lambda n: f"x = {'d.has_key(' * n}a{')' * n}\n",
    "nested map": lambda n: f"x = {'map(f, ' * n}a{')' * n}\n",
    "nested next": lambda n: f"x = {'f(' * n}a{').next()' * n}\n",
    "nested filter": lambda n: f"x = {'filter(f, ' * n}a{')' * n}\n",
    "nested lambda": lambda n: f"x = {'map(lambda a: a, ' * n}a{')' * n}\n",
    "nested in a lambda": lambda n: f"x = {'map(lambda a: ' * n}a{', a)' * n}\n",
    "nested intern": lambda n: f"x = {'intern(' * n}a{')' * n}\n",
    "nested range": lambda n: f"x = {'range(' * n}a{')' * n}\n",
    "nested keys": lambda n: f"x = {'f(' * n}a{').keys()' * n}\n",
    "nested fixers": lambda n: (
        f"x = {'map(f, zip(filter(f, apply(f, ' * (n // 4)}a{').keys())))' * (n // 4)}\n"
    ),
    "nested throw": lambda n: f"x = {'g.throw(E, ' * n}a{')' * n}\n",
    "nested zip": lambda n: f"x = {'zip(' * n}a{')' * n}\n",
    "nested repr": lambda n: f"x = {'`(' * n}a{')`' * n}\n",
    "nested unicode": lambda n: f"x = {'unicode(' * n}a{')' * n}\n",
    "chain of keys": lambda n: f"x = d{'.keys()' * n}\n",
    "nested try": lambda n: (
        "".join(f"{' ' * i}try:\n" for i in range(n))
        + " " * n
        + "pass\n"
        + "".join(f"{' ' * i}except E, e: pass\n" for i in reversed(range(n)))
    ),
}


def in_each_other(before: str, after: str, depth: int = 20) -> Callable[[int], str]:
    """Many lines with calls in each other, about as deep as the parser of Python 2 goes."""
    return lambda n: f"x = {before * depth}a{after * depth}\n" * (n // depth)


# Python 2 ends at some 90 levels of calls, at 45 of backquotes.
SHAPES |= {
    "deep apply": in_each_other("apply(f, ", ")"),
    "deep has_key": in_each_other("d.has_key(", ")"),
    "deep map": in_each_other("map(f, ", ")"),
    "deep next": in_each_other("f(", ").next()"),
    "deep zip": in_each_other("zip(", ")"),
    "deep repr": in_each_other("`(", ")`"),
}
REFUSED = "it is nested too deeply"
# Of these there are less.
SMALLER = {"nested ": 10, "nested try": 100, "next methods of one class": 10}
# Times below this say nothing.
LEAST_SECONDS = 0.004


@dataclass(frozen=True)
class Run:
    """CPU seconds and peak memory in bytes of a process; ``refused`` if it said so itself."""

    seconds: float
    peak: int
    refused: bool


def run(command: list[str], seconds: int, memory: int) -> Run | None:
    """What a process took; nothing if it was more than it may."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=told, preexec_fn=limit
        )
        _, status, usage = os.wait4(process.pid, 0)
        told.seek(0)
        refused = REFUSED.encode() in told.read()
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        return None
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, refused)


def smaller(name: str) -> int:
    """By how much the sizes are smaller than usual."""
    return max((times for word, times in SMALLER.items() if name.startswith(word)), default=1)


class Measure:
    """Runs the command over made-up sources."""

    def __init__(self, stc: Path, folder: Path, limits: tuple[int, int], repeat: int) -> None:
        """``limits`` are CPU seconds and bytes; of ``repeat`` runs the shortest counts."""
        self.path = folder / "source.py"
        self.command = [str(stc), "upgrade", "--no-diffs", "-w", "-n", str(self.path)]
        self.limits = limits
        self.repeat = repeat
        start = self.taken("x = 1\n")
        self.start = start.seconds if start else 0.0

    def taken(self, source: str) -> Run | None:
        """What a source takes; nothing if it is more than it may."""
        runs = []
        for _ in range(self.repeat):
            self.path.write_text(source, encoding="utf-8")
            runs.append(run(self.command, *self.limits))
        done = [one for one in runs if one is not None]
        return min(done, key=lambda one: one.seconds) if done else None

    def grows(self, name: str, sizes: list[int]) -> tuple[float, bool]:
        """Prints a line; the exponent, and whether a source was refused."""
        points: list[tuple[int, float]] = []
        line = f"{name:>27}:"
        refused = False
        for size in sizes:
            source = SHAPES[name](size)
            taken = self.taken(source)
            if taken is None:
                line += f"  {size}: more than it may"
                points.append((len(source), math.inf))
                break
            line += f"  {size}: {taken.seconds:.3f} s, {taken.peak / 1e6:.0f} MB"
            if taken.refused:
                line += ", refused"
                refused = True
                break
            points.append((len(source), max(taken.seconds - self.start, LEAST_SECONDS)))
        exponent = 0.0
        if len(points) > 1:
            (small, before), (large, after) = points[-2:]
            exponent = math.log(after / before) / math.log(large / small)
        print(f"{line}  exponent {exponent:.2f}", end="", flush=True)
        return exponent, refused


def main() -> int:
    """Prints a line for each shape; the status is 1 if one grows faster than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stc", type=Path, required=True)
    parser.add_argument("--only", help="shapes whose names contain this")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--limit", type=int, nargs=2, default=[60, 8_000_000_000])
    parser.add_argument("--most", type=float, default=1.4, help="the largest exponent that will do")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each; the best counts")
    args = parser.parse_args()
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        measure = Measure(args.stc, Path(folder), tuple(args.limit), args.repeat)
        for name in SHAPES:
            if args.only and args.only not in name:
                continue
            sizes = [size // smaller(name) for size in args.sizes]
            exponent, refused = measure.grows(name, sizes)
            if exponent > args.most or refused:
                failed.append(name)
                print("  TOO FAST")
            else:
                print()
    print(f"growth: {', '.join(failed) or 'nothing'} grows faster than it may")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
