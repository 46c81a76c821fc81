#!/usr/bin/env python3
"""GC content of a genome in windows, and the most frequent triplets."""
import argparse
from collections import Counter


def read_genome(path):
    parts = []
    with open(path) as f:
        for line in f:
            if not line.startswith(">"):
                parts.append(line.strip().upper())
    return "".join(parts)


def windows(sequence, size, step):
    return [(start, sequence[start:start + size])
            for start in range(0, len(sequence) - size + 1, step)]


def gc_content(fragments):
    result = []
    for start, bases in fragments:
        gc = bases.count("G") + bases.count("C")
        known = len(bases) - bases.count("N")
        result.append((start, gc / known if known else 0.0))
    return result


def triplets(sequence):
    return [sequence[i:i + 3] for i in range(0, len(sequence) - 2, 3)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fasta")
    parser.add_argument("--window", type=int, default=100)
    parser.add_argument("--step", type=int, default=10)
    args = parser.parse_args()

    genome = read_genome(args.fasta)
    content = gc_content(windows(genome, args.window, args.step))
    print(f"{len(genome)} bases, {len(content)} windows")
    islands = [start for start, share in content if share > 0.6]
    if content:
        richest = max(content, key=lambda item: item[1])
        print(f"richest {richest[0]} {richest[1]:.4f}, {len(islands)} islands")
    for codon, count in Counter(triplets(genome)).most_common(5):
        print(codon, count)


if __name__ == "__main__":
    main()
