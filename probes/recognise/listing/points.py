"""How much of a listing's structure a page has, in points: what its frame says, and what its rows are like."""

from __future__ import annotations

import re
from collections import Counter

from probes.recognise.listing.fields import sizes
from probes.recognise.listing.fields.links import Target
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.prose import shown as shown_texts
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.found import Found
from probes.recognise.media.kinds import DATA, MediaKind, kind_of_name

FILE = re.compile(r"\.(?=[0-9~_]{0,7}[A-Za-z])[A-Za-z0-9~_]{1,8}$")
"""How the name of a file ends."""
PAGE = re.compile(r"(?i)\.(?:[sx]?html?|php\d?|aspx?|jspx?|do|cgi)$")
"""How the name of a page of a site ends."""
_CODE = re.compile(
    r"(?i)\.(?:[ch](?:pp|xx|c)?|py|go|rs|js|jsx|tsx?|java|kt|swift|rb|php|pl|cs|fs|hs|ml|scala|lua|css|scss|vue|json|ya?ml|toml"
    r"|md|rst|gradle|cmake|sh)$"
)
SOURCE_TREE = re.compile(
    r"/(?:blob|blame|annotate|commits?|src/branch|raw/branch)/|[?;&]a=(?:blob|tree|blame|history)\b|/[-]/tree/"
    r"|/file/(?:tip|default|[0-9a-f]{12,40})/|/releases/download/|/-/releases/|/archive/refs/|/refs/(?:heads|tags)/"
)
"""Links of programs that show source code: what they list is versioned, and meant to be read."""
_OF_SOURCE = frozenset({"log", "plain", "blame", "history", "blob", "raw", "annotate", "stats", "diff"})
"""What links of a row of such programs show."""
_SHARE = re.compile(r"\d{1,3}(?:[.,]\d{1,4})? ?%")
_REPOSITORY = re.compile(r"\.(?:git|hg|bzr)$")
"""How a folder is called that a program shows as a project (`/core.git/`): an index of projects is not one of files."""
_OPENING = re.compile(
    r"(?i)\b(?:index of|directory (?:listing|lister|contents|tree|browser|viewer|index)|directory:"
    r"|(?:listing|contents|directory) (?:of|for)"
    r"|file ?(?:list|manager|browser)|files in|links for|folder|verzeichnis|ordner|innehåll"
    r"|mappen?|répertoire|dossier|carpeta"
    r"|directorio|cartella|kansio|katalog)(?:\b|(?<=:))"
    r"|文件|フォルダ|(?<!添付)ファイル|папк|каталог|файл"
)


def points_of(page: Page, reading: Reading, rows: list[Found]) -> tuple[int, tuple[str, ...]]:
    """How much of a listing's structure there is beside the names, and what of it, in our own words."""
    said: list[str] = []
    points = 0

    def count(number: int, words: str) -> None:
        nonlocal points
        points += number
        said.append(words)

    if page.names_path:
        count(2, "title or heading names the path asked for")
    elif page.names_tail:
        count(1, "title or heading ends with the folder's name")
    if reading.headed and not all(_ACROSS.fullmatch(one.size_text.strip()) for one in rows):
        count(1, "header cells announce name beside size, date or type")
    if reading.sort_links:
        count(2 if reading.sort_links >= 2 else 0, f"{reading.sort_links} links sort the page by column")
    if reading.parent:
        count(1, "a link leads to the parent folder")
    if share_of_files(rows, "dated") >= 0.6:
        count(1, "the rows carry dates")
    weighed = any(_weighs(one, "size" in reading.announced) for one in rows)
    if weighed and share_of_files(rows, "sized") >= 0.6:
        count(1, "the rows carry sizes")
    # A folder that only its href marks says neither yes nor no: so do the links of menus.
    telling = [one for one in rows if not one.target.slash or is_plain(one)]
    shown = sum(map(is_plain, telling))
    # Many programs mark no folders, and names like README have no ending: half of the names tell what they are.
    files = sum(of_file(one.target.name) and PAGE.search(one.target.name) is None for one in telling)
    plain = bool(telling) and (shown >= 0.8 * len(telling) or (files > 1 and files >= 0.5 * len(telling)))
    if plain:
        pages = sum(PAGE.search(one.target.name) is not None for one in rows)
        data = all(one.spelt and kind_of_name(one.target.name) in DATA for one in rows)
        count(2 if (len(rows) > 2 or data) and pages * 2 < len(rows) else 1, "the names are of files and folders")
        if len(rows) > 2 and weighed and all(one.dated or one.sized or one.directory for one in rows):
            count(1, "every row carries a date or a size")
    if sum(one.marked for one in rows) >= 0.6 * len(rows):
        count(1, "the rows say of what kind they are")
    total, words = _of_rows(rows) if plain else (0, [])
    points += total
    said += words
    filled = fills(page, reading, rows)
    filled += filled == 2 and plain and (len(rows) > 1 or reading.kind == "pre")
    if filled:
        count(filled, "the rows are the page" if filled > 1 else "the rows are most of the page")
    if opens(page):
        count(1, "title or heading announces a folder")
    if page.prose > 300 + sum(len(one.shown) + len(one.size_text) + 10 for one in rows):
        # A folder's own README may be longer than its list; the files of an article are of one kind, on a few rows.
        measured = share_of_files(rows, "dated") >= 0.9 and share_of_files(rows, "sized") >= 0.9
        framed = plain and page.names_path and (reading.parent or reading.sort_links >= 2)
        count(-1 if framed or (measured and total >= 2) else -3, "most of the page is running text")
    if share(rows, "away") >= 0.5:
        count(-2, "its rows lead to another host as well")
    beside = Counter(text.lower() for _, text in page.links if text.lower() in _OF_SOURCE)
    files = sum(not one.folder for one in rows) or len(rows)  # folders have a history, and no plain text
    if sum(count >= files for count in beside.values()) > 1:
        count(-5, "its rows lead to the history of source code")
    shares = (
        0
        if any(one.dated for one in rows)
        else sum(_SHARE.fullmatch(one.raw.strip()) is not None for one in shown_texts(page.tokens))
    )
    if shares > len(rows):
        count(-5, "its rows tell shares of something")
    versioned = sum(SOURCE_TREE.search(one.target.path) is not None for one in rows)
    if max(versioned, sum(SOURCE_TREE.search(href) is not None for href in page.hrefs)) * 2 >= len(rows):
        count(-5, "its links are those of a program that shows source code")
    return points, tuple(said)


def _of_rows(rows: list[Found]) -> tuple[int, list[str]]:
    """What the rows of a folder have in common that lists which people write have not."""
    said: list[str] = []
    files = [
        one for one in rows if FILE.search(one.target.name) and not one.folder and not PAGE.search(one.target.name)
    ]
    folders = [one for one in rows if one.folder and FILE.search(one.target.name) is None]
    if files and folders and (len(files) + len(folders)) * 10 >= len(rows) * 8:
        said.append("folders stand among files")
    if folders and all(one.shown.endswith("/") for one in folders):
        said.append("folders are shown with a slash")
    if len({one.target.name.rpartition(".")[2].lower() for one in files}) >= _SEVERAL:
        said.append("the files are of several kinds")
    names = [one.target.name.casefold() for one in rows if not one.folder] or [
        one.target.name.casefold() for one in rows
    ]
    if len(names) >= _MANY and (names == sorted(names) or names == sorted(names, reverse=True)):
        said.append("the rows are in the order of their names")
    code = sum(_CODE.search(one.target.name) is not None for one in files)
    less = 5 if code * 10 >= len(files) * 8 and len(files) >= _SEVERAL and not any(one.dated for one in rows) else 0
    return len(said) - less, [*said, *(["its files are source code without dates"] if less else [])]


_SEVERAL = 3
_MANY = 5
_ACROSS = re.compile(r"\d{1,5} ?[x×] ?\d{1,5}(?: ?(?:px|pixels?))?")
"""The size of a picture or a map, not of its file."""
_COUNT_OR_YEAR = re.compile(r"\d{1,3}|(?:19|20)\d\d")


def _weighs(one: Found, announced: bool) -> bool:
    """Whether a row says a size: a small number or a year that no header has `announced` as one, and that no date
    stands beside, is one of weeks, tests or pages."""
    if one.exact is not None:
        return True
    counted = _COUNT_OR_YEAR.fullmatch(one.size_text.strip()) is not None and not (announced or one.dated)
    return not counted and sizes.looks_like_size(sizes.tidy(one.size_text))


def fills(page: Page, reading: Reading, rows: list[Found]) -> int:
    """Whether the rows are what the page is about: 1 for most of its links and text, 2 for all of them."""
    wheres = [page.place.resolve(href, text) for href, text in page.links]
    links = sum(isinstance(where, Target) or where.why == "away" for where in wheres)
    shown = {id(one) for one in rows}
    # Rows that lead elsewhere and were taken for navigation are not what the page is about.
    own = sum(isinstance(where, Target) for where in wheres) + sum(id(one) in shown for one in reading.beyond)
    rest = page.text_length - sum(len(one.shown) + len(one.size_text) + (20 if one.dated else 0) for one in rows)
    if own >= 0.95 * links and rest <= 80 + 2 * len(rows):
        return 2
    return 1 if own >= 0.6 * links and rest <= 300 + page.text_length - rest else 0


def opens(page: Page) -> bool:
    """Whether the title or a heading announces a folder in words: it counts beside structure alone."""
    return any(_OPENING.search(text) for text in (page.title, *page.headings[:3]))


def share(rows: list[Found], test: str) -> float:
    """The share of rows that pass `test`, one of their properties."""
    return sum(bool(getattr(one, test)) for one in rows) / len(rows)


def share_of_files(rows: list[Found], test: str) -> float:
    """As `share`, of the files alone: many programs give folders neither a date nor a size."""
    files = [one for one in rows if not one.folder]
    return share(files if files and len(files) * 4 >= len(rows) else rows, test)


def is_plain(one: Found) -> bool:
    """Whether a row shows the name of a file or a folder as such: an ending, a final slash, or a mark of its kind."""
    return (
        one.marked
        or one.target.folderish
        or one.shown.endswith(("/", "\\"))
        or (of_file(one.target.name) and (not one.target.slash or _is_kept(one)))
    )


def of_file(name: str) -> bool:
    """Whether a name ends as that of a file: in letters, or as logs do that were put aside (`app.log.1`)."""
    return FILE.search(name) is not None or ("." in name and kind_of_name(name) is MediaKind.LOG)


def _is_kept(one: Found) -> bool:
    """Whether a folder called as files are (`web.bak/`) has a date, and is no project: `node.js/` may be a tag."""
    return one.dated and _REPOSITORY.search(one.target.name) is None


def opens_twice(page: Page) -> bool:
    """Whether the title announces a folder, and a heading does too."""
    return _OPENING.search(page.title) is not None and any(_OPENING.search(text) for text in page.headings[:3])
