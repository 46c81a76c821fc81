#!/usr/bin/env python3
"""Disk usage by folder from a listing of 'size mtime path' lines."""
import posixpath
import sys
from collections import defaultdict


def read_listing(path):
    files = []
    with open(path) as f:
        for line in f:
            size, mtime, name = line.rstrip("\n").split(" ", 2)
            files.append({"path": name, "size": int(size), "mtime": int(mtime)})
    return files


def parents(path):
    result = []
    folder = posixpath.dirname(path)
    while folder and folder != "/":
        result.append(folder)
        folder = posixpath.dirname(folder)
    return result


def by_folder(files):
    usage = defaultdict(list)
    for info in files:
        for folder in parents(info["path"]):
            usage[folder].append(info["size"])
    return usage


def by_suffix(files):
    suffixes = defaultdict(int)
    for info in files:
        suffixes[posixpath.splitext(info["path"])[1] or "(none)"] += info["size"]
    return suffixes


def main():
    files = read_listing(sys.argv[1])
    usage = by_folder(files)
    totals = [(sum(sizes), len(sizes), folder) for folder, sizes in usage.items()]
    for total, count, folder in sorted(totals, reverse=True)[:6]:
        print(f"{total:12d} {count:7d} {folder}")
    for suffix, total in sorted(by_suffix(files).items()):
        print(f"{suffix:8s} {total}")
    old = [info for info in files if info["mtime"] < 1_600_000_000]
    print(f"{len(files)} files, {len(old)} old ones with {sum(i['size'] for i in old)} bytes")


if __name__ == "__main__":
    main()
