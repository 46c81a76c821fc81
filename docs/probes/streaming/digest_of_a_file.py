"""A file read whole, to be hashed.

By hand: `hashlib.file_digest`.
"""

import hashlib


def digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
