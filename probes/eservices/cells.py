"""The cells of a matrix of roles: what one answer to one subject means, and what all of them together prove.

A status says little: the leak is a 200 with rows too many. So a pass needs the canary of the subject's own tenant where
it should be, and the other tenant's canary must have been seen by somebody, or its absence proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from probes.matrix import Matrix, Rule, Subject
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from probes.requests.http import NoAnswer
from probes.requests.session import Shown

DENIED = frozenset({401, 403, 404, 410})


@dataclass(frozen=True, slots=True)
class Cell:
    """One subject at one path."""

    rule: Rule
    subject: Subject
    path: str
    tenant: str
    """Whose canary the path is; empty for a list."""
    allowed: bool
    told: Shown | NoAnswer
    why: Why = ClosedReason.ROLES_HOLD
    """What it came to: a ClosedReason is a pass, an OpenReason a leak, anything else no verdict."""

    @property
    def leak(self) -> bool:
        """Whether somebody saw what is not theirs."""
        return isinstance(self.why, OpenReason)

    @property
    def passes(self) -> bool:
        """Whether the cell is as it should be."""
        return isinstance(self.why, ClosedReason)


def paths(matrix: Matrix, rule: Rule) -> tuple[tuple[str, str], ...]:
    """The paths of a rule, each with the tenant whose canary it is (empty for a list)."""
    if "{object}" not in rule.path:
        return ((rule.path, ""),)
    return tuple((rule.path.replace("{object}", one.path), one.tenant) for one in matrix.canaries if one.path)


def may(rule: Rule, subject: Subject, tenant: str) -> bool:
    """Whether the subject is allowed to see what is there."""
    if subject.id not in rule.allow:
        return False
    return not tenant or rule.all_tenants or subject.tenant == tenant


def first_look(rule: Rule, subject: Subject, path: str, tenant: str, told: Shown | NoAnswer) -> Cell:
    """The cell by its own answer alone."""
    cell = Cell(rule, subject, path, tenant, may(rule, subject, tenant), told)
    return replace(cell, why=_why(cell))


def says_nothing(told: Shown | NoAnswer) -> Why | None:
    """Why an answer says nothing of what its subject may see; None: it says something."""
    if isinstance(told, NoAnswer):
        return told.why
    if told.status == 429:
        return UndecidedReason.THROTTLED
    return UndecidedReason.SERVER_ERROR if told.status >= 500 else None


def _why(cell: Cell) -> Why:
    nothing, told = says_nothing(cell.told), cell.told
    if nothing is not None:
        return nothing
    assert isinstance(told, Shown)  # noqa: S101  whatever is none says nothing
    return _allowed(cell, told) if cell.allowed else _refused(cell, told)


def _allowed(cell: Cell, told: Shown) -> Why:
    others = set(told.tenants) - {cell.subject.tenant}
    if others and not cell.rule.all_tenants:
        return OpenReason.ROLE_LEAK
    if told.login or told.status == 401:
        return UndecidedReason.CREDENTIAL_REFUSED
    if told.status in DENIED:
        return UndecidedReason.LOCKED_OUT
    if told.status != 200:
        return UndecidedReason.STATUS_UNEXPECTED
    if not told.whole:
        return UndecidedReason.BODY_TOO_LARGE
    own = cell.tenant or cell.subject.tenant
    if cell.rule.shows_own and own and own not in told.tenants:
        return UndecidedReason.LOCKED_OUT
    return ClosedReason.ROLES_HOLD


def _refused(cell: Cell, told: Shown) -> Why:
    if told.tenants:
        return OpenReason.ROLE_LEAK
    if told.login and not cell.subject.anonymous and told.status != 401:
        # Somebody who is signed in is refused, not asked who they are: the session may have ended.
        return UndecidedReason.CREDENTIAL_REFUSED
    if told.login or told.status in DENIED:
        return ClosedReason.ROLES_HOLD
    if told.status == 200 and not told.whole:
        return UndecidedReason.BODY_TOO_LARGE
    # An answer without a canary: an empty list, or a page that says no in words.
    return UndecidedReason.ANSWERS_WITHOUT_CANARY if told.status == 200 else UndecidedReason.STATUS_UNEXPECTED


def together(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells once more, with what only all of them show: a pass that nothing controls is none.

    A signed-in subject that got nothing anywhere may have no session, so that its refusals say nothing. A canary that
    nobody saw by a rule may not be there, so that its absence from others' answers says nothing.
    """
    alive = {cell.subject.id for cell in cells if cell.passes and cell.allowed}
    shown = {(cell.rule.id, tenant) for cell in cells for tenant in _tenants(cell)}
    tenants = {cell.subject.tenant for cell in cells if cell.allowed and cell.subject.tenant}
    return tuple(replace(cell, why=_controlled(cell, alive, shown, tenants)) for cell in cells)


def _tenants(cell: Cell) -> Iterable[str]:
    return cell.told.tenants if isinstance(cell.told, Shown) else ()


def _controlled(cell: Cell, alive: set[str], shown: set[tuple[str, str]], tenants: set[str]) -> Why:
    if not cell.passes:
        return cell.why
    if not cell.allowed:
        return cell.why if cell.subject.anonymous or cell.subject.id in alive else UndecidedReason.SUBJECT_UNSEEN
    if not cell.rule.shows_own or cell.tenant:
        return cell.why
    others = tenants - {cell.subject.tenant}
    return cell.why if all((cell.rule.id, one) in shown for one in others) else UndecidedReason.CANARY_UNSEEN
