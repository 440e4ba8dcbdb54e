"""What a family of listings is to the recogniser: how it is known, how it is read, and what an empty one looks like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace

from probes.recognise.listing.fields.links import Elsewhere, Target
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.html.reading import Reading, read_block
from probes.recognise.listing.html.repeats import lines, repeated, run
from probes.recognise.listing.html.row.cells import Block, link_of
from probes.recognise.listing.html.row.found import Found, is_recording
from probes.recognise.listing.html.settled import own_folder
from probes.recognise.listing.points import FILE
from probes.recognise.media.kinds import DATA, kind_of_name


def read_generic(page: Page) -> Reading:
    """The best reading of the page's tables, preformatted texts and lists; parts of one listing are joined."""
    if page.generic is None:
        page.generic = _read_blocks(page)
    # Whoever judges a reading completes its rows.
    return replace(page.generic, found=[*map(copy, page.generic.found)], beyond=[*map(copy, page.generic.beyond)])


def _read_blocks(page: Page) -> Reading:
    readings = [(block, read_block(block, page.place)) for block in page.blocks]
    for block, reading in readings:
        if _holds_folders(block) and not any(FILE.search(one.target.name) for one in reading.found):
            for one in reading.found:
                one.directory = one.marked = True
    best: Reading | None = None
    best_block: Block | None = None
    for block, reading in readings:
        if best is None or _weight(reading) > _weight(best):
            best, best_block = reading, block
    if best is None or best_block is None:
        return Reading()
    joined = Reading(kind=best.kind)
    looks = _Looks(best, page)
    for block, reading in readings:
        if block is best_block or (block.kind == best_block.kind and looks.alike(reading)):
            joined.add(reading)
        elif not reading.found:
            if block.kind == best_block.kind != "list" and all(FILE.search(one.target.name) for one in reading.beyond):
                joined.beyond += reading.beyond  # folders in one table, and files at another path in the next
            joined.sort_links += reading.sort_links
            joined.headed |= reading.headed and block.kind == "table"
            joined.announced |= reading.announced
    joined.found += _folders_beside(joined, page)
    return joined


def read_repeated(page: Page) -> Reading:
    """The best reading of the page as elements of one class that repeat, for pages without table, text or list."""
    children = sum(_leads_to_entry(page.place.resolve(href)) for href in page.hrefs)
    # Or to numbers of the files that they show, on the same origin.
    children = children or sum(
        kind_of_name(text) in DATA and _on_origin(page.place.resolve(href, text)) for href, text in page.links
    )
    if not children:
        return Reading(kind="rows")
    counts: Counter[tuple[str, str]] = Counter()
    for token in page.tokens:
        if token.name in _REPEATING and not token.closing and "class" in token.raw.lower():
            counts.update((token.name, name) for name in token.attributes.get("class", "").lower().split()[:6])
    # An element that holds a row occurs about as often as there are links to entries, of which a row may have several.
    for one in [one for one, count in counts.items() if not children <= 6 * count <= 9 * children + 6]:
        del counts[one]
    best, weight = Reading(kind="rows"), 0.0
    chosen: tuple[str, str] | None = None
    # Which class holds the rows of a long page is seen in a part of it.
    part = page.sample(SAMPLE) if len(page.tokens) > 2 * SAMPLE else page
    for (tag, name), _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_MOST_CLASSES]:
        reading = read_block(repeated(part.tokens, tag, name), page.place)
        if _weight(reading) > weight:
            best, weight, chosen = reading, _weight(reading), (tag, name)
    return best if part is page or chosen is None else read_block(repeated(page.tokens, *chosen), page.place)


def _leads_to_entry(where: Target | Elsewhere) -> bool:
    """Whether a link leads below the page, or to a recording, document or archive at another path of its server."""
    if isinstance(where, Target):
        return True
    return where.target is not None and not where.target.soft and kind_of_name(where.target.name) in DATA


def _on_origin(where: Target | Elsewhere) -> bool:
    return isinstance(where, Target) or where.target is not None


def read_lines(page: Page) -> Reading:
    """The page's lines, for pages that part their links by nothing but breaks."""
    block = lines(page.tokens)
    page.one_line = len(page.hrefs) > _MANY and sum(bool(row.links) for row in block.rows) < 2
    return read_block(block, page.place)


def read_links(page: Page) -> Reading:
    """The page's links, each with the text that follows it, for pages that part them by nothing that repeats. Where
    very many stand on one line, its lines were read so."""
    if page.one_line:
        return Reading(kind="links")
    reading = read_block(run(page.tokens), page.place)
    if reading.found and reading.found[-1].size_text:
        # What the page says below its links stands behind the last of them.
        *others, last = reading.found
        files = [one for one in others if FILE.search(one.target.name) is not None]
        if files and not any(one.size_text or one.exact for one in others):
            last.size_text = ""
    return reading


_MANY = 1000
_REPEATING = {"div", "a", "li", "span", "p", "article", "section", "tr", "figure"}
_MOST_CLASSES = 24
SAMPLE = 4_000
"""Tags and texts of a long page that are read in each way first."""


def _weight(reading: Reading) -> float:
    """How much a reading looks like the listing of its page: rows that show their own names, dated and sized."""
    count = len(reading.found)
    return count * (reading.share("named") + reading.share("dated") + reading.share("sized")) + 2.0 * reading.headed


def _holds_folders(block: Block) -> bool:
    """Whether a list says by its class that it holds the folders."""
    return block.kind == "list" and not _OF_FOLDERS.isdisjoint(block.attributes.get("class", "").lower().split())


_OF_FOLDERS = {"dir", "dirs", "directories", "folder", "folders", "subdirs", "subfolders"}


class _Looks:
    """What the best part of a page looks like, found out once: a page may have ten thousand other parts."""

    def __init__(self, best: Reading, page: Page) -> None:
        self._page = page
        self._folder = own_folder(best.found, page.place)[0]
        self._dated, self._sized = best.share("dated") > 0.5, best.share("sized") > 0.5
        self._table = best.kind == "table"

    def alike(self, one: Reading) -> bool:
        """Whether another part of the page belongs to the same listing."""
        if not one.found or one.foreign > len(one.found) or one.share("named") < 0.8:
            return False
        folder = own_folder(one.found, self._page.place)[0]
        if folder != self._folder and not (self._is_beside(folder) and all(map(is_recording, one.found))):
            return False
        if all(row.directory and row.spelt and not row.target.slash for row in one.found):
            return True  # the folders in a list of their own, and the files in the next
        dated = (one.share("dated") > 0.5) == self._dated
        sized = (one.share("sized") > 0.5) == self._sized
        return dated or (sized and self._table)

    def _is_beside(self, folder: tuple[bytes, ...]) -> bool:
        """Whether a folder lies below the page's own as deep as that of the best part, as those of days do."""
        own = self._page.place.own
        return len(folder) == len(self._folder) > len(own) and folder[: len(own)] == self._folder[: len(own)] == own


def _folders_beside(files: Reading, page: Page) -> list[Found]:
    """The folders that the page links to beside files with sizes, in its navigation or anywhere.

    At the root such links are a menu, and a program that sorts or leads up shows the folders among the files.
    """
    own = own_folder(files.found, page.place)[0]
    known = any(row.target.slash or row.directory for row in files.found)
    if not own or known or files.sort_links or files.parent or files.share("sized") <= 0.5:
        return []
    links = [link_of(one.attributes) or "" for one in page.all_tokens if one.name == "a" and not one.closing]
    wheres = [page.place.resolve(href) for href in links if href.endswith(("/", "."))]
    if not any(isinstance(where, Target) and where.parent == own for where in wheres):
        return []  # the page is not read once more for nothing
    return [
        row
        for row in read_block(run(page.all_tokens), page.place).found
        if row.target.slash and row.target.parent == own and row.spelt
    ]


@dataclass(frozen=True, slots=True)
class Family:
    """A program that writes listings.

    `marks` returns the structure of its own that a page shows, in our words, and nothing when the page is not its;
    `read` reads its rows; `empty` says whether such a page, without a row, is an honest empty listing.
    """

    name: str
    marks: Callable[[Page], tuple[str, ...]]
    read: Callable[[Page], Reading] = read_generic
    empty: Callable[[Page], bool] = lambda page: False
