"""What is on file of some assets: all that a look needs of the ledger, as values that can be sent."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TypeVar

from monitor.findings.finding import Finding, State
from monitor.inventory.model.assets import Asset, HostAsset
from monitor.rounds.due.plan import witnesses_of, witnesses_tried
from monitor.rounds.due.services import LastSweep
from monitor.store.ledger import Ledger
from monitor.store.rows import when
from monitor.store.tables import networks, places
from monitor.store.tables.last_facts import last_facts
from probes.access_log import Performed
from probes.api import Known, Place
from probes.buckets.bucket_verdict import DANGLING
from probes.buckets.bucket_verdict import KIND as BUCKET
from probes.dispatch.kinds import DISPATCH
from probes.eservices.kinds import LOGIN, SENSITIVE
from probes.facts import FactKind
from probes.logs.kinds import SESSION
from probes.services.catalogue import SPEAKS
from probes.services.ports import KIND as SWEPT
from probes.services.ports import found as found_by_sweep
from probes.turns import EndpointPast
from probes.web.listing import HTTP_LISTING

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class OnFile:
    """What is on file of some assets. Mappings are by the id of the asset or by the endpoint, as they say."""

    known: Mapping[str, Mapping[int, tuple[Known, ...]]] = field(default_factory=dict)
    """By asset and port: the places that are looked at again, whatever the inventory says now. Witnesses are in it."""
    dangling: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    """By asset: names that led to nothing, which are looked at until they are clear."""
    logins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By asset: where a portal's service asked for a login."""
    services: Mapping[str, tuple[Known, ...]] = field(default_factory=dict)
    """By asset: services of its portal that have a finding."""
    performed: Mapping[str, tuple[Performed, ...]] = field(default_factory=dict)
    """By asset: the steps of canary sessions, which its access log must show."""
    letters: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """By asset: cases to be recalled that were seen in their boxes, each with its dispatch."""
    sweeps: Mapping[str, LastSweep] = field(default_factory=dict)
    """By endpoint: what the last sweep of ports found."""
    past: Mapping[str, EndpointPast] = field(default_factory=dict)
    """By endpoint: that on which turns rest."""


def on_file(ledger: Ledger, assets: Collection[Asset], now: datetime, network: str = "") -> OnFile:
    """What is on file of these assets at `now`, for a look from `network` (empty: the ledger's own).

    A place that was found from one network is looked at from all of them; what a look rests on was seen from its own.
    """
    ids, network = [asset.id for asset in assets], networks.written(ledger, network)
    findings = ledger.findings(assets=ids)
    hosts = [asset for asset in assets if isinstance(asset, HostAsset)]
    portals = [asset.id for asset in hosts if asset.eservices is not None]
    return OnFile(
        _known(ledger, sorted(findings, key=lambda one: one.network != network), now, network),
        _grouped((one.asset, one.place) for one in findings if one.kind == DANGLING and one.state is not State.CLEARED),
        {id_: tuple(places.judged(ledger, id_, LOGIN)) for id_ in portals},
        _grouped(
            (one.asset, Known(one.place.path, kind=one.kind))
            for one in findings
            if one.kind in (SENSITIVE, LOGIN) and one.asset in portals
        ),
        {asset.id: _performed(ledger, asset.id, network) for asset in hosts if asset.access_log is not None},
        {asset.id: _letters(ledger, asset.id, network) for asset in hosts if asset.dispatch is not None},
        _sweeps(ledger, ids, network) if any(asset.service_ports for asset in assets) else {},
        _pasts(ledger, ids, network),
    )


def _grouped(pairs: Iterable[tuple[str, V]]) -> dict[str, tuple[V, ...]]:
    found: dict[str, tuple[V, ...]] = {}
    for key, one in pairs:
        found[key] = (*found.get(key, ()), one)
    return found


def _known(
    ledger: Ledger, findings: Collection[Finding], now: datetime, network: str
) -> dict[str, Mapping[int, tuple[Known, ...]]]:
    looks = ledger.looks(network) if any(finding.state is State.CLEARED for finding in findings) else {}
    known: dict[str, dict[int, tuple[Known, ...]]] = {}
    for finding in findings:
        if finding.kind in ("listing", "linked-files", BUCKET, *SPEAKS):
            ports = known.setdefault(finding.asset, {})
            same = (finding.place.path, finding.kind)
            again = any((one.path, one.kind) == same for one in ports.get(finding.place.port, ()))
            if finding.network != network and again:
                continue
            tried = witnesses_tried(finding, looks.get(finding.asset), now)
            witnesses = ledger.witnesses(finding.id) if tried else ()
            if finding.kind in ("listing", "linked-files"):
                witnesses = witnesses_of(finding, witnesses, now)
            one = Known(finding.place.path, witnesses, finding.kind, finding.state is State.EXPOSED)
            ports[finding.place.port] = (*ports.get(finding.place.port, ()), one)
    return dict(known)


def _performed(ledger: Ledger, asset: str, network: str) -> tuple[Performed, ...]:
    facts = {fact for _, facts in last_facts(ledger, [asset], SESSION, network).values() for fact in facts}
    performed = (Performed(one.detail, one.number, one.at_least) for one in facts if one.kind is FactKind.PERFORMED)
    return tuple(sorted(performed, key=lambda one: (one.at, one.step)))


def _letters(ledger: Ledger, asset: str, network: str) -> tuple[tuple[str, int], ...]:
    facts = {fact for _, facts in last_facts(ledger, [asset], DISPATCH, network).values() for fact in facts}
    return tuple(sorted((one.detail, one.number) for one in facts if one.kind is FactKind.LETTER_SEEN))


def _sweeps(ledger: Ledger, assets: Collection[str], network: str) -> dict[str, LastSweep]:
    return {
        endpoint: LastSweep(at, found_by_sweep(facts))
        for endpoint, (at, facts) in last_facts(ledger, assets, SWEPT, network).items()
    }


def _pasts(ledger: Ledger, assets: Collection[str], network: str) -> dict[str, EndpointPast]:
    """What is on file of each web endpoint of these assets that answered, as far as turns rest on it."""
    rows = ledger.rows(
        """SELECT h.endpoint, h.front, p.place, p.verdict, max(p.at, coalesce(s.at, p.at)) AS at
           FROM series h LEFT JOIN place_rows p ON p.asset = h.asset AND p.kind = 'listing' AND p.endpoint = h.endpoint
           AND p.network = h.network LEFT JOIN series s ON s.id = p.series
           WHERE h.asset IN (SELECT value FROM json_each(?)) AND h.part = '' AND h.probe = ? AND h.network = ?
           AND h.front <> ''""",
        json.dumps(sorted(assets)),
        HTTP_LISTING.name,
        network,
    )
    read = cache(when)  # the places of a look have its time
    pasts: dict[str, EndpointPast] = {}
    seen: dict[str, tuple[str, datetime]] = {}
    for endpoint, front, place, verdict, at in rows:
        if endpoint not in pasts:
            pasts[endpoint] = EndpointPast(front, seen := {})
        if place is not None:
            seen[place] = (verdict, read(at))
    return pasts
