"""A fleet over a real RabbitMQ, with workers and a hub as processes that are killed in the middle of their work."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import yaml
from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed
from click.testing import CliRunner
from kombu import Connection

from monitor.cli.main import main
from monitor.fleet.broker import Broker
from monitor.fleet.envelope import Message, Sender
from monitor.fleet.hub import TOGETHER, FleetHub, HubFault
from monitor.fleet.link import Arrived, Link
from monitor.inventory.load import load, loads
from monitor.practice.organisation import Practice
from monitor.proof.formats.note import LOG, Note, SigningKey
from monitor.proof.log.database import compare
from monitor.rounds.batch.values import BatchResult, batch_from_json, result_to_json
from monitor.rounds.vantage import Vantage
from monitor.store.ledger import Ledger
from monitor.store.log.records import PrivatePart, private_parts, size
from monitor.store.looks import set_aside
from monitor.store.looks.days import place_days
from monitor.store.thread import LedgerThread
from tests.monitor.fleet.parts import ROOT, Fleet, ended, inventory_of, kill
from tests.monitor.network.rounds import application
from tests.monitor.practice.ports import practice_text
from tests.servers.pages import NOT_FOUND, SOUND, Disk
from tests.servers.rabbitmq import HUB, PASSWORD, Rabbit, rabbitmq
from tests.servers.raw import Talk, listening, reply
from tests.waiting import until, until_async

pytestmark = pytest.mark.slow

VANTAGES = ("killed", "poison", "alike", "full", "rights", "other")


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rabbit, Path]]:
    """A broker that `leftopen fleet setup` has set up, and the folder with the addresses of the workers."""
    given = tmp_path_factory.mktemp("given")

    def definitions(made: Rabbit) -> Path:
        keys = {id_: SigningKey.make(id_, LOG) for id_ in VANTAGES}
        inventory = given / "inventory.yaml"
        networks = {id_: f"net-{id_}" for id_ in VANTAGES}
        inventory.write_text(json.dumps(inventory_of([{"id": "a", "host": "127.0.0.1"}], networks, keys)))
        broker = {"BROKER": f"amqp://{HUB}:{PASSWORD}@127.0.0.1:{made.port}"}
        done = CliRunner(env=broker).invoke(main, ["fleet", "setup", str(inventory), str(given)])
        assert done.exit_code == 0, done.output
        assert done.output.strip() == f"rabbitmqctl import_definitions {given / 'definitions.json'}"
        # One vantage whose queue takes very little.
        file = given / "definitions.json"
        made_of = json.loads(file.read_text())
        for one in made_of["queues"]:
            if one["vhost"] == "full" and "x-max-length" in one["arguments"]:
                one["arguments"]["x-max-length"] = 4
        file.write_text(json.dumps(made_of))
        return file

    with rabbitmq(definitions) as made:
        yield made, given


@pytest.fixture
def fleet(rabbit: tuple[Rabbit, Path], tmp_path: Path) -> Iterator[Fleet]:
    """A fleet without any process yet."""
    made, given = rabbit
    with ended(Fleet(tmp_path, made.broker, given)) as one:
        yield one


def hosts(number: int, net: str) -> list[dict[str, object]]:
    """So many hosts of loopback, at whose declared port nobody listens."""
    return [{"id": f"h{n}", "host": f"{net}.{n // 200}.{n % 200 + 1}", "ports": [1]} for n in range(number)]


def test_nothing_is_lost_when_worker_hub_and_broker_are_killed(fleet: Fleet, rabbit: tuple[Rabbit, Path]) -> None:
    """120 batches; in their middle a worker, the hub and the broker are ended as a power cut ends them, and a worker
    is asked to stop."""
    number = 120
    fleet.write(hosts(number, "127.11"), {"killed": "internet"})
    hub, first = fleet.hub_process(1), fleet.worker("killed", "--threads", "2")
    fleet.worker("killed", "--queue", "alone")
    until(lambda: fleet.looked() >= 10, "work begins")
    kill(first)
    second = fleet.worker("killed", "--threads", "3")
    until(lambda: fleet.looked() >= 40, "another worker goes on")
    kill(hub)
    seen = fleet.looked()
    hub = fleet.hub_process(1)
    until(lambda: fleet.looked() > seen, "the hub goes on where it was")
    rabbit[0].kill()
    seen = fleet.looked()
    rabbit[0].start()
    until(lambda: fleet.looked() >= min(number, seen + 20), f"they find the broker again: {fleet.logs()}")
    second.send_signal(signal.SIGTERM)
    third = fleet.worker("killed", "--threads", "4")
    assert second.wait(60) == 0, "a worker that is asked to stop ends well"
    try:
        until(lambda: fleet.looked() == number and not fleet.rows("SELECT id FROM owed"), "every host was looked at")
    except AssertionError:
        pytest.fail(f"{fleet.looked()} of {number} were looked at: {fleet.logs()}")
    assert third.poll() is None
    (rounds, recorded, blind) = fleet.rows("SELECT count(*), count(DISTINCT id), sum(blind <> '') FROM rounds")[0]
    assert (rounds, blind) == (recorded, 0), "a repeat was recorded, or a batch was given up"
    assert fleet.rows("SELECT count(*) FROM places WHERE why IN ('vantage-silent', 'bug-of-ours', 'clock-wrong')") == [
        (0,)
    ]
    looks = dict(fleet.rows("SELECT asset, count(*) FROM series WHERE probe = 'http-listing' GROUP BY asset"))
    assert looks == {f"h{n}": 2 for n in range(number)}, "in clear text and in TLS, each once"


def test_a_host_that_kills_its_worker_is_found_and_costs_nobody_else_a_verdict(fleet: Fleet) -> None:
    number, bad = 36, "127.12.0.24"
    fleet.write(hosts(number, "127.12"), {"poison": "internet"})
    # A process that dies when it connects there, as it would by a bug in a library: nothing of ours is changed.
    deadly = fleet.home / "deadly"
    deadly.mkdir()
    (deadly / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def hook(event, args):\n"
        f"    if event == 'socket.connect' and args[1][0] == {bad!r}:\n"
        "        os.kill(os.getpid(), 9)\n"
        "sys.addaudithook(hook)\n"
    )
    environ = {"PYTHONPATH": f"{deadly}{os.pathsep}{ROOT}"}
    fleet.hub_process(12)
    workers = {
        name: [fleet.worker("poison", *how, environ=environ)]
        for name, how in (
            ("looks", ("--threads", "3")),
            (
                "alone",
                (
                    "--queue",
                    "alone",
                ),
            ),
        )
    }

    def again() -> bool:
        """Start workers anew, as systemd does; whether all is looked at."""
        for name, how in (
            ("looks", ("--threads", "3")),
            (
                "alone",
                (
                    "--queue",
                    "alone",
                ),
            ),
        ):
            if workers[name][-1].poll() is not None:
                workers[name].append(fleet.worker("poison", *how, environ=environ))
        return fleet.looked() == number and not fleet.rows("SELECT id FROM owed")

    until(again, f"every host has a verdict, or a reason: {fleet.logs()}", 120)
    found = fleet.rows("SELECT DISTINCT asset FROM places WHERE why = 'bug-of-ours'")
    assert found == [("h23",)]
    rest = fleet.rows("SELECT count(DISTINCT asset) FROM places WHERE why = 'connection-refused'")
    assert rest == [(number - 1,)]
    assert len(workers["looks"]) <= 4
    assert len(workers["alone"]) <= 4
    assert fleet.rows("SELECT vantage, asset FROM looked_at_alone") == [("poison", "h23")], "a hub that starts knows it"


def test_a_full_queue_pushes_back_and_loses_nothing(fleet: Fleet) -> None:
    number = TOGETHER + 10  # of what is sent together some is taken beyond the limit
    fleet.write(hosts(number, "127.13"), {"full": "internet"})
    fleet.hub_process(1)
    log = fleet.home / "hub.log"
    until(lambda: log.exists() and "is full" in log.read_text(), "the queue refuses a batch")
    assert len(fleet.rows("SELECT id FROM owed WHERE sent IS NOT NULL")) <= TOGETHER + 4
    length = "SELECT messages FROM queue_lengths WHERE vantage = 'full' AND queue = 'looks'"
    until(lambda: fleet.rows(length) > [(3,)], "and says how much waits there")
    fleet.worker("full")
    until(lambda: fleet.looked() == number, f"what was pushed back has its turn later: {fleet.logs()}", 180)
    said = (fleet.home / "worker-full.log").read_text()
    assert f"vantage full, {number} assets declared: takes batches from the queue looks" in said
    assert said.count(": 1 assets looked at") >= TOGETHER
    assert "CRITICAL" not in said, "nobody is alarmed by what the worker may not do and need not"


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


def test_a_hub_that_takes_long_over_a_result_keeps_its_link(fleet: Fleet) -> None:
    """The broker gives up who gives no sign of life for two heartbeats, and hands out again what was not confirmed."""
    came: list[int] = []

    def take(some: Sequence[Arrived]) -> Future[list[bool]]:
        came.append(len(some))
        done: Future[list[bool]] = Future()
        threading.Timer(9.0, done.set_result, [[True] * len(some)]).start()
        return done

    link = Link("other", Broker(fleet.broker).of("other"), take, heartbeat=3)
    link.start()
    try:
        address, sure = (fleet.given / "other.broker").read_text().strip(), {"confirm_publish": True}
        with Connection(address, transport_options=sure) as connection, connection.Producer() as producer:
            producer.publish({}, exchange="results", routing_key="results")
        until(lambda: bool(came), f"it comes: {link.fault}")
        time.sleep(10)
        until(lambda: link.fault == "", "it is linked")
        assert came == [1], "the link was lost, and it came again"
    finally:
        link.stop()


async def test_a_hub_that_starts_knows_who_is_looked_at_alone_and_who_wants_to_be_left_alone(fleet: Fleet) -> None:
    fleet.write(hosts(3, "127.16"), {"other": "internet"})
    ledger, vantage = LedgerThread(fleet.database), Vantage(load(fleet.inventory), now, fleet.environ)
    hub = FleetHub(ledger, lambda: vantage, now, fleet.environ, step=0.2)
    keys = {group.assets[0]: key for key, group in ((one.key, one) for one in vantage.pace_groups().values())}
    try:
        await ledger(lambda one: set_aside.look_alone(one, "other", ["h1", "gone"]))
        until_ = [(keys["h2"], now() + timedelta(minutes=5)), ("gone", now() + timedelta(minutes=5))]
        await ledger(lambda one: set_aside.hold(one, [*until_, (keys["h0"], now() - timedelta(seconds=1))]))
        end = time.monotonic() + 60
        while not (given := fleet.rows("SELECT assets, alone FROM owed WHERE vantage = 'other' ORDER BY alone")):
            assert time.monotonic() < end, "batches are given out"
            with suppress(HubFault):
                await hub.step()
            await asyncio.sleep(0.05)
        assert given == [('["h0"]', 0), ('["h1"]', 1)], "h2 is left alone"
        assert 0 < vantage.pace.held(keys["h2"]) <= 300
        await ledger(lambda one: set_aside.look_together(one, "other", ["h1"]))
        assert await ledger(set_aside.alone) == {("other", "gone")}
        assert set(await ledger(lambda one: set_aside.held(one, now()))) == {keys["h2"], "gone"}
    finally:
        await hub.close()
        ledger.close()


@pytest.mark.timeout(600)
async def test_a_fleet_finds_what_one_process_finds(fleet: Fleet) -> None:
    """The practice organisation and 300 hosts more, through a round of one process, and through the service and workers
    in processes of their own."""
    tree = yaml.safe_load(practice_text())
    plain = {key: one for key, one in tree.items() if key not in ("web", "acknowledge", "heartbeat", "log", "witness")}
    disks = [Disk({f"/{n}-{m}.wav": SOUND for m in range(n)}) for n in range(21)]

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            net, last = map(int, hit.header("host").partition(":")[0].split(".")[2:])
            n = 250 * net + last
            # Twenty are open.
            await talk.say(disks[n // 15].answer(hit) if n % 15 == 0 else reply(404 if n % 3 == 1 else 403, NOT_FOUND))

    async with listening(serve, host="0.0.0.0") as many:
        owner = plain["assets"][0]["owner"]
        more = [
            {"id": f"g{n}", "host": f"127.15.{n // 250}.{n % 250}", "ports": [many.port], "owner": owner}
            for n in range(300)
        ]
        plain["assets"] += more
        # Both have time enough on a busy machine: what is not answered in time would be unknown to one of them alone.
        patient = {"timeouts": {"connect": 30, "read": 30, "ask": 60}, "budget": {"seconds": 300}}
        plain["defaults"] = {**plain.get("defaults", {}), **patient, "interval": "6h", "survey": {"automatic": False}}
        declared, at = loads(yaml.safe_dump(plain)), now()  # its growing disk does not grow meanwhile
        async with Practice(declared, lambda: at) as practice:
            environ = practice.environment()
            async with application(declared, fleet.home / "alone.db") as app:
                app.environ = environ
                await app.round()
                alone, told, chains, covered = await app.ledger(
                    lambda ledger: (_findings(ledger), _told(ledger), _chains(ledger), _covered(ledger))
                )
            fleet.keys["alike"] = SigningKey.make("alike", LOG)
            network = declared.vantage.network
            sections = inventory_of([], {"alike": network}, fleet.keys)
            fleet.put({**plain, "fleet": sections["fleet"], "vantages": sections["vantages"]}, ["alike"])
            fleet.worker("alike", "--threads", "4")
            fleet.watch(environ)
            wanted = len(declared.assets)
            await until_async(lambda: fleet.looked() == wanted, f"all {wanted} are looked at: {fleet.logs()}", 400)
    ledger = Ledger(fleet.database)
    try:
        by_fleet = _findings(ledger)
        assert _told(ledger) == told, "others are told, or of other things"
        assert _chains(ledger) == chains, "who was in a chain is not on file"
        assert _covered(ledger) == covered, "another place was judged, or from elsewhere"
        slots = {row["id"] for row in ledger.rows("SELECT id FROM log_slots JOIN log_numbers ON number = asset")}
        assert slots >= {one.id for one in declared.assets}, "the evidence log does not declare what is looked at"
    finally:
        ledger.close()
    assert len(alone) >= 25
    assert by_fleet == alone


def _parts(ledger: Ledger) -> list[PrivatePart]:
    """What the evidence log commits to."""
    return list(private_parts(ledger, 0, size(ledger)))


def _told(ledger: Ledger) -> set[tuple[str, str, str]]:
    """Who is owed a message of which finding."""
    return {tuple(row) for row in ledger.rows("SELECT finding, step, channel FROM dues WHERE finding <> ''")}


def _chains(ledger: Ledger) -> set[tuple[str, str]]:
    """Who is in the chain of which asset."""
    return {tuple(row) for row in ledger.rows("SELECT asset, party FROM asset_parties")}


def _covered(ledger: Ledger) -> set[tuple[object, ...]]:
    """What coverage is counted by: each place at each endpoint, and whether it was ever judged open, closed, or not."""
    days = place_days(ledger, date(2020, 1, 1), date(2100, 1, 1))
    return {(d.asset, d.kind, d.place, d.endpoint, d.network, d.exposed > 0, d.clear > 0, d.unknown > 0) for d in days}


def _findings(ledger: Ledger) -> dict[str, tuple[object, ...]]:
    return {
        one.id: (one.asset, one.kind, one.place, one.state, one.severity, one.extent, one.why, one.facts, one.proof)
        for one in ledger.findings()
    }
