"""Says whether texts compile, in the interpreter that runs this."""

from __future__ import annotations

import warnings
from typing import Any

from observe import serve


def compiles(text: str) -> str:
    """Empty, or what the compiler says."""
    try:
        compile(text, "file.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def answer(job: dict[str, Any]) -> dict[str, str]:
    """`{original, changed}`, both raw or already decoded; the original decides what counts."""
    with open(job["path"], "rb") as file:
        original = file.read()
    said = compiles_bytes(original)
    return {"original": said, "changed": "" if said else compiles(job["changed"])}


def compiles_bytes(raw: bytes) -> str:
    """The same for a file as it is on disk: the compiler reads the encoding itself."""
    try:
        compile(raw, "file.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve(answer)
