"""Scopes that programs seldom have; compared with CPython's symtable."""
from os import path as p, sep
import os.path
import xml.dom as dom, __future__


class __Mangled(object):
    __x = 1
    import __spam.eggs
    from os import __y as __z

    def __m(self, __arg, __init__=__x, *__args: __y, **__kw) -> __z:
        global __g
        nonlocal_ = [__arg for __arg in __args if __arg.__attr]
        __g = lambda __l=__arg: __l + __x
        try:
            pass
        except __E as __e:
            del __e
        match __arg:
            case {"a": __a, **__rest}:
                pass
            case [__b, *__c] | (__b, *__c):
                pass
            case __K(__kw=__d) as __whole:
                pass
        return super().__m, nonlocal_


class ___:
    __kept = 1


class Outer:
    shared = 1

    def method(self):
        def inner():
            return [super(Outer, self) for _ in range(3)], (lambda: __class__)

        class Nested:
            __class__ = shared
            self = self

            def deep(me):
                return self, __class__, shared

        return inner, Nested

    def none(self):
        nonlocal __class__
        __class__ = 1


def walrus(items, given):
    global shared
    nested = [[(last := y) for y in (x for x in row)] for row in items if (total := row)]
    [shared := i for i in items]
    [k := (lambda: (m := k)) for i in items]

    def reader():
        nonlocal total
        total += 1
        del total
        return last

    return nested, {given: (value := v) for v in items for w in v}, (q for q in items if (given := q))


[top := i for i in range(3)]
{t for i in range(3) for t in (lambda: i)() if (top2 := t)}
print(lambda a=(b := 1): (c := a))


def outer():
    a = b = 1

    def middle():
        global a

        def inner():
            return a, b

        class Klass:
            global b
            b = a

            def method(self):
                return b

        return inner, Klass

    class Reads:
        a = a

        def method(self):
            return a

        free = b

    x: int
    (y): int
    (z): int = 3
    w.v: int = 4
    return middle, Reads


class Declares:
    global made
    made = 1
    unseen: made

    def late(self):
        return made, later


later: int = 1
global_name = 1
for i, (j, *k) in []:
    with i as l, j as (m, n.o), k as q[r]:
        u += 1
async def generator(a, /, b, *, c=later, **d):
    async for x in a:
        yield [y async for y in b if await c]
    def again(a=a, generator=generator): return a
    async with a as (f, g): return
