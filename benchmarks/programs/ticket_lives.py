"""Rows of a file that is appended to while it is reported on; tokens that report when they go."""
import os
import sys


class Ticket:
    alive = 0

    def __init__(self, number, text):
        self.number = number
        self.text = text
        Ticket.alive += 1

    def __del__(self):
        Ticket.alive -= 1


def load(path):
    tickets = []
    with open(path) as f:
        for number, line in enumerate(f):
            tickets.append(Ticket(number, line.split()[0]))
    return tickets


def copy_with_notes(path, out):
    target = os.path.join(out, "notes.txt")
    with open(path) as f:
        lines = [line.rstrip("\n") for line in f]
    with open(target, "w") as f:
        for line in lines:
            f.write(line + "\n")
    with open(target) as f:
        noted = [line for line in f if "E" in line or "1" in line]
    with open(target, "a") as f:
        for line in noted:
            f.write("again " + line)
    with open(target) as f:
        return len([line for line in f]), len(noted), len(lines)


def main():
    path, out = sys.argv[1:3]
    tickets = load(path)
    print(Ticket.alive)
    even = [t for t in tickets if t.number % 2 == 0]
    del tickets
    print(Ticket.alive, len(even))
    total = 0
    for t in even:
        total += len(t.text)
        if t.number % 5000 == 0:
            print("at", t.number, Ticket.alive)
    print(total)
    del even, t
    print(Ticket.alive)
    print(*copy_with_notes(path, out))


if __name__ == "__main__":
    try:
        main()
    except UnboundLocalError as error:
        print("nothing:", error)
