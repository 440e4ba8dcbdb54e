"""What people offer: files whose rows say what each is of or from when it applies, beside any dates and sizes."""

from __future__ import annotations

import re
from urllib.parse import unquote

from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.prose import shown as shown_texts
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.published.told import LONGEST, told_of
from probes.recognise.media.kinds import NO_DATA, MediaKind, kind_of_name

PUBLISHED = NO_DATA | {MediaKind.DOCUMENT, MediaKind.ARCHIVE, MediaKind.IMAGE}
"""Kinds of files that people offer from a page of text: no recordings, dumps, mail, keys or logs."""


def offered_by_people(page: Page, reading: Reading, rows: list[Found]) -> str:
    """Why rows that are dated or sized are what people publish: what they say of each, or where they lie."""
    kinds = {kind_of_name(one.target.name) for one in rows}
    if kinds - _OFFERED or any(one.folder for one in rows):
        return ""
    names = {one.shown for one in rows} | {one.target.name for one in rows}
    texts = [text[:LONGEST] for one in shown_texts(page.tokens) if (text := one.text.strip()) not in names]
    if sum(_APPLIES.search(text) is not None for text in texts) >= len(rows):
        return "the dates say from when or until when what each row leads to applies"
    if sum(_RELEASED.search(text) is not None for text in texts) >= len(rows):
        return "each row says of which version its file is"
    if _versioned(page, rows):
        return "a column of the table says of which version each file is"
    if kinds <= PUBLISHED and sum(_FORMAT.search(text) is not None for text in texts) >= len(rows):
        return "each row says the format of its document and how large it is in brackets, as people do for readers"
    if _side_by_side(page, rows):
        return "the rows of a table lead to several files each, beside what these are of"
    if kinds <= PUBLISHED and _titled(page, rows):
        return "each document has a heading of its own that is not its name"
    here = _UPLOADS.search(page.place.path)
    if here is None and kinds <= PUBLISHED and all(_UPLOADS.search(one.target.path) for one in rows):
        return "the rows lead from a page elsewhere to documents in the store of a content management system"
    return told_of(page, reading, rows)


_OFFERED = PUBLISHED | {MediaKind.OTHER}
"""Firmware has endings of any kind (`.hex`)."""
_APPLIES = re.compile(
    r"(?i)\b(?:valid (?:from|until|through)|effective (?:from|date)|in force (?:from|since)|deadline"
    r"|due(?: on| by)?(?= \w{0,9} ?\d)|gäller (?:från|till)|giltig (?:från|till)|gyldig (?:fra|til)"
    r"|gælder (?:fra|til)|gjelder (?:fra|til)|voimassa|gültig (?:ab|bis|seit|von)|geldig (?:vanaf|tot)"
    r"|valable (?:du|dès|à partir|jusqu)|en vigueur|válid[oa] (?:desde|hasta|até|a partir)|vigente (?:desde|hasta)"
    r"|valid[oa] (?:dal|fino)|in vigore dal|platn[áéý] od|ważn[aey] od|obowiązuje od|érvényes"
    r"|действу\w{1,5} с|действител\w{1,5} с)(?!\w)"
)
"""Words before the date of a price list, a timetable or a task: of when it applies, not of when a file was written."""
_RELEASED = re.compile(
    r"(?i)\b(?:version|versión|versione|versão|versie|versio|wersja|verze|версия|release|revision)\s?:?\s?v?\d{1,4}(?:\.\d{1,4}){1,3}(?!\w)"
)
"""What a row of a release says beside its file."""
_FORMAT = re.compile(
    r"(?i)[(\[]\s?(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|zip|csv|epub|jpe?g|png|word|excel)"
    r"(?:[- ]?(?:file|document|datei|dokument|fil|tiedosto|fichier|archivo|documento))?\s?[,;:/|–-]\s?"
    r"\d[\d.,]{0,9}\s?(?:[kmg]i?[bo]|kt|mt|bytes?|кб|мб)\s?[)\]]"
)
"""`(PDF, 1.2 MB)`: the name before it says the format already, to whoever reads names."""
_VERSION_HEAD = re.compile(
    r"(?i)\s*(?:version|ver\.?|versión|versione|versão|versie|versio|wersja|verze|verzia|verzió|sürüm|версия|版本|バージョン"
    r"|버전|rev\.?|revision|release|utgåva|ausgabe)\s*"
)
_VERSION_CELL = re.compile(
    r"(?i)\s*(?:v|ver\.?|rev\.?|r)?\s?\d{1,6}(?:[._]\d{1,6}){0,4}(?:[ ._-]?[a-z]{1,6}\d{0,3})?\s*"
)
_UPLOADS = re.compile(
    r"/wp-content/uploads/|/sites/[\w.-]{1,60}/files/|/fileadmin/|/typo3temp/|/images/(?:docs|documents|stories)/"
)
"""Where content management systems keep what editors add to a page."""


def _side_by_side(page: Page, rows: list[Found]) -> bool:
    """Whether the rows of a table under a header link to several files each, beside what these are of: a version with
    its installer and its archive, a part with its drawings."""
    names = {one.target.name for one in rows}
    covered: set[str] = set()
    for block in page.blocks if len(rows) > 2 else ():
        if block.kind != "table" or not block.rows or block.rows[0].links:
            continue
        for row in block.rows[1:]:
            linked = [{_last(link.href) for link in cell.links} & names for cell in row.cells]
            here = set[str]().union(*linked)
            if len(here) > 1 and sum(map(bool, linked)) > 1 and any(c.plain and not c.links for c in row.cells):
                covered |= here
    return len(covered) * 5 >= len(names) * 4


def _versioned(page: Page, rows: list[Found]) -> bool:
    """Whether a table says in a column of its own of which version each file is, as that of a release does."""
    said = 0
    for block in page.blocks if len(rows) > 1 else ():
        if block.kind != "table" or not block.rows or block.rows[0].links:
            continue
        head = block.rows[0].cells
        at = next((at for at, cell in enumerate(head) if _VERSION_HEAD.fullmatch(cell.plain[:LONGEST])), None)
        if at is None:
            continue
        cells = (row.cells[at] for row in block.rows[1:] if row.links and len(row.cells) > at)
        said += sum(not cell.links and _VERSION_CELL.fullmatch(cell.plain[:LONGEST]) is not None for cell in cells)
    return said >= len(rows)


def _last(href: str) -> str:
    return unquote(href.partition("?")[0].rpartition("/")[2])


def _titled(page: Page, rows: list[Found]) -> bool:
    """Whether a heading parts each row from the next, and none is a name of a file."""
    names = {one.target.name for one in rows}
    known = names | {name.rpartition(".")[0] for name in names}
    inside, said, parted = False, False, set[str]()
    for token in page.tokens:
        if _HEADING.fullmatch(token.name):
            inside = not token.closing
        elif inside and not token.name:
            said |= (text := token.text.strip()) != "" and text not in known
        elif said and token.name == "a" and (name := _last(token.attributes.get("href", ""))) in names:
            parted.add(name)
            said = False
    return len(rows) > 2 and len(parted) >= len(rows) - 1


_HEADING = re.compile("h[1-6]")
