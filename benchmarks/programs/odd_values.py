#!/usr/bin/env python3
"""Values of uncommon sorts are sorted and told apart: huge, negative zero, subclasses."""
import enum
import sys


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Tag(str):
    def __repr__(self):
        return f"<{str(self)}>"


MAKERS = (
    lambda n: n << 70,
    lambda n: -n,
    lambda n: bool(n % 2),
    lambda n: -0.0 if n % 2 else 0.0,
    lambda n: float("inf") if n % 2 else 10.0 ** 300,
    lambda n: Level(n % 2 + 1),
    lambda n: n / 3,
)


def read(path):
    with open(path) as f:
        return [int(line) for line in f]


def main():
    numbers = read(sys.argv[1])
    values = [MAKERS[n % len(MAKERS)](n) for n in numbers]
    ordered = sorted(values)
    print([repr(value) for value in ordered[:4]], [repr(value) for value in ordered[-4:]])
    kinds = {}
    for value in ordered:
        kinds[type(value).__name__] = kinds.get(type(value).__name__, 0) + 1
    print(kinds)
    print([str(value) for value in ordered if value == 0][:8])
    texts = sorted([Tag(n) if n % 3 else f"{n}\udc80\x00" for n in numbers], reverse=True)
    print(ascii(texts[:3]), [type(text).__name__ for text in texts[:6]])
    pairs = sorted((n % 5, str(n), [n]) for n in numbers)
    print(pairs[:2], pairs[-1:], len(set(map(str, values))))


if __name__ == "__main__":
    main()
