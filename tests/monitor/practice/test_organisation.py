"""The practice organisation: it serves what the inventory declares, says why it cannot, and takes the letters."""

from __future__ import annotations

import json
import re
import socket
import urllib.error
import urllib.request
from asyncio import to_thread
from datetime import UTC, date, datetime

import pytest

from monitor.inventory.endpoints import fixed_addresses
from monitor.inventory.load import check
from monitor.inventory.model.inventory import Inventory
from monitor.practice.inbox import Inbox, Letter
from monitor.practice.organisation import CannotStart, Practice
from monitor.practice.portals import SECRETS
from monitor.practice.sites import KINDS
from tests.monitor.practice.ports import HERE, INVENTORY, practice_inventory
from tests.servers.listener import has_ipv6

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def inventory() -> Inventory:
    return practice_inventory()


def fetch(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310  loopback alone
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_inventory_that_comes_along_is_whole_and_declares_every_site() -> None:
    checked = check(INVENTORY, date(2026, 3, 1))
    assert checked.warnings == ()
    assert {asset.id for asset in checked.inventory.assets} == set(KINDS)
    ports = [asset.ports for asset in checked.inventory.assets]
    assert len(set(ports)) == len(ports)


def test_every_finding_reaches_the_region() -> None:
    inventory = practice_inventory()
    for asset in inventory.assets:
        chain = inventory.chain(asset)
        assert chain[-1].id == "region"
        assert all(inventory.channels_of(party) for party in chain)
    assert [party.id for party in inventory.chain(inventory.asset("call-recorder"))] == [
        "voicecorp",
        "careline",
        "region",
    ]


async def test_it_serves_each_site_at_its_places(inventory: Inventory) -> None:
    async with Practice(inventory, lambda: NOW) as practice:
        assert {site.name for site in practice.sites} == set(KINDS)
        for site in practice.sites:
            asset = inventory.asset(site.name)
            assert site.port == asset.ports[0]
            expected = [one for one in fixed_addresses(asset) if ":" not in one or has_ipv6()]
            assert list(site.addresses) == expected
            for address in site.addresses:
                where = f"[{address}]" if ":" in address else address
                status, _ = await to_thread(fetch, f"http://{where}:{site.port}/")
                assert status in (200, 403)
    assert practice.sites == ()
    for asset in inventory.assets:
        with socket.socket() as one:
            assert one.connect_ex((HERE, asset.ports[0])) != 0


async def test_a_port_that_is_taken_is_named_with_the_way_out(inventory: Inventory) -> None:
    ports = [asset.ports[0] for asset in inventory.assets]
    with socket.socket() as first, socket.socket() as second:
        for one, port in ((first, ports[0]), (second, ports[3])):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((HERE, port))
            one.listen()
        practice = Practice(inventory, lambda: NOW)
        with pytest.raises(CannotStart) as raised:
            await practice.start()
    text = str(raised.value)
    assert f"port {ports[0]} on {HERE} is taken" in text
    assert f"port {ports[3]} on {HERE} is taken" in text
    assert "give asset 'call-recorder' another port in the inventory" in text
    with socket.socket() as one:
        assert one.connect_ex((HERE, ports[1])) != 0  # nothing is left running
    async with practice:  # and once the ports are free it starts
        assert practice.sites


async def test_it_is_served_on_loopback_alone(inventory: Inventory) -> None:
    abroad = inventory.assets[0].model_copy(update={"addresses": ("192.0.2.7",)})
    nowhere = inventory.assets[1].model_copy(update={"addresses": ()})
    practice = Practice(inventory.model_copy(update={"assets": (abroad, nowhere)}), lambda: NOW)
    with pytest.raises(CannotStart, match=r"192\.0\.2\.7 is not loopback") as raised:
        await practice.start()
    assert "has no addresses" in str(raised.value)


async def test_an_inventory_without_our_assets_is_told_so(inventory: Inventory) -> None:
    other = inventory.assets[0].model_copy(update={"id": "other"})
    with pytest.raises(CannotStart, match="declares none of its assets: call-recorder"):
        await Practice(inventory.model_copy(update={"assets": (other,)}), lambda: NOW).start()


async def test_a_letter_reaches_its_mailbox(inventory: Inventory) -> None:
    heard: list[Letter] = []
    async with Practice(inventory, lambda: NOW, heard.append) as practice:
        environment = practice.environment()
        assert set(environment) - set(SECRETS) == {channel.url.removeprefix("env:") for channel in inventory.channels}
        url = re.sub(r"^leftopen://[^@]*@", "http://", environment["PRACTICE_VOICECORP"])
        sent = json.dumps({"version": 1, "title": "Open", "text": "A listing is open", "event": "opened"})
        status, _ = await to_thread(fetch, url, "POST", sent.encode())
        assert status == 200
    assert heard == [Letter("voicecorp-oncall", "Open", "A listing is open", NOW)]
    assert practice.inbox.letters == tuple(heard)


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [
        ("/nobody", "POST", b"{}", 404),
        ("/one", "GET", None, 405),
        ("/one", "POST", b"no JSON", 400),
        ("/one", "POST", b"[1]", 400),
        ("/one", "POST", b"[" * 100_000, 400),
        ("/one", "POST", b"x" * 300_000, 413),
        ("/one", "POST", b"{}", 200),
    ],
)
async def test_what_is_no_letter_is_refused(path: str, method: str, body: bytes | None, status: int) -> None:
    inbox = Inbox(("one",), lambda: NOW)
    await inbox.start()
    try:
        url = re.sub(r"^leftopen://[^@]*@", "http://", inbox.url("one")).removesuffix("/one") + path
        assert (await to_thread(fetch, url, method, body))[0] == status
        assert len(inbox.letters) == (status == 200)
    finally:
        await inbox.stop()


def test_an_inbox_that_has_not_started_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="before it has started"):
        Inbox(("one",), lambda: NOW).url("one")


@pytest.mark.parametrize(
    ("range_", "status", "count"),
    [("bytes=0-15", 206, 16), ("bytes=-4", 206, 4), ("bytes=9999999-", 416, None), ("bytes=0-1,4-5", 200, None)],
)
async def test_a_range_is_honoured(inventory: Inventory, range_: str, status: int, count: int | None) -> None:
    async with Practice(inventory, lambda: NOW):
        url = f"http://{HERE}:{inventory.asset('journal-backup').ports[0]}/backup/journal.sql.gz"
        got, body = await to_thread(fetch, url, Range=range_)
        assert got == status
        assert count is None or len(body) == count
        assert await to_thread(fetch, url, "HEAD") == (200, b"")
        assert (await to_thread(fetch, url, "POST", b"x"))[0] == 405


async def test_a_folder_without_its_slash_is_led_to_it(inventory: Inventory) -> None:
    async with Practice(inventory, lambda: NOW):
        port = inventory.asset("call-recorder").ports[0]
        status, body = await to_thread(fetch, f"http://{HERE}:{port}/medicall")
        assert status == 200  # this client follows
        assert b"<h1>Index of /medicall</h1>" in body
        assert f"Apache/2.4.7 (Ubuntu) Server at {HERE} Port {port}".encode() in body


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is asked straight, whatever the environment says of proxies."""
    monkeypatch.setenv("no_proxy", "*")
