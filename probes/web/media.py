"""The probe `http-media`: declared recordings, backups and other files that a stranger can fetch."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace

from probes.api import Certainty, Clear, Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.proof import Proof, ProofStep
from probes.reasons import WHYS, ClosedReason, OpenReason, UndecidedReason
from probes.recognise.complaints import complains
from probes.recognise.media.identify import MediaKind
from probes.recognise.media.kinds import extension, kind_of_name
from probes.recognise.pages.page_kind import PageKind
from probes.requests.accept import as_browsers
from probes.requests.http import Answer, Ask, Reply, Response
from probes.web._doubted import doubting
from probes.web._endpoint_facts import facts_of
from probes.web._outcome import Closed, Undecided, page_of, shut
from probes.web._redirects import leads_to
from probes.web.proof.canary import file_canary, healthy, same
from probes.web.proof.file import Opened, stands_in, start_of

KIND = "file"


@doubting(lambda target, path: replace(target, files=(path,)))
@as_browsers
def look(target: WebTarget) -> Dialogue:
    """Look at every declared file: its first bytes, a canary's beside it, and the first bytes again."""
    verdicts: list[Verdict] = []
    for path in target.files:
        verdicts.append((yield from _file(target, path)))
        if len(verdicts) == 1 and (yield from shut(target, verdicts[0].why)):
            return tuple(Clear(target.place(path), KIND, ClosedReason.PORT_SHUT) for path in target.files)
    return tuple(verdicts)


def _file(target: WebTarget, path: str) -> Generator[Ask, Reply, Verdict]:
    place = target.place(path)
    answer, told = yield from start_of(target, path)
    facts = (*facts_of(target, answer), *leads_to(target, path, answer)) if isinstance(answer, Response) else ()
    if isinstance(told, Closed) and told.why is not ClosedReason.NOT_FOUND:
        return Clear(place, KIND, told.why, facts)
    if isinstance(told, Undecided) and not _says_not_found(answer):
        return Unknown(place, KIND, told.why, told.detail, facts)
    beside_path = file_canary(path, target.nonce)
    canary, beside = yield from start_of(target, beside_path)
    if not healthy(canary):
        return Unknown(
            place, KIND, UndecidedReason.CANARY_FAILED, "the server does not answer a canary in order", facts
        )
    if isinstance(told, Undecided) and isinstance(answer, Response) and same(answer, path, canary, beside_path):
        # The same page for both that says "not found": this is how the server says so.
        return Clear(place, KIND, ClosedReason.NOT_FOUND, facts)
    if isinstance(told, Undecided):
        return Unknown(place, KIND, told.why, told.detail, facts)
    if isinstance(told, Closed):
        return Clear(place, KIND, told.why, facts)
    if isinstance(beside, Opened) and not (yield from stands_in(target, path, answer, told, canary)):
        return Unknown(place, KIND, UndecidedReason.CATCH_ALL, "a name that cannot exist beside it answers too", facts)
    if not _is_what_it_says(path, answer, told):
        detail = f"answers, but its first bytes do not confirm what it is ({told.media.kind.value})"
        return Unknown(place, KIND, UndecidedReason.TYPE_UNPROVEN, detail, facts)
    _, again = yield from start_of(target, path, fresh=True)
    certainty = Certainty.PROVEN
    if isinstance(again, Undecided) and again.why in _NO_SECOND_LOOK:
        certainty = Certainty.LIKELY
    elif not isinstance(again, Opened) or again.media.kind is not told.media.kind:
        return Unknown(place, KIND, UndecidedReason.UNSTABLE, "a second look did not show the same file", facts)
    media = told.media
    return Exposed(
        place=place,
        kind=KIND,
        why=OpenReason.FILE_READABLE,
        certainty=certainty,
        size=told.size,
        media=f"{media.kind.value}/{media.format}" if media.format else media.kind.value,
        witnesses=(path,),
        facts=facts,
        proof=(
            Proof(ProofStep.FIRST_BYTES_FIT),
            Proof(ProofStep.SIBLING_REFUSED),
        ),
    )


_NO_SECOND_LOOK = frozenset(WHYS) - {
    UndecidedReason.REDIRECTED,
    UndecidedReason.STATUS_UNEXPECTED,
    UndecidedReason.TYPE_UNPROVEN,
    UndecidedReason.BODY_UNREADABLE,
    UndecidedReason.BODY_BROKEN,
}
"""After these the second look did not come about; after any other it showed something else."""


def _says_not_found(answer: Answer) -> bool:
    return isinstance(answer, Response) and answer.status == 200 and page_of(answer).kind is PageKind.SOFT_404


def _is_what_it_says(path: str, answer: Answer, told: Opened) -> bool:
    """Whether the first bytes are those of the kind that name or type promise; text may have no signature: it is what
    the name of a text says, unless it says no."""
    media = told.media
    if told.part:
        return False
    body = answer.body if isinstance(answer, Response) else b""
    if media.format in ("json", "xml") and complains(body):
        return False
    written = extension(path)
    if written in ("json", "xml"):
        return media.format == written
    if media.format in _WRITTEN and kind_of_name(path) is MediaKind.TEXT and written not in _PROGRAMS:
        return len(body) > _LONGEST_NO or not _SAYS_NO.search(body)
    return not told.empty and (media.confirmed or (not media.mismatch and media.kind not in _PROMISES_NOTHING))


_WRITTEN = frozenset({"text", "json", "xml"})
_PROGRAMS = frozenset({"php", "asp", "aspx", "jsp"})
"""A server runs these: what it answers is no file."""
_LONGEST_NO = 300
"""Bytes of a text that only says why the file does not come; the same words stand in logs and configurations."""
_SAYS_NO = re.compile(
    rb"(?i)denied|forbidden|restricted|authori[sz]|(?:not|no longer) (?:allowed|permitted|found|available)|unavailable|"
    rb"permission|no such file|api key|log ?[io]n\b|sign ?[io]n\b|expired|"
    + "behörig|nekad|åtkomst|inloggning|saknas|hittades inte".encode()
)
_PROMISES_NOTHING = frozenset({MediaKind.OTHER, MediaKind.TEXT, MediaKind.HTML, MediaKind.STATIC})


HTTP_MEDIA: Probe[WebTarget] = Probe(
    "http-media",
    WebTarget,
    look,
    "declared recordings, backups and other files that a stranger can fetch: told by their first bytes, never taken",
)
