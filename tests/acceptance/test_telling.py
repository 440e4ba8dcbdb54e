"""The program when nobody can be told, when another channel stands in, and its drills from end to end."""

from __future__ import annotations

import sqlite3

from tests.acceptance.builders import BLIND, NOTHING_OPEN, OPEN, House, asset
from tests.servers.faulty import faulty_beside
from tests.servers.folders import Tree
from tests.servers.real import nginx
from tests.servers.webhook import Reply, Webhook

FIRST = {"id": "first", "party": "region", "url": "env:FIRST", "operator": True, "fallback": "second"}
SECOND = {"id": "second", "party": "region", "url": "env:HOOK", "after": "30d"}


def test_a_run_that_could_tell_nobody_of_what_is_open_ends_with_three(house: House, hook: Webhook) -> None:
    house.environ |= {"FIRST": hook.ours}
    hook.always = Reply(500)
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port)), channels=[FIRST | {"fallback": "second"}, SECOND])
        ran = house.run("--no-survey")
        assert ran.code == BLIND
        assert "nobody could be told" in ran.err
        health = house.ask("health", "--json")
        assert health.code == BLIND
        assert health.value["told_to_nobody"] == 1
        assert any("NOBODY WAS TOLD" in fault for fault in health.value["faults"])
        assert f":{hook.port}" not in ran.err


def test_a_channel_without_its_secret_has_its_fallback_in_the_same_run(house: House, hook: Webhook) -> None:
    house.environ |= {"HOOK": hook.ours}
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port)), channels=[FIRST, SECOND])
        ran = house.run("--no-survey")
    assert ran.code == OPEN
    assert len(hook.received) == 1
    assert "FIRST" in ran.err


def test_a_drill_from_end_to_end_and_its_report(house: House, hook: Webhook) -> None:
    house.environ |= {"FIRST": hook.ours, "HOOK": hook.ours}
    house.declare(asset("nas", ("127.0.0.1", 9)), channels=[FIRST, SECOND])
    ran = house.ask("drill")
    assert (ran.code, ran.out) == (NOTHING_OPEN, "")
    assert [one.json()["title"].partition(":")[0] for one in hook.received] == ["DRILL", "DRILL"]
    report = house.ask("drill", "--report", "--json")
    assert report.code == NOTHING_OPEN
    assert {one["channel"] for one in report.lines} == {"first", "second"}
    for one in report.lines:
        assert 0 <= one["seconds_to_accept"] < 60
        assert one["seconds_to_answer"] is None
    hook.always = Reply(500)
    assert house.ask("drill", "--party", "region").code == BLIND
    assert house.ask("drill", "--party", "nobody").code == 2
    assert len(house.ask("drill", "--report", "--json").lines) == 4


def test_lying_controls_end_a_drill_before_anybody_is_told(house: House, hook: Webhook) -> None:
    house.environ |= {"FIRST": hook.ours, "HOOK": hook.ours}
    nowhere = {"address": "127.0.0.1", "port": 9}
    house.declare(
        asset("nas", ("127.0.0.1", 9)), channels=[FIRST, SECOND], controls={"open": nowhere, "closed": nowhere}
    )
    ran = house.ask("drill")
    assert (ran.code, "BLIND" in ran.err, hook.received) == (BLIND, True, [])


def test_two_runs_on_one_ledger_tell_each_thing_once(house: House, hook: Webhook, recordings: Tree) -> None:
    channels = [{"id": f"c{n}", "party": "storage", "url": "env:HOOK"} for n in range(4)]
    hook.always = Reply(after=0.5)
    with nginx(recordings.path) as server:
        house.environ["HOOK"] = hook.ours
        house.declare(asset("nas", (server.host, server.port)), channels=channels)
        house.ask("run", "--no-alerts", "--no-survey")
        with house.beside("run", "--no-survey") as one, house.beside("run", "--no-survey") as other:
            assert [one.wait(60), other.wait(60)] == [OPEN, OPEN]
    with sqlite3.connect(house.database) as ledger:
        assert ledger.execute("SELECT state, count(*) FROM dues GROUP BY state").fetchall() == [("sent", 4)]
        assert ledger.execute("SELECT count(*) FROM deliveries").fetchone() == (4,)
    assert len(hook.received) == 4
