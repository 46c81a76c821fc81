#!/usr/bin/env python3
"""Makes the inputs of the benchmark programs: the same name and size, the same bytes.

    python inputs.py NAME N FOLDER

writes the input NAME of size N (lines, records, whatever the program counts)
into FOLDER and prints the path that the program is to be given. Inputs are made
ahead of the runs that are measured. Every generator has a random sequence of its
own, seeded with its name and N. Only the standard library is used.
"""
# tidy: long because it is a list of inputs, one short function for each.

from __future__ import annotations

import gzip
import json
import math
import os
import random
import sqlite3
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

WORDS = (
    "the of and a to in is it model data method field wave cell growth signal noise energy "
    "surface protein river sample error theory island pressure copper winter market salt "
    "network station pattern current density valley crystal motion orbit forest mirror"
).split()

Generator = Callable[[Random, int, str], str]
INPUTS: dict[str, Generator] = {}


def named(generator: Generator) -> Generator:
    """Enters a generator under its own name."""
    INPUTS[generator.__name__] = generator
    return generator


def write(folder: str, name: str, lines: Iterable[str]) -> str:
    """Writes lines into a file of the folder and gives back its path."""
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.writelines(line + "\n" for line in lines)
    return path


def word(rng: Random) -> str:
    """A word out of a few thousand; some are far more frequent than others."""
    first = WORDS[min(int(rng.expovariate(0.12)), len(WORDS) - 1)]
    return first if rng.random() < 0.7 else f"{first}{WORDS[rng.randrange(len(WORDS))]}"


@named
def tide(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        yield "# minute    level   flag"
        level = 4000
        for i in range(n):
            level += rng.randrange(-90, 91) + (4000 - level) // 50
            yield f"{i * 6:10d}{level:8d}{'M' if rng.random() < 0.02 else 'G'}"

    return write(folder, "gauge.txt", lines())


@named
def mbox(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            domain = f"{WORDS[int(rng.expovariate(0.4)) % len(WORDS)]}.example"
            yield f"From sender{i} Mon Jan  1 00:00:00 2024"
            yield f"From: Sender {i} <s{rng.randrange(500)}@{domain}>"
            yield f"Subject: {'Re: ' if rng.random() < 0.4 else ''}{word(rng)} {word(rng)}"
            yield ""
            for _ in range(rng.randrange(1, 4)):
                yield " ".join(word(rng) for _ in range(rng.randrange(1, 7)))
            yield ""

    return write(folder, "archive.mbox", lines())


@named
def loans(rng: Random, n: int, folder: str) -> str:
    members = min(2000, n // 4 + 1)
    write(folder, "members.csv", ["member_id,name,branch", *(
        f"M{i:05d},Reader {i},{rng.choice(('north', 'harbour', 'castle', 'mill'))}"
        for i in range(members))])
    write(folder, "loans.csv", ["loan_id,member_id,isbn,days", *(
        f"L{i:08d},M{rng.randrange(members + members // 20 + 1):05d},"
        f"978{rng.randrange(10 ** 10):010d},{rng.randrange(1, 60)}"
        for i in range(n))])
    return folder


@named
def prose(rng: Random, n: int, folder: str) -> str:
    return write(folder, "book.txt", (
        " ".join(word(rng) for _ in range(10)).capitalize() + rng.choice(".,;!") for _ in range(n)))


@named
def trades(rng: Random, n: int, folder: str) -> str:
    path = os.path.join(folder, "trades.bin")
    clock = 0
    with open(path, "wb") as out:
        for _ in range(n):
            clock += rng.randrange(40)
            out.write(struct.pack("<HIIIB", int(rng.expovariate(0.05)) % 300, clock,
                                  rng.randrange(10 ** 4, 10 ** 6), rng.randrange(0, 900),
                                  rng.random() < 0.03))
        out.write(b"\x01\x02" if n else b"")
    return path


@named
def contacts(rng: Random, n: int, folder: str) -> str:
    lists = os.path.join(folder, "lists")
    os.makedirs(lists)
    for part in range(4):
        write(lists, f"list{part}.csv", (
            f"{word(rng)}  {word(rng)}, P{rng.randrange(n * 2 + 1)}@{rng.choice(WORDS)}.example ,"
            f"{rng.choice(('Ulm', 'Bern', 'Graz', 'Gent', 'Turku', 'Porto'))}"
            for _ in range(n // 4 + (part < n % 4))))
    return lists


@named
def loggers(rng: Random, n: int, folder: str) -> str:
    for part in range(5):
        clock = 1_700_000_000 + rng.randrange(60)
        lines = []
        for _ in range(n // 5 + (part < n % 5)):
            clock += rng.choice((1, 5, 5, 5, 6, 30))
            lines.append(f"{clock};{rng.randrange(10 ** 5) / 100:.2f}")
        write(folder, f"pump{part}.log", lines)
    return folder


@named
def invoice_numbers(rng: Random, n: int, folder: str) -> str:
    numbers = [i for i in range(1000, 1000 + n) if rng.random() > 0.01]
    numbers += [rng.choice(numbers) for _ in range(n // 200)]
    rng.shuffle(numbers)
    return write(folder, "numbers.txt", (
        f"{'INV' if rng.random() > 0.01 else 'CR'}-{number:08d}" for number in numbers))


@named
def bookings(rng: Random, n: int, folder: str) -> str:
    return write(folder, "statement.csv", ["Date;Payee;Amount", *(
        f"{2015 + i * 9 // max(n, 1)}-{i * 108 // max(n, 1) % 12 + 1:02d}-{rng.randrange(1, 29):02d};"
        f"{word(rng)} {rng.choice(('Ltd', 'GmbH', 'SA'))};"
        f"{rng.choice(('-', '-', ''))}{rng.randrange(500)},{rng.randrange(100):02d}"
        for i in range(n))])


@named
def abstracts(rng: Random, n: int, folder: str) -> str:
    return write(folder, "abstracts.tsv", (
        f"{i}\t{' '.join(word(rng) for _ in range(rng.randrange(4, 16)))}" for i in range(n)))


@named
def syslog(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        clock = 1_700_000_000
        for _ in range(n):
            clock += rng.randrange(8)
            if rng.random() < 0.1:
                yield f"{clock} gate{rng.randrange(4)} cron[{rng.randrange(9999)}]: job done"
                continue
            result = "Failed" if rng.random() < 0.15 else "Accepted"
            yield (f"{clock - rng.randrange(30)} gate{rng.randrange(4)} sshd[{rng.randrange(9999)}]: "
                   f"{result} publickey for user{int(rng.expovariate(0.01)):03d} "
                   f"from 10.0.{rng.randrange(40)}.{rng.randrange(200)} port 22")

    return write(folder, "auth.log", lines())


@named
def observations(rng: Random, n: int, folder: str) -> str:
    path = os.path.join(folder, "observations.csv.gz")
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        out.write(b"station,day,low,high,rain\n")
        for i in range(n):
            low = rng.randrange(-200, 200) / 10
            out.write(f"ST{rng.randrange(40):03d},{i // 40},{low},{low + rng.randrange(150) / 10:.1f},"
                      f"{max(0, rng.randrange(-200, 300)) / 10}\n".encode())
    return path


@named
def ballots(rng: Random, n: int, folder: str) -> str:
    names = ["ada", "bob", "cyd", "dan", "eve", "fay"]

    def lines() -> Iterable[str]:
        for _ in range(n):
            chosen = sorted(names, key=lambda name: rng.random() * (names.index(name) + 2))
            chosen = chosen[:rng.randrange(1, 7)]
            if rng.random() < 0.01:
                chosen.append(chosen[0])
            yield " > ".join(chosen)
            if rng.random() < 0.01:
                yield ""

    return write(folder, "ballots.txt", lines())


@named
def invoices(rng: Random, n: int, folder: str) -> str:
    path = os.path.join(folder, "invoices.db")
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)")
        conn.execute("CREATE TABLE invoices (id INTEGER PRIMARY KEY, customer INTEGER, "
                     "cents INTEGER, due INTEGER, paid INTEGER, note TEXT)")
        conn.executemany("INSERT INTO customers VALUES (?, ?)",
                         [(i, f"Customer {i}") for i in range(300)])
        conn.executemany("INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?)", (
            (i, rng.randrange(300), rng.randrange(100, 10 ** 6), rng.randrange(200, 420),
             int(rng.random() < 0.2), f"{word(rng)} {'dispute' if rng.random() < 0.05 else word(rng)}")
            for i in range(n)))
    conn.close()
    return path


@named
def client_times(rng: Random, n: int, folder: str) -> str:
    return write(folder, "times.txt", (
        f"client{rng.randrange(60):02d} {int(rng.lognormvariate(8, 1.1))}" for _ in range(n)))


@named
def heart_beats(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        clock = 0
        yield "# beats of one night"
        for _ in range(n):
            clock += int(rng.gauss(850, 60)) if rng.random() > 0.01 else rng.choice((90, 2600))
            yield f"{clock} # artefact?" if rng.random() < 0.01 else str(clock)

    return write(folder, "beats.txt", lines())


@named
def genome(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            if i % 5000 == 0:
                yield f">contig{i // 5000}"
            bias = "ACGT" + ("GC" if i // 40 % 3 else "AT") * 2
            yield "".join(rng.choices(bias, k=60)) if rng.random() > 0.02 else "n" * 60

    return write(folder, "genome.fa", lines())


@named
def answers(rng: Random, n: int, folder: str) -> str:
    return write(folder, "answers.txt", [" ".join(f"q{i}" for i in range(12)), *(
        " ".join(str(min(5, max(1, round(rng.gauss(mood, 1))))) for _ in range(12))
        for mood in (rng.uniform(2, 4) for _ in range(n)))])


@named
def clicks(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            agent = rng.choice(("Firefox/120", "Chrome/119", "Safari/17", "GoogleBot/2.1"))
            user = "null" if rng.random() < 0.2 else f'"u{rng.randrange(5000)}"'
            country = f', "country": "{rng.choice(("pt", "fi", "be"))}"' if rng.random() < 0.9 else ""
            yield (f'{{"time": {1_700_000_000 + i}, "user": {{"id": {user}{country}}}, '
                   f'"agent": "{agent}", "page": "/{rng.choice(WORDS[8:16])}", '
                   f'"timing": {{"load": {rng.randrange(3000)}, "render": {rng.randrange(900)}}}}}')

    return write(folder, "clicks.jsonl", lines())


@named
def manifests(rng: Random, n: int, folder: str) -> str:
    def lines(changed: float) -> list[str]:
        own = Random(n)
        result = []
        for i in range(n):
            version = f"{own.randrange(9)}.{own.randrange(20)}"
            checksum = own.getrandbits(64)
            if rng.random() < changed:
                if rng.random() < 0.3:
                    continue
                version = f"{rng.randrange(9)}.{rng.randrange(20)}"
            result.append(f"pkg-{i:07d} {version} {checksum:016x}")
        rng.shuffle(result)
        return result

    write(folder, "old.txt", lines(0.01))
    write(folder, "new.txt", lines(0.03))
    return folder


@named
def service_log(rng: Random, n: int, folder: str) -> str:
    clock = 0.0

    def lines() -> Iterable[str]:
        nonlocal clock
        for _ in range(n):
            clock += rng.random() / 5
            level = rng.choices(("DEBUG", "INFO", "WARN", "ERROR"), (40, 45, 12, 3))[0]
            yield f"{clock:.3f} {level} {rng.choice(WORDS[8:])} {word(rng)} {word(rng)} failed"

    return write(folder, "service.log", lines())


@named
def hits(rng: Random, n: int, folder: str) -> str:
    return write(folder, "hits.csv", (
        f"{rng.randrange(-1, 64)},{int(rng.gammavariate(2, 300))},{rng.randrange(80, 120) / 100}"
        if rng.random() > 0.01 else "dead time" for _ in range(n)))


@named
def meters(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for _ in range(n):
            old = rng.randrange(10 ** 6)
            new = old + rng.randrange(-20, 4000)
            chance = rng.random()
            if chance < 0.01:
                yield f"Z{rng.randrange(10 ** 6):06d}|torn"
            elif chance < 0.02:
                yield f"Z{rng.randrange(10 ** 6):06d}|2024-03-01|{old}|?"
            else:
                yield f"Z{rng.randrange(10 ** 6):06d}|2024-03-{rng.randrange(1, 29):02d}|{old}|{new}"

    return write(folder, "readings.txt", lines())


@named
def spans(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            start = i * 7 + rng.randrange(100)
            yield (f"t{rng.getrandbits(40):010x} {rng.choice(('web', 'cart', 'search', 'auth'))} "
                   f"{rng.choice(WORDS[8:])} {start} {start + int(rng.lognormvariate(7, 1))}")

    return write(folder, "spans.txt", lines())


@named
def listing(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            depth = rng.randrange(1, 4)
            parts = "/".join(WORDS[8 + int(rng.expovariate(0.5)) % 20] for _ in range(depth))
            yield (f"{int(rng.lognormvariate(9, 2))} {rng.randrange(1_500_000_000, 1_750_000_000)} "
                   f"/srv/{parts}/file {i}{rng.choice(('.txt', '.jpg', '', '.log'))}")

    return write(folder, "listing.txt", lines())


@named
def stars(rng: Random, n: int, folder: str) -> str:
    return write(folder, "stars.txt", ["# name ra dec mag", *(
        f"HX{i} {rng.uniform(0, 30):.5f} {rng.uniform(-20, 20):.5f} {rng.uniform(1, 9):.2f}"
        for i in range(n))])


@named
def stock(rng: Random, n: int, folder: str) -> str:
    return write(folder, "stock.txt", (
        f"{rng.choice('ABCD')}{rng.randrange(100):02d}-{rng.randrange(1000):03d} "
        f"art{rng.randrange(10 ** 7):07d} {rng.randrange(-3, 200)}" for _ in range(n)))


@named
def plays(rng: Random, n: int, folder: str) -> str:
    return write(folder, "plays.csv", (
        f"{i * 12 // max(n, 1) + 1},song{int(rng.expovariate(0.02)):03d},{rng.randrange(5, 300)}"
        for i in range(n)))


@named
def traffic(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            minute = max(0, i // 25 - rng.randrange(5))
            yield f"C{i % 25:03d},{minute},{rng.randrange(60)},{rng.randrange(6)}"

    return write(folder, "traffic.csv", lines())


@named
def ledger(rng: Random, n: int, folder: str) -> str:
    return write(folder, "ledger.txt", (
        f"20{rng.randrange(10, 25)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d} "
        f"{rng.choice(('giro', 'cash', 'card', 'fund'))} {rng.randrange(-90000, 100000)}"
        for _ in range(n)))


@named
def wages(rng: Random, n: int, folder: str) -> str:
    """An odd number of lines has a bad one shortly before the end."""
    lines = [f"P{i:05d} {rng.randrange(10, 60)} {rng.randrange(20, 120)}" for i in range(n)]
    if n % 2:
        lines[-1 - min(3, n - 1)] = "P99999 many 50"
    return write(folder, "wages.txt", lines)


@named
def orders(rng: Random, n: int, folder: str) -> str:
    return write(folder, "orders.txt", (
        f"c{rng.randrange(n // 3 + 1)} {word(rng)} {rng.randrange(100, 9000)}" for _ in range(n)))


@named
def friends(rng: Random, n: int, folder: str) -> str:
    return write(folder, "friends.txt", (
        f"p{rng.randrange(n + 1)} p{rng.randrange(n + 1)}" for _ in range(n)))


@named
def table(rng: Random, n: int, folder: str) -> str:
    return write(folder, "table.csv", (
        ",".join(f"{rng.uniform(0, 50):.3f}" for _ in range(4)) for _ in range(n)))


@named
def jobs(rng: Random, n: int, folder: str) -> str:
    return write(folder, "jobs.txt", (
        f"{rng.choice(('split', 'leaf'))} {rng.randrange(1, 40)}" for _ in range(n)))


@named
def pairs(rng: Random, n: int, folder: str) -> str:
    return write(folder, "pairs.txt", (f"name{i} {rng.randrange(1, 2000)}" for i in range(n)))


@named
def numbers(rng: Random, n: int, folder: str) -> str:
    return write(folder, "numbers.txt", (str(rng.randrange(2000)) for _ in range(n)))


@named
def noisy_numbers(rng: Random, n: int, folder: str) -> str:
    return write(folder, "noisy.txt", (
        str(rng.randrange(2000)) if rng.random() > 0.05 else rng.choice(("", "n/a", "--"))
        for _ in range(n)))


@named
def two_tables(rng: Random, n: int, folder: str) -> str:
    return write(folder, "tables.csv", [
        *(f"{i},{word(rng)}" for i in range(n)), "",
        *(f"{rng.randrange(n + n // 10 + 1)},{rng.randrange(500)}" for _ in range(n)), "",
        "end of the tables"][:2 * n + 3 if n != 1 else 1])


@named
def samples(rng: Random, n: int, folder: str) -> str:
    return write(folder, "samples.txt", (
        f"{i} {3 * i + rng.randrange(-50, 51)}" for i in range(n)))


@named
def reservations(rng: Random, n: int, folder: str) -> str:
    return write(folder, "reservations.txt", (
        f"{start} {start + rng.randrange(1, 20)} {int(rng.random() < 0.8)}"
        for start in (rng.randrange(n * 12 + 1) for _ in range(n))))


@named
def readers(rng: Random, n: int, folder: str) -> str:
    return write(folder, "readers.txt", (
        " ".join([f"reader{i}", *(f"{word(rng)}{rng.choice(('', '!'))}"
                                  for _ in range(rng.randrange(6)))]) for i in range(n)))


@named
def short_words(rng: Random, n: int, folder: str) -> str:
    return write(folder, "words.txt", (f"{word(rng)[:rng.randrange(2, 12)]}{i % 7}" for i in range(n)))


@named
def playlist(rng: Random, n: int, folder: str) -> str:
    return write(folder, "songs.txt", (
        f"{i} {'-' if rng.random() < 0.1 else ''}{word(rng)} {word(rng)}" for i in range(n)))


@named
def assignments(rng: Random, n: int, folder: str) -> str:
    """An odd number of lines has a bad one two thirds down."""
    lines = [f"k{i}={rng.randrange(1000)}" for i in range(n)]
    if n % 2:
        lines[n * 2 // 3] = "k0=none"
    return write(folder, "assignments.txt", lines)


@named
def articles(rng: Random, n: int, folder: str) -> str:
    return write(folder, "articles.txt", (
        f"{rng.randrange(10 ** 6)} {rng.randrange(1, 9)}" for _ in range(n)))


@named
def patches(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            yield str(rng.randrange(1000))
            if i % 500 == 7:
                start = rng.randrange(n)
                yield f"@{start} {start + rng.randrange(4)} {' '.join('5' * rng.randrange(4))}"

    return write(folder, "patches.txt", lines())


@named
def network(rng: Random, n: int, folder: str) -> str:
    stations = min(n + 2, 14)
    return write(folder, "network.txt", (
        f"s{rng.randrange(stations)} s{rng.randrange(stations)} {rng.randrange(2, 30)}"
        for _ in range(n)))


@named
def tasks(rng: Random, n: int, folder: str) -> str:
    """An odd number of tasks has one whose priority is no number."""
    lines = [f"{rng.randrange(20)} task{rng.randrange(n)}" for _ in range(n)]
    if n % 2:
        lines[n // 2] = "soon task0"
    return write(folder, "tasks.txt", lines)


@named
def column(rng: Random, n: int, folder: str) -> str:
    return write(folder, "column.txt", (
        "-" if rng.random() < 0.1 else f"{rng.randrange(300) / 4}" for _ in range(n)))


@named
def edges(rng: Random, n: int, folder: str) -> str:
    return write(folder, "edges.txt", (
        f"{rng.randrange(n * 3 + 1)} {rng.randrange(n * 3 + 1)}" for _ in range(n)))


@named
def commands(rng: Random, n: int, folder: str) -> str:
    return write(folder, "commands.txt", (
        rng.choices((f"do {word(rng)}{i}", "undo", f"redo {word(rng)} {word(rng)}"), (6, 3, 1))[0]
        for i in range(n)))


@named
def tickets(rng: Random, n: int, folder: str) -> str:
    path = write(folder, "tickets.txt", (f"{i} {rng.choice(WORDS)} {rng.choice(WORDS)}" for i in range(n)))
    if n % 2:
        with open(path, "ab") as out:
            out.write(b"99 caf\xe9\n")
    return path


@named
def tiles(rng: Random, n: int, folder: str) -> str:
    return write(folder, "tiles.txt", (
        f"tile{rng.randrange(n * 2)} {rng.randrange(500)}" for _ in range(n)))


@named
def print_jobs(rng: Random, n: int, folder: str) -> str:
    return write(folder, "spool.txt", (f"job{i} {rng.randrange(1, 300)}" for i in range(n)))


@named
def amounts(rng: Random, n: int, folder: str) -> str:
    return write(folder, "amounts.txt", (
        f"a{rng.randrange(6)} {rng.choice((1e16, -1e16, 1.0, 0.1, 1e-9, 3.3)) * rng.random()!r}"
        for _ in range(n)))


@named
def two_line_records(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for _ in range(n):
            yield word(rng)
            yield str(rng.randrange(900)) if rng.random() > 0.03 else "?"
        if n % 2:
            yield "unpaired"

    return write(folder, "records.txt", lines())


@named
def bad_numbers(rng: Random, n: int, folder: str) -> str:
    """By n modulo 4: all good, one that is no number, a zero, all good."""
    lines = [f"{rng.randrange(1, 10 ** 6) / 1000}" for _ in range(n)]
    if n % 4 in (1, 2):
        lines[-1 - min(1, n - 1)] = "n/a" if n % 4 == 1 else "0"
    return write(folder, "values.txt", lines)


@named
def stock_items(rng: Random, n: int, folder: str) -> str:
    return write(folder, "stock.csv", ["sku,warehouse,quantity,unit_cost,days_idle", *(
        f"SKU{i:07d},W{rng.randrange(12)},{rng.randrange(400) if rng.random() > 0.01 else 'n/a'},"
        f"{rng.randrange(100, 90000) / 100},{rng.randrange(400)}" for i in range(n))])


@named
def ledger_lines(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        yield "batch;account;date;debit;credit"
        for i in range(n):
            cents = f"{rng.randrange(99999) / 100}"
            day = rng.randrange(1, 29) if rng.random() > 0.001 else 40
            yield (f"B{i // 20};{rng.choice((4000, 4010, 4020, 7000))};"
                   f"2024-{rng.randrange(1, 13):02d}-{day:02d};"
                   f"{cents if i % 2 else ''};{'' if i % 2 else cents}")

    return write(folder, "ledger.csv", lines())


@named
def auth_logs(rng: Random, n: int, folder: str) -> str:
    def line(i: int) -> str:
        start = f"Mar {1 + i * 81 // n:2d} 10:00:00 host{rng.randrange(6)}"
        if rng.random() < 0.2:
            return f"{start} cron[{i}]: session opened"
        user = ("invalid user " if rng.random() < 0.3 else "") + rng.choice(WORDS)
        address = f"10.{rng.randrange(3)}.{rng.randrange(20)}.{rng.randrange(20)}"
        return f"{start} sshd[{i}]: Failed password for {user} from {address} port 22 ssh2"

    for part in range(3):
        write(folder, f"auth.{part}.log", (line(i) for i in range(n // 3)))
    return folder


@named
def repo_pages(rng: Random, n: int, folder: str) -> str:
    """Pages of 20 repositories; some are error messages."""
    def page(start: int, count: int) -> dict[str, object]:
        if rng.random() < 0.01:
            return {"error": "rate limit"}
        return {"items": [{
            "name": f"{rng.choice(WORDS)}-{start + i}", "owner": {"login": rng.choice(WORDS)},
            "stars": int(rng.paretovariate(0.5)) % 10000,
            "language": rng.choice(("python", "rust", None, "c")),
            "license": {"key": "mit"} if rng.random() < 0.6 else None} for i in range(count)]}

    return write(folder, "dump.jsonl", (
        json.dumps(page(start, min(20, n - start))) for start in range(0, n, 20)))


@named
def order_lines(rng: Random, n: int, folder: str) -> str:
    return write(folder, "orders.jsonl", (json.dumps({
        "number": str(i) if rng.random() > 0.005 else "x",
        "country": rng.choice(("de", "fr", "us", "uk")),
        "currency": rng.choice(("EUR", "USD", "GBP")) if rng.random() > 0.01 else "JPY",
        "amount": rng.randrange(-50, 90000) / 100, "note": rng.choice(WORDS)}) for i in range(n)))


@named
def fuel(rng: Random, n: int, folder: str) -> str:
    """Now and then a field is missing."""
    def line() -> str:
        litres = rng.randrange(5, 90)
        return (f"CAR{rng.randrange(120):03d};station {rng.randrange(400)};{litres};"
                f"{litres * rng.randrange(150, 200)}")

    return write(folder, "fuel.txt", (
        line() if rng.random() > 0.01 else "CAR???;card not read" for _ in range(n)))


@named
def weather(rng: Random, n: int, folder: str) -> str:
    path = os.path.join(folder, "weather.csv.gz")
    with gzip.open(path, "wt", compresslevel=1) as out:
        out.write("station,date,temp,rain\n")
        for _ in range(n):
            day = f"{rng.randrange(1990, 2024)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
            temp = "" if rng.random() < 0.02 else round(rng.gauss(12, 8), 1)
            rain = "" if rng.random() < 0.1 else round(rng.random() * 9, 1)
            out.write(f"S{rng.randrange(8)},{day},{temp},{rain}\n")
    return path


@named
def passages(rng: Random, n: int, folder: str) -> str:
    kinds = ("car", 2, 240), ("van", 2, 380), ("truck", 5, 1250), ("bus", 3, 760), ("rescue", 2, 0)

    def lines() -> Iterator[str]:
        yield "time,plate,class,axles,cents"
        for _ in range(n):
            vehicle, axles, cents = rng.choice(kinds)
            time = f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
            yield f"{time},{word(rng).upper()}-{rng.randrange(10000):04d},{vehicle},{axles + rng.randrange(2)},{cents}"

    return write(folder, "passages.csv", lines())


@named
def levels(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterator[str]:
        level = 2.0
        for i in range(n):
            if i % 500 == 0:
                yield f"# page {i // 500}"
            level = max(0.2, level + rng.gauss(0, 0.05))
            yield f"{level:.4f}"

    return write(folder, "levels.txt", lines())


@named
def vhosts(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        for i in range(n):
            if rng.random() < 0.01:
                yield "garbage"
                continue
            size = rng.randrange(9999) if rng.random() > 0.1 else "-"
            yield (f"www{rng.randrange(6)}.example 10.{rng.randrange(4)}.{rng.randrange(20)}.{rng.randrange(10)} "
                   f"[{1 + i * 28 // n:02d}/Mar/2024:{rng.randrange(24):02d}:{rng.randrange(60):02d}:00] "
                   f'"GET /{rng.choice(WORDS)}/{rng.randrange(30)}" {rng.choice((200, 200, 200, 404, 500))} {size}')

    return write(folder, "access.log", lines())


@named
def bank_records(rng: Random, n: int, folder: str) -> str:
    return write(folder, "feed.txt", ["HEADER", *(
        f"0{rng.randrange(n // 20 + 1):09d}2024{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
        f"{int(rng.gauss(0, 20000)):12d}{rng.choice(WORDS) + ' ' + rng.choice(WORDS):30}"
        for _ in range(n)), "TRAILER"])


@named
def households(rng: Random, n: int, folder: str) -> str:
    return write(folder, "survey.csv", ["id,region,size,age,income", *(
        f"{i},{rng.choice(WORDS[:12])},{rng.randrange(1, 7)},{rng.randrange(18, 95)},"
        f"{'' if rng.random() < 0.02 else int(rng.lognormvariate(10, 0.5))}"
        for i in range(n))])


@named
def host_lists(rng: Random, n: int, folder: str) -> str:
    def host() -> str:
        if rng.random() < 0.02:
            return "# -"
        dot = "." if rng.random() < 0.1 else ""
        note = "  # dmz" if rng.random() < 0.05 else ""
        return f"H{rng.randrange(n * 3 // 4 + 1):x}.{rng.choice(WORDS)}.{rng.choice(WORDS)}.example{dot}{note}"

    for scan in range(4):
        write(folder, f"scan{scan}.txt", (host() for _ in range(n // 4)))
    return folder


@named
def pick_lines(rng: Random, n: int, folder: str) -> str:
    return write(folder, "lines.csv", ["order,sku,location,quantity,cancelled", *(
        f"O{i // 4:07d},SKU{rng.randrange(30000):06d},"
        f"{rng.choice('ABCDEFGH')}-{rng.randrange(1, 200)}-{rng.randrange(60)},{rng.randrange(1, 9)},"
        f"{'yes' if rng.random() < 0.03 else 'no'}"
        for i in range(n))])


@named
def stamps(rng: Random, n: int, folder: str) -> str:
    write(folder, "staff.json", [json.dumps([
        {"id": f"P{i:03d}", "rate": 20 + i % 17 * 1.25, "department": WORDS[i % 5]} for i in range(300)])])

    def line() -> str:
        if rng.random() < 0.005:
            return rng.choice(("oops", "P001,2024-13-01T00:00:00,x", "P002,2024-01-02T10:00,2024-01-02T09:00"))
        start = datetime(2024, 1, 1) + timedelta(minutes=rng.randrange(500000))
        end = start + timedelta(minutes=rng.randrange(600))
        return f"P{rng.randrange(310):03d},{start.isoformat()},{end.isoformat()}"

    write(folder, "stamps.csv", (line() for _ in range(n)))
    return folder


@named
def catalogue(rng: Random, n: int, folder: str) -> str:
    """A price list, and lines of orders for what is in it, in another order."""
    write(folder, "articles.csv", ["sku,title,price,supplier", *(
        f"A{i:07d},{word(rng)} {word(rng)} {rng.randrange(100)},{rng.randrange(100, 99999) / 100},"
        f"S{rng.randrange(40)}" for i in range(n // 2))])
    write(folder, "orders.csv", ["order,sku,quantity", *(
        f"{i // 3},A{rng.randrange(n // 2 + n // 50 + 1):07d},{rng.randrange(1, 9)}" for i in range(n))])
    return folder


@named
def nested(rng: Random, n: int, folder: str) -> str:
    def line(i: int) -> str:
        if rng.random() < 0.0005:
            return "{broken"
        user = {"name": rng.choice(WORDS), "geo": {"lat": round(rng.random(), 4), "lon": None}}
        record = {"id": i, "user": user, "tags": rng.sample(WORDS, rng.randrange(4))}
        if rng.random() < 0.3:
            record["note"] = 'text, with "quotes"'
        if rng.random() < 0.1:
            user["plan"] = rng.choice(WORDS)
        return json.dumps(record)

    return write(folder, "nested.jsonl", (line(i) for i in range(n)))


@named
def fleet(rng: Random, n: int, folder: str) -> str:
    return write(folder, "fleet.txt", (
        f"dev{rng.randrange(500)} {i} {rng.gauss(20, 3):.2f} {rng.random():.3f}"
        if rng.random() > 0.003 else rng.choice(("dev1 3", "dev2 x 4 5"))
        for i in range(n)))


@named
def spectrum(rng: Random, n: int, folder: str) -> str:
    def height(i: int) -> float:
        peak = 300 * math.exp(-((i % 1500 - 750) ** 2) / 200)
        return 20 + math.sin(i / 900) * 5 + rng.random() + peak

    return write(folder, "spectrum.txt", ["# points", *(f"{i * 0.01:.3f}\t{height(i):.4f}" for i in range(n))])


@named
def dashed_values(rng: Random, n: int, folder: str) -> str:
    return write(folder, "values.txt", (
        f"{word(rng)}{rng.randrange(n)} {rng.randrange(90) if rng.random() > 0.1 else '-'}" for _ in range(n)))


@named
def comma_pairs(rng: Random, n: int, folder: str) -> str:
    return write(folder, "pairs.csv", (f"{word(rng)}{i},{rng.randrange(1000)}" for i in range(n)))


@named
def asset_exports(rng: Random, n: int, folder: str) -> str:
    """Two exports of the same assets, a month apart: some are gone, new, or changed."""
    def lines(month: int) -> Iterable[str]:
        yield "tag;model;room;owner;state"
        for i in range(n):
            if (i * 7 + month * 3) % 29:
                room = f"B{i % 9}.{(i + (month if i % 17 == 0 else 0)) % 400}"
                owner = rng.choice(WORDS) if i % 23 == month else WORDS[i % len(WORDS)]
                yield f"IT-{i * 13 % 9999991:07d};{WORDS[i % 7]} {i % 90};{room};{owner};in use"

    write(folder, "january.csv", lines(1))
    write(folder, "february.csv", lines(2))
    return folder


@named
def vehicle_fixes(rng: Random, n: int, folder: str) -> str:
    return write(folder, "fixes.log", (
        f"{1_700_000_000 + i // 5} V{rng.randrange(n // 3 + 1):06d} "
        f"{rng.uniform(47, 55):.5f} {rng.uniform(6, 15):.5f} {rng.randrange(0, 130)}"
        if rng.random() > 0.01 else "# no fix"
        for i in range(n)))


@named
def probe_readings(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterable[str]:
        yield "time,probe,temp,humidity,pressure,voltage"
        for i in range(n):
            temp = rng.gauss(20, 3)
            humidity = "" if rng.random() < 0.01 else f"{50 - temp + rng.gauss(0, 4):.2f}"
            yield (f"{i * 10},P{rng.randrange(24):02d},{temp:.3f},{humidity},{rng.gauss(1013, 8):.2f},"
                   f"{3.3 + rng.gauss(0, 0.02):.4f}")

    return write(folder, "probes.csv", lines())


def unit_lines(rng: Random, n: int) -> Iterator[str]:
    """What a unit of a plant logs: a time that rises, a level, a module, some words."""
    time = 0
    for _ in range(n):
        time += rng.randrange(1, 20)
        level = rng.choice(("INFO", "WARN", "ERROR", "DEBUG"))
        yield f"{time} {level} mod{rng.randrange(30)} {' '.join(rng.choices(WORDS, k=4))}"


@named
def unit_log(rng: Random, n: int, folder: str) -> str:
    return write(folder, "unit.log", unit_lines(rng, n))


@named
def unit_logs(rng: Random, n: int, folder: str) -> str:
    for unit in range(4):
        write(folder, f"unit{unit}.log", unit_lines(rng, n // 4))
    return folder


@named
def till_journal(rng: Random, n: int, folder: str) -> str:
    def lines() -> Iterator[str]:
        for number in range(1, n + 1):
            yield f"#{number} {rng.randrange(1, 9)} C{rng.randrange(40):02}"
            total = 0
            for _ in range(rng.randrange(1, 9)):
                count, cents = rng.randrange(1, 6), rng.randrange(49, 2999)
                total += count * cents
                yield f"{' '.join(rng.choices(WORDS, k=2))} {count} {cents}"
            yield f"={total + (rng.randrange(200) == 0)}"

    return write(folder, "till.journal", lines())


def make(name: str, n: int, folder: str) -> str:
    """Writes the input `name` of size n into a folder that is there and empty."""
    return INPUTS[name](random.Random(f"{name} {n}"), n, folder)


def main() -> None:
    name, n, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    print(make(name, int(n), folder))


if __name__ == "__main__":
    main()
