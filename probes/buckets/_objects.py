"""Objects of a bucket that are tried: the requests for their first bytes, and what an answer shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from probes.api import BucketTarget
from probes.buckets.dialects import object_path, objects_path
from probes.buckets.dialects.outcomes import Readable
from probes.recognise.buckets.key_page import path_of
from probes.recognise.listing.model import Entry
from probes.recognise.media.identify import MediaKind, kind_of_name, tell
from probes.requests.http import Answer, Ending, Request, Response

FIRST_BYTES = 512
"""Bytes that tell what an object is; they are looked at in memory and dropped."""

_GRAVEST = (
    MediaKind.AUDIO,
    MediaKind.DICOM,
    MediaKind.VIDEO,
    MediaKind.DATABASE_DUMP,
    MediaKind.MAIL_STORE,
    MediaKind.ARCHIVE,
    MediaKind.DOCUMENT,
)
"""Kinds of objects, the one that does most harm first: it is tried first."""


@dataclass(frozen=True, slots=True)
class KnownObject:
    """An object to try. `said` stands for its path wherever the request is recorded; empty: the key was declared."""

    key: str
    said: str
    source: Literal["once open", "declared", "listed"]


def bytes_request(
    path: str, said: str, headers: tuple[tuple[str, str], ...] = (), host: str = "", *, fresh: bool = False
) -> Request:
    """The request for an object's first bytes (RFC 9110 section 14.2). A learnt path is never written down."""
    wanted = ("Range", f"bytes=0-{FIRST_BYTES - 1}")
    return Request("GET", path, FIRST_BYTES, (wanted, *headers), said=said, host=host, fresh=fresh)


def object_request(target: BucketTarget, thing: KnownObject, headers: tuple[tuple[str, str], ...] = ()) -> Request:
    """The request for a known object's first bytes."""
    return bytes_request(object_path(target, thing.key), thing.said, headers)


def random_request(target: BucketTarget, turn: str = "", headers: tuple[tuple[str, str], ...] = ()) -> Request:
    """The request for a key that cannot exist; each `turn` is another key."""
    return bytes_request(path_of(objects_path(target), f"{target.nonce}{turn}.wav"), "", headers)


def first_bytes(answer: Answer, key: str, *, speaks: bool) -> Readable | None:
    """What an answer to `bytes_request` shows of the object; None where it is not the object's bytes.

    A 200 counts only where the store `speaks` in its headers, since a server that ignores ranges, a login page and an
    application's shell answer so too; and so does a 416 for an object of no bytes at all.
    """
    if not isinstance(answer, Response) or answer.ending in (Ending.BOMB, Ending.UNREADABLE):
        return None
    total = whole_size(answer)
    if answer.status == 416:
        unsatisfied = answer.headers.get("content-range").replace(" ", "").lower() == "bytes*/0"
        return Readable(0) if speaks and unsatisfied else None
    if answer.status == 206:
        if not answer.headers.get("content-range").lower().replace(" ", "").startswith("bytes0-"):
            return None
    elif answer.status != 200 or not speaks:
        return None
    told = tell(answer.body, key, answer.type, total)
    named = kind_of_name(key)
    if told.kind is MediaKind.HTML and named not in (MediaKind.HTML, MediaKind.STATIC, MediaKind.OTHER, MediaKind.TEXT):
        return None
    media = f"{told.kind.value}/{told.format}" if told.format else told.kind.value
    return Readable(total, media if told.confirmed else "")


def whole_size(answer: Response) -> int | None:
    """The whole object's bytes: from Content-Range of a part (RFC 9110 section 14.4), else its length."""
    if answer.status == 200:
        return answer.length
    text = answer.headers.get("content-range").rpartition("/")[2].strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def gravity(entry: Entry) -> tuple[bool, int]:
    """The order in which listed objects are tried: what holds bytes first, then the gravest kind."""
    kind = kind_of_name(entry.name)
    empty = entry.size is not None and entry.size.best == 0
    return empty, _GRAVEST.index(kind) if kind in _GRAVEST else len(_GRAVEST)
