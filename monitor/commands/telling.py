"""`leftopen confirm`, `cancel`, `approve`, `misdelivered`, `statistics`: what people say of messages and recipients."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.markup import escape

from monitor.alerts.delivery.signed_links import CODE, confirming
from monitor.alerts.messages.system_messages import owed_confirm
from monitor.alerts.queue.send_conditions import APPROVAL, parties_of
from monitor.commands import console
from monitor.commands.shared import BLIND, NOTHING_OPEN, WRONG, Reading, fail
from monitor.commands.told import outbox, say_told
from monitor.findings.finding import is_finding_id
from monitor.findings.handling import TriageStatus, fold
from monitor.inventory.load import Checked
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.store import actions
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, digests, events
from monitor.store.messages.events import Event
from monitor.store.messages.queued import DueState, QueuedMessage
from monitor.store.statistics import Month, Spans, month_of, statistics
from monitor.store.thread import LedgerThread
from probes.recognise.people.masking import mask_text


async def ask(checked: Checked, ledger: LedgerThread, channel_id: str, environ: Mapping[str, str] = os.environ) -> int:
    """Send the question whether a channel leads to its party, and say what the provider said."""
    inventory, now = checked.inventory, datetime.now(UTC)
    channel = inventory.channel(channel_id)
    try:
        url = resolve_secret(channel.url, environ)
    except NoSecret as error:
        ledger.close()
        fail(f"channel {channel_id}: {error}")

    def put(led: Ledger) -> str:
        with led.step():
            asked = confirmations.ask(led, channel_id, parties_of(channel, inventory), led.seal.digest(url).hex(), now)
            owed = owed_confirm(channel, inventory, asked.number, asked.ends())
            led.owe_now((owed,), now)
            return owed.key

    try:
        key = await ledger(put)
        drained = await outbox(checked, ledger, environ=environ).drain_once({key})
        say_told(drained)
    finally:
        ledger.close()
    if not drained.tried or drained.failed:
        return BLIND
    how = "its link" if inventory.acknowledge else f"leftopen confirm {channel_id} --token CODE"
    console.talk().print(f"asked; until it is confirmed ({escape(how)}) nothing else is sent there")
    return NOTHING_OPEN


def answer(database: str | None, channel: str, token: str, by: str) -> int:
    """Confirm a channel by the code that was sent to it."""
    with Reading(database) as ledger:
        asked = confirmations.last_question(ledger, channel)
        if asked is None:
            fail(f"channel {channel} was never asked: `leftopen confirm {channel}` asks it")
        good = confirming(ledger.seal.signature, asked.text)[:CODE]
        said = token.strip().lower()
        if not hmac.compare_digest(good.encode(), said.encode("utf-8", "replace")):
            fail("that is not the code that was sent last")
        with ledger.step():
            why = confirmations.confirm(ledger, asked, str(mask_text(by)), datetime.now(UTC))
    if why:
        fail(why)
    console.talk().print(
        f"confirmed: {escape(channel)}, for {confirmations.LASTS.days} days; what was held goes out now"
    )
    return NOTHING_OPEN


def cancel(database: str | None, which: str, by: str, reason: str) -> int:
    """Stop what was not sent yet: one message by its number, or all about a finding."""
    with Reading(database) as ledger, ledger.step():
        now = datetime.now(UTC)
        finding = _finding(which)
        if finding:
            events.ungroup(ledger, finding, now)
        dues = events.waiting(ledger, finding) if finding else _one(ledger, which)
        late = [due for due in dues if events.in_hand(ledger, due.id, now)]
        stopped = [due for due in dues if due not in late and due.state in (DueState.OWED, DueState.HELD)]
        for due in stopped:
            for one in (due, *_members(ledger, due)):
                events.stop(ledger, one, Event.CANCELLED, now, _person(by), str(mask_text(reason)))
    for due in stopped:
        tried = "; it was tried before and may have arrived" if due.tries else ""
        console.talk().print(f"cancelled: {due.id}, to {escape(due.owed.channel)} ({escape(due.owed.key)}){tried}")
    for due in late:
        console.talk().print(f"[red]too late[/]: {due.id}, to {escape(due.owed.channel)}, is being sent just now")
    if not stopped and not late:
        console.talk().print("nothing waits that could be cancelled: `leftopen trace ID` shows what was sent")
    return NOTHING_OPEN if stopped and not late else WRONG


def approve(database: str | None, which: str, by: str) -> int:
    """Let out what waits for a person's approval; not by whoever has taken the finding."""
    with Reading(database) as ledger, ledger.step():
        now, finding, person = datetime.now(UTC), _finding(which), _person(by)
        dues = events.waiting(ledger, finding) if finding else _one(ledger, which)
        waiting = [due for due in dues if due.state is not DueState.CANCELLED and due.owed.finding]
        approved = []
        for due in waiting:
            if due.state not in (DueState.OWED, DueState.HELD) or events.approved(ledger, due.id):
                continue
            about = ledger.finding(due.owed.finding)
            stands = fold(actions.of_finding(ledger, about.id), about) if about is not None else None
            taken = stands is not None and stands.standing in (TriageStatus.ACKNOWLEDGED, TriageStatus.CONTAINED)
            if stands is not None and taken and stands.by.casefold() == person.casefold():
                fail(f"{person} has taken {due.owed.finding}: a second person must approve what is told of it")
            events.approve(ledger, due, now, person)
            approved.append(due)
    for due in approved:
        console.talk().print(f"approved: {due.id}, to {escape(due.owed.channel)} ({escape(due.owed.key)})")
    if not approved:
        console.talk().print(f"nothing waits for an {APPROVAL}: `leftopen health` shows what is held, and why")
    return NOTHING_OPEN if approved else WRONG


def misdelivered(database: str | None, which: str, by: str, reason: str) -> int:
    """Put on file that a message reached somebody whom it was not meant for."""
    with Reading(database) as ledger, ledger.step():
        (due,) = _one(ledger, which)
        sent = "SELECT 1 FROM deliveries WHERE due = ? AND outcome IN ('accepted', 'may-have-arrived')"
        if not ledger.rows(sent, due.id):
            fail(f"message {due.id} reached nobody: no provider has taken it")
        if ledger.rows("SELECT 1 FROM postings WHERE due = ? AND event = 'misdelivered'", due.id):
            fail(f"message {due.id} is on file as misdelivered already")
        events.note(ledger, due.id, Event.MISDELIVERED, datetime.now(UTC), _person(by), str(mask_text(reason)))
    console.talk().print(f"on file: message {due.id} to {escape(due.owed.channel)} was misdelivered")
    return NOTHING_OPEN


def month(database: str | None, text: str | None, as_json: bool) -> int:
    """Print the figures of a month."""
    try:
        start, end = month_of(text or f"{datetime.now(UTC):%Y-%m}")
    except ValueError as error:
        fail(str(error))
    with Reading(database) as ledger:
        found = statistics(ledger, start, end)
    if as_json:
        value = asdict(found) | {"start": start.isoformat(), "end": end.isoformat()}
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        _show(found)
    return NOTHING_OPEN


def _show(found: Month) -> None:
    out = console.out()
    out.print(f"[bold]{found.start:%Y-%m}[/] (UTC, until before {found.end:%Y-%m-%d})")
    for step, number in found.messages.items():
        out.print(f"  {'messages, ' + step:<28} {number:>6}")
    for word in ("retractions", "held", "cancelled", "withdrawn", "approved", "misdelivered", "acknowledged"):
        out.print(f"  {word:<28} {getattr(found, word):>6}")
    out.print(f"  {'not accepted by anybody':<28} {found.not_accepted:>6}")
    for name, spans in (("time to accept", found.to_accept), ("time to acknowledge", found.to_acknowledge)):
        out.print(f"  {name:<28} {spans.count:>6}{_took(spans)}")
    for channel, outcomes in found.tries.items():
        said = ", ".join(f"{outcome} {number}" for outcome, number in outcomes.items())
        out.print(f"  {escape(channel)}: {said}")


def _took(spans: Spans) -> str:
    if spans.median is None or spans.worst is None:
        return ""
    return f"   median {console.span(spans.median)}, worst {console.span(spans.worst)}"


def _finding(which: str) -> str:
    """The finding's id, when it is one."""
    wanted = which.strip().upper()
    return wanted if wanted.startswith("LO-") and is_finding_id(wanted) else ""


def _one(ledger: Ledger, which: str) -> tuple[QueuedMessage, ...]:
    """The message with this number, as `trace` and `health` print it."""
    number = which.strip().removeprefix("#")
    due = events.message(ledger, int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if due is None:
        fail(f"{which!r} is no message's number and no finding's id: `leftopen trace ID|CHANNEL` prints them")
    return (due,)


def _members(ledger: Ledger, due: QueuedMessage) -> tuple[QueuedMessage, ...]:
    """The messages that go with a group; a copy of it in another channel's place goes alone."""
    (row,) = ledger.rows("SELECT copy_of FROM dues WHERE id = ?", due.id)
    return digests.members(ledger, due.id) if row["copy_of"] is None else ()


def _person(by: str) -> str:
    said = str(mask_text(" ".join(by.split())))
    return said or fail("say who does it")
