"""Invoice numbers that are missing or were used twice."""
import sys


def read_numbers(path):
    numbers = []
    with open(path) as f:
        for line in f:
            prefix, _, number = line.strip().partition("-")
            if prefix == "INV" and number.isdigit():
                numbers.append(int(number))
    return numbers


def missing_ranges(numbers):
    previous = None
    ranges = []
    for number in sorted(set(numbers)):
        if previous is not None and number != previous + 1:
            ranges.append((previous + 1, number - 1))
        previous = number
    return ranges


def used_twice(numbers):
    ordered = sorted(numbers)
    twice = []
    for a, b in zip(ordered, ordered[1:]):
        if a == b and (not twice or twice[-1] != a):
            twice.append(a)
    return twice


numbers = read_numbers(sys.argv[1])
ranges = missing_ranges(numbers)
twice = used_twice(numbers)
print(f"{len(numbers)} invoices")
print(f"{len(ranges)} gaps, {sum(high - low + 1 for low, high in ranges)} numbers missing")
for low, high in ranges[:5]:
    print(f"  {low}" if low == high else f"  {low} to {high}")
print(f"{len(twice)} used twice, first {twice[:5]}")
