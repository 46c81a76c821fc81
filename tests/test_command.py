"""`python -m spacetime_compiler`: the command, and the original tool's form of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def stc(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spacetime_compiler", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_code.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("def f(:\n")
    return tmp_path


def test_the_original_form(folder: Path) -> None:
    ran = stc(folder, "my_code.py", "-o", "out.py", "-r", "report.txt")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert (folder / "out.py").read_text() == "x = 1\n"
    assert (folder / "report.txt").read_text().startswith("SpaceTime Compiler Optimization Report")
    ran = stc(folder, "my_code.py", "--analyze-only")
    assert ran.returncode == 0
    assert "Opportunities found: 0" in ran.stdout
    assert stc(folder, "--analyze-only", "bad.py").returncode == 1


def test_the_command_itself(folder: Path) -> None:
    assert stc(folder, "optimize", "my_code.py").stdout == "x = 1\n"
    assert stc(folder, "optimize").returncode == 2
    assert stc(folder).returncode == 2
    assert stc(folder, "--version").returncode == 0
    assert stc(folder, "--help").stdout.startswith("Optimizes")
    ran = stc(folder, "rules", "--format", "json")
    assert "rules" in json.loads(ran.stdout)
    ran = stc(folder, "optimise", "my_code.py")
    assert (ran.returncode, "unrecognized subcommand" in ran.stderr) == (2, True)


def test_the_programs(folder: Path) -> None:
    programs = Path(sys.executable).parent
    assert (programs / "stc").read_bytes()[:2] != b"#!", "it needs no interpreter"
    (folder / "old.py").write_text("print 1\n")

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [str(programs / args[0]), *args[1:]]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    asked = run("stc", "upgrade", "old.py")
    assert (asked.returncode, "+print(1)" in asked.stdout) == (0, True)
    named = run("2to3", "old.py")
    assert (named.returncode, named.stdout, named.stderr) == (0, asked.stdout, asked.stderr)
    assert run("2to3", "nonesuch.py").returncode == 1
    assert run("spacetime-compiler", "my_code.py").stdout == "x = 1\n"
    who = folder / "who.py"
    who.write_text("import sys\nprint(sys.prefix)\n")
    (folder / "other.py").write_text(f"print({sys.prefix!r})\n")
    ran = run("stc", "prove", "who.py", "--against", "other.py", "--repeat", "1")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_library_never_gives_way_to_a_program(folder: Path) -> None:
    other = folder / "stc"
    other.write_text("#!/bin/sh\necho other\n")
    other.chmod(0o755)
    tool = "from spacetime_compiler.upgrade import main\nprint(main('lib2to3.fixes'), 'behind')\n"
    (folder / "tool.py").write_text(tool)
    (folder / "old.py").write_text("print 1\n")
    command = [sys.executable, "tool.py", "--no-diffs", "old.py"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "0 behind\n")


def test_prove_uses_this_interpreter(folder: Path) -> None:
    script = folder / "who.py"
    script.write_text("import sys\nopen('who', 'w').write(sys.executable)\n")
    other = folder / "other.py"
    other.write_text(f"open('who', 'w').write({sys.executable!r})\n")
    ran = stc(folder, "prove", "who.py", "--against", "other.py", "--repeat", "1")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_demo() -> None:
    command = [sys.executable, "-m", "spacetime_compiler", "--demo"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "SAME in 3 runs" in ran.stdout


def test_rewrite_through_the_original_form(folder: Path) -> None:
    (folder / "my_code.py").write_text("print(sum([x * 2 for x in range(90_000)]))\n")
    ran = stc(folder, "my_code.py", "--limit", "saving=0", "--limit", "confidence=0")
    assert ran.stdout == "print(sum(x * 2 for x in range(90_000)))\n"
