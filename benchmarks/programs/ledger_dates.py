#!/usr/bin/env python3
"""Sort a bank ledger by date and print the balance at the end of each month."""
import sys


def load_ledger(path):
    ledger = []
    f = open(path)
    for line in f.readlines():
        day, account, cents = line.split()
        ledger.append([day, account, int(cents)])
    f.close()
    return ledger


def only(ledger, accounts):
    return list(filter(lambda entry: entry[1] in accounts, ledger))


def month_ends(ledger):
    balance = 0
    month = None
    ends = []
    for day, _account, cents in ledger:
        if month is not None and day[:7] != month:
            ends.append((month, balance))
        month = day[:7]
        balance += cents
    if month is not None:
        ends.append((month, balance))
    return ends


def main():
    if len(sys.argv) < 2:
        print("usage: ledger_dates.py LEDGER [ACCOUNT...]", file=sys.stderr)
        sys.exit(2)
    accounts = set(sys.argv[2:]) or {"giro", "cash", "card"}
    ledger = only(load_ledger(sys.argv[1]), accounts)
    ledger.sort(key=lambda entry: entry[0])
    for month, balance in month_ends(ledger):
        print(f"{month} {balance / 100:12.2f}")
    print(f"{len(ledger)} entries of {', '.join(sorted(accounts))}")


if __name__ == "__main__":
    main()
