"""The legal clocks that end within a day: they stand on the first page, because nobody opens each finding to look."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from monitor.findings.handling import fold
from monitor.store import summaries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from monitor.web.identity.grants import Seen
from monitor.web.read.finding import clocks_of

SOON = timedelta(hours=24)
RECENT = timedelta(days=7)
"""How long a clock runs that no person has started: 72 hours from the confirmation, or what a contract says."""
MOST = 50
MOST_FINDINGS = 100
"""The worst findings whose clocks are computed for a page; their own pages have every clock."""

_SHOWN = (
    "party", "duty", "says", "says_sv", "to", "law", "article", "reading", "deadline", "left_seconds",
)  # fmt: skip


def ending(ledger: Ledger, seen: Seen, now: datetime, findings: Collection[str] | None = None) -> list[dict[str, Any]]:
    """The running clocks of the party, and of those who work for it, that end within `SOON`: the first to end first.

    Some fields of the clocks of a finding, with `finding`; `MOST` of them. What people have settled is not counted.
    With `findings` those of these alone.
    """
    found = []
    candidates = summaries.with_clocks(ledger, now - RECENT, MOST_FINDINGS, findings)
    done = actions.of_all(ledger, [one.id for one in candidates])
    for finding in candidates:
        if fold(tuple(done.get(finding.id, ())), finding).standing in actions.SETTLED:
            continue
        for clock in clocks_of(ledger, seen, finding, now):
            left = clock["left_seconds"]
            if clock["stage"] == "running" and left is not None and left <= SOON.total_seconds():
                found.append({"finding": finding.id, **{name: clock[name] for name in _SHOWN}})
    return first_to_end(found)


def first_to_end(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The clocks that end first, `MOST` of them, in that order."""
    return sorted(found, key=lambda one: (one["deadline"], one["finding"], one["party"], one["duty"]))[:MOST]
