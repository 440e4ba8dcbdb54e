"""The observation axis as a table: every step of a finding's life, and every step that it may not take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.findings.decide import Decision, Look, Policy, seen_open
from monitor.findings.finding import Severity, State
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Live
from probes.api import Certainty, Exposed, Place
from probes.reasons import WHYS, OpenReason
from tests.monitor.findings.builders import (
    CALLS,
    HERE,
    NOON,
    POLICY,
    ROOT,
    THERE,
    Event,
    after,
    closed,
    entry,
    fold,
    listing,
    opened,
    unseen,
)  # fmt: skip

WEAK = Certainty.LIKELY
BELOW = Place("nas.test", 443, "/medicall/")


def at(minutes: float, verdict: object, endpoint: str = HERE) -> Event:
    """An event so many minutes after noon."""
    return Event(after(minutes=minutes), verdict, endpoint)  # type: ignore[arg-type]


TABLE: dict[str, tuple[list[Event], list[str], State | None]] = {
    "proven at once": ([at(0, opened())], ["opened"], State.EXPOSED),
    "weak first": ([at(0, opened(WEAK))], ["suspected"], State.SUSPECTED),
    "weak twice, too soon": ([at(0, opened(WEAK)), at(0.9, opened(WEAK))], ["suspected"], State.SUSPECTED),
    "weak twice": ([at(0, opened(WEAK)), at(1, opened(WEAK))], ["suspected", "opened"], State.EXPOSED),
    "weak, then proven": ([at(0, opened(WEAK)), at(0.1, opened())], ["suspected", "opened"], State.EXPOSED),
    "a suspicion that does not last": (
        [at(0, opened(WEAK)), *(at(n, closed()) for n in (10, 25, 40))], ["suspected", "dispelled"], State.CLEARED,
    ),
    "a suspicion that is not gone yet": (
        [at(0, opened(WEAK)), at(10, closed()), at(25, closed())], ["suspected"], State.SUSPECTED,
    ),
    "dispelled, then proven: opened, for nobody was ever told": (
        [at(0, opened(WEAK)), *(at(n, closed()) for n in (10, 25, 40)), at(50, opened())],
        ["suspected", "dispelled", "opened"], State.EXPOSED,
    ),
    "clear without a finding": ([at(0, closed())], [], None),
    "unknown without a finding": ([at(0, unseen())], [], None),
    "first clear": ([at(0, opened()), at(5, closed())], ["opened", "clearing"], State.CLEARING),
    "two clears": ([at(0, opened()), at(5, closed()), at(40, closed())], ["opened", "clearing"], State.CLEARING),
    "three clears, too soon": (
        [at(0, opened()), *(at(n, closed()) for n in (5, 15, 34.9))], ["opened", "clearing"], State.CLEARING,
    ),
    "three clears over half an hour": (
        [at(0, opened()), *(at(n, closed()) for n in (5, 20, 35))], ["opened", "clearing", "cleared"], State.CLEARED,
    ),
    "unknown between clears neither helps nor harms": (
        [at(0, opened()), at(5, closed()), at(10, unseen()), at(20, closed()), at(30, unseen()), at(35, closed())],
        ["opened", "clearing", "cleared"], State.CLEARED,
    ),
    "silence for ever": (
        [at(0, opened()), *(at(n, unseen(why)) for n, why in enumerate(WHYS))], ["opened"], State.EXPOSED,
    ),
    "open again while clearing": (
        [at(0, opened()), at(5, closed()), at(10, opened())], ["opened", "clearing", "reopened"], State.EXPOSED,
    ),
    "open again starts the count anew": (
        [at(0, opened()), at(5, closed()), at(20, closed()), at(30, opened()), at(35, closed()), at(50, closed())],
        ["opened", "clearing", "reopened", "clearing"], State.CLEARING,
    ),
    "reopened after it was cleared": (
        [at(0, opened()), *(at(n, closed()) for n in (5, 20, 35)), at(999, opened())],
        ["opened", "clearing", "cleared", "reopened"], State.EXPOSED,
    ),
    "one weak look does not reopen": (
        [at(0, opened()), *(at(n, closed()) for n in (5, 20, 35)), at(60, opened(WEAK))],
        ["opened", "clearing", "cleared"], State.CLEARED,
    ),
    "two weak looks reopen": (
        [at(0, opened()), *(at(n, closed()) for n in (5, 20, 35)), at(60, opened(WEAK)), at(61, opened(WEAK))],
        ["opened", "clearing", "cleared", "reopened"], State.EXPOSED,
    ),
    "one weak look keeps it from closing": (
        [at(0, opened()), at(5, closed()), at(20, closed()), at(30, opened(WEAK)), at(35, closed()), at(50, closed())],
        ["opened", "clearing"], State.CLEARING,
    ),
    "clear at one endpoint, open at the other": (
        [at(0, opened()), at(0, opened(), THERE), *(at(n, closed()) for n in (5, 20, 35, 60, 99))],
        ["opened"], State.EXPOSED,
    ),
    "clear at one endpoint, unknown at the other": (
        [at(0, opened()), at(0, opened(), THERE), *(at(n, closed()) for n in (5, 20, 35)), at(36, unseen(), THERE)],
        ["opened"], State.EXPOSED,
    ),
    "clear at both endpoints": (
        [at(0, opened()), at(0, opened(), THERE), *(at(n, closed(), w) for n in (5, 20, 35) for w in (HERE, THERE))],
        ["opened", "clearing", "cleared"], State.CLEARED,
    ),
    "a clock that ran years ahead at the first clear look": (
        [at(0, opened()), at(5_000_000, closed()), *(at(n, closed()) for n in (5, 20, 36))],
        ["opened", "clearing", "cleared"], State.CLEARED,
    ),
    "a clear look of a clock that ran ahead is none of the three": (
        [at(0, opened()), at(400, closed()), *(at(n, closed()) for n in (5, 36))],
        ["opened", "clearing"], State.CLEARING,
    ),
    "a clock that ran years ahead when it was open again closes nothing sooner": (
        [at(0, opened()), at(5, closed()), at(5_000_000, opened()), at(40, closed()), at(41, closed())],
        ["opened", "clearing", "reopened", "clearing"], State.CLEARING,
    ),
    "a clock that ran years ahead when it was first suspected": (
        [at(5_000_000, opened(WEAK)), at(1, opened(WEAK))], ["suspected", "opened"], State.EXPOSED,
    ),
    "a clock that was a second ahead when it was first suspected": (
        [at(0.02, opened(WEAK)), at(0, opened(WEAK))], ["suspected"], State.SUSPECTED,
    ),
    "clear at a endpoint where nothing was open": (
        [at(0, opened()), *(at(n, closed(), THERE) for n in (5, 20, 35, 50))], ["opened"], State.EXPOSED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_table(name: str) -> None:
    events, steps, state = TABLE[name]
    folded = fold(events)
    assert folded.steps == steps
    if state is None:
        assert not folded.findings
        return
    assert folded.only.state is state
    assert [change.sequence for change in folded.changes] == list(range(1, len(steps) + 1))
    assert folded.only.sequence == len(steps)
    assert {change.finding for change in folded.changes} == {folded.only.id}
    assert folded.only.reopened == steps.count("reopened")
    assert (folded.only.cleared is not None) == (state is State.CLEARED)


def test_only_four_steps_are_told() -> None:
    folded = fold([at(0, opened(WEAK)), at(1, opened()), *(at(n, closed()) for n in (5, 20, 35)), at(60, opened())])
    told = [change.step.value for change in folded.changes if change.tells]
    assert told == ["opened", "cleared", "reopened"]


def test_clear_looks_and_minutes_are_the_policy_s() -> None:
    quick = Policy("region", "recordings", clear_looks=1, clear_over=timedelta(0))
    # The first clear look begins the clearing; the next that fulfils the policy ends it.
    steps = fold([at(0, opened()), at(1, closed()), at(2, closed())], quick).steps
    assert steps[0] == "opened"
    assert steps[-1] == "cleared"


def test_an_index_that_is_off_while_files_are_open_keeps_its_extent_and_stays_open() -> None:
    half = Exposed(ROOT, "listing", OpenReason.INDEX_OFF_FILES_OPEN, witnesses=("/call-1.wav",))
    folded = fold([at(0, opened()), at(5, half), at(20, half), at(40, half)])
    assert folded.steps == ["opened"]
    assert folded.only.state is State.EXPOSED
    assert folded.only.extent.files == len(CALLS)
    assert folded.only.why is OpenReason.INDEX_OFF_FILES_OPEN


def test_an_index_that_is_off_after_it_was_cleared_reopens() -> None:
    half = Exposed(ROOT, "listing", OpenReason.INDEX_OFF_FILES_OPEN, witnesses=("/call-1.wav",))
    folded = fold([at(0, opened()), *(at(n, closed()) for n in (5, 20, 35)), at(60, half)])
    assert folded.steps[-1] == "reopened"


def test_growth_is_told_once_and_shown_after_that() -> None:
    pages = [listing(*CALLS, *(entry(f"more-{n}.wav") for n in range(extra))) for extra in (0, 1, 2, 3)]
    folded = fold([at(n, opened(page=page)) for n, page in enumerate(pages)])
    assert folded.steps == ["opened", "grown"]
    assert folded.only.active
    assert folded.only.extent.files == len(CALLS) + 3


def test_ten_times_as_many_is_told_again() -> None:
    small, large = listing(CALLS[0]), listing(*(entry(f"c{n}.wav") for n in range(10)))
    assert fold([at(0, opened(page=small)), at(5, opened(page=large))]).steps == ["opened", "grown"]


def test_a_page_that_is_cut_proves_no_growth() -> None:
    pages = [listing(*CALLS[:n], partial="cut short") for n in (3, 4, 5)]
    folded = fold([at(n, opened(page=page)) for n, page in enumerate(pages)])
    assert folded.steps == ["opened"]
    assert not folded.only.active


def test_a_second_location_is_no_growth() -> None:
    folded = fold([at(0, opened()), at(0, opened(page=listing(*CALLS[:3])), THERE), at(5, opened())])
    assert folded.steps == ["opened"]
    assert {seen.endpoint for seen in folded.only.seen} == {HERE, THERE}


def test_a_second_location_that_shows_more_is_how_far_it_reaches() -> None:
    small, large = listing(*CALLS[:3]), listing(*CALLS)
    folded = fold([at(0, opened(page=small)), at(0, opened(page=large), THERE)])
    assert folded.only.extent.files == len(CALLS)
    folded = fold([at(0, opened(page=large)), at(0, opened(page=small), THERE), at(1, opened(page=small), THERE)])
    assert folded.only.extent.files == len(CALLS), "a second endpoint that shows less takes nothing away"


def test_ports_80_and_443_are_one_place_and_others_are_not() -> None:
    places = [Place("nas.test", port, "/") for port in (443, 80, 8080)]
    folded = fold([at(n, opened(place=place)) for n, place in enumerate(places)])
    assert len(folded.findings) == 2


def test_a_folder_below_an_open_one_is_part_of_it_and_alone_it_is_a_finding() -> None:
    from monitor.findings.match import OnFile, match_verdicts

    def weighed(*verdicts: Exposed) -> list[str | None]:
        return [
            one.finding.place.path if isinstance(one, Decision) else None
            for one in match_verdicts(verdicts, Look("nas", "p", HERE, NOON), OnFile({}), POLICY)
        ]

    assert weighed(opened(), opened(place=BELOW)) == ["/", None]
    assert weighed(opened(place=BELOW)) == ["/medicall/"]


def test_the_exposure_s_bounds() -> None:
    folded = fold([at(0, opened()), at(30, opened()), at(40, closed())])
    assert folded.only.proven_seconds() == 1800
    assert folded.only.possible_seconds(after(hours=9)) is None


def test_a_leak_is_live_until_nothing_has_arrived_for_days() -> None:
    pages = [listing(*CALLS), listing(*CALLS, entry("more.wav"))]
    looks = [at(0, opened(page=pages[0])), at(5, opened(page=pages[1]))]
    days = [at(5 + 1440 * day, opened(page=pages[1])) for day in range(1, 8)]
    assert fold(looks + days[:2]).only.active
    quiet = fold(looks + days)
    assert not quiet.only.active
    assert Live() not in quiet.only.severity_reasons
    assert quiet.steps == ["opened", "grown"]


def test_a_fresh_file_makes_a_leak_live_and_an_old_one_no_longer() -> None:
    page = listing(entry("a.wav", at=NOON))
    assert fold([at(0, opened(page=page))]).only.active
    assert fold([at(0, opened(page=page)), at(60 * 24 * 2, opened(page=page))]).only.active
    assert not fold([at(0, opened(page=page)), at(60 * 24 * 4, opened(page=page))]).only.active


def test_what_a_survey_counted_below_keeps_its_severity_at_the_next_look() -> None:
    static = replace(POLICY, data_class="static")
    page = opened(page=listing(entry("a.css"), entry("deep/")))
    first = fold([at(0, page)], static).only
    wide = replace(first, severity=Severity.CRITICAL, reach=Extent(files=9, kinds=(("audio", 9),)))
    again = seen_open(wide, page, Look("nas", "p", HERE, at(9, page).at), static)
    assert (first.severity, again.finding.severity) == (Severity.LOW, Severity.CRITICAL)
    assert again.change is None
