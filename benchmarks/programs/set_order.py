#!/usr/bin/env python3
"""The order of sets and dicts is printed: sets as they happen to be, dicts as filled."""
import sys


def read_edges(path):
    edges = []
    with open(path) as f:
        for line in f:
            left, right = line.split()
            edges.append((int(left), int(right)))
    return edges


def main():
    edges = read_edges(sys.argv[1])
    ends = {right for _, right in edges}
    starts = set([left for left, _ in edges])
    print("ends", [end for end in ends][:8])
    print("both", list(starts & ends)[:8])
    shrunk = set(starts)
    for start in starts:
        if start % 3:
            shrunk.discard(start)
    shrunk.add(-1)
    print("shrunk", list(shrunk)[:6])
    by_left = {}
    for left, right in edges:
        by_left.setdefault(left, []).append(right)
    for left, right in edges[:20]:
        if left % 2 and left in by_left:
            by_left[left] = by_left.pop(left)
    print("last keys", list(by_left)[-5:], len(by_left))
    counts = dict.fromkeys(right for _, right in edges)
    print("first keys", list(counts)[:5], frozenset(list(counts)[:3]))


if __name__ == "__main__":
    main()
