"""Holds the encodings of ``stc upgrade`` beside Python's: which names it knows, and what they mean.

Run by ``cargo xtask upgrade-encodings`` in CPython 3.11, with the program that serves ours. Every
name that Python has for an encoding of text is asked for; for those that both know, every single
byte, every pair of bytes that begins a character, and every character of the basic plane go
through both.
"""

import argparse
import codecs
import encodings.aliases
import pkgutil
import sys

from upgrade_serve import Ours


def names() -> dict[str, list[str]]:
    """All codecs that turn bytes into text, each with all of its names."""
    found: dict[str, set[str]] = {}
    modules = [module.name for module in pkgutil.iter_modules(encodings.__path__)]
    for name in [*modules, *encodings.aliases.aliases, *encodings.aliases.aliases.values()]:
        try:
            info = codecs.lookup(name)
        except LookupError:
            continue
        if info._is_text_encoding:
            found.setdefault(info.name, set()).add(name)
    return {name: sorted(all_) for name, all_ in sorted(found.items())}


def samples(name: str) -> list[bytes]:
    """Bytes that say what an encoding is: in each of them one character that is not ASCII."""
    made = [bytes([byte]) for byte in range(0x80, 0x100)]
    made += [
        bytes([first, second]) for first in range(0x80, 0x100) for second in range(0x40, 0x100)
    ]
    for code in [*range(0xA0, 0x3000, 7), *range(0x3000, 0xD800, 11), *range(0xE000, 0x10000, 13)]:
        try:
            made.append(chr(code).encode(name))
        except UnicodeError:
            continue
    return made


def theirs(name: str, data: bytes) -> str | None:
    """What Python reads, or nothing; also where it would write something else for it."""
    try:
        return data.decode(name)
    except UnicodeError:
        return None


def main() -> int:
    """Compares all; the status is 1 if ours does not know all names of one that it knows.

    Those of several bytes are the web's, which read more than Python's: what they read comes back
    as it was, so this is only shown (``--verbose``).
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", required=True, help="the program that serves ours")
    parser.add_argument("--verbose", action="store_true", help="also what ours refuses")
    args = parser.parse_args()
    ours = Ours([args.serve])
    unknown: list[str] = []
    wrong = 0
    for name, aliases in names().items():
        missing = [alias for alias in aliases if not ours.decode(alias, [b"x"])[0]]
        if len(missing) == len(aliases):
            unknown.append(name)
            continue
        if missing:
            print(f"{name}: ours does not know it as {' '.join(missing)}")
            wrong += 1
        data = samples(name)
        read = ours.decode(name, data)
        other = refused = 0
        first = ""
        for one, text in zip(data, read, strict=True):
            expected = theirs(name, one)
            if text is None:
                refused += expected is not None
                if expected is not None and not first:
                    first = f"{one!r} is {expected!a}"
            elif text != expected:
                other += 1
                first = f"{one!r} is {text!a}, not {expected!a}"
        if args.verbose and (other or refused):
            print(f"{name}: {other} of {len(data)} read otherwise, {refused} refused: {first}")
    ours.close()
    print(f"upgrade-encodings: ours does not know {', '.join(unknown)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
