"""``load_json`` against ``json.load``: what it gives, what it raises, where the file is then."""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from spacetime_compiler.runtime import SpillList, _json, load_json

TEXTS = ["", "a\u20ac\U0001f600"]
VALUES = [0, -1, 12345678901234567890, 1.5, -2e300, float("inf"), True, None, [], {}, *TEXTS]
BLANKS = ["", " ", "\n", "\t ", "\r\n"]


def _value(chance: random.Random, depth: int = 0) -> Any:
    if depth > 2 or chance.random() < 0.6:
        return chance.choice(VALUES)
    if chance.random() < 0.5:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    names = chance.sample("abcd", k=chance.randrange(4))
    return {name * 3: _value(chance, depth + 1) for name in names}


def _outcome(load: Any, file: Any) -> tuple[Any, ...]:
    try:
        found = load(file)
    except Exception as problem:
        return type(problem), str(problem), problem.args, getattr(problem, "doc", None)
    if isinstance(found, SpillList):
        found = list(found)
    return found, type(found), file.read()


def _same(path: Path, **how: Any) -> None:
    with path.open(**how) as one, path.open(**how) as other:
        assert repr(_outcome(load_json, one)) == repr(_outcome(json.load, other))


@pytest.mark.parametrize("block", [1, 2, 5, 64, 1 << 18])
def test_documents(block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_json, "_BLOCK", block)
    chance = random.Random(block)
    path = tmp_path / "some.json"
    for _ in range(150):
        value = [_value(chance) for _ in range(chance.randrange(6))]
        blank = chance.choice(BLANKS)
        separators = ("," + blank, blank + ":" + blank)
        text = json.dumps(value, separators=separators, ensure_ascii=chance.random() < 0.5)
        text = chance.choice(BLANKS) + text + chance.choice(BLANKS)
        path.write_text(text, encoding="utf-8", newline="")
        _same(path, encoding="utf-8")
        # Something is missing, or too much.
        at = chance.randrange(len(text) + 1)
        much = chance.choice(["", ",", "]", "[", "x", "\x00", '"', "1"])
        broken = text[:at] + much + text[at + chance.randrange(2) :]
        path.write_text(broken, encoding="utf-8", newline="")
        _same(path, encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[",
        "[]",
        " [ ] ",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1]]",
        "[1] x",
        "{}",
        '{"a": [1, 2]}',
        "12",
        "null",
        '"text"',
        "[NaN, Infinity, -Infinity]",
        "\ufeff[1]",
        "[" * 100_000,
        "[1, " + "9" * 5000 + "]",
        '["a\nb"]',
    ],
)
def test_odd_documents(text: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text, encoding="utf-8")
    _same(path, encoding="utf-8")


def test_an_array_is_a_spill_list_once_all_of_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    rows = [{"id": number, "name": f"row {number}"} for number in range(20_000)]
    path.write_text(json.dumps(rows), encoding="utf-8")
    with path.open(encoding="utf-8") as file:
        found = load_json(file, frozen=True)
        assert isinstance(found, SpillList)
        assert file.read() == ""
    assert found == rows
    with path.open("a", encoding="utf-8") as file:
        file.write("}")
    extra = pytest.raises(json.JSONDecodeError, match="Extra data")
    with path.open(encoding="utf-8") as file, extra:
        load_json(file)


def test_what_cannot_be_read_again_is_left_to_json(tmp_path: Path) -> None:
    path = tmp_path / "bytes.json"
    path.write_bytes(b"[1, 2]")
    with path.open("rb") as data:
        assert load_json(data) == [1, 2]
    assert load_json(io.StringIO("[1, 2]")) == [1, 2]
    with path.open(encoding="utf-8") as file:
        assert next(file) == "[1, 2]"
        with pytest.raises(json.JSONDecodeError):
            load_json(file)
    with pytest.raises(ValueError, match="closed file"):
        load_json(file)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes(b'[1, "' + b"x" * 600_000 + b'\xff"]')
    _same(path, encoding="utf-8")


def test_a_document_from_the_middle_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "headed.json"
    path.write_text("# a head\n[1, 2, 3]\n", encoding="utf-8")
    with path.open(encoding="utf-8") as file:
        assert file.readline() == "# a head\n"
        assert list(load_json(file)) == [1, 2, 3]
    path.write_text("# a head\n[1, 2, 3\n", encoding="utf-8")
    outcomes = []
    for load in (load_json, json.load):
        with path.open(encoding="utf-8") as file:
            file.readline()
            outcomes.append(_outcome(load, file))
    assert repr(outcomes[0]) == repr(outcomes[1])


def test_numbers_that_are_too_long(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    path.write_text("[" + "1" * (sys.get_int_max_str_digits() + 1) + "]", encoding="utf-8")
    _same(path, encoding="utf-8")


@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("block", [7, 300, 1 << 16])
def test_many_items_at_once(
    separators: tuple[str, str],
    indent: int | None,
    block: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where what stands between items stands within them, in texts and in arrays."""
    monkeypatch.setattr(_json, "_BLOCK", block)
    chance = random.Random(block)
    path = tmp_path / "rows.json"
    inner = [{"a": 1}, {"b": [{}, {}]}]
    texts = ["}, {", "},{", "},\n  {", "], [", "plain"]
    kinds: list[Any] = [
        lambda: {"n": chance.randrange(99)},
        lambda: {"n": inner[: chance.randrange(3)], "t": chance.choice(texts)},
        lambda: [[chance.choice(texts)], []],
        lambda: chance.choice([1, chance.choice(texts), None, {}, []]),
    ]
    for kind in kinds:
        rows = [kind() for _ in range(400)]
        text = json.dumps(rows, separators=separators, indent=indent)
        for changed in (text, text[:-1], text.replace("}", "]", 1), text[:-9] + "]" + text[-9:]):
            path.write_text(changed, encoding="utf-8")
            _same(path, encoding="utf-8")
