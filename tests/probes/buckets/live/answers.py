"""What a test reads out of a store's answers."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from tests.servers.launch import Server
from tests.servers.stored import send


def body(server: Server, path: str) -> bytes:
    status, _, said = send(server, "GET", path)
    assert status == 200, said
    return said


def texts(document: bytes, name: str) -> list[str]:
    """The texts of all elements of that local name, whatever their namespace."""
    return [one.text or "" for one in ET.fromstring(document).iter() if one.tag.rpartition("}")[2] == name]  # noqa: S314
