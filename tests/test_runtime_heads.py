"""``sorted_head``, ``sorted_item`` and ``split_lines`` against what they replace."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spacetime_compiler.runtime import sorted_head, sorted_item, split_lines


def outcome(work: Callable[[], Any]) -> Any:
    try:
        return repr(work())
    except Exception as error:
        return type(error), str(error)


MAKERS: dict[str, Callable[[random.Random], Any]] = {
    "ints": lambda r: r.randrange(10**6),
    "few": lambda r: r.randrange(4),
    "numbers": lambda r: r.choice([1, True, 1.0, -0.0, 0, 2.5]),
    "floats": lambda r: r.random(),
    "texts": lambda r: r.choice("abc") * r.randrange(4),
    "bytes": lambda r: bytes([r.randrange(5)]),
    "rows": lambda r: (r.randrange(90_000), r.choice("ab"), None),
    "nested": lambda r: (r.randrange(90_000), (r.random(), "x")),
    "lengths": lambda r: (1,) * r.randrange(4),
    "nan": lambda r: r.choice([math.nan, r.random()]),
    "optional": lambda r: (r.random(), r.choice([None, 1])),
    "none": lambda r: None,
    "mixed": lambda r: r.choice([1, "a"]),
}

PLACES = [0, 1, -1, 2, -2, 5, -5, 100, -100, 9999, -9999, 20_000, -20_000, True]


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS.keys())
@pytest.mark.parametrize("count", [0, 1, 3, 2047, 2048, 2049, 9000])
def test_heads_and_items(maker: Callable[[random.Random], Any], count: int) -> None:
    rng = random.Random(count)
    items = [maker(rng) for _ in range(count)]
    pairs = list(enumerate(items))
    for reverse in (False, True):
        options: Any = {"reverse": reverse}
        keyed: Any = {"reverse": reverse, "key": lambda pair: pair[1]}
        whole = outcome(lambda: sorted(items, **options))  # noqa: B023
        for place in PLACES:
            if isinstance(whole, tuple):
                assert outcome(lambda: sorted_head(iter(items), place, **options)) == whole  # noqa: B023
                continue
            ordered, by_key = sorted(items, **options), sorted(pairs, **keyed)
            assert repr(sorted_head(iter(items), place, **options)) == repr(ordered[:place])
            assert repr(sorted_head(iter(pairs), place, **keyed)) == repr(by_key[:place])
            for got, expected in (
                (lambda: sorted_item(iter(items), place, **options), lambda: ordered[place]),  # noqa: B023
                (lambda: sorted_item(iter(pairs), place, **keyed), lambda: by_key[place]),  # noqa: B023
            ):
                assert outcome(got) == outcome(expected)


@pytest.mark.parametrize("k", [None, "x", 1.5, 0, -1, -3, 10**9, 10**30, -(10**30), True])
def test_every_k(k: Any) -> None:
    items = [n * 7919 % 10007 for n in range(5000)]
    assert outcome(lambda: sorted_head(iter(items), k)) == outcome(lambda: sorted(items)[:k])
    assert outcome(lambda: sorted_item(iter(items), k)) == outcome(lambda: sorted(items)[k])


def test_the_item_itself_comes_back() -> None:
    """Of equal items the very one that sorted gives."""
    items = [(n % 3, object()) for n in range(9000)]
    for reverse in (False, True):
        options: Any = {"key": lambda item: item[0], "reverse": reverse}
        for place in (0, -1, 7, -7):
            assert sorted_item(iter(items), place, **options) is sorted(items, **options)[place]


def test_a_key_is_called_once_and_the_rest_taken_when_it_fails() -> None:
    calls: list[int] = []
    assert sorted_head(range(9000), 3, key=lambda n: calls.append(n) or -n) == [8999, 8998, 8997]  # type: ignore[func-returns-value]
    assert calls == list(range(9000))
    taken: list[int] = []

    def values() -> Iterator[int]:
        for n in range(9000):
            taken.append(n)
            yield n

    with pytest.raises(ZeroDivisionError):
        sorted_head(values(), 3, key=lambda n: 1 // (n - 5000))
    assert len(taken) == 9000


def test_later_keys_of_another_type_are_refused() -> None:
    with pytest.raises(TypeError, match="not supported between"):
        sorted_head([*range(5000), "a"], 3)
    assert sorted_head([*range(5000), 0.5, True, *range(-5000, 0)], 2) == [-5000, -4999]


def test_few_are_kept() -> None:
    import tracemalloc

    tracemalloc.start()
    sorted_head((n * 7919 % 1000003 for n in range(300_000)), 10)
    sorted_item((n * 7919 % 1000003 for n in range(300_000)), -1)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1 << 20


TEXTS = [
    "",
    "\n",
    "a",
    "a\n",
    "\n\n",
    "a\nb",
    "a\r\nb\rc\n",
    "x" * 200_000 + "\n" + "y" * 70_000,
    "é\n" * 90_000,
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_split_lines(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(text.encode())
    for newline in (None, "\n", ""):
        with path.open(newline=newline, encoding="utf-8") as file:
            expected = file.read().split("\n")
        with path.open(newline=newline, encoding="utf-8") as file:
            assert list(split_lines(file)) == expected
    with path.open("rb") as binary:
        assert list(split_lines(binary)) == text.encode().split(b"\n")
    with path.open("rb", buffering=0) as raw:
        assert list(split_lines(raw)) == text.encode().split(b"\n")
    assert list(split_lines(io.StringIO(text, newline=""))) == text.split("\n")
    with path.open(encoding="utf-8") as file:
        file.readline()
        rest = file.read()
    with path.open(encoding="utf-8") as file:
        file.readline()
        assert list(split_lines(file)) == rest.split("\n")
