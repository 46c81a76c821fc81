#!/usr/bin/env python3
"""The demonstration: a fat program is made thin, and proved to do the same.

Usage: demo.py [--entries N] [--folder FOLDER]

Makes the logs, shows what `stc optimize` would change and why, then lets `stc prove` run both
versions side by side. Exits with the status of the proof.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STC = [sys.executable, "-m", "spacetime_compiler"]


def step(title: str, words: list[str], expected: tuple[int, ...] = (0,)) -> int:
    """Shows a command as a user would type it, and runs it."""
    shown = " ".join(words).replace(" ".join(STC), "stc").replace(sys.executable, "python3")
    shown = shown.replace(f"{os.getcwd()}{os.sep}", "")
    print(f"\n== {title}\n$ {shown}", flush=True)
    status = subprocess.run(words, check=False).returncode
    if status not in expected:
        print(f"demo: the command ended with status {status}", file=sys.stderr)
        raise SystemExit(status or 1)
    return status


def main() -> None:
    """All steps, one after the other."""
    parser = argparse.ArgumentParser(description="The demonstration.")
    parser.add_argument("--entries", type=int, default=400_000)
    parser.add_argument("--folder", type=Path, default=Path("target/demo"))
    args = parser.parse_args()
    logs = args.folder / "logs"
    program = os.path.relpath(HERE / "process_logs.py")
    make = [sys.executable, str(HERE / "make_logs.py"), str(logs), "--entries", str(args.entries)]
    step(f"{args.entries} entries in the logs of many servers", make)
    # Status 1 says that something would change.
    step("What would change", [*STC, "optimize", "--diff", program], expected=(1,))
    analyze = [*STC, "optimize", "--analyze-only", program]
    step("What was found, and what each change relies on", analyze, expected=(0, 1))
    prove = [*STC, "prove", "--workdir", str(args.folder), program, "--", "logs"]
    step("The proof: both versions, side by side", prove)


if __name__ == "__main__":
    main()
