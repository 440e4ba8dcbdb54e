"""Every reason and every step of a proof has a sentence in every language, and nothing else of ours is told."""

from __future__ import annotations

from typing import get_args

import pytest

from monitor.alerts.messages.catalogue import catalogue
from monitor.alerts.messages.text.reason import proof_text, reason_text, severity_text, unseen_text
from monitor.alerts.routing.recipients import Language
from monitor.coverage.slot_outcome import BLIND, NO_VERDICT, NOT_RUN
from monitor.findings.finding import Severity
from monitor.findings.reasons import Cause, Grew, Worse
from monitor.findings.severity import NO_MORE_THAN
from monitor.inventory.model.assets import DataKind
from probes.api import Place
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason
from tests.monitor.store.test_reason_rows import REASONS, SEVERITY

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
def test_why_there_is_no_verdict_is_said_in_words_for_reasons_that_there_are(language: Language) -> None:
    codes = {one.value for one in (*NoAnswerReason, *UndecidedReason)} | {BLIND, NOT_RUN, NO_VERDICT}
    told = {key.removeprefix("unseen.") for key in catalogue()[language] if key.startswith("unseen.")}
    assert told <= codes
    assert unseen_text("catch-all", language) != "catch-all"
    assert unseen_text("not-a-reason", language) == "not-a-reason"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_of_a_proof_has_its_sentence(language: Language) -> None:
    told = [proof_text(Proof(step, "nginx"), language) for step in ProofStep]
    assert len(set(told)) == len(told)


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


def test_a_code_of_a_look_is_told_as_it_stands_in_the_manual() -> None:
    from monitor.findings.reasons import FirstClear

    assert "(not-found)" in reason_text(FirstClear(ClosedReason.NOT_FOUND), "sv")
