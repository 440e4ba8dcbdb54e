"""Puts the table of attacks into the manual."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "attacks.md"
BEGIN, END = "<!-- table: make attack -->\n", "<!-- end of table -->\n"


def write(rows: str) -> None:
    """Replace the table in docs/attacks.md, with the date of the run."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    run = f"Run on {datetime.now(UTC).date().isoformat()}.\n\n"
    PAGE.write_text(before + BEGIN + run + rows + END + after, "utf-8")
