"""Runs one command and reports its exit status, peak memory, CPU and wall time.

A process's ru_maxrss starts at the resident size of the process that forked it.
This launcher imports nothing beyond what is built in, so it is smaller than any
Python program, and what is measured is the program.
"""

import posix
import sys
import time

report, *argv = sys.argv[1:]
start = time.monotonic()
pid = posix.fork()
if pid == 0:
    try:
        posix.execve(argv[0], argv, posix.environ)
    except OSError as error:
        posix.write(2, f"cannot run {argv[0]}: {error.strerror}\n".encode())
    posix._exit(127)
_, status, usage = posix.wait4(pid, 0)
wall = time.monotonic() - start
line = f"{status} {usage.ru_maxrss} {usage.ru_utime + usage.ru_stime!r} {wall!r}\n"
out = posix.open(report, posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL, 0o600)
posix.write(out, line.encode())
