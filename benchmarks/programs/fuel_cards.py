#!/usr/bin/env python3
"""Bills of fuel cards: litres and cost of each car, the dearest stations, lines that make no sense."""
import sys


class CardFile:
    """A file of transactions, one a line; counts what it has seen."""

    def __init__(self, path):
        self.path = path
        self.lines = 0
        self.rejected = 0

    @staticmethod
    def fields(line):
        return line.rstrip("\n").split(";")

    def transactions(self):
        found = []
        with open(self.path, encoding="utf-8") as file:
            for line in file:
                self.lines += 1
                fields = self.fields(line)
                if len(fields) != 4:
                    self.rejected += 1
                    continue
                car, station, litres, cents = fields
                found.append((car, station, int(litres), int(cents)))
        return found

    def dear(self, limit):
        """Transactions above `limit` cents a litre."""
        return [row for row in self.transactions() if row[3] > limit * row[2]]


def by_car(transactions):
    litres = {}
    cents = {}
    for car, _station, volume, cost in transactions:
        litres[car] = litres.get(car, 0) + volume
        cents[car] = cents.get(car, 0) + cost
    return litres, cents


def main():
    cards = CardFile(sys.argv[1])
    litres, cents = by_car(cards.transactions())
    for car in sorted(litres):
        print(f"{car} {litres[car]:7d} l {cents[car] / 100:11.2f}")
    print(f"{cards.rejected} of {cards.lines} lines rejected")

    stations = {}
    for _car, station, volume, cost in CardFile(sys.argv[1]).dear(185):
        stations[station] = max(stations.get(station, 0), cost // max(volume, 1))
    for station in sorted(stations, key=lambda name: (-stations[name], name))[:5]:
        print(f"{station}: {stations[station]} cents a litre")


if __name__ == "__main__":
    main()
