"""Further drafts from the same case: to the people concerned, for the own register, and the early warning to a CSIRT.

As in the notification, what the ledger proves is filled in and the rest is left open; nothing is filed or sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from monitor.alerts.messages import formatting
from monitor.alerts.routing.recipients import Language
from monitor.findings.finding import State
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Party
from monitor.legal.case import Case
from monitor.legal.clocks import sent_of
from monitor.legal.drafts.draft import Draft, Form, stockholm_time
from probes.recognise.people.masking import Masked, mask_text

Kind = Literal["authority", "people", "register", "csirt"]
EARLY_WARNING: Final = "early-warning"


def draft_of(kind: Kind, case: Case, inventory: Inventory, party: Party, language: Language, form: Form) -> Masked:
    """The draft of that kind as Markdown, for one party of the chain."""
    kinds = {"authority": Draft, "people": _People, "register": _Register, "csirt": _Csirt}
    return formatting.joined(list(kinds[kind](case, inventory, party, language, form).lines()), "\n")


@dataclass(frozen=True, slots=True)
class _People(Draft):
    """Article 34: what people are told, in words that they understand."""

    def lines(self) -> Iterator[Masked]:
        finding = self.case.finding
        yield self.say("title.people")
        yield Masked("")
        yield self.say("draft", now=stockholm_time(self.case.now))
        yield self.say("people.when")
        yield Masked("")
        cleared = finding.state is State.CLEARED and finding.cleared is not None
        last = stockholm_time(finding.last_seen)
        data = self.data()
        yield self.say(
            "people.what",
            data=Masked(data[:1].upper() + data[1:]),
            party=mask_text(self.party.name),
            first=stockholm_time(finding.first_seen),
            end=last if cleared else self.say("people.still", last=last),
        )
        yield Masked("")
        yield self.say(f"consequences.{self.case.asset.data.value}")
        yield Masked("")
        if finding.cleared is not None and cleared:
            yield self.say("people.done", cleared=stockholm_time(finding.cleared))
            yield Masked("")
        if self.party.dpo:
            yield self.say("people.contact", dpo=Masked(self.party.dpo))
            yield Masked("")
        else:
            yield self.todo("people.contact.todo")
        for key in ("groups.todo", "consequences.todo", "people.done.todo", "people.who.todo", "read.todo"):
            yield self.todo(key)
        yield Masked("")


@dataclass(frozen=True, slots=True)
class _Register(Draft):
    """Article 33(5): facts, effects and remedial action, kept whether or not anything is notified."""

    def lines(self) -> Iterator[Masked]:
        yield self.say("title.register")
        yield Masked("")
        yield self.say("draft", now=stockholm_time(self.case.now))
        yield self.say("register.keep")
        yield from self.section("h.who", self.who())
        yield from self.section("register.facts", iter([*self.times(), *self.nature(), *self.groups(), *self.kinds()]))
        yield from self.section("register.effects", self.consequences())
        yield from self.section("register.remedy", self.actions())
        yield from self.section("register.told", self.notified())
        yield Masked("")

    def notified(self) -> Iterator[Masked]:
        says = {clock.duty.id: clock for clock in self.case.clocks}
        for one in sent_of(self.case.actions):
            clock = says.get(one.duty)
            if one.party == self.party.id and clock is not None:
                duty = clock.says_sv if self.language == "sv" else clock.says
                yield self.say("register.sent", duty=Masked(f"{duty} ({clock.law.name})"), at=stockholm_time(one.at))
        yield self.todo("register.unsent")


@dataclass(frozen=True, slots=True)
class _Csirt(Draft):
    """NIS2 article 23(4)(a): short, early, and open about what is not known."""

    def lines(self) -> Iterator[Masked]:
        clocks = [one for one in self.case.clocks if (one.party, one.duty.id) == (self.party.id, EARLY_WARNING)]
        article = Masked(f"{clocks[0].law.name} {clocks[0].duty.article}" if clocks else "NIS2 23(4)(a)")
        yield self.say("title.csirt", article=article)
        yield Masked("")
        yield self.say("draft", now=stockholm_time(self.case.now))
        for one in clocks[:1]:
            # Who receives it stands in the law's file, or in the party's own declaration.
            yield self.say("csirt.to", to=mask_text(one.to))
        yield from self.section("h.csirt.clocks", iter([self.limit(one) for one in clocks]))
        yield from self.section("h.who", self.who())
        yield from self.section("h.csirt", self.asked())
        yield from self.section("h.times", self.times())
        yield from self.section("h.nature", self.nature())
        yield from self.section("csirt.again", self.again())
        yield Masked("")

    def asked(self) -> Iterator[Masked]:
        yield self.todo("csirt.significant", party=mask_text(self.party.name))
        yield self.todo("csirt.malicious")
        yield self.todo("csirt.border")

    def again(self) -> Iterator[Masked]:
        for one in self.case.recurring:
            yield self.say("csirt.again.member", at=stockholm_time(one.at), finding=formatting.id_of(one.finding))
        if not self.case.recurring:
            yield self.say("csirt.again.none")
            return
        yield self.todo("csirt.again.todo")
