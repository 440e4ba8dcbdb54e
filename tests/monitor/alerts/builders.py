"""A small chain of parties, a finding on its asset, and a ledger to owe messages from: what these tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from monitor.alerts.delivery.process import OwnProcess, Sender
from monitor.alerts.delivery.writing import preview
from monitor.alerts.messages.reader import Text
from monitor.alerts.queue.outbox import Outbox
from monitor.alerts.queue.pipeline import Tried
from monitor.findings.finding import Change, EndpointState, Finding, Severity, State, Step, finding_id, fingerprint
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Cause, Holding, Holds, NamesHold, Reason
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import Written, dump_facts
from monitor.store.messages.queued import NewMessage, QueuedMessage
from probes.api import Place
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import OpenReason
from probes.recognise.people.masking import mask_text
from probes.recognise.people.tokens import Identifier

T = TypeVar("T")

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def inventory(*channels: dict[str, Any], **asset: Any) -> Inventory:
    """Region (sv) -> MedHelp -> Voice Nordic, who owns the asset; and a stranger with a contract of its own."""
    under = {"authorised_by": "the region", "authorised_until": "2030-01-01"}
    return Inventory.model_validate(
        {
            "leftopen": 1,
            "organisation": {"id": "exempel", "name": "Region Exempel", "contact": "sec@region.example"},
            "parties": [
                {"id": "region", "name": "Regionen", "role": "controller", "language": "sv"},
                {"id": "medhelp", "name": "MedHelp Example", "role": "processor", "channels": ["shared"]},
                {"id": "voice", "name": "Voice Example", "role": "sub-processor", "channels": ["shared"]},
                {"id": "stranger", "name": "Stranger", "role": "processor"},
            ],
            "contracts": [
                {"id": "care", "controller": "region", "processor": "medhelp", **under},
                {"id": "voice", "controller": "medhelp", "processor": "voice", "under": "care", **under},
                {"id": "other", "controller": "region", "processor": "stranger", **under},
            ],
            "channels": [
                {"id": "shared", "url": "env:SHARED"},
                {"id": "region-mail", "party": "region", "url": "env:REGION"},
                {"id": "voice-oncall", "party": "voice", "url": "env:VOICE"},
                {"id": "voice-pager", "party": "voice", "url": "env:PAGER", "minimum": "critical"},
                {"id": "stranger-mail", "party": "stranger", "url": "env:STRANGER"},
                {"id": "ours", "url": "env:OURS", "operator": True},
                *channels,
            ],
            "defaults": {"confirm_recipients": False},
            "assets": [
                {
                    "id": "voice-nas",
                    "host": "nas.voice.example",
                    "data": "recordings",
                    "owner": "voice",
                    "contract": "voice",
                    **asset,
                }
            ],
        }
    )


def finding(**changed: Any) -> Finding:
    """Recordings, proven open for three hours, clear two days before."""
    place = Place("nas.voice.example", 443, "/medicall/")
    print_ = fingerprint("exempel", "voice-nas", "listing", place)
    found = Finding(
        id=finding_id(print_),
        fingerprint=print_,
        tenant="exempel",
        asset="voice-nas",
        probe="http-listing",
        kind="listing",
        place=place,
        state=State.EXPOSED,
        severity=Severity.CRITICAL,
        severity_reasons=(Holds(Holding.RECORDINGS, 2_700_000, readable=False),),
        first_seen=NOON - timedelta(hours=3),
        last_seen=NOON,
        confirmed=NOON - timedelta(hours=3),
        cleared=None,
        last_known_good=NOON - timedelta(days=2),
        reopened=0,
        sequence=1,
        active=True,
        seen=(EndpointState("http://nas.voice.example:443", NOON),),
        extent=Extent(
            files=2_700_000,
            directories=12,
            size=3_200_000_000_000,
            sized=2_700_000,
            kinds=(("audio", 2_600_000), ("other", 100_000)),
            calls=900_000,
            newest=NOON,
            oldest=NOON - timedelta(days=1000),
            claims=(NamesHold(Identifier.PHONE),),
        ),
        why=OpenReason.LISTED_AND_READABLE,
        facts=(Fact(FactKind.HTTP_ON, number=443), Fact(FactKind.BANNER, "Apache/2.4.7")),
        proof=(
            Proof(ProofStep.PARSES_AS_LISTING, "apache"),
            Proof(ProofStep.FILE_ANSWERS),
        ),
    )
    return replace(found, **changed)


def change(step: Step, sequence: int = 1, reason: Reason = Cause.PROVEN, at: datetime = NOON) -> Change:
    """One step in the life of `finding()`."""
    return Change(finding().id, sequence, step, at, reason)


def written(title: str, body: str) -> str:
    """The facts of a message whose text stands already."""
    return dump_facts(Written(mask_text(title), mask_text(body)))


def text(message: NewMessage, declared: Inventory | None = None, members: Sequence[NewMessage] = ()) -> Text:
    """A message as it would be read now."""
    return preview(declared or inventory(), message, members)


def owed(channel: str, *, finding_: str = "LO-TEST", sequence: int = 1, **changed: Any) -> NewMessage:
    """A message to one channel; to those who run leftopen when `finding_` is empty."""
    message = NewMessage(
        key=f"{finding_ or 'round'}/{sequence}/{channel}",
        finding=finding_,
        sequence=sequence,
        step="opened" if finding_ else "blind",
        channel=channel,
        party="voice",
        severity="critical",
        facts=written(f"something is open ({finding_}/{sequence})", "all that is known of it"),
    )
    return replace(message, **changed)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Ledgers:
    """A ledger on a thread of its own, as the application has it."""

    def __init__(self, path: Path) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._ledger = self._pool.submit(Ledger, path).result()

    async def __call__(self, work: Callable[[Ledger], T], /) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, self._ledger)

    def now(self, work: Callable[[Ledger], T]) -> T:
        """The same, waited for."""
        return self._pool.submit(work, self._ledger).result()

    def owe(self, *messages: NewMessage, at: datetime = NOON) -> None:
        """Put messages on file."""
        self.now(lambda ledger: ledger.owe(messages, at))

    def owed(self) -> tuple[QueuedMessage, ...]:
        """What is still owed."""
        return self.now(lambda ledger: ledger.due(datetime(2999, 1, 1, tzinfo=UTC), 10_000))

    def close(self) -> None:
        """Close it."""
        self.now(lambda ledger: ledger.close())
        self._pool.shutdown()


def outbox(
    ledgers: Any,
    declared: Inventory,
    urls: Mapping[str, str],
    clock: Callable[[], datetime],
    *,
    deadline: float = 20.0,
    sender: Sender | None = None,
    heard: Callable[[Tried], None] = lambda _: None,
) -> Outbox:
    """The real outbox with the real sender; `urls` is the environment that secrets are looked up in."""
    return Outbox(ledgers, declared, clock, sender or OwnProcess(deadline), environ=urls, heard=heard)
