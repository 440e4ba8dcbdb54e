"""A region with two vendors, each with something open, on file: what the tests of pages and API read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.findings.decide import Look, Policy, open_finding
from monitor.findings.finding import Finding
from monitor.findings.observation import Observation, RequestLog
from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.reports.document import Document, Section
from monitor.reports.seal import sealed
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import Written, dump_facts
from monitor.store.messages.queued import Delivery, DueState, NewMessage, Outcome
from monitor.store.tables import asset_parties, reports, rounds
from monitor.store.tables.rounds import RoundKind
from probes.api import Clear, Place, WebTarget
from probes.reasons import ClosedReason
from probes.recognise.people.masking import mask_text
from tests.monitor.findings.builders import opened

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
CANARY = {"alpha-disk": "/canary-alpha-7f3/", "beta-disk": "/canary-beta-91c/"}
"""A folder of each vendor that must never be seen in another's role."""

TEXT = """
leftopen: 1
organisation: {id: region, name: Region Test, contact: it@region.example, party: region}
parties:
  - {id: region, name: Region Test, role: controller}
  - {id: alpha, name: Alpha AB, role: processor}
  - {id: sub, name: Sub AB, role: sub-processor}
  - {id: beta, name: Beta AB, role: processor}
contracts:
  - {id: c-alpha, controller: region, processor: alpha, authorised_by: IT, authorised_until: 2027-12-31}
  - {id: c-sub, controller: alpha, processor: sub, under: c-alpha, authorised_by: IT, authorised_until: 2027-12-31}
  - {id: c-beta, controller: region, processor: beta, authorised_by: IT, authorised_until: 2027-12-31}
channels:
  - {id: region-soc, party: region, url: "env:REGION"}
  - {id: alpha-oncall, party: alpha, url: "env:ALPHA"}
  - {id: sub-oncall, party: sub, url: "env:SUB"}
  - {id: beta-oncall, party: beta, url: "env:BETA"}
  - {id: ops, operator: true, url: "env:OPS"}
defaults: {interval: 15m}
assets:
  - {id: alpha-disk, host: a.test, addresses: [192.0.2.1], ports: [443], owner: sub, contract: c-sub, data: recordings}
  - {id: beta-disk, host: b.test, addresses: [192.0.2.2], ports: [443], owner: beta, contract: c-beta, data: recordings}
  - {id: own-site, host: o.test, addresses: [192.0.2.3], ports: [443], owner: region, data: static}
"""


def inventory(more: str = "") -> Inventory:
    """The inventory, with more sections."""
    return loads(TEXT + more)


@dataclass(frozen=True, slots=True)
class House:
    """What is on file."""

    path: Path
    inventory: Inventory
    findings: dict[str, Finding]
    """By asset."""


def _target(asset: str) -> WebTarget:
    letter = {"alpha-disk": ("a.test", "192.0.2.1"), "beta-disk": ("b.test", "192.0.2.2")}.get(
        asset, ("o.test", "192.0.2.3")
    )
    return WebTarget(asset, letter[0], letter[0], letter[1], 443, tls=True)


def put(ledger: Ledger, declared: Inventory, asset: str, path: str, round_: str, at: datetime = NOW) -> Finding:
    """One open folder: its look, finding, change, evidence, witness, and a message to each party of its chain."""
    target = _target(asset)
    place = Place(target.name or "", 443, path)
    verdict = opened(place=place)
    data = declared.asset(asset).data.value
    decision = open_finding(verdict, Look(asset, "http-listing", str(target), at), Policy("region", data), None)
    assert decision.change is not None
    finding = decision.finding
    facts = dump_facts(Written(mask_text(f"open {path}"), mask_text(f"look at {path}")))
    owed = tuple(
        NewMessage(f"{finding.id}/1/{c.id}", finding.id, 1, "opened", c.id, p.id, finding.severity.value, facts)
        for p in declared.chain(declared.asset(asset))
        for c in declared.channels_of(p)
    )
    asked = (RequestLog("GET", path, "200 whole", 900, 3),)
    seen = Observation(asset, "http-listing", target, at, at + timedelta(seconds=2), asked, (verdict,))
    with ledger.step():
        row = ledger.record(round_, seen)
        ledger.save(finding, decision.change, round_, at, owed)
        ledger.add_witnesses(finding.id, (path,))
        ledger.add_evidence(decision.change, row, {"names": [f"masked in {path}"]})
    return finding


def put_clear(ledger: Ledger, asset: str, round_: str, at: datetime = NOW) -> None:
    """A look at an asset that found nothing."""
    target = _target(asset)
    verdict = Clear(Place(target.name or "", 443, "/"), "listing", ClosedReason.FORBIDDEN)
    asked = (RequestLog("GET", "/", "403 whole", 100, 3),)
    seen = Observation(asset, "http-listing", target, at, at + timedelta(seconds=1), asked, (verdict,))
    with ledger.step():
        ledger.record(round_, seen)


@contextmanager
def filled(path: Path, declared: Inventory) -> Iterator[tuple[Ledger, dict[str, Finding]]]:
    """A ledger with one round, in which a place of each vendor was found open, and each was told."""
    ledger = Ledger(path)
    try:
        chains = {asset.id: frozenset(p.id for p in declared.chain(asset)) for asset in declared.assets}
        asset_parties.note(ledger, chains, NOW)
        rounds.begin(ledger, "r1", RoundKind.ROUND, NOW, "internet-1", "digest")
        found = {asset: put(ledger, declared, asset, CANARY[asset], "r1") for asset in CANARY}
        put_clear(ledger, "own-site", "r1")
        outcomes = {"alpha-disk": "exposed", "beta-disk": "exposed", "own-site": "clear"}
        rounds.looked(ledger, outcomes, NOW, NOW)
        rounds.end(ledger, "r1", NOW + timedelta(seconds=9))
        for party, asset in (("alpha", "alpha-disk"), ("beta", "beta-disk")):
            for kind, told in (("negative", CANARY[asset]), ("vendor", asset)):
                document = Document(f"Report on {party}", told, "en", ("one line",), (Section("A", ("b",)),))
                reports.file(ledger, sealed(document, kind, party, "2026-09", NOW), document.value())
        for due in ledger.due(NOW + timedelta(minutes=1)):
            place = CANARY["beta-disk" if "beta" in due.owed.channel else "alpha-disk"]
            said = f"text of {due.owed.channel} about {place}"
            at = NOW + timedelta(seconds=20)
            done = Delivery(due.id, due.owed.channel, at, at, Outcome.ACCEPTED, mask_text("250"), said)
            ledger.delivered(done, DueState.SENT, None)
        yield ledger, found
    finally:
        ledger.close()


def house(tmp_path: Path, more: str = "") -> House:
    """All of it."""
    declared = inventory(more)
    path = tmp_path / "leftopen.db"
    with filled(path, declared) as (_, found):
        return House(path, declared, found)
