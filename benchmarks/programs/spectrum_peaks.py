#!/usr/bin/env python3
"""Peaks of a spectrum: baseline from a moving mean, local maxima above the noise."""
import sys

HALF = 25


def read_spectrum(path):
    xs, ys = [], []
    with open(path) as f:
        for line in f:
            line = line.partition("#")[0].strip()
            if line:
                x, y = map(float, line.split())
                xs.append(x)
                ys.append(y)
    return xs, ys


def baseline(ys):
    base = []
    for i in range(len(ys)):
        around = ys[max(0, i - HALF):i + HALF + 1]
        base.append(min(around))
    return base


def subtract(ys, base):
    return [y - b for y, b in zip(ys, base)]


def noise_level(signal):
    steps = [abs(b - a) for a, b in zip(signal, signal[1:])]
    return sum(steps) / len(steps) if steps else 0.0


def find_peaks(xs, signal, threshold):
    peaks = []
    for i in range(1, len(signal) - 1):
        if signal[i] > threshold and signal[i - 1] < signal[i] >= signal[i + 1]:
            peaks.append((xs[i], signal[i]))
    return peaks


def merge_close(peaks, distance):
    merged = []
    for x, height in peaks:
        if merged and x - merged[-1][0] < distance:
            if height > merged[-1][1]:
                merged[-1] = (x, height)
        else:
            merged.append((x, height))
    return merged


def area(xs, signal):
    total = 0.0
    for i in range(len(xs) - 1):
        total += (xs[i + 1] - xs[i]) * (signal[i] + signal[i + 1]) / 2
    return total


def main():
    xs, ys = read_spectrum(sys.argv[1])
    if len(xs) < 3:
        sys.exit("too few points")
    signal = subtract(ys, baseline(ys))
    noise = noise_level(signal)
    peaks = merge_close(find_peaks(xs, signal, 6 * noise), 0.5)
    print(f"{len(xs)} points from {xs[0]:.3f} to {xs[-1]:.3f}, noise {noise:.4f}, area {area(xs, signal):.3f}")
    print(len(peaks), "peaks")
    for x, height in sorted(peaks, key=lambda p: -p[1])[:8]:
        print(f"{x:10.3f} {height:9.3f}")


if __name__ == "__main__":
    main()
