"""Messages: what is owed or was sent, to whom, how often it was tried, what else happened to it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from monitor.api.times import iso
from monitor.store.ledger import Ledger
from monitor.store.messages.queued import DueState
from monitor.store.rows import maybe, when

STATES = tuple(state.value for state in DueState)
_LIST = """SELECT d.*, (SELECT min(ended) FROM deliveries WHERE due = d.id AND outcome = 'accepted') AS accepted
FROM dues d WHERE id < ?1
AND (?2 = '' OR finding = ?2 OR coalesce(copy_of, id) IN (SELECT grouped FROM dues WHERE finding = ?2))
AND (?3 = '' OR party = ?3) AND (?4 = '' OR instr(?4, ' ' || state || ' ') > 0) ORDER BY id DESC LIMIT ?5"""


def messages(
    ledger: Ledger, before: int, most: int, *, finding: str = "", party: str = "", states: Collection[str] = ()
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of the messages before a number, newest first; and the number to go on from, None at the end."""
    wanted = f" {' '.join(states)} " if states else ""
    rows = ledger.rows(_LIST, before, finding, party, wanted, most + 1)
    shown = rows[:most]
    return _messages(ledger, shown), shown[-1]["id"] if len(rows) > most else None


def one_message(ledger: Ledger, number: str) -> dict[str, Any] | None:
    """One message with every try and event; None when it is not there, or not of this scope."""
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else -1
    rows = ledger.rows(_LIST.replace("id < ?1", "id = ?1"), wanted, "", "", "", 1)
    if not rows:
        return None
    tries = ledger.rows("SELECT * FROM deliveries WHERE due = ? ORDER BY id", wanted)
    events = ledger.rows("SELECT * FROM postings WHERE due = ? ORDER BY id", wanted)
    return _messages(ledger, rows)[0] | {
        "tries_made": [
            {
                "channel": row["channel"],
                "started": iso(when(row["started"])),
                "ended": iso(when(row["ended"])),
                "outcome": row["outcome"],
                "reason": row["reason"],
                "text": row["text"],
            }
            for row in tries
        ],
        "events": [
            {"event": row["event"], "at": iso(when(row["at"])), "by": row["by"], "reason": row["reason"]}
            for row in events
        ],
    }


def _messages(ledger: Ledger, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows as JSON values, each with what it tells of: its finding, or those of the messages that it stands for."""
    groups = json.dumps([_group(row) for row in rows if not row["finding"]])
    members: dict[int, list[str]] = {}
    for one in ledger.rows(
        "SELECT grouped, finding FROM dues WHERE grouped IN (SELECT value FROM json_each(?)) ORDER BY id", groups
    ):
        members.setdefault(one["grouped"], []).append(one["finding"])
    of = {row["id"]: [row["finding"]] if row["finding"] else members.get(_group(row), []) for row in rows}
    return [_message(row) | {"findings": list(dict.fromkeys(one for one in of[row["id"]] if one))} for row in rows]


def _group(row: Any) -> int:
    # A copy for another channel tells of the same.
    return int(row["copy_of"] or row["id"])


def _message(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "finding": row["finding"] or None,
        "sequence": row["sequence"],
        "step": row["step"],
        "channel": row["channel"],
        "party": row["party"],
        "severity": row["severity"],
        "state": row["state"],
        "created": iso(when(row["created"])),
        "due": iso(when(row["due"])),
        "tries": row["tries"],
        "last_error": row["last_error"],
        "accepted": iso(maybe(row["accepted"])),
    }
