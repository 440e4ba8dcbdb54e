"""Actions that came over HTTP, each under the key that its sender gave it: a repeat is answered as the first was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitor.store.ledger import Ledger
from monitor.store.rows import stamp
from monitor.store.schema.stored import value_of

KEPT = timedelta(days=2)
"""So long a repeat is known as one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was given to a key."""

    digest: str
    """Of what was asked: another request under the same key is no repeat."""
    status: int
    answer: dict[str, Any]


def known(ledger: Ledger, who: str, key: str) -> Kept | None:
    """What was answered to this key of this sender; None: it is new."""
    rows = ledger.rows("SELECT * FROM http_actions WHERE who = ? AND key = ?", who, key)
    return Kept(rows[0]["digest"], rows[0]["status"], value_of(rows[0]["answer"])) if rows else None


def keep(ledger: Ledger, who: str, key: str, kept: Kept, now: datetime) -> None:
    """Put an answer on file, in the transaction of what it answers. The caller holds a `step`."""
    ledger.execute("DELETE FROM http_actions WHERE at < ?", stamp(now - KEPT))
    body = json.dumps(kept.answer, ensure_ascii=False)
    ledger.execute(
        "INSERT INTO http_actions VALUES (?, ?, ?, ?, ?, ?)", who, key, kept.digest, kept.status, body, stamp(now)
    )
