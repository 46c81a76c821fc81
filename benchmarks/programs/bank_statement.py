#!/usr/bin/env python3
"""Balance a bank statement: running balance, monthly totals, the worst day."""
import csv
import sys
from datetime import date


class Statement:
    def __init__(self, opening):
        self.opening = opening
        self.rows = []

    def load(self, path):
        with open(path, newline="") as f:
            for row in csv.DictReader(f, delimiter=";"):
                self.rows.append({
                    "day": row["Date"],
                    "cents": self.cents(row["Amount"]),
                    "payee": row["Payee"],
                })

    @staticmethod
    def cents(text):
        euros, _, rest = text.partition(",")
        value = abs(int(euros)) * 100 + int(rest or 0)
        return -value if text.startswith("-") else value

    def closing(self):
        return self.opening + sum(row["cents"] for row in self.rows)

    def lowest(self):
        balance, lowest, when = self.opening, self.opening, None
        for row in self.rows:
            balance += row["cents"]
            if balance < lowest:
                lowest, when = balance, row["day"]
        return lowest, when

    def months(self):
        totals = {}
        for row in self.rows:
            totals.setdefault(row["day"][:7], []).append(row["cents"])
        return {month: sum(values) for month, values in totals.items()}


def money(cents):
    return f"{cents / 100:.2f}"


def main(argv):
    statement = Statement(opening=125000)
    statement.load(argv[1])
    print(f"{len(statement.rows)} bookings, closing balance {money(statement.closing())}")
    lowest, when = statement.lowest()
    if when:
        print(f"lowest {money(lowest)} on a {date.fromisoformat(when):%A}, {when}")
    for month, total in sorted(statement.months().items()):
        print(f"{month} {money(total):>12s}")


if __name__ == "__main__":
    main(sys.argv)
