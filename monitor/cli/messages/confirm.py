"""`leftopen confirm`: ask whoever reads a channel to confirm that it is theirs."""

from __future__ import annotations

import hmac
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.markup import escape

from monitor.alerts.delivery.signed_links import CODE, confirming
from monitor.alerts.messages.new_messages import confirm_message
from monitor.alerts.queue.send_conditions import CONFIRM, parties_of
from monitor.cli import console
from monitor.cli.messages.sending import outbox, say_sent
from monitor.cli.opening import BLIND, NOTHING_OPEN, Reading, fail, load_inventory, open_ledger, run_to_end
from monitor.cli.options import channel_argument, database_option, inventory_argument
from monitor.inventory.load import Checked
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.store.ledger import Ledger
from monitor.store.messages import confirmations, events
from monitor.store.messages.events import Event
from monitor.store.thread import LedgerThread
from probes.recognise.people.masking import mask_text


@click.command()
@channel_argument
@inventory_argument
@database_option
@click.option("--token", metavar="CODE", help="The code that was sent there: it confirms the channel.")
@click.option("--by", default="command line", show_default=True, metavar="NAME", help="The person who gave the code.")
def confirm(channel: str, inventory: Path, database: str | None, token: str | None, by: str) -> None:
    """Ask the readers of a channel to confirm that it is theirs.

    They follow the link in the message, or send back its code. Until then nothing else is sent to a party's channel:
    its messages wait, and are sent as soon as it is confirmed. A confirmation is valid for 180 days, and only for the
    address to which it was sent.
    """
    checked = load_inventory(inventory, quiet=True)
    known = [c.id for c in checked.inventory.channels]
    if channel not in known:
        fail(f"no channel {channel!r} in {inventory} (known: {', '.join(known) or 'none'})")
    again = f"leftopen confirm {channel} {shlex.quote(str(inventory))}"
    if token is not None:
        sys.exit(_answer(checked, database, channel, token, by, again))
    sys.exit(run_to_end(_ask(checked, open_ledger(database), channel, again)))


async def _ask(
    checked: Checked, ledger: LedgerThread, channel_id: str, again: str, environ: Mapping[str, str] = os.environ
) -> int:
    """Send the question whether a channel leads to its party, and say what the provider said.

    `again` is this command, as one would type it again.
    """
    inventory, now = checked.inventory, datetime.now(UTC)
    channel = inventory.channel(channel_id)
    try:
        url = resolve_secret(channel.url, environ)
    except NoSecret as error:
        ledger.close()
        fail(f"channel {channel_id}: {error}")

    def put(led: Ledger) -> str:
        with led.step():
            # An older question would arrive with a code that no longer confirms anything.
            for due in events.waiting_for(led, channel_id, CONFIRM):
                if not events.in_hand(led, due.id, now):
                    events.stop(led, due, Event.WITHDRAWN, now, "leftopen", "a newer question was asked")
            asked = confirmations.ask(led, channel_id, parties_of(channel, inventory), led.seal.digest(url).hex(), now)
            owed = confirm_message(channel, inventory, asked.number, asked.ends())
            led.owe_now((owed,), now)
            return owed.key

    try:
        key = await ledger(put)
        drained = await outbox(checked, ledger, environ=environ).drain_once({key})
        say_sent(drained)
    finally:
        ledger.close()
    if not drained.tried or drained.failed:
        return BLIND
    how = "its link" if inventory.acknowledge else f"{again} --token CODE"
    console.talk().print(f"asked; until it is confirmed ({escape(how)}) nothing else is sent there")
    return NOTHING_OPEN


def _answer(checked: Checked, database: str | None, channel: str, token: str, by: str, again: str) -> int:
    """Confirm a channel by the code that was sent to it, and send what was held for it."""
    now = datetime.now(UTC)
    with Reading(database) as ledger:
        asked = confirmations.last_question(ledger, channel)
        if asked is None:
            fail(f"channel {channel} was never asked: `{again}` asks it")
        good = confirming(ledger.seal.signature, asked.text)[:CODE]
        said = token.strip().lower()
        if not hmac.compare_digest(good.encode(), said.encode("utf-8", "replace")):
            fail("that is not the code that was sent last")
        with ledger.step():
            why = confirmations.confirm(ledger, asked, str(mask_text(by)), now)
        held = [due.owed.key for due in events.waiting_for(ledger, channel)]
    if why:
        fail(why)
    console.talk().print(f"confirmed: {escape(channel)}, for {confirmations.LASTS.days} days")
    return run_to_end(_send(checked, open_ledger(database), held)) if held else NOTHING_OPEN


async def _send(checked: Checked, ledger: LedgerThread, keys: Sequence[str]) -> int:
    """Send what was held for the channel; 3 unless all of it was accepted."""
    try:
        drained = await outbox(checked, ledger).drain_once(set(keys))
        say_sent(drained)
        return BLIND if drained.failed else NOTHING_OPEN
    finally:
        ledger.close()
