"""One message for many findings: how many, how bad, the worst of them, and where the rest is to be seen."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from monitor.alerts.messages.catalogue import known, say
from monitor.alerts.messages.change import Link, no_link
from monitor.alerts.messages.formatting import count, joined, time
from monitor.alerts.routing.recipients import Language
from monitor.findings.finding import Finding, Severity, Step
from monitor.inventory.model.inventory import Inventory
from monitor.store.messages.queued import GROUP, NewMessage, QueuedMessage
from probes.recognise.people.masking import Masked, mask_text

SHOWN = 5
_LETTERS = str.maketrans("0123456789abcdef", "ghjkmnpqrstvwxyz")


def grouped(
    dues: Sequence[tuple[QueuedMessage, Finding]], inventory: Inventory, now: datetime, link: Link = no_link
) -> NewMessage:
    """The message that stands for several of one kind to one channel. The same ones make the same key."""
    first = dues[0][0].owed
    ordered = sorted(dues, key=lambda pair: (-Severity(pair[0].owed.severity).rank, pair[0].id))
    lang: Language = next((party.language for party in inventory.parties if party.id == first.party), "en")
    name = hashlib.sha256("\n".join(sorted(due.owed.key for due, _ in dues)).encode()).hexdigest()[:8]
    ref = Masked("G-" + name.translate(_LETTERS))
    worst = ordered[0][0].owed.severity
    title = f"title.group.{first.step}"
    return NewMessage(
        key=f"{GROUP}{ref}/{first.channel}",
        finding="",
        sequence=0,
        step=first.step,
        channel=first.channel,
        party=first.party,
        severity=worst,
        via=first.via,
        title=say(
            lang,
            title if known(lang, title) else "title.group.other",
            severity=say(lang, f"severity.{worst}"),
            count=count(len(dues), lang),
            ref=ref,
        ),
        body=_body(ordered, inventory, lang, ref, now, link),
    )


def _body(
    ordered: Sequence[tuple[QueuedMessage, Finding]],
    inventory: Inventory,
    lang: Language,
    ref: Masked,
    now: datetime,
    link: Link,
) -> Masked:
    numbers = Counter(due.owed.severity for due, _ in ordered)
    counts = [
        say(lang, "group.number", count=count(numbers[level], lang), severity=say(lang, f"severity.{level}"))
        for level in reversed(Severity)
        if numbers[level]
    ]
    step = ordered[0][0].owed.step
    cleared, warned = step == Step.CLEARED, step == Step.WARNED
    lines = [say(lang, "group.counts", counts=joined(counts), at=time(now))]
    for due, finding in ordered[:SHOWN]:
        owed = due.owed
        lines.append(
            say(
                lang,
                "group.member",
                finding=Masked(f"{finding.id}/{owed.sequence}"),
                severity=say(lang, f"severity.{owed.severity}"),
                asset=mask_text(finding.asset),
            )
        )
        where = link(finding.id, owed.sequence, owed.channel)
        if where and not cleared and not warned:
            lines.append(say(lang, "acknowledge", link=Masked(where)))
    if len(ordered) > SHOWN:
        lines.append(say(lang, "group.others", count=count(len(ordered) - SHOWN, lang)))
    lines.append(say(lang, "do.cleared" if cleared else "group.do.warned" if warned else "group.do"))
    lines.append(say(lang, "group.more", ref=ref, organisation=mask_text(inventory.organisation.name)))
    return joined(lines, "\n")
