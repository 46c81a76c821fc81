#!/usr/bin/env python3
"""Settings that change between loading and reporting, by global, by eval and by patching."""
import sys

SEPARATOR = ","
scale = 1


class Item:
    factor = 1

    def __init__(self, name, value):
        self.name = name
        self.value = value

    def worth(self):
        return self.value * self.factor


def split(line):
    return line.rstrip("\n").split(SEPARATOR)


def read(path):
    with open(path) as f:
        return [split(line) for line in f]


def scaled(rows):
    return [(name, int(value) * scale) for name, value in rows]


def use(settings):
    global SEPARATOR, scale
    SEPARATOR = settings["separator"]
    scale = settings["scale"]


def items(pairs):
    made = []
    for name, value in pairs:
        made.append(Item(name, value))
    return made


def main():
    rows = read(sys.argv[1])
    use({"separator": ";", "scale": 10})
    pairs = scaled(rows)
    use({"separator": ",", "scale": 1})
    total = sum(value for _, value in pairs)
    print(len(rows), total, eval("len(pairs)"))
    made = items(pairs)
    before = sum(item.worth() for item in made)
    Item.worth = lambda self: self.value + 1
    after = sum(item.worth() for item in made)
    print(before, after)
    names = [item.name for item in made]
    count = locals()["names"]
    print(len(count), sorted(locals())[:3])
    Item.factor = 3
    print(sum(item.value * item.factor for item in made))


if __name__ == "__main__":
    main()
