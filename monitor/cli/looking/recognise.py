"""`leftopen recognise`: what a saved page is, and why, as JSON; rounds judge by the same function."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TextIO

import click

from probes.recognise.listing import recognise as listings
from probes.recognise.listing.model import Listing, NoListing


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--url", default="http://localhost/", show_default=True, help="The URL of the page.")
@click.option("--lines", is_flag=True, help='Read JSON lines {"file":..., "url":...} on stdin; answer a line each.')
def recognise(file: Path | None, url: str, lines: bool) -> None:
    """Explain a saved page: whether it is a listing, and why.

    It prints JSON: the family of the listing, its entries and sizes, or the reason why it is none. It sends no request.
    The output contains the names that stand in the page.
    """
    if lines == (file is not None):
        raise click.UsageError("name one FILE, or give --lines and write to stdin")
    if file is None:
        sys.exit(_lines(sys.stdin, sys.stdout))
    try:
        answer = page(file, url)
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from error
    click.echo(json.dumps(answer, indent=2))


LARGEST = 64 * 2**20
"""Bytes of a saved page that are read; beyond it the page counts as cut short."""


def page(file: Path, url: str) -> dict[str, Any]:
    """What the saved page is that was got from `url`. Raises OSError when it cannot be read."""
    with file.open("rb") as opened:
        body = opened.read(LARGEST + 1)
    whole = len(body) <= LARGEST
    found = listings.recognise(body[:LARGEST], url, whole=whole)
    listing = found if isinstance(found, Listing) else Listing("", ())
    return {
        "file": str(file),
        "is_listing": isinstance(found, Listing) and found.claimed,
        "strength": listing.strength.value if isinstance(found, Listing) else "",
        "family": listing.family,
        "why": found.why if isinstance(found, NoListing) else "; ".join(found.reasons),
        "directories": [entry.name for entry in listing.directories],
        "files": [
            {
                "name": entry.name,
                "size": None if entry.size is None else entry.size.best,
                "exact": entry.size is not None and entry.size.exact,
            }
            for entry in listing.files
        ],
        "partial": listing.partial,
        "reasons": list(listing.reasons),
    }


def _lines(asked: TextIO, answers: TextIO) -> int:
    """Answer JSON lines `{"file":..., "url":...}`, a line each; returns 0, or 2 when one could not be answered."""
    code = 0
    for number, line in enumerate(asked, 1):
        if not line.strip():
            continue
        try:
            wanted = json.loads(line)
            answer = page(Path(wanted["file"]), wanted.get("url") or "http://localhost/")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            answer = {
                "line": number,
                "is_listing": False,
                "error": f'not a line like {{"file":..., "url":...}}: {type(error).__name__}',
            }
            code = 2
        except OSError as error:
            answer = {
                "file": wanted["file"],
                "line": number,
                "is_listing": False,
                "error": f"cannot be read: {error.strerror}",
            }
            code = 2
        answers.write(json.dumps(answer, ensure_ascii=True) + "\n")
        answers.flush()
    return code
