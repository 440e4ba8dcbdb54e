"""Every link of a page with the text that it shows, wherever it leads; players, embedded files, what a feed
encloses (RSS 2.0, RFC 4287) and what a site map or a playlist names are links, too."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin, urlsplit

from probes.recognise.listing.fields.links import quoted, sendable, to_text
from probes.recognise.listing.html.chosen import chosen_files
from probes.recognise.listing.html.markup import Token, squeeze
from probes.recognise.listing.html.page import Page
from probes.recognise.listing.structured.json_rows import load
from probes.recognise.media.kinds import DATA, NO_DATA, MediaKind, kind_of_name

MOST = 4000
"""More links than this of one page are not read."""
_LONGEST = 2048
_SOURCES: Final = {
    "audio": "src", "video": "src", "source": "src", "embed": "src", "object": "data",
    "enclosure": "url", "media:content": "url",
}  # fmt: skip

_UNWRAPPED: Final = re.compile(rb"&lt;|&gt;|<!\[CDATA\[|\]\]>")
_PLAYLIST: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,80}(?:#EXTM3U|\[playlist\])", re.IGNORECASE)
_ADDRESSES: Final = re.compile(rb"(?im)^[ \t]*(?:File\d{1,6}=)?([^\s#=\[](?:[^\r\n=]{0,2046}[^\s=])?)[ \t]*\r?$")
"""Lines of playlists (RFC 8216 section 4.1, PLS) that are addresses: neither comments nor other fields."""
_WRITTEN: Final = frozenset({"loc", "video:content_loc", "location"})
"""Elements whose text is an address: of site maps (sitemaps.org) and of playlists (XSPF)."""


_ACTS: Final = re.compile(r"(?i)\bclick\b|\bon\w{0,6}(?:click|down|tap)\b|javascript:")
_ON_CLICK: Final = re.compile(r"(?i)(?:on|@|v-on:|x-on:|ng-|\()[a-z]{0,6}(?:click|down|tap)\b.{0,20}")
"""What a page and its frameworks call the script of a click: `onclick`, `@click.prevent`, `ng-click`, `(click)`."""
_SCRIPT: Final = re.compile(r"(?i)\s*javascript:")
_NAMES: Final = re.compile(r"['\"]([^'\"<>]{1,255})['\"]")


_CARRIES: Final = re.compile(
    r"data-(?:[a-z]{1,12}-){0,2}(?:src|url|uri|href|path|link|audio|video|media|sound|mp3|wav)"
)
"""Attributes in which pages keep the address of what a script plays or fetches on a click."""
_SHOWN: Final = frozenset(
    "href src data srcset poster action content alt title class style id name placeholder background cite".split()  # noqa: SIM905
)
"""Attributes that a browser itself makes something of: others that hold an address hold it for a script."""
_OF_ITSELF: Final = frozenset({"meta", "option"})
"""Elements whose values are said to a browser, or to the server by a form."""
_PATH: Final = re.compile(r"(?:https?://|\.{0,2}/|[\w%-]{1,100}/)[^\s\"'<>{}()]{1,2000}")
_CARRIED: Final = DATA - NO_DATA
_FILMS: Final = 3
"""Films of other names that a page carries so at the least: one or two are shown behind it."""
_EARLY: Final = 4096
_LONGEST_TEXT: Final = 1 << 18
_WRITTEN_OUT: Final = re.compile(r"https?://[^\s<>\"']{4,2000}", re.IGNORECASE)
"""An address in a text, which no link leads to."""


def _names_data(address: str) -> bool:
    """Whether a line or a word of a text is the address of a file of data, whole or from this folder on."""
    path = address.partition("?")[0]
    plain = "/" in path and not re.search(r"\s", address) and (address[:4].lower() == "http" or ":" not in address)
    return plain and kind_of_name(path) in DATA


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link as a browser resolves it: the host and port that it names, the path to send, and the text it shows."""

    host: str
    port: int
    path: str
    shown: str = ""
    plays: bool = False
    """Whether the page plays or shows what it names, and does not link to it."""
    unseen: bool = False
    """Whether that is a player without controls, which a script alone plays."""
    ambient: bool = False
    """Whether that is a film without sound that plays by itself behind or beside what the page says."""
    player: bool = False
    """Whether an element plays it: it is sound or film, whatever its address is called."""

    @property
    def folder(self) -> str:
        """The folder that it leads into."""
        path = self.path.partition("?")[0]
        return path[: path.rstrip("/").rfind("/") + 1]


def page_links(
    body: bytes, url: str, headers: Iterable[tuple[str, str]] = (), *, pictures: bool = False
) -> tuple[PageLink, ...]:
    """The links of a page asked for at `url`, in its order, resolved with its `<base href>`. Total, linear time.

    Links to a place within the page, and addresses of other kinds than http, are left out; pictures that it shows are
    links where they are asked for.
    """
    if body.lstrip()[:5] in (b"<?xml", b"<rss "):
        # Feeds carry pages as text: in sections of CDATA, or escaped.
        body = _UNWRAPPED.sub(lambda found: b"<" if found[0] == b"&lt;" else b">" if found[0] == b"&gt;" else b"", body)
    page = Page.of(body, url, headers, 200, True)
    base = url
    found: dict[tuple[str, int, str], PageLink] = {}
    shown: list[str] | None = None
    href = ""
    written = False
    carried: list[str] = []
    shows_player, ambient = True, False

    def keep(
        address: str,
        text: str,
        *,
        plays: bool = False,
        unseen: bool = False,
        ambient: bool = False,
        player: bool = False,
    ) -> None:
        link = _resolved(base, address, text, plays, unseen)
        if link is not None and len(found) < MOST:
            link = replace(link, ambient=ambient, player=player) if ambient or player else link
            key = (link.host, link.port, link.path)
            if key not in found or (link.shown and not found[key].shown):
                found[key] = link

    if b"<" not in body[:_EARLY]:
        for line in body[:_LONGEST_TEXT].splitlines():
            if _names_data(address := line.decode("utf-8", "replace").strip()):
                keep(address, "")
    if _PLAYLIST.match(body):
        for line in _ADDRESSES.findall(body):
            keep(line.decode("utf-8", "replace"), "")
        return tuple(found.values())
    for token in page.all_tokens:
        in_text, written = written, token.name in _WRITTEN and not token.closing
        if token.name and token.raw and _ACTS.search(token.raw):
            for name in _asked_by_click(token):
                keep(name, "")
        if (
            token.name
            and not token.closing
            and "." in token.raw
            and token.name not in _OF_ITSELF
            and len(carried) < MOST
        ):
            carried += _carried(token)
        if in_text and not token.name:
            keep(token.text, "")
        elif not token.name and "://" in token.raw:
            for written_out in _WRITTEN_OUT.findall(token.text[:_LONGEST_TEXT]):
                if _names_data(written_out):
                    keep(written_out, "")
            if shown is not None and len(shown) < 40:
                shown.append(token.text)
        elif not token.name:
            if shown is not None and len(shown) < 40:
                shown.append(token.text)
        elif token.name == "a":
            if shown is not None:
                keep(href, squeeze("".join(shown)))
            href = "" if token.closing else token.attributes.get("href", "")
            shown = [] if href else None
        elif token.name == "base" and not token.closing and base == url:
            base = _joined(url, token.attributes.get("href", "")) or url
        elif token.name == "area" and not token.closing:
            keep(token.attributes.get("href", ""), token.attributes.get("alt", ""))
        elif token.name in _SOURCES and not token.closing:
            if token.name in ("audio", "video"):
                shows_player = bool({"controls", "autoplay"} & token.attributes.keys())
                said = token.attributes.keys()
                ambient = token.name == "video" and {"autoplay", "muted"} <= said and "controls" not in said
            unseen = token.name in ("audio", "video", "source") and not shows_player
            player = token.name in ("audio", "video", "source") and not ambient
            source = token.attributes.get(_SOURCES[token.name], "")
            keep(source, "", plays=True, unseen=unseen, ambient=ambient, player=player)
        elif pictures and token.name == "img":
            keep(token.attributes.get("src", ""), token.attributes.get("alt", ""), plays=True)
        elif token.name == "link" and not token.closing and token.attributes.get("rel") == "enclosure":
            keep(token.attributes.get("href", ""), "")
    if shown is not None:
        keep(href, squeeze("".join(shown)))
    films = {one for one in carried if kind_of_name(one.partition("?")[0]) is MediaKind.VIDEO}
    if len({one.rpartition(".")[0] for one in films}) >= _FILMS:
        films = set()
    for name in carried:
        if name not in films:
            keep(name, "", plays=True)
    if b"<option" in body[:_LONGEST_TEXT].lower():
        for chosen in chosen_files(page.all_tokens):
            keep(chosen, "")
    return tuple(found.values())


_ADDRESS_KEY: Final = re.compile(
    r"(?i)ur[il]|href|link|src|source|path|file|media|audio|video|download|listen|play|stream|record"
)
"""Keys of data whose text is an address, in what people call them."""
_MOST_VALUES: Final = 200_000


def data_links(body: bytes, url: str, *, pictures: bool = False) -> tuple[PageLink, ...] | None:
    """The addresses that JSON gives for its items, each with its key as the text that it shows; None for other bodies.

    Interfaces of recorders and telephone exchanges tell where a recording lies (`"download_url": "/api/v3/17/a.wav"`).
    Only what begins as an address counts: a name alone may lie anywhere. Total, linear time.
    """
    text = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] not in (b"{", b"["):
        return None
    value, _ = load(text.decode("utf-8", "replace"))
    if value is None:
        return None  # a playlist (PLS) and settings (INI) begin with a bracket, too
    found: dict[tuple[str, int, str], PageLink] = {}
    left: list[tuple[str, object]] = [("", value)]
    for _ in range(_MOST_VALUES):
        if not left or len(found) >= MOST:
            break
        key, one = left.pop()
        if isinstance(one, dict):
            link = _typed(url, one)
            if link is not None:
                found.setdefault((link.host, link.port, link.path), link)
            left += reversed([(str(name), held) for name, held in one.items()])
        elif isinstance(one, list):
            left += [(key, held) for held in reversed(one)]
        elif isinstance(one, str) and _is_address(key, one, pictures=pictures):
            link = _resolved(url, one, key, plays=False, unseen=False)
            if link is not None:
                found.setdefault((link.host, link.port, link.path), link)
    return tuple(found.values())


_TYPE: Final = re.compile(r"(?i)(?:content|mime|media)?_?type|mime|format")
_ENDINGS: Final = {"audio": "wav", "video": "mp4", "application/pdf": "pdf", "application/dicom": "dcm"}
"""What an address without a name brings, by the type that stands beside it."""


def _typed(url: str, row: dict[str, object]) -> PageLink | None:
    """The address in an object that says by a media type that it is one of sound, film, a document or an image of
    DICOM (`contentType` beside `url`, as FHIR's attachments have it), whether it begins as an address or not."""
    said = {str(key): one for key, one in list(row.items())[:_MOST_FIELDS] if isinstance(one, str)}
    types = [one.lower() for key, one in said.items() if _TYPE.fullmatch(key)]
    ending = next((end for one in types for kind, end in _ENDINGS.items() if one.startswith(kind)), "")
    address = next((one for key, one in said.items() if _OWN_ADDRESS.fullmatch(key) and _PLAIN.fullmatch(one)), "")
    if not ending or not address:
        return None
    link = _resolved(url, address, "", plays=False, unseen=False)
    if link is None or kind_of_name(link.path.partition("?")[0]) in DATA:
        return link
    return replace(link, shown=f"{link.path.partition('?')[0].rstrip('/').rpartition('/')[2]}.{ending}")


_MOST_FIELDS: Final = 100
_OWN_ADDRESS: Final = re.compile(r"(?i)(?:[a-z]{1,12}_?)?(?:ur[il]|href|src|link)")
_PLAIN: Final = re.compile(r"(?!data:)[^\s<>\"'\\]{1,2048}")


def _is_address(key: str, text: str, *, pictures: bool) -> bool:
    if len(text) > _LONGEST or not text.startswith(("/", "./", "../", "http://", "https://")) or text.startswith("//"):
        return False
    kind = kind_of_name(text.partition("?")[0])
    return kind in DATA or (pictures and kind is MediaKind.IMAGE) or _ADDRESS_KEY.search(key) is not None


def _asked_by_click(token: Token) -> list[str]:
    """The names of files that a click hands to a script (`javascript:play('a.wav')`), as addresses."""
    said = [value[:_LONGEST] for key, value in token.attributes.items() if _ON_CLICK.fullmatch(key)]
    href = token.attributes.get("href", "")[:_LONGEST]
    run = " ".join([*said, href] if _SCRIPT.match(href) else said)
    return [name for name in _NAMES.findall(run) if kind_of_name(name) not in NO_DATA]


def _carried(token: Token) -> list[str]:
    """The files that an element carries for a script (`data-src="/rec/a.wav"`, `<audio-player file="/rec/a.wav">`), as
    addresses."""
    if token.name in _OF_ITSELF:
        return []
    said = [
        value
        for key, value in token.attributes.items()
        if len(value) <= _LONGEST and (_CARRIES.fullmatch(key) or (key not in _SHOWN and _PATH.fullmatch(value)))
    ]
    return [one for one in said if kind_of_name(one.partition("?")[0]) in _CARRIED]


def leads_inside(link: PageLink, hosts: Iterable[str]) -> bool:
    """Whether a link names one of `hosts`, or a host that only a network within can mean (a proxy's own upstream)."""
    host = link.host.rstrip(".")
    if host in hosts or "." not in host:
        return True
    if host.rpartition(".")[2] in ("local", "lan", "internal", "intranet", "localdomain", "home", "corp"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local


def below(folder: str, name: str) -> str:
    """The path of the entry `name` in `folder`, as a request sends it."""
    return folder + quoted(name)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def _resolved(base: str, address: str, text: str, plays: bool, unseen: bool) -> PageLink | None:
    address = address.strip()
    if not address or address.startswith("#") or len(address) > _LONGEST:
        return None
    try:
        parts = urlsplit(urljoin(base, address))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    path = sendable((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    shown = to_text(text.encode("utf-8", "replace"))[:300]
    return PageLink(parts.hostname.lower(), port, path, shown, plays, unseen)
