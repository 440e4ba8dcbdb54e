"""The shape of the code: folders that can be looked over, files that can be read, one word for one thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("monitor", "probes")
SOURCES = tuple(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))

MOST_FILES = 12
"""Python files in one folder, without `__init__`: more than a person takes in at a glance."""
CATALOGUES = {"monitor/store/tables": 16, "probes/recognise/listing/families": 16, "probes/services/stores": 16}
"""Folders that are a list by nature, one file a kind, and how long the list may be."""
MOST_LINES = 420
"""Lines of one file."""

OLD_WORDS = {
    "sight": "verdict",
    "sights": "verdicts",
    "deed": "action",
    "deeds": "actions",
}
"""Words that were given up, and the word that stands for the thing now."""
OLD_WORDS_STAY = {
    "monitor/proof/log/database.py": {"deeds"},
    "monitor/store/schema/": set(OLD_WORDS),
    "monitor/store": {"deeds"},
}
"""Where an old word is the name of a table or column: a migration that was applied is never changed."""


def test_no_module_lies_loose_in_the_application() -> None:
    assert [path.name for path in (ROOT / "monitor").glob("*.py")] == ["__init__.py", "__main__.py"]


@pytest.mark.parametrize("folder", sorted({path.parent for path in SOURCES}), ids=str)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    files = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    name = str(folder.relative_to(ROOT))
    assert len(files) <= CATALOGUES.get(name, MOST_FILES), (
        f"find the second idea in {folder.relative_to(ROOT)}: {sorted(files)}"
    )


def test_a_file_can_be_read_in_one_sitting() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_words_that_were_given_up_are_gone() -> None:
    found = []
    for path in SOURCES:
        name = str(path.relative_to(ROOT))
        stays = {word for place, words in OLD_WORDS_STAY.items() if name.startswith(place) for word in words}
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            words = set(re.findall(r"[A-Za-z]+", line.lower())) & set(OLD_WORDS) - stays
            found += [f"{name}:{number}: {word!r} is called {OLD_WORDS[word]!r} now" for word in words]
    assert found == []


def test_every_module_begins_with_a_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.read_text("utf-8").strip() and not path.read_text("utf-8").startswith('"""')
    ]
    assert silent == []
