"""Reach, decided from both sides: four cases of a host of a closed network, and a tunnel that has fallen."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.coverage.asset_state import AssetStatus
from monitor.coverage.states import asset_states
from monitor.findings.finding import State
from monitor.findings.handling import TriageStatus, fold
from monitor.findings.reasons import Cause, Control, ControlFailed
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Round
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, networks
from probes.reasons import NoAnswerReason, OpenReason, UndecidedReason
from tests.monitor.network.nameserver import name_server
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import Disk
from tests.servers.raw import Raw, Talk, listening

INSIDE = {"id": "sjunet-1", "network": "sjunet", "addresses": ["192.0.2.77"]}
OUTSIDE = {"id": "internet-1", "network": "internet"}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Net:
    """A host of a closed network that answers where a test wants it, and one ledger that is written from both sides."""

    def __init__(self, folder: Path, page: Raw, names: int) -> None:
        self.names = names
        self.database = folder / "a.db"
        self.at = datetime(2026, 11, 29, 12, tzinfo=UTC)
        self.port, self.silent = _free_port(), f"http://127.0.0.1:{_free_port()}/"
        self.page = page.url + "/"

    def declared(self, here: dict[str, Any], there: dict[str, Any] | None, shown: dict[str, str]) -> Inventory:
        nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [self.port], "reach": "sjunet"}
        nobody = {"resolvers": [f"127.0.0.1:{self.names}"]}
        both = [] if there is None else [there]
        return inventory(nas, vantage=here, vantages=both, networks=[{"id": "sjunet", **shown}], defaults=nobody)

    async def look(self, here: dict[str, Any], there: dict[str, Any] | None, *, answers: bool, **shown: str) -> Round:
        self.at += timedelta(minutes=15)
        async with AsyncExitStack() as stack:
            if answers:
                await stack.enter_async_context(_answering(self.port))
            declared = self.declared(here, there, shown)
            app = await stack.enter_async_context(application(declared, self.database, lambda: self.at))
            return await app.round()

    async def inside(self, *, answers: bool, fallen: bool = False) -> Round:
        """A round from inside. Where the tunnel has fallen, what is on the internet answers and the beacon does not."""
        beacon, beyond = (self.silent, self.page) if fallen else (self.page, self.silent)
        return await self.look(INSIDE, OUTSIDE, answers=answers, beacon=beacon, beyond=beyond)

    async def outside(self, *, answers: bool) -> Round:
        return await self.look(OUTSIDE, INSIDE, answers=answers)

    def findings(self) -> dict[tuple[str, str], State]:
        """Network and kind of all on file, and how each stands."""
        with _Opened(self.database) as ledger:
            names = networks.named(ledger)
            return {(names[one.network], one.kind): one.state for one in ledger.findings()}

    def places(self, kind: str) -> dict[str, str]:
        """The last verdict on the root, by network."""
        with _Opened(self.database) as ledger:
            names = networks.named(ledger)
            rows = ledger.rows("SELECT * FROM places WHERE kind = ? AND endpoint LIKE 'http:%'", kind)
            return {names[row["network"]]: row["verdict"] for row in rows if row["place"].endswith("/")}


class _Opened(Ledger):
    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@asynccontextmanager
async def _answering(port: int) -> AsyncIterator[None]:
    disk = Disk()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Talk(reader, writer, Raw("127.0.0.1", port, tls=False))
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Net]:
    async def page(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            body = b"you come from 192.0.2.77\n" if hit.path == "/address" else b"here\n"
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    async with listening(page) as made, name_server({}) as names:
        yield Net(tmp_path, made, names.port)


async def test_open_inside_and_silent_outside_is_meant_and_counted(net: Net) -> None:
    await net.outside(answers=False)
    done = await net.inside(answers=True)
    assert net.findings() == {}
    assert Cause.OPEN_INSIDE in {line.note for line in done.lines}
    assert net.places("listing")["sjunet"] == "exposed", "it is on file and counted"
    assert net.places("promise-network") == {"internet": "clear"}


async def test_an_asset_is_judged_when_every_network_has_looked(net: Net) -> None:
    shown = {"beacon": net.page, "beyond": net.silent}
    declared = net.declared(OUTSIDE, INSIDE, shown)
    await net.outside(answers=False)
    with _Opened(net.database) as ledger:
        (state,) = asset_states(ledger, declared, net.at)
    assert (state.judged, state.why) == (False, "no look yet from the network sjunet")
    await net.inside(answers=True)
    with _Opened(net.database) as ledger:
        (state,) = asset_states(ledger, declared, net.at)
    assert state.last_look == net.at - timedelta(minutes=15), "the older of the two"
    assert state.status is AssetStatus.BY_DECISION, "it is open inside, and that is meant"


async def test_open_on_both_sides_is_a_finding_outside_alone(net: Net) -> None:
    await net.inside(answers=True)
    await net.outside(answers=True)
    assert net.findings() == {
        ("internet", "listing"): State.EXPOSED,
        ("internet", "promise-network"): State.EXPOSED,
    }


async def test_silent_inside_is_unknown_and_closes_nothing_outside(net: Net) -> None:
    await net.outside(answers=True)
    before = net.findings()
    for _ in range(4):
        await net.inside(answers=False)
    assert net.findings() == before == dict.fromkeys(before, State.EXPOSED)
    assert net.places("listing") == {"internet": "exposed", "sjunet": "unknown"}


async def test_silent_on_both_sides_is_unknown_inside_and_clear_outside(net: Net) -> None:
    await net.outside(answers=False)
    await net.inside(answers=False)
    assert net.findings() == {}
    assert net.places("listing")["sjunet"] == "unknown"
    assert net.places("promise-network") == {"internet": "clear"}


async def test_what_is_open_outside_is_closed_from_outside_alone(net: Net) -> None:
    await net.outside(answers=True)
    for _ in range(4):
        await net.outside(answers=False)
    assert net.findings()["internet", "promise-network"] is State.CLEARED


async def test_behind_a_fallen_tunnel_nothing_is_decided(net: Net) -> None:
    """From the internet a host of a closed network is silent: that must not look like what is seen from inside."""
    await net.outside(answers=True)
    await net.inside(answers=True)
    before = net.findings(), net.places("listing")
    for _ in range(4):
        done = await net.inside(answers=False, fallen=True)
        assert done.blind == ControlFailed(Control.BEACON, NoAnswerReason.REFUSED)
        assert not done.lines
    assert (net.findings(), net.places("listing")) == before


@pytest.mark.parametrize(
    ("shown", "blind"),
    [
        ({"beacon": "page"}, None),
        ({"beacon": "silent"}, ControlFailed(Control.BEACON, NoAnswerReason.REFUSED)),
        ({"beyond": "silent"}, None),
        ({"beyond": "page"}, ControlFailed(Control.BEYOND, OpenReason.REACHABLE)),
        ({"reflector": "address"}, None),
        ({"reflector": "page"}, ControlFailed(Control.REFLECTOR, UndecidedReason.OTHER_ADDRESS)),
        ({"reflector": "silent"}, ControlFailed(Control.REFLECTOR, NoAnswerReason.REFUSED)),
        ({"beacon": "http://nowhere.test/"}, ControlFailed(Control.BEACON, NoAnswerReason.NO_SUCH_NAME)),
    ],
)
async def test_each_control_of_a_network(net: Net, shown: dict[str, str], blind: ControlFailed | None) -> None:
    urls = {"page": net.page, "silent": net.silent, "address": net.page + "address"}
    done = await net.look(INSIDE, OUTSIDE, answers=False, **{key: urls.get(url, url) for key, url in shown.items()})
    assert done.blind == blind


async def test_a_page_of_a_network_that_asks_to_be_left_alone_is_left_alone(net: Net) -> None:
    """Its controls have a pace and a budget as looks have: until it may be asked again, the vantage shows nothing."""
    asked = []

    async def tired(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            asked.append(hit.path)
            await talk.say(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n")

    async with listening(tired) as page:
        declared = net.declared(INSIDE, None, {"beacon": page.url + "/"})
        async with application(declared, net.database, lambda: net.at) as app:
            assert [(await app.round()).blind for _ in range(2)] == [
                ControlFailed(Control.BEACON, NoAnswerReason.TOLD_TO_WAIT)
            ] * 2
    assert asked == ["/"]


async def test_with_one_vantage_what_is_open_inside_stays_a_finding(net: Net) -> None:
    """Who looks from inside alone cannot say that it is silent outside; once somebody looks there too, it is meant."""
    await net.look(INSIDE, None, answers=True)
    with _Opened(net.database) as ledger:
        (finding,) = ledger.findings()
        assert (finding.kind, finding.state, finding.network) == ("listing", State.EXPOSED, "")
        assert networks.named(ledger) == {}
    await net.inside(answers=True)
    with _Opened(net.database) as ledger:
        (finding,) = ledger.findings()
        assert fold(actions.of_finding(ledger, finding.id), finding).standing is TriageStatus.INTENDED
    await net.look(INSIDE, None, answers=True)
    with _Opened(net.database) as ledger:
        (finding,) = ledger.findings()
        assert fold(actions.of_finding(ledger, finding.id), finding).standing is not TriageStatus.INTENDED


async def test_the_ledger_takes_the_network_of_its_installation_for_its_own(net: Net) -> None:
    """Also where the first asset is looked at from another network alone."""
    site = {"id": "site", "host": "site.test", "addresses": ["127.0.0.1"], "ports": [net.port], "reach": "internet"}
    nobody = {"resolvers": [f"127.0.0.1:{net.names}"]}
    declared = inventory(site, vantage=INSIDE, vantages=[OUTSIDE], defaults=nobody)
    async with application(declared, net.database, lambda: net.at) as app:
        done = await app.round()
    assert done.assets == (), "who is inside does not look at it"
    with _Opened(net.database) as ledger:
        assert networks.own(ledger) == "sjunet"
        assert list(networks.named(ledger)) == ["", "internet"]
