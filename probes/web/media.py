"""The probe `http-media`: declared recordings, backups and other files that a stranger can fetch."""

from __future__ import annotations

import posixpath
from collections.abc import Generator

from probes.api import Certainty, Clear, Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.proof import Proof, ProofStep
from probes.reasons import Why
from probes.recognise.media.identify import Media, tell
from probes.recognise.pages.page_kind import PageKind, page
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one
from probes.web._canary import bare, file_canary, healthy
from probes.web._endpoint_facts import facts_of

KIND = "file"
PREFIX = 512
"""Bytes that tell what a file is; they are looked at in memory and dropped."""

_REFUSALS = {401: Why.LOGIN_DEMANDED, 403: Why.FORBIDDEN, 404: Why.NOT_FOUND, 410: Why.NOT_FOUND}


def look(target: WebTarget) -> Dialogue:
    """Look at every declared file: HEAD, a canary beside it, then its first bytes by Range, twice."""
    verdicts: list[Verdict] = []
    for path in target.files:
        verdicts.append((yield from _file(target, path)))
    return tuple(verdicts)


def _file(target: WebTarget, path: str) -> Generator[Ask, Reply, Verdict]:
    place = target.place(path)
    head = yield from one(Request("HEAD", path))
    facts = facts_of(target, head) if isinstance(head, Response) else ()
    if isinstance(head, NoAnswer) and head.why is Why.NOT_TLS:
        plain = yield from one(Request("HEAD", "/", in_clear=True))
        if isinstance(plain, Response):
            return Clear(place, KIND, Why.NOT_SPOKEN)
    if isinstance(head, NoAnswer) and head.why is Why.CLIENT_CERTIFICATE:
        return Clear(place, KIND, head.why)
    if isinstance(head, NoAnswer) and head.why is not Why.RESET:
        return Unknown(place, KIND, head.why, head.detail)
    if isinstance(head, Response) and head.status in (301, 302, 303, 307, 308):
        return Unknown(place, KIND, Why.REDIRECTED, "not followed", facts)
    if isinstance(head, Response) and head.status in (400, 401, 403, 404, 410):
        return (yield from _refused(target, path, facts))
    if isinstance(head, Response) and head.status in (429, 500, 502, 503, 504):
        why = Why.THROTTLED if head.status == 429 else Why.SERVER_ERROR
        return Unknown(place, KIND, why, f"status {head.status}", facts)
    ranges = (
        not isinstance(head, Response) or head.status != 200 or "bytes" in head.headers.get("accept-ranges").lower()
    )
    if not ranges:
        # Without ranges a GET would bring the file itself. HEAD alone is no proof, and no reason to call it clear.
        return Unknown(
            place, KIND, Why.HEAD_ONLY, "answers HEAD, and offers no ranges to look at its first bytes", facts
        )
    return (yield from _by_first_bytes(target, path, facts))


def _refused(target: WebTarget, path: str, facts: tuple[str, ...]) -> Generator[Ask, Reply, Verdict]:
    """HEAD was refused; GET must be refused too (some servers open the one and close the other)."""
    place = target.place(path)
    answer = yield from _prefix(path, fresh=False)
    if isinstance(answer, NoAnswer):
        return Unknown(place, KIND, answer.why, answer.detail, facts)
    if answer.status == 206:
        return (yield from _by_first_bytes(target, path, facts))
    blank = page(answer.body, answer.type, answer.status, tuple(answer.headers))
    if blank.kind is PageKind.TLS_NOTICE:
        return Clear(place, KIND, Why.NOT_SPOKEN)
    if blank.kind is PageKind.BLOCK_PAGE:
        return Unknown(place, KIND, Why.FILTERED, "a filter answered", facts)
    if answer.status not in _REFUSALS:
        return Unknown(place, KIND, Why.STATUS_UNEXPECTED, f"HEAD was refused, GET answered {answer.status}", facts)
    if answer.status in (404, 410):
        canary = yield from one(Request("HEAD", file_canary(path, target.nonce)))
        if not healthy(canary):
            return Unknown(place, KIND, Why.CANARY_FAILED, "the server does not answer a canary in order", facts)
    return Clear(place, KIND, _REFUSALS[answer.status], facts)


def _by_first_bytes(target: WebTarget, path: str, facts: tuple[str, ...]) -> Generator[Ask, Reply, Verdict]:
    place = target.place(path)
    answer = yield from _prefix(path, fresh=False)
    told = _told(path, answer)
    if not isinstance(told, Media):
        return Unknown(place, KIND, *told, facts)
    canary_path = file_canary(path, target.nonce)
    canary = yield from _prefix(canary_path, fresh=False)
    if not healthy(canary):
        return Unknown(place, KIND, Why.CANARY_FAILED, "the server does not answer a canary in order", facts)
    if isinstance(canary, Response) and canary.status in (200, 206):
        return Unknown(place, KIND, Why.CATCH_ALL, "a name that cannot exist beside it answers too", facts)
    again = yield from _prefix(path, fresh=True)
    certainty = Certainty.PROVEN
    if isinstance(again, NoAnswer) or again.status == 429 or again.status >= 500:
        certainty = Certainty.LIKELY
    else:
        second = _told(path, again)
        if not isinstance(second, Media) or second.kind is not told.kind:
            return Unknown(place, KIND, Why.UNSTABLE, "a second look did not show the same file", facts)
    return Exposed(
        place=place,
        kind=KIND,
        why=Why.FILE_READABLE,
        certainty=certainty,
        size=_total(answer),
        media=f"{told.kind.value}/{told.format}" if told.format else told.kind.value,
        witnesses=(path,),
        facts=facts,
        proof=(
            Proof(ProofStep.FIRST_BYTES_FIT),
            Proof(ProofStep.SIBLING_REFUSED),
        ),
    )


def _prefix(path: str, *, fresh: bool) -> Generator[Ask, Reply, Answer]:
    """The first bytes of a path. Only a 206 is read as content; of anything else no more is taken than this."""
    return (yield from one(Request("GET", path, PREFIX, (("Range", f"bytes=0-{PREFIX - 1}"),), fresh=fresh)))


def _told(path: str, answer: Answer) -> Media | tuple[Why, str]:
    match answer:
        case NoAnswer(why=why, detail=detail):
            return why, detail
        case Response(status=206):
            pass
        case Response(status=status):
            return Why.HEAD_ONLY, f"a Range was answered with {status}, so nothing of it was read"
    if not answer.headers.get("content-range").lower().replace(" ", "").startswith("bytes0-"):
        return Why.TYPE_UNPROVEN, "a 206 for another range than was asked"
    if answer.ending in (Ending.BOMB, Ending.UNREADABLE) or not answer.body:
        return Why.BODY_UNREADABLE, "the first bytes cannot be read"
    told = tell(answer.body, posixpath.basename(bare(path)), answer.type, _total(answer))
    if not told.confirmed:
        return Why.TYPE_UNPROVEN, f"answers, but its first bytes do not confirm what it is ({told.kind.value})"
    return told


def _total(answer: Answer) -> int | None:
    """The whole file's bytes, from Content-Range (RFC 9110 section 14.4)."""
    if not isinstance(answer, Response):
        return None
    total = answer.headers.get("content-range").rpartition("/")[2].strip()
    return int(total) if total.isascii() and total.isdigit() and len(total) < 19 else None


HTTP_MEDIA: Probe[WebTarget] = Probe(
    "http-media",
    WebTarget,
    look,
    "declared recordings, backups and other files that a stranger can fetch: told by their first bytes, never taken",
)
