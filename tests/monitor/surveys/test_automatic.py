"""An exposure that is proven is measured by itself: once, beside the rounds, and only where that is wanted."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from monitor.findings.finding import Step
from monitor.findings.handling import Action, ActionKind, signature_of
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from tests.acceptance.builders import House, asset
from tests.monitor.network.rounds import application, inventory
from tests.monitor.surveys.builders import calls, disk, opened
from tests.servers import folders, real, web_stores
from tests.servers.pages import Row
from tests.servers.raw import listening
from tests.servers.webhook import Webhook


def surveys(house: House) -> list[tuple[str, str | None]]:
    with sqlite3.connect(house.database) as ledger:
        return list(ledger.execute("SELECT finding, ended FROM surveys"))


def test_a_run_measures_what_it_has_found_and_says_so(tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=4)
    house = House(tmp_path)
    with real.nginx(tree.path) as server:
        house.declare(asset("nas", (server.host, server.port)), defaults={"survey": {"pace": 1000}})
        first = house.ask("run", "--no-alerts")
        assert "reaches" in first.err
        assert len(surveys(house)) == 1
        second = house.ask("run", "--no-alerts")
        assert "reaches" not in second.err
        assert len(surveys(house)) == 1
        shown = house.ask("show", surveys(house)[0][0], "--json")
        asked = house.ask("survey", surveys(house)[0][0], "--json", "--svg", str(tmp_path / "months.svg"))
    assert shown.code in (0, 1)
    assert json.loads(asked.out)["files"] == tree.count
    picture = (tmp_path / "months.svg").read_text("utf-8")
    assert picture.startswith("<svg")
    assert f"{tree.count:,} in all" in picture
    for path in tree.files:
        assert path.rpartition(b"/")[2].decode() not in first.out + first.err + shown.out + asked.out + picture


def test_what_was_found_and_not_measured_is_measured_by_the_next_run_and_once(tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=1)
    house = House(tmp_path)
    with real.nginx(tree.path) as server:
        house.declare(asset("nas", (server.host, server.port)), defaults={"survey": {"pace": 1000}})
        # As after a kill between the two.
        house.ask("run", "--no-alerts", "--no-survey")
        said = [house.ask("run", "--no-alerts").err for _ in range(2)]
    assert ["reaches" in one for one in said] == [True, False]
    assert [ended is not None for _, ended in surveys(house)] == [True]


async def test_a_survey_and_what_it_means_for_its_finding_are_on_file_together_or_not_at_all(tmp_path: Path) -> None:
    rows = disk(lambda path: calls(5) if path == "/" else None)
    async with listening(rows) as server, opened(server, tmp_path) as house:

        def broken(ledger: Ledger) -> None:
            ledger.execute("CREATE TEMP TRIGGER broken BEFORE UPDATE ON findings BEGIN SELECT RAISE(ABORT, 'x'); END")

        await house.app.ledger(broken)
        with pytest.raises(sqlite3.IntegrityError):
            await house.app.survey(house.finding)
        assert await house.app.ledger(lambda led: led.rows("SELECT 1 FROM surveys WHERE ended IS NOT NULL")) == []
        assert [one.id for one in await house.app.left_unmeasured()] == [house.finding.id]
        await house.app.ledger(lambda led: led.execute("DROP TRIGGER broken"))
        assert await house.app.survey(house.finding) is not None
        assert await house.app.left_unmeasured() == ()


@pytest.mark.parametrize("how", ["flag", "inventory"])
def test_without_it_nothing_is_measured(how: str, tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=1)
    house = House(tmp_path)
    with real.nginx(tree.path) as server:
        house.declare(asset("nas", (server.host, server.port)), defaults={"survey": {"automatic": how == "flag"}})
        house.ask("run", "--no-alerts", *(["--no-survey"] if how == "flag" else []))
        log = server.asked()
    assert surveys(house) == []
    assert "/medicall/2018/11/" not in log


async def test_what_it_shows_to_be_worse_is_told_once(tmp_path: Path, hook: Webhook) -> None:
    def rows(path: str) -> list[Row] | None:
        if path == "/":
            return [("read-me.txt", 10), ("deep/", None), ("note.txt", 10)]
        return calls(40) if path == "/deep/" else None

    async with listening(disk(rows)) as server:
        nas = {"id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port], "data": "static"}
        declared = inventory(nas, defaults={"survey": {"pace": 5000}})
        async with application(declared, tmp_path / "leftopen.db") as app:
            done = await app.round()
            (finding,) = [one for one in done.changed if one.kind == "listing"]
            for _ in range(2):
                assert await app.survey(finding) is not None
            changes = await app.ledger(lambda ledger: ledger.rows("SELECT step FROM changes ORDER BY sequence"))
            now = await app.ledger(lambda ledger: ledger.finding(finding.id))
    assert now is not None
    assert now.severity.rank > finding.severity.rank
    assert [row["step"] for row in changes].count(Step.GROWN.value) == 1
    assert now.reach is not None
    assert now.reach.files == 42


async def test_no_authority_no_survey(tmp_path: Path) -> None:
    rows = disk(lambda path: calls(5) if path == "/" else None)
    async with listening(rows) as server, opened(server, tmp_path) as house:
        asked = len(server.hits)
        other = {"id": "other", "host": "other.test", "addresses": [server.host], "ports": [server.port + 1]}
        house.app.inventory = inventory(other)
        assert await house.app.survey(house.finding) is None
        assert len(server.hits) == asked


async def test_nobody_is_told_of_a_dismissed_finding_that_a_survey_shows_to_be_worse(tmp_path: Path) -> None:
    def rows(path: str) -> list[Row] | None:
        if path == "/":
            return [("read-me.txt", 10), ("deep/", None), ("note.txt", 10)]
        return calls(40) if path == "/deep/" else None

    async with listening(disk(rows)) as server:
        nas = {"id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port], "data": "static"}
        told = {"id": "desk", "party": "vendor", "url": "env:NOWHERE"}
        declared = inventory(nas, channels=[told], defaults={"survey": {"pace": 5000}})
        async with application(declared, tmp_path / "leftopen.db") as app:
            done = await app.round()
            (finding,) = [one for one in done.changed if one.kind == "listing"]
            by = Action(ActionKind.DISMISSED, finding.last_seen, "Anna", reason="test", signature=signature_of(finding))

            def dismiss(ledger: Ledger) -> None:
                with ledger.step():
                    actions.append(ledger, finding.id, by)

            await app.ledger(dismiss)
            before = await app.ledger(lambda ledger: ledger.rows("SELECT count(*) AS n FROM dues")[0]["n"])
            assert await app.survey(finding) is not None
            after = await app.ledger(lambda ledger: ledger.rows("SELECT count(*) AS n FROM dues")[0]["n"])
            now = await app.ledger(lambda ledger: ledger.finding(finding.id))
    assert before > 0
    assert after == before
    assert now is not None
    assert now.severity.rank > finding.severity.rank


def test_an_archive_that_says_itself_what_it_holds_is_not_measured(tmp_path: Path) -> None:
    house = House(tmp_path)
    with web_stores.orthanc(tmp_path) as server:
        house.declare(asset("pacs", (server.host, server.port)), defaults={"survey": {"pace": 1000}})
        first = house.ask("run", "--no-alerts")
    assert "3 studies, 3 patients" in first.out
    assert surveys(house) == []
