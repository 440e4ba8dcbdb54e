"""A page as every family's recogniser meets it: its text, tags, blocks and the URL it was asked at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from urllib.parse import unquote_to_bytes

from probes.recognise.listing.fields.links import UNDECODED, Target, to_bytes, to_text
from probes.recognise.listing.fields.place import Place
from probes.recognise.listing.fields.shown_names import spells
from probes.recognise.listing.html import prose
from probes.recognise.listing.html.blocks import Reader
from probes.recognise.listing.html.folders import told_folders
from probes.recognise.listing.html.markup import Token, squeeze, tokens
from probes.recognise.listing.html.navigation import visible
from probes.recognise.listing.html.reading import Reading
from probes.recognise.listing.html.row.cells import PLAYERS, Block, link_of, rewritten, told_by

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_SWAPS = re.compile(
    r"""\bhref\b.{0,40}?\.replace\(\s{0,4}['"]([^'"\s]{1,20})['"]\s{0,4},\s{0,4}['"]([^'"\s]{0,20})['"]"""
)
"""A script that replaces a part of a link's address."""
_SENDS = re.compile(r"(?i)\bdata-(?:href|url|link|path)\b|\bonclick\b")
_WRITES_RAW = re.compile(
    r"""(?i)href\s?=\s?(?:"[^"<>%?]{0,500}(?:%(?![0-9a-f]{2})|\?[^"<>=&]{0,200}\.\w{1,5}")|'[^'<>%?]{0,500}(?:%(?![0-9a-f]{2})|\?[^'<>=&]{0,200}\.\w{1,5}'))"""
)
"""A link that could not work as it is written: the program that made the page escapes no names."""
_DISK = re.compile(
    r"(?:^|[\s:(\"'])(?:"
    r"/(?:var|home|srv|mnt|media|usr|opt|data|tmp|root|exports?|storage|sdcard|volumes?\d{0,2}|backups?|Users)"
    r"(?:/[^\s/<>|*?\"']{1,60}){1,12}/?"
    r"|[A-Za-z]:\\[^<>|*?\"/]{1,200}|\\\\[\w.-]{1,60}\\[^<>|*?\"/]{1,200})$"
)
"""A path of Unix from a folder where data lie, of Windows, or of a share, at the end of a text."""
_LONGEST_PATH = 300
_MOST_SAID = 16_384
"""Letters of a title or a heading that are read: no path is longer, and each is searched for many words."""
_OF_ITS_ROOT = re.compile(
    r"(?i)(?:index|directory(?: listing)?|listing|contents|files) (?:of|for|in):? ?(?:\./?|/\.?/?)"
)
_OF_A_PAGE = re.compile(r"[^/\s]\.html?$")
"""How a title ends that names a page in the folder (`/source/index.html`), and so not the folder."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UNDECODED = {byte: chr(UNDECODED + byte) for byte in range(128, 256)}


def decode(body: bytes) -> str:
    """The text of a body, every byte of it recoverable: what is not UTF-8 stands at code points of its own."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            body = body[len(mark) :]
            if encoding != "utf-8":
                return body.decode(encoding, "replace")
            break
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        escaped = body.decode("utf-8", "surrogateescape")
        return escaped.translate({0xDC00 + byte: stand_in for byte, stand_in in _UNDECODED.items()})


def without_cut_row(text: str) -> str:
    """`text` of a cut page without its last, unfinished row: half a name or half a size would be a wrong entry."""
    low = text.lower()
    ends = [low.rfind(end) for end in ("</tr", "<tr", "</li", "<li", "<br", "</div", "</pre", "</table", "</ul")]
    if low.rfind("<pre") > low.rfind("</pre"):
        ends.append(low.rfind("\n"))
    last = max(ends)
    return text[: last if last >= 0 else max(0, low.rfind("<a"))]


def shown(text: str) -> str:
    """Text of a page as a reader would see it where its encoding is unknown: undecoded bytes as Latin-1."""
    return text if text.isascii() else to_text(to_bytes(text)) if any(ord(c) >= UNDECODED for c in text) else text


@dataclass
class Page:
    """One answer: what was asked, what came, and its structure, read once and only when a recogniser wants it."""

    body: bytes
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    whole: bool = True
    generic: Reading | None = field(default=None, init=False)
    """The best reading of its blocks, once it was read: several families begin with it."""

    left_out: int = field(default=0, init=False)
    """Rows that were left out of it, all of them like rows that it has."""

    one_line: bool = field(default=False, init=False)
    """Whether its lines were read, and very many links stand on one of them."""

    @classmethod
    def of(cls, body: bytes, url: str, headers: Iterable[tuple[str, str]], status: int, whole: bool) -> Page:
        """The page of an answer; header names are folded to lower case, the first of a name wins."""
        folded: dict[str, str] = {}
        for name, value in headers:
            folded.setdefault(name.lower(), value)
        return cls(body, url, folded, status, whole)

    @cached_property
    def text(self) -> str:
        """The body as text; of one that was cut, up to the end of its last whole row."""
        text = decode(self.body)
        return text if self.whole or self.start[:1] in {"{", "["} else without_cut_row(text)

    @cached_property
    def start(self) -> str:
        """The first characters that are not white space: what tells JSON and XML from HTML."""
        return decode(self.body[:512]).lstrip()[:64]

    @cached_property
    def content_type(self) -> str:
        """The media type that the server states, lower case and without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @cached_property
    def server(self) -> str:
        """The Server header, lower case."""
        return self.headers.get("server", "").lower()

    @cached_property
    def all_tokens(self) -> list[Token]:
        """Every tag and text of the page."""
        return tokens(self.text)

    @cached_property
    def tokens(self) -> list[Token]:
        """The tags and texts of the page without its navigation."""
        return visible(self.all_tokens)

    def sample(self, most: int) -> Page:
        """The page as if it held no more than `most` tags and texts: those at its beginning and in its middle."""
        half, middle = most // 2, len(self.tokens) // 2
        short = replace(self)
        known = {name: getattr(self, name) for name in ("all_tokens", "place", "title", "headings")}
        vars(short).update(known, tokens=[*self.tokens[:half], *self.tokens[middle : middle + half]])
        return short

    @cached_property
    def blocks(self) -> list[Block]:
        """The repeating parts of the page."""
        return Reader().read(self.tokens)

    @cached_property
    def place(self) -> Place:
        """The URL asked for, moved by the page's own `<base href>` where it stays on the same host."""
        place = self._place()
        swap = next((found for script in self.scripts if (found := _SWAPS.search(script))), None)
        place.swap = (swap[1], swap[2]) if swap is not None else None
        place.raw = _WRITES_RAW.search(self.text) is not None
        return place

    def _place(self) -> Place:
        for token in self.all_tokens[:400]:
            if token.name == "base" and not token.closing:
                href = token.attributes.get("href", "")
                if href:
                    return Place(self.url, href)
            if token.name == "body":
                break
        return Place(self.url)

    @cached_property
    def title(self) -> str:
        """The text of the first title."""
        run = iter(self.all_tokens)
        for token in run:
            if token.name == "title" and not token.closing:
                following = next(run, None)
                return (
                    squeeze(shown(following.text[:_MOST_SAID])) if following is not None and not following.name else ""
                )
        return ""

    @cached_property
    def headings(self) -> list[str]:
        """The texts of the first headings, whatever their level."""
        found: list[str] = []
        inside, parts, said = "", [""], False
        for token in self.all_tokens:
            if token.name in _HEADINGS:
                if inside:
                    found.append(squeeze(shown("".join(parts)[:_MOST_SAID])))
                    if len(found) >= 12:
                        break
                inside, parts, said = "" if token.closing else token.name, [], False
            elif inside and token.name == "li" and not token.closing:
                parts.append("/" if said else "")  # the parts of a path, one a step
            elif inside and not token.name:
                parts.append(token.text)
                said = said or token.text.strip() != ""
        return found

    @cached_property
    def scripts(self) -> list[str]:
        """The source of every inline script."""
        found = []
        previous = None
        for token in self.all_tokens:
            if not token.name and previous is not None and previous.name == "script" and not previous.closing:
                found.append(token.raw)
            previous = token
        return found

    @cached_property
    def names_path(self) -> bool:
        """Whether the title or a heading names the path asked for, and nothing after it."""
        return any(self._names(text) for text in (self.title, *self.headings))

    def begins_with(self, name: str) -> bool:
        """Whether the title or a heading is `name`, or begins with it as the name of what it shows."""
        return any(re.match(rf"(?i)\s*{re.escape(name)}\s*(?:$|[-|•:])", one) for one in (self.title, *self.headings))

    @cached_property
    def names_tail(self) -> bool:
        """Whether the title or a heading ends with the last part of the path, or is it: less than the path itself.

        Programs write it letter by letter; `Minutes` above `/minutes/` is what people call a part of their site.
        """
        tails = {to_text(parts[-1]) for parts in self.place.folders if parts}
        for text in (self.title, *self.headings):
            if _OF_ITS_ROOT.fullmatch(text):
                # A server below a mount that knows no more of it: it names its root whatever the path.
                return True
            own = text.strip().rstrip("/")
            for tail in tails:
                if own == tail or (
                    own.endswith(tail) and own[: -len(tail)].endswith(("/", "/ ", ": ", " - ", " – ", "> ", "» ", "› "))
                ):
                    return True
                if own.startswith((f"{tail} - ", f"{tail} | ", f"{tail} • ")):
                    return True
        return False

    @cached_property
    def names_disk(self) -> bool:
        """Whether the title or a heading ends with a path on the server's own disk, as scripts print what they list."""
        return any(_DISK.search(text.strip()[-_LONGEST_PATH:]) for text in (self.title, *self.headings[:3]))

    def _names(self, text: str) -> bool:
        low = text.casefold().strip()
        paths = self.place.folders
        # A server behind a mount knows the path below it alone.
        below = {whole[skipped:] for whole in paths for skipped in range(1, min(len(whole), 20))}
        for parts in paths | below:
            start = "" if parts in paths else r"(?:^|[\s:\[(\"'])"
            path = "/".join(to_text(part) for part in parts).casefold()
            raw = unquote_to_bytes(to_bytes(self.place.path)).decode("utf-8", "replace").strip("/").casefold()
            for known in {path, squeeze(path), raw}:
                if not known:
                    if re.search(r"(?:^|[\s:\[(\"'-])/\.?(?:$|[\])\"']| - )", low):
                        return True
                elif (
                    ("/" in known and re.search(rf"(?:^|[\s:]){re.escape(known)}$", low))
                    or (low.startswith(f"/{known}/") and parts in paths and _OF_A_PAGE.search(low) is None)
                    or re.search(
                        rf"(?:{start}/{re.escape(known)}/?|(?:^|\s){re.escape(known)}/)\s?(?:$|[\])\"'>]|\s[-|–—•]\s)",
                        low,
                    )
                ):
                    return True
        return False

    @cached_property
    def classes(self) -> set[str]:
        """Every class and, with a `#` before it, every id of the page, lower case."""
        found: set[str] = set()
        for token in self.all_tokens:
            if token.name and not token.closing and token.raw:
                low = token.raw.lower()
                if "class" in low or "id" in low:
                    attributes = token.attributes
                    found.update(attributes.get("class", "").lower().split())
                    if "id" in attributes:
                        found.add("#" + attributes["id"].lower())
        return found

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """Every link outside of the page's navigation: where it leads, and what it shows."""
        found: list[tuple[str, str]] = []
        href: str | None = None
        shown: list[str] = []
        for token in self.tokens:
            if token.name == "a":
                if href is not None:
                    found.append((href, squeeze("".join(shown))))
                href, shown = (None if token.closing else link_of(token.attributes)), []
            elif href is not None and not token.name:
                shown.append(token.text)
            elif href is None and token.name and not token.closing:
                if token.name in PLAYERS and (source := token.attributes.get("src")):
                    found.append((source, ""))
                elif token.raw and _SENDS.search(token.raw):
                    found.append((rewritten(token.attributes), ""))
        return [*found, (href, squeeze("".join(shown)))] if href is not None else found

    @cached_property
    def hrefs(self) -> list[str]:
        """The href of every link outside of the page's navigation."""
        return [href for href, _ in self.links]

    @cached_property
    def children(self) -> dict[str, tuple[Target, bool]]:
        """What the page's links lead to below it, by name, and whether one of them spells that name."""
        found: dict[str, tuple[Target, bool]] = {}
        for href, text in self.links:
            where = self.place.resolve(href, text)
            if isinstance(where, Target):
                old = found.get(where.name)
                found[where.name] = (where, (old is not None and old[1]) or spells(text, where.name))
        return found

    @cached_property
    def told(self) -> set[str]:
        """The names of files that elements carry for scripts."""
        carrying = [one for one in self.tokens if one.name and not one.closing and "data-" in one.raw]
        return {told[0] for one in carrying if (told := told_by(one.attributes)) is not None and not told[1]}

    @cached_property
    def folders(self) -> frozenset[str]:
        """The paths of links that the elements around them call folders."""
        return told_folders(self.tokens, self.place)

    @cached_property
    def summaries(self) -> set[str]:
        """What the page shows of parts that open on a click, as trees of folders do: a summary, or a link to nowhere
        right before a list."""
        run, found, shown = iter(self.tokens), set(), ""
        for token in run:
            if token.name == "summary" and not token.closing:
                found.add(squeeze("".join(one.text for one in takewhile(lambda one: one.name != "summary", run))))
            elif token.name == "a" and not token.closing and token.attributes.get("href", "") == "#":
                shown = squeeze("".join(one.text for one in takewhile(lambda one: one.name != "a", run)))
            elif token.name:
                found |= {shown} - {""} if token.name == "ul" and not token.closing else set()
                shown = ""
        return found

    @cached_property
    def text_length(self) -> int:
        """Characters of all the text that the page shows outside of its navigation."""
        return prose.length(self.tokens)

    @cached_property
    def prose(self) -> int:
        """Characters of the page that stand in sentences."""
        return prose.running(self.tokens)
