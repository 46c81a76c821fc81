"""A list whose making does something for each item.

Ruff: C419
Trap: `any` stops at the first true item, and the rest would not be printed.
"""


def report(rows: list[str]) -> bool:
    return any([print(row) or len(row) > 80 for row in rows])
