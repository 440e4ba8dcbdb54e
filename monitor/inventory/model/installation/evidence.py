"""Who signs the evidence log, who witnesses it, and whose logs this installation witnesses: parts of the inventory."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from monitor.inventory.model.access_log import LocalPath
from monitor.inventory.model.base import Section, Some
from monitor.inventory.values.scalars import NameServer, Reference, Span, WebPage, duration_of
from monitor.inventory.values.verifier_key import CosignerKey, LogKey


class LogWitness(Section):
    """Somebody else who cosigns our checkpoints: from then on we cannot rewrite, fork or back-date the log."""

    key: CosignerKey = Field(description="Its public key: `name+keyid+base64`.")
    url: WebPage | None = Field(
        default=None,
        description="Where it takes checkpoints (C2SP tlog-witness), without `add-checkpoint`; none: by hand.",
    )


class TimeStamps(Section):
    """A time-stamping service (RFC 3161), which says when a checkpoint was there. Needs `leftopen[timestamps]`."""

    url: WebPage = Field(description="Where it takes requests.")
    authority: LocalPath = Field(
        description="File (PEM) of the certificate that vouches for it: stamps are checked before they are kept."
    )
    every: Span = Field(default=duration_of("1d"), description="Time between two stamps.")


class EvidenceLog(Section):
    """How the evidence log is signed."""

    key: Reference = Field(
        description="Where the signing key is: `env:NAME` or `file:/path`. `leftopen log new-key` makes one."
    )
    every: Span = Field(default=duration_of("5m"), description="Time between two checkpoints of `watch`.")
    witnesses: tuple[LogWitness, ...] = Field(default=(), description="Who cosigns: each of them must.")
    timestamps: TimeStamps | None = Field(default=None, description="A service that stamps checkpoints with its time.")


class WatchedLog(Section):
    """A log of somebody else, which this installation witnesses."""

    key: LogKey = Field(description="Its public key; the name in it is the log's origin.")
    late_after: Span = Field(
        default=duration_of("30m"),
        description="When no checkpoint has come for so long, the operators are told: nobody may be looking there.",
    )


class WitnessService(Section):
    """The service with which this organisation witnesses others' logs: `leftopen witness`."""

    listen: NameServer = Field(description="Where it is served: address:port, behind your own TLS.")
    key: Reference = Field(
        description="Where its key is: `env:NAME` or `file:/path`. `leftopen log new-key --cosigner` makes one."
    )
    logs: Annotated[tuple[WatchedLog, ...], Some] = Field(
        description="The logs that it cosigns.", json_schema_extra={"minItems": 1}
    )
