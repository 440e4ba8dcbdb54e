"""Which batches a vantage is given now: what is due there, whole pace groups together, none that is under way. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from monitor.inventory.model.inventory import Inventory
from monitor.rounds.pace_groups import PaceGroup

HOSTS, HOSTS_OF_MANY = 20, 50
"""Assets of one batch at the least, as a rule, and at the most: the engine's own cost is spread over them. A small one
is told of soon and costs little when it is lost."""
AT_ONCE = 4
"""Batches that what is due at once is shared out to, for as many workers, before they grow to the most."""
MOST_HOSTS = 200
"""Assets of one batch at the most, when they all stand on one host."""
EACH_TAKES = 15.0
"""Seconds of a host's pace that one asset may take, at a request a second: so many of one host are in a batch that it
ends before its deadline. The rest has its turn in the next one."""
LONGEST = timedelta(minutes=25)
"""A broker takes a batch back that was not confirmed for half an hour."""
SHORTEST = timedelta(seconds=60)
"""So long a batch waits for a worker at the least."""
GRACE = timedelta(seconds=30)
"""So long its result may be on its way."""
GATHERED, LONGEST_GATHERED, OF_INTERVAL = 3.0, 12.0, 300
"""Seconds for which what comes due is gathered, at the least and at the most, and by which part of an interval."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long a batch may take."""

    waits: timedelta
    """In the queue: when it has waited for as long as the shortest interval in it, it is due again."""
    looks: timedelta
    """From its first look to its last."""

    @property
    def deadline(self) -> timedelta:
        """From when it is given out until nobody waits for its result any longer."""
        return self.waits + self.looks + GRACE


def gathering(shortest: timedelta) -> float:
    """For how many seconds what comes due is gathered, where `shortest` is the shortest interval: a batch of one host
    costs as much as one of twenty, and who looks once an hour does not miss some seconds."""
    return max(GATHERED, min(shortest.total_seconds() / OF_INTERVAL, LONGEST_GATHERED))


def times_of(inventory: Inventory, assets: Iterable[str]) -> Times:
    """How long a batch over these assets may take."""
    settings = [inventory.settings(inventory.asset(id_)) for id_ in assets]
    seconds = max(one.budget.seconds for one in settings)
    looks = min(timedelta(seconds=2 * seconds + 60), LONGEST)
    return Times(max(SHORTEST, min(one.interval for one in settings)), looks)


def share_of(inventory: Inventory, assets: Iterable[str]) -> int:
    """Among how many vantages the pace of these hosts is shared out."""
    return max(inventory.lookers(inventory.asset(id_)) for id_ in assets)


def free(
    ready: Iterable[str],
    groups: Mapping[str, PaceGroup],
    busy: Collection[str],
    held: Callable[[str], float],
) -> dict[str, list[str]]:
    """By pace group, the assets that are ready and whose host is not among the `busy` ones, at which this vantage looks
    now; a host that said Retry-After is left alone by all. `held`: for how many seconds an asset is."""
    found: dict[str, list[str]] = {}
    for asset in ready:
        key = groups[asset].key
        if key not in busy and not held(asset):
            some = found.setdefault(key, [])
            if len(some) < most_of(groups[asset]):
                some.append(asset)
    return found


def most_of(group: PaceGroup) -> int:
    """How many assets of one host are in a batch: at 5 requests a second 20, each of which may ask 60 times."""
    return max(1, min(MOST_HOSTS, int(group.pace * 60.0 / EACH_TAKES)))


def cut(
    by_group: Mapping[str, list[str]], hosts: int | None = None
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Batches: their assets, and their pace groups. All of a group are in one batch, since no second one of it is given
    out meanwhile. `hosts` are in one, as a rule; None: as many as fit what is due."""
    if hosts is None:
        hosts = max(HOSTS, min(HOSTS_OF_MANY, sum(map(len, by_group.values())) // AT_ONCE))
    assets: list[str] = []
    keys: list[str] = []
    for key, some in by_group.items():
        if not some:
            continue
        if assets and len(assets) + len(some) > hosts:
            yield tuple(assets), tuple(keys)
            assets, keys = [], []
        assets += some
        keys.append(key)
    if assets:
        yield tuple(assets), tuple(keys)
