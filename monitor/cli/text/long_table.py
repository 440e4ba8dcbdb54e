"""Prints a table or lines: as they are, or, when there are many, as plain text, which takes a hundredth of the time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.box import HEAVY_HEAD, Box
from rich.cells import cell_len
from rich.console import Console, JustifyMethod, OverflowMethod
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

LONG = 300
"""Rows from which on a table is plain: nobody looks for colours in so many, and measuring each cell takes seconds."""
_BETWEEN = " │ "


class LongTable:
    """A table whose cells are texts, which is made for the width of the terminal only where it is short."""

    def __init__(self, lines: Box | None = HEAVY_HEAD) -> None:
        self._table = Table(show_edge=False, pad_edge=False, box=lines)
        self._rows: list[tuple[str, ...]] = []
        self._styles: list[str | None] = []

    def add_column(
        self,
        heading: str,
        *,
        justify: JustifyMethod = "left",
        overflow: OverflowMethod = "ellipsis",
        no_wrap: bool = False,
    ) -> None:
        """A further column, on the right."""
        self._table.add_column(heading, justify=justify, overflow=overflow, no_wrap=no_wrap)

    def add_row(self, *cells: str, style: str | None = None) -> None:
        """A further row, with a cell for each column."""
        self._rows.append(cells)
        self._styles.append(style)

    def show(self, out: Console) -> None:
        """Print it."""
        if len(self._rows) <= LONG:
            for row, style in zip(self._rows, self._styles, strict=True):
                self._table.add_row(*row, style=style)
            out.print(self._table)
            return
        heads = [str(column.header) for column in self._table.columns]
        columns = [[_plain(cell) for cell in column] for column in zip(heads, *self._rows, strict=True)]
        aligned = [_aligned(cells, column) for cells, column in zip(columns, self._table.columns, strict=True)]
        lines = [_BETWEEN.join(row).rstrip() for row in zip(*aligned, strict=True)]
        rule = "─┼─".join("─" * cell_len(cells[0]) for cells in aligned)
        out.file.write("\n".join((lines[0], rule, *lines[1:])) + "\n")


def show_lines(out: Console, lines: Iterable[tuple[str, str, str]]) -> None:
    """Print lines that begin with a word in a colour: colour, word, text. Many are printed plainly, as long tables."""
    every = list(lines)
    if len(every) <= LONG:
        for colour, word, text in every:
            out.print(f"[{colour}]{word}[/] {escape(text)}")
    else:
        out.file.write("".join(f"{word} {_plain(escape(text))}\n" for _, word, text in every))


def _aligned(cells: list[str], column: Column) -> list[str]:
    widths = [len(cell) if cell.isascii() else cell_len(cell) for cell in cells]
    widest = max(widths)
    if column.justify == "right":
        return [" " * (widest - width) + cell for cell, width in zip(cells, widths, strict=True)]
    return [cell + " " * (widest - width) for cell, width in zip(cells, widths, strict=True)]


def _plain(cell: str) -> str:
    """The text of a cell, without its colours."""
    return _read(cell) if "[" in cell or "\\" in cell or not cell.isprintable() else cell


@lru_cache(maxsize=4096)
def _read(cell: str) -> str:
    plain = Text.from_markup(cell).plain
    return " ".join(plain.split("\n")) if plain.isprintable() else "".join(c if c.isprintable() else "�" for c in plain)
