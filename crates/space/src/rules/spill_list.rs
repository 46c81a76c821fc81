//! Keeps a list that grows with the data on disk, and everything else as it is.
//!
//! A `SpillList` is filled, walked, measured and indexed as a list is; beyond a
//! small buffer its items lie in a file without a name. Nothing is moved: items
//! are made, errors raised and files closed when they were before. So this is
//! what is left to do for lists that cannot be streams: because they are walked
//! twice, or measured, or because what makes them could fail too late.
//!
//! ```py before
//! def _read(path):
//!     rows = []
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def shares(path):
//!     rows = _read(path)
//!     total = sum(amount for _, amount in rows)
//!     return [f"{name} {amount / (total + len(rows))}" for name, amount in rows]
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _read(path):
//!     rows = SpillList()
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         rows.append((name, len(amount)))
//!     return rows
//!
//! def shares(path):
//!     rows = _read(path)
//!     total = sum(amount for _, amount in rows)
//!     return [f"{name} {amount / (total + len(rows))}" for name, amount in rows]
//! ```
//!
//! Different values, in order or as they come first:
//!
//! ```py before
//! def unique(path):
//!     words = sorted({line.strip() for line in open(path)})
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import sorted_set
//!
//! def unique(path):
//!     words = SpillList(sorted_set(line.strip() for line in open(path)))
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//!
//! ```py before
//! def as_first_seen(path):
//!     words = list(dict.fromkeys(line.strip() for line in open(path)))
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import external_distinct
//!
//! def as_first_seen(path):
//!     words = SpillList(external_distinct(line.strip() for line in open(path)))
//!     print(len(words))
//!     for word in words:
//!         print(word)
//! ```
//!
//! A table by its columns; and items that `map` makes, where a function that walks the whole list
//! walks its parts, too:
//!
//! ```py before
//! def _table(path):
//!     table = {"name": [], "amount": []}
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         table["name"].append(name)
//!         table["amount"].append(len(amount))
//!     return table
//!
//! def report(path):
//!     table = _table(path)
//!     total = sum(table["amount"])
//!     for name, amount in zip(table["name"], table["amount"]):
//!         print(name, amount, total)
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _table(path):
//!     table = {"name": SpillList(frozen=True, compared=False), "amount": SpillList(frozen=True, compared=False)}
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         table["name"].append(name)
//!         table["amount"].append(len(amount))
//!     return table
//!
//! def report(path):
//!     table = _table(path)
//!     total = sum(table["amount"])
//!     for name, amount in zip(table["name"], table["amount"]):
//!         print(name, amount, total)
//! ```
//!
//! ```py before
//! def _parse(line):
//!     name, amount = (part.strip() for part in line.split("="))
//!     return {"name": name, "amount": len(amount)}
//!
//! def _total(rows):
//!     return sum(row["amount"] for row in rows)
//!
//! def report(path):
//!     with open(path) as file:
//!         rows = list(map(_parse, file))
//!     print(len(rows), _total(rows))
//!     for size in (1, 2, 3):
//!         print(size, _total(rows[:size]))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _parse(line):
//!     name, amount = (part.strip() for part in line.split("="))
//!     return {"name": name, "amount": len(amount)}
//!
//! def _total(rows):
//!     return sum(row["amount"] for row in rows)
//!
//! def report(path):
//!     with open(path) as file:
//!         rows = SpillList(map(_parse, file), frozen=True, compared=False)
//!     print(len(rows), _total(rows))
//!     for size in (1, 2, 3):
//!         print(size, _total(rows[:size]))
//! ```
//!
//! All but the first few:
//!
//! ```py before
//! import csv
//!
//! def report(path):
//!     with open(path) as file:
//!         rows = list(csv.reader(file))[1:]
//!     print(len(rows), sum(len(row) for row in rows))
//! ```
//! ```py after
//! import csv
//! from itertools import islice
//! from spacetime_compiler.runtime import SpillList
//!
//! def report(path):
//!     with open(path) as file:
//!         rows = SpillList(islice(csv.reader(file), 1, None), frozen=True)
//!     print(len(rows), sum(len(row) for row in rows))
//! ```
//!
//! The last item, which is in memory, may be replaced:
//!
//! ```py before
//! def joined(path):
//!     spans = []
//!     for line in open(path):
//!         first, last = map(int, line.split())
//!         if spans and first <= spans[-1][1]:
//!             spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
//!         else:
//!             spans.append((first, last))
//!     print(len(spans), sum(last - first for first, last in spans))
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def joined(path):
//!     spans = SpillList(frozen=True)
//!     for line in open(path):
//!         first, last = map(int, line.split())
//!         if spans and first <= spans[-1][1]:
//!             spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
//!         else:
//!             spans.append((first, last))
//!     print(len(spans), sum(last - first for first, last in spans))
//! ```
//!
//! A file or a query is taken whole, before it is closed, and not all at once:
//!
//! ```py before
//! import sqlite3
//!
//! def lines(path):
//!     with open(path) as file:
//!         found = file.read().split("\n")
//!     for number, line in enumerate(found):
//!         print(number, line)
//!     print(len(found))
//!
//! def people(path):
//!     database = sqlite3.connect(path)
//!     rows = database.execute("SELECT name, age FROM people").fetchall()
//!     database.close()
//!     print(len(rows), max(age for name, age in rows))
//!
//! if __name__ == "__main__":
//!     lines("notes.txt")
//!     people("people.db")
//! ```
//! ```py after
//! import sqlite3
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import split_lines
//!
//! def lines(path):
//!     with open(path) as file:
//!         found = SpillList(split_lines(file))
//!     for number, line in enumerate(found):
//!         print(number, line)
//!     print(len(found))
//!
//! def people(path):
//!     database = sqlite3.connect(path)
//!     rows = SpillList(database.execute("SELECT name, age FROM people"), frozen=True, compared=False)
//!     database.close()
//!     print(len(rows), max(age for name, age in rows))
//!
//! if __name__ == "__main__":
//!     lines("notes.txt")
//!     people("people.db")
//! ```
//!
//! Rows of a query are new, and hold numbers, texts and bytes: what is made of them has
//! nothing in common with anything else:
//!
//! ```py before
//! import sqlite3
//!
//! def readings(path):
//!     database = sqlite3.connect(path)
//!     database.row_factory = sqlite3.Row
//!     return [dict(row) for row in database.execute("SELECT meter, value FROM readings")]
//!
//! def _used(rows):
//!     found = []
//!     before = None
//!     for row in rows:
//!         if before is not None and before["meter"] == row["meter"]:
//!             found.append({"meter": row["meter"], "used": row["value"] - before["value"]})
//!         before = row
//!     return found
//!
//! if __name__ == "__main__":
//!     rows = readings("meters.db")
//!     found = _used(rows)
//!     print(len(rows), len(found), max(it["used"] for it in found))
//! ```
//! ```py after
//! import sqlite3
//! from spacetime_compiler.runtime import SpillList
//!
//! def readings(path):
//!     database = sqlite3.connect(path)
//!     database.row_factory = sqlite3.Row
//!     return SpillList((dict(row) for row in database.execute("SELECT meter, value FROM readings")), frozen=True)
//!
//! def _used(rows):
//!     found = SpillList(frozen=True)
//!     before = None
//!     for row in rows:
//!         if before is not None and before["meter"] == row["meter"]:
//!             found.append({"meter": row["meter"], "used": row["value"] - before["value"]})
//!         before = row
//!     return found
//!
//! if __name__ == "__main__":
//!     rows = readings("meters.db")
//!     found = _used(rows)
//!     print(len(rows), len(found), max(it["used"] for it in found))
//! ```
//!
//! Options and containers are no objects of a class of the program, whatever the
//! names of what is read of them:
//!
//! ```py before
//! import argparse
//!
//! class Shelf:
//!     def __init__(self):
//!         self.items = []
//!
//!     def load(self, path):
//!         for line in open(path):
//!             self.items.append((line.strip(), len(line)))
//!
//!     def top(self, count):
//!         totals = {}
//!         for name, size in self.items:
//!             totals[name] = totals.get(name, 0) + size
//!         for name, size in totals.items():
//!             if size > count:
//!                 print(name)
//!
//! def main():
//!     args = argparse.ArgumentParser().parse_args()
//!     shelf = Shelf()
//!     shelf.load(args.path)
//!     print(len(shelf.items))
//!     shelf.top(args.top)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import argparse
//! from spacetime_compiler.runtime import SpillList
//!
//! class Shelf:
//!     def __init__(self):
//!         self.items = SpillList()
//!
//!     def load(self, path):
//!         for line in open(path):
//!             self.items.append((line.strip(), len(line)))
//!
//!     def top(self, count):
//!         totals = {}
//!         for name, size in self.items:
//!             totals[name] = totals.get(name, 0) + size
//!         for name, size in totals.items():
//!             if size > count:
//!                 print(name)
//!
//! def main():
//!     args = argparse.ArgumentParser().parse_args()
//!     shelf = Shelf()
//!     shelf.load(args.path)
//!     print(len(shelf.items))
//!     shelf.top(args.top)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! So are the matches of a pattern:
//!
//! ```py before
//! import re
//!
//! WORD = re.compile(r"[a-z']+")
//!
//! def main(path):
//!     words = re.findall(WORD, open(path).read().lower())
//!     print(len(words), sum(len(word) for word in words))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//! ```py after
//! import re
//! from operator import itemgetter
//! from spacetime_compiler.runtime import SpillList
//!
//! WORD = re.compile(r"[a-z']+")
//!
//! def main(path):
//!     words = SpillList(map(itemgetter(0), re.finditer(WORD, open(path).read().lower())))
//!     print(len(words), sum(len(word) for word in words))
//!
//! if __name__ == "__main__":
//!     main("words.txt")
//! ```
//!
//! What the items hold may be compared, as long as they are not:
//!
//! ```py before
//! class Visit:
//!     def __init__(self, line):
//!         self.page, self.wait = line.split()
//!
//! def main(path):
//!     visits = []
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     waits = []
//!     for visit in visits:
//!         if visit.page != "index":
//!             waits.append(visit.wait)
//!     print(len(visits), max(waits), sorted(waits)[:3], len(set(waits)))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! class Visit:
//!     def __init__(self, line):
//!         self.page, self.wait = line.split()
//!
//! def main(path):
//!     visits = SpillList(frozen=True, compared=False)
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     waits = SpillList(frozen=True)
//!     for visit in visits:
//!         if visit.page != "index":
//!             waits.append(visit.wait)
//!     print(len(visits), max(waits), sorted(waits)[:3], len(set(waits)))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! A field may have a number to begin with, to which parts of the items are added:
//!
//! ```py before
//! import sqlite3
//! from dataclasses import dataclass
//!
//! @dataclass
//! class Person:
//!     name: str
//!     age: int
//!
//! @dataclass
//! class Years:
//!     factor: int
//!     lived: int = 0
//!
//!     def add(self, person):
//!         self.lived += person.age * self.factor
//!
//! def _read(path):
//!     return [Person(*row) for row in sqlite3.connect(path).execute("SELECT name, age FROM people")]
//!
//! def main():
//!     people = _read("people.db")
//!     for factor in (1, 12):
//!         years = Years(factor)
//!         for person in people:
//!             years.add(person)
//!         print(years.lived, len(people))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import sqlite3
//! from dataclasses import dataclass
//! from spacetime_compiler.runtime import SpillList
//!
//! @dataclass
//! class Person:
//!     name: str
//!     age: int
//!
//! @dataclass
//! class Years:
//!     factor: int
//!     lived: int = 0
//!
//!     def add(self, person):
//!         self.lived += person.age * self.factor
//!
//! def _read(path):
//!     return SpillList((Person(*row) for row in sqlite3.connect(path).execute("SELECT name, age FROM people")), frozen=True, compared=False)
//!
//! def main():
//!     people = _read("people.db")
//!     for factor in (1, 12):
//!         years = Years(factor)
//!         for person in people:
//!             years.add(person)
//!         print(years.lived, len(people))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! What is made of such a list is as large, even where it is made for each of several files:
//!
//! ```py before
//! def _read(path):
//!     found = []
//!     with open(path) as file:
//!         for line in file:
//!             found.append((line.strip(), len(line)))
//!     return found
//!
//! def _spread(rows):
//!     sizes = [size for name, size in rows]
//!     mean = sum(sizes) / len(sizes)
//!     return sum(abs(size - mean) for size in sizes)
//!
//! def main():
//!     for path in ("notes.txt", "words.txt"):
//!         rows = _read(path)
//!         if rows:
//!             print(path, len(rows), rows[-1], _spread(rows))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _read(path):
//!     found = SpillList()
//!     with open(path) as file:
//!         for line in file:
//!             found.append((line.strip(), len(line)))
//!     return found
//!
//! def _spread(rows):
//!     sizes = SpillList((size for name, size in rows), frozen=True, compared=False)
//!     mean = sum(sizes) / len(sizes)
//!     return sum(abs(size - mean) for size in sizes)
//!
//! def main():
//!     for path in ("notes.txt", "words.txt"):
//!         rows = _read(path)
//!         if rows:
//!             print(path, len(rows), rows[-1], _spread(rows))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! What a parameter calls is known if all callers pass builtins:
//!
//! ```py before
//! def _column(rows, at, convert=str):
//!     return [convert(row[at]) for row in rows]
//!
//! def main():
//!     with open("shares.txt") as lines:
//!         rows = [line.split(";") for line in lines]
//!     texts = _column(rows, 0)
//!     sizes = _column(rows, -1, len)
//!     print(len(rows), sum(sizes), max(sizes, default=0), min(texts, default=""), max(texts, default=""))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _column(rows, at, convert=str):
//!     return SpillList((convert(row[at]) for row in rows), frozen=True)
//!
//! def main():
//!     with open("shares.txt") as lines:
//!         rows = SpillList((line.split(";") for line in lines), frozen=True)
//!     texts = _column(rows, 0)
//!     sizes = _column(rows, -1, len)
//!     print(len(rows), sum(sizes), max(sizes, default=0), min(texts, default=""), max(texts, default=""))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! So are lambdas, functions of the module, and what `attrgetter` makes:
//!
//! ```py before
//! from operator import attrgetter
//!
//! class Visit:
//!     def __init__(self, line):
//!         self.page, self.wait = line[:3], len(line)
//!
//!     def is_slow(self):
//!         return self.wait > 20
//!
//! def _counts(visits, key):
//!     counts = {}
//!     for visit in visits:
//!         found = key(visit)
//!         counts[found] = counts.get(found, 0) + 1
//!     return len(counts), max(counts.values(), default=0)
//!
//! def main(path):
//!     visits = [Visit(line) for line in open(path)]
//!     print(_counts(visits, lambda visit: visit.is_slow()), _counts(visits, attrgetter("page")))
//!     print(len(visits), max((visit.wait for visit in visits), default=0))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//! ```py after
//! from operator import attrgetter
//! from spacetime_compiler.runtime import SpillList
//!
//! class Visit:
//!     def __init__(self, line):
//!         self.page, self.wait = line[:3], len(line)
//!
//!     def is_slow(self):
//!         return self.wait > 20
//!
//! def _counts(visits, key):
//!     counts = {}
//!     for visit in visits:
//!         found = key(visit)
//!         counts[found] = counts.get(found, 0) + 1
//!     return len(counts), max(counts.values(), default=0)
//!
//! def main(path):
//!     visits = SpillList((Visit(line) for line in open(path)), frozen=True, compared=False)
//!     print(_counts(visits, lambda visit: visit.is_slow()), _counts(visits, attrgetter("page")))
//!     print(len(visits), max((visit.wait for visit in visits), default=0))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! A part of each item may be kept elsewhere, and be the key of a group:
//!
//! ```py before
//! import json
//! from itertools import groupby
//! from operator import itemgetter
//!
//! def _idle(events):
//!     report = []
//!     for actor, group in groupby(events, key=itemgetter(0)):
//!         previous, longest = None, 0
//!         for _, time in group:
//!             if previous is not None:
//!                 longest = max(longest, time - previous)
//!             previous = time
//!         report.append((actor, longest))
//!     return report
//!
//! def main(path):
//!     events = []
//!     for line in open(path):
//!         event = json.loads(line)
//!         events.append((event["actor"], event["time"]))
//!     events.sort()
//!     report = _idle(events)
//!     print(len(events), len(report), report[:5])
//!
//! if __name__ == "__main__":
//!     main("events.json")
//! ```
//! ```py after
//! import json
//! from itertools import groupby
//! from operator import itemgetter
//! from spacetime_compiler.runtime import SpillList
//!
//! def _idle(events):
//!     report = SpillList(frozen=True)
//!     for actor, group in groupby(events, key=itemgetter(0)):
//!         previous, longest = None, 0
//!         for _, time in group:
//!             if previous is not None:
//!                 longest = max(longest, time - previous)
//!             previous = time
//!         report.append((actor, longest))
//!     return report
//!
//! def main(path):
//!     events = SpillList(frozen=True)
//!     for line in open(path):
//!         event = json.loads(line)
//!         events.append((event["actor"], event["time"]))
//!     events.sort()
//!     report = _idle(events)
//!     print(len(events), len(report), report[:5])
//!
//! if __name__ == "__main__":
//!     main("events.json")
//! ```
//!
//! Objects are shown by a text of their own, whoever makes them:
//!
//! ```py before
//! class Visit:
//!     def __init__(self, page, wait):
//!         self.page = page
//!         self.wait = wait
//!
//!     @classmethod
//!     def from_line(cls, line):
//!         return cls(line.strip(), len(line))
//!
//!     def __str__(self):
//!         return f"{self.page}: {self.wait}"
//!
//! def _by_wait(visits):
//!     groups = {}
//!     for visit in visits:
//!         groups.setdefault(visit.wait, []).append(visit)
//!     return groups
//!
//! def main(path):
//!     visits = [Visit.from_line(line) for line in open(path)]
//!     for visit in visits:
//!         print(visit)
//!     for wait, group in sorted(_by_wait(visits).items()):
//!         print(f"{wait}: {len(group)}, {group[0]}")
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! class Visit:
//!     def __init__(self, page, wait):
//!         self.page = page
//!         self.wait = wait
//!
//!     @classmethod
//!     def from_line(cls, line):
//!         return cls(line.strip(), len(line))
//!
//!     def __str__(self):
//!         return f"{self.page}: {self.wait}"
//!
//! def _by_wait(visits):
//!     groups = {}
//!     for visit in visits:
//!         groups.setdefault(visit.wait, []).append(visit)
//!     return groups
//!
//! def main(path):
//!     visits = SpillList((Visit.from_line(line) for line in open(path)), frozen=True, compared=False)
//!     for visit in visits:
//!         print(visit)
//!     for wait, group in sorted(_by_wait(visits).items()):
//!         print(f"{wait}: {len(group)}, {group[0]}")
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! What others hold, too, stays in memory, where they change it:
//!
//! ```py before
//! KNOWN = {}
//!
//! def _known(meter):
//!     return KNOWN.setdefault(meter, {"meter": meter, "days": set()})
//!
//! def main(path):
//!     rows = [dict(_known(line.strip())) for line in open(path)]
//!     for name in KNOWN:
//!         KNOWN[name]["days"].add(name)
//!     print(len(rows), sum(len(row["days"]) for row in rows))
//!
//! if __name__ == "__main__":
//!     main("meters.txt")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! KNOWN = {}
//!
//! def _known(meter):
//!     return KNOWN.setdefault(meter, {"meter": meter, "days": set()})
//!
//! def main(path):
//!     rows = SpillList((dict(_known(line.strip())) for line in open(path)), frozen=True)
//!     for name in KNOWN:
//!         KNOWN[name]["days"].add(name)
//!     print(len(rows), sum(len(row["days"]) for row in rows))
//!
//! if __name__ == "__main__":
//!     main("meters.txt")
//! ```
//!
//! A list that a loop walks at once is kept until the loop ends, too. Where an error in a later
//! line would be seen before anything is printed, it cannot be made meanwhile:
//!
//! ```py before
//! def main():
//!     with open("amounts.txt", encoding="utf-8") as lines:
//!         for number, amount in [line.split() for line in lines]:
//!             print(number, float(amount))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def main():
//!     with open("amounts.txt", encoding="utf-8") as lines:
//!         for number, amount in SpillList((line.split() for line in lines), frozen=True):
//!             print(number, float(amount))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! So are the lines of the standard input, which is still read to its end at once:
//! somebody may be typing it, wait for an answer, or read what is left of it.
//!
//! ```py before
//! import sys
//!
//! def main():
//!     lines = sys.stdin.readlines()
//!     lines.sort()
//!     for line in lines:
//!         sys.stdout.write(line)
//!
//! def count():
//!     found = 0
//!     for line in sys.stdin.read().splitlines():
//!         found += len(line)
//!     for line in sys.stdin.buffer.read().split(b"\n"):
//!         found += len(line)
//!     print(found)
//!
//! if __name__ == "__main__":
//!     main()
//!     count()
//! ```
//! ```py after
//! import sys
//! from itertools import chain
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import split_lines
//!
//! def main():
//!     lines = SpillList(sys.stdin)
//!     lines.sort()
//!     for line in lines:
//!         sys.stdout.write(line)
//!
//! def count():
//!     found = 0
//!     for line in SpillList(chain.from_iterable(map(str.splitlines, sys.stdin))):
//!         found += len(line)
//!     for line in SpillList(split_lines(sys.stdin.buffer)):
//!         found += len(line)
//!     print(found)
//!
//! if __name__ == "__main__":
//!     main()
//!     count()
//! ```
//!
//! A method may be the key by which items are told apart:
//!
//! ```py before
//! class Visit:
//!     def __init__(self, line):
//!         self.line = line
//!
//!     def size(self):
//!         return len(self.line)
//!
//! def main(path):
//!     visits = []
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     print(len(visits), max(visits, key=Visit.size).line)
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! class Visit:
//!     def __init__(self, line):
//!         self.line = line
//!
//!     def size(self):
//!         return len(self.line)
//!
//! def main(path):
//!     visits = SpillList(frozen=True, compared=False)
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     print(len(visits), max(visits, key=Visit.size).line)
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! A dictionary may be asked for a part of an item (`key=stays.get`):
//!
//! ```py before
//! def busiest(path):
//!     rows = [(line[:4], len(line)) for line in open(path)]
//!     rows.sort()
//!     stays = {}
//!     for room, nights in rows:
//!         stays[room] = stays.get(room, 0) + nights
//!     print(len(rows), max(sorted(stays), key=stays.get))
//!
//! if __name__ == "__main__":
//!     busiest("bookings.csv")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def busiest(path):
//!     rows = SpillList((line[:4], len(line)) for line in open(path))
//!     rows.sort()
//!     stays = {}
//!     for room, nights in rows:
//!         stays[room] = stays.get(room, 0) + nights
//!     print(len(rows), max(sorted(stays), key=stays.get))
//!
//! if __name__ == "__main__":
//!     busiest("bookings.csv")
//! ```
//!
//! Several lists may be walked by turns, or together:
//!
//! ```py before
//! import heapq
//!
//! def _columns(path):
//!     names, sizes = [], []
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         names.append(name)
//!         sizes.append(len(amount))
//!     return names, sizes
//!
//! def _rows(path):
//!     rows = []
//!     with open(path) as lines:
//!         for line in lines:
//!             rows.append((len(line), line))
//!     return rows
//!
//! def main():
//!     names, sizes = _columns("shares.txt")
//!     for title, values in (("name", names), ("size", sizes)):
//!         print(title, len(values), min(values, default=None), max(values, default=None))
//!     parts = []
//!     for path in ("notes.txt", "words.txt"):
//!         parts.append(_rows(path))
//!     print([len(part) for part in parts])
//!     for size, line in heapq.merge(*parts):
//!         print(size, line)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import heapq
//! from spacetime_compiler.runtime import SpillList
//!
//! def _columns(path):
//!     names, sizes = SpillList(), SpillList()
//!     for line in open(path):
//!         name, _, amount = line.partition("=")
//!         names.append(name)
//!         sizes.append(len(amount))
//!     return names, sizes
//!
//! def _rows(path):
//!     rows = SpillList()
//!     with open(path) as lines:
//!         for line in lines:
//!             rows.append((len(line), line))
//!     return rows
//!
//! def main():
//!     names, sizes = _columns("shares.txt")
//!     for title, values in (("name", names), ("size", sizes)):
//!         print(title, len(values), min(values, default=None), max(values, default=None))
//!     parts = []
//!     for path in ("notes.txt", "words.txt"):
//!         parts.append(_rows(path))
//!     print([len(part) for part in parts])
//!     for size, line in heapq.merge(*parts):
//!         print(size, line)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! A list that each round makes anew of the one before is walked once in each:
//!
//! ```py before
//! def _halved(values):
//!     while len(values) > 2:
//!         print(len(values), sum(values))
//!         values = [(a + b) / 2 for a, b in zip(values[::2], values[1::2])]
//!
//! def main():
//!     sizes = [len(line) for line in open("notes.txt")]
//!     for title, values in [("sizes", sizes)]:
//!         print(title, len(values))
//!         _halved(values)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _halved(values):
//!     while len(values) > 2:
//!         print(len(values), sum(values))
//!         values = SpillList(((a + b) / 2 for a, b in zip(values[::2], values[1::2])), frozen=True, compared=False)
//!
//! def main():
//!     sizes = SpillList(len(line) for line in open("notes.txt"))
//!     for title, values in [("sizes", sizes)]:
//!         print(title, len(values))
//!         _halved(values)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! What is bound to the variable later is another list:
//!
//! ```py before
//! def _middle(sizes):
//!     print(len(sizes), sum(sizes))
//!     sizes = sorted(size for size in sizes if size > 5)
//!     while len(sizes) > 2:
//!         sizes.pop()
//!         sizes.pop(0)
//!     return sizes
//!
//! def main():
//!     sizes = [len(line) for line in open("notes.txt")]
//!     print(_middle(sizes), len(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def _middle(sizes):
//!     print(len(sizes), sum(sizes))
//!     sizes = sorted(size for size in sizes if size > 5)
//!     while len(sizes) > 2:
//!         sizes.pop()
//!         sizes.pop(0)
//!     return sizes
//!
//! def main():
//!     sizes = SpillList(len(line) for line in open("notes.txt"))
//!     print(_middle(sizes), len(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Items that are changed while the list is walked are written again:
//!
//! ```py before
//! import csv
//!
//! def _charge(rows, rates):
//!     for row in rows:
//!         row["fee"] = int(row["cents"]) * rates.get(row["shop"], 3) // 100
//!
//! def main():
//!     with open("payments.csv", newline="") as file:
//!         rows = list(csv.DictReader(file))
//!     _charge(rows, {"north": 2})
//!     total = sum(row["fee"] for row in rows)
//!     for row in rows:
//!         print(row["shop"], row["fee"], total)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! import csv
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import updating
//!
//! def _charge(rows, rates):
//!     for row in updating(rows):
//!         row["fee"] = int(row["cents"]) * rates.get(row["shop"], 3) // 100
//!
//! def main():
//!     with open("payments.csv", newline="") as file:
//!         rows = SpillList(csv.DictReader(file), frozen=True)
//!     _charge(rows, {"north": 2})
//!     total = sum(row["fee"] for row in rows)
//!     for row in rows:
//!         print(row["shop"], row["fee"], total)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py before
//! class Trade:
//!     def __init__(self, line):
//!         self.words = line.split()
//!         self.rank = 0
//!
//!     def move(self, rank):
//!         self.rank = rank
//!
//! def main():
//!     trades = []
//!     for line in open("trades.txt"):
//!         trades.append(Trade(line))
//!     for rank, trade in enumerate(trades):
//!         trade.move(rank)
//!         trade.words.append("end")
//!     best = max(trades, key=lambda trade: trade.rank, default=None)
//!     print(sum(len(trade.words) for trade in trades), best.rank if best else 0)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//! from spacetime_compiler.runtime import updating
//!
//! class Trade:
//!     def __init__(self, line):
//!         self.words = line.split()
//!         self.rank = 0
//!
//!     def move(self, rank):
//!         self.rank = rank
//!
//! def main():
//!     trades = SpillList(frozen=True, compared=False)
//!     for line in open("trades.txt"):
//!         trades.append(Trade(line))
//!     for rank, trade in enumerate(updating(trades)):
//!         trade.move(rank)
//!         trade.words.append("end")
//!     best = max(trades, key=lambda trade: trade.rank, default=None)
//!     print(sum(len(trade.words) for trade in trades), best.rank if best else 0)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Where nobody reads them later through the list, nothing has to be written:
//!
//! ```py before
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     total = sum(size for size, _ in shares)
//!     for share in shares:
//!         share[0] /= total
//!         print(share)
//!     print(len(shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! def main():
//!     shares = SpillList(frozen=True)
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     total = sum(size for size, _ in shares)
//!     for share in shares:
//!         share[0] /= total
//!         print(share)
//!     print(len(shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! A list of numbers, texts, or short lists and tuples of them may be walked again and again where a
//! function is called for each:
//!
//! ```py before
//! class Count:
//!     def __init__(self, ballots):
//!         self.ballots = ballots
//!         self.out = set()
//!
//!     def choice(self, ballot):
//!         return next((name for name in ballot if name not in self.out), "")
//!
//!     def round(self):
//!         first = {}
//!         for ballot in self.ballots:
//!             name = self.choice(ballot)
//!             first[name] = first.get(name, 0) + 1
//!         return first
//!
//! def main():
//!     ballots = [line.split() for line in open("ballots.txt")]
//!     count = Count(ballots)
//!     first = count.round()
//!     while len(first) > 2:
//!         count.out.add(min(first, key=lambda name: (first[name], name)))
//!         first = count.round()
//!     print(len(ballots), sorted(first.items()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py after
//! from spacetime_compiler.runtime import SpillList
//!
//! class Count:
//!     def __init__(self, ballots):
//!         self.ballots = ballots
//!         self.out = set()
//!
//!     def choice(self, ballot):
//!         return next((name for name in ballot if name not in self.out), "")
//!
//!     def round(self):
//!         first = {}
//!         for ballot in self.ballots:
//!             name = self.choice(ballot)
//!             first[name] = first.get(name, 0) + 1
//!         return first
//!
//! def main():
//!     ballots = SpillList((line.split() for line in open("ballots.txt")), frozen=True)
//!     count = Count(ballots)
//!     first = count.round()
//!     while len(first) > 2:
//!         count.out.add(min(first, key=lambda name: (first[name], name)))
//!         first = count.round()
//!     print(len(ballots), sorted(first.items()))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! # When not
//!
//! A function that all callers pass, or the one of them that is not known, changes items or hands
//! them on; and so does whoever gets what it returns:
//!
//! ```py kept
//! def _sum(rows, key):
//!     total = 0
//!     for row in rows:
//!         total += key(row)
//!     return total
//!
//! def _mark(row):
//!     row.append("!")
//!     return len(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     print(_sum(rows, len), _sum(rows, _mark), _sum(rows, lambda row: len(row)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _each(rows, act):
//!     for row in rows:
//!         act(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     kept = []
//!     _each(rows, kept.append)
//!     for row in kept:
//!         row.append("!")
//!     print(sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _mark(rows, part):
//!     for row in rows:
//!         part(row).append("!")
//!
//! def main(path):
//!     rows = [(line, line.split()) for line in open(path)]
//!     _mark(rows, lambda row: row[1])
//!     print(sum(len(words) for line, words in rows), len(rows))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _mark(text, row):
//!     row.append(text)
//!     return len(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     print(sum(map(_mark, "abcdef", rows)), sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! Items of a group are compared; its key is a part of an item, and is changed; an item is put
//! into a list by another name:
//!
//! ```py kept
//! from itertools import groupby
//!
//! class Visit:
//!     def __init__(self, line):
//!         self.page = line[:3]
//!
//! def main(path):
//!     visits = [Visit(line) for line in open(path)]
//!     seen = set()
//!     for page, group in groupby(visits, key=lambda visit: visit.page):
//!         seen.update(group)
//!     for page, group in groupby(visits, key=lambda visit: visit.page):
//!         seen.update(group)
//!     print(len(seen), len(visits))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//! ```py kept
//! from itertools import groupby
//!
//! def main(path):
//!     rows = [(line[:1], line.split()) for line in open(path)]
//!     for words, group in groupby(rows, key=lambda row: row[1]):
//!         words.append("!")
//!     print(len(rows), sum(len(words) for first, words in rows))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//! ```py kept
//! def _put(pair, row):
//!     pair[1].append(row)
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     long, pairs = [], []
//!     pairs.append(("long", long))
//!     for row in rows:
//!         for pair in pairs:
//!             _put(pair, row)
//!     for row in long:
//!         row.append("!")
//!     print(len(rows), sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! What the key is asked of is no dictionary, and does with the items what it likes:
//!
//! ```py kept
//! class Ranks:
//!     def __init__(self):
//!         self.asked = []
//!
//!     def get(self, row):
//!         self.asked.append(row)
//!         row.append(1)
//!         return len(row)
//!
//! def longest(path):
//!     ranks = Ranks()
//!     rows = [line.split() for line in open(path)]
//!     print(len(rows), max(rows, key=ranks.get), rows[0] is ranks.asked[0])
//!
//! if __name__ == "__main__":
//!     longest("bookings.csv")
//! ```
//!
//! Items are changed where several lists are walked by turns, or together; or one of them is
//! replaced in the container that they are in:
//!
//! ```py kept
//! def main():
//!     rows = [line.split() for line in open("notes.txt")]
//!     others = [line.split() for line in open("words.txt")]
//!     for title, table in (("old", rows), ("new", others)):
//!         for row in table:
//!             row.append(title)
//!     print(len(rows), sum(map(len, rows)), sum(map(len, others)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! import heapq
//!
//! def main():
//!     parts = [[[len(line), line] for line in open(path)] for path in ("notes.txt", "words.txt")]
//!     for row in heapq.merge(*parts):
//!         row.append("merged")
//!     print(sum(len(row) for part in parts for row in part))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     rows = [line.split() for line in open("notes.txt")]
//!     tables = {}
//!     tables["rows"] = rows
//!     for row in tables["rows"]:
//!         row.append("!")
//!     print(len(rows), sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! The variable may still hold it, since another takes its place in a branch only, or the next round
//! or a function finds it there:
//!
//! ```py kept
//! def _middle(sizes, ordered):
//!     print(len(sizes), sum(sizes))
//!     if ordered:
//!         sizes = sorted(sizes)
//!     sizes.pop(0)
//!     return sizes
//!
//! def main():
//!     sizes = [len(line) for line in open("notes.txt")]
//!     print(_middle(sizes, False), len(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def _first(sizes):
//!     def drop():
//!         return sizes.pop(0)
//!     print(len(sizes), sum(sizes), drop())
//!     sizes = sorted(sizes)
//!     return drop()
//!
//! def main():
//!     sizes = [len(line) for line in open("notes.txt")]
//!     print(_first(sizes), len(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Something else takes the place of the standard input, or its lines may end elsewhere;
//! or something else takes the place of the standard output:
//!
//! ```py kept
//! import codecs
//! import sys
//!
//! def main():
//!     sys.stdin = codecs.getreader("utf-8")(sys.stdin.buffer)
//!     for line in sys.stdin.readlines():
//!         print(line)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! import sys
//!
//! def main():
//!     sys.stdin.reconfigure(newline="\r")
//!     for line in sys.stdin.read().splitlines():
//!         print(line)
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! import sys
//!
//! class Last:
//!     def write(self, item):
//!         self.item = item
//!
//! def main():
//!     rows = [[int(field) for field in line.split()] for line in open("rows.txt")]
//!     sys.stdout, screen = Last(), sys.stdout
//!     for row in rows:
//!         sys.stdout.write(row)
//!     sys.stdout.item.append(1)
//!     sys.stdout = screen
//!     print(sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! Any other item is replaced:
//!
//! ```py kept
//! def doubled(path):
//!     sizes = [len(line) for line in open(path)]
//!     for place in range(len(sizes)):
//!         sizes[place] *= 2
//!     sizes[0] = 0
//!     print(sum(sizes), sum(1 for size in sizes if size > 80))
//! ```
//!
//! Cursors of other databases, or of a class of the program, may give other rows
//! when they are walked:
//!
//! ```py kept
//! import sqlite3
//!
//! class Loud(sqlite3.Connection):
//!     def execute(self, text):
//!         print(text)
//!         return super().execute(text)
//!
//! def people(path):
//!     database = sqlite3.connect(path, factory=Loud)
//!     rows = database.execute("SELECT name, age FROM people").fetchall()
//!     print(len(rows), max(age for name, age in rows))
//!
//! def others(database):
//!     rows = database.execute("SELECT name, age FROM people").fetchall()
//!     print(len(rows), max(age for name, age in rows))
//! ```
//!
//! A function of the program makes rows, which may share what they hold, so that an item gets out
//! of sight in one of them:
//!
//! ```py kept
//! import sqlite3
//!
//! KNOWN = {}
//!
//! def known(cursor, row):
//!     return KNOWN.setdefault(row[0], {"meter": row[0], "seen": []})
//!
//! def main(path):
//!     rows = [line.split() for line in open(path)]
//!     database = sqlite3.connect(":memory:")
//!     database.row_factory = known
//!     for row in rows:
//!         for meter in database.execute("SELECT 'north'"):
//!             meter["seen"].append(row)
//!     for meter in KNOWN.values():
//!         for seen in meter["seen"]:
//!             seen.append("!")
//!     print(len(rows), sum(map(len, rows)))
//!
//! if __name__ == "__main__":
//!     main("notes.txt")
//! ```
//!
//! Many objects have a list each:
//!
//! ```py kept
//! class Visit:
//!     def __init__(self):
//!         self.pages = []
//!
//! def main(path):
//!     visits = {}
//!     for line in open(path):
//!         user, page = line.split()
//!         if user not in visits:
//!             visits[user] = Visit()
//!         visits[user].pages.append(page)
//!     print(sum(len(visit.pages) for visit in visits.values()))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! An item is changed after it was put into the list, through the list:
//!
//! ```py kept
//! def table(path):
//!     rows = []
//!     for line in open(path):
//!         rows.append({"text": line, "place": 0})
//!     for place in range(len(rows)):
//!         rows[place]["place"] = place
//!     return sum(row["place"] for row in rows)
//! ```
//!
//! So it is where a list that all objects of a class share is added to:
//!
//! ```py kept
//! class Joined:
//!     pages = []
//!
//!     def add(self, visit):
//!         self.pages += visit
//!
//! def main(path):
//!     visits = []
//!     for line in open(path):
//!         visits.append([line.split()])
//!     joined = Joined()
//!     for visit in visits:
//!         joined.add(visit)
//!     for pages in Joined.pages:
//!         pages.append("end")
//!     print(len(visits), visits[0])
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! Items are told apart by their identity, or the list is asked for its type:
//!
//! ```py kept
//! def firsts(path):
//!     rows = [[line] for line in open(path)]
//!     return sum(row is rows[0] for row in rows)
//! ```
//! ```py kept
//! def flat(path):
//!     rows = [line.split() for line in open(path)]
//!     return len(rows) if isinstance(rows, list) else 0
//! ```
//!
//! They are compared, and equal nothing but themselves:
//!
//! ```py kept
//! class Visit:
//!     def __init__(self, line):
//!         self.line = line
//!
//! def main(path):
//!     visits = []
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     print(visits.index(max(visits, key=lambda visit: visit.line)))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! Their texts are asked for, and say where in memory they are:
//!
//! ```py kept
//! class Visit:
//!     def __init__(self, line):
//!         self.line = line
//!
//! def main(path):
//!     visits = []
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     print(sum(len(visit.line) for visit in visits), len({str(visit) for visit in visits}))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//! ```py kept
//! class Visit:
//!     def __init__(self, line):
//!         self.line = line
//!
//! def main(path):
//!     visits = [Visit(line) for line in open(path)]
//!     visits.sort(key=lambda visit: visit.line)
//!     texts = set(map("{}|".format, visits)) | set(map(repr, visits))
//!     print(len(visits), len(texts))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! ```py kept
//! class Visit:
//!     def __init__(self, line):
//!         self.line = line
//!
//!     def __str__(self):
//!         return self.line
//!
//! def main(path):
//!     visits = []
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     print(sum(len(f"{visit}") for visit in visits), len({f"{[visit]}" for visit in visits}))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! The method that is the key is another one when it is called, and keeps what it gets:
//!
//! ```py kept
//! class Visit:
//!     def __init__(self, line):
//!         self.words = line.split()
//!
//!     def size(self):
//!         return len(self.words)
//!
//! def main(path, seen):
//!     Visit.size = lambda visit: seen.append(visit) or len(visit.words)
//!     visits = []
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     longest = max(visits, key=Visit.size, default=None)
//!     for visit in seen:
//!         visit.words.append("end")
//!     print(len(visits), longest is None, sum(len(visit.words) for visit in visits))
//!
//! if __name__ == "__main__":
//!     main("visits.log", [])
//! ```
//!
//! A list of what is in the items is not a list of items, but what is in it is
//! in them:
//!
//! ```py kept
//! class Visit:
//!     def __init__(self, line):
//!         self.pages = line.split()
//!
//! def main(path):
//!     visits = []
//!     for line in open(path):
//!         visits.append(Visit(line))
//!     seen = []
//!     for visit in visits:
//!         seen.append(visit.pages)
//!     for pages in sorted(seen)[:10]:
//!         pages.append("end")
//!     print(sum(len(visit.pages) for visit in visits), len(visits))
//!
//! if __name__ == "__main__":
//!     main("visits.log")
//! ```
//!
//! Somebody has an item from the list before it is changed there, and looks at it later; or looks at
//! the list meanwhile:
//!
//! ```py kept
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     best = max(shares)
//!     for share in shares:
//!         share[0] += 1
//!     print(best, sum(size for size, _ in shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     long = [share for share in shares if share[0] > 20]
//!     for share in shares:
//!         share[0] += 1
//!     print([repr(share) for share in long[:30]], sum(size for size, _ in shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     for share in shares:
//!         share[0] += 1
//!         print(share[0] - shares[0][0])
//!     print(sum(size for size, _ in shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! class Shares:
//!     def __init__(self, path):
//!         self.all = []
//!         for line in open(path):
//!             self.all.append([len(line), line.strip()])
//!
//!     def total(self):
//!         return sum(share[0] for share in self.all)
//!
//!     def scale(self):
//!         for share in self.all:
//!             share[0] = share[0] / self.total()
//!
//! def main():
//!     shares = Shares("shares.txt")
//!     shares.scale()
//!     print(shares.total())
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! What is changed may be in another list, too, which is made of the same items:
//!
//! ```py kept
//! def main():
//!     shares, large = [], []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     for share in shares:
//!         if share[0] > 20:
//!             large.append(share)
//!     for share in shares:
//!         share[0] += 1
//!     print(sum(size for size, _ in large), sum(size for size, _ in shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def _grow(shares):
//!     for share in shares:
//!         share[0] += 1
//!
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     _grow(shares)
//!     _grow([share for share in shares if share[0] > 20])
//!     print(sum(size for size, _ in shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! The variable of the loop is something else when it is changed, or it is changed later:
//!
//! ```py kept
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     best = max(shares, default=None)
//!     for share in shares:
//!         if share[0] % 2:
//!             share = best
//!         share[0] += 1
//!     print(sum(size for size, _ in shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     later = []
//!     for share in shares:
//!         later.append(lambda: share.append("end"))
//!     for change in later:
//!         change()
//!     print(sum(len(share) for share in shares))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//! ```py kept
//! def main():
//!     shares = []
//!     for line in open("shares.txt"):
//!         shares.append([len(line), line.strip()])
//!     sizes = (share[0] for share in shares)
//!     print(next(sizes, None))
//!     for number in range(len(shares)):
//!         shares[number][0] += 1
//!     print(list(sizes))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! The list is indexed at random, or walked again and again, which would read
//! the file again and again; others may get hold of it:
//!
//! ```py kept
//! def hops(path):
//!     jumps = [len(line) for line in open(path)]
//!     at = count = 0
//!     while 0 <= at < len(jumps):
//!         at, count = at + jumps[at] + 1, count + 1
//!     return count
//! ```
//! ```py kept
//! def words(path):
//!     result = [line.strip() for line in open(path)]
//!     result.append("end")
//!     return result
//! ```
//!
//! What a parameter calls may keep an item (a builtin that makes a number of it does not):
//!
//! ```py kept
//! def column(rows, convert):
//!     return [convert(row) for row in rows]
//!
//! def first(row):
//!     return row
//!
//! def main():
//!     with open("shares.txt") as lines:
//!         rows = [line.split() for line in lines]
//!     changed = column(rows, first)
//!     changed[0].append("!")
//!     print(len(rows), rows[0], column(rows, len))
//!
//! if __name__ == "__main__":
//!     main()
//! ```
//!
//! A function of a module that is no program fills it with what it is given,
//! which may be little, and often:
//!
//! ```py kept
//! def ratios(sizes):
//!     found = [float(size) for size in sizes]
//!     return sum(found) / (len(found) + 1)
//! ```
//!
//! Several threads use it at once:
//!
//! ```py kept
//! import threading
//!
//! rows = []
//!
//! def read(names):
//!     for name in names:
//!         rows.append((name, len(name)))
//!
//! def main():
//!     threads = [threading.Thread(target=read, args=([f"row {n}"],)) for n in range(3)]
//!     for thread in threads:
//!         thread.start()
//!     for thread in threads:
//!         thread.join()
//!     print(sum(size for _, size in rows), max(size for _, size in rows))
//!
//! main()
//! ```
//!
//! # Relies on
//!
//! *Guarded*: what cannot be written to disk without anybody seeing it stays in
//! memory: an object that somebody else holds, a value of a type of which a
//! copy could be told from it. *Assumed*: `module-is-closed`, where the list
//! goes from function to function. What is left to see is a message: `iter(rows)[0]`
//! is a `TypeError` as before, and names another type of iterator.
//!
//! # Saves and costs
//!
//! All of the list but a buffer, for a fraction of a microsecond for each item
//! that is written, and for each that is read.

// tidy: long because each way in which a list is made is written otherwise, and the
// page shows what keeps a list in memory.

use spacetime_rule::{Claim, Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Doubt, Journey, Kind, Size, first_iterable};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Edits, Ranged};

use crate::changing::{UPDATING, Updates, updates};
use crate::comprehension::{Listed, rebracket};
use crate::made_list::{
    Maker, columns_around, columns_of, distinct_of, is_annotation, is_held_elsewhere, is_likely, is_small, kept_maker, name_of, rest_of,
};
use crate::made_list::is_on_disk;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around, receives_again, repeats_beside, works_on_each};
use crate::sorted_set::{SORTED_SET, SortedSet};
use crate::spilled::{
    added_kind, check_indexed, check_shown, check_unshared, is_cheap, is_filled_from_file, is_read, item_kind_of, kind_of,
    known_items, options, rely, with_options,
};
use crate::whole_file::standard_input;

pub static RULE: Rule = rule!(
    late "spill_list",
    ExternalMemory,
    [
        "[]",
        "[$E for $$$CLAUSES]",
        "list($X)",
        "sorted($$$ARGS)",
        "$F.readlines()",
        "$F.read().splitlines()",
        "$F.read().split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).splitlines()",
        "$P.read_text($$$OPTIONS).split($SEPARATOR)",
        "$P.read_bytes().splitlines()",
        "$P.read_bytes().split($SEPARATOR)",
        "$CURSOR.fetchall()",
        "$R.findall($$$ARGS)",
        "$F.read().split()",
        "$F.read().strip($$$CHARS).splitlines()",
        "$F.read().strip($$$CHARS).split($SEPARATOR)",
        "$F.read().rstrip($$$CHARS).splitlines()",
        "$F.read().rstrip($$$CHARS).split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).split()",
        "$P.read_text($$$OPTIONS).strip($$$CHARS).splitlines()",
        "$P.read_text($$$OPTIONS).strip($$$CHARS).split($SEPARATOR)",
        "$P.read_text($$$OPTIONS).rstrip($$$CHARS).splitlines()",
        "$P.read_text($$$OPTIONS).rstrip($$$CHARS).split($SEPARATOR)",
    ],
    check
);

const SPILL_LIST: Import = Import::new("spacetime_compiler.runtime", "SpillList");
const EXTERNAL_DISTINCT: Import = Import::new("spacetime_compiler.runtime", "external_distinct");
const ISLICE: Import = Import::new("itertools", "islice");
const EXTERNAL_SORT: Import = Import::new("spacetime_compiler.runtime", "external_sort");

/// What stays in memory of a list that has been written to disk.
const BUFFER: f64 = 1024.0 * 1024.0;

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let site = found.node;
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let Some(maker) = kept_maker(cx, expr) else { return Ok(None) };
    if !cx.model.is_program() && cx.model.enclosing_function(site).is_none() {
        return Ok(None);
    }
    let Some(name) = name_of(cx, site) else { return Ok(None) };
    if is_small(cx, expr, maker) || is_annotation(cx, site) {
        return Ok(None);
    }
    let description = format!("`{name}` grows with the data: keep it on disk");
    let statement = cx.tree.statement(site).map_or(expr.range(), |stmt| cx.tree.node(stmt).range());
    let refuse = |doubt| Box::new(Refusal { span: expr.range(), description: description.clone(), doubt });
    let table = columns_around(cx, site);
    if table.is_some_and(|table| columns_of(table).first().is_some_and(|first| cx.tree.id(*first) != site)) {
        return Ok(None); // the first list speaks for all
    }
    let journey = match table {
        Some(table) => cx.model.journey_of_groups(cx.tree.id(table)),
        None => cx.model.journey(site),
    };
    let journey = match journey {
        Ok(journey) => journey,
        Err(doubt) if is_likely(cx, site, maker) => return Err(refuse(doubt)),
        Err(_) => return Ok(None),
    };
    if !grows(cx, &journey, maker)
        || runs_often(cx, site, maker, &journey)
        || holds_what_others_hold(cx, expr, maker, &journey)
    {
        return Ok(None);
    }
    let kind = item_kind(cx, site, maker, &journey);
    check_pays(cx, &journey, site, &kind).map_err(refuse)?;
    let Updates { lent, edits: updated } = done_with_items(cx, expr, maker, &journey).map_err(refuse)?;
    let is_updated = !updated.is_empty();
    let mut relies = Reliances::default();
    let Some(mut edits) = edits(cx, site, maker, options(&kind, lent), &mut relies).map_err(refuse)? else {
        return Ok(None);
    };
    for edit in updated {
        if edits.push(edit).is_err() {
            return Ok(None);
        }
    }
    rely(&journey, lent, &mut relies);
    Ok(Some(Opportunity {
        span: statement,
        description,
        edits,
        imports: imports(cx, site, maker, is_updated),
        relies_on: relies.into_vec(),
        claim: claim(cx, expr, maker, &name, &kind),
    }))
}

/// What is done with the items, if all of it can be done with copies.
fn done_with_items(
    cx: &Context<'_, '_>,
    expr: &Expr,
    maker: Maker<'_>,
    journey: &Journey,
) -> Result<Updates, Doubt> {
    let mut updates = updates(cx, journey)?;
    check_shown(cx, &all_items(cx, expr, maker, journey), &mut updates.lent)?;
    if updates.lent.compared && adds_unequal(cx, expr, maker, journey) {
        return Err(Doubt::new("items may be compared, and equal nothing but themselves"));
    }
    Ok(updates)
}

/// What the new code imports.
fn imports(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, is_updated: bool) -> Vec<Import> {
    let mut imports = vec![SPILL_LIST];
    imports.extend(is_updated.then_some(UPDATING));
    imports.extend(rest_of(cx, site).map(|_| ISLICE));
    if let Maker::Copy(call) = maker
        && distinct_of(cx, &call.arguments.args[0]).is_some()
    {
        imports.push(EXTERNAL_DISTINCT);
    }
    if let Maker::Cut(reading) = maker {
        imports.extend(reading.walk(cx).2);
    }
    if let Maker::Matches(search) = maker {
        imports.extend(search.around(cx).0);
    }
    if let Maker::Sorted(call) = maker {
        imports.push(if SortedSet::of(cx, call).is_some() { SORTED_SET } else { EXTERNAL_SORT });
    }
    imports
}

/// Whether the number of items depends on data.
fn grows(cx: &Context<'_, '_>, journey: &Journey, maker: Maker<'_>) -> bool {
    match maker {
        Maker::Empty => {
            let again = |node: &NodeId| loop_around(cx, *node).is_some() || function_repeats(cx, *node);
            journey.added.iter().any(again) || !journey.extended.is_empty()
        }
        _ => true,
    }
}

/// Whether many such lists may be made, each of which is small: a list made in
/// a loop, or in a function that strangers call, unless it is filled from a file.
fn runs_often(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> bool {
    if cx.model.is_program() && loop_around(cx, site).is_none() && !function_repeats(cx, site) {
        return false;
    }
    match maker {
        Maker::Lines(_) | Maker::Cut(_) | Maker::Rows(_) => false,
        Maker::Matches(search) => !is_read(cx, cx.tree.id(search.searched)),
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            let source = distinct_of(cx, argument).map_or(argument, |(_, source)| source);
            !is_read(cx, cx.tree.id(first_iterable(source).unwrap_or(source)))
        }
        Maker::Comprehension => {
            let first = cx.tree.expr(site).and_then(first_iterable);
            // What is made of a list that is as large as a file is large, too.
            !first.is_some_and(|first| is_read(cx, cx.tree.id(first)) || is_on_disk(cx, first))
        }
        Maker::Empty => !is_filled_from_file(cx, journey) || is_one_of_many(cx, site, journey),
        Maker::Sorted(call) => !SortedSet::of(cx, call).is_some_and(|set| set.is_fed(cx)),
    }
}

/// Whether a list is kept in an object that does not read the file itself: many
/// objects may share what is read.
fn is_one_of_many(cx: &Context<'_, '_>, site: NodeId, journey: &Journey) -> bool {
    let class_around = |node: NodeId| {
        cx.tree.ancestors(node).find(|outer| matches!(cx.tree.node(*outer), Node::Stmt(Stmt::ClassDef(_))))
    };
    let stmt = cx.tree.statement(site).and_then(|stmt| cx.tree.stmt(stmt));
    let kept = matches!(stmt, Some(Stmt::Assign(assign)) if assign.targets.iter().any(Expr::is_attribute_expr))
        || matches!(stmt, Some(Stmt::AnnAssign(assign)) if assign.target.is_attribute_expr());
    let home = class_around(site);
    kept && journey.added.iter().chain(&journey.extended).any(|node| class_around(*node) != home)
}

/// Whether all items are held by a list in memory, from which they come.
fn holds_what_others_hold(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, journey: &Journey) -> bool {
    match (maker, expr) {
        (Maker::Comprehension, Expr::ListComp(comp)) => is_held_elsewhere(cx, &comp.elt),
        (Maker::Empty, _) => {
            let held = |node: &NodeId| cx.tree.expr(*node).is_some_and(|item| is_held_elsewhere(cx, item));
            !journey.added.is_empty() && journey.extended.is_empty() && journey.added.iter().all(held)
        }
        _ => false,
    }
}

/// What makes the items, `None` for what is not known.
fn all_items<'m>(
    cx: &Context<'_, 'm>,
    expr: &'m Expr,
    maker: Maker<'_>,
    journey: &Journey,
) -> Vec<Option<&'m Expr>> {
    let mut items = known_items(cx, journey);
    match (maker, expr) {
        (Maker::Empty, _) => {}
        (Maker::Comprehension, Expr::ListComp(comp)) => items.push(Some(&*comp.elt)),
        _ => items.push(None),
    }
    items
}

/// Whether items are new objects of a class without an equality of its own.
fn adds_unequal(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, journey: &Journey) -> bool {
    let made = match (maker, expr) {
        (Maker::Comprehension, Expr::ListComp(comp)) => cx.model.makes_unequal(&comp.elt),
        _ => false,
    };
    let is_unequal = |node: &NodeId| cx.tree.expr(*node).is_some_and(|item| cx.model.makes_unequal(item));
    made || !journey.added.is_empty() && journey.added.iter().all(is_unequal)
}

/// Reading from disk again and again would cost more than it saves, but for small items of which
/// each is worked on.
fn check_pays(cx: &Context<'_, '_>, journey: &Journey, site: NodeId, kind: &Kind) -> Result<(), Doubt> {
    check_unshared(cx, journey)?;
    // Where a call gives the list, it is a new one in each round, and so are slices.
    let is_new = |place: &NodeId| match cx.tree.expr(*place) {
        Some(Expr::Call(_)) => true,
        Some(Expr::Subscript(subscript)) => subscript.slice.is_slice_expr(),
        _ => false,
    };
    let makers: Vec<NodeId> = std::iter::once(site)
        .chain(journey.places.iter().copied().filter(is_new))
        .collect();
    let often = function_repeats(cx, site);
    for node in &journey.searched {
        if repeats_beside(cx, *node, &makers) || function_repeats(cx, *node) {
            return Err(Doubt::new(format!("items are searched in it again and again (line {})", cx.model.line(*node))));
        }
    }
    let outer_walk = |node: NodeId| {
        let mut around = cx.tree.ancestors(node);
        around.any(|outer| matches!(cx.tree.node(outer), Node::Stmt(Stmt::For(stmt))
            if cx.tree.id(&*stmt.iter) != node && journey.places.contains(&cx.tree.id(&*stmt.iter))))
    };
    for node in &journey.walks {
        if (repeats_beside(cx, *node, &makers)
            || (!often && receives_again(cx, *node, &journey.places, &makers)))
            && !(is_cheap(kind) && works_on_each(cx, *node) && !outer_walk(*node))
        {
            return Err(Doubt::new(format!("it is walked again and again (line {})", cx.model.line(*node))));
        }
    }
    check_indexed(cx, journey, site, false)
}

fn item_kind(cx: &Context<'_, '_>, site: NodeId, maker: Maker<'_>, journey: &Journey) -> Kind {
    let items_of = |node| item_kind_of(cx, node);
    let own = match maker {
        Maker::Empty => Kind::Never,
        Maker::Comprehension => match cx.tree.expr(site) {
            Some(Expr::ListComp(comp)) => kind_of(cx, cx.tree.id(&*comp.elt)),
            _ => Kind::Unknown,
        },
        Maker::Copy(call) | Maker::Sorted(call) => {
            let argument = &call.arguments.args[0];
            items_of(cx.tree.id(distinct_of(cx, argument).map_or(argument, |(_, source)| source)))
        }
        Maker::Lines(file) => match standard_input(cx, file) {
            Some(true) => Kind::Str,
            Some(false) => Kind::Bytes,
            None => items_of(cx.tree.id(file)),
        },
        Maker::Cut(reading) if reading.is_text => Kind::Str,
        Maker::Cut(_) => Kind::Bytes,
        Maker::Rows(_) => Kind::Unknown,
        Maker::Matches(search) if !search.gives_texts() => Kind::Tuples(Box::new(Kind::Str)),
        Maker::Matches(search) if search.is_text => Kind::Str,
        Maker::Matches(_) => Kind::Bytes,
    };
    own.join(added_kind(cx, journey))
}

fn edits(
    cx: &Context<'_, '_>,
    site: NodeId,
    maker: Maker<'_>,
    options: &str,
    relies: &mut Reliances,
) -> Result<Option<Edits>, Doubt> {
    let Some(expr) = cx.tree.expr(site) else { return Ok(None) };
    let name = SPILL_LIST.local_name(cx.tree);
    let comma = if options.is_empty() { String::new() } else { format!(", {options}") };
    if let Some(rest) = rest_of(cx, site) {
        return Ok(rest_edits(cx, maker, rest, &comma));
    }
    let edits = match maker {
        Maker::Empty => {
            let lists = columns_around(cx, site).map_or_else(|| vec![expr], columns_of);
            lists.into_iter().map(|list| Edit::replace(list.range(), format!("{name}({options})"))).collect()
        }
        Maker::Comprehension => {
            let Some(body) = cx.model.body_of(site) else { return Ok(None) };
            let Some(listed) = Listed::at(cx, &body, site)? else { return Ok(None) };
            listed.rely(relies);
            let (open, close) =
                if options.is_empty() { ("(".to_owned(), ")".to_owned()) } else { ("((".to_owned(), format!("){comma})")) };
            rebracket(cx, expr.range(), expr.range(), &format!("{name}{open}"), &close)
        }
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            let mut edits = vec![Edit::replace(call.func.range(), name)];
            if let Some((made, _)) = distinct_of(cx, argument) {
                edits.push(Edit::replace(made.func.range(), EXTERNAL_DISTINCT.local_name(cx.tree)));
            }
            edits.extend(with_options(cx, call, options));
            edits
        }
        Maker::Sorted(call) => {
            let Some(edits) = sorted_edits(cx, site, call, options, relies)? else { return Ok(None) };
            edits
        }
        Maker::Lines(file) | Maker::Rows(file) => {
            let text = cx.tree.module().slice(file);
            vec![Edit::replace(expr.range(), format!("{name}({text}{comma})"))]
        }
        Maker::Matches(search) => {
            let Expr::Attribute(method) = &*search.call.func else { return Ok(None) };
            let (_, before, after) = search.around(cx);
            vec![
                Edit::insert(expr.start(), format!("{name}({before}")),
                Edit::replace(method.attr.range(), "finditer"),
                Edit::insert(expr.end(), format!("{after}{comma})")),
            ]
        }
        Maker::Cut(reading) => {
            let text = reading.text(cx);
            let (head, close, _) = reading.walk(cx);
            vec![Edit::replace(expr.range(), format!("{name}({head}{text}{close}{comma})"))]
        }
    };
    Ok(Edits::try_from(edits).ok())
}

/// `SpillList(islice(file, 1, None))`
fn rest_edits(cx: &Context<'_, '_>, maker: Maker<'_>, (outer, start): (&Expr, u64), options: &str) -> Option<Edits> {
    let (list, islice) = (SPILL_LIST.local_name(cx.tree), ISLICE.local_name(cx.tree));
    let text = format!("{list}({islice}({}, {start}, None){options})", walked_items(cx, maker)?);
    Edits::try_from(vec![Edit::replace(outer.range(), text)]).ok()
}

/// What is walked to get the items one by one, where a text says it.
fn walked_items(cx: &Context<'_, '_>, maker: Maker<'_>) -> Option<String> {
    let text = |expr: &Expr| cx.tree.module().slice(expr).to_owned();
    match maker {
        Maker::Lines(file) | Maker::Rows(file) => Some(text(file)),
        Maker::Cut(reading) => {
            let (head, close, _) = reading.walk(cx);
            Some(format!("{head}{}{close}", reading.text(cx)))
        }
        Maker::Copy(call) => {
            let argument = &call.arguments.args[0];
            (!argument.is_generator_expr() && distinct_of(cx, argument).is_none()).then(|| text(argument))
        }
        _ => None,
    }
}

/// `SpillList(sorted_set(...))` or `SpillList(external_sort(...))`
fn sorted_edits(
    cx: &Context<'_, '_>,
    site: NodeId,
    call: &ExprCall,
    options: &str,
    relies: &mut Reliances,
) -> Result<Option<Vec<Edit>>, Doubt> {
    let name = SPILL_LIST.local_name(cx.tree);
    let mut edits = match SortedSet::of(cx, call) {
        Some(found) => {
            let Some(body) = cx.model.body_of(site) else { return Ok(None) };
            found.check(cx, &body, relies)?;
            found.edits(cx, &format!("{name}({}", SORTED_SET.local_name(cx.tree)))
        }
        None => {
            let head = format!("{name}({}", EXTERNAL_SORT.local_name(cx.tree));
            // Without a key the items themselves are compared.
            let is_keyed = call.arguments.find_keyword("key").is_some();
            let promises = if is_keyed || options.is_empty() { options } else { "frozen=True" };
            let mut edits = vec![Edit::replace(call.func.range(), head)];
            edits.extend(with_options(cx, call, promises));
            edits
        }
    };
    let comma = if options.is_empty() { String::new() } else { format!(", {options}") };
    edits.push(Edit::insert(call.end(), format!("{comma})")));
    Ok(Some(edits))
}

fn claim(cx: &Context<'_, '_>, expr: &Expr, maker: Maker<'_>, name: &str, kind: &Kind) -> Claim {
    let items = match maker {
        Maker::Comprehension => price::comprehension_items(cx, expr),
        Maker::Copy(call) | Maker::Sorted(call) => price::items(cx, &call.arguments.args[0]),
        Maker::Empty => Size::quantity(format!("len({name})")),
        Maker::Lines(_) | Maker::Cut(_) | Maker::Rows(_) | Maker::Matches(_) => price::items(cx, expr),
    };
    let mut claim = price::saves_list(&items, price::bytes_of_kind(kind), 0.1, 0.8);
    claim.after = Size::number(BUFFER);
    claim.clarity = 0.9;
    claim
}
