//! What `stc facts` prints, as people read it.

mod common;

use common::{common as usual, with_model};
use spacetime_semantic::annotate;

const PROGRAM: &str = r#""""Counts requests by user."""
import csv
import sys
from collections import Counter

LIMIT = 10


def read(path):
    with open(path, encoding="utf-8") as file:
        rows = []
        for row in csv.reader(file):
            rows.append(row)
    return rows


def clean(names):
    return [name.strip().lower() for name in names]


def count(path, report):
    rows = read(path)
    names = clean(row[0] for row in rows)
    seen = Counter(names)
    total = sum(len(name) for name in names)
    for name, times in seen.most_common(LIMIT):
        report(f"{name}: {times}")
    return total


def pairs(items):
    for first in items:
        for second in items:
            yield first, second


if __name__ == "__main__":
    print(count(sys.argv[1], print))
"#;

#[test]
fn are_written_beside_the_source() {
    let annotated = with_model(PROGRAM, usual(), annotate);
    insta::assert_snapshot!(annotated, @r##"
    """Counts requests by user."""
    import csv  # may do anything (line 2)
    import sys  # may do anything (line 3)
    from collections import Counter  # may do anything (line 4)

    LIMIT = 10  # LIMIT: int


    def read(path):  # read -> list: reads files, may raise (line 10)
        with open(path, encoding="utf-8") as file:  # file: file; reads files, may raise (line 10)
            rows = []  # rows: list
            for row in csv.reader(file):  # row: list; reads files, may raise (line 12)
                rows.append(row)
        return rows


    def clean(names):  # clean -> list: walks something unknown (line 18), may raise (line 18)
        return [name.strip().lower() for name in names]  # walks something unknown (line 18), may raise (line 18)


    def count(path, report):  # count -> int: may do anything (line 27)
        rows = read(path)  # rows: list; reads files, may raise (line 10)
        names = clean(row[0] for row in rows)  # names: list; walks something unknown (line 18), may raise (line 23)
        seen = Counter(names)  # seen: Counter
        total = sum(len(name) for name in names)  # total: int; may raise (line 23)
        for name, times in seen.most_common(LIMIT):  # may raise (line 26)
            report(f"{name}: {times}")  # may do anything (line 27)
        return total


    def pairs(items):  # pairs -> iterator[tuple[unknown, unknown]]: walks something unknown (line 32), may raise (line 32)
        for first in items:  # walks something unknown (line 32), may raise (line 32)
            for second in items:  # walks something unknown (line 33), may raise (line 33)
                yield first, second  # suspends


    if __name__ == "__main__":
        print(count(sys.argv[1], print))  # may do anything (line 27)
    "##);
}
