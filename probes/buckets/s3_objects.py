"""The check `read` of an S3 bucket: an object that answers a stranger, and the store that tells what is missing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Literal

from probes.api import BucketTarget, Check
from probes.buckets.bucket_verdict import UNPROVEN, clear, exposed, unknown
from probes.buckets.s3_answers import Refusal, refusal
from probes.buckets.s3_asks import ERROR, S3Endpoint
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.engines import SEAWEEDFS, engine
from probes.recognise.buckets.errors import read_error
from probes.recognise.buckets.object_keys import StoredObject, sent
from probes.recognise.media.identify import Media, tell
from probes.recognise.media.kinds import MediaKind, kind_of_name
from probes.requests.http import Answer, Ask, NoAnswer, Reply, Request, Response, one

_TRIES = 3
_SPREAD = 4
_GRAVE = (
    MediaKind.AUDIO,
    MediaKind.DICOM,
    MediaKind.VIDEO,
    MediaKind.DATABASE_DUMP,
    MediaKind.MAIL_STORE,
    MediaKind.ARCHIVE,
    MediaKind.DOCUMENT,
)
_NO_MORE = frozenset({NoAnswerReason.BUDGET_SPENT, NoAnswerReason.TOLD_TO_WAIT, NoAnswerReason.HOST_SILENT})


@dataclass(frozen=True, slots=True)
class Opened:
    """A check seen open: the request that showed it, and what a second look must show again."""

    check: str
    request: Request
    holds: Callable[[Answer], bool]
    proof: Proof
    key: str = ""
    """The key by which it was; it may be learnt, and is sealed before it is kept."""


Canary = Literal["in words", "refused", "catch-all", "failed"]


@dataclass(frozen=True, slots=True)
class Beside:
    """The answer to a key that cannot exist, and how it was refused: by the store's own words, or otherwise."""

    request: Request
    answer: Answer
    kind: Canary

    @property
    def code(self) -> str:
        """The store's own word for it; empty where it used none."""
        error = (
            read_error(self.answer.body) if isinstance(self.answer, Response) and self.answer.status >= 300 else None
        )
        return error.code if error is not None and not error.website else ""

    @property
    def missing(self) -> bool:
        """Whether the store itself says that there is no such key (S3 API, GetObject: `NoSuchKey`)."""
        return isinstance(self.answer, Response) and self.answer.status == 404 and self.code == "NoSuchKey"


@dataclass(frozen=True, slots=True)
class Known:
    """An object that may be tried: its key, what is said for it (empty: its own path), and how we know of it."""

    key: str
    said: str
    source: Literal["witness", "declared", "listed"]


@dataclass(frozen=True, slots=True)
class Read:
    """What came of the check `read`."""

    check: Check
    opened: Opened | None = None
    media: str = ""
    size: int | None = None


def beside(at: S3Endpoint, nonce: str) -> Generator[Ask, Reply, Beside]:
    """Ask for a key that cannot exist: a server that answers it proves nothing by answering others."""
    request = Request("GET", f"{at.root}/{sent(nonce)}", ERROR, host=at.host)
    answer = yield from one(request)
    return Beside(request, answer, _kind(answer))


def _kind(answer: Answer) -> Canary:
    if isinstance(answer, NoAnswer) or answer.status == 429 or answer.status >= 500:
        return "failed"
    if answer.status in (200, 206):
        return "catch-all"
    return "in words" if answer.status in (401, 403, 404) and read_error(answer.body) is not None else "refused"


def known_objects(
    target: BucketTarget, root: str, witnessed: Iterable[str], listed: Iterable[StoredObject]
) -> list[Known]:
    """The objects to try, in their order: once seen open, declared, then a few listed ones of the gravest kind."""
    found = [
        Known(key, "" if key in target.keys else f"{root}/{{witness {number}}}", "witness")
        for number, key in enumerate(witnessed, 1)
    ]
    found += [Known(key, "", "declared") for key in target.keys]
    found += [
        Known(thing.key, f"{root}/{{key {number}}}", "listed")
        for number, thing in enumerate(candidates(listed)[:_TRIES], 1)
    ]
    return list({known.key: known for known in reversed(found)}.values())[::-1]


def candidates(listed: Iterable[StoredObject]) -> list[StoredObject]:
    """Listed objects in the order in which they are tried: what holds bytes first, then the gravest kind."""
    rank = {kind: number for number, kind in enumerate(_GRAVE)}
    files = [thing for thing in listed if not thing.folder]
    empty = {True: 1, False: 0}
    return sorted(
        files,
        key=lambda thing: (
            empty[thing.size is not None and thing.size.best == 0],
            rank.get(kind_of_name(thing.key), len(_GRAVE)),
        ),
    )


def spread(listed: Iterable[StoredObject]) -> list[str]:
    """A few more listed keys, first to last: one witness alone may be deleted."""
    files = [thing.key for thing in listed if not thing.folder]
    step = max(1, (len(files) - 1) // max(1, _SPREAD - 1)) if files else 1
    return files[::step][:_SPREAD]


def try_objects(
    target: BucketTarget, at: S3Endpoint, objects: list[Known], canary: Beside, *, listed: bool
) -> Generator[Ask, Reply, Read]:
    """Ask for the first bytes of each object until one answers. Nothing of them is kept but what they tell it to be.

    Clear needs the store's own refusal of an object known to exist, and no object once seen open may be undecided.
    """
    refused: list[tuple[Known, Refusal]] = []
    for thing in objects:
        request = at.first_bytes(sent(thing.key), thing.said)
        answer = yield from one(request)
        told = judged(target, at, thing.key, answer, canary.kind)
        if isinstance(told, Media):
            return _opened(target, at, thing, request, answer, told, canary.kind, listed=listed)
        refused.append((thing, told))
        if isinstance(answer, NoAnswer) and answer.why in _NO_MORE:
            break
    return Read(_closed(refused))


def judged(target: BucketTarget, at: S3Endpoint, key: str, answer: Answer, canary: Canary) -> Media | Refusal:
    """What an object is whose first bytes came, or why that is not so.

    206, or 200 of a server that ignores Range, is an open object when a key that cannot exist is refused in the
    store's own words; where a front refuses it in words of its own, the bytes must be of the kind that the name says.
    """
    if isinstance(answer, NoAnswer) or answer.status not in (200, 206, 416):
        return refusal(target, at, answer)
    if answer.status == 416:
        error = read_error(answer.body)
        if error is None or error.code != "InvalidRange":
            return Refusal("unknown", UndecidedReason.STATUS_UNEXPECTED, "status 416")
        return _stands(Media(kind_of_name(key)), canary, empty=True)
    if answer.status == 206 and not _from_the_start(answer):
        return Refusal("unknown", UndecidedReason.TYPE_UNPROVEN, "a 206 for another range than was asked")
    if not answer.body and _total(answer) != 0:
        return Refusal("unknown", UndecidedReason.BODY_UNREADABLE, "the first bytes cannot be read")
    return _stands(tell(answer.body, key, answer.type, _total(answer)), canary, empty=not answer.body)


def _stands(told: Media, canary: Canary, *, empty: bool) -> Media | Refusal:
    match canary:
        case "catch-all":
            return Refusal("unknown", UndecidedReason.CATCH_ALL, "a key that cannot exist is answered too")
        case "failed":
            return Refusal(
                "unknown", UndecidedReason.CANARY_FAILED, "the store does not answer a key that cannot exist in order"
            )
        case "in words":
            return told
        case "refused":
            if told.confirmed and not empty:
                return told
            return Refusal(
                "unknown", UndecidedReason.TYPE_UNPROVEN, "answers, but its first bytes do not confirm what it is"
            )


def _opened(
    target: BucketTarget,
    at: S3Endpoint,
    thing: Known,
    request: Request,
    answer: Answer,
    told: Media,
    canary: Canary,
    *,
    listed: bool,
) -> Read:
    why = OpenReason.READABLE if listed else OpenReason.READABLE_UNLISTED
    detail = {
        "witness": "an object once seen open",
        "declared": "a declared object",
        "listed": "a listed object",
    }[thing.source]

    def holds(again: Answer) -> bool:
        return isinstance(judged(target, at, thing.key, again, canary), Media)

    proof = Proof(ProofStep.OBJECT_ANSWERS)
    media = (f"{told.kind.value}/{told.format}" if told.format else told.kind.value) if told.confirmed else ""
    size = _total(answer) if isinstance(answer, Response) and answer.status != 416 else 0
    return Read(exposed("read", why, detail), Opened("read", request, holds, proof, thing.key), media, size)


def _closed(refused: list[tuple[Known, Refusal]]) -> Check:
    """What refusals make of the check: what was once seen open must each be refused by the store's own word."""
    undecided = [told for _, told in refused if told.verdict == "unknown"]
    if undecided:
        return next((told for told in undecided if told.why in UNPROVEN), undecided[0]).check("read")
    held = [told for _, told in refused if told.why is not ClosedReason.NOT_FOUND]
    if held:
        return held[0].check("read", held[0].detail or f"{len(held)} known objects are refused")
    if any(thing.source == "witness" for thing, _ in refused):
        # A stranger who may neither list nor read is refused a missing key as any other (S3 API, GetObject).
        return unknown(
            "read", UndecidedReason.ENTRY_UNPROVEN, "what was once seen open is gone, and a stranger is told so"
        )
    return unknown("read", UndecidedReason.NO_KNOWN_KEY, "the declared objects are missing" if refused else "")


def by_missing(
    target: BucketTarget, at: S3Endpoint, canary: Beside, *, listed: bool, was_open: bool
) -> Generator[Ask, Reply, Read | None]:
    """The store that tells a stranger what is missing: `NoSuchKey` for a key that cannot exist, the list refused.

    Amazon and Ceph say it to those who may list, so it says nothing of reading. SeaweedFS says it to whoever may read:
    a private bucket of it refuses the same key. Behind a proxy that store is told by a HEAD that it grants where it
    refuses the list, which the others never do (S3 API: HeadBucket needs `s3:ListBucket`). `was_open` is a check
    that was once open by this alone. None: nothing can be said by it.
    """
    weed = isinstance(canary.answer, Response) and engine(canary.answer.headers) == SEAWEEDFS
    if not canary.missing:
        if canary.code == "AccessDenied" and (weed or was_open):
            detail = "a key that cannot exist is refused, as this store refuses whoever may not read"
            return Read(clear("read", ClosedReason.DENIED, detail))
        return None
    if not weed and listed:
        return None
    if not weed:
        head = yield from one(at.head())
        if not isinstance(head, Response) or head.status != 200:
            detail = "a missing key is told as missing, which this store tells only to those who may list in some way"
            return Read(unknown("read", UndecidedReason.ENTRY_UNPROVEN, detail))

    def holds(again: Answer) -> bool:
        return Beside(canary.request, again, _kind(again)).missing

    detail = "a missing key is told as missing, which this store tells only to those who may read"
    why = OpenReason.READABLE if listed else OpenReason.READABLE_UNLISTED
    return Read(exposed("read", why, detail), Opened("read", canary.request, holds, Proof(ProofStep.MISSING_KEY_TOLD)))


def _from_the_start(answer: Response) -> bool:
    return answer.headers.get("content-range").lower().replace(" ", "").startswith("bytes0-")


def _total(answer: Response) -> int | None:
    """The whole object's bytes: from Content-Range of a part (RFC 9110 section 14.4), else its length."""
    if answer.status == 200:
        return answer.length
    total = answer.headers.get("content-range").rpartition("/")[2].strip()
    return int(total) if total.isascii() and total.isdigit() and len(total) < 19 else None
