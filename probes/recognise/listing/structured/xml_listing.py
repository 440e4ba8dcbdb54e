"""Listings as XML: WebDAV's 207, nginx's list, and the buckets' dialects; hostile XML is read without any expansion."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import replace

from probes.recognise.buckets.bucket_xml import read_azure, read_s3
from probes.recognise.listing.doubts.partial import CUT
from probes.recognise.listing.fields import dates, sizes
from probes.recognise.listing.fields.links import Target, quoted, segments, to_text
from probes.recognise.listing.html.page import Page, decode, shown
from probes.recognise.listing.model import Entry, Kind, Listing, NoListing
from probes.recognise.listing.structured.bucket_names import read_bucket_list
from probes.recognise.listing.structured.records import best_listing
from probes.recognise.listing.structured.xml_tree import Node, local, parse
from probes.recognise.pages.evidence import HTML_ELEMENTS

_ROOT = re.compile(
    r"^\s*(?:<\?xml[^>]{0,300}\?>\s*)?"
    r"(?:<\?[^>]{0,300}\?>\s*|<!--[^>]{0,2000}-->\s*|<!DOCTYPE[^\[>]{0,300}(?:\[[^\]]{0,4000}\]\s*)?>\s*)*<((?:[\w.-]+:)?[\w.-]+)"
)


def read_xml(page: Page) -> Listing | NoListing | None:
    """The listing that an XML body is, why a known dialect holds none, or None for any other body."""
    root = _ROOT.match(page.text[:8192])
    if root is None:
        return None
    name = local(root[1])
    reader = _READERS.get(name)
    if reader is not None:
        return reader(page)
    html_like = name.lower() in HTML_ELEMENTS and not (page.start.startswith("<?xml") and name in _ALSO_XML)
    return None if html_like or name.lower() in _OTHERS else _any(page)


def _multistatus(page: Page) -> Listing | NoListing:
    if page.status not in (200, 207):
        return NoListing("a multi-status body under a status of its own")
    node, whole = parse(page.body)
    if not whole:
        # Names in another charset than it says, and a bare `&` in a name: written as their server meant them.
        mended = _UNWRITTEN.sub(_escaped, _BARE.sub(_entity, page.text)).encode("utf-8", "replace")
        again, whole = parse(mended) if mended != page.body else (None, False)
        node = again or node
    if node is None or "DAV:" not in page.text[:4096]:
        return NoListing("no multi-status in WebDAV's name space")
    found: dict[str, Entry] = {}
    foreign = rows = 0
    responses = [child for child in node.children if child.name == "response"]
    if not whole and responses:
        responses = responses[:-1]
    hrefs = [response.said("href") for response in responses]
    # Servers behind a proxy write their own inner name; what is listed is this server's (RFC 4918 section 8.3).
    hrefs = ["/" + href.partition("://")[2].partition("/")[2] if "://" in href[:8] else href for href in hrefs]
    for response, href in zip(responses, _with_prefix(page, hrefs), strict=True):
        target = page.place.resolve(href)
        if not isinstance(target, Target) or target.parent != page.place.own:
            # Some servers take no notice of `Depth: 1`, and answer with the whole tree below the folder.
            foreign += segments(href)[: len(page.place.own)] != page.place.own
            if isinstance(target, Target) and (above := _implied(page, target)) is not None:
                found.setdefault(above.path, above)
            continue
        rows += 1
        props = _props(response)
        folder = (
            any(one.name == "collection" for one in props["resourcetype"].children)
            if "resourcetype" in props
            else False
        )
        folder = folder or target.slash
        length = props["getcontentlength"].text if "getcontentlength" in props else ""
        changed = dates.read_date(props["getlastmodified"].text) if "getlastmodified" in props else None
        found[target.path] = Entry(
            target.name,
            target.path,
            Kind.DIRECTORY if folder else Kind.FILE,
            None if folder else sizes.exact(length),
            changed,
        )
    if (whole and not responses) or foreign > rows + 1:
        return NoListing("the responses are not of the path asked for or below it")
    said = ("a WebDAV multi-status answer", f"{rows} responses are direct children of the path asked for")
    return Listing("webdav", tuple(found.values()), "" if whole and page.whole else CUT, said)


_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)([A-Za-z][A-Za-z0-9]{0,30};)?")
_UNWRITTEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|"
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9A-Fa-f]));"
)
"""Characters that XML cannot hold, however they are written (XML 1.0, 2.2)."""


def _entity(found: re.Match[str]) -> str:
    """What a server meant by an `&` that XML does not know: an entity of HTML (`&nbsp;`), or the sign itself."""
    meant = html.unescape(found[0])
    return "&amp;" + found[0][1:] if meant == found[0] or meant in "<>" else meant


def _escaped(found: re.Match[str]) -> str:
    """A character that XML cannot hold as addresses write it: in an address it stays the character."""
    said = found[0][2:-1]
    number = int(said[1:], 16) if said[:1] in {"x", "X"} else int(said or ord(found[0]))
    return quoted(chr(number))


def _implied(page: Page, target: Target) -> Entry | None:
    """The folder of this one through which the path of a member further down leads; None for what is not below."""
    home = page.place.path.rstrip("/") + "/"
    first, further, _ = target.path.removeprefix(home).partition("/")
    if not target.path.startswith(home) or not first or not further or len(target.parent) <= len(page.place.own):
        return None
    return Entry(to_text(target.parent[len(page.place.own)]), f"{home}{first}/", Kind.DIRECTORY)


def _with_prefix(page: Page, hrefs: list[str]) -> list[str]:
    """The hrefs as they are asked for from outside. A proxy may take the beginning of a path away before it asks the
    server behind it: then an answer about `/rec/` speaks of `/`, itself and its members."""
    own, parts = page.place.own, [segments(href) for href in hrefs]
    if sum(one[: len(own)] == own for one in parts) * 2 > len(parts):
        return hrefs
    first = min(parts, key=len, default=own)
    if any(one[: len(first)] != first for one in parts):
        above = Counter(one[:-1] for one in parts if one).most_common(1)
        first = above[0][0] if above else own
    if first == own or first not in parts or (first and own[-len(first) :] != first):
        return hrefs
    home = page.place.path.rstrip("/") + "/"
    return [
        home + _last(href, len(one) - len(first)) if one[: len(first)] == first else href
        for href, one in zip(hrefs, parts, strict=True)
    ]


def _last(href: str, steps: int) -> str:
    """The last steps of a path in its own spelling."""
    kept = href.rstrip("/").split("/")
    return "/".join(kept[len(kept) - steps :]) + "/" * (href.endswith("/") and steps > 0)


def _props(response: Node) -> dict[str, Node]:
    """The properties that a response has: those under a propstat whose status is not 200 are the ones it lacks."""
    found: dict[str, Node] = {}
    for propstat in response.children:
        if propstat.name == "propstat" and (" 200" in propstat.said("status") or not propstat.said("status")):
            for prop in propstat.children:
                if prop.name == "prop":
                    for one in prop.children:
                        found.setdefault(one.name, one)
    return found


_ITEM = re.compile(
    rb'<(directory|file|other)\s+mtime="([^"<>]{0,40})"(?:\s+size="(\d{1,20})")?\s*>([^<]{0,16384})</\1>'
)


def _nginx(page: Page) -> Listing | NoListing | None:
    """nginx's XML by its fixed bytes: names with control characters or in Latin-1 make it ill-formed for any parser."""
    body = page.body
    rows = _ITEM.findall(body)
    opened = body.count(b"<directory ") + body.count(b"<file ") + body.count(b"<other ")
    if not rows:
        if re.search(rb"<list>\s*</list>\s*$", body) and page.server.startswith(
            ("nginx", "openresty", "tengine", "angie")
        ):
            return Listing("nginx", (), "", ("an empty <list>, as nginx writes it",))
        return None
    found = []
    for kind, mtime, size, raw in rows:
        name = html.unescape(decode(raw))
        path = page.place.path if page.place.path.endswith("/") else page.place.path + "/"
        folder = kind == b"directory"
        found.append(
            Entry(
                shown(name),
                path + quoted(name) + ("/" if folder else ""),
                Kind.DIRECTORY if folder else Kind.FILE,
                None if folder else sizes.exact(size.decode()),
                dates.read_date(mtime.decode("ascii", "replace")),
            )
        )
    whole = page.whole and opened == len(rows) and b"</list>" in body[-64:]
    said = ("a <list> of directories and files with mtime, as nginx writes it", f"{len(rows)} rows of name and date")
    return Listing("nginx", tuple(found), "" if whole else CUT, said)


_OTHERS = frozenset(
    """urlset sitemapindex rss feed opml rdf error svg project plist kml gpx manifest assembly configuration metadata
    repomd wsdl definitions schema stylesheet package worksheet workbook document envelope crossdomain-policy
    cross-domain-policy oembed enumerationresults listallmybucketsresult""".split()  # noqa: SIM905
)
"""Roots of XML that is something else, whatever its rows look like."""
_ALSO_XML = frozenset({"dir", "menu", "base", "link", "object", "source"})
"""Names of HTML elements that are roots of other XML, after its declaration."""
_MOST_NODES = 400_000


def _any(page: Page) -> Listing | NoListing:
    """XML of any making whose elements are files and folders by what they say of themselves."""
    node, whole = parse(page.body)
    if node is None:
        return NoListing("the body begins like XML and is none")
    budget = [_MOST_NODES]
    value = _value(node, budget)
    if node.name == "Connector" and node.first("CurrentFolder") is not None:
        _in_kilobytes(value)
    found = best_listing(page, [value], "xml", "XML whose elements are files and folders by their fields")
    if found is None:
        return NoListing("XML, but not of a known dialect of directory listings")
    return replace(found, partial=found.partial or ("" if whole and page.whole else CUT))


def _container(page: Page) -> Listing | NoListing:
    """A container of OpenStack's object store (`format=xml`): objects, and `subdir` for what several share."""
    root, whole = parse(page.body)
    if root is None or not any(one.name == "subdir" or one.said("hash") for one in root.children):
        return _any(page)
    rows: list[object] = [
        {"name": one.attributes.get("name") or one.said("name"), "type": "directory"}
        if one.name == "subdir"
        else {"name": one.said("name"), "type": "file", "size": one.said("bytes"), "date": one.said("last_modified")}
        for one in root.children
        if one.name in {"subdir", "object"}
    ]
    found = best_listing(page, [rows], "xml", "objects of a container, as OpenStack's object store writes them")
    if found is None:
        return NoListing("a container without names of objects")
    return replace(found, partial=found.partial or ("" if whole and page.whole else CUT))


def _in_kilobytes(value: object) -> None:
    """Says the unit of sizes as the connectors of FCKeditor and CKFinder mean them."""
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    for one in inside:
        _in_kilobytes(one)
    if isinstance(value, dict) and isinstance(size := value.get("size"), str) and size.isdigit():
        value["size"] = f"{size} KB"


def _value(node: Node, budget: list[int]) -> object:
    """An element as JSON would have it: its attributes, its children by name, or its text alone."""
    budget[0] -= 1
    said: dict[str, object] = dict(node.attributes)
    several: dict[str, list[object]] = {}
    for child in node.children:
        if budget[0] > 0:
            several.setdefault(child.name, []).append(_value(child, budget))
    for name, values in several.items():
        # What has fields of its own is a row, even where it is the only one of its name.
        said[name] = values if len(values) > 1 or isinstance(values[0], dict) else values[0]
    text = node.text.strip()
    if not said:
        return text
    if text:
        said.setdefault("text", text)
    return said


def _svn(page: Page) -> Listing | NoListing:
    """Subversion's index for a style sheet (`SVNIndexXSLT`): dir and file elements below an index, with their hrefs."""
    root, whole = parse(page.body)
    index = root.first("index") if root else None
    if index is None:
        return NoListing("a root named svn without an index")
    found: dict[str, Entry] = {}
    for node in index.children:
        target = page.place.resolve(node.attributes.get("href", ""), node.attributes.get("name", ""))
        if node.name in {"dir", "file"} and isinstance(target, Target):
            kind = Kind.DIRECTORY if node.name == "dir" else Kind.FILE
            found[target.path] = Entry(target.name, target.path, kind)
    said = ("an index of dir and file elements, as mod_dav_svn writes it for a style sheet", f"{len(found)} entries")
    return Listing("subversion", tuple(found.values()), "" if whole and page.whole else CUT, said)


def _buckets(page: Page) -> Listing | NoListing:
    return read_bucket_list(page) or NoListing("no list of buckets")


def _enumeration(page: Page) -> Listing | NoListing:
    return read_bucket_list(page) or read_azure(page)


_READERS = {
    "container": _container,
    "svn": _svn,
    "multistatus": _multistatus,
    "list": _nginx,
    "ListBucketResult": read_s3,
    "ListAllMyBucketsResult": _buckets,
    "EnumerationResults": _enumeration,
}
