"""The text of a message about legal clocks: how much of the time is used, until when, and what stops the clock."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from monitor.alerts.messages.formatting import id_of, joined, ref_of, short, span, time
from monitor.alerts.messages.reader import Reader, Text
from monitor.alerts.messages.text.system import more
from monitor.store.messages.facts import Deadline, Deadlines
from monitor.store.messages.queued import NewMessage
from probes.recognise.people.masking import Masked, mask_text

_STOCKHOLM = ZoneInfo("Europe/Stockholm")


def deadlines_text(message: NewMessage, facts: Deadlines, reader: Reader) -> Text:
    """A party's clocks that are running out."""
    id_ = id_of(message.finding)
    lines = [
        reader.say("warned.what", party=reader.name, finding=id_, asset=mask_text(facts.asset)),
        *(line for clock in facts.clocks for line in _lines(clock, reader)),
        reader.say("warned.decides"),
        reader.say("warned.do", finding=id_),
        more(message, reader),
    ]
    first = facts.clocks[0]
    title = reader.say(
        "title.warned.late" if first.late else "title.warned",
        percent=_percent(first),
        left=span(abs(first.left), reader.language),
        duty=Masked(first.duty[reader.language]),
        ref=ref_of(message.finding, message.sequence),
    )
    return Text(short(title), joined(lines, "\n"))


def _lines(clock: Deadline, reader: Reader) -> list[Masked]:
    duty = clock.duty[reader.language]
    line = reader.say(
        "warned.clock.late" if clock.late else "warned.clock",
        # Sentences and articles are those of the laws' files, which are ours.
        duty=Masked(duty[:1].upper() + duty[1:]),
        to=reader.say("warned.to", party=reader.named(clock.to)) if clock.to else Masked(""),
        percent=_percent(clock),
        left=span(abs(clock.left), reader.language),
        deadline=time(clock.deadline),
        # With its offset: one hour of an October night comes twice.
        local=Masked(f"{clock.deadline.astimezone(_STOCKHOLM):%Y-%m-%d %H:%M%z}"),
        article=Masked(clock.article),
    )
    start = time(clock.start)
    if clock.counted == "legal":
        return [line, reader.say("warned.legal", start=start, party=reader.name)]
    return [line, reader.say(f"warned.{clock.counted}", start=start)]


def _percent(clock: Deadline) -> Masked:
    # Never rounded up: 90 % used is not said of 89.6.
    return Masked(str(int(clock.share * 100 + 1e-9)))
