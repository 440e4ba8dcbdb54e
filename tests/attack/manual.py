"""Puts the table of attacks into the manual: the rows that were run anew replace those of the same name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.attack.attack import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "attacks.md"
BEGIN, END = "<!-- table: make attack -->\n", "<!-- end of table -->\n"


def known(text: str) -> dict[str, str]:
    """The rows of the table in a page, by the name of their attack."""
    body = text.partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in body.splitlines() if line.startswith("| ")][2:]  # without its head
    return {row.split("|")[1].strip(): row for row in rows}


def merged(text: str, rows: Mapping[str, str], order: Sequence[str]) -> str:
    """The page with these rows, and those of the other attacks that still exist."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    all_of = {**known(text), **rows}
    return before + BEGIN + table(all_of[name] for name in order if name in all_of) + END + after


def write(rows: Mapping[str, str], order: Sequence[str]) -> None:
    """Replace these rows in docs/attacks.md."""
    PAGE.write_text(merged(PAGE.read_text("utf-8"), rows, order), "utf-8")
