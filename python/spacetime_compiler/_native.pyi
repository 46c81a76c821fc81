from collections.abc import Sequence
from os import PathLike
from typing import final

def optimize(text: str, options: str = "{}", *, stub: bool = False) -> str: ...
def rules() -> str: ...
def run_command(argv: Sequence[str], executable: str | PathLike[str] | None = None) -> int: ...

# --- 2to3 ---

class UpgradeRefused(Exception): ...

def upgrade_fixers() -> list[tuple[str, bool]]: ...
def upgrade_encoding(start: bytes) -> str: ...
@final
class Upgrader:
    def __new__(
        cls,
        names: list[str],
        *,
        print_function: bool = False,
        exec_function: bool = False,
        beyond: bool = False,
    ) -> Upgrader: ...
    def refactor(self, text: str, name: str) -> tuple[str, bool, list[str], list[str]]: ...
    def refactor_doctests(
        self, text: str, name: str
    ) -> tuple[
        str,
        list[str],
        list[tuple[int, list[str], tuple[str, str, tuple[int, str, str, int, int] | None]]],
    ]: ...
