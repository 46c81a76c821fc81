#!/usr/bin/env python3
"""Post payroll lines to ledger accounts; trial balance and unbalanced batches."""
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation


@dataclass
class Entry:
    batch: str
    account: str
    when: date
    debit: Decimal
    credit: Decimal

    def net(self) -> Decimal:
        return self.debit - self.credit


class Ledger:
    def __init__(self):
        self.entries = []
        self.errors = []

    def read(self, filename):
        with open(filename, newline="", encoding="utf-8") as f:
            for number, row in enumerate(csv.reader(f, delimiter=";"), start=1):
                if number == 1:
                    continue
                try:
                    self.entries.append(self.make_entry(row))
                except (ValueError, InvalidOperation) as exc:
                    self.errors.append((number, str(exc)))

    @staticmethod
    def make_entry(row):
        batch, account, when, debit, credit = row
        return Entry(batch, account, date.fromisoformat(when), Decimal(debit or "0"), Decimal(credit or "0"))

    def balances(self):
        totals = defaultdict(Decimal)
        for entry in self.entries:
            totals[entry.account] += entry.net()
        return totals

    def unbalanced(self):
        batches = defaultdict(Decimal)
        for entry in self.entries:
            batches[entry.batch] += entry.net()
        return sorted(name for name, total in batches.items() if total != 0)

    def period(self):
        days = [entry.when for entry in self.entries]
        return min(days), max(days)

    def month_totals(self):
        months = {}
        for entry in self.entries:
            key = (entry.when.year, entry.when.month)
            if key not in months:
                months[key] = Decimal(0)
            months[key] += entry.debit
        return months


def main():
    ledger = Ledger()
    ledger.read(sys.argv[1])
    if not ledger.entries:
        print("nothing posted")
        return 1
    for account, total in sorted(ledger.balances().items()):
        print(f"{account:<10}{total:>16}")
    print("period", *ledger.period())
    for (year, month), total in sorted(ledger.month_totals().items()):
        print(f"{year}-{month:02d} {total}")
    bad = ledger.unbalanced()
    print(f"{len(ledger.entries)} entries, {len(ledger.errors)} errors, {len(bad)} unbalanced batches")
    for number, text in ledger.errors[:3]:
        print(f"line {number}: {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
