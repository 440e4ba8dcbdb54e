"""Endpoints that are gone: a finding closes after its host moved, and never because nobody looked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from monitor.findings.decide import Decision, Policy
from monitor.findings.finding import ANYWHERE, Change, Finding, State
from monitor.findings.reasons import Retired
from monitor.findings.retire import retire
from probes.api import Certainty, Verdict
from probes.reasons import ClosedReason
from tests.monitor.findings.builders import POLICY, Event, after, closed, opened, step, unseen

OLD, NEW, TWIN = "http://nas.test:443@192.0.2.1", "http://nas.test:443@192.0.2.2", "https://nas.test:443@192.0.2.2"
RULES = replace(POLICY, retire_after=4)


@dataclass
class Life:
    """A finding over looks at the whole asset, each of which leads to some endpoints."""

    rules: Policy = RULES
    findings: dict[str, Finding] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def look(self, minutes: float, verdicts: dict[str, Verdict]) -> None:
        at = after(minutes=minutes)
        for endpoint, verdict in verdicts.items():
            for one in step(self.findings, Event(at, verdict, endpoint), self.rules):
                if isinstance(one, Decision):
                    self._take(one.finding, one.change)
        for finding in tuple(self.findings.values()):
            decision = retire(finding, set(verdicts), at, self.rules)
            if decision is not None:
                self._take(decision.finding, decision.change)

    def looks(self, minutes: Iterable[float], verdicts: dict[str, Verdict]) -> None:
        for one in minutes:
            self.look(one, verdicts)

    def _take(self, finding: Finding, change: Change | None) -> None:
        self.findings[finding.fingerprint] = finding
        if change is not None:
            self.changes.append(change)

    @property
    def only(self) -> Finding:
        (one,) = self.findings.values()
        return one

    @property
    def steps(self) -> list[str]:
        return [change.step.value for change in self.changes]


def test_a_host_that_moved_closes_after_clear_looks_at_its_new_address() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks((15, 30, 45), {NEW: closed()})
    assert life.steps == ["opened"], "three looks are not yet enough to give an endpoint up"
    life.looks((60, 75, 90, 105), {NEW: closed()})
    assert life.steps == ["opened", "retired", "clearing", "cleared"]
    assert life.only.state is State.CLEARED
    told = [change.step.value for change in life.changes if change.tells]
    assert told == ["opened", "retired", "cleared"]
    assert life.changes[1].reason == Retired((OLD,), 4)


def test_a_host_that_moved_and_is_still_open_goes_on_as_open() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks(range(15, 400, 15), {NEW: opened()})
    assert life.steps == ["opened"]
    assert {one.endpoint for one in life.only.seen} == {NEW}


@pytest.mark.parametrize(
    "verdict", [unseen(), closed(ClosedReason.NOT_SPOKEN)], ids=["silence", "another way of speaking"]
)
def test_what_proves_nothing_closes_nothing_at_the_new_address(verdict: Verdict) -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks(range(15, 900, 15), {NEW: verdict})
    assert life.steps == ["opened", "retired"]
    assert life.only.state is State.EXPOSED


def test_a_name_that_leads_nowhere_closes_nothing() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks(range(15, 900, 15), {})
    assert life.steps == ["opened", "retired"]
    assert life.only.state is State.EXPOSED


def test_an_endpoint_that_is_back_in_time_is_not_retired() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    for start in range(15, 300, 60):
        life.looks((start, start + 15, start + 30), {NEW: closed()})
        life.look(start + 45, {OLD: unseen(), NEW: closed()})
    assert life.steps == ["opened"]
    assert life.only.state is State.EXPOSED


def test_hurried_looks_do_not_retire_within_minutes() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks(range(1, 30), {NEW: closed()})
    assert life.steps == ["opened"]


def test_two_endpoints_of_one_look_count_once() -> None:
    life = Life(replace(RULES, clear_over=after(minutes=1) - after()))
    life.look(0, {OLD: opened()})
    life.looks((15, 30, 45, 60), {NEW: closed(), TWIN: closed()})
    life.look(75, {NEW: closed(), TWIN: closed()})
    life.look(90, {NEW: closed(), TWIN: closed()})
    assert life.steps == ["opened", "retired", "clearing"]
    life.look(105, {NEW: closed(), TWIN: closed()})
    assert life.steps[-1] == "cleared"


def test_open_again_anywhere_must_be_closed_there() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks((15, 30, 45, 60, 75), {NEW: closed()})
    assert life.steps == ["opened", "retired", "clearing"]
    life.look(90, {TWIN: opened(), NEW: closed()})
    assert life.steps[-1] == "reopened"
    life.looks(range(105, 300, 15), {NEW: closed(), TWIN: unseen()})
    assert life.only.state is State.EXPOSED


def test_one_weak_look_elsewhere_does_not_reopen() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks((15, 30, 45, 60, 75), {NEW: closed()})
    life.look(90, {TWIN: opened(Certainty.LIKELY)})
    assert life.steps == ["opened", "retired", "clearing"]


def test_rotating_addresses_leave_no_endless_rows_and_tell_nobody() -> None:
    life = Life()
    for n in range(400):
        life.look(15 * n, {f"http://nas.test:443@192.0.2.{n % 200}": opened()})
    assert len(life.only.seen) <= RULES.retire_after + 1
    assert life.steps == ["opened"]
    for n in range(400, 420):
        life.look(15 * n, {f"http://nas.test:443@192.0.2.{n % 200}": closed()})
    assert life.steps == ["opened", "clearing", "retired", "cleared"] or life.steps[-1] == "cleared"


def test_a_suspicion_moves_on_silently() -> None:
    life = Life()
    life.look(0, {OLD: opened(Certainty.LIKELY)})
    life.looks(range(15, 200, 15), {NEW: closed()})
    assert [change.step.value for change in life.changes if change.tells] == []
    assert life.only.state is State.CLEARED


def test_a_cleared_finding_keeps_an_endpoint_and_reopens_at_a_new_one() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.looks((15, 30, 45, 60), {OLD: closed()})
    life.looks(range(75, 400, 15), {NEW: closed()})
    assert [one.endpoint for one in life.only.seen] == [OLD]
    life.look(500, {NEW: opened()})
    assert life.steps == ["opened", "clearing", "cleared", "reopened"]
    assert ANYWHERE not in {one.endpoint for one in life.only.seen}


def test_a_clock_that_ran_years_ahead_when_it_was_first_gone_keeps_nothing_open() -> None:
    life = Life()
    life.look(0, {OLD: opened()})
    life.look(5_000_000, {NEW: closed()})
    life.looks(range(15, 200, 15), {NEW: closed()})
    assert life.steps == ["opened", "retired", "clearing", "cleared"]
