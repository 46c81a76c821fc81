#!/usr/bin/env python3
"""Gaps between primes: how often each occurs, where records are set."""
import sys
from collections import Counter


def sieve(limit):
    flags = bytearray([1]) * (limit + 1)
    flags[0:2] = b"\0" * min(2, limit + 1)
    for i in range(2, int(limit ** 0.5) + 1):
        if flags[i]:
            flags[i * i::i] = bytes(len(range(i * i, limit + 1, i)))
    return flags


def primes_below(limit):
    flags = sieve(limit)
    return [i for i, flag in enumerate(flags) if flag]


def gaps(primes):
    return [(b - a, a) for a, b in zip(primes, primes[1:])]


def records(found):
    best = 0
    result = []
    for gap, prime in found:
        if gap > best:
            best = gap
            result.append((gap, prime))
    return result


def main():
    limit = int(sys.argv[1])
    primes = primes_below(limit)
    found = gaps(primes)
    print(f"{len(primes)} primes up to {limit}, twins: {sum(1 for g, _ in found if g == 2)}")
    for gap, count in Counter(gap for gap, _ in found).most_common(5):
        print(f"gap {gap}: {count}")
    print("records", " ".join(f"{gap}@{prime}" for gap, prime in records(found)))


if __name__ == "__main__":
    main()
