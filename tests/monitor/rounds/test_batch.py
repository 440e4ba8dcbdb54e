"""A batch that another process looks at comes to just what a round comes to, once, and only while it is owed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from monitor.findings.batches import IN_TURNS, PLACES_TOGETHER
from monitor.findings.finding import Finding, State
from monitor.findings.reasons import Cause
from monitor.proof.log.database import compare
from monitor.rounds.batch.on_file import on_file
from monitor.rounds.batch.record import BadResult, BatchRecorder
from monitor.rounds.batch.run import probes_digest, run_batch
from monitor.rounds.batch.values import (
    Batch,
    BatchResult,
    UnknownVersion,
    batch_from_json,
    batch_to_json,
    result_from_json,
    result_to_json,
)
from monitor.rounds.recorder import Recorder
from monitor.rounds.run import ControlPair
from monitor.rounds.vantage import Vantage
from monitor.service.application import Application
from monitor.store.log.records import private_parts, size
from monitor.store.looks import owed
from monitor.store.looks.owed import Owed
from monitor.store.tables import rounds
from probes.reasons import UndecidedReason
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import NAMES, Disk
from tests.servers.raw import Talk, listening


@dataclass
class Place:
    """One installation, one disk, and a vantage elsewhere that has the same declaration."""

    app: Application
    elsewhere: Vantage
    disk: Disk

    async def give(self, id_: str, attempt: int = 1) -> tuple[Owed, Batch]:
        """A batch over all assets, on file as owed."""
        app, now = self.app, self.app.now()
        assets = app.inventory.assets
        mine = Owed(
            id_, "inside-1", "internet", tuple(one.id for one in assets), (), "x" + "0" * 8, attempt, False, now,
            now + timedelta(minutes=5),
        )  # fmt: skip
        await app.ledger(lambda ledger: owed.owe(ledger, [mine]))
        filed = await app.ledger(lambda ledger: on_file(ledger, assets, now))
        return mine, Batch(id_, attempt, 60.0, mine.assets, mine.nonce, filed)

    async def look(self, batch: Batch) -> BatchResult:
        """What the vantage sees, both ways through JSON."""
        there = batch_from_json(json.loads(json.dumps(batch_to_json(batch))))
        assert there == batch

        async def controls(nonce: str, stores: bool) -> ControlPair:
            return await self.app.controls(nonce, stores=stores)

        seen = await run_batch(there, self.elsewhere, controls)
        text = json.dumps(result_to_json(seen))
        assert result_from_json(json.loads(text)) == seen
        return seen

    def recorder(self) -> BatchRecorder:
        """Who records what comes."""
        return BatchRecorder(self.app.inventory, self.app.ledger, self.app.now)

    async def findings(self) -> tuple[Finding, ...]:
        """What is on file."""
        return await self.app.ledger(lambda ledger: ledger.findings())

    async def count(self, table: str) -> int:
        """The rows of a table."""
        return await self.app.ledger(lambda ledger: ledger.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"])  # noqa: S608


@asynccontextmanager
async def place(database: Path) -> AsyncIterator[Place]:
    """An open disk and a quiet host, declared alike here and elsewhere."""
    disk = Disk()

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(disk.answer(hit))

    async with listening(serve) as nas:
        declared = inventory(
            {"id": "nas", "host": "127.0.0.1", "ports": [nas.port]},
            {"id": "gone", "host": "127.0.0.1", "ports": [1]},
        )
        async with application(declared, database) as app:
            yield Place(app, Vantage(declared, app.now, {}), disk)


@pytest.mark.slow
async def test_a_batch_finds_what_a_round_finds_and_is_recorded_once(tmp_path: Path) -> None:
    async with place(tmp_path / "round.db") as here:
        await here.app.round()
        (by_round,) = await here.findings()
        looked_by_round = await here.app.ledger(lambda ledger: set(ledger.looks()))
    async with place(tmp_path / "batch.db") as here:
        mine, batch = await here.give("b1")
        result = await here.look(batch)
        assert not any(name in json.dumps(result_to_json(replace(result, observations=()))) for name in NAMES)
        done = await here.recorder().result(mine, result)
        assert done is not None
        (by_batch,) = await here.findings()
        assert await here.app.ledger(lambda ledger: set(ledger.looks())) == looked_by_round == {"nas", "gone"}
        alike = {"id", "fingerprint", "first_seen", "last_seen", "confirmed", "seen", "place", "last_known_good"}
        for name in Finding.__slots__:
            if name not in alike:
                assert getattr(by_batch, name) == getattr(by_round, name), name
        assert result.tool
        assert result.probes == probes_digest()
        before = await here.count("observations"), await here.count("rounds"), await here.count("log_records")
        assert await here.recorder().result(mine, result) is None, "a repeat is recorded again"
        assert (await here.count("observations"), await here.count("rounds"), await here.count("log_records")) == before
        # The same disk, seen open again and then closed, from elsewhere alone.
        here.disk.files = {}
        for number in range(3):
            mine, batch = await here.give(f"c{number}")
            assert batch.on_file.known["nas"]
            await here.recorder().result(mine, await here.look(batch))
        (finding,) = await here.findings()
        assert finding.state is State.CLEARED
        assert await here.count("owed") == 0


async def test_silence_is_on_file_and_what_comes_later_is_dropped(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        mine, batch = await here.give("b1")
        result = await here.look(batch)
        assert await here.recorder().silence(mine, "nothing came in time") is not None
        rows = await here.app.ledger(lambda ledger: ledger.rows("SELECT asset, verdict, why FROM places"))
        assert {(row["asset"], row["verdict"], row["why"]) for row in rows} == {
            ("nas", "unknown", "vantage-silent"),
            ("gone", "unknown", "vantage-silent"),
        }
        assert await here.app.ledger(lambda ledger: ledger.looks()) == {}, "what nobody looked at is due as before"
        assert await here.recorder().result(mine, result) is None
        assert await here.findings() == ()
        assert await here.recorder().silence(mine, "again") is None
        (blind,) = await here.app.ledger(lambda ledger: rounds.last(ledger))
        assert blind.blind is Cause.VANTAGE_SILENT
        mine, batch = await here.give("b2", attempt=2)
        await here.recorder().result(mine, replace(result, id="b2", attempt=2))
        assert len(await here.findings()) == 1
        rows = await here.app.ledger(lambda ledger: ledger.rows("SELECT DISTINCT why FROM places"))
        assert "vantage-silent" not in {row["why"] for row in rows}, "a vantage that speaks again is silent no more"


async def test_an_asset_that_cannot_be_looked_at_has_its_turn_again_later(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        mine, _ = await here.give("b1")
        assert await here.recorder().failure(mine, "its worker died") is not None
        rows = await here.app.ledger(lambda ledger: ledger.rows("SELECT DISTINCT verdict, why FROM places"))
        assert [tuple(row) for row in rows] == [("unknown", "bug-of-ours")]
        assert await here.app.ledger(lambda ledger: set(ledger.looks())) == {"nas", "gone"}


async def test_what_was_not_asked_is_refused_and_stays_owed(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        mine, batch = await here.give("b1")
        result = await here.look(batch)
        other = replace(result.observations[0], asset="another")
        for wrong in (
            replace(result, attempt=2),
            replace(result, id="b9"),
            replace(result, looked=("another",)),
            replace(result, led_to={"another": frozenset()}),
            replace(result, observations=(other,)),
        ):
            with pytest.raises(BadResult):
                await here.recorder().result(mine, wrong)
        assert await here.count("owed") == 1
        assert await here.count("rounds") == 0


async def test_a_clock_that_is_wrong_proves_nothing(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        mine, batch = await here.give("b1")
        result = await here.look(batch)
        early = [replace(one, started=datetime(2020, 1, 1, tzinfo=UTC)) for one in result.observations]
        await here.recorder().result(mine, replace(result, observations=tuple(early)))
        assert await here.findings() == ()
        rows = await here.app.ledger(lambda ledger: ledger.rows("SELECT DISTINCT why FROM places"))
        assert {row["why"] for row in rows} == {UndecidedReason.CLOCK_WRONG.value}


async def test_an_asset_that_the_vantage_does_not_declare_is_out_of_scope(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        less = here.app.inventory.model_copy(update={"assets": here.app.inventory.assets[1:]})
        here.elsewhere = Vantage(less, here.app.now, {})
        mine, batch = await here.give("b1")
        result = await here.look(batch)
        assert result.undeclared == ("nas",)
        await here.recorder().result(mine, result)
        rows = await here.app.ledger(lambda ledger: ledger.rows("SELECT why FROM places WHERE asset = 'nas'"))
        assert {row["why"] for row in rows} == {"out-of-scope"}
        assert await here.findings() == ()


async def test_a_batch_ends_at_its_deadline_with_what_it_has(tmp_path: Path) -> None:
    async def never(talk: Talk) -> None:
        while await talk.hear() is not None:
            pass

    async with place(tmp_path / "a.db") as here, listening(never) as slow:
        more = inventory(
            {"id": "slow", "host": "127.0.0.1", "ports": [slow.port]}, {"id": "gone", "host": "127.0.0.1", "ports": [1]}
        )
        here.elsewhere = Vantage(more, here.app.now, {})
        batch = Batch("b1", 1, 0.5, ("slow",), "x1")
        result = await here.look(batch)
        assert result.looked == ()
        assert result.observations == ()
        assert result.blind is None


async def test_a_bug_in_judging_one_observation_costs_that_one_alone(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        mine, batch = await here.give("b1")
        result = await here.look(batch)
        # A verdict of a kind of place that cannot be put on file: its host is no text that SQLite takes.
        first = next(one for one in result.observations if one.asset == "gone")
        broken = replace(
            first, verdicts=tuple(replace(one, place=replace(one.place, host="\ud800")) for one in first.verdicts)
        )
        seen = tuple(broken if one is first else one for one in result.observations)
        assert await here.recorder().result(mine, replace(result, observations=seen)) is not None
        assert len(await here.findings()) == 1
        assert await here.count("owed") == 0


async def test_results_that_are_recorded_together_fail_each_by_itself(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        given = [await here.give(f"b{number}") for number in range(4)]
        seen = [await here.look(batch) for _, batch in given]
        # A time that cannot be put on file, of the batch itself: no part of this result can be recorded.
        endless = replace(given[1][0], created=datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))))
        came = [
            (given[0][0], seen[0], "note of b0"),
            (endless, seen[1], ""),
            (given[2][0], replace(seen[2], attempt=2), ""),
            (given[3][0], seen[3], "note of b3"),
            (given[0][0], seen[0], "note of b0"),
        ]
        records = await here.count("log_records")
        done = await here.recorder().results(came)
        kinds = [type(one).__name__ for one in done]
        assert kinds == ["Recorder", "OverflowError", "BadResult", "Recorder", "NoneType"]
        owing = await here.app.ledger(lambda ledger: {row["id"] for row in ledger.rows("SELECT id FROM owed")})
        assert owing == {"b1", "b2"}, "what was not recorded is owed as before"
        assert {one.id for one in await here.app.ledger(lambda ledger: rounds.last(ledger))} == {"b0", "b3"}
        assert await here.count("log_records") == records + 2, "each is a record of its own in the evidence log"
        assert not (await here.app.ledger(compare)).differences
        parts = await here.app.ledger(lambda ledger: list(private_parts(ledger, 0, size(ledger))))
        assert [part.value["signed"] for part in parts if "signed" in part.value] == ["note of b0", "note of b3"]


async def test_a_time_without_a_zone_costs_its_own_result_alone(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        given = [await here.give(f"b{number}") for number in range(3)]
        seen = [await here.look(batch) for _, batch in given]
        bare = [replace(one, started=one.started.replace(tzinfo=None)) for one in seen[1].observations]
        seen[1] = replace(seen[1], observations=tuple(bare))
        with pytest.raises(ValueError, match="zone"):
            result_from_json(json.loads(json.dumps(result_to_json(seen[1]))))
        came = [(mine, result, "") for (mine, _), result in zip(given, seen, strict=True)]
        done = await here.recorder().results(came)
        assert [type(one).__name__ for one in done] == ["Recorder", "TypeError", "Recorder"]


async def test_many_results_take_few_transactions(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        given = [await here.give(f"b{number}") for number in range(8)]
        result = await here.look(given[0][1])
        before = here.app.ledger.writes.number
        done = await here.recorder().results([(mine, replace(result, id=mine.id), "") for mine, _ in given])
        assert all(done)
        assert here.app.ledger.writes.number - before <= 2, "of 8 results"


async def test_looks_in_turns_of_several_results_are_one_transaction(tmp_path: Path) -> None:
    async with place(tmp_path / "a.db") as here:
        given = [await here.give(f"b{number}") for number in range(4)]
        result = await here.look(given[0][1])
        # As many as four batches of twenty hosts see in turns: more places than whole looks may have together.
        seen = result.observations[0]
        in_turns = replace(seen, verdicts=(seen.verdicts * IN_TURNS)[:IN_TURNS])
        result = replace(result, observations=(in_turns,) * 40)
        assert 4 * 40 * IN_TURNS > PLACES_TOGETHER
        before = here.app.ledger.writes.number
        done = await here.recorder().results([(mine, replace(result, id=mine.id), "") for mine, _ in given])
        assert all(isinstance(one, Recorder) for one in done)
        assert here.app.ledger.writes.number - before == 1


@pytest.mark.parametrize("version", [0, 3, "1", None, True])
def test_another_version_is_never_guessed_at(version: object) -> None:
    data = batch_to_json(Batch("b1", 1, 60.0, ("nas",), "x1"))
    with pytest.raises(UnknownVersion):
        batch_from_json(data | {"v": version})
    with pytest.raises(UnknownVersion):
        result_from_json(data | {"v": version})


@pytest.mark.parametrize(
    "wrong",
    [
        {"deadline": 0.0},
        {"deadline": 1e9},
        {"assets": []},
        {"assets": ["a"] * 1001},
        {"share": 0},
        {"more": 1},
        {"on_file": []},
        {"on_file": {"is": "OnFile", "known": [["nas"]]}},
        {"on_file": {"is": "OnFile", "known": [["nas", [[80, "x"]]]]}},
    ],
)
def test_nothing_else_is_a_batch(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        batch_from_json(batch_to_json(Batch("b1", 1, 60.0, ("nas",), "x1")) | wrong)
