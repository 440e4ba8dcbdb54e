"""Whether a file answers a stranger: by its first bytes, beside a sibling that cannot exist, and never by a HEAD."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from probes.api import WebTarget
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from probes.recognise.media.identify import Media, MediaKind, kind_of_name, tell
from probes.recognise.pages.page_kind import PageKind, leads_to_login
from probes.recognise.pages.plain import plain_body
from probes.requests.http import Answer, Ask, Ending, Headers, NoAnswer, Reply, Request, Response, one
from probes.requests.walls import handed_by
from probes.web._outcome import Closed, Undecided, page_of, unserved
from probes.web._redirects import Arrived, follow, redirects
from probes.web.proof.canary import bare, breaks_off, fails, file_canary, healthy, same

FIRST = 1024
"""Bytes of a file that are asked for, and the most that is read where a server sends it whole. They are looked at in
memory and dropped."""

_RANGE = (("Range", f"bytes=0-{FIRST - 1}"),)
_MAY_REFUSE = frozenset({MediaKind.HTML, MediaKind.STATIC, MediaKind.IMAGE})
"""Kinds of files that servers send in place of what they refuse."""
_PARTS = "multipart/byteranges"
_STARTS = re.compile(r"(?i)\Z|(?:bytes)?[ \t:=]*(?:0-|\*)")
_NO_PART = frozenset({_PARTS, "text/html", "application/xhtml+xml"})
_NO_RANGE = frozenset({204, 400, 403, 405, 406, 409, 412, 416, 417, 422, 500, 501})
"""Answers that may be about the Range and not about the file: 416 is that of an empty one (RFC 9110 section 15.5.17),
filters refuse a Range, and scripts fail at it."""
_REFUSED = frozenset({401, 404, 410})


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that answered a stranger."""

    media: Media
    size: int | None
    """Bytes of the whole file, where the answer tells."""
    empty: bool = False
    part: bool = False
    """Whether other bytes came than its first: what it is, its name alone says."""
    instead: bytes = field(default=b"", repr=False)
    """A text that came under a name of another kind: where other names bring the same, it stands for all of them."""


def opens(
    target: WebTarget,
    path: str,
    said: str = "",
    *,
    fresh: bool = False,
    insist: bool = True,
    closing: bool = False,
    plainly: bool = False,
) -> Generator[Ask, Reply, Opened | Closed | Undecided]:
    """Try one file: GET its first bytes, and those of a name beside it that cannot exist, which must not be served.

    Servers refuse HEAD, invent it and answer it otherwise, so no HEAD is sent. `said` stands for a learnt path. Unless
    we `insist`, a 403 to the first bytes is believed. `closing` a place, a page that says "not found" is a refusal
    where the server says so of what cannot exist. `plainly`: without a Range. `fresh`: over a new connection.
    """
    first = yield from first_bytes(path, said, fresh=fresh, insist=insist, closing=closing, plainly=plainly)
    _, told = yield from _led_to(target, path, first, said)
    missing = closing and isinstance(told, Undecided) and _says_missing(first)
    if missing and not insist:
        return Closed(ClosedReason.NOT_FOUND)
    if not isinstance(told, Opened) and not missing:
        return told
    name, said = file_canary(path, target.nonce), f"{said} beside {{canary}}" if said else ""
    canary = yield from first_bytes(name, said, plainly=plainly)
    if not isinstance(told, Opened):
        alike = isinstance(first, Response) and same(first, path, canary, name)
        return Closed(ClosedReason.NOT_FOUND) if alike else told
    if redirects(canary) and not redirects(first):
        # Servers that guess what was meant lead from a name that is not there to one that is (mod_speling).
        return told
    canary, beside = yield from _led_to(target, name, canary, said)
    if not healthy(canary) and not (told.media.confirmed and (fails(canary) or breaks_off(canary))):
        return Undecided(
            UndecidedReason.CANARY_FAILED, "a file answers, but the server does not answer a canary in order"
        )
    if isinstance(beside, Opened) and not (yield from stands_in(target, path, first, told, canary, said)):
        return Undecided(UndecidedReason.CATCH_ALL, "a name that cannot exist beside it answers too")
    return told


def _says_missing(answer: Answer) -> bool:
    return isinstance(answer, Response) and answer.status == 200 and page_of(answer).kind is PageKind.SOFT_404


def stands_in(
    target: WebTarget, path: str, first: Answer, told: Opened, canary: Answer, said: str = ""
) -> Generator[Ask, Reply, bool]:
    """Whether one and the same file stands in for whatever is missing, and this one is another: what telephone
    exchanges play for a call that is not there."""
    if not told.media.confirmed or not isinstance(first, Response) or not isinstance(canary, Response):
        return False
    if first.body == canary.body or not canary.body:
        return False
    other = yield from first_bytes(file_canary(path, f"{target.nonce}b"), said)
    return isinstance(other, Response) and (other.status, other.body) == (canary.status, canary.body)


def start_of(
    target: WebTarget, path: str, said: str = "", *, fresh: bool = False
) -> Generator[Ask, Reply, tuple[Answer, Opened | Closed | Undecided]]:
    """The answer for a file's first bytes, redirects within the endpoint followed, and what it means by itself."""
    return (yield from _led_to(target, path, (yield from first_bytes(path, said, fresh=fresh)), said))


_ROOT = frozenset({"/"})


def _led_to(
    target: WebTarget, path: str, answer: Answer, said: str
) -> Generator[Ask, Reply, tuple[Answer, Opened | Closed | Undecided]]:
    if redirects(answer) and _bytes_of_it(path, answer) is None:
        # The root is looked at by itself: who is led there is not given the file, unless a cookie is given on the way.
        ends = () if handed_by(answer) else _ROOT
        arrived = yield from follow(target, path, answer, first_bytes, said, looked_at=ends)
        if not isinstance(arrived, Arrived):
            return answer, _signed(answer) or arrived
        answer = arrived.answer
        told = read_start(path, answer)
        unproven = isinstance(told, Undecided) and told.why is UndecidedReason.TYPE_UNPROVEN
        if unproven and leads_to_login(arrived.path) and file_name(arrived.path) != file_name(path):
            # Of a login little is seen: its form stands behind the first bytes.
            return answer, Closed(ClosedReason.LOGIN_WALL)
        return answer, told
    return answer, read_start(path, answer)


def first_bytes(
    path: str,
    said: str = "",
    *,
    fresh: bool = False,
    insist: bool = True,
    closing: bool = False,
    plainly: bool = False,
) -> Generator[Ask, Reply, Answer]:
    """The answer to a GET of a file's first bytes, asked once more without a Range where that was refused, broke off
    or ended in other bytes than were asked for: only a plain GET that is refused shows that a file is. Where others of
    its kind have shown that, we do not `insist`, and a 403 is believed. `closing` a place, no refusal is before."""
    request = Request("GET", path, FIRST, () if plainly else _RANGE, fresh=fresh, said=said)
    answer = _first_part((yield from one(request)))
    if plainly:
        return answer
    if not insist and isinstance(answer, Response) and answer.status == 403:
        return answer
    if _about_the_range(answer) or (closing and insist and isinstance(answer, Response) and answer.status in _REFUSED):
        plain = _first_part((yield from one(replace(request, headers=()))))
        # A part that was sent was sent, whatever is refused behind it.
        sent = isinstance(answer, Response) and answer.status == 206 and answer.body
        refused = isinstance(plain, Response) and plain.status >= 400 and not _bytes_of_it(path, plain)
        return answer if sent and refused else plain
    return answer


def _about_the_range(answer: Answer) -> bool:
    """Whether an answer may be about the Range, and not about the file."""
    if isinstance(answer, NoAnswer):
        return answer.why is NoAnswerReason.RESET
    return answer.status in _NO_RANGE or not _from_the_start(answer) or (answer.status == 206 and not answer.body)


def read_start(path: str, answer: Answer) -> Opened | Closed | Undecided:
    """What the answer for a file's first bytes means by itself, before any canary."""
    if (opened := _bytes_of_it(path, answer)) is not None:
        return opened
    nothing = unserved(answer)
    if nothing is not None:
        return nothing
    assert isinstance(answer, Response)  # noqa: S101  `unserved` has a word for every other answer
    if 300 <= answer.status < 400:
        return Undecided(UndecidedReason.REDIRECTED, "the file redirects")
    if answer.status not in (200, 203, 206):
        return Undecided(UndecidedReason.STATUS_UNEXPECTED, f"the file answers {answer.status}")
    if answer.ending in (Ending.BOMB, Ending.UNREADABLE):
        return Undecided(UndecidedReason.BODY_UNREADABLE, "the first bytes cannot be read")
    if answer.ending is Ending.BROKEN and not answer.body:
        return Undecided(UndecidedReason.BODY_BROKEN, "the file breaks off before its first byte")
    size = _size(answer)
    if not _from_the_start(answer):
        media = tell(b"", file_name(path), answer.type, size)
        ours = answer.body and answer.headers.get("content-range").lower().startswith("bytes")
        if ours and answer.type not in _NO_PART and media.kind not in _MAY_REFUSE | {MediaKind.OTHER}:
            # A part of it, from wherever, is of the file.
            return Opened(media, size, part=True)
        return Undecided(UndecidedReason.TYPE_UNPROVEN, "a 206 for another range than was asked")
    media = tell(answer.body, file_name(path), answer.type, size)
    if _is_page(path, answer, media):
        if page_of(answer).kind is PageKind.LOGIN_WALL:
            return Closed(ClosedReason.LOGIN_WALL)
        return Undecided(UndecidedReason.TYPE_UNPROVEN, "a page answers in place of the file")
    instead = answer.body if media.kind is MediaKind.TEXT and media.mismatch else b""
    return Opened(media, size, empty=not answer.body, instead=instead)


_SIGNATURE = re.compile(
    r"(?i)[?&](?:x-amz-signature|x-goog-signature|x-oss-signature|signature|sig|st|token|key-pair-id)=."
)


def _signed(answer: Answer) -> Undecided | None:
    """What a redirect out of the endpoint says that carries a signature: whoever asks is handed the way to the file,
    at a place that is not declared (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ShareObjectPreSignedURL.html)."""
    location = answer.headers.get("location") if isinstance(answer, Response) else ""
    if not _SIGNATURE.search(location) or leads_to_login(location):
        return None
    return Undecided(UndecidedReason.REDIRECTED, "the file redirects to a signed address of another host")


def _bytes_of_it(path: str, answer: Answer) -> Opened | None:
    """The file in the body of a refusal, a redirect or a fault: programs refuse by the status and go on to send it
    (CWE-698). Only bytes that are what the name promises count."""
    if not isinstance(answer, Response) or answer.status < 300 or not answer.body:
        return None
    media = tell(answer.body, file_name(path), answer.type)
    page = tell(plain_body(answer.body)).kind is MediaKind.HTML  # some pages come packed twice
    return Opened(media, None) if media.confirmed and not page and media.kind not in _MAY_REFUSE else None


def file_name(path: str) -> str:
    """The name of the file at `path`: of a script that hands files out, the value of its query that is one."""
    name = posixpath.basename(bare(path))
    query = path.partition("?")[2]
    for part in query.split("&"):
        value = posixpath.basename(part.partition("=")[2])
        if "." in value.strip("."):
            return value
    return name


def _is_page(path: str, answer: Response, media: Media) -> bool:
    """Whether a page was sent in place of the file: an error or a login with status 200.

    Bytes decide before the type does: scripts send recordings as text/html, and errors as audio.
    """
    if media.confirmed or kind_of_name(file_name(path)) in (MediaKind.HTML, MediaKind.STATIC):
        return False
    declared = answer.type in ("text/html", "application/xhtml+xml")
    if media.kind is MediaKind.HTML:
        return declared or bool(media.mismatch)
    return declared and b"\0" not in answer.body


def _first_part(answer: Answer) -> Answer:
    """An answer of several parts (RFC 9110 section 14.6) as its first: some servers send a single range so."""
    if not isinstance(answer, Response) or answer.status != 206 or answer.type != _PARTS:
        return answer
    head, blank, rest = answer.body.lstrip(b"\r\n").partition(b"\r\n\r\n")
    boundary, _, lines = head.partition(b"\r\n")
    if not blank or not boundary.startswith(b"--"):
        return answer
    named = (line.partition(":") for line in lines.decode("latin-1").split("\r\n"))
    headers = Headers(tuple((name.strip().lower(), value.strip()) for name, _, value in named))
    return replace(answer, headers=headers, body=rest.partition(b"\r\n" + boundary)[0])


def _from_the_start(answer: Response) -> bool:
    """Whether an answer begins with the first bytes (RFC 9110 section 14.4); a 206 that does not say, or says it in
    another form (`0-1023/4044`), is believed: what its bytes are is looked at anyway."""
    if answer.status != 206:
        return True
    return answer.type != _PARTS and _STARTS.match(answer.headers.get("content-range").strip()) is not None


def _size(answer: Response) -> int | None:
    """The whole file's bytes: from Content-Range (RFC 9110 section 14.4), or the length of a 200."""
    if answer.status != 206:
        return answer.length
    total = answer.headers.get("content-range").rpartition("/")[2].strip()
    return int(total) if total.isascii() and total.isdigit() and len(total) < 19 else None
