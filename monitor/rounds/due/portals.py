"""What a round asks of web endpoints, the portals on them and their logs, and what is on file of those."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from monitor.inventory.endpoints import names
from monitor.inventory.model.assets import EServices, HostAsset
from monitor.network.budget import Limits
from monitor.rounds.run import Job
from probes.access_log import AccessLog, Performed
from probes.api import Known, Portal, WebTarget
from probes.dispatch.mail import DISPATCHED
from probes.eservices.cells import paths
from probes.eservices.portal import ESERVICE_PORTAL
from probes.eservices.role_matrix import ROLE_MATRIX
from probes.logs.access_log import ACCESS_LOG
from probes.matrix import Matrix
from probes.names.closed_name import CLOSED_NAME
from probes.recognise.eservices.sitemap import MOST_SERVICES
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA


def portal_of(asset: HostAsset, logins: Iterable[str], known: tuple[Known, ...]) -> Portal | None:
    """The portal that `asset` declares, if it does: `logins` are the places where a login was seen, `known` its
    services with a finding on file."""
    if asset.eservices is None:
        return None
    return Portal(
        asset.eservices.page,
        tuple(sorted(_had_login(asset.eservices, logins))),
        known,
        tuple((service.path, service.name) for service in asset.eservices.services),
        asset.eservices.sitemap or "",
        asset.eservices.below,
    )


def _had_login(declared: EServices, judged: Iterable[str]) -> set[str]:
    """The ids of the services at these places, as `Portal` has them."""
    if declared.services or declared.sitemap is not None:
        return {f"/{place.partition('/')[2]}" for place in judged}
    return {place.rpartition("/")[2] for place in judged}


def access_log_of(asset: HostAsset, steps: Iterable[Performed], now: datetime) -> AccessLog | None:
    """The access log that `asset` declares, if it does; `steps` are those of the canary sessions on file."""
    log = asset.access_log
    if log is None:
        return None
    performed = sorted(steps, key=lambda one: (one.at, one.step))
    last = max((one.at for one in performed), default=0)
    kept = now.timestamp() - (2 * (log.delay + log.every) + timedelta(days=1)).total_seconds()
    return log.value(
        tuple(one for one in performed if one.at >= kept)[-_MOST_PERFORMED:],
        now.timestamp() - last >= log.every.total_seconds(),
    )


_MOST_PERFORMED: Final = 400


def closed_name_jobs(asset: HostAsset, pace_key: str, limits: Limits) -> Iterator[Job]:
    """The looks at the names of a host of a closed network, which must have no address here."""
    for name in names(asset):
        target = WebTarget(asset.id, name, name, "", asset.ports[0], tls=False)
        yield Job(CLOSED_NAME, target, pace_key, limits)


def web_jobs(target: WebTarget, in_turn: WebTarget, pace_key: str, limits: Limits) -> Iterator[Job]:
    """The looks at one web endpoint; `in_turn` is the same with those of its folders whose turn it is."""
    yield Job(HTTP_LISTING, in_turn, pace_key, limits)
    if target.files:
        yield Job(HTTP_MEDIA, replace(target, front=in_turn.front), pace_key, limits)
    if target.portal is not None:
        pages = 2 * (len(target.portal.listed) or (MOST_SERVICES + 2 if target.portal.sitemap else 0))
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
    """What one filling of a matrix may cost: each cell once, each leak once more, begins and ends of the sessions."""
    cells = sum(len(paths(matrix, rule)) for rule in matrix.rules) * len(matrix.subjects)
    return replace(limits, requests=2 * cells + 8 * len(matrix.subjects), wire=_MATRIX_BYTES, seconds=_MATRIX_SECONDS)


_MATRIX_BYTES: Final = 256 << 20
_MATRIX_SECONDS: Final = 600.0
