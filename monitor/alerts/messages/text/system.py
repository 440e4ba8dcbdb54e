"""The text of messages that are no news of an exposure: of ourselves, of channels, and of what is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.alerts.messages.formatting import HIDDEN, id_of, joined, plural, ref_of, short
from monitor.alerts.messages.reader import Reader, Text
from monitor.alerts.messages.text.reason import reason_text
from monitor.store.messages.facts import (
    Alive,
    BlindRound,
    BrokenInventory,
    DamagedRows,
    Disowned,
    Drill,
    Ends,
    LateLog,
    Question,
    Retraction,
    UnknownFolders,
    Unreachable,
)
from monitor.store.messages.queued import NewMessage
from probes.recognise.people.masking import Masked, mask_text

_MOST_NAMED = 20
_MOST_FOLDERS = 5


def more(message: NewMessage, reader: Reader) -> Masked:
    """Where to go on: the command, and the name of this message."""
    return reader.say(
        "more",
        finding=id_of(message.finding),
        ref=ref_of(message.finding, message.sequence),
        organisation=reader.organisation,
    )


def blind_text(facts: BlindRound, reader: Reader) -> Text:
    """A round that decided nothing."""
    round_ = mask_text(facts.round)
    lines = [
        reader.say("blind.what", round=round_, at=reader.clock(facts.at)),
        reader.say("blind.why", reason=reason_text(facts.reason, reader.language)),
        reader.say("blind.means"),
        reader.say("blind.do"),
        reader.say("blind.more", organisation=reader.organisation),
    ]
    return Text(short(reader.say("title.blind", round=round_)), joined(lines, "\n"))


def inventory_text(facts: BrokenInventory, reader: Reader) -> Text:
    """The changed inventory cannot be used."""
    lines = [
        reader.say("inventory.what", at=reader.clock(facts.at)),
        *(mask_text(one[:300]) for one in facts.faults),
        reader.say("inventory.do", organisation=reader.organisation),
    ]
    return Text(short(reader.say("title.inventory")), joined(lines, "\n"))


def damaged_rows_text(facts: DamagedRows, reader: Reader) -> Text:
    """Rows of the database were damaged."""
    lines = [
        reader.say("damaged.what", at=reader.clock(facts.at)),
        *(mask_text(one) for one in facts.what),
        reader.say("damaged.means"),
        reader.say("damaged.do", organisation=reader.organisation),
    ]
    return Text(short(reader.say("title.damaged")), joined(lines, "\n"))


def drill_text(facts: Drill, reader: Reader) -> Text:
    """A test of the way that alerts go."""
    link = reader.links.acknowledge(facts.id, 0, reader.channel)
    lines = [
        reader.say("drill.what", at=reader.clock(facts.at)),
        reader.say("drill.answer", link=Masked(link)) if link else reader.say("drill.do"),
        reader.say("drill.who", party=reader.name, organisation=reader.organisation),
    ]
    return Text(short(reader.say("title.drill", channel=mask_text(reader.channel))), joined(lines, "\n"), link)


def question_text(facts: Question, reader: Reader) -> Text:
    """Whether a channel leads to its party: by a link, else by a code.

    It says that leftopen is used, by whom and for whom, and nothing else: nobody knows yet who reads it.
    """
    link = reader.links.confirm(facts.number, reader.channel)
    answer = (
        reader.say("confirm.link", link=Masked(link), party=reader.name)
        if link
        else reader.say("confirm.code", organisation=reader.organisation, code=Masked(reader.links.code(facts.number)))
    )
    lines = [
        reader.say("confirm.what", organisation=reader.organisation, party=reader.name),
        answer,
        reader.say(
            "confirm.ends", ends=reader.clock(facts.ends), contact=Masked(reader.inventory.organisation.contact)
        ),
        reader.say("confirm.else", party=reader.name),
    ]
    return Text(short(reader.say("title.confirm", organisation=reader.organisation)), joined(lines, "\n"), link)


def retraction_text(message: NewMessage, facts: Retraction, reader: Reader) -> Text:
    """What was told was no exposure."""
    asset, id_ = mask_text(facts.asset), id_of(message.finding)
    lines = [
        reader.say("retracted.what", asset=asset, finding=id_),
        reader.say("retracted.by", at=reader.clock(facts.at), organisation=reader.organisation),
        reader.say("retracted.do", organisation=reader.organisation),
        more(message, reader),
    ]
    ref = ref_of(message.finding, message.sequence)
    return Text(short(reader.say("title.retracted", asset=asset, ref=ref)), joined(lines, "\n"))


def unknown_folders_text(message: NewMessage, facts: UnknownFolders, reader: Reader) -> Text:
    """Folders that look like customers whom nobody declared."""
    asset = mask_text(facts.asset)
    shown = joined([Masked(name) for name in facts.names[:_MOST_FOLDERS]])
    lines = [
        plural(reader.language, "undeclared.what", len(facts.names), asset=asset),
        reader.say("undeclared.names", names=shown),
        reader.say("undeclared.do", finding=id_of(message.finding)),
        reader.say("undeclared.alone", party=reader.name),
        more(message, reader),
    ]
    title = plural(
        reader.language,
        "title.undeclared",
        len(facts.names),
        severity=reader.say(f"severity.{message.severity}"),
        asset=asset,
        ref=ref_of(message.finding, message.sequence),
    )
    return Text(short(title), joined(lines, "\n"))


def unreachable_text(facts: Unreachable, reader: Reader) -> Text:
    """Parties of personal data that no tested channel reaches."""
    parties = {party: [asset for asset, other in facts.gaps if other == party] for _, party in facts.gaps}
    lines = [reader.say("contact.what")]
    for party, assets in list(parties.items())[:_MOST_NAMED]:
        named = joined([mask_text(asset) for asset in assets[:_MOST_NAMED]])
        lines.append(reader.say("contact.party", party=reader.named(party), assets=named))
    lines.append(reader.say("contact.do"))
    return Text(short(plural(reader.language, "title.contact", len(parties))), joined(lines, "\n"))


def alive_text(facts: Alive, reader: Reader) -> Text:
    """The sign of life: we see, or what of it we do not."""
    lang = reader.language
    lines = [
        reader.say(
            "alive.what",
            at=reader.clock(facts.at),
            assets=plural(lang, "assets", facts.assets),
            open=plural(lang, "findings", facts.open),
        )
    ]
    title = reader.say("title.alive", organisation=reader.organisation)
    if facts.unseen:
        title = plural(lang, "title.alive.unseen", len(facts.unseen), organisation=reader.organisation)
        lines.append(reader.say("alive.unseen", assets=_named(facts.unseen)))
    if facts.exceptions:
        lines.append(plural(lang, "alive.exceptions", facts.exceptions))
    if facts.ending:
        each = [
            reader.say("alive.end", name=mask_text(name), until=Masked(until))
            for name, until in facts.ending[:_MOST_NAMED]
        ]
        lines.append(reader.say("alive.ends", ends=joined(each)))
    lines += [plural(lang, "alive.every", facts.days), reader.say("blind.more", organisation=reader.organisation)]
    return Text(short(title), joined(lines, "\n"))


def disowned_text(facts: Disowned, reader: Reader) -> Text:
    """Somebody who was alerted says that it is not theirs."""
    values = {"finding": id_of(facts.finding), "asset": mask_text(facts.asset)}
    party = reader.named(facts.party) if facts.party else reader.organisation
    said = [reader.say("disowned.said", said=mask_text(facts.said))] if facts.said else []
    lines = [
        reader.say("disowned.what", by=mask_text(facts.by), party=party, at=reader.clock(facts.at), **values),
        *said,
        reader.say("disowned.do", **values),
        reader.say("disowned.more", organisation=reader.organisation, **values),
    ]
    return Text(short(reader.say("title.disowned", party=party, **values)), joined(lines, "\n"))


def ends_text(facts: Ends, reader: Reader) -> Text:
    """Something ends by a date, or has ended: what, when, and what to do."""
    lang, name, until = reader.language, mask_text(facts.name), Masked(facts.until)
    stage = ".ended" if facts.days < 0 else "" if facts.days else ".today"
    key = f"title.ends.{facts.what}{stage}"
    values = {"name": name} if stage else {"name": name, "days": plural(lang, "days", facts.days)}
    contract = facts.what == "contract"
    title = plural(lang, key, len(facts.assets), **values) if contract else reader.say(key, **values)
    lines = [
        reader.say(f"ends.{facts.what}.what", name=name, until=until),
        *([reader.say("ends.contract.assets", assets=_named(facts.assets))] if contract and facts.assets else []),
        reader.say(f"ends.{facts.what}.do"),
        reader.say("ends.more", organisation=reader.organisation),
    ]
    return Text(short(title), joined(lines, "\n"))


def _named(assets: Sequence[str]) -> Masked:
    more = Masked(HIDDEN)
    return joined([*(mask_text(asset) for asset in assets[:_MOST_NAMED]), *([more] * (len(assets) > _MOST_NAMED))])


def late_log_text(facts: LateLog, reader: Reader) -> Text:
    """An evidence log that we witness has fallen silent."""
    origin = mask_text(facts.origin)
    last = reader.clock(datetime.fromisoformat(facts.last)) if facts.last else reader.say("late-log.never")
    lines = [
        reader.say("late-log.what", origin=origin, last=last, size=mask_text(str(facts.size))),
        reader.say("late-log.means"),
        reader.say("late-log.do"),
    ]
    return Text(short(reader.say("title.late-log", origin=origin)), joined(lines, "\n"))
