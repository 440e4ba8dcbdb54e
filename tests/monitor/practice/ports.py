"""The practice inventory at an address of loopback that this process has to itself, so that no two tests meet."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory

INVENTORY = Path(__file__).parents[3] / "inventory.yaml"

_PID = os.getpid()
HERE = f"127.{64 + _PID // 65024 % 64}.{_PID // 254 % 256}.{_PID % 254 + 1}"
"""All of 127.0.0.0/8 is this machine: an address made of the process id is nobody else's."""


def practice_inventory() -> Inventory:
    """The inventory that comes along, at `HERE`; the port of the site that is on ::1 too is one that is free there."""
    text = INVENTORY.read_text().replace("[127.0.0.1", f"[{HERE}").replace("//127.0.0.1:", f"//{HERE}:")
    return loads(text.replace("[8449]", f"[{_free()}]"), INVENTORY.name)


def on_free_ports(text: str) -> str:
    """The text of the practice inventory with every port that it serves on in the place of one that is free here."""
    for port in sorted(set(re.findall(r"(?<=[\[: ])84\d\d(?=[\]/}])", text))):
        text = re.sub(rf"(?<=[\[: ]){port}(?=[\]/}}])", str(_free()), text)
    return text


def _free() -> int:
    with socket.socket(socket.AF_INET6 if has_ipv6() else socket.AF_INET) as one:
        one.bind(("::1" if has_ipv6() else HERE, 0))
        return int(one.getsockname()[1])


def has_ipv6() -> bool:
    """Whether ::1 can be served on here."""
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True
