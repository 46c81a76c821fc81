"""Programs that read the whole standard input: the same lines, wherever they end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

READINGS = {
    "readlines": "sys.stdin.readlines()",
    "splitlines": "sys.stdin.read().splitlines()",
    "split": 'sys.stdin.read().split("\\n")',
    "bytes": "sys.stdin.buffer.readlines()",
    "bytes, splitlines": "sys.stdin.buffer.read().splitlines()",
    "bytes, split": 'sys.stdin.buffer.read().split(b"\\n")',
}
PROGRAM = """import sys


def main():
    lines = {reading}
    for line in lines:
        print(repr(line))
    print(len(lines), len(sys.stdin.read()))


if __name__ == "__main__":
    main()
"""
ENDS = ["\n", "\r\n", "\r", "\x0c\n", "\u2028", "\n\n", "\n\r", " é\n"]
INPUTS = {
    "nothing": "",
    "one": "x",
    "ended": "x\n",
    "many": "".join(f"line {n}{ENDS[n % len(ENDS)]}" for n in range(6000)),
    "not ended": "".join(f"{n}\n" for n in range(6000)) + "last",
}


def run(program: Path, given: str) -> tuple[int, bytes]:
    environment = {**os.environ, "PYTHONUTF8": "1", "SPACETIME_MEMORY": "16KiB"}
    ran = subprocess.run(
        [sys.executable, str(program)],
        input=given.encode(),
        stdout=subprocess.PIPE,
        env=environment,
        check=False,
    )
    return ran.returncode, ran.stdout


@pytest.mark.parametrize("reading", READINGS)
def test_all_lines_are_there(reading: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text(PROGRAM.format(reading=READINGS[reading]))
    command = [sys.executable, "-m", "spacetime_compiler", "optimize", "--isolated"]
    done = subprocess.run([*command, str(before)], capture_output=True, text=True, check=True)
    assert "SpillList(" in done.stdout
    after.write_text(done.stdout)
    for given in INPUTS.values():
        assert run(after, given) == run(before, given)
