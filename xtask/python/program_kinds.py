"""What the items of the random programs are: how they are made, read, changed, compared.

Whether a list may become a stream, or go to disk and come back as copies, depends on what its
items are and on what is done to them. So there is one of every sort that programs keep in
lists, each with what can be done to it, and with ways to notice that it is a copy.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """Items of one sort; `{v}` stands for the item, `{i}` and `{s}` for an int and a text."""

    name: str
    make: str
    number: str
    text: str
    # Statements that change the item.
    changes: tuple[str, ...] = ()
    # A name of `CLASSES` that has to be there.
    needs: str = ""
    hashes: bool = True
    orders: bool = True
    as_json: bool = True
    # Only in programs that break assumptions at will.
    wild: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("int", "{i}", "{v}", "str({v})"),
        Kind("str", "{s} * ({i} % 3 + 1)", "len({v})", "{v}"),
        Kind("float", "{i} / 4", "int({v})", "repr({v})"),
        Kind("tuple", "({i}, {s})", "{v}[0]", "{v}[1]"),
        Kind("nested", "({i}, ({s}, {i} % 2))", "{v}[0]", "{v}[1][0]"),
        Kind(
            "list",
            "[{i}, {s}]",
            "{v}[0]",
            "{v}[1]",
            ("{v}[0] += 1", "{v}.append({v}[0])", "{v}.reverse(); {v}.reverse()", "del {v}[2:]"),
            hashes=False,
        ),
        Kind(
            "dict",
            '{{"n": {i}, "s": {s}}}',
            '{v}["n"]',
            '{v}["s"]',
            (
                '{v}["n"] += 1',
                '{v}["more"] = {v}["n"]',
                '{v}.update(s="q")',
                '{v}.pop("more", None)',
            ),
            hashes=False,
            orders=False,
        ),
        Kind(
            "record",
            "Record({i}, {s})",
            "{v}.n",
            "{v}.s",
            ("{v}.n += 1", "{v}.s = {v}.s + '!'", "setattr({v}, 'n', 0)"),
            "Record",
            hashes=False,
            orders=False,
            as_json=False,
        ),
        Kind("frozen", "Frozen({i}, {s})", "{v}.n", "{v}.s", (), "Frozen", as_json=False),
        Kind("named", "Named({i}, {s})", "{v}.n", "{v}.s", (), "Named"),
        Kind(
            "plain",
            "Plain({i}, {s})",
            "{v}.n",
            "{v}.s",
            ("{v}.n += 1", "{v}.add(2)"),
            "Plain",
            orders=False,
            as_json=False,
        ),
        Kind(
            "loud",
            "Loud({i}, {s})",
            "{v}.n",
            "{v}.s",
            ("{v}.n += 1",),
            "Loud",
            hashes=False,
            orders=False,
            as_json=False,
        ),
        Kind(
            "property",
            "Lazy({i}, {s})",
            "{v}.n",
            "{v}.s",
            (),
            "Lazy",
            orders=False,
            as_json=False,
            wild="attribute-reads-are-pure",
        ),
        Kind(
            "text-like",
            "Shouting({i}, {s})",
            "{v}.n",
            "{v}.strip()",
            (),
            "Shouting",
            orders=False,
            as_json=False,
            wild="known-method-names",
        ),
    )
}

CLASSES = {
    "Record": "@dataclasses.dataclass\nclass Record:\n    n: int\n    s: str\n",
    "Frozen": (
        "@dataclasses.dataclass(frozen=True, order=True)\nclass Frozen:\n    n: int\n    s: str\n"
    ),
    "Named": "class Named(typing.NamedTuple):\n    n: int\n    s: str\n",
    "Plain": (
        "class Plain:\n    def __init__(self, n, s):\n        self.n = n\n        self.s = s\n"
        "    def add(self, more):\n        self.n += more\n"
        "    def __repr__(self):\n        return f'Plain({self.n}, {self.s})'\n"
    ),
    "Loud": (
        "@dataclasses.dataclass\nclass Loud:\n    n: int\n    s: str\n"
        "    def __post_init__(self):\n        print('new', self.n)\n"
    ),
    "Lazy": (
        "class Lazy:\n    def __init__(self, n, s):\n        self._n = n\n        self.s = s\n"
        "    @property\n    def n(self):\n        print('read', self._n)\n        return self._n\n"
        "    def __repr__(self):\n        return f'Lazy({self._n})'\n"
    ),
    "Shouting": (
        "class Shouting:\n    def __init__(self, n, s):\n        self.n = n\n        self.s = s\n"
        "    def strip(self):\n        print('strip', self.n)\n        return self.s\n"
        "    def __repr__(self):\n        return f'Shouting({self.n})'\n"
    ),
}

# Ways to find out whether two things are the same, or what type one has.
PROBES = (
    "print(len({{id(v) for v in {rows}}}), [v is w for v, w in zip({rows}, {rows})])",
    "print(isinstance({rows}, list), type({rows}).__name__)",
    "print(isinstance({rows}, collections.abc.Sequence))",
    "print({rows} == list({rows}), {rows} is None)",
    "print({rows} == [], [] == {rows}, {rows} != ())",
    "print(bool({rows}), not {rows})",
    "print({rows})",
    "print(f'{{{rows}!r:.40}}', str({rows})[:20])",
    "print(len({rows}), {rows}[:2], {rows}[-1:])",
    "print({rows}[::-1])",
    "print({rows} + [0], [1] + {rows}, {rows} * 2)",
    "print({rows}[0] is {rows}[0] if {rows} else 'empty')",
    "print(next(iter({rows}), 'none'), next(iter({rows}), 'none'))",
    "print(hasattr({rows}, 'append'), callable(getattr({rows}, 'sort', None)))",
    "print({rows}.count({rows}[0]), {rows}.index({rows}[-1])) if {rows} else None",
    "print(copy.copy({rows}) == {rows}, copy.deepcopy({rows}) is {rows})",
    "print([*{rows}], (*{rows}, 1)[-1])",
    "print(pickle.loads(pickle.dumps([len({rows})])))",
    "print(max(map(id, {rows}), default=0) == 0)",
    "print(sys.getrefcount({rows}) > 1)",
    "first, *rest = [0, *{rows}]; print(first, rest)",
    "print(*{rows}, sep=';')",
    "print(sorted({rows}, key=repr) == {rows})",
    "print(list(reversed({rows}))[:2])",
    "print(list(enumerate({rows}, 1))[-1:], list(zip({rows}, {rows}[1:]))[:1])",
    "print({rows} is ({rows} or None))",
    "assert {rows} is not None and hasattr({rows}, '__len__'), 'a list'",
)

# What somebody else may do to the list, through this or another name.
MEDDLING = (
    "other = {rows}; other.append({item})",
    "other = {rows}; other[:] = other[1:]",
    "hold = [{rows}]; hold[0].insert(0, {item})",
    "hold = {{'rows': {rows}}}; hold['rows'].extend([{item}])",
    "add = {rows}.append; add({item})",
    "{rows}.append({item})",
    "{rows}.extend([{item}, {item}])",
    "{rows} += [{item}]",
    "{rows} = {rows} + [{item}]",
    "{rows}.insert(0, {item})",
    "del {rows}[:1]",
    "{rows}.clear()",
    "{rows}.reverse()",
    "{rows}.sort(key=repr)",
    "{rows}[:] = [{item}]",
    "{rows} = {rows}[::-1]",
    "{rows} = list({rows})",
    "{rows} = tuple({rows})",
    "{rows} = iter({rows})",
    "{rows}.pop() if {rows} else None",
    "{rows}[0:1] = []",
    "kept.append({rows})",
    "late = lambda: print(len(list({rows}))); late()",
    "def late(rows={rows}):\n    rows.append({item})\nlate()",
    "def late():\n    nonlocal_rows = {rows}\n    return nonlocal_rows\nprint(late())",
    "box = types.SimpleNamespace(rows={rows}); box.rows.append({item})",
    "if {rows}:\n    {rows}[0] = {rows}[-1]",
    "if {rows}:\n    last = {rows}.pop()\n    {rows}.append(last)",
    "same = {rows}; {rows} = []; print(len(same))",
    "first = {rows}[0] if {rows} else None",
    "print('between')",
    "k += 1",
    "globals()['shared'] = {rows}",
    "match {rows}:\n    case []:\n        print('none')\n    case [one]:\n"
    "        print('one', one)\n    case [*many]:\n        print('many', len(many))",
)
