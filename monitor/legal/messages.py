"""What a party is told of its legal clocks: how much of the time is used, until when, and what stops the clock."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from monitor.alerts.messages.catalogue import say
from monitor.alerts.messages.formatting import id_of, joined, ref_of, short, span, time
from monitor.alerts.routing.recipients import Language, Recipient, reminded
from monitor.findings.finding import Change, Finding, Severity, Step
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Party
from monitor.legal.clocks import WARNINGS, Basis, Clock
from monitor.legal.duties import CONTRACT, STOCKHOLM
from monitor.store.messages.queued import NewMessage
from probes.recognise.people.masking import Masked, mask_text


def owed_warning(
    finding: Finding, change: Change, clocks: Sequence[Clock], inventory: Inventory, told: Collection[str]
) -> tuple[NewMessage, ...]:
    """The messages to the parties whose clocks these are: each hears of its own alone, in its own language.

    `told` are the channels that have heard of the finding.
    """
    owed = []
    for id_ in dict.fromkeys(clock.party for clock in clocks):
        party = inventory.party(id_)
        own = tuple(clock for clock in clocks if clock.party == id_)
        for recipient in reminded(finding, party, inventory, told, change.at):
            owed.append(_owed(finding, change, own, party, inventory, recipient))
    return tuple(owed)


def _owed(
    finding: Finding, change: Change, clocks: Sequence[Clock], party: Party, inventory: Inventory, to: Recipient
) -> NewMessage:
    lang = to.language
    id_ = id_of(finding.id)
    lines = [
        say(lang, "warned.what", party=mask_text(party.name), finding=id_, asset=mask_text(finding.asset)),
        *(line for clock in clocks for line in _lines(clock, party, inventory, lang)),
        say(lang, "warned.decides"),
        say(lang, "warned.do", finding=id_),
        say(
            lang,
            "more",
            finding=id_,
            ref=ref_of(finding.id, change.sequence),
            organisation=mask_text(inventory.organisation.name),
        ),
    ]
    return NewMessage(
        # A channel that two parties share is told of each party's clocks.
        key=f"{finding.id}/{change.sequence}/{party.id}/{to.channel}",
        finding=finding.id,
        sequence=change.sequence,
        step=Step.WARNED.value,
        channel=to.channel,
        party=party.id,
        severity=_severity(finding, clocks).value,
        via=to.via,
        title=_title(clocks[0], ref_of(finding.id, change.sequence), lang),
        body=joined(lines, "\n"),
    )


def _severity(finding: Finding, clocks: Sequence[Clock]) -> Severity:
    """A night without messages can be longer than what is left at the last level: then it does not wait for morning."""
    last = any(clock.warning == max(WARNINGS) for clock in clocks)
    return max(finding.severity, Severity.HIGH, key=lambda s: s.rank) if last else finding.severity


def _title(clock: Clock, ref: Masked, lang: Language) -> Masked:
    left = clock.left or timedelta()
    key = "title.warned.late" if clock.late else "title.warned"
    duty = Masked(clock.says_sv if lang == "sv" else clock.says)
    return short(say(lang, key, percent=_percent(clock), left=_span(left, lang), duty=duty, ref=ref))


def _lines(clock: Clock, party: Party, inventory: Inventory, lang: Language) -> list[Masked]:
    if clock.start is None or clock.deadline is None or clock.left is None:
        return []
    receiver = next((one.name for one in inventory.parties if one.id == clock.to), "")
    duty = clock.says_sv if lang == "sv" else clock.says
    line = say(
        lang,
        "warned.clock.late" if clock.late else "warned.clock",
        # Sentences and articles are those of the laws' files, which are ours.
        duty=Masked(duty[:1].upper() + duty[1:]),
        to=say(lang, "warned.to", party=mask_text(receiver)) if clock.duty.to == CONTRACT else Masked(""),
        percent=_percent(clock),
        left=_span(clock.left, lang),
        deadline=time(clock.deadline),
        local=_local(clock.deadline),
        article=Masked(f"{clock.law.name} {clock.duty.article}"),
    )
    follows = clock.duty.starts.startswith("sent:")
    basis = "follows" if follows else "conservative" if clock.basis is Basis.CONSERVATIVE else "legal"
    party_name = mask_text(party.name)
    start = time(clock.start.at)
    counted = (
        say(lang, "warned.legal", start=start, party=party_name)
        if basis == "legal"
        else say(lang, f"warned.{basis}", start=start)
    )
    return [line, counted]


def _percent(clock: Clock) -> Masked:
    # Never rounded up: 90 % used is not said of 89.6.
    return Masked(str(int((clock.share or 0.0) * 100 + 1e-9)))


def _span(length: timedelta, lang: Language) -> Masked:
    return span(abs(length).total_seconds(), lang)


def _local(at: datetime) -> Masked:
    """The time in Stockholm with its offset: one hour of an October night comes twice."""
    return Masked(f"{at.astimezone(UTC).astimezone(STOCKHOLM):%Y-%m-%d %H:%M%z}")
