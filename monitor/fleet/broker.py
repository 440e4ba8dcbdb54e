"""Where a broker is, and how it is known to be the right one."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import OperationalError

from monitor.inventory.values.addresses import address_of, is_address

BROKEN = (AMQPError, OperationalError, OSError)
"""What kombu raises when a broker cannot be reached, is not the right one, or refuses."""


class NoBroker(ValueError):
    """An address that no broker of ours can have; the text says why, and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Broker:
    """The address of a broker or of a virtual host of it, and whose certificates it may show."""

    address: str
    authority: Path | str | None = None
    """A file of certificates (PEM); None: those that this machine trusts."""

    def __post_init__(self) -> None:
        """Raises NoBroker."""
        try:
            parts = urlsplit(self.address)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise NoBroker("the address of the broker cannot be read") from None
        here = host == "localhost" or (is_address(host) and address_of(host).is_loopback)
        if parts.scheme not in ("amqp", "amqps") or not host or not parts.username or not parts.password:
            raise NoBroker("the address of the broker is written amqps://user:password@host:5671")
        if parts.scheme == "amqp" and not here:
            raise NoBroker("the address of the broker begins with amqps:// (amqp:// for this machine alone)")

    def of(self, vantage: str) -> Broker:
        """The virtual host of a vantage."""
        return replace(self, address=f"{self.address.rstrip('/')}/{quote(vantage, safe='')}")

    @property
    def tls(self) -> dict[str, Any] | bool:
        """How its certificate is checked, as kombu and Celery take it; False: it is spoken to in clear text."""
        parts = urlsplit(self.address)
        if parts.scheme != "amqps":
            return False
        return {
            # Without a name any certificate that this machine trusts would do, whoever shows it.
            "server_hostname": parts.hostname,
            "cert_reqs": ssl.CERT_REQUIRED,
            "ca_certs": None if self.authority is None else str(self.authority),
            "tls_minimum_version": ssl.TLSVersion.TLSv1_2,
        }

    def connection(self, heartbeat: int = 0, **options: Any) -> Connection:
        """A connection, not made yet; what is published on it is confirmed. `options` are those of its transport."""
        transport = {"confirm_publish": True, "max_retries": 1, **options}
        return Connection(
            self.address, ssl=self.tls, heartbeat=heartbeat, connect_timeout=5, transport_options=transport
        )
