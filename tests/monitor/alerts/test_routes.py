"""Who is told: every party of the chain, each channel once, and nobody else."""

from __future__ import annotations

import pytest

from monitor.alerts.messages.new_messages import messages_for
from monitor.alerts.routing.recipients import operator_channels, recipient_of, route
from monitor.findings.finding import Severity, Step
from tests.monitor.alerts.builders import change, finding, inventory

EVERYBODY = ("shared", "voice-oncall", "voice-pager", "region-mail")
BUT_THE_PAGER = ("shared", "voice-oncall", "region-mail")


@pytest.mark.parametrize(
    ("step", "severity", "told", "channels"),
    [
        (Step.OPENED, Severity.CRITICAL, None, EVERYBODY),
        (Step.OPENED, Severity.HIGH, None, BUT_THE_PAGER),
        (Step.OPENED, Severity.LOW, None, BUT_THE_PAGER),
        (Step.OPENED, Severity.HIGH, (), BUT_THE_PAGER),
        (Step.GROWN, Severity.HIGH, None, BUT_THE_PAGER),
        (Step.GROWN, Severity.HIGH, ("voice-pager",), EVERYBODY),  # it was told when it was worse: it hears the rest
        (Step.GROWN, Severity.CRITICAL, ("shared",), EVERYBODY),  # it is worse now: the pager hears of it first now
        (Step.REOPENED, Severity.HIGH, ("voice-pager",), EVERYBODY),
        (Step.REOPENED, Severity.HIGH, None, BUT_THE_PAGER),
        (Step.CLEARED, Severity.LOW, None, EVERYBODY),  # nobody knows who was told: nobody is left with an open alarm
        (Step.CLEARED, Severity.LOW, ("voice-pager", "shared"), ("shared", "voice-pager")),
        (Step.CLEARED, Severity.CRITICAL, (), ()),
        (Step.CLEARED, Severity.CRITICAL, ("stranger-mail",), ()),
        (Step.SUSPECTED, Severity.CRITICAL, None, ()),
        (Step.CLEARING, Severity.CRITICAL, None, ()),
        (Step.DISPELLED, Severity.CRITICAL, None, ()),
    ],
)
def test_who_is_told(step: Step, severity: Severity, told: tuple[str, ...] | None, channels: tuple[str, ...]) -> None:
    recipients = route(finding(severity=severity), change(step), inventory(), told)
    assert tuple(r.channel for r in recipients) == channels
    assert len(messages_for(finding(severity=severity), change(step), inventory(), told)) == len(channels)


def test_g1_a_chain_of_four_parties_gives_four_deliveries_under_one_id() -> None:
    declared = inventory(
        {"id": "medhelp-mail", "party": "medhelp", "url": "env:M"},
        {"id": "sub-mail", "party": "stranger", "url": "env:S"},
        owner="stranger",
    )
    parties = [(o.party, o.finding) for o in messages_for(finding(), change(Step.OPENED), declared)]
    assert {party for party, _ in parties} == {"stranger", "voice", "medhelp", "region"}
    assert {id_ for _, id_ in parties} == {finding().id}


def test_a_channel_that_two_parties_list_is_told_once_and_as_the_nearer_one() -> None:
    shared = [r for r in route(finding(), change(Step.OPENED), inventory()) if r.channel == "shared"]
    assert [(r.party, r.owner) for r in shared] == [("voice", True)]


def test_a_channel_of_somebody_outside_the_chain_is_not_told_even_when_a_party_lists_it() -> None:
    declared = inventory()
    voice = declared.party("voice").model_copy(update={"channels": ("stranger-mail", "shared")})
    wrong = declared.model_copy(update={"parties": tuple(voice if p.id == "voice" else p for p in declared.parties)})
    assert "stranger-mail" not in [r.channel for r in route(finding(), change(Step.OPENED), wrong)]


def test_an_asset_that_is_not_declared_any_more_is_told_to_nobody() -> None:
    assert route(finding(asset="gone"), change(Step.OPENED), inventory()) == ()


def test_operators_are_told_of_blind_rounds_and_of_nothing_else() -> None:
    assert [r.channel for r in operator_channels(inventory())] == ["ours"]
    assert "ours" not in [r.channel for r in route(finding(), change(Step.OPENED), inventory())]


def test_each_channel_speaks_its_party_s_language() -> None:
    languages = {r.channel: r.language for r in route(finding(), change(Step.OPENED), inventory())}
    assert languages["region-mail"] == "sv"
    assert languages["voice-oncall"] == "en"
    declared = inventory()
    assert recipient_of(declared.channel("region-mail"), declared).language == "sv"
    assert recipient_of(declared.channel("shared"), declared).party == "medhelp"
    assert recipient_of(declared.channel("ours"), declared).party == ""
