"""Observations and findings to put on file: what these tests share."""

from __future__ import annotations

from datetime import timedelta

from monitor.findings.decide import Look, Policy, open_finding
from monitor.findings.finding import Change, Finding
from monitor.findings.observation import Observation, RequestLog
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import Written, dump_facts
from monitor.store.messages.queued import NewMessage
from probes.api import Place, WebTarget
from probes.recognise.people.masking import mask_text
from tests.monitor.findings.builders import HERE, NOON, opened

WITNESS = "/medicall/in-0701740605-1177-unik-77.wav"


def found(path: str = "/") -> tuple[Finding, Change]:
    """A proven finding and its first change."""
    decision = open_finding(
        opened(place=Place("nas.test", 443, path)),
        Look("nas", "http-listing", HERE, NOON),
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


def looked(path: str = "/") -> Observation:
    """An observation of one open folder."""
    target = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 443, tls=False)
    asked = (RequestLog("GET", path, "200 whole", 900, 3),)
    verdicts = (opened(place=Place("nas.test", 443, path)),)
    return Observation("nas", "http-listing", target, NOON, NOON + timedelta(seconds=2), asked, verdicts)


def put(ledger: Ledger, path: str = "/", round_: str = "r1") -> Finding:
    """One whole step: an observation, its finding, its change, its evidence, its witnesses and what it owes."""
    finding, change = found(path)
    with ledger.step():
        row = ledger.record(round_, looked(path))
        ledger.save(finding, change, round_, NOON, (owed(finding),))
        ledger.add_witnesses(finding.id, (WITNESS,))
        ledger.add_evidence(change, row, {"verdict": "exposed"})
    return finding


TABLES = ("observations", "places", "findings", "changes", "evidence", "witnesses", "dues", "records")


def counts(ledger: Ledger) -> dict[str, int]:
    """Rows by table."""
    return {table: ledger.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] for table in TABLES}  # noqa: S608
