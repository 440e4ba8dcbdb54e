"""The pages that two web servers make of a folder: Apache's mod_autoindex as a table, and nginx's autoindex. And that
of a refusal."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from monitor.practice.disk import File, Folder

_ICONS = {"wav": ("sound2", "SND"), "mp3": ("sound2", "SND"), "txt": ("text", "TXT"), "gz": ("compressed", "   ")}
_NAME_WIDTH = 23
_NGINX_WIDTH = 50
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def apache(folder: Folder, path: str, signature: str) -> str:
    """The page of `IndexOptions FancyIndexing HTMLTable` on Apache 2.4, names cut as it cuts them."""
    shown = escape(path.rstrip("/") or "/")
    rows = []
    if path != "/":
        above = path.rstrip("/").rpartition("/")[0] + "/"
        rows.append(_row("back", "PARENTDIR", quote(above), "Parent Directory", "&nbsp;", "  - "))
    for below in folder.folders:
        name = f"{below.name}/"
        rows.append(_row("folder", "DIR", quote(name), _cut(name), f"{below.modified:%Y-%m-%d %H:%M}  ", "  - "))
    for file in folder.files:
        icon, alt = _ICONS.get(file.name.rpartition(".")[2], ("unknown", "   "))
        date = f"{file.modified:%Y-%m-%d %H:%M}  "
        rows.append(_row(icon, alt, quote(file.name), _cut(file.name), date, size_text(file.size)))
    line = '   <tr><th colspan="5"><hr></th></tr>\n'
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n'
        f"  <title>Index of {shown}</title>\n </head>\n <body>\n<h1>Index of {shown}</h1>\n  <table>\n"
        '   <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>'
        '<th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th>'
        '<th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a></th></tr>\n'
        f"{line}{''.join(rows)}{line}</table>\n"
        f"<address>{escape(signature)}</address>\n</body></html>\n"
    )


def _row(icon: str, alt: str, href: str, text: str, date: str, size: str) -> str:
    aligned = "<td>" if date == "&nbsp;" else '<td align="right">'
    return (
        f'<tr><td valign="top"><img src="/icons/{icon}.gif" alt="[{alt}]"></td><td><a href="{escape(href)}">'
        f'{escape(text)}</a></td>{aligned}{date}</td><td align="right">{size}</td><td>&nbsp;</td></tr>\n'
    )


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_WIDTH else f"{name[: _NAME_WIDTH - 3]}..>"


def size_text(size: int) -> str:
    """A size in four characters, as Apache's runtime writes it (apr_strfsize)."""
    if size < 973:
        return f"{size:3d} "
    for unit in "KMGTPE":
        size, rest = divmod(size, 1024)
        if size >= 973:
            continue
        if size < 9 or (size == 9 and rest < 973):
            tenth = (rest * 5 + 256) // 512
            return f"{size + 1}.0{unit}" if tenth >= 10 else f"{size}.{tenth}{unit}"
        return f"{size + (rest >= 512):3d}{unit}"
    return "****"


def nginx(folder: Folder, path: str) -> str:
    """The page of `autoindex on` in nginx, with exact sizes."""
    rows = [_line(f"{below.name}/", below, "-") for below in folder.folders]
    rows += [_line(file.name, file, str(file.size)) for file in folder.files]
    shown = escape(path)
    return (
        f"<html>\r\n<head><title>Index of {shown}</title></head>\r\n<body>\r\n<h1>Index of {shown}</h1><hr>"
        f'<pre><a href="../">../</a>\r\n{"".join(rows)}</pre><hr></body>\r\n</html>\r\n'
    )


def _line(name: str, one: File | Folder, size: str) -> str:
    text = name if len(name) <= _NGINX_WIDTH else f"{name[: _NGINX_WIDTH - 3]}..>"
    at = one.modified
    date = f"{at:%d}-{_MONTHS[at.month - 1]}-{at:%Y %H:%M}"
    return (
        f'<a href="{escape(quote(name))}">{escape(text)}</a>{" " * (_NGINX_WIDTH + 1 - len(text))}{date}{size:>20}\r\n'
    )


def refusal_page(status: int) -> str:
    """A short error page that says its status."""
    words = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        416: "Requested Range Not Satisfiable",
    }[status]
    return (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n'
        f"<html><head>\n<title>{status} {words}</title>\n</head><body>\n<h1>{words}</h1>\n</body></html>\n"
    )
