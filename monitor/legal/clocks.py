"""Legal clocks: for each party of the chain, what it may owe to whom, since when, and how long it still has.

They are computed, never decided: whether a duty applies, and since when a party is aware, a person says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import cache, partial

from monitor.findings.finding import Change, Finding, State, Step
from monitor.findings.handling import Action, ActionKind
from monitor.legal.duties import CONTRACT, Duty, Law, deadline, in_force, laws

WARNINGS = (50, 75, 90)
"""Shares of the time, in percent, at which a clock warns."""
LEFTOPEN = "leftopen"
PROGRESS = "-progress"
"""Behind a duty's id: what takes its place while the incident goes on."""


@dataclass(frozen=True, slots=True)
class Tells:
    """Whom a contract makes a party tell, and within how many hours; None: the contract gives no number."""

    party: str
    contract: str
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One party of the chain, as the clocks need it."""

    party: str
    role: str
    tells: tuple[Tells, ...] = ()
    authority: str = ""
    """Who its supervisory authority is, where that is declared; the law's file says it for those who say nothing."""
    csirt: str = ""
    exempt: tuple[str, ...] = ()
    """The laws that do not hold for it, as its own declaration says: by id, or by what they carry out."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A person says that a party sent what a duty asks for; `duty` is its id in the law's file."""

    party: str
    duty: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The first message of ours about the finding that a provider accepted for a party: nobody has read it by that."""

    at: datetime
    channel: str
    message: str


class Basis(StrEnum):
    """Which reading of the law a clock follows."""

    CONSERVATIVE = "conservative"
    LEGAL = "legal"


class Stage(IntEnum):
    """How a clock stands, the most urgent first."""

    OVERDUE = 0
    UNSET = 1  # it may be running: nobody has said since when the party is aware
    RUNNING = 2
    NO_NUMBER = 3  # without undue delay
    WAITING = 4  # what starts it has not happened
    SENT = 5


@dataclass(frozen=True, slots=True)
class Start:
    """When a clock began, who set it, on what grounds, and when that was put on file."""

    at: datetime
    by: str
    reason: str
    recorded: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty of one party, with the time that it has. Times are UTC."""

    party: str
    duty: Duty
    law: Law
    basis: Basis
    to: str
    stage: Stage
    limit: str
    """In words of the law's file, or the contract's hours; empty: no number."""
    says: str
    """What is due: the duty's own words, or what takes its place while the incident goes on."""
    says_sv: str
    start: Start | None = None
    deadline: datetime | None = None
    left: timedelta | None = None
    """Below zero when it is overdue."""
    share: float | None = None
    """Of the time, how much is used: 1.0 at the deadline."""
    unset: timedelta | None = None
    """For how long nobody has said since when the party is aware, counted from the confirmation."""
    sent: Sent | None = None
    accepted: Accepted | None = None
    """Proof of sending, where leftopen itself has told the receiver; whether that is enough, a person decides."""
    notes: tuple[str, ...] = ()
    """What is to be known of this clock in this case; what is to be known of the duty stands in `duty`."""

    @property
    def warning(self) -> int:
        """The highest of the warning levels that is reached, in percent; 0 below the first."""
        return max((level for level in WARNINGS if self.share is not None and self.share * 100 >= level), default=0)

    @property
    def late(self) -> bool:
        """Whether the deadline went by before anything was sent."""
        return self.deadline is not None and self.left is not None and self.left < timedelta(0)


def duty_ids() -> tuple[str, ...]:
    """The ids of every duty of every law on file, as `--sent` and `leftopen sent` take them."""
    known = {d.id for law in laws() for d in law.duties}
    return tuple(sorted(known | {d.id + PROGRESS for law in laws() for d in law.duties if d.ongoing}))


def confirmed_at(finding: Finding, changes: Iterable[Change]) -> datetime | None:
    """When the exposure was first confirmed. `finding.confirmed` is not that: a reopening sets it anew."""
    first = min((change.at for change in changes if change.step is Step.OPENED), default=None)
    return first or finding.confirmed


def aware_since(actions: Iterable[Action], party: str) -> tuple[Start | None, tuple[str, ...]]:
    """Since when a party is aware, and what else was said of it.

    The earliest time that a person of it gave stands: a later statement, say after a reopening, gives no more time.
    """
    said = [d for d in actions if d.act is ActionKind.AWARE and d.party == party]
    if not said:
        return None, ()
    first = min(said, key=lambda d: (d.since or d.at, d.at))
    others = tuple(
        f"{d.by} also said: aware since {_z(d.since or d.at)} (recorded {_z(d.at)}); it moves no clock"
        for d in said
        if d is not first
    )
    return Start(first.since or first.at, first.by, first.reason, first.at), others


def sent_of(actions: Iterable[Action]) -> tuple[Sent, ...]:
    """What parties have sent, as persons put it on file."""
    return tuple(Sent(d.party, d.signature, d.since or d.at, d.by) for d in actions if d.act is ActionKind.SENT)


def earliest_start(
    finding: Finding, changes: Iterable[Change], actions: Iterable[Action], party: str
) -> datetime | None:
    """The earliest start that can be defended for a party: the first confirmation, or awareness before it."""
    aware, _ = aware_since(actions, party)
    times = [at for at in (confirmed_at(finding, changes), aware.at if aware else None) if at is not None]
    return min(times, default=None)


def clocks(
    finding: Finding,
    changes: tuple[Change, ...],
    actions: tuple[Action, ...],
    chain: Iterable[Link],
    laws: tuple[Law, ...],
    now: datetime,
    *,
    sent: tuple[Sent, ...] = (),
    accepted: Mapping[str, Accepted] | None = None,
) -> tuple[Clock, ...]:
    """Every clock of every party of the chain, the most urgent first. The law holds that was in force at its start."""
    case = _Case(finding, changes, actions, now.astimezone(UTC), sent, accepted or {})
    # The clocks of a finding start at few moments.
    holding = cache(partial(in_force, laws))
    found = [
        clock
        for link in chain
        for law in laws
        for duty in law.duties
        if link.role in duty.who and not {law.id, law.carries_out} & set(link.exempt)
        for clock in case.of(link, law, duty)
        if law in holding(clock.start.at if clock.start else case.now)
    ]
    far = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(found, key=lambda c: (c.stage, c.deadline or far)))


@dataclass(frozen=True, slots=True)
class _Case:
    finding: Finding
    changes: tuple[Change, ...]
    actions: tuple[Action, ...]
    now: datetime
    sent: tuple[Sent, ...]
    accepted: Mapping[str, Accepted]

    def of(self, link: Link, law: Law, duty: Duty) -> Iterator[Clock]:
        receivers: tuple[Tells | None, ...] = link.tells if duty.to == CONTRACT else (None,)
        for tells in receivers:
            limit = duty.limit
            if limit == CONTRACT:
                limit = f"{tells.hours} h" if tells and tells.hours else ""
            blank = Clock(
                party=link.party,
                duty=duty,
                law=law,
                basis=Basis.LEGAL,
                to=tells.party if tells else _receiver(link, duty),
                stage=Stage.WAITING,
                limit=limit if duty.verified else "",
                says=duty.says,
                says_sv=duty.says_sv,
                sent=self._sent(link.party, duty.id),
                accepted=self.accepted.get(tells.party) if tells else None,
                notes=self._reopened(),
            )
            if duty.starts.startswith("sent:"):
                yield from self._after_sending(blank, duty.starts.removeprefix("sent:"))
            else:
                yield self._legal(blank)
                if duty.conservative:
                    yield self._conservative(blank)

    def _conservative(self, blank: Clock) -> Clock:
        blank = replace(blank, basis=Basis.CONSERVATIVE)
        at = confirmed_at(self.finding, self.changes)
        if at is None:
            return self._waiting(blank, "the exposure is not confirmed")
        return self._run(blank, Start(at, LEFTOPEN, "the exposure was confirmed", at))

    def _legal(self, blank: Clock) -> Clock:
        aware, others = aware_since(self.actions, blank.party)
        if aware is not None:
            return self._run(replace(blank, notes=(*others, *blank.notes)), aware)
        if blank.sent is not None:
            return replace(blank, stage=Stage.SENT)
        since = confirmed_at(self.finding, self.changes)
        if since is None:
            return self._waiting(blank, "the exposure is not confirmed")
        told = self.accepted.get(blank.party)
        hint = (f"a message to {blank.party} was accepted by a provider at {_z(told.at)}",) if told else ()
        unset = max(self.now - since, timedelta(0))
        return replace(blank, stage=Stage.UNSET, unset=unset, notes=(*hint, *blank.notes))

    def _after_sending(self, blank: Clock, duty: str) -> Iterator[Clock]:
        first = self._sent(blank.party, duty)
        if first is None:
            yield self._waiting(blank, f"what it follows ({duty}) has not been sent, as far as leftopen was told")
            return
        start = Start(first.at, first.by, f"{duty} was sent", first.at)
        clock = self._run(blank, start)
        ended = self.finding.cleared if self.finding.state is State.CLEARED else None
        if not blank.duty.ongoing or clock.deadline is None or (ended is not None and ended <= clock.deadline):
            yield clock
            return
        # The incident outlasts its month, or still may: then a progress report is due, and the rest after the end.
        note = "if the incident has ended by then, the final report is due instead"
        progress = replace(
            blank,
            says=blank.duty.ongoing,
            says_sv=blank.duty.ongoing_sv,
            sent=self._sent(blank.party, blank.duty.id + PROGRESS),
            notes=(note, *blank.notes) if ended is None else blank.notes,
        )
        yield self._run(progress, start)
        final = replace(blank, notes=("counted from the proof that it is closed", *blank.notes))
        if ended is None:
            yield self._waiting(final, "the incident goes on: it is due as long after its end")
        else:
            yield self._run(final, Start(ended, LEFTOPEN, "the place was proven closed", ended))

    def _run(self, blank: Clock, start: Start) -> Clock:
        start = replace(start, at=start.at.astimezone(UTC), recorded=start.recorded.astimezone(UTC))
        if not blank.limit:
            stage = Stage.SENT if blank.sent else Stage.NO_NUMBER
            return replace(blank, start=start, stage=stage)
        end = deadline(start.at, blank.limit)
        until = blank.sent.at if blank.sent else self.now
        left = end - until
        stage = Stage.SENT if blank.sent else Stage.OVERDUE if left < timedelta(0) else Stage.RUNNING
        share = max(0.0, (until - start.at) / (end - start.at))
        return replace(blank, start=start, deadline=end, left=left, share=share, stage=stage)

    def _waiting(self, blank: Clock, why: str) -> Clock:
        return replace(blank, stage=Stage.SENT if blank.sent else Stage.WAITING, notes=(why, *blank.notes))

    def _sent(self, party: str, duty: str) -> Sent | None:
        return min((s for s in self.sent if s.party == party and s.duty == duty), key=lambda s: s.at, default=None)

    def _reopened(self) -> tuple[str, ...]:
        again = [change.at for change in self.changes if change.step is Step.REOPENED]
        if not again:
            return ()
        at = _z(again[-1])
        return (f"open again at {at}: no clock restarts; whether that is a breach of its own, a person says",)


def _receiver(link: Link, duty: Duty) -> str:
    own = {"authority": link.authority, "csirt": link.csirt}.get(duty.receiver, "")
    return own or duty.to


def _z(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"
