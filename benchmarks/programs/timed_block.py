#!/usr/bin/env python3
"""Context managers that print when they end, around readers that return lists."""
import contextlib
import sys


class Step:
    depth = 0

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        Step.depth += 1
        print(f"{'  ' * Step.depth}begin {self.name}")
        return self

    def __exit__(self, kind, value, trace):
        print(f"{'  ' * Step.depth}end {self.name}{' with ' + kind.__name__ if kind else ''}")
        Step.depth -= 1
        return kind is ValueError


@contextlib.contextmanager
def opened(path):
    f = open(path)
    try:
        yield f
    finally:
        f.close()
        print("closed")


def read(path):
    with Step("reading"), opened(path) as f:
        return [line.strip() for line in f]


def convert(texts):
    values = []
    with Step("converting"):
        for text in texts:
            if text:
                values.append(float(text))
    return values


def main():
    texts = read(sys.argv[1])
    values = convert(texts)
    with Step("summing"):
        total = sum(values)
        shown = [f"{value:.1f}" for value in values]
    for text in shown[:2]:
        print(text)
    print(f"{len(texts)} texts, {len(values)} values, {total:.3f}")


if __name__ == "__main__":
    main()
