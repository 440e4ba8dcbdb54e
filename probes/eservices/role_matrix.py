"""The probe `role-matrix`: every declared subject asks for everything that a rule names, in a session of its own.

A role is tested with its scope: an administrator of one department must not see another's rows. What a subject sees is
told by canaries that the owner made, one for each tenant, and never by a status alone.
"""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Check, Clear, Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.eservices.cells import Cell, first_look, paths, says_nothing, together
from probes.eservices.kinds import ROLES
from probes.matrix import Matrix, Rule
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.requests.http import Ask, NoAnswer, Reply
from probes.requests.session import InSession, Shown, SideBySide


def look(target: WebTarget) -> Dialogue:
    """Fill the matrix, ask again about each leak, then ask with sessions that have ended."""
    matrix = target.matrix
    if matrix is None:
        return ()
    wanted = [
        (rule, subject, path, tenant)
        for rule in matrix.rules
        for path, tenant in paths(matrix, rule)
        for subject in matrix.subjects
    ]
    answers = yield from _ask(tuple(InSession(subject.id, path) for _, subject, path, _ in wanted))
    cells = [first_look(*cell, told) for cell, told in zip(wanted, answers, strict=True)]
    seen = together(cells)
    verdicts: list[Verdict] = []
    for rule in matrix.rules:
        mine = tuple(cell for cell in seen if cell.rule is rule)
        verdicts.append((yield from _judged(target, rule, mine)))
    if matrix.untested:
        checks = tuple(Check(one, "unknown", UndecidedReason.ROLE_UNTESTED) for one in matrix.untested)
        verdicts.append(Unknown(target.place("/"), ROLES, UndecidedReason.ROLE_UNTESTED, checks=checks))
    if matrix.sign_out:
        verdicts.append((yield from _after_the_end(target, matrix, seen)))
    return tuple(verdicts)


def _ask(asks: tuple[InSession, ...]) -> Generator[Ask, Reply, tuple[Shown | NoAnswer, ...]]:
    """Each subject waits for its own answers alone: a portal that takes half a second for a page would else be asked
    twice a second, whatever pace is declared."""
    told = yield SideBySide(asks)
    assert isinstance(told, tuple)  # noqa: S101  the driver answers with one of these for each
    return tuple(answer for answer in told if isinstance(answer, Shown | NoAnswer))


def _judged(target: WebTarget, rule: Rule, cells: tuple[Cell, ...]) -> Generator[Ask, Reply, Verdict]:
    """The verdict about one rule: a leak that is seen twice, else the first cell without a verdict, else clear."""
    place = target.place(rule.path)
    leaks = [number for number, cell in enumerate(cells) if cell.leak]
    again = yield from _ask(tuple(InSession(cells[at].subject.id, cells[at].path, fresh=True) for at in leaks))
    seen = {
        at: first_look(rule, cells[at].subject, cells[at].path, cells[at].tenant, told).leak
        for at, told in zip(leaks, again, strict=True)
    }
    unstable = {at for at, leak in seen.items() if not leak}
    checks = tuple(_check(cell, unstable=number in unstable) for number, cell in enumerate(cells))
    if len(unstable) < len(leaks):
        proof = (Proof(ProofStep.CANARY_SHOWN), Proof(ProofStep.SEEN_AGAIN))
        return Exposed(place, ROLES, OpenReason.ROLE_LEAK, proof=proof, checks=checks)
    undecided = next((check for check in checks if check.verdict == "unknown"), None)
    if undecided is not None:
        return Unknown(place, ROLES, undecided.why, f"as {undecided.name}", checks=checks)
    return Clear(place, ROLES, ClosedReason.ROLES_HOLD, checks=checks)


def _check(cell: Cell, *, unstable: bool) -> Check:
    name = f"{cell.subject.id} {cell.tenant}".rstrip()
    if unstable:
        return Check(name, "unknown", UndecidedReason.UNSTABLE)
    if cell.leak:
        return Check(name, "exposed", cell.why)
    return Check(name, "clear" if cell.passes else "unknown", cell.why)


def _after_the_end(target: WebTarget, matrix: Matrix, cells: tuple[Cell, ...]) -> Generator[Ask, Reply, Verdict]:
    """Whether a session that was ended is still served: the same cookies and credentials, asked once more."""
    place = target.place(matrix.sign_out)
    checks: list[Check] = []
    held: dict[str, str] = {}
    for cell in cells:
        if cell.allowed and cell.passes and not cell.subject.anonymous:
            held.setdefault(cell.subject.id, cell.path)
    yield from _ask(tuple(InSession(subject, matrix.sign_out) for subject in held))
    answers = yield from _ask(tuple(InSession(subject, path, fresh=True) for subject, path in held.items()))
    for subject, told in zip(held, answers, strict=True):
        nothing = says_nothing(told)
        if isinstance(told, Shown) and told.tenants:
            checks.append(Check(subject, "exposed", OpenReason.SESSION_LIVES_ON))
        elif nothing is not None:
            checks.append(Check(subject, "unknown", nothing))
        elif isinstance(told, Shown) and not told.whole:
            checks.append(Check(subject, "unknown", UndecidedReason.BODY_TOO_LARGE))
        else:
            checks.append(Check(subject, "clear", ClosedReason.ROLES_HOLD))
    if any(one.verdict == "exposed" for one in checks):
        proof = (Proof(ProofStep.CANARY_SHOWN),)
        return Exposed(place, ROLES, OpenReason.SESSION_LIVES_ON, proof=proof, checks=tuple(checks))
    unknown = next((one for one in checks if one.verdict == "unknown"), None)
    if unknown is not None or not checks:
        why = unknown.why if unknown is not None else NoAnswerReason.NOT_ASKED
        return Unknown(place, ROLES, why, checks=tuple(checks))
    return Clear(place, ROLES, ClosedReason.ROLES_HOLD, checks=tuple(checks))


ROLE_MATRIX = Probe(
    "role-matrix",
    WebTarget,
    look,
    "every declared role and scope asks for what each rule names: nobody sees another tenant's canary",
)
