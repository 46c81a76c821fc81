#!/usr/bin/env python3
"""Who sends how much: volume by sender domain from an mbox archive."""
import argparse
from collections import defaultdict


def split_messages(path):
    messages = []
    current = None
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("From "):
                if current is not None:
                    messages.append(current)
                current = {"from": "", "subject": "", "size": 0, "header": True}
                continue
            if current is None:
                continue
            if current["header"]:
                if line == "\n":
                    current["header"] = False
                elif line.lower().startswith("from:"):
                    current["from"] = line[5:].strip()
                elif line.lower().startswith("subject:"):
                    current["subject"] = line[8:].strip()
            current["size"] += len(line)
    if current is not None:
        messages.append(current)
    return messages


def domain_of(address):
    address = address.rsplit("<", 1)[-1].rstrip(">")
    return address.rpartition("@")[2].lower() or "unknown"


def by_domain(messages):
    groups = defaultdict(list)
    for message in messages:
        groups[domain_of(message["from"])].append(message)
    return groups


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mbox")
    parser.add_argument("--limit", type=int, default=8)
    args = parser.parse_args()

    groups = by_domain(split_messages(args.mbox))
    table = []
    for domain, messages in groups.items():
        total = sum(m["size"] for m in messages)
        replies = sum(1 for m in messages if m["subject"].lower().startswith("re:"))
        largest = max(m["size"] for m in messages)
        table.append((total, domain, len(messages), replies, largest))
    table.sort(reverse=True)
    for total, domain, count, replies, largest in table[:args.limit]:
        print(f"{domain:24s} {count:7d} mails {total:10d} bytes, "
              f"{replies} replies, largest {largest}")
    print(f"{len(table)} domains, {sum(row[2] for row in table)} mails")


if __name__ == "__main__":
    main()
