#!/usr/bin/env python3
"""Renumber a playlist: the file that is written is the file that was read."""
import os
import shutil
import sys


def read_playlist(path):
    entries = []
    with open(path) as f:
        for line in f:
            number, title = line.rstrip("\n").split(" ", 1)
            entries.append((int(number), title))
    return entries


def keep(entries):
    return [(number, title) for number, title in entries if not title.startswith("-")]


def write_playlist(path, entries):
    with open(path, "w") as f:
        for place, (_, title) in enumerate(entries, 1):
            f.write(f"{place} {title}\n")


def main():
    source, outdir = sys.argv[1:3]
    path = os.path.join(outdir, "playlist.txt")
    shutil.copyfile(source, path)

    entries = keep(read_playlist(path))
    write_playlist(path, entries)
    again = read_playlist(path)
    with open(path, "a") as f:
        for number, title in again:
            if number % 10 == 0:
                f.write(f"{number} {title} (again)\n")
    print(f"{len(entries)} kept, {len(again)} read again, {len(read_playlist(path))} at last")


if __name__ == "__main__":
    main()
