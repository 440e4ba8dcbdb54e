"""The facts that the last look at a kind of place found: what a later look begins with."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from monitor.store.ledger import Ledger
from monitor.store.reason_rows import facts_of
from monitor.store.rows import read_record, when
from probes.facts import Fact


def last_facts(
    ledger: Ledger, assets: Collection[str], kind: str, network: str = ""
) -> dict[str, tuple[datetime, tuple[Fact, ...]]]:
    """For each endpoint of these assets with a verdict of this kind, seen from one network: when the last look was, and
    the facts of it."""
    found: dict[str, tuple[datetime, tuple[Fact, ...]]] = {}
    rows = ledger.rows(
        """SELECT p.endpoint, p.at, r.body FROM places p JOIN series s ON s.id = p.series
           JOIN records r ON r.id = s.verdicts WHERE p.kind = ? AND p.asset IN (SELECT value FROM json_each(?))
           AND p.network = ?""",
        kind,
        json.dumps(sorted(assets)),
        network,
    )
    for row in rows:
        facts = [fact for _, _, _, _, facts, *_ in read_record(row["body"]) for fact in facts]
        found[row["endpoint"]] = (when(row["at"]), facts_of(facts))
    return found
