"""How far it reaches and how bad it is: counts from names, identifiers by the bulk test, severity in words."""

from __future__ import annotations

import weakref
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.findings.finding import Severity
from monitor.findings.reach.extent import TOGETHER_ROWS, Extent, extent_of, page_tally
from monitor.findings.reasons import Holding, Holds, Live
from monitor.findings.severity import is_live, severity
from probes.api import Exposed, Place
from probes.reasons import OpenReason
from probes.recognise.media.identify import MediaKind
from probes.recognise.memo import one_round
from tests.monitor.findings.builders import NOON, entry, listing, opened


def luhn(digits: str) -> str:
    """Nine digits with the check digit of a Swedish personal number."""
    total = sum(sum(divmod(int(d) * (2 - n % 2), 10)) for n, d in enumerate(digits))
    return digits + str(-total % 10)


def extent(*names: str) -> Extent:
    """The extent of a page with these names."""
    return extent_of(opened(page=listing(*(entry(name) for name in names))))


def claims(*names: str) -> str:
    """What the names hold, as it would be said."""
    return "; ".join(map(str, extent(*names).claims))


def personal(number: int, *, day: int = 0) -> str:
    """A valid personal number; `day` 60 makes it a co-ordination number."""
    return luhn(f"{50 + number % 40:02d}{number % 12 + 1:02d}{number % 28 + 1 + day:02d}{number * 7 % 1000:03d}")


def test_a5_empty_year_folders_are_no_recordings_and_are_still_counted() -> None:
    found = extent("2016/", "2017/", "2018/")
    assert (found.files, found.directories, found.calls) == (0, 3, 0)
    assert found.kinds == ()
    level, reasons = severity("unknown", found, active=False)
    assert level is Severity.MEDIUM
    assert reasons[0] == Holds(Holding.FOLDERS, 0, readable=False)


def test_a7_the_wav_and_the_mp3_of_one_call_are_two_files_and_one_call() -> None:
    found = extent(
        "in-0701740605-1177-20181121-140512-1542805512.1.wav", "in-0701740605-1177-20181121-140512-1542805512.1.mp3"
    )
    assert (found.files, found.calls, found.count(MediaKind.AUDIO)) == (2, 1, 2)


def test_f1_two_hundred_timestamps_are_no_personal_numbers_and_two_hundred_valid_ones_are() -> None:
    start = datetime(2018, 11, 21, 8, 0)  # noqa: DTZ001  a name's own time has no zone
    stamps = [f"{start + timedelta(seconds=n * 61):%y%m%d%H%M%S}.wav" for n in range(200)]
    assert claims(*stamps) == ""
    assert "personnummer" in claims(*(f"{personal(n)}.wav" for n in range(200)))
    short = [f"{start + timedelta(minutes=n * 7):%y%m%d-%H%M}.wav" for n in range(200)]
    assert claims(*short) == ""


def test_the_share_of_a_claim_is_that_of_all_names() -> None:
    assert claims(*(f"{personal(n)}.wav" for n in range(40)), *(f"call {n}.wav" for n in range(360))) == (
        "personnummer in 10 % of 400 names"
    )


def test_f2_co_ordination_numbers_are_found() -> None:
    assert "samordningsnummer" in claims(*(f"{personal(n, day=60)}.pdf" for n in range(200)))


def test_f4_swedish_mobiles_are_phones_and_no_danish_numbers() -> None:
    said = claims(*(f"in-0{701740605 + n % 95}-1177-{n}.wav" for n in range(200)))
    assert "phone" in said
    assert "CPR" not in said
    assert "personnummer" not in said


@pytest.mark.parametrize("make", [personal, lambda n: f"0{701740605 + n % 95}"])
def test_f5_claims_hold_counts_and_never_a_value(make) -> None:  # type: ignore[no-untyped-def]
    values = [make(n) for n in range(200)]
    found = extent(*(f"{value}.wav" for value in values))
    said = repr(found) + repr(severity("recordings", found, active=True))
    assert found.claims
    assert not [value for value in values if value in said]


SEVERITIES = [
    ("unknown", ("a.wav",), False, Severity.CRITICAL),
    ("static", ("a.wav",), False, Severity.CRITICAL),
    ("unknown", ("a.sql", "b.png"), False, Severity.HIGH),
    ("static", ("a.zip",), False, Severity.HIGH),
    ("static", ("a.pdf",), False, Severity.MEDIUM),
    ("static", ("a.css", "b.js"), False, Severity.LOW),
    ("static", ("a.css", "b.js"), True, Severity.MEDIUM),
    ("static", ("a.zip",), True, Severity.CRITICAL),
    ("recordings", ("a.css",), False, Severity.CRITICAL),
    ("backups", ("a.css",), False, Severity.HIGH),
    ("personal", ("a/",), False, Severity.HIGH),
    ("documents", ("a.css",), False, Severity.MEDIUM),
]


@pytest.mark.parametrize(("declared", "names", "active", "level"), SEVERITIES)
def test_severity_is_a_table(declared: str, names: tuple[str, ...], active: bool, level: Severity) -> None:
    found, reasons = severity(declared, extent(*names), active)
    assert found is level
    assert reasons
    assert not [reason for reason in reasons for name in names if name in repr(reason)]
    assert (Live() in reasons) == active


@pytest.mark.parametrize(
    ("age", "live"),
    [
        (timedelta(0), True), (timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False),
        (timedelta(days=400), False), (timedelta(hours=-23), True), (timedelta(hours=-24), False),
        (timedelta(days=-3650), False),
    ],
)  # fmt: skip
def test_a_file_of_today_makes_a_leak_live(age: timedelta, live: bool) -> None:
    assert is_live(Extent(newest=NOON - age), NOON) == live
    assert not is_live(Extent(), NOON)


def test_a_single_file_has_an_extent_of_its_own() -> None:
    verdict = Exposed(Place("n.test", 443, "/a.wav"), "file", OpenReason.FILE_READABLE, size=3290, media="audio/wav")
    assert (extent_of(verdict).files, extent_of(verdict).size, extent_of(verdict).calls) == (1, 3290, 0)
    call = replace(verdict, place=Place("n.test", 443, "/2018/a-20181121-140512.wav"))
    assert extent_of(call).calls == 1
    backup = Exposed(Place("n.test", 443, "/a.sql"), "file", OpenReason.FILE_READABLE, media="database-dump")
    assert (extent_of(backup).size_exact, extent_of(backup).calls) == (False, 0)


def test_the_files_whose_size_is_known_are_counted() -> None:
    some = extent_of(opened(page=listing(entry("a.wav", size=10), entry("b.wav", size=None), entry("c.wav", size=5))))
    assert (some.files, some.sized, some.size, some.size_exact) == (3, 2, 15, True)
    file = Exposed(Place("nas.test", 443, "/a.wav"), "media", OpenReason.FILE_READABLE, media="audio/wav")
    assert (extent_of(file).sized, extent_of(file).size_exact) == (0, False)
    assert (extent_of(replace(file, size=7)).sized, extent_of(replace(file, size=7)).size) == (1, 7)


def test_folders_read_on_the_way_count() -> None:
    inside = listing(entry("a.wav", "/x/a.wav"), entry("b.wav", "/x/b.wav"))
    found = extent_of(opened(page=listing(entry("x/")), inside=(inside,)))
    assert (found.files, found.directories, found.folders_read) == (2, 1, 2)
    assert found.size_exact
    assert extent_of(opened(page=listing(entry("a.wav", size=None)))).sized == 0


def test_the_dates_that_are_told_never_run_backwards() -> None:
    # A page of one day shows no zone: the newest file is surely from the 28th on, the oldest surely until the 29th.
    at = datetime(2026, 11, 28, 20, tzinfo=UTC)
    found = Extent(files=1, newest=at - timedelta(hours=14), oldest=at + timedelta(hours=14))
    assert found.dates == (found.newest, found.oldest)
    assert Extent(newest=NOON, oldest=NOON - timedelta(days=9)).dates == (NOON - timedelta(days=9), NOON)
    assert Extent().dates is None


def test_where_there_is_one_round_the_pages_that_are_counted_are_kept_until_they_are_on_file() -> None:
    rows = tuple(entry(f"{number}.wav") for number in range(TOGETHER_ROWS // 4))
    kept = []
    with one_round():
        for _ in range(8):
            page = listing(*rows)
            assert page_tally(page, "/") is page_tally(page, "/"), "it is counted once"
            kept.append(weakref.ref(page))
        del page
        # Each weighs a row more than it has: three of four fit.
        assert [one() is not None for one in kept] == [False] * 5 + [True] * 3
