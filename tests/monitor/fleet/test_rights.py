"""What a vantage may do over a real RabbitMQ: its work, and nothing that is not seen."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed
from kombu import Connection

from monitor.fleet.envelope import Message, Sender
from monitor.fleet.hub import FleetHub, HubFault
from monitor.inventory.load import load
from monitor.proof.formats.note import LOG, Note, SigningKey
from monitor.proof.log.database import compare
from monitor.rounds.batch.values import BatchResult, batch_from_json, result_to_json
from monitor.rounds.vantage import Vantage
from monitor.store.ledger import Ledger
from monitor.store.log.records import PrivatePart, private_parts, size
from monitor.store.thread import LedgerThread
from tests.monitor.fleet.parts import Fleet, hosts, now
from tests.servers.rabbitmq import HUB, Rabbit

pytestmark = pytest.mark.slow


def test_the_user_of_a_vantage_may_do_nothing_but_its_work(fleet: Fleet, rabbit: tuple[Rabbit, Path]) -> None:
    mine = (rabbit[1] / "rights.broker").read_text().strip()
    other = mine.rpartition("/")[0] + "/other"

    def refused(what: Callable[[Connection], object], address: str = mine) -> bool:
        with Connection(address, transport_options={"confirm_publish": True}) as connection:
            try:
                what(connection)
            except (AccessRefused, NotAllowed):
                return True
        return False

    def read(name: str, connection: Connection) -> None:
        connection.channel().basic_get(name)

    def publish(connection: Connection, exchange: str, key: str) -> None:
        with connection.Producer() as producer:
            producer.publish({"a": 1}, exchange=exchange, routing_key=key)

    assert not refused(lambda one: publish(one, "results", "results"))
    assert refused(lambda one: one.connect(), other), "another vantage's virtual host"
    assert refused(lambda one: one.connect(), mine.rpartition("/")[0] + "/%2f")
    for name in ("results", "poison"):
        assert refused(partial(read, name)), f"it reads {name}"
    for name in ("looks", "alone"):
        assert not refused(partial(read, name)), f"it does not read {name}"
        assert refused(partial(publish, exchange="", key=name)), f"it publishes to {name}"
    assert refused(lambda one: publish(one, "poison", "poison")), "it makes dead letters"
    assert refused(lambda one: publish(one, "amq.fanout", "looks"))
    assert refused(lambda one: one.channel().queue_declare("mine")), "it declares"
    assert refused(lambda one: one.channel().queue_bind("looks", "results", "results")), "it binds"
    assert refused(lambda one: one.channel().queue_delete("looks")), "it deletes"
    assert refused(lambda one: one.channel().exchange_declare("celery.pidbox", "fanout")), "it speaks to all workers"

    def as_the_hub(connection: Connection) -> None:
        with connection.Producer() as producer:
            producer.publish({}, exchange="results", routing_key="results", user_id=HUB)

    sure = {"confirm_publish": True}
    with Connection(mine, transport_options=sure) as connection, pytest.raises(PreconditionFailed):
        as_the_hub(connection)


def test_a_worker_whose_password_is_wrong_says_so_in_a_sentence_and_ends(fleet: Fleet) -> None:
    fleet.write(hosts(1, "127.18"), {"rights": "internet"})
    address = (fleet.given / "rights.broker").read_text()
    elsewhere = fleet.home / "rights.broker"
    elsewhere.write_text(address.replace("leftopen-rights:", "leftopen-rights:wrong"))
    elsewhere.chmod(0o600)
    worker = fleet.worker("rights", "--broker", f"file:{elsewhere}")
    assert worker.wait(60) == 3, fleet.logs()
    said = fleet.logs()
    assert "the broker refuses this vantage: AccessRefused" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("how", ["purges its queue", "takes its batch and says that it is done"])
async def test_a_worker_that_makes_its_batches_go_away_is_silent(fleet: Fleet, how: str) -> None:
    """No right of the broker prevents it: what is owed shows it."""
    fleet.write(hosts(2, "127.18"), {"alike": "internet"})
    late = timedelta(0)
    ledger, vantage = LedgerThread(fleet.database), Vantage(load(fleet.inventory), now, fleet.environ)
    hub = FleetHub(ledger, lambda: vantage, lambda: now() + late, fleet.environ, step=0.2)

    async def until_hub(sql: str) -> None:
        end = time.monotonic() + 60
        while not fleet.rows(sql):
            assert time.monotonic() < end, sql
            with suppress(HubFault):
                await hub.step()
            await asyncio.sleep(0.05)

    try:
        await until_hub("SELECT id FROM owed WHERE sent IS NOT NULL")
        with Connection((fleet.given / "alike.broker").read_text().strip()) as connection:
            channel = connection.channel()
            if how.startswith("purges"):
                assert channel.queue_purge("looks") == 1
            else:
                channel.basic_ack(channel.basic_get("looks").delivery_tag)
        late = timedelta(days=1)
        await until_hub("SELECT id FROM rounds WHERE blind LIKE '%vantage-silent%'")
        assert fleet.looked() == 0
        # Whatever hurries now, they are given out again.
        await until_hub("SELECT id FROM owed WHERE sent IS NOT NULL")
        with Connection((fleet.given / "alike.broker").read_text().strip()) as connection:
            assert connection.channel().queue_purge("looks") >= 1
    finally:
        await hub.close()
        ledger.close()


async def test_what_no_worker_of_ours_made_is_refused_and_what_came_twice_is_dropped(fleet: Fleet) -> None:
    inner = {"id": "inner", "host": "127.14.0.9", "ports": [1], "reach": "sjunet"}
    fleet.write([*hosts(1, "127.14"), inner], {"rights": "internet", "other": "sjunet"})
    ledger, vantage = LedgerThread(fleet.database), Vantage(load(fleet.inventory), now, fleet.environ)
    hub = FleetHub(ledger, lambda: vantage, now, fleet.environ, step=0.2)
    stranger = SigningKey.make("rights", LOG)
    worker = Sender("rights", fleet.keys["rights"], fleet.hub.verifier)
    address = (fleet.given / "rights.broker").read_text().strip()

    async def until_hub(what: Callable[[], bool], why: str) -> None:
        end = time.monotonic() + 60
        while not what():
            assert time.monotonic() < end, why
            with suppress(HubFault):
                await hub.step()
            await asyncio.sleep(0.05)

    def hand_in(message: object) -> None:
        sure = {"confirm_publish": True}
        with Connection(address, transport_options=sure) as connection, connection.Producer() as producer:
            producer.publish(
                json.dumps(message).encode(), exchange="results", routing_key="results", serializer=None,
                content_type="application/octet-stream", content_encoding="binary",
            )  # fmt: skip

    try:
        await until_hub(
            lambda: bool(fleet.rows("SELECT id FROM owed WHERE vantage = 'rights' AND sent IS NOT NULL")), "given out"
        )
        with Connection(address) as connection:
            (args, _, _) = json.loads(connection.channel().basic_get("looks", no_ack=True).body)
        raw = json.dumps(args)
        assert "127.14" not in raw, "the broker sees where is looked"
        batch = batch_from_json(worker.open(Message.BATCH, args[0]))
        assert batch.assets == ("h0", "inner")
        assert batch.share == 2, "the vantages share the pace of a host"
        at = now()
        result = BatchResult(batch.id, 1, at, at, (), ("h0",))
        body = result_to_json(result)
        good = worker.seal(Message.RESULT, batch.id, 1, body)
        before = hub.refused
        forged = [
            "nothing", {}, good | {"v": 2}, good | {"attempt": 2}, good | {"more": 1},
            good | {"body": good["body"][:-8]},
            good | {"kind": "batch"}, good | {"id": batch.id, "signed": args[0]["signed"]},
            replace(worker, own=stranger).seal(Message.RESULT, batch.id, 1, body),
            Sender("other", fleet.keys["other"], fleet.hub.verifier).seal(Message.RESULT, batch.id, 1, body),
            worker.seal(Message.RESULT, batch.id, 1, body | {"v": 3}),
            worker.seal(Message.RESULT, batch.id, 1, body | {"looked": ["another"]}),
            worker.seal(Message.RESULT, batch.id, 1, body | {"observations": [1]}),
        ]  # fmt: skip
        for one in forged:
            await asyncio.to_thread(hand_in, one)
        # What is in a queue of results of earlier tests may be refused too.
        await until_hub(lambda: hub.refused >= before + len(forged), "each of them is refused")
        assert fleet.rows("SELECT id FROM owed WHERE vantage = 'rights'") == [(batch.id,)], "and stays owed"
        assert fleet.looked() == 0
        for _ in range(3):
            await asyncio.to_thread(hand_in, good)
        await until_hub(lambda: hub.dropped >= 2, "two of three repeats are dropped")
        assert fleet.rows("SELECT count(*) FROM rounds WHERE vantage = 'rights'") == [(1,)]
        (signed,) = [part.value["signed"] for part in await ledger(_parts) if "signed" in part.value]
        note = Note.parse(signed.encode())
        assert note.signed_by(fleet.keys["rights"].verifier) is not None, "a third party sees who handed it in"
        assert note.text.splitlines()[1:5] == ["result", "rights", batch.id, "1"]
        assert hashlib.sha256(b64decode(good["body"])).hexdigest() in note.text
        assert not (await ledger(compare)).differences, "and the log commits to it"
    finally:
        await hub.close()
        ledger.close()


def _parts(ledger: Ledger) -> list[PrivatePart]:
    """What the evidence log commits to."""
    return list(private_parts(ledger, 0, size(ledger)))
