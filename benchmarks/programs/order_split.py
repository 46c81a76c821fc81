#!/usr/bin/env python3
"""Validate a batch of orders, split good from bad, write both and totals per country."""
import argparse
import json
import logging
import os
from dataclasses import asdict, dataclass

log = logging.getLogger("orders")
RATES = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17}


@dataclass(frozen=True)
class Order:
    number: int
    country: str
    currency: str
    amount: float


def parse_order(record):
    number = int(record["number"])
    amount = float(record["amount"])
    if amount < 0:
        raise ValueError(f"negative amount in order {number}")
    if record["currency"] not in RATES:
        raise KeyError(record["currency"])
    return Order(number, record["country"].upper(), record["currency"], amount)


def split(records):
    good, bad = [], []
    for record in records:
        try:
            good.append(parse_order(record))
        except (ValueError, KeyError) as problem:
            bad.append({"record": record, "problem": repr(problem)})
    return good, bad


def load(path):
    with open(path) as f:
        return [json.loads(line) for line in f if line.strip()]


def dump(items, path):
    with open(path, "w") as f:
        for item in items:
            f.write(json.dumps(item, sort_keys=True) + "\n")


def main():
    logging.basicConfig(level=logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("orders")
    parser.add_argument("out")
    args = parser.parse_args()
    records = load(args.orders)
    good, bad = split(records)
    dump((asdict(order) for order in good), os.path.join(args.out, "good.jsonl"))
    dump(bad, os.path.join(args.out, "bad.jsonl"))
    totals = {}
    for order in good:
        totals[order.country] = totals.get(order.country, 0.0) + order.amount * RATES[order.currency]
    for country, total in sorted(totals.items()):
        print(f"{country} {total:.2f}")
    print(f"{len(records)} records: {len(good)} good, {len(bad)} bad")
    if bad and len(bad) > len(records) // 2:
        log.error("more than half of the orders are bad")


if __name__ == "__main__":
    main()
