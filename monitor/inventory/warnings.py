"""What is allowed in an inventory and still worth a warning: expired permissions, parties that nobody can reach."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from monitor.inventory.endpoints import is_file
from monitor.inventory.model.assets import HostAsset
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values import secrets
from monitor.inventory.yaml_source import Fault
from probes.recognise.media.kinds import MediaKind, kind_of_name

AHEAD = 30
"""Days ahead of its end at which something that ends is warned of."""

_FASTEST = 20.0
"""Requests a second to one host above which a pace is for loopback alone."""
_SHORTEST_CLEAR = 10
"""Minutes of clear looks below which a deploy that hides a listing closes a finding."""


def faults(inventory: Inventory, today: date, routes: Collection[str] | None = None) -> Iterator[Fault]:
    """The warnings as of `today`, each with its place.

    `routes`: who reads may know the channels of these parties alone; None: of all.
    """
    for index, contract in enumerate(inventory.contracts):
        left = (contract.authorised_until - today).days
        if left <= AHEAD:
            under = sum(contract in inventory.contract_chain(asset) for asset in inventory.assets)
            checked = f"{under} asset{'s' * (under != 1)} {'is' if under == 1 else 'are'} NO LONGER CHECKED: renew it"
            when = (
                f"ended on {contract.authorised_until}:"
                if left < 0
                else f"{_ends(contract.authorised_until, left)} then"
            )
            yield Fault(("contracts", index, "authorised_until"), f"contract '{contract.id}' {when} {checked}")
        above = inventory.contract(contract.under) if contract.under is not None else None
        if above is not None and contract.controller not in (above.processor, above.controller):
            text = f"contract '{contract.id}' is for '{contract.controller}', who is no side of '{above.id}' above it"
            yield Fault(("contracts", index, "controller"), text)
    for index, channel in enumerate(inventory.channels):
        warning = secrets.warning(channel.url)
        if warning:
            yield Fault(("channels", index, "url"), warning)
        if channel.operator and channel.party is not None and channel.party not in inventory.own_parties():
            text = (
                f"channel '{channel.id}' is for those who run leftopen, and '{channel.party}' is not the organisation "
                f"that runs it: if it is, add 'party: {channel.party}' to organisation; else its reader must confirm it"
            )
            yield Fault(("channels", index, "operator"), text)
    for index, vantage in enumerate(inventory.vantages):
        shown_by = inventory.network(vantage.network)
        if vantage.network != "internet" and (shown_by is None or shown_by.beyond is None):
            text = (
                f"nothing shows that vantage '{vantage.id}' is in '{vantage.network}' and not on the internet: declare "
                "a page that must not answer from there (networks: beyond)"
            )
            yield Fault(("vantages", index), text)
    listed = {key for party in inventory.parties for key in party.channels}
    for index, schedule in enumerate(inventory.schedules):
        if schedule.id not in listed:
            yield Fault(("schedules", index), f"no party lists schedule '{schedule.id}' among its channels")
        for number, override in enumerate(schedule.overrides):
            earlier = schedule.overrides[:number]
            if any(override.start < other.end and other.start < override.end for other in earlier):
                text = f"it overlaps an earlier override of '{schedule.id}': the later one in the list holds"
                yield Fault(("schedules", index, "overrides", number), text)
    for index, asset in enumerate(inventory.assets):
        for number, folder in enumerate(asset.paths if isinstance(asset, HostAsset) else ()):
            if "?" not in folder and kind_of_name(folder) is not MediaKind.OTHER:
                how = "one" if is_file(folder) else "a folder"
                text = f"'{folder}' looks like a file: it is looked at as {how}; files belong under files"
                yield Fault(("assets", index, "paths", number), text)
        for number, public in enumerate(asset.public):
            left = (public.until - today).days
            if 0 <= left <= AHEAD:
                text = f"'{public.path}' is open by intent and {_ends(public.until, left)} then it counts as exposed"
                yield Fault(("assets", index, "public", number, "until"), text)
            if left < 0:
                text = f"'{public.path}' was open by intent until {public.until}: from now on it counts as exposed"
                yield Fault(("assets", index, "public", number, "until"), text)
        if asset.data.personal:
            known = [one for one in inventory.chain(asset) if routes is None or one.id in routes]
            silent = [party.id for party in known if not inventory.channels_of(party)]
            if silent:
                those = ", ".join(silent)
                text = f"asset '{asset.id}' has 'data: {asset.data}' and these parties have no channel: {those}"
                yield Fault(("assets", index), text)
        if asset.data.personal and asset.contract is None:
            text = f"asset '{asset.id}' has 'data: {asset.data}' and no 'contract': nobody says who allowed the looking"
            yield Fault(("assets", index), text)
    yield from _looked_at_twice(inventory)
    if routes is None and not inventory.channels:
        yield Fault((), "no channel is declared: nobody is told of anything, whatever is open")
    elif routes is None and not inventory.operator_channels():
        yield Fault((), "no channel has 'operator: true': nobody is told of a blind round or a failed delivery")


def _looked_at_twice(inventory: Inventory) -> Iterator[Fault]:
    """Assets that declare the same as another: each of their places is asked twice, and told twice."""
    seen: dict[object, HostAsset] = {}
    for index, asset in enumerate(inventory.assets):
        if isinstance(asset, HostAsset):
            before = seen.setdefault((asset.host, asset.ports, asset.service_ports), asset)
            if before is not asset and _told(before) == _told(asset):
                text = f"asset '{asset.id}' declares the same as '{before.id}': it is looked at twice, and told twice"
                yield Fault(("assets", index), text)


def _told(asset: HostAsset) -> dict[str, object]:
    """All that it declares but whose it is."""
    return asset.model_dump(exclude={"id", "owner", "contract"})


def practice_values(inventory: Inventory) -> tuple[str, ...]:
    """Defaults that are right for the practice organisation alone: real hosts must not be asked like that."""
    defaults = inventory.defaults
    found = {
        f"interval: {int(defaults.interval.total_seconds())}s": defaults.interval < timedelta(minutes=1),
        f"pace: {defaults.pace:g}": defaults.pace > _FASTEST,
        f"clear_minutes: {defaults.clear_minutes}": defaults.clear_minutes < _SHORTEST_CLEAR,
        "confirm_recipients: false": not defaults.confirm_recipients,
    }
    return tuple(name for name, is_one in found.items() if is_one)


def _ends(last: date, left: int) -> str:
    return f"ends {f'in {left} days, ' if left else ''}on {last}:"
