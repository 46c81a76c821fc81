#!/usr/bin/env python3
"""A seeded random walk on a lattice: spread, returns to the origin, turning points."""
import random
import sys

STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1))


def walk(n, seed):
    rng = random.Random(seed)
    x = y = 0
    path = [(0, 0)]
    for _ in range(n):
        dx, dy = rng.choice(STEPS)
        x += dx
        y += dy
        path.append((x, y))
    return path


def squared_distances(path):
    return [x * x + y * y for x, y in path]


def returns(path):
    return sum(1 for point in path[1:] if point == (0, 0))


def turning_points(path):
    turns = 0
    for before, here, after in zip(path, path[1:], path[2:]):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            turns += 1
    return turns


def main():
    n = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    path = walk(n, seed)
    squares = squared_distances(path)
    print(f"{len(path) - 1} steps to {path[-1]}")
    print(f"furthest {max(squares) ** 0.5:.6f}, mean square {sum(squares) / len(squares):.6f}")
    print(f"{returns(path)} returns, {turning_points(path)} turning points")


if __name__ == "__main__":
    main()
