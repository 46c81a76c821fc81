"""All parts of a text, to keep the first.

Ruff: PLC0207
By hand: `split(",", maxsplit=1)`.
"""


def head(line: str) -> str:
    return line.split(",")[0]
