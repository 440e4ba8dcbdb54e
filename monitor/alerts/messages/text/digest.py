"""The text of one message for many: how many, how bad, the worst with their links, and every other by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.alerts.messages.catalogue import known
from monitor.alerts.messages.formatting import count, joined, plural, short
from monitor.alerts.messages.reader import Reader, Text
from monitor.alerts.messages.text.news import RULE, place_of
from monitor.findings.finding import OVER, Severity, Step
from monitor.store.messages.facts import Deadlines, Digest, News, Written, load_facts
from monitor.store.messages.queued import NewMessage
from probes.recognise.people.masking import Masked, mask_text

SHOWN = 5
"""So many are told with their place and link; of the rest the id alone."""


@dataclass(frozen=True, slots=True)
class _Member:
    """What a digest says of one message."""

    ref: Masked
    severity: str
    place: Masked
    owner: str
    owner_told: bool


def digest_text(message: NewMessage, facts: Digest, members: Sequence[NewMessage], reader: Reader) -> Text:
    """The message that stands for `members`."""
    lang, step = reader.language, message.step
    ref = Masked(message.key.split("/")[1])
    ordered = sorted(members, key=lambda one: -Severity(one.severity).rank)
    told = [_member(one, reader) for one in ordered]
    links = [reader.links.acknowledge(one.finding, one.sequence, reader.channel) for one in ordered]
    if step in (*OVER, Step.WARNED):
        links = ["" for _ in ordered]
    numbers = Counter(one.severity for one in told)
    counts = [
        reader.say("group.number", count=count(numbers[level], lang), severity=reader.say(f"severity.{level.value}"))
        for level in reversed(Severity)
        if numbers[level]
    ]
    lines = [reader.say("group.counts", counts=joined(counts), at=reader.clock(facts.at))]
    unreached = sorted({one.owner for one in told if one.owner and not one.owner_told})
    if unreached and step not in OVER:
        parties = [_unreached(owner, told, reader) for owner in unreached]
        lines.append(reader.say("group.unreached", parties=joined(parties)))
    for one, link in list(zip(told, links, strict=True))[:SHOWN]:
        severity = reader.say(f"severity.{one.severity}")
        lines.append(reader.say("group.member", finding=one.ref, severity=severity, place=one.place))
        if link:
            lines.append(reader.say("acknowledge", link=Masked(link)))
    if len(told) > SHOWN:
        lines.append(
            plural(lang, "group.others", len(told) - SHOWN, findings=joined([one.ref for one in told[SHOWN:]]))
        )
    what = {
        Step.CLEARED.value: "do.cleared",
        Step.INTENDED.value: "group.do.intended",
        Step.UNPROMISED.value: "group.do.unpromised",
        Step.WARNED.value: "group.do.warned",
    }.get(step, "group.do")
    lines += [reader.say(what), RULE, reader.say("group.more", ref=ref, organisation=reader.organisation)]
    title = f"title.group.{step}"
    first = reader.say(
        title if known(lang, title) else "title.group.other",
        severity=reader.say(f"severity.{message.severity}"),
        count=count(len(told), lang),
        ref=ref,
    )
    return Text(short(first), joined(lines, "\n"), next((link for link in links if link), ""))


def _unreached(owner: str, told: Sequence[_Member], reader: Reader) -> Masked:
    """An owner whom nothing reached, with what it is about: whoever rings them must say it. All ids stand below."""
    refs = [one.ref for one in told if one.owner == owner]
    shown = joined(refs[:SHOWN]) + (", …" if len(refs) > SHOWN else "")
    return Masked(f"{reader.named(owner)} ({count(len(refs), reader.language)}: {shown})")


def _member(message: NewMessage, reader: Reader) -> _Member:
    ref = Masked(f"{message.finding}/{message.sequence}")
    facts = load_facts(message.facts)
    match facts:
        case News(finding=finding, owner_told=owner_told):
            asset = reader.inventory.find_asset(finding.asset)
            place = Masked(f"{mask_text(finding.asset)}, {place_of(finding, asset)}")
            return _Member(ref, message.severity, place, asset.owner if asset else "", owner_told)
        case Deadlines(asset=asset_id):
            return _Member(ref, message.severity, mask_text(asset_id), "", owner_told=True)
        case Written(title=title):
            return _Member(ref, message.severity, title, "", owner_told=True)
        case _:
            asset_id = getattr(facts, "asset", "")
            return _Member(ref, message.severity, mask_text(asset_id), "", owner_told=True)
