"""Stock report: lines of a warehouse export, sorted by place, with running totals."""
import csv
import os
import sys


class Report:
    def __init__(self, title):
        self.title = title
        self.rows = []
        self.skipped = 0

    def add(self, place, article, pieces):
        if pieces < 0:
            self.skipped += 1
            return
        self.rows.append((place, article, pieces))

    def sorted_rows(self):
        return sorted(self.rows, key=lambda row: (row[0], row[1]))

    def write(self, path):
        with open(path, "w", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(("place", "article", "pieces", "so far"))
            so_far = 0
            for place, article, pieces in self.sorted_rows():
                so_far += pieces
                writer.writerow((place, article, pieces, so_far))
        return so_far


report = Report("stock")
with open(sys.argv[1]) as export:
    for record in export:
        place, article, pieces = record.split()
        report.add(place, article, int(pieces))
total = report.write(os.path.join(sys.argv[2], "stock.csv"))
print(f"{report.title}: {len(report.rows)} rows, {report.skipped} skipped, {total} pieces")
halls = {}
for place, _, pieces in report.rows:
    halls[place[0]] = halls.get(place[0], 0) + pieces
for hall in sorted(halls):
    print(f"hall {hall}: {halls[hall]}")
