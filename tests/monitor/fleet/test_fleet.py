"""A fleet over a real RabbitMQ, with workers and a hub as processes that are killed in the middle of their work."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from kombu import Connection

from monitor.fleet.broker import Broker
from monitor.fleet.hub import TOGETHER, FleetHub, HubFault
from monitor.fleet.link import AT_ONCE, GATHERED, Arrived, Link
from monitor.inventory.load import load
from monitor.rounds.vantage import Vantage
from monitor.store.looks import set_aside
from monitor.store.thread import LedgerThread
from tests.monitor.fleet.parts import ROOT, Fleet, hosts, kill, now
from tests.servers.rabbitmq import Rabbit
from tests.waiting import until

pytestmark = pytest.mark.slow


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


def test_results_that_come_soon_after_each_other_are_taken_together(fleet: Fleet) -> None:
    came: list[int] = []

    def take(some: Sequence[Arrived]) -> Future[list[bool]]:
        came.append(len(some))
        done: Future[list[bool]] = Future()
        done.set_result([True] * len(some))
        return done

    link = Link("other", Broker(fleet.broker).of("other"), take)
    link.start()
    try:
        until(lambda: link.fault == "", "it is linked")
        address, sure = (fleet.given / "other.broker").read_text().strip(), {"confirm_publish": True}
        with Connection(address, transport_options=sure) as connection, connection.Producer() as producer:
            for pause in (GATHERED / 10, 0.0):
                producer.publish({}, exchange="results", routing_key="results")
                time.sleep(pause)
            until(lambda: sum(came) == 2, "both come")
            assert came == [2]
            for _ in range(AT_ONCE + 1):
                producer.publish({}, exchange="results", routing_key="results")
        until(lambda: sum(came) == AT_ONCE + 3, "all come")
        assert max(came) <= AT_ONCE
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
