"""What the API takes and answers, as models: its description is made from them, and tests hold answers to them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from monitor.legal.clocks import duty_ids

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Short = Annotated[str, StringConstraints(max_length=100)]
_DAY, _TIME = "^2[0-9]{3}-[0-9]{2}-[0-9]{2}$", "^2[0-9]{3}-[0-9]{2}-[0-9]{2}T"


def _written(pattern: str) -> BeforeValidator:
    # pydantic takes a number for seconds since 1970, and a time for its day.
    def check(value: object) -> object:
        if value is not None and not (isinstance(value, str) and re.match(pattern, value)):
            raise ValueError("a date between 2000 and 2999, such as 2026-09-30 or 2026-09-30T08:00:00Z")
        return value

    return BeforeValidator(check)


def _number(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("a number")
    return value


WrittenDay = Annotated[date, _written(_DAY), Field(json_schema_extra={"pattern": _DAY})]
Days = Annotated[int, Field(ge=0, le=90), BeforeValidator(_number)]
WrittenTime = Annotated[AwareDatetime, _written(_TIME), Field(json_schema_extra={"pattern": _TIME})]


SeenFrom = Annotated[
    str, Field(description="The network that it was seen from, where there are several; else left out.")
]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class NoQuery(_Closed):
    """No parameters."""


class FindingsQuery(_Closed):
    """Which findings."""

    state: Annotated[list[Literal["open", "suspected", "exposed", "clearing", "cleared"]], Field(max_length=5)] = []
    severity: Annotated[list[Literal["critical", "high", "medium", "low"]], Field(max_length=4)] = []
    handling: Annotated[
        list[
            Literal[
                "new",
                "acknowledged",
                "contained",
                "accepted",
                "dismissed",
                "open by intent",
                "no longer promised",
                "closed",
            ]
        ],
        Field(max_length=8),
    ] = []
    asset: Annotated[list[Short], Field(max_length=50)] = []
    party: Short = ""
    contract: Short = ""
    q: Short = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str, StringConstraints(max_length=400)] = Field(default="", description="The `next` of a page.")


class AssetsQuery(_Closed):
    """Which assets."""

    status: Annotated[
        list[
            Literal[
                "open",
                "never seen",
                "not seen",
                "not looked at",
                "partly seen",
                "not confirmed",
                "exposed by decision",
                "closed",
            ]
        ],
        Field(max_length=8),
    ] = []


class CoverageQuery(_Closed):
    """Which days: at the most a year."""

    since: Annotated[WrittenDay | None, Field(description="First day (UTC). Default: 30 days before `until`.")] = None
    until: Annotated[WrittenDay | None, Field(description="First day that is not counted. Default: tomorrow.")] = None


class PlacesQuery(_Closed):
    """Whose places."""

    asset: Short


class MessagesQuery(_Closed):
    """Which messages."""

    state: Annotated[list[Literal["owed", "sent", "dead", "grouped", "held", "cancelled"]], Field(max_length=6)] = []
    finding: Short = ""
    party: Short = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[int, Field(ge=1, le=2**53)] = Field(default=2**53, description="The `next` of a page.")


class LogQuery(_Closed):
    """Which lines of the log."""

    finding: Short = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[int, Field(ge=1, le=2**53)] = 2**53


def _where(act: str, then: dict[str, Any], otherwise: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {"act": {"const": act}}}, "then": then, "else": otherwise}


_VISIBLE: Final = r"[^\s\x00-\x1f\x7f-\x9f]"
_REASONED: Final[dict[str, Any]] = {"required": ["reason"], "properties": {"reason": {"pattern": _VISIBLE}}}


class FindingAction(_Closed):
    """What is to be done about a finding. Each but `acknowledge` takes a reason; `sent` takes a duty too."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _where("acknowledge", {}, _REASONED),
                _where("sent", {"required": ["duty"], "properties": {"duty": {"enum": list(duty_ids())}}}, {}),
            ]
        }
    )

    act: Literal["acknowledge", "contain", "cause", "reopen", "accept", "dismiss", "aware", "sent"]
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    days: Annotated[Days, Field(description="Of an acceptance.")] = 0
    since: WrittenTime | None = Field(default=None, description="Of aware and sent: when. Default: now.")
    duty: Short = Field(default="", description="Of sent: the duty, as the clocks of the finding name it.")


class MessageAction(_Closed):
    """What is to be done about a message. Each but `approve` takes a reason."""

    model_config = ConfigDict(json_schema_extra=_where("approve", {}, _REASONED))

    act: Literal["approve", "cancel", "misdelivered"]
    reason: Annotated[str, StringConstraints(max_length=500)] = ""


class Finding(_Closed):
    """A finding, as lists have it."""

    id: str
    asset: str
    place: str
    network: SeenFrom = ""
    kind: str
    state: str
    severity: str
    severity_reasons: list[str]
    why: str
    live: bool
    first_seen: Time
    last_seen: Time
    confirmed: Time | None
    cleared: Time | None
    last_known_good: Time | None
    proven_seconds: float
    possible_seconds: float | None
    reopened: int
    endpoints: list[str]
    files: int | None
    directories: int | None
    bytes: int | None
    bytes_exact: bool
    calls: int | None
    partial: bool | str
    kinds: dict[str, int]
    newest: Time | None
    oldest: Time | None
    counted: dict[str, int]
    claims: list[Any]
    facts: list[str]
    proof: list[str]
    handling: str
    handled_by: str
    surveyed_files: int | None
    surveyed_partial: bool | None
    sequence: int
    etag: str


class Findings(_Closed):
    """A page of findings."""

    items: list[Finding]
    count: int
    next: str | None


class WholeFinding(Finding):
    """A finding with its life."""

    changes: list[dict[str, Any]]
    told: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    survey: dict[str, Any] | None
    label: str | None
    owner: str | None
    contract: str | None
    data: str | None
    declared: bool
    handled_until: Time | None
    handling_reason: str
    asked: dict[str, str] | None
    cause: str
    clocks: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    not_known: list[str]


class Asset(_Closed):
    """A declared asset and how it stands."""

    asset: str
    label: str | None
    status: str
    judged: bool
    since: Time | None
    last_look: Time | None
    why: str
    unknown_places: int
    leads_to: list[str]
    findings: list[str]
    owner: str
    contract: str | None
    contract_until: str | None
    data: str
    interval_seconds: float


class Day(_Closed):
    """What a day came to."""

    day: str
    state: Literal["open", "closed", "unknown", "unseen"]
    exposed: int
    clear: int
    unknown: int
    longest_gap_seconds: float | None


class Place(_Closed):
    """A place at one endpoint, as it was last seen."""

    asset: str
    place: str
    kind: str
    endpoint: str
    network: SeenFrom = ""
    verdict: str
    why: str
    at: Time
    last_clear: Time | None
    last_conclusive: Time | None
    longest_gap_seconds: float | None


class Slots(_Closed):
    """Conclusive slots over due slots, with the gaps between conclusive ones in seconds."""

    percent: float | None
    due: int
    conclusive: int
    outcomes: dict[str, int]
    worst_gap: int
    p95_gap: int


class Coverage(_Closed):
    """Coverage of whole days (UTC)."""

    since: Time
    until: Time
    all: Slots
    classes: dict[str, Slots]
    contracts: dict[str, Slots]
    assets: dict[str, Slots]
    gaps: list[dict[str, Any]]
    outages: list[dict[str, Any]]


class WholeAsset(Asset):
    """An asset with its places and its days."""

    places: list[Place]
    days: list[Day]
    coverage: Slots | None


class Assets(_Closed):
    """Assets."""

    items: list[Asset]
    reasons: list[dict[str, Any]]


class Places(_Closed):
    """Places."""

    items: list[Place]


class Items(_Closed):
    """A list whose rows are described in the manual."""

    items: list[dict[str, Any]]


class Message(_Closed):
    """A message, as lists have it."""

    id: int
    finding: str | None
    findings: list[str]
    sequence: int
    step: str
    channel: str
    party: str
    severity: str
    state: str
    created: Time
    due: Time
    tries: int
    last_error: str
    accepted: Time | None


class WholeMessage(Message):
    """A message with its tries and events."""

    tries_made: list[dict[str, Any]]
    events: list[dict[str, Any]]


class Messages(_Closed):
    """A page of messages."""

    items: list[Message]
    next: int | None


class Log(_Closed):
    """A page of the log."""

    items: list[dict[str, Any]]
    next: int | None


class Head(_Closed):
    """The three answers: is anything open, can we see, can we tell; and their time."""

    at: Time
    open: dict[str, Any]
    see: dict[str, Any]
    tell: dict[str, Any]
    deadlines: list[dict[str, Any]]


class FindingDone(_Closed):
    """An action that is on file."""

    finding: str
    act: str
    by: str
    etag: str


class MessageDone(_Closed):
    """An action that is on file."""

    message: int
    act: str
    by: str


class ProblemDetails(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
