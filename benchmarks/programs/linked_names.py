#!/usr/bin/env python3
"""The file that is written is the one that is read, under another name."""
import os
import shutil
import sys


def read(path):
    rows = []
    with open(path) as f:
        for line in f:
            rows.append(line.split())
    return rows


def write(path, rows):
    with open(path, "w") as out:
        for name, value in rows:
            out.write(f"{name} {int(value) + 1}\n")


def main():
    source, outdir = sys.argv[1:3]
    path = os.path.join(outdir, "table.txt")
    other = os.path.join(outdir, "latest.txt")
    shutil.copyfile(source, path)
    os.link(path, other)

    rows = read(path)
    write(other, rows)
    again = read(path)
    os.symlink("table.txt", os.path.join(outdir, "link.txt"))
    write(os.path.join(outdir, "link.txt"), reversed(again))
    total = sum(int(value) for _, value in again)
    print(f"{len(rows)} rows, {len(again)} again, total {total}")
    os.replace(path, os.path.join(outdir, "old.txt"))
    print(len(read(other)), sum(int(value) for _, value in rows))


if __name__ == "__main__":
    main()
