"""What a page that is no listing may show all the same: recordings to play, rows of numbers, names in a text."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from typing import Final

from probes.recognise.listing.html import prose
from probes.recognise.listing.html.markup import Token, tokens
from probes.recognise.listing.html.navigation import visible
from probes.recognise.media.kinds import MediaKind, kind_of_name
from probes.recognise.pages.evidence import describes
from probes.recognise.pages.page_parts import PageParts

_LONGEST: Final = 1 << 18
_RUNNING: Final = 120
"""Characters of sentences with which a page says what it is."""
_MUCH_RUNNING: Final = 800
_MOST_NAMES: Final = 8
_DIGITS: Final = re.compile(r"\d{1,40}")
_PAGING: Final = re.compile(
    r"(?i)[?&/](?:page|p|pg|paged|offset|start|year|month|lang|v|ver)[=/]?0|\.(?:css|js|png|svg|ico)\b"
)
_ASKED: Final = re.compile(r"(?i)\bdata-(?:id|key|file|name|rec|uid|call|play|src|url)\b|\bonclick\b")
_AMBIENT: Final = re.compile(r"(?i)\b(?:autoplay|muted|loop)\b")
_NAMED: Final = re.compile(r"[^\s/\\\"'<>|]{1,200}\.[A-Za-z][A-Za-z0-9]{1,4}(?![\w.@])")
_KEPT: Final = frozenset(
    {MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.DICOM, MediaKind.DATABASE_DUMP, MediaKind.MAIL_STORE}
)
_KEEPS: Final = re.compile(
    r"(?<![^\W\d_])(?:files?|folders?|director(?:y|ies)|backups?|recordings?|archives?|documents?|storage|nas|drive|share[ds]?|"
    r"calls?|voicemails?|patients?|studies|images|exams?|pacs|dicom|journal(?:er|s)?|samtal|inspelning(?:ar)?|"
    r"röstbrevlåda|filer|filarkiv|arkiv|dokument|bilder|undersökningar|opptak|optagelser|aufnahmen|dateien|fichiers)(?![^\W\d_])"
)
"""What a page is called that keeps files, recordings or people's data."""
_PRIVATE: Final = re.compile(
    r"(?<![^\W\d_])(?:backups?|recordings?|calls?|voicemails?|patients?|studies|exams?|pacs|dicom|journal(?:er|s)?|samtal|"
    r"inspelning(?:ar)?|röstbrevlåda|undersökningar|opptak|optagelser|aufnahmen)(?![^\W\d_])"
)
"""What a page is called whose rows and names are of people, where others may show them to everybody."""
_BOX: Final = re.compile(
    r"<(div|ul|ol|table|tbody|main|section|pre|turbo-frame|[a-z]{1,20}-[a-z-]{1,40}|app)\b([^<>]{0,300})>\s{0,80}"
    r"(?:loading[. …]{0,4}|laddar[. …]{0,4})?</\1",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(r"""(?:id|class)\s{0,2}=\s{0,2}["']?([\w -]{1,80})""", re.IGNORECASE)
_LOADS: Final = re.compile(
    r"\b(?:hx-get|data-hx-get|ic-get-from|src|api|endpoint|data-url|data-source)\s{0,2}=", re.IGNORECASE
)
_ROOTS: Final = frozenset({"root", "app", "__next", "__nuxt", "app-root", "application", "svelte", "main-app"})
_ROWS: Final = re.compile(
    r"(?i)(?:rows?|list|files?|table|results?|tree|grid|items?|entries|content|records?|recordings|browser)"
)


def holds(markup: PageParts, source: str, fetches: bool, own_scripts: bool) -> str:
    """What says that a page may show more than its words, in our own words; empty for none. Total, linear time."""
    source = source[:_LONGEST]
    run = visible(tokens(source))
    running = prose.running(run)
    if running < _MUCH_RUNNING and (why := _filled_later(markup, source, fetches, own_scripts)):
        return why
    players = [token for token in run if token.name in {"audio", "video"} and not token.closing]
    players = [token for token in players if not _AMBIENT.search(token.raw)]
    # What a player names as a file is tried by its link, like any file that a text links to.
    unnamed = [token for token in players if kind_of_name(token.attributes.get("src", "")) not in _KEPT]
    if (unnamed and running < _RUNNING) or (players and private(markup) and (unnamed or running < _RUNNING)):
        return "players of recordings"
    if running < _RUNNING and private(markup) and leads_to_numbers(run):
        return "rows that lead to numbers, and no running text"
    if not private(markup) or running >= _MUCH_RUNNING:
        return ""
    linked = " ".join(token.raw for token in run if token.name in {"a", "audio", "video", "source"}).lower()
    named = {name for name in _NAMED.findall(markup.text[:_LONGEST]) if kind_of_name(name) in _KEPT}
    # What a page links to is tried by its links.
    names = [name for name in list(named)[:_MOST_NAMES] if name not in linked]
    return "a text that names recordings or backups" if len(names) > 1 else ""


def _keeps(markup: PageParts) -> bool:
    return bool(_KEEPS.search(markup.title) or _KEEPS.search(markup.heading))


def private(markup: PageParts) -> bool:
    """Whether the title or the heading of a page names what is of people: recordings, calls, patients, backups."""
    return bool(_PRIVATE.search(markup.title) or _PRIVATE.search(markup.heading))


def _filled_later(markup: PageParts, source: str, fetches: bool, own_scripts: bool) -> str:
    """Whether scripts fill an empty part of the page whatever text stands around it (a banner, a foot)."""
    if not (fetches or own_scripts or any(markup.scripts)):
        return ""
    named = _keeps(markup)
    for tag, inside in _BOX.findall(source):
        called = {word.lower() for said in _CALLED.findall(inside) for word in said.split()}
        loads = _LOADS.search(inside) is not None
        if (own_scripts or fetches) and (called & _ROOTS or tag.lower() == "app") and not describes(markup):
            return "the empty root of an application that a script fills"
        written = any(re.search(rf"[\"'#]{re.escape(word)}[\"']", markup.script) for word in list(called)[:4])
        if named and (loads or "-" in tag or any(map(_ROWS.search, called)) or (fetches and written)):
            return "an empty list or table, and scripts to fill it"
    return ""


def leads_to_numbers(run: list[Token]) -> bool:
    """Whether rows, buttons or pictures lead to things that differ by a number alone (`?id=17`, `?id=18`)."""
    seen: dict[str, set[str]] = defaultdict(set)
    pictures: dict[str, set[str]] = defaultdict(set)
    for token in run:
        if not token.name or token.closing or not token.raw:
            continue
        group, said = seen, ""
        if token.name in {"a", "area"}:
            said = token.attributes.get("href", "")
        elif token.name == "img":
            group, said = pictures, token.attributes.get("src", "")
        elif _ASKED.search(token.raw):
            said = token.raw
        if "//" in said[:8] or kind_of_name(said.partition("?")[0]) in _KEPT:
            continue  # another host's, or tried by its name
        if said and not said.startswith("#") and _DIGITS.search(said[:2048]):
            pattern = numbered(said)
            if group is pictures or pattern:
                group[pattern or _DIGITS.sub("0", said[:2048])].add(said[:2048])
    return any(len(one) > 1 for one in seen.values()) or any(len(one) > 2 for one in pictures.values())


def numbered(address: str) -> str:
    """What addresses have in common that differ by a number alone; empty for pages of a series and for no number."""
    pattern, numbers = _DIGITS.subn("0", address[:2048])
    if not numbers or _PAGING.search(pattern) or not re.search("[a-z]", pattern, re.IGNORECASE):
        return ""
    return pattern


def untold_lines(text: str) -> str:
    """Why a text without markup is not ordinary, in our own words; empty for sentences and for short answers."""
    lines = [line.strip() for line in text[:_LONGEST].splitlines() if line.strip()]
    if any(_RECORDS.match(line) for line in lines[:_FIRST]):
        return "records of a known form"
    fields = Counter(len(_BETWEEN.findall(line)) for line in lines if len(line) < _WIDEST)
    if (
        len(lines) > 2
        and max((count for least, count in fields.items() if least > 1), default=0) * 10 >= len(lines) * 9
    ):
        return "lines of fields"
    numbered = sum(_LONG_NUMBER.search(line) is not None for line in lines)
    return "lines that hold long numbers" if numbered > 1 and numbered * 2 > len(lines) else ""


_FIRST: Final = 20
_WIDEST: Final = 4096
_RECORDS: Final = re.compile(r"(?i)begin:vcard|msh\||insert into\b|create table\b|-- (?:mysql|postgresql) ")
_BETWEEN: Final = re.compile(r"[,;|\t]")
_LONG_NUMBER: Final = re.compile(r"(?<![\w.])\d{9,13}(?![\w])|\d{6}-\d{4}")
"""Numbers of telephones and people; identifiers of calls are `1704190271.11`."""

_OF_PEOPLE: Final = re.compile(
    r"patients?|diagnos\w{0,8}|born|birth\w{0,8}|personnummer|ssn|caller\w{0,8}|callee\w{0,8}|recordings?|phone\w{0,8}|"
    r"e?mail|journal\w{0,4}|latest\w{0,12}|download\w{0,8}|file\w{0,8}"
)
_DOCS: Final = re.compile(
    r"type|.{0,40}(?:docs?|documentation|help|info|self|home|instance|issuer|endpoint|\$schema)(?:_?ur[il])?"
)


def tells_of_data(text: str) -> bool:
    """Whether a small JSON object has fields about people or recordings, or addresses that are not of documentation."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and any(
        _OF_PEOPLE.fullmatch(key.lower())
        or (isinstance(one, str) and "://" in one[:8] and one.count("/") > 2 and not _DOCS.fullmatch(key.lower()))
        for key, one in value.items()
    )
