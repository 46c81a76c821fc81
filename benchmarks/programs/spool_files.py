#!/usr/bin/env python3
"""Work off a spool: the spool file is removed as soon as it has been read."""
import os
import shutil
import sys


def take(path):
    """all jobs of a spool file, which is gone afterwards"""
    with open(path) as f:
        jobs = [line.split() for line in f]
    os.remove(path)
    return jobs


def perform(jobs, spool):
    done = 0
    for name, pages in jobs:
        if int(pages) > 90:
            with open(spool, "a") as f:
                f.write(f"{name} {int(pages) - 90}\n")
        done += min(int(pages), 90)
    return done


def main():
    source, outdir = sys.argv[1:3]
    spool = os.path.join(outdir, "spool.txt")
    shutil.copyfile(source, spool)
    rounds = []
    while os.path.exists(spool):
        jobs = take(spool)
        print(f"round {len(rounds) + 1}: {len(jobs)} jobs, spool there: {os.path.exists(spool)}")
        rounds.append(perform(jobs, spool))
    print(f"{sum(rounds)} pages in {len(rounds)} rounds")


if __name__ == "__main__":
    main()
