#!/usr/bin/env python3
"""Bandwidth and status codes per virtual host and hour, from an nginx access log."""
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

LINE = re.compile(
    r'(?P<host>\S+) (?P<ip>\S+) \[(?P<day>[^:]+):(?P<hour>\d\d):\d\d:\d\d\] '
    r'"(?P<method>[A-Z]+) (?P<path>\S+)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
)


def parse(text_lines):
    records = []
    bad = 0
    for line in text_lines:
        m = LINE.match(line)
        if not m:
            bad += 1
            continue
        record = m.groupdict()
        record["bytes"] = 0 if record["bytes"] == "-" else int(record["bytes"])
        record["status"] = int(record["status"])
        records.append(record)
    return records, bad


def bandwidth_by_hour(records):
    result = defaultdict(Counter)
    for r in records:
        result[r["host"]][r["hour"]] += r["bytes"]
    return result


def status_table(records):
    table = defaultdict(Counter)
    for r in records:
        table[r["host"]][r["status"] // 100] += 1
    return table


def slow_clients(records, limit):
    errors = Counter(r["ip"] for r in records if r["status"] >= 400)
    return [(ip, n) for ip, n in errors.most_common(limit)]


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: nginx_bandwidth.py LOG")
    lines = Path(sys.argv[1]).read_text().splitlines()
    records, bad = parse(lines)
    print(f"{len(lines)} lines, {len(records)} parsed, {bad} bad")

    by_hour = bandwidth_by_hour(records)
    statuses = status_table(records)
    for host in sorted(by_hour):
        hours = by_hour[host]
        peak = max(sorted(hours), key=lambda h: hours[h])
        codes = " ".join(f"{c}xx={n}" for c, n in sorted(statuses[host].items()))
        print(f"{host:12} {sum(hours.values()):>14,} peak {peak}h {codes}")
    print("top error clients:")
    for ip, n in slow_clients(records, 5):
        print(f"  {ip:15} {n}")


if __name__ == "__main__":
    main()
