"""The service serves the dashboard that the inventory declares, and goes on looking when its place is taken."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from monitor.inventory.model.inventory import Inventory
from monitor.service.parts.web import WebKeeper
from monitor.service.supervisor import PartFailed
from tests.monitor.web.house import house, inventory
from tests.servers.launch import free_port


def web(port: int, grants: str = "[]", listen: str = "") -> Inventory:
    where = listen or f'"127.0.0.1:{port}"'
    return inventory(f'web: {{listen: {where}, url: "http://127.0.0.1:{port}", grants: {grants}}}\n')


async def status(url: str, socket_: str = "") -> int | str:
    connector = aiohttp.UnixConnector(socket_) if socket_ else None
    try:
        async with aiohttp.ClientSession(connector=connector) as session, session.get(f"{url}/readyz") as answer:
            return answer.status
    except aiohttp.ClientConnectorError:
        return "refused"


async def test_it_follows_the_inventory(tmp_path: Path) -> None:
    at, first, second = house(tmp_path), free_port(), free_port()
    current = [web(first)]
    keeper = WebKeeper(lambda: current[0], at.path, lambda: datetime.now(UTC))
    try:
        await keeper.serve()
        served = keeper._server
        assert await status(f"http://127.0.0.1:{first}") == 200
        current[0] = web(first, "[{claim: groups, value: x, role: viewer, party: beta}]")
        await keeper.serve()
        assert keeper._server is served, "new grants throw nobody out"
        current[0] = web(second)
        await keeper.serve()
        assert await status(f"http://127.0.0.1:{first}") == "refused"
        assert await status(f"http://127.0.0.1:{second}") == 200
        current[0] = inventory()
        await keeper.serve()
        assert await status(f"http://127.0.0.1:{second}") == "refused"
    finally:
        await keeper.close()


async def test_a_taken_place_is_said_and_tried_again(tmp_path: Path) -> None:
    at, port = house(tmp_path), free_port()
    keeper = WebKeeper(lambda: web(port), at.path, lambda: datetime.now(UTC))
    try:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            with pytest.raises(PartFailed, match=r"web\.listen.*tried again"):
                await keeper.serve()
        await keeper.serve()
        assert await status(f"http://127.0.0.1:{port}") == 200
    finally:
        await keeper.close()


async def test_a_socket_is_its_groups_alone_and_survives_a_kill(tmp_path: Path) -> None:
    at, path = house(tmp_path), tmp_path / "web.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    keeper = WebKeeper(lambda: web(80, listen=f"unix:{path}"), at.path, lambda: datetime.now(UTC))
    try:
        await keeper.serve()
        assert oct(path.stat().st_mode & 0o777) == "0o660"
        assert await status("http://127.0.0.1:80", str(path)) == 200
    finally:
        await keeper.close()


def test_a_service_without_a_dashboard_holds_none_of_its_libraries() -> None:
    """They would take 15 MB for nothing."""
    libraries = "{'aiohttp', 'icalendar', 'jinja2', 'joserfc', 'prometheus_client', 'monitor.web.table'}"
    code = f"import sys, monitor.cli.looking.watch; print(*sorted({libraries} & {{*sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
