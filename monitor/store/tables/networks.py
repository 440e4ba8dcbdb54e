"""The networks from which this ledger has seen anything: the first is its own, and is written as an empty text."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from monitor.store.rows import stamp

if TYPE_CHECKING:
    from monitor.store.ledger import Ledger


def filed(ledger: Ledger, name: str, now: datetime) -> str:
    """As `written`; a network that was not heard of before is put on file. Within a step."""
    known = ledger.rows("SELECT name FROM networks WHERE own OR name = ?", name)
    if name not in {row["name"] for row in known}:
        ledger.execute("INSERT INTO networks VALUES (?, ?, ?)", name, not known, stamp(now))
    return written(ledger, name)


def written(ledger: Ledger, name: str) -> str:
    """What a network is written as: empty for the ledger's own, which is the first that it heard of, else its name.

    So rows of a time before there were several networks need no change.
    """
    return name if own(ledger) not in ("", name) else ""


def own(ledger: Ledger) -> str:
    """The name of the ledger's own network; empty before it has heard of one."""
    return next((row["name"] for row in ledger.rows("SELECT name FROM networks WHERE own")), "")


def named(ledger: Ledger) -> dict[str, str]:
    """The name of each network by what it is written as, the own one first; empty while there is only one: there is
    nothing to tell apart then."""
    rows = ledger.rows("SELECT name, own FROM networks ORDER BY own DESC, name")
    return {"" if row["own"] else row["name"]: row["name"] for row in rows} if len(rows) > 1 else {}
