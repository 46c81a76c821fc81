#!/usr/bin/env python3
"""Weekly hours, overtime and pay from time stamps, joined with the staff list."""
import argparse
import csv
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path

FULL_WEEK = 40.0


class Stamp:
    __slots__ = ("person", "start", "end")

    def __init__(self, person, start, end):
        self.person = person
        self.start = start
        self.end = end

    def hours(self):
        return (self.end - self.start).total_seconds() / 3600

    def week(self):
        year, week, _ = self.start.isocalendar()
        return year, week


def load_staff(path):
    with open(path) as f:
        return {person["id"]: person for person in json.load(f)}


def load_stamps(path):
    stamps, problems = [], []
    with open(path, newline="") as f:
        for number, row in enumerate(csv.reader(f), start=1):
            try:
                person, start, end = row
                stamp = Stamp(person, datetime.fromisoformat(start), datetime.fromisoformat(end))
            except ValueError as error:
                problems.append((number, str(error)))
                continue
            if stamp.end < stamp.start:
                problems.append((number, "ends before it starts"))
                continue
            stamps.append(stamp)
    return stamps, problems


def weekly_hours(stamps):
    hours = defaultdict(float)
    for stamp in stamps:
        hours[stamp.person, stamp.week()] += stamp.hours()
    return hours


def pay(hours, staff):
    owed = defaultdict(float)
    extra = defaultdict(float)
    for (person, week), worked in sorted(hours.items()):
        rate = staff[person]["rate"]
        over = max(0.0, worked - FULL_WEEK)
        owed[person] += (worked - over) * rate + over * rate * 1.5
        extra[person] += over
    return owed, extra


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    staff = load_staff(args.folder / "staff.json")
    stamps, problems = load_stamps(args.folder / "stamps.csv")
    known = [s for s in stamps if s.person in staff]
    strangers = {s.person for s in stamps if s.person not in staff}
    print(f"{len(stamps)} stamps, {len(problems)} bad lines, {len(strangers)} unknown people")
    for number, problem in problems[:5]:
        print(f"  line {number}: {problem}")
    owed, extra = pay(weekly_hours(known), staff)
    departments = defaultdict(float)
    for person, amount in owed.items():
        departments[staff[person]["department"]] += amount
    for name in sorted(departments):
        print(f"{name:12s} {departments[name]:12.2f}")
    nights = sum(1 for s in known if s.start.hour >= 22 or s.start.hour < 5)
    longest = max(known, key=Stamp.hours, default=None)
    if longest:
        print(f"{nights} night shifts, longest {longest.hours():.2f} h by {longest.person}")
    for person in sorted(extra, key=lambda p: (-extra[p], p))[:5]:
        print(f"overtime {person} {extra[person]:.2f}")


if __name__ == "__main__":
    main()
