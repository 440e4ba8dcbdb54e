"""The command line as people use it: what it says, where it says it, and the code that it ends with."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from monitor.service.parts.looks import LOOK_UP
from tests.acceptance.builders import BLIND, NOTHING_OPEN, OPEN, WRONG, House, asset
from tests.servers import real
from tests.servers.faulty import faulty_beside
from tests.servers.folders import Tree
from tests.servers.listener import Listener
from tests.servers.pages import NAMES, Disk
from tests.servers.webhook import Reply, Webhook
from tests.waiting import until

CHANNEL = {"id": "ours", "party": "region", "url": "env:HOOK", "operator": True}


def test_check_says_every_problem_with_its_line_and_asks_nobody(house: House, never: Listener) -> None:
    house.inventory.write_text(
        "leftopen: 1\n"
        "organisation: {id: region, name: Region, contact: security@region.example}\n"
        "parties:\n"
        "  - {id: region, name: Region, role: king}\n"
        "channels:\n"
        "  - {id: ours, url: 'json://user:hemlig-0rd@127.0.0.1/'}\n"
        "assets:\n"
        f"  - {{id: nas, host: 127.0.0.1, ports: [{never.port}, 99999], owner: nobody, intervall: 5m}}\n",
        "utf-8",
    )
    for command in (("check",), ("run",), ("watch",)):
        ran = house.ask(*command, str(house.inventory))
        assert ran.code == WRONG
        assert ran.out == ""
        for line, word in ((4, "king"), (6, "env:"), (8, "99999"), (8, "intervall"), (8, "nobody")):
            assert any(f"inventory.yaml:{line}:" in said and word in said for said in ran.err.splitlines()), (
                line,
                word,
            )
        assert "hemlig-0rd" not in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("run", "missing.yaml"), "missing.yaml"),
        (("check", "missing.yaml"), "missing.yaml"),
        (("findings",), "leftopen run"),
        (("show", "LO-0000000000"), "leftopen"),
        (("show", "rubbish"), "leftopen run"),
        (("recognise",), "--lines"),
        (("recognise", "missing.html"), "missing.html"),
        (("no-such-command",), "No such command"),
        (("run", "--no-such-option"), "No such option"),
    ],
)
def test_every_mistake_has_its_way_out(house: House, arguments: tuple[str, ...], word: str) -> None:
    ran = house.ask(*arguments)
    assert ran.code == WRONG, ran
    assert ran.out == ""
    assert word in ran.err
    assert "Traceback" not in ran.err


def test_check_says_what_it_would_cost(house: House, never: Listener) -> None:
    house.declare(asset("nas", ("127.0.0.1", never.port), paths=["/a/"]))
    ran = house.ask("check", "inventory.yaml", "--json")
    assert ran.code == 0
    assert "nas" in ran.out
    assert ran.value
    assert json.loads(house.ask("check", "--schema").out)["type"] == "object"


def test_an_asset_that_is_not_there_is_named_with_those_that_are(house: House) -> None:
    house.declare(asset("nas", ("127.0.0.1", 9)))
    ran = house.ask("run", "--asset", "naz")
    assert ran.code == WRONG
    assert "naz" in ran.err
    assert "known: nas" in ran.err


def test_a_run_says_data_on_stdout_and_talk_on_stderr(house: House) -> None:
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port)))
        lines, table = house.run("--no-alerts"), house.ask("run", "--no-alerts")
    assert (lines.code, table.code) == (OPEN, OPEN)
    keys = {
        "asset", "target", "address", "port", "place", "probe", "verdict", "kind", "certainty", "why", "files",
        "directories", "bytes", "partial",
    }  # fmt: skip
    assert len(lines.lines) == 2
    for one in lines.lines:
        assert keys <= set(one), one
    assert "EXPOSED" in table.out
    assert "\x1b" not in table.out + table.err + lines.out, "no colours and no progress in a pipe"


def test_a_ledger_is_read_by_every_command(house: House, hook: Webhook) -> None:
    house.environ["HOOK"] = hook.ours
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port)), channels=[CHANNEL])
        house.run()
    listed = house.ask("findings", "--json")
    assert listed.code == OPEN
    (found,) = listed.lines
    assert (found["files"], found["state"]) == (len(NAMES), "exposed")
    shown = house.ask("show", found["id"], "--json").value
    assert [one["step"] for one in shown["changes"]] == ["opened"]
    assert [(one["channel"], one["state"]) for one in shown["told"]] == [("ours", "sent")]
    assert shown["evidence"][0]["verdict"] == "exposed"
    assert found["id"] in house.ask("show", found["id"]).out
    health = house.ask("health", "inventory.yaml", "--json")
    assert health.code == NOTHING_OPEN, health.out
    assert health.value["well"] is True


def test_no_alerts_leaves_what_is_owed_and_the_next_run_sends_it(house: House, hook: Webhook) -> None:
    house.environ["HOOK"] = hook.ours
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port)), channels=[CHANNEL])
        house.run("--no-alerts")
        assert hook.received == []
        house.run()
    assert len(hook.received) == 1


def test_a_drill_goes_the_real_way_and_says_how_it_ended(house: House, hook: Webhook) -> None:
    house.declare(asset("nas", ("127.0.0.1", 9)), channels=[CHANNEL])
    assert house.ask("alert", "--test", "nobody").code == WRONG
    missing = house.ask("alert", "--test", "ours")
    assert missing.code == BLIND
    assert "HOOK" in missing.err
    house.environ["HOOK"] = hook.ours
    assert house.ask("alert", "--test", "ours").code == NOTHING_OPEN
    assert len(hook.received) == 1
    hook.always = Reply(500)
    refused = house.ask("alert", "--test", "ours")
    assert refused.code == BLIND
    assert f":{hook.port}" not in refused.err


def test_the_catalogue_names_every_probe(house: House) -> None:
    out = house.ask("probes", "--json").lines
    assert {"http-listing", "http-media"} <= {one["name"] for one in out}
    assert all(one["says"] and one["how"] for one in out)


def test_recognise_says_what_a_page_is_one_by_one_and_by_lines(house: House) -> None:
    (house.folder / "page.html").write_bytes(Disk().page())
    (house.folder / "prose.html").write_bytes(b"<h1>Index of /</h1><p>No rows here.</p>")
    one = house.ask("recognise", "page.html", "--url", "http://nas.test/").value
    assert one["is_listing"] is True
    asked = [{"file": "page.html", "url": "http://nas.test/"}, {"file": "prose.html", "url": "http://nas.test/"}]
    ran = house.ask("recognise", "--lines", into="".join(json.dumps(line) + "\n" for line in asked))
    first, second = ran.lines
    assert set(first) >= {"file", "is_listing", "strength", "family", "why", "directories", "files", "partial"}
    assert (first["is_listing"], second["is_listing"]) == (True, False)
    assert [file["name"] for file in first["files"]] == sorted(NAMES)
    bad = house.ask("recognise", "--lines", into='not json\n{"file": "missing", "url": "x"}\n')
    assert "Traceback" not in bad.err


def test_a_database_that_cannot_be_used_is_said(house: House) -> None:
    house.declare(asset("nas", ("127.0.0.1", 9)))
    (house.folder / "bad.db").write_bytes(b"no database" * 1000)
    ran = house.ask("run", "--database", "bad.db")
    assert ran.code in (WRONG, BLIND)
    assert "bad.db" in ran.err
    assert "Traceback" not in ran.err


def test_lying_controls_end_with_three_and_decide_nothing(house: House, hook: Webhook) -> None:
    house.environ["HOOK"] = hook.ours
    with faulty_beside("twin-apache") as server, faulty_beside("500") as broken:
        controls = {
            "open": {"address": broken.host, "port": broken.port},
            "closed": {"address": broken.host, "port": broken.port},
        }
        house.declare(asset("nas", (server.host, server.port)), channels=[CHANNEL], controls=controls)
        ran = house.run()
        assert server.hits == [], "nothing is asked while we cannot see"
    assert ran.code == BLIND
    assert "BLIND" in ran.err
    assert house.ask("findings", "--all", "--json").out == ""
    assert len(hook.received) == 1
    assert house.ask("health", "inventory.yaml").code == BLIND


def test_an_asset_whose_authority_has_ended_is_not_asked(house: House, never: Listener) -> None:
    house.declare(asset("nas", ("127.0.0.1", never.port)))
    value = json.loads(house.inventory.read_text("utf-8"))
    for contract in value["contracts"]:
        contract["authorised_until"] = "2020-01-01"
    house.inventory.write_text(json.dumps(value), "utf-8")
    ran = house.run()
    assert ran.code == BLIND
    assert {(one["verdict"], one["why"]) for one in ran.lines} == {("unknown", "out-of-scope")}


# -- the service


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_watch_stops_cleanly_when_it_is_told_to(house: House, hook: Webhook, kind: signal.Signals) -> None:
    out, err = house.folder / "out", house.folder / "err"
    house.environ["HOOK"] = hook.ours
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port), interval="1s"), channels=[CHANNEL])
        with house.beside("-v", "watch", out=out, err=err) as program:
            until(lambda: hook.received, "an alert")
            program.send_signal(kind)
            code = program.wait(40)
    assert code == 0, err.read_text("utf-8")
    assert "Traceback" not in err.read_text("utf-8")
    assert out.read_text("utf-8") == ""
    assert house.states() == ["exposed"]
    assert len(hook.received) == 1


def test_watch_reads_a_changed_inventory_and_keeps_the_old_one_when_it_is_broken(
    house: House, recordings: Tree
) -> None:
    err = house.folder / "err"
    with real.nginx(recordings.path) as first, real.nginx(recordings.path) as second:
        one = asset("one", (first.host, first.port), interval="1s")
        two = asset("two", (second.host, second.port), interval="1s")
        house.declare(one)
        with house.beside("-v", "watch", err=err) as program:
            until(lambda: house.database.exists() and _count(house) == 1, "a finding")
            house.inventory.write_text("leftopen: 1\nassets: [\n", "utf-8")
            time.sleep(LOOK_UP + 1)
            before = first.asked().count("\n")
            until(lambda: first.asked().count("\n") > before + 3, "looks by the old inventory")
            assert program.poll() is None
            house.declare(one, two)
            os.utime(house.inventory)
            until(lambda: _count(house) == 2, "a look at the new asset")
            program.send_signal(signal.SIGTERM)
            assert program.wait(40) == 0
    assert "the one before stays" in err.read_text("utf-8")


def _count(house: House) -> int:
    try:
        return len(house.states())
    except Exception:  # noqa: BLE001  the tables may not be there yet
        return 0


def test_the_ledger_lies_where_systemd_says(house: House, tmp_path: Path) -> None:
    house.environ["STATE_DIRECTORY"] = str(tmp_path / "state")
    house.declare(asset("nas", ("127.0.0.1", 9)))
    house.run()
    assert (tmp_path / "state" / "leftopen.db").exists()
    assert not house.database.exists()


def test_a_place_is_printed_while_others_are_looked_at(house: House) -> None:
    """Into a pipe or a file too, where nothing is sent on by itself before there are kilobytes of it."""
    out = house.folder / "lines.jsonl"
    with faulty_beside("twin-apache") as server, socket.create_server(("127.0.0.1", 0)) as mute:
        times = {"connect": "100s", "read": "100s", "ask": "200s"}
        at, silent = asset("nas", (server.host, server.port)), asset("mute", mute.getsockname())
        house.declare(at, silent, defaults={"timeouts": times})
        with house.beside("run", "--json", "--no-alerts", out=out) as program:
            line = until(
                lambda: out.read_text("utf-8").partition("\n")[0] if out.exists() else "", "a line of the first"
            )
            assert program.poll() is None, "the round goes on"
    assert json.loads(line)["asset"] == "nas"
