"""Messages that are no news of an exposure: asking to confirm, taking back what was told, a party without a contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from monitor.alerts.delivery.signed_links import confirm_link
from monitor.alerts.messages.catalogue import say
from monitor.alerts.messages.formatting import count, id_of, joined, ref_of, short, time
from monitor.alerts.queue.send_conditions import CONFIRM
from monitor.alerts.routing.recipients import Recipient, operator_channels, recipient_of
from monitor.findings.finding import Change, Finding, Severity, Step
from monitor.inventory.model.inventory import Channel, Inventory
from monitor.store.messages.queued import UNWRITTEN, NewMessage
from probes.recognise.people.masking import Masked, mask_text

ALIVE = "alive"
"""The step of the message that we see."""
_MOST_NAMED = 20
_MOST_STRANGERS = 5


def owed_confirm(channel: Channel, inventory: Inventory, number: int, ends: datetime) -> NewMessage:
    """The question whether a channel leads to the party that it is declared for: by a link, else by a code.

    It says that leftopen is used, by whom and for whom, and nothing else: nobody knows yet who reads it.
    """
    to = recipient_of(channel, inventory)
    lang = to.language
    organisation, party = mask_text(inventory.organisation.name), mask_text(to.name)
    link = confirm_link(inventory, number, channel.id)
    answer = (
        say(lang, "confirm.link", link=Masked(link))
        if link
        else say(lang, "confirm.code", organisation=organisation, code=Masked(UNWRITTEN))
    )
    lines = [
        say(lang, "confirm.what", organisation=organisation, party=party),
        answer,
        say(lang, "confirm.ends", ends=time(ends)),
        say(lang, "confirm.else", party=party),
    ]
    title = say(lang, "title.confirm", organisation=organisation)
    return _of_ourselves(CONFIRM, f"confirm/{number}", to, Severity.LOW, title, lines)


def owed_retraction(
    finding: Finding, change: Change, inventory: Inventory, reached: Sequence[tuple[str, str]]
) -> tuple[NewMessage, ...]:
    """One message to each channel that a message about the finding has reached, whoever is in its chain by now."""
    owed = []
    for channel, party_id in reached:
        party = next((p for p in inventory.parties if p.id == party_id), None)
        lang = party.language if party is not None else "en"
        asset = mask_text(finding.asset)
        id_, ref = id_of(finding.id), ref_of(finding.id, change.sequence)
        organisation = mask_text(inventory.organisation.name)
        lines = [
            say(lang, "retracted.what", asset=asset, finding=id_),
            say(lang, "retracted.by", at=time(change.at), organisation=organisation),
            say(lang, "retracted.do"),
            say(lang, "more", finding=id_, ref=ref, organisation=organisation),
        ]
        owed.append(
            NewMessage(
                key=f"{finding.id}/{change.sequence}/{channel}",
                finding=finding.id,
                sequence=change.sequence,
                step=Step.RETRACTED.value,
                channel=channel,
                party=party_id,
                severity=finding.severity.value,
                title=say(lang, "title.retracted", asset=asset, ref=ref),
                body=joined(lines, "\n"),
            )
        )
    return tuple(owed)


def owed_undeclared(
    finding: Finding, change: Change, names: Sequence[str], inventory: Inventory, recipients: Sequence[Recipient]
) -> tuple[NewMessage, ...]:
    """What whoever runs a host is told, alone, of folders that look like customers whom nobody declared.

    `names` are masked already; in 2019 one of three customers on a disk had never bought recording, and did not know.
    """
    owed = []
    for to in recipients:
        lang, asset = to.language, mask_text(finding.asset)
        id_, ref = id_of(finding.id), ref_of(finding.id, change.sequence)
        shown = joined([Masked(name) for name in names[:_MOST_STRANGERS]])
        number = count(len(names), lang)
        # It is a hint, of something that is told already: for a person, in the morning.
        level = min(finding.severity, Severity.MEDIUM, key=lambda one: one.rank)
        lines = [
            say(lang, "undeclared.what", asset=asset, count=number),
            say(lang, "undeclared.names", names=shown),
            say(lang, "undeclared.alone", party=mask_text(to.name)),
            say(lang, "undeclared.do", finding=id_),
            say(lang, "more", finding=id_, ref=ref, organisation=mask_text(inventory.organisation.name)),
        ]
        owed.append(
            NewMessage(
                key=f"{finding.id}/{change.sequence}/{to.channel}",
                finding=finding.id,
                sequence=change.sequence,
                step=Step.UNDECLARED.value,
                channel=to.channel,
                party=to.party,
                severity=level.value,
                via=to.via,
                title=short(
                    say(
                        lang,
                        "title.undeclared",
                        severity=say(lang, f"severity.{level.value}"),
                        count=number,
                        asset=asset,
                        ref=ref,
                    )
                ),
                body=joined(lines, "\n"),
            )
        )
    return tuple(owed)


def owed_contacts(gaps: Sequence[tuple[str, str]], inventory: Inventory, at: datetime) -> tuple[NewMessage, ...]:
    """What the operators are told, once a day, of parties of personal data that nobody could reach: (asset, party)."""
    if not gaps:
        return ()
    owed = []
    for to in operator_channels(inventory):
        lang = to.language
        parties = {party: [asset for asset, other in gaps if other == party] for _, party in gaps}
        lines = [say(lang, "contact.what", count=count(len(gaps), lang))]
        for party, assets in list(parties.items())[:_MOST_NAMED]:
            named = joined([mask_text(asset) for asset in assets[:_MOST_NAMED]])
            lines.append(say(lang, "contact.party", party=mask_text(party), assets=named))
        lines.append(say(lang, "contact.do"))
        title = say(lang, "title.contact", count=count(len(parties), lang))
        key = f"contact/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        owed.append(_of_ourselves("contact", key, to, Severity.HIGH, title, lines))
    return tuple(owed)


def owed_alive(channel: Channel, inventory: Inventory, still_open: int, every: timedelta, at: datetime) -> NewMessage:
    """The message that we see, for whoever has no service that alarms when a sign of life stays away."""
    to = recipient_of(channel, inventory)
    lang = to.language
    lines = [
        say(lang, "alive.what", at=time(at), assets=count(len(inventory.assets), lang), open=count(still_open, lang)),
        say(lang, "alive.every", days=count(every.days, lang)),
        say(lang, "blind.more", organisation=mask_text(inventory.organisation.name)),
    ]
    title = say(lang, "title.alive", organisation=mask_text(inventory.organisation.name))
    key = f"{ALIVE}/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return _of_ourselves(ALIVE, key, to, Severity.LOW, short(title), lines)


def _of_ourselves(
    step: str, key: str, to: Recipient, level: Severity, title: Masked, lines: list[Masked]
) -> NewMessage:
    return NewMessage(f"{key}/{to.channel}", "", 0, step, to.channel, to.party, level.value, title, joined(lines, "\n"))
