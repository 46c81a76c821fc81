#!/usr/bin/env python3
"""Login sessions from a syslog: per account, how many and how long."""
import re
import sys

LINE = re.compile(r"^(\d+) (\S+) sshd\[(\d+)\]: (Accepted|Failed) \S+ for (\S+) from (\S+)")
IDLE = 900


def read_syslog(path):
    entries = []
    with open(path, errors="replace") as f:
        for line in f:
            match = LINE.match(line)
            if match:
                stamp, host, _pid, result, account, address = match.groups()
                entries.append((int(stamp), account, host, result, address))
    return entries


def accepted_times(entries):
    times = {}
    for stamp, account, _host, result, _address in entries:
        if result != "Accepted":
            continue
        if account not in times:
            times[account] = []
        times[account].append(stamp)
    return times


def sessions(stamps):
    stamps = sorted(stamps)
    count, busy = 0, 0
    last = None
    for stamp in stamps:
        if last is None or stamp - last > IDLE:
            count += 1
        else:
            busy += stamp - last
        last = stamp
    return count, busy


def main():
    entries = read_syslog(sys.argv[1])
    failed = [entry for entry in entries if entry[3] == "Failed"]
    times = accepted_times(entries)

    total = 0
    for account in sorted(times):
        count, busy = sessions(times[account])
        total += count
        if count >= 3:
            print(f"{account}: {count} sessions, {busy} s")
    print(f"{total} sessions of {len(times)} accounts")
    guessers = {}
    for _stamp, _account, _host, _result, address in failed:
        guessers[address] = guessers.get(address, 0) + 1
    worst = sorted(guessers.items(), key=lambda item: (-item[1], item[0]))[:3]
    print(f"{len(failed)} failed logins, worst {worst}")


if __name__ == "__main__":
    main()
