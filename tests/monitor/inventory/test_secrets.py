"""Secrets are read from where the inventory says, and are in no text that is made about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.inventory.values.secrets import NoSecret, resolve_secret, warning

_VALUE = "json://hooks.example/T0KEN"


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "oncall"
    file.write_text(f"{_VALUE}\n")
    assert resolve_secret("env:ONCALL", {"ONCALL": _VALUE}) == _VALUE
    assert resolve_secret(f"file:{file}", {}) == _VALUE


def test_what_cannot_be_had_says_why_and_never_what(tmp_path: Path) -> None:
    empty, long, binary, two = (tmp_path / name for name in ("empty", "long", "binary", "two"))
    empty.write_text(" \n")
    long.write_text("x" * 70_000)
    binary.write_bytes(b"T0KEN\xff")
    two.write_text(f"{_VALUE}\n{_VALUE}\n")
    for ref, says in (
        ("env:ONCALL", "no variable ONCALL"),
        ("env:BLANK", "is empty"),
        ("env:LINES", "more than one line"),
        (f"file:{tmp_path}/nothing", "there is no such file"),
        (f"file:{tmp_path}", "there is no such file"),
        (f"file:{empty}", "is empty"),
        (f"file:{long}", "larger than 64 KiB"),
        (f"file:{binary}", "is not UTF-8"),
        (f"file:{two}", "more than one line"),
        ("/dev/zero", "must be env:NAME or file:/absolute/path"),
        (_VALUE, "must be env:NAME or file:/absolute/path"),
    ):
        with pytest.raises(NoSecret, match=says) as raised:
            resolve_secret(ref, {"BLANK": " ", "LINES": f"{_VALUE}\nT0KEN"})
        assert "T0KEN" not in str(raised.value)


def test_a_device_is_no_secret() -> None:
    with pytest.raises(NoSecret, match="no such file"):
        resolve_secret("file:/dev/zero", {})


def test_a_file_that_all_can_read_is_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "oncall"
    file.write_text(_VALUE)
    file.chmod(0o604)
    assert "chmod o-r" in (warning(f"file:{file}") or "")
    file.chmod(0o640)
    assert warning(f"file:{file}") is None
    assert warning("env:ONCALL") is None
    assert warning(f"file:{tmp_path}/nothing") is None
