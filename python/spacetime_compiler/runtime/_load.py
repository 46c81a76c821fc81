"""The extension module, or what stands in for it where it cannot be loaded.

An extension that is written with PyO3 serves one interpreter of a process. A
program that makes further ones (``concurrent.interpreters``, some web servers) would
fail in them at the import that optimizing has added to it. And a module of the
standard library that the interpreter imports before it is ready cannot use it yet.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from spacetime_compiler import _runtime as native
elif not hasattr(sys, "__stdout__"):
    from spacetime_compiler.runtime import _plain as native
else:
    try:
        from spacetime_compiler import _runtime as native
    except ImportError as problem:
        # Both CPython's and PyO3's words for it; an installation that is broken
        # stays an error.
        if "subinterpreters" not in str(problem):
            raise
        from spacetime_compiler.runtime import _plain as native
    else:
        # `random.sample` and others ask what kind of collection they get. Loaded already.
        import _collections_abc

        _collections_abc.MutableSequence.register(native.SpillList)
        _collections_abc.MutableSequence.register(native.SpillGroup)
        _collections_abc.MutableMapping.register(native.SpillGroups)
        _collections_abc.MutableMapping.register(native.SpillDict)
        _collections_abc.MutableMapping.register(native.SpillCounter)
        _collections_abc.MutableSet.register(native.SpillSet)

__all__ = ["native"]
