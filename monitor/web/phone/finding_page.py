"""The page of one finding: what, where, what now, who has it, who was alerted, and how far it is to closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts.delivery.signed_links import Token, UnsignedLinks
from monitor.alerts.messages.reader import Reader
from monitor.alerts.messages.text.news import headlines, title_of
from monitor.findings.finding import Change, Finding, State
from monitor.findings.handling import LAPSES, WATCHED, ActionKind, Handling, TriageStatus, fold
from monitor.inventory.model.assets import Asset
from monitor.inventory.model.inventory import Inventory
from monitor.rounds.closing import Closing, closing
from monitor.rounds.due.plan import rhythm_of
from monitor.rounds.intents import policy_of
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.messages.facts import News
from monitor.store.tables import actions
from monitor.store.tables.actions import Done
from monitor.web.phone.choices import Choice, do, party_of
from monitor.web.phone.page import Page, say

_QUIET_STEPS = ("warned", "undeclared", "retracted")
"""Steps that are told to one party alone, or take news back: they say nothing about who was alerted."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a person sent: masked and bounded already."""

    choice: Choice
    by: str
    said: str = ""


def finding_page(
    ledger: Ledger, inventory: Inventory, token: Token, posted: Posted | None, now: datetime
) -> Page | None:
    """The page of the finding that `token` names, after what was posted is done; None when there is no such finding."""
    party = party_of(inventory, token.channel)
    reader = Reader(inventory, token.channel, party, UnsignedLinks(inventory))
    notice = ""
    if posted is not None:
        notice = _act(ledger, inventory, token, posted, reader, now)
    finding = ledger.finding(token.finding)
    if finding is None:
        return None
    lang = reader.language
    stands = fold(actions.of_finding(ledger, finding.id), finding)
    asset = inventory.find_asset(finding.asset)
    changes = queries.changes(ledger, finding.id)
    told = _told(ledger, finding, reader)
    news = _news(finding, changes, asset, told)
    settled = stands.standing in actions.SETTLED
    tone, state = _state(finding, settled=settled)
    way = _closing(ledger, inventory, finding, asset, now)
    return Page(
        language=lang,
        state=say(lang, state, clears=way.clears if way else 0, needed=way.needed if way else 0),
        title=title_of(news, asset, reader),
        lines=headlines(news, asset, reader) if news.change.tells else (),
        tone=tone,
        notice=notice,
        sections=[
            (say(lang, "who"), [_who(stands, reader)]),
            (say(lang, "progress"), _progress(finding, stands, way, reader)),
            (
                say(lang, "told"),
                [_told_line(name, at, reader) for name, at in told.values()] or [say(lang, "told.nobody")],
            ),
        ],
        buttons=[(choice.value, say(lang, f"form.{choice.value}")) for choice in _choices(finding, stands)],
        asks_more=True,
        name=posted.by if posted is not None else "",
        again=finding.state is not State.CLEARED,
        contact=contact(reader),
    )


def contact(reader: Reader) -> str:
    """Whom to ask."""
    organisation = reader.inventory.organisation
    return say(reader.language, "contact", contact=organisation.contact, organisation=reader.organisation)


def _act(ledger: Ledger, inventory: Inventory, token: Token, posted: Posted, reader: Reader, now: datetime) -> str:
    """Do what was asked; what came of it, in words."""
    lang = reader.language
    if not posted.by:
        return say(lang, "refused", why=say(lang, "refused.name"))
    done = do(ledger, inventory, token, posted.choice, posted.by, posted.said, now)
    if isinstance(done, Done):
        until = reader.clock(done.action.at + LAPSES)
        return say(lang, f"done.{posted.choice.value}", by=posted.by, until=until, organisation=reader.organisation)
    return "" if done is None else say(lang, "refused", why=_why(ledger, token, posted.choice, reader))


def _why(ledger: Ledger, token: Token, choice: Choice, reader: Reader) -> str:
    """Why something was refused, in the reader's language and by the state as it is now."""
    lang, finding = reader.language, ledger.finding(token.finding)
    done = actions.of_finding(ledger, token.finding)
    if finding is None or finding.state is State.CLEARED:
        return say(lang, "refused.closed")
    stands = fold(done, finding)
    values = {"by": stands.by, "at": reader.clock(stands.at) if stands.at is not None else ""}
    if choice is Choice.TAKE and stands.acknowledged:
        return say(lang, "refused.has", **values)
    if choice is Choice.TAKE and stands.standing is TriageStatus.CONTAINED:
        return say(lang, "refused.claimed", **values)
    kinds = {Choice.TAKE: ActionKind.ACKNOWLEDGED, Choice.NOT_OURS: ActionKind.DISOWNED}
    if any((one.act, one.signature) == (kinds.get(choice), token.text) for one in done):
        return say(lang, "refused.again")
    return say(lang, "refused.other")


def _choices(finding: Finding, stands: Handling) -> tuple[Choice, ...]:
    """What fits the state."""
    if finding.state not in (State.EXPOSED, State.CLEARING) or stands.standing in actions.SETTLED:
        return ()
    if stands.standing is TriageStatus.NEW:
        return (Choice.TAKE, Choice.CLOSED, Choice.NOT_OURS)
    return (Choice.CLOSED, Choice.NOT_OURS)


def _state(finding: Finding, *, settled: bool) -> tuple[str, str]:
    """The tone of the page, and the key of the words in its bar."""
    if finding.state is State.CLEARED:
        return "closed", "status.closed"
    if finding.state is State.SUSPECTED:
        return "problem", "status.suspected"
    if settled:
        return "problem", "status.settled"
    return ("open", "status.open") if finding.state is State.EXPOSED else ("problem", "status.closing")


def _who(stands: Handling, reader: Reader) -> str:
    values = {
        "by": stands.by,
        "at": reader.clock(stands.at) if stands.at is not None else "",
        "until": reader.clock(stands.until) if stands.until is not None else "",
    }
    keys = {
        TriageStatus.NEW: "nobody",
        TriageStatus.ACKNOWLEDGED: "taken",
        TriageStatus.INTENDED: "intended",
        TriageStatus.UNPROMISED: "unpromised",
    }
    return say(reader.language, f"who.{keys.get(stands.standing, stands.standing.value)}", **values)


def _progress(finding: Finding, stands: Handling, way: Closing | None, reader: Reader) -> list[str]:
    lang = reader.language
    if finding.state is State.CLEARED:
        at = reader.clock(finding.cleared) if finding.cleared is not None else ""
        return [say(lang, "progress.closed", at=at)]
    if finding.state is State.SUSPECTED:
        return [say(lang, "progress.suspected")]
    lines = [say(lang, "progress.last-open", at=reader.clock(finding.last_seen))]
    if stands.standing is TriageStatus.CONTAINED and stands.at is not None:
        lines.append(say(lang, "progress.watch", until=reader.clock(stands.at + WATCHED)))
    if finding.unprovable is not None and (stands.at is None or stands.at < finding.unprovable):
        lines.append(say(lang, "progress.unprovable"))
    elif way is not None:
        lines.append(say(lang, "progress.next", at=reader.clock(way.next_look)))
        lines.append(say(lang, "progress.earliest", at=reader.clock(way.earliest)))
    return lines


def _closing(
    ledger: Ledger, inventory: Inventory, finding: Finding, asset: Asset | None, now: datetime
) -> Closing | None:
    """How far it is to closed; None when it is not looked at any more, or was never."""
    last = ledger.looks(finding.network).get(finding.asset)
    if asset is None or last is None or finding.state not in (State.EXPOSED, State.CLEARING):
        return None
    watched = actions.watched(ledger, now)
    return closing(finding, policy_of(inventory, asset), rhythm_of(inventory, asset), last, now, watched)


def _told(ledger: Ledger, finding: Finding, reader: Reader) -> Mapping[str, tuple[str, datetime | None]]:
    """For each party to whom messages about it were owed, its name and when the first one was accepted."""
    found: dict[str, tuple[str, datetime | None]] = {}
    for one in queries.messages_about(ledger, finding.id):
        if one.step in _QUIET_STEPS or one.state == "cancelled":
            continue
        name = reader.named(one.party) if one.party else reader.organisation
        earlier = found.get(one.party, (name, None))[1]
        times = [at for at in (earlier, one.accepted) if at is not None]
        found[one.party] = (name, min(times, default=None))
    return found


def _told_line(name: str, at: datetime | None, reader: Reader) -> str:
    if at is None:
        return say(reader.language, "told.no", party=name)
    return say(reader.language, "told.yes", party=name, at=reader.clock(at))


def _news(
    finding: Finding,
    changes: tuple[Change, ...],
    asset: Asset | None,
    told: Mapping[str, tuple[str, datetime | None]],
) -> News:
    """The last news of it, with the finding as it is now."""
    telling = [one for one in changes if one.tells]
    reached = asset is not None and told.get(asset.owner, ("", None))[1] is not None
    return News(finding, (telling or list(changes))[-1], tuple(told), owner_told=reached)
