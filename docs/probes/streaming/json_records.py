"""A whole JSON document, for one pass over its top-level array.

By hand: decode item by item; a mistake late in the document is then found late.
"""

import json


def total(path: str) -> int:
    result = 0
    with open(path, encoding="utf-8") as file:
        for record in json.load(file):
            result += record["amount"]
    return result
