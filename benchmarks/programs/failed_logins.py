#!/usr/bin/env python3
"""Failed ssh logins per host and address from syslog files, with block candidates."""
import argparse
import os
import re
from collections import Counter, defaultdict
from pathlib import Path

FAILED = re.compile(r"^(\w{3}\s+\d+ [\d:]+) (\S+) sshd\[\d+\]: Failed password for (invalid user )?(\S+) from (\S+)")


def find_logs(folder: Path):
    return sorted(p for p in folder.iterdir() if p.name.startswith("auth"))


def parse_file(path: Path) -> list[dict]:
    attempts = []
    with path.open(encoding="utf-8", errors="ignore") as handle:
        for line in handle:
            m = FAILED.match(line)
            if not m:
                continue
            stamp, host, invalid, user, address = m.groups()
            attempts.append({
                "stamp": stamp, "host": host, "user": user,
                "address": address, "invalid": invalid is not None,
            })
    return attempts


def collect(folder: Path) -> list[dict]:
    attempts = []
    for path in find_logs(folder):
        attempts += parse_file(path)
    return attempts


def users_by_address(attempts):
    result = defaultdict(set)
    for a in attempts:
        result[a["address"]].add(a["user"])
    return result


def print_table(title, counter, limit):
    print(title)
    for name, count in sorted(counter.items(), key=lambda kv: (-kv[1], kv[0]))[:limit]:
        print(f"  {name:<24} {count:>8}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threshold", type=int, default=50)
    parser.add_argument("--limit", type=int, default=5)
    options = parser.parse_args()

    attempts = collect(options.folder)
    if not attempts:
        print("no failed logins")
        return
    print_table("by host", Counter(a["host"] for a in attempts), options.limit)
    addresses = Counter(a["address"] for a in attempts)
    print_table("by address", addresses, options.limit)
    tried = users_by_address(attempts)
    block = [ip for ip, n in addresses.items() if n >= options.threshold and len(tried[ip]) > 3]
    invalid = len([a for a in attempts if a["invalid"]])
    print(f"{len(attempts)} attempts, {invalid} for invalid users, {len(block)} addresses to block")
    print("first:", attempts[0]["stamp"], "last:", attempts[-1]["stamp"])


if __name__ == "__main__":
    main()
