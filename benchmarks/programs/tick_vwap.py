#!/usr/bin/env python3
"""Volume-weighted prices from a binary file of trades."""
import struct
import sys
from collections import namedtuple

# symbol number, milliseconds, price in 1/10000, shares, flags
RECORD = struct.Struct("<HIIIB")
Trade = namedtuple("Trade", "symbol ms price shares flags")
CANCELLED = 0x01


def load_trades(path):
    with open(path, "rb") as f:
        data = f.read()
    trades = []
    usable = len(data) - len(data) % RECORD.size
    for offset in range(0, usable, RECORD.size):
        trades.append(Trade._make(RECORD.unpack_from(data, offset)))
    return trades


def valid(trades):
    return [t for t in trades if not t.flags & CANCELLED and t.shares > 0]


def vwap(trades):
    value = {}
    volume = {}
    for t in trades:
        value[t.symbol] = value.get(t.symbol, 0) + t.price * t.shares
        volume[t.symbol] = volume.get(t.symbol, 0) + t.shares
    return {symbol: value[symbol] / volume[symbol] / 10000 for symbol in value}, volume


def busiest_minute(trades):
    minutes = {}
    for t in trades:
        minute = t.ms // 60000
        minutes[minute] = minutes.get(minute, 0) + t.shares
    return max(minutes.items(), key=lambda item: (item[1], -item[0]), default=None)


def main():
    trades = load_trades(sys.argv[1])
    good = valid(trades)
    prices, volume = vwap(good)
    print(f"{len(trades)} trades, {len(trades) - len(good)} dropped")
    for symbol in sorted(prices, key=lambda s: (-volume[s], s))[:6]:
        print(f"symbol {symbol:4d} vwap {prices[symbol]:.6f} volume {volume[symbol]}")
    busiest = busiest_minute(good)
    if busiest:
        print(f"busiest minute {busiest[0]} with {busiest[1]} shares")
    print(f"turnover {sum(t.price * t.shares for t in good) // 10000}")


if __name__ == "__main__":
    main()
