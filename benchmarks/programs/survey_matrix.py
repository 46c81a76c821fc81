#!/usr/bin/env python3
"""Item statistics of a questionnaire: one line of answers for each person."""
import sys


def read_answers(path):
    matrix = []
    with open(path) as f:
        items = f.readline().split()
        for line in f:
            matrix.append([int(answer) for answer in line.split()])
    return items, matrix


def column_sums(matrix, width):
    sums = [0] * width
    for row in matrix:
        for i, value in enumerate(row):
            sums[i] += value
    return sums


def column_squares(matrix, width):
    squares = [0] * width
    for row in matrix:
        for i in range(width):
            squares[i] += row[i] * row[i]
    return squares


def cronbach_alpha(matrix, sums, squares):
    n, k = len(matrix), len(sums)
    totals = [sum(row) for row in matrix]
    mean = sum(totals) / n
    variance = sum((total - mean) ** 2 for total in totals) / n
    items = sum(squares[i] / n - (sums[i] / n) ** 2 for i in range(k))
    return k / (k - 1) * (1 - items / variance) if variance else 0.0


def main():
    items, matrix = read_answers(sys.argv[1])
    print(f"{len(matrix)} people, {len(items)} items")
    if not matrix:
        return
    sums = column_sums(matrix, len(items))
    squares = column_squares(matrix, len(items))
    for name, total in zip(items, sums):
        print(f"{name:8s} {total / len(matrix):.4f}")
    print(f"alpha {cronbach_alpha(matrix, sums, squares):.6f}")


if __name__ == "__main__":
    main()
