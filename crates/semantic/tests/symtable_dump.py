"""Writes what CPython's symtable says of Python files, as JSON lines.

The first line tells the version of the interpreter. Then, for each file that
compiles, {"path": ..., "scopes": [[type, name, line, parent, {name: predicates}], ...]}
with scopes as a flat list (parent is an index into it) and predicates as bits
in the order of PREDICATES. Without arguments: the standard library of the
running interpreter; otherwise the files named.
"""

import json
import os
import symtable
import sys
import sysconfig
import warnings

PREDICATES = (
    "is_parameter",
    "is_global",
    "is_declared_global",
    "is_nonlocal",
    "is_free",
    "is_local",
    "is_assigned",
    "is_imported",
    "is_annotated",
    "is_referenced",
)

# Names that the compiler makes for itself.
INTERNAL = {"__classdict__", "__type_params__"}

known = {}


def predicates(table, name, flags):
    """The answers depend on the flags alone, so each is asked for once."""
    key = (flags, table.get_type() == "module")
    if key not in known:
        symbol = table.lookup(name)
        known[key] = sum(1 << at for at, each in enumerate(PREDICATES) if getattr(symbol, each)())
    return known[key]


def flatten(table, parent, scopes):
    kind = getattr(table.get_type(), "value", table.get_type())
    names = {
        name: predicates(table, name, flags)
        for name, flags in table._table.symbols.items()
        if not name.startswith(".") and name not in INTERNAL
    }
    scopes.append([kind, table.get_name(), table.get_lineno(), parent, names])
    at = len(scopes) - 1
    for child in table.get_children():
        flatten(child, at, scopes)


def library():
    root = sysconfig.get_path("stdlib")
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - {"site-packages", "__pycache__"})
        for file in sorted(files):
            if file.endswith(".py"):
                yield os.path.join(folder, file)


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(10000)
    print(json.dumps({"version": sys.version_info[:2]}))
    for path in sys.argv[1:] or library():
        try:
            with open(path, encoding="utf-8", newline="") as file:
                source = file.read()
            # Not only a table: some errors are found later.
            compile(source, path, "exec", dont_inherit=True)
            table = symtable.symtable(source, path, "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        scopes = []
        flatten(table, -1, scopes)
        print(json.dumps({"path": path, "scopes": scopes}))


main()
