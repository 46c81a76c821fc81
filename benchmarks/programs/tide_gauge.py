#!/usr/bin/env python3
"""Smooth the readings of a tide gauge and report the high waters."""
import sys

WINDOW = 24
FLAGGED = "M"


def parse_reading(line):
    # 0-9 minutes since start, 10-17 level in mm, 18 quality flag
    return int(line[0:10]), int(line[10:18]), line[18:19]


def read_gauge(path):
    readings = []
    with open(path) as f:
        for line in f:
            if not line.strip() or line.startswith("#"):
                continue
            minute, level, flag = parse_reading(line)
            if flag != FLAGGED:
                readings.append((minute, level))
    return readings


def moving_average(levels, window):
    smooth = []
    for i in range(window, len(levels) + 1):
        smooth.append(sum(levels[i - window:i]) / window)
    return smooth


def high_waters(smooth):
    """positions and heights of the local maxima"""
    found = []
    for i in range(1, len(smooth) - 1):
        if smooth[i - 1] < smooth[i] >= smooth[i + 1]:
            found.append((i, smooth[i]))
    return found


def main():
    readings = read_gauge(sys.argv[1])
    levels = [level for _, level in readings]
    print(f"{len(readings)} good readings")
    if len(levels) < WINDOW:
        print("too few readings to smooth")
        return

    smooth = moving_average(levels, WINDOW)
    peaks = high_waters(smooth)
    print(f"{len(smooth)} smoothed values, {len(peaks)} high waters")
    print(f"mean level {sum(levels) / len(levels):.3f} mm")
    if peaks:
        where, height = max(peaks, key=lambda peak: peak[1])
        print(f"highest water {height:.2f} mm after reading {where}")
        mean = sum(height for _, height in peaks) / len(peaks)
        print(f"mean high water {mean:.3f} mm")


if __name__ == "__main__":
    main()
