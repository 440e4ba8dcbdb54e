"""A report as a tagged PDF for people and archives (PDF/UA-1 and PDF/A-3a), each of its tables attached as CSV.

It is laid out by typst in a process of its own: `python -m monitor.reports.as_pdf`.

The process takes the report as JSON on its standard input and writes the PDF to its standard output. A layout of
thousands of rows takes hundreds of megabytes, which end with it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from monitor.api.csv_text import table_csv
from monitor.reports.document import Document

_SECONDS = 300
"""A layout of 13,000 rows takes 21 s of CPU and 2 GB, and 94 s on a machine that others keep busy."""
_NARROW = 7
"""Columns that fit on an upright page."""
_LETTERS = re.compile("[ -~\xa0-\u017f]")
_ALSO = frozenset("–—‘’“”…●○≥≤×→▲■□")
"""Beside Latin letters, what the font has: PDF/UA-1 allows no text without a glyph."""


class NoPdf(Exception):
    """The PDF could not be made; the text says why."""


def as_pdf(document: Document, closing: str, made: date) -> bytes:
    """The PDF of a report; the same bytes for the same report on the same day. Raises NoPdf."""
    data = {**document.value(), "closing": closing, "year": made.year, "month": made.month, "day": made.day}
    data["wide"] = any(len(section.head) > _NARROW for section in document.sections)
    data = _shown_all(data)
    data["tables"] = [
        {"name": f"table-{number}.csv", "heading": shown(one.heading), "text": table_csv(one.head, one.rows)}
        for number, one in enumerate(document.sections, 1)
        if one.rows
    ]
    try:
        done = subprocess.run(
            [sys.executable, "-E", "-s", "-m", "monitor.reports.as_pdf"],
            input=json.dumps(data, ensure_ascii=False).encode(),
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPdf(f"the layout did not end ({type(error).__name__})") from None
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoPdf(f"the layout failed: {said[-1] if said else 'without a word'}")
    return done.stdout


def shown(text: str) -> str:
    """`text` with each letter that the font lacks as its code point in brackets."""
    return "".join(
        one if one == "\n" or _LETTERS.fullmatch(one) or one in _ALSO else f"[U+{ord(one):04X}]" for one in text
    )


def _shown_all(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {key: _shown_all(one) for key, one in value.items()}
    return [_shown_all(one) for one in value] if isinstance(value, list) else value


def main() -> None:
    """Lay out what comes in."""
    template = files("monitor.reports").joinpath("report.typ").read_bytes()
    data = sys.stdin.buffer.read().decode()
    import typst  # here alone: a service that only starts this process would hold megabytes of it

    made = typst.compile(
        template, format="pdf", sys_inputs={"data": data}, ignore_system_fonts=True, pdf_standards=["ua-1", "a-3a"]
    )
    assert isinstance(made, bytes)  # noqa: S101  one document was asked for
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
