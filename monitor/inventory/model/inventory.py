"""The inventory as a value: who is responsible, what may be looked at, how gently, and who is told."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr

from monitor.inventory.files import LISTS, Included, Places, Stamp
from monitor.inventory.model.accounts import Account
from monitor.inventory.model.assets import Asset, BucketAsset, DeclaredAsset
from monitor.inventory.model.base import Controls, Once, Section, Some
from monitor.inventory.model.defaults import Defaults
from monitor.inventory.model.installation.evidence import EvidenceLog, WitnessService
from monitor.inventory.model.installation.fleet import Fleet
from monitor.inventory.model.installation.oncall import Heartbeat, Quiet, Schedule
from monitor.inventory.model.installation.web import Web
from monitor.inventory.model.parties import Contract, Network, Organisation, Party, Role, Vantage
from monitor.inventory.values.scalars import (
    Id,
    NameServer,
    Reference,
    Span,
    Switch,
    Version,
    WebPage,
)

Level = Literal["low", "medium", "high", "critical"]


class Channel(Section):
    """One way to reach somebody."""

    id: Id = Field(description="Short name of the channel. Logs contain this name only.")
    party: Id | None = Field(
        default=None,
        description="The party that it reaches. It receives messages about the assets of this party's chain only.",
    )
    url: Reference = Field(
        description="Where its address is stored: `env:NAME` or `file:/path`. The address is a secret, so it may not"
        " stand here. docs/channels.md has examples."
    )
    minimum: Level = Field(default="low", description="The lowest severity that is sent to it.")
    after: Span | None = Field(
        default=None,
        description="Send to it only when nobody has acknowledged the finding for this time, such as `15m`. Leave it"
        " out to send at once.",
    )
    quiet: Quiet | None = Field(default=None, description="Hours in which less severe messages wait.")
    fallback: Id | None = Field(
        default=None,
        description="A channel of the same party that is used when this one accepts nothing for 15 minutes.",
    )
    operator: Switch = Field(
        default=False,
        description="Whether it also receives messages for the people who run leftopen: blind rounds and failed "
        "deliveries.",
    )


class Acknowledge(Section):
    """The page on which a finding is acknowledged by the link in its message."""

    listen: NameServer = Field(
        description="Address and port where `leftopen watch` serves the page, behind your own TLS."
    )
    url: WebPage = Field(description="URL of the page as seen from outside. The links in messages begin with it.")


@dataclass(frozen=True, slots=True)
class _Index:
    """What is looked up by its id, computed once for each inventory."""

    assets: dict[str, Asset]
    accounts: dict[str, Account]
    parties: dict[str, Party]
    contracts: dict[str, Contract]
    channels: dict[str, Channel]
    naming: dict[str | None, list[Channel]]
    """The channels that name a party, by its id."""
    settings: dict[tuple[Any, ...], Defaults] = field(default_factory=dict)
    """The settings that assets have, by what they say themselves: of many assets there are few."""
    placed: dict[str, dict[str, int]] = field(default_factory=dict)
    looked: dict[tuple[str | None, str | None], tuple[tuple[str, ...], int]] = field(default_factory=dict)
    """From where assets are looked at and by how many at a time, by their reach and their contract."""

    def rows(self, inventory: Inventory, section: str) -> dict[str, int]:
        """At which place each entry of a list stands in it, by id."""
        if section not in self.placed and section in LISTS:
            self.placed[section] = {one.id: at for at, one in enumerate(getattr(inventory, section))}
        return self.placed.get(section, {})


class Inventory(Section):
    """All that an organisation declares. Nothing outside it is ever asked."""

    leftopen: Version = Field(description="Version of this format: 1.")
    organisation: Organisation = Field(description="Who looks.")
    include: Annotated[tuple[Included, ...], Once] = Field(
        default=(),
        exclude=True,  # what is declared is one thing, however it is spread over files
        description="More files of this inventory, in its folder or below: each is a mapping with `parties`, "
        "`contracts`, `channels`, `schedules`, `accounts` and `assets` alone.",
    )
    vantage: Vantage = Field(default=Vantage(), description="The network from which this installation looks.")
    vantages: tuple[Vantage, ...] = Field(
        default=(),
        description="Further vantages that look for this installation: workers on other machines and in other networks."
        " See [networks.md](networks.md).",
    )
    networks: tuple[Network, ...] = Field(
        default=(), description="What shows that a vantage really is in its network, for each network."
    )
    parties: tuple[Party, ...] = Field(default=(), description="Who is responsible for what.")
    contracts: tuple[Contract, ...] = Field(
        default=(), description="Who works for whom, and who allowed leftopen to look."
    )
    channels: tuple[Channel, ...] = Field(default=(), description="How the parties are reached.")
    schedules: tuple[Schedule, ...] = Field(default=(), description="Who of a party is on call, and when.")
    heartbeat: Heartbeat | None = Field(
        default=None, description="A regular sign that leftopen works. Leave it out to send none."
    )
    acknowledge: Acknowledge | None = Field(
        default=None,
        description="The page on which people acknowledge by a link in a message. Leave it out to acknowledge by "
        "command only.",
    )
    web: Web | None = Field(default=None, description="The dashboard and the HTTP API; none: neither is served.")
    defaults: Defaults = Field(
        default=Defaults(), description="How an asset is looked at when it does not say otherwise."
    )
    assets: Annotated[tuple[Asset, ...], Some] = Field(
        description="The hosts and buckets to look at.", json_schema_extra={"minItems": 1}
    )
    accounts: tuple[Account, ...] = Field(
        default=(), description="Accounts at providers of object stores whose settings may be read."
    )
    log: EvidenceLog | None = Field(
        default=None, description="Who signs the evidence log; none: it is written, and nobody signs it."
    )
    witness: WitnessService | None = Field(
        default=None, description="The service with which this organisation witnesses the logs of others."
    )
    fleet: Fleet | None = Field(
        default=None, description="How the workers of further vantages are told to look; none: over no broker."
    )
    controls: Controls | None = Field(
        default=None,
        description="Places of your own that show that leftopen can see. Leave it out to use the built-in ones.",
    )

    _places: Places | None = PrivateAttr(default=None)
    _stamps: Mapping[Path, Stamp] = PrivateAttr(default_factory=dict)

    @property
    def buckets(self) -> tuple[BucketAsset, ...]:
        """The assets that are buckets."""
        return tuple(asset for asset in self.assets if isinstance(asset, BucketAsset))

    def asset(self, key: str) -> Asset:
        """The asset with this id; KeyError when there is none."""
        return self._index.assets[key]

    def find_asset(self, key: str) -> Asset | None:
        """The asset with this id, or None."""
        return self._index.assets.get(key)

    def account(self, key: str) -> Account:
        """The account with this id; KeyError when there is none."""
        return self._index.accounts[key]

    def party(self, key: str) -> Party:
        """The party with this id; KeyError when there is none."""
        return self._index.parties[key]

    def contract(self, key: str) -> Contract:
        """The contract with this id; KeyError when there is none."""
        return self._index.contracts[key]

    def channel(self, key: str) -> Channel:
        """The channel with this id; KeyError when there is none."""
        return self._index.channels[key]

    def placed(self, places: Places, stamps: Mapping[Path, Stamp]) -> None:
        """Remember in which line of which file each entry stands, and which files were read."""
        self._places, self._stamps = places, stamps

    @property
    def stamps(self) -> Mapping[Path, Stamp]:
        """The files that this was read from, each as it was then; none when it was read from no file."""
        return self._stamps

    def place_of(self, section: str, key: str) -> tuple[str, int] | None:
        """The included file (empty: the inventory's own) and the line of an entry; None: it was read from no text."""
        index = self._index.rows(self, section).get(key) if self._places is not None else None
        return None if self._places is None or index is None else self._places.of(section, index)

    def settings(self, asset: DeclaredAsset) -> Defaults:
        """How `asset` is looked at: the defaults with what it says itself laid over them."""
        if asset.model_fields_set.isdisjoint(_SETTINGS):
            return self.defaults
        said = tuple((key, getattr(asset, key)) for key in _SETTINGS if key in asset.model_fields_set)
        known = self._index.settings
        # Two budgets may be equal although one of them says less: what it does not say comes from the defaults.
        key = tuple((*one, frozenset(one[1].model_fields_set) if isinstance(one[1], Section) else None) for one in said)
        if key not in known:
            known[key] = self._settings(dict(said))
        return known[key]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all of it, as JSON, made piece by piece: of a hundred thousand assets it would have 100 MB."""
        head, mark, tail = self.model_copy(update={"assets": ()}).model_dump_json().partition(',"assets":[')
        digest = hashlib.sha256((head + mark).encode())
        for n, asset in enumerate(self.assets):
            digest.update((("," if n else "") + asset.model_dump_json()).encode())
        digest.update(tail.encode())
        return digest.hexdigest()

    @cached_property
    def _index(self) -> _Index:
        naming: dict[str | None, list[Channel]] = {}
        for channel in self.channels:
            naming.setdefault(channel.party, []).append(channel)
        return _Index(
            {one.id: one for one in self.assets},
            {one.id: one for one in self.accounts},
            {one.id: one for one in self.parties},
            {one.id: one for one in self.contracts},
            {one.id: one for one in self.channels},
            naming,
        )

    def __copy__(self) -> Self:
        # A copy is made to be changed: what was computed of the original does not hold for it.
        copied = super().__copy__()
        for name in ("_index", "digest"):
            copied.__dict__.pop(name, None)
        return copied

    def _settings(self, written: dict[str, Any]) -> Defaults:
        said: dict[str, Any] = {}
        for key, own in written.items():
            if isinstance(own, Section):
                common = getattr(self.defaults, key)
                own = common.model_copy(update={k: getattr(own, k) for k in own.model_fields_set})
            said[key] = own
        return self.defaults.model_copy(update={key: value for key, value in said.items() if value is not None})

    def contract_chain(self, asset: DeclaredAsset) -> tuple[Contract, ...]:
        """The contracts that `asset` is looked at under: its own first, then those above."""
        chain: dict[str, Contract] = {}
        key = asset.contract
        while key is not None and key not in chain:
            chain[key] = self.contract(key)
            key = chain[key].under
        return tuple(chain.values())

    def closed_networks(self, asset: DeclaredAsset) -> frozenset[str]:
        """The closed networks outside which nothing of `asset` answers, by the inventory and its contracts; none: it
        may answer anywhere."""
        promised = (contract.promises.network for contract in self.contract_chain(asset))
        return frozenset({asset.reach, *(one for one in promised if one)} - {"internet", "nobody"})

    @property
    def looks_itself(self) -> bool:
        """Whether this process looks too, from its own network: no other vantage does in its place."""
        return all(one.network != self.vantage.network for one in self.vantages)

    def looked_at_from(self, network: str) -> tuple[Asset, ...]:
        """The assets that are looked at from a network."""
        return tuple(asset for asset in self.assets if network in self.looked_from(asset))

    @property
    def every_vantage(self) -> tuple[Vantage, ...]:
        """This installation's own vantage first, then those that look for it elsewhere."""
        return (self.vantage, *self.vantages)

    def seen_from(self, network: str) -> str:
        """The network that something was seen from, by what the ledger writes (empty: its own, which is that of this
        installation); empty where there is only one: there is nothing to tell apart then."""
        return (network or self.vantage.network) if network or self.vantages else ""

    def network(self, key: str) -> Network | None:
        """What shows that a vantage is in the network `key`; None: nothing is declared for it."""
        return next((one for one in self.networks if one.id == key), None)

    def looked_from(self, asset: DeclaredAsset) -> tuple[str, ...]:
        """The networks from each of which `asset` is looked at, among those that have a vantage.

        An asset of a closed network is looked at from inside and from outside: the difference is the finding. All
        others are looked at from the internet; where no vantage is there, from where this installation is.
        """
        return self._looked(asset)[0]

    def lookers(self, asset: DeclaredAsset) -> int:
        """How many look at `asset` at a time, and share its pace: the vantages of its networks, and this process where
        there are none."""
        return self._looked(asset)[1]

    def _looked(self, asset: DeclaredAsset) -> tuple[tuple[str, ...], int]:
        # It follows from two of its fields, and is asked of each host in each of its turns.
        known, key = self._index.looked, (asset.reach, asset.contract)
        if key not in known:
            here = {one.network: None for one in self.every_vantage}
            outside = "internet" if "internet" in here else self.vantage.network
            closed = self.closed_networks(asset)
            networks = tuple(one for one in here if one == outside or one in closed)
            there = Counter(one.network for one in self.vantages)
            known[key] = networks, sum(there[network] or 1 for network in networks)
        return known[key]

    def chain(self, asset: DeclaredAsset) -> tuple[Party, ...]:
        """Every party that must hear of a finding on `asset`: its owner first, then up to the controller, each once."""
        keys: list[str] = [asset.owner]
        for contract in self.contract_chain(asset):
            keys += (contract.processor, contract.controller)
        return tuple(self.party(key) for key in dict.fromkeys(keys))

    def schedules_of(self, party: Party) -> tuple[Schedule, ...]:
        """The schedules that say who of `party` is told, in its order."""
        return tuple(schedule for key in party.channels for schedule in self.schedules if schedule.id == key)

    def channels_of(self, party: Party) -> tuple[Channel, ...]:
        """The channels that may reach `party`, at whatever time: those it lists, by schedule too, in its order, then
        those that name it."""
        schedules = {schedule.id: schedule.members for schedule in self.schedules_of(party)}
        listed = [self.channel(one) for key in party.channels for one in schedules.get(key, (key,))]
        naming = self._index.naming.get(party.id, ())
        return tuple({channel.id: channel for channel in (*listed, *naming)}.values())

    def own_parties(self) -> frozenset[str]:
        """The ids of the parties that are the organisation itself; every other one is outside."""
        own = self.organisation.party
        return frozenset({own} if own else (party.id for party in self.parties if party.role is Role.CONTROLLER))

    def operator_channels(self) -> tuple[Channel, ...]:
        """The channels that reach those who run leftopen."""
        return tuple(channel for channel in self.channels if channel.operator)


_SETTINGS = tuple(key for key in Defaults.model_fields if key in DeclaredAsset.model_fields or key == "recorder_paths")
"""The defaults that an asset may say otherwise, in one order."""
