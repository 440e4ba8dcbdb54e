"""Prints a table or lines: as they are, or, when there are many, as plain text, which takes a hundredth of the time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

LONG = 300
"""Rows from which on a table is plain: nobody looks for colours in so many, and measuring each cell takes seconds."""
_BETWEEN = " │ "


def show_table(out: Console, table: Table) -> None:
    """Print a table whose cells are texts."""
    if table.row_count <= LONG:
        out.print(table)
        return
    columns = [[_plain(str(column.header)), *(_plain(str(cell)) for cell in column.cells)] for column in table.columns]
    aligned = [_aligned(cells, column) for cells, column in zip(columns, table.columns, strict=True)]
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
    widths = [cell_len(cell) for cell in cells]
    widest = max(widths)
    if column.justify == "right":
        return [" " * (widest - width) + cell for cell, width in zip(cells, widths, strict=True)]
    return [cell + " " * (widest - width) for cell, width in zip(cells, widths, strict=True)]


@lru_cache(maxsize=4096)
def _plain(cell: str) -> str:
    """The text of a cell, without its colours."""
    plain = Text.from_markup(cell).plain if "[" in cell or "\\" in cell else cell
    return " ".join(plain.split("\n")) if plain.isprintable() else "".join(c if c.isprintable() else "�" for c in plain)
