"""The outbox with a real ledger, real processes and real receivers: what is owed arrives, whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts.delivery.process import OutgoingMessage, Sent
from monitor.alerts.messages.new_messages import drill_message, messages_for
from monitor.alerts.queue.pipeline import Tried
from monitor.alerts.queue.retry import DEAD_TRIES
from monitor.findings.finding import Step
from monitor.store.messages.queued import DueState, Outcome
from probes.recognise.people.masking import mask_text
from tests.monitor.alerts.builders import NOON, Clock, Ledgers, change, finding, inventory, outbox, owed
from tests.servers.listener import Listener
from tests.servers.webhook import Reply, Webhook, webhook


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[Ledgers]:
    one = Ledgers(tmp_path / "leftopen.db")
    yield one
    one.close()


def titles(hook: Webhook) -> list[str]:
    return [request.json()["title"] for request in hook.received]


async def test_what_is_owed_is_sent_and_marked(ledgers: Ledgers, hook: Webhook) -> None:
    clock, declared = Clock(), inventory()
    messages = messages_for(finding(), change(Step.OPENED), declared)
    ledgers.owe(*(m for m in messages if m.channel == "voice-oncall"))
    box = outbox(ledgers, declared, {"VOICE": hook.apprise}, clock)
    drained = await box.drain_once()
    assert drained.count(Outcome.ACCEPTED) == 1
    assert drained.failed == ()
    assert drained.next_due is None
    sent = hook.received[0].json()
    assert sent["title"].startswith("CRITICAL: recorded calls")
    assert f"leftopen show {finding().id}" in sent["message"]
    assert "\n" in sent["message"]
    assert sent["type"] == "failure"
    assert sent["attachments"] == []
    assert ledgers.owed() == ()
    assert await box.drain_once() == type(drained)((), None)
    assert len(hook.received) == 1


@pytest.mark.parametrize(
    ("reply", "outcome", "reason"),
    [
        (Reply(500), Outcome.REFUSED, "answered 500"),
        (Reply(429, (("Retry-After", "1"),)), Outcome.REFUSED, "answered 429"),
        (Reply(401), Outcome.REFUSED, "answered 401"),
        (Reply(drop=True), Outcome.MAYBE, "the connection broke before an answer"),
        (Reply(never=True), Outcome.MAYBE, ""),
        (Reply(after=60), Outcome.MAYBE, ""),
    ],
)
async def test_what_fails_is_owed_again_at_a_date_and_arrives_then(
    ledgers: Ledgers, hook: Webhook, reply: Reply, outcome: Outcome, reason: str
) -> None:
    clock = Clock()
    ledgers.owe(owed("voice-oncall"))
    hook.answer(reply)
    box = outbox(ledgers, inventory(), {"VOICE": hook.apprise}, clock, deadline=60.0 if reason else 8.0)
    drained = await box.drain_once()
    assert [(one.outcome, one.state) for one in drained.tried] == [(outcome, DueState.OWED)]
    assert reason in drained.tried[0].reason
    assert drained.next_due == NOON + timedelta(minutes=1)
    (due,) = ledgers.owed()
    assert (due.tries, due.due, due.last_error) == (1, NOON + timedelta(minutes=1), drained.tried[0].reason)
    assert (await box.drain_once()).tried == ()
    clock.at += timedelta(minutes=1)
    assert (await box.drain_once()).count(Outcome.ACCEPTED) == 1
    assert ledgers.owed() == ()
    # Whatever did arrive twice is known by its id and sequence.
    assert titles(hook) == ["something is open (LO-TEST/1)"] * 2


async def test_a_redirect_is_a_refusal_and_is_not_followed(ledgers: Ledgers, hook: Webhook, never: Listener) -> None:
    ledgers.owe(owed("voice-oncall"))
    hook.redirect(f"http://127.0.0.1:{never.port}/login")
    drained = await outbox(ledgers, inventory(), {"VOICE": hook.ours}, Clock()).drain_once()
    assert drained.tried[0].outcome is Outcome.REFUSED
    assert "302" in drained.tried[0].reason
    assert len(ledgers.owed()) == 1


async def test_ten_hung_channels_do_not_delay_a_healthy_one(ledgers: Ledgers, hook: Webhook) -> None:
    with ExitStack() as stack:
        hung = [stack.enter_context(webhook()) for _ in range(10)]
        channels = [{"id": f"hung-{n}", "party": "voice", "url": f"env:HUNG{n}"} for n in range(10)]
        urls = {f"HUNG{n}": one.ours for n, one in enumerate(hung)} | {"VOICE": hook.ours}
        for one in hung:
            one.always = Reply(never=True)
        ledgers.owe(*(owed(f"hung-{n}") for n in range(10)))
        tried: list[Tried] = []
        box = outbox(ledgers, inventory(*channels), urls, Clock(), heard=tried.append)
        stop = asyncio.Event()
        running = asyncio.create_task(box.run(stop))
        for one in hung:
            await asyncio.to_thread(one.wait, 1)
        # All of them hang now. What is owed from here on must not wait for any of them.
        for number in range(2):
            ledgers.owe(owed("voice-oncall", sequence=number))
            box.wake()
            await asyncio.to_thread(hook.wait, number + 1)
        assert {one.channel for one in tried} <= {"voice-oncall"}
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert {one.channel for one in tried} <= {"voice-oncall"}
    assert {f"hung-{n}" for n in range(10)} <= {due.owed.channel for due in ledgers.owed()}


async def test_run_sends_what_comes_up_and_stops_when_told(ledgers: Ledgers, hook: Webhook) -> None:
    box = outbox(ledgers, inventory(), {"VOICE": hook.ours}, Clock())
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    await asyncio.sleep(0.1)
    ledgers.owe(owed("voice-oncall"), owed("voice-oncall", sequence=2))
    box.wake()
    await asyncio.to_thread(hook.wait, 2)
    stop.set()
    await asyncio.wait_for(running, 40)
    assert ledgers.owed() == ()
    assert titles(hook) == ["something is open (LO-TEST/1)", "something is open (LO-TEST/2)"]


async def test_a_failed_message_is_not_overtaken_by_the_next_of_its_finding(ledgers: Ledgers, hook: Webhook) -> None:
    clock = Clock()
    ledgers.owe(owed("voice-oncall"), owed("voice-oncall", sequence=2), owed("voice-oncall", finding_="LO-OTHER"))
    hook.answer(500)
    box = outbox(ledgers, inventory(), {"VOICE": hook.ours}, clock)
    drained = await box.drain_once()
    assert [one.key for one in drained.tried] == ["LO-TEST/1/voice-oncall", "LO-OTHER/1/voice-oncall"]
    assert drained.next_due == NOON + timedelta(minutes=1)
    clock.at += timedelta(minutes=1)
    await box.drain_once()
    assert titles(hook)[2:] == ["something is open (LO-TEST/1)", "something is open (LO-TEST/2)"]


async def test_a_missing_secret_is_said_and_mended_without_losing_the_message(
    ledgers: Ledgers, hook: Webhook, tmp_path: Path
) -> None:
    clock, secret = Clock(), tmp_path / "url"
    declared = inventory({"id": "by-file", "party": "voice", "url": f"file:{secret}"})
    ledgers.owe(owed("voice-oncall"), owed("by-file"))
    box = outbox(ledgers, declared, {}, clock)
    drained = await box.drain_once()
    assert {one.outcome for one in drained.tried} == {Outcome.MISCONFIGURED}
    assert any("env:VOICE" in one.reason for one in drained.tried)
    assert drained.next_due == NOON + timedelta(minutes=15)
    secret.write_text(hook.ours + "\n")
    clock.at += timedelta(minutes=15)
    assert (await box.drain_once()).count(Outcome.ACCEPTED) == 1
    assert [due.owed.channel for due in ledgers.owed()] == ["voice-oncall"]


async def test_an_address_that_hides_failures_is_refused(ledgers: Ledgers, hook: Webhook) -> None:
    ledgers.owe(owed("voice-oncall"))
    drained = await outbox(ledgers, inventory(), {"VOICE": f"{hook.apprise}?optional=yes"}, Clock()).drain_once()
    assert drained.tried[0].outcome is Outcome.MISCONFIGURED
    assert hook.received == []


async def test_a_channel_that_went_to_another_party_gets_nothing_that_was_owed_before(
    ledgers: Ledgers, hook: Webhook
) -> None:
    ledgers.owe(owed("stranger-mail", party="voice"), owed("no-such-channel"), owed("voice-oncall", party="gone"))
    urls = {"STRANGER": hook.ours, "VOICE": hook.ours}
    drained = await outbox(ledgers, inventory(), urls, Clock()).drain_once()
    assert {(one.outcome, one.state) for one in drained.tried} == {(Outcome.HELD, DueState.HELD)}
    assert len(drained.tried) == 3
    assert hook.received == []


async def test_a_drill_can_be_sent_alone(ledgers: Ledgers, hook: Webhook) -> None:
    declared = inventory()
    drill = drill_message(declared.channel("voice-oncall"), declared, NOON)
    ledgers.owe(owed("voice-oncall"), drill)
    box = outbox(ledgers, declared, {"VOICE": hook.ours}, Clock())
    drained = await box.drain_once(only={drill.key})
    assert [one.key for one in drained.tried] == [drill.key]
    assert titles(hook) == ["DRILL: a test of channel voice-oncall; nothing is open"]
    assert len(ledgers.owed()) == 1


class Refuses:
    """A way of sending by which nothing is ever accepted."""

    async def __call__(self, outgoing: OutgoingMessage, /) -> Sent:
        return Sent(Outcome.REFUSED, mask_text("answered 500"))


async def test_a_dead_letter_is_for_news_of_ourselves_an_exposure_stays_owed(ledgers: Ledgers) -> None:
    clock = Clock()
    ledgers.owe(owed("ours", finding_="", party=""), owed("voice-oncall"))
    urls = {"OURS": "json://127.0.0.1", "VOICE": "json://127.0.0.1"}
    tried: list[Tried] = []
    box = outbox(ledgers, inventory(), urls, clock, sender=Refuses(), heard=tried.append)
    for _ in range(40):
        again = (await box.drain_once()).next_due
        assert again is not None
        clock.at = again
    assert [one.channel for one in tried if one.state is DueState.DEAD] == ["ours"]
    assert sum(one.channel == "ours" for one in tried) > DEAD_TRIES
    assert [due.owed.channel for due in ledgers.owed()] == ["voice-oncall"]
    assert clock.at - NOON > timedelta(hours=30)


async def test_no_secret_is_in_any_command_line_environment_database_or_reason(
    ledgers: Ledgers, hook: Webhook, tmp_path: Path
) -> None:
    token = "t0ken5ecret"  # noqa: S105  made up
    hook.always = Reply(never=True)
    ledgers.owe(owed("voice-oncall"))
    url = f"{hook.apprise}/{token}?+Authorization={token}"
    box = outbox(ledgers, inventory(), {"VOICE": url}, Clock(), deadline=8.0)
    draining = asyncio.create_task(box.drain_once())
    await asyncio.to_thread(hook.wait, 1)
    assert token in hook.received[0].path
    seen = 0
    for process in (Path("/proc") / str(child) for child in _senders()):
        seen += 1
        assert token not in _read(process / "cmdline")
        assert token not in _read(process / "environ")
        names = {line.partition("=")[0] for line in _read(process / "environ").split("\0") if line}
        assert names <= {"PATH", "LANG", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NETRC", "HOME", "LC_CTYPE"}
    assert seen >= 1
    drained = await draining
    assert token not in drained.tried[0].reason
    kept = await asyncio.to_thread(lambda: [file.read_bytes() for file in tmp_path.glob("leftopen.db*")])
    assert kept
    assert not any(token.encode() in one for one in kept)


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize(("step", "copies"), [("before-send", 1), ("before-mark", 2)])
async def test_kill_9_between_commit_send_and_mark_loses_nothing_and_repeats_carry_the_same_id(
    tmp_path: Path, hook: Webhook, step: str, copies: int
) -> None:
    database = tmp_path / "leftopen.db"
    killed = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.monitor.alerts.killed",
        str(database),
        hook.ours,
        step,
        cwd=Path(__file__).parents[3],
    )
    assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
    assert len(hook.received) == copies - 1
    ledgers = Ledgers(database)
    try:
        drained = await outbox(ledgers, inventory(), {"VOICE": hook.ours}, Clock()).drain_once()
        assert drained.count(Outcome.ACCEPTED) == 1
        assert ledgers.owed() == ()
    finally:
        ledgers.close()
    assert titles(hook) == ["something is open (LO-TEST/1)"] * copies


async def test_a_cancelled_delivery_leaves_no_process_behind_and_stays_owed(ledgers: Ledgers, hook: Webhook) -> None:
    hook.always = Reply(never=True)
    ledgers.owe(owed("voice-oncall"))
    draining = asyncio.create_task(outbox(ledgers, inventory(), {"VOICE": hook.ours}, Clock()).drain_once())
    await asyncio.to_thread(hook.wait, 1)
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    (due,) = ledgers.owed()
    assert due.tries == 0
    assert _senders() == []


async def test_a_process_that_answers_to_nothing_is_killed_at_the_deadline(ledgers: Ledgers, hook: Webhook) -> None:
    hook.always = Reply(never=True)
    ledgers.owe(owed("voice-oncall"))
    box = outbox(ledgers, inventory(), {"VOICE": hook.ours}, Clock(), deadline=8.0)
    draining = asyncio.create_task(box.drain_once())
    await asyncio.to_thread(hook.wait, 1)
    (child,) = _senders()
    os.kill(child, signal.SIGSTOP)  # no time-out of its own, and no signal handler, runs any more
    drained = await asyncio.wait_for(draining, 60)
    assert (drained.tried[0].outcome, drained.tried[0].reason) == (Outcome.MAYBE, "no result within 8 seconds: killed")
    assert _senders() == []
    assert len(ledgers.owed()) == 1


def _senders() -> list[int]:
    """The sending processes that this process has started."""
    mine = str(os.getpid())
    children = [child for task in Path(f"/proc/{mine}/task").iterdir() for child in _read(task / "children").split()]
    return [
        int(child)
        for child in children
        if "monitor.alerts.delivery.process" in _read(Path("/proc") / child / "cmdline")
    ]
