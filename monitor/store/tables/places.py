"""Places as they were last seen: the last verdict of each at each endpoint, and the longest time without one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.store.rows import stamp, verdict_word, when
from probes.api import Verdict

if TYPE_CHECKING:
    from monitor.store.ledger import Ledger


def mark(connection: sqlite3.Connection, asset: str, endpoint: str, at: datetime, verdicts: Iterable[Verdict]) -> None:
    """Put the verdicts of one look at an endpoint on file. Within a step."""
    now, rows = stamp(at), []
    for verdict in verdicts:
        found = verdict_word(verdict)
        clear, conclusive = now if found == "clear" else None, now if found != "unknown" else None
        key = (asset, verdict.kind, str(verdict.place), endpoint)
        rows.append((*key, found, verdict.why.value, now, clear, conclusive))
    connection.executemany(
        """INSERT INTO places (asset, kind, place, endpoint, verdict, why, at, last_clear, last_conclusive)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (asset, kind, place, endpoint) DO UPDATE SET
           verdict = excluded.verdict, why = excluded.why, at = excluded.at, missed = 0,
           last_clear = coalesce(excluded.last_clear, last_clear),
           longest_gap = CASE WHEN excluded.last_conclusive IS NULL OR last_conclusive IS NULL THEN longest_gap ELSE
             max(longest_gap, (julianday(excluded.last_conclusive) - julianday(last_conclusive)) * 86400) END,
           last_conclusive = coalesce(excluded.last_conclusive, last_conclusive)""",
        rows,
    )


def not_led(ledger: Ledger, asset: str, led_to: Collection[str], aside: str, most: int) -> None:
    """A whole look at an asset led to these endpoints and no others: places elsewhere are forgotten after `most` looks.

    A place that never had a verdict is forgotten at once: its name server failed, say, and answers again. Places of the
    kind `aside` are not looked at by rounds. Within a step.
    """
    ledger.execute(
        """UPDATE places SET missed = missed + 1
           WHERE asset = ? AND kind <> ? AND endpoint NOT IN (SELECT value FROM json_each(?))""",
        asset,
        aside,
        json.dumps(sorted(led_to)),
    )
    ledger.execute(
        "DELETE FROM places WHERE asset = ? AND missed > 0 AND (missed >= ? OR last_conclusive IS NULL)", asset, most
    )


def last_good(ledger: Ledger, asset: str, endpoint: str) -> dict[tuple[str, str], datetime]:
    """The last conclusive clear look at each place at one endpoint, by kind and place.

    An endpoint where nobody spoke our way was no look at the place, and another endpoint says nothing of this one.
    """
    rows = ledger.rows(
        """SELECT kind, place, last_clear FROM places
           WHERE asset = ? AND endpoint = ? AND why <> 'not-spoken' AND last_clear IS NOT NULL""",
        asset,
        endpoint,
    )
    return {(row["kind"], row["place"]): when(row["last_clear"]) for row in rows}


def judged(ledger: Ledger, asset: str, kind: str) -> frozenset[str]:
    """The places of one kind that ever had a conclusive verdict, at any endpoint of the asset."""
    rows = ledger.rows(
        "SELECT DISTINCT place FROM places WHERE asset = ? AND kind = ? AND last_conclusive IS NOT NULL", asset, kind
    )
    return frozenset(row["place"] for row in rows)
