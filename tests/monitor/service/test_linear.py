"""Nothing is assets times findings: what the service does again and again is counted, at two sizes of the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from monitor.cli.main import main
from monitor.findings import handling
from monitor.findings.finding import State, fingerprint
from monitor.findings.handling import Action, ActionKind
from monitor.health.examine import examine
from monitor.inventory.model.inventory import Inventory
from monitor.legal.warn import Warner
from monitor.rounds.due.plan import Rhythm, Timetable, turns
from monitor.rounds.vantage import Vantage
from monitor.service.application import Application
from monitor.store.ledger import Ledger
from monitor.store.tables import actions, rounds
from monitor.store.thread import LedgerThread
from probes.api import Place
from tests.counting import Steps, calls, counting
from tests.monitor.findings.builders import NOON
from tests.monitor.network.rounds import inventory
from tests.monitor.store.builders import found


def declared(count: int) -> Inventory:
    assets = [{"id": f"a{n}", "host": f"a{n}.test", "addresses": ["192.0.2.1"], "interval": "1d"} for n in range(count)]
    channels: list[dict[str, object]] = [
        {"id": "mail", "party": "vendor", "url": "env:NONE"},
        {"id": "phone", "party": "vendor", "url": "env:NONE", "after": "15m", "operator": True},
    ]
    return inventory(*assets, channels=channels, defaults={"clear_minutes": 10_000})


def lived(count: int, now: datetime) -> Callable[[Ledger], None]:
    """As many findings as assets: most of them open, some of them acknowledged, each asset just looked at."""

    def fill(ledger: Ledger) -> None:
        with ledger.step():
            for n in range(count):
                first, change = found()
                place = Place(f"a{n}.test", 443, "/")
                id_ = f"LO-{n:010d}"
                print_ = fingerprint("region", f"a{n}", "listing", place)
                state = State.CLEARING if n % 10 == 0 else State.EXPOSED
                one = replace(first, id=id_, fingerprint=print_, asset=f"a{n}", place=place, state=state)
                ledger.save(one, replace(change, finding=id_, at=now - timedelta(hours=1)), "r", now)
                if n % 3 == 0:
                    taken = handling.acknowledge(handling.Handling(), now, "Anna")
                    assert isinstance(taken, Action)
                    actions.append(ledger, id_, taken)
                ledger.execute("INSERT INTO looks (asset, at) VALUES (?, ?)", f"a{n}", now.isoformat())

    return fill


@asynccontextmanager
async def application(folder: Path, count: int) -> AsyncIterator[tuple[Application, list[str]]]:
    """The application on such a ledger, and every statement that it runs."""
    ledger, said = LedgerThread(folder / "leftopen.db"), list[str]()  # which makes the folder
    await ledger(lived(count, NOON))
    async with Application(declared(count), ledger, lambda: NOON + timedelta(minutes=1)) as app:
        await ledger(lambda led: led._connection.set_trace_callback(said.append))
        yield app, said
    ledger.close()


async def statements(folder: Path, count: int, work: Callable[[Application], Awaitable[Any]]) -> int:
    async with application(folder, count) as (app, said):
        await app.run_timers()
        await app.run_timers()
        said.clear()
        await work(app)
        return len(said)


async def test_an_idle_tick_reads_nothing_however_much_there_is(tmp_path: Path) -> None:
    async with application(tmp_path / "a", 60) as (app, said):
        for _ in range(3):  # what the timers owe once is written, and then they rest
            await app.run_timers()
            assert (await app.due())[0] == ()
        said.clear()
        for _ in range(10):
            await app.run_timers()
            await app.due()
        assert {one.strip().upper() for one in said} == {"PRAGMA DATA_VERSION"}
        # What another process writes is seen at once.
        other = Ledger(tmp_path / "a" / "leftopen.db")
        with other.step():
            other.execute("DELETE FROM looks WHERE asset = 'a7'")
        other.close()
        assert (await app.due())[0] == ("a7",)


async def test_what_is_due_after_a_look_is_read_and_computed_for_that_asset_alone(tmp_path: Path) -> None:
    async def after_a_look(count: int) -> list[str]:
        async with application(tmp_path / str(count), count) as (app, said):
            await app.due()
            at = app.now()
            await app.ledger(lambda ledger: rounds.looked(ledger, {"a3": "clear"}, at, at))
            said.clear()
            assert (await app.due())[0] == ()
            return [one for one in said if "FROM looks" in one]

    assert await after_a_look(20) == []

    def at(count: int) -> int:
        table = Timetable([Rhythm(f"a{n}", timedelta(days=1)) for n in range(count)], {}, NOON)
        table.looked({f"a{n}": NOON for n in range(count)}, NOON)
        table.turns(NOON)

        def turn() -> None:
            table.looked({"a3": NOON}, NOON)
            table.hurry((), NOON)
            table.turns(NOON)

        return calls(turn)

    assert at(800) <= at(100) + 3


def test_what_is_open_is_counted_without_reading_each_finding_whole(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "leftopen.db")
    lived(40, NOON)(ledger)
    for n, act in enumerate((ActionKind.DISMISSED, ActionKind.ACCEPTED, ActionKind.INTENDED)):
        with ledger.step():
            actions.append(ledger, f"LO-{n:010d}", Action(act, NOON, "Anna", until=NOON + timedelta(days=9)))
    every = actions.still_exposed(ledger)
    said: list[str] = []
    ledger._connection.set_trace_callback(said.append)
    found = actions.still_open(ledger)
    assert len(said) == 2
    assert not any("*" in one and "findings" in one for one in said)
    assert [one.id for one in found] == [one.id for one, stands in every if stands.standing not in actions.SETTLED]
    assert len(found) == 37
    said.clear()
    assert actions.lived_with(ledger) == tuple(one for one in every if one[1].standing in actions.SETTLED)
    assert len(said) == 2
    # Health and states count them; they do not read them either.
    said.clear()
    examine(ledger, declared(40), NOON)
    assert not any(one.startswith("SELECT * FROM findings WHERE state") for one in said)
    ledger.close()


def test_the_clocks_of_all_findings_are_read_by_as_many_queries_as_those_of_one(tmp_path: Path) -> None:
    ledger, said = Ledger(tmp_path / "leftopen.db"), list[str]()
    lived(40, NOON)(ledger)
    ledger._connection.set_trace_callback(said.append)
    warner = Warner()
    every = warner.due(ledger, declared(40), NOON)
    assert len(every) == 40
    for ids in (every[:1], every):
        said.clear()
        warner.look(ledger, declared(40), ids, "r", NOON)
        assert len(said) == 4
    ledger.close()


@pytest.mark.parametrize("what", ["due", "timers"])
async def test_the_number_of_queries_does_not_grow_with_the_findings(tmp_path: Path, what: str) -> None:
    async def work(app: Application) -> None:
        app.inventory = app.inventory.model_copy()  # as after a reload: nothing that was known holds
        await (app.due() if what == "due" else app.run_timers())

    few, many = [await statements(tmp_path / str(count), count, work) for count in (20, 80)]
    assert many <= few + 5


def test_turns_are_linear_in_assets_and_findings() -> None:
    first, _ = found()

    def at(count: int) -> int:
        rhythms = [Rhythm(f"a{n}", timedelta(days=1)) for n in range(count)]
        findings = [replace(first, id=str(n), asset=f"a{n}", state=State.CLEARING) for n in range(count)]
        looks = {f"a{n}": NOON for n in range(count)}
        turns(rhythms, looks, findings, NOON)  # the hashes of the names are computed once
        return calls(lambda: turns(rhythms, looks, findings, NOON))

    assert at(800) < 4.4 * at(200)


def test_look_ups_in_the_inventory_are_constant() -> None:
    def at(count: int) -> int:
        made = declared(count)
        for asset in made.assets:
            made.settings(asset)
        last = made.assets[-1]
        return calls(lambda: (made.asset(last.id), made.find_asset("none"), made.settings(last), made.chain(last)))

    assert at(400) == at(50)


def test_the_scope_of_a_round_does_not_grow_with_the_assets() -> None:
    def at(count: int) -> int:
        vantage = Vantage(declared(count), lambda: NOON, {})
        vantage.scope()
        return calls(vantage.scope)

    assert at(400) == at(50) < 10
    vantage = Vantage(declared(3), lambda: NOON, {})
    first, second = vantage.scope(), vantage.scope()
    assert first is not second
    assert first.allows("a1.test", "192.0.2.1", 80) == second.allows("a1.test", "192.0.2.1", 80)
    assert not vantage.with_inventory(declared(1)).scope().allows("a1.test", "192.0.2.1", 443)
    assert vantage.scope().allows("a1.test", "192.0.2.1", 443)


def test_a_copy_of_an_inventory_knows_nothing_of_the_original_s_index() -> None:
    made = declared(3)
    before = made.digest
    assert made.find_asset("a2") is not None
    copied = made.model_copy(update={"assets": made.assets[:1]})
    assert copied.find_asset("a2") is None
    assert copied.digest != before


def test_who_shares_a_pace_is_worked_out_for_the_assets_that_an_answer_connects() -> None:
    def at(count: int) -> int:
        hosts = [{"id": f"a{n}", "host": f"a{n}.test"} for n in range(count)]
        vantage = Vantage(inventory(*hosts), lambda: NOON, {})
        groups = vantage.pace_groups()
        groups.answered({f"a{n}.test": (f"192.0.2.{n}",) for n in range(count)})
        assert len({group.key for group in groups.values()}) == count

        def round_() -> None:
            groups.answered({"a7.test": ("192.0.2.3", "2001:db8::7")})
            assert vantage.pace_groups()["a7"].assets == ("a3", "a7")

        spent = calls(round_)
        groups.answered({"a7.test": ("192.0.2.7",)})
        assert [groups[id_].assets for id_ in ("a3", "a7")] == [("a3",), ("a7",)]
        return spent

    assert at(200) == at(20)
    assert Vantage(declared(2), lambda: NOON, {}).with_inventory(declared(3)).pace_groups().keys() == {"a0", "a1", "a2"}


_HEAD = """leftopen: 1
organisation: {id: region, name: Region, contact: sec@region.example}
parties: [{id: region, name: Region, role: controller}]
assets:
"""


@pytest.mark.parametrize("command", ["findings", "status", "check", "health"])
def test_a_command_is_linear_in_assets_and_findings(tmp_path: Path, command: str) -> None:
    def at(name: str, count: int) -> Steps:
        folder = tmp_path / name
        folder.mkdir()
        declared, database = folder / "inventory.yaml", folder / "leftopen.db"
        rows = (f"  - {{id: a{n}, host: a{n}.test, owner: region, interval: 1d}}\n" for n in range(count))
        declared.write_text(_HEAD + "".join(rows))
        ledger = Ledger(database)
        lived(count, datetime.now(UTC) - timedelta(minutes=1))(ledger)
        ledger.close()
        with counting() as steps:
            ran = CliRunner().invoke(main, [command, str(declared), "--database", str(database)])
        assert ran.exit_code in (0, 1, 3), ran.output
        return steps

    at("first", 40)  # what is imported once
    few, many = at("few", 40), at("many", 160)
    assert many.calls < 4 * few.calls
    assert many.sql < 4.4 * few.sql + 50


async def test_a_round_is_linear_and_one_over_an_asset_does_not_grow_with_the_others(tmp_path: Path) -> None:
    async def at(count: int) -> tuple[Steps, Steps]:
        hosts: list[dict[str, object]] = [
            {"id": f"a{n}", "host": f"127.60.{n // 250}.{n % 250 + 1}", "ports": [9], "interval": "1d"}
            for n in range(count)
        ]
        with counting() as steps:
            ledger = LedgerThread(tmp_path / str(count) / "leftopen.db")
            await ledger(lived(count, NOON))
            async with Application(inventory(*hosts), ledger, lambda: NOON + timedelta(minutes=1)) as app:
                await app.round(["a0"])  # what rests on the inventory alone
                before = replace(steps)
                await app.round()
                between = replace(steps)
                await app.round(["a1"])
            ledger.close()
        return (
            Steps(between.calls - before.calls, between.sql - before.sql),
            Steps(steps.calls - between.calls, steps.sql - between.sql),
        )

    await at(2)
    (few, one), (many, one_of_many) = await at(10), await at(40)
    assert many.calls < 4 * few.calls
    assert many.sql < 4.4 * few.sql + 50
    assert one_of_many.calls < 1.3 * one.calls
    assert one_of_many.sql < 1.3 * one.sql + 20
