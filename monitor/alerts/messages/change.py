"""What is told of a change, a blind round or a drill: a short first line, then all that somebody woken by it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.alerts.messages.catalogue import known, say, sentences
from monitor.alerts.messages.extent_text import extent_lines, things
from monitor.alerts.messages.formatting import (
    FIRST_LINE,
    HIDDEN,
    count,
    id_of,
    joined,
    plural,
    ref_of,
    short,
    span,
    time,
)
from monitor.alerts.messages.reason_text import proof_text, reason_text
from monitor.alerts.routing.recipients import Language, Recipient, escalation, operator_channels, recipient_of, route
from monitor.findings.extent import UNCOUNTED
from monitor.findings.finding import Change, Finding, Severity, Step
from monitor.findings.reasons import Cause, Reason
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.store.messages.drills import drill_id
from monitor.store.messages.queued import NewMessage
from probes.api import Place
from probes.proof import ProofStep
from probes.recognise.people.masking import Masked, mask_text

_PROOF_STEPS = 8

_ROUND = re.compile(r"20\d{6}T\d{6}Z-[0-9a-f]{6}")
_PORT_FACT = re.compile(r"(http-on|tls-on)-(\d{1,5})")


Link = Callable[[str, int, str], str]
"""The acknowledgement link for a finding, the number of its change, and a channel; empty when there is no such page."""


def no_link(finding: str, sequence: int, channel: str) -> str:
    """There is no page: findings are acknowledged by command."""
    return ""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Our own rounds at an asset since it was last found closed: they stand in its owner's log too."""

    first: str
    last: str
    count: int


def owed_for(
    finding: Finding,
    change: Change,
    inventory: Inventory,
    told: Collection[str] | None = None,
    link: Link = no_link,
    rounds: Rounds | None = None,
) -> tuple[NewMessage, ...]:
    """The messages that a change owes, one a channel; none for a step that nobody is told of.

    `told` are the channels that heard of the finding before (see `route`).
    """
    recipients = route(finding, change, inventory, told)
    return _owed(finding, change, inventory, recipients, recipients, link, rounds)


def owed_escalating(
    finding: Finding,
    news: Change,
    inventory: Inventory,
    told: Collection[str],
    now: datetime,
    link: Link = no_link,
    rounds: Rounds | None = None,
) -> tuple[NewMessage, ...]:
    """The messages owed to those who are told only because nobody has acknowledged the last news of a finding."""
    further = escalation(finding, news, inventory, told, now)
    first = route(finding, news, inventory)
    return _owed(finding, news, inventory, further, (*first, *further), link, rounds)


def _owed(
    finding: Finding,
    change: Change,
    inventory: Inventory,
    recipients: tuple[Recipient, ...],
    all_told: tuple[Recipient, ...],
    link: Link,
    rounds: Rounds | None,
) -> tuple[NewMessage, ...]:
    return tuple(
        NewMessage(
            key=f"{finding.id}/{change.sequence}/{recipient.channel}",
            finding=finding.id,
            sequence=change.sequence,
            step=change.step.value,
            channel=recipient.channel,
            party=recipient.party,
            severity=finding.severity.value,
            via=recipient.via,
            title=title_of(finding, change, recipient.language),
            body=body_of(
                finding,
                change,
                inventory,
                recipient,
                all_told,
                link(finding.id, change.sequence, recipient.channel),
                rounds,
            ),
        )
        for recipient in recipients
    )


def owed_blind(round_id: str, reason: Reason, inventory: Inventory, at: datetime) -> tuple[NewMessage, ...]:
    """What those who run leftopen are told of a round that could not see: one message an hour, however many are blind.

    A network that is down for a night blinds every round and holds back every message: they would all arrive at once.
    """
    owed = []
    hour = f"blind/{at.astimezone(UTC):%Y-%m-%dT%H}"
    for recipient in operator_channels(inventory):
        lang = recipient.language
        round_, organisation = mask_text(round_id), mask_text(inventory.organisation.name)
        lines = [
            say(lang, "blind.what", round=round_, at=time(at)),
            say(lang, "blind.why", reason=reason_text(reason, lang)),
            say(lang, "blind.means"),
            say(lang, "blind.do"),
            say(lang, "blind.more", organisation=organisation),
        ]
        title = short(say(lang, "title.blind", round=round_))
        owed.append(_of_ourselves("blind", hour, recipient, Severity.HIGH, title, joined(lines, "\n")))
    return tuple(owed)


def owed_drill(channel: Channel, inventory: Inventory, at: datetime, link: Link = no_link) -> tuple[NewMessage, ...]:
    """A drill for one channel, told to nobody else; it goes the way of a real message, with a link to answer it by."""
    drill = drill_id(at)
    answer = link(drill, 0, channel.id)
    recipient = recipient_of(channel, inventory)
    lang = recipient.language
    lines = [
        say(lang, "drill.what", at=time(at)),
        say(lang, "drill.who", party=mask_text(recipient.name), organisation=mask_text(inventory.organisation.name)),
        say(lang, "drill.answer", link=Masked(answer)) if answer else say(lang, "drill.do"),
    ]
    title = short(say(lang, "title.drill", channel=mask_text(channel.id)))
    return (_of_ourselves("drill", f"drill/{drill}", recipient, Severity.LOW, title, joined(lines, "\n")),)


def _of_ourselves(step: str, key: str, to: Recipient, level: Severity, title: Masked, body: Masked) -> NewMessage:
    return NewMessage(
        key=f"{key}/{to.channel}",
        finding="",
        sequence=0,
        step=step,
        channel=to.channel,
        party=to.party,
        severity=level.value,
        title=title,
        body=body,
    )


def title_of(finding: Finding, change: Change, lang: Language) -> Masked:
    """The first line: how bad, what, where, which finding; it fits a phone."""
    asset = _asset_name(finding.asset)
    values = {
        "severity": say(lang, f"severity.{finding.severity.value}"),
        "things": things(finding, lang),
        "ref": ref_of(finding.id, change.sequence),
        "took": span(_took(finding, change), lang),
    }
    title = say(lang, f"title.{change.step.value}", asset=asset, **values)
    over = len(title) - FIRST_LINE
    if over > 0:
        asset = Masked(asset[: max(1, len(asset) - over - 1)] + HIDDEN)
        title = say(lang, f"title.{change.step.value}", asset=asset, **values)
    return short(title)


def body_of(
    finding: Finding,
    change: Change,
    inventory: Inventory,
    recipient: Recipient,
    recipients: tuple[Recipient, ...],
    link: str = "",
    rounds: Rounds | None = None,
) -> Masked:
    """All of the message below its first line, a line each. `link` is ours: an address and a signature, in letters."""
    lang = recipient.language
    asset = inventory.asset(finding.asset)
    cleared = change.step is Step.CLEARED
    lines = [
        _what(finding, change, asset, lang),
        *_news(change, lang),
        *_since(finding, change, lang),
        *extent_lines(finding, lang, live=finding.active and not cleared),
        *_facts(finding, lang),
        *_promise(finding, asset, inventory, lang, cleared=cleared),
        *_to_do(finding, change, asset, inventory, recipient, recipients, rounds),
        *_part(finding, asset, inventory, recipient, cleared=cleared),
        say(lang, "told", parties=joined(list(dict.fromkeys(mask_text(r.name) for r in recipients)))),
        *([] if cleared else [_proof(finding, lang)]),
        *([say(lang, "acknowledge", link=Masked(link))] if link and not cleared else []),
        say(
            lang,
            "more",
            finding=id_of(finding.id),
            ref=ref_of(finding.id, change.sequence),
            organisation=mask_text(inventory.organisation.name),
        ),
    ]
    return joined(lines, "\n")


def _what(finding: Finding, change: Change, asset: Asset, lang: Language) -> Masked:
    how = f"how.{finding.why.value}"
    step = f"what.{change.step.value}"
    times = plural(lang, "times", max(1, finding.reopened))
    # An address is a number: the asset's id says as much.
    host = Masked("") if asset.host.replace(".", "").isdigit() or ":" in asset.host else mask_text(asset.host)
    return say(
        lang,
        step if known(lang, step) else "what",
        how=say(lang, how if known(lang, how) else "how.other"),
        asset=_asset_name(asset.id),
        host=Masked(f" ({host})" if host and host != asset.id else ""),
        data=say(lang, f"data.{asset.data.value}"),
        times=times,
    )


def _news(change: Change, lang: Language) -> list[Masked]:
    """What is new of a finding that was told before: how it got worse, or why nobody has it any more."""
    told = change.step is Step.GROWN or (change.step is Step.RETURNED and change.reason is not Cause.UNKNOWN)
    return [say(lang, "news", reason=reason_text(change.reason, lang))] if told else []


def _since(finding: Finding, change: Change, lang: Language) -> list[Masked]:
    first, last = time(finding.first_seen), time(finding.last_seen)
    if first == last:
        lines = [say(lang, "proven.once", first=first)]
    else:
        lines = [say(lang, "proven", first=first, last=last, span=span(finding.proven_seconds(), lang))]
    possible = finding.possible_seconds(change.at)
    if finding.last_known_good is None or possible is None:
        lines.append(say(lang, "unbounded"))
    else:
        start = time(finding.last_known_good)
        lines.append(say(lang, "possible", start=start, span=span(possible, lang)))
    if change.step is Step.REOPENED and finding.confirmed is not None:
        lines.append(say(lang, "again", at=time(finding.confirmed)))
    if change.step is Step.CLEARED:
        took = span(_took(finding, change), lang)
        since = time(_opened(finding))
        lines.append(say(lang, "took", cleared=time(finding.cleared or change.at), took=took, since=since))
    return lines


def _opened(finding: Finding) -> datetime:
    """When this exposure began to be seen; one that came back is counted from its return."""
    return finding.confirmed if finding.reopened and finding.confirmed is not None else finding.first_seen


def _took(finding: Finding, change: Change) -> float:
    return ((finding.cleared or change.at) - _opened(finding)).total_seconds()


def _facts(finding: Finding, lang: Language) -> list[Masked]:
    # A fact that the catalogue does not know is on file, and is not told: nobody has checked that it holds no name.
    facts = []
    for fact in finding.facts:
        if match := _PORT_FACT.fullmatch(fact):
            facts.append(say(lang, f"fact.{match[1]}", port=Masked(match[2])))
        elif fact.startswith("banner "):
            facts.append(say(lang, "fact.banner"))
        elif known(lang, f"fact.{fact}") and "{" not in sentences(lang)[f"fact.{fact}"]:
            facts.append(say(lang, f"fact.{fact}"))
    return [say(lang, "facts", facts=joined(list(dict.fromkeys(facts)), "; "))] if facts else []


def _to_do(
    finding: Finding,
    change: Change,
    asset: Asset,
    inventory: Inventory,
    recipient: Recipient,
    recipients: tuple[Recipient, ...],
    rounds: Rounds | None,
) -> list[Masked]:
    lang = recipient.language
    start = time(finding.last_known_good or finding.first_seen)
    older = [say(lang, "logs.older")] if finding.last_known_good is None else []
    logs = [say(lang, "logs", start=start), *older, *_ours(inventory, rounds, lang)]
    if change.step is Step.CLEARED:
        return [say(lang, "do.cleared"), *logs]
    if recipient.owner:
        special = f"do.owner.{finding.kind.partition('-')[0]}"
        return [say(lang, special if known(lang, special) else "do.owner"), *logs]
    heard = any(r.owner for r in recipients)
    owner = mask_text(inventory.party(asset.owner).name)
    return [say(lang, "do.other" if heard else "do.owner.unheard", owner=owner), *logs]


def _promise(finding: Finding, asset: Asset, inventory: Inventory, lang: Language, *, cleared: bool) -> list[Masked]:
    """The promise that whatever is readable without a login breaks; a promise of how it is reached says so itself."""
    if cleared or finding.kind in UNCOUNTED:
        return []
    broken = next((contract for contract in inventory.contract_chain(asset) if contract.promises.login), None)
    return [] if broken is None else [say(lang, "promise.login", contract=mask_text(broken.id))]


def _ours(inventory: Inventory, rounds: Rounds | None, lang: Language) -> list[Masked]:
    """By what our own requests are told from a stranger's: whoever counts downloads in a log has to leave them out."""
    lines = [say(lang, "ours")]
    addresses = [Masked(one) for one in inventory.vantage.addresses]
    if addresses:
        lines.append(say(lang, "ours.addresses", addresses=joined(addresses)))
    # An id that is not of our making is not told: it could be anything.
    if rounds is not None and _ROUND.fullmatch(rounds.first) and _ROUND.fullmatch(rounds.last):
        values = {"first": Masked(rounds.first), "last": Masked(rounds.last), "count": count(rounds.count, lang)}
        lines.append(say(lang, "ours.rounds" if rounds.count > 1 else "ours.round", **values))
    return lines


def _part(finding: Finding, asset: Asset, inventory: Inventory, recipient: Recipient, *, cleared: bool) -> list[Masked]:
    """What the party's role in the chain asks of it, when data of persons lie open."""
    party = next((p for p in inventory.parties if p.id == recipient.party), None)
    if cleared or party is None or not asset.data.personal:
        return []
    return [say(recipient.language, f"role.{party.role.value}", finding=id_of(finding.id))]


def _proof(finding: Finding, lang: Language) -> Masked:
    place: Place = finding.place
    # What a recogniser saw in a page is on file, in its own words; a message has those of the catalogue alone.
    told = [step for step in finding.proof if step.step is not ProofStep.PAGE_SAYS]
    steps = [proof_text(step, lang, place) for step in told[:_PROOF_STEPS]]
    return say(lang, "proof", steps=joined(steps, "; ")) if steps else say(lang, "proof.none")


def _asset_name(asset: str) -> Masked:
    return mask_text(asset)
