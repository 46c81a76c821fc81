"""The command inside an interpreter: ``python -m spacetime_compiler``, ``spacetime-compiler``.

``stc`` is the same as a program of its own. Here are also ``--demo`` and the program ``2to3``.
"""

import os
import signal
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    args = list(sys.argv[1:] if argv is None else argv)
    if args[:1] == ["--demo"]:
        from spacetime_compiler import _demo

        return _demo.main()
    return run(args)


def upgrade(argv: Sequence[str] | None = None) -> int:
    """Run ``stc upgrade`` in this process, and return its exit status."""
    return run(["upgrade", *(sys.argv[1:] if argv is None else argv)])


def two_to_three() -> int:
    """Be the program ``2to3``: give way to ``stc`` beside it, which needs no interpreter."""
    program = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "stc")
    # Windows would not wait for a program that takes the place of this one.
    if os.name == "posix" and os.access(program, os.X_OK):
        os.execv(program, [program, "upgrade", *sys.argv[1:]])
    return upgrade()


def run(args: Sequence[str]) -> int:
    """Run one command in this process, with Ctrl-C as in any other program."""
    from spacetime_compiler import _native

    sys.stdout.flush()
    try:
        # Python's own handler only sets a flag, which nobody would look at.
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    except ValueError:
        # Only the main thread may say so, and only there does it matter.
        return _native.run_command(["stc", *args], sys.executable)
    try:
        return _native.run_command(["stc", *args], sys.executable)
    finally:
        signal.signal(signal.SIGINT, before)


if __name__ == "__main__":
    sys.exit(main())
