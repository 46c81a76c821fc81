"""What tests of the external-memory parts measure and compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spacetime_compiler import runtime


def spilled_by(work: Callable[[], object]) -> int:
    """Bytes that go to disk while it is done."""
    before = runtime.stats()["bytes"]
    work()
    return runtime.stats()["bytes"] - before


PLAIN = {
    "collections.defaultdict": "dict",
    "'Counter'": "'dict'",
    "spacetime_compiler.runtime.SpillGroupDict": "dict",
    "spacetime_compiler.runtime.SpillGroupSet": "set",
    "spacetime_compiler.runtime.SpillGroups": "dict",
    "spacetime_compiler.runtime.SpillGroup": "list",
}


def outcome(work: Callable[..., Any], *given: Any, shape: Callable[[Any], Any] = repr) -> Any:
    """What work gives or raises, with collections of both kinds called the same."""
    try:
        return shape(work(*given))
    except Exception as error:
        text = str(error)
        for ours, plain in PLAIN.items():
            text = text.replace(ours, plain)
        return type(error), error.args if isinstance(error, KeyError) else text
