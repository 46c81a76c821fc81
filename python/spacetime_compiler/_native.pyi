# --- engine and command ---

from collections.abc import Sequence
from os import PathLike

def optimize(text: str, options: str = "{}", *, stub: bool = False) -> str: ...
def rules() -> str: ...
def run_command(
    argv: Sequence[str], executable: str | PathLike[str] | None = None
) -> int: ...
