"""The drafts' sentences: every key that is asked for is there, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.alerts.messages.catalogue import sentences
from monitor.inventory.model.assets import DataKind
from monitor.inventory.model.parties import Role
from monitor.legal.clocks import Basis, Stage
from monitor.legal.drafts import draft, further

ENGLISH = sentences("en", draft.SENTENCES)


def test_every_key_that_is_asked_for_is_there_and_no_other() -> None:
    asked: set[str] = set()
    for module in (draft, further):
        asked |= set(re.findall(r'"([a-z0-9]+(?:\.[a-z-]+)*)"', Path(str(module.__file__)).read_text("utf-8")))
    dotted = {key for key in asked if "." in key and not key.startswith("monitor")}
    assert dotted - ENGLISH.keys() - sentences("en").keys() == {"imy.toml"}
    asked |= {f"consequences.{kind.value}" for kind in DataKind} | {f"role.{role.value}" for role in Role}
    asked |= {f"stage.{stage.name.lower().replace('_', '-')}" for stage in Stage}
    asked |= {f"reading.{basis.value}" for basis in Basis} | {"title.controller", "title.processor"}
    asked |= {key for key in ENGLISH if key.startswith(("act.", "step."))}
    assert set(ENGLISH) - asked == set()


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
