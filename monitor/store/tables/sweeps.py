"""Sweeps of the ports of presets: when each was last made, and the facts that it found."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from monitor.store.ledger import Ledger
from monitor.store.reason_rows import facts_of
from monitor.store.rows import read_record, stamp, when
from probes.facts import Fact
from probes.services.ports import KIND


def last_sweeps(ledger: Ledger, assets: Collection[str]) -> dict[str, tuple[datetime, tuple[Fact, ...]]]:
    """For each endpoint that was swept of these assets: when last, and the facts of its verdict."""
    found: dict[str, tuple[datetime, tuple[Fact, ...]]] = {}
    places = ledger.rows(
        "SELECT asset, endpoint, at FROM places WHERE kind = ? AND asset IN (SELECT value FROM json_each(?))",
        KIND,
        json.dumps(sorted(assets)),
    )
    for place in places:
        at = when(place["at"])
        rows = ledger.rows(
            # The index is on when a look began, and no look takes an hour.
            """SELECT r.body FROM series s JOIN observations o ON o.series = s.id JOIN records r ON r.id = o.verdicts
               WHERE s.asset = ?1 AND o.started BETWEEN ?2 AND ?3 AND o.ended = ?3 AND s.endpoint = ?4""",
            place["asset"],
            stamp(at - timedelta(hours=1)),
            place["at"],
            place["endpoint"],
        )
        for row in rows:
            facts = [fact for _, _, _, _, facts, *_ in read_record(row["body"]) for fact in facts]
            found[place["endpoint"]] = (at, facts_of(facts))
    return found
