"""Whether a page without an entry is the listing of an empty folder: its frame says so, and no script fills it."""

from __future__ import annotations

import re
from itertools import islice

from probes.recognise.listing.fields.columns import announces, header, role
from probes.recognise.listing.fields.links import Elsewhere, Target
from probes.recognise.listing.html.markup import squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.prose import shown
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.cells import Block, Row, link_of
from probes.recognise.listing.points import FILE, opens, opens_twice

_ENOUGH = 4
_LONGEST = 400
"""Characters of text of a page that shows an empty folder and names it; an application around it may say more."""
_ALONE = 120
_MOST_LINKS = 3
"""Links to other pages of the site that the frame of an empty folder may have: upload, help, log out."""
_NO_FILES = re.compile(
    r"(?i).{0,40}\b(?:(?:no|0|keine|geen|inga|ingen|aucun|nessun|ningún|nenhum)"
    r" (?:files?|dateien|bestanden|filer|fichiers?|archivos?|arquivos?)(?! (?:selected|chosen|ausgewählt|vald))"
    r"|(?:folder|directory|ordner|verzeichnis|map|mappen|dossier|carpeta|cartella|pasta)\b.{1,20}"
    r"(?:empty|leer|leeg|tom|vide|vuota|vacía|vazia))\b|\(?empty\b"
    r"|.{0,40}(?:フォルダ|ディレクトリ|文件夹|資料夾|目录|目錄|폴더|папк|каталог|المجلد|پوشه|klasör|mapp|kansio|složk|folder"
    r"|mappa|φάκελο|thư mục).{0,20}(?:空|trống|비어|пуст|فارغ|خالی|boş|tyhjä|prázdn|pusty|üres|κενό)"
    r"|.{0,20}(?:ファイル(?:は|が)ありません|没有文件|沒有檔案|无文件|파일이? ?없|нет файлов|файлов нет|لا توجد ملفات"
    r"|dosya yok|ei tiedostoja)"
)
_LOADING = re.compile(r"(?i)(?:loading|please wait|laddar|lädt|lade|chargement|cargando|henter|ladataan)\b.{0,20}")
"""What a row shows until a script has asked for the rows: nothing is known of these."""
_ON_THE_WAY = {"up", "self", "sort"}
_FRAMES = {"ul", "ol", "table", "pre", "dl"}
_FETCHES = re.compile(r"\bfetch\s?\(|XMLHttpRequest|\$\.(?:ajax|get|post|getJSON)\b|\baxios\b|WebSocket|EventSource")


def empty(page: Page, reading: Reading) -> tuple[str, ...]:
    """The structure of an empty listing of no known family, in words; nothing where the page may be anything else."""
    if reading.beyond:
        return ()
    sortable = reading.sort_links >= 3
    if reading.headed and (sortable or page.names_path) and any(_only_the_way_up(page, block) for block in page.blocks):
        return ("header cells announce name, size or date", "the only row below them leads to the parent folder")
    if any(_LOADING.fullmatch(cell.text) for block in page.blocks for row in block.rows for cell in row.cells):
        return ()
    says = any(_NO_FILES.match(squeeze(token.text)) for token in shown(page.tokens))
    named = 2 if page.names_path else 1 if page.names_tail else 0
    marked = named > 0 and _in_place_of_rows(page, reading.parent)
    says |= marked
    frame = _of_the_frame(page) if named == 2 or says else set()
    wheres = [page.place.resolve(href, text) for href, text in page.links if href not in frame]
    # Whoever made the program may be linked to.
    ours = [one for one in wheres if not (isinstance(one, Elsewhere) and (one.why != "away" or one.target is None))]
    carried = _carried(page) if wheres else set()
    if any(isinstance(one, Target) and one.name in carried for one in wheres):
        return ()  # cards and tiles beside a list that is empty, or is a template
    opened = opens(page)
    columns = {"name", "size"} <= reading.announced and reading.of_names
    up = reading.parent or any(isinstance(one, Elsewhere) and one.why == "up" for one in wheres)
    framed = any(token.name in _FRAMES for token in page.tokens)
    only_up = named == 2 and up and (framed or (opened and page.text_length <= _ALONE)) and page.whole and not ours
    if (
        len(ours) > _MOST_LINKS
        or page.prose > _ALONE
        or not (columns or (opened and (says or framed)) or (says and named and up) or marked or only_up)
    ):
        return ()
    # The text may stand in a row, and tables that lay the page out have rows of their own.
    most = 0 if not says else 1 if ours else 5
    holding = (row for block in page.blocks for row in block.rows if _holds(page, row))
    # Of many thousand rows no more are read than tell.
    if next(islice(holding, most, None), None) is not None:
        return ()
    if not says and (_is_filled_later(page) if not (named == 2 and opened) else len(ours) > 1):
        return ()
    if page.text_length > (_LONGEST if not (columns or says) else 4 * _LONGEST):
        return ()
    signs = (
        (2 * columns + bool(columns and reading.announced & {"date", "type"}), "header cells announce name and size"),
        (named, "title or heading names the folder asked for"),
        (2 if opens_twice(page) else int(opened), "title or heading announces a folder"),
        (2 * says, "a text says that there are no files"),
        (int(framed and not columns), "a list without a row"),
        (int(up), "a link leads to the parent folder"),
        (2 * sortable, "links sort the page by column"),
        (int(page.text_length <= _ALONE and not ours and (says or not _speaks(page))), "nothing else is on the page"),
    )
    seen = tuple(said for points, said in signs if points)
    return (*seen, "no row leads to an entry") if sum(points for points, _ in signs) >= _ENOUGH else ()


_SILENT = frozenset("title h1 h2 h3 h4 h5 h6 th a address footer style legend caption template button".split())  # noqa: SIM905
_ROWS = frozenset({"tr", "td", "li", "dd", "tbody", "ul", "ol"})
_EMPTY_CLASS = re.compile(
    r"(?i)(?:^|[\s_-])(?:is-?)?empty(?:$|[\s_-])|\bno-?(?:files|items|entries|results|content|data)\b"
)
_SHORT = 60


def _in_place_of_rows(page: Page, loose: bool) -> bool:
    """Whether the page, beside what names it and leads on, says one short thing where rows would stand: in a language
    of whatever kind, that there are none. It must be marked as such, stand in a cell over all columns, or below the way
    up.
    """
    if not page.whole or _is_filled_later(page) or any(token.name in {"form", "iframe"} for token in page.tokens):
        return False
    heads = (cell for block in page.blocks for row in block.rows[:2] if row.header for cell in row.cells)
    if any(role(cell) in {"other", "record"} for cell in heads):
        return False
    said = _said(page)
    opened = [token for token in page.tokens if token.name and not token.closing]
    over_all = any(token.name == "td" and "colspan" in token.raw for token in opened)
    marked = any("class" in token.raw and _EMPTY_CLASS.search(token.attributes.get("class", "")) for token in opened)
    if len(said) != 1 or len(said[0]) > _SHORT or any(map(str.isdigit, said[0])) or FILE.search(said[0]):
        return False
    return marked or (page.names_path and (over_all or loose))


def _said(page: Page) -> list[str]:
    """What the page says beside what names it and leads on."""
    said: list[str] = []
    within = ""
    for token in page.tokens:
        if token.name in _SILENT:
            within = "" if token.closing else token.name
        elif token.name:
            within = "" if within == "th" and token.name in _ROWS else within
        elif not within and token.text.strip():
            said.append(squeeze(token.text))
    return said


def _speaks(page: Page) -> bool:
    """Whether the page says something in words: what stands beside a table without rows may say why (a login, a search,
    a fault)."""
    return any(len(_WORD.findall(one)) >= _SAYS for one in _said(page))


_WORD = re.compile(r"[^\W\d_]{2,}")
_SAYS = 3


def _carried(page: Page) -> set[str]:
    """What the elements of the page carry for its scripts: the names of what cards and tiles show, among others."""
    carrying = [one for one in page.tokens if one.name and not one.closing and "data-" in one.raw]
    return {
        value.strip("/").rpartition("/")[2]
        for one in carrying
        for key, value in one.attributes.items()
        if key.startswith("data-") and value
    }


def _holds(page: Page, row: Row) -> bool:
    """Whether a row is neither a header, nor the way up, nor blank."""
    text = " ".join(cell.text for cell in row.cells)
    if row.header or announces(text) or (header(row) is not None and not any(map(str.isdigit, text))):
        return False
    wheres = [page.place.resolve(link.href, link.text) for link in row.links]
    # A link to a part of the page itself (`#IndexOptions`) stands in a row about something.
    parts = any(
        link.href.startswith("#") and (len(link.href) > 1 or FILE.search(link.text.strip())) for link in row.links
    )
    if wheres and not parts and all(isinstance(one, Elsewhere) and one.why in _ON_THE_WAY for one in wheres):
        return False
    return any(len(cell.text) > 1 for cell in row.cells)


def _of_the_frame(page: Page) -> set[str]:
    """Where the head and the foot of an application lead to, whatever folder it shows."""
    found: set[str] = set()
    inside = 0
    for token in page.tokens:
        if token.name in {"header", "footer"}:
            inside += -1 if token.closing else 1
        elif token.name == "a" and not token.closing and inside > 0:
            found.add(link_of(token.attributes) or "")
    return found


def _is_filled_later(page: Page) -> bool:
    """Whether a script may ask for what the page shows: one in the page that asks, or one that the page loads."""
    loads = any(token.name == "script" and not token.closing and "src" in token.attributes for token in page.all_tokens)
    return loads or any(_FETCHES.search(script) for script in page.scripts)


def _only_the_way_up(page: Page, block: Block) -> bool:
    if block.kind != "table" or not any(header(row) for row in block.rows[:3]):
        return False
    rest = [row for row in block.rows if row.links and not header(row)]
    wheres = [page.place.resolve(link.href) for row in rest for link in row.links]
    return len(rest) == 1 and all(isinstance(one, Elsewhere) and one.why in {"up", "self"} for one in wheres)
