#!/usr/bin/env python3
"""All routes of a small network by recursion; the list of stops is shared by all calls."""
import sys


def read_network(path):
    network = {}
    with open(path) as f:
        for line in f:
            start, end, minutes = line.split()
            network.setdefault(start, []).append((end, int(minutes)))
    return network


def routes(network, here, goal, minutes, stops, found):
    stops.append(here)
    if here == goal:
        found.append((minutes, list(stops)))
    else:
        for end, cost in network.get(here, []):
            if end not in stops and len(stops) < 7:
                routes(network, end, goal, minutes + cost, stops, found)
    stops.pop()
    return found


def flatten(tree):
    if isinstance(tree, str):
        return [tree]
    result = []
    for branch in tree:
        result += flatten(branch)
    return result


def main():
    network = read_network(sys.argv[1])
    found = routes(network, "s0", "s5", 0, [], [])
    print(f"{len(network)} stations, {len(found)} routes")
    for minutes, stops in sorted(found)[:3]:
        print(minutes, "-".join(stops))
    print(len(flatten([stops for _, stops in found])))


if __name__ == "__main__":
    main()
