#!/usr/bin/env python3
"""A cache of weak references: what is held by a list decides what can be found."""
import sys
import weakref


class Tile:
    def __init__(self, key, cost):
        self.key = key
        self.cost = cost


def load_tiles(path, cache):
    tiles = []
    with open(path) as f:
        for line in f:
            key, cost = line.split()
            tile = Tile(key, int(cost))
            cache[key] = tile
            tiles.append(tile)
    return tiles


def total_cost(tiles):
    return sum(tile.cost for tile in tiles)


def main():
    cache = weakref.WeakValueDictionary()
    tiles = load_tiles(sys.argv[1], cache)
    print(f"cost {total_cost(tiles)}, {len(cache)} in the cache")
    kept = [tile for tile in tiles if tile.cost % 2 == 0]
    tiles = None
    print(f"{len(kept)} kept, {len(cache)} in the cache")
    found = 0
    for tile in kept:
        found += cache.get(tile.key) is tile
        tile = None
    kept.clear()
    print(f"{found} found, {len(cache)} in the cache at last")


if __name__ == "__main__":
    main()
