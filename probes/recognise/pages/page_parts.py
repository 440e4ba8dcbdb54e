"""The few things of an HTML page that tell what it is for: title, forms, refreshes, scripts and visible text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Final

# `[^<>]` and not `[^>]`: an unclosed tag must not make every later `<` scan to the end.
_TAG: Final = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})((?:[^<>\"']|\"[^\"<>]{0,4096}\"|'[^'<>]{0,4096}'){0,4096})>?"
)
_ATTRIBUTE: Final = re.compile(
    r"([a-zA-Z_:][-\w:.]{0,60})\s{0,8}(?:=\s{0,8}(?:\"([^\"]{0,4096})\"|'([^']{0,4096})'|([^\s\"'>]{1,4096})))?"
)
_REFRESH: Final = re.compile(
    r"\A\s{0,8}\d{0,8}\.?\d{0,8}\s{0,8}[;,]\s{0,8}(?:url\s{0,8}=\s{0,8})?['\"]?([^'\"]{1,2048})", re.IGNORECASE
)
_PAGE: Final = re.compile(r"(?i)(?:/|\.(?:x?html?|php|aspx?|cgi))\Z")
"""What an object or an embedded element shows if it is a page."""
_SPACE: Final = re.compile(r"\s+")
_TOLD_BARE: Final = frozenset({"input", "textarea", "select", "form", "script", "frame", "iframe"})
"""Elements that tell something without an attribute."""
_HIDDEN_UNTIL: Final = ("script", "style", "template", "noscript")
_LONGEST_PAGE: Final = 1 << 18


@dataclass(slots=True)
class PageParts:
    """What was read of a page, in lower case; `text` is what a reader sees, `script` what is written inside scripts."""

    title: str = ""
    description: str = ""
    heading: str = ""
    text: str = ""
    noscript: str = ""
    """What a reader without scripts sees besides."""
    script: str = ""
    tags: int = 0
    links: int = 0
    frames: list[str] = field(default_factory=list)
    """What frames show, in its own case."""
    inputs: list[str] = field(default_factory=list)
    input_names: set[str] = field(default_factory=set)
    form_actions: list[str] = field(default_factory=list)
    refreshes: list[str] = field(default_factory=list)
    """Where the page refreshes to, in its own case: paths differ by it."""
    scripts: list[str] = field(default_factory=list)
    """The `src` of every script, frame and embedded page; empty for a script written in the page."""
    sources: list[str] = field(default_factory=list)
    """The `src` of every script that is loaded, in its own case."""
    ids: set[str] = field(default_factory=set)


def read_page(text: str) -> PageParts:
    """What the page tells of itself, in one pass over at most 256 K characters. Any text is read, errors or none."""
    text = text[:_LONGEST_PAGE]
    markup = PageParts()
    seen: list[str] = []
    scripts: list[str] = []
    lowered = text.lower()
    # `lower` may lengthen a text (İ), and then positions in the two differ.
    if len(lowered) != len(text):
        lowered = text = lowered
    position = 0
    closed_from: dict[str, int] = {}
    while (start := text.find("<", position)) >= 0:
        seen.append(text[position:start])
        if text.startswith("<!--", start):
            end = text.find("-->", start + 4)
            position = end + 3 if end >= 0 else len(text)
            continue
        match = _TAG.match(text, start)
        if match is None:
            position = start + 1
            continue
        position = max(match.end(), start + 1)
        name = match[2].lower()
        markup.tags += 1
        seen.append(" ")
        if match[1]:
            continue
        if match[3] or name in _TOLD_BARE:
            _read_tag(markup, name, match[3])
        if name in _HIDDEN_UNTIL or name in ("title", "h1"):
            if closed_from.get(name, 0) < 0:
                continue
            end = closed_from[name] = lowered.find(f"</{name}", position)
            if end < 0:
                # Never closed. A browser would swallow the rest of a script; the rest is read on as text here.
                continue
            inside = text[position:end]
            if name == "script":
                scripts.append(inside)
            elif name == "noscript":
                markup.noscript = f"{markup.noscript} {_plain(inside)}".strip()
            elif name == "title":
                markup.title = markup.title or _plain(inside)
            elif name == "h1":
                markup.heading = markup.heading or _plain(inside)
                seen.append(_plain(inside))
            position = end
    seen.append(text[position:])
    markup.text = _plain("".join(seen))
    markup.script = "\n".join(scripts)
    return markup


def refreshed_to(said: str) -> str:
    """Where a refresh leads, as an element or a header says it (`0; url=/rec/`); empty where it only loads again."""
    found = _REFRESH.match(said)
    return found[1].strip() if found else ""


def _plain(text: str) -> str:
    text = re.sub(r"<[^<>]{0,4096}>", " ", text)
    return _SPACE.sub(" ", unescape(text)).strip().lower()


def _read_tag(markup: PageParts, name: str, inside: str) -> None:
    written: dict[str, str] = {}
    for key, quoted, single, bare in _ATTRIBUTE.findall(inside):
        written.setdefault(key.lower(), unescape(quoted or single or bare))
    attributes = {key: value.lower() for key, value in written.items()}
    if found := attributes.get("id"):
        markup.ids.add(found)
    match name:
        case "a":
            markup.links += "href" in attributes
        case "input":
            markup.inputs.append(attributes.get("type", ""))
            markup.input_names.add(attributes.get("name", ""))
        case "textarea" | "select":
            markup.inputs.append(name)
        case "form":
            markup.form_actions.append(attributes.get("action", ""))
        case "script":
            markup.scripts.append(attributes.get("src", ""))
            markup.sources += [src.strip()] if (src := written.get("src", "")).strip() else []
        case "frame" | "iframe":
            markup.frames.append(written.get("src", "").strip())
            markup.scripts.append(attributes.get("src", ""))
        case "object" | "embed":
            shows = written.get("data") or written.get("src", "")
            if _PAGE.search(shows):
                markup.frames.append(shows.strip())
                markup.scripts.append(shows.lower())
        case "meta" if attributes.get("http-equiv") == "refresh":
            if where := refreshed_to(written.get("content", "")):
                markup.refreshes.append(where)
        case "meta" if "description" in (attributes.get("name"), attributes.get("property", "").removeprefix("og:")):
            markup.description = markup.description or _SPACE.sub(" ", attributes.get("content", ""))
        case _:
            pass
