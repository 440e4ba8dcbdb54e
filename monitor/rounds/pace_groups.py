"""Who shares a pace: assets on one host, by what is declared of them and by what name servers say.

A group is worked out when it is asked for, from the assets that are connected with it and no others: with many assets,
each round learns where a few names lead now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from monitor.inventory.endpoints import fixed_addresses, names, names_to_resolve
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory

_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PaceGroup:
    """Assets on one host: they share one pace, the gentlest that any of them asks for."""

    key: str
    assets: tuple[str, ...]
    pace: float
    concurrency: int


class PaceGroups(Mapping[str, PaceGroup]):
    """The pace group of each asset, by asset id: assets that share a name or an address belong together.

    The key of a group is its first host in alphabetical order, so it does not hang on the order of the file.
    """

    def __init__(
        self,
        inventory: Inventory,
        addresses: Mapping[str, tuple[str, ...]] = _NOTHING,
        made: Callable[[PaceGroup], None] = lambda _: None,
    ) -> None:
        """`addresses` is what the name servers said; `made` is called with each group that was worked out."""
        self.inventory = inventory
        self._made = made
        self._order: dict[str, int] = {}
        self._at: dict[str, list[Asset]] = {}
        """The assets that are declared at a host or address."""
        self._named: dict[str, list[Asset]] = {}
        """The assets for which name servers are asked for a name."""
        self._found: dict[str, frozenset[str]] = {}
        self._leading: dict[str, dict[str, None]] = {}
        """The names that lead to an address."""
        self._groups: dict[str, PaceGroup] = {}
        for at, asset in enumerate(inventory.assets):
            self._order[asset.id] = at
            for part in _declared(asset):
                self._at.setdefault(part, []).append(asset)
            for name in names_to_resolve(asset):
                self._named.setdefault(name, []).append(asset)
        self.answered(addresses)

    def answered(self, addresses: Mapping[str, tuple[str, ...]]) -> None:
        """The name servers said where names lead now: what they said of these before no longer holds."""
        for name, said in addresses.items():
            before, found = self._found.get(name, frozenset()), frozenset(said)
            if name not in self._named or found == before:
                continue
            # What is connected by this name, or was, is worked out again: by the groups as they were, and no others.
            changed = {asset.id for part in before | found for asset in self._assets_at(part)}
            changed |= {asset.id for asset in self._named[name]}
            for id_ in changed:
                group = self._groups.get(id_)
                for member in group.assets if group is not None else ():
                    del self._groups[member]
            for address in before:
                del self._leading[address][name]
                if not self._leading[address]:
                    del self._leading[address]
            for address in found:
                self._leading.setdefault(address, {})[name] = None
            self._found[name] = found

    def __getitem__(self, id_: str) -> PaceGroup:
        group = self._groups.get(id_)
        if group is None:
            if id_ not in self._order:
                raise KeyError(id_)
            group = self._group_of(self.inventory.asset(id_))
            self._groups |= dict.fromkeys(group.assets, group)
            self._made(group)
        return group

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._order

    def _assets_at(self, part: str) -> Iterator[Asset]:
        yield from self._at.get(part, ())
        for name in self._leading.get(part, ()):
            yield from self._named[name]

    def _group_of(self, first: Asset) -> PaceGroup:
        assets, waiting, seen = {first.id: first}, [first], set[str]()
        while waiting:
            asset = waiting.pop()
            parts = _declared(asset)
            parts |= {address for name in names_to_resolve(asset) for address in self._found.get(name, ())}
            for part in parts - seen:
                for other in self._assets_at(part):
                    if other.id not in assets:
                        assets[other.id] = other
                        waiting.append(other)
            seen |= parts
        settings = [self.inventory.settings(asset) for asset in assets.values()]
        return PaceGroup(
            key=min(asset.pace_host for asset in assets.values()),
            assets=tuple(sorted(assets, key=self._order.__getitem__)),
            pace=min(one.pace for one in settings),
            concurrency=min(one.concurrency for one in settings),
        )


def _declared(asset: Asset) -> set[str]:
    """The hosts and addresses by which the inventory itself connects an asset with others."""
    return {asset.pace_host, *(() if asset.paced_alone else names(asset)), *fixed_addresses(asset)}
