"""The files that translators edit: every language has every sentence, with the same gaps."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

import pytest

from monitor.alerts.messages.catalogue import Sentences, catalogue, say
from monitor.alerts.messages.formatting import plural
from monitor.findings.finding import Severity
from probes.recognise.media.kinds import MediaKind

PACKAGES = ("monitor.alerts.messages", "monitor.legal.drafts", "monitor.web.phone")


def gaps(sentence: str) -> set[str]:
    """The names of what is filled in. A brace that is not closed raises ValueError."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_language_has_every_sentence_with_the_same_gaps(package: str) -> None:
    english, *others = catalogue(package).values()
    for other in others:
        assert english.keys() == other.keys()
        assert {key: gaps(text) for key, text in english.items()} == {key: gaps(text) for key, text in other.items()}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_is_that_of_a_language(package: str) -> None:
    found = {one.name for one in files(package).joinpath("locale").iterdir() if one.name.endswith(".toml")}
    assert found == {f"{language}.toml" for language in catalogue(package)}


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_counted_has_both_of_its_forms(package: str) -> None:
    for words in catalogue(package).values():
        assert [key for key in words if key.endswith(".one") and f"{key.removesuffix('.one')}.other" not in words] == []


def test_no_gap_is_a_number_or_has_a_format() -> None:
    for words in (words for package in PACKAGES for words in catalogue(package).values()):
        for key, text in words.items():
            assert all(re.fullmatch(r"[a-z_]+", gap) for gap in gaps(text)), key


def test_one_thing_and_many_are_said_each_in_its_form() -> None:
    assert plural("en", "files", 1) == "1 file"
    assert plural("en", "files", 0) == "0 files"
    assert plural("en", "files", 1500) == "1,500 files"
    assert plural("sv", "files", 1500) == "1\N{NO-BREAK SPACE}500 filer"


def test_a_sentence_that_is_not_there_is_our_bug() -> None:
    with pytest.raises(KeyError):
        say("en", "no.such.key")


def every(words: Sentences, kind: str, members: object) -> list[str]:
    return [one.value for one in members if f"{kind}.{one.value}" not in words]  # type: ignore[attr-defined]


def test_every_kind_of_media_and_severity_has_its_word() -> None:
    for words in catalogue().values():
        assert every(words, "kind", MediaKind) == []
        assert every(words, "severity", Severity) == []
