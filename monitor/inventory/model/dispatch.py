"""A dispatch as the inventory declares it: boxes of synthetic recipients, canary cases, and when they are sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from monitor.inventory.model.access_log import LocalPath, SignsIn
from monitor.inventory.model.base import Section, Some
from monitor.inventory.values.scalars import Asked, Id, Port, Reference, Span, Switch, Text, shown, whole
from monitor.inventory.values.wall_times import Moment, Zone
from monitor.inventory.yaml_source import Fault, Loc, entries
from probes.dispatch_plan import CanaryCase, DispatchPlan, Recall, early


class Imap(Section):
    """A mailbox over IMAP in TLS, at this host."""

    port: Port = Field(default=993, description="Its port.")
    user: Reference = Field(description="Where the user name is. `env:NAME` or `file:/path`.")
    password: Reference = Field(description="Where the password is.")
    folder: Text = Field(default="INBOX", description="The folder that is read.")
    authority: LocalPath | None = Field(
        default=None, description="File of certificates to trust, where they are not the system's."
    )


class DispatchBox(Section):
    """The box of one synthetic recipient, given to leftopen to read."""

    id: Id = Field(description="Short name, such as `a`.")
    maildir: LocalPath | None = Field(default=None, description="A Maildir on this machine.")
    imap: Imap | None = Field(default=None, description="A mailbox over IMAP in TLS.")
    get: Asked | None = Field(default=None, description="A path of this host that lists letters as JSON.")
    kind: SignsIn = Field(default="anonymous", description="How leftopen signs in for `get`.")
    credential: Reference | None = Field(default=None, description="Where the credential for `get` is.")


class DispatchCase(Section):
    """One canary case that the owner's ordinary routine dispatches."""

    id: Id = Field(description="Short name, such as `decision-a` or `wrong-digit`.")
    token: Reference = Field(
        description="Where the text is that stands in it and nowhere else: 12 to 64 letters, digits and hyphens."
    )
    to: Id | None = Field(
        default=None, description="The box that it must reach; left out: the routine must hold it, and nobody gets it."
    )
    attachments: Annotated[int, whole(0, 100)] = Field(default=0, description="How many files it comes with.")
    recalled: Span | None = Field(
        default=None,
        description="How soon after its dispatch the owner takes it back (a recall): then its box is empty.",
    )


class MonthlyCount(Section):
    """The owner's own count of misdirected dispatches, month by month, and the log that it is counted from."""

    counted: LocalPath = Field(
        description="File, or folder whose newest file is read: CSV with the columns `month` (`2026-10`) and "
        "`misdirected`, a row for every month, with 0 too."
    )
    log: LocalPath = Field(description="File or folder of the log of dispatches, as CSV.")
    id: Text = Field(default="id", description="How the log calls the id of a dispatch.")
    at: Text = Field(default="at", description="How it calls its time (ISO 8601).")
    outcome: Text = Field(default="outcome", description="How it calls what came of it.")
    misdirected: Text = Field(default="misdirected", description="What it says of one that went to somebody else.")
    by: Span = Field(default=timedelta(days=10), description="How long after its end a month must be counted.")


class Dispatch(Section):
    """A routine that sends letters, watched by canary cases to synthetic recipients."""

    port: Port = Field(default=443, description="The port of boxes that are read by `get`.")
    tls: Switch = Field(default=True, description="Whether they are read in TLS; if not, credentials go in clear.")
    boxes: Annotated[tuple[DispatchBox, ...], Some] = Field(description="Boxes of synthetic recipients.")
    cases: Annotated[tuple[DispatchCase, ...], Some] = Field(description="Canary cases.")
    first: Moment = Field(description="When the cases are dispatched for the first time: `2026-11-30T09:00`.")
    zone: Zone = Field(default="Europe/Stockholm", description="The zone of that time.")
    every: Span = Field(default=timedelta(days=7), description="How often they are dispatched.")
    within: Span = Field(default=timedelta(hours=4), description="How soon they must have arrived.")
    monthly: MonthlyCount | None = Field(default=None, description="The owner's count of dispatches that went astray.")

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.within >= self.every:
            raise ValueError("'within' must be shorter than 'every': a dispatch is judged before the next one")
        if any(one.recalled is not None and not self.within < one.recalled < self.every for one in self.cases):
            raise ValueError("'recalled' must be longer than 'within' and shorter than 'every'")
        return self

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports of its mailboxes over IMAP."""
        return tuple(dict.fromkeys(box.imap.port for box in self.boxes if box.imap is not None))

    def value(self, now: datetime, seen: Collection[tuple[str, int]] = ()) -> DispatchPlan:
        """The dispatch as a probe knows it: without a secret, with the dispatches that are judged at a time.

        `seen` are the cases to be recalled that earlier looks saw in their boxes, each with its dispatch.
        """
        judged, running = self._judged(now, self.within)
        cases = []
        for one in self.cases:
            recall = None
            if one.recalled is not None:
                gone, may_lie = self._judged(now, one.recalled)
                recall = Recall(gone, may_lie, tuple(at for at in (gone, may_lie) if at and (one.id, at) in seen))
            cases.append(CanaryCase(one.id, one.to or "", one.attachments, recall))
        return DispatchPlan(
            tuple(box.id for box in self.boxes),
            tuple(cases),
            int(self.within.total_seconds()),
            judged,
            running,
            self.monthly is not None,
            () if self.monthly is None else self._months(now, self.monthly.by),
            early(int(self.every.total_seconds())),
        )

    def _judged(self, now: datetime, within: timedelta) -> tuple[int, int]:
        """The last dispatch of which so much time has passed, and a later one of which it has not; 0: none."""
        latest = self._latest(now)
        before = self._latest(latest - timedelta(seconds=1)) if latest is not None else None
        waits = latest is not None and now < latest + within
        judged = before if waits else latest
        return 0 if judged is None else int(judged.timestamp()), int(latest.timestamp()) if waits and latest else 0

    def _months(self, now: datetime, by: timedelta) -> tuple[str, ...]:
        """The whole months since the first dispatch that ended so long ago, a year of them at most."""
        wall = now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) - by
        months: list[str] = []
        year, month = wall.year, wall.month
        while len(months) < _MOST_MONTHS:
            year, month = (year, month - 1) if month > 1 else (year - 1, 12)
            if datetime(year, month, 1) < self.first.replace(hour=0, minute=0):  # noqa: DTZ001  on the wall
                break
            months.append(f"{year}-{month:02}")
        return tuple(reversed(months))

    def _latest(self, now: datetime) -> datetime | None:
        """The last dispatch at or before a time, on the wall of its zone: at the same hour in summer and winter."""
        zone = ZoneInfo(self.zone)
        wall = now.astimezone(zone).replace(tzinfo=None)
        if wall < self.first:
            return None
        return (self.first + (wall - self.first) // self.every * self.every).replace(tzinfo=zone).astimezone(UTC)


_MOST_MONTHS: Final = 12


def faults(loc: Loc, written: Any) -> Iterator[Fault]:
    """What does not fit together in a dispatch as it was written: names given twice or to nobody, places, tokens."""
    boxes, cases = entries(written, "boxes"), entries(written, "cases")
    ids = [one.get("id") for _, one in boxes]
    for key, listed in (("boxes", boxes), ("cases", cases)):
        named = [one.get("id") for _, one in listed]
        for index, one in listed:
            if named.count(one.get("id")) > 1:
                yield Fault((*loc, key, index, "id"), f"{shown(one.get('id'))} is declared twice")
    for index, box in boxes:
        at = (*loc, "boxes", index)
        if sum(box.get(key) is not None for key in ("maildir", "imap", "get")) != 1:
            yield Fault(at, "a box is one of `maildir`, `imap` and `get`")
        if (box.get("kind", "anonymous") == "anonymous") != (box.get("credential") is None):
            yield Fault(at, "a credential belongs to every kind but `anonymous`")
    tokens = [one.get("token") for _, one in cases]
    for index, case in cases:
        if case.get("recalled") is not None and case.get("to") is None:
            yield Fault(
                (*loc, "cases", index, "recalled"), "a case that is held reaches no box, and cannot be recalled"
            )
        if case.get("to") is not None and case["to"] not in ids:
            yield Fault((*loc, "cases", index, "to"), f"unknown box {shown(case['to'])}")
        if case.get("token") is not None and tokens.count(case["token"]) > 1:
            yield Fault((*loc, "cases", index, "token"), "every case has a token of its own")
    if cases and not any(one.get("to") and one.get("recalled") is None for _, one in cases):
        yield Fault((*loc, "cases"), "no case must arrive and stay: then nothing shows that the routine runs")
