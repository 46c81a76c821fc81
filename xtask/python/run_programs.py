"""Runs a program before and after, and says how the two differ, if they do."""

from __future__ import annotations

import os
import random
from typing import Any

from observe import in_child, run_source, serve, time_limit, written_files

SECONDS = 2.0
# The least: what can go to disk does so in small programs.
MEMORY = "16KiB"


def observe(source: str) -> dict[str, Any]:
    """Output, error and files of one run."""
    # Helpers of the programs may use it; both runs have to get the same numbers.
    random.seed(0)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with time_limit(SECONDS):
        seen: dict[str, Any] = run_source(source, namespace)
    seen["files"] = written_files()
    return seen


def run(source: str) -> dict[str, Any]:
    """The observation, made in a child."""
    seen = in_child(lambda: observe(source), 3 * SECONDS)
    return seen or {"output": "", "error": "died or out of time", "files": {}}


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """`{before, after}` to both observations; without `after`, that of `before`."""
    before = run(job["before"])
    after = run(job["after"]) if job.get("after") is not None else before
    return {"same": before == after, "before": before, "after": after}


if __name__ == "__main__":
    os.environ["SPACETIME_MEMORY"] = MEMORY
    serve(answer)
