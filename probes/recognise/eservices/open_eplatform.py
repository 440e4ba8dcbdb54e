"""Reads the catalogue of Open ePlatform (Open E, OpenHierarchy), which Nordic municipalities use: page, JSON or XML.

The page marks a service that asks for a login with an icon (`icon-person`, in version 1.0 a title text), and one that
leads to another site with another (`icon-launch`). Older installations write ISO-8859-1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from probes.recognise.eservices.catalogue import Catalogue, Service
from probes.recognise.listing.html.markup import Token, squeeze, tokens
from probes.recognise.listing.structured.xml_tree import Node, parse
from probes.recognise.pages.plain import plain_body

MOST: Final = 20_000
"""Services that are read of one catalogue."""
_LONGEST_NAME: Final = 300
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,30})""", re.IGNORECASE)
_ID: Final = re.compile(r"[0-9]{1,12}")
_NAMED: Final = re.compile(r"/overview/([0-9]{1,12})(?![0-9])")
_LOGIN_ICONS: Final = frozenset({"icon-person", "icon-lock"})
_EXTERNAL_ICON: Final = "icon-launch"
_LOGIN_WORDS: Final = ("kräver inloggning", "med e-legitimation", "requires login", "login required")
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "a"})


def text_of(body: bytes, content_type: str = "") -> str:
    """The text of an answer in the charset that its header or its page names; else UTF-8, else ISO-8859-1."""
    body = plain_body(body)
    said = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(body[:2048])
    named = said[1].decode("ascii") if said is not None else ""
    for codec in filter(None, (named, "utf-8")):
        try:
            return body.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("iso-8859-1")


def read_page(body: bytes, content_type: str = "") -> Catalogue | None:
    """The services of a portal's page, one for each row with `data-flowid`; None for a page without any. Linear."""
    found: dict[str, Service] = {}
    for id_, row in _rows(tokens(text_of(body, content_type))):
        if len(found) >= MOST:
            return Catalogue(tuple(found.values()), f"more than {MOST} services")
        service = _of_row(id_, row)
        known = found.get(service.id)
        # A popular service stands twice, and only one of its rows may carry the icon.
        if known is None or (service.login and not known.login):
            found[service.id] = service
    return Catalogue(tuple(found.values())) if found else None


def _rows(page: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """Each row with the tokens up to the next one."""
    id_ = ""
    row: list[Token] = []
    for token in page:
        flow = token.attributes.get("data-flowid", "") if token.name == "li" and not token.closing else ""
        if flow or (token.name in ("ul", "ol", "section", "main") and token.closing):
            if id_:
                yield id_, row
            id_, row = flow if _ID.fullmatch(flow) else "", []
        elif id_:
            row.append(token)
    if id_:
        yield id_, row


def _of_row(flow: str, row: list[Token]) -> Service:
    name, family, within = "", "", ""
    login = external = False
    for token in row:
        if not token.name:
            if within and not name:
                name = squeeze(token.text)[:_LONGEST_NAME]
            continue
        if token.closing:
            within = "" if token.name == within else within
            continue
        if token.name in _HEADINGS:
            within = token.name
        found = token.attributes
        classes = set(found.get("class", "").lower().split())
        title = found.get("title", "").lower()
        login = login or bool(classes & _LOGIN_ICONS) or any(word in title for word in _LOGIN_WORDS)
        external = external or _EXTERNAL_ICON in classes
        named = _NAMED.search(found.get("href", ""))
        family = family or (named[1] if named else "")
    return Service(family or flow, name, None if external else login, external)


def read_data(body: bytes, content_type: str = "") -> Catalogue | None:
    """The services of `/api/v1/getflows/json` or `/xml`; None for anything else. Raises nothing."""
    text = text_of(body, content_type).lstrip("\ufeff \t\r\n")
    rows = _of_json(text) if text[:1] in ("{", "[") else _of_xml(text)
    if rows is None:
        return None
    services: dict[str, Service] = {}
    for row in rows:
        service = _of_record(row)
        if service is not None and len(services) < MOST:
            services.setdefault(service.id, service)
    return Catalogue(tuple(services.values())) if services else None


def _of_json(text: str) -> list[dict[str, Any]] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value = next((found for key in ("Flows", "flows", "Flow") if isinstance(found := value.get(key), list)), None)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else None


def _of_xml(text: str) -> list[dict[str, Any]] | None:
    # The declaration names the charset of the bytes, and this is text already.
    root, _ = parse(re.sub(r"\A<\?xml[^>]*\?>", "", text[:200]).encode() + text[200:].encode())
    if root is None:
        return None
    return [{child.name: child.text for child in flow.children} for flow in _flows(root)]


def _flows(root: Node) -> Iterable[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.name == "Flow":
            yield node
        else:
            waiting += reversed(node.children)


def _of_record(row: dict[str, Any]) -> Service | None:
    family = next((row[key] for key in ("FlowFamilyID", "flowFamilyID", "ID", "id") if row.get(key) is not None), None)
    name = row.get("Name", row.get("name"))
    if not isinstance(family, str | int) or not isinstance(name, str) or not _ID.fullmatch(str(family).strip()):
        return None
    external = bool(row.get("ExternalLink") or row.get("externalLink"))
    asks = next((row[key] for key in _LOGIN_KEYS if key in row), None)
    login = None if asks is None or external else str(asks).strip().lower() == "true"
    return Service(str(family).strip(), squeeze(name)[:_LONGEST_NAME], login, external)


_LOGIN_KEYS: Final = tuple(f"{r}equire{s}Authentication" for r in "Rr" for s in ("", "s"))
