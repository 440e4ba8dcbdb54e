"""What one round looks at: every endpoint of every asset that is due, and all that is on file as open."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import assert_never

from monitor.findings.finding import State
from monitor.findings.observation import Observation
from monitor.findings.promises import closed_here
from monitor.inventory.endpoints import endpoints
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.inventory.service_targets import services_at
from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from monitor.rounds.dangling_names import name_jobs, names_that_lead
from monitor.rounds.intents import promised_of
from monitor.rounds.plan import witnesses_tried
from monitor.rounds.portals import access_logs_of, closed_name_jobs, portals_of, web_jobs
from monitor.rounds.run import Job
from monitor.rounds.services import LastSweep, following, job_of, service_jobs
from monitor.rounds.vantage import Unseen, Vantage
from monitor.store.ledger import Ledger
from monitor.store.rows import when
from monitor.store.tables.last_facts import last_facts
from monitor.store.thread import LedgerThread
from probes.api import Known, Place, Portal, ServiceTarget
from probes.buckets.bucket_verdict import DANGLING
from probes.buckets.bucket_verdict import KIND as BUCKET
from probes.reasons import NoAnswerReason
from probes.recognise.media.recorder_paths import default_paths
from probes.registry import bucket_probe
from probes.services.catalogue import SPEAKS
from probes.services.ports import KIND as SWEPT
from probes.services.ports import found as found_by_sweep
from probes.turns import EndpointPast, in_turn
from probes.web.listing import HTTP_LISTING

Dangling = dict[str, set[Place]]


@dataclass(frozen=True, slots=True)
class Targets:
    """What one round looks at."""

    jobs: tuple[Job, ...]
    led_to: Mapping[str, frozenset[str]]
    """For each asset the endpoints to which inventory and DNS lead; without those whose name servers did not answer."""
    unseen: tuple[Unseen, ...]
    follow: Callable[[Observation], tuple[Job, ...]]
    """What is looked at behind a look, by what it found."""


async def targets_of(
    vantage: Vantage, ledger: LedgerThread, assets: tuple[Asset, ...], scope: Scope, nonce: str
) -> Targets:
    """What a round over `assets` looks at; the addresses of their names are admitted to `scope`."""
    inventory = vantage.inventory
    ids = [asset.id for asset in assets]
    known, dangling, portals = await ledger(partial(_on_file, assets, vantage.now()))
    logs = await ledger(partial(access_logs_of, assets, vantage.now()))
    sweeps = await ledger(partial(_sweeps, ids)) if any(asset.service_ports for asset in assets) else {}
    behind: dict[str, dict[int, Job]] = {}
    services: list[ServiceTarget] = []
    resolution = await vantage.resolve(assets, scope, names_that_lead)
    found, unseen = resolution.addresses, list(resolution.unseen)
    groups = vantage.pace_groups()
    recorders = tuple(path.path for path in default_paths())
    defaults, past = frozenset(recorders), await ledger(partial(_pasts, ids))
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
                jobs += closed_name_jobs(asset, key, limits) if _closed(inventory, asset) else ()
                for endpoint in endpoints(
                    asset,
                    found,
                    inventory,
                    recorder_paths=recorders,
                    known=_web(mine),
                    portal=portals.get(asset.id),
                    access_log=logs.get(asset.id),
                    dispatch=None if asset.dispatch is None else asset.dispatch.value(vantage.now()),
                    nonce=nonce,
                ):
                    jobs += [
                        replace(job, target=in_turn(endpoint, defaults, past.get(str(endpoint)), vantage.now()))
                        if job.probe is HTTP_LISTING
                        else job
                        for job in web_jobs(endpoint, key, limits)
                    ]
                here = services_at(asset, found, mine, nonce)
                services += [target for at in here for target in at.targets]
                asked, later = service_jobs(here, sweeps, vantage.now(), partial(job_of, key=key, limits=limits))
                jobs += asked
                behind |= later
            case BucketAsset():
                on_file = tuple(one for each in mine.values() for one in each)
                targets = bucket_targets(asset.id, asset.bucket, on_file, nonce)
                jobs += [Job(bucket_probe(one.dialect), one, key, limits) for one in targets]
            case _:
                assert_never(asset)
        jobs += name_jobs(asset, resolution.answers, dangling.get(asset.id, set()), key, limits, nonce)
        if resolution.conclusive(names_that_lead(asset)):
            led_to[asset.id] = set()
    for target in (*(job.target for job in jobs), *services):
        if target.asset in led_to:
            led_to[target.asset] |= {target.endpoint, str(target)}
    # That the name of a host of a closed network leads nowhere is what was promised, and has a verdict of its own.
    unseen = [one for one in unseen if not (one.why is NoAnswerReason.NO_SUCH_NAME and _closed(inventory, one.asset))]
    lead = {asset: frozenset(endpoints) for asset, endpoints in led_to.items()}
    return Targets(tuple(jobs), lead, tuple(unseen), partial(following, behind))


def _closed(inventory: Inventory, asset: Asset) -> bool:
    return isinstance(asset, HostAsset) and closed_here(promised_of(inventory, asset))


def _web(known: Mapping[int, tuple[Known, ...]]) -> dict[int, tuple[Known, ...]]:
    """What is on file of web endpoints: a service may have been found at the same port."""
    return {port: tuple(one for one in each if one.kind not in SPEAKS) for port, each in known.items()}


def _sweeps(assets: Collection[str], ledger: Ledger) -> dict[str, LastSweep]:
    return {
        endpoint: LastSweep(at, found_by_sweep(facts))
        for endpoint, (at, facts) in last_facts(ledger, assets, SWEPT).items()
    }


def _pasts(assets: Collection[str], ledger: Ledger) -> dict[str, EndpointPast]:
    """What is on file of each web endpoint of these assets, as far as turns rest on it."""
    chosen = json.dumps(sorted(assets))
    seen: dict[str, dict[str, tuple[str, datetime]]] = {}
    for row in ledger.rows(
        """SELECT endpoint, place, verdict, at FROM places
           WHERE kind = 'listing' AND asset IN (SELECT value FROM json_each(?))""",
        chosen,
    ):
        seen.setdefault(row["endpoint"], {})[row["place"]] = (row["verdict"], when(row["at"]))
    return {
        row["endpoint"]: EndpointPast(row["front"], seen.get(row["endpoint"], {}))
        for row in ledger.rows(
            """SELECT endpoint, front FROM series WHERE part = '' AND probe = ?
               AND asset IN (SELECT value FROM json_each(?))""",
            HTTP_LISTING.name,
            chosen,
        )
    }


def _limits(inventory: Inventory, asset: Asset) -> Limits:
    settings = inventory.settings(asset)
    budget, times = settings.budget, settings.timeouts
    return Limits(budget.requests, budget.bytes, budget.seconds, Timeouts(times.connect, times.read, times.ask))


def _on_file(
    assets: Collection[Asset], now: datetime, ledger: Ledger
) -> tuple[dict[str, dict[int, tuple[Known, ...]]], Dangling, dict[str, Portal]]:
    """What is on file of these assets: the places that are looked at again, whatever the inventory says now, by asset
    and port; the names that led to nothing, which are looked at until they are clear; and their portals."""
    findings = ledger.findings(assets=[asset.id for asset in assets])
    looks = ledger.looks() if any(finding.state is State.CLEARED for finding in findings) else {}
    known: dict[str, dict[int, tuple[Known, ...]]] = {}
    dangling: Dangling = {}
    for finding in findings:
        if finding.kind in ("listing", "linked-files", BUCKET, *SPEAKS):
            ports = known.setdefault(finding.asset, {})
            tried = witnesses_tried(finding, looks.get(finding.asset), now)
            witnesses = ledger.witnesses(finding.id) if tried else ()
            one = Known(finding.place.path, witnesses, finding.kind, finding.state is State.EXPOSED)
            ports[finding.place.port] = (*ports.get(finding.place.port, ()), one)
        elif finding.kind == DANGLING and finding.state is not State.CLEARED:
            dangling.setdefault(finding.asset, set()).add(finding.place)
    return known, dangling, portals_of(assets, findings, ledger)
