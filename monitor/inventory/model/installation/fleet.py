"""How workers on other machines are told to look: a part of the inventory."""

from __future__ import annotations

from pydantic import Field

from monitor.inventory.model.access_log import LocalPath
from monitor.inventory.model.base import Section
from monitor.inventory.values.scalars import Reference


class Fleet(Section):
    """The broker by which workers are told to look: those of each of the `vantages` that has a `key`."""

    broker: Reference = Field(
        description="Where the address of the broker is: `env:NAME` or `file:/path`. It is a secret:"
        " `amqps://user:password@host:5671`, without a virtual host."
    )
    authority: LocalPath | None = Field(
        default=None,
        description="File of certificates (PEM) that may have signed the broker's, where they are not the system's.",
    )
    key: Reference = Field(
        description="Where the key is with which batches are signed: `env:NAME` or `file:/path`. `leftopen log "
        "new-key` makes one."
    )
