"""Hold the predicted peak memory of programs against the measured one.

    python benchmarks/predictions.py --stc .venv/bin/stc [--only NAME,NAME] [--largest]

For each program that is no trap, `stc optimize --analyze-only --format json` says
what the program takes at its peak, as it stands and optimized: a formula in the
program's own quantities. A run of each under `watch_sizes.py` measures the
quantities, `--given` puts these in, and the number is printed beside the measured peak. Both
are whole peaks: what is predicted is the growth, to which the peak of an
interpreter is added that does nothing but the same imports. Since a small growth
hides behind that interpreter, the growth alone is compared too. What could not be
measured is answered with the size of the input, and named.

Figures are in MB. `--formulas` prints the formulas and their largest parts.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import Bench, Inputs, Program, forecast, imports_of, manifest, optimize

WATCH = Path(__file__).resolve().parent / "watch_sizes.py"
NEAR = 0.20


@dataclass
class Side:
    """A program as it stands, or optimized. Bytes; `growth` is None if nothing was said."""

    growth: float | None = None
    base: int = 0
    peak: int = 0
    formula: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)
    given: dict[str, float] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)

    def error(self) -> float | None:
        """Of the whole peak, relative; below zero is too little."""
        if self.growth is None:
            return None
        return (self.base + self.growth - self.peak) / self.peak

    def growth_error(self) -> float | None:
        if self.growth is None:
            return None
        return (self.growth - (self.peak - self.base)) / max(self.peak - self.base, 1)


@dataclass
class Prediction:
    """A program at one size, before and after."""

    program: Program
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)


def arguments(program: Program, inputs: Inputs, n: int) -> list[str]:
    path = inputs.path(program, n)
    return [arg.replace("{input}", path).replace("{n}", str(n)) for arg in program.args]


def sizes_of(bench: Bench, script: Path, args: list[str], names: list[str]) -> dict[str, float]:
    """The largest values of quantities in one run of a script."""
    notes = bench.place.with_name("sizes.json")
    notes.unlink(missing_ok=True)
    bench.run(WATCH, [str(notes), json.dumps(names), str(script), *args])
    found: dict[str, float] = json.loads(notes.read_text(encoding="utf-8"))
    return found


def predict(bench: Bench, stc: str, program: Program, inputs: Inputs, n: int) -> Prediction:
    """Predicts and measures one program at size n."""
    result = Prediction(program)
    args = arguments(program, inputs, n)
    scratch = bench.place.parent
    optimized, imports = scratch / "optimized" / program.file, scratch / "imports.py"
    trouble = optimize(stc, program.path, optimized)
    if trouble:
        raise SystemExit(f"{program.name}: {trouble}")

    for side, script, name in ((result.before, program.path, "before"),
                               (result.after, optimized, "after")):
        # Which of several points is the peak depends on the quantities, so what is
        # asked for may change when they are known.
        said = forecast(stc, program.path)
        while said is not None:
            names = [one for one in said[name]["decided_by"] if one not in side.given]
            if not names:
                break
            # What is in memory at one time only there cannot be had of what is on disk.
            found = {one: result.before.given[one] for one in names
                     if name == "after" and one in result.before.given}
            found |= sizes_of(bench, script, args, names)
            missing = [one for one in names if one not in found]
            side.guessed += [one for one in missing if not one.startswith("bytes(")]
            side.given |= {one: 64.0 if one.startswith("bytes(") else float(n) for one in missing}
            side.given |= found
            options = [word for one, value in side.given.items()
                       for word in ("--given", f"{one}={value!r}")]
            said = forecast(stc, program.path, *options)
        if said is not None:
            side.growth, side.formula = said[name]["bytes"], said[name]["memory"]
            side.parts = said[name]["parts"]
        imports.write_text(imports_of(script.read_text(encoding="utf-8")), encoding="utf-8")
        side.base = min(bench.run(imports, []).peak for _ in range(2))
        side.peak = bench.run(script, args).peak
    return result


def percent(error: float | None) -> str:
    return f"{'-':>6s}" if error is None else f"{error * 100:+4.0f} %"


def cell(side: Side) -> str:
    """Base, predicted and measured MB, and the errors in percent: peak, growth."""
    whole = "-" if side.growth is None else f"{(side.base + side.growth) / 1e6:.1f}"
    return (f"{side.base / 1e6:5.1f} {whole:>8s} {side.peak / 1e6:8.1f} "
            f"{percent(side.error())} {percent(side.growth_error())}")


def line_of(result: Prediction) -> str:
    names = dict.fromkeys(result.before.guessed + result.after.guessed)
    guessed = f"  (taken as n: {', '.join(names)})" if names else ""
    return f"{result.program.name:18s} {cell(result.before)}   {cell(result.after)}{guessed}"


def details(result: Prediction) -> str:
    """Formulas, largest parts and quantities of one program."""
    lines = []
    for name, side in (("original", result.before), ("optimized", result.after)):
        lines.append(f"    {name}: {side.formula}")
        lines += [f"      {(part['bytes'] or 0) / 1e6:8.2f} {part['what']} (line {part['line']})"
                  for part in side.parts[:8]]
        lines += [f"      {name} = {value:.10g}" for name, value in side.given.items()
                  if name in side.formula]
    return "\n".join(lines)


def near(errors: list[float | None]) -> str:
    known = [abs(one) for one in errors if one is not None]
    close = sum(1 for one in known if one <= NEAR)
    middle = f", median error {statistics.median(known) * 100:.0f} %" if known else ""
    return f"{close} of {len(errors)} within {NEAR * 100:.0f} % ({len(known)} predicted{middle})"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    beside = Path(sys.executable).with_name("stc")
    parser.add_argument("--stc", default=str(beside) if beside.exists() else "stc")
    parser.add_argument("--python", default=sys.executable, help="what runs the programs")
    parser.add_argument("--only", metavar="NAME,NAME", help="these programs only")
    parser.add_argument("--largest", action="store_true",
                        help="at the largest scale size, not the middle one")
    parser.add_argument("--formulas", action="store_true", help="print formulas and quantities too")
    chosen = parser.parse_args()

    scratch = Path(tempfile.mkdtemp(prefix="spacetime-predictions-"))
    bench, inputs = Bench(chosen.python, scratch / "place"), Inputs()
    results = []
    columns = f"{'base':>5s} {'predict.':>8s} {'measured':>8s} {'peak':>6s} {'growth':>6s}"
    try:
        print(f"{'':18s} {'original, MB':40s} optimized, MB\n{'program':18s} {columns}   {columns}")
        for program in manifest(chosen.only):
            if program.is_trap:
                continue
            n = program.scale[-1 if chosen.largest else len(program.scale) // 2]
            results.append(predict(bench, chosen.stc, program, inputs, n))
            print(line_of(results[-1]), flush=True)
            if chosen.formulas:
                print(details(results[-1]), flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for name, sides in (("original", [result.before for result in results]),
                        ("optimized", [result.after for result in results])):
        print(f"{name}, whole peak: {near([side.error() for side in sides])}")
        print(f"{name}, growth alone: {near([side.growth_error() for side in sides])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
