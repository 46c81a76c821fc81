#!/usr/bin/env python3
"""The most frequent words, word pairs and word lengths of a long text."""
import re
import sys
from collections import Counter

WORD = re.compile(r"[a-z']+")
STOP_WORDS = {"the", "and", "of", "a", "to", "in", "it", "is"}


def load_text(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def words_of(text):
    return re.findall(WORD, text.lower())


def significant(words):
    return [word for word in words if word not in STOP_WORDS and len(word) > 2]


def length_table(words):
    lengths = {}
    for word in words:
        lengths[len(word)] = lengths.get(len(word), 0) + 1
    return lengths


def main():
    path = sys.argv[1]
    top = int(sys.argv[2]) if len(sys.argv) > 2 else 12

    words = words_of(load_text(path))
    kept = significant(words)
    counts = Counter(kept)
    pairs = Counter(zip(kept, kept[1:]))

    print(f"{len(words)} words, {len(kept)} significant, {len(counts)} different")
    for word, count in counts.most_common(top):
        print(f"{count:8d} {word}")
    for (first, second), count in pairs.most_common(3):
        print(f"pair {first} {second} {count}")
    for length, count in sorted(length_table(words).items()):
        print(f"length {length}: {count}")


if __name__ == "__main__":
    main()
