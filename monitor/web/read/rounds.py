"""Rounds and drills: do we see truly, and does what we say arrive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.alerts.messages.text.reason import reason_text
from monitor.alerts.routing.recipients import Language
from monitor.api.times import iso
from monitor.health.examine import vantage_json
from monitor.health.vantages import vantage_states
from monitor.store.ledger import Ledger
from monitor.store.messages import drills as on_file
from monitor.store.tables import rounds as rows
from monitor.web.identity.grants import Seen


def rounds(ledger: Ledger, seen: Seen, most: int = 50, language: Language = "en") -> list[dict[str, Any]]:
    """The last rounds, newest first. How much they looked at is the whole installation's, and its operators' to see."""
    found = []
    for one in rows.last(ledger, most):
        value: dict[str, Any] = {
            "id": one.id,
            "started": iso(one.started),
            "ended": iso(one.ended),
            "blind": reason_text(one.blind, language) if one.blind else None,
        }
        if seen.scope.installation:
            value |= {
                "looks": one.tasks,
                "requests": one.asks,
                "exposed": one.exposed,
                "clear": one.clear,
                "unknown": one.unknown,
            }
        found.append(value)
    return found


def vantages(ledger: Ledger, seen: Seen, now: datetime, language: Language = "en") -> list[dict[str, Any]]:
    """How each vantage stands, where there are several; for those who run the installation alone."""
    states = vantage_states(ledger, seen.inventory, now) if seen.scope.installation else ()
    return [
        {
            "id": one.id,
            **vantage_json(one),
            "last": iso(one.last),
            "blind": reason_text(one.blind, language) if one.blind is not None else None,
        }
        for one in states
    ]


def drills(ledger: Ledger, most: int = 200) -> list[dict[str, Any]]:
    """The last drills, newest first: how long until a provider accepted, and until a person answered."""
    return [
        {
            "drill": one.drill,
            "channel": one.channel,
            "party": one.party,
            "started": iso(one.started),
            "state": one.state,
            "accepted_seconds": one.seconds(one.accepted),
            "answered_seconds": one.seconds(one.answered),
            "answered_by": one.by,
            "last_error": one.last_error,
        }
        for one in reversed(on_file.drills(ledger)[-most:])
    ]
