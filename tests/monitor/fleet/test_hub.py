"""In which order the hub reads and writes: no host is given out twice, and no batch is sent twice without need."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.fleet import link as links
from monitor.fleet.broker import Broker
from monitor.fleet.hub import TOGETHER, FleetHub
from monitor.fleet.link import KEPT, Link, Outgoing
from monitor.inventory.load import loads
from monitor.proof.formats.note import LOG, SigningKey
from monitor.rounds.batch.record import BatchRecorder
from monitor.rounds.batch.values import BatchResult
from monitor.rounds.due.due import Due
from monitor.rounds.vantage import Vantage
from monitor.store.looks import owed as table
from monitor.store.looks.owed import Owed
from monitor.store.thread import LedgerThread
from tests.monitor.fleet.parts import OWN, inventory_of

KEY, HUB = SigningKey.make("v", LOG), SigningKey.make("hub", LOG)


def now() -> datetime:
    return datetime.now(UTC)


class Taking(Link):
    """A link whose broker takes every batch, and goes away before some."""

    def __init__(self) -> None:
        super().__init__("v", Broker("amqp://hub:secret@127.0.0.1:1/v"), lambda came: Future())
        self.fault = ""
        self.sent: list[str] = []
        self.breaks = False

    def publish(self, batches: Iterable[Outgoing]) -> frozenset[str]:
        if self.breaks and self.sent:
            raise ConnectionResetError
        self.sent += [one.id for one in batches]
        return frozenset()


class House:
    """A hub with one vantage, its ledger, and the link."""

    def __init__(self, folder: Path, number: int) -> None:
        hosts = [{"id": f"h{n}", "host": f"127.19.0.{n + 1}", "ports": [1]} for n in range(number)]
        self.inventory = loads(json.dumps(inventory_of(hosts, {"v": OWN}, {"v": KEY})))
        self.ledger, self.link = LedgerThread(folder / "leftopen.db"), Taking()
        vantage = Vantage(self.inventory, now, {})
        self.hub = FleetHub(self.ledger, lambda: vantage, now, {}, hosts=1)
        self.hub._links["v"], self.hub._key = self.link, HUB

    async def issue(self) -> None:
        await self.hub._issue(self.inventory.vantages[0])

    async def owed(self) -> dict[str, Owed]:
        rows = await self.ledger(lambda ledger: ledger.rows("SELECT * FROM owed"))
        return {row["id"]: table.owed_of(dict(row)) for row in rows}


@asynccontextmanager
async def house(folder: Path, number: int) -> AsyncIterator[House]:
    made = House(folder, number)
    try:
        yield made
    finally:
        made.ledger.close()


async def test_a_host_whose_result_comes_while_what_is_due_is_read_is_not_given_out_again(tmp_path: Path) -> None:
    async with house(tmp_path, 1) as at:
        await at.issue()
        ((id_, owed),) = (await at.owed()).items()
        assert at.link.sent == [id_]
        due = at.hub._due[OWN]

        class Meanwhile(Due):
            async def __call__(self) -> tuple[tuple[str, ...], datetime]:
                ready, following = await due()
                assert ready == ("h0",), "nobody has looked at it yet"
                result = BatchResult(id_, 1, now(), now(), (), ("h0",))
                assert await BatchRecorder(at.inventory, at.ledger, now).result(owed, result) is not None
                return ready, following

        at.hub._due[OWN] = Meanwhile(at.inventory, OWN, at.ledger, now)
        await at.issue()
        assert (await at.owed(), at.link.sent) == ({}, [id_])


async def test_a_broker_that_goes_away_is_sent_again_what_it_may_not_have(tmp_path: Path) -> None:
    async with house(tmp_path, TOGETHER + 5) as at:
        at.link.breaks = True
        await at.issue()
        first, at.link.breaks = at.link.sent, False
        owed = await at.owed()
        assert len(owed) == TOGETHER + 5, "all are on file before the first is sent"
        assert {id_ for id_, one in owed.items() if one.sent is not None} == set(first)
        at.link.sent = []
        await at.issue()
        assert set(at.link.sent) == owed.keys() - set(first), "the rest, under its ids, and nothing twice"
        assert all(one.sent is not None for one in (await at.owed()).values())


async def test_who_seals_is_worked_out_anew_when_a_key_changes(tmp_path: Path) -> None:
    async with house(tmp_path, 1) as at:
        (vantage,) = at.inventory.vantages
        first = at.hub._sender(vantage)
        assert at.hub._sender(vantage) is first
        at.hub._key = SigningKey.make("hub", LOG)
        second = at.hub._sender(vantage)
        assert (second.own, second.other) == (at.hub._key, KEY.verifier)
        other = SigningKey.make("v", LOG)
        third = at.hub._sender(vantage.model_copy(update={"key": str(other.verifier)}))
        assert (third.own, third.other) == (at.hub._key, other.verifier)


class Connection:
    """A connection to a broker that takes every batch."""

    made: list[Connection]

    def __init__(self, broker: Broker) -> None:
        self.idle, self.released, self.connection = 0.0, False, self
        self.made.append(self)

    def publish(self, batches: Iterable[Outgoing]) -> frozenset[str]:
        assert not self.released
        self.idle = 0.0
        return frozenset()

    def release(self) -> None:
        self.released = True


async def test_batches_of_several_steps_go_out_by_one_connection_until_it_is_idle_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Connection.made = []
    monkeypatch.setattr(links, "_Publishing", Connection)
    async with house(tmp_path, 1) as at:
        link = Link("v", Broker("amqp://hub:secret@127.0.0.1:1/v"), lambda came: Future())
        link.fault, at.hub._links["v"] = "", link
        await at.issue()
        (first,) = Connection.made
        vantage, batches = at.inventory.vantages[0], tuple((await at.owed()).values())
        assert await at.hub._send(vantage, batches), "the next step"
        assert Connection.made == [first]
        first.idle = KEPT + 1
        assert await at.hub._send(vantage, ()), "a step in which nothing is due"
        assert first.released
        assert await at.hub._send(vantage, batches)
        assert len(Connection.made) == 2
