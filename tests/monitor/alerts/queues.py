"""Programs that send, started several at a time and killed at any moment: what the tests of claims and kills start.

`python -m tests.monitor.alerts.queues drain DATABASE URL` sends what is queued,
once it reads a line on stdin, until nothing is.
`python -m tests.monitor.alerts.queues live DATABASE URL SEED TIMES` is killed TIMES times
while it finds, queues and sends.
Both send in their own process, by a real request, as quickly as they can.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import select
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from monitor.alerts.delivery.process import OutgoingMessage, Sent
from monitor.alerts.messages.new_messages import messages_for
from monitor.alerts.queue.outbox import Outbox
from monitor.findings.finding import Change, Finding, Step, finding_id, fingerprint
from monitor.findings.reasons import Cause
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import Outcome
from monitor.store.thread import LedgerThread
from probes.api import Place
from probes.recognise.people.masking import mask_text
from tests.monitor.alerts.builders import finding, inventory

CHANNELS = ("region-mail", "voice-oncall")


def now() -> datetime:
    return datetime.now(UTC)


def declared() -> Inventory:
    """Two channels, and no groups: what was told of each finding is then counted by its own id."""
    made = inventory()
    defaults = made.defaults.model_copy(update={"group_above": 1000})
    channels = tuple(channel for channel in made.channels if channel.id in CHANNELS)
    parties = tuple(party.model_copy(update={"channels": ()}) for party in made.parties)
    return made.model_copy(update={"defaults": defaults, "channels": channels, "parties": parties})


class Straight:
    """A sender that makes one request, here and now."""

    async def __call__(self, outgoing: OutgoingMessage, /) -> Sent:
        return await asyncio.to_thread(_post, outgoing)


def _post(outgoing: OutgoingMessage) -> Sent:
    parts = urlsplit(outgoing.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request(
            "POST", f"/{outgoing.channel}", json.dumps({"title": outgoing.title, "message": outgoing.body})
        )
        good = connection.getresponse().status == 200
    except OSError:
        return Sent(Outcome.MAYBE, mask_text("no answer"))
    finally:
        connection.close()
    return Sent(Outcome.ACCEPTED if good else Outcome.REFUSED, mask_text("" if good else "refused"))


def outbox(ledger: LedgerThread, url: str) -> Outbox:
    return Outbox(ledger, declared(), now, Straight(), environ={"REGION": url, "VOICE": url})


def discover(ledger: Ledger) -> str:
    """One more place is found open: the finding, its change and what it owes, in one transaction."""
    with ledger.step():
        number = ledger.rows("SELECT count(*) AS n FROM findings")[0]["n"]
        place = Place("nas.voice.example", 443, f"/{number}/")
        print_ = fingerprint("exempel", "voice-nas", "listing", place)
        found: Finding = finding(id=finding_id(print_), fingerprint=print_, place=place)
        change = Change(found.id, 1, Step.OPENED, now(), Cause.PROVEN)
        ledger.save(found, change, "r1", now(), messages_for(found, change, declared()))
    return found.id


async def drain(database: Path, url: str) -> None:
    ledger = LedgerThread(database)
    box = outbox(ledger, url)
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        if (await box.drain_once()).next_due is None:
            break
        await asyncio.sleep(0.02)
    ledger.close()


async def live(database: Path, url: str, sign: int, *, once: bool) -> None:
    """Find, send, and find again, for ever; or send what is still owed, `once`. Give a `sign` when that begins."""
    ledger = LedgerThread(database)
    box = outbox(ledger, url)
    await box.drain_once()
    os.write(sign, b".")
    while not once:
        # What stands here is on file: the parent must find it there again.
        print(await ledger(discover), flush=True)
        await box.drain_once()
    ledger.close()


def killed(database: Path, url: str, seed: int, times: int) -> None:
    """Each life in a process of its own, that is killed as it starts, or a few hundredths of a second after that."""
    chance = random.Random(seed)
    for left in range(times, -1, -1):
        sys.stdout.flush()
        hears, sign = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(live(database, url, sign, once=left == 0))
            except BaseException as error:  # noqa: BLE001  the parent reads the exit code
                print(repr(error), file=sys.stderr, flush=True)
                os._exit(9)
            os._exit(0)
        if left:
            # However busy the machine is, most of them come to work before they are killed.
            if chance.random() < 0.8:
                select.select([hears], [], [], 5)
            time.sleep(chance.uniform(0.0, 0.07))
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        os.close(hears)
        os.close(sign)
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)
        print(f"\nended {ended}", flush=True)


if __name__ == "__main__":
    what, file, where, *more = sys.argv[1:]
    if what == "drain":
        asyncio.run(drain(Path(file), where))
    else:
        killed(Path(file), where, int(more[0]), int(more[1]))
