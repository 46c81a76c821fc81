#!/usr/bin/env python3
"""Bookings by seat, which are changed after they have been stored, under other names too."""
import json
import sys


class Booking:
    def __init__(self, name, seats):
        self.name = name
        self.seats = seats
        self.notes = []


def read(path):
    by_name = {}
    by_seat = {}
    for number, line in enumerate(open(path)):
        stamp, name, *rest = line.split()
        booking = Booking(name, len(rest))
        by_name[name] = booking
        by_seat[number] = by_name[name]
    return by_name, by_seat


def main():
    by_name, by_seat = read(sys.argv[1])
    for number, booking in by_seat.items():
        booking.notes.append(number)
        booking.seats += 1
    same = sum(by_name[booking.name] is booking for booking in by_seat.values())
    print(len(by_name), len(by_seat), same, sum(booking.seats for booking in by_name.values()))

    lengths = {}
    for line in open(sys.argv[1]):
        lengths[line[:24]] = (len(line), line.count("."))
    print(len(json.dumps(lengths)), isinstance(lengths, dict), type(lengths).__name__)

    words = {}
    for line in open(sys.argv[1]):
        key = line[:26]
        words[key] = line.split()
        words[key].append("end")
        last = words[key]
        last.append(key)
    print(sum(len(found) for found in words.values()))


if __name__ == "__main__":
    main()
