"""What a round asks of web endpoints, the portals on them and their logs, and what is on file of those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.findings.finding import Finding
from monitor.inventory.endpoints import names
from monitor.inventory.model.assets import Asset, EServices, HostAsset
from monitor.network.budget import Limits
from monitor.rounds.run import Job
from monitor.store.ledger import Ledger
from monitor.store.tables import places
from monitor.store.tables.last_facts import last_facts
from probes.access_log import AccessLog, Performed
from probes.api import Known, Portal, WebTarget
from probes.dispatch.kinds import DISPATCH
from probes.dispatch.mail import DISPATCHED
from probes.dispatch_plan import DispatchPlan
from probes.eservices.cells import paths
from probes.eservices.kinds import LOGIN, SENSITIVE
from probes.eservices.portal import ESERVICE_PORTAL
from probes.eservices.role_matrix import ROLE_MATRIX
from probes.facts import FactKind
from probes.logs.access_log import ACCESS_LOG
from probes.logs.kinds import SESSION
from probes.matrix import Matrix
from probes.names.closed_name import CLOSED_NAME
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA


def portals_of(assets: Iterable[Asset], findings: Iterable[Finding], ledger: Ledger) -> dict[str, Portal]:
    """The portal of each asset that declares one, by the asset's id."""
    known: dict[str, list[Known]] = {}
    for finding in findings:
        if finding.kind in (SENSITIVE, LOGIN):
            known.setdefault(finding.asset, []).append(Known(finding.place.path, kind=finding.kind))
    return {
        asset.id: Portal(
            asset.eservices.page,
            tuple(sorted(_had_login(asset.eservices, places.judged(ledger, asset.id, LOGIN)))),
            tuple(known.get(asset.id, ())),
            tuple((service.path, service.name) for service in asset.eservices.services),
        )
        for asset in assets
        if isinstance(asset, HostAsset) and asset.eservices is not None
    }


def _had_login(declared: EServices, judged: Iterable[str]) -> set[str]:
    """The ids of the services at these places, as `Portal` has them."""
    if declared.services:
        return {f"/{place.partition('/')[2]}" for place in judged}
    return {place.rpartition("/")[2] for place in judged}


def access_logs_of(assets: Iterable[Asset], now: datetime, ledger: Ledger) -> dict[str, AccessLog]:
    """The access log of each asset that declares one, with the canary sessions on file, by the asset's id."""
    found = {}
    for asset in assets:
        if not isinstance(asset, HostAsset) or asset.access_log is None:
            continue
        log = asset.access_log
        facts = {fact for _, facts in last_facts(ledger, [asset.id], SESSION).values() for fact in facts}
        performed = sorted(
            (Performed(fact.detail, fact.number, fact.at_least) for fact in facts if fact.kind is FactKind.PERFORMED),
            key=lambda one: (one.at, one.step),
        )
        last = max((one.at for one in performed), default=0)
        kept = now.timestamp() - (2 * (log.delay + log.every) + timedelta(days=1)).total_seconds()
        found[asset.id] = log.value(
            tuple(one for one in performed if one.at >= kept)[-_MOST_PERFORMED:],
            now.timestamp() - last >= log.every.total_seconds(),
        )
    return found


_MOST_PERFORMED: Final = 400


def dispatches_of(assets: Iterable[Asset], now: datetime, ledger: Ledger) -> dict[str, DispatchPlan]:
    """The dispatch of each asset that declares one, with the cases to be recalled that were seen, by the asset's id."""
    found = {}
    for asset in assets:
        if not isinstance(asset, HostAsset) or asset.dispatch is None:
            continue
        facts = {fact for _, facts in last_facts(ledger, [asset.id], DISPATCH).values() for fact in facts}
        seen = {(fact.detail, fact.number) for fact in facts if fact.kind is FactKind.LETTER_SEEN}
        found[asset.id] = asset.dispatch.value(now, seen)
    return found


def closed_name_jobs(asset: HostAsset, pace_key: str, limits: Limits) -> Iterator[Job]:
    """The looks at the names of a host of a closed network, which must have no address here."""
    for name in names(asset):
        target = WebTarget(asset.id, name, name, "", asset.ports[0], tls=False)
        yield Job(CLOSED_NAME, target, pace_key, limits)


def web_jobs(target: WebTarget, pace_key: str, limits: Limits) -> Iterator[Job]:
    """The looks at one web endpoint."""
    yield Job(HTTP_LISTING, target, pace_key, limits)
    if target.files:
        yield Job(HTTP_MEDIA, target, pace_key, limits)
    if target.portal is not None:
        pages = 2 * len(target.portal.listed)
        yield Job(ESERVICE_PORTAL, target, pace_key, replace(limits, requests=limits.requests + pages))
    if target.matrix is not None:
        alone = replace(target, access_log=None)
        yield Job(ROLE_MATRIX, alone, pace_key, matrix_limits(target.matrix, limits))
    if target.access_log is not None:
        alone = replace(target, matrix=None)
        wanted = replace(limits, requests=limits.requests + len(target.access_log.steps), wire=_MATRIX_BYTES)
        yield Job(ACCESS_LOG, alone, pace_key, wanted)
    if target.dispatch is not None:
        wanted = replace(limits, requests=2 * (len(target.dispatch.boxes) + 1), wire=_MATRIX_BYTES)
        yield Job(DISPATCHED, target, pace_key, wanted)


def matrix_limits(matrix: Matrix, limits: Limits) -> Limits:
    """What one filling of a matrix may cost: each cell once, each leak once more, and the ends of the sessions."""
    cells = sum(len(paths(matrix, rule)) for rule in matrix.rules) * len(matrix.subjects)
    return replace(limits, requests=2 * cells + 2 * len(matrix.subjects), wire=_MATRIX_BYTES, seconds=_MATRIX_SECONDS)


_MATRIX_BYTES: Final = 256 << 20
_MATRIX_SECONDS: Final = 600.0
