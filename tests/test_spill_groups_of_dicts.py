"""``SpillGroups(dicts=...)`` beside dicts of ``dict``, ``defaultdict`` and ``Counter``."""

from __future__ import annotations

import copy
import gc
import pickle
import random
import sys
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from elements import MAKE, Node, Same, Text
from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillGroupDict, SpillGroups
from spilling import outcome

pytestmark = pytest.mark.usefixtures("little_memory")

KINDS: dict[str, tuple[Any, Callable[[], Any]]] = {
    "dict": (dict, dict),
    "int": (int, lambda: defaultdict(int)),
    "list": (list, lambda: defaultdict(list)),
    "Counter": (Counter, Counter),
}


def plain(value: Any) -> Any:
    """The same value with real dicts, whose order is seen."""
    if isinstance(value, (dict, SpillGroups, SpillGroupDict)):
        return ["dict", [(repr(key), plain(inner)) for key, inner in value.items()]]
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    return repr(value)


def operation(
    chance: random.Random, kind: str, make: Callable[[], Any], keys: int, rarely: bool
) -> Callable[[Any], Any]:
    """One thing to do to a dict of dicts with so many keys, chosen at random."""
    made = MAKE[kind]

    def key() -> Any:
        number = chance.randrange(4)
        number = chance.choice([number, chance.randrange(keys)])
        return chance.choice([number, float(number), f"k{number}", (1, number), Text(number)])

    def number() -> Any:
        return chance.choice([1, 2, 300, -5, 10**20, 2.5, True])

    k, other, item, value = key(), key(), made(chance), number()
    pairs = [(made(chance), number()) for _ in range(chance.randrange(300))]
    some = dict(pairs[:8])
    numeric = make() == Counter() and isinstance(make(), (Counter, defaultdict))
    numeric = numeric and getattr(make(), "default_factory", int) is int

    def inner(d: Any, key: Any) -> Any:
        return d.setdefault(key, make())

    def fill(d: Any) -> None:
        for n, (x, v) in enumerate(pairs):
            inner(d, n * 5 % keys)[x] = v

    def count(d: Any) -> None:
        for n, (x, v) in enumerate(pairs):
            group = inner(d, n * 3 % keys)
            if numeric:
                group[x] += v
            else:
                group[x] = group.get(x, 0) if isinstance(group.get(x, 0), list) else v

    def fill_after_test(d: Any) -> None:
        for n, (x, v) in enumerate(pairs):
            if n % keys not in d:
                d[n % keys] = make()
            d[n % keys][x] = v

    def fill_any(d: Any) -> None:
        for n, (x, v) in enumerate(pairs):
            d[float(n * 7 % keys)][x] = v

    def fill_fresh(d: Any) -> None:
        d[k] = make()
        d[k].update(some)

    def fill_while_held(d: Any) -> Any:
        first = inner(d, k)
        for n, (x, v) in enumerate(pairs):
            inner(d, n % keys)[x] = v
            first[x] = v
        return [first, d[k], first == d[k]]

    def keep_alias(d: Any) -> Any:
        mine = make()
        d[k] = mine
        mine["mine"] = 5
        d[k]["ours"] = 6
        return [mine, d[k]]

    def keep_others(d: Any) -> Any:
        d["value"] = 5
        d["value"] += 1
        return d.pop("value")

    def two_keys(d: Any) -> Any:
        d[k] = d[other]
        d[k][item] = value
        return d[other]

    def detached(d: Any) -> Any:
        members = d.pop(k)
        members[item] = value
        d[k] = make()
        d[k][item] = 1
        return [members, d[k], len(members)]

    def replaced(d: Any) -> Any:
        members = d[k]
        d[k] = make()
        members[7] = value
        return [members, d[k]]

    def set_while_walking(d: Any) -> None:
        for key in d[k]:
            d[k][key] = value
        for key, _ in d[k].items():
            d[k][key] = 7

    def grow_while_walking(d: Any) -> None:
        for x in d[k]:
            d[k][x, "new"] = value

    def shrink_while_walking(d: Any) -> None:
        for x in d[k].items():
            del d[k][x[0]]

    def swap_while_walking(d: Any) -> list[Any]:
        seen = []
        for x in d[k]:
            seen.append(x)
            if len(seen) == 3:
                d[k]["again"] = d[k].pop(x)
            if len(seen) > 1000:
                break
        return seen

    def normalize(d: Any) -> None:
        for group in d.values():
            for x, v in group.items():
                group[x] = v * 2

    def views(d: Any) -> Any:
        keys, values, items = d[k].keys(), d[k].values(), d[k].items()
        d[k][item] = value
        return [list(keys), list(values), list(items), item in keys, (item, value) in items,
                value in values, len(keys), keys == set(keys), values == []]  # fmt: skip

    def fail_half_way(d: Any) -> None:
        d[k].update(iter([(item, 1), ([], 7), (7, 7)]))

    def missing(d: Any) -> Any:
        return [d[k]["missing"], d[k]]

    def add_in_place(d: Any) -> Any:
        d[k] |= some
        return d[k]

    one: list[Callable[[Any], Any]] = [
        lambda d: d[k].__setitem__(item, value),
        lambda d: d[k][item],
        lambda d: d[k].__getitem__([]),
        lambda d: d[k].__setitem__([], 1),
        lambda d: d[k].get(item),
        lambda d: d[k].get([], 1),
        lambda d: d[k].get(item, 7),
        lambda d: d[k].get(),
        lambda d: d[k].setdefault(item, value),
        lambda d: d[k].setdefault(item),
        lambda d: d[k].update(some),
        lambda d: d[k].update(pairs),
        lambda d: d[k].update(d[other]),
        lambda d: d[k].update(d[k], a=1),
        lambda d: d[k].update(1, 2),
        lambda d: d[k].update([1, 2]),
        lambda d: (len(d[k]), bool(d[k])),
        lambda d: [d[k], d[k], d[other]],
        lambda d: item in d[k],
        lambda d: [] in d[k],
        lambda d: d[k] | some,
        lambda d: some | d[k],
        lambda d: d[k] | d[other],
        lambda d: d[k] | 5,
        lambda d: d[k] + 5,
        lambda d: d[k] - {},
        lambda d: [d[k] == d[other], d[k] != some, d[k] == 5, d[k] == d[k].copy()],
        lambda d: d[k] < d[other],
        lambda d: hash(d[k]),
        lambda d: sorted(d[k].items(), key=repr),
        lambda d: max(d[k], key=lambda x: repr(d[k][x])),
        lambda d: [pickle.loads(pickle.dumps(d[k])), type(pickle.loads(pickle.dumps(d[k])))],
        lambda d: copy.deepcopy(d[k]),
        lambda d: type(copy.copy(d[k])),
        lambda d: d[k].append(1),
        lambda d: next(iter(d[k]), None) is None,
        lambda d: list(reversed(d[k])),
        lambda d: str(d[k]),
        lambda d: repr(d[k].items()),
        lambda d: d[k].keys() & set(some),
        lambda d: list(d[k].keys() - d[other].keys())[:0],
        lambda d: d[k].keys().isdisjoint(some),
        lambda d: d[k].most_common(3) and len(d[k].most_common()),
        lambda d: d[k].total(),
        lambda d: d[k].default_factory,
        missing, views, set_while_walking, add_in_place, grow_while_walking, normalize,
    ]  # fmt: skip
    changes: list[Callable[[Any], Any]] = [
        lambda d: d[k].pop(item),
        lambda d: d[k].pop(item, 5),
        lambda d: d[k].pop(),
        lambda d: d[k].popitem(),
        lambda d: d[k].clear(),
        lambda d: d[k].__delitem__(item),
        lambda d: d[k].__delitem__(next(iter(d[k]))),
        lambda d: d[k].subtract(some),
        shrink_while_walking, swap_while_walking,
    ]  # fmt: skip
    whole: list[Callable[[Any], Any]] = [
        lambda d: d.get(k),
        lambda d: d.get(k, {}),
        lambda d: d.setdefault(k),
        lambda d: d.setdefault(k, {"x": 1}),
        lambda d: d.pop(k, None),
        lambda d: d.pop(k),
        lambda d: d.popitem(),
        lambda d: (k in d, other in d),
        lambda d: d[[]],
        lambda d: d[{}].update(a=1),
        lambda d: d.setdefault([], make()),
        lambda d: (len(d), bool(d), list(d)),
        lambda d: list(d.values()),
        lambda d: [(key, len(group)) for key, group in d.items()],
        lambda d: d == dict(d.items()),
        lambda d: d == d.copy(),
        lambda d: d != {},
        lambda d: copy.copy(d)[k].update(a=1),
        lambda d: copy.deepcopy(d),
        lambda d: d.update({k: {"a": 1}}),
        lambda d: d | {k: some},
        lambda d: sum(len(group) for group in d.values()),
        lambda d: sorted(d.items(), key=lambda pair: (len(pair[1]), repr(pair[0]))),
        lambda d: d.__delitem__(k),
    ]
    fills: list[Callable[[Any], Any]] = [
        fill, fill, count, count, count, fill_after_test, fill_any, fill_fresh, fill_while_held,
        keep_alias, keep_others, two_keys, detached, replaced, fail_half_way,
    ]  # fmt: skip
    rare: list[Callable[[Any], Any]] = [lambda d: d.clear()]
    weights = [20, 0, 1, 30, 0] if rarely else [20, 3, 12, 16, 1]
    return chance.choice(chance.choices([one, changes, whole, fills, rare], weights)[0])


@pytest.mark.parametrize("default", [False, True])
@pytest.mark.parametrize("values", KINDS)
@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("keys", [3, 90])
@pytest.mark.parametrize("seed", range(6))
def test_does_what_a_dict_of_dicts_does(
    default: bool, values: str, kind: str, keys: int, seed: int
) -> None:
    chance = random.Random(f"{kind} {values} {seed}")
    dicts, make = KINDS[values]
    ours: Any = SpillGroups(default, dicts=dicts)
    theirs: dict[Any, Any] = defaultdict(make) if default else {}
    for step in range(120):
        twice, rarely = chance.random(), seed % 3 > 0
        work = operation(random.Random(twice), kind, make, keys, rarely)
        expected = outcome(work, theirs, shape=plain)
        work = operation(random.Random(twice), kind, make, keys, rarely)
        found = outcome(work, ours, shape=plain)
        assert found == expected, step
        if step % 40 == 0 and seed % 2:
            assert plain(ours) == plain(theirs)
    assert plain(ours) == plain(theirs)
    assert plain(ours.copy()) == plain(theirs)


def counts(many: int = 60_000) -> tuple[Any, dict[str, dict[str, int]]]:
    ours: Any = SpillGroups(True, dicts=int)
    theirs: defaultdict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for number in range(many):
        for index in (ours, theirs):
            index[f"page {number * 31 % 701}"][f"user {number * 7919 % 503}"] += number
    return ours, theirs


def test_it_goes_to_disk_with_its_keys() -> None:
    ours, theirs = counts(1000)
    del ours, theirs
    gc.collect()
    bytes_before, blocks_before = runtime.stats()["bytes"], sys.getallocatedblocks()
    ours = SpillGroups(True, dicts=int)
    for number in range(60_000):
        ours[f"page {number * 31 % 701}"][f"user {number * 7919 % 503}"] += number
    assert runtime.stats()["bytes"] - bytes_before > 500_000
    assert sys.getallocatedblocks() - blocks_before < 3000
    del ours
    ours, theirs = counts()
    for _ in range(2):
        assert list(ours) == list(theirs)
        assert [list(users.items()) for users in ours.values()] == [
            list(users.items()) for users in theirs.values()
        ]
        assert all(ours[page] == users for page, users in theirs.items())
    for page, users in ours.items():
        total = sum(users.values())
        for user, number in users.items():
            users[user] = number / total
        assert list(users) == list(theirs[page])
        assert sum(users.values()) == pytest.approx(1)


@pytest.mark.parametrize("budget", ["16KiB", "1MiB", "16MiB"])
def test_with_more_and_less_memory(budget: str) -> None:
    runtime.configure(memory=budget)
    ours, theirs = counts(30_000)
    assert plain(ours) == plain(theirs)
    for index in (ours, theirs):
        inner = index["page 31"]
        for number in range(6000):
            inner[number * 7] = "x" * (number % 300)
            inner[number * 3] = (number, "a", None)
            inner[f"user {number}"] = number * (-(2**31)) ** (number % 3)
            inner[b"bytes"] = number % 2 == 0
        for key in [1, 1.0, True, (1, 2), (1.0, 2), None, "\udc80", 2**70, -1]:
            inner[key] = repr(key)
            inner[key] += "."
    assert plain(ours) == plain(theirs)
    assert list(map(type, ours["page 31"])) == list(map(type, theirs["page 31"]))


def test_views_live_on() -> None:
    ours, theirs = counts()
    page = next(iter(theirs))
    users, walk = ours[page], iter(ours["page 31"].items())
    first = next(walk)
    del ours[page]
    assert page not in ours
    ours[page]["me"] += 1
    assert ours[page] == {"me": 1}
    ours.clear()
    assert len(ours) == 0
    ours["a"]["b"] = 1
    del ours
    gc.collect()
    assert users == theirs[page]
    assert [first, *walk] == list(theirs["page 31"].items())
    users["late"] = 1
    assert "late" in users
    assert users.pop("late") == 1
    assert users == theirs[page]


def test_sorted_on_disk() -> None:
    ours, theirs = counts()
    assert list(runtime.external_sort(ours)) == sorted(theirs)
    users = ours["page 31"]
    by_count = runtime.external_sort(users.items(), key=lambda pair: (-pair[1], pair[0]))
    assert list(by_count) == sorted(theirs["page 31"].items(), key=lambda p: (-p[1], p[0]))
    largest = runtime.external_sort(ours.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    assert [page for page, _ in largest] == sorted(theirs, key=lambda p: (-len(theirs[p]), p))


def test_what_is_no_dict_of_ours_stays_what_it_is() -> None:
    groups: Any = SpillGroups(dicts=dict)
    mine = {"x": 1}
    groups["b"] = mine
    mine["y"] = 2
    assert groups["b"] == {"x": 1, "y": 2}
    other = defaultdict[str, int](int)
    groups["c"] = other
    assert groups["c"] is other
    groups["d"] = groups.setdefault("e", {"a": 1})
    groups["d"]["b"] = 4
    assert groups["e"] == {"a": 1, "b": 4}
    with pytest.raises(KeyError, match="'f'"):
        groups["f"]
    ints: Any = SpillGroups(dicts=int)
    ints["a"] = other
    other["b"] += 1
    assert ints["a"] == {"b": 1}
    assert ints["a"]["c"] == 0
    plain_one: dict[str, int] = {}
    ints["b"] = plain_one
    assert ints["b"] is plain_one


def test_classes_and_texts() -> None:
    groups: Any = SpillGroups(True, dicts=Counter)
    groups["a"]["b"] += 1
    assert repr(groups) == (
        "defaultdict(<class 'collections.Counter'>, {'a': Counter({'b': 1})})"
    )
    assert groups.default_factory is Counter
    assert isinstance(groups["a"], MutableMapping)
    assert isinstance(groups["a"], SpillGroupDict)
    assert type(pickle.loads(pickle.dumps(groups))["a"]) is Counter
    ints: Any = SpillGroups(True, dicts=int)
    ints["a"]["b"] += 1
    assert repr(ints["a"]) == "defaultdict(<class 'int'>, {'b': 1})"
    assert type(copy.deepcopy(ints)["new"]) is defaultdict


def test_counters() -> None:
    ours: Any = SpillGroups(True, dicts=Counter)
    theirs = defaultdict[int, Counter[Any]](Counter)
    chance = random.Random(5)
    for number in range(3000):
        words = [chance.choice("abcdefghij") + str(chance.randrange(90)) for _ in range(9)]
        for index in (ours, theirs):
            index[number % 37].update(words)
            index[number % 31].update({words[0]: 5}, z=2)
            index[number % 29].update(None)
            assert index[number % 41]["missing"] == 0
    assert plain(ours) == plain(theirs)
    for index in (ours, theirs):
        index[1] += Counter("abc")
        index[2] -= index[3]
        index[3] |= index[4]
        index[4] &= index[5]
        index[5].subtract(index[6])
        del index[6]["missing"]
    assert plain(ours) == plain(theirs)
    for key in range(7, 30):
        a, b = ours[key], ours[key + 1]
        c, d = theirs[key], theirs[key + 1]
        assert a.most_common(5) == c.most_common(5)
        assert [a + b, a - b, a & b, a | b, +a, -a] == [c + d, c - d, c & d, c | d, +c, -c]
        assert (a.total(), list(a.elements())) == (c.total(), list(c.elements()))
        assert [a <= b, a == b, a >= a] == [c <= d, c == d, True]


def test_keys_that_are_equal_or_nan() -> None:
    ours: Any = SpillGroups(True, dicts=int)
    theirs: defaultdict[Any, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    nan, other = float("nan"), object()
    for number in range(3000):
        for index in (ours, theirs):
            for key in (1, 1.0, True, "1", Text("1"), nan, (nan, 1), number, None, other):
                index[number % 7][key] += 1
                index[number % 7][Same(number % 50)] += 1
    assert plain(ours) == plain(theirs)
    assert float("nan") not in ours[0]
    assert nan in ours[0]


@pytest.mark.parametrize("many", [0, 20_000])
def test_circles_are_collected(many: int) -> None:
    ours: Any = SpillGroups(True, dicts=dict)
    for number in range(many):
        ours[number % 50][number] = number
    node = Node(ours)
    ours["self"]["node"] = node
    ours["self"][node] = 1
    ours["value"] = node
    gone = weakref.ref(node)
    del ours, node
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("many", [0, 20_000])
def test_values_are_freed(many: int) -> None:
    ours: Any = SpillGroups(True, dicts=dict)
    for number in range(many):
        ours[number % 50][number] = number
    for free in (
        lambda: ours.pop(1),
        lambda: ours[1].pop("node"),
        lambda: ours[1].clear(),
        lambda: ours[1].update(node=1),
        lambda: ours.clear(),
    ):
        node = Node(None)
        gone = weakref.ref(node)
        ours[1]["node"] = node
        for number in range(many // 4):
            ours[number % 50][number] = number
        list(ours[1].items())
        del node
        free()
        assert gone() is None


class Adds:
    """Its hash fills the dictionaries."""

    def __init__(self, index: Any) -> None:
        self.index = index

    def __hash__(self) -> int:
        for number in range(2000):
            self.index[number % 20][number] = number
        return 7


def test_somebody_fills_them_meanwhile() -> None:
    ours: Any = SpillGroups(True, dicts=dict)
    theirs = defaultdict[Any, dict[Any, int]](dict)
    for index in (ours, theirs):
        one = Adds(index)
        index[3][one] = 5
        index[3][one] += 5
        del index[3][one]
    assert plain(ours) == plain(theirs)


def test_one_that_is_made_raises() -> None:
    def made() -> int:
        raise ValueError("not now")

    ours: Any = SpillGroups(True, dicts=made)
    for number in range(3000):
        ours[number % 3][number] = 1
    with pytest.raises(ValueError, match="not now"):
        ours[0]["new"] += 1
    assert "new" not in ours[0]
    with pytest.raises(TypeError, match="first argument must be callable or None"):
        SpillGroups(True, dicts=5)
    with pytest.raises(TypeError):
        hash(ours[0])


@pytest.mark.parametrize("many", [1000, 20_000])
def test_values_that_grow_while_they_are_walked(many: int) -> None:
    runtime.configure(memory="4MiB")
    ours: Any = SpillGroups(True, dicts=int)
    theirs: defaultdict[int, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for index in (ours, theirs):
        for number in range(2 * many):
            index[number % 2][f"user {number}"] += number
        for number, other in ((0, 1), (1, 0)):
            for user, value in index[number].items():
                index[number][user] = value / 7
                index[other][f"user {other}"] = value / 3
                assert index[number][user] == value / 7
            for user in index[number]:
                index[number][user] = user * 3
    assert plain(ours) == plain(theirs)


def test_pairs_are_set_one_after_the_other() -> None:
    def work(index: Any, pairs: Any) -> Any:
        inner = index["a"]
        for number in range(3000):
            inner[number] = number
        try:
            inner.update(pairs(inner))
        finally:
            assert len(inner) >= 3000
        return plain(index)

    def growing(inner: Any) -> Any:
        return ((f"k{number}", len(inner)) for number in range(50))

    def failing(inner: Any) -> Any:
        return (("x", 1) if len(inner) < 3002 else (inner.pop("none")) for _ in "abc")

    def wrong(_inner: Any) -> Any:
        return [("a", 1), ["b", 2], "cd", (1, 2, 3)]

    def no_pair(_inner: Any) -> Any:
        return [("a", 1), 5]

    for pairs in (growing, failing, wrong, no_pair):
        ours = outcome(work, SpillGroups(True, dicts=dict), pairs)
        assert ours == outcome(work, defaultdict(dict), pairs), pairs
