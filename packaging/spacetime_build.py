"""The build backend: maturin, and the command beside the extension module.

The wheel holds `stc` as a program of its own, so that it starts without an interpreter and takes
no memory for one. maturin builds extension modules or programs, but not both in one wheel: the
program is built here, and laid where `tool.maturin.data` has it packed from.
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
_ENDING = ".exe" if sys.platform == "win32" else ""

_DATA = _ROOT / "target" / "wheel"


def prepare_metadata_for_build_wheel(metadata_directory: str, *args: Any, **settings: Any) -> str:
    """Write the metadata; the arguments are those of PEP 517."""
    _DATA.mkdir(parents=True, exist_ok=True)
    return str(maturin.prepare_metadata_for_build_wheel(metadata_directory, *args, **settings))


def build_wheel(wheel_directory: str, *args: Any, **settings: Any) -> str:
    """Build the wheel; the arguments are those of PEP 517."""
    _build_command()
    return str(maturin.build_wheel(wheel_directory, *args, **settings))


def build_editable(wheel_directory: str, *args: Any, **settings: Any) -> str:
    """Build a wheel that refers to the sources; the arguments are those of PEP 660."""
    _build_command()
    return str(maturin.build_editable(wheel_directory, *args, **settings))


def _build_command() -> None:
    target = Path(os.environ.get("CARGO_TARGET_DIR", _ROOT / "target"))
    # Together with the extension module, so that both are made of the same crates with the same
    # features, which are then compiled once.
    packages = ["--package", "spacetime-cli", "--package", "spacetime-python"]
    features = ["--features", "spacetime-python/extension-module"]
    build = ["cargo", "build", "--release", "--quiet", "--locked"]
    command = [*build, *packages, *features, "--bin", "stc"]
    subprocess.run(command, cwd=_ROOT, check=True)
    scripts = _DATA / "scripts"
    shutil.rmtree(scripts, ignore_errors=True)
    scripts.mkdir(parents=True)
    built = target / "release" / f"stc{_ENDING}"
    shutil.copy2(built, scripts / built.name)
