"""Where redirects lead that nobody declared stands with the state of the asset, for as long as they lead there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor.api.asset import asset_json
from monitor.cli.opening import Reading
from monitor.coverage.states import asset_states
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
