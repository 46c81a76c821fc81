"""The command: ``stc``, ``spacetime-compiler`` and ``python -m spacetime_compiler``.

The command itself is Rust. Here is only what the original tool's users type:
``python -m spacetime_compiler my_code.py -o out.py -r report.txt``,
``--analyze-only`` and ``--demo``.
"""

import os
import signal
import sys
from collections.abc import Sequence

from spacetime_compiler import _native

_COMMANDS = frozenset(
    {
        "optimize",
        "upgrade",
        "prove",
        "explain",
        "rules",
        "facts",
        "graph",
        "generate-shell-completion",
        "help",
    }
)
_FOR_ALL = ("-h", "--help", "-V", "--version", "-q", "--quiet", "-v", "--verbose")
_SETTINGS = ("--color", "--config", "--isolated")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    args = list(sys.argv[1:] if argv is None else argv)
    if args[:1] == ["--demo"]:
        from spacetime_compiler import _demo

        return _demo.main()
    return run(["optimize", *args] if _is_bare(args) else args)


def upgrade(argv: Sequence[str] | None = None) -> int:
    """Run ``2to3``, which is ``stc upgrade``, and return its exit status."""
    return run(["upgrade", *(sys.argv[1:] if argv is None else argv)])


def run(args: Sequence[str]) -> int:
    """Run one command in this process, with Ctrl-C as in any other program."""
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


def _is_bare(args: Sequence[str]) -> bool:
    """Whether this is the original tool's form, without a command."""
    if not args or args[0] in _COMMANDS:
        return False
    if args[0] in _FOR_ALL or args[0].startswith(_SETTINGS):
        return len(args) > 1 and _COMMANDS.isdisjoint(args) and args[0] not in _FOR_ALL[:4]
    # A plain word that is no file is a command misspelt, which the command itself says best.
    return not args[0].isidentifier() or os.path.exists(args[0])


if __name__ == "__main__":
    sys.exit(main())
