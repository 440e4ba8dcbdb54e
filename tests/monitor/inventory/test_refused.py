"""What is refused whole: secrets in the file, bytes that are no inventory, bombs, and whatever else is written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.inventory.load import Problem, Problems, load, loads
from monitor.inventory.model.inventory import Inventory
from tests.monitor.inventory.samples import lines, text

# Secrets.

_URL = "json://user:hunter2@hooks.example/T0KEN"


@pytest.mark.parametrize(
    "damage",
    [
        ("url: env:VENDOR", f"url: '{_URL}'"),
        ("url: env:VENDOR", "url: hunter2"),
        ("url: env:VENDOR", "url: env:hunter2!"),
        ("url: env:VENDOR", "url: [hunter2]"),
        ("url: env:VENDOR", "url: {a: hunter2}"),
        ("url: env:VENDOR", "url: file:hunter2"),
        ("url: env:VENDOR", "url: file://hunter2/x"),
        ("id: vendor-oncall", f"id: '{_URL}'"),
        ("party: vendor,", f"party: '{_URL}',"),
        ("channels: [region-security]", f"channels: ['{_URL}']"),
        ("{id: vendor-oncall, party: vendor, url: env:VENDOR}", f"'{_URL}'"),
        ("contact: security@region.example", f"contact: '{_URL}'"),
        ("contact: security@region.example", f"contact: a@b.example, about: '{_URL}'"),
        ("host: a.example", f"host: '{_URL}'"),
        ("host: a.example", "host: a.example, files: ['https://user:hunter2@a.example/x']"),
        ("host: a.example", f"host: a.example, paths: ['{_URL}']"),
        ("url: env:VENDOR", "token: hunter2"),
    ],
)
def test_a_secret_is_refused_and_never_repeated(damage: tuple[str, str]) -> None:
    written = text("host: a.example")
    assert damage[0] in written
    with pytest.raises(Problems) as raised:
        loads(written.replace(*damage, 1))
    assert "hunter2" not in str(raised.value)
    assert "hunter2" not in repr(raised.value)
    assert "T0KEN" not in repr(raised.value)
    context = raised.value.__context__
    assert context is None or raised.value.__suppress_context__


# Files that are no inventory.


@pytest.mark.parametrize(
    ("raw", "line", "says"),
    [
        (b"", 1, "the inventory is empty"),
        (b"# nothing yet\n---\n", 1, "the inventory is empty"),
        (b"- a\n", 1, "an inventory is a mapping"),
        (b"just words\n", 1, "an inventory is a mapping"),
        (b"leftopen: 1\n\tassets: []\n", 2, "a tab stands here: indent with spaces"),
        (b"leftopen: 1\nassets: [\n", 3, "not YAML"),
        (b"leftopen: 1\nname: a: b\n", 2, "not YAML"),
        (b"leftopen: 1\nname: 'a\n", 3, "not YAML"),
        (b"leftopen: 1\n---\nleftopen: 1\n", 2, "a second document"),
        (b"leftopen: 1\nname: a\0b\n", 2, "control character U+0000"),
        (b"leftopen: 1\nname: a\x1b[31m\n", 2, "control character U+001B"),
        (b"leftopen: 1\nname: \xe5\n", 2, "is not UTF-8"),
        ("leftopen: 1\n".encode("utf-16"), 1, "is not UTF-8"),
        (b"a: !!python/object/apply:os.system ['id']\n", 1, "a YAML tag"),
        (b"a: &a [*a]\n", 1, "no anchor before it"),
        (b"a: *b\n", 1, "no anchor before it"),
        (b"a: " + b"[" * 100_000, 1, "nested deeper than 32"),
        (b"a: [" + b"x," * 850_000 + b"]", 1, "more than 800000 values"),
        (b"a: x\n" + b"#" * (4 * 2**20), 1, "larger than 4 MiB"),
    ],
)
def test_what_is_no_inventory_says_so(tmp_path: Path, raw: bytes, line: int, says: str) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_bytes(raw)
    with pytest.raises(Problems) as raised:
        load(path)
    assert says in raised.value.problems[0].text
    assert raised.value.problems[0].line == line


def test_a_bomb_of_anchors_is_refused_at_once() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    for here, before in zip("bcdefghi", "abcdefgh", strict=True):
        bomb += f"{here}: &{here} [{','.join([f'*{before}'] * 10)}]\n"
    (line,) = lines(bomb)
    assert "aliases (*) stand for more than 200000 values" in line


def test_a_merge_key_and_a_key_that_is_no_word_are_refused() -> None:
    assert "inventory.yaml:12: merge keys (<<) are not taken: what assets share belongs under defaults" in lines(
        text("host: a.example, <<: {pace: 1}")
    )
    assert "inventory.yaml:12: a key must be a plain word" in lines(text("host: a.example, ? [a] : b"))


def test_a_byte_order_mark_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text("\ufeff" + text("host: a.example"), encoding="utf-8")
    assert load(path).assets[0].host == "a.example"
    assert loads("\ufeff" + text("host: a.example")).assets[0].host == "a.example"


def test_a_file_that_is_not_there_or_not_readable(tmp_path: Path) -> None:
    for path, says in ((tmp_path / "no.yaml", "there is no such file"), (tmp_path, "is a folder")):
        with pytest.raises(Problems, match=says):
            load(path)
    if os.geteuid() != 0:
        locked = tmp_path / "locked.yaml"
        locked.write_text("")
        locked.chmod(0)
        with pytest.raises(Problems, match="Permission denied"):
            load(locked)


# Whatever is written, the answer is an inventory or its problems.

_words = st.sampled_from(
    ["a", "vendor", "c1", "no", "80", "/x", "a.example", "", "15m", "env:X", "2027-01-01", "::1", "\u202e", "~"]
)
_keys = st.sampled_from(
    [
        "id",
        "host",
        "owner",
        "ports",
        "paths",
        "files",
        "public",
        "also",
        "addresses",
        "networks",
        "contract",
        "under",
        "controller",
        "processor",
        "channels",
        "party",
        "url",
        "operator",
        "budget",
        "timeouts",
        "open",
        "closed",
        "x",
    ]
)
_values = st.recursive(
    _words | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=8,
)
_sections = st.sampled_from(
    ["leftopen", "organisation", "parties", "contracts", "channels", "assets", "defaults", "controls"]
)
_entries = st.lists(st.dictionaries(_keys, _values, max_size=6), max_size=3)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(_sections, _values | _entries, max_size=8))
@example({"channels": [{"id": ["a"], "party": {"a": "b"}}], "parties": [{"channels": [["a"]]}]})
def test_any_tree_is_an_inventory_or_problems(tree: dict[str, object]) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        whole: Inventory | None = loads(json.dumps(tree))
    except Problems as raised:
        whole, problems = None, raised.problems
    assert (whole is None) == bool(problems)
    assert all(problem.line >= 1 and problem.text for problem in problems)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet="a:-[]{}&*!|>?'\"\n #<%@`", max_size=60))
def test_any_text_is_an_inventory_or_problems(written: str) -> None:
    with pytest.raises(Problems):
        loads(written)
