#!/usr/bin/env python3
"""A list that remembers its high-water mark, and rows that are lists of their own kind."""
import sys


class History(list):
    def __init__(self, items=()):
        super().__init__()
        self.peak = 0
        self.extend(items)

    def append(self, item):
        super().append(item)
        self.peak = max(self.peak, len(self))

    def extend(self, items):
        for item in items:
            self.append(item)

    def __iter__(self):
        return reversed(self[:])

    def __len__(self):
        return super().__len__()


def read_commands(path):
    commands = []
    with open(path) as f:
        for line in f:
            commands.append(line.split())
    return commands


def replay(commands):
    history = History()
    for command, *arguments in commands:
        if command == "do":
            history.append(arguments[0])
        elif command == "undo" and history:
            history.pop()
        elif command == "redo":
            history.extend([argument.upper() for argument in arguments])
    return history


def main():
    history = replay(read_commands(sys.argv[1]))
    print(f"{len(history)} of at most {history.peak}")
    newest = [entry for entry in history]
    print("newest", newest[:3], "oldest", history[:3])
    ranked = sorted(history)
    print(ranked[:2], ranked[-1:], type(history[1:]).__name__, isinstance(history, list))


if __name__ == "__main__":
    main()
