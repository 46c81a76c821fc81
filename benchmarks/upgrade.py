"""``stc upgrade`` and lib2to3's own command over the same files: time, speed, memory.

Both run with the same options, one after the other, each in a process of its own; times are CPU
seconds of that process, memory is its peak. Their diffs have to be the same, or nothing is
claimed. Run as ``python benchmarks/upgrade.py --stc target/release/stc PATH...`` with a CPython
that has lib2to3 (3.12 and older), and a ``stc`` that was built for speed.
"""

import argparse
import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Run:
    """One process: CPU seconds, peak memory in bytes, and a digest of what it printed."""

    seconds: float
    peak: int
    digest: str


# Makes us the parent of processes whose own parent has ended (Linux).
PR_SET_CHILD_SUBREAPER = 36
# Starts a command and ends at once, so that the command has another parent than us. The peak of a
# process includes the memory of the one that it was started from, and a shell is small.
START = '"$@" 2>/dev/null & echo $! >&2'


def measured(command: list[str]) -> Run:
    """Runs a command to its end; its exit status does not matter."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryFile() as output:
        shell = ["/bin/sh", "-c", START, "sh", *command]
        started = subprocess.run(shell, stdout=output, stderr=subprocess.PIPE, check=True)
        process = int(started.stderr)
        _, _, usage = os.wait4(process, 0)
        output.seek(0)
        digest = hashlib.file_digest(output, "sha256").hexdigest()
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, digest)


def size(paths: list[Path]) -> tuple[int, int, int]:
    """Number, bytes, and the bytes of the largest of the files that 2to3 would read."""
    sizes = []
    for path in paths:
        found = path.rglob("*.py") if path.is_dir() else [path]
        sizes += [one.stat().st_size for one in found if one.is_file()]
    return len(sizes), sum(sizes), max(sizes)


def main() -> int:
    """Prints a line for each choice of fixers; the status is 1 if the diffs differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stc", type=Path, required=True)
    parser.add_argument("--repeat", type=int, default=3, help="runs of ours; the best counts")
    parser.add_argument("--ours-only", action="store_true", help="do not wait for lib2to3")
    parser.add_argument("paths", type=Path, nargs="+")
    args = parser.parse_args()
    count, total, largest = size(args.paths)
    print(f"{count} files, {total / 1e6:.2f} MB, the largest {largest / 1e6:.3f} MB")
    paths = [str(path) for path in args.paths]
    every = ["-f", "all"]
    for name in ("buffer", "idioms", "set_literal", "ws_comma"):
        every += ["-f", name]
    different = False
    for label, options in (("48 fixers", []), ("52 fixers", every)):
        runs = [measured([str(args.stc), "upgrade", *options, *paths]) for _ in range(args.repeat)]
        ours = min(runs, key=lambda run: run.seconds)
        line = (
            f"{label}: ours {ours.seconds:.2f} s, {total / 1e6 / ours.seconds:.1f} MB/s, "
            f"peak {ours.peak / 1e6:.1f} MB ({ours.peak / largest:.0f} times the largest file)"
        )
        if not args.ours_only:
            command = [sys.executable, "-W", "ignore", "-m", "lib2to3", *options, *paths]
            theirs = measured(command)
            same = theirs.digest == ours.digest
            different |= not same
            line += (
                f"; lib2to3 {theirs.seconds:.2f} s, {total / 1e6 / theirs.seconds:.2f} MB/s, "
                f"peak {theirs.peak / 1e6:.1f} MB; "
                f"{theirs.seconds / ours.seconds:.0f} times as fast, "
                f"diffs {'identical' if same else 'DIFFERENT'}"
            )
        print(line, flush=True)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
