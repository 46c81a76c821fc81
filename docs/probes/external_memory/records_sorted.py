"""Records of a plain class that are filled, sorted, and walked once.

By hand: spill their fields, and make the records anew.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order:
    name: str
    amount: int


def write_by_amount(source: str, target: str) -> None:
    orders = []
    with open(source, encoding="utf-8") as file:
        for line in file:
            name, amount = line.split()
            orders.append(Order(name, int(amount)))
    orders.sort(key=lambda order: order.amount)
    with open(target, "w", encoding="utf-8") as out:
        for order in orders:
            out.write(f"{order.name} {order.amount}\n")
