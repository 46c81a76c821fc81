#!/usr/bin/env python3
"""What was added, removed and upgraded between two package manifests."""
import argparse
import os


def read_manifest(path):
    """lines 'name version sha', in any order"""
    with open(path) as f:
        return set(line.strip() for line in f if line.strip())


def names(lines):
    return {line.split()[0]: line.split()[1] for line in lines}


def version_key(version):
    return tuple(int(part) for part in version.split("."))


def compare(old, new):
    removed = old - new
    added = new - old
    before, after = names(removed), names(added)
    upgraded, downgraded = [], []
    for name in sorted(set(before) & set(after)):
        if version_key(after[name]) >= version_key(before[name]):
            upgraded.append(name)
        else:
            downgraded.append(name)
    gone = sorted(name for name in before if name not in after)
    fresh = sorted(name for name in after if name not in before)
    return gone, fresh, upgraded, downgraded


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    args = parser.parse_args()

    old = read_manifest(os.path.join(args.folder, "old.txt"))
    new = read_manifest(os.path.join(args.folder, "new.txt"))
    gone, fresh, upgraded, downgraded = compare(old, new)
    print(f"{len(old)} before, {len(new)} after, {len(old & new)} unchanged")
    for title, packages in (("gone", gone), ("new", fresh),
                            ("upgraded", upgraded), ("downgraded", downgraded)):
        print(f"{title}: {len(packages)} {' '.join(packages[:4])}")


if __name__ == "__main__":
    main()
