"""What pages that people write show and folders do not: captions below pictures, offers of torrents, other names."""

from __future__ import annotations

import re

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.shown_names import letters
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.prose import shown as shown_texts
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.points import opens, share

_WORD = re.compile(r"[^\W\d_]{2,}")


def unlike(page: Page, reading: Reading, rows: list[Found]) -> str:
    """Why a page whose links name files is no listing of them all the same; empty where nothing says so."""
    framed = page.names_path or page.names_tail or opens(page) or reading.parent or reading.sort_links >= 2
    measured = sum(one.dated or one.exact is not None or sizes.has_unit(one.size_text) for one in rows) * 2 > len(rows)
    if not (framed or measured) and share(rows, "pictured") >= 0.8 and _captioned(page, rows):
        return "the links are small pictures of what they lead to, with captions, as those of a gallery"
    if sum(href.startswith("magnet:") for href in page.hrefs) * 2 >= len(rows):
        return "the rows offer torrents"
    if reading.kind == "links" and len(rows) * 5 < len(page.children) * 3:
        return "most links to what lies below show other names"
    return ""


def _captioned(page: Page, rows: list[Found]) -> bool:
    """Whether there is a text for each row that is not the row's name."""
    names = {letters(part) for one in rows for part in (one.target.name, one.target.name.rpartition(".")[0])}
    texts = [one.text for one in shown_texts(page.tokens)]
    return sum(_WORD.search(text) is not None and letters(text) not in names for text in texts) >= len(rows)
