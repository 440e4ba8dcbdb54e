"""The check `read`: objects that are tried, the requests for their first bytes, and what an answer shows of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Literal

from probes.api import BucketTarget
from probes.buckets._checks import Checks
from probes.buckets.bucket_verdict import UNPROVEN
from probes.buckets.dialects import object_path, objects_path
from probes.buckets.dialects.outcomes import Denied, Inconclusive, Outcome, Readable
from probes.proof import Proof, ProofStep
from probes.reasons import NoAnswerReason, OpenReason, UndecidedReason
from probes.recognise.buckets.key_page import path_of
from probes.recognise.listing.model import Entry
from probes.recognise.media.identify import Media, MediaKind, kind_of_name, tell
from probes.recognise.media.kinds import GRAVEST_FIRST
from probes.requests.http import Answer, Ask, Ending, Reply, Request, Response

_LISTED_TRIES = 3
_KEPT_KEYS = 5
_NO_MORE = frozenset({NoAnswerReason.BUDGET_SPENT, NoAnswerReason.TOLD_TO_WAIT, NoAnswerReason.HOST_SILENT})

FIRST_BYTES = 512
"""Bytes that tell what an object is; they are looked at in memory and dropped."""


@dataclass(frozen=True, slots=True)
class KnownObject:
    """An object to try. `said` stands for its path wherever the request is recorded; empty: the key was declared."""

    key: str
    said: str
    source: Literal["once open", "declared", "listed"]


def known_objects(checks: Checks) -> tuple[KnownObject, ...]:
    """The objects to try: all that were once open or are declared; else a few that the list shows."""
    target = checks.target
    # A key that begins with NUL is none: the Swift probe keeps an origin there.
    once = [key for key in checks.known_open("read") if key and not key.startswith("\0")]
    learnt = [key for key in once if key not in target.keys]
    tried = [KnownObject(key, f"{target.root}/{{witness {n}}}", "once open") for n, key in enumerate(learnt, 1)]
    tried += [KnownObject(key, "", "once open" if key in once else "declared") for key in target.keys]
    ranked = sorted(checks.entries, key=gravity)[:_LISTED_TRIES]
    tried += [KnownObject(entry.name, f"{target.root}/{{key {n}}}", "listed") for n, entry in enumerate(ranked, 1)]
    return tuple({known.key: known for known in reversed(tried)}.values())[::-1]


def ask_objects(
    checks: Checks,
    known: tuple[KnownObject, ...],
    judge: Callable[[Answer, str], Outcome[Readable]],
    canary: Callable[[], Generator[Ask, Reply, bool]] | None = None,
    ask_for: Callable[[KnownObject], Request] | None = None,
) -> Generator[Ask, Reply, Denied | Inconclusive | None]:
    """Try known objects until one is readable; None: one is, and the check `read` is recorded. Else the outcome.

    `canary` asks for a key that cannot exist, where that was not asked before. All known objects must be denied to
    make the outcome `Denied`; one that is missing says nothing, beside others that are denied.
    """
    denied: Denied | None = None
    inconclusive: Inconclusive | None = None
    for number, thing in enumerate(known):
        before = checks.proven
        outcome = yield from checks.ask_twice(
            ask_for(thing) if ask_for is not None else object_request(checks.target, thing),
            lambda answer, key=thing.key: judge(answer, key),  # type: ignore[misc]
        )
        if isinstance(outcome, Readable):
            if canary is not None and (yield from canary()):
                checks.proven = before
                return Inconclusive(UndecidedReason.CATCH_ALL, "a key that cannot exist is answered with bytes too")
            record_object(checks, outcome, thing, [one.key for one in known[number + 1 :] if one.said])
            return None
        if isinstance(outcome, Denied):
            denied = denied or outcome
        elif inconclusive is None or _weight(outcome) > _weight(inconclusive):
            inconclusive = outcome
        if outcome.why in _NO_MORE:
            break
    if denied is not None and (inconclusive is None or _weight(inconclusive) == 0):
        return denied
    return inconclusive or Inconclusive(UndecidedReason.NO_KNOWN_KEY, "no key is known to ask for")


def record_object(
    checks: Checks, found: Readable, thing: KnownObject, others: Iterable[str] = (), why: OpenReason | None = None
) -> None:
    """Record that an object is readable. A few more keys are kept: this object may be deleted, others stay open."""
    checks.single, checks.size, checks.media = True, found.size, found.media
    files = checks.entries
    step = max(1, (len(files) - 1) // (_KEPT_KEYS - 1)) if files else 1
    kept = [*others, *(entry.name for entry in files[::step])][:_KEPT_KEYS]
    proof = Proof(ProofStep.OBJECT_ANSWERS)
    why = why or (OpenReason.READABLE if checks.lists else OpenReason.READABLE_UNLISTED)
    checks.record_open(
        "read", why, proof, *dict.fromkeys((thing.key, *kept)), detail=f"an object that is {thing.source}"
    )


def ask_read(
    checks: Checks,
    random: Callable[[str], Request],
    judge_random: Callable[[Answer], Outcome[Readable]],
    judge: Callable[[Answer, str], Outcome[Readable]],
    ask_for: Callable[[KnownObject], Request] | None = None,
) -> Generator[Ask, Reply, Outcome[Readable]]:
    """Ask for objects in a store that says to readers alone that a key is missing: no key need be known for that.

    Known objects are tried too: their bytes tell what they are. Returns what the random key said.
    """
    before = checks.proven
    said = yield from checks.ask_twice(random(""), judge_random, random("2"))
    if isinstance(said, Inconclusive) and said.why is UndecidedReason.CATCH_ALL:
        checks.canary = "catch-all"
        checks.record("read", said)
        return said
    checks.canary = "failed" if isinstance(said, Inconclusive) and said.silent else "refused"
    known = known_objects(checks)
    outcome = yield from ask_objects(checks, known, judge, ask_for=ask_for)
    if outcome is None:
        return said
    if not isinstance(said, Readable):
        # Of the two words the random key's says more: it speaks of every object.
        settled = isinstance(outcome, Inconclusive) and outcome.why is not UndecidedReason.NO_KNOWN_KEY
        checks.record("read", outcome if settled or said.why is UndecidedReason.NO_KNOWN_KEY else said)
    elif isinstance(outcome, Denied):
        checks.proven = before
        checks.record(
            "read", Inconclusive(UndecidedReason.UNSTABLE, "a missing object answers otherwise than a known one")
        )
    elif outcome.why in (UndecidedReason.ARCHIVED, UndecidedReason.KEY_DEMANDED):
        checks.record("read", outcome)
    else:
        learnt = [thing.key for thing in known if thing.said and not checks.is_open("list")]
        why = OpenReason.READABLE if checks.is_open("list") else OpenReason.READABLE_UNLISTED
        checks.record_open("read", why, Proof(ProofStep.MISSING_KEY_TOLD), "", *learnt)
    return said


def _weight(outcome: Inconclusive) -> int:
    """What gave a stranger something weighs more than silence, and silence more than a key that is not there."""
    return 2 if outcome.why in UNPROVEN else 0 if outcome.why is UndecidedReason.NO_KNOWN_KEY else 1


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
    if is_page(told, key):
        return None
    media = f"{told.kind.value}/{told.format}" if told.format else told.kind.value
    return Readable(total, media if told.confirmed else "")


def is_page(told: Media, key: str) -> bool:
    """Whether the bytes are a web page although the key names something else: a front may show its login instead."""
    named = kind_of_name(key)
    pages = (MediaKind.HTML, MediaKind.STATIC, MediaKind.OTHER, MediaKind.TEXT)
    return told.kind is MediaKind.HTML and named not in pages


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
    return empty, GRAVEST_FIRST.index(kind) if kind in GRAVEST_FIRST else len(GRAVEST_FIRST)
