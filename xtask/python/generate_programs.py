"""Prints random programs, a line of JSON each: seed, source, broken assumptions, strictness."""

from __future__ import annotations

import argparse
import json
import random

from program_flows import flow
from program_routes import route
from program_shapes import Writer, broken

TRIES = 20


def sort_of(seed: int) -> int:
    """Three seeds each: one function, several functions, many ways through classes."""
    return seed // 3 % 3


def program(seed: int) -> dict[str, object]:
    """The program of this seed, whatever else is made."""
    pick = random.Random(seed)
    strict = seed % 3 == 2
    for _ in range(TRIES):
        if sort_of(seed) == 1:
            source, breaks = flow(pick, wild=strict)
        elif sort_of(seed) == 2:
            source, breaks = route(pick, wild=strict)
        else:
            source = Writer(pick, wild=strict).program()
            breaks = broken(source)
        try:
            compile(source, "program.py", "exec", dont_inherit=True)
        except SyntaxError:
            # Some combinations are no Python (a walrus where none may be); the next will do.
            continue
        return {"seed": seed, "source": source, "breaks": breaks, "strict": strict}
    raise SystemExit(f"seed {seed}: no program in {TRIES} tries")


def main() -> None:
    """Prints the programs of `count` seeds, or the one of `--only`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--text", action="store_true", help="print sources, not JSON")
    args = parser.parse_args()
    seeds = range(args.seed * 1_000_000, args.seed * 1_000_000 + args.count)
    for seed in [args.only] if args.only is not None else seeds:
        made = program(seed)
        print(f"# {seed} {made['breaks']}\n{made['source']}" if args.text else json.dumps(made))


if __name__ == "__main__":
    main()
