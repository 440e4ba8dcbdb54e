"""What screens and API show: each model holds what is its scope's, and nothing of another vendor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.inventory.model.installation.web import WebRole
from monitor.store.access.scope import ScopedLedger
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import NewMessage
from monitor.web.identity.grants import Held, Seen, seen
from monitor.web.read import coverage, finding, messages, parties, rounds
from monitor.web.read.head import head
from tests.monitor.web.house import CANARY, NOW, House, house

LATER = NOW + timedelta(minutes=1)


class View:
    """The house as one grant sees it."""

    def __init__(self, at: House, role: WebRole, party: str) -> None:
        self.house = at
        self.seen: Seen = seen(at.inventory, Held(role, party))
        self.ledger: Ledger = ScopedLedger(at.path, self.seen.scope)
        self.head = head(self.ledger, self.seen, LATER)


@pytest.fixture
def view(tmp_path: Path) -> Iterator[Callable[[WebRole, str], View]]:
    at = house(tmp_path)
    opened: list[View] = []

    def make(role: WebRole, party: str) -> View:
        opened.append(View(at, role, party))
        return opened[-1]

    yield make
    for one in opened:
        one.ledger.close()


def everything(of: View) -> dict[str, Any]:
    ids = [one.id for one in of.house.findings.values()]
    chosen = [one.id for one in of.seen.inventory.assets]
    return {
        "head": of.head.answers,
        "findings": [finding.one_finding(of.ledger, of.seen, id_, LATER) for id_ in ids],
        "assets": coverage.assets(of.head.states, of.seen),
        "reasons": list(of.head.reasons),
        "places": coverage.places(of.ledger, ["alpha-disk", "beta-disk", "own-site"], LATER),
        "days": coverage.days(of.ledger, chosen, LATER.date(), 2),
        "parties": parties.parties(of.ledger, of.seen, of.head.tallies, LATER),
        "contracts": parties.contracts(of.seen, of.head.tallies, LATER.date()),
        "messages": [messages.one_message(of.ledger, str(n)) for n in range(1, 9)],
        "listed": messages.messages(of.ledger, 2**40, 50),
        "rounds": rounds.rounds(of.ledger, of.seen),
        "drills": rounds.drills(of.ledger),
    }


def test_a_vendor_reads_its_own_and_nothing_of_another(view: Callable[[WebRole, str], View]) -> None:
    for mine, other in (("beta", "alpha"), ("alpha", "beta"), ("sub", "beta")):
        text = json.dumps(everything(view(WebRole.APPROVER, mine)))
        asset = "beta-disk" if mine == "beta" else "alpha-disk"
        foreign = "alpha-disk" if mine == "beta" else "beta-disk"
        assert CANARY[asset] in text
        assert CANARY[foreign] not in text
        assert f'"{other}' not in text


def test_a_finding_has_one_timeline_and_what_is_not_known(view: Callable[[WebRole, str], View]) -> None:
    of = view(WebRole.VIEWER, "region")
    value = finding.one_finding(of.ledger, of.seen, of.house.findings["alpha-disk"].id.lower(), LATER)
    assert value is not None
    assert [line["axis"] for line in value["timeline"]] == ["seen", "told", "told", "told"]
    assert {line["party"] for line in value["timeline"][1:]} == {"region", "alpha", "sub"}
    assert value["not_known"] == ["start", "survey", "cause"]
    assert {clock["party"] for clock in value["clocks"]} == {"region", "alpha", "sub"}
    sub = view(WebRole.VIEWER, "sub")
    mine = finding.one_finding(sub.ledger, sub.seen, value["id"], LATER)
    assert mine is not None
    assert {clock["party"] for clock in mine["clocks"]} == {"sub"}
    for wrong in ("LO-0", "", "x" * 500, "LO-" + "0" * 10):
        assert finding.one_finding(of.ledger, of.seen, wrong, LATER) is None


def test_coverage_says_what_was_looked_at_and_what_not(view: Callable[[WebRole, str], View]) -> None:
    of = view(WebRole.VIEWER, "region")
    listed = coverage.assets(of.head.states, of.seen)
    assert [(one["asset"], one["status"]) for one in listed] == [
        ("alpha-disk", "open"), ("beta-disk", "open"), ("own-site", "closed"),
    ]  # fmt: skip
    heat = coverage.days(of.ledger, ["own-site", "beta-disk"], LATER.date(), 3)
    assert [day["state"] for day in heat["own-site"]] == ["unseen", "unseen", "closed"]
    assert [day["state"] for day in heat["beta-disk"]][-1] == "open"
    one = coverage.of_one(of.ledger, of.seen, of.head.states, "own-site", LATER)
    assert one is not None
    assert one["places"][0]["verdict"] == "clear"
    assert one["places"][0]["longest_gap_seconds"] == 59.0, "from the look until now"
    assert one["coverage"] is None, "it was not due yet"
    beta = view(WebRole.VIEWER, "beta")
    assert coverage.of_one(beta.ledger, beta.seen, beta.head.states, "own-site", LATER) is None
    late = head(of.ledger, of.seen, LATER + timedelta(days=1))
    assert {one["status"] for one in late.reasons} == {"open", "not seen"}
    assert coverage.of_status(late.states, ("closed",)) == []


def test_parties_contracts_and_their_routes(view: Callable[[WebRole, str], View]) -> None:
    of = view(WebRole.VIEWER, "region")
    rows = {one["id"]: one for one in parties.parties(of.ledger, of.seen, of.head.tallies, LATER)}
    assert {key: (row["assets"], row["judged"], row["open"]) for key, row in rows.items()} == {
        "region": (3, 3, 2), "alpha": (1, 1, 1), "sub": (1, 1, 1), "beta": (1, 1, 1),
    }  # fmt: skip
    assert rows["beta"]["routes"] == [{"channel": "beta-oncall", "confirmed": False, "confirmed_at": None}]
    assert [one["id"] for one in parties.contracts(of.seen, of.head.tallies, LATER.date())] == [
        "c-alpha",
        "c-beta",
        "c-sub",
    ]
    sub = view(WebRole.VIEWER, "sub")
    others = {one["id"]: one["routes"] for one in parties.parties(sub.ledger, sub.seen, sub.head.tallies, LATER)}
    assert others["region"] is None


def test_messages_are_paged_and_their_text_is_their_partys(view: Callable[[WebRole, str], View]) -> None:
    of = view(WebRole.VIEWER, "beta")
    first, following = messages.messages(of.ledger, 2**40, 1)
    rest, end = messages.messages(of.ledger, following or 0, 5)
    assert [one["party"] for one in (*first, *rest)] == ["region", "beta"] or end is None
    mine = next(one for one in (*first, *rest) if one["party"] == "beta")
    whole = messages.one_message(of.ledger, str(mine["id"]))
    assert whole is not None
    assert CANARY["beta-disk"] in whole["tries_made"][0]["text"]
    other = next(one for one in (*first, *rest) if one["party"] == "region")
    theirs = messages.one_message(of.ledger, str(other["id"]))
    assert theirs is not None
    assert (theirs["tries_made"][0]["text"], theirs["channel"], theirs["accepted"] is not None) == ("", "", True)
    assert messages.messages(of.ledger, 2**40, 9, states=("dead", "held"))[0] == []
    for wrong in ("0", "x", "9" * 40, "-1", "1;"):
        assert messages.one_message(of.ledger, wrong) is None


def test_totals_of_rounds_are_the_operators(view: Callable[[WebRole, str], View]) -> None:
    runs = view(WebRole.OPERATOR, "region")
    assert rounds.rounds(runs.ledger, runs.seen)[0]["requests"] == 3
    assert set(rounds.rounds(view(WebRole.VIEWER, "beta").ledger, view(WebRole.VIEWER, "beta").seen)[0]) == {
        "id", "started", "ended", "blind",
    }  # fmt: skip


def test_the_head_says_what_does_not_get_out(tmp_path: Path) -> None:
    at = house(tmp_path)
    ledger = Ledger(at.path)
    ours = at.findings["beta-disk"]
    ledger.owe((NewMessage(f"{ours.id}/2/x", ours.id, 2, "grown", "beta-oncall", "beta", "high", "{}"),), NOW)
    with ledger.step():
        ledger.execute("DELETE FROM deliveries")
    ledger.close()
    of = View(at, WebRole.VIEWER, "beta")
    tell = of.head.answers["tell"]
    assert (tell["well"], tell["told_to_nobody"], tell["late"], tell["last_accepted"]) == (False, 0, 0, None)
    late = head(of.ledger, of.seen, NOW + timedelta(minutes=20)).answers["tell"]
    assert (late["told_to_nobody"], late["late"]) == (1, 1)
    of.ledger.close()
