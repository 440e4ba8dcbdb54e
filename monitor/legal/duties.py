"""A law's duties as values, read from the dated files in `monitor/findings/laws`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
"""Laws enter into force at midnight there, and deadlines are shown there too."""
CONTRACT = "contract"
"""A limit or a receiver that the contract names, not the law."""
_STARTS = ("aware", "sent:")
_RECEIVERS = ("", "authority", "csirt")


class LawUnreadable(ValueError):
    """A law's file is wrong; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of a law: who must tell whom, from when, within what time."""

    id: str
    article: str
    says: str
    says_sv: str
    who: tuple[str, ...]
    """The roles in the chain that have it."""
    to: str
    starts: str
    """`aware`: when a person of the party says that it is aware; `sent:DUTY`: when what that duty asks for was sent."""
    limit: str
    """`72 h`, `28 d`, `1 month`; `contract`: the contract's hours; empty: no number."""
    conservative: bool = False
    """Whether a second clock runs from the confirmation, for those who read the law that way."""
    ongoing: str = ""
    """What is due in its place while the incident goes on; the thing itself is then due as long after the end."""
    ongoing_sv: str = ""
    verified: bool = True
    """Whether the limit was read in a source. One that was not is never printed as a deadline."""
    notes: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    receiver: str = ""
    """`authority` or `csirt`: who that is for a party, its own declaration may say."""


@dataclass(frozen=True, slots=True)
class Law:
    """One version of a law, for the time that it is in force."""

    id: str
    name: str
    version: str
    valid_from: date
    source: str
    checked_by: str
    checked_on: date
    duties: tuple[Duty, ...]
    valid_to: date | None = None
    """Its last day; None: in force until another version begins."""
    carries_out: str = ""
    """The directive that it carries out: that one's own duties are not shown beside it."""

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at that moment."""
        day = at.astimezone(STOCKHOLM).date()
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def in_force(laws: Iterable[Law], at: datetime) -> tuple[Law, ...]:
    """The laws that hold at a moment, a directive only where no law carries it out."""
    holding = [law for law in laws if law.holds(at)]
    carried = {law.carries_out for law in holding}
    return tuple(law for law in holding if law.id not in carried)


@cache
def laws() -> tuple[Law, ...]:
    """Every version of every law that comes with leftopen, by file name."""
    found = [file for file in files("monitor.legal.laws").iterdir() if file.name.endswith(".toml")]
    return tuple(law_of(file.read_text(encoding="utf-8"), file.name) for file in sorted(found, key=lambda f: f.name))


def law_of(text: str, name: str) -> Law:
    """The law that a file holds. Raises LawUnreadable."""
    try:
        value = tomllib.loads(text)
        duties = tuple(_duty(row) for row in value.pop("duty"))
        law = Law(**value, duties=duties)
        _check(law)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise LawUnreadable(f"{name}: {error}") from error
    return law


def _duty(row: Mapping[str, Any]) -> Duty:
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    return Duty(**{**row, **lists})


def _check(law: Law) -> None:
    if law.valid_to is not None and law.valid_to < law.valid_from:
        raise ValueError("it ends before it begins")
    known = {duty.id for duty in law.duties}
    for duty in law.duties:
        if not duty.starts.startswith(_STARTS):
            raise ValueError(f"duty {duty.id}: unknown start {duty.starts!r} (known: aware, sent:DUTY)")
        if duty.receiver not in _RECEIVERS:
            raise ValueError(f"duty {duty.id}: unknown receiver {duty.receiver!r} (known: authority, csirt)")
        if duty.starts.startswith("sent:") and duty.starts.removeprefix("sent:") not in known:
            raise ValueError(f"duty {duty.id}: there is no duty {duty.starts.removeprefix('sent:')!r} to start it")
        if duty.limit not in ("", CONTRACT):
            deadline(datetime(2026, 1, 31, tzinfo=STOCKHOLM), duty.limit)


def deadline(start: datetime, limit: str) -> datetime:
    """The end of a limit that begins at `start`. Raises ValueError when the limit is none."""
    number, _, unit = limit.partition(" ")
    amount = int(number)
    if amount < 1:
        raise ValueError(f"{limit!r} is no limit")
    # On aware times of one zone, Python adds to the wall clock: in UTC an hour is an hour over a change of the clocks.
    start = start.astimezone(UTC)
    match unit:
        case "h":
            return start + timedelta(hours=amount)
        case "d":
            return start + timedelta(days=amount)
        case "month" | "months":
            # A month from noon in winter ends at noon in summer on the wall, and an hour later in UTC. The earlier of
            # the two readings is one that nobody can call late.
            wall = months_on(start.astimezone(STOCKHOLM), amount).astimezone(UTC)
            return min(months_on(start, amount), wall)
        case _:
            raise ValueError(f"{limit!r} is no limit (known: 72 h, 28 d, 1 month)")


def months_on(start: datetime, months: int) -> datetime:
    """The same time so many calendar months later (earlier, below zero); the last day where a month has fewer."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first_after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_after - timedelta(days=1)).day
    return start.replace(year=year, month=month + 1, day=min(start.day, last))
