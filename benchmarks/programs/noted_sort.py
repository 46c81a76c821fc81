#!/usr/bin/env python3
"""A sort whose key keeps notes, stable ties, and a sort that fails half-way."""
import sys


def read_tasks(path):
    tasks = []
    with open(path) as f:
        for line in f:
            priority, name = line.split()
            tasks.append((int(priority) if priority.isdigit() else priority, name))
    return tasks


def main():
    tasks = read_tasks(sys.argv[1])
    asked = []

    def urgency(task):
        asked.append(task[1])
        return int(task[0]) if isinstance(task[0], int) else 99

    ranked = sorted(tasks, key=urgency, reverse=True)
    print(f"{len(asked)} asked, first {asked[:2]}, last {asked[-2:]}")
    for priority, name in ranked[:3]:
        print(priority, name)
    lowest = sorted(tasks, key=urgency)[:2]
    print(len(asked), [name for _, name in lowest], [name for _, name in ranked[-2:]])
    try:
        tasks.sort()
        print("sorted", tasks[0])
    except TypeError as problem:
        print("cannot sort:", problem)
    print(len(set(asked)), sum(1 for task in tasks if isinstance(task[0], str)))


if __name__ == "__main__":
    main()
