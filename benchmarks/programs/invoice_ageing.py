#!/usr/bin/env python3
"""Open invoices by age and customer, from an SQLite database."""
import argparse
import sqlite3

BUCKETS = ((30, "current"), (60, "over 30"), (90, "over 60"), (10 ** 9, "over 90"))


def open_invoices(conn, today):
    cursor = conn.execute(
        "SELECT id, customer, cents, due, note FROM invoices WHERE paid = 0 ORDER BY id")
    invoices = cursor.fetchall()
    return [(number, customer, cents, today - due, note)
            for number, customer, cents, due, note in invoices]


def bucket(days):
    for limit, name in BUCKETS:
        if days <= limit:
            return name


def ageing(invoices):
    table = {name: [0, 0] for _, name in BUCKETS}
    for _number, _customer, cents, days, _note in invoices:
        entry = table[bucket(days)]
        entry[0] += 1
        entry[1] += cents
    return table


def customers(conn):
    return dict(conn.execute("SELECT id, name FROM customers").fetchall())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--today", type=int, default=400)
    args = parser.parse_args()

    conn = sqlite3.connect(args.database)
    names = customers(conn)
    invoices = open_invoices(conn, args.today)
    conn.close()

    for name, (count, cents) in ageing(invoices).items():
        print(f"{name:8s} {count:8d} {cents / 100:14.2f}")
    owed = {}
    disputed = 0
    for _number, customer, cents, _days, note in invoices:
        owed[customer] = owed.get(customer, 0) + cents
        if "dispute" in note:
            disputed += 1
    for customer in sorted(owed, key=lambda c: (-owed[c], c))[:5]:
        print(f"{names[customer]} owes {owed[customer] / 100:.2f}")
    print(f"{len(invoices)} open, {disputed} disputed")


if __name__ == "__main__":
    main()
