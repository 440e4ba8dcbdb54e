"""The pre-filled draft for an authority: what the ledger proves is filled in, what only a human can say is left open.

Every value is masked by its type: no file name, path or number of a person's gets in, nor a text that a person wrote.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

from monitor.alerts.messages import catalogue, formatting
from monitor.alerts.messages.text.extent import identifier_text
from monitor.alerts.routing.recipients import Language
from monitor.findings.finding import State, Step
from monitor.findings.reach.apply_survey import reach_of
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import NamesHold
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Party, Role
from monitor.legal.case import Case
from monitor.legal.chain import accepted
from monitor.legal.clocks import Clock, aware_since, confirmed_at
from monitor.legal.duties import STOCKHOLM
from probes.recognise.people.masking import Masked, mask_text

SENTENCES = "monitor.legal.drafts"
"""The package whose `locale` holds the sentences of drafts."""
_TOLD_STEPS = (Step.OPENED, Step.GROWN, Step.REOPENED, Step.CLEARING, Step.CLEARED)


@dataclass(frozen=True, slots=True)
class Form:
    """An authority's form: where it is, and the numbers of its questions, which move."""

    name: str
    where: str
    checked_by: str
    checked_on: date
    questions: Mapping[str, str]


@cache
def imy() -> Form:
    """The form of the Swedish authority, as it was last seen."""
    return Form(**tomllib.loads(files("monitor.legal.drafts").joinpath("imy.toml").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Draft:
    """The notification of a personal data breach, or what a processor tells instead. Others are made of its parts."""

    case: Case
    inventory: Inventory
    party: Party
    language: Language
    form: Form

    def lines(self) -> Iterator[Masked]:
        """All of it, a line each."""
        kind = "controller" if self.party.role is Role.CONTROLLER else "processor"
        yield self.say(f"title.{kind}")
        yield Masked("")
        yield self.say("draft", now=stockholm_time(self.case.now))
        yield self.say(
            "public",
            form=Masked(self.form.name),
            where=Masked(self.form.where),
            seen=Masked(f"{self.form.checked_on:%Y-%m-%d}"),
        )
        yield from self.section("h.clocks", self.limits())
        yield from self.section("h.who", self.who())
        yield from self.section("h.times", self.times(), "end")
        yield from self.section("h.nature", self.nature())
        yield from self.section("h.groups", self.groups(), "groups")
        yield from self.section("h.kinds", self.kinds(), "kinds")
        yield from self.section("h.consequences", self.consequences(), "consequences")
        yield from self.section("h.actions", self.actions(), "actions")
        yield from self.section("h.informing", iter([self.todo("informing.todo")]), "informing")
        yield from self.section("h.others", self.others())
        yield Masked("")

    def section(self, heading: str, lines: Iterator[Masked], question: str = "") -> Iterator[Masked]:
        number = self.form.questions.get(question, "")
        asked = self.say("question", form=Masked(self.form.name), number=Masked(number)) if number else Masked("")
        yield Masked("")
        yield formatting.joined([self.say(heading), asked], "")
        yield Masked("")
        yield from lines

    def limits(self) -> Iterator[Masked]:
        for clock in self.case.clocks:
            if clock.party == self.party.id and clock.law.id == "gdpr":
                yield self.limit(clock)

    def limit(self, clock: Clock) -> Masked:
        values = {
            # What a law's file says is ours.
            "law": Masked(clock.law.name),
            "article": Masked(clock.duty.article),
            "says": Masked(clock.says_sv if self.language == "sv" else clock.says),
            "stage": self.say(
                f"stage.{clock.stage.name.lower().replace('_', '-')}",
                party=mask_text(self.party.name),
                left=formatting.span(clock.left.total_seconds() if clock.left else 0, self.language),
            ),
            "reading": self.say(f"reading.{clock.basis.value}"),
        }
        if clock.start is None or clock.deadline is None:
            return self.say("clock.plain", **values)
        return self.say(
            "clock", start=stockholm_time(clock.start.at), deadline=stockholm_time(clock.deadline), **values
        )

    def who(self) -> Iterator[Masked]:
        name, role = mask_text(self.party.name), self.say(f"role.{self.party.role.value}")
        yield self.say("who", name=name, role=role)
        if self.party.organisation_number:
            # A number of the official register that the inventory declares: nobody's own.
            yield self.say("number", number=Masked(self.party.organisation_number))
        else:
            yield self.todo("number.todo")
        organisation = self.inventory.organisation
        if self.party.id in (organisation.party, organisation.id):
            # A role address that the inventory declares, and that every request of ours says aloud.
            yield self.say("contact", contact=Masked(organisation.contact))
        if self.party.dpo:
            # A role address again, that the inventory declares.
            yield self.say("dpo", dpo=Masked(self.party.dpo))
        yield self.todo("contact.todo")
        yield self.say("reference", finding=Masked(self.case.finding.id))

    def times(self) -> Iterator[Masked]:
        finding = self.case.finding
        first, last = stockholm_time(finding.first_seen), stockholm_time(finding.last_seen)
        confirmed = confirmed_at(finding, self.case.changes)
        yield self.say(
            "found",
            organisation=mask_text(self.inventory.organisation.name),
            first=first,
            confirmed=stockholm_time(confirmed) if confirmed else self.say("unconfirmed"),
        )
        yield self.say("proven", first=first, last=last, span=formatting.span(finding.proven_seconds(), self.language))
        if finding.last_known_good is not None:
            yield self.say("possible", start=stockholm_time(finding.last_known_good))
        else:
            yield self.say("unbounded")
            oldest, _ = self.dates()
            if oldest:
                yield self.say("hint", oldest=oldest)
        yield from self.end(last)
        steps = [change for change in self.case.changes if change.step in _TOLD_STEPS]
        if steps:
            yield self.say("life")
            for change in steps:
                yield Masked(f"  - {stockholm_time(change.at)}: {self.say(f'step.{change.step.value}')}")
        aware, _ = aware_since(self.case.actions, self.party.id)
        name = mask_text(self.party.name)
        if aware is not None:
            yield self.say("aware", party=name, since=stockholm_time(aware.at), recorded=stockholm_time(aware.recorded))
        else:
            yield self.todo("aware.todo", party=name)
        if any(clock.late for clock in self.case.clocks if clock.party == self.party.id and clock.law.id == "gdpr"):
            yield self.todo("delay.todo")

    def end(self, last: Masked) -> Iterator[Masked]:
        finding = self.case.finding
        clears = [seen.first_clear for seen in finding.seen if seen.first_clear is not None]
        match finding.state:
            case State.CLEARED:
                yield self.say("end.cleared", cleared=stockholm_time(finding.cleared or finding.last_seen), last=last)
            case State.CLEARING:
                yield self.say("end.clearing", last=last)
            case State.SUSPECTED | State.EXPOSED:
                yield self.say("end.open", last=last)
                return
        if clears and len(clears) == len(finding.seen):
            yield self.say("closed.from", clear=stockholm_time(max(clears)))

    def nature(self) -> Iterator[Masked]:
        finding, asset = self.case.finding, self.case.asset
        yield self.say("nature", how=self.told_as(f"how.{finding.why.value}", "how.other"))
        if finding.state is State.CLEARED:
            # An address is a number: the asset's id says as much.
            numeric = asset.host.replace(".", "").isdigit() or ":" in asset.host
            host = Masked("" if numeric else f" ({mask_text(asset.host)})")
        else:
            # The draft may become a public record while anybody can still walk in.
            host = self.say("host.withheld", finding=Masked(finding.id))
        yield self.say("where", asset=mask_text(asset.id), host=host)
        yield self.todo("cause.given" if self.case.handling.cause else "cause.todo", finding=Masked(finding.id))
        yield self.todo("read.todo")

    def groups(self) -> Iterator[Masked]:
        yield self.say("declared", data=self.data())
        yield self.todo("groups.todo")

    def kinds(self) -> Iterator[Masked]:
        extent, surveyed, language = self.extent(), self.case.surveyed, self.language
        if surveyed is not None:
            hours = self.say("counted.hours") if surveyed.hours is not None else Masked("")
            yield self.say("counted", ended=stockholm_time(surveyed.ended or surveyed.started), hours=hours)
        else:
            yield self.say("not.counted")
        size = Masked("")
        if extent.sized:
            key = "size" if extent.size_exact else "size.about"
            size = self.say(key, size=formatting.size(extent.size, language))
        files_, folders = formatting.count(extent.files, language), formatting.count(extent.directories, language)
        yield self.say("files", files=files_, folders=folders, size=size)
        for kind, number in extent.kinds:
            told = self.told_as(f"kind.{kind}", "kind.other")
            yield self.say("kind", kind=told, files=formatting.count(number, language))
        if extent.calls:
            yield self.say("calls", calls=formatting.count(extent.calls, language))
        if surveyed is not None and surveyed.hours is not None:
            sound = surveyed.hours
            yield self.say(
                "sound",
                best=_hours(sound.best, language),
                low=_hours(sound.low, language),
                high=_hours(sound.high, language),
                samples=formatting.count(sound.samples, language),
            )
        oldest, newest = self.dates()
        if oldest and newest:
            yield self.say("dates", oldest=oldest, newest=newest)
        yield from (self.claim(claim) for claim in extent.claims)
        if self.case.finding.active:
            yield self.say("live")
        if extent.partial:
            yield self.say("more")
        yield self.todo("kinds.todo")

    def claim(self, claim: NamesHold) -> Masked:
        what = identifier_text(claim.what, self.language)
        share = Masked(f"{claim.percent} %" if claim.names else "?")
        names = formatting.count(claim.names, self.language) if claim.names else Masked("?")
        return self.say("claim", what=what, share=share, names=names)

    def consequences(self) -> Iterator[Masked]:
        yield self.say("block", data=self.data())
        yield Masked("")
        yield self.say(f"consequences.{self.case.asset.data.value}")
        yield Masked("")
        yield self.todo("consequences.todo")

    def actions(self) -> Iterator[Masked]:
        done: list[tuple[datetime, Masked]] = []
        for action in self.case.actions:
            key = f"act.{action.act.value}"
            if key in catalogue.sentences(self.language, SENTENCES):
                done.append((action.since or action.at, self.say(key)))
        names = {party.id: party.name for party in self.inventory.parties}
        for party, first in accepted(self.case.told, self.case.finding.id).items():
            done.append((first.at, self.say("told", party=mask_text(names.get(party, party)))))
        for at, what in sorted(done, key=lambda one: one[0]):
            yield Masked(f"- {stockholm_time(at)}: {what}")
        yield self.say("watched")
        yield self.todo("actions.todo", finding=Masked(self.case.finding.id))

    def others(self) -> Iterator[Masked]:
        parties = [
            Masked(f"{mask_text(party.name)} ({self.say(f'role.{party.role.value}')})")
            for party in self.inventory.chain(self.case.asset)
        ]
        yield self.say("chain", parties=formatting.joined(parties))
        yield self.todo("others.todo")

    def extent(self) -> Extent:
        surveyed = self.case.surveyed
        if surveyed is not None:
            return reach_of(surveyed.tally, surveyed.partial)
        return self.case.finding.reach or self.case.finding.extent

    def dates(self) -> tuple[Masked, Masked]:
        """The oldest and the newest date that the pages show; empty where they show none."""
        surveyed, extent = self.case.surveyed, self.extent()
        if extent.dates is None:
            return Masked(""), Masked("")
        if surveyed is not None:
            # The extent's dates are widened by the zones of the earth; these are as the pages show them.
            return Masked(surveyed.tally.oldest[:10]), Masked(surveyed.tally.newest[:10])
        return formatting.day(extent.dates[0]), formatting.day(extent.dates[1])

    def data(self) -> Masked:
        return self.told_as(f"data.{self.case.asset.data.value}", "data.unknown")

    def told_as(self, key: str, otherwise: str) -> Masked:
        """Words of the catalogue of messages: a thing is called the same in a draft as in an alert."""
        return catalogue.say(self.language, key if catalogue.known(self.language, key) else otherwise)

    def todo(self, key: str, **values: Masked) -> Masked:
        return self.say("todo", what=self.say(key, **values))

    def say(self, key: str, **values: Masked) -> Masked:
        return Masked(catalogue.sentences(self.language, SENTENCES)[key].format(**values))


def stockholm_time(at: datetime) -> Masked:
    """A time in Stockholm with its offset, and in UTC."""
    local = at.astimezone(STOCKHOLM).isoformat(sep=" ", timespec="minutes")
    return Masked(f"{local} ({at.astimezone(UTC):%Y-%m-%d %H:%M}Z)")


def _hours(hours: float, language: Language) -> Masked:
    if hours >= 10:
        return formatting.count(round(hours), language)
    return Masked(f"{hours:.1f}" if language == "en" else f"{hours:.1f}".replace(".", ","))
