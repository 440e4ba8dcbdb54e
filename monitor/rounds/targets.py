"""What one round looks at: every endpoint of every asset that is due, and all that is on file as open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, assert_never

from monitor.findings.finding import State
from monitor.inventory.endpoints import endpoints, pace_groups
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from monitor.rounds.dangling_names import name_jobs, names_that_lead
from monitor.rounds.portals import portals_of
from monitor.rounds.run import Job
from monitor.rounds.vantage import Unseen, Vantage
from monitor.store.ledger import Ledger
from monitor.store.thread import LedgerThread
from probes.api import Known, Place, Portal, Probe, WebTarget
from probes.buckets.bucket_verdict import DANGLING
from probes.buckets.bucket_verdict import KIND as BUCKET
from probes.eservices.cells import paths
from probes.eservices.portal import ESERVICE_PORTAL
from probes.eservices.role_matrix import ROLE_MATRIX
from probes.matrix import Matrix
from probes.reasons import NoAnswerReason
from probes.recognise.media.recorder_paths import default_paths
from probes.registry import bucket_probe
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA

Dangling = dict[str, set[Place]]


@dataclass(frozen=True, slots=True)
class Targets:
    """What one round looks at."""

    jobs: tuple[Job, ...]
    led_to: Mapping[str, frozenset[str]]
    """For each asset the endpoints to which inventory and DNS lead; without those whose name servers did not answer."""
    unseen: tuple[Unseen, ...]


async def targets_of(
    vantage: Vantage, ledger: LedgerThread, assets: tuple[Asset, ...], scope: Scope, nonce: str
) -> Targets:
    """What a round over `assets` looks at; the addresses of their names are admitted to `scope`."""
    inventory = vantage.inventory
    known, dangling, portals = await ledger(partial(_on_file, assets))
    resolution = await vantage.resolve(assets, scope, names_that_lead)
    found, unseen = resolution.addresses, list(resolution.unseen)
    groups = pace_groups(inventory, vantage.addresses)
    for group in set(groups.values()):
        vantage.pace.set(group.key, group.pace, group.concurrency)
    recorders = tuple(path.path for path in default_paths())
    jobs: list[Job] = []
    led_to: dict[str, set[str]] = {}
    for asset in assets:
        ended = vantage.unauthorised(asset)
        if ended is not None:
            unseen.append(Unseen(asset, NoAnswerReason.OUT_OF_SCOPE, f"the authority to look ended (contract {ended})"))
            continue
        key, limits, mine = groups[asset.id].key, _limits(inventory, asset), known.get(asset.id, {})
        match asset:
            case HostAsset():
                portal = portals.get(asset.id)
                for target in endpoints(
                    asset, found, inventory, recorder_paths=recorders, known=mine, portal=portal, nonce=nonce
                ):
                    jobs += [Job(probe, target, key, limits) for probe in _web_probes(target)]
                    if target.matrix is not None:
                        jobs.append(Job(ROLE_MATRIX, target, key, matrix_limits(target.matrix, limits)))
            case BucketAsset():
                on_file = tuple(one for each in mine.values() for one in each)
                targets = bucket_targets(asset.id, asset.bucket, on_file, nonce)
                jobs += [Job(bucket_probe(one.dialect), one, key, limits) for one in targets]
            case _:
                assert_never(asset)
        jobs += name_jobs(asset, resolution.answers, dangling.get(asset.id, set()), key, limits, nonce)
        if resolution.conclusive(names_that_lead(asset)):
            led_to[asset.id] = set()
    for job in jobs:
        if job.target.asset in led_to:
            led_to[job.target.asset] |= {job.target.endpoint, str(job.target)}
    return Targets(tuple(jobs), {asset: frozenset(endpoints) for asset, endpoints in led_to.items()}, tuple(unseen))


def _web_probes(target: WebTarget) -> Iterator[Probe[WebTarget]]:
    yield HTTP_LISTING
    if target.files:
        yield HTTP_MEDIA
    if target.portal is not None:
        yield ESERVICE_PORTAL


def matrix_limits(matrix: Matrix, limits: Limits) -> Limits:
    """What one filling of a matrix may cost: each cell once, each leak once more, and the ends of the sessions."""
    cells = sum(len(paths(matrix, rule)) for rule in matrix.rules) * len(matrix.subjects)
    return replace(limits, requests=2 * cells + 2 * len(matrix.subjects), wire=_MATRIX_BYTES, seconds=_MATRIX_SECONDS)


_MATRIX_BYTES: Final = 256 << 20
_MATRIX_SECONDS: Final = 600.0


def _limits(inventory: Inventory, asset: Asset) -> Limits:
    settings = inventory.settings(asset)
    budget, times = settings.budget, settings.timeouts
    return Limits(budget.requests, budget.bytes, budget.seconds, Timeouts(times.connect, times.read, times.ask))


def _on_file(
    assets: Collection[Asset], ledger: Ledger
) -> tuple[dict[str, dict[int, tuple[Known, ...]]], Dangling, dict[str, Portal]]:
    """What is on file of these assets: the places that are looked at again, whatever the inventory says now, by asset
    and port; the names that led to nothing, which are looked at until they are clear; and their portals."""
    findings = ledger.findings(assets=[asset.id for asset in assets])
    known: dict[str, dict[int, tuple[Known, ...]]] = {}
    dangling: Dangling = {}
    for finding in findings:
        if finding.kind in ("listing", "linked-files", BUCKET):
            ports = known.setdefault(finding.asset, {})
            one = Known(finding.place.path, ledger.witnesses(finding.id), finding.kind)
            ports[finding.place.port] = (*ports.get(finding.place.port, ()), one)
        elif finding.kind == DANGLING and finding.state is not State.CLEARED:
            dangling.setdefault(finding.asset, set()).add(finding.place)
    return known, dangling, portals_of(assets, findings, ledger)
