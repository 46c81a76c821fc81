#!/usr/bin/env python3
"""Weekly charts of songs from a play log; every song's best week."""
import sys
from collections import defaultdict
from typing import NamedTuple


class Play(NamedTuple):
    week: int
    song: str
    seconds: int


def read_plays(path):
    with open(path) as f:
        for line in f:
            week, song, seconds = line.rstrip().split(",")
            yield Play(int(week), song, int(seconds))


def real_plays(plays):
    """a play counts from thirty seconds on"""
    return [play for play in plays if play.seconds >= 30]


def per_week(plays):
    weeks = defaultdict(lambda: defaultdict(list))
    for play in plays:
        weeks[play.week][play.song].append(play.seconds)
    return weeks


def chart(songs, places):
    ranked = sorted(songs.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(song, len(seconds), sum(seconds)) for song, seconds in ranked[:places]]


def main():
    plays = real_plays(read_plays(sys.argv[1]))
    weeks = per_week(plays)
    best = {}
    for week in sorted(weeks):
        top = chart(weeks[week], 3)
        print(f"week {week}:", ", ".join(f"{song} {count} ({total} s)"
                                          for song, count, total in top))
        for place, (song, _count, _total) in enumerate(top, 1):
            best.setdefault(song, place)
            best[song] = min(best[song], place)
    print(f"{len(plays)} plays, {len(weeks)} weeks, {len(best)} charted songs")


if __name__ == "__main__":
    main()
