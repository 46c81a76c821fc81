"""Annotations that are never evaluated; compared with CPython's symtable."""
from __future__ import annotations

x: [i for i in unknown] = 1


def f(a: (lambda: a), *b: {c: d for c in e}) -> g:
    h: i
    j: {k: (lambda l: l) for k in m} = 2


class C:
    m: C
    n: o = p
