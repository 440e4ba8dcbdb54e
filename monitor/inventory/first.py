"""A first inventory: what a newcomer declares in five answers, written as a file with remarks that lead on."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from monitor.inventory.model.assets import DataKind
from monitor.inventory.values.scalars import host_text, id_of, port_of

_COLUMNS = ("host", "ports", "id", "owner", "contract", "data")


class ImportFaults(Exception):
    """All that is wrong with a list of hosts, each with its row."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class HostRow:
    """One host of a list: its name or address, and what its row says besides."""

    host: str
    ports: tuple[int, ...] = ()
    id: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


def read_hosts(text: str) -> tuple[HostRow, ...]:
    """The hosts of a list: a host a line, or CSV whose heading names `host` (and ports, id, owner, data).

    Ports are parted by blanks. Empty lines and lines that begin with `#` are passed over. Raises ImportFaults.
    """
    lines = [(n, line) for n, line in enumerate(text.lstrip("\ufeff").splitlines(), 1) if line.strip()]
    lines = [(n, line) for n, line in lines if not line.lstrip().startswith("#")]
    if not lines:
        raise ImportFaults(["the list holds no host"])
    heading = [cell.strip().lower() for cell in next(csv.reader([lines[0][1]], dialect=_dialect(lines[0][1])))]
    rows: list[HostRow] = []
    faults: list[str] = []
    if "host" in heading:
        strange = [name for name in heading if name not in _COLUMNS]
        if strange:
            faults.append(f"row {lines[0][0]}: unknown column {strange[0]!r} (known: {', '.join(_COLUMNS)})")
        dialect = _dialect(lines[0][1])
        named = [
            (n, dict(zip(heading, next(csv.reader([line], dialect=dialect)), strict=False))) for n, line in lines[1:]
        ]
    else:
        named = [(n, {"host": line}) for n, line in lines]
    seen: dict[str, int] = {}
    ids: dict[str, int] = {}
    for number, cells in named:
        try:
            row = _row(cells)
        except ValueError as error:
            faults.append(f"row {number}: {error}")
            continue
        if row.host in seen:
            before = next(one for one in rows if one.host == row.host)
            if row.ports and before.ports and not (row.id or before.id or row.more or before.more):
                # Two ports of one host, each as it is written in an address.
                rows[rows.index(before)] = replace(before, ports=tuple(dict.fromkeys((*before.ports, *row.ports))))
                continue
            faults.append(f"row {number}: {row.host} stands in row {seen[row.host]} too; give all its ports in one row")
        if row.id and row.id in ids:
            faults.append(f"row {number}: id {row.id} stands in row {ids[row.id]} too")
        ids.setdefault(row.id, number)
        seen.setdefault(row.host, number)
        rows.append(row)
    if faults:
        raise ImportFaults(faults)
    return tuple(rows)


def _dialect(heading: str) -> type[csv.Dialect]:
    class Chosen(csv.excel):
        delimiter = ";" if ";" in heading else "\t" if "\t" in heading else ","

    return Chosen


def _row(cells: Mapping[str, str]) -> HostRow:
    text = {key: value.strip() for key, value in cells.items() if value and value.strip()}
    if "host" not in text:
        raise ValueError("has no host")
    host, port = _host_and_port(text["host"].removeprefix("https://").removeprefix("http://").rstrip("/"))
    listed = text.get("ports", "").replace(",", " ").split() or ([port] if port else [])
    ports = tuple(dict.fromkeys(port_of(one) for one in listed))
    if "contract" in text:
        raise ValueError("a contract says who allowed the looking, until when: declare it in the file after the import")
    more = {key: value for key, value in text.items() if key in ("owner", "data")}
    if "owner" in more:
        more["owner"] = id_of(more["owner"])
    if more.get("data", "unknown") not in tuple(DataKind):
        raise ValueError(f"data {more['data']!r} is none of {', '.join(DataKind)}")
    return HostRow(host_text(host), ports, id_of(text["id"]) if "id" in text else "", more)


def _host_and_port(text: str) -> tuple[str, str]:
    """`host`, `host:port`, an address of IPv6, or one in brackets with a port. Raises ValueError."""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") > 1:
        return text, ""
    else:
        host, _, port = text.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        raise ValueError(f"{text!r}: what stands behind the host is no port")
    return host, port


def id_from(text: str) -> str:
    """An id made of a name: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "own"


def first_inventory(
    organisation: str, contact: str, channel: str, hosts: Iterable[HostRow], language: str = "en"
) -> str:
    """The text of an inventory: the organisation looks at hosts of its own, and one channel reaches it."""
    own = id_from(organisation)
    out = io.StringIO()
    spoken = "" if language == "en" else f", language: {language}"
    out.write(_HEAD.format(own=own, name=_quoted(organisation), contact=_quoted(contact), spoken=spoken))
    hosts = tuple(hosts)
    others = dict.fromkeys(host.more["owner"] for host in hosts if host.more.get("owner", own) != own)
    out.write("".join(f"  - {{id: {one}, name: {_quoted(one)}, role: processor{spoken}}}\n" for one in others))
    out.write(_BETWEEN.format(own=own, channel=_quoted(channel)))
    taken: set[str] = set()
    for host in hosts:
        key = host.id or id_from(host.host)
        while key in taken:
            key += "-2"
        taken.add(key)
        words = [f"id: {key}", f"host: {_quoted(host.host)}"]
        words += [f"ports: [{', '.join(map(str, host.ports))}]"] if host.ports else []
        words += [f"owner: {host.more.get('owner', own)}"]
        words += [f"{name}: {host.more[name]}" for name in ("data",) if name in host.more]
        out.write(f"  - {{{', '.join(words)}}}\n")
    return out.getvalue()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_HEAD = """\
# What leftopen looks at, for whom, and who is told. `leftopen check` reports every fault of it with its line.
# Nothing outside this file is ever asked. Every key is explained in docs/inventory.md.
leftopen: 1

# Who looks. It is said in every request, so that whoever reads a server's log can ask what it is about.
organisation: {{id: {own}, name: {name}, contact: {contact}, party: {own}}}

parties:
  - {{id: {own}, name: {name}, role: controller{spoken}}}
"""
_BETWEEN = """\
# A company that works for you is a party too, with a contract that says who allowed the looking:
#  - {{id: vendor, name: Vendor AB, role: processor}}
# contracts:
#  - id: hosting
#    controller: {own}
#    processor: vendor
#    authorised_by: who allowed it, and where that is written
#    authorised_until: 2027-12-31

# How you are reached. The address is a secret: only the name of a variable, or of a file, stands here.
channels:
  - {{id: own-channel, party: {own}, url: {channel}, operator: true}}

assets:
"""
