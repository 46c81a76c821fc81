#!/usr/bin/env python3
"""Writes the access logs of many servers, the same ones each time.

Usage: make_logs.py FOLDER [--entries N] [--servers N] [--seed N]
"""

import argparse
import random
from pathlib import Path

USERS = 2000
PAGES = [
    "/", "/search", "/cart", "/login", "/logout", "/help", "/account/orders", "/account/settings",
    *(f"/items/{number}" for number in range(200)),
]  # fmt: skip
STATUSES = [200, 200, 200, 200, 200, 200, 304, 404, 500, 503]
START = 1_700_000_000


def write_log(path: Path, entries: int, pick: random.Random) -> None:
    """Writes one server's log; its entries are in order of time, as a server writes them."""
    now = START + pick.randrange(600)
    lines = []
    for _ in range(entries):
        now += pick.choice((0, 0, 1, 2, 5, 20, 60))
        # Some users come often, most rarely.
        user = int(USERS * pick.random() ** 2)
        page = PAGES[int(len(PAGES) * pick.random() ** 2)]
        status = pick.choice(STATUSES)
        size = pick.randrange(200, 60_000) if status == 200 else pick.randrange(0, 300)
        lines.append(f"{now} user-{user:04} {page} {status} {size}\n")
    path.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Writes `server-NN.log` files into the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--entries", type=int, default=400_000, help="in all logs together")
    parser.add_argument("--servers", type=int, default=24)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    for old in args.folder.glob("server-*.log"):
        old.unlink()
    pick = random.Random(args.seed)
    for server in range(args.servers):
        share = args.entries // args.servers + (server < args.entries % args.servers)
        write_log(args.folder / f"server-{server:02}.log", share, pick)


if __name__ == "__main__":
    main()
