"""Whether what was read of a page makes it a listing: structure decides, never a word."""

from __future__ import annotations

import re

from probes.recognise.listing.family import Family
from probes.recognise.listing.fields.columns import header
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading, entries, leads_up, own_folder, settle
from probes.recognise.listing.html.rows import Found
from probes.recognise.listing.model import Listing, NoListing, Strength

CUT = "cut short"
_NOT_TEXT = {"script", "style", "title", "textarea", "template"}


def judge(page: Page, reading: Reading, family: Family | None, marks: tuple[str, ...] = ()) -> Listing | NoListing:
    """The verdict on one reading of `page`. `marks` is the structure of `family` that the page shows."""
    found = reading.found
    folder, _ = own_folder(found, page.place)
    children = [one for one in found if one.target.parent == folder]
    rows = len(found) + reading.foreign
    share = len(children) / rows if rows else 0.0
    partial = "" if page.whole else CUT
    name = family.name if family else reading.kind or "unknown"
    if not children:
        if family is not None and (family.empty(page) and not found):
            return Listing(name, (), partial, (*marks, "no entry"))
        if family is None and not found and (seen := _empty_table(page, reading)):
            return Listing(name, (), partial, seen)
        return NoListing("no link leads to a direct child of the path asked for")
    reasons = _reasons(page, reading, children, rows, marks)
    own = folder in (page.place.own, page.place.listed)
    lack = _lack_in_family(page, family, share, own) if family is not None and marks else "no known family"
    if not lack:
        strength = Strength.CERTAIN
    elif alone := _lack_alone(page, reading, children, share, own):
        if share < 0.5 or sum(one.named for one in children) * 2 < len(children):
            return NoListing(alone)
        strength, reasons = Strength.WEAK, (*reasons, alone)
    else:
        strength = Strength.CERTAIN if page.names_path or reading.sort_links >= 2 else Strength.LIKELY
    return Listing(name, entries(settle(children, reading.thousand)), partial, reasons, strength)


def _empty_table(page: Page, reading: Reading) -> tuple[str, ...]:
    """The structure of an empty listing of no known family: header cells, then nothing but the way up."""
    if not reading.headed or not reading.parent or not (reading.sort_links >= 3 or page.names_path):
        return ()
    for block in page.blocks:
        if block.kind == "table" and any(header(row) for row in block.rows[:3]):
            rest = [row for row in block.rows if row.links and not header(row)]
            if len(rest) == 1 and all(leads_up(page.place, link) for link in rest[0].links):
                return (
                    "header cells announce name, size or date",
                    "the only row below them leads to the parent folder",
                )
    return ()


def _lack_in_family(page: Page, family: Family, share: float, own: bool) -> str:
    if not family.strong:
        return "the family's marks alone prove nothing"
    if share < 0.6:
        return f"only {share:.0%} of the rows lead to direct children"
    if not own and not page.place.query and share < 0.9:
        return "the entries lie in another folder than the one asked for"
    return ""


def _lack_alone(page: Page, reading: Reading, children: list[Found], share: float, own: bool) -> str:
    """Why a page without a known family's structure is no listing; empty when it is one."""
    count = len(children)
    if share < 0.9:
        return f"only {share:.0%} of the rows lead to direct children"
    named = sum(one.named for one in children) / count
    spelt = sum(one.spelt for one in children) / count
    dated = sum(one.dated for one in children) / count >= 0.6
    sized = sum(one.sized for one in children) / count >= 0.6
    titled = page.names_path
    sortable = reading.sort_links >= 2
    if named < 0.8:
        return "the links do not show the names that they lead to"
    if not own and not (spelt >= 0.9 and ((sortable and (dated or sized)) or (dated and sized))):
        return "the entries lie in another folder than the one asked for"
    if sortable and (dated or sized or titled):
        return ""
    if titled and spelt >= 0.8 and (dated or sized or reading.parent or _dominates(page, reading, children)):
        return ""
    if spelt < 0.8:
        return "no title names the path and the links do not spell out the names that they lead to"
    if reading.parent and dated and (sized or reading.headed) and count >= 2:
        return ""
    if count >= 2 and dated and sized and _dominates(page, reading, children):
        return ""
    if count >= 3 and _nothing_else(page, reading, children):
        return ""
    if reading.kind == "pre" and _bare(page, reading, children):
        return ""
    return "nothing but links: no title that names the path, no sort links, no dates beside sizes that fill the page"


def _dominates(page: Page, reading: Reading, children: list[Found]) -> bool:
    """Whether the rows are what the page is about: most of its links and most of its text."""
    links = len(page.hrefs)
    if sum(one.links for one in children) < 0.6 * (links - reading.sort_links):
        return False
    inside = sum(len(one.shown) + len(one.size_text) + (20 if one.dated else 0) for one in children)
    return _text_length(page) - inside <= 300 + inside


def _nothing_else(page: Page, reading: Reading, children: list[Found]) -> bool:
    """Whether the page is nothing but names of files and folders, each a link, as the barest scripts write it."""
    plain = [one for one in children if one.shown.endswith("/") or re.search(r"\.[A-Za-z0-9]{2,5}$", one.shown)]
    links = len(page.hrefs) - reading.sort_links - reading.parent
    if len(plain) < 0.8 * len(children) or sum(one.links for one in children) < 0.95 * links:
        return False
    return _text_length(page) - sum(len(one.shown) for one in children) <= 80 + 2 * len(children)


def _text_length(page: Page) -> int:
    total, previous = 0, ""
    for token in page.tokens:
        if not token.name:
            if previous not in _NOT_TEXT:
                total += len(squeeze(token.raw))
        else:
            previous = "" if token.closing else token.name
    return total


def _bare(page: Page, reading: Reading, children: list[Found]) -> bool:
    """Go's file server: nothing at all but preformatted links, one a line."""
    allowed = {"pre", "a", "meta", "!doctype", "html", "head", "body"}
    names = {token.name for token in page.all_tokens if token.name}
    texts = [token for token in page.all_tokens if not token.name and token.raw.strip()]
    return names <= allowed and "pre" in names and len(texts) <= len(page.hrefs) and all(one.spelt for one in children)


def _reasons(page: Page, reading: Reading, children: list[Found], rows: int, marks: tuple[str, ...]) -> tuple[str, ...]:
    count = len(children)
    said = list(marks)
    if page.names_path:
        said.append("title or heading names the path asked for")
    if reading.headed:
        said.append("header cells announce name beside size, date or type")
    if reading.sort_links:
        said.append(f"{reading.sort_links} links sort the page by column")
    if reading.parent:
        said.append("a link leads to the parent folder")
    parts = [part for part, test in (("date", "dated"), ("size", "sized")) if reading.share(test) >= 0.6]
    said.append(f"{count} rows of {' and '.join(['link', *parts]) if len(parts) < 2 else 'link, date and size'}")
    said.append(f"{count} of {rows} links lead to direct children")
    return tuple(said)
