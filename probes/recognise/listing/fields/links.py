"""Links as bytes and text: how a server spells them, what a request must send, and what a link leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

UNDECODED = 0x10FF00
"""Bytes of a page that is not UTF-8 stand at these code points, so that a link keeps the very bytes the server sent."""

_UNSAFE = re.compile(rb"""[\x00-\x20\x7f-\xff"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})""")
_SAFE = re.compile(r"[!#$&-;=?-\[\]_a-z~]*")
"""What most links are of: nothing of it is unsafe, and no percent is."""


def to_bytes(text: str) -> bytes:
    """The bytes that `text` was read from: UTF-8, but for what could not be decoded."""
    try:
        if text.isascii():
            return text.encode("ascii")
        return b"".join(
            bytes([ord(c) - UNDECODED]) if UNDECODED <= ord(c) <= UNDECODED + 255 else c.encode("utf-8", "replace")
            for c in text
        )
    except UnicodeError:  # a lone surrogate out of a character reference
        return text.encode("utf-8", "replace")


def to_text(raw: bytes) -> str:
    """A name's bytes as text: UTF-8, else Latin-1, so that every name has one."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        # Python's servers write a byte that they could not decode as the surrogate that stands for it.
        return raw.decode("utf-8", "surrogatepass").encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeError:
        return raw.decode("latin-1")


def sendable(text: str) -> str:
    """`text` of a link as a request can carry it: the server's own spelling, unsafe bytes percent-encoded."""
    if _SAFE.fullmatch(text):
        return text
    raw = to_bytes(text)
    return _UNSAFE.sub(lambda found: b"%%%02X" % found[0][0] if found[0] != b"%" else b"%25", raw).decode("ascii")


def quoted(name: str) -> str:
    """A bare name, as JSON and XML dialects give it, as one path segment of a request."""
    return sendable(name.replace("%", "%25").replace("?", "%3F").replace("#", "%23"))


def with_slashes(href: str) -> str:
    """A link with its backslashes as browsers read them in an address of http: as slashes (URL standard, 4.4)."""
    found = _QUERY.search(href)
    end = found.start() if found is not None else len(href)
    return href[:end].replace("\\", "/") + href[end:]


_QUERY = re.compile(r"[?#]")


def read_location(value: str) -> str:
    """A Location as browsers read it: backslashes as slashes, bytes that are no UTF-8 as they were sent."""
    kept = _LOST.sub(lambda found: chr(ord(found[0]) - 0xDC00 + UNDECODED), value.strip())
    return with_slashes(kept)


_LOST = re.compile("[\udc80-\udcff]")
"""Bytes of a header that could not be decoded (PEP 383)."""


def segments(path: str) -> tuple[bytes, ...]:
    """The decoded segments of a path, dot segments resolved, empty ones left out: what two spellings share."""
    if path.isascii() and "%" not in path and "/." not in path and path[:1] != ".":
        return tuple([part for part in path.encode().split(b"/") if part])
    raw = to_bytes(path)
    # An encoded slash parts segments too: servers and proxies decode it before they look for the folder.
    split = (
        unquote_to_bytes(raw).split(b"/") if b"%2f" in raw.lower() else [unquote_to_bytes(p) for p in raw.split(b"/")]
    )
    parts: list[bytes] = []
    for part in split:
        if part == b"..":
            if parts:
                parts.pop()
        elif part not in {b"", b"."}:
            parts.append(part)
    return tuple(parts)


def cut_host(rest: str) -> tuple[str, str]:
    """The host that an address without its scheme begins with, and the path after it."""
    end = min((at for at in (rest.find("/"), rest.find("?"), rest.find("#")) if at >= 0), default=len(rest))
    path = rest[end:]
    return rest[:end], path if path.startswith("/") else "/" + path


def without_dots(path: str) -> str:
    """A path in its own spelling, its dot segments resolved."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for part in path.split("/"):
        plain = part.lower().replace("%2e", ".")
        if plain == "..":
            if len(kept) > 1:
                kept.pop()
        elif plain != ".":
            kept.append(part)
    return "/".join(kept)


_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def plain_escapes(path: str) -> str:
    """A path by the one of its spellings in which nothing is escaped that need not be: `%72` is `r`, `%c3` is `%C3`
    (RFC 3986, section 6.2.2)."""
    return _ESCAPE.sub(_plain, path)


def _plain(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16))
    return letter if _UNRESERVED.fullmatch(letter) else escape[0].upper()


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to: `parent` is the folder that it lies in, `name` its own name there."""

    name: str
    path: str
    parent: tuple[bytes, ...]
    slash: bool
    folderish: bool = False
    """Whether it leads to the page's own script by a parameter that takes folders."""
    soft: bool = False
    """Whether the link itself holds no name (`get.php?id=7`), so that the name is only what the page shows."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A link that is no entry, and why: `sort`, `up`, `self`, `away`, `action` or `none`."""

    why: str
    target: Target | None = None
    """What it would be an entry of, where it leads to another path of the same origin."""
