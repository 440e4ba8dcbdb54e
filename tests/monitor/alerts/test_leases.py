"""Two outboxes on one ledger, in processes of their own: each message goes out once; a killed one's are taken over."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.store.ledger import Ledger
from monitor.store.messages import events, leases
from monitor.store.messages.leases import LEASE, Owner
from monitor.store.messages.queued import Outcome
from monitor.store.thread import LedgerThread
from tests.monitor.alerts.builders import NOON, Clock, Ledgers, inventory, owed
from tests.monitor.alerts.builders import outbox as real
from tests.monitor.alerts.queues import discover, now, outbox
from tests.servers.webhook import Reply, Webhook

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "leftopen.db"


@pytest.fixture
def ledger(database: Path) -> Iterator[LedgerThread]:
    one = LedgerThread(database)
    yield one
    one.close()


def begun(database: Path, hook: Webhook) -> subprocess.Popen[str]:
    """A process that waits for its start."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.monitor.alerts.queues", "drain", str(database), hook.url],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def go(*processes: subprocess.Popen[str]) -> None:
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()


async def test_two_processes_send_each_message_once(database: Path, ledger: LedgerThread, hook: Webhook) -> None:
    hook.always = Reply(after=0.02)
    for _ in range(60):
        await ledger(discover)
    both = begun(database, hook), begun(database, hook)
    await asyncio.to_thread(go, *both)
    assert [await asyncio.to_thread(one.wait, 60) for one in both] == [0, 0]
    assert len(hook.received) == 120
    assert set(Counter(one.body for one in hook.received if one.path == "/voice-oncall").values()) == {1}
    with sqlite3.connect(database) as rows:
        assert rows.execute("SELECT state, count(*) FROM dues GROUP BY state").fetchall() == [("sent", 120)]
        assert rows.execute("SELECT count(*) FROM deliveries").fetchone() == (120,)
        # Both were at it: had one done it all, nothing would be shown.
        assert rows.execute("SELECT count(DISTINCT owner) FROM dues").fetchone() == (2,)
    assert list(database.parent.glob("*.outbox-*")) == [], "they have cleaned up"


async def test_a_killed_ones_messages_are_taken_over_at_once(
    database: Path, ledger: LedgerThread, hook: Webhook
) -> None:
    hook.hang()
    hook.hang()
    await ledger(discover)
    one = begun(database, hook)
    await asyncio.to_thread(go, one)
    await asyncio.to_thread(hook.wait, 2)
    box = outbox(ledger, hook.url)
    assert (await box.drain_once()).tried == (), "another is at them"
    one.send_signal(signal.SIGKILL)
    one.wait(40)
    drained = await box.drain_once()
    assert [tried.outcome for tried in drained.tried] == [Outcome.ACCEPTED] * 2


async def test_a_hung_ones_lease_lapses(database: Path, ledger: LedgerThread, hook: Webhook) -> None:
    hook.hang()
    hook.hang()
    await ledger(discover)
    one = begun(database, hook)
    try:
        await asyncio.to_thread(go, one)
        await asyncio.to_thread(hook.wait, 2)
        one.send_signal(signal.SIGSTOP)  # it lives, and does nothing
        box = outbox(ledger, hook.url)
        drained = await box.drain_once()
        assert drained.tried == ()
        assert drained.next_due is not None
        assert drained.next_due <= now() + timedelta(seconds=2), "it is looked at again soon"
        box._pipeline.now = lambda: now() + LEASE
        drained = await box.drain_once()
        assert [tried.outcome for tried in drained.tried] == [Outcome.ACCEPTED] * 2
    finally:
        one.send_signal(signal.SIGCONT)
        one.kill()
        one.wait(40)


async def test_whoever_waits_for_a_message_hears_what_another_made_of_it(tmp_path: Path, hook: Webhook) -> None:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    try:
        ledgers.owe(owed("voice-oncall", finding_="", key="drill/1/voice-oncall", step="drill"))
        hook.slow(1.0)
        urls, clock = {"VOICE": hook.ours}, Clock()
        first = asyncio.create_task(real(ledgers, inventory(), urls, clock).drain_once())
        await asyncio.to_thread(hook.wait, 1)
        second = await real(ledgers, inventory(), urls, clock).drain_once({"drill/1/voice-oncall"})
        assert [(one.key, one.outcome) for one in second.tried] == [("drill/1/voice-oncall", Outcome.ACCEPTED)]
        assert (await first).count(Outcome.ACCEPTED) == 1
    finally:
        ledgers.close()
    assert len(hook.received) == 1


def test_a_claim_ends_with_its_owner_and_with_its_lease(tmp_path: Path) -> None:
    ledgers = Ledgers(tmp_path / "leftopen.db")
    ledgers.owe(owed("voice-oncall"))
    (due,) = ledgers.owed()
    left = tmp_path / "leftopen.db.outbox-0123456789abcdef"
    left.touch()  # of one that was killed: nobody holds its lock
    owner = Owner(tmp_path / "leftopen.db")
    assert not left.exists()

    def claim(ledger: Ledger, name: str = owner.name) -> None:
        with ledger.step():
            events.begin(ledger, due, name, NOON)

    ledgers.now(claim)
    claimed = [
        ledgers.now(lambda ledger, at=at, but=but: leases.claimed(ledger, at, but=but))  # type: ignore[misc]
        for at, but in ((NOON, ""), (NOON, owner.name), (NOON + LEASE - timedelta(seconds=1), ""), (NOON + LEASE, ""))
    ]
    assert claimed == [{due.id}, set(), {due.id}, set()]
    (file,) = tmp_path.glob("leftopen.db.outbox-*")
    assert file.stat().st_mode & 0o777 == 0o600
    del owner
    assert ledgers.now(lambda ledger: leases.claimed(ledger, NOON)) == frozenset()
    assert not file.exists()
    ledgers.close()
