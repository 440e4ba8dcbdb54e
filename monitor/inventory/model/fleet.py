"""Other machines that look for this installation, each from a network of its own: a part of the inventory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from monitor.inventory.model.base import Once, Section, Some
from monitor.inventory.values.scalars import AddressText, Id, Reference, shown
from monitor.inventory.values.verifier_key import LogKey
from monitor.inventory.yaml_source import Fault, entries


class FleetVantage(Section):
    """One network that workers look from."""

    id: Id = Field(description="Short name of the vantage: its virtual host on the broker is called so.")
    network: Id = Field(
        description="The network in which its workers run: `internet`, or the name of a closed network. If it is the "
        "network of `vantage`, the workers look in place of this process."
    )
    key: LogKey = Field(description="The public key of its workers. `leftopen log new-key` makes one.")
    addresses: Annotated[tuple[AddressText, ...], Once] = Field(
        default=(), description="The public IP addresses from which its requests come."
    )


class Fleet(Section):
    """Workers that look, and the broker by which they are told to."""

    broker: Reference = Field(
        description="Where the address of the broker is: `env:NAME` or `file:/path`. It is a secret:"
        " `amqps://user:password@host:5671`, without a virtual host."
    )
    key: Reference = Field(
        description="Where the key is with which batches are signed: `env:NAME` or `file:/path`. `leftopen log "
        "new-key` makes one."
    )
    vantages: Annotated[tuple[FleetVantage, ...], Some] = Field(
        description="The networks that workers look from, each once.", json_schema_extra={"minItems": 1}
    )


def faults(tree: Any) -> Iterator[Fault]:
    """Vantages or networks that are declared twice."""
    fleet = tree.get("fleet") if isinstance(tree, dict) else None
    for key, word in (("id", "vantage"), ("network", "network")):
        said: list[Any] = []
        for index, one in entries(fleet, "vantages"):
            if one.get(key) is not None and one.get(key) in said:
                yield Fault(("fleet", "vantages", index, key), f"{word} {shown(one[key])} has a vantage already")
            said.append(one.get(key))
