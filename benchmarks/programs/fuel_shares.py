#!/usr/bin/env python3
"""Fuel bills of a fleet: what a litre cost at each fill, and each fill's share of its car's bill."""

import hashlib
import os
import sys


def read(path):
    fills = []
    with open(path) as file:
        for line in file:
            parts = line.rstrip("\n").split(";")
            if len(parts) != 4:
                continue
            car, station, litres, cents = parts
            fills.append({"car": car, "station": station, "litres": int(litres), "cents": int(cents)})
    return fills


def add_prices(fills):
    for fill in fills:
        fill["price"] = round(fill["cents"] / fill["litres"], 1)
        fill["flags"] = []
        if fill["price"] > 190:
            fill["flags"].append("dear")


def totals(fills):
    by_car = {}
    for fill in fills:
        by_car[fill["car"]] = by_car.get(fill["car"], 0) + fill["cents"]
    return by_car


def add_shares(fills, by_car):
    for number, fill in enumerate(fills):
        fill["share"] = fill["cents"] / by_car[fill["car"]]
        fill["number"] = number
        if fill["share"] > 0.01:
            fill["flags"].append("large")


def main():
    source, folder = sys.argv[1:3]
    fills = read(source)
    add_prices(fills)
    by_car = totals(fills)
    add_shares(fills, by_car)
    digest = hashlib.sha256()
    with open(os.path.join(folder, "shares.txt"), "w") as out:
        for fill in fills:
            line = f"{fill['number']} {fill['car']} {fill['price']} {fill['share']:.6f} {' '.join(fill['flags'])}\n"
            out.write(line)
            digest.update(line.encode())
    dearest = max(fills, key=lambda fill: (fill["price"], -fill["number"]), default=None)
    if dearest is not None:
        print("dearest", dearest["car"], dearest["station"], dearest["price"])
    print(len(fills), "fills of", len(by_car), "cars", digest.hexdigest())


if __name__ == "__main__":
    main()
