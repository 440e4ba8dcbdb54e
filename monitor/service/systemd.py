"""What systemd wants to hear of a service: ready, alive, stopping (sd_notify(3)); elsewhere every call is silent."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


def notify(message: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Send one message, e.g. `READY=1`, to the service manager; False when there is none or it cannot be reached."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]  # the abstract namespace
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.sendto(message.encode(), address)
    except OSError:
        return False
    return True


def watchdog_seconds(environ: Mapping[str, str] = os.environ) -> float | None:
    """How often the service manager wants to hear `WATCHDOG=1`: half of WatchdogSec; None when it does not watch."""
    try:
        return int(environ["WATCHDOG_USEC"]) / 2e6
    except (KeyError, ValueError):
        return None
