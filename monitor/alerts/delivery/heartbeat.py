"""A sign of life: one GET to a service of the operator's own that alarms when it stays away, in a killable process.

It is given only while we see, at least one asset was judged, and we can write. What comes of it is on file and disturbs
nothing.
Run as `python -m monitor.alerts.delivery.heartbeat` this file is the child.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import ssl
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.alerts.delivery.process import Sent, in_own_process, limit_memory
from monitor.alerts.messages.new_messages import ALIVE, alive_message
from monitor.coverage.endings import contract_endings, exceptions, soon
from monitor.coverage.states import asset_states
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.values.keep_out import keep_out
from monitor.inventory.values.secrets import NoSecret, resolve_secret
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.messages.confirmations import last_of_step
from monitor.store.messages.facts import Alive
from monitor.store.messages.heartbeats import last, record
from monitor.store.messages.queued import Outcome
from monitor.store.tables import actions
from monitor.store.thread import OnLedger
from probes.recognise.people.masking import mask_text

log = logging.getLogger("leftopen.heartbeat")
DEADLINE = 20.0


@dataclass(frozen=True, slots=True)
class HeartbeatRequest:
    """A sign of life that is to be given now."""

    url: str = field(repr=False)


def begin(ledger: Ledger, inventory: Inventory, now: datetime, environ: Mapping[str, str]) -> HeartbeatRequest | None:
    """Put on file that a sign of life is given; None when none is declared, or it is too early for the next.

    Raises LedgerUnusable: who cannot write gives no sign of life.
    """
    declared = inventory.heartbeat
    if declared is None or declared.url is None:
        return None
    before = last(ledger)
    # A little early is not early: who waits for it allows for its whole time.
    if before is not None and timedelta() <= now - before.at < declared.every - timedelta(seconds=1):
        return None
    states = asset_states(ledger, inventory, now)
    if any(one.last_look for one in states) and not any(one.judged for one in states):
        return None  # rounds in which nothing gets a verdict are no sign that we see: its staying away must alarm
    try:
        url = resolve_secret(declared.url, environ)
    except NoSecret as error:
        record(ledger, now, Outcome.MISCONFIGURED, mask_text(str(error)))
        return None
    record(ledger, now, Outcome.MAYBE, mask_text("it was begun and not ended"))
    return HeartbeatRequest(url)


def owe(ledger: Ledger, inventory: Inventory, now: datetime) -> bool:
    """Owe the channel its message that we see, once in `channel_every`; whether one is owed. Raises LedgerUnusable."""
    declared = inventory.heartbeat
    if declared is None or declared.channel is None:
        return False
    before = last_of_step(ledger, ALIVE)
    if before is not None and timedelta() <= now - before < declared.channel_every - timedelta(minutes=1):
        return False
    channel = inventory.channel(declared.channel)
    today = now.date()
    kept = exceptions(ledger, inventory)
    facts = Alive(
        now,
        len(inventory.assets),
        len(actions.still_open(ledger)),
        declared.channel_every.days,
        unseen=tuple(one.asset for one in asset_states(ledger, inventory, now) if not one.judged),
        exceptions=sum(one.days_left(today) >= 0 for one in kept),
        ending=tuple((one.name, one.until.isoformat()) for one in soon((*contract_endings(inventory), *kept), today)),
    )
    ledger.owe((alive_message(channel, inventory, facts),), now)
    return True


class Heart:
    """Gives signs of life when it is told to."""

    def __init__(
        self,
        on_ledger: OnLedger,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        owed: Callable[[], None] = lambda: None,
    ) -> None:
        """`owed` is called when a message to a channel was put on file."""
        self._owed = owed
        self._on_ledger = on_ledger
        self._now = now
        self._environ = environ

    async def beat_now(self, inventory: Inventory) -> Sent | None:
        """Give a sign of life if one is declared and it is time; None when none was given."""
        try:
            if await self._on_ledger(lambda ledger: owe(ledger, inventory, self._now())):
                self._owed()
            beat = await self._on_ledger(lambda ledger: begin(ledger, inventory, self._now(), self._environ))
            if beat is None:
                return None
            sent = await send(beat, self._environ)
            await self._on_ledger(lambda ledger: record(ledger, self._now(), sent.outcome, sent.reason))
        except LedgerUnusable as error:
            log.error("no sign of life: %s", error)
            return None
        if sent.outcome is not Outcome.ACCEPTED:
            log.warning("the sign of life was not taken: %s", sent.reason)
        return sent


async def send(beat: HeartbeatRequest, environ: Mapping[str, str], deadline: float = DEADLINE) -> Sent:
    """Give it. Never raises for anything that the far end does."""
    order = {"url": beat.url, "deadline": deadline}
    try:
        said = json.loads(await in_own_process("monitor.alerts.delivery.heartbeat", order, deadline, environ))
        return Sent(Outcome(said["outcome"]), mask_text(str(said["reason"])[:200]))
    except TimeoutError:
        return Sent(Outcome.MAYBE, mask_text(f"no answer within {deadline:g} seconds: killed"))
    except (OSError, ValueError, KeyError, TypeError):
        return Sent(Outcome.REFUSED, mask_text("no process could be started for it, or it died"))


def ask(url: str, deadline: float) -> tuple[Outcome, str]:
    """One GET, whose answer must be 2xx. Redirects are not followed: what they lead to has heard nothing from us."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return Outcome.MISCONFIGURED, "the address is no URL"
    if parts.scheme not in ("http", "https") or not host:
        return Outcome.MISCONFIGURED, "the address is no http(s) URL"
    connection = (
        http.client.HTTPSConnection(host, port, timeout=deadline / 2, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=deadline / 2)
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"User-Agent": "leftopen-heartbeat", "Connection": "close"})
        status = connection.getresponse().status
    except ssl.SSLError:
        return Outcome.REFUSED, "its certificate could not be verified, or TLS failed"
    except TimeoutError:
        return Outcome.MAYBE, "no answer in time"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome.REFUSED, f"it could not be asked ({type(error).__name__})"
    finally:
        connection.close()
    return (Outcome.ACCEPTED, "") if 200 <= status < 300 else (Outcome.REFUSED, f"answered {status}")


def main() -> None:
    """The child: an order on stdin, a result on stdout."""
    order = json.loads(sys.stdin.buffer.read(64 * 1024))
    # The parent kills us at the deadline; this is for the case that the parent itself was killed.
    signal.setitimer(signal.ITIMER_REAL, order["deadline"] + 2)
    limit_memory()
    keep_out()
    outcome, reason = ask(order["url"], order["deadline"])
    os.write(1, json.dumps({"outcome": outcome.value, "reason": reason}).encode())


if __name__ == "__main__":
    main()
