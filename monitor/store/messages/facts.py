"""What a message is about, as values: a queued message stores these, and its text is written when it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, TypeAlias

from monitor.findings.finding import Change, Finding, Step
from monitor.findings.reasons import Cause, Reason
from monitor.store.reason_rows import reason_of, reason_row
from monitor.store.rows import finding_body, finding_of, stamp, when
from monitor.store.schema.stored import reading_row, value_of
from probes.recognise.people.masking import Masked


@dataclass(frozen=True, slots=True)
class Written:
    """A text that an earlier version wrote into its queue; it is sent as it stands."""

    title: Masked
    body: Masked


@dataclass(frozen=True, slots=True)
class Rounds:
    """Our own rounds at an asset since it was last found closed: they stand in its owner's log too."""

    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class News:
    """A change of a finding that its chain is told of, with the finding as it was then."""

    finding: Finding
    change: Change
    parties: tuple[str, ...]
    """Ids of the parties that are told of it, in their order."""
    owner_told: bool
    """Whether whoever runs the asset is among them."""
    rounds: Rounds | None = None


@dataclass(frozen=True, slots=True)
class Retraction:
    """People decided that a finding, of which messages have arrived, is no exposure."""

    asset: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnknownFolders:
    """Folders of an open place that look like customers whom nobody declared; their names are masked."""

    asset: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One legal clock that is running out. Texts are those of the laws' files, by language."""

    duty: dict[str, str]
    to: str
    """Id of the party that must be told; empty where the law names the receiver."""
    share: float
    start: datetime
    deadline: datetime
    left: float
    """Seconds that were left when the warning was made; negative when it was overdue."""
    article: str
    counted: str
    """How its start was found: `legal`, `conservative` or `follows`."""

    @property
    def late(self) -> bool:
        """Whether it was overdue."""
        return self.left < 0


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The legal clocks of one party about one finding."""

    asset: str
    clocks: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class BlindRound:
    """A round whose controls failed: it decided nothing."""

    round: str
    reason: Reason
    at: datetime


@dataclass(frozen=True, slots=True)
class Drill:
    """A test of the way that alerts go."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a channel leads to the party that it is declared for."""

    number: int
    ends: datetime


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Pairs of an asset and a party of its chain that no tested channel reaches."""

    gaps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Alive:
    """The sign of life: we see."""

    at: datetime
    assets: int
    open: int
    days: int
    unseen: tuple[str, ...] = ()
    """Assets that have no whole verdict."""
    exceptions: int = 0
    ending: tuple[tuple[str, str], ...] = ()
    """What ends soon, or has ended: its name and its last day (ISO 8601)."""


@dataclass(frozen=True, slots=True)
class Ends:
    """A contract, an exception or an accepted risk that ends, or an account that is no longer let in."""

    what: str
    """`contract`, `public`, `acceptance` or `credential`."""
    name: str
    until: str
    """Its last day (ISO 8601)."""
    days: int
    """Days until then; negative once it has ended."""
    assets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LateLog:
    """An evidence log that we witness, and of which no checkpoint comes any more."""

    origin: str
    last: str
    """When the last one came (ISO 8601); empty: never."""
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Disowned:
    """Somebody who was alerted says that a finding is not theirs."""

    finding: str
    asset: str
    party: str
    by: str
    said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BrokenInventory:
    """The file of the inventory was changed, and cannot be used."""

    faults: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class DamagedRows:
    """Rows of the database were damaged; what could be read of them stands in their place."""

    what: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """One message for many; what it tells stands in the messages that it stands for."""

    at: datetime


Facts: TypeAlias = (
    Written
    | News
    | Retraction
    | UnknownFolders
    | Deadlines
    | BlindRound
    | Drill
    | Question
    | Unreachable
    | Alive
    | Ends
    | Disowned
    | BrokenInventory
    | LateLog
    | DamagedRows
    | Digest
)

_KINDS: Final[dict[str, type[Any]]] = {
    "written": Written,
    "news": News,
    "retraction": Retraction,
    "unknown-folders": UnknownFolders,
    "deadlines": Deadlines,
    "blind": BlindRound,
    "drill": Drill,
    "question": Question,
    "unreachable": Unreachable,
    "alive": Alive,
    "ends": Ends,
    "disowned": Disowned,
    "inventory": BrokenInventory,
    "late-log": LateLog,
    "damaged-rows": DamagedRows,
    "digest": Digest,
}


def dump_facts(facts: Facts) -> str:
    """Facts as the text of a column."""
    kind = next(kind for kind, made in _KINDS.items() if type(facts) is made)
    value = {"kind": kind} | {field.name: _plain(getattr(facts, field.name)) for field in fields(facts)}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def load_facts(text: str) -> Facts:
    """The facts that `dump_facts` wrote. Raises RowDamaged."""
    with reading_row():
        value: dict[str, Any] = value_of(text)
        kind = value.pop("kind")
        read = _READ.get(kind)
        made: Facts = read(value) if read is not None else _KINDS[kind](**_dated(value))
        return made


def _plain(value: Any) -> Any:
    match value:
        case Cause():
            return reason_row(value)  # a text by its type as well
        case datetime():
            return stamp(value)
        case Finding():
            row = {
                name: getattr(value, name) for name in ("id", "fingerprint", "tenant", "asset", "sequence", "state")
            } | {"severity": value.severity, "first_seen": stamp(value.first_seen), "last_seen": stamp(value.last_seen)}
            return row | {"body": finding_body(value)}
        case Change():
            return [value.finding, value.sequence, value.step.value, stamp(value.at), reason_row(value.reason)]
        case Rounds():
            return [value.first, value.last, value.count]
        case Deadline():
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case tuple():
            return [_plain(one) for one in value]
        case None | str() | int() | float() | dict():
            return value
        case _:
            return reason_row(value)


def _dated(value: dict[str, Any]) -> dict[str, Any]:
    dates = {name: when(value[name]) for name in ("at", "ends") if name in value}
    lists = {name: tuple(one) for name, one in value.items() if isinstance(one, list)}
    return value | lists | dates


def _news(value: dict[str, Any]) -> News:
    finding, sequence, step, at, reason = value["change"]
    rounds = value["rounds"]
    return News(
        finding_of(value["finding"]),
        Change(finding, sequence, Step(step), when(at), reason_of(reason)),
        tuple(value["parties"]),
        value["owner_told"],
        None if rounds is None else Rounds(*rounds),
    )


def _deadlines(value: dict[str, Any]) -> Deadlines:
    clocks = (
        Deadline(**one | {"start": when(one["start"]), "deadline": when(one["deadline"])}) for one in value["clocks"]
    )
    return Deadlines(value["asset"], tuple(clocks))


_READ: Final[dict[str, Callable[[dict[str, Any]], Facts]]] = {
    "news": _news,
    "deadlines": _deadlines,
    "blind": lambda value: BlindRound(value["round"], reason_of(value["reason"]), when(value["at"])),
    "alive": lambda value: Alive(
        **_dated(value) | {"ending": tuple((name, until) for name, until in value.get("ending", ()))}
    ),
    "unreachable": lambda value: Unreachable(tuple((asset, party) for asset, party in value["gaps"])),
}
