"""What a page tells of the files that it offers beside their names: how to check them, of which version they are, how
often they were fetched, and whose attachments they are. Programs that list a folder know none of these."""

from __future__ import annotations

import re
from urllib.parse import unquote

from probes.recognise.listing.fields.links import to_text
from probes.recognise.listing.fields.shown_names import letters
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.prose import shown as shown_texts
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found
from probes.recognise.listing.points import fills


def told_of(page: Page, reading: Reading, rows: list[Found]) -> str:
    """Why rows of a page that announces no folder are files which it offers; empty where nothing says so."""
    names = {one.target.name for one in rows}
    texts = [text[:LONGEST] for one in shown_texts(page.tokens) if (text := one.text.strip()) not in names]
    if max(_matching(_DIGEST, texts), len(_signed(page, names))) * 5 >= len(rows) * 3:
        return "the files have checksums or signatures beside them, as those of a release do"
    counted = "hits" in reading.announced or _matching(_FETCHED, texts) >= len(rows)
    if counted and fills(page, reading, rows) < _ALL:
        return "the page counts how often each file was fetched"
    if len(rows) > 1 and _versioned(page, rows) * 5 >= len(rows) * 3:
        return "a heading tells the version that the names of the files hold"
    if _below(page, names):
        return "the files stand under a heading of attachments or downloads, in a page about something else"
    return ""


def counted_behind_numbers(page: Page, reading: Reading, rows: list[Found]) -> bool:
    """Whether the header counts how often each row was fetched or by how many it is offered, and each row leads to a
    page elsewhere whose address holds no name: what hosts of files and trackers show."""
    own = page.place.path
    return "hits" in reading.announced and all(one.soft and one.target.path.partition("?")[0] != own for one in rows)


def _matching(pattern: re.Pattern[str], texts: list[str]) -> int:
    return sum(pattern.search(text) is not None for text in texts)


LONGEST = 200
"""Characters of a text that are looked at."""
_ALL = 2
"""What `fills` says of rows that are all of a page: small programs that list a folder count as well."""
_DIGEST = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{96}|[0-9a-fA-F]{64}|[0-9a-fA-F]{56}|[0-9a-fA-F]{40}"
    r"|[0-9a-fA-F]{32})(?![0-9A-Za-z])"
)
"""MD5, SHA-1 and SHA-2 in hexadecimal digits."""
_SIGNATURE = re.compile(r"(?i)\.(?:asc|sig|sign|minisig|md5|sha1|sha256|sha512|md5sum|sha1sum|sha256sum|sha512sum)$")


def _signed(page: Page, names: set[str]) -> set[str]:
    """The rows' files to whose checksum or signature the page links under another word than its name."""
    linked = {unquote(href.partition("?")[0].partition("#")[0].rpartition("/")[2]) for href in page.hrefs}
    return {stem for name in linked - names if (stem := _SIGNATURE.sub("", name)) != name and stem in names}


_FETCHED = re.compile(
    r"(?i)(?<![\w.])\d{1,9}(?:[., ]\d{3}){0,3}(?![\d.])\s{0,2}(?:×\s?)?(?:downloads?|hits|views|times|clicks"
    r"|nedladdningar|hämtningar|nedlastinger|aufrufe|abrufe|téléchargements|descargas|visitas|pobra[ńn]|stažení"
    r"|scaricamenti|скачиваний|загрузок|просмотров)(?!\w)"
    r"|\b(?:downloads|downloaded|hits|views|clicks|nedladdad|hämtad|heruntergeladen|téléchargé|descargas|pobrań|pobrano"
    r"|staženo|скачано|скачали)\s{0,2}:?\s{0,2}\d"
)
"""A number of times that a file was fetched or seen, in words."""


def _headings(page: Page) -> list[str]:
    found: list[str] = []
    inside = False
    for token in page.tokens:
        if token.name in _HEADINGS:
            inside = not token.closing
            if inside and len(found) < _MOST_HEADINGS:
                found.append("")
        elif inside and not token.name and len(found[-1]) < LONGEST:
            found[-1] += token.text[:LONGEST]
    return [text[:LONGEST] for text in found]


_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_MOST_HEADINGS = 40
_VERSION = re.compile(r"(?<![\w.-])v?(\d{1,4}(?:\.\d{1,4}){1,3})(?![\w.]*\w)")


def _versioned(page: Page, rows: list[Found]) -> int:
    """How many rows hold a version in their names that a heading of the page tells, and its path does not."""
    told = {match[1] for text in _headings(page) for match in _VERSION.finditer(text)}
    told = {one for one in told if one not in page.place.path}
    return sum(any(one in told for one in _NUMBERS.findall(row.target.name[:LONGEST])) for row in rows) if told else 0


_NUMBERS = re.compile(r"(?<![\d.])\d{1,4}(?:\.\d{1,4}){1,3}(?!\d)")
_SECTION = re.compile(
    r"(?i)(?:(?:related|further|supporting|supplementary|available|other)\s)?"
    r"(?:attach(?:ments|ed files|ed documents)|annex(?:es)?|appendi(?:x|ces)|enclosures"
    r"|downloads?(?: (?:&|and) resources)?|resources|(?:related|supporting) (?:files|documents)"
    r"|supplementary (?:files|materials?)"
    r"|bilagor|bilag|vedlegg|liitteet|anlagen|anhänge|dateianhänge|bijlagen|pièces jointes"
    r"|documents (?:joints|associés|liés)|adjuntos|anexos|archivos adjuntos|documentos adjuntos|allegati"
    r"|załączniki|przílohy|přílohy|prílohy|mellékletek|priloge|prilozi|anexe|ekler|вложения|приложения|додатки"
    r"|файлы для скачивания|附件|添付ファイル|첨부파일|첨부)"
    r"\s{0,2}(?:\(\d{1,4}\))?\s{0,2}:?"
)
"""How a page about something else calls the files that belong to it."""


def _below(page: Page, names: set[str]) -> bool:
    """Whether the last heading before the first row is of attachments or downloads, and not the page's first one."""
    inside, heading, before = False, "", 0
    for token in page.tokens:
        if token.name in _PARTS:
            inside = not token.closing
            if inside:
                before += bool(heading.strip())
                heading = ""
        elif not token.name and inside and len(heading) < LONGEST:
            heading += token.text[:LONGEST]
        elif token.name == "a" and not token.closing:
            if unquote(token.attributes.get("href", "").partition("?")[0].rpartition("/")[2]) in names:
                break
        elif not token.name and not inside and token.text.strip() in names:
            break
    heading = squeeze(heading).strip()
    # A folder that is called so may have that heading as well.
    own = to_text(page.place.own[-1]) if page.place.own else ""
    return before > 0 and letters(heading) != letters(own) and _SECTION.fullmatch(heading) is not None


_PARTS = _HEADINGS | {"dt", "legend", "summary"}
