#!/usr/bin/env python3
"""Merge host lists of several scanners; write the sorted, unique list and what each scanner adds."""
import sys
from pathlib import Path


def clean(line):
    line = line.split("#", 1)[0].strip().lower()
    if line.endswith("."):
        line = line[:-1]
    return line


def read_hosts(path):
    hosts = []
    for line in path.open():
        host = clean(line)
        if host:
            hosts.append(host)
    return hosts


def domain_of(host):
    return ".".join(host.split(".")[-2:])


def count_domains(hosts):
    counts = {}
    for host in hosts:
        d = domain_of(host)
        counts[d] = counts.get(d, 0) + 1
    return counts


def main():
    folder = Path(sys.argv[1])
    target = Path(sys.argv[2]) / "hosts.txt"
    everything = []
    for path in sorted(folder.glob("*.txt")):
        hosts = read_hosts(path)
        print(f"{path.name}: {len(hosts)} entries")
        everything += hosts
    unique = sorted(set(everything))
    with target.open("w") as out:
        out.write("\n".join(unique) + "\n")
    print(f"{len(everything)} entries, {len(unique)} hosts")
    for domain, n in sorted(count_domains(unique).items(), key=lambda kv: (-kv[1], kv[0]))[:8]:
        print(f"{domain:20} {n}")


if __name__ == "__main__":
    main()
