"""A long table is printed as plain lines with the same cells, and without anything that drives a terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.markup import escape

from monitor.cli.text.long_table import LONG, LongTable


def printed(rows: list[tuple[str, str, str]]) -> list[str]:
    out = StringIO()
    table = LongTable()
    table.add_column("id", no_wrap=True)
    table.add_column("place", overflow="fold")
    table.add_column("files", justify="right")
    for row in rows:
        table.add_row(*row)
    table.show(Console(file=out, width=80))
    return out.getvalue().splitlines()


def test_long_and_short_tables_have_the_same_cells() -> None:
    rows = [(f"LO-{n}", f"[bold red]nas-{n}[/]", f"{n:,}") for n in range(LONG + 1)]
    short, long = printed(rows[:LONG]), printed(rows)
    cells = [[cell.strip() for cell in line.split("│")] for line in long]
    assert cells[0] == ["id", "place", "files"]
    assert cells[2:] == [[f"LO-{n}", f"nas-{n}", f"{n:,}"] for n in range(LONG + 1)]
    assert [[cell.strip() for cell in line.split("│")] for line in short][2:] == cells[2:-1]
    assert len({line.rindex("│") for line in (long[0], *long[2:])}) == 1, "aligned"
    assert long[2].endswith("  0")


def test_names_with_brackets_stay_and_control_characters_do_not() -> None:
    rows = [(f"LO-{n}", escape("nas[red]/x\\[/red]"), "\x1b[31mred\nand more\x07") for n in range(LONG + 1)]
    line = printed(rows)[2]
    assert "nas[red]/x\\[/red]" in line
    assert line.isprintable()
    assert "\x1b" not in line
