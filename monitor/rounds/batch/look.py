"""How some assets are looked at, in whatever process: by what is declared and on file, never by the ledger itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.findings.observation import Observation
from monitor.inventory.model.assets import Asset, BucketAsset
from monitor.inventory.values.addresses import is_address
from monitor.network.driver import Driver
from monitor.rounds.batch.network_controls import NetworkControls
from monitor.rounds.batch.on_file import OnFile
from monitor.rounds.due.targets import Targets, targets_of
from monitor.rounds.recorder import NOT_LOOKED_AT
from monitor.rounds.run import CONTROL_KEY, ControlPair
from monitor.rounds.vantage import Unseen, Vantage
from probes.api import Unknown, WebTarget
from probes.buckets.bucket_verdict import KIND as BUCKET

log = logging.getLogger("leftopen")


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything that `run_round` needs."""

    driver: Driver
    controls: ControlPair
    targets: Targets


def has_stores(assets: Iterable[Asset]) -> bool:
    """Whether a store is looked at, so that the controls of stores are too."""
    return any(isinstance(asset, BucketAsset) for asset in assets)


async def looking(
    vantage: Vantage, assets: tuple[Asset, ...], on_file: OnFile, controls: ControlPair, id_: str, nonce: str
) -> Looking:
    """What is looked at, and a driver that may open sockets to just that and to the controls, which gain those of the
    vantage's own network."""
    scope, network = vantage.scope(), NetworkControls(vantage.inventory)
    own = {(t.name, t.address, t.port) for t in (controls.open, controls.closed)}
    own |= {(None, t.host, t.port) for t in controls.buckets or ()}

    def guard(name: str | None, address: str, port: int) -> bool:
        if (name, address, port) in own or scope.allows(name, address, port):
            return True
        return network.allows(name, address, port)

    driver = vantage.driver(guard, id_, scope)
    vantage.pace.set(CONTROL_KEY, 1000.0, 8)
    pair = replace(controls, network=network, shared=vantage.shared_check(stores=controls.buckets is not None))
    return Looking(driver, pair, await targets_of(vantage, on_file, assets, scope, nonce))


def not_looked_at(one: Unseen, now: datetime) -> Observation:
    """An asset, or an address of it, that could not be looked at, as an observation without a verdict."""
    asset = one.asset
    log.warning("%s: %s (%s)", asset.id, one.why.value, one.detail)
    address = asset.host if is_address(asset.host) else ""
    target = WebTarget(asset.id, asset.host, asset.host, address, asset.ports[0], tls=False)
    kind = BUCKET if isinstance(asset, BucketAsset) else "listing"
    return Observation(
        asset.id, NOT_LOOKED_AT, target, now, now, (), (Unknown(asset.place, kind, one.why, one.detail),)
    )
