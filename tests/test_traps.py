"""Programs with a trap in them print what they printed, whatever the rules do to them.

`crates/engine/tests/traps.rs` holds that the other rules leave them alone.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from spacetime_compiler import SpaceTimeCompiler

SOURCES = Path(__file__).parent.parent / "crates" / "engine" / "tests" / "data"


def programs() -> list[tuple[str, str]]:
    """Names and texts of all traps."""
    found = []
    for path in sorted(SOURCES.glob("traps*.py")):
        for part in path.read_text().split("# trap: ")[1:]:
            name, _, text = part.partition("\n")
            found.append((name, text))
    return found


def outcome(text: str, folder: Path, budget: str) -> tuple[int, str, str]:
    """Exit status, output and last line of the errors of a program."""
    folder.mkdir()
    (folder / "program.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        env={"SPACETIME_MEMORY": budget, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    last = done.stderr.strip().splitlines()[-1:]
    return done.returncode, done.stdout, "".join(last)


@pytest.mark.parametrize(("name", "text"), programs(), ids=[name for name, _ in programs()])
def test_a_trap_prints_what_it_printed(name: str, text: str, tmp_path: Path) -> None:
    result = SpaceTimeCompiler().transform_code(text)
    if result.optimized_code == text:
        return
    before = outcome(text, tmp_path / "before", "16M")
    for budget in ("16M", "64K"):
        after = outcome(result.optimized_code, tmp_path / f"after-{budget}", budget)
        assert after == before, result.optimized_code
