"""The optimizer for Python programs: analyze, transform, compile.

The names and units are those of the original tool: savings and overheads are
percentages, line numbers count from 1.
"""

import io
import json
import os
import tokenize
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from spacetime_compiler import _native
from spacetime_compiler._files import StrPath, replace_file


class CompileError(SyntaxError):
    """The source is no Python, so nothing could be done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizationOpportunity:
    """A place where memory or time can be saved, and what was decided about it."""

    type: str
    """``streaming``, ``external_memory``..."""
    line_number: int
    description: str
    memory_savings: float
    """Percent of the memory at this place."""
    time_overhead: float
    """Percent of the time at this place; below zero is faster."""
    confidence: float
    """0 to 1."""
    rule: str
    column: int
    end_line_number: int
    end_column: int
    function: str
    relies_on: tuple[str, ...]
    """``guarded: ...``, ``assumed: NAME``, ``allowed: NAME``; empty means proved."""
    memory_before: str
    memory_after: str
    """Bytes, as formulas in the program's own quantities."""
    bytes_before: float | None
    bytes_after: float | None
    """The same as numbers, where every quantity is known or given."""
    score: float
    applied: bool
    why_not: str | None
    remedy: str | None
    """What can be said or changed to allow it."""
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformationResult:
    """What came of one source text."""

    original_code: str
    optimized_code: str
    opportunities_found: tuple[OptimizationOpportunity, ...]
    opportunities_applied: tuple[OptimizationOpportunity, ...]
    estimated_memory_reduction: float
    estimated_time_overhead: float
    """Percent, over what was applied."""

    @property
    def changed(self) -> bool:
        return self.optimized_code != self.original_code


class SpaceTimeCompiler:
    """Finds and applies space-time tradeoffs in Python sources.

    The settings are those of ``[tool.spacetime-compiler]`` in ``pyproject.toml``;
    no configuration file is read.
    """

    def __init__(
        self,
        *,
        select: Iterable[str] | None = None,
        ignore: Iterable[str] = (),
        allow: Iterable[str] = (),
        assume: Iterable[str] = (),
        no_assume: Iterable[str] = (),
        strict: bool = False,
        limits: Mapping[str, float] | None = None,
        given: Mapping[str, float] | None = None,
        pure: Iterable[str] = (),
        target_version: str | None = None,
    ) -> None:
        options: dict[str, object] = {
            "ignore": list(ignore),
            "allow": list(allow),
            "assume": list(assume),
            "no-assume": list(no_assume),
            "strict": strict,
            "limits": dict(limits or {}),
            "given": dict(given or {}),
            "pure": list(pure),
        }
        if select is not None:
            options["select"] = list(select)
        if target_version is not None:
            options["target-version"] = target_version
        self._options = json.dumps(options, sort_keys=True)
        _native.optimize("", self._options)  # a wrong setting is an error here, not later

    def transform_code(self, code: str, filename: str = "<string>") -> TransformationResult:
        """Optimize a source text."""
        answer = _run(code, self._options, filename.endswith(".pyi"))
        problem = answer.get("problem")
        if problem is not None:
            raise _compile_error(problem, code, filename)
        found = tuple(_opportunity(finding) for finding in answer["findings"])
        summary = answer["summary"]
        return TransformationResult(
            original_code=code,
            optimized_code=answer["text"],
            opportunities_found=found,
            opportunities_applied=tuple(one for one in found if one.applied),
            estimated_memory_reduction=summary["memory_reduction"] * 100,
            estimated_time_overhead=summary["time_overhead"] * 100,
        )

    def analyze_code(self, code: str, filename: str = "<string>") -> list[OptimizationOpportunity]:
        """List what could be done with a source text."""
        return list(self.transform_code(code, filename).opportunities_found)

    def analyze_file(self, path: StrPath) -> list[OptimizationOpportunity]:
        """List what could be done with a file."""
        text, _ = _read(path)
        return self.analyze_code(text, os.fspath(path))

    def analyze_function(self, function: Callable[..., Any]) -> list[OptimizationOpportunity]:
        """List what could be done with one function, in the light of its module.

        Raises ``OSError`` where the function's source cannot be had.
        """
        from spacetime_compiler._function import Unoptimizable, find_source

        try:
            source = find_source(function)
        except Unoptimizable as reason:
            raise OSError(str(reason)) from None
        first, last = source.lines
        found = self.analyze_code(source.text, source.filename)
        return [one for one in found if first <= one.line_number <= last]

    def compile_file(self, path: StrPath, output: StrPath | None = None) -> TransformationResult:
        """Optimize a file, and write the result to ``output`` if that is given."""
        text, encoding = _read(path)
        result = self.transform_code(text, os.fspath(path))
        if output is not None:
            replace_file(output, result.optimized_code.encode(encoding))
        return result


@lru_cache(maxsize=32)
def _run(code: str, options: str, stub: bool) -> dict[str, Any]:
    """One answer of the engine; a module's functions are decorated one by one."""
    answer: dict[str, Any] = json.loads(_native.optimize(code, options, stub=stub))
    return answer


def _opportunity(finding: Mapping[str, Any]) -> OptimizationOpportunity:
    return OptimizationOpportunity(
        type=finding["kind"],
        line_number=finding["line"],
        description=finding["description"],
        memory_savings=finding["memory_savings"] * 100,
        time_overhead=finding["time_overhead"] * 100,
        confidence=finding["confidence"],
        rule=finding["rule"],
        column=finding["column"],
        end_line_number=finding["end_line"],
        end_column=finding["end_column"],
        function=finding["function"],
        relies_on=tuple(finding["relies_on"]),
        memory_before=finding["memory_before"],
        memory_after=finding["memory_after"],
        bytes_before=finding["bytes_before"],
        bytes_after=finding["bytes_after"],
        score=finding["score"],
        applied=finding["applied"],
        why_not=finding["why_not"],
        remedy=finding["remedy"],
        round=finding["round"],
    )


def _compile_error(problem: Mapping[str, Any], code: str, filename: str) -> CompileError:
    lines = code.splitlines(keepends=True)
    line = problem["line"]
    text = lines[line - 1] if 0 < line <= len(lines) else None
    return CompileError(problem["message"], (filename, line, problem["column"], text))


def _read(path: StrPath) -> tuple[str, str]:
    """The text of a file with its own newlines, and its encoding."""
    with open(path, "rb") as file:
        data = file.read()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding), encoding
