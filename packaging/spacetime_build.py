"""The build backend: maturin, and what stands beside its extension module.

The wheel holds `stc` as a program of its own, so that it starts without an interpreter and takes
no memory for one; and the run-time parts as an extension module of their own, so that an optimized
program loads nothing else. maturin builds one extension module, or programs: the others are
built here, and laid where `tool.maturin.data` has them packed from.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import maturin  # type: ignore[import-untyped]
from maturin import (
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_wheel",
]

_ROOT = Path(__file__).resolve().parent.parent

_DATA = _ROOT / "target" / "wheel"


def prepare_metadata_for_build_wheel(metadata_directory: str, *args: Any, **settings: Any) -> str:
    """Write the metadata; the arguments are those of PEP 517."""
    _DATA.mkdir(parents=True, exist_ok=True)
    return str(maturin.prepare_metadata_for_build_wheel(metadata_directory, *args, **settings))


def build_wheel(wheel_directory: str, *args: Any, **settings: Any) -> str:
    """Build the wheel; the arguments are those of PEP 517."""
    _build_rest()
    return str(maturin.build_wheel(wheel_directory, *args, **settings))


def build_editable(wheel_directory: str, *args: Any, **settings: Any) -> str:
    """Build a wheel that refers to the sources; the arguments are those of PEP 660."""
    _build_rest()
    # Where maturin lays its own: the package is imported from the sources.
    _, _, module = _names()
    shutil.copy2(_DATA / "platlib" / module, _ROOT / "python" / module)
    return str(maturin.build_editable(wheel_directory, *args, **settings))


def _build_rest() -> None:
    target = Path(os.environ.get("CARGO_TARGET_DIR", _ROOT / "target")) / "release"
    # Together with the extension module of maturin, so that all are made of the same crates with
    # the same features, which are then compiled once.
    packages = ["spacetime-cli", "spacetime-objects", "spacetime-python"]
    chosen = [word for package in packages for word in ("--package", package)]
    features = "spacetime-objects/extension-module,spacetime-python/extension-module"
    build = ["cargo", "build", "--release", "--quiet", "--locked", *chosen]
    command = [*build, "--features", features, "--lib", "--bin", "stc"]
    subprocess.run(command, cwd=_ROOT, check=True)
    program, library, module = _names()
    shutil.rmtree(_DATA, ignore_errors=True)
    for built, place in ((program, f"scripts/{program}"), (library, f"platlib/{module}")):
        (_DATA / place).parent.mkdir(parents=True)
        shutil.copy2(target / built, _DATA / place)


def _names() -> tuple[str, str, str]:
    """What cargo calls the program and the library, and where Python looks for the latter."""
    package = "spacetime_compiler"
    if sys.platform == "win32":
        return "stc.exe", "_runtime.dll", f"{package}/_runtime.pyd"
    ending = "dylib" if sys.platform == "darwin" else "so"
    return "stc", f"lib_runtime.{ending}", f"{package}/_runtime.abi3.so"
