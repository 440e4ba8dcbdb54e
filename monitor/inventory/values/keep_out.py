"""Keeps a process that posts to declared addresses out of where no receiver is: link-local and metadata addresses.

A name can lead anywhere, and elsewhere a moment later. So it is not the text of an address that is judged, but what
the process connects to, whichever library does it.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any, Final

from monitor.inventory.values.addresses import address_of, unwrapped

WHY: Final = "it leads to a link-local address or a metadata service, where no receiver is"
_EVENTS: Final = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_NEVER: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",
        "fe80::/10",
        "168.63.129.16/32",  # Azure's service to its machines
        "100.100.100.200/32",  # metadata of Alibaba's machines
        "192.0.0.192/32",  # of Oracle's
        "fd00:ec2::254/128",  # of Amazon's
        "fd20:ce::254/128",  # of Google's
    )
)


class KeptOut:
    """What was refused since `keep_out()` was called."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Python calls it before what it is told of is done. Raises PermissionError, which libraries expect."""
        if event in _EVENTS and len(arguments) > 1 and isinstance(arguments[1], tuple) and _is_never(arguments[1][0]):
            self.times += 1
            raise PermissionError(WHY)


def keep_out() -> KeptOut:
    """From now on, and until it ends, this process connects to none of these."""
    made = KeptOut()
    sys.addaudithook(made)
    return made


def _is_never(host: object) -> bool:
    text = str(host).partition("%")[0]
    try:
        addresses = [address_of(text)]
    except ValueError:
        # A name, or a short form such as 0xa9fea9fe: the system would look it up once more.
        try:
            addresses = [address_of(str(one[4][0]).partition("%")[0]) for one in socket.getaddrinfo(text, None)]
        except (OSError, UnicodeError):
            return False
    return any(unwrapped(one) in network for one in addresses for network in _NEVER)
