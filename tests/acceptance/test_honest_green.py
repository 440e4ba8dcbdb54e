"""No state in which the program looks well while something declared was not judged, or while nobody was told."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

from tests.acceptance.builders import AUTHORITY, BLIND, NOTHING_OPEN, OPEN, House, Ran, asset
from tests.servers import real
from tests.servers.folders import Tree
from tests.servers.launch import free_port
from tests.servers.raw import Talk, listening, reply


def test_a_run_in_which_nothing_answered_is_not_well(house: House) -> None:
    house.declare(asset("nas", ("127.0.0.1", free_port())))
    done = house.ask("run")
    assert done.code == BLIND
    assert "NEVER SEEN" in done.out
    assert done.out.rstrip().endswith("0 open, 1 NEVER SEEN, 0 closed of 1 asset")
    health = house.ask("health")
    assert health.code == BLIND
    assert "well" not in health.out
    status = house.ask("status", "--json")
    assert (status.code, status.lines[0]["status"], status.lines[0]["judged"]) == (BLIND, "never seen", False)


def test_an_asset_of_an_ended_contract_is_not_green(house: House, recordings: Tree) -> None:
    with real.nginx(recordings.path, index=False) as server:
        yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
        ended = {**AUTHORITY, "authorised_until": yesterday}
        contract = {"id": "care", "controller": "region", "processor": "vendor", **ended}
        house.declare(asset("nas", (server.host, server.port), contract="care", owner="vendor"), contracts=[contract])
        done = house.ask("run")
    assert done.code == BLIND
    assert "NOT LOOKED AT" in done.out
    assert "contract" in done.out
    assert house.ask("health").code == BLIND


def test_an_open_finding_that_nobody_was_told_of_is_said_loudly(house: House, recordings: Tree) -> None:
    with real.nginx(recordings.path) as server:
        house.declare(asset("nas", (server.host, server.port)))
        done = house.ask("run")
        assert done.code == BLIND
        assert "NOBODY WAS TOLD" in done.out
        assert "NOBODY WAS TOLD" in house.ask("health").out
        # Without alerts nobody was to be told; what is open is open all the same.
        assert house.ask("run", "--no-alerts").code == OPEN


def test_a_closed_host_is_green_and_says_so(house: House, recordings: Tree) -> None:
    with real.nginx(recordings.path, index=False) as server:
        house.declare(asset("nas", (server.host, server.port)))
        done = house.ask("run")
        status = house.ask("status")
    assert done.code == NOTHING_OPEN, done.err
    assert done.out.rstrip().endswith("0 open, 1 closed of 1 asset")
    assert status.code == NOTHING_OPEN
    assert json.loads(house.ask("status", "--json").out)["status"] == "closed"


def test_a_port_that_only_leads_to_a_silent_one_is_not_green(house: House) -> None:
    """A firewall that refuses us the port of TLS alone: all that answers is the redirect to it."""
    silent = free_port()

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(reply(301, b"", "text/html", ("Location", f"http://nas.test:{silent}{hit.path}")))

    async def run() -> Ran:
        async with listening(serve) as server:
            house.declare(asset("nas", (server.host, server.port), ("127.0.0.1", silent)))
            return await asyncio.to_thread(house.ask, "run")

    done = asyncio.run(run())
    assert (done.code, "NEVER SEEN" in done.out, "Clear nas" in done.out) == (BLIND, True, False), done.out


def test_a_watch_that_ran_once_and_has_stopped_is_not_well(house: House, recordings: Tree) -> None:
    with real.nginx(recordings.path, index=False) as server:
        channel = {"id": "ops", "party": "region", "url": "env:OPS", "operator": True}
        house.environ["OPS"] = f"json://127.0.0.1:{free_port()}/"
        house.declare(asset("nas", (server.host, server.port), owner="region", data="static"), channels=[channel])
        verbose = house.ask("-v", "run")
    assert f"nas: nas.test:{server.port}/ at 127.0.0.1 port {server.port}: http-listing: clear" in verbose.err
    before = house.ask("health")
    assert before.code == NOTHING_OPEN, before.out
    # What a service leaves behind, however it ended.
    house.database.with_name("leftopen.db.watch").write_text("1")
    stopped = house.ask("health", "--nagios")
    assert stopped.code == 1
    assert "leftopen watch has stopped" in stopped.out


def test_warnings_are_counted_but_in_check(house: House) -> None:
    house.declare(asset("nas", ("127.0.0.1", free_port())))
    every = [line for line in house.ask("check").err.splitlines() if line.startswith("warning ")]
    assert len(every) > 1
    said = house.ask("run").err
    assert f"{len(every)} warnings about inventory.yaml: leftopen check inventory.yaml" in said
    assert every[0] not in said


def test_csv_has_a_line_for_each_asset_and_no_formula(house: House) -> None:
    house.declare(asset("nas", ("127.0.0.1", free_port())))
    house.ask("run")
    heading, row = house.ask("status", "--csv").out.splitlines()
    assert heading.startswith("asset,label,status")
    assert row.startswith("nas,")
