"""What a page that is no listing may show all the same: recordings to play, people's data, names in a text."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from probes.recognise.listing.drawn.shown_files import ShownFile, shown_files
from probes.recognise.listing.html import prose
from probes.recognise.listing.html.markup import Token, tokens
from probes.recognise.listing.html.navigation import visible
from probes.recognise.media.kinds import KINDS_OF_DATA, MediaKind, kind_of_name
from probes.recognise.pages.evidence import describes, file_names, scripted
from probes.recognise.pages.page_parts import PageParts, read_page
from probes.recognise.people.calls import about_calls, kept_rows
from probes.recognise.people.counts import counted
from probes.recognise.people.recordings import recording
from probes.recognise.people.rows import rows_of_page, rows_of_text
from probes.recognise.people.shown import about_people, persons, telephones

_LONGEST: Final = 1 << 18
_RUNNING: Final = 120
"""Characters of sentences with which a page says what it is."""
_MUCH_RUNNING: Final = 800
_MOST_NAMES: Final = 8
_DIGITS: Final = re.compile(r"\d{1,40}")
_PAGING: Final = re.compile(
    r"(?i)[?&/](?:page|p|pg|paged|offset|start|year|month|lang|v|ver)[=/]?0|\.(?:css|js|png|svg|ico)\b|"
    r"/commits?/"
)
_VERSION: Final = re.compile(r"(?i)/v\d{1,3}(?:\.\d{1,3}){0,2}(?=/)")
"""The version of an interface in an address (`/api/v3/calls/17`): it numbers nothing."""
_ASKED: Final = re.compile(r"(?i)\bdata-(?:id|key|file|name|rec|uid|call|play|src|url)\b|\bonclick\b")
_AMBIENT: Final = re.compile(r"(?i)\b(?:autoplay|muted|loop)\b")
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
    r"inspelning(?:ar)?|röstbrevlåda|undersökningar|r[öø]ntgenbild(?:er)?|röntgenkuvat|x-?rays?|mammograms?|"
    r"(?:patient|sår|hud|tand|operations)(?:bilder|foton?|fotografier)|(?:wund|haut|patienten)(?:fotos|bilder)|"
    r"(?:wound|skin|patient|clinical|dental)[ -](?:photos?|photographs|pictures|images)|opptak|optagelser|aufnahmen)"
    r"(?![^\W\d_])"
)
"""What a page is called whose rows and names are of people, where others may show them to everybody."""
_LISTED: Final = re.compile(
    r"(?<![^\W\d_])(?:samtals(?:logg(?:ar)?|lista|historik)|anrufliste|ringelogg|opkaldslog|cdr|väntelista|bokningar|"
    r"patient(?:er|lista)|pasienter|potilaat|vårdtagare|inskrivna|remisser|kund(?:er|register|lista)|klienter|"
    r"medlem(?:mar|sregister|slista)|customers?|members?|clients?|deltagare|participants|elever|students|waiting list|"
    r"appointments)(?![^\W\d_])"
)
"""What a page is called that lists calls or people, where such are declared to be kept."""
_BOX: Final = re.compile(
    r"<(div|ul|ol|table|tbody|main|section|pre|turbo-frame|[a-z]{1,20}-[a-z-]{1,40}|app)\b([^<>]{0,300})>\s{0,80}"
    r"(?:loading[. …]{0,4}|laddar[. …]{0,4})?</\1",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(r"""(?:id|class)\s{0,2}=\s{0,2}["']?([\w -]{1,80})""", re.IGNORECASE)
_LOADS: Final = re.compile(
    r"\b(?:hx-get|data-hx-get|ic-get-from|src|api|endpoint|data-url|data-source)\s{0,2}=", re.IGNORECASE
)
_DATABASE: Final = re.compile(
    r"""(?i)\bhref\s{0,4}=\s{0,4}["']?([^\s"'<>?]{1,400}\.nsf)(?:/?\?open(?:database)?)?(?=["'\s>])"""
)
_MOST_OF_A_SITE: Final = 3
"""A site made by Domino links to its own database and to one or two more; a list of them is what a server keeps."""
_ROOTS: Final = frozenset({"root", "app", "__next", "__nuxt", "app-root", "application", "svelte", "main-app"})
_ROWS: Final = re.compile(
    r"(?i)(?:rows?|list|files?|table|results?|tree|grid|items?|entries|content|records?|recordings|browser|"
    r"resources|collections|databases)"
)


def holds(markup: PageParts, source: str, fetches: bool, own_scripts: bool) -> str:
    """What says that a page may show more than its words, in our own words; empty for none. Total, linear time."""
    source = source[:_LONGEST]
    run = visible(tokens(source))
    running = prose.running(run)
    if running < _MUCH_RUNNING and (why := _filled_later(markup, source, fetches, own_scripts)):
        return why
    if why := about_people(rows_of_page(run)):
        return why
    if persons(rows_of_text(markup.script)) > 1:
        return "numbers of people in data that the page brings along"
    players = [token for token in run if token.name in {"audio", "video"} and not token.closing]
    players = [token for token in players if not _AMBIENT.search(token.raw)]
    # What a player names as a file is tried by its link, like any file that a text links to.
    unnamed = [token for token in players if kind_of_name(token.attributes.get("src", "")) not in _KEPT]
    if (unnamed and running < _RUNNING) or (players and private(markup) and (unnamed or running < _RUNNING)):
        return "players of recordings"
    if running < _RUNNING and private(markup) and leads_to_numbers(run):
        return "rows that lead to numbers, and no running text"
    if running < _MUCH_RUNNING and len(set(_DATABASE.findall(source))) >= _MOST_OF_A_SITE:
        return "databases of Domino that are offered one by one"
    if not private(markup) or running >= _MUCH_RUNNING:
        return ""
    return "a text that names recordings or backups" if len(_unlinked(markup, run)) > 1 else ""


def _unlinked(markup: PageParts, run: list[Token]) -> list[str]:
    """Names of recordings, dumps and mail in the text of a page that it does not link to: those are tried."""
    linked = " ".join(token.raw for token in run if token.name in {"a", "audio", "video", "source"}).lower()
    named = {name for name in file_names(markup.text[:_LONGEST]) if kind_of_name(name) in _KEPT}
    return [name for name in list(named)[:_MOST_NAMES] if name not in linked]


def unlinked_files(text: str, data: str) -> list[ShownFile]:
    """The files that a page or a text names and links to none of, of the kinds that its asset is declared to hold."""
    text = text[:_LONGEST]
    run = tokens(text)
    rows = rows_of_page(visible(_outside_links(run))) if read_page(text).tags else rows_of_text(text)
    shown = shown_files(rows, KINDS_OF_DATA.get(data, frozenset()))
    linked = " ".join(unquote(token.raw) for token in run if token.name in _LEADING) if shown else ""
    return [one for one in shown if one.name.rpartition("/")[2] not in linked]


def _outside_links(run: list[Token]) -> Iterator[Token]:
    """A page without what its links show, except those that lead to a script alone."""
    inside = False
    for token in run:
        if token.name == "a":
            href = "" if token.closing else token.attributes.get("href", "")
            inside = href != "" and not href.lower().startswith(("#", "javascript:"))
        if token.name or not inside:
            yield token


_LEADING: Final = frozenset({"a", "area", "audio", "video", "source"})


def declared_data(text: str, data: str) -> str:
    """What a page or a text may show of the data that its asset is declared to hold, in our own words; empty for none.

    `data` is `recordings`, `patient`, `personal` or `backups`: what would be ordinary elsewhere (a list of telephones
    beside dates, the name of a file in a sentence, pictures in a row) is not ordinary there. Total, linear time.
    """
    markup = read_page(text)
    run = visible(tokens(text[:_LONGEST]))
    rows = rows_of_page(run) if markup.tags else rows_of_text(text)
    if why := about_calls(rows):
        return why
    running = prose.running(run)
    people = data in ("patient", "personal")
    titled = private(markup) or any(_LISTED.search(said) for said in (markup.title, markup.heading))
    if titled and running < _RUNNING and (why := kept_rows(rows, people=people)):
        return why
    if running < _MUCH_RUNNING and any(map(recording, _unlinked(markup, run))):
        return "a text that names a recording"
    if sum(one.row for one in unlinked_files(text, data)) > 1:
        return "rows that name files, and lead to none of them"
    if running < _MUCH_RUNNING and (why := counted(rows)):
        return why
    # Labels of fields and buttons are no words of a page about itself.
    if running < _RUNNING and (why := _filled_later(markup, text[:_LONGEST], *scripted(markup), declared=True)):
        return why
    if data == "patient" and running < _RUNNING and _keeps(markup) and leads_to_numbers(run):
        return "numbered pictures or links, and no running text"
    return ""


def _keeps(markup: PageParts) -> bool:
    return bool(_KEEPS.search(markup.title) or _KEEPS.search(markup.heading))


def private(markup: PageParts) -> bool:
    """Whether the title or the heading of a page names what is of people: recordings, calls, patients, backups."""
    return bool(_PRIVATE.search(markup.title) or _PRIVATE.search(markup.heading))


def _filled_later(markup: PageParts, source: str, fetches: bool, own_scripts: bool, *, declared: bool = False) -> str:
    """Whether scripts fill an empty part of the page whatever text stands around it (a banner, a foot). Where data is
    `declared` to be kept, any list does that is not for what a reader searches."""
    if not (fetches or own_scripts or any(markup.scripts)):
        return ""
    named = _keeps(markup)
    for tag, inside in _BOX.findall(source):
        called = {word.lower() for said in _CALLED.findall(inside) for word in said.split()}
        loads = _LOADS.search(inside) is not None
        if (own_scripts or fetches) and (called & _ROOTS or tag.lower() == "app") and not describes(markup):
            return "the empty root of an application that a script fills"
        written = any(re.search(rf"[\"'#]{re.escape(word)}[\"']", markup.script) for word in list(called)[:4])
        listed = any(map(_ROWS.search, called))
        searched = any("search" in word for word in called)
        if (named and (loads or "-" in tag or listed or (fetches and written))) or (
            declared and listed and not searched
        ):
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


_GUID: Final = re.compile(
    r"(?i)(?:%7B|\{|(?<![0-9A-Z]))[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}(?![0-9A-Z])(?:%7D|\})?"
)


_SID: Final = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z]{2})?(?=[0-9a-f]{0,30}[a-f])[0-9a-f]{24,64}(?![0-9A-Za-z])")
"""An id in hexadecimal digits, as Twilio (`RE...`), MongoDB and others give it."""


def numbered(address: str) -> str:
    """What addresses have in common that differ by a number or an id alone (a GUID of RFC 9562, hexadecimal digits);
    empty for pages of a series and for no number."""
    pattern, numbers = _DIGITS.subn("0", _SID.sub("0", _GUID.sub("0", _VERSION.sub("/v", address[:2048]))))
    if not numbers or _PAGING.search(pattern) or not re.search("[a-z]", pattern, re.IGNORECASE):
        return ""
    return pattern


def untold_lines(text: str) -> str:
    """Why a text without markup is not ordinary, in our own words; empty for sentences and for short answers."""
    lines = [line.strip() for line in text[:_LONGEST].splitlines() if line.strip()]
    if any(_RECORDS.match(line) for line in lines[:_FIRST]):
        return "records of a known form"
    if why := about_people(rows_of_text(text)):
        return why
    fields = Counter(len(_BETWEEN.findall(line)) for line in lines if len(line) < _WIDEST)
    if (
        len(lines) > 2
        and max((count for least, count in fields.items() if least > 1), default=0) * 10 >= len(lines) * 9
    ):
        return "lines of fields"
    numbered = sum(_LONG_NUMBER.search(line) is not None for line in lines)
    return "lines that hold long numbers" if numbered > 1 and numbered * 2 > len(lines) else ""


def text_of_people(text: str, data: str = "") -> bool:
    """Whether a file's beginning is data about people or calls: their numbers, fields about them, rows of calls, cards,
    messages of laboratories, or JSON with such fields; and, where `data` of patients or persons is declared to be kept,
    names beside telephones. No page, and no list of anything else. Total, linear time."""
    if read_page(text).tags and not text.lstrip().startswith("<?xml"):
        return False
    rows = rows_of_text(text)
    return bool(
        about_people(rows)
        or about_calls(rows)
        or (data in ("patient", "personal") and telephones(rows) > 1)
        or _A_PATIENT.search(text)
        or max(len(_A_CARD.findall(text)), len(_FIELD.findall(text))) > 1
    )


_FIRST: Final = 20
_WIDEST: Final = 4096
_RECORDS: Final = re.compile(
    r"(?i)begin:vcard|webvtt\b|msh\||insert into\b|create table\b|-- (?:mysql|postgresql) |"
    r"(?:green|yellow|red) {1,8}(?:open|close) {1,40}\S{1,255}(?: {1,40}\S{1,40})? {1,40}\d{1,4} {1,40}\d"
)
"""The last are the indices of an Elasticsearch, as it shows them in text (`/_cat/indices`)."""
_A_CARD: Final = re.compile(r"(?im)^begin:vcard\s*$")
"""The line that begins a card (RFC 6350). Pages offer a single one of whom they are of."""
_A_PATIENT: Final = re.compile(r"(?:^|[\r\n])PID\|")
"""A patient's segment (HL7 version 2)."""
_BETWEEN: Final = re.compile(r"[,;|\t]")
_LONG_NUMBER: Final = re.compile(r"(?<![\w.])\d{9,13}(?![\w])|\d{6}-\d{4}")
"""Numbers of telephones and people; identifiers of calls are `1704190271.11`."""

_OF_PEOPLE: Final = re.compile(
    r"patients?|diagnos\w{0,8}|born|birth\w{0,8}|personnummer|ssn|caller\w{0,8}|callee\w{0,8}|recordings?|phone\w{0,8}|"
    r"e?mail|journal\w{0,4}|latest\w{0,12}|download\w{0,8}|file\w{0,8}"
)
_OF_A_PERSON: Final = re.compile(
    r"patient_?(?:id|name|number)|diagnos\w{0,4}|birth_?(?:date|day)|date_?of_?birth|dob|person_?nummer|personal_?number|"
    r"fodselsnummer|fødselsnummer|cpr|hetu|kennitala|ssn|mrn|caller\w{0,8}|callee\w{0,8}"
)
_FIELD: Final = re.compile(
    rf"""(?i)["'<](?:{_OF_A_PERSON.pattern})(?:["']\s{{0,4}}:\s{{0,4}}["'\d]|>)\s{{0,8}}(?!string\b)[^\s<"']"""
)
"""A field about a person with a value, in JSON or XML."""
_DEEPEST: Final = 8
_DOCS: Final = re.compile(
    r"type|.{0,40}(?:docs?|documentation|openapi|swagger|redoc|help|info|self|home|instance|issuer|endpoint|\$schema|"
    r"health\w{0,5}|ping|version)(?:_?ur[il])?"
)

_ABSOLUTE_PATH: Final = re.compile(r"/[A-Za-z][^\s<>]{0,500}\Z")


def tells_of_data(text: str) -> bool:
    """Whether a small JSON object has fields about people or recordings, or addresses that are not of documentation:
    one with a scheme, or two paths (one alone may be the path that was asked for, as in errors)."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    led = [one for key, one in value.items() if isinstance(one, str) and not _DOCS.fullmatch(key.lower())]
    return (
        any(_OF_PEOPLE.fullmatch(key.lower()) for key in value)
        or any("://" in one[:8] and one.count("/") > 2 for one in led)
        or sum(_ABSOLUTE_PATH.match(one) is not None for one in led) > 1
        or _holds_people(value)
    )


def _holds_people(value: object, deep: int = 0) -> bool:
    """Whether a field somewhere in an object names a person by what only files about people have, and holds a value."""
    if deep > _DEEPEST or not isinstance(value, dict | list):
        return False
    pairs = value.items() if isinstance(value, dict) else (("", one) for one in value)
    return any(
        (bool(_OF_A_PERSON.fullmatch(key.lower())) and isinstance(one, str | int) and bool(one))
        or _holds_people(one, deep + 1)
        for key, one in pairs
    )
