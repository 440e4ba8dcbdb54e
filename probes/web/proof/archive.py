"""Archives of patients behind a page: an Orthanc whose own page a stranger gets is asked how much it holds, and the
interfaces of health care for their list again, beside a record that cannot exist."""

from __future__ import annotations

from collections.abc import Callable, Generator

from probes.api import Certainty, Count, Exposed, WebTarget
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.stores import orthanc
from probes.recognise.stores.web import Held, NotTheStore
from probes.requests.http import Answer, Ask, Ending, NoAnswer, Reply, Request, Response, one
from probes.web._folder_page import PAGE
from probes.web._outcome import REFUSALS, Closed, Undecided
from probes.web.proof.health_records import health_records

_Read = Callable[[bytes], Held]
_QUESTIONS: tuple[tuple[str, _Read], ...] = (
    ("/statistics", orthanc.statistics),
    ("/studies", orthanc.study_list),
    ("/patients", orthanc.patient_list),
)
"""Counts first; lists of identifiers, which are counted and dropped, where these are not given."""


def patient_archive(
    target: WebTarget, path: str, at: str, page: Response, facts: tuple[Fact, ...]
) -> Generator[Ask, Reply, Exposed | Closed | Undecided | None]:
    """What an archive of patients shows a stranger: a search of an interface of health care, or an Orthanc, where
    the page at `at` (to which `path` leads) is one of its own: its Explorer, or a list of its identifiers. None where
    it is none, or nothing of an Orthanc answers beside it.

    Open needs all of: counts or identifiers in Orthanc's form, a study that cannot exist and is missing, and the same
    answer over a new connection. Neither names nor identifiers are kept.
    """
    root = orthanc.root_of(at, page.body) if page.status == 200 else None
    if root is None:
        return (yield from health_records(target, path, at, page, facts))
    # Below a path that was asked for, nothing is told that a server said; what it led to is recorded under our name.
    own = path.startswith(f"{root}/")

    def ask(tail: str, *, fresh: bool = False) -> Request:
        return Request("GET", root + tail, PAGE, fresh=fresh, said="" if own else f"{path}{{archive}}{tail}")

    refused: list[int] = []
    for tail, read in _QUESTIONS:
        itself = at.partition("?")[0].rstrip("/") == root + tail
        answer: Answer = page if itself else (yield from one(ask(tail)))
        held = _held(answer, read)
        if held is not None:
            return (yield from _proven(target, at, root + tail, held, ask, tail, read, facts))
        if isinstance(answer, NoAnswer):
            return Undecided(answer.why, answer.detail)
        refused.append(answer.status)
        if answer.status == 401 and not orthanc.lists(at):
            # Its login is for all that it serves.
            return Closed(ClosedReason.LOGIN_DEMANDED)
    if set(refused) <= {404, 410}:
        return None
    if set(refused) <= set(REFUSALS):
        return Closed(ClosedReason.FORBIDDEN)
    return Undecided(UndecidedReason.DRAWN_BY_SCRIPT, "a page of Orthanc, which shows no counts to a GET")


def _held(answer: Answer, read: _Read) -> Held | None:
    if not isinstance(answer, Response) or answer.status != 200 or answer.ending not in (Ending.WHOLE, Ending.CUT):
        return None
    try:
        return read(answer.body)
    except NotTheStore:
        return None


def _proven(
    target: WebTarget,
    at: str,
    witness: str,
    held: Held,
    ask: Callable[..., Request],
    tail: str,
    read: _Read,
    facts: tuple[Fact, ...],
) -> Generator[Ask, Reply, Exposed | Undecided]:
    missing = yield from one(ask(f"/studies/{target.nonce}"))
    if isinstance(missing, NoAnswer):
        return Undecided(missing.why, missing.detail)
    if missing.status not in (404, 410):
        why = UndecidedReason.CATCH_ALL if missing.status == 200 else UndecidedReason.CANARY_FAILED
        return Undecided(why, "a study that cannot exist is not said to be missing")
    again = yield from one(ask(tail, fresh=True))
    certainty, seen = Certainty.PROVEN, Proof(ProofStep.SEEN_AGAIN)
    if isinstance(again, NoAnswer) or again.status == 429 or again.status >= 500:
        certainty, seen = Certainty.LIKELY, Proof(ProofStep.NOT_SEEN_AGAIN)
    elif _held(again, read) is None:
        return Undecided(UndecidedReason.UNSTABLE, "a second connection was answered otherwise")
    shown = ProofStep.LET_IN if held.empty else ProofStep.STORE_COUNTS if held.counts else ProofStep.STORE_NAMES
    return Exposed(
        target.place(at),
        "listing",
        OpenReason.STORE_EMPTY if held.empty else OpenReason.STORE_OPEN,
        certainty,
        counted=() if held.empty else tuple(Count(things, number) for things, number in held.counts),
        witnesses=(witness,),
        facts=facts,
        proof=(Proof(shown), Proof(ProofStep.SHARE_CANARY), seen),
    )
