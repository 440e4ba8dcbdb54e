"""Names of call recorders: product and moment, what is no call, and which files are one call."""

from __future__ import annotations

import string
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.media.recorder_paths import default_paths, default_shares
from probes.recognise.people.recordings import call_key, recording
from probes.services.catalogue import SERVICES
from tests.speed import within

GUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("name", "product", "day"),
    [
        ("out-1694-6666-20171003-103712-1507016232.189.wav", "Asterisk", "2017-10-03"),
        ("internal-1100-1101-20241117-164137-1731861697.2.wav", "Asterisk", "2024-11-17"),
        ("monitor/2026/01/31/q-600-0701740605-20260131-101500-1769850900.7.WAV", "Asterisk", "2026-01-31"),
        ("force-0701740605-3201-20250327-092517-1743042317.12206.gsm", "Asterisk", "2025-03-27"),
        ("out-1694-6666-20171003-103712-1507016232.189", "Asterisk", "2017-10-03"),
        ("/2011/12/17/200546-1003.wav", "Asterisk", "2011-12-17"),
        ("default/1001/INBOX/msg0000.wav", "Asterisk voicemail", None),
        ("msg0012.txt", "Asterisk voicemail", None),
        ("20180304-121314_0701740605-9-1-all.mp3", "VICIdial", "2018-03-04"),
        ("auto-1414771234-1000-1004.wav", "Grandstream", "2014-10-31"),
        ("meetme-conf-rec-6300-1414771234-1.wav", "Grandstream", "2014-10-31"),
        (f"archive/monitor/2019-UTC/02/03/{GUID}.wav", "FocalScope", "2019-02-03"),
        (f"archive/monitor/2019-UTC/02/03/{GUID}.json", "FocalScope", "2019-02-03"),
        (f"example.com/archive/2019/Feb/03/{GUID}.mp3", "FreeSWITCH", "2019-02-03"),
        ("0701740605.example.com.2019-02-03-10-11-12.wav", "FreeSWITCH", "2019-02-03"),
        ("0701740605.example.com.2019-02-03-10%3A11%3A12.wav", "FreeSWITCH", "2019-02-03"),
        (f"{GUID}.wav", "GUID", None),
        ("00000101_190203_101112_O_101_N_0701740605_R_0AF1.mp3", "Telesis", "2019-02-03"),
        ("Recordings/20190203/20190203101112_2.mp3", "MiaRec", "2019-02-03"),
        ("2019-02-03 10.11.12 0701740605.wav", "generic", "2019-02-03"),
        ("call_20190203.wav.mp3", "generic", "2019-02-03"),
    ],
)
def test_shapes(name: str, product: str, day: str | None) -> None:
    told = recording(name)
    assert told is not None
    assert told.product == product
    if day is None:
        assert told.when is None
    else:
        noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
        assert told.when is not None
        assert abs((told.when.low - noon).total_seconds()) < 86400 * 1.2
        assert told.when.low <= told.when.high


def test_an_epoch_is_exact_and_a_local_time_is_not() -> None:
    exact = recording("auto-1414771234-1000-1004.wav")
    assert exact is not None
    assert exact.when is not None
    assert exact.when.low == exact.when.high == datetime(2014, 10, 31, 16, 0, 34, tzinfo=UTC)
    local = recording("20180304-121314_0701740605-9-1-all.mp3")
    assert local is not None
    assert local.when is not None
    assert (local.when.high - local.when.low).total_seconds() == 26 * 3600


@pytest.mark.parametrize("day", ["20260229", "20240229", "20261301", "20260100", "20260431", "20260430"])
@pytest.mark.parametrize("clock", ["235959", "240000", "126000", "120060", "000000"])
def test_a_moment_that_there_is_not_is_none(day: str, clock: str) -> None:
    found = recording(f"{day}{clock}_2.mp3")
    assert found is not None
    try:
        at = datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        assert found.when is None
    else:
        assert found.when is not None
        assert found.when.low + timedelta(hours=14) == at


@pytest.mark.parametrize(
    "name",
    [
        "welcome.wav", "moh/20190203-101112.wav", "sounds/en/20190203.wav", "style.css", "report-20190203-101112.pdf",
        "", "/", "msg0000.pdf", "2019", "out-of-office.wav", "99999999-999999.wav",
    ],
)  # fmt: skip
def test_no_calls(name: str) -> None:
    assert recording(name) is None


CALL = "out-0701740605-101-20171003-103712-1507016232.189"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/a/", f"{CALL}.wav"), ("/a/", f"{CALL}.mp3")),
        (("/a/", f"{CALL}.wav"), ("/b/", f"{CALL}.wav.mp3")),
        (("/a/", "x.wav"), ("/a/", "x.WAV")),
        (("/a/", "x.wav"), ("/a/", "x.wav.mp3")),
        (("/a/", "x-in.wav"), ("/a/", "x-out.wav")),
        (("/a/", "x_L.wav"), ("/a/", "x_R.wav")),
        (("/a/", "msg0000.wav"), ("/a/", "msg0000.txt")),
        (("/a/", "msg0000.wav"), ("/a/", "msg0000.gsm")),
        (("/RECORDINGS/", "20180304-121314_1-all.wav"), ("/RECORDINGS/MP3/", "20180304-121314_1-all.mp3")),
        (("/a", f"{GUID}.wav"), ("/a/", f"{GUID}.json")),
        (("/a/", "l%C3%B6n.wav"), ("/a/", "lön.mp3")),
    ],
)
def test_a7_files_of_one_call_have_one_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert call_key(*one) == call_key(*other)


def test_a7_wav_and_mp3_of_one_call_are_two_files_and_one_call() -> None:
    files = [("/2018/", f"{CALL}.wav"), ("/2018/", f"{CALL}.mp3")]
    assert (len(files), len({call_key(*file) for file in files})) == (2, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/a/", "x.wav"), ("/b/", "x.wav")),
        (("/a/", "msg0000.wav"), ("/a/", "msg0001.wav")),
        (("/a/", f"{CALL}.wav"), ("/a/", f"{CALL}0.wav")),
        (("/a/", "20190203101112.mp3"), ("/a/", "20190203101112_2.mp3")),
        (("/a/", ".wav"), ("/a/", "-in.wav")),
    ],
)
def test_a7_two_calls_have_two_keys(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert call_key(*one) != call_key(*other)


NAMES = st.text(max_size=60) | st.text(alphabet=string.digits + "-_./%", max_size=80)


@given(NAMES, NAMES)
def test_any_text_is_read(folder: str, name: str) -> None:
    recording(name)
    recording(name + ".wav")
    call_key(folder, name)


@pytest.mark.parametrize(
    "part", ["a-", "out-", "20190203-", "1", "/", "%25", "_", ".wav", "20190203101112", "3f2504e0-"]
)
def test_time_is_bounded(part: str) -> None:
    begun = time.process_time()
    recording(part * 50_000)
    call_key(part * 50_000, part * 50_000)
    assert within(time.process_time() - begun, 1)


def test_default_paths_are_folders_or_one_question_and_say_where_they_are_from() -> None:
    paths = [row.path for row in default_paths()]
    assert {"/monitor/", "/recordings/", "/RECORDINGS/MP3/", "/voicemail/", "/fax/", "/dictate/"} <= set(paths)
    assert len(paths) == len(set(paths))
    for row in default_paths():
        assert row.path.startswith("/")
        assert row.path.endswith("/") or "?" in row.path
        assert row.product
        assert row.source
        assert row.mark in ("measured", "documented", "unverified")
    assert default_paths() is default_paths()


def test_default_shares_are_named_for_services_that_can_be_asked_for_a_name() -> None:
    rows = [(row.speaks, row.name) for row in default_shares()]
    assert len(rows) == len(set(rows))
    for row in default_shares():
        assert SERVICES[row.speaks].names
        assert row.name
        assert row.product
        assert row.source
        assert row.mark in ("measured", "documented", "unverified")
