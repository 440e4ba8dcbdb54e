"""Words that grade: spellings, words and compounds, and that no single word of computing alarms."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.media.kinds import MediaKind
from probes.recognise.people.terms import all_terms, is_it_word, speaks, terms_in
from tests.speed import within


def words(name: str | bytes) -> set[str]:
    return {term.term for term in terms_in(name)}


def test_the_list_is_whole() -> None:
    assert len(all_terms()) == 481
    assert len({term.category for term in all_terms()}) == 9
    assert all(1 <= term.weight <= 5 for term in all_terms())


@pytest.mark.parametrize("term", all_terms(), ids=lambda term: f"{term.term}-{term.language}")
def test_every_term_is_found_in_its_own_spelling(term) -> None:  # type: ignore[no-untyped-def]
    assert term in terms_in(f"{term.term}.pdf")


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("lön_2019.xlsx", "lön"),
        ("l%C3%B6n.xlsx", "lön"),
        ("l%F6n.xlsx", "lön"),
        ("lÃ¶n.xlsx", "lön"),
        (unicodedata.normalize("NFD", "lön.xlsx"), "lön"),
        ("lön.xlsx".encode("latin-1"), "lön"),
        ("lön.xlsx".encode(), "lön"),
        ("patientjournaler.zip", "patientjournal"),
        ("Orosanmalan.pdf", "orosanmälan"),
        ("SJUKSKRIVNING.PDF", "sjukskrivning"),
        ("lex-sarah 2018.pdf", "lexsarah"),
        ("call_recordings", "callrecordings"),
        ("lvu2019.doc", "lvu"),
        ("id_rsa.old", "id_rsa"),
        ("sjúkraskrá.pdf", "sjúkraskrá"),
        ("foedselsattest fødselsattest", "fødselsattest"),
    ],
)
def test_spellings(name: str | bytes, term: str) -> None:
    assert term in words(name)


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("lon.csv", "lön"),
        ("lat_lon.csv", "lön"),
        ("silvupplaga.txt", "lvu"),
        ("scprx.txt", "cpr"),
        ("golden.txt", "old"),
    ],
)
def test_no_words(name: str, term: str) -> None:
    assert term not in words(name)


def test_the_longer_word_counts() -> None:
    assert words("callrecordings") == {"callrecordings"}


@pytest.mark.parametrize(
    ("name", "kind", "alarms"),
    [
        ("patientjournaler.zip", MediaKind.ARCHIVE, True),
        ("inspelningar.wav", MediaKind.AUDIO, True),
        ("patientjournaler", MediaKind.OTHER, False),
        ("patient-lönelista", MediaKind.OTHER, True),
        ("backup.zip", MediaKind.ARCHIVE, False),
        ("snapshot.tar", MediaKind.ARCHIVE, False),
        ("credentials.zip", MediaKind.ARCHIVE, False),
        ("old-credentials-backup.zip", MediaKind.ARCHIVE, False),
        ("diagnostics-backup.zip", MediaKind.ARCHIVE, False),
        ("patient-backup", MediaKind.OTHER, True),
        ("readme.txt", MediaKind.TEXT, False),
        ("", MediaKind.OTHER, False),
    ],
)
def test_grading(name: str, kind: MediaKind, alarms: bool) -> None:
    assert speaks(terms_in(name), kind) is alarms


def test_no_single_english_word_of_computing_alarms() -> None:
    for term in all_terms():
        if is_it_word(term):
            for kind in MediaKind:
                assert not speaks((term,), kind)


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_name_is_read(name: str | bytes) -> None:
    assert speaks(iter(terms_in(name)), MediaKind.ARCHIVE) in (True, False)


@pytest.mark.parametrize("part", ["patient", "a ", "%C3", "Ã", "ö", "-"])
def test_time_is_bounded(part: str) -> None:
    begun = time.process_time()
    terms_in(part * 100_000)
    assert within(time.process_time() - begun, 0.5)
