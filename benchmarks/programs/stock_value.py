#!/usr/bin/env python3
"""Inventory snapshot: value of stock by warehouse, dead stock, reorder list."""
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass


@dataclass
class Item:
    sku: str
    warehouse: str
    quantity: int
    unit_cost: float
    days_idle: int

    @property
    def value(self):
        return self.quantity * self.unit_cost


class Inventory:
    def __init__(self, path):
        self.path = path
        self.items = []
        self.skipped = 0

    def load(self):
        with open(self.path, newline="") as f:
            for row in csv.DictReader(f):
                try:
                    item = Item(
                        sku=row["sku"],
                        warehouse=row["warehouse"],
                        quantity=int(row["quantity"]),
                        unit_cost=float(row["unit_cost"]),
                        days_idle=int(row["days_idle"]),
                    )
                except ValueError:
                    self.skipped += 1
                    continue
                self.items.append(item)

    def total_value(self):
        return sum(item.value for item in self.items)

    def by_warehouse(self):
        totals = defaultdict(float)
        for item in self.items:
            totals[item.warehouse] += item.value
        return dict(totals)

    def dead_stock(self, days=180):
        return [item for item in self.items if item.days_idle >= days and item.quantity > 0]

    def needs_reorder(self, threshold):
        return [item.sku for item in self.items if item.quantity < threshold]


def report(inventory):
    print(f"items: {len(inventory.items)}, skipped: {inventory.skipped}")
    print(f"total value: {inventory.total_value():.2f}")
    for warehouse, value in sorted(inventory.by_warehouse().items()):
        print(f"  {warehouse:<12}{value:>18.2f}")
    dead = inventory.dead_stock()
    print(f"dead stock: {len(dead)} items worth {sum(i.value for i in dead):.2f}")
    reorder = inventory.needs_reorder(5)
    print(f"reorder: {len(reorder)}, first {', '.join(reorder[:5])}")


def main():
    if len(sys.argv) != 2:
        print("usage: stock_value.py FILE", file=sys.stderr)
        sys.exit(2)
    inventory = Inventory(sys.argv[1])
    inventory.load()
    report(inventory)


if __name__ == "__main__":
    main()
