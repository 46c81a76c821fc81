"""A table of which only the row above is ever read.

By hand: keep two rows.
"""


def distance(left: str, right: str) -> int:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for j in range(len(right) + 1):
        table[0][j] = j
    for i in range(1, len(left) + 1):
        table[i][0] = i
        for j in range(1, len(right) + 1):
            same = 0 if left[i - 1] == right[j - 1] else 1
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + same)
    return table[len(left)][len(right)]
