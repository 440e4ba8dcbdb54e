"""The drafts' sentences: the same in both languages, with the same gaps, and every key that is asked for is there."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.inventory.model.assets import DataKind
from monitor.inventory.model.parties import Role
from monitor.legal.clocks import Basis, Stage
from monitor.legal.drafts import draft, further, words_further
from monitor.legal.drafts.words import CATALOGUE, ENGLISH, SWEDISH


def gaps(text: str) -> list[str]:
    """The names of the gaps in a sentence."""
    return sorted(set(re.findall(r"\{(\w+)\}", text)))


def test_both_languages_say_the_same() -> None:
    assert ENGLISH.keys() == SWEDISH.keys()
    assert {key: gaps(text) for key, text in ENGLISH.items()} == {key: gaps(text) for key, text in SWEDISH.items()}


def test_every_key_that_is_asked_for_is_there_and_no_other() -> None:
    source = Path(draft.__file__).read_text("utf-8")
    asked = set(re.findall(r'"([a-z]+(?:\.[a-z-]+)*)"', source))
    asked |= {f"consequences.{kind.value}" for kind in DataKind} | {f"role.{role.value}" for role in Role}
    asked |= {f"stage.{stage.name.lower().replace('_', '-')}" for stage in Stage}
    asked |= {f"reading.{basis.value}" for basis in Basis} | {"title.controller", "title.processor"}
    asked |= {key for key in ENGLISH if key.startswith(("act.", "step."))}
    assert set(ENGLISH) - asked == set()


def test_the_further_drafts_have_every_sentence_that_they_ask_for_and_no_other() -> None:
    assert words_further.ENGLISH.keys() == words_further.SWEDISH.keys()
    for key, text in words_further.ENGLISH.items():
        assert gaps(text) == gaps(words_further.SWEDISH[key]), key
    asked = set(re.findall(r'"([a-z0-9]+(?:\.[a-z-]+)*)"', Path(further.__file__).read_text("utf-8"))) | {"dpo"}
    assert set(words_further.ENGLISH) - asked == set()
    dotted = {key for key in asked if "." in key and not key.startswith("monitor")}
    assert dotted - CATALOGUE["en"].keys() == set()


def test_the_form_says_where_its_numbers_are_from() -> None:
    form = draft.imy()
    assert form.where.startswith("https://")
    assert form.questions == {
        "end": "13",
        "groups": "25",
        "kinds": "26",
        "consequences": "28",
        "actions": "30",
        "informing": "32-35",
    }
