"""Hold the predicted peak memory of programs against the measured one.

    python benchmarks/predictions.py --stc .venv/bin/stc [--only NAME,NAME] [--largest]

For each program that is no trap, `stc optimize --analyze-only --format json` says
of what size, as formulas, the places are that it would rewrite. A run under
`watch_sizes.py` measures the quantities in them, `--given` puts these in, and the
sum over the places, before and after, is the prediction: what was predicted and
what was measured (the peak less that of an interpreter that did the imports) are
printed side by side, and how many predictions are within 20 %. What cannot be
measured is answered with the size of the input.
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

from harness import Bench, Inputs, Program, findings, imports_of, manifest, optimize

WATCH = Path(__file__).resolve().parent / "watch_sizes.py"
NEAR = 0.20


@dataclass
class Prediction:
    """Bytes: predicted (None where nothing was said) and measured."""

    program: Program
    n: int
    formula: str = ""
    sizes: dict[str, float] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)
    before: float | None = None
    after: float | None = None
    measured_before: int = 0
    measured_after: int = 0

    def errors(self) -> tuple[float | None, float | None]:
        """Relative errors, before and after; below zero is too little."""
        return error(self.before, self.measured_before), error(self.after, self.measured_after)


def error(predicted: float | None, measured: int) -> float | None:
    return None if predicted is None else (predicted - measured) / max(measured, 1)


def arguments(program: Program, inputs: Inputs, n: int) -> list[str]:
    path = inputs.path(program, n)
    return [arg.replace("{input}", path).replace("{n}", str(n)) for arg in program.args]


def sizes_of(bench: Bench, program: Program, args: list[str], names: list[str]) -> dict[str, float]:
    """The largest values of quantities in one run of the program."""
    notes = bench.place.with_name("sizes.json")
    notes.unlink(missing_ok=True)
    bench.run(WATCH, [str(notes), json.dumps(names), str(program.path), *args])
    found: dict[str, float] = json.loads(notes.read_text(encoding="utf-8"))
    return found


def total(places: list[dict[str, Any]], key: str) -> float | None:
    """The sum of a figure over the places, or None if there are none."""
    values = [place[key] for place in places if place[key] is not None]
    return sum(values) if values else None


def predict(bench: Bench, stc: str, program: Program, inputs: Inputs, n: int) -> Prediction:
    """Predicts and measures one program at size n."""
    result = Prediction(program, n)
    args = arguments(program, inputs, n)
    scratch = bench.place.parent
    places = [one for one in findings(stc, program.path) if one["applied"]]
    names = sorted({name for place in places for name in place["quantities"]})
    if names:
        result.sizes = sizes_of(bench, program, args, names)
    result.guessed = [name for name in names if name not in result.sizes]
    result.formula = " + ".join(place["memory_before"] for place in places)
    given = {**dict.fromkeys(result.guessed, float(n)), **result.sizes}
    options = [word for name, value in given.items() for word in ("--given", f"{name}={value!r}")]
    places = [one for one in findings(stc, program.path, *options) if one["applied"]]
    result.before, result.after = total(places, "bytes_before"), total(places, "bytes_after")

    optimized, imports = scratch / "optimized" / program.file, scratch / "imports.py"
    trouble = optimize(stc, program.path, optimized)
    if trouble:
        raise SystemExit(f"{program.name}: {trouble}")
    imports.write_text(imports_of(program.path.read_text(encoding="utf-8")), encoding="utf-8")
    base = min(bench.run(imports, []).peak for _ in range(2))
    result.measured_before = bench.run(program.path, args).peak - base
    result.measured_after = bench.run(optimized, args).peak - base
    return result


def cell(predicted: float | None, measured: int) -> str:
    """Predicted and measured MB, and the error in percent."""
    wrong = error(predicted, measured)
    if predicted is None or wrong is None:
        return f"{'-':>8s} {measured / 1e6:8.1f} {'-':>8s}"
    return f"{predicted / 1e6:8.1f} {measured / 1e6:8.1f} {wrong * 100:+6.0f} %"


def line_of(result: Prediction) -> str:
    guessed = f"  (taken as n: {', '.join(result.guessed)})" if result.guessed else ""
    return (f"{result.program.name:18s} {cell(result.before, result.measured_before)}   "
            f"{cell(result.after, result.measured_after)}  {result.formula}{guessed}")


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
    chosen = parser.parse_args()

    scratch = Path(tempfile.mkdtemp(prefix="spacetime-predictions-"))
    bench, inputs = Bench(chosen.python, scratch / "place"), Inputs()
    results = []
    try:
        print(f"{'':18s} {'original: MB':>17s} {'':8s}   {'optimized: MB':>17s}\n"
              f"{'program':18s} predict. measured    error   predict. measured    error  formula")
        for program in manifest(chosen.only):
            if program.is_trap:
                continue
            n = program.scale[-1 if chosen.largest else len(program.scale) // 2]
            results.append(predict(bench, chosen.stc, program, inputs, n))
            print(line_of(results[-1]), flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("original: " + near([result.errors()[0] for result in results]))
    print("optimized: " + near([result.errors()[1] for result in results]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
