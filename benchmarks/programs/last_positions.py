#!/usr/bin/env python3
"""The last known position of each vehicle of a log, and who has been silent for long."""
import os
import sys

SILENT = 3600


class Fleet:
    def __init__(self):
        self.last = {}
        self.newest = 0

    def read(self, path):
        with open(path) as log:
            for line in log:
                if line.startswith("#"):
                    continue
                stamp, vehicle, lat, lon, speed = line.split()
                self.last[vehicle] = (int(stamp), float(lat), float(lon), int(speed))
                self.newest = max(self.newest, int(stamp))

    def silent(self):
        count = 0
        for stamp, _, _, _ in self.last.values():
            if self.newest - stamp > SILENT:
                count += 1
        return count

    def write(self, path):
        with open(path, "w") as out:
            for vehicle, (stamp, lat, lon, speed) in self.last.items():
                out.write(f"{vehicle},{stamp},{lat:.4f},{lon:.4f},{speed}\n")


def main():
    fleet = Fleet()
    fleet.read(sys.argv[1])
    fleet.write(os.path.join(sys.argv[2], "positions.csv"))
    print(f"{len(fleet.last)} vehicles, {fleet.silent()} silent")


if __name__ == "__main__":
    main()
