"""Our alerts are dispatches too: the behaviours that the incidents demand of them, by number."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.builders import AUTHORITY, BLIND, NOTHING_OPEN, House, asset
from tests.acceptance.test_secrets import all_of, forms
from tests.servers.folders import Tree
from tests.servers.launch import Server
from tests.servers.real import nginx
from tests.servers.webhook import Webhook

PARTIES = ("region", "vendor", "storage")
WHY = ("--by", "Eva Ek", "--reason", "made up for a test")


@pytest.fixture
def server(recordings: Tree) -> Iterator[Server]:
    with nginx(recordings.path) as one:
        yield one


def declare(house: House, hook: Webhook, server: Server, *, owner: str = "storage", **defaults: Any) -> None:
    """A channel for each party, each with a path of its own at one receiver; the region's is the operators' too."""
    house.environ |= {one.upper(): f"{hook.ours}/{one}" for one in PARTIES}
    channels = [
        {"id": f"{one}-mail", "party": one, "url": f"env:{one.upper()}", "operator": one == "region"} for one in PARTIES
    ]
    contract = {} if owner == "storage" else {"owner": owner, "contract": "care"}
    house.declare(
        asset("nas", (server.host, server.port), **contract),
        channels=channels,
        defaults={"survey": {"automatic": False}, **defaults},
    )


def told(hook: Webhook) -> list[tuple[str, str]]:
    """Who was told what, in order: the receiver's path, and the first line."""
    return [(one.path.rpartition("/")[2], str(one.json()["title"])) for one in hook.received]


def found_in(house: House) -> str:
    (found,) = house.ask("findings", "--all", "--json").lines
    return str(found["id"])


def test_e1_an_unconfirmed_recipient_gets_nothing_but_the_question(house: House, hook: Webhook, server: Server) -> None:
    declare(house, hook, server, confirm_recipients=True)
    house.run()
    assert {who for who, _ in told(hook)} == {"region"}, "only the organisation's own operators, who need no question"
    assert house.ask("confirm", "storage-mail").code == NOTHING_OPEN
    (question,) = [one.json() for one in hook.received if one.path.endswith("/storage")]
    assert question["title"].startswith("Please confirm: Region Exempel wants to send alerts here")
    for secret in (found_in(house), "nas", "recording", "open"):
        assert secret not in (question["title"] + question["message"]).replace("leftopen", "").replace(
            "something is open", ""
        )
    (code,) = re.findall(r"this code: ([a-z]{10})", question["message"])
    assert house.ask("confirm", "storage-mail", "--token", code).code == NOTHING_OPEN
    house.run()
    assert [title for who, title in told(hook) if who == "storage"][1].startswith("CRITICAL: recorded calls open")
    assert "vendor" not in {who for who, _ in told(hook)}


def test_e2_a_recipient_whose_organisation_does_not_own_the_asset_is_held(
    house: House, hook: Webhook, server: Server
) -> None:
    declare(house, hook, server)
    house.run("--no-alerts")
    declare(house, hook, server, owner="vendor")  # the storage company has left the chain since
    house.run()
    assert {who for who, _ in told(hook)} == {"region", "vendor"}
    health = house.ask("health", "--json")
    assert health.code == BLIND
    assert any("storage-mail: 1 message held (not theirs" in fault for fault in health.value["faults"])
    trace = house.ask("trace", "storage-mail")
    assert "held" in trace.out
    assert "not of the chain" in trace.out


def test_d5_a_retraction_reaches_every_earlier_recipient_and_nobody_else(
    house: House, hook: Webhook, server: Server
) -> None:
    declare(house, hook, server)
    house.environ.pop("VENDOR")
    house.run()
    assert {who for who, _ in told(hook)} == {"region", "storage"}
    id_ = found_in(house)
    house.environ["VENDOR"] = f"{hook.ours}/vendor"
    assert house.ask("dismiss", id_, "--by", "Bo Berg", "--reason", "made up").code == NOTHING_OPEN
    house.run()
    assert len(hook.received) == 2, "a grave one takes two persons: nothing is taken back yet"
    before = len(hook.received)
    assert house.ask("dismiss", id_, *WHY).code == NOTHING_OPEN
    house.run()
    house.run()
    later = told(hook)[before:]
    reached = {who for who, _ in told(hook)[:before]}
    assert Counter(who for who, _ in later) == Counter(reached), "once each, and nobody else"
    assert all(title.startswith("RETRACTED") and id_ in title for _, title in later)


def test_e5_the_months_figures_list_misdeliveries_0_included_and_equal_a_recount(
    house: House, hook: Webhook, server: Server
) -> None:
    declare(house, hook, server)
    house.run()
    before = house.ask("statistics", "--json").value
    assert before["misdelivered"] == 0
    assert "misdelivered                      0" in house.ask("statistics").out
    with sqlite3.connect(house.database) as ledger:
        (number,) = ledger.execute("SELECT id FROM dues WHERE channel = 'vendor-mail'").fetchone()
    assert house.ask("misdelivered", str(number), *WHY).code == NOTHING_OPEN
    house.run()
    after = house.ask("statistics", "--json").value
    with sqlite3.connect(house.database) as ledger:
        events = Counter(row[0] for row in ledger.execute("SELECT event FROM postings"))
        steps = Counter(row[0] for row in ledger.execute("SELECT step FROM dues"))
        tries = Counter(ledger.execute("SELECT channel, outcome FROM deliveries").fetchall())
    assert after["misdelivered"] == events["misdelivered"] == 1
    assert {step: n for step, n in after["messages"].items() if n} == dict(steps)
    counted = {(channel, one): n for channel, each in after["tries"].items() for one, n in each.items() if n}
    assert counted == dict(tries)
    assert after["held"] == events["held"]
    assert after["retractions"] == 0


def test_e6_cancelled_in_its_window_leaves_0_deliveries(house: House, hook: Webhook, server: Server) -> None:
    declare(house, hook, server, outside_delay="1h")
    house.run()
    assert {who for who, _ in told(hook)} == {"region"}, "outsiders wait"
    assert house.ask("cancel", found_in(house), *WHY).code == NOTHING_OPEN
    declare(house, hook, server)  # and now without any window
    house.run()
    assert {who for who, _ in told(hook)} == {"region"}
    with sqlite3.connect(house.database) as ledger:
        rows = ledger.execute("SELECT DISTINCT channel FROM deliveries").fetchall()
    assert rows == [("region-mail",)]


def test_g1_a_chain_of_4_parties_has_4_deliveries_each_with_its_part_and_one_id(
    house: House, hook: Webhook, server: Server
) -> None:
    parties = {
        "region": ("Region Exempel", "controller", "sv", "ni är personuppgiftsansvariga"),
        "vendor": ("Careline AB", "processor", "en", "you are a processor"),
        "calls": ("Callcorp Ltd", "sub-processor", "en", "Storage Ltd runs it and must close it"),
        "storage": ("Storage Ltd", "sub-processor", "en", "Do now: you run it"),
    }
    house.environ |= {one.upper(): f"{hook.ours}/{one}" for one in parties}
    house.declare(
        asset("nas", (server.host, server.port), owner="storage", contract="c3"),
        parties=[
            {"id": one, "name": name, "role": role, "language": language}
            for one, (name, role, language, _) in parties.items()
        ],
        contracts=[
            {"id": "c1", "controller": "region", "processor": "vendor", **AUTHORITY},
            {"id": "c2", "controller": "vendor", "processor": "calls", "under": "c1", **AUTHORITY},
            {"id": "c3", "controller": "calls", "processor": "storage", "under": "c2", **AUTHORITY},
        ],
        channels=[{"id": f"{one}-mail", "party": one, "url": f"env:{one.upper()}"} for one in parties],
        defaults={"survey": {"automatic": False}},
    )
    house.run()
    assert sorted(who for who, _ in told(hook)) == sorted(parties)
    id_ = found_in(house)
    for one in hook.received:
        said, who = one.json(), one.path.rpartition("/")[2]
        assert f"({id_}/1)" in said["title"]
        assert parties[who][3] in said["message"], who


def test_g5_a_party_without_a_confirmed_contact_is_said(house: House, hook: Webhook, server: Server) -> None:
    declare(house, hook, server, confirm_recipients=True)
    house.run()
    health = house.ask("health", "--json")
    assert health.code == BLIND
    for party in ("vendor", "storage"):
        assert any(f"no channel of {party} was confirmed or drilled" in one for one in health.value["faults"])
    contacts = [title for who, title in told(hook) if title.startswith("NO CONTACT")]
    assert len(contacts) == 1
    house.run()
    assert len([title for who, title in told(hook) if title.startswith("NO CONTACT")]) == 1, "once a day"


CANARY = "kanariefagel-9f3c1d"


def test_c5_canary_secrets_never_appear_in_the_ledger_the_logs_or_the_alerts(
    house: House, hook: Webhook, tmp_path: Path
) -> None:
    """Planted where we read (names, bytes, headers of a real server), and where our own secrets are."""
    disk = tmp_path / "disk"
    for folder in (disk, disk / f"{CANARY}-folder" / "2019"):
        folder.mkdir(parents=True)
        for number in range(4):
            (folder / f"{CANARY}-0701740612-{number}.wav").write_bytes(b"RIFF" + f"{CANARY}-bytes".encode() * 60)
    headers = "".join(
        f'add_header {one} "{CANARY}-{one}" always; ' for one in ("X-Secret", "Set-Cookie", "X-Powered-By")
    )
    house.environ |= {
        "HOOK": f"json://{CANARY}-user:{CANARY}-pass@127.0.0.1:{hook.port}/hook?%2BX-Key={CANARY}-key",
        "BEAT": f"{hook.url}?{CANARY}-beat",
    }
    said: list[str] = []
    with nginx(disk, extra=headers) as server:
        house.declare(
            asset("nas", (server.host, server.port)),
            channels=[{"id": "storage-oncall", "party": "storage", "url": "env:HOOK", "operator": True}],
            heartbeat={"url": "env:BEAT"},
        )
        for words in (
            ("-v", "run"), ("run", "--json"), ("findings", "--json"), ("health", "--json"), ("statistics", "--json"),
            ("alert", "--test", "storage-oncall"),
        ):  # fmt: skip
            ran = house.ask(*words)
            said.append(ran.out + ran.err)
        id_ = found_in(house)
        for words in (
            ("show", id_, "--json"),
            ("trace", id_),
            ("clock", id_),
            ("draft", id_),
            ("survey", id_, "--json"),
        ):
            ran = house.ask(*words)
            said.append(ran.out + ran.err)
    places = {f"ledger {where}": data for where, data in all_of(house.database).items()}
    places |= {f"said {number}": text.encode() for number, text in enumerate(said)}
    alerts = [one for one in hook.received if one.method == "POST"]
    assert alerts
    places |= {f"alert {number}": one.body for number, one in enumerate(alerts)}
    for where, data in places.items():
        for form in forms(CANARY):
            assert form not in data, where
    assert any(b"nas.test" in data for data in places.values()), "the search itself works"
    assert f"{CANARY}-beat" in " ".join(one.path for one in hook.received), "they did go where they belong"
    assert json.loads(said[2].splitlines()[0])["id"] == id_
