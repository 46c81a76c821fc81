#!/usr/bin/env python3
"""Discounts are worked into the orders through an index by customer."""
import sys
from collections import defaultdict


def read_orders(path):
    orders = []
    with open(path) as f:
        for line in f:
            customer, article, cents = line.split()
            orders.append({"customer": customer, "article": article, "cents": int(cents),
                           "discount": 0})
    return orders


def index(orders):
    by_customer = defaultdict(list)
    for order in orders:
        by_customer[order["customer"]].append(order)
    return by_customer


def give_discounts(by_customer):
    for customer, mine in by_customer.items():
        if len(mine) >= 3:
            mine[0]["discount"] = 10
            mine[-1]["discount"] += 5


def main():
    orders = read_orders(sys.argv[1])
    give_discounts(index(orders))
    total = sum(o["cents"] * (100 - o["discount"]) // 100 for o in orders)
    discounted = [o for o in orders if o["discount"]]
    print(f"{len(orders)} orders, {len(discounted)} discounted, total {total}")
    for order in discounted[:4]:
        print(order["customer"], order["article"], order["discount"])


if __name__ == "__main__":
    main()
