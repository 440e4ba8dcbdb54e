"""What `leftopen check` says of services: every one of them once, asked or not."""

from __future__ import annotations

from rich.console import Console

from monitor.cli.text import services
from probes.services.catalogue import SERVICES
from tests.monitor.network.rounds import inventory


def test_every_service_is_named_as_asked_or_as_not_asked() -> None:
    host = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "services": ["files", {"speaks": "dicomweb"}]}
    web = {"id": "web", "host": "www.test", "addresses": ["127.0.0.1"]}
    console = Console(width=10_000, record=True, quiet=False, file=None)
    with console.capture() as said:
        services.show(console, inventory(host, web))
    asked, left, without = [line for line in said.get().splitlines() if line.strip()]
    for word in SERVICES:
        # Two services have the usual port 8080: neither hides the other.
        told = f"{word} {SERVICES[word].port}"
        assert (f"{word} at port" in asked or told in asked) != (told in left), word
    assert f"and {len(SERVICES) - 6} more" in without
