#!/usr/bin/env python3
"""Heart rate and its variability from the times of single beats."""
import sys
from math import sqrt


def beats(path):
    """Times of beats in milliseconds; blank lines and comments are skipped."""
    with open(path) as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                yield int(line)


def intervals(times):
    return [b - a for a, b in zip(times, times[1:])]


def without_artefacts(values):
    return [value for value in values if 300 <= value <= 2000]


def rmssd(values):
    """root mean square of successive differences"""
    squares = [(b - a) ** 2 for a, b in zip(values[:-1], values[1:])]
    return sqrt(sum(squares) / len(squares)) if squares else 0.0


def main():
    times = list(beats(sys.argv[1]))
    raw = intervals(times)
    clean = without_artefacts(raw)
    print(f"{len(times)} beats, {len(raw) - len(clean)} artefacts")
    if not clean:
        print("nothing to report")
        return
    mean = sum(clean) / len(clean)
    spread = sqrt(sum((value - mean) ** 2 for value in clean) / len(clean))
    print(f"rate {60000 / mean:.4f} per minute, sdnn {spread:.4f}, rmssd {rmssd(clean):.4f}")
    print(f"pnn50 {sum(1 for a, b in zip(clean, clean[1:]) if abs(a - b) > 50)}")
    print(f"shortest {min(clean)}, longest {max(clean)}, lasted {times[-1] - times[0]} ms")


if __name__ == "__main__":
    main()
