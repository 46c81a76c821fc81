#!/usr/bin/env python3
"""Jobs may add jobs: handlers append to the list that is being walked."""
import sys

QUEUE = []
HANDLERS = {}


def handler(name):
    def register(function):
        HANDLERS[name] = function
        return function
    return register


@handler("split")
def split(size):
    if size > 1:
        QUEUE.append(("split" if size > 3 else "leaf", size // 2))
        QUEUE.append(("leaf", size - size // 2))


@handler("leaf")
def leaf(size):
    return size


def load(path):
    with open(path) as f:
        for line in f:
            kind, size = line.split()
            QUEUE.append((kind, int(size)))


def run():
    done = []
    for kind, size in QUEUE:
        result = HANDLERS[kind](size)
        if result is not None:
            done.append(result)
    return done


def main():
    load(sys.argv[1])
    waiting = len(QUEUE)
    done = run()
    print(f"{waiting} jobs at first, {len(QUEUE)} at last")
    print(f"{len(done)} leaves, {sum(done)} in all, largest {max(done, default=0)}")


if __name__ == "__main__":
    main()
