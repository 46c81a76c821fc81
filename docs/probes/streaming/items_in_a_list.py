"""A list of a dict's items, to be walked while the dict stays as it is.

By hand: walk `prices.items()`.
"""


def dearest(prices: dict[str, int]) -> int:
    best = 0
    for _, price in list(prices.items()):
        best = max(best, price)
    return best
