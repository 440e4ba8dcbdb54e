"""Pages that servers make of made-up folders: an Apache table, an Apache preformatted page, and nginx."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

_FIRST = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def files(count: int) -> Iterator[tuple[str, datetime, int]]:
    """Name, time and size of so many made-up recordings, the same ones every time."""
    for number in range(count):
        at = _FIRST + timedelta(seconds=97 * number)
        yield f"call-{at:%Y%m%d-%H%M%S}-{number:06d}.wav", at, 40_000 + number * 7919 % 900_000


def nginx(path: str, count: int) -> bytes:
    """nginx's autoindex, names cut at fifty characters."""
    rows = "".join(
        f'<a href="{name}">{name}</a>{" " * max(1, 51 - len(name))}{at:%d-%b-%Y %H:%M}{size:20d}\n'
        for name, at, size in files(count)
    )
    return (
        f"<html>\n<head><title>Index of {path}</title></head>\n<body>\n<h1>Index of {path}</h1><hr><pre>"
        f'<a href="../">../</a>\n{rows}</pre><hr></body>\n</html>\n'
    ).encode()


def apache_table(path: str, count: int) -> bytes:
    """Apache with `IndexOptions FancyIndexing HTMLTable`."""
    rows = "".join(
        '<tr><td valign="top"><img src="/icons/sound2.gif" alt="[SND]"></td>'
        f'<td><a href="{name}">{name[:20]}..&gt;</a></td><td align="right">{at:%Y-%m-%d %H:%M}  </td>'
        f'<td align="right">{size // 1024:3d}K</td><td>&nbsp;</td></tr>\n'
        for name, at, size in files(count)
    )
    rule = '   <tr><th colspan="5"><hr></th></tr>\n'
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n'
        f"  <title>Index of {path}</title>\n </head>\n <body>\n<h1>Index of {path}</h1>\n  <table>\n"
        '   <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>'
        '<th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th>'
        '<th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a></th></tr>\n'
        f'{rule}<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/">Parent '
        'Directory</a></td><td>&nbsp;</td><td align="right">  - </td><td>&nbsp;</td></tr>\n'
        f"{rows}{rule}</table>\n<address>Apache/2.4.7 (Ubuntu) Server at nas.example Port 443</address>\n"
        "</body></html>\n"
    ).encode()


def apache_lines(path: str, count: int) -> bytes:
    """Apache with `IndexOptions FancyIndexing` alone: preformatted lines."""
    rows = "".join(
        f'<img src="/icons/sound2.gif" alt="[SND]"> <a href="{name}">{name[:20]}..&gt;</a> {at:%Y-%m-%d %H:%M}  '
        f"{size // 1024:3d}K  \n"
        for name, at, size in files(count)
    )
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n'
        f"  <title>Index of {path}</title>\n </head>\n <body>\n<h1>Index of {path}</h1>\n"
        '<pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>                    '
        '<a href="?C=M;O=A">Last modified</a>      <a href="?C=S;O=A">Size</a>  '
        '<a href="?C=D;O=A">Description</a><hr><img src="/icons/back.gif" alt="[PARENTDIR]"> '
        f'<a href="/">Parent Directory</a>                             -   \n{rows}<hr></pre>\n</body></html>\n'
    ).encode()


def cards(path: str, count: int) -> bytes:
    """A program of somebody's own: a card a file, inside a site's design."""
    rows = "\n".join(
        f'<div class="card file"><i class="icon audio"></i><div class="name"><a href="{path}{name}">{name}</a></div>'
        f'<div class="meta"><span class="size">{size / 1024:.1f} KB</span> <span>{at:%d %b %Y %H:%M}</span></div></div>'
        for name, at, size in files(count)
    )
    return _designed(path, f'<div class="grid">{rows}</div>')


def table(path: str, count: int) -> bytes:
    """Another one: a table of names, dates, sizes and actions."""
    rows = "\n".join(
        f'<tr><td><input type="checkbox" value="{name}"></td><td><a href="?file={name}">{name}</a></td>'
        f'<td>{at:%m/%d/%Y %H:%M}</td><td>{size:,}</td><td><a href="?delete={name}&amp;ask=1">delete</a></td></tr>'
        for name, at, size in files(count)
    )
    head = "<tr><th></th><th>Name</th><th>Date</th><th>Size</th><th></th></tr>"
    return _designed(path, f'<table class="files">{head}{rows}</table>')


def _designed(path: str, rows: str) -> bytes:
    return (
        f'<!DOCTYPE html><html><head><title>Files in {path}</title></head><body><nav><a href="/">Start</a> '
        f'<a href="/about">About</a></nav><h1>Files in {path}</h1>{rows}<footer>Our files</footer></body></html>'
    ).encode()


FAMILIES: dict[str, Callable[[str, int], bytes]] = {
    "Apache table": apache_table,
    "Apache lines": apache_lines,
    "nginx": nginx,
}

DESIGNS: dict[str, Callable[[str, int], bytes]] = {"own program, cards": cards, "own program, table": table}
"""Pages of programs that nobody knows."""
