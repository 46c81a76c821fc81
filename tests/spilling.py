"""What tests of the external-memory parts measure."""

from __future__ import annotations

from collections.abc import Callable

from spacetime_compiler import runtime


def spilled_by(work: Callable[[], object]) -> int:
    """Bytes that go to disk while it is done."""
    before = runtime.stats()["bytes"]
    work()
    return runtime.stats()["bytes"] - before
