"""The practice inventory on ports that are free on this machine now."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from pathlib import Path

from monitor.inventory.load import loads
from monitor.inventory.model import Inventory

INVENTORY = Path(__file__).parents[2] / "inventory.yaml"
_FOR_TLS = (8443, 9443, 10443, 4443, 6443)


def practice_inventory() -> Inventory:
    """The inventory that comes along, with each port replaced: the recorder's by a free one that is meant for TLS."""
    text = INVENTORY.read_text()
    with ExitStack() as held:
        for port in re.findall(r"ports: \[(\d+)\]", text):
            free = _first_free(held) if port == "8443" else _any_free(held)
            text = text.replace(f"ports: [{port}]", f"ports: [{free}]", 1)
    return loads(text, INVENTORY.name)


def _any_free(held: ExitStack) -> int:
    taken = held.enter_context(socket.socket())
    taken.bind(("127.0.0.1", 0))
    return int(taken.getsockname()[1])


def _first_free(held: ExitStack) -> int:
    for port in _FOR_TLS:
        taken = held.enter_context(socket.socket())
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
    raise AssertionError("no port that is meant for TLS is free")


def has_ipv6() -> bool:
    """Whether ::1 can be served on here."""
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True
