"""The scope that the evidence log declares: what is looked at and how often, by which probes, from where."""

from __future__ import annotations

import hashlib
import ssl
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import probes
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.due.plan import phase
from monitor.store.log.slots import Scope, ScopeAsset


def scope_of(inventory: Inventory) -> Scope:
    """What the log says of an inventory. Names and places stand in its private part."""
    vantage, assets = inventory.vantage, []
    for asset in inventory.assets:
        every = inventory.settings(asset).interval
        place = str(asset.place)
        assets.append(
            ScopeAsset(
                asset.id,
                asset.data.value,
                every,
                phase(asset.id, every),
                asset.contract or "",
                place,
                asset.owner,
                inventory.looked_from(asset) if inventory.vantages else (),
            )
        )
    public: dict[str, Any] = {
        "tool": version("leftopen"),
        "probes": probe_digest(),
        "vantage": [vantage.id, vantage.network, *map(str, vantage.addresses)],
        "resolvers": [f"{one.address}:{one.port}" for one in inventory.defaults.resolvers] or ["the system's"],
        "tls": [ssl.OPENSSL_VERSION, _trusted_roots()],
        "controls": "declared" if inventory.controls is not None else "built-in",
    }
    if inventory.vantages:
        public["vantages"] = [[one.id, one.network, *map(str, one.addresses)] for one in inventory.vantages]
    return Scope(inventory.digest, public, tuple(assets))


@lru_cache(maxsize=1)
def probe_digest() -> str:
    """SHA-256 over the files of all probes and their tables: what looked is this code, and no other."""
    folder = Path(probes.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.suffix in (".py", ".toml", ".csv")):
        body = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()}\n{len(body)}\n".encode())
        digest.update(body)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _trusted_roots() -> str:
    """SHA-256 of the file of roots that TLS trusts here by default; empty where it is no file."""
    file = ssl.get_default_verify_paths().cafile
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file and Path(file).is_file() else ""
