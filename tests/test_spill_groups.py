"""``SpillGroups`` beside ``dict`` and ``defaultdict``."""

from __future__ import annotations

import copy
import gc
import pickle
import random
import sys
from collections import defaultdict
from collections.abc import Callable, MutableMapping, MutableSequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillGroups
from spilling import outcome

pytestmark = pytest.mark.usefixtures("little_memory")


@dataclass
class Row:
    number: int
    name: str


MAKE: dict[str, Callable[[int], Any]] = {
    "int": lambda n: n * 1001 - 5000,
    "str": lambda n: f"item {n % 97}" * (n % 5),
    "row": lambda n: (n, f"é{n}", None, n / 3, n % 2 == 0, b"\0\1" * (n % 7)),
    "dict": lambda n: {"id": n, "tags": ["a", n], **({"odd": f"n{n % 10}"} if n % 3 else {})},
    "instance": lambda n: Row(n, f"name {n % 9}"),
}


def plain(value: Any) -> Any:
    """The same value with real dicts and lists."""
    if isinstance(value, SpillGroups):
        return {"dict": [(key, plain(group)) for key, group in value.items()]}
    if isinstance(value, dict):
        return {"dict": [(key, plain(group)) for key, group in value.items()]}
    if isinstance(value, MutableSequence):
        return ["list", *value]
    if isinstance(value, tuple):
        return tuple(plain(element) for element in value)
    return value


def operation(chance: random.Random, kind: str, keys: int) -> Callable[[Any], Any]:
    """One thing to do to a dict of lists with so many keys, chosen at random."""
    make = MAKE[kind]

    def items(most: int) -> list[Any]:
        return [make(chance.randrange(1000)) for _ in range(chance.randrange(most))]

    def key() -> Any:
        number = chance.randrange(4)
        return chance.choice([chance.randrange(keys), f"k{number}", (1, number)])

    k, other, item = key(), key(), make(chance.randrange(1000))
    many, some = items(300), items(8)
    at = chance.randrange(-40, 40)
    stop, stride = chance.choice([None, 30, -3]), chance.choice([None, 1, -1, 2])
    cut = slice(chance.choice([None, at]), stop, stride)

    def fill(d: Any) -> None:
        for n, x in enumerate(many):
            d.setdefault(n * 5 % keys, []).append(x)

    def fill_after_test(d: Any) -> None:
        for n, x in enumerate(many):
            if n % keys not in d:
                d[n % keys] = []
            d[n % keys].append(x)

    def fill_any(d: Any) -> None:
        for n, x in enumerate(many):
            d[float(n * 7 % keys)].append(x)

    def fill_fresh(d: Any) -> None:
        d[k] = list(many)

    def fill_comprehended(d: Any) -> None:
        d[k] = [x for x in many if x is not None]

    def keep_alias(d: Any) -> Any:
        mine = list(some)
        d[k] = mine
        mine.append(item)
        d[k].append(item)
        return [mine, d[k], d[k] is mine]

    def keep_value(d: Any) -> Any:
        d["value"] = 5
        d["value"] += 1
        return d.pop("value")

    def two_keys(d: Any) -> Any:
        d[k] = d[other]
        d[k].append(item)
        return d[other]

    def detached(d: Any) -> Any:
        group = d.pop(k)
        group.append(item)
        d[k] = []
        d[k].append(item)
        return [group, d[k], len(group)]

    def replaced(d: Any) -> Any:
        group = d[k]
        d[k] = [item]
        group.append(item)
        return [group, d[k]]

    def walk_and_grow(d: Any) -> Any:
        group, left, seen = d[k], list(some), []
        for x in group:
            seen.append(x)
            if left:
                group.append(left.pop())
        return seen

    def add_in_place(d: Any) -> Any:
        d[k] += some
        return d[k]

    def add_to_list(d: Any) -> Any:
        total = same = [item]
        for group in d.values():
            total += group
        return [total, total is same]

    def grow_while_walking(d: Any) -> None:
        for _ in d:
            d[object()] = []

    def delete_index(d: Any) -> None:
        del d[k][at]

    def delete_slice(d: Any) -> None:
        del d[k][cut]

    def set_index(d: Any) -> None:
        d[k][at] = item

    def set_slice(d: Any) -> None:
        d[k][cut] = some

    def delete(d: Any) -> None:
        del d[k]

    def modify_in_sort(d: Any) -> None:
        group = d[k]
        group.sort(key=lambda x: (group.append(x), 0)[1])

    def failing_sort(d: Any) -> Any:
        calls = iter(range(5))
        d[k].sort(key=lambda x: next(calls))

    def by_repr(x: Any) -> str:
        return repr(x)

    one_group: list[Callable[[Any], Any]] = [
        lambda d: d[k].append(item),
        lambda d: d[k].extend(many),
        lambda d: d[k].extend(x for x in many),
        lambda d: d[k].extend(d[k]) if len(d[k]) < 500 else None,
        lambda d: d[k].extend(d[other]) if len(d[other]) < 500 else None,
        lambda d: d[k][at],
        lambda d: d[k][0],
        lambda d: d[k][-1],
        lambda d: d[k][cut],
        lambda d: [d[k][i] for i in range(len(d[k]))],
        lambda d: list(reversed(d[k])),
        lambda d: (len(d[k]), bool(d[k])),
        lambda d: item in d[k],
        lambda d: d[k].count(item),
        lambda d: d[k].index(item),
        lambda d: d[k].index(item, at),
        lambda d: d[k].insert(at, item),
        lambda d: d[k].pop(),
        lambda d: d[k].pop(at),
        lambda d: d[k].remove(item),
        lambda d: d[k].reverse(),
        lambda d: d[k].clear(),
        lambda d: d[k].sort(),
        lambda d: d[k].sort(key=by_repr, reverse=True),
        lambda d: sorted(d[k], key=by_repr),
        lambda d: d[k] == d[other],
        lambda d: d[k] == list(d[k]),
        lambda d: list(d[k]) == d[k],
        lambda d: d[k] != [item],
        lambda d: d[k] < d[other],
        lambda d: repr(d[k]),
        lambda d: d[k] + some,
        lambda d: some + d[k],
        lambda d: d[k] + d[other],
        lambda d: d[k] + 5,
        lambda d: d[k] * 2,
        lambda d: 2 * d[k],
        lambda d: d[k].copy(),
        lambda d: hash(d[k]),
        lambda d: pickle.loads(pickle.dumps(d[k])),
        lambda d: copy.deepcopy(d[k]),
        lambda d: d[k]["x"],
    ]
    whole: list[Callable[[Any], Any]] = [
        lambda d: d.get(k),
        lambda d: d.get(k, 7),
        lambda d: d.setdefault(k, [item]),
        lambda d: d.setdefault(k),
        lambda d: d.pop(k, None),
        lambda d: d.pop(k),
        lambda d: d.popitem(),
        lambda d: k in d,
        lambda d: [] in d,
        lambda d: d[[]],
        lambda d: d.setdefault({}, []),
        lambda d: d.get({}),
        lambda d: (len(d), bool(d)),
        lambda d: list(d),
        lambda d: list(reversed(d)),
        lambda d: list(d.keys()),
        lambda d: [list(group) for group in d.values()],
        lambda d: [(key, list(group)) for key, group in d.items()],
        lambda d: [key for key, group in reversed(d.items())],
        lambda d: (k, [item]) in d.items(),
        lambda d: [item] in d.values(),
        lambda d: (len(d.items()), len(d.values())),
        lambda d: (repr(d), str(d.items()), str(d.values()), str(d.keys())),
        lambda d: d == {key: list(group) for key, group in d.items()},
        lambda d: {key: list(group) for key, group in d.items()} == d,
        lambda d: d == d.copy(),
        lambda d: d != {},
        lambda d: d == 5,
        lambda d: d < {},
        lambda d: d.copy(),
        lambda d: copy.copy(d)[k].append(item),
        lambda d: copy.deepcopy(d),
        lambda d: pickle.loads(pickle.dumps(d)),
        lambda d: type(pickle.loads(pickle.dumps(d))),
        lambda d: d | {k: [item]},
        lambda d: {k: [item]} | d,
        lambda d: d.update({k: [item]}),
        lambda d: d.update([(k, [item])], z=[1]),
        lambda d: d.update([(k, [item]), 5]),
        lambda d: d.update(5),
        lambda d: {key: len(group) for key, group in d.items()},
        lambda d: max(d, key=lambda key: len(d[key]) if d[key] else 0),
        lambda d: d.values() == d.values(),
    ]
    fills = [
        fill, fill, fill, fill_after_test, fill_after_test, fill_any, fill_fresh,
        fill_comprehended, keep_alias, keep_value, two_keys, detached, replaced, walk_and_grow,
        add_in_place, add_to_list, delete_index, delete_slice, set_index, set_slice, delete,
        modify_in_sort, failing_sort, grow_while_walking,
    ]  # fmt: skip
    rare = [lambda d: d.clear()]
    pool = chance.choices([one_group, whole, fills, rare], [12, 8, 12, 1])[0]
    return chance.choice(pool)


@pytest.mark.parametrize("default", [False, True])
@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("keys", [7, 400])
@pytest.mark.parametrize("seed", range(10))
def test_does_what_a_dict_of_lists_does(default: bool, kind: str, keys: int, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    ours = SpillGroups[Any, Any](default, frozen=True)
    theirs: dict[Any, Any] = defaultdict(list) if default else {}
    before = runtime.stats()["bytes"]
    for step in range(150):
        # Items of their own for each, so that nobody else holds them.
        twice = chance.random()
        work = operation(random.Random(twice), kind, keys)
        expected = outcome(work, theirs, shape=plain)
        work = operation(random.Random(twice), kind, keys)
        assert outcome(work, ours, shape=plain) == expected, step
        for key in [key for key in theirs if type(key) is object]:
            del theirs[key]
        for key in [key for key in ours if type(key) is object]:
            del ours[key]
        if step % 10 == 0:
            assert plain(ours) == plain(theirs)
            for key in list(theirs):
                if len(theirs[key] or ()) > 2000:
                    assert list(ours.pop(key)) == theirs.pop(key)
    assert plain(ours) == plain(theirs)
    assert runtime.stats()["bytes"] > before


def test_groups_go_to_disk_and_come_back_any_number_of_times() -> None:
    groups = SpillGroups[str, Row](frozen=True)
    before = runtime.stats()["bytes"]
    for n in range(20_000):
        groups.setdefault(f"user {n % 300}", []).append(Row(n, f"name {n % 9}"))
    assert runtime.stats()["bytes"] - before > 100_000
    for _ in range(2):
        for k, (key, group) in enumerate(groups.items()):
            assert key == f"user {k}"
            assert [row.number for row in group] == list(range(k, 20_000, 300))
    assert groups["user 7"][-1] == groups["user 7"][len(groups["user 7"]) - 1]
    for group in groups.values():
        group.sort(key=lambda row: -row.number)
    assert [row.number for row in groups["user 5"]] == list(range(5, 20_000, 300))[::-1]


def test_what_is_written_is_let_go_at_once() -> None:
    groups = SpillGroups[int, Row](frozen=True)
    before = sys.getallocatedblocks()
    for n in range(20_000):
        groups.setdefault(n % 50, []).append(Row(n, str(n)))
    assert sys.getallocatedblocks() - before < 20_000


def test_one_group_with_everything() -> None:
    groups = SpillGroups[int, int](True)
    groups[1].extend(range(50_000))
    assert list(groups[1]) == list(range(50_000))
    assert groups[1][25_000] == 25_000
    assert list(reversed(groups[1])) == list(range(50_000))[::-1]


def test_what_somebody_else_holds_stays_the_same_object() -> None:
    groups = SpillGroups[int, dict[str, int]](frozen=True)
    held = []
    for n in range(3000):
        row = {"n": n}
        if n % 10 == 0:
            held.append(row)
        groups.setdefault(n % 5, []).append(row)
    del row
    for row in held:
        row["n"] = -row["n"]
    back = sorted(row["n"] for group in groups.values() for row in group)
    assert back == sorted(n if n % 10 else -n for n in range(3000))
    mine = {id(row) for row in held}
    assert sum(id(row) in mine for group in groups.values() for row in group) == 300


def test_without_a_promise_only_values_are_written() -> None:
    groups = SpillGroups[int, Any]()
    rows = [[n] for n in range(2000)]
    before = runtime.stats()["bytes"]
    for row in rows:
        groups.setdefault(row[0] % 3, []).append(row)
    assert runtime.stats()["bytes"] == before
    assert groups[1][5] is rows[16]


def test_a_list_that_somebody_holds_is_kept_as_it_is() -> None:
    groups = SpillGroups[str, int]()
    mine = [1, 2]
    groups["a"] = mine
    assert groups["a"] is mine
    groups["b"] = groups.setdefault("c", [1, 2, 3])
    groups["b"].append(4)
    assert groups["c"] == [1, 2, 3, 4]
    holder = {"d": [1]}
    groups.update(holder)
    groups["d"].append(2)
    assert holder == {"d": [1, 2]}
    x = groups["e"] = []
    x.append(5)
    assert groups["e"] == [5]


def test_views_live_on() -> None:
    groups = SpillGroups[int, int](True)
    groups[0].extend(range(5000))
    groups[1].extend(range(5000))
    zero, walk = groups[0], iter(groups[1])
    assert next(walk) == 0
    del groups[0]
    groups[0].append(7)
    groups.clear()
    groups[3].extend(range(5000))
    assert len(groups) == 1
    del groups
    gc.collect()
    assert list(zero) == list(range(5000))
    assert list(walk) == list(range(1, 5000))
    zero.append(1)
    assert zero[-1] == 1


def test_popped_groups_are_freed() -> None:
    groups = SpillGroups[int, int](True)
    for n in range(20_000):
        groups[n % 50].append(n)
    while groups:
        key, group = groups.popitem()
        assert list(group) == list(range(key, 20_000, 50))
    groups[1].append(2)
    assert groups == {1: [2]}


class Tracked:
    alive = 0

    def __init__(self) -> None:
        Tracked.alive += 1
        self.other: object = None

    def __del__(self) -> None:
        Tracked.alive -= 1


def test_cycles_are_collected() -> None:
    def make() -> None:
        groups = SpillGroups[int, Tracked]()
        item = Tracked()
        item.other = groups
        groups.setdefault(1, []).append(item)
        groups["x"] = item  # type: ignore[index, assignment]

    make()
    gc.collect()
    assert Tracked.alive == 0


def test_what_a_view_shows_is_not_collected() -> None:
    groups = SpillGroups[int, Any]()
    item = Tracked()
    item.other = groups
    groups.setdefault(1, []).append(item)
    view = groups[1]
    del groups, item
    gc.collect()
    assert view[0].other[1] == view
    view.clear()
    del view
    gc.collect()
    assert Tracked.alive == 0


def test_a_full_disk_keeps_everything_in_memory(tmp_path: Any) -> None:
    before = runtime.directory()
    runtime.configure(directory=tmp_path / "missing")
    try:
        groups = SpillGroups[int, int]()
        for n in range(20_000):
            groups.setdefault(n % 9, []).append(n)
    finally:
        runtime.configure(directory=before)
    assert groups == {k: list(range(k, 20_000, 9)) for k in range(9)}


def test_is_a_mapping_and_its_groups_are_sequences() -> None:
    groups = SpillGroups[int, int](True)
    assert isinstance(groups, MutableMapping)
    assert isinstance(groups[1], MutableSequence)
    assert groups.default_factory is list
    with pytest.raises(AttributeError):
        _ = SpillGroups[int, int]().default_factory
    with pytest.raises(TypeError, match="unhashable type"):
        hash(groups)
    match groups[2]:
        case []:
            pass
        case _:
            pytest.fail("it is a sequence")
    groups[3].append(groups)  # type: ignore[arg-type]
    real: dict[int, Any] = defaultdict(list, {1: [], 2: []})
    real[3].append(real)
    assert repr(groups) == repr(real)


def test_external_group() -> None:
    words = [f"word{n % 100}" for n in range(5000)]
    groups = runtime.external_group(words, key=len)
    assert {key: list(group) for key, group in groups.items()} == {
        5: [w for w in words if len(w) == 5],
        6: [w for w in words if len(w) == 6],
    }
    lengths = runtime.external_group(iter(words), key=str.upper, value=len)
    assert lengths["WORD7"] == [5] * 50
    with pytest.raises(KeyError):
        lengths["word7"]
    with pytest.raises(TypeError, match="unhashable"):
        runtime.external_group(words, key=list)  # type: ignore[type-var]


SORTS: list[tuple[Callable[[Any], Any] | None, bool]] = [
    (None, False),
    (None, True),
    (lambda pair: pair[0], True),
    (lambda pair: len(pair[1]), False),
    (lambda pair: (-len(pair[1]), pair[0]), False),
    (lambda pair: pair[1][-1], True),
]


@pytest.mark.parametrize("number", range(len(SORTS)))
@pytest.mark.parametrize("count", [0, 1, 7, 3000])
def test_items_are_sorted(count: int, number: int) -> None:
    key, reverse = SORTS[number]
    ours, theirs = SpillGroups[str, int](), dict[str, list[int]]()
    for groups in (ours, theirs):
        for n in range(count * 3):
            groups.setdefault(f"k{n * 7919 % count}", []).append(n * n % 101)  # type: ignore[attr-defined]
    ordered = runtime.external_sort(ours.items(), key=key, reverse=reverse)
    expected = sorted(theirs.items(), key=key, reverse=reverse)
    assert [(name, list(group)) for name, group in ordered] == expected
    assert list(runtime.external_sort(ours)) == sorted(theirs)


def test_sorted_groups_stay_whatever_happens_to_the_dictionary() -> None:
    def work(groups: Any, sort: Callable[..., Any]) -> Any:
        for n in range(3000):
            groups.setdefault(n * 7919 % 1000, []).append(n)
        seen = []
        for key, group in sort(groups.items(), reverse=True):
            seen.append((key, list(group)))
            if key == 990:
                del groups[3]
                groups[5] = [1]
                groups[6].append(2)
                groups.pop(7)
            if key == 900:
                groups.clear()
                for n in range(2000):
                    groups.setdefault(n, []).append(n)
        return seen

    assert work(SpillGroups(), runtime.external_sort) == work({}, sorted)


def test_what_cannot_be_sorted_is_said() -> None:
    for make in (dict, SpillGroups):
        groups: Any = make()
        for n in range(2000):
            groups.setdefault(n if n < 1990 else str(n), []).append(n)
        sort: Any = sorted if make is dict else runtime.external_sort
        with pytest.raises(TypeError, match="'<' not supported between instances of"):
            list(sort(groups.items()))
        with pytest.raises(ZeroDivisionError):
            list(sort(groups.items(), key=lambda pair: 1 / (pair[1][0] - 1500)))
        # A value that is no group of its own.
        mine: list[int] = []
        groups = make()
        groups[1], groups[0] = mine, [5]
        mine.append(3)
        assert [(key, list(group)) for key, group in sort(groups.items())] == [(0, [5]), (1, [3])]


def any_key(chance: random.Random, keys: int) -> Any:
    """A number or a text: short, long, of letters of more bytes, not to be written."""
    n = chance.randrange(keys)
    texts = [str(n), f"k{n}", f"é{n}", f"a key as long as {n}", f"\ud800{n}"]
    kinds = [n, n, n, -n, n << 60, *texts]
    return kinds[n % len(kinds)]


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_keys_on_disk_are_found_again(seed: int, odd: bool) -> None:
    chance = random.Random(seed)
    ours = SpillGroups[Any, Any](True)
    theirs: dict[Any, Any] = defaultdict(list)

    def step(twice: float, d: Any) -> Any:
        c = random.Random(twice)
        key, what = any_key(c, 3000), c.randrange(200)
        # What equals a key finds it, too.
        same = c.choice([key, float(key % 1000) if isinstance(key, int) else key, key == 1])
        if what == 0:
            return d.pop(key, None)
        if what == 1:
            return d.pop(same, None)
        if what == 2 and d:
            return d.popitem()
        if what == 3:
            d[key] = []
        if what == 4:
            d[key] = d[c.randrange(3000)]
        if what == 5 and key in d:
            del d[key]
        if what == 6:
            d[key] = what
            d[key] = []
        if what == 7 and odd:
            d[c.choice([same, (1, 2), c.random()])].append(what)
        if what == 8 and c.random() < 0.1:
            d.clear()
        if what == 9:
            return d.copy()[key]
        if what == 10:
            return d.get(same), same in d
        if key not in d:
            d[key] = []
        d[key].append(what)
        return len(d[key]), d[key][-1], len(d)

    for number in range(12_000):
        work = partial(step, chance.random())
        expected = outcome(work, theirs, shape=plain)
        assert outcome(work, ours, shape=plain) == expected, number
    assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_asked_for_in_any_order(seed: int) -> None:
    """Their items are brought together on disk meanwhile, also while others are added."""
    chance = random.Random(seed)
    ours = SpillGroups[int, Any]()
    theirs: dict[int, list[Any]] = {}
    walks: list[tuple[Any, Any]] = []
    for number in range(20_000):
        key = chance.randrange(400)
        for d in (ours, theirs):
            d.setdefault(key, []).append((number, f"text {number % 9}"))
        if number % 5 == 0:
            key = chance.randrange(400)
            assert list(ours.get(key, [])) == theirs.get(key, [])
            if key in theirs:
                assert ours[key][0] == theirs[key][0]
        if number % 50 == 0 and key in theirs and len(walks) < 40:
            walks.append((iter(ours[key]), iter(theirs[key])))
        if walks and number % 3 == 0:
            mine, other = chance.choice(walks)
            assert next(mine, None) == next(other, None)
        if number % 1000 == 0 and key in theirs:
            assert list(ours.pop(key)) == theirs.pop(key)
    for mine, other in walks:
        assert list(mine) == list(other)
    for key in chance.sample(sorted(theirs), len(theirs)):
        assert list(ours[key]) == theirs[key]
    assert plain(ours) == plain(theirs)


class Fussy:
    """A key of which some cannot be compared."""

    left = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __lt__(self, other: Any) -> bool:
        Fussy.left -= 1
        if Fussy.left == 0:
            raise RuntimeError("enough")
        return bool(self.number < other.number)


def sort_with(options: Callable[[], dict[str, Any]], items: Any) -> Any:
    return items.sort(**options())


@pytest.mark.parametrize("count", [0, 1, 2, 700, 6000])
@pytest.mark.parametrize("kind", MAKE)
def test_large_groups_are_sorted_on_disk(kind: str, count: int) -> None:
    make = MAKE[kind]

    def number(x: Any) -> Any:
        return hash(repr(x)[:9]) % 100

    def fails_late(n: int) -> Callable[[Any], Any]:
        calls = iter(range(n))
        return lambda x: (number(x), next(calls))[0]

    def mixed(n: int) -> Callable[[Any], Any]:
        calls = iter(range(10**9))
        return lambda x: "text" if next(calls) == n else number(x)

    def fussy(n: int) -> Callable[[Any], Any]:
        Fussy.left = n
        return lambda x: Fussy(number(x))

    groups = SpillGroups[str, Any](frozen=True)
    lists: dict[str, list[Any]] = {}
    for d in (groups, lists):
        for n in range(count):
            d.setdefault("large", []).append(make(n * 7919 % 1000))
            d.setdefault(f"small {n % 7}", []).append(make(n))
        d.setdefault("large", [])
    sorts: list[Callable[[], dict[str, Any]]] = [
        lambda: {},
        lambda: {"key": repr},
        lambda: {"key": repr, "reverse": True},
        lambda: {"key": number},
        lambda: {"key": number, "reverse": True},
        lambda: {"key": number, "reverse": 1},
        lambda: {"key": None, "reverse": False},
        lambda: {"key": fails_late(count // 2)},
        lambda: {"key": mixed(count // 3)},
        lambda: {"key": mixed(count // 2), "reverse": True},
        lambda: {"key": fussy(count * 2)},
        lambda: {"key": fussy(-1)},
        lambda: {"key": lambda x: float("nan")},
        lambda: {"key": 5},
        lambda: {"wrong": 5},
        lambda: {"reverse": "x"},
    ]
    ours, theirs = groups["large"], lists["large"]
    for options in sorts:
        walk, other_walk = iter(ours), iter(theirs)
        assert [next(walk, None) for _ in range(3)] == [next(other_walk, None) for _ in range(3)]
        work = partial(sort_with, options)
        expected = outcome(work, theirs, shape=plain)
        assert outcome(work, ours, shape=plain) == expected
        assert list(groups["large"]) == theirs
        assert list(walk) == list(other_walk)
        for d in (groups, lists):
            d["large"].append(make(11))
    assert plain(groups) == plain(lists)


def test_a_large_group_is_empty_while_it_is_sorted() -> None:
    groups = SpillGroups[str, int]()
    groups["all"] = []
    groups["all"].extend(range(20_000))
    group, seen = groups["all"], set()

    def key(n: int) -> int:
        seen.add((len(group), len(groups["all"]), *group))
        return -n

    before = runtime.stats()["bytes"]
    group.sort(key=key)
    assert seen == {(0, 0)}
    assert list(group) == list(range(20_000))[::-1]
    assert runtime.stats()["bytes"] - before > 20_000
    with pytest.raises(ValueError, match="list modified during sort"):
        group.sort(key=lambda n: (group.append(n), n)[1])
    assert list(groups["all"]) == list(range(20_000))

    def gone(n: int) -> int:
        groups.pop("all", None)
        return n % 3

    group.sort(key=gone)
    assert list(group) == sorted(range(20_000), key=lambda n: n % 3)
    assert "all" not in groups
