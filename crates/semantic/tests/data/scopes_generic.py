"""Type parameters and aliases (3.12); compared with CPython's symtable.

The private class stands first, since 3.12.1 forgets to stop mangling after a
generic class.
"""
type A = list[B]
type Pair[T, *Ts, **P] = tuple[T, A, Pair]
B = int


def f[T: (int, lambda: T), U](a: T, b=B, *, c: U = lambda: 1) -> [T for _ in ()]:
    x: T = a
    return lambda: (T, U)


@A
class __Private[__T, U: __T](Base[__T], metaclass=B):
    def __m(self, __x: __T) -> U: return __x


class Base[T]:
    X = int
    type Alias[V: X] = dict[V, T, X]
    type Plain = X

    def method[U: X](self, x: X, y: U = X) -> T:
        global B

        class Local[W](Base[U]):
            def deep[T](self): return T, W, U, X, __class__
        return super().method, T

    def other(self, x: X): return X
