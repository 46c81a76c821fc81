"""Run the programs of `programs/` as they are and as `stc` rewrites them, side by side.

    python benchmarks/measure_programs.py --stc .venv/bin/stc                # seconds: behaviour
    python benchmarks/measure_programs.py --stc .venv/bin/stc --size scale   # minutes: memory, time

Behaviour is stdout, exit status, the last line of stderr, and the files written.
At the small sizes every optimized program runs under the common budget and, at
the largest of them, under a tiny one too, so that the run-time parts spill; and
optimizing its result again has to change nothing. At the scale sizes memory is
the peak less that of an interpreter that has only done the original's imports.

The exit status is 0 if all behaviour is the same, and 1 if not.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from queue import Queue
from typing import Any

from harness import Bench, Inputs, Program, Run, findings, imports_of, manifest, optimize

# Peaks below this, in bytes, are noise of the allocator.
FLOOR = 250_000
TINY_BUDGET = "16KiB"


@dataclass
class Measure:
    """One size of a program: bytes above the bare interpreter, CPU seconds, bytes spilled."""

    n: int
    before: int
    after: int
    cpu_before: float
    cpu_after: float
    spilled: int


@dataclass
class Result:
    """What came of one program."""

    program: Program
    rewrites: dict[str, int] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    runs: int = 0
    trouble: str | None = None
    measures: list[Measure] = field(default_factory=list)

    @property
    def less(self) -> float:
        """The share of memory that is gone at the largest size, 0 if behaviour differs."""
        if self.trouble or not self.measures:
            return 0.0
        last = self.measures[-1]
        return 1 - max(last.after, FLOOR) / max(last.before, FLOOR)

    @property
    def time_ratio(self) -> float:
        last = self.measures[-1]
        return last.cpu_after / max(last.cpu_before, 0.01)

    def growth(self, which: str) -> float:
        """The exponent with which memory grows: 1 is linear, 0 constant."""
        points = [(math.log(measure.n), math.log(max(getattr(measure, which), FLOOR)))
                  for measure in self.measures]
        if len(points) < 3:
            return math.nan
        return statistics.linear_regression(*zip(*points, strict=True)).slope


@dataclass(frozen=True)
class Session:
    """What is the same for all programs."""

    stc: str
    python: str
    keep: Path
    inputs: Inputs
    repeat: int
    timeout: float
    places: Queue[Path]

    def measure(self, program: Program, size: str) -> Result:
        """Runs one program at its small or scale sizes."""
        result = Result(program)
        optimized = self.keep / program.file
        result.trouble = optimize(self.stc, program.path, optimized)
        if result.trouble:
            return result
        found = findings(self.stc, program.path)
        result.rewrites = dict(Counter(one["rule"] for one in found if one["applied"]))
        result.refusals = [f"{one['rule']}, line {one['line']}: {one['why_not']}"
                           for one in found if not one["applied"]]
        place = self.places.get()
        bench = Bench(self.python, place, self.timeout)
        try:
            if size == "small":
                self.small(bench, result, optimized)
            else:
                self.scale(bench, result, optimized)
        except subprocess.TimeoutExpired:
            result.trouble = f"a run took longer than {self.timeout:.0f} s"
        finally:
            self.places.put(place)
        return result

    def arguments(self, program: Program, n: int) -> list[str]:
        path = self.inputs.path(program, n)
        return [arg.replace("{input}", path).replace("{n}", str(n)) for arg in program.args]

    def small(self, bench: Bench, result: Result, optimized: Path) -> None:
        program = result.program
        again = optimized.with_name(f"{program.name}.again.py")
        result.trouble = optimize(self.stc, optimized, again)
        if result.trouble is None and again.read_bytes() != optimized.read_bytes():
            result.trouble = "optimizing the result again changes it"
        again.unlink(missing_ok=True)
        for n in program.small:
            budgets = [None, TINY_BUDGET] if n == program.small[-1] else [None]
            original = bench.run(program.path, self.arguments(program, n))
            for budget in budgets:
                self.compare(result, n, original,
                             bench.run(optimized, self.arguments(program, n), budget))

    def compare(self, result: Result, n: int, original: Run, other: Run) -> None:
        result.runs += 1
        difference = original.differs(other)
        if difference and result.trouble is None:
            result.trouble = f"n = {n}: {difference}"

    def scale(self, bench: Bench, result: Result, optimized: Path) -> None:
        program = result.program
        imports = self.keep / "imports" / program.file
        imports.parent.mkdir(exist_ok=True)
        imports.write_text(imports_of(program.path.read_text(encoding="utf-8")))
        base = min(bench.run(imports, []).peak for _ in range(2))
        for n in program.scale:
            args = self.arguments(program, n)
            pairs = [(bench.run(program.path, args), bench.run(optimized, args))
                     for _ in range(self.repeat)]
            for original, other in pairs:
                self.compare(result, n, original, other)
            result.measures.append(Measure(
                n=n,
                before=max(0, min(original.peak for original, _ in pairs) - base),
                after=max(0, min(other.peak for _, other in pairs) - base),
                cpu_before=min(original.cpu for original, _ in pairs),
                cpu_after=min(other.cpu for _, other in pairs),
                spilled=max(other.spilled for _, other in pairs)))
            if n == program.scale[-1]:
                self.inputs.forget(program, n)


def megabytes(count: float) -> str:
    return f"{count / 1e6:.1f}"


def line_of(result: Result, size: str) -> str:
    """The line of a program in the table."""
    name = ("! " if result.program.is_trap else "  ") + result.program.name
    rewrites = sum(result.rewrites.values())
    verdict = "same" if result.trouble is None else f"DIFFERS: {result.trouble}"
    if size == "small":
        return f"{name:22s} {rewrites:8d} {result.runs:5d}  {verdict}"
    if not result.measures:
        return f"{name:22s} {rewrites:8d} {'':57s}  {verdict}"
    last = result.measures[-1]
    growth = f"{result.growth('before'):5.2f} {result.growth('after'):5.2f}"
    if result.program.is_trap:
        growth = ""
    return (f"{name:22s} {rewrites:8d} {megabytes(last.before):>8s} {megabytes(last.after):>8s} "
            f"{round(result.less * 100):5d} % {last.cpu_before:7.2f} {result.time_ratio:6.2f} "
            f"{growth:>11s} {megabytes(last.spilled):>7s}  {verdict}")


def heading(size: str) -> str:
    if size == "small":
        return f"{'  program':22s} rewrites  runs  behaviour      (! is a trap)"
    return (f"{'  program':22s} rewrites   before    after    less       s  ratio   growth of      "
            f"spill  behaviour\n{'':22s}                MB       MB               CPU     "
            f"before after      MB")


def summary(results: list[Result], size: str) -> str:
    """The last line: counts, and medians over the programs that are no traps."""
    same = sum(1 for result in results if result.trouble is None)
    broken = sum(1 for result in results if result.trouble and result.program.is_trap)
    measured = [result for result in results if result.measures and not result.program.is_trap]
    line = f"{same} of {len(results)} behave the same; traps broken: {broken}"
    if size == "scale" and measured:
        thin = sum(1 for result in measured if result.less >= 0.9)
        less = statistics.median(result.less for result in measured)
        ratio = statistics.median(result.time_ratio for result in measured)
        worst = max(measured, key=lambda result: result.time_ratio)
        line += (f"; at least 90 % less memory: {thin} of {len(measured)}, "
                 f"median {less * 100:.1f} % less; CPU time ratio: median {ratio:.2f}, "
                 f"worst {worst.time_ratio:.2f} ({worst.program.name})")
    return line


def figures(result: Result) -> dict[str, Any]:
    """All that is known of a program, for `--json`."""
    return {**asdict(result), "program": result.program.name, "kinds": result.program.kinds,
            "is_trap": result.program.is_trap, "less": result.less}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    beside = Path(sys.executable).with_name("stc")
    parser.add_argument("--stc", default=str(beside) if beside.exists() else "stc",
                        help="the command (default: the one beside this Python)")
    parser.add_argument("--python", default=sys.executable, help="what runs the programs")
    parser.add_argument("--size", choices=["small", "scale"], default="small")
    parser.add_argument("--only", metavar="NAME,NAME", help="these programs only")
    parser.add_argument("--repeat", type=int, default=2, help="runs at each scale size")
    parser.add_argument("--jobs", type=int, help="programs at a time (small: 2, scale: 1)")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one run")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave optimized programs here")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    return parser.parse_args()


def main() -> int:
    chosen = options()
    programs = manifest(chosen.only)
    jobs = chosen.jobs or (2 if chosen.size == "small" else 1)
    scratch = Path(tempfile.mkdtemp(prefix="spacetime-programs-"))
    places: Queue[Path] = Queue()
    for number in range(jobs):
        places.put(scratch / f"place{number}")
    keep = (chosen.keep or scratch / "optimized").resolve()
    keep.mkdir(parents=True, exist_ok=True)
    session = Session(chosen.stc, chosen.python, keep, Inputs(), max(1, chosen.repeat),
                      chosen.timeout, places)
    results = []
    try:
        print(heading(chosen.size))
        with ThreadPoolExecutor(jobs) as pool:
            for result in pool.map(lambda program: session.measure(program, chosen.size), programs):
                results.append(result)
                print(line_of(result, chosen.size), flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if chosen.json:
        text = json.dumps([figures(result) for result in results], indent=1)
        chosen.json.write_text(text + "\n", encoding="utf-8")
    print(summary(results, chosen.size))
    return 1 if any(result.trouble for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
