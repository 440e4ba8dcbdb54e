"""Is this page a directory listing of the URL asked for, and what does it hold: one pure, total function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from probes.recognise.listing.abridged import abridged
from probes.recognise.listing.decide import judge
from probes.recognise.listing.doubts.partial import CUT, PAGED, PARTS
from probes.recognise.listing.drawn.script_rows import read_drawn, written_markup
from probes.recognise.listing.extent import ends_early, goes_on, says_more
from probes.recognise.listing.families import FAMILIES
from probes.recognise.listing.family import SAMPLE, read_generic, read_lines, read_links, read_repeated
from probes.recognise.listing.fields.charsets import charset_of, in_utf8, names_in_charset, paths_in_charset
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.model import Entry, Kind, Listing, Modified, NoListing, Size, Strength
from probes.recognise.listing.regular import shortened
from probes.recognise.listing.structured.json_dialects import read_data
from probes.recognise.listing.structured.text_listing import is_marked, read_text
from probes.recognise.listing.structured.xml_listing import read_xml
from probes.recognise.media.kinds import NO_DATA, kind_of_name
from probes.recognise.pages.plain import as_text, plain_body, shown_templates, utf16_of

__all__ = ["Entry", "Kind", "Listing", "Modified", "NoListing", "Size", "Strength", "recognise"]

LONGEST = 64 << 20
"""More of a body than this is not read: the survey streams what is longer."""
_GOOD = {200, 202, 203, 206, 207}
_CALLED = re.compile(r"(?:/\*[^*]{0,32}\*/\s{0,4})?[A-Za-z_$][\w.$]{0,40}\(\s{0,4}[\[{]")
"""JSON as the argument of a call (JSONP)."""

_STATEMENTS = re.compile(r"(?:(?:var|let|const|window\.)\s{0,4}\w|[\w.$]{1,40}(?:\[\d{1,4}\])?\s{0,4}=\s{0,4}[\[{'\"])")
"""How a body begins that is a script of assignments."""


def recognise(
    body: bytes, url: str, headers: Iterable[tuple[str, str]] = (), status: int = 200, whole: bool = True
) -> Listing | NoListing:
    """What the answer to a request for `url` holds as a directory listing, or why it is none.

    `whole=False` says that the body was cut: the listing is then partial, and the row that was cut is left out.
    A weak listing (`Listing.claimed` is false) is links that are worth trying on a page that may be anything.
    Total: it raises nothing for any bytes, and its time and memory are bounded by the length of the body.
    """
    headers = tuple(headers)
    found = _recognise(body, url, headers, status, whole)
    if isinstance(found, Listing) and not found.partial and goes_on(headers, len(found.entries)):
        return replace(found, partial=PAGED)
    return found


def _recognise(
    body: bytes, url: str, headers: tuple[tuple[str, str], ...], status: int, whole: bool
) -> Listing | NoListing:
    if status not in _GOOD:
        return NoListing(f"the status is {status}")
    if len(body) > LONGEST:
        body, whole = body[:LONGEST], False
    if not body.strip():
        return NoListing("the body is empty")
    body = plain_body(body)
    if utf16_of(body):
        body = as_text(body).encode("utf-8", "replace")
    body = shown_templates(body)
    page = Page.of(body, url, headers, status, whole and status != 206)
    charset = charset_of(body, page.headers.get("content-type", ""))
    if charset and (known := in_utf8(body, charset)) is not body:
        found = _read(replace(page, body=known), charset)
        address = f"{page.place.path} {url}"
        return paths_in_charset(found, charset, known, address) if isinstance(found, Listing) else found
    return _read(page, charset)


def _read(page: Page, charset: str) -> Listing | NoListing:
    if charset:
        page.place.charset = charset
    called = _CALLED.match(page.start) is not None
    marked = page.start[:1] == "[" and is_marked(page.start)
    json = page.start[:1] in {"{", "["} or (page.content_type.endswith("json") and page.start[:1] != "<")
    if called or (json and not marked):
        return read_data(page)
    if page.status == 207 or page.start.startswith("<?xml") or page.start[:1] == "<":
        found = read_xml(page)
        if found is not None:
            return found
    if page.status == 207 and not page.content_type.endswith("html"):
        return NoListing("a multi-status answer without responses")
    found = read_text(page)
    if isinstance(found, NoListing) and _STATEMENTS.match(page.start):
        # The answer is a script that a page of the device loads: variables that hold names and sizes.
        drawn = read_drawn(replace(page, body=b"<script>" + page.body + b"</script>"))
        return drawn or found
    if found is None:
        if page.whole and ends_early(page.text):
            page = replace(page, whole=False)
        short = shortened(page)
        found = short.whole(_html(short.page)) if short is not None else None
        page = short.page if short is not None and found is not None else page
        found = found or _of_many_rows(page) or _html(page)
        if isinstance(found, Listing) and not found.partial and says_more(page, found):
            found = replace(found, partial=PAGED)
        found = names_in_charset(found, charset) if charset and isinstance(found, Listing) else found
    return found


def _of_many_rows(page: Page) -> Listing | NoListing | None:
    """What a long page is whose rows, of which some are read, are no listing; None where they may be one."""
    short = abridged(page)
    found = _html(short) if short is not None else None
    if not isinstance(found, Listing):
        return found
    return None if found.claimed else replace(found, partial=found.partial or CUT)


def _html(page: Page) -> Listing | NoListing:
    verdicts: list[Listing | NoListing] = []
    for family in FAMILIES:
        marks = family.marks(page)
        if marks:
            verdict = judge(page, family.read(page), family, marks)
            if isinstance(verdict, Listing) and verdict.claimed:
                return _filled(page, verdict)
            verdicts.append(verdict)
    generic = read_generic(page)
    verdict = judge(page, generic, None)
    if isinstance(verdict, Listing) and verdict.claimed and verdict.partial in PARTS:
        return _filled(page, verdict)
    ways: tuple[Callable[[Page], Reading], ...] = _OTHER_WAYS if _worth_reading_on(page) else ()
    verdicts.append(verdict)

    def read(way: Callable[[Page], Reading], page: Page) -> Listing | NoListing:
        reading = way(page)
        # What the header of a table says of its rows is true in whatever way they are read.
        reading.of_names &= generic.of_names
        reading.announced |= generic.announced & {"record", "platform", "hits"}
        return judge(page, reading, None)

    if len(page.tokens) > 2 * SAMPLE and ways:
        # What a way makes of a part of a long page tells which way all of it is read in.
        sample = page.sample(SAMPLE)
        tried = [(way, one) for way in ways if isinstance(one := read(way, sample), Listing)]
        best = max(tried, key=lambda one: _worth(one[1]), default=None)
        known = judge(sample, read_generic(sample), None)
        if best is not None and (best[1].claimed or not isinstance(known, Listing) or _more(best[1], known)):
            ways = (best[0],)
        else:
            ways = ()
    verdicts += [read(way, page) for way in ways]
    drawn: list[Listing | NoListing | None] = [read_drawn(page)]
    if markup := written_markup(page):
        # What a script writes from constant texts is a page of its own, without the scripts.
        written = replace(page, body=markup.encode("utf-8", "replace"))
        drawn += [judge(written, way(written), None) for way in (read_generic, *_OTHER_WAYS)]
    drawn.append(_preformatted(page))
    listings = [one for one in (*verdicts, *drawn) if isinstance(one, Listing)]
    if listings:
        return max(listings, key=_worth)
    return verdicts[0]


def _preformatted(page: Page) -> Listing | None:
    """The listing that a preformatted text without links is (`ls -l`, `dir`): weak where the page says more than it."""
    rows = [row for block in page.blocks if block.kind == "pre" for row in block.rows]
    if len(rows) < _FEW_LINES or any(row.links for row in rows):
        return None
    text = "\n".join("".join(part for cell in row.cells for part in cell.lead) for row in rows)
    found = read_text(replace(page, body=text.encode("utf-8", "replace")))
    if not isinstance(found, Listing) or _PROMPT.search(text):
        return None
    if not any(one.size or one.modified or kind_of_name(one.name) not in NO_DATA for one in found.files):
        return None  # a drawing of a tree, as the first page of a server has
    # A program that prints a folder has neither lists beside it nor a mark of source code around it.
    said = (
        page.prose
        or any(block.kind != "pre" for block in page.blocks)
        or any(one.name == "code" for one in page.tokens)
    )
    said = said or _spoken(page)
    # Names beside checksums alone are what people show of a release.
    said = said or not any(one.size or one.modified for one in found.entries)
    alone = page.text_length - len(text) <= _LITTLE_TEXT and (page.names_path or not said)
    return found if alone else replace(found, strength=Strength.WEAK)


def _spoken(page: Page) -> bool:
    """Whether somebody speaks beside a preformatted text: a short sentence, or a question in the title."""
    depth = 0
    for token in page.tokens:
        if token.name == "pre":
            depth += -1 if token.closing else 1
        elif not token.name and depth < 1 and _SENTENCE.search(token.text[:_LITTLE_TEXT]):
            return True
    return page.title.rstrip().endswith(("?", "？"))


_SENTENCE = re.compile(r"(?:[^\W\d_]{1,30},? ){4,12}[^\W\d_]{1,30}[.?!:](?=\s|$)")
"""A short sentence: five words and its end."""
_PROMPT = re.compile(
    r"(?m)^\s{0,8}(?:[\w.@~:/\[\] -]{0,60}[$#>]|[A-Z]:\\[^>\n]{0,60}>)\s?(?:sudo )?(?:ls|dir|find|tree|du)\b"
)
"""The command in a session of a terminal that somebody shows: documentation."""
_FEW_LINES = 2
_LITTLE_TEXT = 200
"""Characters beside a preformatted text that is all of a page."""
_LONG = 50_000
"""A page of more tags and texts than this around a handful of links is not read in three more ways."""
_MANY_LINKS = 3_000
_LEAST_ROW = 32
"""Bytes of the shortest row of a long listing: a name twice, once in a tag."""


def _worth_reading_on(page: Page) -> bool:
    """Whether a page may be a listing in another way than its tables, texts and lists: each way takes its time."""
    links = len(page.links)
    if links > _MANY_LINKS and (links > 4 * len(set(page.hrefs)) or links * _LEAST_ROW > len(page.body)):
        return False
    return len(page.tokens) <= _LONG or links * 200 >= len(page.tokens)


_OTHER_WAYS = (read_repeated, read_lines, read_links)


def _filled(page: Page, verdict: Listing) -> Listing:
    """A listing without entries may be the frame that a script fills from data in the page."""
    drawn = None if verdict.entries else read_drawn(page)
    return drawn if drawn is not None and drawn.claimed else verdict


def _more(one: Listing, than: Listing) -> bool:
    """Whether a reading has more names than another."""
    return len({entry.name for entry in one.entries}) > len({entry.name for entry in than.entries})


def _worth(listing: Listing) -> tuple[bool, int, int]:
    """What makes one reading of a page better than another: it is claimed, has more entries, knows more of them."""
    names = {entry.name for entry in listing.entries}
    known = sum((entry.size is not None) + (entry.modified is not None) for entry in listing.entries)
    return listing.claimed, len(names), known + (listing.strength is Strength.CERTAIN)
