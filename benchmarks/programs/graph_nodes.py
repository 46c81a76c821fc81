#!/usr/bin/env python3
"""Connected components of a friendship file; nodes are compared by identity."""
import sys


class Node:
    def __init__(self, name):
        self.name = name
        self.friends = []


def read_graph(path):
    nodes, edges = {}, []
    with open(path) as f:
        for line in f:
            a, b = line.split()
            for name in (a, b):
                if name not in nodes:
                    nodes[name] = Node(name)
            edges.append((nodes[a], nodes[b]))
    return list(nodes.values()), edges


def connect(edges):
    for a, b in edges:
        if a is not b:
            a.friends.append(b)
            b.friends.append(a)


def components(nodes):
    seen = set()
    sizes = []
    for node in nodes:
        if id(node) in seen:
            continue
        stack, size = [node], 0
        seen.add(id(node))
        while stack:
            here = stack.pop()
            size += 1
            for other in here.friends:
                if id(other) not in seen:
                    seen.add(id(other))
                    stack.append(other)
        sizes.append(size)
    return sizes


def main():
    nodes, edges = read_graph(sys.argv[1])
    connect(edges)
    sizes = sorted(components(nodes), reverse=True)
    loops = [edge for edge in edges if edge[0] is edge[1]]
    print(f"{len(nodes)} people, {len(edges)} lines, {len(loops)} of them loops")
    print(f"{len(sizes)} components, largest {sizes[:3]}")
    degree = {node: len(node.friends) for node in nodes}
    print("most friends", sorted((-n, node.name) for node, n in degree.items())[:3])


if __name__ == "__main__":
    main()
