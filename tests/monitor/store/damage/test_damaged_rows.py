"""Rows that were damaged: each costs itself alone, is kept, and is said; what can be read of it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.damage import tell_damage
from monitor.alerts.messages.new_messages import messages_for
from monitor.findings.decide import Look, Policy, seen_clear
from monitor.findings.finding import Finding, State, Step
from monitor.rounds.batch.on_file import on_file
from monitor.store.damage import damaged_rows
from monitor.store.ledger import Ledger
from monitor.store.looks import owed as owed_batches
from monitor.store.looks.days import looks_since
from monitor.store.messages import events
from monitor.store.messages.queued import DueState, Outcome
from monitor.store.rows import when
from monitor.store.schema.stored import RowDamaged
from monitor.store.tables import rounds
from monitor.store.tables.rounds import RoundKind
from monitor.store.thread import LedgerThread
from tests.monitor.alerts.builders import NOON, Clock, change, finding, inventory, outbox, owed
from tests.monitor.findings.builders import closed
from tests.monitor.store.builders import looked
from tests.servers.webhook import Webhook

WRONG = ("{nonsense", "{}", b"\xff\xfe")
POLICY = Policy("exempel", "recordings", clear_looks=1, clear_over=timedelta())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[LedgerThread]:
    """A ledger with a finding that was told, a round, a look and a batch."""
    made = LedgerThread(tmp_path / "a.db", lambda: NOON)
    made._pool.submit(_fill, made._ledger).result()
    yield made
    made.close()


def _fill(ledger: Ledger) -> None:
    rounds.begin(ledger, "r1", RoundKind.ROUND, NOON, "internet-1", "digest")
    told = messages_for(finding(), change(Step.OPENED), inventory())
    with ledger.step():
        ledger.save(finding(), change(Step.OPENED), "r1", NOON, tuple(m for m in told if m.channel == "voice-oncall"))
        ledger.looked(["voice-nas"], "", NOON)
        row = ("b1", "v", "n", '["voice-nas"]', '["p"]', "x", 1, 0, "2026-10-01T12:00:00.000Z", "2026-10-01T13:00:00Z")
        ledger.execute("INSERT INTO owed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", *row)


async def _damage(ledger: LedgerThread, table: str, column: str, wrong: str | bytes) -> None:
    def write(on: Ledger) -> None:
        with on.step():
            on.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT)", wrong)  # noqa: S608  names of ours

    await ledger(write)


def _everything(ledger: Ledger) -> tuple[Finding, ...]:
    """Read what rounds and messages rest on."""
    ledger.due(NOON + timedelta(days=1))
    events.of_finding(ledger, finding().id)
    rounds.last(ledger)
    ledger.looks()
    owed_batches.late(ledger, NOON + timedelta(days=9))
    return ledger.findings()


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("findings", "state"),
        ("findings", "severity"),
        ("findings", "first_seen"),
        ("findings", "body"),
        ("dues", "severity"),
        ("dues", "created"),
        ("dues", "taken"),
        ("rounds", "started"),
        ("rounds", "blind"),
        ("looks", "at"),
        ("owed", "assets"),
    ],
)
async def test_a_damaged_row_stops_nothing_and_its_finding_stays_open(
    ledger: LedgerThread, table: str, column: str, wrong: str | bytes
) -> None:
    if (column, wrong) in {("taken", "{}"), ("assets", "{}")}:
        pytest.skip("that can be read: there is nothing in it")
    await _damage(ledger, table, column, wrong)
    (stands,) = await ledger(_everything)
    assert stands.state is State.EXPOSED
    assert (stands.place, stands.sequence) == (finding().place, 1)
    assert len(await ledger(lambda on: damaged_rows.on_file(on, NOON))) == 1
    assert await ledger(_everything) == (stands,)


async def test_a_damaged_row_is_kept_and_told_once_to_those_who_run_leftopen(ledger: LedgerThread) -> None:
    await _damage(ledger, "findings", "body", "{nonsense")
    await ledger(_everything)
    for _ in range(2):
        await ledger(lambda on: tell_damage(on, inventory(), NOON))
    (told,) = [due.owed for due in await ledger(lambda on: on.due(NOON)) if due.owed.step == "damaged"]
    assert told.channel == "ours"
    assert finding().id in told.facts
    assert "{nonsense" in (await ledger(lambda on: on.rows("SELECT row FROM damaged_rows")))[0]["row"]


async def test_what_is_left_of_a_finding_closes_only_by_clear_looks_of_its_own(ledger: LedgerThread) -> None:
    await _damage(ledger, "findings", "body", "{nonsense")
    (stands,) = await ledger(_everything)
    elsewhere = Look("voice-nas", "http-listing", "http://other:80", NOON)
    there = replace(elsewhere, endpoint=finding().seen[0].endpoint)
    assert seen_clear(stands, closed(), elsewhere, POLICY).finding.state is State.EXPOSED
    assert seen_clear(stands, closed(), there, POLICY).finding.state is State.CLEARED


async def test_a_finding_under_another_asset_is_found_again(ledger: LedgerThread) -> None:
    await _damage(ledger, "findings", "asset", "other")

    def again(on: Ledger) -> None:
        with on.step():
            on.save(finding(), change(Step.OPENED), "r1", NOON)

    with pytest.raises(Exception, match="never replaced"):
        await ledger(again)
    assert (await ledger(lambda on: on.on_file("voice-nas"))).keys() == {finding().fingerprint}


@pytest.mark.parametrize(
    ("column", "wrong"), [("facts", "{nonsense"), ("facts", "{}"), ("created", "x"), ("state", "x")]
)
async def test_an_alert_whose_row_is_damaged_is_written_anew_and_the_others_are_sent(
    ledger: LedgerThread, hook: Webhook, column: str, wrong: str
) -> None:
    await _damage(ledger, "dues", column, wrong)
    await ledger(lambda on: on.owe((owed("voice-oncall", finding_="LO-OTHER"),), NOON))
    # What is in no state at all is looked for.
    await ledger(lambda on: tell_damage(on, inventory(), NOON))
    drained = await outbox(ledger, inventory(), {"VOICE": hook.apprise}, Clock()).drain_once()
    assert drained.count(Outcome.ACCEPTED) == 2
    titles = {request.json()["title"] for request in hook.received}
    assert any(title.startswith("CRITICAL: recorded calls") for title in titles)
    assert {due.state for due in await ledger(lambda on: events.of_finding(on, finding().id))} == {DueState.SENT}


async def test_a_message_that_cannot_be_written_anew_is_a_dead_letter(ledger: LedgerThread) -> None:
    await _damage(ledger, "dues", "facts", "{")
    await _damage(ledger, "dues", "sequence", "9")
    await ledger(lambda on: on.owe((owed("voice-oncall", finding_="LO-OTHER"),), NOON))
    assert await ledger(lambda on: damaged_rows.set_aside(on, NOON)) == 1
    (dead,) = await ledger(lambda on: events.of_finding(on, finding().id))
    assert dead.state is DueState.DEAD
    assert [due.owed.finding for due in await ledger(lambda on: on.due(NOON))] == ["LO-OTHER"]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("series", "at"),
        ("series", "slots"),
        ("series", "front"),
        ("place_rows", "at"),
        ("place_rows", "last_clear"),
    ],
)
async def test_what_is_on_file_of_a_look_is_damaged_and_the_next_look_is_recorded(
    ledger: LedgerThread, table: str, column: str, wrong: str | bytes
) -> None:
    # Of an endpoint that has answered: a round reads what rests there.
    asked = tuple(replace(one, front="0123456789abcdef") for one in looked().asked)
    seen = replace(looked(), asset="voice-nas", asked=asked)

    def look(on: Ledger) -> int:
        with on.step():
            return on.record("r1", seen)

    await ledger(look)
    await _damage(ledger, table, column, wrong)
    for _ in range(2):
        # As a round does: it reads what was seen, looks, and puts that on file.
        await ledger(lambda on: on_file(on, inventory().assets, NOON))
        await ledger(look)
    places = await ledger(lambda on: on.rows("SELECT place, verdict, at FROM places"))
    assert [(row["verdict"], when(row["at"])) for row in places] == [("exposed", seen.ended)]
    assert await ledger(lambda on: looks_since(on, "voice-nas", None)) == 3


async def test_where_nothing_is_damaged_nothing_is_set_aside(ledger: LedgerThread) -> None:
    assert await ledger(lambda on: damaged_rows.set_aside(on, NOON)) == 0

    def refuse(_: Ledger) -> None:
        raise RowDamaged

    with pytest.raises(RowDamaged):
        await ledger(refuse)


async def test_a_question_into_a_damaged_body_finds_it(ledger: LedgerThread) -> None:
    await _damage(ledger, "findings", "body", "{nonsense")
    sql = "SELECT json_extract(body, '$.network') AS network FROM findings"
    assert [row["network"] for row in await ledger(lambda on: on.rows(sql))] == [None]
    assert len(await ledger(lambda on: damaged_rows.on_file(on, NOON))) == 1


async def test_what_stood_in_damaged_rows_is_deleted_at_its_age_a_few_at_a_time(ledger: LedgerThread) -> None:
    for days in (400, 300, 200, 0):
        await _damage(ledger, "findings", "body", f"{{{days}")
        old = NOON - timedelta(days=days)
        assert await ledger(lambda on, at=old: damaged_rows.set_aside(on, at)) == 1  # type: ignore[misc]
    before = NOON - timedelta(days=100)
    assert [await ledger(lambda on: damaged_rows.delete_older(on, before, 2)) for _ in range(3)] == [2, 1, 0]
    assert [one.at for one in await ledger(lambda on: damaged_rows.on_file(on, NOON - timedelta(days=999)))] == [NOON]


@pytest.mark.parametrize(
    "wrong",
    ["2026-10-01T12:00:00", "20261001T120000Z", "2026-W40-4T12:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"],
)
@pytest.mark.parametrize(
    ("table", "column"),
    [("findings", "first_seen"), ("findings", "last_seen"), ("dues", "created"), ("dues", "due"), ("looks", "at")],
)
async def test_a_time_that_cannot_have_been_written_is_damage_and_stops_nothing(
    ledger: LedgerThread, hook: Webhook, table: str, column: str, wrong: str
) -> None:
    await _damage(ledger, table, column, wrong)
    await ledger(lambda on: on_file(on, inventory().assets, NOON))
    (stands,) = await ledger(_everything)
    assert stands.state is State.EXPOSED
    assert stands.first_seen <= NOON <= stands.last_seen + timedelta(days=1)
    # A time that sorts behind every other one is never asked for by it.
    late = await outbox(ledger, inventory(), {"VOICE": hook.apprise}, Clock()).drain_once()
    assert late.count(Outcome.ACCEPTED) == 1
    await ledger(_everything)


async def test_of_two_that_meet_the_same_damaged_row_at_once_both_go_on(ledger: LedgerThread) -> None:
    await _damage(ledger, "findings", "body", "{nonsense")
    other = LedgerThread(ledger.path, lambda: NOON)

    def read(on: Ledger) -> tuple[Finding, ...]:
        try:
            return on.findings()
        except RowDamaged:
            # Just now another process mends it.
            assert asyncio.run(other(lambda theirs: damaged_rows.set_aside(theirs, NOON))) in (0, 1)
            raise

    try:
        assert [one.state for one in await ledger(read)] == [State.EXPOSED]
        assert len(await ledger(lambda on: damaged_rows.on_file(on, NOON))) == 1
    finally:
        other.close()
