"""The state of every declared asset, from the ledger and the inventory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from monitor.coverage.asset_state import AssetState, AssetStatus, PlaceState, asset_state
from monitor.findings.decide import weakly_open
from monitor.findings.finding import State
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, networks


def asset_states(
    ledger: Ledger, inventory: Inventory, now: datetime, only: Collection[str] | None = None
) -> tuple[AssetState, ...]:
    """One state for each asset of the inventory, in its order. Nothing declared is left out, but where `only` these
    are asked for."""
    looks, unlooked = last_looks(ledger, inventory)
    places: dict[str, list[PlaceState]] = defaultdict(list)
    # Most places of an asset are as the one before: of many assets they would take more memory than a round does.
    alike, words = lru_cache(64)(PlaceState), dict[str, str]()
    for asset, verdict, why, at, last in queries.places(ledger, only):
        places[asset].append(alike(words.setdefault(verdict, verdict), words.setdefault(why, why), at, last))
    opened: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for finding in actions.still_open(ledger):
        opened[finding.asset].append((finding.id, finding.first_seen))
    led = undeclared(ledger, inventory)
    exposed = {asset for asset, found in places.items() if any(one.verdict == "exposed" for one in found)}
    chosen = inventory.assets if only is None else tuple(one for one in inventory.assets if one.id in only)
    ended = {one.contract: ended_contract(inventory, one, now.date()) for one in _of_each_contract(chosen)}
    waiting = _unconfirmed(ledger, exposed - opened.keys())
    return tuple(
        asset_state(
            asset.id,
            places[asset.id],
            opened[asset.id],
            looks.get(asset.id),
            ended[asset.contract],
            inventory.settings(asset).interval,
            now,
            unlooked.get(asset.id, ()),
            unconfirmed=asset.id in waiting,
            leads_to=led.get(asset.id, ()),
        )
        for asset in chosen
    )


def _of_each_contract(assets: Iterable[Asset]) -> Collection[Asset]:
    """One asset of each contract, and one without: what is above them is the same for all."""
    return {asset.contract: asset for asset in assets}.values()


def _unconfirmed(ledger: Ledger, assets: Collection[str]) -> frozenset[str]:
    """Which of these assets have a place that looked open, for the first time or again, and waits for a second look."""
    found = ledger.findings(assets=assets) if assets else ()
    return frozenset(
        one.asset for one in found if one.state is State.SUSPECTED or (one.state is State.CLEARED and weakly_open(one))
    )


def last_looks(ledger: Ledger, inventory: Inventory) -> tuple[dict[str, datetime], dict[str, list[str]]]:
    """For each asset, the oldest of the last looks from each of the networks from which it is looked at. An asset at
    which some of them never looked is not in it: for that one these networks, where another has looked."""
    looks = {one.network: ledger.looks(networks.written(ledger, one.network)) for one in inventory.every_vantage}
    if not inventory.vantages:
        return looks[inventory.vantage.network], {}
    found, unlooked = dict[str, datetime](), dict[str, list[str]]()
    for asset in inventory.assets:
        wanted = inventory.looked_from(asset)
        missing = [network for network in wanted if asset.id not in looks[network]]
        if not missing:
            found[asset.id] = min(looks[network][asset.id] for network in wanted)
        elif len(missing) < len(wanted):
            unlooked[asset.id] = missing
    return found, unlooked


def undeclared(ledger: Ledger, inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """Where redirects of each asset led at its last look, and where the buckets are that its scripts list, as far as
    the inventory does not declare it: scheme, host and port."""
    led = queries.led_to(ledger)
    if not led:
        return {}
    declared = {(host, port) for asset in inventory.assets if isinstance(asset, HostAsset) for host, port in _of(asset)}
    buckets = [asset for asset in inventory.assets if isinstance(asset, BucketAsset)]

    def known(to: str) -> bool:
        host, port = _host_and_port(to)
        return (host, port) in declared or any(one.leads_to(host) for one in buckets)

    found = {asset.id: tuple(to for to in led.get(asset.id, ()) if not known(to)) for asset in inventory.assets}
    return {asset: to for asset, to in found.items() if to}


def _of(asset: HostAsset) -> Iterator[tuple[str, int]]:
    for host in (*asset.hosts, *map(str, asset.addresses or ())):
        yield from ((host.lower(), port) for port in asset.ports)


def _host_and_port(origin: str) -> tuple[str, int]:
    """The host and the port of an origin, such as `https://www.region.example`."""
    parts = urlsplit(origin)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def ended_contract(inventory: Inventory, asset: Asset, today: date) -> str | None:
    """The contract whose authority to look at `asset` has ended, if one has: nobody looks without it."""
    return next((one.id for one in inventory.contract_chain(asset) if one.authorised_until < today), None)


def contract_until(inventory: Inventory, asset: Asset) -> date | None:
    """The last day on which `asset` may be looked at, by the contract that ends first; None: it has none."""
    return min((one.authorised_until for one in inventory.contract_chain(asset)), default=None)


def summary(states: Iterable[AssetState]) -> str:
    """The states in one line, worst first: `2 open, 1 not seen, 37 closed of 40 assets`.

    An open asset that was not wholly judged in time is counted once more, so that the line never hides it.
    """
    states = tuple(states)
    counts = Counter(one.status for one in states)
    said = [
        f"{counts[status]} {status.value if status in _CALM else status.value.upper()}"
        for status in AssetStatus
        if counts[status] or status in _CALM
    ]
    doubtful = sum(one.status is AssetStatus.OPEN and not one.judged for one in states)
    if doubtful:
        said[0] += f" ({doubtful} of them NOT WHOLLY JUDGED)"
    return f"{', '.join(said)} of {len(states)} asset{'s' * (len(states) != 1)}"


_CALM = (AssetStatus.OPEN, AssetStatus.CLOSED)
