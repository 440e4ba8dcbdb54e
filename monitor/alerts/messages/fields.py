"""A message as typed fields, for programs: what stands in its text, by name. docs/webhook.md is its contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from monitor.alerts.messages.reader import Text
from monitor.alerts.messages.text.news import place_of
from monitor.alerts.messages.text.reason import reason_text
from monitor.findings.finding import Finding
from monitor.inventory.model.inventory import Inventory
from monitor.store.messages.facts import Deadlines, Ends, News, Retraction, UnknownFolders, load_facts
from monitor.store.messages.queued import NewMessage
from probes.recognise.people.masking import mask_text

VERSION: Final = 1
"""The version of the form. A field may be added within a version; one is never removed, or given another meaning."""


def fields_of(
    message: NewMessage, inventory: Inventory, text: Text, members: Sequence[NewMessage] = ()
) -> dict[str, Any]:
    """The fields of one message. Nothing is in them that its text may not hold: no learnt name and no found path."""
    facts = load_facts(message.facts)
    organisation = inventory.organisation
    return {
        "version": VERSION,
        "id": message.key,
        "event": message.step,
        "severity": message.severity,
        "organisation": {"id": organisation.id, "name": organisation.name},
        "channel": message.channel,
        "party": message.party or None,
        "title": str(text.title),
        "text": str(text.body),
        "link": text.link or None,
        "finding": _finding(facts.finding, inventory, facts) if isinstance(facts, News) else _named(message, facts),
        "ends": _ends(facts) if isinstance(facts, Ends) else None,
        "members": [
            {"id": one.key, "finding": one.finding or None, "sequence": one.sequence, "severity": one.severity}
            for one in members
        ],
    }


def _named(message: NewMessage, facts: object) -> dict[str, Any] | None:
    """The finding of a message that is no news of it: its id and asset alone."""
    if not message.finding:
        return None
    asset = facts.asset if isinstance(facts, Retraction | UnknownFolders | Deadlines) else None
    return {"id": message.finding, "sequence": message.sequence, "asset": asset}


def _finding(finding: Finding, inventory: Inventory, news: News) -> dict[str, Any]:
    asset, counted = inventory.find_asset(finding.asset), finding.reach or finding.extent
    return {
        "id": finding.id,
        "sequence": news.change.sequence,
        "asset": finding.asset,
        "host": str(mask_text(finding.place.host)),
        "port": finding.place.port,
        "place": str(place_of(finding, asset)),
        "owner": asset.owner if asset is not None else None,
        "contract": asset.contract if asset is not None else None,
        "data": asset.data.value if asset is not None else None,
        "state": finding.state.value,
        "kind": finding.kind,
        "why": finding.why.value,
        "reason": str(reason_text(news.change.reason, "en")),
        "live": finding.active,
        "reopened": finding.reopened,
        "first_seen": _iso(finding.first_seen),
        "last_seen": _iso(finding.last_seen),
        "last_known_good": _iso(finding.last_known_good),
        "cleared": _iso(finding.cleared),
        "files": counted.files,
        "bytes": counted.size if counted.sized else None,
        "calls": counted.calls,
        "told": list(news.parties),
        "owner_told": news.owner_told,
    }


def _ends(facts: Ends) -> dict[str, Any]:
    return {
        "what": facts.what,
        "name": facts.name,
        "until": facts.until,
        "days_left": facts.days,
        "assets": list(facts.assets),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
