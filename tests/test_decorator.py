"""`@optimize_spacetime()` keeps all that makes a function, whatever was rewritten in it.

Most tests bring their own rewriting, so that they are about the function and
not about the rules.
"""

import asyncio
import inspect
import traceback
import warnings
from collections.abc import Callable

import pytest

from spacetime_compiler import NotOptimizedWarning, optimize_spacetime

HEAD = "from spacetime_compiler import optimize_spacetime\n\n"
STREAM = ("sum([x for x in xs])", "sum(x for x in xs)")


def test_keeps_what_makes_a_function(make_module, engine) -> None:
    engine(STREAM)
    made = make_module(
        HEAD + "marker = object()\n\n\n"
        "def attach(f):\n    f.mark = marker\n    return f\n\n\n"
        "@optimize_spacetime()\n@attach\n"
        "def total(xs: list, start=marker, *more, flag: bool = True, **rest) -> int:\n"
        "    '''Adds.'''\n    return sum([x for x in xs])\n"
    )
    total = made.total
    original = total.__wrapped__
    assert total is not original
    nested = [one.co_name for one in total.__code__.co_consts if hasattr(one, "co_name")]
    assert nested == ["<genexpr>"]
    assert total([1, 2]) == original([1, 2]) == 3
    assert total.__globals__ is made.__dict__
    assert total.__defaults__ is original.__defaults__
    assert total.__kwdefaults__ == {"flag": True}
    assert total.__annotations__ == original.__annotations__
    assert total.mark is made.marker
    assert (total.__name__, total.__qualname__, total.__module__) == ("total", "total", "made_0")
    assert total.__doc__ == "Adds."
    assert inspect.signature(total) == inspect.signature(original)
    assert inspect.getsource(total) == inspect.getsource(original)


def test_without_parentheses(make_module, engine) -> None:
    engine(STREAM)
    made = make_module(HEAD + "@optimize_spacetime\ndef f(xs):\n    return sum([x for x in xs])\n")
    assert hasattr(made.f, "__wrapped__")
    assert made.f([1, 2]) == 3


def test_nothing_to_do_gives_the_function_itself(make_module, engine) -> None:
    engine(("nothing", "something"))
    made = make_module(HEAD + "def f(xs):\n    return xs\n\n\ng = optimize_spacetime()(f)\n")
    assert made.g is made.f


def test_closure_cells_are_shared(make_module, engine) -> None:
    engine(STREAM)
    made = make_module(
        HEAD + "def counter():\n"
        "    count = 0\n"
        "    unused = 1\n\n"
        "    def bump():\n        nonlocal count\n        count += 1\n\n"
        "    @optimize_spacetime()\n"
        "    def total(xs):\n"
        "        nonlocal count\n        count += 10\n"
        "        return sum([x for x in xs]) + count\n\n"
        "    return bump, total, lambda: count\n"
    )
    bump, total, read = made.counter()
    assert hasattr(total, "__wrapped__")
    bump()
    assert total([1]) == 12
    bump()
    assert read() == 12
    assert total.__closure__ == total.__wrapped__.__closure__


def test_methods_super_and_mangled_names(make_module, engine) -> None:
    engine(STREAM)
    made = make_module(
        HEAD + "class Base:\n    def total(self, xs):\n        return 100\n\n\n"
        "class Child(Base):\n"
        "    __secret = 1000\n\n"
        "    @optimize_spacetime()\n    def total(self, xs):\n"
        "        return super().total(xs) + sum([x for x in xs]) + self.__secret\n\n"
        "    @staticmethod\n    @optimize_spacetime()\n"
        "    def inside(xs):\n        return sum([x for x in xs])\n\n"
        "    @optimize_spacetime()\n    @classmethod\n"
        "    def outside(cls, xs):\n        return cls, sum([x for x in xs])\n\n"
        "    @property\n    @optimize_spacetime()\n"
        "    def size(self, xs=(1, 2)):\n        return sum([x for x in xs])\n\n"
        "    @size.setter\n    @optimize_spacetime()\n"
        "    def size(self, xs):\n        self.set_to = sum([x for x in xs])\n"
    )
    child = made.Child()
    assert child.total([1, 2]) == 1103
    assert made.Child.total.__qualname__ == "Child.total"
    assert hasattr(made.Child.total, "__wrapped__")
    assert made.Child.inside([1]) == child.inside([1]) == 1
    assert hasattr(made.Child.inside, "__wrapped__")
    assert child.outside([4]) == (made.Child, 4)
    assert hasattr(made.Child.__dict__["outside"].__func__, "__wrapped__")
    assert child.size == 3
    child.size = [5]
    assert child.set_to == 5


def test_every_kind_of_function(make_module, engine) -> None:
    engine(STREAM)
    made = make_module(
        HEAD + "@optimize_spacetime()\ndef gen(xs):\n    yield sum([x for x in xs])\n\n\n"
        "@optimize_spacetime()\nasync def coro(xs):\n    return sum([x for x in xs])\n\n\n"
        "@optimize_spacetime()\nasync def agen(xs):\n    yield sum([x for x in xs])\n"
    )
    for name in ("gen", "coro", "agen"):
        assert hasattr(getattr(made, name), "__wrapped__")

    async def all_of_them() -> list[int]:
        return [await made.coro([1, 2])] + [value async for value in made.agen([3])]

    assert list(made.gen([4])) == [4]
    assert asyncio.run(all_of_them()) == [3, 3]
    assert inspect.iscoroutinefunction(made.coro)
    assert inspect.isasyncgenfunction(made.agen)


def test_decorators_above_and_below(make_module, engine) -> None:
    engine(STREAM)
    text = (
        HEAD + "import functools\n\n\n"
        "def twice(f):\n    @functools.wraps(f)\n    def wrapper(*args):\n"
        "        return 2 * f(*args)\n\n    return wrapper\n\n\n"
        "@twice\n@functools.lru_cache\n@optimize_spacetime()\n"
        "def above(xs):\n    return sum([x for x in xs])\n"
    )
    assert make_module(text).above((1, 2)) == 6
    below = "\n\n@optimize_spacetime()\n@twice\ndef below(xs):\n    return sum([x for x in xs])\n"
    with pytest.warns(NotOptimizedWarning, match="another decorator has wrapped it"):
        made = make_module(text + below)
    assert made.below([1, 2]) == 6


def test_functions_of_one_name_are_told_apart(make_module, engine) -> None:
    engine(("sum([1 for x in xs])", "sum(1 for x in xs)"), STREAM)
    made = make_module(
        HEAD + "@optimize_spacetime()\ndef f(xs):\n    return sum([1 for x in xs])\n\n\n"
        "first = f\n\n\n"
        "@optimize_spacetime()\ndef f(xs):\n    return sum([x for x in xs])\n"
    )
    assert made.first([5, 6]) == 2
    assert made.f([5, 6]) == 11


def test_lines_in_tracebacks_are_the_original_ones(make_module, engine) -> None:
    engine(("import optimize_spacetime\n", "import optimize_spacetime\nimport json\n\n"), STREAM)
    made = make_module(
        HEAD + "@optimize_spacetime()\ndef f(xs):\n    return sum([x for x in xs])\n"
    )
    with pytest.raises(TypeError) as caught:
        made.f([None])
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert frames[1].lineno == 5
    assert frames[1].filename == made.__file__


def test_imports_that_the_new_code_needs(make_module, engine) -> None:
    stream = ("sum([x for x in xs])", "fsum(xs)")
    added = ("import optimize_spacetime\n", "import optimize_spacetime\nfrom math import fsum\n")
    engine(added, stream)
    text = "@optimize_spacetime()\ndef f(xs):\n    return sum([x for x in xs])\n"
    made = make_module(HEAD + text)
    assert made.f([1, 2]) == 3.0
    assert "fsum" in vars(made)
    with pytest.warns(NotOptimizedWarning, match="`fsum`, which is taken"):
        made = make_module(HEAD + "fsum = None\n" + text)
    assert made.fsum is None


@pytest.mark.parametrize(
    ("body", "rewritten", "reason"),
    [
        ("def f(xs):\n", "def f(xs, ys=0):\n", "signature"),
        ("    return xs\n", "    yield xs\n", "signature"),
        ("def f(xs):\n", "def g(xs):\n", "told apart"),
    ],
)
def test_a_function_that_would_be_another_is_kept(
    make_module, engine, body: str, rewritten: str, reason: str
) -> None:
    engine((body, rewritten))
    with pytest.warns(NotOptimizedWarning, match=reason):
        made = make_module(HEAD + "@optimize_spacetime()\ndef f(xs):\n    return xs\n")
    assert made.f(1) == 1


def test_new_free_variables_are_refused(make_module, engine) -> None:
    engine(("return xs", "return xs + other"))
    with pytest.warns(NotOptimizedWarning, match="it would need other"):
        made = make_module(
            HEAD + "def make():\n    other = 1\n\n    @optimize_spacetime()\n"
            "    def f(xs):\n        return xs\n\n    return f, lambda: other\n\n\nf, _ = make()\n"
        )
    assert made.f(1) == 1


def test_source_that_cannot_be_had() -> None:
    def without_source(text: str) -> Callable[..., object]:
        names: dict[str, Callable[..., object]] = {}
        exec(text, names)
        return names["f"]

    for function, reason in [
        (without_source("def f(xs): return xs"), "cannot be found"),
        (lambda xs: xs, "lambda"),
        (len, "no Python function"),
        (int, "no Python function"),
    ]:
        with pytest.warns(NotOptimizedWarning, match=reason) as caught:
            assert optimize_spacetime()(function) is function
        assert caught[0].filename == __file__


def test_source_that_has_changed(make_module, tmp_path) -> None:
    made = make_module("def f(xs):\n    return xs\n")
    (tmp_path / "made_0.py").write_text("def f(xs):\n    return [xs]\n\n")
    with pytest.warns(NotOptimizedWarning, match="changed"):
        assert optimize_spacetime(made.f) is made.f


def test_builtins_replaced_from_outside(make_module, engine) -> None:
    engine(STREAM)
    made = make_module("def f(xs):\n    return sum([x for x in xs])\n")
    made.sum = len
    with pytest.warns(NotOptimizedWarning, match="`sum` has been replaced"):
        assert optimize_spacetime(made.f) is made.f
    made = make_module("sum = len\n\n\ndef f(xs):\n    return sum([x for x in xs])\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimize_spacetime(made.f)


def test_a_second_time_changes_nothing(make_module, engine) -> None:
    engine(STREAM)
    made = make_module("def f(xs):\n    return sum([x for x in xs])\n")
    made.f([1])
    once = optimize_spacetime(made.f)
    assert once is not made.f
    assert optimize_spacetime(once) is once


def test_wrong_settings_are_errors() -> None:
    with pytest.raises(ValueError, match="no-such-rule"):
        optimize_spacetime(select=["no-such-rule"])
    with pytest.raises(TypeError):
        optimize_spacetime(selekt=[])


def test_with_the_real_engine(make_module) -> None:
    made = make_module(
        HEAD + "@optimize_spacetime(limits={'confidence': 0, 'saving': 0})\n"
        "def f(n):\n    return sum([x * 2 for x in range(n)])\n"
    )
    assert made.f(9) == 72
    assert hasattr(made.f, "__wrapped__")
