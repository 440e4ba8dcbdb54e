"""Where one program looks from: its inventory, its pace, its name servers, and the drivers that go out under them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from monitor.coverage.states import ended_contract
from monitor.inventory.endpoints import names_to_resolve
from monitor.inventory.model.assets import Asset, HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.network.driver import Driver
from monitor.network.elsewhere import Declared
from monitor.network.pace import Pace
from monitor.network.sign_in.provider import Provider
from monitor.network.sign_in.refusals import InMemory, Refusals
from monitor.network.sign_in.secrets import declared_sources, signing_in
from monitor.network.stores.hosts import Lead, leading, of_stores
from monitor.network.stores.probe_signing import probing
from monitor.network.transport import Guard
from monitor.rounds.pace_groups import PaceGroup, PaceGroups
from monitor.rounds.shared_check import SharedCheck
from probes.reasons import NoAnswerReason, Why
from probes.requests.http import NoAnswer

if TYPE_CHECKING:
    from monitor.network.names.dns import Names, Resolved

LOOKS_AT_ONCE = 768
"""Looks that are open in all rounds together: each holds its connection and what it was answered, about 40 kB, in TLS
twice as much. Most of its time a look waits for its host's pace: with fewer, a round over thousands waits too."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """An asset, or an address of it, that cannot be looked at, and why."""

    asset: Asset
    why: Why
    detail: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where names lead now."""

    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each name of a host the addresses that the scope admits."""
    answers: Mapping[str, Resolved] = field(default_factory=dict)
    """What the name servers said, name by name."""
    unseen: tuple[Unseen, ...] = ()

    def conclusive(self, names: Iterable[str]) -> bool:
        """Whether the name servers said where all of these names lead, or that they lead nowhere."""
        return all(
            self.answers[name].why in (None, NoAnswerReason.NO_SUCH_NAME) for name in names if name in self.answers
        )


class Vantage:
    """One inventory as it is looked at from here."""

    def __init__(
        self,
        inventory: Inventory,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        refusals: Refusals | None = None,
    ) -> None:
        """`refusals` remembers which credentials were refused; None: as long as this program runs."""
        self.inventory = inventory
        self.now = now
        self.pace = Pace()
        self._open_looks = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._addresses: dict[str, tuple[str, ...]] = {}
        """What names were last resolved to: assets that share an address share their pace, in rounds and surveys."""
        self._environ = environ
        self._refusals = refusals or Refusals(InMemory())
        self._sharing = 1
        self._scope: tuple[Inventory, Scope] | None = None
        self._checks: tuple[Inventory, dict[bool, SharedCheck]] = inventory, {}
        self._grouped: PaceGroups | None = None

    def with_inventory(self, inventory: Inventory) -> Vantage:
        """The same vantage on another inventory; the pace of every host goes on."""
        other = copy(self)
        other.inventory = inventory
        return other

    def prepare(self) -> None:
        """Work out what rests on the inventory alone, before a round needs it: of many assets that takes longer than
        the event loop may be held, so a service calls it in a thread."""
        self.scope()
        self.pace_groups()

    def pace_groups(self) -> PaceGroups:
        """Who shares a pace, by asset; each group is set in the pace when it is worked out."""
        if self._grouped is None or self._grouped.inventory is not self.inventory:
            self._grouped = PaceGroups(self.inventory, dict(self._addresses), self._set_pace)
        return self._grouped

    def _set_pace(self, group: PaceGroup) -> None:
        share = max(self._sharing, *(self.inventory.lookers(self.inventory.asset(id_)) for id_ in group.assets))
        self.pace.set(group.key, group.pace / share, group.concurrency)

    def shared_by(self, vantages: int) -> None:
        """The pace of every host is shared out among so many that look at it, whatever is declared here: a worker's
        declaration knows no other vantage."""
        if vantages != self._sharing:
            self._sharing, self._grouped = vantages, None

    def shared_check(self, *, stores: bool) -> SharedCheck:
        """What rounds over this inventory that go on side by side share, with the controls of stores or without."""
        if self._checks[0] is not self.inventory:
            self._checks = self.inventory, {}
        return self._checks[1].setdefault(stores, SharedCheck())

    def scope(self) -> Scope:
        """What one round or survey may connect to. Rounds over a few of many assets are frequent: what the inventory
        declares is computed once for it."""
        if self._scope is None or self._scope[0] is not self.inventory:
            self._scope = self.inventory, Scope(self.inventory)
        return self._scope[1].anew()

    def driver(self, guard: Guard, id_: str, scope: Scope) -> Driver:
        """A driver for one round or survey, which says its id in every request."""
        contact = self.inventory.organisation.contact
        lead = leading(self.inventory, scope, self.names)
        signs = probing(self.inventory, self._environ, self.now)
        agent = agent_of(self.inventory, id_)
        return Driver(
            guard,
            self.pace,
            self.now,
            agent=agent,
            contact=contact,
            at_once=LOOKS_AT_ONCE,
            open_looks=self._open_looks,
            resolve=of_stores(lead),
            sign=signs,
            names=self.names,
            secrets=signing_in(self.inventory, self._environ, self._refusals, partial(self._provider, lead)),
            sources=declared_sources(self.inventory, self._environ),
            elsewhere=partial(self._elsewhere, lead),
        )

    async def _elsewhere(self, lead: Lead, host: str) -> Declared | NoAnswer:
        """A declared host that a service names, if we may ask it."""
        for asset in self.inventory.assets:
            if isinstance(asset, HostAsset) and asset.leads_to(host) and self.unauthorised(asset) is None:
                found = await lead(asset.id, host)
                return (
                    found
                    if isinstance(found, NoAnswer)
                    else Declared(asset.id, asset.host, found[0], self.pace_groups()[asset.id].key)
                )
        return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "no asset declares this host")

    def _provider(self, lead: Lead, id_: str) -> Provider | NoAnswer:
        """The identity provider that a matrix of roles declares, if we may ask it."""
        asset = self.inventory.asset(id_)
        if not isinstance(asset, HostAsset):
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the provider is no host")
        ended = self.unauthorised(asset)
        if ended is not None:
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, f"the authority to look ended (contract {ended})")
        return Provider(asset, self.pace_groups()[id_].key, partial(lead, id_))

    def names(self) -> Names:
        """A resolver that asks the name servers that are declared."""
        return resolver_of(self.inventory)

    def unauthorised(self, asset: Asset) -> str | None:
        """The contract whose authority to look has ended, if there is one: looking without it is not ours to decide."""
        return ended_contract(self.inventory, asset, self.now().date())

    async def resolve(
        self, assets: tuple[Asset, ...], scope: Scope, named: Callable[[Asset], tuple[str, ...]] = names_to_resolve
    ) -> Resolution:
        """Ask the name servers for the names of `assets`, and admit to `scope` the addresses that it takes.

        `named` says which names of an asset are asked for: also those in front of buckets, which need no address here.
        """
        wanted = tuple(dict.fromkeys(name for asset in assets for name in named(asset)))
        if not wanted:
            return Resolution()
        names, at_once = self.names(), asyncio.Semaphore(64)

        async def ask(name: str) -> Resolved:
            async with at_once:
                return await names.addresses(name)

        resolved = dict(zip(wanted, await asyncio.gather(*(ask(name) for name in wanted)), strict=True))
        found: dict[str, tuple[str, ...]] = {}
        unseen: list[Unseen] = []
        for asset in assets:
            for name in names_to_resolve(asset):
                answer = resolved[name]
                if answer.why is not None:
                    unseen.append(Unseen(asset, answer.why, f"{name}: {answer.detail}"))
                admitted = []
                for address in answer.addresses:
                    refusal = scope.admit(asset, name, address)
                    if refusal is None:
                        admitted.append(address)
                    else:
                        unseen.append(Unseen(asset, NoAnswerReason.OUT_OF_SCOPE, str(refusal)))
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), *admitted)))
        self._addresses |= found
        self.pace_groups().answered(found)
        return Resolution(found, resolved, tuple(unseen))


def resolver_of(inventory: Inventory) -> Names:
    """A resolver that asks the name servers that the inventory declares."""
    from monitor.network.names.dns import Names

    defaults = inventory.defaults
    return Names([(r.address, r.port) for r in defaults.resolvers], defaults.timeouts.connect)


def agent_of(inventory: Inventory, round_: str) -> str:
    """Who looks, where that is explained, and in which round: RFC 9511's description, named in the User-Agent."""
    about = inventory.organisation.about or f"mailto:{inventory.organisation.contact}"
    return f"leftopen/{version('leftopen')} (+{about}; run={round_})"
