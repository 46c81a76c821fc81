"""Modules written on the spot, an engine that rewrites what a test says, and small budgets."""

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from spacetime_compiler import _native, api, runtime

MakeModule = Callable[[str], ModuleType]


@pytest.fixture
def make_module(tmp_path: Path) -> Iterator[MakeModule]:
    """Import a source text as a module, so that its source can be had."""
    names = []

    def make(text: str) -> ModuleType:
        name = f"made_{len(names)}"
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        names.append(name)
        spec.loader.exec_module(module)
        return module

    yield make
    for name in names:
        del sys.modules[name]


@pytest.fixture
def little_memory() -> Iterator[None]:
    """Spill almost at once."""
    before = runtime.budget()
    runtime.configure(memory="16KiB")
    yield
    runtime.configure(memory=before)


@pytest.fixture
def small_budget(tmp_path: Path) -> Iterator[None]:
    """Spill early, into a folder that has to be empty in the end."""
    before, folder = runtime.budget(), runtime.directory()
    runtime.configure(memory="64KiB", directory=tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []
    runtime.configure(memory=before, directory=folder)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the engine by one that replaces texts: `engine(("old", "new"), ...)`."""

    def install(*replacements: tuple[str, str]) -> None:
        def optimize(text: str, options: str = "{}", *, stub: bool = False) -> str:
            for old, new in replacements:
                text = text.replace(old, new)
            summary = {"found": 0, "applied": 0, "memory_reduction": 0.0, "time_overhead": 0.0}
            return json.dumps({"text": text, "summary": summary, "findings": []})

        monkeypatch.setattr(_native, "optimize", optimize)
        api._run.cache_clear()

    api._run.cache_clear()
    return install
