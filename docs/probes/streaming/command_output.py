"""The whole output of a command, to be cut into lines.

By hand: `Popen` and a walk over its pipe; the exit status is then known only at the end.
"""

import subprocess


def warnings(command: list[str]) -> int:
    count = 0
    for line in subprocess.check_output(command, text=True).splitlines():
        if "warning" in line:
            count += 1
    return count
