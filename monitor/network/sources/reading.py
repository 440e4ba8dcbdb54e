"""Reads one declared source, whichever kind it is: an access log, a mailbox, or a count of misdirected letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from monitor.network.channel import Dialer
from monitor.network.http.client import HttpConversation
from monitor.network.sources.access_log import LogSource, read_access_log
from monitor.network.sources.mailboxes import Mailbox, read_mailbox
from monitor.network.sources.misdirected import CountSource, read_count
from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer
from probes.requests.sources import CountRead, LogRead, MailboxRead, ReadCount, ReadLog, ReadMailbox

SourceAsk: TypeAlias = ReadLog | ReadMailbox | ReadCount
Source: TypeAlias = LogSource | Mailbox | CountSource
SourceOf = Callable[[WebTarget, SourceAsk], Source | NoAnswer]
"""Says where what a probe wants to read is, or which of its secrets could not be had."""


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What was read."""

    told: LogRead | MailboxRead | CountRead


def said(ask: SourceAsk) -> str:
    """How the reading is recorded: by kind and by an id that the inventory declares."""
    match ask:
        case ReadLog():
            return "the access log"
        case ReadMailbox(box=box):
            return f"the box {box}"
        case ReadCount():
            return "the monthly count and the log that it is of"


async def read_source(
    source: Source,
    ask: SourceAsk,
    target: WebTarget,
    dialer: Dialer,
    conversation: Callable[[], HttpConversation],
    now: datetime,
    seconds: float,
) -> SourceAnswer | NoAnswer:
    """What the source says. Never raises for what stands in it."""
    told: LogRead | MailboxRead | CountRead | NoAnswer
    match source, ask:
        case LogSource(), ReadLog() if target.access_log is not None:
            told = await read_access_log(source, target.access_log, conversation, now, seconds)
        case Mailbox(), ReadMailbox(since=since):
            told = await read_mailbox(source, target, since, dialer, conversation, seconds)
        case CountSource(), ReadCount(months=months):
            told = await read_count(source, months)
        case _:
            told = NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "another source is declared")
    return told if isinstance(told, NoAnswer) else SourceAnswer(told)
