#!/usr/bin/env python3
"""Reports who did what, from the access logs of many servers.

Usage: process_logs.py FOLDER [--top N]

Every line of a log is `TIME USER PATH STATUS SIZE`. A user's requests are spread over all
servers, so the entries of all files are brought into one order of time first; then each user's
sessions (no pause of more than half an hour) can be counted in one walk.
"""

import argparse
import hashlib
import os

PAUSE = 30 * 60


def report(folder, top):
    """Prints the report on the logs in `folder`."""
    names = sorted(os.listdir(folder))
    sizes = [os.path.getsize(os.path.join(folder, name)) for name in names]
    print(f"{len(names)} logs, {sum(sizes)} bytes")

    entries = []
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as log:
            for line in log:
                timestamp, user, path, status, size = line.split()
                entries.append((int(timestamp), user, path, int(status), int(size)))

    entries.sort(key=lambda entry: entry[0])

    # For each user: requests, bytes, errors, sessions, the time and the path of the last request.
    users = {}
    moves = {}
    for timestamp, user, path, status, size in entries:
        if user not in users:
            users[user] = [0, 0, 0, 0, None, None]
        state = users[user]
        state[0] += 1
        state[1] += size
        if status >= 500:
            state[2] += 1
        if state[4] is None or timestamp - state[4] > PAUSE:
            state[3] += 1
        elif state[5] != path:
            # Within a session, from page to page: what the order of time is needed for.
            move = state[5], path
            moves[move] = moves.get(move, 0) + 1
        state[4] = timestamp
        state[5] = path

    requests = sum([state[0] for state in users.values()])
    errors = sum([state[2] for state in users.values()])
    sessions = sum([state[3] for state in users.values()])
    longest = max([state[0] / state[3] for state in users.values()], default=0.0)
    print(f"{len(users)} users, {requests} requests, {errors} errors, {sessions} sessions")
    print(f"at most {longest:.1f} requests a session on average")

    heaviest = sorted(users.items(), key=lambda item: (-item[1][1], item[0]))
    for user, state in heaviest[:top]:
        requests, size, errors, sessions = state[:4]
        print(f"  {user}: {size} bytes, {requests} requests, {sessions} sessions, {errors} errors")
    usual = sorted(moves.items(), key=lambda item: (-item[1], item[0]))
    for (before, after), count in usual[:top]:
        print(f"  {before} -> {after}: {count} times")

    digest = hashlib.sha256()
    for user in sorted(users):
        digest.update(f"{user} {users[user]}\n".encode())
    print("digest", digest.hexdigest())


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Reports who did what, from access logs.")
    parser.add_argument("folder", help="where the logs are")
    parser.add_argument("--top", type=int, default=5, help="how many users and moves to show")
    args = parser.parse_args()
    report(args.folder, args.top)


if __name__ == "__main__":
    main()
