#!/usr/bin/env python3
"""Clean a click stream (JSON lines) in stages and write what is left."""
import json
import os
import sys

BOTS = ("bot", "crawler", "spider")


def load(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def drop_bots(events):
    return [e for e in events if not any(bot in e["agent"].lower() for bot in BOTS)]


def flatten(events):
    return [{"time": e["time"], "user": e["user"]["id"], "country": e["user"].get("country"),
             "page": e["page"], "ms": e["timing"]["load"] + e["timing"]["render"]}
            for e in events]


def known_users(events):
    return [e for e in events if e["user"] is not None]


def save(path, events):
    with open(path, "w", encoding="utf-8") as out:
        for event in events:
            out.write(json.dumps(event, sort_keys=True) + "\n")


def main():
    source, outdir = sys.argv[1], sys.argv[2]
    events = load(source)
    human = drop_bots(events)
    flat = flatten(human)
    known = known_users(flat)
    save(os.path.join(outdir, "clicks.jsonl"), known)

    print(f"{len(events)} events, {len(human)} human, {len(known)} with a known user")
    pages = {}
    for event in known:
        pages.setdefault(event["page"], 0)
        pages[event["page"]] += 1
    for page, count in sorted(pages.items()):
        print(f"{page} {count}")
    slow = [event for event in known if event["ms"] > 3000]
    print(f"{len(slow)} slow, {sum(event['ms'] for event in known)} ms in all")


if __name__ == "__main__":
    main()
