"""No text of a listing is run as a formula by a spreadsheet, whatever stands in front of it; numbers stay numbers."""

from __future__ import annotations

import csv
import io

import pytest

from monitor.api.csv_text import cell, csv_text


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "＋1",
        "－1", "＠SUM(1)", "|x",
    ],
)  # fmt: skip
def test_a_formula_is_text(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize(("value", "said"), [(-5, "-5"), (1.5, "1.5"), (None, ""), (True, "true"), ("a=b", "a=b")])
def test_what_is_none_is_left_alone(value: object, said: str) -> None:
    assert cell(value) == said


def test_a_file_is_read_back_with_its_rows() -> None:
    rows: list[dict[str, object]] = [{"a": 'x"y\r\nz', "b": ["1", "2"]}, {"a": "\u202egnp.exe", "b": None}]
    text = csv_text(rows, ("a", "b"))
    assert text.startswith('\ufeff"a","b"\r\n')
    read = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert read == [["a", "b"], ['x"y\r\nz', "1 2"], ["[U+202E]gnp.exe", ""]]
