"""Items gathered by key, only to be counted.

By hand: `Counter`, or a dict of numbers.
"""

from collections import defaultdict


def counts(words: list[str]) -> dict[int, int]:
    groups = defaultdict(list)
    for word in words:
        groups[len(word)].append(word)
    return {length: len(group) for length, group in groups.items()}
