#!/usr/bin/env python3
"""An inverted index of abstracts: for each term, the documents that use it."""
import argparse
import os


def read_abstracts(path):
    """(document, terms) for every line 'document<TAB>text'"""
    abstracts = []
    with open(path) as f:
        for line in f:
            document, text = line.rstrip("\n").split("\t", 1)
            abstracts.append((int(document), text.lower().split()))
    return abstracts


def build_index(abstracts):
    index = {}
    for document, terms in abstracts:
        for term in terms:
            postings = index.get(term)
            if postings is None:
                index[term] = postings = []
            if not postings or postings[-1] != document:
                postings.append(document)
    return index


def write_index(index, path):
    written = 0
    with open(path, "w") as f:
        for term in sorted(index):
            postings = index[term]
            f.write(f"{term}\t{len(postings)}\t{' '.join(map(str, postings[:20]))}\n")
            written += 1
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("abstracts")
    parser.add_argument("outdir")
    args = parser.parse_args()

    abstracts = read_abstracts(args.abstracts)
    index = build_index(abstracts)
    written = write_index(index, os.path.join(args.outdir, "index.tsv"))
    print(f"{len(abstracts)} documents, {written} terms")
    if index:
        widest = max(index, key=lambda term: (len(index[term]), term))
        print(f"widest term {widest}: {len(index[widest])} documents")


if __name__ == "__main__":
    main()
