"""Writing files so that nobody is left with half of one."""

import os
import tempfile
from typing import TypeAlias

StrPath: TypeAlias = str | os.PathLike[str]


def replace_file(path: StrPath, data: bytes) -> None:
    """Write a file whole or not at all; links and permissions stay. Raises ``OSError``."""
    target = os.path.realpath(path)
    try:
        mode = os.stat(target).st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        mode = 0o666 & ~umask
    else:
        if not mode & 0o222:
            raise PermissionError(f"{path} is read-only")
    number, name = tempfile.mkstemp(prefix=".stc-", dir=os.path.dirname(target))
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
