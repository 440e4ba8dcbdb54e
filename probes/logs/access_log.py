"""The probe `access-log`: an exported access log is held against a canary session, and its form is checked.

A log that names people who did nothing harms them, and one that leaves out what was done protects nobody. So canary
accounts do what is declared, and nothing else; each of their actions must stand in the log once, and no other row.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

from probes.access_log import REFUSED_STATUS, AccessLog, CanaryStep, Performed
from probes.api import Check, Clear, Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.facts import Fact, FactKind
from probes.logs.compare import Comparison, compare
from probes.logs.kinds import FORM, SESSION, TRUTH
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.logs.lint import LogFault
from probes.requests.http import Ask, NoAnswer, Reply
from probes.requests.session import InSession, Shown
from probes.requests.sources import LogRead, ReadLog

_SHOWN = 5


def look(target: WebTarget) -> Dialogue:
    """Read the log and judge it by the sessions that went before; then perform the session that is due."""
    log = target.access_log
    if log is None:
        return ()
    first = yield from _read()
    verdicts = _judged(target, log, first)
    if any(isinstance(one, Exposed) for one in verdicts):
        # An export that is being written, or fetched while it changes, reads differently the next time.
        again = yield from _read()
        verdicts = _confirmed(verdicts, _judged(target, log, again))
    return (*verdicts, *(yield from _session(target, log)))


def _read() -> Generator[Ask, Reply, LogRead | NoAnswer]:
    told = yield ReadLog()
    assert isinstance(told, LogRead | NoAnswer)  # noqa: S101  the driver answers the reading of a log with one of these
    return told


def _judged(target: WebTarget, log: AccessLog, read: LogRead | NoAnswer) -> tuple[Verdict, ...]:
    place = target.place("/")
    if isinstance(read, NoAnswer):
        return tuple(Unknown(place, kind, read.why, read.detail) for kind in (TRUTH, FORM))
    if read.unread:
        return tuple(Unknown(place, kind, UndecidedReason.LOG_UNREAD, read.unread) for kind in (TRUTH, FORM))
    found = compare(log, read)
    return _truth(target, found), _form(target, read.faults, found)


def _truth(target: WebTarget, found: Comparison) -> Verdict:
    place = target.place("/")
    untrue = OpenReason.LOG_UNTRUE
    checks = tuple(
        Check(name, "exposed", untrue, _listed(what))
        for name, what in (
            ("rows of nothing that was done", found.false_hits),
            ("actions without a row", found.false_misses),
            ("rows with a wrong user", found.wrong_actor),
            ("rows with a wrong activity", found.wrong_activity),
            ("rows with a wrong object", found.wrong_object),
            ("rows at a wrong time", found.wrong_time),
        )
        if what
    )
    if found.matched:
        checks = (
            *checks,
            Check("actions in the log", "clear", ClosedReason.LOG_HOLDS, str(found.matched)),
        )
    if found.delayed:
        waits = Check("actions not yet in the log", "unknown", UndecidedReason.ROW_DELAYED, _listed(found.delayed))
        checks = (*checks, waits)
    if found.untrue:
        proof = (Proof(ProofStep.LOG_COMPARED, str(found.judged)), Proof(ProofStep.SEEN_AGAIN))
        return Exposed(place, TRUTH, untrue, proof=proof, checks=checks)
    # Silence proves nothing: what was not logged wrongly counts only beside an action that the log does hold.
    if not found.judged or not found.matched:
        waits_for_more = found.delayed or found.matched
        why = UndecidedReason.ROW_DELAYED if waits_for_more else UndecidedReason.NO_SESSION
        return Unknown(place, TRUTH, why, checks=checks)
    return Clear(place, TRUTH, ClosedReason.LOG_HOLDS, checks=checks)


def _form(target: WebTarget, faults: Sequence[LogFault], found: Comparison) -> Verdict:
    place = target.place("/")
    bad = OpenReason.LOG_MALFORMED
    checks = [Check(fault.kind.value, "exposed", bad, str(fault)) for fault in faults]
    if found.twice:
        checks.append(Check("action-twice", "exposed", bad, _listed(found.twice)))
    if checks:
        proof = (Proof(ProofStep.LOG_READ), Proof(ProofStep.SEEN_AGAIN))
        return Exposed(place, FORM, bad, proof=proof, checks=tuple(checks))
    return Clear(place, FORM, ClosedReason.LOG_IN_ORDER)


def _listed(what: Sequence[int] | Sequence[str]) -> str:
    """How many there are and the first of them: positions of rows, or ids of declared steps."""
    where = "row " if isinstance(what[0], int) else ""
    return f"{len(what)}: {where}{', '.join(map(str, what[:_SHOWN]))}{', ...' if len(what) > _SHOWN else ''}"


def _confirmed(first: tuple[Verdict, ...], again: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts of the second reading; what only one of both readings shows is unknown."""
    stands = {(one.kind, isinstance(one, Exposed)) for one in first}
    return tuple(
        one
        if (one.kind, isinstance(one, Exposed)) in stands
        else Unknown(one.place, one.kind, UndecidedReason.UNSTABLE)
        for one in again
    )


def _session(target: WebTarget, log: AccessLog) -> Generator[Ask, Reply, tuple[Verdict, ...]]:
    """Perform the steps that are due. What was performed is on file with the verdict, as facts."""
    if not any(step.path for step in log.steps):
        return ()
    place = target.place("/")
    answers: list[tuple[CanaryStep, Shown | NoAnswer]] = []
    for step in log.steps if log.due else ():
        if step.path:
            told = yield InSession(step.by, step.path)
            assert isinstance(told, Shown | NoAnswer)  # noqa: S101  the driver answers a request in a session with one
            answers.append((step, told))
    failed = [
        Check(step.id, "unknown", told.why if isinstance(told, NoAnswer) else UndecidedReason.LOCKED_OUT)
        for step, told in answers
        if isinstance(told, NoAnswer) or not _expected(step, told)
    ]
    doubtful = {check.name for check in failed}
    # A request that nobody answered may have left its row all the same: at about the time of the others.
    times = [told.at for _, told in answers if isinstance(told, Shown)]
    now = [
        Performed(step.id, told.at if isinstance(told, Shown) else times[0], step.id in doubtful)
        for step, told in answers
        if times
    ]
    facts = tuple(Fact(FactKind.PERFORMED, one.step, one.at, one.doubtful) for one in (*log.performed, *now))
    if failed:
        return (Unknown(place, SESSION, failed[0].why, f"step {failed[0].name}", facts=facts, checks=tuple(failed)),)
    return (Clear(place, SESSION, ClosedReason.SESSION_PERFORMED, facts=facts),)


def _expected(step: CanaryStep, told: Shown) -> bool:
    if step.refused:
        return told.status in REFUSED_STATUS
    return 200 <= told.status < 400 and not told.login


ACCESS_LOG = Probe(
    "access-log",
    WebTarget,
    look,
    "an exported access log says what canary accounts did, nothing else, and in a form that can be relied on",
)
