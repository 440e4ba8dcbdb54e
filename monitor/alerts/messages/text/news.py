"""The text of news of an exposure: what, where, since when, what to do and one link; all else stands below a rule."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from monitor.alerts.messages.catalogue import known
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
from monitor.alerts.messages.reader import Reader, Text
from monitor.alerts.messages.text.extent import FAULTS, extent_lines, service_of, summary, things
from monitor.alerts.messages.text.reason import fact_text, how_text, proof_text, reason_text
from monitor.findings.finding import OVER, Finding, Step
from monitor.findings.reach.extent import UNCOUNTED
from monitor.findings.reasons import Cause
from monitor.inventory.model.assets import Asset, BucketAsset
from monitor.inventory.values.addresses import is_address
from monitor.store.messages.facts import News, Rounds
from probes.proof import ProofStep
from probes.recognise.people.masking import Masked, mask_text
from probes.services.catalogue import OVER_HTTP, SPEAKS

RULE = Masked("—")
"""Below it stands what is not needed to act."""
_PROOF_STEPS = 8
_ROUND = re.compile(r"20\d{6}T\d{6}Z-[0-9a-f]{6}")


def news_text(news: News, reader: Reader) -> Text:
    """A change of a finding, for one reader."""
    finding, change = news.finding, news.change
    over = change.step in OVER
    asset = reader.inventory.find_asset(finding.asset)
    link = "" if over else reader.links.acknowledge(finding.id, change.sequence, reader.channel)
    lines = [
        *headlines(news, asset, reader),
        *([reader.say("acknowledge", link=Masked(link))] if link else []),
        RULE,
        *extent_lines(finding, reader.language),
        *_facts(finding, reader),
        *_promise(finding, asset, reader, over=over),
        *_times(news, reader),
        *_logs(news, reader),
        *_part(finding, asset, reader, over=over),
        reader.say("told", parties=joined([reader.named(one) if one else reader.organisation for one in news.parties])),
        *([] if over else [_proof(finding, reader)]),
        reader.say(
            "more",
            finding=id_of(finding.id),
            ref=ref_of(finding.id, change.sequence),
            organisation=reader.organisation,
        ),
    ]
    return Text(title_of(news, asset, reader), joined(lines, "\n"), link)


_SCHEMES: Final = ("http", "https", *sorted(one for word in SPEAKS for one in (word, f"{word}+tls")))
"""How an endpoint may be spoken to, as it is told: nothing else of an endpoint's text is."""


def headlines(news: News, asset: Asset | None, reader: Reader) -> list[Masked]:
    """What stands above the rule: what, what is new, where, since when, and what to do."""
    return [
        _what(news, asset, reader),
        *_new(news, asset, reader),
        reader.say("where", place=place_of(news.finding, asset), asset=mask_text(news.finding.asset)),
        *_network(news.finding, reader),
        _since(news, reader),
        _to_do(news, asset, reader),
    ]


def _network(finding: Finding, reader: Reader) -> list[Masked]:
    """From which network it is open, where we look from several."""
    network = reader.inventory.seen_from(finding.network)
    return [reader.say("from-network", network=mask_text(network))] if network else []


def place_of(finding: Finding, asset: Asset | None) -> Masked:
    """Where it is, in the owner's own words: what the inventory declares, and never a path that was learnt."""
    if isinstance(asset, BucketAsset):
        return mask_text(asset.label)
    place = finding.place
    host = Masked(place.host) if is_address(place.host) else mask_text(place.host)
    schemes = {seen.endpoint.partition("://")[0] for seen in finding.seen}
    scheme = next((one for one in _SCHEMES if one in schemes), "")
    declared = ("/", *(asset.declared_at(place.port) if asset is not None else ()))
    if asset is not None and any(one.path == place.path for one in asset.files):
        path = place.path
    else:
        path = max((one for one in declared if place.path.startswith(one)), key=len, default="/")
    below = HIDDEN if path != place.path else ""
    return Masked(f"{scheme + '://' if scheme else ''}{host}:{place.port}{mask_text(path)}{below}")


def title_of(news: News, asset: Asset | None, reader: Reader) -> Masked:
    """The first line: how bad, what, where, which finding; it fits a phone."""
    finding, change = news.finding, news.change
    label = finding.place.host if asset is None or isinstance(asset, BucketAsset) else asset.label
    host = Masked(label) if is_address(label) else mask_text(label)

    # What is shown to the wrong people, or is not true, lies open to nobody else: it has words of its own.
    key = f"title.{change.step.value}"
    faulty = f"{key}.fault"
    key = faulty if finding.kind in FAULTS and known(reader.language, faulty) else key

    def title(where: Masked) -> Masked:
        return reader.say(
            key,
            severity=reader.say(f"severity.{finding.severity.value}"),
            things=things(finding, reader.language),
            where=where,
            ref=ref_of(finding.id, change.sequence),
        )

    id_ = mask_text(finding.asset)
    where = id_ if id_ == host else Masked(f"{id_}, {host}")
    found = title(where)
    over = len(found) - FIRST_LINE
    if over > 0:
        found = title(Masked(where[: max(1, len(where) - over - 1)] + HIDDEN))
    return short(found)


def _what(news: News, asset: Asset | None, reader: Reader) -> Masked:
    finding, change, lang = news.finding, news.change, reader.language
    data = "unknown" if asset is None else asset.data.value
    step = f"what.{change.step.value}"
    return reader.say(
        step if known(lang, step) else "what",
        how=how_text(finding.why, lang),
        extent=summary(finding, lang),
        data=reader.say(f"declared.{data}"),
        times=plural(lang, "times", max(1, finding.reopened)),
    )


def _new(news: News, asset: Asset | None, reader: Reader) -> list[Masked]:
    """What is new of a finding that was told before: how it got worse, or why nobody has it any more."""
    change, finding = news.change, news.finding
    told = change.step in (Step.GROWN, Step.RETURNED, Step.INTENDED) and change.reason is not Cause.UNKNOWN
    lines = [reader.say("news", reason=reason_text(change.reason, reader.language))] if told else []
    if finding.active and change.step not in OVER:
        lines.append(reader.say("live"))
    if change.step is Step.INTENDED and asset is not None:
        public = asset.public_at(asset.intended_path(finding.place), change.at.date())
        if public is not None:
            by = mask_text(public.decided_by) if public.decided_by else reader.named(asset.owner)
            lines.append(reader.say("intended.by", by=by, reason=mask_text(public.reason.rstrip("."))))
    return lines


def _since(news: News, reader: Reader) -> Masked:
    finding, change = news.finding, news.change
    if change.step is Step.CLEARED:
        cleared = finding.cleared or change.at
        took = span((cleared - _opened(finding)).total_seconds(), reader.language)
        return reader.say("took", since=reader.clock(_opened(finding)), cleared=reader.clock(cleared), took=took)
    since = reader.clock(_opened(finding))
    if change.step is Step.REOPENED:
        return reader.say("since.again", since=since)
    if finding.last_known_good is None:
        return reader.say("since.unbounded", since=since)
    return reader.say("since", since=since, good=reader.clock(finding.last_known_good))


def _opened(finding: Finding) -> datetime:
    """When this exposure began to be seen; one that came back is counted from its return."""
    return finding.confirmed if finding.reopened and finding.confirmed is not None else finding.first_seen


def _to_do(news: News, asset: Asset | None, reader: Reader) -> Masked:
    finding = news.finding
    if news.change.step is Step.CLEARED:
        return reader.say("do.cleared")
    if news.change.step is Step.INTENDED:
        return reader.say("do.intended", organisation=reader.organisation)
    if news.change.step is Step.UNPROMISED:
        return reader.say("do.unpromised", organisation=reader.organisation)
    if news.change.step is Step.UNPROVABLE:
        return reader.say("do.unprovable", finding=id_of(finding.id))
    if asset is None or asset.owner == reader.party:
        special = f"do.owner.{(service_of(finding) or finding.kind).partition('-')[0]}"
        return reader.say(special if known(reader.language, special) else "do.owner")
    return reader.say("do.other" if news.owner_told else "do.owner.unheard", owner=reader.named(asset.owner))


def _facts(finding: Finding, reader: Reader) -> list[Masked]:
    facts = [said for fact in finding.facts if (said := fact_text(fact, reader.language)) is not None]
    return [reader.say("facts", facts=joined(list(dict.fromkeys(facts)), "; "))] if facts else []


def _promise(finding: Finding, asset: Asset | None, reader: Reader, *, over: bool) -> list[Masked]:
    """The promise that whatever is readable without a login breaks; a promise of how it is reached says so itself."""
    if over or asset is None or finding.kind in UNCOUNTED:
        return []
    chain = reader.inventory.contract_chain(asset)
    broken = next((contract for contract in chain if contract.promises.login), None)
    return [] if broken is None else [reader.say("promise.login", contract=mask_text(broken.id))]


def _times(news: News, reader: Reader) -> list[Masked]:
    """The exposure as it is proven and as it is possible, in UTC, as logs are searched and reports are written."""
    finding = news.finding
    first, last = time(finding.first_seen), time(finding.last_seen)
    if first == last:
        lines = [reader.say("proven.once", first=first)]
    else:
        length = span(finding.proven_seconds(), reader.language)
        lines = [reader.say("proven", first=first, last=last, span=length)]
    possible = finding.possible_seconds(news.change.at)
    if finding.last_known_good is None or possible is None:
        return [*lines, reader.say("unbounded")]
    start = time(finding.last_known_good)
    return [*lines, reader.say("possible", start=start, span=span(possible, reader.language))]


def _logs(news: News, reader: Reader) -> list[Masked]:
    """Which logs to keep, and by what our own requests are told from a stranger's in them."""
    finding = news.finding
    lines = [reader.say("logs", start=time(finding.last_known_good or finding.first_seen))]
    if finding.last_known_good is None:
        lines.append(reader.say("logs.older"))
    over_http = finding.kind not in SPEAKS or finding.kind in OVER_HTTP
    return [*lines, *_ours(news.rounds, reader, over_http=over_http)]


def _ours(rounds: Rounds | None, reader: Reader, *, over_http: bool) -> list[Masked]:
    lines = [reader.say("ours" if over_http else "ours.service")]
    addresses = [Masked(one) for vantage in reader.inventory.every_vantage for one in vantage.addresses]
    if addresses:
        lines.append(reader.say("ours.addresses", addresses=joined(addresses)))
    # An id that is not of our making is not told: it could be anything. Other protocols have no field for a round.
    if over_http and rounds is not None and _ROUND.fullmatch(rounds.first) and _ROUND.fullmatch(rounds.last):
        values = {"first": Masked(rounds.first), "last": Masked(rounds.last)}
        if rounds.count > 1:
            lines.append(reader.say("ours.rounds", count=count(rounds.count, reader.language), **values))
        else:
            lines.append(reader.say("ours.round", last=values["last"]))
    return lines


def _part(finding: Finding, asset: Asset | None, reader: Reader, *, over: bool) -> list[Masked]:
    """What the party's role in the chain asks of it, when data of persons lie open."""
    party = next((one for one in reader.inventory.parties if one.id == reader.party), None)
    if over or party is None or asset is None or not asset.data.personal:
        return []
    return [reader.say(f"role.{party.role.value}", finding=id_of(finding.id))]


def _proof(finding: Finding, reader: Reader) -> Masked:
    # What a recogniser saw in a page is on file, in its own words; a message has those of the catalogue alone.
    told = [step for step in finding.proof if step.step is not ProofStep.PAGE_SAYS]
    steps = [proof_text(step, reader.language, finding.place) for step in told[:_PROOF_STEPS]]
    return reader.say("proof", steps=joined(steps, "; ")) if steps else reader.say("proof.none")
