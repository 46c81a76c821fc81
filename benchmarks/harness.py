"""What the measuring commands share: the manifest, one run in a fresh process, its traces.

A run happens in a folder that is made anew and always has the same path, so that
original and optimized program see the same names. Peak memory is the kernel's
own figure for the process, or, where there are several processes or files that
lie in memory, the largest sum that was seen. Linux and the standard library only.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).resolve().parent / "programs"

# The peak of a process begins at the size of the one that forked it. This
# launcher imports only what is built in, so it is smaller than any program.
LAUNCHER = """
import posix, sys
notes, *argv = sys.argv[1:]
pid = posix.fork()
if pid == 0:
    posix.execve(argv[0], argv, posix.environ)
_, status, usage = posix.wait4(pid, 0)
out = posix.open(notes, posix.O_WRONLY | posix.O_CREAT, 0o600)
posix.write(out, f"{posix.waitstatus_to_exitcode(status)} {usage.ru_maxrss * 1024} "
                 f"{usage.ru_utime + usage.ru_stime}".encode())
"""


@dataclass(frozen=True)
class Program:
    """A line of the manifest.

    `small` are sizes for behaviour, `scale` those for memory and time, rising.
    `input` names a generator of `inputs.py`, or is None; `args` may hold
    `{input}`, `{out}` and `{n}`.
    """

    file: str
    kinds: tuple[str, ...]
    is_trap: bool
    about: str
    input: str | None
    args: tuple[str, ...]
    small: tuple[int, ...]
    scale: tuple[int, ...]

    @classmethod
    def of(cls, line: dict[str, Any]) -> Program:
        lists = {key: tuple(value) for key, value in line.items() if isinstance(value, list)}
        return cls(**{**line, **lists})

    @property
    def name(self) -> str:
        return self.file.removesuffix(".py")

    @property
    def path(self) -> Path:
        return PROGRAMS / self.file


def manifest(only: str | None = None) -> list[Program]:
    """The programs of `programs.json`, or those named in `only`, by commas.

    Raises:
        SystemExit: a name in `only` is none of them.
    """
    document = json.loads((PROGRAMS / "programs.json").read_text(encoding="utf-8"))
    programs = [Program.of(line) for line in document["programs"]]
    if only is None:
        return programs
    names = [name.strip().removesuffix(".py") for name in only.split(",")]
    unknown = set(names) - {program.name for program in programs}
    if unknown:
        raise SystemExit(f"no such program: {', '.join(sorted(unknown))}")
    return [program for program in programs if program.name in names]


class Inputs:
    """Inputs of the programs, made once and kept in a folder for temporary files."""

    def __init__(self) -> None:
        source = (PROGRAMS / "inputs.py").read_bytes()
        self.version = hashlib.sha256(source).hexdigest()[:12]
        self.root = Path(tempfile.gettempdir()) / f"spacetime-inputs-{os.getuid()}"
        self.lock = threading.Lock()
        sys.path.insert(0, str(PROGRAMS))
        written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        self.generators = importlib.import_module("inputs")
        sys.dont_write_bytecode = written

    def path(self, program: Program, n: int) -> str:
        """Where the input of a program of size n lies; it is made if need be."""
        if program.input is None:
            return ""
        folder = self.root / self.version / f"{program.input}-{n}"
        with self.lock:
            if not folder.exists():
                folder.parent.mkdir(parents=True, exist_ok=True)
                building = Path(tempfile.mkdtemp(dir=folder.parent))
                path = Path(self.generators.make(program.input, n, str(building)))
                (building / ".path").write_text(str(path.relative_to(building)))
                try:
                    building.rename(folder)
                except OSError:
                    # Somebody else who measures has just made it.
                    shutil.rmtree(building, ignore_errors=True)
        return str(folder / (folder / ".path").read_text())

    def forget(self, program: Program, n: int) -> None:
        """Removes a large input that is no longer needed."""
        shutil.rmtree(self.root / self.version / f"{program.input}-{n}", ignore_errors=True)


@dataclass
class Run:
    """What one run did and took: bytes, and seconds of CPU time."""

    status: int
    stdout: bytes
    complaint: str
    files: dict[str, str]
    left: list[str] = field(default_factory=list)
    peak: int = 0
    cpu: float = 0.0
    spilled: int = 0

    def differs(self, other: Run) -> str | None:
        """In what the other run did something else, for a reader; None if in nothing."""
        if self.status != other.status:
            return (f"exit status {self.status} became {other.status} "
                    f"({other.complaint or 'no complaint'})")
        if self.stdout != other.stdout:
            mine, theirs = self.stdout.splitlines(), other.stdout.splitlines()
            at = next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b),
                      min(len(mine), len(theirs)))
            return f"stdout, line {at + 1}: {mine[at:at + 1]!r} became {theirs[at:at + 1]!r}"
        if self.complaint != other.complaint:
            return f"stderr: {self.complaint!r} became {other.complaint!r}"
        changed = [name for name in sorted(self.files.keys() | other.files.keys())
                   if self.files.get(name) != other.files.get(name)]
        if changed:
            return f"files: {', '.join(changed)}"
        if set(other.left) - set(self.left):
            return f"left in the folder for temporary files: {', '.join(other.left)}"
        return None


@dataclass(frozen=True)
class Bench:
    """Where and with what programs are run; one run at a time in one place."""

    python: str
    place: Path
    timeout: float = 300.0

    def run(self, script: Path, args: list[str], memory: str | None = None) -> Run:
        """Runs a script in a fresh process. `{out}` in args is a new, empty folder.

        `memory` is the budget of the run-time parts, such as `16KiB`.

        Raises:
            subprocess.TimeoutExpired: it took longer than `timeout` seconds.
        """
        shutil.rmtree(self.place, ignore_errors=True)
        work, out, tmp = (self.place / name for name in ("work", "out", "tmp"))
        for folder in (work, out, tmp):
            folder.mkdir(parents=True)
        notes = self.place / "notes"
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
                       "TMPDIR": str(tmp)}
        environment.pop("SPACETIME_MEMORY", None)
        if memory is not None:
            environment["SPACETIME_MEMORY"] = memory
        command = [self.python, "-I", "-S", "-c", LAUNCHER, str(notes), self.python, str(script)]
        command += [arg.replace("{out}", str(out)) for arg in args]
        with open(self.place / "stdout", "wb") as stdout, open(self.place / "stderr", "wb") as err:
            launcher = subprocess.Popen(
                command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=stdout,
                stderr=err, start_new_session=True)
            watch = Watch(launcher.pid, tmp)
            watch.until_done(launcher, self.timeout)
        status, peak, cpu = notes.read_text().split()
        complaints = (self.place / "stderr").read_text(errors="replace").splitlines()
        return Run(
            status=int(status), stdout=(self.place / "stdout").read_bytes(),
            complaint=complaints[-1] if complaints else "",
            files={**digests(work, "work/"), **digests(out, "")}, left=sorted(digests(tmp, "")),
            peak=max(int(peak), watch.memory), cpu=float(cpu), spilled=watch.spilled)


class Watch:
    """Looks at the processes of a run: bytes in memory of several, bytes spilled."""

    def __init__(self, launcher: int, tmp: Path) -> None:
        self.launcher = launcher
        self.tmp = tmp
        self.memory = 0
        self.spilled = 0

    def until_done(self, process: subprocess.Popen[bytes], timeout: float) -> None:
        """Waits for the launcher, looking from time to time; ends all of it if it takes too long.

        Raises:
            subprocess.TimeoutExpired: after `timeout` seconds.
        """
        waited, pause = 0.0, 0.005
        while True:
            try:
                process.wait(pause)
                return
            except subprocess.TimeoutExpired:
                waited += pause
                if waited > timeout:
                    os.killpg(process.pid, 9)
                    process.wait()
                    raise
            self.look()
            pause = min(0.03, pause * 1.3)

    def look(self) -> None:
        processes = descendants(self.launcher)
        nameless, in_memory = open_files(processes)
        if len(processes) > 1 or in_memory:
            self.memory = max(self.memory, sum(map(resident, processes)) + in_memory)
        named = 0
        for folder, _, names in os.walk(self.tmp):
            for name in names:
                try:
                    named += os.stat(os.path.join(folder, name)).st_size
                except FileNotFoundError:
                    continue
        self.spilled = max(self.spilled, nameless + named)


def descendants(process: int) -> list[int]:
    """Children of a process, their children, and so on."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        parent = waiting.pop()
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as listing:
                children = [int(child) for child in listing.read().split()]
        except OSError:
            continue
        found += children
        waiting += children
    return found


def resident(process: int) -> int:
    """Bytes of a process that are in memory, and 0 if it has just ended."""
    try:
        with open(f"/proc/{process}/statm") as line:
            return int(line.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def open_files(processes: list[int]) -> tuple[int, int]:
    """Bytes in open files without a name: those on disk, and those in memory."""
    on_disk: dict[tuple[int, int], int] = {}
    in_memory: dict[tuple[int, int], int] = {}
    for process in processes:
        folder = f"/proc/{process}/fd"
        try:
            numbers = os.listdir(folder)
            for number in numbers:
                target = os.readlink(f"{folder}/{number}")
                memory = target.startswith(("/memfd:", "/dev/shm/"))
                if memory or target.endswith(" (deleted)"):
                    about = os.stat(f"{folder}/{number}")
                    kept = in_memory if memory else on_disk
                    kept[about.st_dev, about.st_ino] = about.st_blocks * 512
        except OSError:
            continue
    return sum(on_disk.values()), sum(in_memory.values())


def digests(folder: Path, prefix: str) -> dict[str, str]:
    """Names of the files below a folder, and digests of what is in them."""
    return {prefix + str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def imports_of(source: str) -> str:
    """A program that does nothing but the imports at the top of another one."""
    body = ast.parse(source).body
    return "".join(ast.unparse(node) + "\n" for node in body
                   if isinstance(node, ast.Import | ast.ImportFrom))


def optimize(stc: str, program: Path, out: Path) -> str | None:
    """Has `stc` optimize a program into `out`; what went wrong, or None."""
    out.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([stc, "optimize", "--isolated", str(program), "-o", str(out)],
                          capture_output=True, text=True, check=False, timeout=120)
    if done.returncode != 0 or not out.exists():
        return f"stc optimize failed ({done.returncode}): {done.stderr.strip()[-300:]}"
    return None


def findings(stc: str, program: Path, *options: str) -> list[dict[str, Any]]:
    """What `stc optimize --analyze-only` finds in a program."""
    found: list[dict[str, Any]] = analyzed(stc, program, *options)["opportunities"]
    return found


def forecast(stc: str, program: Path, *options: str) -> dict[str, Any] | None:
    """The peaks that `stc optimize --analyze-only` predicts: `before` and `after`."""
    said: dict[str, Any] | None = analyzed(stc, program, *options).get("forecast")
    return said


def analyzed(stc: str, program: Path, *options: str) -> dict[str, Any]:
    """What `stc optimize --analyze-only` says of a program."""
    command = [stc, "optimize", "--isolated", "--analyze-only", "--format", "json", *options]
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, check=False,
                          timeout=120)
    said: dict[str, Any] = json.loads(done.stdout)["files"][0]
    return said
