#!/usr/bin/env python3
"""Simulate the waiting room of a clinic and report waits by hour."""
import argparse
import heapq


class Arrivals:
    """Pseudo-random gaps between patients and lengths of visits, in seconds."""

    def __init__(self, seed):
        self.state = seed

    def draw(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % bound


class Event:
    def __init__(self, kind, time, patient, wait):
        self.kind = kind
        self.time = time
        self.patient = patient
        self.wait = wait


def simulate(patients, doctors, seed):
    arrivals = Arrivals(seed)
    events = []
    free_at = [0] * doctors
    clock = 0
    for patient in range(patients):
        clock += arrivals.draw(240)
        start = max(clock, heapq.heappop(free_at))
        heapq.heappush(free_at, start + 120 + arrivals.draw(360))
        events.append(Event("arrive", clock, patient, 0))
        events.append(Event("start", start, patient, start - clock))
    return events


def waits_by_hour(events):
    hours = {}
    for event in events:
        if event.kind == "start":
            hours.setdefault(event.time // 3600 % 24, []).append(event.wait)
    return hours


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", type=int)
    parser.add_argument("--doctors", type=int, default=3)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()

    events = simulate(args.patients, args.doctors, args.seed)
    print(f"{len(events)} events")
    hours = waits_by_hour(events)
    for hour in sorted(hours):
        waits = hours[hour]
        print(f"{hour:02d}:00 {len(waits)} patients, mean {sum(waits) / len(waits):.3f}, "
              f"longest {max(waits)}")
    if events:
        print(f"closed at {max(e.time for e in events)}")


if __name__ == "__main__":
    main()
