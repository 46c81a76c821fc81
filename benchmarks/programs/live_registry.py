#!/usr/bin/env python3
"""Jobs that threads take up and finish while others count them: a copy of a dict is a snapshot."""
import sys
import threading


class Registry:
    def __init__(self, names):
        self.names = names
        self.open = {}
        self.finished = []
        self.closing = threading.Event()

    def work(self):
        while not self.closing.is_set():
            for number, name in enumerate(self.names):
                self.open[number] = name
                if number % 3:
                    self.open.pop(number - 1, None)
            self.open.clear()

    def finish(self, names):
        for name in names:
            self.finished.append((name, len(name)))

    def longest(self):
        return max([len(name) for name in list(self.open.values())], default=0)

    def weight(self):
        total = 0
        for number, name in list(self.open.items()):
            total += number + len(name)
        return total


def main():
    with open(sys.argv[1]) as f:
        names = [line.split()[0] for line in f]
    registry = Registry(names)
    worker = threading.Thread(target=registry.work, daemon=True)
    worker.start()
    limit = max([len(name) for name in names], default=0)
    sane = 0
    for _ in range(60):
        sane += registry.longest() <= limit and registry.weight() >= 0
    registry.closing.set()
    worker.join()
    halves = names[: len(names) // 2], names[len(names) // 2 :]
    threads = [threading.Thread(target=registry.finish, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(size for name, size in registry.finished)
    print(f"{sane} looks, {len(registry.finished)} finished, {total} characters")
    for name, size in sorted(registry.finished)[:3]:
        print(name, size)


if __name__ == "__main__":
    main()
