"""Observations and findings to put on file: what these tests share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.findings.decide import Policy, open_finding
from monitor.findings.finding import Change, Finding
from monitor.store.ledger import Asked, Ledger, Looked, Moved
from monitor.store.messages.facts import Written, dump_facts
from monitor.store.messages.queued import NewMessage
from probes.api import Place
from probes.recognise.people.masking import mask_text
from tests.monitor.findings.builders import HERE, NOON, opened

WITNESS = "/medicall/in-0701740605-1177-unik-77.wav"


def found(path: str = "/") -> tuple[Finding, Change]:
    """A proven finding and its first change."""
    decision = open_finding(
        opened(place=Place("nas.test", 443, path)),
        "http-listing",
        "nas",
        HERE,
        NOON,
        Policy("region", "recordings"),
        None,
    )
    assert decision.change is not None
    return decision.finding, decision.change


FACTS = dump_facts(Written(mask_text("t"), mask_text("b")))


def owed(finding: Finding, channel: str = "oncall") -> NewMessage:
    """A message about it."""
    return NewMessage(
        f"{finding.id}/1/{channel}", finding.id, 1, "opened", channel, "vendor", "high", FACTS
    )  # fmt: skip


def looked(round_: str = "r1", path: str = "/") -> Looked:
    """An observation of one open folder."""
    place = Place("nas.test", 443, path)
    asked = (Asked("GET", path, "200 whole", 900, 3),)
    return Looked(round_, "nas", "http-listing", HERE, NOON, NOON + timedelta(seconds=2), asked, (opened(place=place),))


def put(ledger: Ledger, path: str = "/", **more: Any) -> Finding:
    """One whole step: an observation, its finding, its change, its evidence, its witnesses and what it owes."""
    finding, change = found(path)
    moved = Moved(finding, change, {"verdict": "exposed"}, (WITNESS,), (owed(finding),))
    with ledger.step():
        ledger.record(looked(path=path, **more), (moved,))
    return finding


TABLES = ("observations", "places", "findings", "changes", "evidence", "witnesses", "dues", "records")


def counts(ledger: Ledger) -> dict[str, int]:
    """Rows by table."""
    return {table: ledger.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in TABLES}  # noqa: S608
