"""The repeating parts of a page, as rows of cells: table rows, lines of preformatted text, list items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from probes.recognise.listing.fields.columns import header
from probes.recognise.listing.html.markup import VOID, Token, squeeze
from probes.recognise.listing.html.row.cells import PLAYERS, Block, Cell, Link, Row, link_of, rewritten, unescaped_href

MAX_ROWS = 400_000
MOST_PIECES = 100
"""Texts, icons and values of one cell that are kept apart; a cell with more is no cell of a listing."""
_ICON_ATTRIBUTES = ("alt", "src", "class", "data-icon", "xlink:href", "href", "title", "data-src", "aria-label")
_CARRIED = (
    "data-order",
    "data-sort",
    "data-sort-value",
    "sortable-data",
    "data-size",
    "data-value",
    "sorttable_customkey",
    "data-bytes",
    "data-text",
    "data-sortvalue",
    "data-sort-by",
    "title",
    "datetime",
    "data-time",
    "data-date",
    "data-raw",
    "content",
    "data-label",
    "data-title",
    "value",
    "data-filesize",
)
_CARRIES = frozenset(_CARRIED)


class Reader:
    """Collects blocks from a run of tokens; one instance a page."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[OpenBlock] = []
        self._inside: list[tuple[Block, Block, Cell]] = []
        """Tables that stand in a cell of another table, with that table and cell."""
        self._rows = 0

    def read(self, run: Iterable[Token]) -> list[Block]:
        """Every block of the page, in the order in which they begin. Raises nothing."""
        for token in run:
            if self._rows > MAX_ROWS:
                break
            if not token.name:
                if self._open:
                    self._open[-1].text(token.text)
                continue
            self._tag(token)
        while self._open:
            self._open.pop().finish()
        dissolved = dissolve(self._inside)
        return [block for block in self.blocks if block.rows and id(block) not in dissolved]

    def _begin(self, kind: str, token: Token) -> None:
        block = Block(kind, token.attributes)
        self.blocks.append(block)
        outer = self._open[-1] if self._open else None
        if kind == "table" and outer is not None and outer.block.kind == "table" and outer.cell is not None:
            self._inside.append((block, outer.block, outer.cell))
        self._open.append(OpenBlock(block))

    def _end(self, kind: str) -> None:
        for index in range(len(self._open) - 1, max(-1, len(self._open) - 40), -1):
            if self._open[index].block.kind == kind:
                while len(self._open) > index:
                    closed = self._open.pop()
                    closed.finish()
                    closed.block.closed = True
                return

    def _tag(self, token: Token) -> None:
        name = token.name
        if name == "table":
            if token.closing:
                self._end("table")
            elif len(self._open) < 200:
                self._begin("table", token)
        elif name in {"pre", "listing"} and not (
            self._open and self._open[-1].block.kind == "pre" and not token.closing
        ):
            if token.closing:
                self._end("pre")
            elif len(self._open) < 200:
                self._begin("pre", token)
        elif name in {"ul", "ol", "dir", "menu", "dl"}:
            if token.closing:
                self._end("list")
            elif len(self._open) < 200:
                self._begin("list", token)
        elif self._open:
            top = self._open[-1]
            kind = top.block.kind
            if kind == "table" and name == "tr":
                top.end_row()
                if not token.closing:
                    self._rows += 1
                    top.begin_row(token)
            elif kind == "table" and name in {"td", "th"}:
                top.end_cell()
                if not token.closing:
                    top.begin_cell(token)
            elif kind == "list" and name == "dd" and top.row is not None:
                # What a term of a definition list is said to be belongs to it.
                top.end_cell()
                if not token.closing:
                    top.begin_cell(token)
            elif kind == "list" and name in {"li", "dt", "dd"}:
                if name != "dt" or not token.closing:
                    top.end_row()
                else:
                    top.end_cell()
                if not token.closing:
                    self._rows += 1
                    top.begin_row(token)
                    top.begin_cell(token)
            elif kind == "pre" and name in {"br", "hr"}:
                self._rows += 1
                top.end_row()
            elif top.row is not None and top.link is None and (name in _PARTS or (kind == "list" and name == "td")):
                top.piece(token)
            else:
                top.tag(token)


_PARTS = {"div", "br", "p", "hr"}


class OpenBlock:
    """A block under construction, fed with rows, cells, tags and text as they come."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.row: Row | None = None
        self.cell: Cell | None = None
        self.link: Link | None = None
        self._stack: list[tuple[str, str]] = []

    def begin_row(self, token: Token) -> None:
        self.row = Row(attributes=token.attributes)

    def begin_cell(self, token: Token) -> None:
        if self.row is None:
            self.row = Row()
        attributes = token.attributes
        self.cell = Cell(attributes)
        if not _CARRIES.isdisjoint(attributes):
            self.cell.carried += [(key, attributes[key]) for key in _CARRIED if key in attributes]
        if token.name == "th":
            self.row.header = True
        elif token.name == "td" and self.row.cells:
            self.row.header = False
        self.row.cells.append(self.cell)

    def end_cell(self) -> None:
        self.cell = self.link = None
        self._stack.clear()

    def end_row(self) -> None:
        self.end_cell()
        if self.row is not None and self.row.cells and len(self.block.rows) < MAX_ROWS:
            href = rewritten(self.row.attributes)
            if href and not any(cell.links for cell in self.row.cells):
                self.row.cells[0].links.append(Link(href, self.row.attributes))
            self.block.rows.append(self.row)
        self.row = None

    def finish(self) -> None:
        self.end_row()

    def _here(self) -> Cell | None:
        if self.cell is None and self.block.kind == "pre":
            self.row = Row()
            self.cell = Cell()
            self.row.cells.append(self.cell)
        return self.cell

    def text(self, text: str) -> None:
        if self.block.kind == "pre" and self.link is None and "\n" in text:
            first, *others = text.split("\n")
            if first.strip() or self.cell is not None:
                self._add(first)
            for other in others:
                self.end_row()
                if other.strip():
                    self._add(other)
            return
        if self.block.kind == "pre" and self.cell is None and not text.strip():
            return
        self._add(text)

    def _add(self, text: str) -> None:
        cell = self._here()
        if cell is None or not text:
            return
        if text.strip():
            classes = self._stack[-1][1] if self._stack else ""
            if self.link is not None and len(self.link.inner) < MOST_PIECES:
                self.link.inner.append((classes, squeeze(text)))
            if classes and len(cell.parts) < MOST_PIECES:
                cell.parts.append((classes, squeeze(text)))
        (self.link.shown if self.link is not None else cell.links[-1].tail if cell.links else cell.lead).append(text)

    def piece(self, token: Token) -> None:
        """A division or a break inside a row stands for white space between its texts."""
        if self.cell is not None:
            self._add(" ")
        self.tag(token)

    def tag(self, token: Token) -> None:
        name = token.name
        if token.closing:
            if name == "a":
                self.link = None
            for index in range(len(self._stack) - 1, max(-1, len(self._stack) - 12), -1):
                if self._stack[index][0] == name:
                    del self._stack[index:]
                    break
            return
        cell = self._here()
        if cell is None:
            return
        attributes = token.attributes if token.raw else {}
        if name == "a":
            # Only a link with an href starts one; `<a name>` inside a row is an anchor.
            href = link_of(attributes)
            if href is not None:
                self.link = Link(href, attributes, icons=cell.loose, unescaped=unescaped_href(token.raw))
                cell.links.append(self.link)
                cell.loose = []
                if "class" in attributes:
                    self.link.icons.append({"class": attributes["class"]})
        elif name in PLAYERS and self.link is None and attributes.get("src"):
            # What a row plays is what it leads to; a link to the same beside it names it better.
            cell.links.append(Link(attributes["src"], {}, icons=cell.loose))
            cell.loose = []
        elif name in {"img", "i", "svg", "use", "span", "path", "input", "div", "mat-icon", "object", "button", "td"}:
            icon = {key: _tail(attributes[key]) for key in _ICON_ATTRIBUTES if key in attributes}
            if icon and name != "button" and len(cell.loose) < MOST_PIECES:
                (self.link.icons if self.link is not None else cell.loose).append(icon)
        if name != "a" and self.link is None and attributes and (href := rewritten(attributes)):
            # A button or a division that sends the browser on: what it shows stands after it, as a tail.
            cell.links.append(Link(href, attributes, icons=cell.loose))
            cell.loose = []
        if attributes and name != "img" and len(cell.carried) < MOST_PIECES and not _CARRIES.isdisjoint(attributes):
            cell.carried += [(key, attributes[key]) for key in _CARRIED if key in attributes]
        if name not in VOID and len(self._stack) < 100 and not token.raw.endswith("/"):
            own = attributes.get("class", "").lower() or (self._stack[-1][1] if self._stack else "")
            if name in {"time", "small"} and not own:
                own = name
            self._stack.append((name, own))


def dissolve(inside: list[tuple[Block, Block, Cell]]) -> set[int]:
    """Puts tables of one row that lay out single cells of a larger table into these cells; returns their ids.

    One such table in a table may be all that a page is about; several are how the table's rows are laid out.
    """
    single = [one for one in inside if len(one[0].rows) == 1]
    count = Counter(id(outer) for _, outer, _ in single)
    dissolved = set()
    for block, outer, cell in single:
        if count[id(outer)] > 1 or any(header(row) for row in outer.rows[:2]):
            for part in block.rows[0].cells:
                (cell.links[-1].tail if cell.links else cell.lead).extend([" ", *part.lead])
                cell.links += part.links
                cell.loose += part.loose
                cell.carried += part.carried
                cell.parts += part.parts
            dissolved.add(id(block))
    return dissolved


def _tail(value: str) -> str:
    """The last part of an icon's address: its folder may be called anything."""
    if "/" not in value and "?" not in value:
        return value[:120]
    path, _, query = value.partition("?")
    return f"{path.rstrip('/').rsplit('/', 1)[-1]} {query}"[:120]
