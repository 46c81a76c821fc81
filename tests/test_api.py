"""`SpaceTimeCompiler`: the original tool's classes and methods."""

import subprocess
import sys
from pathlib import Path

import pytest

import spacetime_compiler
from spacetime_compiler import CompileError, OptimizationOpportunity, SpaceTimeCompiler

BEFORE = "print(sum([x * 2 for x in range(9)]))\n"
AFTER = "print(sum(x * 2 for x in range(9)))\n"
ALWAYS = {"confidence": 0.0, "saving": 0.0}


def test_transform_code_without_opportunities() -> None:
    result = SpaceTimeCompiler().transform_code("x = 1\n")
    assert result.optimized_code == result.original_code == "x = 1\n"
    assert not result.changed
    assert result.opportunities_found == result.opportunities_applied == ()
    assert result.estimated_memory_reduction == 0.0
    assert result.estimated_time_overhead == 0.0


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(CompileError) as caught:
        SpaceTimeCompiler().transform_code("x = 1\ndef f(:\n    pass\n", "a.py")
    assert isinstance(caught.value, SyntaxError)
    assert (caught.value.filename, caught.value.lineno) == ("a.py", 2)
    assert caught.value.text == "def f(:\n"


def test_wrong_settings_are_errors() -> None:
    for settings in (
        {"select": ["no-such-rule"]},
        {"allow": ["anything"]},
        {"limits": {"size": 1.0}},
        {"target_version": "2.7"},
    ):
        with pytest.raises(ValueError, match=r"no-such-rule|anything|size|2\.7"):
            SpaceTimeCompiler(**settings)


def test_compile_file_keeps_encoding_and_newlines(tmp_path: Path) -> None:
    source, target = tmp_path / "a.py", tmp_path / "b.py"
    source.write_bytes("# coding: latin-1\r\nx = 'é'\r\n".encode("latin-1"))
    result = SpaceTimeCompiler().compile_file(source, target)
    assert target.read_bytes() == source.read_bytes()
    assert result.optimized_code == "# coding: latin-1\r\nx = 'é'\r\n"
    target.chmod(0o444)
    with pytest.raises(PermissionError):
        SpaceTimeCompiler().compile_file(source, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py", "b.py"]
    with pytest.raises(FileNotFoundError):
        SpaceTimeCompiler().compile_file(tmp_path / "missing.py")


def test_analyze_function_needs_a_source() -> None:
    with pytest.raises(OSError, match="no Python function"):
        SpaceTimeCompiler().analyze_function(len)


def test_names_are_loaded_when_used() -> None:
    assert set(spacetime_compiler.__all__) <= set(dir(spacetime_compiler))
    with pytest.raises(AttributeError):
        _ = spacetime_compiler.no_such_name
    code = (
        "import sys; before = set(sys.modules); import spacetime_compiler; "
        "print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["spacetime_compiler"]


def test_transform_code_with_an_opportunity() -> None:
    result = SpaceTimeCompiler(limits=ALWAYS).transform_code(BEFORE)
    assert result.optimized_code == AFTER
    (found,) = result.opportunities_applied
    assert isinstance(found, OptimizationOpportunity)
    assert (found.type, found.line_number, found.applied) == ("streaming", 1, True)
    assert 0.0 <= found.confidence <= 1.0
    assert 0.0 <= found.memory_savings <= 100.0
    with pytest.raises(AttributeError):
        found.type = "other"  # type: ignore[misc]


def test_analyze_file_and_function(make_module) -> None:
    made = make_module(
        "def f(n):\n    return sum([x * 2 for x in range(n)])\n\n\n"
        "def g(n):\n    return max([x * 2 for x in range(n)])\n"
    )
    compiler = SpaceTimeCompiler(limits=ALWAYS)
    assert [one.line_number for one in compiler.analyze_file(made.__file__)] == [2, 6]
    assert [one.line_number for one in compiler.analyze_function(made.g)] == [6]
