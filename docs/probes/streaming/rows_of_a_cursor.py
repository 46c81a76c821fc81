"""All rows of a query in a list, for one pass.

By hand: walk the cursor, if nothing is written to the database meanwhile.
"""

import sqlite3


def total(connection: sqlite3.Connection) -> int:
    result = 0
    cursor = connection.execute("SELECT amount FROM orders")
    for (amount,) in cursor.fetchall():
        result += amount
    return result
