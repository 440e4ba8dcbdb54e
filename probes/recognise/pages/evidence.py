"""What makes a page ordinary: running text, a form or a small answer. All else proves nothing of a folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from probes.recognise.media.kinds import DATA, kind_of_name
from probes.recognise.pages.descriptions import tells_health
from probes.recognise.pages.page_parts import PageParts

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_FEW_WORDS = 25
"""Fewer words than this are a title, a menu and column headings, not running text."""
_SHORT_TEXT = 2500
_BELOW: Final = 2
"""Words below a heading that make a page of it."""
_SENTENCE = 8
"""Words that make a sentence of a description."""
_LITERAL: Final = re.compile(r"[\"'`]([^\"'`\n]{1,200})[\"'`]")
_NOTICES: Final = ("javascript", "loading ")
"""What a sentence says that stands for a page which is not drawn yet."""
_STORED: Final = re.compile(
    r"(?<![a-z])(?:files?|folders?|director(?:y|ies)|dirs?|drives?|[a-z]*clouds?|data|storage|nas|shar(?:e|ed|es|ing)|"
    r"brows(?:e|er|ing)|explorer|uploads?|downloads?|archives?|backups?|record(?:s|er|ers|ed|ing|ings)?|cameras?|"
    r"videos?|photos?|pictures?|galler(?:y|ies)|media|albums?|clips?|documents?|list|listing|index of|buckets?|"
    r"objects?|repositor(?:y|ies)|artifacts?|disks?|sync|webdav|ftp|s3|nvr|dvr|filer?|filmanager|mapp(?:ar|er)?|katalog(?:er)?|"
    r"inspelning(?:ar)?|arkiv|bilder|dokument|lagring|delning|opptak|optagelser|kansiot?|tiedosto[a-z]*|ordner|dateien|"
    r"fichiers?|dossiers?|archivos?|carpetas?)(?![a-z])"
)
_DOCUMENTATION: Final = frozenset({"swagger-ui", "swagger-ui-container", "redoc", "redoc-container", "graphiql"})
_DOCUMENTATION_SCRIPT: Final = re.compile(r"swagger-ui|redoc|graphiql")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_FIELDS: Final = {"text", "email", "password", "tel", "textarea", "select", "number", "search", ""}

_REPEATS: Final = re.compile(
    r"\s(?:v-for|ng-repeat|data-ng-repeat|x-for|\*ngfor|t-foreach|wx:for|data-bind=[\"'][^\"'<>]{0,80}foreach)\b"
    r"[^<>]{0,80}(?:file|folder|item|entr|row|node|obj|doc|dir|record|clip|video|photo|media)",
    re.IGNORECASE,
)
_TEMPLATE: Final = re.compile(r"\{\{[^{}\n]{1,80}\}\}|\[\[[\w.]{1,40}\]\]|<%=")
_FETCHES: Final = re.compile(
    r"\bfetch\s{0,4}\(|xmlhttprequest|\baxios\b|\$\.(?:get|getjson|post|ajax)\b|\bajax\b|new websocket|\beventsource\b|"
    r"\bimport\s{0,4}\(|document\.write|innerhtml|insertadjacenthtml|appendchild|createelement\(\s{0,4}[\"'](?!script)|"
    r"activexobject",
    re.IGNORECASE,
)
_LIBRARY: Final = re.compile(
    r"^(?:https?:)?//|jquery|bootstrap|modernizr|popper|polyfill|analytics|gtag|gtm|cookie|recaptcha|matomo|piwik|"
    r"_incapsula|cdn-cgi"
)
_UNFILLED: Final = re.compile(
    r"<tbody[^<>]{0,200}>\s{0,80}</tbody|"
    r"<(?:table|ul|ol|div|main|section|pre)\b[^<>]{0,120}(?:id|class)\s{0,2}=\s{0,2}[\"']?[\w -]{0,60}"
    r"(?:file|folder|listing|explorer|entries|browser|directory|gallery)[^<>]{0,120}>\s{0,80}</",
    re.IGNORECASE,
)
_ROOT: Final = re.compile(r"(?:<[?!][^>]{0,2000}>\s{0,200}){0,8}<([A-Za-z_][\w.:-]{0,60})")
HTML_ELEMENTS: Final = frozenset(
    """html head body title meta link script style base div span p a h1 h2 h3 h4 h5 h6 table tr td th tbody thead ul ol
    li pre center font form input img br hr b i u em strong small iframe frame frameset noscript nav header footer main
    section article aside figure video audio button label textarea select dl dt dd blockquote code tt svg template
    address fieldset menu dir marquee""".split()  # noqa: SIM905
)
_FILE_NAME: Final = re.compile(r"[^\s/\\\"'<>|]{1,200}\.[A-Za-z][A-Za-z0-9]{1,4}(?![\w.@])")
_WORD_OF_NAMES: Final = re.compile(r"[^\s/\\\"'<>|]+")
_ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}(?![\w.@])")
_LONGEST_STEM = 200


def file_names(text: str) -> Iterator[str]:
    """What `_FILE_NAME` finds in a text, looked for from the endings: a long word without one is passed over at once.
    Linear time."""
    for word in _WORD_OF_NAMES.findall(text):
        at = 0
        while "." in word and (ending := _ENDING.search(word, at + 1)) is not None:
            name = _FILE_NAME.match(word, max(at, ending.start() - _LONGEST_STEM))
            if name is None:
                break
            yield name[0]
            at = name.end()


_MOST_SCALARS = 24
_DEEPEST = 4
_COMPLAINTS: Final = frozenset({"error", "errors", "warnings", "messages", "issue", "issues"})
_LISTED: Final = re.compile(
    r"(?:is_?)?(?:files?|folders?|director(?:y|ies)|dirs?|entries|items|children|contents?|objects?|size|bytes|length|"
    r"last_?modified|modified|mtime|ctime|path|href|key|keys|prefix|prefixes|buckets?|containers?|nodes?|tree)"
)
"""Names that the fields of a list of files have."""
_PATH: Final = re.compile(r"\A/?(?:[^\s/:]{1,200}/){1,20}\Z")
"""A folder below this one."""


def drawn_by_script(markup: PageParts, source: str) -> str:
    """The structure that shows that a script fills the page, in our own words; empty for a page that speaks itself.

    `source` is the page's own text, of which at most 256 K characters are searched.
    """
    source = source[: 1 << 18]
    fetches, own = scripted(markup)
    if _REPEATS.search(source):
        return "a template that a script repeats for each entry"
    if not (fetches or own):
        return ""
    if len(markup.text) <= _SHORT_TEXT and _UNFILLED.search(source):
        return "a table or list without rows, and scripts to fill it"
    if speaks(markup) or (markup.form_actions and _FIELDS & set(markup.inputs)):
        return ""
    if _TEMPLATE.search(markup.text):
        return "placeholders that a script fills"
    if fetches:
        if not own and tells_nothing(markup.script) and stands_by_itself(markup, source):
            return ""
        return "a script that fetches or writes what the page shows, and hardly any text"
    return OWN_SCRIPTS


OWN_SCRIPTS: Final = "scripts of the site's own, and hardly any text"
"""What is said of a short page whose scripts stand elsewhere: what they do is told by reading them."""
_BUILT: Final = re.compile(
    r"[.-][0-9a-z_-]{8,}\.m?js\b|(?:^|/)(?:bundle|runtime|vendors?|chunk|polyfills?)\b[^/]*\Z|/_\w+/"
)
"""Scripts that are built of an application's parts: too large to be read."""
_BUNDLE: Final = re.compile(rf"{_BUILT.pattern}|(?:^|/)(?:app|client|boot\w*)\b[^/]*\Z")
"""Scripts of an application: those draw all that their page shows."""
_MODULE: Final = re.compile(r"<script\b[^<>]{0,400}\btype\s{0,2}=\s{0,2}[\"']?module", re.IGNORECASE)
_ROOM: Final = re.compile(
    r"<(div|main|section|article|ul|ol|dl|table|tbody|pre|span|p|[a-z]{1,20}-[a-z-]{1,40})\b[^<>]{0,300}>"
    r"(?:\s|&nbsp;|<br ?/?>){0,80}</\1",
    re.IGNORECASE,
)
_WAITS: Final = re.compile(
    r"\b(?:load|wait|laddar|vänta|hämtar|henter|ladataan|bitte warten|start(?:ing|ar)|connecting)"
)


def stands_by_itself(markup: PageParts, source: str) -> bool:
    """Whether a short page is whole without its scripts: a heading, words below it, no place for what a script draws,
    no application's script, and nothing named that could be stored."""
    told = markup.text.replace(markup.heading, " ", 1) if markup.heading else ""
    return (
        _words(told) >= _BELOW
        and not any(map(_BUNDLE.search, markup.scripts))
        and not (_MODULE.search(source) or _ROOM.search(source) or _WAITS.search(markup.text))
        and not may_store(markup)
        and not any(map(_OF_PEOPLE.search, (*markup.scripts, *markup.ids)))
    )


_OF_PEOPLE: Final = re.compile(
    r"(?<![^\W\d_])(?:calls?|callers?|voicemails?|patients?|cases|studies|exams?|journal(?:er|s)?|samtal|patienter|"
    r"ärenden|aufnahmen|anrufe|appels)(?![^\W\d_])"
)
"""What scripts are called that draw it onto a page that is short without them."""
_SERVER_RENDERED: Final = re.compile(
    r"\b__nuxt__\s{0,4}=[^<>]{0,4000}\bserverrendered\s{0,4}:\s{0,4}(?:true|!0)", re.IGNORECASE
)
_SENTENCE_TOLD: Final = re.compile(r"(?:[^\W\d_]+[,:;]?\s+){7,60}[^\W\d_]+[.!?]")
_MOST_STATE: Final = 4000
_LONG_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){5,}")


def rendered_by_server(markup: PageParts, source: str) -> bool:
    """Whether a page of Next.js or Nuxt says in a sentence what it is before any script runs: its server wrote the
    text, its state is small and without numbers, nothing waits to be filled, and nothing named could be stored."""
    by_server = "__next_data__" in markup.ids or _SERVER_RENDERED.search(markup.script[: 1 << 16])
    if not by_server or not markup.heading or len(markup.script) > _MOST_STATE:
        return False
    return (
        _SENTENCE_TOLD.search(markup.text[:_SHORT_TEXT]) is not None
        and not any(one.search(markup.script) for one in (_FETCHES, _FILE_NAME, _LONG_NUMBER))
        and not any(one.search(source[: 1 << 18]) for one in (_MODULE, _ROOM, _REPEATS))
        and not any(one.search(markup.text) for one in (_WAITS, _TEMPLATE))
        and not may_store(replace(markup, ids=markup.ids - {"__next_data__"}))
    )


_LOADS_MORE: Final = re.compile(
    r"\bfetch\b|xmlhttprequest|\baxios\b|\bajax\b|\.(?:get|getjson|getscript|post|load)\s{0,4}\(\s{0,4}[\"'`/]|websocket|"
    r"\beventsource\b|\bimport(?:\s{0,4}\(|scripts\b|\s{1,4}[\w{*\"'])|activexobject|"
    r"createelement\s{0,4}\(\s{0,4}[\"'`](?:script|i?frame|object|embed)|\beval\b|\bfunction\s{0,4}\(\s{0,4}[\"'`]|"
    r"\bworker\s{0,4}\(|\batob\b|\bunescape\b|\bdecodeuri\w{0,10}\s{0,4}\(\s{0,4}[\"'`]|fromcharcode|<i?frame|<script|\bindexeddb\b",
    re.IGNORECASE,
)
"""How a script gets at what does not stand in it."""
_ROWS_OF_LITERALS: Final = re.compile(r"(?:[\[{][^\[\]{}]{5,400}[\]}]\s{0,40},\s{0,40}){2}[\[{]")
_DATED: Final = re.compile(r"(?<!\d)(?:20\d\d-?[01]\d-?[0-3]\d|[0-3]?\d[./][01]?\d[./]20\d\d)(?!\d)")
_LONGEST_SCRIPT: Final = 1 << 18


def tells_nothing(script: str) -> bool:
    """Whether scripts load nothing and hold no rows: whatever they write is decoration. Of a script that is longer than
    256 K characters this is not said."""
    return (
        len(script) <= _LONGEST_SCRIPT
        and not any(one.search(script) for one in (_LOADS_MORE, _ROWS_OF_LITERALS))
        and len(_DATED.findall(script)) < _FEW_ROWS
        and len(_LONG_NUMBER.findall("\n".join(_LITERAL.findall(script)))) < _FEW_ROWS
        and not any(kind_of_name(one) in DATA for one in file_names(script))
    )


_FEW_ROWS: Final = 2


def drawing_sources(markup: PageParts) -> tuple[str, ...]:
    """The scripts that a page loads and that are none of the known libraries: any of them may draw rows."""
    return tuple(dict.fromkeys(src for src in markup.sources if not _LIBRARY.search(src.lower())))


def fetches(markup: PageParts) -> bool:
    """Whether a script that stands in a page asks a server for something."""
    return _FETCHES.search(markup.script) is not None and not _only_reloads(markup.script)


_RELOADS: Final = re.compile(r"\blocation\.reload\s{0,4}\(", re.IGNORECASE)
_IS_TOLD: Final = re.compile(r"\bnew\s{1,4}(?:window\.)?(?:websocket|eventsource)\s{0,4}\(", re.IGNORECASE)
_SHOWS_MORE: Final = re.compile(
    r"\bfetch\b|xmlhttprequest|\baxios\b|\bajax\b|\$\s{0,4}\(|\bimport\b|\beval\b|\bfunction\s{0,4}\(\s{0,4}[\"'`]|atob|"
    r"(?:inner|outer)html|insertadjacent|createelement|createtextnode|textcontent|innertext|\bwriteln?\b|srcdoc|"
    r"template|replacechild|setattribute|\.(?:html|text|prepend|src)\b",
    re.IGNORECASE,
)


def _only_reloads(script: str) -> bool:
    """Whether scripts are told by a server to load the page again, as development servers add them to every page, and
    show nothing of what they are told."""
    told = len(script) <= _LONGEST_SCRIPT and _IS_TOLD.search(script) and _RELOADS.search(script)
    return bool(told) and _SHOWS_MORE.search(script) is None


def asks(markup: PageParts) -> bool:
    """Whether a script that stands in a page asks a server for data, and does not just write."""
    return _ASKS.search(markup.script) is not None


_ASKS: Final = re.compile(
    r"\bfetch\s{0,4}\(|xmlhttprequest|\baxios\b|\$\.(?:get|getjson|post|ajax)\b|new websocket|\beventsource\b",
    re.IGNORECASE,
)


def own_sources(markup: PageParts) -> tuple[str, ...]:
    """The scripts of its own that a page loads, as their addresses are written; none where one of them is built of an
    application's parts."""
    own = drawing_sources(markup)
    return () if any(_BUILT.search(src.lower()) for src in own) else own


def whole_sources(markup: PageParts) -> tuple[str, ...]:
    """The scripts that a page loads by an address with a host, which may be its own; none of a page that says in
    sentences what it is, or asks for something in a form."""
    if speaks(markup) or (markup.form_actions and _FIELDS & set(markup.inputs)):
        return ()
    whole = (src for src in markup.sources if _WHOLE.match(src))
    return tuple(dict.fromkeys(src for src in whole if not _LIBRARY.search(_WHOLE.sub("", src).lower())))


_WHOLE: Final = re.compile(r"(?i)(?:https?:)?//[^/]{0,300}")


def scripted(markup: PageParts) -> tuple[bool, bool]:
    """Whether a page's scripts fetch or write, and whether it loads scripts or frames of its own."""
    own = any(src and not _LIBRARY.search(src) for src in markup.scripts)
    return fetches(markup), own


def speaks(markup: PageParts) -> bool:
    """Whether a page says in sentences what it is: in its text, or in what it tells those who run no scripts.

    A description counts for a page that a script fills only where nothing of it names what could be stored: the page
    of a file browser describes itself, too.
    """
    return _told(markup.text) >= _FEW_WORDS or describes(markup)


def describes(markup: PageParts) -> bool:
    """Whether a page that scripts may fill says in a description what it is, and nothing of it names what is stored."""
    sentence = _told(markup.description) >= _SENTENCE or _told(markup.noscript) >= _FEW_WORDS
    return sentence and not _FETCHES.search(markup.script) and not may_store(markup)


def _told(text: str) -> int:
    """Words of the sentences that do not ask for scripts, or for patience."""
    return sum(
        _words(sentence)
        for sentence in re.split(r"[.!?]", text[: 1 << 16])
        if not any(notice in sentence for notice in _NOTICES)
    )


def may_store(markup: PageParts) -> bool:
    """Whether a page names files, folders, recordings or the like in its title, description, scripts or ids."""
    literals = " ".join(_LITERAL.findall(markup.script[: 1 << 16])).lower()
    said = (markup.title, markup.description, markup.noscript, markup.text[: 1 << 16], literals, *markup.scripts)
    return any(_STORED.search(_A_READER_S.sub(" ", one)) for one in (*said, *markup.ids))


_A_READER_S: Final = re.compile(r"\b(?:your|web|modern|any|another|supported|current|recent) ?browsers?\b")
"""The program that a page is read with, which keeps nothing."""


_REDOC: Final = re.compile(r"<redoc\s[^<>]{0,400}\bspec-url\s{0,8}=", re.IGNORECASE)
"""The element that ReDoc draws itself into (https://redocly.com/docs/redoc/deployment/html)."""


def documents_interface(markup: PageParts, text: str) -> bool:
    """Whether a page is the shell of Swagger UI, ReDoc or GraphiQL: these draw what an interface offers, no folder."""
    rooted = bool(markup.ids & _DOCUMENTATION) or _REDOC.search(text) is not None
    return rooted and any(_DOCUMENTATION_SCRIPT.search(src) for src in markup.scripts)


def no_text(body: bytes, text: str) -> str:
    """Why bytes are nothing that a reader could read, in our own words; empty for a text with at least one word."""
    if not body.strip():
        return "an empty body"
    head = text[:4096]
    if len(_CONTROL.findall(head)) * 20 > len(head):
        return "binary bytes"
    return "" if _WORD.search(text[: 1 << 18]) else "a body without a word"


def untold_data(text: str) -> str:
    """Why JSON, XML or lines of text could hold names of files and are not understood; empty where they hold none.

    A flat object of a few values (`{"status": "ok"}`) and sentences hold no list. Total, linear time.
    """
    start = text.lstrip("\ufeff \t\r\n")[:64]
    if start[:1] in ("{", "["):
        return "" if _small_answer(text) or tells_health(text) else "JSON of unknown meaning"
    if start[:1] == "<":
        root = _ROOT.match(text.lstrip("\ufeff \t\r\n")[:8192])
        return "XML of unknown meaning" if root and root[1].lower() not in HTML_ELEMENTS else ""
    lines = [line for line in text[: 1 << 16].splitlines() if line.strip()]
    named = sum(_FILE_NAME.search(line) is not None for line in lines)
    return "lines of text that hold names of files" if named >= 2 and named * 3 >= len(lines) else ""


_STYLED: Final = re.compile(r"\s*(?:<\?xml\s[^<>]{0,200}\?>)?\s{0,80}<\?xml-stylesheet\s")
_ELEMENT: Final = re.compile(r"<([A-Za-z_][\w.:-]{0,60})")


def styled_without_rows(text: str) -> bool:
    """Whether XML is a page that a style sheet draws (W3C, Associating Style Sheets with XML) and holds no rows: none
    of its elements that are not HTML's is there twice, and it names no file."""
    if _STYLED.match(text) is None or len(text) > 1 << 16:
        return False
    own = [name for name in map(str.lower, _ELEMENT.findall(text)) if name not in HTML_ELEMENTS]
    return len(own) == len(set(own)) and not any(kind_of_name(one) in DATA for one in file_names(text))


def _small_answer(text: str) -> bool:
    if len(text) > 4096:
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if value in ({}, []):
        return False  # an empty list of a folder may look so
    if not isinstance(value, dict):
        return False
    pairs = _pairs(value)
    return (
        pairs is not None
        and 0 < len(pairs) <= _MOST_SCALARS
        and not any(_FILE_NAME.fullmatch(one) or _PATH.search(one) for pair in pairs for one in pair)
        and (len(pairs) == len(value) or not any(_LISTED.fullmatch(key.lower()) for key, _ in pairs))
    )


def _pairs(value: dict[str, object], deep: int = 0) -> list[tuple[str, str]] | None:
    """The names and scalars of an object and of those in it; None where a list stands in it that is not of errors."""
    pairs: list[tuple[str, str]] = []
    for key, one in value.items():
        inner = one if isinstance(one, list) and key.lower() in _COMPLAINTS else [one]
        for each in inner:
            if isinstance(each, dict):
                below = _pairs(each, deep + 1) if each and deep < _DEEPEST else None
                if below is None:
                    return None
                # The name of an object may be that of a file.
                pairs += [(key, ""), *below]
            elif isinstance(each, list):
                return None
            else:
                pairs.append((key, str(each)))
    return pairs


def _words(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text[: 1 << 16]))
