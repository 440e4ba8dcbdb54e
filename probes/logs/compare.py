"""A log held against what was done: each canary action and each row once, as multisets. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from probes.access_log import AccessLog, CanaryStep, Performed
from probes.requests.sources import CanaryRow, LogRead

_ELSEWHEN: Final = 26 * 3600
"""Seconds within which a row at a wrong time is looked for: a day, and the hour of a zone."""


@dataclass(frozen=True, slots=True)
class Action:
    """A canary action that must have left a row."""

    step: CanaryStep
    done: Performed
    ripe: bool
    """Whether the export is late enough to hold it."""


@dataclass(slots=True)
class Comparison:
    """What does not fit. Rows are told by their positions, actions by the ids of their steps."""

    judged: int = 0
    """Performed steps that the export is late enough for, and that say something: also those that leave no row."""
    matched: int = 0
    false_hits: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    """Rows that say once more what another row says already."""
    false_misses: list[str] = field(default_factory=list)
    delayed: list[str] = field(default_factory=list)
    """Actions that are not in the log, and need not be yet."""
    wrong_actor: list[int] = field(default_factory=list)
    wrong_activity: list[int] = field(default_factory=list)
    wrong_object: list[int] = field(default_factory=list)
    wrong_time: list[int] = field(default_factory=list)

    @property
    def untrue(self) -> bool:
        """Whether the log says what was not done, or does not say what was."""
        return bool(
            self.false_hits
            or self.false_misses
            or self.wrong_actor
            or self.wrong_activity
            or self.wrong_object
            or self.wrong_time
        )


def compare(log: AccessLog, read: LogRead) -> Comparison:
    """Hold the canary rows of an export against the canary actions."""
    found = Comparison()
    done = [(step, one) for one in (*log.performed, *read.performed) if (step := log.step(one.step)) is not None]
    moments = [one.at for _, one in done]
    found.judged = sum(not one.doubtful and read.exported >= one.at + log.delay for _, one in done)
    actions = [
        Action(step, one, read.exported >= one.at + log.delay and not one.doubtful)
        for step, one in sorted(done, key=lambda pair: pair[1].at)
        if step.activity
    ]
    # Outside the time of a session nothing is judged: who used the account then, and for what, was not written down.
    near = [row for row in read.rows if any(_off(row, at) <= log.tolerance for at in moments)]
    far = [row for row in read.rows if row not in near]
    wanted = _first_pass(found, actions, near, log.tolerance)
    wanted = _paired(wanted, near, found.wrong_object, log.tolerance, lambda said: (said.actor, said.activity))
    wanted = _paired(wanted, near, found.wrong_actor, log.tolerance, lambda said: (said.activity, said.object))
    wanted = _paired(wanted, near, found.wrong_activity, log.tolerance, lambda said: (said.actor, said.object))
    wanted = _paired(wanted, far, found.wrong_time, _ELSEWHEN, lambda said: said)
    for row in near:
        known = any(_same(one.step, row) and _near(one, row, log.tolerance) for one in actions)
        (found.twice if known else found.false_hits).append(row.position)
    for action in wanted:
        if not action.done.doubtful:
            (found.false_misses if action.ripe else found.delayed).append(action.step.id)
    return found


def _first_pass(found: Comparison, actions: Iterable[Action], near: list[CanaryRow], tolerance: int) -> list[Action]:
    """The actions that no row says as it was; the rows that do are taken out of `near`."""
    wanted = []
    for action in actions:
        fitting = [row for row in near if _same(action.step, row) and _near(action, row, tolerance)]
        if fitting:
            near.remove(min(fitting, key=lambda row: _off(row, action.done.at)))
            found.matched += 1
        else:
            wanted.append(action)
    return wanted


class _Said(NamedTuple):
    """What a row says beside its time."""

    actor: str
    activity: str
    object: str


def _said(row: CanaryRow) -> _Said:
    return _Said(row.actor, row.activity, row.object)


def _paired(
    wanted: Iterable[Action], rows: list[CanaryRow], wrong: list[int], seconds: int, alike: Callable[[_Said], object]
) -> list[Action]:
    """The actions with which no row agrees in what `alike` compares, within so many seconds; the rows that do are moved
    from `rows` to `wrong`, by their positions."""
    left = []
    for action in wanted:
        said = alike(_Said(action.step.by, action.step.activity, action.step.object))
        off = {one: _off(one, action.done.at) for one in rows if alike(_said(one)) == said}
        row = min((one for one in off if off[one] <= seconds), key=off.__getitem__, default=None)
        if row is None:
            left.append(action)
        else:
            rows.remove(row)
            wrong.append(row.position)
    return left


def _same(step: CanaryStep, row: CanaryRow) -> bool:
    return _said(row) == (step.by, step.activity, step.object)


def _near(action: Action, row: CanaryRow, seconds: int) -> bool:
    return _off(row, action.done.at) <= seconds


def _off(row: CanaryRow, at: int) -> float:
    """How many seconds a row's time is off, in the reading that fits best."""
    return min((abs(one - at) for one in row.at), default=float("inf"))
