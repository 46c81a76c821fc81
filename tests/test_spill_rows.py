"""Rows of ``sqlite3`` in collections on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillDict, SpillList

pytestmark = pytest.mark.usefixtures("little_memory")


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.execute("CREATE TABLE sales (name TEXT, amount REAL, data BLOB, size)")
    rows = [
        (f"n{i % 7}" * (i % 5), i * 0.5, b"x" * (i % 9) or None, i * 3**40 % 2**62)
        for i in range(9000)
    ]
    connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?)", rows)
    yield connection
    connection.close()


QUERIES = [
    "SELECT * FROM sales",
    "SELECT name, name, amount AS name FROM sales",
    'SELECT size AS "a ""b"" c", amount * 2, count(*) OVER () AS "größe" FROM sales',
    "SELECT size AS 'x [integer]', data AS ``, NULL FROM sales",
]


@pytest.mark.parametrize("query", QUERIES)
def test_rows_come_back(database: sqlite3.Connection, query: str) -> None:
    before = runtime.stats()["bytes"]
    expected = database.execute(query).fetchall()
    rows: SpillList[Any] = SpillList(database.execute(query), frozen=True)
    assert runtime.stats()["bytes"] > before
    for mine, other in zip(rows, expected, strict=True):
        assert type(mine) is sqlite3.Row
        assert mine == other
        assert hash(mine) == hash(other)
        assert mine.keys() == other.keys()
        assert tuple(mine) == tuple(other)
    assert rows[-1][expected[0].keys()[0].upper()] == expected[-1][0]


def test_rows_of_several_queries_in_a_dictionary(database: sqlite3.Connection) -> None:
    table: SpillDict[int, Any] = SpillDict(frozen=True)
    expected = {}
    for number, query in enumerate(QUERIES):
        for place, row in enumerate(database.execute(query)):
            table[place * 4 + number] = expected[place * 4 + number] = row
    del row
    keys = {key: tuple(row.keys()) for key, row in expected.items()}
    values = {key: tuple(row) for key, row in expected.items()}
    expected.clear()
    assert {key: tuple(row.keys()) for key, row in table.items()} == keys
    assert {key: tuple(row) for key, row in table.items()} == values


class Other(sqlite3.Row):
    """A class of its own stays in memory."""


def test_other_classes_stay(database: sqlite3.Connection) -> None:
    database.row_factory = Other
    rows: SpillList[Any] = SpillList(database.execute(QUERIES[0]), frozen=True)
    assert {type(row) for row in rows} == {Other}
    assert [tuple(row) for row in rows] == [tuple(row) for row in database.execute(QUERIES[0])]
