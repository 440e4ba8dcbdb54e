"""The log as one line an event, for journals and programs: as text, or as JSON."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from monitor.alerts.messages.text.reason import reason_text
from monitor.alerts.queue.pipeline import Tried
from monitor.api.json_text import json_text
from monitor.cli.console import counted
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Round
from monitor.store.messages.queued import Outcome

log = logging.getLogger("leftopen.watch")


class TextLines(logging.Formatter):
    """`2026-11-29T06:41:02.123Z INFO opened LO-... on nas: ...`: every line has its time in UTC and its level."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows on lines of its own."""
        text = f"{_time(record)} {record.levelname} {_event(record)} {_one_line(record.getMessage())}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, event, message, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, a traceback included."""
        value: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": _event(record),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            value["traceback"] = self.formatException(record.exc_info)
        return json_text(value)


FORMATS = {"text": TextLines, "json": JsonLines}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event(record: logging.LogRecord) -> str:
    return str(getattr(record, "event", record.name.removeprefix("leftopen.")))


def _one_line(text: str) -> str:
    return " | ".join(text.splitlines())


def event(name: str, text: str, level: int = logging.INFO, **fields: Any) -> None:
    """Write one event with its fields."""
    log.log(level, "%s", text, extra={"event": name, "fields": fields})


def started(inventory: Inventory, file: str, ledger: str) -> None:
    """The service begins: what it watches, and where it keeps what it knows."""
    page = inventory.acknowledge.url if inventory.acknowledge is not None else None
    text = f"watching {counted(len(inventory.assets), 'asset')} of {file}, ledger {ledger}, page {page or 'none'}"
    event("started", text, assets=len(inventory.assets), inventory=file, ledger=ledger, page=page)


def looked(done: Round) -> None:
    """A round has ended: a line for each finding that changed, and one for the round."""
    if done.blind is not None:
        event("blind", f"round {done.id}: {reason_text(done.blind, 'en')}", logging.ERROR, round=done.id)
        return
    for one in done.changed:
        text = f"{one.id} on {one.asset}, {one.severity.value}: {one.place}"
        fields: dict[str, Any] = {
            "finding": one.id,
            "asset": one.asset,
            "severity": one.severity.value,
            "place": str(one.place),
        }
        event(one.state.value, text, logging.WARNING, round=done.id, sequence=one.sequence, **fields)
    seconds = round((done.ended - done.started).total_seconds(), 1)
    counts = {
        "assets": len(done.assets),
        "places": done.recorded.seen.places,
        "unknown": done.recorded.seen.unjudged,
        "requests": done.asks,
    }
    text = ", ".join(f"{n} {name}" if name == "unknown" else counted(n, name[:-1]) for name, n in counts.items())
    event("round", f"{done.id}: {text}, {seconds} s", round=done.id, seconds=seconds, **counts)


def tried(one: Tried) -> None:
    """A message was tried."""
    fields: dict[str, Any] = {"channel": one.channel, "outcome": one.outcome.value, "reason": str(one.reason) or None}
    if one.outcome is Outcome.ACCEPTED:
        event("told", f"{one.channel}: {one.key}", message_id=one.key, **fields)
    else:
        text = f"{one.channel}: {one.key}: {one.outcome.value}, {one.reason}"
        event("not-told", text, logging.WARNING, message_id=one.key, **fields)


def stopped() -> None:
    """The service ends; what is owed stays on file."""
    event("stopped", "messages that were not sent yet stay in the ledger")
