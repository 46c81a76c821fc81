"""Runs ``stc upgrade`` and lib2to3's own command on the same folders, and compares everything.

Run by ``cargo xtask upgrade-fixers --command`` in a CPython that has lib2to3, with the path of
``stc``. Standard output, standard error, exit status and all files afterwards have to be the same.
What is meant to differ is not here but in ``docs/upgrade.md`` and its tests.
"""

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONG = "".join(
    f"def f{n}(self):\n    print 'line', {n}\n\n" if n % 7 == 3 else f"x = {n % 13}\n\n"
    for n in range(150)
)
FILES: dict[str, bytes] = {
    "pkg/__init__.py": b"",
    "pkg/a.py": b"import os\nprint 'a', os.getcwdu()\n",
    "pkg/b.py": b"import a\nx = 1\n",
    "pkg/clean.py": b"x = 1\n",
    "pkg/string.py": b"x = 'same'\n",
    "pkg/bad.py": b"print 'x' 'y' z\ndef f(:\n",
    "pkg/worse.py": b"x = (1,\n",
    "pkg/crlf.py": b"print 1\r\nif x <> 1:\r\n    print 'a'\r\n",
    "pkg/no_end.py": b"print 1",
    "pkg/latin.py": b"# -*- coding: latin-1 -*-\nprint u'\xe9'\n",
    "pkg/mark.py": b"\xef\xbb\xbfprint u'\xc3\xa9'\n",
    "pkg/empty.py": b"",
    "pkg/warn.py": b"from urllib import *\nimport urllib2 as u\ng.throw('foo')\nmap(None, a, b)\n",
    "pkg/feed.py": b"x = 1\n\x0c\nprint 1\n\x0c\ny = 2\n",
    "pkg/sub/c.py": b"raise E, 'v'\n",
    "pkg/sub/doc.py": (
        b'"""\n>>> print 1\n1\n>>> for i in xrange(3):\n...     print i,\n0 1 2\n"""\nprint 2\n'
    ),
    "pkg/sub/doc_bad.py": b'"""\n    >>> def f(:\n    >>> print 1\n"""\n\nx = 1\ny = 1\n',
    "pkg/long.py": LONG.encode(),
    "pkg/.hidden.py": b"print 1\n",
    "pkg/script": b"print 'script'\n",
    "pkg/sub/old.py.bak": b"old backup",
    "future.py": b"from __future__ import print_function\nprint(x, file=f)\nprint(y, sep='')\n",
    "one.py": b"if a <> b: print `a`\n",
}


@dataclass
class Case:
    """Words behind the command, and what it reads."""

    words: list[str]
    given: bytes = b""


CASES = [
    Case(["pkg"]),
    Case(["pkg/a.py", "one.py"]),
    Case(["pkg", "-v"]),
    Case(["-w", "pkg"]),
    Case(["-w", "-n", "pkg"]),
    Case(["-wn", "--no-diffs", "-v", "pkg", "one.py"]),
    Case(["-w", "--no-diffs", "pkg/sub", "pkg/script"]),
    Case(["-o", "out", "-w", "-n", "pkg"]),
    Case(["-o", "out/deep", "-n", "-w", "--add-suffix=3", "pkg/a.py", "pkg/sub/c.py"]),
    Case(["-n", "-w", "--add-suffix", "3", "one.py"]),
    Case(["-W", "-n", "-o", "out", "pkg/sub", "one.py", "pkg/clean.py"]),
    Case(["-W", "pkg/clean.py", "pkg/string.py", "-n"]),
    Case(["-f", "print", "pkg"]),
    Case(["-f", "ne", "-f", "repr", "one.py"]),
    Case(["-f", "idioms", "-f", "all", "pkg/a.py"]),
    Case(["-x", "print", "-x", "nonesuch", "pkg/a.py", "one.py"]),
    Case(["-p", "one.py", "pkg/a.py", "future.py"]),
    Case(["-e", "future.py", "pkg/a.py"]),
    Case(["-d", "pkg/sub/doc.py"]),
    Case(["-d", "pkg/clean.py", "pkg/sub/doc_bad.py"]),
    Case(["-d", "-v", "pkg/sub/doc.py", "pkg/clean.py"]),
    Case(["-l"]),
    Case(["-l", "one.py"]),
    Case([]),
    Case(["-n", "one.py"]),
    Case(["-o", "x", "one.py"]),
    Case(["--add-suffix=x", "one.py"]),
    Case(["--no-diffs", "one.py"]),
    Case(["nonesuch.py", "one.py", "nonesuch"]),
    Case(["-"], b"print 1\nif a <> b:\n    pass\n"),
    Case(["-"], b"print 1\r\nx = 'a'\r\n"),
    Case(["-"], b"x = 'a'\n"),
    Case(["-"], b"x = 1\n"),
    Case(["-"], b"print 1"),
    Case(["-d", "-"], b">>> print 1\n1\n"),
    Case(["-w", "-"], b"print 1\n"),
    Case(["pkg/"]),
    Case(["."]),
    Case(["./pkg/sub", "./pkg/a.py", "-o", "out", "-nw"]),
]


def run(command: list[str], case: Case, folder: Path) -> dict[str, object]:
    """Everything that can be seen of a run."""
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "one.py").chmod(0o755)
    ran = subprocess.run([*command, *case.words], cwd=folder, input=case.given, capture_output=True)
    after = {
        str(path.relative_to(folder)): (path.read_bytes(), oct(path.stat().st_mode))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    stderr = ran.stderr.replace(b"__main__.py: error", b"2to3: error")
    return {"status": ran.returncode, "stdout": ran.stdout, "stderr": stderr, "files": after}


def main() -> int:
    """Compares all cases; the status is 1 if one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stc", required=True, help="our command")
    args = parser.parse_args()
    different = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            theirs = run([sys.executable, "-W", "ignore", "-m", "lib2to3"], case, Path(one))
            ours = run([args.stc, "upgrade"], case, Path(two))
        wrong = [key for key in theirs if theirs[key] != ours[key]]
        different += bool(wrong)
        for key in wrong:
            print(f"{' '.join(case.words)}: {key}")
            print(f"  lib2to3: {theirs[key]!r}\n  ours:    {ours[key]!r}")
    print(f"{len(CASES) - different} of {len(CASES)} commands do the same")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
