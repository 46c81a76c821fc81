#!/usr/bin/env python3
"""Many small files are read and closed; more than may be open at a time."""
import os
import resource
import sys

resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))


def split(source, folder, lines):
    names = []
    with open(source) as f:
        chunk = []
        for line in f:
            chunk.append(line)
            if len(chunk) == lines:
                names.append(store(folder, len(names), chunk))
                chunk = []
    if chunk:
        names.append(store(folder, len(names), chunk))
    return names


def store(folder, number, chunk):
    name = os.path.join(folder, f"part{number:04d}")
    with open(name, "w") as out:
        out.writelines(chunk)
    return name


def load(name):
    values = []
    with open(name) as f:
        for line in f:
            values.append(int(line.split()[1]))
    return values


def main():
    source, outdir = sys.argv[1:3]
    names = split(source, outdir, 30)
    columns = {os.path.basename(name): load(name) for name in names}
    tails = [load(name) for name in names]
    for name in names:
        os.remove(name)
    sums = [sum(values) for values in columns.values()]
    print(f"{len(columns)} parts, {len(tails)} tails, {sum(sums)}")
    print(sorted(sums)[-3:], [values for values in zip(*tails)][:1][:1] == [])


if __name__ == "__main__":
    main()
