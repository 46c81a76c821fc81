"""``SpillCounter`` beside ``Counter``, ``dict`` and ``defaultdict``."""

from __future__ import annotations

import pickle
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, MutableMapping
from decimal import Decimal
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillCounter
from spilling import spilled_by

pytestmark = pytest.mark.usefixtures("little_memory")

NAN = float("nan")
KEYS: dict[str, Callable[[random.Random], Any]] = {
    "str": lambda r: f"word {r.randrange(4000)}",
    "int": lambda r: r.randrange(-3000, 3000),
    "tuple": lambda r: (f"a{r.randrange(70)}", f"b{r.randrange(70)}"),
    "equal": lambda r: r.choice([int, float, Decimal])(r.randrange(1500)),
    "odd": lambda r: r.choice([None, NAN, (r.randrange(900),), frozenset([r.randrange(900)]), "x"]),
    "few": lambda r: "abc"[r.randrange(3)],
    "late": lambda r: f"k{r.randrange(3000)}" if r.random() < 0.999 else r.choice([b"k", 1, None]),
}
NUMBERS: dict[str, Callable[[random.Random], Any]] = {
    "one": lambda r: 1,
    "int": lambda r: r.randrange(-5, 9),
    "float": lambda r: r.choice([0.1, -0.0, 1e300, -1e300, 1e-300, r.random(), r.gauss(0, 9)]),
    "huge": lambda r: 10 ** r.randrange(40),
    "mixed": lambda r: r.choice([1, 0.5, True]),
    "rarely": lambda r: 1 if r.random() < 0.9995 else 0.25,
    "rarely int": lambda r: 0.1 if r.random() < 0.9995 else r.choice([7, 1 << 60]),
    "decimal": lambda r: Decimal(r.randrange(100)) / 7,
}
LIKE: dict[str, tuple[Callable[[], Any], Callable[[], SpillCounter[Any]], Any]] = {
    "Counter": (Counter, SpillCounter, 0),
    "dict": (dict, lambda: SpillCounter(like="dict", start=0), 0),
    "from five": (dict, lambda: SpillCounter(like="dict", start=5), 5),
    "first": (dict, lambda: SpillCounter(like="dict"), None),
    "int": (lambda: defaultdict(int), lambda: SpillCounter(like="defaultdict"), 0),
    "float": (
        lambda: defaultdict(float),
        lambda: SpillCounter(like="defaultdict", start=0.0),
        0.0,
    ),
}


def exactly(entries: Any) -> list[tuple[str, str]]:
    """Texts, in which types, the sign of zero and NaN are seen."""
    return [(repr(key), repr(value)) for key, value in entries]


def add(real: Any, key: Any, number: Any, start: Any) -> None:
    if key in real:
        real[key] = real[key] + number
    else:
        real[key] = number if start is None else start + number


def keys(kind: str, r: random.Random, count: int) -> Iterator[Any]:
    for _ in range(count):
        yield KEYS[kind](r)


@pytest.mark.parametrize("like", LIKE)
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("key", KEYS)
def test_sums_are_those_of_a_dict(key: str, number: str, like: str) -> None:
    r = random.Random(f"{key} {number} {like}")
    make, ours, start = LIKE[like]
    if number == "decimal" and like == "float":
        pytest.skip("floats and decimals cannot be added")
    real, mine = make(), ours()
    add_ours = [mine.add, mine.increase]
    for at, item in enumerate(keys(key, r, 9000)):
        amount = NUMBERS[number](r)
        if at % 50 == 7 and start is not None and like != "dict" and like != "from five":
            assert mine.known(item) is item
            real.setdefault(item, start)
        add(real, item, amount, start)
        add_ours[at % 2](item, amount)
    if r.random() < 0.5:
        assert len(mine) == len(real)
    assert exactly(mine.items()) == exactly(real.items())
    assert len(mine) == len(real)
    for item in keys(key, r, 200):
        assert repr(mine.get(item, "no")) == repr(real.get(item, "no"))
        assert (item in mine) == (item in real)
    # It goes on after it was asked.
    for item in keys(key, r, 300):
        add(real, item, 2, start)
        mine.add(item, 2)
    assert exactly(mine.items()) == exactly(real.items())


@pytest.mark.parametrize("key", KEYS)
def test_counting_is_that_of_a_counter(key: str) -> None:
    r = random.Random(key)
    items = [KEYS[key](r) for _ in range(9000)]
    for n in (None, 0, -1, 1, 7, 10**9, True):
        assert SpillCounter(items).most_common(n) == Counter(items).most_common(n)
    mine, real = SpillCounter(iter(items)), Counter(items)
    assert mine.total() == real.total()
    assert bool(mine)
    assert len(mine) == len(real)
    assert mine.most_common(5) == real.most_common(5)
    mine.update(items[:50])
    real.update(items[:50])
    mine.update(Counter(items[:90]))
    real.update(Counter(items[:90]))
    mine.update(SpillCounter(items))
    real.update(items)
    assert exactly(mine.items()) == exactly(real.items())
    assert mine == real
    assert mine.most_common() == real.most_common()
    assert exactly(mine.copy().items()) == exactly(real.items())


def test_it_goes_to_disk() -> None:
    def counted() -> None:
        mine: SpillCounter[str] = SpillCounter(f"a long word {n}" for n in range(9000))
        assert len(mine) == 9000

    assert spilled_by(counted) > 50_000

    def added() -> None:
        mine: SpillCounter[str] = SpillCounter(like="defaultdict", start=0.0)
        for number in range(9000):
            mine.add(f"a long word {number % 7000}", 0.1)
        assert len(mine) == 7000

    assert spilled_by(added) > 50_000


def test_keys_that_are_not_there() -> None:
    for big in (False, True):
        counter, plain = SpillCounter("ab"), SpillCounter(like="dict", start=0)
        default = SpillCounter(like="defaultdict", start=0.0)
        for counts in (counter, plain, default):
            for number in range(9000 if big else 2):
                counts.add(f"n{number}", 1)
        size = len(counter)
        assert counter["no"] == 0
        assert "no" not in counter
        del counter["no"]
        assert len(counter) == size
        with pytest.raises(KeyError, match="no"):
            plain["no"]
        with pytest.raises(KeyError, match="no"):
            del plain["no"]
        with pytest.raises(KeyError):
            plain.pop("no")
        assert plain.pop("no", 3) == 3
        assert plain.pop("n1") == 1
        assert "n1" not in plain
        assert repr(default["no"]) == "0.0"
        assert "no" in default
        with pytest.raises(KeyError):
            del default["nothing"]
        assert default.setdefault("s", 4.5) == 4.5
        assert default.popitem() == ("s", 4.5)


def test_what_cannot_be_added() -> None:
    for big in (False, True):
        counter: SpillCounter[Any] = SpillCounter()
        default: SpillCounter[Any] = SpillCounter(like="defaultdict")
        for counts in (counter, default):
            for number in range(9000 if big else 2):
                counts.add(f"n{number}", 1)
            with pytest.raises(TypeError, match="unhashable"):
                counts.add([], 1)
            with pytest.raises(TypeError, match="unsupported operand"):
                counts.increase("new", "text")
            with pytest.raises(TypeError, match="unsupported operand"):
                counts.add("n1", None)
            with pytest.raises(TypeError):
                counts.add("n1")  # type: ignore[call-arg]
            assert counts["n1"] == 1
        # As `counts["new"] += "text"` does.
        assert "new" not in counter
        assert default["new"] == 0
    with pytest.raises(TypeError):
        SpillCounter("ab", like="dict")
    with pytest.raises(ValueError, match="like"):
        SpillCounter(like="list")
    with pytest.raises(TypeError, match="not iterable"):
        SpillCounter(5)  # type: ignore[arg-type]


def test_an_iterable_that_fails_has_been_counted_up_to_there() -> None:
    def failing() -> Iterator[int]:
        yield from range(9000)
        raise OSError("gone")

    mine: SpillCounter[int] = SpillCounter()
    with pytest.raises(OSError, match="gone"):
        mine.update(failing())
    assert mine.total() == 9000
    assert len(mine) == 9000


def test_walking_while_it_changes_is_noticed() -> None:
    for count in (2, 9000):
        mine: SpillCounter[int] = SpillCounter(range(count))
        walk = iter(mine)
        assert next(walk) == 0
        mine.add(-1, 1)
        with pytest.raises(RuntimeError, match="changed size"):
            next(walk)
    # Views of what is still in memory follow what is added later.
    mine = SpillCounter([1, 2])
    view = mine.items()
    for number in range(9000):
        mine.add(number, 1)
    assert len(view) == 9000
    assert list(view)[:3] == [(1, 2), (2, 2), (0, 1)]


def test_clearing_copies_and_pickles() -> None:
    mine: SpillCounter[Any] = SpillCounter(range(9000))
    mine.clear()
    assert not mine
    assert len(mine) == 0
    mine.update("hello")
    assert repr(mine) == repr(Counter("hello"))
    assert type(pickle.loads(pickle.dumps(mine))) is Counter
    assert pickle.loads(pickle.dumps(mine)) == Counter("hello")
    assert repr(SpillCounter(like="defaultdict")) == "defaultdict(<class 'int'>, {})"
    assert isinstance(mine, MutableMapping)
    assert list(reversed(mine)) == ["o", "l", "e", "h"]
    mine["x"] = 9
    assert mine.most_common(1) == [("x", 9)]
    with pytest.raises(TypeError, match="unhashable"):
        hash(mine)


def test_code_of_others_may_run_meanwhile() -> None:
    class Odd:
        def __init__(self, number: int) -> None:
            self.number = number

        def __hash__(self) -> int:
            return hash(self.number % 50)

        def __eq__(self, other: object) -> bool:
            mine.add("asked", 1)
            if self.number % 97 == 0:
                len(mine)
            return isinstance(other, Odd) and other.number == self.number

    mine: SpillCounter[Any] = SpillCounter()
    for number in range(3000):
        mine.add(f"word {number}", 1)
        if number % 10 == 0:
            mine.add(Odd(number % 130), 1)
    assert mine.total() > 3300
    assert sum(1 for key in mine if isinstance(key, Odd)) == 13
