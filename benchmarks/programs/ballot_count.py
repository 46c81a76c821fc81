#!/usr/bin/env python3
"""Instant-runoff count of ranked ballots, one ballot a line: 'ada>bob>cyd'."""
import sys
from collections import Counter


def read_ballots(path):
    with open(path) as f:
        lines = f.read().split("\n")
    return [line.strip() for line in lines if line.strip()]


def parse(lines):
    for line in lines:
        yield tuple(name.strip() for name in line.split(">"))


def first_choices(ballots, out):
    tally = Counter()
    for ballot in ballots:
        for name in ballot:
            if name not in out:
                tally[name] += 1
                break
    return tally


def runoff(ballots):
    out = set()
    rounds = []
    while True:
        tally = first_choices(ballots, out)
        rounds.append(tally)
        total = sum(tally.values())
        if not tally:
            return None, rounds
        leader, votes = max(tally.items(), key=lambda item: (item[1], item[0]))
        if votes * 2 > total or len(tally) == 1:
            return leader, rounds
        out.add(min(tally.items(), key=lambda item: (item[1], item[0]))[0])


def main():
    ballots = list(parse(read_ballots(sys.argv[1])))
    spoiled = [ballot for ballot in ballots if len(set(ballot)) != len(ballot)]
    valid = [ballot for ballot in ballots if len(set(ballot)) == len(ballot)]
    winner, rounds = runoff(valid)
    print(f"{len(ballots)} ballots, {len(spoiled)} spoiled")
    for number, tally in enumerate(rounds, 1):
        print(number, " ".join(f"{name}={tally[name]}" for name in sorted(tally)))
    print("winner", winner)


if __name__ == "__main__":
    main()
