"""Small pages of our own in the shape of real listings, and a disk that is open in that shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Literal
from urllib.parse import quote, unquote

from tests.servers.raw import Hit, reply
from tests.servers.sounds import wav

SOUND_HEAD, SOUND_SIZE = wav(2)
SOUND = SOUND_HEAD + bytes(SOUND_SIZE - len(SOUND_HEAD))
"""Two seconds of silence as GSM in WAV."""
NOT_FOUND = b"<!DOCTYPE HTML><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"
FORBIDDEN = b"<!DOCTYPE HTML><html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1></body></html>"
NAMES = tuple(f"in-0{number}-1177-20181121-1{number % 10}0512.wav" for number in range(701740610, 701740616))
"""Six calls that never were."""

Row = tuple[str, int | None]
"""A name and its size; None for a folder (the name then ends with a slash)."""


def apache(path: str, rows: Sequence[Row]) -> bytes:
    """What Apache's fancy index makes of a folder."""
    lines = []
    for name, size in rows:
        text = escape(name if len(name) <= 20 else name[:18] + "..>")
        pad = " " * max(1, 24 - len(name[:20]))
        shown = "-" if size is None else f"{size / 1024:.1f}K"
        lines.append(
            f'<img src="/icons/{"folder" if size is None else "sound2"}.gif" alt="[   ]"> '
            f'<a href="{quote(name)}">{text}</a>{pad}2018-11-21 14:05  {shown:>4}  '
        )
    up = '<img src="/icons/back.gif" alt="[PARENTDIR]"> <a href="/">Parent Directory</a>' + " " * 29 + "-   \n"
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n'
        f"  <title>Index of {escape(path.rstrip('/')) or '/'}</title>\n </head>\n <body>\n"
        f"<h1>Index of {escape(path.rstrip('/')) or '/'}</h1>\n"
        '<pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>                    '
        '<a href="?C=M;O=A">Last modified</a>      <a href="?C=S;O=A">Size</a>  <a href="?C=D;O=A">Description</a><hr>'
        + (up if path != "/" else "")
        + "\n".join(lines)
        + "\n<hr></pre>\n<address>Apache/2.4.7 (Ubuntu) Server at nas.test Port 443</address>\n</body></html>\n"
    ).encode()


def nginx(path: str, rows: Sequence[Row]) -> bytes:
    """What nginx's autoindex makes of a folder."""
    lines = []
    for name, size in rows:
        text = escape(name if len(name) <= 50 else name[:47] + "..>")
        pad = " " * max(1, 51 - min(len(name), 50))
        shown = "-" if size is None else str(size)
        lines.append(f'<a href="{quote(name)}">{text}</a>{pad}21-Nov-2018 14:05 {shown:>19}\r\n')
    title = escape(path)
    return (
        f"<html>\r\n<head><title>Index of {title}</title></head>\r\n<body>\r\n<h1>Index of {title}</h1><hr><pre>"
        f'<a href="../">../</a>\r\n{"".join(lines)}</pre><hr></body>\r\n</html>\r\n'
    ).encode()


def listing(path: str, rows: Sequence[Row], look: Literal["apache", "nginx"] = "apache") -> bytes:
    """A listing in the look asked for."""
    return apache(path, rows) if look == "apache" else nginx(path, rows)


class Disk:
    """Files by path, open to anyone: folders list themselves, files answer HEAD and Range, all else is 404."""

    def __init__(self, files: Mapping[str, bytes] | None = None, look: Literal["apache", "nginx"] = "apache") -> None:
        self.files = dict(files) if files is not None else {f"/{name}": SOUND for name in NAMES}
        self.look: Literal["apache", "nginx"] = look

    def rows(self, folder: str) -> list[Row]:
        """The rows of `folder` (with its final slash); empty when there is no such folder."""
        found: dict[str, int | None] = {}
        for path, content in self.files.items():
            if path.startswith(folder):
                name, slash, _ = path[len(folder) :].partition("/")
                found[name + slash] = None if slash else len(content)
        return sorted(found.items(), key=lambda row: (row[1] is not None, row[0]))

    def page(self, folder: str = "/") -> bytes:
        """The listing of `folder`."""
        return listing(folder, self.rows(folder), self.look)

    def answer(self, hit: Hit) -> bytes:
        """The whole answer to a request."""
        bare = hit.method == "HEAD"
        path = unquote(hit.path.partition("?")[0])
        if hit.method not in ("GET", "HEAD"):
            return reply("405 Method Not Allowed", FORBIDDEN, "text/html", ("Allow", "GET, HEAD"))
        if path.endswith("/") and self.rows(path):
            return reply(200, self.page(path), bare=bare)
        if path in self.files:
            return sound(hit, self.files[path])
        return reply(404, NOT_FOUND, bare=bare)


def sound(hit: Hit, content: bytes) -> bytes:
    """The answer to HEAD, GET, or GET with one Range, for a sound file."""
    bare = hit.method == "HEAD"
    ranged = hit.header("range")
    ready = ("Accept-Ranges", "bytes")
    if ranged.startswith("bytes=") and not bare:
        first, _, last = ranged.removeprefix("bytes=").partition("-")
        start = int(first or 0)
        end = min(int(last or len(content) - 1), len(content) - 1)
        told = ("Content-Range", f"bytes {start}-{end}/{len(content)}")
        return reply(206, content[start : end + 1], "audio/x-wav", ready, told)
    return reply(200, content, "audio/x-wav", ready, bare=bare)
