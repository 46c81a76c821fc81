#!/usr/bin/env python3
"""Items whose price is looked up when it is asked for, and every look-up is counted."""
import sys


class Item:
    lookups = 0

    def __init__(self, article, pieces):
        self.article = article
        self.pieces = pieces

    @property
    def price(self):
        Item.lookups += 1
        return (self.article * 7919) % 1000 + Item.lookups % 3

    def __lt__(self, other):
        Item.lookups += 100
        return self.article < other.article


def read_items(path):
    with open(path) as f:
        return [Item(*map(int, line.split())) for line in f]


def dear(items):
    return [item for item in items if item.price > 900]


def cheap(items):
    return [item for item in items if item.price < 100]


def main():
    items = read_items(sys.argv[1])
    high = dear(items)
    low = cheap(items)
    print(f"{len(high)} dear, {len(low)} cheap, {Item.lookups} look-ups")
    for item in high[:3]:
        print(item.article, item.price)
    least = sorted(items)[:2]
    print([item.article for item in least], Item.lookups)
    print("value", sum(item.price * item.pieces for item in low), Item.lookups)


if __name__ == "__main__":
    main()
