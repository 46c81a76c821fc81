"""What a piece of Python does, seen from outside, in a form that can be compared.

Each observation runs in a forked child with a time limit and a memory limit, in an empty
folder of its own, so nothing that one program does reaches the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import io
import itertools
import json
import os
import re
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

MEMORY_LIMIT = 1 << 30
OUTPUT_LIMIT = 1 << 18
LISTED_ITEMS = 2000
FIRST_HIGH_NUMBER = 200
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def without_addresses(text: str) -> str:
    """Where an object lies in memory is nobody's business, and another place in every run."""
    return ADDRESS.sub("0x", text)


class OutOfTime(BaseException):
    """Not an `Exception`, so that a program's own handlers let it pass."""


class Output(io.StringIO):
    """Standard output of a program, which ends a program that prints for ever."""

    def write(self, text: str) -> int:
        if self.tell() > OUTPUT_LIMIT:
            raise OutOfTime
        return super().write(text)


def describe(value: object, depth: int = 0) -> str:
    """A value as text: equal texts mean that a program could hardly tell the values apart."""
    if depth > 8:
        return "..."
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, range)):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, type)):
        return f"{type(value).__name__} {value.__name__}"
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    name = type(value).__name__
    if isinstance(value, (set, frozenset)):
        return f"{name} {{{', '.join(sorted(describe(item, depth + 1) for item in value))}}}"
    if isinstance(value, (dict, OrderedDict, defaultdict, Counter)):
        items = (f"{describe(k, depth + 1)}: {describe(v, depth + 1)}" for k, v in value.items())
        return f"{name} {{{', '.join(items)}}}"
    if isinstance(value, (list, tuple, deque)):
        return f"{name} [{', '.join(describe(item, depth + 1) for item in value)}]"
    if isinstance(value, io.IOBase):
        return describe_file(value)
    if isinstance(value, BaseException):
        return describe_error(value)
    if isinstance(value, types.CoroutineType):
        value.close()
        return name
    if isinstance(value, Iterator):
        return f"{name} {describe_rest(value, depth)}"
    if getattr(type(value), "__slots__", None) is None and hasattr(value, "__dict__"):
        return f"{name} {describe(vars(value), depth + 1)}"
    return without_addresses(f"{name} {value!r}")


def describe_rest(iterator: Iterator[Any], depth: int) -> str:
    """What is left in an iterator, and how it ends."""
    items: list[str] = []
    try:
        items.extend(describe(v, depth + 1) for v in itertools.islice(iterator, LISTED_ITEMS))
    except Exception as error:
        items.append(describe_error(error))
    return f"[{', '.join(items)}]"


def describe_file(file: io.IOBase) -> str:
    """A file by what is still to be read from it."""
    if file.closed:
        return "closed file"
    try:
        return f"file {file.read()!r}" if file.readable() else "file, write only"
    except Exception as error:
        return f"file {describe_error(error)}"


def describe_error(error: BaseException | None) -> str:
    """Type and arguments, and the same of the errors that a traceback would show before it."""
    parts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        parts.append(without_addresses(f"{type(error).__name__}{error.args!r}"))
        if error.__cause__ is not None:
            error = error.__cause__
        else:
            error = None if error.__suppress_context__ else error.__context__
    return " <- ".join(parts)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `OutOfTime` in the block when the time has passed."""

    def ring(_number: int, _frame: types.FrameType | None) -> None:
        raise OutOfTime

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def compiled(source: str | types.CodeType) -> types.CodeType:
    """Code as it is; a text as a module, and not by the flags of this file."""
    if isinstance(source, types.CodeType):
        return source
    return compile(source, "program.py", "exec", dont_inherit=True)


def run_source(source: str | types.CodeType, namespace: dict[str, Any]) -> dict[str, str]:
    """Runs a module's text or code; its output and how it ended."""
    output = Output()
    ended = ""
    with contextlib.redirect_stdout(output):
        try:
            exec(compiled(source), namespace)
        except OutOfTime:
            ended = "OutOfTime"
        except BaseException as error:
            ended = describe_error(error)
            # The traceback keeps frames, and with them whatever prints when it dies.
            error.__traceback__ = None
            del error
        gc.collect()
    return {"output": without_addresses(output.getvalue()), "error": ended}


def in_child(work: Callable[[], Any], seconds: float) -> Any:
    """The JSON value of `work()`, done in a forked child in a fresh folder."""
    folder = tempfile.mkdtemp(prefix="observe-")
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        child_main(work, writer, folder)
    os.close(writer)
    try:
        text = read_until(reader, time.monotonic() + seconds)
    finally:
        os.close(reader)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(folder, ignore_errors=True)
    return json.loads(text) if text else None


def child_main(work: Callable[[], Any], writer: int, folder: str) -> None:
    """The child's life; it ends without running the parent's exit handlers."""
    try:
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        # What the program reads and writes by number must not be the helper's own lines,
        # nor its answer: numbers are arguments too.
        writer = fcntl.fcntl(writer, fcntl.F_DUPFD, FIRST_HIGH_NUMBER)
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        text = json.dumps(work())
        with os.fdopen(writer, "w", encoding="utf-8", errors="surrogatepass") as pipe:
            pipe.write(text)
    finally:
        os._exit(0)


def read_until(reader: int, deadline: float) -> str:
    """Everything from a pipe, or nothing when the time has passed."""
    pieces: list[bytes] = []
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return ""
        piece = os.read(reader, 1 << 16)
        if not piece:
            return b"".join(pieces).decode("utf-8", "surrogatepass")
        pieces.append(piece)


def written_files() -> dict[str, str]:
    """The files below the working folder, by name."""
    files: dict[str, str] = {}
    for folder, _, names in os.walk("."):
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                files[path] = repr(file.read())
    return files


def serve(answer: Callable[[dict[str, Any]], Any]) -> None:
    """Answers each line of JSON from standard input by a line of JSON."""
    # Children redirect the numbered files, so the helper keeps its own line out.
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()
