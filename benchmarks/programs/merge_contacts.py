#!/usr/bin/env python3
"""Merge address lists: the first entry of each e-mail address wins, order is kept."""
import csv
import os
import sys


def read_list(path):
    with open(path, newline="", encoding="utf-8") as f:
        return [row for row in csv.reader(f) if row]


def normalise(row):
    name, email, city = row
    return " ".join(name.split()).title(), email.strip().lower(), city.strip()


def merge(rows):
    seen = set()
    unique = []
    duplicates = 0
    for row in rows:
        entry = normalise(row)
        if entry[1] in seen:
            duplicates += 1
            continue
        seen.add(entry[1])
        unique.append(entry)
    return unique, duplicates


def write_list(path, entries):
    with open(path, "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(["name", "email", "city"])
        writer.writerows(entries)


def main():
    folder, outdir = sys.argv[1:3]
    rows = []
    for name in sorted(os.listdir(folder)):
        rows += read_list(os.path.join(folder, name))

    unique, duplicates = merge(rows)
    write_list(os.path.join(outdir, "contacts.csv"), unique)

    cities = {}
    for _, _, city in unique:
        cities[city] = cities.get(city, 0) + 1
    print(f"{len(rows)} rows, {len(unique)} people, {duplicates} duplicates")
    for city, count in sorted(cities.items(), key=lambda item: (-item[1], item[0]))[:5]:
        print(f"{city}: {count}")


if __name__ == "__main__":
    main()
