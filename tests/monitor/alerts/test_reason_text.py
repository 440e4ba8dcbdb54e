"""Every reason and every step of a proof has a sentence in every language, and nothing else of ours is told."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from monitor.alerts.messages.catalogue import catalogue
from monitor.alerts.messages.text.page_structure import sentences_of_structure, structure_text
from monitor.alerts.messages.text.reason import counted_whys, proof_text, reason_text, severity_text, why_text
from monitor.alerts.routing.recipients import Language
from monitor.coverage.slot_outcome import BLIND, NO_VERDICT, NOT_RUN
from monitor.findings.finding import Severity
from monitor.findings.reasons import Cause, Grew, Worse
from monitor.findings.severity import NO_MORE_THAN
from monitor.inventory.model.assets import DataKind
from probes.api import Place
from probes.proof import Proof, ProofStep
from probes.reasons import WHYS, ClosedReason, OpenReason
from probes.recognise.listing.recognise import Listing, recognise
from probes.recognise.people.masking import mask_text
from tests.monitor.store.test_reason_rows import REASONS, SEVERITY
from tests.probes.recognise.builders import HOST
from tests.probes.recognise.page_builders import PAGES
from tests.test_own_sentences import texts
from tests.test_structure import ROOT

LANGUAGES: tuple[Language, ...] = get_args(Language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(language: Language) -> None:
    told = [reason_text(reason, language) for reason in REASONS]
    assert all(told)
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_severity_has_its_sentence(language: Language) -> None:
    from monitor.findings.reasons import Declared, NoWorseThan

    reasons = (*SEVERITY, *(NoWorseThan(why) for why in NO_MORE_THAN), *(Declared(data.value) for data in DataKind))
    assert all(severity_text(reason, language) for reason in reasons)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_verdict_and_of_its_lack_is_said_in_words_of_its_own(language: Language) -> None:
    codes = {one.value for one in WHYS} | {BLIND, NOT_RUN, NO_VERDICT}
    told = {key: words for key, words in catalogue()[language].items() if key.startswith("why.")}
    assert {key.removeprefix("why.") for key in told} == codes
    assert len(set(told.values())) == len(told)
    assert why_text("not-a-reason", language) == "not-a-reason"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_exposure_is_has_words_of_its_own_in_a_message(language: Language) -> None:
    """`how.other` is for what a later version wrote."""
    assert [one for one in OpenReason if f"how.{one.value}" not in catalogue()[language]] == []


def test_counted_reasons_are_said_in_words_and_other_text_stands() -> None:
    assert counted_whys("2 x timed-out, 1 x filtered", "sv").startswith("2 × inget svar i tid, 1 × ett filter")
    assert counted_whys("no look yet", "sv") == "no look yet"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_proof_has_its_sentence(language: Language) -> None:
    told = [proof_text(Proof(step, "nginx"), language) for step in ProofStep]
    assert len(set(told)) == len(told)


def _structure() -> set[str]:
    """What the recogniser says of a page of each family, and of lists in JSON and text."""
    found: set[str] = set()
    for body, path, _ in (*PAGES.values(), *_MORE):
        listing = recognise(body.encode(), HOST + path)
        assert isinstance(listing, Listing), body
        found.update(listing.reasons)
    return found


_MORE = (
    ('[{"name": "a.wav", "type": "file", "mtime": "Sun, 29 Nov 2026 06:30:00 GMT", "size": 9}]', "/calls/", ()),
    ('[{"filename": "a.wav", "bytes": 812345, "changed": "2026-11-29 06:30:00"}]', "/calls/", ()),
)


def test_the_structure_of_a_page_is_told_in_swedish() -> None:
    said = _structure()
    assert len(said) > 40
    assert {one for one in said if structure_text(one, "sv") == mask_text(one)} == set()
    assert structure_text("12 of 14 links lead to direct children", "sv").startswith("12 av 14 länkar")
    assert structure_text("a sortable table in updog's dress", "sv").endswith("updog")
    assert proof_text(Proof(ProofStep.PAGE_SAYS, "the rows carry dates"), "sv") == "raderna har datum"
    assert (
        proof_text(Proof(ProofStep.PAGE_SAYS, "a sentence of a later version"), "sv") == "a sentence of a later version"
    )
    assert proof_text(Proof(ProofStep.PAGE_SAYS, "the rows carry dates"), "en") == "the rows carry dates"


def test_no_sentence_about_a_pages_structure_is_translated_that_the_recogniser_no_longer_says() -> None:
    said = {text for path in (ROOT / "probes" / "recognise").rglob("*.py") for text in texts(path)}
    written = {re.sub(r"(?<![\w#])\d+(?![\w<])", "{}", text) for text in said}
    of_rows = {key for key in sentences_of_structure("sv") if key.startswith(("rows of name", "{} rows of link"))}
    assert set(sentences_of_structure("sv")) - of_rows - written == set()


def test_values_are_written_as_the_language_writes_them() -> None:
    assert "100 files before, 1,010 now" in reason_text(Grew(100, 1010), "en")
    assert "1\N{NO-BREAK SPACE}010 nu" in reason_text(Grew(100, 1010), "sv")
    assert "it was MEDIUM, it is CRITICAL" in reason_text(Worse(Severity.MEDIUM, Severity.CRITICAL), "en")
    assert reason_text(Cause.LAPSED, "sv").startswith("någon tog hand om det")


def test_a_detail_with_a_path_or_a_name_is_not_told() -> None:
    place = Place("nas.test", 443, "/anna-svensson/")
    for detail in ("/anna-svensson/x.wav", "0701740605", "anna-svensson"):
        text = proof_text(Proof(ProofStep.PARSES_AS_LISTING, detail), "en", place)
        assert "svensson" not in text
        assert "0701740605" not in text


def test_why_a_look_was_clear_is_told_in_words() -> None:
    from monitor.findings.reasons import FirstClear

    assert "(inget finns där)" in reason_text(FirstClear(ClosedReason.NOT_FOUND), "sv")
