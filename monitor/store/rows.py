"""Values to rows and back: the one place that knows how a finding is written down."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from monitor.findings.finding import EndpointState, Finding, Severity, State
from monitor.findings.reach.extent import Extent
from monitor.store.messages.queued import DueState, NewMessage, QueuedMessage
from monitor.store.reason_rows import (
    claim_of,
    fact_rows,
    facts_of,
    proof_of,
    proof_rows,
    reason_row,
    severity_reason_of,
)
from monitor.store.schema.stored import RowDamaged, reading_row, unpacked, value_of
from probes.api import Clear, Exposed, Place, Unknown, Verdict
from probes.reasons import OpenReason

_FIRST_YEAR, _LAST_YEAR = 1970, 9998


def stamp(at: datetime) -> str:
    """A UTC time with milliseconds, as text that sorts."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)  # nearly all are: every look has two
    return utc.isoformat(timespec="milliseconds")[:-6] + "Z"


def when(text: str) -> datetime:
    """The time that `stamp` wrote. Raises RowDamaged, also for a time that it cannot have written: one without a zone
    cannot be compared, one of another form does not sort as text, and one of another age leaves no room to count in."""
    try:
        at = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise RowDamaged from None
    if at.tzinfo is None or text[4:8:3] != "--" or text[10] != "T" or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise RowDamaged
    return at


def maybe(text: str | None) -> datetime | None:
    """As `when`, for a column that may be empty."""
    return None if text is None else when(text)


_AS_RECORD = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def record(value: object) -> bytes:
    """A JSON value as a record holds it: the digest of a record is SHA-256 of this, and it is stored packed."""
    return _AS_RECORD.encode(value).encode()


def packed(text: bytes) -> bytes:
    """A text as a column holds it."""
    return zlib.compress(text, 6)


def read_record(body: bytes) -> Any:
    """The value of a record's body."""
    return value_of(unpacked(body))


def verdict_word(verdict: Verdict) -> str:
    """`exposed`, `clear` or `unknown`."""
    return _WORDS[type(verdict)]


_WORDS = {Exposed: "exposed", Clear: "clear", Unknown: "unknown"}


def verdict_row(verdict: Verdict) -> list[Any]:
    """A verdict as an observation keeps it: place, kind, verdict, reason, facts; of a bucket its checks as well."""
    row: list[Any] = [
        str(verdict.place),
        verdict.kind,
        verdict_word(verdict),
        verdict.why.value,
        fact_rows(verdict.facts) if verdict.facts else [],
    ]
    return [*row, [[check.name, check.verdict, check.why.value] for check in verdict.checks]] if verdict.checks else row


def due_of(row: Mapping[str, Any]) -> QueuedMessage:
    """The message that a row of `dues` holds. Raises RowDamaged."""
    with reading_row():
        return _due_of(row)


def _due_of(row: Mapping[str, Any]) -> QueuedMessage:
    Severity(row["severity"])
    owed = NewMessage(
        key=row["key"],
        finding=row["finding"],
        sequence=row["sequence"],
        step=row["step"],
        channel=row["channel"],
        party=row["party"],
        severity=row["severity"],
        facts=row["facts"],
        via=row["via"],
    )
    return QueuedMessage(
        id=row["id"],
        owed=owed,
        state=DueState(row["state"]),
        created=when(row["created"]),
        due=when(row["due"]),
        tries=row["tries"],
        last_error=row["last_error"],
        taken=tuple(value_of(row["taken"])),
    )


def finding_body(finding: Finding) -> str:
    """All of a finding that has no column of its own, as JSON."""
    extent = finding.extent
    body = {
        "probe": finding.probe,
        "kind": finding.kind,
        "place": [finding.place.host, finding.place.port, finding.place.path],
        "severity_reasons": [reason_row(one) for one in finding.severity_reasons],
        "confirmed": finding.confirmed and stamp(finding.confirmed),
        "cleared": finding.cleared and stamp(finding.cleared),
        "last_known_good": finding.last_known_good and stamp(finding.last_known_good),
        "reopened": finding.reopened,
        "active": finding.active,
        "last_arrival": finding.last_arrival and stamp(finding.last_arrival),
        "seen": [
            [
                seen.endpoint,
                stamp(seen.last_open),
                seen.clears,
                seen.first_clear and stamp(seen.first_clear),
                seen.last_clear and stamp(seen.last_clear),
                seen.missed,
                seen.missed_since and stamp(seen.missed_since),
            ]
            for seen in finding.seen
        ],
        "extent": _extent(extent),
        "reach": finding.reach and _extent(finding.reach),
        "why": finding.why.value,
        "facts": fact_rows(finding.facts),
        "proof": proof_rows(finding.proof),
        **({"network": finding.network} if finding.network else {}),
        **({"witnessed": True} if finding.witnessed else {}),
        **({"unprovable": stamp(finding.unprovable)} if finding.unprovable else {}),
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def finding_of(row: Mapping[str, Any]) -> Finding:
    """The finding that a row of `findings` holds. Raises RowDamaged."""
    with reading_row():
        return _finding_of(row)


def _finding_of(row: Mapping[str, Any]) -> Finding:
    body = value_of(row["body"])
    extent = body["extent"]
    return Finding(
        id=row["id"],
        fingerprint=row["fingerprint"],
        tenant=row["tenant"],
        asset=row["asset"],
        probe=body["probe"],
        kind=body["kind"],
        place=Place(*body["place"]),
        state=State(row["state"]),
        severity=Severity(row["severity"]),
        severity_reasons=tuple(severity_reason_of(one) for one in body["severity_reasons"]),
        first_seen=when(row["first_seen"]),
        last_seen=when(row["last_seen"]),
        confirmed=maybe(body["confirmed"]),
        cleared=maybe(body["cleared"]),
        last_known_good=maybe(body["last_known_good"]),
        reopened=body["reopened"],
        sequence=row["sequence"],
        active=body["active"],
        last_arrival=maybe(body.get("last_arrival")),
        seen=tuple(
            EndpointState(endpoint, when(last_open), clears, maybe(first), maybe(last), *_missed(*gone))
            for endpoint, last_open, clears, first, last, *gone in body["seen"]
        ),
        extent=_extent_of(extent),
        reach=_extent_of(body["reach"]) if body.get("reach") else None,
        why=OpenReason(body["why"]),
        facts=facts_of(body["facts"]),
        proof=proof_of(body["proof"]),
        network=body.get("network", ""),
        witnessed=bool(body.get("witnessed")),
        unprovable=maybe(body.get("unprovable")),
    )


def _missed(missed: int = 0, since: str | None = None) -> tuple[int, datetime | None]:
    # What was written before endpoints could be retired says nothing of it.
    return missed, maybe(since)


def _extent(extent: Extent) -> dict[str, Any]:
    return {
        "files": extent.files,
        "directories": extent.directories,
        "size": extent.size,
        "size_exact": extent.size_exact,
        "sized": extent.sized,
        "folders_read": extent.folders_read,
        "partial": extent.partial,
        "kinds": extent.kinds,
        "calls": extent.calls,
        "newest": extent.newest and stamp(extent.newest),
        "oldest": extent.oldest and stamp(extent.oldest),
        "counted": extent.counted,
        "claims": [reason_row(claim)[1:] for claim in extent.claims],
    }


def _extent_of(value: Mapping[str, Any]) -> Extent:
    return Extent(
        **{
            **value,
            "kinds": tuple((kind, count) for kind, count in value["kinds"]),
            "newest": maybe(value["newest"]),
            "oldest": maybe(value["oldest"]),
            "counted": tuple((things, number) for things, number in value.get("counted", ())),
            "claims": tuple(claim_of(claim) for claim in value["claims"]),
        }
    )
