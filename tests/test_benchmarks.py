"""The commands that measure programs see what they are there to see."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
import harness  # noqa: E402

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def bench(tmp_path: Path) -> harness.Bench:
    return harness.Bench(sys.executable, tmp_path / "place")


def run(bench: harness.Bench, tmp_path: Path, code: str) -> harness.Run:
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    return bench.run(script, ["{out}"])


def test_the_manifest_names_every_program_once() -> None:
    programs = harness.manifest()
    there = {path.name for path in harness.PROGRAMS.glob("*.py")} - {"inputs.py"}
    assert sorted(program.file for program in programs) == sorted(there)
    assert sum(not program.is_trap for program in programs) >= 18
    assert sum(program.is_trap for program in programs) >= 14
    for program in programs:
        assert list(program.small) == sorted(program.small)
        assert list(program.scale) == sorted(program.scale)
        assert program.is_trap or len(program.scale) == 3


def test_inputs_are_the_same_every_time(tmp_path: Path) -> None:
    generators = harness.Inputs().generators
    for name in sorted(generators.INPUTS):
        trees = []
        for number in range(2):
            folder = tmp_path / f"{name}{number}"
            folder.mkdir()
            generators.make(name, 41, str(folder))
            trees.append(harness.digests(folder, ""))
        assert trees[0] == trees[1], name
        assert trees[0], name


@LINUX
@pytest.mark.parametrize(
    ("other", "named"),
    [
        ("print('b')", "stdout"),
        ("print('a'); raise SystemExit(3)", "exit status"),
        ("import sys; print('a'); print('oh', file=sys.stderr)", "stderr"),
        ("import sys; print('a'); open(sys.argv[1] + '/x', 'w').close()", "files: x"),
        ("print('a'); open('here', 'w').close()", "files: work/here"),
        ("import tempfile; print('a'); tempfile.mkstemp(prefix='tmp')", "left in the folder"),
    ],
)
def test_every_difference_is_seen(
    bench: harness.Bench, tmp_path: Path, other: str, named: str
) -> None:
    first = run(bench, tmp_path, "print('a')")
    assert first.differs(run(bench, tmp_path, "print('a')")) is None
    difference = first.differs(run(bench, tmp_path, other))
    assert difference is not None
    assert named in difference


@LINUX
def test_memory_and_spilled_bytes_are_measured(bench: harness.Bench, tmp_path: Path) -> None:
    bare = run(bench, tmp_path, "import time")
    fat = run(bench, tmp_path, "import time; x = b'x' * 40_000_000; time.sleep(0.2)")
    assert 39e6 < fat.peak - bare.peak < 42e6
    spilling = (
        "import tempfile, time\n"
        "with tempfile.TemporaryFile() as f:\n"
        "    f.write(b'x' * 3_000_000); f.flush(); time.sleep(0.3)\n"
    )
    assert 3e6 <= run(bench, tmp_path, spilling).spilled < 3.1e6
    assert fat.spilled == 0
    children = (
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'import time; x = b\"x\" * 30_000_000;"
        " time.sleep(0.3)'])\n"
    )
    assert run(bench, tmp_path, children).peak - bare.peak > 29e6


@LINUX
def test_a_program_that_is_made_to_differ_is_reported(tmp_path: Path) -> None:
    """Measured with a command that breaks whatever prints a count of weeks."""
    stc = tmp_path / "stc"
    stc.write_text(
        f"#!{sys.executable}\n"
        "import sys\n"
        "source = open(next(a for a in sys.argv if a.endswith('.py'))).read()\n"
        "if '--analyze-only' in sys.argv:\n"
        '    print(\'{"files": [{"opportunities": []}]}\')\n'
        "else:\n"
        "    open(sys.argv[-1], 'w').write(source.replace('} weeks', '} months'))\n"
    )
    stc.chmod(0o755)
    command = [sys.executable, str(BENCHMARKS / "measure_programs.py"), "--stc", str(stc)]
    done = subprocess.run(
        [*command, "--only", "song_charts,late_error"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "DIFFERS: n = 0: stdout, line 1" in done.stdout
    assert done.stdout.endswith("1 of 2 behave the same; traps broken: 0\n")
    done = subprocess.run(
        [*command, "--only", "late_error", "--keep", str(tmp_path / "kept")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kept = (tmp_path / "kept" / "late_error.py").read_bytes()
    original = (harness.PROGRAMS / "late_error.py").read_bytes()
    assert hashlib.sha256(kept).digest() == hashlib.sha256(original).digest()
