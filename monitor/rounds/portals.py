"""What is on file of declared portals of e-services: their findings, and which services once asked for a login."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.findings.finding import Finding
from monitor.inventory.model.assets import Asset, HostAsset
from monitor.store.ledger import Ledger
from monitor.store.tables import places
from probes.api import Known, Portal
from probes.eservices.kinds import LOGIN, SENSITIVE


def portals_of(assets: Iterable[Asset], findings: Iterable[Finding], ledger: Ledger) -> dict[str, Portal]:
    """The portal of each asset that declares one, by the asset's id."""
    known: dict[str, list[Known]] = {}
    for finding in findings:
        if finding.kind in (SENSITIVE, LOGIN):
            known.setdefault(finding.asset, []).append(Known(finding.place.path, kind=finding.kind))
    return {
        asset.id: Portal(
            asset.eservices.page,
            tuple(sorted({place.rpartition("/")[2] for place in places.judged(ledger, asset.id, LOGIN)})),
            tuple(known.get(asset.id, ())),
        )
        for asset in assets
        if isinstance(asset, HostAsset) and asset.eservices is not None
    }
