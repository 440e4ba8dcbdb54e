"""What is wrong with the form of an exported access log, whatever it says: counts and positions, never a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from probes.recognise.logs.rows import NEEDED, LogFile, LogRow
from probes.recognise.logs.times import LogTime, read_time

_SHOWN: Final = 5
_SAME_ACTION: Final = 2
"""Seconds within which two systems may log one action."""


class LintKind(StrEnum):
    """One kind of fault."""

    LINE = "line-unreadable"
    FIELD = "field-missing"
    ID = "id-twice"
    GAP = "sequence-gap"
    ORDER = "out-of-order"
    TIME = "time-unreadable"
    ZONE = "zone-missing"
    TWICE = "logged-twice"


@dataclass(frozen=True, slots=True)
class LogFault:
    """One kind of fault, how often, and where first."""

    kind: LintKind
    count: int
    positions: tuple[int, ...]
    """The first of them: which entries of the export they are, from 1."""
    more: bool = False
    """Whether there are further positions."""

    def __str__(self) -> str:
        more = ", ..." if self.more else ""
        return f"{self.count} at row {', '.join(map(str, self.positions))}{more}"


def lint(log: LogFile, zone: ZoneInfo | None, *, numbered: bool) -> tuple[LogFault, ...]:
    """The faults of an export. `numbered`: whether its sequence numbers must have no gap."""
    times = [read_time(row.at, zone) for row in log.rows]
    found = [
        _fault(LintKind.LINE, log.unreadable),
        _fault(LintKind.FIELD, (row.position for row in log.rows if not all(getattr(row, one) for one in NEEDED))),
        _fault(LintKind.ID, _ids_twice(log.rows)),
        *([_gaps(log.rows)] if numbered else []),
        _fault(LintKind.ORDER, _out_of_order(log.rows, times)),
        _fault(
            LintKind.TIME,
            (
                row.position
                for row, time in zip(log.rows, times, strict=True)
                if row.at and not time.instants and (time.zoned or zone is not None)
            ),
        ),
        _fault(
            LintKind.ZONE,
            (
                row.position
                for row, time in zip(log.rows, times, strict=True)
                if not time.zoned and (zone is None or time.ambiguous)
            ),
        ),
        _fault(LintKind.TWICE, _logged_twice(log.rows, times)),
    ]
    return tuple(fault for fault in found if fault is not None)


def _fault(kind: LintKind, positions: Iterable[int]) -> LogFault | None:
    at = sorted(set(positions))
    return LogFault(kind, len(at), tuple(at[:_SHOWN]), len(at) > _SHOWN) if at else None


def _ids_twice(rows: Sequence[LogRow]) -> Iterable[int]:
    first: dict[str, int] = {}
    for row in rows:
        # The objects of one entry share its id.
        if row.id and first.setdefault(row.id, row.position) != row.position:
            yield row.position


def _gaps(rows: Sequence[LogRow]) -> LogFault | None:
    """Numbers that are missing between the first and the last; a row without a number is one as well."""
    numbers = {int(row.sequence): row.position for row in rows if row.sequence.isascii() and row.sequence.isdigit()}
    unnumbered = sorted({row.position for row in rows if not (row.sequence.isascii() and row.sequence.isdigit())})
    order = sorted(numbers)
    gaps = [(high - low - 1, numbers[high]) for low, high in pairwise(order) if high - low > 1]
    missing = sum(count for count, _ in gaps) + len(unnumbered)
    at = [position for _, position in gaps] + unnumbered
    return LogFault(LintKind.GAP, missing, tuple(at[:_SHOWN]), len(at) > _SHOWN) if missing else None


def _out_of_order(rows: Sequence[LogRow], times: Sequence[LogTime]) -> Sequence[int]:
    """Rows whose time goes back, in the direction in which the export runs: the fewer of both ways."""
    dated = [(row.position, time.instants) for row, time in zip(rows, times, strict=True) if time.instants]
    return min(_backward(dated), _backward(dated[::-1]), key=len)


def _backward(dated: Sequence[tuple[int, tuple[int, ...]]]) -> list[int]:
    found: list[int] = []
    last: int | None = None
    for position, instants in dated:
        # In the hour that comes twice the later reading saves the order.
        later = [one for one in instants if last is None or one >= last]
        if not later:
            found.append(position)
        last = min(later) if later else max(instants)
    return found


def _logged_twice(rows: Sequence[LogRow], times: Sequence[LogTime]) -> Iterable[int]:
    """Actions that a second system logged once more. Twice in one system are two actions."""
    by_action: dict[tuple[str, str, str], list[tuple[int, str, int]]] = defaultdict(list)
    for row, time in zip(rows, times, strict=True):
        if row.actor and row.system and time.instants:
            by_action[row.actor, row.activity, row.object].append((time.instants[0], row.system, row.position))
    for logged in by_action.values():
        logged.sort()
        for (before, system, _), (after, other, position) in pairwise(logged):
            if other != system and after - before <= _SAME_ACTION:
                yield position
