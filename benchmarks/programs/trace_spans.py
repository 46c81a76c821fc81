#!/usr/bin/env python3
"""The slowest spans of a distributed trace, and the time of each service."""
import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    trace: str
    service: str
    operation: str
    start: int
    end: int

    def duration(self):
        return self.end - self.start

    def label(self):
        return f"{self.service}.{self.operation}"


def read_spans(path):
    spans = []
    with open(path) as f:
        for line in f:
            trace, service, operation, start, end = line.split()
            spans.append(Span(trace, service, operation, int(start), int(end)))
    return spans


def slowest(spans, count):
    spans.sort(key=lambda span: span.duration(), reverse=True)
    return spans[:count]


def services(spans):
    totals = {}
    for span in spans:
        calls, micros = totals.get(span.service, (0, 0))
        totals[span.service] = (calls + 1, micros + span.duration())
    return totals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("spans")
    parser.add_argument("--count", type=int, default=7)
    args = parser.parse_args()

    spans = read_spans(args.spans)
    print(f"{len(spans)} spans")
    for service, (calls, micros) in sorted(services(spans).items()):
        print(f"{service:10s} {calls:7d} calls, {micros / calls:.3f} us each")
    for span in slowest(spans, args.count):
        print(f"{span.duration():8d} {span.label()} in {span.trace}")


if __name__ == "__main__":
    main()
