#!/usr/bin/env python3
"""Health of a fleet from its telemetry: a class that loads, checks and reports."""
import sys
from collections import Counter
from statistics import mean, pstdev


class Reading:
    def __init__(self, device, minute, temperature, battery):
        self.device = device
        self.minute = minute
        self.temperature = temperature
        self.battery = battery

    def __repr__(self):
        return f"Reading({self.device!r}, {self.minute}, {self.temperature}, {self.battery})"


class Telemetry:
    def __init__(self, path):
        self.path = path
        self.readings = []
        self.errors = []

    def load(self):
        with open(self.path) as f:
            for number, line in enumerate(f, 1):
                fields = line.split()
                if len(fields) != 4:
                    self.errors.append(f"line {number}: {len(fields)} fields")
                    continue
                try:
                    reading = Reading(fields[0], int(fields[1]), float(fields[2]), float(fields[3]))
                except ValueError as error:
                    self.errors.append(f"line {number}: {error}")
                    continue
                self.readings.append(reading)
        return self

    def devices(self):
        return Counter(r.device for r in self.readings)

    def temperatures(self):
        values = [r.temperature for r in self.readings]
        return mean(values), pstdev(values)

    def outliers(self, sigmas=4):
        centre, spread = self.temperatures()
        return [r for r in self.readings if abs(r.temperature - centre) > sigmas * spread]

    def flat_batteries(self, limit=0.05):
        last = {}
        for reading in self.readings:
            last[reading.device] = reading.battery
        return sorted(device for device, battery in last.items() if battery < limit)


def main():
    telemetry = Telemetry(sys.argv[1]).load()
    if not telemetry.readings:
        sys.exit("no readings")
    centre, spread = telemetry.temperatures()
    print(f"{len(telemetry.readings)} readings, {len(telemetry.errors)} errors, {centre:.3f} +- {spread:.3f}")
    for error in telemetry.errors[:3]:
        print("  ", error)
    odd = telemetry.outliers()
    print(len(odd), "outliers", odd[:2])
    print("flat:", telemetry.flat_batteries())
    for device, count in sorted(telemetry.devices().items())[:5]:
        print(device, count)


if __name__ == "__main__":
    main()
