"""2to3 as a library, for tools that used ``lib2to3.refactor``.

    from spacetime_compiler.upgrade import RefactoringTool, get_fixers_from_package

    tool = RefactoringTool(get_fixers_from_package("lib2to3.fixes"))
    print(str(tool.refactor_string("print 1\\n", "a.py")))

Names, arguments, messages and results are those of lib2to3 3.11, which nobody needs for it: the
fixers are those of ``stc upgrade``, in Rust. For new code there are :func:`refactor_string` and
:func:`refactor_file`. What is different from lib2to3: there is no tree to be walked (only its
text), and fixers are named, not written in Python.
"""

import builtins
import difflib
import logging
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

from spacetime_compiler import _native
from spacetime_compiler._files import StrPath, replace_file

__all__ = [
    "CannotParse",
    "CannotRefactor",
    "FixerError",
    "MultiprocessRefactoringTool",
    "MultiprocessingUnsupported",
    "ParseError",
    "RefactoringTool",
    "StdoutRefactoringTool",
    "TokenError",
    "Tree",
    "get_all_fix_names",
    "get_fixers_from_package",
    "main",
    "refactor_file",
    "refactor_string",
]

PACKAGE = "lib2to3.fixes"
"""The package whose fixers are here."""

_PREFIX = "fix_"
# `as` and the like may follow a coding comment, but nothing behind the second line matters.
_HEAD = 2


class FixerError(Exception):
    """There is no such fixer."""


class MultiprocessingUnsupported(Exception):
    """Never raised: files are worked on by threads, which there always are."""


class CannotRefactor(Exception):
    """A fixer could not do its work; lib2to3 raised what came, such as ``AttributeError``."""


class CannotParse(Exception):
    """A text is neither Python 2 nor Python 3.

    The exceptions have the names and the words of lib2to3's: ``ParseError``, ``TokenError``,
    ``IndentationError`` (which is also Python's), seldom ``KeyError`` and ``AssertionError``.
    """


class ParseError(CannotParse):
    """A token that cannot stand where it is, or that is none."""

    def __init__(self, msg: str, type: int, value: str, context: tuple[str, tuple[int, int]]):
        super().__init__(f"{msg}: type={type!r}, value={value!r}, context={context!r}")
        self.msg = msg
        self.type = type
        """The number of its kind in ``lib2to3.pgen2.token``."""
        self.value = value
        self.context = context
        """What is before it, and its line (from 1) and column (from 0)."""

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.msg, self.type, self.value, self.context)


class TokenError(CannotParse):
    """The text ends within a string or in brackets. Arguments: message, (line, column)."""


class _IndentationError(CannotParse, builtins.IndentationError):
    pass


class _KeyError(CannotParse, builtins.KeyError):
    pass


class _AssertionError(CannotParse, builtins.AssertionError):
    pass


for _class in (_IndentationError, _KeyError, _AssertionError):
    _class.__name__ = _class.__name__[1:]  # messages name the class


@dataclass(frozen=True, slots=True)
class Tree:
    """What became of a text; ``str()`` gives the new one, as with lib2to3's tree."""

    text: str
    was_changed: bool
    """Whether lib2to3 takes it for changed, which it also does where a fixer has put something
    in the place of its like; compare texts to know better."""
    future_features: frozenset[str]
    """What the text imports from ``__future__``."""
    log: tuple[str, ...]
    """What the fixers had to say."""

    def __str__(self) -> str:
        return self.text


_Why: TypeAlias = tuple[str, str, tuple[int, str, str, int, int] | None]


def _error(why: _Why) -> Exception:
    """The exception that lib2to3 would have raised."""
    name, message, place = why
    if name == "ParseError" and place is not None:
        kind, value, prefix, line, column = place
        return ParseError(message, kind, value, (prefix, (line, column)))
    if name == "TokenError" and place is not None:
        return TokenError(message, (place[3], place[4]))
    if name == "IndentationError" and place is not None:
        return _IndentationError(message, ("<tokenize>", place[3], None, None))
    if name in ("KeyError", "AssertionError"):
        return _KeyError(message) if name == "KeyError" else _AssertionError(message)
    return CannotRefactor(message)


# --- fixers ---


def get_all_fix_names(fixer_pkg: str, remove_prefix: bool = True) -> list[str]:
    """The names of all fixers, in order; with ``fix_`` before them if that is not removed.

    Raises ``FixerError`` for a package other than ``lib2to3.fixes``.
    """
    if fixer_pkg != PACKAGE:
        raise FixerError(f"only the fixers of {PACKAGE} are here, not those of {fixer_pkg}")
    return [name if remove_prefix else _PREFIX + name for name, _ in _native.upgrade_fixers()]


def get_fixers_from_package(pkg_name: str) -> list[str]:
    """The full names of all fixers, such as ``lib2to3.fixes.fix_print``.

    Raises ``FixerError`` for a package other than ``lib2to3.fixes``.
    """
    return [f"{pkg_name}.{name}" for name in get_all_fix_names(pkg_name, False)]


@lru_cache(maxsize=1)
def _known() -> dict[str, bool]:
    """Each fixer, and whether it is off unless it is named."""
    return dict(_native.upgrade_fixers())


def _plain(name: str) -> str:
    """The short name of a fixer: ``print`` for ``lib2to3.fixes.fix_print`` and ``fix_print``."""
    package, dot, last = name.rpartition(".")
    short = last.removeprefix(_PREFIX)
    if (dot and package != PACKAGE) or short not in _known():
        raise FixerError(f"Can't find {name}: only the fixers of {PACKAGE} are here")
    return short


@lru_cache(maxsize=8)
def _upgrader(
    names: tuple[str, ...], print_function: bool, exec_function: bool, beyond: bool
) -> _native.Upgrader:
    """The engine for some fixers; it is made once."""
    return _native.Upgrader(
        list(names), print_function=print_function, exec_function=exec_function, beyond=beyond
    )


# --- two functions ---


def refactor_string(
    text: str,
    name: str = "<string>",
    *,
    fixers: Iterable[str] | None = None,
    explicit: Iterable[str] = (),
    print_function: bool = False,
    exec_function: bool = False,
    beyond: bool = False,
) -> Tree:
    """Turn Python 2 into Python 3.

    ``fixers`` are names such as ``"print"``; without them, all that are on by default.
    ``explicit`` adds some that are off unless they are named (``buffer``, ``idioms``,
    ``set_literal``, ``ws_comma``). ``name`` is for messages, and the fixer ``import`` looks for
    modules beside a file of that name. The last line need not end with a newline.
    With ``beyond``, what 2to3 breaks is written right, as by ``stc upgrade --beyond``.

    Raises ``CannotParse``, ``CannotRefactor`` and, for a name of a fixer, ``FixerError``.
    """
    chosen = _chosen(fixers, explicit)
    upgrader = _upgrader(chosen, print_function, exec_function, beyond)
    tree = _refactored(upgrader, text + "\n", name)
    return Tree(tree.text[:-1], tree.was_changed, tree.future_features, tree.log)


def refactor_file(
    path: StrPath,
    *,
    write: bool = False,
    fixers: Iterable[str] | None = None,
    explicit: Iterable[str] = (),
    print_function: bool = False,
    exec_function: bool = False,
    beyond: bool = False,
) -> Tree:
    """Turn a file of Python 2 into Python 3; with ``write``, change the file.

    Encoding, byte-order mark and line ends stay. The file is written whole or not at all, and
    only if its text changes. The rest is as with :func:`refactor_string`.

    Raises ``OSError``, and ``UnicodeError`` or ``LookupError`` for a file that is not in its
    encoding, or in one that Python does not know, besides what :func:`refactor_string` raises.
    """
    name = os.fspath(path)
    text, encoding = _read(name)
    tree = refactor_string(
        text,
        name,
        fixers=fixers,
        explicit=explicit,
        print_function=print_function,
        exec_function=exec_function,
        beyond=beyond,
    )
    if write and tree.text != text:
        replace_file(name, tree.text.encode(encoding))
    return tree


def _chosen(fixers: Iterable[str] | None, explicit: Iterable[str]) -> tuple[str, ...]:
    """Short names in the order of all."""
    known = _known()
    if fixers is None:
        named = {name for name, is_explicit in known.items() if not is_explicit}
    else:
        named = {_plain(name) for name in fixers}
    named.update(_plain(name) for name in explicit)
    return tuple(name for name in known if name in named)


def _refactored(upgrader: _native.Upgrader, text: str, name: str) -> Tree:
    try:
        new, was_changed, log, features = upgrader.refactor(text, name)
    except _native.UpgradeRefused as refused:
        raise _error(refused.args) from None
    return Tree(new, was_changed, frozenset(features), tuple(log))


def _read(filename: str) -> tuple[str, str]:
    """The text of a file with its own line ends, and its encoding."""
    with open(filename, "rb") as file:
        data = file.read()
    encoding = _native.upgrade_encoding(b"".join(data.splitlines(keepends=True)[:_HEAD]))
    return data.decode(encoding), encoding


# --- the class of lib2to3 ---


class RefactoringTool:
    """Runs fixers over texts, files and folders, as ``lib2to3.refactor.RefactoringTool`` does.

    What subclasses override is called at the same places with the same arguments:
    :meth:`log_error`, :meth:`log_message`, :meth:`log_debug`, :meth:`print_output`,
    :meth:`processed_file`, :meth:`write_file`, :meth:`refactor_file`, :meth:`refactor_string`,
    :meth:`refactor_docstring`.
    """

    CLASS_PREFIX = "Fix"
    FILE_PREFIX = _PREFIX
    PS1 = ">>> "
    PS2 = "... "

    _default_options: Mapping[str, Any] = {
        "print_function": False,
        "exec_function": False,
        "write_unchanged_files": False,
        "beyond": False,
    }

    def __init__(
        self,
        fixer_names: Iterable[str],
        options: Mapping[str, Any] | None = None,
        explicit: Iterable[str] | bool | None = None,
    ) -> None:
        """Take fixers by name: ``lib2to3.fixes.fix_print``, ``fix_print`` or ``print``.

        ``options`` may have ``print_function``, ``exec_function`` and ``write_unchanged_files``,
        and ``beyond``, which lib2to3 had not: what 2to3 breaks is written right.
        ``explicit`` names those that are run though they are off by default; ``True`` means all.

        Raises ``FixerError`` for a fixer that is none of lib2to3's.
        """
        self.fixers = list(fixer_names)
        self.explicit = explicit if isinstance(explicit, bool) else list(explicit or ())
        self.options = {**self._default_options, **(options or {})}
        self.write_unchanged_files = bool(self.options["write_unchanged_files"])
        self.errors: list[Any] = []
        self.logger = logging.getLogger("RefactoringTool")
        self.fixer_log: list[str] = []
        self.wrote = False
        self.files: list[str] = []
        """Files that were changed, or would have been."""
        self._upgrader = _upgrader(
            tuple(self._wanted()),
            bool(self.options["print_function"]),
            bool(self.options["exec_function"]),
            bool(self.options["beyond"]),
        )

    def _wanted(self) -> Iterator[str]:
        """The fixers to be run, in the order in which they were named."""
        known = _known()
        named = [] if isinstance(self.explicit, bool) else [_plain(one) for one in self.explicit]
        for fixer in self.fixers:
            name = _plain(fixer)
            if known[name] and self.explicit is not True and name not in named:
                self.log_message("Skipping optional fixer: %s", name)
                continue
            self.log_debug("Adding transformation: %s", name)
            yield name

    def log_error(self, msg: str, *args: Any, **kwds: Any) -> None:
        """Called while an exception is handled. This one lets it through."""
        raise

    def log_message(self, msg: str, *args: Any) -> None:
        """Called with what a user should know."""
        self.logger.info(msg % args if args else msg)

    def log_debug(self, msg: str, *args: Any) -> None:
        """Called with what ``-v`` shows."""
        self.logger.debug(msg % args if args else msg)

    def print_output(self, old_text: str, new_text: str, filename: str, equal: bool) -> None:
        """Called with both texts of a file that counts as changed."""

    def refactor(
        self, items: Iterable[str], write: bool = False, doctests_only: bool = False
    ) -> None:
        """Refactor files and folders."""
        for item in items:
            if os.path.isdir(item):
                self.refactor_dir(item, write, doctests_only)
            else:
                self.refactor_file(item, write, doctests_only)

    def refactor_dir(self, dir_name: str, write: bool = False, doctests_only: bool = False) -> None:
        """Refactor the files of a folder that end with ``.py``, but for hidden ones."""
        for folder, folders, names in os.walk(dir_name):
            self.log_debug("Descending into %s", folder)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith(".") and os.path.splitext(name)[1] == ".py":
                    self.refactor_file(os.path.join(folder, name), write, doctests_only)

    def _read_python_source(self, filename: str) -> tuple[str, str] | tuple[None, None]:
        """The text of a file and its encoding, or nothing if it cannot be had."""
        try:
            return _read(filename)
        except OSError as err:
            self.log_error("Can't open %s: %s", filename, err)
        except (UnicodeError, LookupError) as err:
            self.log_error("Can't decode %s: %s", filename, err)
        return None, None

    def refactor_file(
        self, filename: str, write: bool = False, doctests_only: bool = False
    ) -> None:
        """Refactor a file; with ``write``, change it."""
        text, encoding = self._read_python_source(filename)
        if text is None:
            return
        # The parser wants a last line that ends.
        data = text + "\n"
        if doctests_only:
            self.log_debug("Refactoring doctests in %s", filename)
            new = self.refactor_docstring(data, filename)[:-1]
            if self.write_unchanged_files or new != text:
                self.processed_file(new, filename, text, write, encoding)
            else:
                self.log_debug("No doctest changes in %s", filename)
            return
        tree = self.refactor_string(data, filename)
        if tree is not None and (self.write_unchanged_files or tree.was_changed):
            self.processed_file(str(tree)[:-1], filename, write=write, encoding=encoding)
        else:
            self.log_debug("No changes in %s", filename)

    def refactor_string(self, data: str, name: str) -> Tree | None:
        """Refactor a text, whose last line should end with a newline.

        The result is nothing if it cannot be parsed and :meth:`log_error` returns.
        """
        try:
            tree = self._refactored(data, name)
        except CannotParse as err:
            self.log_error("Can't parse %s: %s: %s", name, type(err).__name__, err)
            return None
        except CannotRefactor as err:
            self.log_error("Can't refactor %s: %s", name, err)
            return None
        self.log_debug("Refactoring %s", name)
        self.fixer_log.extend(tree.log)
        return tree

    def _refactored(self, data: str, name: str) -> Tree:
        return _refactored(self._upgrader, data, name)

    def refactor_docstring(self, input: str, filename: str) -> str:
        """Refactor the examples in a text, wherever they stand; the new text."""
        new, log, errors = self._upgrader.refactor_doctests(input, filename)
        self.fixer_log.extend(log)
        for line, source, why in errors:
            for one in source:
                self.log_debug("Source: %s", one)
            try:
                raise _error(why)
            except Exception as err:
                name = type(err).__name__
                self.log_error(
                    "Can't parse docstring in %s line %s: %s: %s", filename, line, name, err
                )
        return new

    def refactor_stdin(self, doctests_only: bool = False) -> None:
        """Refactor what comes from standard input; :meth:`print_output` gets it."""
        text = sys.stdin.read()
        if doctests_only:
            self.log_debug("Refactoring doctests in stdin")
            new = self.refactor_docstring(text, "<stdin>")
            if self.write_unchanged_files or new != text:
                self.processed_file(new, "<stdin>", text)
            else:
                self.log_debug("No doctest changes in stdin")
            return
        tree = self.refactor_string(text, "<stdin>")
        if tree is not None and (self.write_unchanged_files or tree.was_changed):
            self.processed_file(str(tree), "<stdin>", text)
        else:
            self.log_debug("No changes in stdin")

    def processed_file(
        self,
        new_text: str,
        filename: str,
        old_text: str | None = None,
        write: bool = False,
        encoding: str | None = None,
    ) -> None:
        """Called with the new text of a file that counts as changed."""
        self.files.append(filename)
        if old_text is None:
            old_text = self._read_python_source(filename)[0]
            if old_text is None:
                return
        equal = old_text == new_text
        self.print_output(old_text, new_text, filename, equal)
        if equal:
            self.log_debug("No changes to %s", filename)
            if not self.write_unchanged_files:
                return
        if write:
            self.write_file(new_text, filename, old_text, encoding)
        else:
            self.log_debug("Not writing changes to %s", filename)

    def write_file(
        self, new_text: str, filename: str, old_text: str, encoding: str | None = None
    ) -> None:
        """Write a file, whole or not at all."""
        try:
            replace_file(filename, new_text.encode(encoding or "utf-8"))
        except OSError as err:
            self.log_error("Can't create %s: %s", filename, err)
            return
        except UnicodeError as err:
            self.log_error("Can't encode %s: %s", filename, err)
            return
        self.log_debug("Wrote changes to %s", filename)
        self.wrote = True

    def summarize(self) -> None:
        """Say what was done."""
        were = "were" if self.wrote else "need to be"
        if not self.files:
            self.log_message("No files %s modified.", were)
        else:
            self.log_message("Files that %s modified:", were)
            for file in self.files:
                self.log_message(file)
        if self.fixer_log:
            self.log_message("Warnings/messages while refactoring:")
            for message in self.fixer_log:
                self.log_message(message)
        if self.errors:
            if len(self.errors) == 1:
                self.log_message("There was 1 error:")
            else:
                self.log_message("There were %d errors:", len(self.errors))
            for msg, args, kwds in self.errors:
                self.log_message(msg, *args, **kwds)


class MultiprocessRefactoringTool(RefactoringTool):
    """Works on several files at a time.

    They are worked on by threads, which do not hold the interpreter's lock; what there is to say
    and to write comes in the order of the files, in the thread that has called.
    """

    _AHEAD = 16  # files for each thread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[str, Future[tuple[str, Tree]]] = {}

    def refactor(
        self,
        items: Iterable[str],
        write: bool = False,
        doctests_only: bool = False,
        num_processes: int = 1,
    ) -> None:
        """Refactor files and folders, ``num_processes`` at a time."""
        if num_processes <= 1 or doctests_only:
            super().refactor(items, write, doctests_only)
            return
        found = _found(items)
        with ThreadPoolExecutor(num_processes) as pool:
            while some := list(islice(found, num_processes * self._AHEAD)):
                self._waiting = {
                    name: pool.submit(_ahead, self._upgrader, name)
                    for name, is_file in some
                    if is_file
                }
                for name, is_file in some:
                    if is_file:
                        self.refactor_file(name, write, doctests_only)
                    else:
                        self.log_debug("Descending into %s", name)
        self._waiting = {}

    def _refactored(self, data: str, name: str) -> Tree:
        waiting = self._waiting.pop(name, None)
        if waiting is not None and waiting.exception() is None:
            text, tree = waiting.result()
            if text == data:
                return tree
        return super()._refactored(data, name)


def _ahead(upgrader: _native.Upgrader, filename: str) -> tuple[str, Tree]:
    """What a file holds, and what becomes of it. Whoever asks again gets what goes wrong."""
    data = _read(filename)[0] + "\n"
    return data, _refactored(upgrader, data, filename)


def _found(items: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Folders (for messages) and files, in the order of :meth:`RefactoringTool.refactor_dir`."""
    for item in items:
        if not os.path.isdir(item):
            yield item, True
            continue
        for folder, folders, names in os.walk(item):
            yield folder, False
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith(".") and os.path.splitext(name)[1] == ".py":
                    yield os.path.join(folder, name), True


class StdoutRefactoringTool(MultiprocessRefactoringTool):
    """Prints diffs, keeps backups, and writes into other folders: ``lib2to3.main``'s class."""

    def __init__(
        self,
        fixers: Iterable[str],
        options: Mapping[str, Any] | None,
        explicit: Iterable[str] | bool | None,
        nobackups: bool,
        show_diffs: bool,
        input_base_dir: str = "",
        output_dir: str = "",
        append_suffix: str = "",
    ) -> None:
        self.nobackups = nobackups
        self.show_diffs = show_diffs
        if input_base_dir and not input_base_dir.endswith(os.sep):
            input_base_dir += os.sep
        self._input_base_dir = input_base_dir
        self._output_dir = output_dir
        self._append_suffix = append_suffix
        super().__init__(fixers, options, explicit)

    def log_error(self, msg: str, *args: Any, **kwds: Any) -> None:
        """Keep it for the summary, and go on."""
        self.errors.append((msg, args, kwds))
        self.logger.error(msg, *args, **kwds)

    def write_file(
        self, new_text: str, filename: str, old_text: str, encoding: str | None = None
    ) -> None:
        """Write a file to where it belongs, and keep the old one as ``FILE.bak``.

        Raises ``ValueError`` if the file is not in the folder that the output mirrors.
        """
        target = filename
        if self._output_dir:
            if not filename.startswith(self._input_base_dir):
                raise ValueError(
                    f"filename {filename} does not start with the input_base_dir "
                    f"{self._input_base_dir}"
                )
            target = os.path.join(self._output_dir, filename[len(self._input_base_dir) :])
        target += self._append_suffix
        if target != filename:
            os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
            self.log_message("Writing converted %s to %s.", filename, target)
        elif not self.nobackups:
            shutil.copy2(filename, f"{filename}.bak")
        super().write_file(new_text, target, old_text, encoding)
        if target != filename and os.path.exists(target):
            shutil.copymode(filename, target)

    def print_output(self, old_text: str, new_text: str, filename: str, equal: bool) -> None:
        """Print a diff, and say that there is one."""
        if equal:
            self.log_message("No changes to %s", filename)
            return
        self.log_message("Refactored %s", filename)
        if self.show_diffs:
            diff = difflib.unified_diff(
                old_text.splitlines(),
                new_text.splitlines(),
                filename,
                filename,
                "(original)",
                "(refactored)",
                lineterm="",
            )
            for line in diff:
                print(line)
            sys.stdout.flush()


def main(fixer_pkg: str, args: Sequence[str] | None = None) -> int:
    """Run the command ``2to3`` with arguments (``sys.argv[1:]``); its exit status.

    Raises ``FixerError`` for a package other than ``lib2to3.fixes``.
    """
    get_all_fix_names(fixer_pkg)
    from spacetime_compiler.__main__ import upgrade

    return upgrade(args)
