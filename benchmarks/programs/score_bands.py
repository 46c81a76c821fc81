#!/usr/bin/env python3
"""Sorted scores are searched with bisect."""
import bisect
import sys

def read_scores(path):
    scores = []
    with open(path) as f:
        for line in f:
            name, points = line.split()
            scores.append((int(points), name))
    return scores


def main():
    scores = read_scores(sys.argv[1])
    scores.sort()
    print(f"{len(scores)} scores")
    passed = len(scores) - bisect.bisect_left(scores, (1000,))
    near = bisect.bisect_right(scores, 509, key=lambda row: row[0]) - bisect.bisect_left(scores, (500,))
    print(f"{passed} passed, {near} within ten points of a half")
    print(sum(points for points, _ in scores))


if __name__ == "__main__":
    main()
