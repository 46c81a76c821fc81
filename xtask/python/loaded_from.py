"""Says where an interpreter takes its standard library from.

Called with names of modules. Prints JSON: the file behind each of them, and the file
behind each module that is loaded at start-up and was not made in C. It imports nothing
but what finding modules needs, so what it says of the start-up is true.
"""

import sys

# What was loaded before the first line of any program.
at_start = dict(sys.modules)


def origin(module: object) -> str | None:
    """The file of a module that has one; `frozen` for one that comes out of the binary."""
    spec = getattr(module, "__spec__", None)
    found: str | None = getattr(spec, "origin", None)
    return None if found == "built-in" else found


def main() -> None:
    """Answers for the modules that are named on the command line."""
    import importlib.util
    import json

    named: dict[str, str | None] = {}
    for name in sys.argv[1:]:
        try:
            spec = importlib.util.find_spec(name)
        except ImportError as problem:
            named[name] = f"{type(problem).__name__}: {problem}"
        else:
            named[name] = spec.origin if spec else None
    start = {name: origin(module) for name, module in at_start.items() if name != "__main__"}
    print(json.dumps({"named": named, "at_start": {n: o for n, o in start.items() if o}}))


if __name__ == "__main__":
    main()
