"""What can only be seen from outside: memory, imports, signals, full disks."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def run(code: str, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_budget_from_the_environment() -> None:
    code = "from spacetime_compiler import runtime; print(runtime.budget())"
    assert run(code, SPACETIME_MEMORY="") == f"{16 << 20}\n"
    assert run(code, SPACETIME_MEMORY="1MiB") == f"{1 << 20}\n"
    assert run(code, SPACETIME_MEMORY="2M") == f"{2 << 20}\n"
    assert run(code, SPACETIME_MEMORY="123456") == "123456\n"
    code = """
        from spacetime_compiler import runtime
        for work in (runtime.budget, lambda: runtime.external_sort(iter(range(10**4)))):
            try:
                work()
            except ValueError as error:
                print(error)
    """
    assert run(code, SPACETIME_MEMORY="lots").count("SPACETIME_MEMORY") == 2
    assert run(code, SPACETIME_MEMORY="5").count("SPACETIME_MEMORY") == 2


def test_configure() -> None:
    from spacetime_compiler import runtime

    before = runtime.budget()
    for size, expected in ((1 << 20, 1 << 20), ("64KiB", 64 << 10), ("1 MB", 10**6)):
        runtime.configure(memory=size)
        assert runtime.budget() == expected
    runtime.configure()
    assert runtime.budget() == 10**6
    wrong: Any
    for wrong in ("x", "", -5, 10, "1.5M"):
        with pytest.raises(ValueError, match="memory"):
            runtime.configure(memory=wrong)
    for wrong in (1.5, b"1M", []):
        with pytest.raises(TypeError, match="memory"):
            runtime.configure(memory=wrong)
    runtime.configure(memory=before)


def test_importing_is_cheap() -> None:
    code = """
        import resource, sys
        before = set(sys.modules)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        import spacetime_compiler.runtime
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory)
        print(*(set(sys.modules) - before))
    """
    runs = [run(code).splitlines() for _ in range(3)]
    assert min(int(memory) for memory, _ in runs) < 3 * 1024, runs
    modules = set(runs[0][1].split())
    others = {name for name in modules if "spacetime" not in name}
    assert others <= {"__future__"}
    inside = {name.rpartition(".")[2] for name in modules if "spacetime_compiler." in name}
    assert inside == {"runtime", "_load", "_runtime"}


def test_what_is_loaded_later_is_all_there() -> None:
    code = """
        from spacetime_compiler import runtime
        assert set(runtime.__all__) <= set(dir(runtime))
        from spacetime_compiler.runtime import *
        print(sorted_item([3, 1, 2], -1), sorted_head is runtime.sorted_head)
        assert list(split_lines(__import__("io").StringIO("a\\nb"))) == ["a", "b"]
        class Point:
            pass
        assert register(Point, fields=("x",)) is Point
        try:
            runtime.nothing
        except AttributeError as error:
            print(error)
    """
    three, missing = run(code).splitlines()
    assert three == "3 True"
    assert missing == "module 'spacetime_compiler.runtime' has no attribute 'nothing'"


WALK = """
    import resource, sys
    from spacetime_compiler import runtime

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def values():
        x = 1
        for _ in range(1_500_000):
            x = x * 1103515245 % (1 << 40)
            yield {value}

    start = peak()
    result = runtime.external_sort(values())
    built = peak()
    last = None
    for item in result:
        assert last is None or last <= item
        last = item
    print(built - start, peak() - built, runtime.stats()["runs"])
"""


@LINUX
@pytest.mark.parametrize("value", ["x", "str(x)", "(x % 1000, str(x))"])
@pytest.mark.parametrize("budget", ["1MiB", "16MiB"])
def test_memory_of_both_phases(value: str, budget: str) -> None:
    """Neither making runs nor merging them takes more than the budget (and a
    little for what is loaded on the way)."""
    making, merging, runs = map(int, run(WALK.format(value=value), SPACETIME_MEMORY=budget).split())
    limit = {"1MiB": 1, "16MiB": 16}[budget] * 1024 + 1024
    assert runs > 3
    assert making < limit
    assert merging < limit


FULL = """
    import resource, sys
    from spacetime_compiler import runtime

    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, 1 << 18))
    runtime.configure(memory="64KiB")
    try:
        runtime.external_sort(str(n * 7919 % 10007) for n in range(200_000))
    except OSError as error:
        assert type(error.filename) is str
        print(error.errno, error.filename, error, sep="|")
"""


def test_a_full_disk_names_the_folder(tmp_path: Path) -> None:
    number, folder, text = run(FULL, SPACETIME_DIRECTORY=str(tmp_path)).strip().split("|")
    assert int(number) == errno.EFBIG
    assert folder == str(tmp_path)
    assert str(tmp_path) in text
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named() -> None:
    missing = "/nonexistent/for spilling"
    number, folder, _ = run(FULL, SPACETIME_DIRECTORY=missing).strip().split("|")
    assert (int(number), folder) == (errno.ENOENT, missing)


@LINUX
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_after_a_signal(tmp_path: Path, how: signal.Signals) -> None:
    code = """
        from spacetime_compiler import runtime
        runtime.configure(memory="64KiB")
        result = runtime.external_sort(str(n) for n in range(50_000))
        next(result)
        print("ready", flush=True)
        input()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "SPACETIME_DIRECTORY": str(tmp_path)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        links = [os.readlink(fd) for fd in Path(f"/proc/{process.pid}/fd").iterdir()]
        assert any(link.startswith(str(tmp_path)) for link in links)
        assert list(tmp_path.iterdir()) == []
        process.send_signal(how)
        assert process.wait() == -how
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_the_file_is_closed_when_the_last_item_is_out() -> None:
    code = """
        import os
        from spacetime_compiler import runtime
        runtime.configure(memory="64KiB")
        before = len(os.listdir("/proc/self/fd"))
        result = runtime.external_sort(str(n) for n in range(50_000))
        print(len(os.listdir("/proc/self/fd")) - before)
        for item in result:
            pass
        print(len(os.listdir("/proc/self/fd")) - before)
        try:
            runtime.external_sort([1, 2] if n == 40_000 else n for n in range(50_000))
        except TypeError:
            print(len(os.listdir("/proc/self/fd")) - before)
    """
    assert run(code).split() == ["1", "0", "0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_both_sides_of_a_fork_go_on() -> None:
    code = """
        import os
        from spacetime_compiler import runtime
        runtime.configure(memory="64KiB")
        expected = sorted(str(n) for n in range(50_000))
        result = runtime.external_sort(str(n) for n in range(50_000))
        first = [next(result) for _ in range(1000)]
        child = os.fork()
        assert first + list(result) == expected
        if child:
            assert os.waitpid(child, 0)[1] == 0
        print("fine", flush=True)
    """
    assert run(code).split() == ["fine", "fine"]


def test_what_was_spilled_can_be_seen_from_outside(tmp_path: Path) -> None:
    code = """
        import os
        from spacetime_compiler import runtime
        runtime.configure(memory="64KiB")
        for item in runtime.external_sort(str(n) for n in range(50_000)):
            pass
        print(os.getpid(), *runtime.stats().values())
    """
    process, *figures = run(code, SPACETIME_STATS=str(tmp_path)).split()
    assert (tmp_path / process).read_text().split() == figures
    # A folder that is not there is nobody's problem.
    run(code, SPACETIME_STATS="/nonexistent")


@LINUX
def test_nothing_leaks() -> None:
    code = """
        import resource
        from spacetime_compiler import runtime
        runtime.configure(memory="64KiB")

        def work():
            for odd in ([], [None], [float("nan")], ["x"]):
                for key in (None, lambda n: n, lambda n: (n, "x")):
                    try:
                        items = runtime.external_sort([*range(9000), *odd].__iter__(), key=key)
                        next(items)
                    except TypeError:
                        pass
            list(runtime.external_sort(((str(n), -n) for n in range(9000)), key=lambda t: t[1]))

        for _ in range(5):
            work()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(60):
            work()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    assert int(run(code)) < 1024


def test_very_deep_tuples_are_no_crash() -> None:
    code = """
        from spacetime_compiler import runtime
        deep = ()
        for _ in range(100_000):
            deep = (deep,)
        items = [(n, deep) for n in range(2000)]
        assert list(runtime.external_sort(iter(items), key=lambda t: -t[0]))[0] is items[-1]
        print("fine")
    """
    assert run(code) == "fine\n"


def test_a_subinterpreter_is_served() -> None:
    code = """
        from spacetime_compiler import runtime
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        inside = '''
        from spacetime_compiler import runtime
        assert list(runtime.external_sort(iter([3, 1, 2]), reverse=True)) == [3, 2, 1]
        assert list(runtime.external_sort(iter("bB"), key=str.lower)) == ["b", "B"]
        assert runtime.sorted_item(iter([3, 1, 2]), 0) == 1
        '''
        one = interpreters.create()
        problem = interpreters.run_string(one, inside.replace("\\n        ", "\\n"))
        assert problem is None, problem
        assert list(runtime.external_sort(iter([3, 1, 2]))) == [1, 2, 3]
        print("well")
    """
    assert run(code) == "well\n"


def test_the_plain_parts_do_what_they_stand_for() -> None:
    from spacetime_compiler.runtime import _plain

    class Odd:
        pass

    assert list(_plain.external_sort(iter([3, 1, 2]), None, True)) == [3, 2, 1]
    assert list(_plain.external_sort(iter("bBa"), str.lower, False)) == ["a", "b", "B"]
    with pytest.raises(TypeError, match="not supported between"):
        _plain.external_sort([Odd(), Odd()], None, False)
    assert _plain.runtime_stats() == (0, 0, 0)
    for refusing in (_plain.runtime_budget, _plain.runtime_directory, _plain.runtime_configure):
        with pytest.raises(RuntimeError, match="subinterpreter"):
            refusing()
