"""``SpillGroups(sets=True)`` beside ``dict`` and ``defaultdict(set)``."""

from __future__ import annotations

import copy
import gc
import pickle
import random
import sys
import weakref
from collections import defaultdict
from collections.abc import Callable, MutableMapping, MutableSet
from typing import Any

import pytest

from elements import MAKE, Node, Text, shown
from spacetime_compiler import runtime
from spacetime_compiler.runtime import SpillGroups, SpillGroupSet
from spilling import outcome

pytestmark = pytest.mark.usefixtures("little_memory")


def plain(value: Any) -> Any:
    """The same value with real dicts, and sets whose order is not seen."""
    if isinstance(value, (dict, SpillGroups)):
        return ["dict", [(key, plain(members)) for key, members in value.items()]]
    if isinstance(value, (MutableSet, frozenset)):
        return ["set", len(value), shown(value)]
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    return value


def operation(chance: random.Random, kind: str, keys: int, rarely: bool) -> Callable[[Any], Any]:
    """One thing to do to a dict of sets with so many keys, chosen at random."""
    make = MAKE[kind]

    def elements(most: int) -> list[Any]:
        return [make(chance) for _ in range(chance.randrange(most))]

    def key() -> Any:
        number = chance.randrange(4)
        number = chance.choice([number, chance.randrange(keys)])
        return chance.choice([number, float(number), f"k{number}", (1, number), Text(number)])

    k, other, item = key(), key(), make(chance)
    many, some = elements(300), elements(8)

    def fill(d: Any) -> None:
        for n, x in enumerate(many):
            d.setdefault(n * 5 % keys, set()).add(x)

    def fill_after_test(d: Any) -> None:
        for n, x in enumerate(many):
            if n % keys not in d:
                d[n % keys] = set()
            d[n % keys].add(x)

    def fill_or_begin(d: Any) -> None:
        for n, x in enumerate(many):
            if n * 3 % keys in d:
                d[n * 3 % keys].add(x)
            else:
                d[n * 3 % keys] = {x}

    def fill_any(d: Any) -> None:
        for n, x in enumerate(many):
            d[float(n * 7 % keys)].add(x)

    def fill_fresh(d: Any) -> None:
        d[k] = set(many)

    def fill_while_held(d: Any) -> Any:
        first = d.setdefault(k, set())
        for n, x in enumerate(many):
            d.setdefault(n % keys, set()).add(x)
            first.add(x)
        return [first, d[k], first == d[k]]

    def keep_alias(d: Any) -> Any:
        mine = set(some)
        d[k] = mine
        mine.add(item)
        d[k].add(7)
        return [mine, d[k], d[k] is mine]

    def keep_value(d: Any) -> Any:
        d["value"] = 5
        d["value"] += 1
        return d.pop("value")

    def keep_others(d: Any) -> Any:
        d["frozen"] = frozenset(some)
        return d.pop("frozen")

    def two_keys(d: Any) -> Any:
        d[k] = d[other]
        d[k].add(item)
        return d[other]

    def detached(d: Any) -> Any:
        members = d.pop(k)
        members.add(item)
        d[k] = set()
        d[k].add(item)
        return [members, d[k], len(members)]

    def replaced(d: Any) -> Any:
        members = d[k]
        d[k] = {item}
        members.add(7)
        return [members, d[k]]

    def add_in_place(d: Any) -> Any:
        d[k] |= set(some)
        return d[k]

    def take_in_place(d: Any) -> Any:
        d[k] -= set(some)
        return d[k]

    def grow_while_walking(d: Any) -> None:
        for _ in d:
            d[object()] = set()

    def read_while_walking(d: Any) -> None:
        for key in d:
            d[key, "missing"]

    def grow_members(d: Any) -> None:
        members = d[k]
        for _ in members:
            members.add(("new", len(members)))

    def delete(d: Any) -> None:
        del d[k]

    def delete_and_insert(d: Any) -> None:
        del d[k]
        d[k] = {item}

    def fail_half_way(d: Any) -> None:
        d[k].update(iter([item, [], 7]))

    one_set: list[Callable[[Any], Any]] = [
        lambda d: d[k].add(item),
        lambda d: d[k].add([]),
        lambda d: d[k].update(many),
        lambda d: d[k].update(x for x in some),
        lambda d: d[k].update(d[other], d[k]),
        lambda d: (len(d[k]), bool(d[k])),
        lambda d: (d[k], d[k], d[other]),
        lambda d: item in d[k],
        lambda d: [] in d[k],
        lambda d: d[k] | d[other],
        lambda d: d[k] & d[other],
        lambda d: d[k] - set(some),
        lambda d: set(some) ^ d[k],
        lambda d: d[k] | some,
        lambda d: (d[k] == d[other], d[k] <= d[other], d[k] > set(some), d[k] != 5),
        lambda d: d[k].isdisjoint(some),
        lambda d: d[k].union(some, d[other]),
        lambda d: d[k] == d[k].copy(),
        lambda d: hash(d[k]),
        lambda d: sorted(d[k], key=repr),
        lambda d: pickle.loads(pickle.dumps(d[k])),
        lambda d: copy.deepcopy(d[k]),
        lambda d: d[k].append(1),
        lambda d: next(iter(d[k]), None) is None,
    ]
    changes: list[Callable[[Any], Any]] = [
        lambda d: d[k].discard(item),
        lambda d: d[k].remove(item),
        lambda d: d[k].clear(),
        lambda d: d[k].difference_update(d[other]),
        lambda d: d[k].intersection_update(many),
        take_in_place,
    ]
    whole: list[Callable[[Any], Any]] = [
        lambda d: d.get(k),
        lambda d: d.get(k, set()),
        lambda d: d.setdefault(k, {item}),
        lambda d: d.setdefault(k),
        lambda d: d.pop(k, None),
        lambda d: d.pop(k),
        lambda d: d.popitem(),
        lambda d: (k in d, other in d),
        lambda d: [] in d,
        lambda d: d[[]],
        lambda d: d[{}].add(1),
        lambda d: d.setdefault([], set()),
        lambda d: (len(d), bool(d)),
        lambda d: list(d),
        lambda d: list(reversed(d)),
        lambda d: list(d.keys()),
        lambda d: list(d.values()),
        lambda d: [(key, len(members)) for key, members in d.items()],
        lambda d: (k, {item}) in d.items(),
        lambda d: {item} in d.values(),
        lambda d: (len(d.items()), len(d.values()), str(d.keys())),
        lambda d: d == {key: set(members or ()) for key, members in d.items()},
        lambda d: {key: set(members or ()) for key, members in d.items()} == d,
        lambda d: d == d.copy(),
        lambda d: d != {},
        lambda d: d < {},
        lambda d: d.copy(),
        lambda d: copy.copy(d)[k].add(item),
        lambda d: copy.deepcopy(d),
        lambda d: pickle.loads(pickle.dumps(d)),
        lambda d: type(pickle.loads(pickle.dumps(d))),
        lambda d: d | {k: {item}},
        lambda d: {k: {item}} | d,
        lambda d: d.update({k: {item}}),
        lambda d: d.update([(k, {item}), 5]),
        lambda d: {key: len(members or ()) for key, members in d.items()},
        lambda d: max(d, key=lambda key: len(d[key] or ())),
        lambda d: sorted(d, key=repr),
        lambda d: sorted(d.items(), key=lambda pair: (len(pair[1] or ()), repr(pair[0]))),
        lambda d: d.default_factory,
    ]
    fills: list[Callable[[Any], Any]] = [
        fill, fill, fill, fill_after_test, fill_after_test, fill_or_begin, fill_or_begin, fill_any,
        fill_fresh, fill_while_held, keep_alias, keep_value, keep_others, two_keys, detached,
        replaced, add_in_place, grow_while_walking, read_while_walking, grow_members, delete,
        delete_and_insert, fail_half_way,
    ]  # fmt: skip
    rare = [lambda d: d.clear()]
    # Sets that are asked while they are filled, or changed, come back into memory.
    weights = [1, 0, 1, 40, 0] if rarely else [12, 2, 12, 12, 1]
    pools: list[list[Callable[[Any], Any]]] = [one_set, changes, whole, fills, rare]
    return chance.choice(chance.choices(pools, weights)[0])


@pytest.mark.parametrize("default", [False, True])
@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("keys", [7, 400])
@pytest.mark.parametrize("seed", range(12))
def test_does_what_a_dict_of_sets_does(default: bool, kind: str, keys: int, seed: int) -> None:
    chance = random.Random(f"{kind} {seed}")
    ours: Any = SpillGroups(default, sets=True)
    theirs: dict[Any, Any] = defaultdict(set) if default else {}
    before = runtime.stats()["bytes"]
    for step in range(150):
        twice, rarely = chance.random(), seed % 3 > 0
        work = operation(random.Random(twice), kind, keys, rarely)
        expected = outcome(work, theirs, shape=plain)
        work = operation(random.Random(twice), kind, keys, rarely)
        found = outcome(work, ours, shape=plain)
        assert found == expected, step
        for key in [key for key in theirs if type(key) is object]:
            del theirs[key]
        for key in [key for key in ours if type(key) is object]:
            del ours[key]
        if step % 50 == 0 and seed % 3 < 2:
            assert plain(ours) == plain(theirs)
    assert plain(ours) == plain(theirs)
    assert plain(ours.copy()) == plain(theirs)
    if "odd" not in kind:
        assert runtime.stats()["bytes"] > before


def visitors() -> tuple[Any, dict[str, set[str]]]:
    ours: Any = SpillGroups(True, sets=True)
    theirs = defaultdict[str, set[str]](set)
    for number in range(60_000):
        for index in (ours, theirs):
            index[f"page {number * 31 % 7001}"].add(f"user {number * 7919 % 5003}")
    return ours, theirs


def test_it_goes_to_disk_with_its_keys() -> None:
    bytes_before, blocks_before = runtime.stats()["bytes"], sys.getallocatedblocks()
    ours: Any = SpillGroups(True, sets=True)
    for number in range(60_000):
        ours[f"page {number * 31 % 7001}"].add(f"user {number * 7919 % 5003}")
    assert runtime.stats()["bytes"] - bytes_before > 500_000
    assert sys.getallocatedblocks() - blocks_before < 3000
    del ours
    ours, theirs = visitors()
    for _ in range(2):
        assert list(ours) == list(theirs)
        assert [(page, len(users)) for page, users in ours.items()] == [
            (page, len(users)) for page, users in theirs.items()
        ]
        assert all(ours[page] == users for page, users in theirs.items())
    assert max(ours, key=lambda page: (len(ours[page]), page)) == max(
        theirs, key=lambda page: (len(theirs[page]), page)
    )


def test_sorted_on_disk() -> None:
    ours, theirs = visitors()
    assert list(runtime.external_sort(ours)) == sorted(theirs)
    pairs = [(page, sorted(users)) for page, users in runtime.external_sort(ours.items())]
    assert pairs == [(page, sorted(theirs[page])) for page in sorted(theirs)]
    largest = runtime.external_sort(ours.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    assert [page for page, _ in largest] == sorted(theirs, key=lambda p: (-len(theirs[p]), p))


def test_sets_that_come_after_the_others_were_written() -> None:
    ours, theirs = visitors()
    before = sys.getallocatedblocks()
    for number in range(20_000):
        ours[f"new {number}"] = {number, "x"}
        ours.setdefault(f"other {number}", set()).add(number)
    assert sys.getallocatedblocks() - before < 5000
    held = [ours.setdefault(f"held {number}", {number}) for number in range(300)]
    for number, members in enumerate(held):
        members.add("y")
        assert ours[f"held {number}"] == {number, "y"}
    assert ours["new 7"] == {7, "x"}
    assert ours["other 8"] == {8}
    assert len(ours) == len(theirs) + 40_300


def test_views_live_on() -> None:
    ours, theirs = visitors()
    page = next(iter(theirs))
    members, walk = ours[page], iter(ours["page 31"])
    first = next(walk)
    del ours[page]
    assert page not in ours
    ours[page].add("me")
    assert ours[page] == {"me"}
    ours.clear()
    assert len(ours) == 0
    ours["a"].add(1)
    del ours
    gc.collect()
    assert members == theirs[page]
    assert {first, *walk} == theirs["page 31"]
    members.add("late")
    assert "late" in members


def test_what_is_no_set_of_ours_stays_what_it_is() -> None:
    groups: Any = SpillGroups(sets=True)
    other = SpillGroupSet([1, 2])
    groups["a"] = other
    assert groups["a"] is other
    mine = {1, 2}
    groups["b"] = mine
    mine.add(3)
    assert groups["b"] == {1, 2, 3}
    groups["c"] = groups.setdefault("d", {1})
    groups["c"].add(4)
    assert groups["d"] == {1, 4}
    with pytest.raises(KeyError, match="'e'"):
        groups["e"]
    with pytest.raises(AttributeError, match="no attribute 'default_factory'"):
        _ = groups.default_factory


def test_keys_that_are_equal_or_nan() -> None:
    ours: Any = SpillGroups(True, sets=True)
    theirs = defaultdict[Any, set[Any]](set)
    nan = float("nan")
    for number in range(3000):
        for index in (ours, theirs):
            for key in (1, 1.0, True, "1", Text("1"), nan, (nan, 1), number, None):
                index[key].add(float(number))
                index[key].add(number)
    for index in (ours, theirs):
        index[nan].add(nan)
        index[nan].add(nan)
    assert repr(list(ours)) == repr(list(theirs))
    assert [len(members) for members in ours.values()] == [len(m) for m in theirs.values()]
    assert nan in ours[nan]
    assert float("nan") not in ours


def test_shown_as_a_defaultdict() -> None:
    groups: Any = SpillGroups(True, sets=True)
    groups["a"].add(1)
    assert repr(groups) == "defaultdict(<class 'set'>, {'a': {1}})"
    assert groups.default_factory is set
    assert isinstance(groups, MutableMapping)
    assert isinstance(groups["a"], SpillGroupSet)


@pytest.mark.parametrize("many", [0, 20_000])
def test_circles_are_collected(many: int) -> None:
    ours: Any = SpillGroups(True, sets=True)
    for number in range(many):
        ours[number % 50].add(number)
    node = Node(ours)
    ours["self"].add(node)
    ours["value"] = node
    gone = weakref.ref(node)
    del ours, node
    gc.collect()
    assert gone() is None


def test_elements_are_freed_with_their_sets() -> None:
    ours: Any = SpillGroups(True, sets=True)
    node = Node(None)
    gone = weakref.ref(node)
    ours["a"].add(node)
    del node, ours["a"]
    assert gone() is None


class Adds:
    """Its hash fills the sets."""

    def __init__(self, index: Any) -> None:
        self.index = index

    def __hash__(self) -> int:
        for number in range(2000):
            self.index[number % 3].add(number)
        return 1

    def __eq__(self, other: object) -> bool:
        return self is other


def test_sets_that_are_changed_by_what_is_added() -> None:
    lengths = []
    indices: list[Any] = [SpillGroups(True, sets=True), defaultdict(set)]
    for index in indices:
        index[0].add(1)
        odd = Adds(index)
        index[0].add(odd)
        index[1].add(odd)
        lengths.append([odd in index[0], *(len(members) for members in index.values())])
    assert lengths[0] == lengths[1]


def test_a_full_disk_keeps_everything_in_memory(tmp_path: Any) -> None:
    before = runtime.directory()
    runtime.configure(directory=tmp_path / "missing")
    try:
        ours, theirs = visitors()
        assert plain(ours) == plain(theirs)
    finally:
        runtime.configure(directory=before)
