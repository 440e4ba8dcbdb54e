"""Addresses that a page or an interface goes on to: what a script loads or makes of texts that stand in it, the folders
that it writes before names of files (`"rec/" + name`), what the root of an interface and a playlist lead to."""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from probes.recognise.media.kinds import NO_DATA, PLAYED, kind_of_name

_LONGEST: Final = 1 << 18
_MOST_TERMS: Final = 8
_CALL: Final = re.compile(
    r"(?:\.get\s{0,4}\(\s{0,4}(?=[\"'`](?:\.{0,2}/)?(?:api|rest|v\d{1,2})/)|(?:\bfetch|\baxios(?:\.get)?|(?:\$|\bjQuery)\.(?:get|getJSON)|\bnew\s{1,4}EventSource|\.load)\s{0,8}\(\s{0,8})|"
    r"\.open\s{0,8}\(\s{0,8}[\"'](?:GET|get)[\"']\s{0,8},\s{0,8}|\$\.ajax\s{0,8}\(\s{0,8}\{[^{}]{0,200}?\burl\s{0,8}:\s{0,8}"
)
"""Where a script names what it asks for."""
_TERM: Final = re.compile(
    r"\s{0,8}(?:\"([^\"\\\n]{0,300})\"|'([^'\\\n]{0,300})'|`([^`\\]{0,300})`|([A-Za-z_$][\w$.]{0,60}))\s{0,8}(\+(?!\+)|(?=[,);}]))"
)
_CONSTANT: Final = re.compile(
    r"\b(?:const|let|var)\s{1,8}([A-Za-z_$][\w$]{0,60})\s{0,8}=\s{0,8}(?:\"([^\"\\\n]{0,300})\"|'([^'\\\n]{0,300})'|`([^`$\\]{0,300})`)"
)
_WITHIN: Final = re.compile(r"\$\{\s{0,4}([A-Za-z_$][\w$.]{0,60})\s{0,4}\}")
_OTHER_VERB: Final = re.compile(r"[^;]{0,200}?\b(?:method|type)\s{0,8}:\s{0,8}[\"'`](?!get\b)", re.IGNORECASE)
_HERE: Final = {"location.origin": "", "window.location.origin": "", "document.location.origin": ""}


_STORE: Final = re.compile(
    rb"(?i)https?://((?:[a-z0-9][a-z0-9.-]{0,200}\.(?:amazonaws\.com(?:\.cn)?|blob\.core\.windows\.net|digitaloceanspaces\.com|"
    rb"backblazeb2\.com|wasabisys\.com|r2\.dev|r2\.cloudflarestorage\.com|aliyuncs\.com|myqcloud\.com|scw\.cloud|"
    rb"linodeobjects\.com|your-objectstorage\.com|cloud\.ovh\.net|storage\.googleapis\.com))|s3\.amazonaws\.com|"
    rb"storage\.googleapis\.com)(?![a-z0-9.-])"
)
"""Hosts of public stores of objects, as a script names them."""
_LISTS: Final = re.compile(
    rb"list-type=2|comp=list\b|\blistObjects|ListBucketResult|EnumerationResults|\bBUCKET(?:_URL|_NAME|_WEBSITE_URL)?\b|"
    rb"[?&](?:prefix|delimiter|max-keys)=|\bs3exp_config\b|/storage/v1/b/"
)
"""That a script lists a bucket, and does not just load a file of it."""
_BUCKET: Final = re.compile(
    rb"\b[Bb]ucket(?:Name)?[\"']?\s{0,4}[:=]\s{0,4}[\"']([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])[\"']"
)
_REGION: Final = re.compile(rb"\b[Rr]egion[\"']?\s{0,4}[:=]\s{0,4}[\"']([a-z]{2}(?:-[a-z]{2,12}){1,2}-\d)[\"']")


def listed_bucket(body: bytes) -> str:
    """The host of the bucket whose list a page's own script draws, by the address or the settings that stand in it;
    empty where there is none. Total, linear time."""
    for script in _scripts(body[:_LONGEST]):
        if not _LISTS.search(script):
            continue
        if store := _STORE.search(script):
            return store[1].decode("ascii").lower()
        bucket, region = _BUCKET.search(script), _REGION.search(script)
        if bucket and b"listObjects" in script:
            place = f".{region[1].decode('ascii')}" if region else ""
            return f"{bucket[1].decode('ascii')}.s3{place}.amazonaws.com"
    return ""


def _scripts(body: bytes) -> Iterator[bytes]:
    low, at = body.lower(), 0
    while (start := low.find(b"<script", at)) >= 0:
        end = low.find(b"</script", start)
        yield body[start : end if end >= 0 else len(body)]
        at = end if end >= 0 else len(body)


def loaded_addresses(script: str) -> tuple[str, ...]:
    """The addresses that a script asks for by GET, in its order: of an address that is put together of anything but
    texts which stand in the script, nothing is said. Total, linear time."""
    script = script[:_LONGEST]
    known = dict(_HERE)
    for name, *texts in _CONSTANT.findall(script):
        known.setdefault(name, "".join(texts))
    found: list[str] = []
    for call in _CALL.finditer(script):
        address, end = _address(script, call.end(), known)
        # What ends in `=` goes on with something that is not seen.
        if address and address[-1] != "=" and not _OTHER_VERB.match(script, end):
            found.append(address)
    bases = set(_BASE_URL.findall(script))
    if len(bases) == 1:
        # A client that is made for one base counts what it is asked for from there (axios: `baseURL`).
        base = bases.pop().rstrip("/")
        found += [f"{base}/{one.lstrip('/')}" for one in _OF_CLIENT.findall(script) if not one.startswith(base)]
    return tuple(dict.fromkeys(found))


_BASE_URL: Final = re.compile(r"\bbaseURL[\"']?\s{0,4}[:=]\s{0,4}[\"'`](/[\w./-]{1,100})[\"'`]")
_OF_CLIENT: Final = re.compile(r"\.get\s{0,4}\(\s{0,4}[\"'`](/?[\w./-]{1,200}(?:\?[\w=&.%-]{0,100})?)[\"'`]\s{0,4}[,)]")


def _address(script: str, at: int, known: dict[str, str]) -> tuple[str, int]:
    """The text that an expression comes to, and where it ends; empty where it is more than texts."""
    whole = ""
    for _ in range(_MOST_TERMS):
        term = _TERM.match(script, at)
        if term is None:
            return "", at
        at = term.end()
        double, single, template, name, more = term.groups()
        if name is not None and name not in known:
            return "", at
        text = known[name] if name is not None else double or single or template or ""
        if template:
            if any(one not in known for one in _WITHIN.findall(text)):
                return "", at
            text = _WITHIN.sub(lambda found: known[found[1]], text)
            if "${" in text:
                return "", at
        whole += text
        if not more:
            return whole, at
    return "", at


_MOST_COLLECTIONS: Final = 200
_LINK: Final = re.compile(r"(?:https?://[^\s{}\"'<>]{1,500}|/[^\s{}\"'<>]{1,500})\Z")
_ENTITY_SET: Final = re.compile(r"[A-Za-z_][\w.]{0,127}\Z")
_OF_SETS: Final = frozenset({"EntitySet", "Singleton", "FunctionImport", None})


def collections_of(text: str) -> tuple[str, ...]:
    """The addresses of the collections that a root of an interface links to, and nothing else stands in it: names with
    addresses (Django REST framework), a service document (OData 4.01 JSON, section 5), links alone (HAL, section 4.1).
    Empty for anything else."""
    if len(text) > _LONGEST or text.lstrip()[:1] != "{":
        return ()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(value, dict) or not 0 < len(value) <= _MOST_COLLECTIONS:
        return ()
    if set(value) <= {"@odata.context", "@odata.metadataEtag", "value"} and "@odata.context" in value:
        return _entity_sets(value.get("value"))
    if set(value) == {"_links"} and isinstance(value["_links"], dict):
        links = {name: one for name, one in value["_links"].items() if name not in ("self", "curies", "profile")}
        value = {name: one.get("href") if isinstance(one, dict) else None for name, one in links.items()}
    found = [one.partition("{")[0] if isinstance(one, str) else "" for one in value.values()]
    plain = all(_LINK.match(one) and "." not in one.rpartition("/")[2] for one in found)
    return tuple(found) if found and plain and not any("." in name for name in value) else ()


def _entity_sets(rows: object) -> tuple[str, ...]:
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        return ()
    plain = [one for one in rows if set(one) <= {"name", "kind", "url", "title"} and one.get("kind") in _OF_SETS]
    urls = [one["url"] for one in plain if isinstance(one.get("url"), str) and _ENTITY_SET.match(one["url"])]
    return tuple(urls) if len(urls) == len(rows) else ()


_MADE: Final = re.compile(
    r"(?:[\"'`=]|\\[\"'])((?:\.{0,2}/)?[\w.-][\w./-]{0,120}/|/|(?:\.{0,2}/)?[\w./-]{1,120}\?(?:[\w.-]{1,40}=[\w.-]{0,40}&){0,4}[\w.-]{1,40}=)"
    r"(?:[\"'`]\s{0,4}\+\s{0,4}[\w$.]{1,60}(?:\[\w{1,20}\])?|\$\{[\w$.]{1,60}\})"
    r"(?:\s{0,4}\+\s{0,4}[\"'`])?(\.[A-Za-z][A-Za-z0-9]{1,4}\b)?"
)
"""An address that a script puts together of a folder or a query, an id, and an ending or none."""
_PLAYS: Final = re.compile(r"(?i)play|listen|lyssna|audio|sound|rec|voice|download|stream|media|spela")
_AN_ID: Final = re.compile(r"[\"'`](?=[\w.-]{0,40}\d[\w.-]{0,20}\d)([A-Za-z0-9][\w.-]{2,79})[\"'`]")
_DIGIT: Final = re.compile(r"\d+")
_FEW_MADE: Final = 3


def made_addresses(script: str) -> tuple[str, ...]:
    """The addresses of recordings that a script makes of ids which stand in it (`"/rec/" + id + ".wav"`): of the first
    way that it makes them, for the first, the last and one between. Total, linear time."""
    script = script[:_LONGEST]
    alike: dict[str, list[str]] = defaultdict(list)
    for found in _AN_ID.finditer(script):
        if kind_of_name(found[1]) in NO_DATA:
            alike[_DIGIT.sub("0", found[1])].append(found[1])
    most: list[str] = max(alike.values(), key=len, default=[])
    ids = list(dict.fromkeys(most))
    if len(ids) < 2:
        return ()
    for way in _MADE.finditer(script):
        before, ending = way[1], way[2] or ""
        known = kind_of_name(f"a{ending}") in PLAYED if ending else _PLAYS.search(before) is not None
        if known and not before.startswith("//"):
            some = dict.fromkeys((ids[0], ids[-1], ids[len(ids) // 2]))
            return tuple(f"{before}{one}{ending}" for one in some)[:_FEW_MADE]
    return ()


def variants_of(text: str) -> tuple[str, ...]:
    """The playlists of one stream in several qualities (RFC 8216, section 4.3.4.2), as their addresses are written;
    empty for any other text."""
    lines = [line.strip() for line in text[:_LONGEST].splitlines()]
    if not lines or lines[0].lstrip("\ufeff") != "#EXTM3U":
        return ()
    pairs = itertools.pairwise(lines)
    return tuple(line for said, line in pairs if said.startswith("#EXT-X-STREAM-INF") and line[:1] not in ("", "#"))


_MOST_FOLDERS: Final = 2
_FOLDER: Final = re.compile(r"[\"'`=>(]((?:\.{0,2}/)?(?:[A-Za-z0-9_.~%-]{1,60}/){1,6})(?=\\?[\"'`]|\$\{)")
"""A text of a script that ends with a slash, or stands before what is filled in."""
_OF_PAGES: Final = frozenset({"js", "css", "img", "images", "icons", "assets", "static", "fonts", "lib", "api", "text"})
"""Folders of what a page is made of, or of an interface."""


def folders_in(script: str) -> tuple[str, ...]:
    """The folders that a script names as texts, as they stand in it, two at most. Total, linear time."""
    found = dict.fromkeys(match[1] for match in _FOLDER.finditer(script[:_LONGEST]))
    kept = [one for one in found if one.rstrip("/").rpartition("/")[2].lower() not in _OF_PAGES and ".." not in one]
    return tuple(kept[:_MOST_FOLDERS])
