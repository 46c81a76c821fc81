#!/usr/bin/env python3
"""Handles that say when they are let go: how long objects live can be seen."""
import sys


class Handle:
    open_now = 0
    log = []

    def __init__(self, name):
        self.name = name
        Handle.open_now += 1

    def __del__(self):
        Handle.open_now -= 1
        if len(Handle.log) < 12:
            Handle.log.append(self.name)


def open_all(path):
    handles = []
    with open(path) as f:
        for line in f:
            handles.append(Handle(line.strip()))
    return handles


def longest(handles):
    best = ""
    for handle in handles:
        if len(handle.name) > len(best):
            best = handle.name
    return best, Handle.open_now


def main():
    handles = open_all(sys.argv[1])
    print("longest", *longest(handles))
    short = [handle for handle in handles if len(handle.name) < 6]
    del handles
    print(f"{len(short)} short ones, {Handle.open_now} still open")
    for handle in short:
        pass
    del short
    print(f"{Handle.open_now} open, closed first: {' '.join(Handle.log)}")


if __name__ == "__main__":
    main()
