#!/usr/bin/env python3
"""Prune a list of reservations while walking it, and squash neighbours in place."""
import sys


def read_reservations(path):
    with open(path) as f:
        return [[int(field) for field in line.split()] for line in f]


def prune(reservations):
    """drops cancelled ones; the item after a dropped one is not looked at"""
    for reservation in reservations:
        if reservation[2] == 0:
            reservations.remove(reservation)
    return reservations


def squash(reservations):
    i = 0
    while i + 1 < len(reservations):
        if reservations[i + 1][0] <= reservations[i][1]:
            reservations[i][1] = max(reservations[i][1], reservations[i + 1][1])
            del reservations[i + 1]
        else:
            i += 1
    return reservations


def main():
    reservations = read_reservations(sys.argv[1])
    before = reservations
    kept = prune(reservations)
    print(f"{len(kept)} kept, {sum(1 for r in kept if r[2] == 0)} cancelled ones overlooked")
    kept.sort()
    blocks = squash(kept)
    print(f"{len(blocks)} blocks, {len(before)} in the first list, {blocks[:2]}")
    print("time", sum(end - start for start, end, _ in blocks))


if __name__ == "__main__":
    main()
