#!/usr/bin/env python3
"""Objects without a text of their own are told apart by their text, which says where they are."""
import sys


class Point:
    def __init__(self, line):
        self.name, value = line.split()
        self.value = len(value)


class Place:
    def __init__(self, line):
        self.name, self.value = line.split()

    def size(self):
        return len(self.name)


def read_labels(path):
    points = []
    for line in open(path):
        points.append(Point(line))
    return points


def read_seen(path):
    return [Point(line) for line in open(path)]


def read_points(path):
    points = []
    for line in open(path):
        points.append(Point(line))
    return points


def read_places(path):
    places = []
    for line in open(path):
        places.append(Place(line))
    return places


def text(point):
    return f"<{point}>"


def main():
    labels = {str(point) for point in read_labels(sys.argv[1])}
    print("labels", len(labels))
    seen = set()
    for point in read_seen(sys.argv[1]):
        seen.add("%s of %s" % (point.name[:5], point))
    print("seen", len(seen))
    points = read_points(sys.argv[1])
    total = sum(point.value for point in points)
    once = {text(point) for point in points}
    again = set(map(repr, points))
    print("texts", total, len(once), len(once) == len(points), len(again))
    places = read_places(sys.argv[1])
    longest = max(places, key=Place.size, default=None)
    methods = {repr(place.size).rpartition(" ")[2] for place in places}
    print("methods", len(methods), longest and longest.name)


if __name__ == "__main__":
    main()
