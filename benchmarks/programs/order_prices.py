#!/usr/bin/env python3
"""Price the lines of orders from a price list; what is not in it goes to a file of its own."""
import csv
import os
import sys


def load_articles(path):
    with open(path, newline="") as f:
        return {row["sku"]: (row["title"], float(row["price"])) for row in csv.DictReader(f)}


def main(folder, out):
    articles = load_articles(os.path.join(folder, "articles.csv"))
    total = 0.0
    priced = missing = 0
    with open(os.path.join(folder, "orders.csv"), newline="") as source, \
            open(os.path.join(out, "priced.csv"), "w", newline="") as target, \
            open(os.path.join(out, "missing.txt"), "w") as unknown:
        writer = csv.writer(target)
        writer.writerow(["order", "title", "quantity", "amount"])
        for row in csv.DictReader(source):
            sku = row["sku"]
            if sku not in articles:
                unknown.write(f"{row['order']} {sku}\n")
                missing += 1
                continue
            title, price = articles[sku]
            quantity = int(row["quantity"])
            writer.writerow([row["order"], title, quantity, f"{price * quantity:.2f}"])
            total += price * quantity
            priced += 1
    print(f"{len(articles)} articles, {priced} lines priced, {missing} not, total {total:.2f}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
