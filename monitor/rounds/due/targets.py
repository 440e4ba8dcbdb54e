"""What one round looks at: every endpoint of every asset that is due, and all that is on file as open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import assert_never

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
from monitor.rounds.batch.on_file import OnFile
from monitor.rounds.due.dangling_names import name_jobs, names_that_lead
from monitor.rounds.due.portals import access_log_of, closed_name_jobs, portal_of, web_jobs
from monitor.rounds.due.services import following, job_of, service_jobs
from monitor.rounds.intents import promised_of
from monitor.rounds.run import Job
from monitor.rounds.vantage import Unseen, Vantage
from probes.api import Known, ServiceTarget
from probes.reasons import NoAnswerReason
from probes.recognise.media.recorder_paths import default_paths
from probes.registry import bucket_probe
from probes.services.catalogue import SPEAKS
from probes.turns import in_turn


@dataclass(frozen=True, slots=True)
class Targets:
    """What one round looks at."""

    jobs: tuple[Job, ...]
    led_to: Mapping[str, frozenset[str]]
    """For each asset the endpoints to which inventory and DNS lead; without those whose name servers did not answer."""
    unseen: tuple[Unseen, ...]
    follow: Callable[[Observation], tuple[Job, ...]]
    """What is looked at behind a look, by what it found."""


async def targets_of(vantage: Vantage, on_file: OnFile, assets: tuple[Asset, ...], scope: Scope, nonce: str) -> Targets:
    """What a look at `assets` looks at, by what is on file of them; the addresses of their names are admitted to
    `scope`."""
    inventory, now = vantage.inventory, vantage.now()
    behind: dict[str, dict[int, Job]] = {}
    services: list[ServiceTarget] = []
    resolution = await vantage.resolve(assets, scope, names_that_lead)
    found, unseen = resolution.addresses, list(resolution.unseen)
    groups = vantage.pace_groups()
    recorders = tuple(path.path for path in default_paths())
    defaults, past = frozenset(recorders), on_file.past
    jobs: list[Job] = []
    led_to: dict[str, set[str]] = {}
    for asset in assets:
        ended = vantage.unauthorised(asset)
        if ended is not None:
            unseen.append(Unseen(asset, NoAnswerReason.OUT_OF_SCOPE, f"the authority to look ended (contract {ended})"))
            continue
        key, limits, mine = groups[asset.id].key, _limits(inventory, asset), on_file.known.get(asset.id, {})
        match asset:
            case HostAsset():
                jobs += closed_name_jobs(asset, key, limits) if _closed(inventory, asset) else ()
                for endpoint in endpoints(
                    asset,
                    found,
                    inventory,
                    recorder_paths=recorders,
                    known=_web(mine),
                    portal=portal_of(asset, on_file.logins.get(asset.id, ()), on_file.services.get(asset.id, ())),
                    access_log=access_log_of(asset, on_file.performed.get(asset.id, ()), now),
                    dispatch=asset.dispatch.value(now, on_file.letters.get(asset.id, ()))
                    if asset.dispatch is not None
                    else None,
                    nonce=nonce,
                ):
                    turned = in_turn(endpoint, defaults, past.get(str(endpoint)), now)
                    jobs += web_jobs(endpoint, turned, key, limits)
                here = services_at(asset, found, mine, nonce)
                services += [target for at in here for target in at.targets]
                asked, later = service_jobs(here, on_file.sweeps, now, partial(job_of, key=key, limits=limits))
                jobs += asked
                behind |= later
            case BucketAsset():
                filed = tuple(one for each in mine.values() for one in each)
                targets = bucket_targets(asset.id, asset.bucket, filed, nonce)
                jobs += [Job(bucket_probe(one.dialect), one, key, limits) for one in targets]
            case _:
                assert_never(asset)
        jobs += name_jobs(asset, resolution.answers, on_file.dangling.get(asset.id, ()), key, limits, nonce)
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


def _limits(inventory: Inventory, asset: Asset) -> Limits:
    settings = inventory.settings(asset)
    budget, times = settings.budget, settings.timeouts
    return Limits(budget.requests, budget.bytes, budget.seconds, Timeouts(times.connect, times.read, times.ask))
