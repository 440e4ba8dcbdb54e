"""From a declared asset to what is looked at: its endpoints, and what a round of them costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType

from monitor.inventory.model.access_log import AccessLog as DeclaredLog
from monitor.inventory.model.assets import Asset, BucketAsset, HostAsset
from monitor.inventory.model.buckets import Bucket, bucket_targets
from monitor.inventory.model.defaults import Defaults
from monitor.inventory.model.dispatch import Dispatch
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.services import SWEEP_EVERY, by_preset, declared
from monitor.inventory.values.addresses import in_order, is_address
from probes.access_log import AccessLog
from probes.api import Known, Portal, WebTarget
from probes.dispatch_plan import DispatchPlan
from probes.matrix import Matrix
from probes.recognise.eservices.sitemap import MOST_SERVICES
from probes.recognise.media.kinds import MediaKind, kind_of_name

_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_NONE_KNOWN: Mapping[int, tuple[Known, ...]] = MappingProxyType({})
_DEFAULT_PORTS = (80, 443)
_SWEEPS_A_DAY = timedelta(days=1) / SWEEP_EVERY


def names(asset: Asset) -> tuple[str, ...]:
    """The host names of `asset`, the canonical one first; an address is none. Of a bucket: the first asked."""
    return tuple(name for name in asset.hosts if not is_address(name))


def fixed_addresses(asset: Asset) -> tuple[str, ...]:
    """The addresses that the inventory itself gives to `asset`, in a fixed order."""
    return in_order({*asset.addresses, *(host for host in asset.hosts if is_address(host))})


def names_to_resolve(asset: Asset) -> tuple[str, ...]:
    """The names of `asset` for which a name server is asked before a round: none when its addresses are declared.

    A bucket's hosts are asked for as they are needed: an answer may lead to another region's.
    """
    return () if asset.addresses or isinstance(asset, BucketAsset) else names(asset)


def endpoints(
    asset: HostAsset,
    addresses: Mapping[str, tuple[str, ...]],
    inventory: Inventory,
    *,
    recorder_paths: tuple[str, ...] = (),
    known: Mapping[int, tuple[Known, ...]] = _NONE_KNOWN,
    portal: Portal | None = None,
    access_log: AccessLog | None = None,
    dispatch: DispatchPlan | None = None,
    nonce: str = "x7f3",
) -> tuple[WebTarget, ...]:
    """Every endpoint of `asset`: each name at each of its addresses, then bare addresses; each port both ways.

    `addresses` holds what the name servers said for `names_to_resolve(asset)` and the scope admitted. `known` are the
    exposures on file by port; ports 80 and 443 are one place, so each gets those of both. `portal` is its portal of
    e-services; `access_log` and the boxes of `dispatch` are read at one endpoint alone. The order is a function of the
    arguments alone, whatever the order in which name servers answered.
    """
    named, paths = folders(asset, inventory, recorder_paths)
    found = locations(asset, addresses)
    listening = tuple(dict.fromkeys((*asset.ports, *declared(asset.services))))
    beside = {port: tuple(one for one in listening if one != port) for port in asset.ports}
    return tuple(
        WebTarget(
            asset=asset.id,
            host=asset.host,
            name=name,
            address=address,
            port=port,
            tls=tls,
            paths=paths,
            declared=named,
            ports=asset.ports,
            beside=beside[port],
            files=_files(asset, name, port),
            data=asset.data.value,
            known=_known(known, port),
            portal=portal,
            matrix=_matrix(asset, name, port, tls),
            access_log=access_log if _alone(asset.access_log, port, tls) and (name, address) == found[0] else None,
            dispatch=dispatch if _alone(asset.dispatch, port, tls) and (name, address) == found[0] else None,
            nonce=nonce,
        )
        for name, address in found
        for port in asset.ports
        for tls in (False, True)
    )


def folders(
    asset: HostAsset, inventory: Inventory, recorder_paths: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folders of `asset` that its owner named, and all that are asked for at each of its endpoints."""
    public = tuple(public.path for public in asset.public)
    return _folders(asset.paths, public, recorder_paths if inventory.settings(asset).recorder_paths else ())


@lru_cache(maxsize=256)
def _folders(
    paths: tuple[str, ...], public: tuple[str, ...], recorder_paths: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Remembered, since most assets declare the same, which is none."""
    named = ["/", *(path for path in paths if not is_file(path)), *(path for path in public if path.endswith("/"))]
    return tuple(dict.fromkeys(named)), tuple(dict.fromkeys((*named, *recorder_paths)))


_PAGES = frozenset({MediaKind.OTHER, MediaKind.TEXT, MediaKind.HTML, MediaKind.STATIC})


def is_file(path: str) -> bool:
    """Whether a path that was declared as a folder has the name of a recording, a document or a backup: it is asked for
    as a file then, of which 1 KiB is read at most."""
    if path.endswith("/") or "?" in path:
        return False
    return kind_of_name(path) not in _PAGES or "/.git/" in path


_HEADS = {"/.git": "HEAD", "/.svn": "wc.db"}
"""Of a repository below a site, the file that there always is."""


def _heads(paths: Iterable[str]) -> Iterator[str]:
    """What is asked of declared repositories: their folder may be refused, or show no list, while they are given away
    file by file."""
    for path in paths:
        folder = path.rstrip("/")
        if folder[-5:] in _HEADS:
            yield f"{folder}/{_HEADS[folder[-5:]]}"


def locations(asset: HostAsset, addresses: Mapping[str, tuple[str, ...]]) -> list[tuple[str | None, str]]:
    """Where `asset` is asked: each of its names, or None for no name, with each of its addresses."""
    fixed = fixed_addresses(asset)
    located: list[tuple[str | None, str]] = []
    bare = set(fixed)
    for name in names(asset):
        found = fixed if asset.addresses else in_order(set(addresses.get(name, ())))
        bare.update(found)
        located += [(name, address) for address in found]
    if asset.by_address:
        located += [(None, address) for address in in_order(bare)]
    elif is_address(asset.host):
        located += [(None, address) for address in fixed]
    return located


def _files(asset: HostAsset, name: str | None, port: int) -> tuple[str, ...]:
    # A path alone is looked for everywhere; a URL on its own port, under its own name, and by the bare address.
    files = (
        file.path
        for file in asset.files
        if file.port in (None, port) and (file.host is None or name is None or file.host in (name, *asset.addresses))
    )
    return tuple(dict.fromkeys((*files, *filter(is_file, asset.paths), *_heads(asset.paths))))


def _matrix(asset: HostAsset, name: str | None, port: int, tls: bool) -> Matrix | None:
    # A credential goes to the one endpoint that is declared for it, and to none beside.
    declared = asset.roles
    mine = declared is not None and (declared.port, declared.tls) == (port, tls)
    named = name == asset.host or (name is None and is_address(asset.host))
    return declared.value() if declared is not None and mine and named else None


def _alone(declared: DeclaredLog | Dispatch | None, port: int, tls: bool) -> bool:
    return declared is not None and (declared.port, declared.tls) == (port, tls)


def _known(known: Mapping[int, tuple[Known, ...]], port: int) -> tuple[Known, ...]:
    ports = _DEFAULT_PORTS if port in _DEFAULT_PORTS else (port,)
    return tuple(dict.fromkeys(one for each in ports for one in known.get(each, ())))


def control_targets(inventory: Inventory, *, nonce: str = "x7f3") -> tuple[WebTarget, WebTarget] | None:
    """The known-open and the known-closed place of the inventory; None when it declares no controls."""
    if inventory.controls is None:
        return None
    opened, closed = (
        WebTarget(
            asset=f"control:{word}",  # no asset can be called so
            host=control.host or control.address,
            name=control.host,
            address=control.address,
            port=control.port,
            tls=control.tls,
            paths=(control.path,),
            declared=(),
            nonce=nonce,
        )
        for word, control in (("open", inventory.controls.open), ("closed", inventory.controls.closed))
    )
    return opened, closed


@dataclass(frozen=True, slots=True)
class Cost:
    """Asks of a look at an endpoint that answers, and where nothing is open."""

    endpoint: int = 1  # the canary
    path: int = 1
    declared: int = 1  # WebDAV is asked for at the root and at declared folders
    other: int = 1  # a declared folder is asked for with its final slash and without it
    file: int = 2  # its first bytes, and a canary
    service: int = 12  # two connections, with a login, a list and a canary
    portal: int = 15  # the catalogue, four interfaces, eight pages of operators, and a canary of each of these
    bucket: int = 6  # list, versions, uploads, access list, a key that cannot exist, and one more


@dataclass(frozen=True, slots=True)
class Estimate:
    """What looking at an asset costs: usual when nothing is open, and the most that its budget lets through."""

    endpoints: int
    asks: int
    most_asks: int
    seconds: float
    """How long the usual asks of a round take at the asset's pace."""
    rounds_a_day: float
    asks_a_day: int
    most_asks_a_day: int
    assumed: bool
    """Whether an address had to be assumed (one for each name), because no name server was asked yet."""
    over_budget: bool
    """Whether the budget ends before all folders and files are asked: the rest would stay unknown."""


def estimate(
    asset: Asset,
    inventory: Inventory,
    *,
    addresses: Mapping[str, tuple[str, ...]] = _NOTHING,
    recorder_paths: tuple[str, ...] = (),
    cost: Cost = Cost(),
) -> Estimate:
    """The cost of looking at `asset`, in a round and in a day."""
    settings = inventory.settings(asset)
    if isinstance(asset, BucketAsset):
        return _estimate_bucket(asset.bucket, settings, cost)
    unresolved = [name for name in names_to_resolve(asset) if not addresses.get(name)]
    # 0.0.0.0 stands for the address that is not known yet; it is counted and never asked.
    filled = {**addresses, **dict.fromkeys(unresolved, ("0.0.0.0",))}  # noqa: S104
    named, paths = folders(asset, inventory, recorder_paths)
    folder = cost.endpoint + cost.path * len(paths) + cost.declared * len(named) + cost.other * (len(named) - 1)
    found_at = locations(asset, filled)
    count = 2 * len(found_at) * len(asset.ports)  # each port in clear text and in TLS
    counted = (len(_files(asset, name, port)) for name, _ in found_at for port in asset.ports for _ in range(2))
    files = [cost.file * one for one in counted if one] if asset.files or asset.paths else []
    listed = len(asset.eservices.services) if asset.eservices is not None else 0
    if asset.eservices is not None and asset.eservices.sitemap is not None:
        listed = MOST_SERVICES  # how many there are is known when it was read
    portals = [1 + listed if listed else cost.portal] * (count if asset.eservices is not None else 0)
    hosts = len({address for _, address in found_at})
    services = [cost.service] * (len(declared(asset.services)) * hosts)
    looks = [folder] * count + files + portals + services
    found = _estimated(count + len(services), looks, settings, assumed=bool(unresolved))
    # A port of a preset is knocked at a few times a day; what answers there is not known yet.
    knocks = round(len(by_preset(asset.services)) * hosts * _SWEEPS_A_DAY)
    return (
        found
        if not knocks
        else replace(found, asks_a_day=found.asks_a_day + knocks, most_asks_a_day=found.most_asks_a_day + knocks)
    )


def _estimate_bucket(bucket: Bucket, settings: Defaults, cost: Cost) -> Estimate:
    targets = bucket_targets("", bucket, (), "")
    one = cost.bucket + len(bucket.all_prefixes) + len(bucket.all_keys) + 2 * len(bucket.referers)
    return _estimated(len(targets), [one] * len(targets), settings, assumed=False)


def _estimated(count: int, looks: list[int], settings: Defaults, *, assumed: bool) -> Estimate:
    """What so many endpoints cost, with the usual asks of each look at them."""
    budget = settings.budget.requests
    asks = sum(min(one, budget) for one in looks)
    most = len(looks) * budget
    rounds = 86400 / settings.interval.total_seconds()
    return Estimate(
        endpoints=count,
        asks=asks,
        most_asks=most,
        seconds=asks / settings.pace,
        rounds_a_day=rounds,
        asks_a_day=round(asks * rounds),
        most_asks_a_day=round(most * rounds),
        assumed=assumed,
        over_budget=any(one > budget for one in looks),
    )
