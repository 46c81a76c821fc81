"""Prints `crates/upgrade/src/source/charmaps.txt`: Python's encodings of one byte per character.

A line for each: its names, and of the bytes 0x80 to 0xff the characters, as four
hexadecimal digits each (fffd where there is none). Only encodings that contain ASCII
are listed: no other can be declared in a source file.
"""

import codecs
import encodings.aliases
import pkgutil

ASCII = bytes(range(0x80))
NONE = "\ufffd"


def char_of(codec: codecs.CodecInfo, byte: int) -> str:
    """The character that a byte stands for, or `NONE`."""
    try:
        char, _ = codec.decode(bytes([byte]))
    except UnicodeDecodeError:
        return NONE
    return char if len(char) == 1 else NONE


def is_charmap(name: str) -> bool:
    """Whether the codec has a table of 256 characters that begins with ASCII."""
    module = __import__(f"encodings.{name}", fromlist=["*"])
    if not (hasattr(module, "decoding_table") or name in ("ascii", "latin_1")):
        return False
    try:
        return codecs.lookup(name).decode(ASCII)[0] == ASCII.decode("ascii")
    except UnicodeDecodeError:
        return False


def main() -> None:
    """Prints the table."""
    names = sorted(module.name for module in pkgutil.iter_modules(encodings.__path__))
    skipped = {"aliases", "mbcs", "oem"}
    for name in names:
        if name in skipped or not is_charmap(name):
            continue
        aliases = sorted(alias for alias, real in encodings.aliases.aliases.items() if real == name)
        codec = codecs.lookup(name)
        table = "".join(f"{ord(char_of(codec, byte)):04x}" for byte in range(0x80, 0x100))
        print(" ".join([table, name, *(alias for alias in aliases if alias != name)]))


if __name__ == "__main__":
    main()
