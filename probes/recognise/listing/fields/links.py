"""Where a link of a page leads: below the URL asked for, to itself, up, or away."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

UNDECODED = 0x10FF00
"""Bytes of a page that is not UTF-8 stand at these code points, so that a link keeps the very bytes the server sent."""

_SCHEME = re.compile(
    r"(?i)(?:(mailto|tel|sms|data|javascript|about|blob|vbscript|magnet|ed2k|callto|skype):|([a-z][a-z0-9+.-]*)://)"
)
"""Nothing else before a colon is a scheme: `co:lon.wav` and `http:__x` are names that servers leave unencoded."""
_SCRIPT = re.compile(r"(?i)\.(?:php\d?|phtml|aspx?|cgi|pl|jsp|cfm|py|fcgi)$")
_UNSAFE = re.compile(rb"""[\x00-\x20\x7f-\xff"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})""")
_SORT_QUERIES = (
    re.compile(r"C=[NMSD](?:[;&]|&amp;)?O=[AD](?:[;&].{0,60})?"),  # Apache 2, fancyindex, Jetty
    re.compile(r"[NMSDTOP]=[AD]"),  # Apache 1.3, WEBrick
    re.compile(r"[NMSD][AD]"),  # LiteSpeed
)
_SORT_AMONG = re.compile(
    r"(?:[^=&;]{1,40}=[^&;]{0,200}[&;])*(?:sort|order|sort_?by|sort_?key|sort_?order|sort_?mode|orderby)=[\w.-]*"
    r"(?:[&;][^=&;]{1,40}=[^&;]{0,200})*",
    re.IGNORECASE,
)
"""A sort order among other parameters: entries of scripts carry one too, so it decides last."""
_LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}
_PORTS = {"http": 80, "https": 443}
_MAX_HREF = 16_384


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
    raw = to_bytes(text)
    return _UNSAFE.sub(lambda found: b"%%%02X" % found[0][0] if found[0] != b"%" else b"%25", raw).decode("ascii")


def quoted(name: str) -> str:
    """A bare name, as JSON and XML dialects give it, as one path segment of a request."""
    return sendable(name.replace("%", "%25").replace("?", "%3F").replace("#", "%23"))


def segments(path: str) -> tuple[bytes, ...]:
    """The decoded segments of a path, dot segments resolved, empty ones left out: what two spellings share."""
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


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads, below the page: `parent` is the folder it lies in, `name` its own name there."""

    name: str
    path: str
    parent: tuple[bytes, ...]
    slash: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A link that is no entry, and why: `sort`, `up`, `self`, `away` or `none`."""

    why: str


class Place:
    """The URL asked for, against which every link of its page is held."""

    def __init__(self, url: str, base: str = "") -> None:
        split = _split(url)
        self.scheme, self.host = split[0], _host(split[0], split[1])
        self.path = sendable(split[2] if split[2].startswith("/") else "/" + split[2])
        self.query = split[3]
        self.script = bool(_SCRIPT.search(self.path))
        self.folder = self.path if self.path.endswith("/") else self.path.rsplit("/", 1)[0] + "/"
        """The folder that a browser joins relative links to."""
        self.bare = not self.path.endswith("/") and not self.script and not self.query
        self.base = self.folder
        if base:
            other = _split(base)
            if (not other[1] or self._ours(other[0], other[1])) and other[2].startswith("/"):
                self.base = other[2].rsplit("/", 1)[0] + "/"
                self.bare = False
        self.own = segments(self.path if self.bare else self.base if base else self.folder)
        """The decoded path whose direct children are this listing's entries."""
        self.parameters = _parameters(self.query)

    def _ours(self, scheme: str, netloc: str) -> bool:
        host = _host(scheme or self.scheme, netloc)
        # A server behind a proxy may write its own loopback name, which means nothing to anyone but itself.
        return host[0] == self.host[0] or host[0] in _LOOPBACK

    def resolve(self, href: str, shown: str = "") -> Target | Elsewhere:
        """Where `href`, which shows `shown`, leads. Joined by hand: `urljoin` takes `co:lon.wav` for a scheme."""
        href = href.strip(" \t\r\n\f")
        if len(href) > _MAX_HREF:
            return Elsewhere("away")
        if not href or href.startswith("#"):
            return Elsewhere("self")
        scheme = _SCHEME.match(href)
        rest = href
        if scheme:
            if (scheme[2] or "").lower() not in _PORTS:
                return Elsewhere("none" if (scheme[1] or "").lower() == "javascript" else "away")
            netloc, rest = _cut_host(href[scheme.end() :])
            if not self._ours(scheme[2].lower(), netloc):
                return Elsewhere("away")
        elif href.startswith("//"):
            netloc, rest = _cut_host(href[2:])
            if not self._ours("", netloc):
                return Elsewhere("away")
        rest = rest.split("#", 1)[0]
        path, mark, query = rest.partition("?")
        if mark:
            return self._by_query(path, query, shown)
        return self._by_path(path)

    def _absolute(self, path: str) -> str:
        if path.startswith("/"):
            return path
        while path.startswith("./"):
            path = path[2:]
        if self.bare:
            last = self.path.rsplit("/", 1)[1]
            if path == last or path.startswith(last + "/"):
                return self.folder + path
            return self.path + "/" + path
        return self.base + path

    def _by_path(self, path: str) -> Target | Elsewhere:
        if path in {"", ".", "./"}:
            return Elsewhere("self")
        absolute = self._absolute(path)
        parts = segments(absolute)
        top = segments(self.folder) if self.script or self.query else self.own if self.bare else segments(self.folder)
        if len(parts) <= len(top) or parts[: len(top)] != top:
            if parts == self.own:
                return Elsewhere("self")
            upwards = parts == self.own[: len(parts)] or path.startswith("../")
            return Elsewhere("up" if upwards else "away")
        clean = _without_dots(absolute)
        return Target(to_text(parts[-1]), sendable(clean), parts[:-1], absolute.endswith("/"))

    def _by_query(self, path: str, query: str, shown: str) -> Target | Elsewhere:
        if any(pattern.fullmatch(query) for pattern in _SORT_QUERIES):
            return Elsewhere("sort")
        asked = self.path if path in {"", ".", "./"} else self._absolute(path)
        stem = segments(self.folder)
        if segments(asked) not in (segments(self.path), stem):
            if _SORT_AMONG.fullmatch(query):
                return Elsewhere("sort")
            # A file with a query of its own (`a.wav?download`, a version stamp) is that file all the same.
            inner = self._by_path(path)
            if isinstance(inner, Target):
                return Target(inner.name, f"{inner.path}?{sendable(query)}", inner.parent, inner.slash)
            return inner
        parameters = _parameters(query)
        request = sendable(f"{asked}?{query}")
        seen = ""
        for key, value in parameters.items():
            own = self._own_value(key) if value else None
            if own is None:
                continue
            for reading in _readings(value, shown):
                parts = segments(reading)
                # Counted from the folder of the script, so that `?dir=a` and `a/b.wav` have one notion of a parent.
                if len(parts) == len(own) + 1 and parts[:-1] == own:
                    folder = reading.endswith("/") or key.lower() in _FOLDER_KEYS
                    return Target(to_text(parts[-1]), request, (*stem, *own), folder)
                if parts == own:
                    name = _file_beside(parameters, key)
                    if name:
                        return Target(name, request, (*stem, *own), False)
                    seen = seen or "self"
                elif own and parts == own[:-1]:
                    seen = "up"
        if seen == "up" or (self.parameters and not all(parameters.values())):
            return Elsewhere("up")
        return Elsewhere("sort" if _SORT_AMONG.fullmatch(query) else "self")

    def _own_value(self, key: str) -> tuple[bytes, ...] | None:
        """The folder that this page lists by `key`: a page asked for without it lists the script's own folder."""
        if key in self.parameters:
            values = [segments(reading) for reading in _readings(self.parameters[key])]
            return values[-1] if values else ()
        if not self.parameters or key.lower() not in _FILE_KEYS:
            return () if key.lower() in _FOLDER_KEYS | _FILE_KEYS | _EITHER_KEYS else None
        # `?file=a/b.wav` on a page asked for as `?dir=a`.
        for own, value in self.parameters.items():
            if own.lower() in _FOLDER_KEYS | _EITHER_KEYS:
                return segments(_readings(value)[-1])
        return None

    def folder_value(self, key: str) -> tuple[str, ...]:
        """The decoded segments of a parameter of the URL asked for, where an interface takes a path by it."""
        value = self.parameters.get(key, "")
        return tuple(to_text(part) for part in segments(_readings(value)[0])) if value else ()

    @property
    def listed(self) -> tuple[bytes, ...]:
        """The folder that the query of the URL asked for names, counted from the script's own folder."""
        stem = segments(self.folder)
        for key, value in self.parameters.items():
            if key.lower() in _FOLDER_KEYS | _EITHER_KEYS or "/" in value:
                return (*stem, *segments(_readings(value)[-1]))
        return self.own if not self.query else stem


_FOLDER_WORDS = """
    dir path folder d p directory subdir dirname location cd fpath root cwd sub browse dossier ordner carpeta rep
    currentdir album prefix
"""
_FOLDER_KEYS = set(_FOLDER_WORDS.split())
"""Parameters by which scripts take the folder to list."""
_FILE_KEYS = {"file", "filename", "download", "get", "dl", "view", "name", "fichier", "src", "item"}
"""Parameters by which they take a file to show or send."""
_EITHER_KEYS = {"f", "open", "b", "action", "go", ""}
"""Parameters that some use for the one and some for the other."""


def _file_beside(parameters: dict[str, str], folder_key: str) -> str:
    """The file that a query names beside its folder (`?dir=a&file=b.wav`), or nothing."""
    for key, value in parameters.items():
        if key != folder_key and value and key.lower() in _FILE_KEYS:
            parts = segments(value)
            return to_text(parts[-1]) if parts else ""
    return ""


def _split(url: str) -> tuple[str, str, str, str]:
    try:
        split = urlsplit(url.split("#", 1)[0])
        return split.scheme.lower(), split.netloc, split.path, split.query
    except ValueError:  # a broken IPv6 literal
        return "", "", "/", ""


def _cut_host(rest: str) -> tuple[str, str]:
    end = min((at for at in (rest.find("/"), rest.find("?"), rest.find("#")) if at >= 0), default=len(rest))
    path = rest[end:]
    return rest[:end], path if path.startswith("/") else "/" + path


def _host(scheme: str, netloc: str) -> tuple[str, int]:
    host = netloc.rpartition("@")[2].lower()
    name, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit() and len(port) < 6:
        return name, int(port)
    return host, _PORTS.get(scheme, 0)


def _without_dots(path: str) -> str:
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


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in re.split("[&;]", query)[:40]:
        key, equals, value = part.partition("=")
        if not equals and part:
            # `?/folder/` and `?folder`: scripts that take the whole query for the path.
            key, value = "", part
        if key not in found:
            found[key] = value
    return found


def _readings(value: str, shown: str = "") -> list[str]:
    """What a parameter's value may mean as a path: as it stands, and out of base64; first what ends as is shown."""
    plain = to_text(unquote_to_bytes(to_bytes(value))).replace("\\", "/")
    found = [plain.replace("%", "%25")]
    if len(value) >= 4 and "/" not in plain and re.fullmatch(r"[A-Za-z0-9+_=-]+", plain):
        try:
            decoded = base64.b64decode(
                plain + "=" * (-len(plain) % 4), altchars=b"-_" if "-" in plain or "_" in plain else None, validate=True
            )
            text = decoded.decode("utf-8")
            if text.isprintable() and (shown and text.rstrip("/").rsplit("/", 1)[-1] == shown.rstrip("/")):
                found.insert(0, text.replace("%", "%25"))
            elif text.isprintable() and "/" in text:
                found.append(text.replace("%", "%25"))
        except (binascii.Error, ValueError):
            pass
    return found
