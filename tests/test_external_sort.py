"""``external_sort`` against ``sorted``: same items, same order, same exceptions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import external_sort
from spilling import spilled_by

MANY = 12_000

pytestmark = pytest.mark.usefixtures("small_budget")


def outcome(work: Callable[[], Any]) -> Any:
    """What walking a result gives, told apart to the last bit, or what it raises."""
    try:
        return list(map(repr, work()))
    except Exception as error:
        return type(error), str(error)


def same(items: list[Any], **options: Any) -> None:
    expected = outcome(lambda: sorted(iter(items), **options))
    assert outcome(lambda: external_sort(iter(items), **options)) == expected


def text(rng: random.Random, alphabet: str, longest: int) -> str:
    return "".join(rng.choices(alphabet, k=rng.randrange(longest)))


def nested(value: object, depth: int) -> object:
    for _ in range(depth):
        value = (value,)
    return value


MAKERS: dict[str, Callable[[random.Random], Any]] = {
    "ints": lambda r: r.randrange(-(10**9), 10**9),
    "few ints": lambda r: r.randrange(-3, 3),
    "words": lambda r: r.choice([-1, 1]) * (1 << r.randrange(66)) + r.randrange(-1, 2),
    "big ints": lambda r: r.randrange(-(10**40), 10**40),
    "floats": lambda r: r.choice([0.0, -0.0, 1.5, -2.5, math.inf, -math.inf, r.random(), 5e-324]),
    "ascii": lambda r: text(r, "abc", 12),
    "common prefix": lambda r: "https://example.org/" + text(r, "abc", 30),
    "wide": lambda r: text(r, "a\0\1\2é\x7f\x80\uffff\U00010000\U0001f600", 6),
    "surrogates": lambda r: text(r, "a\ud800\udfff\ue000\uffff\U00010000", 4),
    "bytes": lambda r: bytes(r.choices([0, 1, 2, 127, 128, 255], k=r.randrange(5))),
    "bools": lambda r: r.random() < 0.5,
    "rows": lambda r: (r.randrange(50), text(r, "a\0\1b", 4), r.random()),
    "lengths": lambda r: tuple(r.randrange(3) for _ in range(r.randrange(5))),
    "nested": lambda r: (r.randrange(90_000), (text(r, "ab", 3), (r.randrange(3),)), b"x\0"),
    "zeros inside": lambda r: (r.choice([0.0, -0.0]), r.randrange(5), r.choice([-0.0, 1.0])),
    "empty tuples": lambda r: (),
    "none inside": lambda r: (r.randrange(90_000), None),
    "optional, never reached": lambda r: (r.random(), r.choice([None, "a", 3])),
    "optional, reached": lambda r: (r.randrange(900), r.choice([None, "a"])),
    "flags and numbers": lambda r: (r.randrange(90_000), r.choice([True, 1, 0, 1.0, False])),
    # Not of one primitive type: all of these end as `sorted` does.
    "numbers": lambda r: r.choice([1, 2.5, True, 2**80, -(2**70), 0.5, False]),
    "nan": lambda r: math.nan if r.random() < 0.001 else r.random(),
    "nan inside": lambda r: (math.nan if r.random() < 0.001 else r.random(), 1),
    "nothing": lambda r: None,
    "mixed": lambda r: r.choice([1, "a"]),
    "fractions": lambda r: Fraction(r.randrange(100), 7),
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS.keys())
@pytest.mark.parametrize("count", [0, 1, 2, 600, MANY])
def test_is_sorted(maker: Callable[[random.Random], Any], count: int, reverse: bool) -> None:
    rng = random.Random(count + reverse)
    items = [maker(rng) for _ in range(count)]
    same(items, reverse=reverse)
    same(list(enumerate(items)), key=lambda pair: pair[1], reverse=reverse)


@pytest.mark.parametrize("name", ["ints", "ascii", "rows", "floats", "big ints"])
def test_spills_only_beyond_the_budget(name: str) -> None:
    rng = random.Random(5)
    items = [MAKERS[name](rng) for _ in range(MANY)]
    assert spilled_by(lambda: list(external_sort(iter(items)))) > MANY
    runtime.configure(memory="16MiB")
    assert spilled_by(lambda: list(external_sort(iter(items)))) == 0


def test_deep_tuples() -> None:
    for depth in (40, 60):
        items = [nested(n * 7 % 9, depth) for n in range(600)]
        same(items)
        same(list(enumerate(items)), key=lambda pair: pair[1], reverse=True)


def test_random_small_programs() -> None:
    rng = random.Random(11)
    for _ in range(150):
        make = rng.choice(list(MAKERS.values()))
        other = rng.choice(list(MAKERS.values()))
        items = [make(rng) for _ in range(rng.randrange(1500))]
        for _ in range(rng.choice([0, 0, 1, 2])):
            items.insert(rng.randrange(len(items) + 1), other(rng))
        reverse = rng.random() < 0.5
        same(items, reverse=reverse)
        same(list(enumerate(items)), key=lambda pair: pair[1], reverse=reverse)


ODD = [math.nan, None, "text", 1.5, True, Fraction(1, 3), (1,), 2**200, [1], b"b"]


@pytest.mark.parametrize("odd", ODD, ids=map(str, ODD))
@pytest.mark.parametrize("name", ["few ints", "rows", "wide", "floats"])
def test_an_odd_value_after_spilling(name: str, odd: object) -> None:
    rng = random.Random(3)
    items = [MAKERS[name](rng) for _ in range(MANY)]
    items[9000:9000] = [odd]
    same(items)
    same(items, reverse=True)
    same(list(enumerate(items)), key=lambda pair: pair[1])


def test_items_that_cannot_be_copied_stay_themselves() -> None:
    """Their keys are sorted on disk, they are not."""
    rng = random.Random(4)
    items = [(i, {}) if i % 3 == 0 else (i, math.nan) if i % 3 == 1 else i for i in range(MANY)]
    keys = {id(item): rng.randrange(1000) for item in items}
    sort = {"key": lambda item: keys[id(item)]}
    got = list(external_sort((item for item in items), **sort))
    expected = sorted(items, **sort)
    # Tuples with a dict or NaN are the very same; ints are small enough to be.
    assert [item for item in got if isinstance(item, tuple)] == [
        item for item in expected if isinstance(item, tuple)
    ]
    assert all(a is b for a, b in zip(got, expected, strict=True) if isinstance(b, tuple))


def test_mostly_odd_items_are_not_spilled() -> None:
    items = [{"n": n * 7919 % 10007} for n in range(MANY)]
    got: list[dict[str, int]] = []
    assert spilled_by(lambda: got.extend(external_sort(iter(items), key=lambda d: d["n"]))) == 0
    assert all(a is b for a, b in zip(got, sorted(items, key=lambda d: d["n"]), strict=True))


class Text(str):
    __slots__ = ()


class Loud(int):
    def __lt__(self, other: object) -> bool:
        return int.__gt__(self, other)  # type: ignore[operator]


@pytest.mark.parametrize("make", [Text, Loud, Fraction])
def test_subclasses_come_back_as_they_were(make: Callable[[Any], Any]) -> None:
    values = [make(n * 7919 % 10007) for n in range(5000)]
    got = list(external_sort(iter(values)))
    assert all(a is b for a, b in zip(got, sorted(values), strict=True))


@pytest.mark.parametrize("iterable", [list, tuple, set, frozenset, dict.fromkeys, iter, str, bytes])
def test_any_iterable(iterable: Callable[[Any], Any]) -> None:
    values = [n * 7919 % 101 for n in range(500)]
    data = "".join(map(chr, values)) if iterable is str else values
    assert list(external_sort(iterable(data))) == sorted(iterable(data))


def test_result_is_an_iterator() -> None:
    for count in (10, 1000, MANY):
        result = external_sort(iter(range(count)), reverse=True)
        assert iter(result) is result
        assert next(result) == count - 1
        assert sum(1 for _ in result) == count - 1
        assert next(result, None) is None


@pytest.mark.parametrize("arguments", [(5,), (None,), ("ab", 5), (), ([1], [2])])
def test_wrong_arguments(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        external_sort(*arguments)


@pytest.mark.parametrize(
    "options", [{"key": 5}, {"reverse": "x"}, {"reverse": 1}, {"reverse": None}, {"reverse": 2**70}]
)
@pytest.mark.parametrize("count", [0, 1, 3])
def test_unusual_options(options: dict[str, Any], count: int) -> None:
    same([*range(count)], **options)


def test_not_iterable_says_what_sorted_says() -> None:
    number: Any = 5
    assert outcome(lambda: external_sort(number)) == outcome(lambda: sorted(number))


class Trouble(Exception):
    pass


def test_a_length_that_fails() -> None:
    class Sized:
        def __iter__(self) -> Iterator[int]:
            return iter([2, 1])

        def __len__(self) -> int:
            raise Trouble("len")

    assert outcome(lambda: external_sort(Sized())) == outcome(lambda: sorted(Sized()))


def test_registered_values_that_walk_the_result_meanwhile() -> None:
    class Meddler:
        pass

    results: list[Iterator[Any]] = []

    def unpack(number: int) -> Meddler:
        next(results[0])
        return Meddler()

    runtime.register(Meddler, pack=lambda _: 1, unpack=unpack)
    results.append(external_sort((Meddler() for _ in range(2000)), key=lambda _: 1))
    with pytest.raises((RuntimeError, ValueError)):
        list(results[0])


@pytest.mark.parametrize("when", [0, 5, 600, 9000])
def test_an_iterable_that_fails(when: int) -> None:
    def values() -> Iterator[int]:
        for n in range(MANY):
            if n == when:
                raise Trouble(n)
            yield -n

    with pytest.raises(Trouble, match=str(when)):
        external_sort(values())


@pytest.mark.parametrize("when", [0, 5, 600, 9000])
def test_a_key_that_fails(when: int) -> None:
    taken = []

    def values() -> Iterator[int]:
        for n in range(MANY):
            taken.append(n)
            yield n

    def key(n: int) -> int:
        if n == when:
            raise Trouble(n)
        return n

    with pytest.raises(Trouble, match=str(when)):
        external_sort(values(), key=key)
    assert len(taken) == MANY, "sorted would have taken all before it called key"


def test_the_iterable_fails_before_the_key() -> None:
    def values() -> Iterator[int]:
        yield from range(10)
        raise Trouble("iterable")

    def key(n: int) -> int:
        raise KeyError(n)

    with pytest.raises(Trouble, match="iterable"):
        external_sort(values(), key=key)


@pytest.mark.parametrize("count", [0, 1, 32, 33, 700])
@pytest.mark.parametrize("make", [list, runtime.SpillList, runtime.SpillGroup])
def test_a_key_that_changes_what_is_sorted(make: Callable[[Any], Any], count: int) -> None:
    # As many as there are when the sort begins, unless they are walked meanwhile.
    items = make((str(n % 7), n) for n in range(count))
    taken = list(items)

    def key(item: tuple[str, int]) -> Any:
        if count <= 32:
            items.append(("late", -1))
        return item[0]

    assert list(external_sort(items, key=key)) == sorted(taken, key=lambda item: item[0])
    assert len(items) == (2 * count if count <= 32 else count)


@pytest.mark.parametrize("make", [runtime.SpillList, runtime.SpillGroup])
def test_few_items_that_cannot_be_compared(make: Callable[[Any], Any]) -> None:
    items: list[Any] = [3, "three", 1]
    expected = outcome(lambda: sorted(items))
    assert outcome(lambda: external_sort(make(items))) == expected
    assert outcome(lambda: external_sort(make(items), key=str, reverse=True)) == outcome(
        lambda: sorted(items, key=str, reverse=True)
    )


def test_an_interrupt_in_the_key_is_not_kept_waiting() -> None:
    def values() -> Iterator[int]:
        yield 1
        raise AssertionError("asked for more")

    def key(n: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        external_sort(values(), key=key)


def test_a_comparison_that_fails() -> None:
    class Touchy:
        def __lt__(self, other: object) -> bool:
            raise Trouble("lt")

    items: list[Any] = [*range(MANY)]
    items.insert(7000, Touchy())
    same(items)
    same(items, key=lambda item: item)


def test_key_is_called_once_per_item_in_order() -> None:
    for odd in (False, True):
        calls: list[int] = []

        def key(n: int) -> object:
            calls.append(n)  # noqa: B023
            return str(n) if odd and n > 8000 else n % 100  # noqa: B023

        list(outcome(lambda: external_sort(iter(range(MANY)), key=key)))
        assert calls == list(range(MANY))


def test_sorting_inside_sorting() -> None:
    def inner(n: int) -> int:
        return next(external_sort(n * m % 7 - 3 for m in range(700)))

    def values() -> Iterator[int]:
        for n in range(20):
            yield from external_sort(m * n % 97 for m in range(600))

    items = list(values())
    assert list(external_sort(values(), key=lambda n: n % 5 + inner(n % 3))) == sorted(
        items, key=lambda n: n % 5 + inner(n % 3)
    )


def test_two_results_walked_in_turns() -> None:
    ups = external_sort(n * 7919 % 10007 for n in range(MANY))
    downs = external_sort((n * 7919 % 10007 for n in range(MANY)), reverse=True)
    pairs = list(zip(ups, downs, strict=True))
    assert [a for a, _ in pairs] == [b for _, b in reversed(pairs)]


def test_a_result_may_be_dropped_half_way() -> None:
    result = external_sort(str(n * 7919 % 10007) for n in range(MANY))
    next(result)
    del result

    def walk() -> Iterator[str]:
        yield from external_sort(str(n) for n in range(MANY))

    generator = walk()
    next(generator)
    generator.close()


def test_strings_of_others_do_not_grow() -> None:
    """A non-ASCII str keeps its UTF-8 once asked for; ours to ask only of our own."""
    import sys

    texts = [f"{n * 7919 % 10007}ü" for n in range(3000)]
    before = sum(map(sys.getsizeof, texts))
    assert list(external_sort(text for text in texts)) == sorted(texts)
    assert list(external_sort((n, text) for n, text in enumerate(texts)))
    assert sum(map(sys.getsizeof, texts)) == before


def test_long_values() -> None:
    rng = random.Random(8)
    texts = ["x" * rng.choice([1, 10, 100_000]) + str(n) for n in range(200)]
    assert list(external_sort(iter(texts))) == sorted(texts)
    pairs = [(rng.randrange(90_000), text) for text in texts]
    same(pairs, key=lambda pair: pair[0], reverse=True)
    assert spilled_by(lambda: external_sort(iter(pairs), key=lambda pair: pair[0])) > 1 << 20


@pytest.mark.parametrize("text", ["x" * 100_000, b"x" * 100_000], ids=["str", "bytes"])
def test_a_large_text_that_items_share_is_not_written_each_time(text: Any) -> None:
    def items() -> Iterator[Any]:
        return ((n * 7919 % 6007, text, str(n)) for n in range(6007))

    for options in ({}, {"key": lambda item: item[0]}, {"frozen": True}):
        before = runtime.stats()["bytes"]
        result = list(external_sort(items(), **options))  # type: ignore[arg-type]
        assert runtime.stats()["bytes"] - before < 2_000_000
        assert result == sorted(items())
