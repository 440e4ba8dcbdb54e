"""States of assets after real rounds: where redirects lead that nobody declared, and what no second look confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.api.asset import asset_json
from monitor.cli.opening import Reading
from monitor.coverage import states
from monitor.coverage.asset_state import AssetState, AssetStatus, PlaceState, asset_state
from monitor.coverage.states import asset_states
from monitor.findings.finding import State
from tests.monitor.network.rounds import inventory, one_round
from tests.servers.raw import Talk, listening, reply


async def test_where_an_asset_leads_is_said_until_it_is_declared(tmp_path: Path) -> None:
    to = ["https://portal.region.example/start?id=1"]

    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None:
            await talk.say(reply(302, b"", "text/html", ("Location", to[0])) if to else reply(404))

    async with listening(serve) as server:
        nas = {"id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port]}
        declared = inventory(nas)
        database = tmp_path / "l.db"
        await one_round(declared, database)
        with Reading(str(database)) as ledger:
            (state,) = asset_states(ledger, declared, datetime.now(UTC))
            assert state.leads_to == ("https://portal.region.example",)
            assert asset_json(state, declared)["leads_to"] == ["https://portal.region.example"]
            both = inventory(nas, {"id": "portal", "host": "portal.region.example", "ports": [443]})
            assert [one.leads_to for one in asset_states(ledger, both, datetime.now(UTC))] == [(), ()]
            other = inventory(nas, {"id": "portal", "host": "portal.region.example", "ports": [8443]})
            assert asset_states(ledger, other, datetime.now(UTC))[0].leads_to == ("https://portal.region.example",)
        to.clear()
        await one_round(declared, database)
        with Reading(str(database)) as ledger:
            assert asset_states(ledger, declared, datetime.now(UTC))[0].leads_to == ()


LISTING = b"""<html><head><title>Index of /</title></head><body><h1>Index of /</h1><hr><pre><a href="../">../</a>
<a href="call-1.wav">call-1.wav</a>                    05-Nov-2026 10:00     9012
<a href="call-2.wav">call-2.wav</a>                    06-Nov-2026 10:00     9012
</pre><hr></body></html>"""


async def test_what_no_second_look_confirms_is_not_judged(tmp_path: Path) -> None:
    """The listing answers once, and 429 from then on: nothing is proven, and nothing is well."""
    pages = [LISTING]

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            if hit.path == "/":
                await talk.say(reply(200, pages.pop(), "text/html") if pages else reply(429, b"later"))
            elif hit.path.startswith("/call-") and hit.path.endswith(("-1.wav", "-2.wav")):
                await talk.say(reply(200, b"RIFF" + bytes(9008), "audio/wav"))
            else:
                await talk.say(reply(404, b"no", "text/plain"))

    async with listening(serve) as server:
        nas = {"id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port]}
        declared = inventory(nas | {"data": "recordings"})
        await one_round(declared, tmp_path / "l.db")
        with Reading(str(tmp_path / "l.db")) as ledger:
            (found,) = ledger.findings()
            (state,) = asset_states(ledger, declared, datetime.now(UTC))
    assert found.state is State.SUSPECTED
    assert (state.status, state.judged) == (AssetStatus.UNCONFIRMED, False)


async def test_places_that_are_alike_are_held_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look says the same of most places, and ten thousand assets have a quarter of a million."""
    held: list[PlaceState] = []

    def kept(asset: str, places: Sequence[PlaceState], *rest: Any, **more: Any) -> AssetState:
        held.extend(places)
        return asset_state(asset, places, *rest, **more)

    async def serve(talk: Talk) -> None:
        while await talk.hear() is not None:
            await talk.say(reply(404, b"no", "text/plain"))

    async with listening(serve) as server:
        nas = {"id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port]}
        declared = inventory(nas | {"paths": [f"/{number}/" for number in range(12)]})
        await one_round(declared, tmp_path / "l.db")
    monkeypatch.setattr(states, "asset_state", kept)
    with Reading(str(tmp_path / "l.db")) as ledger:
        assert [one.status for one in asset_states(ledger, declared, datetime.now(UTC))] == [AssetStatus.CLOSED]
    assert len(held) > 10
    assert len({id(one) for one in held}) == len(set(held)) < 4
