"""The practice inventory at an address of loopback that this process has to itself, so that no two tests meet."""

from __future__ import annotations

import os
import re
from pathlib import Path

from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from tests.servers.launch import free_port, is_free
from tests.servers.listener import has_ipv6

INVENTORY = Path(__file__).parents[3] / "inventory.yaml"

_PID = os.getpid()
HERE = f"127.{64 + _PID // 65024 % 64}.{_PID // 254 % 256}.{_PID % 254 + 1}"
"""All of 127.0.0.0/8 is this machine: an address made of the process id is nobody else's."""


def practice_inventory() -> Inventory:
    """The inventory that comes along, at `HERE`."""
    return loads(practice_text(), INVENTORY.name)


def practice_text() -> str:
    """The inventory that comes along, at `HERE`; the port of the site that is on ::1 too is one that is free there."""
    text = INVENTORY.read_text().replace("[127.0.0.1", f"[{HERE}").replace("//127.0.0.1:", f"//{HERE}:")
    text = text.replace("listen: 127.0.0.1:", f"listen: {HERE}:")
    return text.replace("[8449]", f"[{_free()}]")


def on_free_ports(text: str) -> str:
    """The text of the practice inventory with every port that it serves on in the place of one that is free here."""
    taken: set[int] = set()
    for port in sorted(set(re.findall(r"(?<=[\[: ])84\d\d(?=[\]/},\s])", text))):
        while (free := _free()) in taken:
            pass
        taken.add(free)
        text = re.sub(rf"(?<=[\[: ]){port}(?=[\]/}},\s])", str(free), text)
    return text


def _free() -> int:
    """A port that is free at every address that sites are served at here."""
    while True:
        port = free_port()
        if not has_ipv6() or is_free("::1", port):
            return port
