"""What pages that people write show and folders do not: captions below pictures, offers of torrents, other names."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.shown_names import letters
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.prose import shown as shown_texts
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found, is_broadcast, is_serial
from probes.recognise.listing.html.row.kinds import ICON_CLASS
from probes.recognise.listing.points import FILE, PAGE, opens, share
from probes.recognise.listing.published.described import WORD, described
from probes.recognise.listing.published.heads import of_additions, of_commits
from probes.recognise.listing.published.items import is_told_in_items
from probes.recognise.listing.published.offered import PUBLISHED, offered_by_people
from probes.recognise.listing.published.site import is_of_a_site
from probes.recognise.listing.published.told import LONGEST, counted_behind_numbers
from probes.recognise.media.kinds import PLAYED, MediaKind, kind_of_name

_VIEWED = re.compile(
    r"[?;&](?:view=(?:log|markup|revision|annotate)|a=(?:blob|tree|blame|history)|(?:peg)?rev=\d{1,9})\b"
)
"""Queries by which programs show the revisions of a file."""
_ATTACHED = re.compile(
    r"(?i)/attachments?(?:\.\w{2,5})?\?|/file_download\.php\?file_id=\d|/secure/attachment/\d+/|/attachments/token/\w"
    r"|/(?:raw-)?attachment/ticket/|/Ticket/Attachment/\d|/attachments/download/\d+/"
)
"""Links of programs that show an issue with what is attached to it, by the number of each."""
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,4}(?:com|net|org|info|biz|io|ai|eu|edu|gov|dev|app|shop|xyz|online|site|se|no"
    r"|dk|fi|nu|de|at|ch|nl|be|fr|it|es|pt|uk|ie|us|ca|au|nz|jp|cn|br|ru|ua|cz|sk|hu|ro|gr|tr|tv|me|co|cc)"
)
"""A name of a host, whose ending is no ending of a file."""


def unlike(page: Page, reading: Reading, rows: list[Found]) -> str:
    """Why a page whose links name files is no listing of them all the same; empty where nothing says so."""
    announced = page.names_path or opens(page) or reading.parent or reading.sort_links >= 2
    framed = announced or page.names_tail
    pictures = all(kind_of_name(one.target.name) is MediaKind.IMAGE for one in rows)
    measured = sum(one.dated or one.exact is not None or sizes.has_unit(one.size_text) for one in rows) * 2 > len(rows)
    if not (framed or measured) and share(rows, "pictured") >= 0.8 and _captioned(page, rows):
        return "the links are small pictures of what they lead to, with captions, as those of a gallery"
    if not (announced or any(one.dated or one.marked for one in rows)) and all(_numbered(page, one) for one in rows):
        return "the links lead to numbers elsewhere, and no row has a date or a mark"
    if not framed and (not measured or pictures) and share(rows, "pictured") >= 0.8 and _may_be_enlarged(page):
        return "a sentence says that the small pictures may be made larger, as that of a gallery does"
    if not (announced or measured) and _pages(page, rows):
        return "the links lead to pages called as what they show, and no name is of a file"
    if not (framed or measured) and all(_by_class_alone(page, one) for one in rows):
        return "nothing but the class of an element says that the links lead to folders"
    if not announced and (said := offered_by_people(page, reading, rows)):
        return said
    if not framed and counted_behind_numbers(page, reading, rows):
        return "the header counts how often each row was fetched, and the rows lead to pages elsewhere"
    if "platform" in reading.announced and not (page.names_path or reading.parent):
        return "the header says for which system or machine each file is, as that of a release does"
    published = all(kind_of_name(one.target.name) in PUBLISHED for one in rows)
    bare = not (announced or reading.headed or any(one.dated or one.marked or one.folder for one in rows))
    if page.prose and bare and published:
        return "sentences stand beside documents and archives, and nothing frames these as a folder"
    if not (announced or measured) and published and not any(FILE.search(one.shown) or one.folder for one in rows):
        return "the links show titles of documents, and no name"
    if not announced and (published or _spoken_or_sung(rows)) and described(page, rows, not published):
        return "a text in a column of its own says of each document what it is"
    if not framed and published and is_told_in_items(page, rows):
        return "each item of a list says in words what its files are"
    named = measured and 2 * sum(FILE.search(one.shown) is not None for one in rows) > len(rows)
    offered = published or all(is_broadcast(one.target) for one in rows)
    if not (framed or named) and offered and not any(one.folder for one in rows) and is_of_a_site(page):
        return "a page of a site, with its navigation and foot, shows titles of documents, and announces no folder"
    if not (page.names_path and reading.parent) and of_commits(page):
        return "the header says by which commit each row was changed"
    if not (page.names_path or reading.parent) and of_additions(page, rows):
        return "the header says who added each file to a page or a host"
    if not announced and _sought(page):
        return "the page shows what was found by a search"
    if 2 * sum(_VIEWED.search(href) is not None for href in page.hrefs) > (
        sum(not one.folder for one in rows) or len(rows)  # folders have no revisions of their own
    ):
        return "the links show revisions of source code"
    if not (opens(page) or reading.parent or reading.sort_links >= 2 or measured) and _of_an_interface(page, rows):
        return "the links show paths, as an interface tells of its parts"
    if not framed and len(rows) > 1 and all(_OF_A_TEST.fullmatch(one.target.name) for one in rows):
        return "the names are sizes, as those of files to test the speed of a line with"
    if not framed and _hosts(rows):
        return "the names are those of hosts"
    if not (page.names_path or reading.parent) and _attached(page, rows) * 2 >= len(rows):
        return "the rows are what is attached to a record"
    if sum(href.startswith("magnet:") for href in page.hrefs) * 2 >= len(rows):
        return "the rows offer torrents"
    if reading.kind == "links" and len(rows) * 5 < len(page.children) * 3:
        return "most links to what lies below show other names"
    if not announced and published and _unnamed(page, rows) >= len(rows):
        return "each row leads to files that it does not name, as those of releases do to signatures and news"
    return ""


_OF_A_TEST = re.compile(
    r"(?i)(?:(?:test|testfile|speedtest|speed|random|zero|dummy|download|file)[-_.]?)?\d{1,5}[-_ ]?[kmg]i?b?"
    r"\.(?:zip|bin|dat|iso|img|test|tst|file|data)"
)
"""A file of zeros or noise is called after its size."""


def _sought(page: Page) -> bool:
    """Whether the URL asked for holds a search, and the title or a heading tells of its results."""
    given = page.place.parameters.items()
    asked = [unquote_plus(value).casefold() for key, value in given if value and _SEARCHES.fullmatch(key)]
    asked = [value for value in asked if "/" not in value]
    texts = [text[:LONGEST].casefold() for text in (page.title, *page.headings[:3])] if asked else []
    # A folder may have a heading over the field to search by: results repeat what was looked for.
    return any(_RESULTS.search(one) or (_SEARCH.search(one) and any(map(one.__contains__, asked))) for one in texts)


_SEARCHES = re.compile(
    r"(?i)q|s|query|search(?:_?(?:query|term|word|text|string))?|keywords?|terms?|suche?|suchwort|sök(?:ord)?"
    r"|sok(?:ord)?|søg|søk|haku|recherche|mots?|buscar?|busqueda|cerca|ricerca|zoek(?:en)?|szukaj|fraza|hledat|hledej|keres"
)
"""Parameters that hold what somebody looks for."""
_RESULTS = re.compile(
    r"(?i)\b(?:search results?|results? (?:for|of|found)|\d{1,9} (?:results?|hits|matches|files found)|found \d"
    r"|matches for|sökresultat|\d{1,9} träffar|søkeresultat|søgeresultat|hakutulo\w{1,8}|suchergebnis\w{0,3}"
    r"|\d{1,9} treffer|résultats?|resultados?|risultat[oi]|zoekresulta\w{1,4}|wyniki|výsledky|találat\w{0,3}"
    r"|результат\w{0,3}|найдено)(?!\w)|搜索结果|検索結果|검색 ?결과"
)
"""What titles and headings say above the results of a search."""
_SEARCH = re.compile(
    r"search|sök|søk|søg|\bhaku|\bsuche|recherche|busca|busqueda|búsqueda|ricerca|zoek|szuka|hled|поиск|搜索|検索|검색"
)


def _may_be_enlarged(page: Page) -> bool:
    return any(_ENLARGED.search(one.text) for one in shown_texts(page.tokens))


_ENLARGED = re.compile(
    r"(?i)\b(?:enlarge|larger (?:image|picture|version|view)|(?:see|view) (?:it|them) (?:larger|bigger|full[ -]size)"
    r"|större bild|förstor\w{1,4}|forstørre\w{0,3}"
    r"|større (?:bilde|billede)|suurenna\w{0,4}|vergr(?:ö|oe)(?:ß|ss)er\w{1,4}|agrandir|ampliar"
    r"|ingrandi\w{1,4}|vergroten|powiększ\w{1,5}|zvětš\w{1,5}|увелич\w{1,6})(?!\w)"
)


def _unnamed(page: Page, rows: list[Found]) -> int:
    """How many files beside the rows' own the page leads to under words of its own (`sig`, `PDF`)."""
    names, folder = {one.target.name for one in rows}, rows[0].target.parent
    return sum(
        not spelt
        and "?" not in target.path
        and target.parent == folder
        and name not in names
        and FILE.search(name) is not None
        for name, (target, spelt) in page.children.items()
    )


def _spoken_or_sung(rows: list[Found]) -> bool:
    """Whether all rows are of sound, films and documents, none of them called by a machine as recordings are."""
    kinds = {kind_of_name(one.target.name) for one in rows}
    return kinds <= PUBLISHED | PLAYED and not any(is_serial(one.target) for one in rows)


def _attached(page: Page, rows: list[Found]) -> int:
    """How many rows a program of issues hands out by their numbers, and do not lie where the page does."""
    apart = [one for one in rows if one.soft or not _beside(page, one)]
    issue = any(_ISSUE.match(text) for text in (page.title, *page.headings[:3]))
    numbered = _BY_NUMBER if issue else _ATTACHED
    return sum((_ATTACHED.search(path) or numbered.search(path)) is not None for path in (x.target.path for x in apart))


_ISSUE = re.compile(r"(?i)\s*(?:\[?bug|issue|ticket|defect|case|ärende|vorgang)\s?(?:#|no\.?|nr\.?|:)?\s?\d{1,9}(?!\d)")
_BY_NUMBER = re.compile(r"/attachments?/\d{1,12}/?$")


def _pages(page: Page, rows: list[Found]) -> bool:
    """Whether each row leads to a page that is called as the row, which is no file of a known kind (`os.path.html`)."""
    hrefs = (href.partition("?")[0].partition("#")[0].rpartition("/")[2] for href in page.hrefs)
    called = {PAGE.sub("", name) for name in hrefs if PAGE.search(name)}
    unknown = sum(kind_of_name(one.target.name) is MediaKind.OTHER for one in rows)
    return all(one.target.name in called for one in rows) and unknown * 2 > len(rows)


def _numbered(page: Page, one: Found) -> bool:
    """Whether a row leads to a number in another folder than the page's, whatever it shows (`/download/12/`)."""
    path = one.target.path.partition("?")[0].rstrip("/")
    return one.soft and path.rpartition("/")[2].isdigit() and not _beside(page, one)


def _beside(page: Page, one: Found) -> bool:
    """Whether a row leads to what lies in the folder of the page itself."""
    path = one.target.path.partition("?")[0].rstrip("/")
    return path.rpartition("/")[0] == page.place.path.rpartition("/")[0]


def _by_class_alone(page: Page, one: Found) -> bool:
    """Whether a link that shows a word without an ending or a slash stands in an element whose class says folder."""
    drawn = any(not icon.startswith("class=") or ICON_CLASS.search(icon) for icon in one.icons)
    said = one.target.slash or drawn or one.sized_text or one.dated or FILE.search(one.target.name)
    return not said and one.target.path in page.folders


def _of_an_interface(page: Page, rows: list[Found]) -> bool:
    """Whether rows show whole paths that name no file (`/users/`), below a title or heading of an interface."""
    paths = all(one.shown.startswith("/") and not one.icons and not FILE.search(one.target.name) for one in rows)
    return paths and any(_INTERFACE.search(text[:LONGEST]) for text in (page.title, *page.headings[:3]))


_INTERFACE = re.compile(r"(?i)\b(?:api|rest|openapi|graphql|web ?services?|micro ?services?|endpoints?|routes)\b")


def _hosts(rows: list[Found]) -> bool:
    """Whether all names are of hosts: `.com` alone is an ending of programs as well."""
    names = [one.target.name for one in rows]
    if any(one.target.slash or sizes.has_unit(one.size_text) for one in rows) or not all(map(_HOST.fullmatch, names)):
        return False
    return len(rows) > 1 and any(name.count(".") > 1 or not name.endswith(".com") for name in names)


def _captioned(page: Page, rows: list[Found]) -> bool:
    """Whether there is a text for each row that is not the row's name."""
    names = {letters(one.target.name) for one in rows}
    stems = {one.target.name.rpartition(".")[0] for one in rows}
    texts = [one.text.strip() for one in shown_texts(page.tokens)]
    said = [text for text in texts if WORD.search(text) and text not in stems and letters(text) not in names]
    return len(said) >= len(rows)


def made_when_asked(reading: Reading) -> list[Found]:
    """The rows of a page with columns that are archives of all that lies there, which its server would make for us:
    they alone have neither a date nor a size. They are no files of the folder, and are never asked for."""
    if not reading.headed and reading.sort_links < 2:
        return []
    archives = [one for one in reading.found if kind_of_name(one.target.name) is MediaKind.ARCHIVE]
    made = [one for one in archives if _is_blank(one) and not (one.dated or one.target.slash)]
    told = any(one.dated or one.sized_text for one in reading.found) or all(one.size_text for one in made)
    return made if told and len(made) <= _FORMATS else []


_FORMATS = 3
"""Kinds of archives that a server offers of one folder: `.zip`, `.tgz` and one more."""


def _is_blank(one: Found) -> bool:
    """Whether a column of sizes says none for a row."""
    nothing = not one.size_text or sizes.NOTHING.fullmatch(one.size_text) is not None
    return one.size_column and one.exact is None and nothing
