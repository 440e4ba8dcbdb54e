"""The URL asked for, and where the links of its page lead from it: below, to itself, up, or away."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from urllib.parse import unquote, urlsplit

from probes.recognise.listing.fields import queries
from probes.recognise.listing.fields.charsets import in_charset
from probes.recognise.listing.fields.links import (
    Elsewhere,
    Target,
    cut_host,
    segments,
    sendable,
    to_text,
    with_slashes,
    without_dots,
)
from probes.recognise.listing.fields.page_about import INDEX_PAGE, meant
from probes.recognise.listing.fields.shown_names import spells
from probes.recognise.listing.fields.unescaped import ENDING, unescaped
from probes.recognise.media.kinds import DATA, kind_of_name

_SCHEME = re.compile(
    r"(?i)(?:(mailto|tel|sms|data|javascript|about|blob|vbscript|magnet|ed2k|callto|skype):|([a-z][a-z0-9+.-]*)://)"
)
"""Nothing else before a colon is a scheme: `co:lon.wav` and `http:__x` are names that servers leave unencoded."""
_SCRIPT = re.compile(r"(?i)\.(?:php\d?|phtml|aspx?|cgi|pl|jsp|jspx|do|cfm|py|fcgi|shtml?|lasso|lua)$")
_INNER = re.compile(
    r"localhost|\[?::1\]?|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+"
    r"|169\.254\.\d+\.\d+|\[?f[cd][0-9a-f:]+\]?|[a-z0-9_-]+|.+\.(?:local|localdomain|lan|internal|intranet|intern|home|corp)"
)
"""Names that a server behind a proxy calls itself, and that mean nothing to anybody but itself (RFC 1918, RFC 6762)."""
_DOCUMENT = re.compile(r"(?i)[^/]\.(?:x?html?|m3u8?|pls|xspf|jsonl?|txt|csv|lst)$")
"""Paths of pages, playlists and lists, whose links are counted from their folder, as browsers do (RFC 3986, 5.2)."""
_SESSION = re.compile(
    r"(?i);[a-z_]{0,20}(?:sess(?:ion)?_?id|sid)=[^/;]{1,200}(?=/|$)|/\([a-z]\([a-z0-9_-]{1,200}\)\)(?=/|$)"
)
"""What a program puts into a path to know its visitor again, anew for each: `;jsessionid=`, `/(S(...))` of ASP.NET."""
_VISITOR = re.compile(r"(?i);[a-z_]{0,20}(?:sess(?:ion)?_?id|sid)=[^/;]{1,200}$")
"""The id of a session behind a name: whoever asks without it is given the same file."""
_PORTS = {"http": 80, "https": 443}
_MAX_HREF = 16_384
_DOTS = {".": Elsewhere("self"), "..": Elsewhere("up"), "../": Elsewhere("up")}
"""What a link of dots is, wherever its parent's page stands (`/index.html`)."""
_MOST_KNOWN = 100_000


def without_session(path: str) -> str:
    """A path without the ids of sessions in it, which are others at every look."""
    return _SESSION.sub("", path)


class Place:
    """The URL asked for, against which every link of its page is held."""

    def __init__(self, url: str, base: str = "") -> None:
        split = _split(url)
        self.scheme, self.host = split[0], _host(split[0], split[1])
        self.path = sendable(split[2] if split[2].startswith("/") else "/" + split[2])
        self.query = split[3]
        self.script = bool(_SCRIPT.search(self.path))
        self.document = _DOCUMENT.search(self.path) is not None
        self.folder = self.path if self.path.endswith("/") else self.path.rsplit("/", 1)[0] + "/"
        """The folder that a browser joins relative links to."""
        # Of a path that ends in a session's id the folder is what stands before it (RFC 3986, 5.2).
        last = self.path.rpartition("/")[2]
        session = without_session(last) != last
        self.bare = not (self.path.endswith("/") or self.script or self.document or self.query or session)
        self.base = self.folder
        if base:
            other = _split(base)
            # A base on an inner host is a mistake of whoever wrote the page: no browser would get there either.
            if (not other[1] or _host(other[0] or self.scheme, other[1])[0] == self.host[0]) and other[2][:1] == "/":
                self.base = other[2].rsplit("/", 1)[0] + "/"
                self.bare = False
        self.own = segments(self.path if self.bare else self.base)
        """The decoded path whose direct children are this listing's entries."""
        self._known: dict[tuple[str, str], Target | Elsewhere] = {}
        asked = queries.parameters(self.query)
        self.parameters = {key: value for key, value in asked.items() if not queries.chooses(asked, key)}
        self.swap: tuple[str, str] | None = None
        """The part of a link that a script of the page replaces when the link is clicked, and by what."""
        self.raw = False
        """Whether the page shows elsewhere that it writes names into links as they are, so that `#` is of the name."""
        self.charset = ""
        """The charset that the page names, of several bytes a letter or of one script: other names are read in it."""

    def _ours(self, scheme: str, netloc: str) -> bool:
        host = _host(scheme or self.scheme, netloc)
        return host[0] == self.host[0] or _INNER.fullmatch(host[0]) is not None

    def resolve(self, href: str, shown: str = "") -> Target | Elsewhere:
        """Where `href`, which shows `shown`, leads. Joined by hand: `urljoin` takes `co:lon.wav` for a scheme."""
        known = self._known.get((href, shown))
        if known is None:
            known = self._resolve(href, shown)
            if len(self._known) < _MOST_KNOWN:
                self._known[href, shown] = known
        return known

    def _resolve(self, href: str, shown: str) -> Target | Elsewhere:
        href = href.strip(" \t\r\n\f")
        if len(href) > _MAX_HREF:
            return Elsewhere("away")
        if shown in _DOTS:
            return _DOTS[shown]
        if not href or href.startswith("#"):
            return Elsewhere("self")
        if "\\" in href and "\\" not in shown:
            href = with_slashes(href)  # a name that shows a backslash has one
        if shown:
            href = unescaped(href, shown, self.raw) or href
        scheme = _SCHEME.match(href)
        rest, ours = href, True
        if scheme:
            if (scheme[2] or "").lower() not in _PORTS:
                return Elsewhere("none" if (scheme[1] or "").lower() == "javascript" else "away")
            netloc, rest = cut_host(href[scheme.end() :])
            ours = self._ours(scheme[2].lower(), netloc)
        elif href.startswith("//"):
            netloc, rest = cut_host(href[2:])
            ours = self._ours("", netloc)
        rest = rest.split("#", 1)[0]
        path, mark, query = rest.partition("?")
        if ";" in path and ";" not in shown:
            # A name with a `;` of its own shows it.
            path = _VISITOR.sub("", path)
        if not ours:
            return Elsewhere("away", self._by_another_name(path, mark))
        if mark:
            return self._by_query(path, query, shown)
        where = self._by_path(path)
        if shown and self.swap is not None:
            # What its script makes of a link when it is clicked is where the link leads, if it shows that.
            swapped = self._by_path(self._absolute(path).replace(*self.swap, 1))
            if isinstance(swapped, Target) and spells(shown, swapped.name):
                return swapped
        return meant(where, shown) if shown else where

    def _by_another_name(self, path: str, mark: str) -> Target | None:
        """The same path below this folder at another host: the name by which the server calls itself, perhaps."""
        where = self._by_path(path) if self.own and not mark else None
        return where if isinstance(where, Target) else None

    def _absolute(self, path: str) -> str:
        if path.startswith("/"):
            return path
        if self.own and path.startswith(".//") and unquote(path[2:]).startswith(unquote(self.folder)):
            return path[2:]  # the whole path of the page and what lies in it, which begins with a slash, as Rack has it
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
            # `../packages/a.whl` leads away from the way up; `../` and `../index.html` are on it.
            upwards = parts == self.own[: len(parts)] or (
                path.startswith("../")
                and parts[:-1] == self.own[: len(parts) - 1]
                and kind_of_name(to_text(parts[-1])) not in DATA
            )
            return Elsewhere("up") if upwards else Elsewhere("away", self._target(absolute, parts))
        return self._target(absolute, parts)

    def _target(self, absolute: str, parts: tuple[bytes, ...]) -> Target:
        name = to_text(parts[-1])
        if self.charset and not name.isascii():
            # Held against what the page shows: `%83t` is one letter of Shift_JIS, and no `t`.
            name = in_charset(name, parts[-1], self.charset)
        return Target(name, sendable(without_dots(absolute)), parts[:-1], absolute.endswith("/"))

    def _by_query(self, path: str, query: str, shown: str) -> Target | Elsewhere:
        given = queries.parameters(query)
        if queries.sorts(query) or queries.orders(given):
            # nginx's fancyindex passes the order of a page on to the folders in it.
            on = self._by_path(path)
            if isinstance(on, Target):
                return replace(on, path=f"{on.path}?{sendable(query)}") if on.slash else Elsewhere("sort")
            return on if on.why == "up" else Elsewhere("sort")
        asked = self.path if path in {"", ".", "./"} else self._absolute(path)
        there = segments(asked)
        # A folder may be called `upload`; a script of that name changes something.
        if queries.acts(to_text(there[-1]) if there and not asked.endswith("/") else "", given):
            return Elsewhere("action")
        stem = segments(self.folder)
        here = there in (segments(self.path), stem) or self._is_index(there)
        if here and queries.pages(given, shown):
            return Elsewhere("self")
        script = here or _SCRIPT.search(asked) is not None
        # A file with a query of its own (`a.wav?download`, a version stamp) is that file all the same.
        inner = None if here else self._by_path(path)
        named = queries.named_by(given, shown) if shown else None
        if isinstance(inner, Target) and (not script or spells(shown, inner.name)) and named is None:
            return Target(inner.name, f"{inner.path}?{sendable(query)}", inner.parent, inner.slash)
        request = sendable(f"{asked}?{query}")
        if (
            script
            and (named is None or "." not in named[1])
            and (name := queries.data_file(dict(given.items() - self.parameters.items())))
        ):
            # `Listen` or `Download`: the link holds the name that it does not show.
            return Target(name, request, self._parent_among(given, "", stem), False)
        if named is not None and not (queries.sorts_among(query) and named[0].lower().startswith(("sort", "order"))):
            return self._named(given, *named, stem, request, here)
        if there == stem != segments(self.path) and not self.script and given.keys() == self.parameters.keys() != set():
            return Elsewhere("up")  # the folder of this one, asked for as this one
        if here:
            return self._by_key(given, query, shown, stem, request)
        if queries.sorts_among(query):
            return Elsewhere("sort")
        soft = (
            Target(shown.rstrip("/"), request, self.own, False, soft=True)
            if shown and (script or ENDING.search(shown))
            else None
        )
        if isinstance(inner, Target):
            return Elsewhere("away", soft)
        return Elsewhere(inner.why, soft) if isinstance(inner, Elsewhere) else Elsewhere("away", soft)

    def _is_index(self, there: tuple[bytes, ...]) -> bool:
        """Whether a path is that of the script that a folder shows when it is asked for (`index.php`)."""
        return (
            self.path.endswith("/")
            and there[:-1] == self.own
            and there != ()
            and INDEX_PAGE.fullmatch(to_text(there[-1])) is not None
        )

    def _named(
        self, given: dict[str, str], key: str, reading: str, stem: tuple[bytes, ...], request: str, here: bool
    ) -> Target | Elsewhere:
        """The entry that one parameter of a link names as the page shows it; another may hold its folder."""
        parts = segments(reading)
        if len(parts) > 1 and (stem[1 - len(parts) :] == parts[:-1] or (stem and parts[:-1][-len(stem) :] == stem)):
            parts = parts[-1:]  # counted from a folder further up, in which this page lies
        for own in self._own_values(key):
            if parts == own and not _file_beside(given, key):
                return Elsewhere("self")
            if own and parts == own[: len(parts)]:
                return Elsewhere("up")
        parent = (*stem, *parts[:-1])
        if key in self.parameters and len(parts) == 1 and () not in self._own_values(key):
            # What the script shows in place of this page is not in it: pages of a wiki, one asked for as another.
            return Elsewhere("away", Target(to_text(parts[-1]), request, parent, reading.endswith("/")))
        if len(parts) == 1 and key not in self.parameters:
            parent = self._parent_among(given, key, stem)
        folderish = here and (key.lower() in queries.FOLDER_KEYS or key in self.parameters)
        return Target(to_text(parts[-1]), request, parent, reading.endswith("/"), folderish)

    def _parent_among(self, given: dict[str, str], key: str, stem: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The folder that the parameters of a link beside `key` name, or that this page lists."""
        known = {other: value for other, value in given.items() if other != key and value}
        folders = [value for other, value in known.items() if other.lower() in queries.FOLDER_KEYS]
        for value in folders[-1:] or [value for other, value in known.items() if other in self.parameters][-1:]:
            return (*(self.own if self.bare else stem), *segments(queries.readings(value)[-1]))
        return self.listed

    def _by_key(
        self, given: dict[str, str], query: str, shown: str, stem: tuple[bytes, ...], request: str
    ) -> Target | Elsewhere:
        """A link to the page's own script that shows something else than a name: an icon, a cut or prettified name."""
        seen = ""
        for key, value in given.items():
            if queries.chooses(given, key):
                continue
            for own in self._own_values(key) if value else ():
                for reading in queries.readings(value, shown):
                    parts = segments(reading)
                    # Counted from the script's folder, so that `?dir=a` and `a/b.wav` have one notion of a parent.
                    if len(parts) == len(own) + 1 and parts[:-1] == own and (key or "/" in value):
                        folderish = key.lower() in queries.FOLDER_KEYS
                        return Target(to_text(parts[-1]), request, (*stem, *own), reading.endswith("/"), folderish)
                    if parts == own:
                        name = _file_beside(given, key)
                        if name:
                            return Target(name, request, (*stem, *own), False)
                        seen = seen or "self"
                    elif own and parts == own[:-1]:
                        seen = "up"
        if seen == "up" or (self.parameters and not all(given.values())):
            return Elsewhere("up")
        if queries.sorts_among(query):
            return Elsewhere("sort")
        return Elsewhere("self", Target(shown.rstrip("/"), request, self.own, False, soft=True) if shown else None)

    def _own_values(self, key: str) -> list[tuple[bytes, ...]]:
        """The folders that this page may list by `key`: asked for without it, it lists the script's own folder."""
        if key in self.parameters:
            return queries.own_values(self.parameters[key]) or [()]
        known = queries.FOLDER_KEYS | queries.FILE_KEYS | queries.EITHER_KEYS
        if not self.parameters or key.lower() not in queries.FILE_KEYS:
            return [()] if key.lower() in known else []
        # `?file=a/b.wav` on a page asked for as `?dir=a`.
        for own, value in self.parameters.items():
            if own.lower() in queries.FOLDER_KEYS | queries.EITHER_KEYS:
                return [segments(queries.readings(value)[-1])]
        return []

    def folder_value(self, key: str) -> tuple[str, ...]:
        """The decoded segments of a parameter of the URL asked for, where an interface takes a path by it."""
        value = self.parameters.get(key, "")
        return tuple(to_text(part) for part in segments(queries.readings(value)[0])) if value else ()

    @cached_property
    def listed(self) -> tuple[bytes, ...]:
        """The folder that the query of the URL asked for names, counted from the script's own folder."""
        stem = segments(self.folder)
        given = self.parameters.items() if self.query else ()
        # What only folders are given by decides before what some scripts use for actions.
        folder = [value for key, value in given if key.lower() in queries.FOLDER_KEYS or "/" in value]
        either = [value for key, value in given if key.lower() in queries.EITHER_KEYS]
        for value in (*folder, *either):
            return (*stem, *segments(queries.readings(value)[-1]))
        return self.own if not self.query else stem

    @cached_property
    def folders(self) -> frozenset[tuple[bytes, ...]]:
        """Every folder whose children may be this page's entries: the path's own, and what the query may mean."""
        stem = segments(self.folder)
        meant = {(*stem, *own) for value in self.parameters.values() if value for own in queries.own_values(value)}
        return frozenset({self.own, self.listed, segments(self.path if self.bare else self.folder), *meant})

    @cached_property
    def named(self) -> frozenset[tuple[bytes, ...]]:
        """The folders that the query of the URL asked for names by their whole paths (`?dir=/rec/`)."""
        paths = [path for value in self.parameters.values() if value for path in queries.readings(value)]
        return frozenset(parts for path in paths if path.startswith("/") and (parts := segments(path)))


def _file_beside(given: dict[str, str], folder_key: str) -> str:
    """The file that a query names beside its folder (`?dir=a&file=b.wav`), or nothing."""
    for key, value in given.items():
        if key != folder_key and value and key.lower() in queries.FILE_KEYS:
            parts = segments(value)
            return to_text(parts[-1]) if parts else ""
    return ""


def _split(url: str) -> tuple[str, str, str, str]:
    try:
        split = urlsplit(url.split("#", 1)[0])
        return split.scheme.lower(), split.netloc, split.path, split.query
    except ValueError:  # a broken IPv6 literal
        return "", "", "/", ""


def _host(scheme: str, netloc: str) -> tuple[str, int]:
    host = netloc.rpartition("@")[2].lower()
    name, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit() and len(port) < 6:
        return name, int(port)
    return host, _PORTS.get(scheme, 0)
