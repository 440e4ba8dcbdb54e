"""Why rows that no known program wrote are no listing: what is missing for structure to decide."""

from __future__ import annotations

import re

from probes.recognise.listing.doubts.unlike import unlike
from probes.recognise.listing.fields.links import to_text
from probes.recognise.listing.fields.shown_names import letters
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found, are_titled, is_recording, is_serial
from probes.recognise.listing.points import FILE, PAGE, fills, is_plain, opens, share, share_of_files
from probes.recognise.listing.published.heads import of_broadcasts
from probes.recognise.media.kinds import MediaKind, kind_of_name

_YEAR = re.compile(r"(?:19|20)\d\d(?:[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?[0-3]\d)?)?")
"""A year, a month or a day, as folders are often called."""
_VERSION = re.compile(r"(?i)v?\d{1,5}(?:\.\d{1,5}){1,4}(?:[-+][\w.]{1,20})?|latest|stable|edge|main|master|nightly|lts")
"""How versions are called, of which programs show records with sizes and dates as well."""
ENOUGH = 4
"""Points of structure that make rows of names a listing."""


def lie_by_days(page: Page, found: list[Found]) -> bool:
    """Whether rows are recordings in several folders of days below the page's own (`2024/11/03/a.wav`), as those of
    recorders are under a heading for each day."""
    start = len(page.place.own)
    parents = {one.target.parent for one in found}
    below = all(one[:start] == page.place.own for one in parents)
    deep = {len(one) for one in parents}
    return below and len(parents) > 1 and deep != {start} and len(deep) == 1 and all(map(is_recording, found))


def lack_in_family(page: Page, share: float, own: bool) -> str:
    """Why rows beside the structure of a known family are no listing of the folder; empty when they are one."""
    if share < 0.6:
        return f"only {share:.0%} of the rows lead to direct children"
    if not own and not page.place.query and share < 0.9:
        return "the entries lie in another folder than the one asked for"
    return ""


_REFUSES = re.compile(
    r"(?i)(?<![/\w.])40[0-5](?![/\w.])|\bnot found\b|\b(?:can(?:not|['’]t)|could ?n[o'’]t) (?:be found|find)\b|"
    r"\b(?:does not|doesn['’]t) exist\b|\bforbidden\b|\baccess denied\b|\bmay not (?:see|view|access|list)\b|"
    r"\bnot (?:allowed|authori[sz]ed)\b|\bhitta(?:de)?s inte\b|\bfinns inte\b|\bkunde inte hitta|\båtkomst nekad\b|"
    r"\bnicht gefunden\b|\bverboten\b|\bintrouvable\b|\bno encontrad[ao]\b"
)


def why_no_listing(
    page: Page, reading: Reading, rows: list[Found], children: list[Found], own: bool, points: int
) -> str:
    """Why a page without a known family's structure is no listing; empty when it is one."""
    spelt, named = share(rows, "spelt"), share(rows, "named")
    dated, sized = share_of_files(rows, "dated") >= 0.6, share_of_files(rows, "sized") >= 0.6
    sortable = reading.sort_links >= 2
    days = len({one.target.parent for one in children}) > 1 and lie_by_days(page, children)
    serial = (
        (dated or days)
        and len(rows) > 1
        and all(is_serial(one.target) for one in rows)
        and not (are_titled(rows) or of_broadcasts(page))
    )
    if serial or (dated and sized and (page.names_path or opens(page)) and _by_one_word(rows)):
        spelt = named = 1.0
    if named < 0.8:
        return "the links do not show the names that they lead to"
    if not (dated or sized or sortable) and any(_REFUSES.search(text) for text in (page.title, *page.headings)):
        return "the title or a heading says that what was asked for is not there or is refused"
    if other := unlike(page, reading, rows):
        return other
    if spelt < 0.8 and not (page.names_path or sortable or (reading.parent and dated and sized)):
        return "no title names the path and the links do not spell out the names that they lead to"
    if (
        sum(one.target.name.isdigit() and "?" in one.target.path and not is_plain(one) for one in rows) * 10
        >= len(rows) * 8
    ):
        return "the names are numbers by which a script shows records"
    if not reading.of_names and share(rows, "soft") >= 0.5:
        return "the header announces records, and no link holds a name"
    framed = page.names_path and reading.parent
    slashed = page.names_path or opens(page) or reading.parent or sortable
    if "record" in reading.announced and not (
        framed or 2 * sum((slashed and one.target.slash) or _is_data(one) for one in rows) > len(rows)
    ):
        return "the header announces people, tables of a database, or what runs, is kept, fills or expires"
    if share(rows, "addressed") >= 0.5 and not any(FILE.search(one.target.name) for one in rows):
        return "the links show addresses, as an interface tells of its parts"
    if (
        opens(page) < all(one.target.slash for one in rows)
        and not (sized or page.names_path)
        and _PROJECTS.search(page.title)
    ):
        return "the title announces projects or repositories"
    numbers = sum(one.target.name.isdigit() and not (one.marked or one.sized_text) for one in rows)
    if not reading.of_names and numbers * 10 >= len(rows) * 8:
        return "the header announces records, and the names are their numbers"
    if share(rows, "soft") >= 0.5 and share(rows, "told") < 0.8:
        return "the names stand in no link, and nothing says that they are of files"
    if not (page.names_path or sortable or opens(page)) and all(_by_key(page, one) for one in rows):
        return "another script is asked for each row, by a key that is no name of a file"
    if reading.foreign > len(rows):
        return f"{reading.foreign} rows lead to another host, and {len(rows)} below the path asked for"
    elsewhere = (len(children) * 2 < len(rows) or not own) and any(
        one.target.parent not in page.place.named for one in rows
    )
    if elsewhere and not (sortable or page.names_path or any(map(is_plain, rows))):
        return "the entries lie in another folder, and no name among them is of a file or a marked folder"
    # The columns of `ls -l` need no header.
    columns = reading.headed or (reading.kind == "pre" and share(rows, "marked") >= 0.9)
    framed = columns and dated and sized and all(map(is_plain, rows))
    twin = elsewhere and _twin(page, reading, rows, children)
    if (
        elsewhere
        and not (
            (framed or _same_tail(page, rows[-1].target.parent))
            and spelt >= 0.9
            and (dated or sized)
            and (sortable or (dated and (sized or (reading.headed and share(rows, "marked") >= 0.6))))
        )
        and not (serial or twin or _nothing_else(page, reading, rows))
        and not (reading.headed and sized and spelt >= 0.9 and opens(page) and _each_apart(rows))
        and not (page.names_disk and sized and spelt >= 0.9 and all(map(is_plain, rows)))
        and not (dated and share(rows, "marked") >= 0.9 <= share(rows, "soft") and fills(page, reading, rows) == 2)
    ):
        return "the entries lie in another folder than the one asked for"
    # One row in a page says less than many; in a page that holds nothing else, or says so above, it says as much.
    alone_on_page = fills(page, reading, rows) == 2
    alone = page.names_path or sortable or reading.kind == "pre" or alone_on_page
    # Names without an ending or a mark (`anna`, 12) are of anything, except with dates beside sizes or below a link up.
    years = opens(page) and alone_on_page and all(_YEAR.fullmatch(one.target.name) for one in rows)
    of_names = reading.of_names and not all(_VERSION.fullmatch(one.target.name) and not one.marked for one in rows)
    measured = sized and of_names and share_of_files(rows, "told") >= 0.6
    bare = not (
        page.names_path or sortable or (dated and (measured or reading.parent)) or years or any(map(is_plain, rows))
    )
    # Words that a title with the path stands over may be the parts of a program (`/debug/`: heap, mutex, profile).
    words = not any(map(is_plain, rows)) and not (sortable or reading.parent or alone_on_page or opens(page))
    enough = ENOUGH - twin + max(2 * bare + 2 * (bare and not of_names), len(rows) < 2 and not alone, words)
    if points < enough:
        return (
            "nothing but links: no title that names the path, no sort links, no dates beside sizes that fill the page"
        )
    return ""


_PROJECTS = re.compile(r"(?i)\b(?:projects|repositories|packages|projekt|mailing lists)\b")


def _by_key(page: Page, one: Found) -> bool:
    """Whether a row asks another script than the page's own for something that no ending makes a file."""
    script, query, _ = one.target.path.partition("?")
    known = one.folder or one.fetched or kind_of_name(one.target.name) is not MediaKind.OTHER
    return bool(query) and script != page.place.path and not known


def _by_one_word(rows: list[Found]) -> bool:
    """Whether each row leads to a file by the same word for fetching or opening it, and shows its name nowhere."""
    words = {one.shown.casefold() for one in rows}
    return len(words) == 1 and all(map(_ACTION.match, words)) and all(map(_is_data, rows))


_ACTION = re.compile(
    r"(?i)\W*(?:open|view|show|download|get|fetch|play|listen|öppna|ladda (?:ned|ner)|hämta|visa|spela|lyssna|åbn|åpne"
    r"|vis|hent|last ned|spil|lataa|avaa|öffnen|anzeigen|herunterladen|abspielen|ouvrir|voir|télécharger|écouter|abrir"
    r"|ver|descargar|baixar|apri|scarica|openen|bekijken|downloaden)\W*$"
)


def _is_data(one: Found) -> bool:
    """Whether a name is that of a file that holds something: `mail.example.org` and `rotate.sh` are of anything."""
    return FILE.search(one.target.name) is not None and kind_of_name(one.target.name) not in _OF_ANYTHING


_OF_ANYTHING = {MediaKind.OTHER, MediaKind.TEXT}


def _each_apart(rows: list[Found]) -> bool:
    """Whether each row is a file with data in a folder of its own (`/a0Xy/a.wav`), as shares hand them out."""
    parents = {one.target.parent for one in rows}
    return len(rows) > 1 and len(parents) == len(rows) and all(map(_is_data, rows))


def _twin(page: Page, reading: Reading, rows: list[Found], children: list[Found]) -> bool:
    """Whether files stand at a path beside that of their folder (`browse/sub`, `file/a.log`, `/file/sub/a.log`),
    sized under a header or a title that names the path."""
    beyond = [one for one in rows if one.target.parent != (children[0].target.parent if children else None)]
    own = page.place.own
    return bool(
        (reading.headed or page.names_path)
        and beyond
        and all(one.folder or not one.size_text for one in children)
        and all(one.sized and one.spelt for one in beyond)
        and sum(map(is_plain, beyond)) * 2 > len(beyond)
        and own[:1]
        and (beyond[0].target.parent[: len(own) - 1] == own[:-1] or _differ_by_one(beyond[0].target.parent, own))
    )


def _differ_by_one(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> bool:
    """Whether two paths have all words but one in common, each in its place (`/job/browse/css`, `/job/file/css`)."""
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _nothing_else(page: Page, reading: Reading, rows: list[Found]) -> bool:
    """Whether a page is its links to files, spelt out, under words that announce them, as indexes of packages are."""
    tail = letters(to_text(page.place.own[-1])) if page.place.own else ""
    called = any(letters(text) == tail for text in (page.title, *page.headings))
    return (
        (called or page.names_tail or (opens(page) and tail in letters(page.title)))
        and tail != ""
        and all(one.spelt and FILE.search(one.target.name) and not PAGE.search(one.target.name) for one in rows)
        and fills(page, reading, rows) == 2
    )


def _same_tail(page: Page, folder: tuple[bytes, ...]) -> bool:
    """Whether a folder may be the one asked for under the path that the server behind a proxy knows it by."""
    asked = page.place.own
    if folder and asked[: len(folder)] == folder and page.begins_with(to_text(folder[-1])):
        # A page of forms below the folder that it shows, as SharePoint has it.
        return True
    if page.names_path or page.place.query or not folder:
        return True
    return asked[-1:] == folder[-1:] or (folder[:-1] == asked or folder == asked)
