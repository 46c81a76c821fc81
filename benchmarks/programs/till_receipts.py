"""What the tills of a shop sold: receipts with their lines, and four reports about them.

A receipt is a block of the journal: `#number till cashier`, then a line for each article with its
count and price in cents, then `=total`.
"""

import sys


class Receipt:
    def __init__(self, number, till, cashier):
        self.number = number
        self.till = till
        self.cashier = cashier
        self.total = 0
        self.lines = []

    def scan(self, text):
        article, count, cents = text.rsplit(" ", 2)
        self.lines.append((article, int(count), int(cents)))

    @property
    def amount(self):
        return sum(count * cents for _, count, cents in self.lines)


def read(path):
    receipts = []
    current = None
    with open(path) as journal:
        for line in journal:
            line = line.strip()
            if line.startswith("#"):
                number, till, cashier = line[1:].split(" ")
                current = Receipt(int(number), till, cashier)
                receipts.append(current)
            elif line.startswith("="):
                current.total = int(line[1:])
            elif line:
                current.scan(line)
    return receipts


def cashiers(receipts):
    table = {}
    for receipt in receipts:
        table[receipt.cashier] = table.get(receipt.cashier, 0) + receipt.amount
    return sorted(table.items(), key=lambda pair: (-pair[1], pair[0]))


def disagreeing(receipts):
    return [receipt for receipt in receipts if receipt.amount != receipt.total]


def main():
    receipts = read(sys.argv[1])
    articles = sum(len(receipt.lines) for receipt in receipts)
    print(f"{len(receipts)} receipts, {articles} lines")
    for cashier, cents in cashiers(receipts)[:5]:
        print(f"  {cashier:8} {cents / 100:12.2f}")
    wrong = disagreeing(receipts)
    print(f"{len(wrong)} receipts do not add up")
    for receipt in wrong[:3]:
        print(f"  {receipt.number} till {receipt.till}: {receipt.amount} is not {receipt.total}")
    longest = max(receipts, key=lambda receipt: len(receipt.lines), default=None)
    if longest is not None:
        print(f"longest: {longest.number} with {len(longest.lines)} lines, {longest.lines[0][0]} first")


if __name__ == "__main__":
    main()
