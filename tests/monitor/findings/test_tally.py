"""A tally adds up in any order and comes back from file; what a survey makes of a finding is told when it is worse."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.findings.finding import Severity, Step
from monitor.findings.reach.apply_survey import apply_survey, breaches, reach_of
from monitor.findings.reach.folder_count import extension_of
from monitor.findings.reach.tally import OTHER, SurveyResult, Tally
from probes.recognise.media.kinds import MediaKind
from tests.monitor.findings.builders import NOON, POLICY, Event, entry, fold, listing, opened

COUNTS = st.integers(0, 1000)
TALLIES = st.builds(
    lambda files, size, ext, month, newest: Tally(
        folders=1, files=files, size=size, sized=files, exact=files, calls=files // 2, newest=newest, oldest=newest,
        by_extension={ext: [files, size]}, months=Counter({month: files}),
    ),
    COUNTS, COUNTS, st.sampled_from(["wav", "mp3", "pdf", OTHER]), st.sampled_from(["2018-11", "2019-01"]),
    st.sampled_from(["", "2018-11-21 14:05", "2019-01-01 00:00"]),
)  # fmt: skip


def total(tallies: list[Tally]) -> Tally:
    summed = Tally()
    for one in tallies:
        summed += one
    return summed


@given(st.lists(TALLIES, max_size=8), st.randoms(use_true_random=False))
def test_sums_do_not_hang_on_the_order(tallies: list[Tally], chance: object) -> None:
    shuffled = list(tallies)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert total(tallies) == total(shuffled)
    assert total(tallies).files == sum(one.files for one in tallies)


@given(st.lists(TALLIES, max_size=4))
def test_what_is_dumped_is_loaded(tallies: list[Tally]) -> None:
    summed = total(tallies)
    assert Tally.load(summed.dump()) == summed


def test_adding_does_not_change_what_is_added() -> None:
    one = Tally(files=1, by_extension={"wav": [1, 10]})
    summed = Tally()
    summed += one
    summed += one
    assert one.by_extension == {"wav": [1, 10]}
    assert summed.by_extension == {"wav": [2, 20]}


@pytest.mark.parametrize(
    ("ending", "known"),
    [
        (b"wav", "wav"),
        (b"WAV", "wav"),
        (b"mp3", "mp3"),
        (b"berg", OTHER),
        (b"0701740612", OTHER),
        (b"", OTHER),
        (b"19121212", OTHER),
    ],
)
def test_only_known_extensions_stand_on_file(ending: bytes, known: str) -> None:
    assert extension_of(ending) == known


def test_kinds_in_order() -> None:
    kinds = Tally(by_extension={"wav": [5, 50], "mp3": [9, 9], "sql": [1, 1], OTHER: [2, 2]}).by_kind()
    assert list(kinds.items()) == [
        (MediaKind.AUDIO, (14, 59)), (MediaKind.OTHER, (2, 2)), (MediaKind.DATABASE_DUMP, (1, 1))
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "broken"), [(30, 9), (365, 7), (2 * 365, 4), (100 * 365, 0)])
def test_retention_counts_whole_months_and_no_more(days: int, broken: int) -> None:
    tally = Tally(months=Counter({"2024-09": 4, "2025-06": 3, "2026-08": 2, "2026-10": 1}))
    assert breaches(tally, days, datetime(2026, 10, 1, tzinfo=UTC)) == broken


def surveyed(tally: Tally, **more: object) -> SurveyResult:
    return replace(SurveyResult("LO-TEST", 1, NOON, NOON, tally), **more)  # type: ignore[arg-type]


def test_the_reach_is_on_file_and_a_date_without_a_zone_is_in_doubt() -> None:
    reach = reach_of(
        Tally(folders=3, files=9, size=90, sized=9, exact=9, newest="2026-09-30 12:00", unread=1), ("cut",)
    )
    assert (reach.files, reach.directories, reach.size, reach.size_exact, reach.partial) == (9, 3, 90, True, "cut")
    assert reach.newest == datetime(2026, 9, 29, 22, 0, tzinfo=UTC)
    assert reach_of(Tally(newest="9999-99-99 99:99")).newest is None


def test_worse_is_told_once_and_no_better_is_told() -> None:
    documents = replace(POLICY, data_class="documents")
    small = opened(page=listing(*(entry(f"x{n}.pdf") for n in range(3))))
    finding = fold([Event(NOON, small)], documents).only
    many = Tally(folders=9, files=300_000, calls=300_000, by_extension={"wav": [300_000, 9]}, newest="2026-09-30 23:00")
    assert finding.severity is Severity.MEDIUM
    worse = apply_survey(finding, surveyed(many), NOON + timedelta(minutes=5), documents)
    assert worse.finding.severity is Severity.CRITICAL
    assert worse.change is not None
    assert worse.change.step is Step.GROWN
    assert worse.finding.sequence == finding.sequence + 1
    again = apply_survey(worse.finding, surveyed(many), NOON + timedelta(hours=1), documents)
    assert (again.change, again.finding.severity) == (None, worse.finding.severity)
    less = apply_survey(worse.finding, surveyed(Tally(folders=1, files=1)), NOON + timedelta(hours=2), documents)
    assert (less.change, less.finding.severity) == (None, worse.finding.severity)
    assert less.finding.reach is not None
    assert less.finding.reach.files == 1


def test_new_files_make_a_leak_a_live_one() -> None:
    finding = fold([Event(NOON, opened())]).only
    grown = apply_survey(finding, surveyed(Tally(folders=1, files=8), new_files=2), NOON, POLICY)
    assert grown.finding.active
