"""Writes what CPython's ``difflib`` says about random texts, for the tests of ``text``.

Each case is three lines: the old text and the new one, a letter for each line, and the diff: the
heads of the hunks, each followed by the signs of its lines. Run as
``python3 xtask/python/difflib_vectors.py > crates/text/tests/data/difflib.txt``.
"""

import difflib
import random
import string
from collections.abc import Iterator

LETTERS = string.ascii_letters + string.digits


def changed(text: str, alphabet: str, rng: random.Random) -> str:
    """The text with some of its letters dropped, doubled, moved or replaced."""
    lines = list(text)
    for _ in range(rng.randrange(1, 2 + len(lines) // rng.choice([4, 10, 40]))):
        at = rng.randrange(len(lines) + 1)
        match rng.randrange(4):
            case 0:
                del lines[at : at + rng.choice([1, 1, 5])]
            case 1:
                lines[at:at] = rng.choices(alphabet, k=rng.choice([1, 2, 8]))
            case 2:
                lines[at : at + 1] = rng.choices(alphabet, k=1)
            case _:
                part = lines[at : at + 6]
                to = rng.randrange(len(lines) + 1)
                lines[to:to] = part
    return "".join(lines)


def cases() -> Iterator[tuple[str, str]]:
    """Pairs of texts: short ones of few letters, and long ones with popular letters."""
    rng = random.Random(2024)
    for _ in range(240):
        alphabet = LETTERS[: rng.choice([2, 4, 12, 62])]
        old = "".join(rng.choices(alphabet, k=rng.randrange(40)))
        yield old, changed(old, alphabet, rng)
    for _ in range(60):
        # Some letters are rare enough to be anchors, the others are not.
        alphabet = LETTERS + "ab" * rng.choice([0, 10, 60]) + "XYZ" * rng.choice([0, 1, 30])
        old = "".join(rng.choices(alphabet, k=rng.randrange(150, 700)))
        yield old, changed(old, alphabet, rng)


def diff(old: str, new: str) -> str:
    """The heads and signs of the unified diff of two texts."""
    lines = list(difflib.unified_diff(list(old), list(new), "x", "x", lineterm=""))
    return "".join(line if line.startswith("@@") else line[0] for line in lines[2:])


def main() -> None:
    """Prints all cases."""
    for old, new in cases():
        print(old, new, diff(old, new), sep="\n")


if __name__ == "__main__":
    main()
