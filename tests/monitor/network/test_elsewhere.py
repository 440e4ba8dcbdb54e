"""Another host that a service names is asked where the inventory declares it, at its own pace, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.network.elsewhere import named
from probes.api import ServiceTarget
from tests.monitor.network.rounds import application, inventory
from tests.probes.services.looking import said
from tests.servers import web_stores
from tests.servers.issuer import issuing
from tests.servers.launch import free_port
from tests.servers.raw import listening


async def _round(folder: Path, change: Callable[[dict[str, Any]], None]) -> tuple[list[str], int]:
    """What a round says of a registry whose issuer of tokens is another host, and how often that host was asked."""
    async with listening(issuing("*"), host="127.0.0.2") as issued:
        with web_stores.registry(folder, "tokens", f"http://auth.test:{issued.port}/token", ("ward/app",)) as server:
            at = {"speaks": "registry", "port": server.port}
            images = {"id": "images", "host": "images.test", "addresses": [server.host], "ports": [free_port()]}
            auth: dict[str, Any] = {
                "id": "auth", "host": "auth.test", "addresses": ["127.0.0.2"], "ports": [issued.port], "interval": "9d",
            }  # fmt: skip
            change(auth)
            declared = inventory({**images, "services": [at]}, auth)
            async with application(declared, folder / "l.db") as app:
                done = await app.round()
    tokens = [hit for hit in issued.hits if hit.path.startswith("/token?")]
    return [said(line.verdict) for line in done.lines if line.verdict.kind == "registry"], len(tokens)


async def test_a_declared_issuer_on_another_host_is_asked(tmp_path: Path) -> None:
    assert await _round(tmp_path, lambda auth: None) == (["exposed store-open"], 4)


@pytest.mark.parametrize(
    "change",
    [{"host": "other.test"}, {"ports": [9]}, {"addresses": ["127.0.0.3"], "ports": [9]}],
    ids=["host", "port", "address"],
)
async def test_an_issuer_that_is_not_declared_as_it_is_named_is_not_asked(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    assert await _round(tmp_path, lambda auth: auth.update(change)) == (["unknown issuer-not-asked"], 0)


async def test_the_own_host_is_asked_at_its_own_address_by_any_of_its_names() -> None:
    target = ServiceTarget("a", "images.test", "registry.test", "127.0.0.1", 5000, "registry")
    for host, name in (("images.test", "images.test"), ("127.0.0.1", "registry.test")):
        found = await named(target, f"https://{host}:5001", None)
        assert (found.at.name, found.at.address, found.at.port, found.at.tls) == (name, "127.0.0.1", 5001, True)  # type: ignore[union-attr]
