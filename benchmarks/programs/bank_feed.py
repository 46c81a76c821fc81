#!/usr/bin/env python3
"""Read a fixed-width bank feed, sort it by account and date, and write statements with balances."""
import sys
from datetime import datetime
from pathlib import Path

FIELDS = [("account", 0, 10), ("date", 10, 18), ("amount", 18, 30), ("text", 30, 60)]


def parse_record(line):
    record = {}
    for name, start, end in FIELDS:
        record[name] = line[start:end].strip()
    record["amount"] = int(record["amount"])
    record["date"] = datetime.strptime(record["date"], "%Y%m%d").date()
    return record


def read_feed(path):
    lines = path.read_text().split("\n")
    records = [parse_record(line) for line in lines if line.startswith("0")]
    return records


def statements(records):
    lines = []
    balance = 0
    account = None
    for record in records:
        if record["account"] != account:
            if account is not None:
                lines.append(f"{'':10} closing balance {balance / 100:15.2f}")
                lines.append("")
            account = record["account"]
            balance = 0
            lines.append(f"Account {account}")
        balance += record["amount"]
        lines.append(f"{record['date'].isoformat()} {record['amount'] / 100:12.2f} {balance / 100:15.2f} {record['text']}")
    if account is not None:
        lines.append(f"{'':10} closing balance {balance / 100:15.2f}")
    return lines


def main():
    source = Path(sys.argv[1])
    target = Path(sys.argv[2], "statements.txt")
    records = read_feed(source)
    records.sort(key=lambda r: (r["account"], r["date"]))
    lines = statements(records)
    target.write_text("\n".join(lines))
    debit = sum(r["amount"] for r in records if r["amount"] < 0)
    credit = sum(r["amount"] for r in records if r["amount"] > 0)
    print(f"{len(records)} records, {len(lines)} lines, debit {debit / 100:.2f}, credit {credit / 100:.2f}")


if __name__ == "__main__":
    main()
