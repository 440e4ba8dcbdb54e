"""Azurite, the emulator of Azure's blob storage, with one container per level of public access."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

from tests.servers.launch import Server, Start, running
from tests.servers.real_node import script
from tests.servers.stored import BODY, KEYS, each, encoded, must

ACCOUNT = "devstoreaccount1"
# The emulator's published development key, the same in every copy of it.
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
VERSION = "2021-12-02"
CONTAINERS = {
    "priv": "",
    "pubcont": "container",
    "pubblob": "blob",
    "$web": "container",
    "empty": "container",
    "control": "container",
}
TAKEN = tuple(key for key in KEYS if "\x01" not in key)
"""One control character among the names, and it lists nothing at all any more: `control` holds that one."""


@contextmanager
def azurite() -> Iterator[Server]:
    """Azurite, filled: the containers lie at `/devstoreaccount1/container`."""
    node, main = script("azurite/dist/src/blob/main.js")

    def start(port: int, home: Path) -> Start:
        # Without --disableTelemetry it would call its makers.
        command = [node, main, "--silent", "--disableTelemetry", "--inMemoryPersistence", "--skipApiVersionCheck"]
        command += ["--blobHost", "127.0.0.1", "--blobPort", str(port)]
        return Start(command, home, log="out.log")

    with running("azurite", start) as server:
        for container, level in CONTAINERS.items():
            opened = {"x-ms-blob-public-access": level} if level else {}
            _owner(server, f"/{ACCOUNT}/{container}", "?restype=container", opened)
        keys = {"empty": (), "control": KEYS}
        places = [f"/{ACCOUNT}/{name}/{encoded(key)}" for name in CONTAINERS for key in keys.get(name, TAKEN)]
        each(lambda place: _owner(server, place, "", {"x-ms-blob-type": "BlockBlob"}, BODY), places)
        yield server


def _owner(server: Server, path: str, query: str, headers: Mapping[str, str], body: bytes = b"") -> None:
    """A PUT signed with the account's key."""
    said = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": VERSION, **headers}
    canonical = "".join(f"{name}:{said[name]}\n" for name in sorted(said))
    resource = f"/{ACCOUNT}{path}" + "".join(f"\n{part.replace('=', ':')}" for part in query[1:].split("&") if part)
    # Of the twelve lines of standard headers only the length has anything in it.
    to_sign = f"PUT\n\n\n{len(body) or ''}\n\n\n\n\n\n\n\n\n{canonical}{resource}"
    digest = hmac.new(base64.b64decode(_KEY), to_sign.encode(), hashlib.sha256).digest()
    said["Authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    must(server, "PUT", path + query, said, body)
