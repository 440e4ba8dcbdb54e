"""Reasons and steps of a proof, written out in the reader's language: for messages and for the console."""

from __future__ import annotations

import re
from typing import assert_never

from monitor.alerts.messages.catalogue import known, say
from monitor.alerts.messages.formatting import count, joined, plural
from monitor.alerts.messages.text.extent import identifier_text
from monitor.alerts.messages.text.free import plain
from monitor.alerts.messages.text.page_structure import structure_text
from monitor.alerts.routing.recipients import Language
from monitor.findings.reasons import (
    Cause,
    ClearLooks,
    ClocksRun,
    ControlFailed,
    Declared,
    FirstClear,
    Grew,
    Holds,
    Live,
    NamesHold,
    NoVerdict,
    NoWorseThan,
    OpenAgain,
    OpenByIntent,
    PartOf,
    Reason,
    Retired,
    SeverityReason,
    Tenfold,
    UnknownCustomers,
    Worse,
)
from probes.api import Place
from probes.facts import Fact
from probes.proof import Proof, ProofStep
from probes.reasons import Why
from probes.recognise.people.masking import Masked, mask_text

_COUNTED = re.compile(r"\b(\d+) x ([a-z-]+)")


def reason_text(reason: Reason, lang: Language) -> Masked:
    """Why a decision changed a finding, or left it as it is."""
    match reason:
        case Cause():
            return say(lang, f"reason.{reason.value}")
        case Grew(before, after):
            return say(lang, "reason.grew", before=count(before, lang), after=count(after, lang))
        case Tenfold(before, after):
            return say(lang, "reason.tenfold", before=count(before, lang), after=count(after, lang))
        case Worse(worse_before, worse_after):
            before_, after_ = (say(lang, f"severity.{level.value}") for level in (worse_before, worse_after))
            return say(lang, "reason.worse", before=before_, after=after_)
        case OpenAgain(state):
            return say(lang, f"reason.open-again.{state.value}")
        case ClearLooks(looks, minutes):
            return say(lang, "reason.clear-looks", looks=count(looks, lang), minutes=count(minutes, lang))
        case FirstClear(why):
            return say(lang, "reason.first-clear", why=why_text(why, lang))
        case Retired(endpoints, looks):
            return say(lang, "reason.retired", count=count(len(endpoints), lang), looks=count(looks, lang))
        case UnknownCustomers(folders):
            return plural(lang, "reason.unknown-customers", folders)
        case ClocksRun(clocks):
            each = [Masked(f"{mask_text(one.party)} {mask_text(one.duty)} {one.percent} %") for one in clocks]
            return say(lang, "reason.clocks-run", clocks=joined(each))
        case NoVerdict(why):
            return say(lang, "reason.no-verdict", why=why_text(why, lang))
        case OpenByIntent(until):
            return say(lang, "reason.open-by-intent", until=Masked(until))
        case ControlFailed(control, why):
            return say(lang, f"reason.control.{control.value}", why=why_text(why, lang))
        case PartOf(place):
            return say(lang, "reason.part-of", place=mask_text(place))
        case _:
            assert_never(reason)


def severity_text(reason: SeverityReason, lang: Language) -> Masked:
    """Why a finding is as severe as it is."""
    match reason:
        case Holds(what, files, readable):
            seen = say(lang, "severe.readable" if readable else "severe.listed")
            return say(lang, f"severe.{what.value}", files=count(files, lang), seen=seen)
        case Declared(data):
            if data == "unknown":
                return say(lang, "severe.undeclared")
            return say(lang, "severe.declared", data=say(lang, f"data.{data}"))
        case NamesHold(what, percent, names):
            held = identifier_text(what, lang)
            if not names:
                return say(lang, "severe.names-hold.some", what=held)
            return say(lang, "severe.names-hold", what=held, share=Masked(str(percent)), names=count(names, lang))
        case Live():
            return say(lang, "severe.live")
        case NoWorseThan(why):
            return say(lang, f"severe.no-worse.{why.value}")
        case _:
            assert_never(reason)


def how_text(why: Why, lang: Language) -> Masked:
    """What lies open, and to whom."""
    key = f"how.{why.value}"
    return say(lang, key if known(lang, key) else "how.other")


def fact_text(fact: Fact, lang: Language) -> Masked | None:
    """What a look learnt beside its verdict; None for a fact that the catalogue does not know."""
    # Nobody has checked that such a one holds no name: it is on file, and is not told.
    key = f"fact.{fact.kind}"
    return say(lang, key, port=Masked(str(fact.number))) if known(lang, key) else None


def why_text(code: str, lang: Language) -> Masked:
    """Why a place has its verdict, or has none, in words. `code` is the word of docs/operations.md, and stands as it is
    where it is none (a ledger of a later version)."""
    key = f"why.{code}"
    return say(lang, key) if known(lang, key) else mask_text(code)


def code_and_why(code: str, lang: Language) -> str:
    """The word of docs/operations.md with what it means: who doubts a verdict looks it up there."""
    words = why_text(code, lang)
    return code if words == code else f"{code} ({words})"


def counted_whys(whys: str, lang: Language) -> str:
    """`2 x timed-out, 1 x filtered`, as an asset's state says why places of it have no verdict, with words of that
    language; other text stands as it is."""
    return _COUNTED.sub(lambda one: f"{one[1]} × {why_text(one[2], lang)}", whys)


def proof_text(proof: Proof, lang: Language, place: Place | None = None) -> Masked:
    """One step of a proof. Nothing of the place's own path is in it."""
    if proof.step is ProofStep.PAGE_SAYS:
        return structure_text(proof.detail, lang)
    if proof.step in (ProofStep.HOST_ANSWERS, ProofStep.SERVED_IN_CLEAR):
        return say(lang, f"proof.{proof.step.value}", detail=why_text(proof.detail, lang))
    return say(lang, f"proof.{proof.step.value}", detail=plain(proof.detail, place))
