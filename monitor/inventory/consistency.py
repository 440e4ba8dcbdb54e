"""What must fit together across an inventory: ids, references, files on declared ports.

It works on what was written, so that a problem in one place hides none in another.
"""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.inventory.files import LISTS
from monitor.inventory.model import access_log, accounts, dispatch, matrix
from monitor.inventory.model.installation.web import WebRole
from monitor.inventory.values.addresses import is_address
from monitor.inventory.values.listening import listening_of
from monitor.inventory.values.scalars import file_of, host_text, id_of, name_text, port_of, shown, web_page_of
from monitor.inventory.values.wall_times import clock_of, moment_of
from monitor.inventory.yaml_source import Fault, Loc, entries

_SAID_FOR: Final = {"se": "sv", "swe": "sv", "swedish": "sv", "svenska": "sv", "eng": "en", "english": "en"}
"""What people write for a known word that looks different: `se` is a country, `sv` the language."""


def closest(word: str, known: list[str]) -> str:
    """`did you mean 'interval'?` after a colon, or nothing when no known word is near."""
    if _SAID_FOR.get(word.lower()) in known:
        return f": did you mean '{_SAID_FOR[word.lower()]}'?"
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6) if len(known) <= 100 else []
    return f": did you mean '{near[0]}'?" if near else ""


def faults(tree: Any) -> Iterator[Fault]:
    """Every id given twice, every reference that leads nowhere, every file outside its asset."""
    ids = {key: _ids(tree, key) for key in LISTS}
    for key, word in (*LISTS.items(), ("vantages", "vantage"), ("networks", "network")):
        yield from _twice(tree, key, word)
    organisation = tree.get("organisation") if isinstance(tree, dict) else None
    if isinstance(organisation, dict):
        yield from _refers(("organisation", "party"), organisation.get("party"), "party", ids["parties"])
    channels = _channels(tree)
    for index, party in entries(tree, "parties"):
        yield from _party(("parties", index), party, channels, ids)
    for index, contract in entries(tree, "contracts"):
        loc: Loc = ("contracts", index)
        for key in ("controller", "processor"):
            yield from _refers((*loc, key), contract.get(key), "party", ids["parties"])
        yield from _refers((*loc, "under"), contract.get("under"), "contract", ids["contracts"])
        if contract.get("controller") is not None and contract.get("controller") == contract.get("processor"):
            yield Fault((*loc, "processor"), "processor is the controller itself: a contract has two sides")
    yield from _circles(tree)
    for index, channel in entries(tree, "channels"):
        loc = ("channels", index)
        yield from _refers((*loc, "party"), channel.get("party"), "party", ids["parties"])
        if channel.get("party") is None and not _true(channel.get("operator")):
            yield Fault(loc, "a channel reaches a party, the operator (operator: true), or both")
        yield from _stand_in(loc, channel, channels, ids)
        yield from _quiet((*loc, "quiet"), channel.get("quiet"))
    yield from _heartbeat(tree, ids["channels"])
    yield from _web(tree, ids["parties"])
    yield from _networks(tree)
    for index, schedule in entries(tree, "schedules"):
        yield from _schedule(("schedules", index), schedule, ids)
    for index, account in entries(tree, "accounts"):
        loc = ("accounts", index)
        yield from _refers((*loc, "owner"), account.get("owner"), "party", ids["parties"])
        yield from _refers((*loc, "contract"), account.get("contract"), "contract", ids["contracts"])
        yield from accounts.faults(loc, account)
    found = ((_read(id_of, one.get("id")), "bucket" in one) for _, one in entries(tree, "assets"))
    hosts = {name: None for name, bucket in found if name is not None and not bucket}
    for index, asset in entries(tree, "assets"):
        loc = ("assets", index)
        yield from _refers((*loc, "owner"), asset.get("owner"), "party", ids["parties"])
        yield from _refers((*loc, "contract"), asset.get("contract"), "contract", ids["contracts"])
        if "bucket" in asset:
            yield from _of_hosts_alone(loc, asset)
        else:
            yield from _files(loc, asset)
            yield from _portal((*loc, "eservices"), asset.get("eservices"))
            yield from matrix.faults((*loc, "roles"), asset.get("roles"))
            yield from _provider((*loc, "roles", "sign_in", "provider"), asset.get("roles"), hosts)
            yield from access_log.faults((*loc, "access_log"), asset.get("access_log"))
            yield from dispatch.faults((*loc, "dispatch"), asset.get("dispatch"))
            yield from _sections_at_ports(loc, asset)


def _ids(tree: Any, key: str) -> dict[str, None]:
    read = (_read(id_of, entry.get("id")) for _, entry in entries(tree, key))
    return dict.fromkeys(name for name in read if name is not None)


def _twice(tree: Any, key: str, word: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, entry in entries(tree, key):
        name = _read(id_of, entry.get("id"))
        if name is None:
            continue
        if name in first:
            yield Fault((key, index, "id"), f"{word} {shown(name)} is declared twice (also {key}[{first[name]}])")
        first.setdefault(name, index)


def _refers(loc: Loc, value: object, word: str, known: dict[str, None]) -> Iterator[Fault]:
    name = _read(id_of, value)
    if name is not None and name not in known:
        listed = ", ".join(islice(known, 12)) or "none is declared"
        text = f"{loc_word(loc)} {shown(name)} is no declared {word} (known: {listed}){closest(name, list(known))}"
        yield Fault(loc, text)


@dataclass(frozen=True, slots=True)
class _Channels:
    """What is declared of all channels: read once, since there may be as many parties as channels."""

    reaches: dict[str, str | None]
    """For each channel, the party that it names."""
    stand_ins: dict[str, str | None]
    """For each channel, the one that it falls back on."""
    schedules: dict[object, list[str]]
    """For each schedule, every channel that it ever tells."""


def _channels(tree: Any) -> _Channels:
    reaches: dict[str, str | None] = {}
    stand_ins: dict[str, str | None] = {}
    for _, one in entries(tree, "channels"):
        name = _read(id_of, one.get("id"))
        if name is not None:
            reaches[name], stand_ins[name] = _read(id_of, one.get("party")), _read(id_of, one.get("fallback"))
    return _Channels(reaches, stand_ins, {one.get("id"): _members(one) for _, one in entries(tree, "schedules")})


def _party(loc: Loc, party: dict[str, Any], channels: _Channels, ids: dict[str, dict[str, None]]) -> Iterator[Fault]:
    listed = party.get("channels")
    reaches, schedules = channels.reaches, channels.schedules
    for index, value in enumerate(listed if isinstance(listed, list) else ()):
        at = (*loc, "channels", index)
        yield from _refers(at, value, "channel", ids["channels"] | ids["schedules"])
        other = reaches.get(value) if isinstance(value, str) else None
        if other is not None and other != party.get("id"):
            # A finding goes to its own chain alone; a channel that is listed by two parties would leak it.
            yield Fault(at, f"channel {shown(value)} reaches another party ({shown(other)})")
        for member in schedules.get(value, ()) if isinstance(value, str) else ():
            other = reaches.get(member)
            if member in reaches and other != party.get("id"):
                whom = f"another party ({shown(other)})" if other is not None else "no party"
                yield Fault(at, f"channel {shown(member)} of schedule {shown(value)} reaches {whom}")


def _members(schedule: dict[str, Any]) -> list[str]:
    """Every channel that a schedule ever tells."""
    found = [value for _, value in _named(schedule)]
    return list(dict.fromkeys(name for name in (_read(id_of, value) for value in found) if name is not None))


def _named(schedule: dict[str, Any]) -> Iterator[tuple[Loc, object]]:
    rotation = schedule.get("rotation")
    listed = rotation.get("channels") if isinstance(rotation, dict) else None
    for index, value in enumerate(listed if isinstance(listed, list) else ()):
        yield ("rotation", "channels", index), value
    for index, override in entries(schedule, "overrides"):
        yield ("overrides", index, "channel"), override.get("channel")


def _schedule(loc: Loc, schedule: dict[str, Any], ids: dict[str, dict[str, None]]) -> Iterator[Fault]:
    if _read(id_of, schedule.get("id")) in ids["channels"]:
        yield Fault((*loc, "id"), f"{shown(schedule['id'])} is the id of a channel too: a party could mean either")
    for where, value in _named(schedule):
        yield from _refers((*loc, *where), value, "channel", ids["channels"])
    for index, override in entries(schedule, "overrides"):
        start, end = (_read(moment_of, override.get(key)) for key in ("from", "to"))
        if start is not None and end is not None and end <= start:
            yield Fault((*loc, "overrides", index, "to"), "an override ends after it begins")


def _heartbeat(tree: Any, channels: dict[str, None]) -> Iterator[Fault]:
    heartbeat = tree.get("heartbeat") if isinstance(tree, dict) else None
    if not isinstance(heartbeat, dict):
        return
    to = heartbeat.get("channel")
    if to is None and heartbeat.get("url") is None:
        yield Fault(("heartbeat",), "a sign of life goes to a url, to a channel, or to both")
    at = ("heartbeat", "channel")
    yield from _refers(at, to, "channel", channels)
    for _, one in entries(tree, "channels"):
        if to is not None and _read(id_of, one.get("id")) == _read(id_of, to) and not _true(one.get("operator")):
            yield Fault(at, f"channel {shown(to)} does not reach those who run leftopen (operator: true)")


def _web(tree: Any, parties: dict[str, None]) -> Iterator[Fault]:
    web = tree.get("web") if isinstance(tree, dict) else None
    if not isinstance(web, dict):
        return
    listen, url = _read(listening_of, web.get("listen")), _read(web_page_of, web.get("url"))
    if listen is not None and not listen.only_here and not _true(web.get("in_clear")):
        text = f"{listen} is reached by other machines, and is not TLS: listen on 127.0.0.1 or a Unix socket behind "
        yield Fault(("web", "listen"), text + "your own TLS, or say in_clear: true")
    if url is not None and urlsplit(url).path not in ("", "/"):
        yield Fault(("web", "url"), "the dashboard has a host of its own: a url without a path")
    if url is not None and url.startswith("http:") and not _here(url) and not _true(web.get("in_clear")):
        yield Fault(("web", "url"), "people would sign in without TLS: write https://, or say in_clear: true")
    for index, grant in entries(web, "grants"):
        loc: Loc = ("web", "grants", index)
        party = _read(id_of, grant.get("party"))
        yield from _refers((*loc, "party"), grant.get("party"), "party", parties)
        if grant.get("role") == WebRole.OPERATOR and party in parties and party not in _own(tree):
            own = ", ".join(sorted(_own(tree)))
            yield Fault((*loc, "party"), f"an operator is of the organisation that runs leftopen: {own or 'none'}")


def _own(tree: Any) -> frozenset[str]:
    """The parties that are the organisation itself, as `Inventory.own_parties` has it."""
    organisation = tree.get("organisation")
    own = _read(id_of, organisation.get("party")) if isinstance(organisation, dict) else None
    controllers = [
        _read(id_of, party.get("id")) for _, party in entries(tree, "parties") if party.get("role") == "controller"
    ]
    return frozenset([own] if own else [one for one in controllers if one])


def _here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def _stand_in(
    loc: Loc, channel: dict[str, Any], channels: _Channels, ids: dict[str, dict[str, None]]
) -> Iterator[Fault]:
    at = (*loc, "fallback")
    yield from _refers(at, channel.get("fallback"), "channel", ids["channels"])
    parties, stand_ins = channels.reaches, channels.stand_ins
    own, other = _read(id_of, channel.get("id")), _read(id_of, channel.get("fallback"))
    if other is None or own is None or other not in parties:
        return
    if parties[other] != parties.get(own):
        yield Fault(at, f"channel {shown(other)} reaches somebody else: a fallback reaches the same party")
    passed = {own}
    while other is not None and other not in passed:
        passed.add(other)
        other = stand_ins.get(other)
    if other == own:
        yield Fault(at, f"channel {shown(own)} falls back on itself")


def _quiet(loc: Loc, quiet: object) -> Iterator[Fault]:
    start, end = (_read(clock_of, quiet.get(key)) if isinstance(quiet, dict) else None for key in ("from", "to"))
    if start is not None and start == end:
        yield Fault((*loc, "to"), "quiet hours end at another time than they begin")


def _circles(tree: Any) -> Iterator[Fault]:
    under = {
        entry.get("id"): (index, entry.get("under"))
        for index, entry in entries(tree, "contracts")
        if isinstance(entry.get("id"), str)
    }
    for start, (index, above) in under.items():
        passed = {start}
        while isinstance(above, str) and above in under and above not in passed:
            passed.add(above)
            above = under[above][1]
        if above == start:
            yield Fault(("contracts", index, "under"), f"contract {shown(start)} hangs under itself")


OF_HOSTS = {
    "host": "its host is in the bucket's URL",
    "also": "name its own domain under bucket.domain",
    "ports": "its port is in the bucket's URL",
    "by_address": "it is asked by its name alone",
    "paths": "what is in it belongs under bucket.prefixes",
    "files": "its objects belong under bucket.keys",
    "recorder_paths": "only hosts have them",
    "services": "only hosts have them",
}
"""The keys of hosts that a bucket has not, and what to write instead."""


def _networks(tree: Any) -> Iterator[Fault]:
    """Vantages have ids of their own, and what is declared of a network is of one that a vantage is in."""
    said = tree.get("vantage") if isinstance(tree, dict) else None
    own: dict[str, Any] = said if isinstance(said, dict) else {}
    home = _read(id_of, own.get("id")) or "internet-1"
    listed: list[tuple[Loc, dict[str, Any]]] = [(("vantage",), own)]
    listed += [(("vantages", n), one) for n, one in entries(tree, "vantages")]
    for loc, one in listed[1:]:
        if _read(id_of, one.get("id")) == home:
            yield Fault((*loc, "id"), f"vantage {shown(home)} is this installation's own (vantage: id)")
    used = dict.fromkeys(_read(id_of, one.get("network")) or "internet" for _, one in listed)
    seen: list[str | None] = []
    for index, one in entries(tree, "vantages"):
        network = _read(id_of, one.get("network")) or "internet"
        if network in seen and tree.get("fleet") is not None:
            text = f"network {shown(network)} has a vantage already: add a worker to that one"
            yield Fault(("vantages", index, "network"), text)
        seen.append(network)
    for index, one in entries(tree, "networks"):
        yield from _refers(("networks", index, "id"), one.get("id"), "network of a vantage", used)
        for loc, vantage in listed:
            network = _read(id_of, vantage.get("network")) or "internet"
            if one.get("reflector") and network == one.get("id") and not vantage.get("addresses"):
                text = f"network {shown(network)} has a reflector: declare the addresses that it must see"
                yield Fault(loc, text)


def _of_hosts_alone(loc: Loc, asset: dict[str, Any]) -> Iterator[Fault]:
    for key, instead in OF_HOSTS.items():
        if key in asset:
            yield Fault((*loc, key), f"{key} is for hosts, and this asset is a bucket: {instead}", at_key=True)


def _sections_at_ports(loc: Loc, asset: dict[str, Any]) -> Iterator[Fault]:
    """Sections that would never be looked at: their port is none of the asset's."""
    for key in ("roles", "access_log", "dispatch"):
        section = asset.get(key)
        if section is None:
            continue
        declared = asset.get("ports", [80, 443])
        ports = [_read(port_of, port) for port in declared] if isinstance(declared, list) else []
        port = _read(port_of, section.get("port", 443)) if isinstance(section, dict) else None
        if port is not None and ports and port not in ports:
            yield Fault((*loc, key), f"port {port} is none of the asset's ports")


def _provider(loc: Loc, roles: Any, hosts: dict[str, None]) -> Iterator[Fault]:
    """An identity provider gets passwords: it is an asset of its own, with its host and its ports."""
    form = roles.get("sign_in") if isinstance(roles, dict) else None
    name = _read(id_of, form.get("provider")) if isinstance(form, dict) else None
    if name is not None and name not in hosts:
        near = closest(name, list(hosts))
        text = f"provider {shown(name)} is no declared host{near}; declare it as an asset, with its host and its port"
        yield Fault(loc, f"{text}: passwords go there")


def _files(loc: Loc, asset: dict[str, Any]) -> Iterator[Fault]:
    listed = asset.get("files")
    if not isinstance(listed, list):
        return
    hosts = {_read(host_text, asset.get("host"))}
    for key in ("also", "addresses"):
        names = asset.get(key)
        read = name_text if key == "also" else host_text
        hosts |= {_read(read, name) for name in names} if isinstance(names, list) else set()
    declared = asset.get("ports")
    ports = [_read(port_of, port) for port in declared] if isinstance(declared, list) else [80, 443]
    for index, value in enumerate(listed):
        file = _read(file_of, value)
        if file is None or file.host is None:
            continue
        if file.host not in hosts and None not in hosts:
            yield Fault(
                (*loc, "files", index), "a file on another host: name that host under also, or as an asset of its own"
            )
        elif file.port not in ports:
            yield Fault((*loc, "files", index), f"a file on port {file.port}, which is not under ports")


def _read(read: Callable[[object], Any], value: object) -> Any:
    """What `read` makes of it, or None: a bad value is reported where it is read for the model."""
    try:
        return None if value is None else read(value)
    except ValueError:
        return None


def _true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes", "on"))


def loc_word(loc: Loc) -> str:
    """The last key of a place: what a problem there is about."""
    return next((str(part) for part in reversed(loc) if isinstance(part, str)), "inventory")


def _portal(loc: Loc, written: Any) -> Iterator[Fault]:
    if isinstance(written, dict) and written.get("sitemap") is not None and written.get("services"):
        yield Fault(loc, "a portal has either `services` or a `sitemap`")
