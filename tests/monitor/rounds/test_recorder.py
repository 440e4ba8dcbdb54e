"""The recorder: one observation that cannot be recorded costs itself, and nobody is told of what people dismissed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.findings import handling as acts
from monitor.findings.finding import State, finding_id, fingerprint
from monitor.findings.handling import Action
from monitor.findings.observation import Observation
from monitor.rounds.recorder import Recorder
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from probes.api import Clear, Exposed, Place, Unknown, Verdict, WebTarget
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from tests.monitor.findings.builders import CALLS, NOON, ROOT, entry, listing, opened
from tests.monitor.network.rounds import inventory

CHANNELS = [{"id": "vendor-mail", "party": "vendor", "url": "env:NONE"}]
DECLARED = inventory({"id": "nas", "host": "nas.test", "addresses": ["192.0.2.1"]}, channels=CHANNELS)
TARGET = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 443, tls=True)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[LedgerThread]:
    made = LedgerThread(tmp_path / "leftopen.db")
    yield made
    made.close()


async def recorder(
    ledger: LedgerThread,
    id_: str = "r1",
    at: datetime = NOON,
    kind: RoundKind = RoundKind.ROUND,
) -> Recorder:
    await ledger(lambda led: rounds.begin(led, id_, kind, at, "v", "i"))
    return Recorder(id_, kind, DECLARED, ledger, lambda: at, None)


def observed(verdict: Exposed, at: datetime = NOON) -> Observation:
    return Observation("nas", "http-listing", TARGET, at, at, (), (verdict,))


def step_of(ledger: Ledger, finding: str, action: Action | acts.Refused) -> None:
    assert isinstance(action, Action)
    with ledger.step():
        actions.append(ledger, finding, action)


async def test_an_observation_that_the_ledger_refuses_costs_itself_alone(
    ledger: LedgerThread, caplog: pytest.LogCaptureFixture
) -> None:
    poison = observed(opened(place=Place("nas.test", 443, "/poison/")))
    one = await recorder(ledger)
    # A constraint of the database stands in for whatever a bug of ours could break.
    refused = (
        "CREATE TRIGGER poison BEFORE INSERT ON place_rows WHEN NEW.place LIKE '%poison%' "
        "BEGIN SELECT RAISE(ABORT, 'poison'); END"
    )
    await ledger(lambda led: led.execute(refused))
    with caplog.at_level(logging.ERROR):
        await one.take([observed(opened()), poison, observed(opened(place=Place("nas.test", 8080, "/")))])
    found = await ledger(lambda led: {str(finding.place) for finding in led.findings()})
    assert found == {"nas.test/", "nas.test:8080/"}
    assert any("could not be judged" in record.getMessage() for record in caplog.records)


async def test_nobody_is_told_of_a_dismissed_finding_that_looks_the_same_and_is_more(ledger: LedgerThread) -> None:
    one = await recorder(ledger)
    await one.take([observed(opened())])
    (finding,) = await ledger(lambda led: led.findings())
    told = await ledger(lambda led: queries.messages_about(led, finding.id))
    assert [message.step for message in told] == ["opened"]

    def dismissed(led: Ledger) -> None:
        for by in ("Anna", "Eva"):
            stands = acts.fold(actions.of_finding(led, finding.id), finding)
            step_of(led, finding.id, acts.dismiss(finding, stands, NOON, by, "made-up data"))

    await ledger(dismissed)
    later = NOON + timedelta(hours=1)
    again = await recorder(ledger, "r2", later)
    more = listing(*CALLS, *(entry(f"more-{n}.wav") for n in range(90)))
    await again.take([replace(observed(opened(page=more), later))])
    (finding,) = await ledger(lambda led: led.findings())
    changes = await ledger(lambda led: queries.changes(led, finding.id))
    assert [change.step.value for change in changes] == ["opened", "grown"]
    told = await ledger(lambda led: queries.messages_about(led, finding.id))
    assert [message.step for message in told] == ["opened"], "it grew, and it is still dismissed"


async def test_only_rounds_are_told_as_requests_of_ours(ledger: LedgerThread) -> None:
    for number, kind in enumerate((RoundKind.ROUND, RoundKind.ROUND, RoundKind.ACCOUNT)):
        # An account's id sorts behind every round's, and another id may look like anything.
        id_ = f"{'account-' if kind is RoundKind.ACCOUNT else ''}20261001T12000{number}Z-abcdef"
        one = await recorder(ledger, id_, NOON + timedelta(seconds=number), kind)
        seen = observed(opened(), NOON + timedelta(seconds=number))
        await one.take([seen if kind is RoundKind.ROUND else replace(seen, probe="bucket-config")])
    found = await ledger(lambda led: rounds.at_asset(led, "nas", None))
    assert found == ("20261001T120000Z-abcdef", "20261001T120001Z-abcdef", 2)
    listed = await ledger(lambda led: [row.id for row in rounds.last(led)])
    assert listed == ["20261001T120001Z-abcdef", "20261001T120000Z-abcdef"]


async def test_only_clear_looks_from_the_same_network_close(ledger: LedgerThread) -> None:
    at, shut = NOON, Clear(Place("nas.test", 443, "/"), "listing", ClosedReason.NOT_FOUND)
    one = await recorder(ledger)
    await one.take([observed(opened()), replace(observed(opened()), network="sjunet")])
    found = await ledger(lambda led: {finding.network: finding for finding in led.findings()})
    assert found.keys() == {"", "sjunet"}, "two exposures, each with an id of its own"
    assert found[""].id == finding_id(fingerprint("region", "nas", "listing", Place("nas.test", 443, "/")))
    for number in range(2, 7):
        at += timedelta(minutes=15)
        one = await recorder(ledger, f"r{number}", at)
        look = replace(observed(opened()), started=at, ended=at, verdicts=(shut,))
        # The look of this installation names no network, or its own: both are the same.
        await one.take([replace(look, network="internet" if number % 2 else "")])
        await one.looked(["nas"], at, {"nas": frozenset()}, "internet")
    states = await ledger(lambda led: {finding.network: finding.state for finding in led.findings()})
    assert states == {"": State.CLEARED, "sjunet": State.EXPOSED}
    assert not any(one.missed for one in found["sjunet"].seen)


@pytest.mark.parametrize(
    ("shows", "state"),
    [
        (Unknown(ROOT, "listing", NoAnswerReason.TLS_FAILED), State.EXPOSED),
        (Unknown(ROOT, "listing", UndecidedReason.DRAWN_BY_SCRIPT), State.EXPOSED),
        (Clear(ROOT, "listing", ClosedReason.NOT_SPOKEN), State.EXPOSED),
        (None, State.EXPOSED),
        (opened(), State.EXPOSED),
        (Clear(ROOT, "listing", ClosedReason.LOGIN_DEMANDED), State.CLEARED),
    ],
    ids=["no handshake", "a shell", "not spoken either", "not looked at", "a listing", "a login"],
)
async def test_a_port_that_went_over_to_tls_closes_only_when_it_is_judged_there(
    ledger: LedgerThread, shows: Verdict | None, state: State
) -> None:
    clear_text, not_spoken = replace(TARGET, tls=False), Clear(ROOT, "listing", ClosedReason.NOT_SPOKEN)
    one = await recorder(ledger)
    await one.take(
        [replace(observed(opened()), target=clear_text), replace(observed(opened()), verdicts=(not_spoken,))]
    )
    for number in range(1, 6):
        at = NOON + timedelta(minutes=15 * number)
        one = await recorder(ledger, f"r{number + 1}", at)
        looks = [replace(observed(opened(), at), target=clear_text, verdicts=(not_spoken,))]
        if shows is not None:
            looks.append(replace(observed(opened(), at), verdicts=(shows,)))
        await one.take(looks)
    (finding,) = await ledger(lambda led: led.findings())
    assert finding.state is state


@pytest.mark.parametrize(
    ("shows", "state"),
    [
        (Unknown(ROOT, "listing", NoAnswerReason.TIMED_OUT), State.EXPOSED),
        (Unknown(ROOT, "listing", UndecidedReason.DRAWN_BY_SCRIPT), State.EXPOSED),
        (opened(), State.EXPOSED),
        (Clear(ROOT, "listing", ClosedReason.LOGIN_WALL), State.CLEARED),
        (None, State.CLEARED),
    ],
    ids=["silence", "a shell", "a listing", "a login", "the same endpoint"],
)
async def test_clear_text_that_leads_to_tls_closes_only_when_tls_is_judged(
    ledger: LedgerThread, shows: Verdict | None, state: State
) -> None:
    clear_text = replace(TARGET, port=80, tls=False)
    led = Clear(Place("nas.test", 80, "/"), "listing", ClosedReason.LOOKED_AT_THERE)
    one = await recorder(ledger)
    await one.take([replace(observed(opened(place=led.place)), target=clear_text)])
    for number in range(1, 6):
        at = NOON + timedelta(minutes=15 * number)
        one = await recorder(ledger, f"r{number + 1}", at)
        looks = [replace(observed(opened(), at), target=clear_text, verdicts=(led,))]
        if shows is not None:
            looks.insert(0, replace(observed(opened(), at), verdicts=(shows,)))
        await one.take(looks)
    (finding,) = await ledger(lambda led: led.findings())
    assert finding.state is state
