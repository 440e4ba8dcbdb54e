"""The behaviours that the five incidents demand, each by its number, as the program shows them."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.builders import BLIND, NOTHING_OPEN, OPEN, House, asset
from tests.acceptance.switch import switched
from tests.servers import folders
from tests.servers.faulty import FAULTS, faulty_beside
from tests.servers.folders import Tree
from tests.servers.launch import Server, missing
from tests.servers.real import apache, nginx
from tests.servers.webhook import Webhook

CHANNELS: list[dict[str, object]] = [
    {"id": "storage-oncall", "party": "storage", "url": "env:HOOK"},
    {"id": "region-security", "party": "region", "url": "env:HOOK", "operator": True},
]


def messages(hook: Webhook) -> list[dict[str, Any]]:
    """What was told, in order."""
    return [one.json() for one in hook.received]


def findings(house: House) -> list[dict[str, Any]]:
    """What is on file."""
    return house.ask("findings", "--all", "--json").lines


def at(server: Server) -> tuple[str, int]:
    """Where a server is."""
    return server.host, server.port


def test_a1_plain_http_on_443_is_one_high_finding(house: House, recordings: Tree) -> None:
    # 8443 stands for 443: both are ports on which everybody expects TLS, and anybody may serve the one.
    extra = "} server { listen 127.0.0.77:8443; " + f'root "{recordings.path}"; autoindex on;'
    try:
        server = nginx(recordings.path, extra=extra)
        with server as running:
            house.declare(asset("nas", ("127.0.0.77", 8443)))
            ran = house.run()
            log = running.asked()
    except Exception as error:
        if "Address already in use" in str(error):
            missing("127.0.0.77:8443 is taken")
        raise
    assert ran.code == OPEN, ran.err
    (found,) = findings(house)
    assert found["severity"] == "critical"
    shown = json.dumps(house.ask("show", found["id"], "--json").value)
    assert "http-on-8443" in shown
    clear_text = [line for line in log.splitlines() if "leftopen" in line]
    assert clear_text
    assert heard_of_media(clear_text)


def heard_of_media(log: list[str]) -> bool:
    """Whether files were asked for at all; fails when one was asked otherwise than by HEAD or by a few first bytes."""
    asked = [line for line in log if ".wav" in line]
    for line in asked:
        verb, (status, size) = line.split('"')[1].split()[0], line.split('"')[2].split()
        few = verb == "GET" and status == "206" and int(size) <= 4096 and '"bytes=0-' in line
        assert few or (verb == "HEAD" and size in ("0", "-")) or status == "404", line
    return bool(asked)


def test_a1_the_proof_costs_few_requests_and_no_byte_of_media(house: House, tmp_path: Path) -> None:
    tree = folders.tree(_calls(tmp_path / "calls"))
    with apache(tree.path) as server:
        house.declare(asset("nas", at(server)))
        house.run()
        asked = [line for line in server.asked().splitlines() if "leftopen" in line]
    (found,) = findings(house)
    evidence = house.ask("show", found["id"], "--json").value["evidence"][0]
    # The page, a canary, a canary beside the listing, a file with its canary, the second look with its canary.
    assert len(evidence["asked"]) <= 8
    assert heard_of_media(asked)


def _calls(path: Path) -> Path:
    path.mkdir()
    for number in range(6):
        (path / f"in-07017406{number:02d}-1177-20181121-14051{number}-154280551{number}.{number}.wav").write_bytes(
            bytes(900)
        )
    return path


def test_a2_the_same_index_by_ip_and_by_name_is_one_finding_with_two_locations(house: House, recordings: Tree) -> None:
    with apache(recordings.path) as server:
        house.declare(asset("nas", at(server), by_address=True))
        ran = house.run()
    assert {one["target"].split("@")[0] for one in ran.of("nas", "exposed")} == {
        f"http://nas.test:{server.port}", f"http://127.0.0.1:{server.port}",
    }  # fmt: skip
    (found,) = findings(house)
    assert len(found["endpoints"]) == 2, found


def test_a4_a_call_more_between_runs_makes_the_leak_live(house: House, hook: Webhook, tmp_path: Path) -> None:
    path = _calls(tmp_path / "calls")
    for file in path.iterdir():
        _age(file)
    with nginx(path) as server:
        house.environ["HOOK"] = hook.ours
        house.declare(asset("nas", at(server)), channels=CHANNELS)
        house.run()
        assert [one["live"] for one in findings(house)] == [False]
        _age((path / "in-0701740699-1177-20181121-140519-1542805519.9.wav"), create=True)
        house.run()
    (found,) = findings(house)
    assert found["live"] is True
    assert found["files"] == 7
    assert len(hook.received) == 4, [one["title"] for one in messages(hook)]


def _age(file: Path, create: bool = False) -> None:
    import os

    if create:
        file.write_bytes(bytes(900))
    then = (datetime.now(UTC) - timedelta(days=500)).timestamp()
    os.utime(file, (then, then))


def test_the_owner_of_a_log_can_tell_our_requests_from_a_strangers(house: House, hook: Webhook, tmp_path: Path) -> None:
    path = _calls(tmp_path / "calls")
    with nginx(path) as server:
        house.environ["HOOK"] = hook.ours
        house.declare(asset("nas", at(server)), channels=CHANNELS, vantage={"addresses": ["127.0.0.1"]})
        house.run("--no-survey")
        log = [line for line in server.asked().splitlines() if "leftopen" in line]
    text = messages(hook)[0]["message"]
    assert "They come from 127.0.0.1." in text
    (round_,) = re.findall(r"run=(\S+?)\.(?:\s|$)", text)
    assert log
    assert all(line.startswith("127.0.0.1 ") and f"run={round_}" in line for line in log)


def test_a5_empty_year_folders_are_no_media_finding(house: House, tmp_path: Path) -> None:
    for year in ("2016", "2017"):
        (tmp_path / "disk" / "itell" / year).mkdir(parents=True)
    with apache(tmp_path / "disk") as server:
        house.declare(asset("nas", at(server), data="unknown"))
        ran = house.run()
    assert ran.code == OPEN
    (found,) = findings(house)
    assert (found["files"], found["kinds"]) == (0, {})
    assert found["directories"] >= 3
    assert found["severity"] == "medium"


def test_a6_a_folder_of_an_undeclared_customer_is_told_to_the_hosts_owner_alone_and_masked(
    house: House, hook: Webhook, tmp_path: Path
) -> None:
    def customer(name: str) -> None:
        for year in ("2018", "2019"):
            folder = tmp_path / "disk" / name / year / "02"
            folder.mkdir(parents=True)
            (folder / "in-0701740612.wav").write_bytes(b"RIFF" + bytes(900))

    for name in ("careline", "prebus-ambulans"):
        customer(name)
    parties = ("storage", "vendor", "region")
    channels: list[dict[str, Any]] = [
        {"id": f"{one}-mail", "party": one, "url": f"env:{one.upper()}"} for one in parties
    ]
    channels.append({"id": "both", "operator": True, "url": "env:BOTH"})
    for one in (*parties, "both"):
        house.environ[one.upper()] = f"{hook.ours}/{one}"
    told: list[tuple[str, str]] = []

    def look() -> list[str]:
        ran = house.run()
        (found,) = findings(house) or pytest.fail(f"{ran}")
        house.ask("survey", found["id"], str(house.inventory))
        house.run()
        texts = [
            (one.path.rpartition("/")[2], f"{one.json()['title']}\n{one.json()['message']}") for one in hook.received
        ]
        new = texts[len(told) :]
        told.extend(new)
        return [who for who, text in new if "unknown customer" in text]

    with nginx(tmp_path / "disk") as server:
        house.declare(
            asset("nas", at(server)),
            channels=channels,
            parties=[
                {"id": "region", "name": "Region Exempel", "role": "controller"},
                {"id": "vendor", "name": "Careline AB", "role": "processor", "channels": ["both"]},
                {"id": "storage", "name": "Voicecorp Ltd", "role": "sub-processor", "channels": ["both"]},
            ],
            defaults={"survey": {"pace": 1000}},
        )
        assert look() == ["storage"], "once, to whoever runs the host, by a channel that reaches nobody else"
        assert {who for who, _ in told} == {"storage", "vendor", "region", "both"}, "the exposure is told to the chain"
        assert look() == [], "once a folder"
        customer("itell-nord")
        assert look() == ["storage"], "and once for each"
    text = "\n".join(text for _, text in told)
    assert "data of an unknown customer may be open on nas (1 folder)" in text
    assert "Sent to Voicecorp Ltd alone" in text
    said = house.ask("show", findings(house)[0]["id"]).out
    with sqlite3.connect(house.database) as ledger:
        rows = "\n".join(ledger.iterdump())
    for name in ("prebus", "ambulans", "itell", "nord", "0701740612"):
        assert name not in (text + said + rows).lower(), name


def test_a8_an_old_banner_is_a_possibility_and_never_a_verdict(house: House) -> None:
    with faulty_beside("twin-apache") as server:
        house.declare(asset("nas", (server.host, server.port)))
        ran = house.run()
    assert ran.code == OPEN
    (found,) = findings(house)
    shown = house.ask("show", found["id"]).out + json.dumps(house.ask("show", found["id"], "--json").value)
    assert "Apache/2.4.7" in shown
    assert "possible CVEs" in shown
    assert "vulnerable" not in shown.lower()


def test_a9_a_listing_behind_a_login_passes_and_its_proof_is_kept(house: House, recordings: Tree) -> None:
    with apache(recordings.path, password=True) as server:
        house.declare(asset("nas", at(server), paths=["/medicall/"]))
        ran = house.run()
    assert ran.code == NOTHING_OPEN
    spoken = [one for one in ran.lines if one["target"].startswith("http://")]
    assert {(one["verdict"], one["why"]) for one in spoken} == {("clear", "login-demanded")}
    assert findings(house) == []
    import sqlite3

    with sqlite3.connect(house.database) as ledger:
        rows = ledger.execute("SELECT place, why, last_clear FROM places WHERE verdict = 'clear'").fetchall()
    assert {(place.partition("/")[2], why) for place, why, at_ in rows if at_} >= {
        ("", "login-demanded"), ("medicall/", "login-demanded"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["closes-in-body", "length-too-long"])
def test_a10_a_listing_that_breaks_off_while_its_files_answer_is_open_at_least(name: str, house: House) -> None:
    with faulty_beside(name) as server:
        house.declare(asset("nas", (server.host, server.port)), defaults={"budget": {"seconds": 10}})
        ran = house.run()
    assert ran.code == OPEN
    (found,) = findings(house)
    assert found["partial"]


@pytest.mark.parametrize("name", [one for one in ("500", "silent", "accept-reset") if one in FAULTS])
def test_a10_what_fails_or_is_silent_is_unknown(name: str, house: House) -> None:
    with faulty_beside(name) as server:
        house.declare(asset("nas", (server.host, server.port)), defaults={"budget": {"seconds": 10}})
        ran = house.run()
    assert ran.code == BLIND
    lines = [one for one in ran.lines if one["target"].startswith("http://")]
    assert [one["verdict"] for one in lines] == ["unknown"], lines
    assert findings(house) == []
    health = house.ask("health", str(house.inventory), "--json").value
    assert health["assets"]["never seen"] == 1


def test_a10_a_name_that_does_not_resolve_is_unknown(house: House) -> None:
    house.declare({"id": "nas", "host": "nas.test"}, defaults={"resolvers": ["127.0.0.1:9"]})
    ran = house.run()
    assert [(one["verdict"], one["why"]) for one in ran.lines] == [("unknown", "dns-failed")]
    assert ran.code == BLIND


def test_e3_an_alert_holds_no_file_name_number_or_path(house: House, hook: Webhook, recordings: Tree) -> None:
    house.environ["HOOK"] = hook.ours
    with apache(recordings.path) as server:
        house.declare(asset("nas", at(server), paths=["/medicall/2018/"]), channels=CHANNELS)
        ran = house.run()
    assert ran.code == OPEN
    sent = messages(hook)
    assert len(sent) == 3, "the exposure to both, and to its owner that a folder looks like a customer: " + ran.err
    for one in sent:
        text = one["title"] + "\n" + one["message"]
        assert "nas" in text
        for entry in recordings.files:
            assert entry.rpartition(b"/")[2].decode() not in text
        for word in ("medicall", "prebus", "itell", "/2018", "070174", "4670174", ".wav", ".mp3", "127.0.0.1", "sk-"):
            assert word not in text, (word, text)


def test_e4_a_mistyped_id_names_no_other_finding(house: House, recordings: Tree) -> None:
    with nginx(recordings.path) as server:
        house.declare(asset("nas", at(server)))
        house.run()
    (found,) = findings(house)
    right = found["id"]
    assert house.ask("show", right.lower().removeprefix("lo-")).code == 0
    wrong = right[:4] + ("2" if right[4] != "2" else "3") + right[5:]
    ran = house.ask("show", wrong)
    assert ran.code == 2
    assert "there is no finding" in ran.err


def test_a_half_fix_is_caught_and_closing_needs_the_files_closed_too(
    house: House, hook: Webhook, recordings: Tree, tmp_path: Path
) -> None:
    house.environ["HOOK"] = hook.ours
    with switched(recordings.path, tmp_path / "flags") as nas:
        house.declare(nas.asset(), channels=CHANNELS)

        def state() -> str:
            house.run()
            return house.states()[0]

        assert state() == "exposed"
        nas.set("half")
        for _ in range(4):
            assert state() == "exposed", "the index is off, the files are open"
        nas.set("closed")
        assert state() == "clearing"
        assert state() == "cleared"
        assert house.ask("findings").code == NOTHING_OPEN
        nas.set("half")
        assert state() == "exposed", "a file that was open is open again"
        nas.set("gone")
        assert [state(), state()] == ["clearing", "cleared"]
        nas.set("open")
        assert state() == "exposed"
    (found,) = findings(house)
    assert found["reopened"] == 2
    steps = [one["step"] for one in house.ask("show", found["id"], "--json").value["changes"]]
    # The survey has seen the folder of a customer that nobody declared; that says nothing of open or closed.
    steps.remove("undeclared")
    assert steps == ["opened", "clearing", "cleared", "reopened", "clearing", "cleared", "reopened"]
    # Two channels, five steps that are told; each channel hears them in their order.
    assert len([one for one in messages(hook) if "unknown customer" not in one["title"]]) == 10
