"""The probe `role-matrix`: every declared subject asks for everything that a rule names, in a session of its own.

A role is tested with its scope: an administrator of one department must not see another's rows. What a subject sees is
told by canaries that the owner made, one for each tenant, and never by a status alone.
"""

from __future__ import annotations

from collections.abc import Generator

from probes.api import Check, Clear, Dialogue, Exposed, Probe, Unknown, Verdict, WebTarget
from probes.eservices.cells import Cell, first_look, paths, together
from probes.eservices.kinds import ROLES
from probes.matrix import Matrix, Rule
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.requests.http import Ask, NoAnswer, Reply
from probes.requests.session import InSession, Shown


def look(target: WebTarget) -> Dialogue:
    """Fill the matrix, ask again about each leak, then ask with sessions that have ended."""
    matrix = target.matrix
    if matrix is None:
        return ()
    cells: list[Cell] = []
    for rule in matrix.rules:
        for path, tenant in paths(matrix, rule):
            for subject in matrix.subjects:
                told = yield from _ask(subject.id, path)
                cells.append(first_look(rule, subject, path, tenant, told))
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


def _ask(subject: str, path: str, *, fresh: bool = False) -> Generator[Ask, Reply, Shown | NoAnswer]:
    told = yield InSession(subject, path, fresh)
    assert isinstance(told, Shown | NoAnswer)  # noqa: S101  the driver answers a request in a session with one of these
    return told


def _judged(target: WebTarget, rule: Rule, cells: tuple[Cell, ...]) -> Generator[Ask, Reply, Verdict]:
    """The verdict about one rule: a leak that is seen twice, else the first cell without a verdict, else clear."""
    place = target.place(rule.path)
    confirmed = []
    unstable: set[int] = set()
    for number, cell in enumerate(cells):
        if not cell.leak:
            continue
        again = yield from _ask(cell.subject.id, cell.path, fresh=True)
        if first_look(rule, cell.subject, cell.path, cell.tenant, again).leak:
            confirmed.append(cell)
        else:
            unstable.add(number)
    checks = tuple(_check(cell, unstable=number in unstable) for number, cell in enumerate(cells))
    if confirmed:
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
    for subject in matrix.subjects:
        held = next((one for one in cells if one.subject == subject and one.allowed and one.passes), None)
        if held is None or subject.anonymous:
            continue
        yield from _ask(subject.id, matrix.sign_out)
        told = yield from _ask(subject.id, held.path, fresh=True)
        if isinstance(told, NoAnswer):
            checks.append(Check(subject.id, "unknown", told.why))
        elif told.tenants:
            checks.append(Check(subject.id, "exposed", OpenReason.SESSION_LIVES_ON))
        else:
            checks.append(Check(subject.id, "clear", ClosedReason.ROLES_HOLD))
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
