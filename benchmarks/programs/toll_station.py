#!/usr/bin/env python3
"""Day sheet of a toll station: takings by class, traffic by hour, the heaviest vehicle."""
import sys


def read_passages(path):
    passages = []
    with open(path) as sheet:
        next(sheet, None)
        for line in sheet:
            time, plate, vehicle, axles, cents = line.rstrip("\n").split(",")
            passages.append((time, plate, vehicle, int(axles), int(cents)))
    return passages


def summarize(passages):
    takings = {}
    for time, plate, vehicle, axles, cents in passages:
        if cents == 0:
            continue
        takings[vehicle] = takings.get(vehicle, 0) + cents

    # how busy it was
    hours = {}
    for time, plate, vehicle, axles, cents in passages:
        hour = time[:2]
        hours[hour] = hours.get(hour, 0) + 1

    heaviest = None
    free = 0
    for passage in passages:
        if heaviest is None or passage[3] > heaviest[3]:
            heaviest = passage
        if passage[4] == 0:
            free += 1
    return takings, hours, heaviest, free, len(passages)


def main():
    passages = read_passages(sys.argv[1])
    takings, hours, heaviest, free, count = summarize(passages)
    print(f"{count} vehicles, {free} of them free")
    for vehicle in sorted(takings):
        print(f"  {vehicle:8} {takings[vehicle] / 100:12.2f}")
    for hour, passed in sorted(hours.items()):
        print(f"  {hour}:00 {passed:8}")
    if heaviest:
        print("heaviest:", heaviest[1], heaviest[3], "axles")


if __name__ == "__main__":
    main()
