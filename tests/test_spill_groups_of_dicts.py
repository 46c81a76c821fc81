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

from elements import MAKE, Same, Text
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
                value in values, len(keys), keys == set(keys), [] == values]  # fmt: skip

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
        lambda d: d == {key: group for key, group in d.items()},
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
    before = runtime.stats()["bytes"]
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
    if "odd" not in kind and seed % 3:
        assert runtime.stats()["bytes"] > before
