"""The manual holds what it says: every reason has its row, links lead somewhere, the worked example works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from probes.reasons import WHYS

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = tuple(sorted(page.name for page in DOCS.glob("*.md")))


def test_every_reason_stands_in_the_table_of_operations_once() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\**\w+\**) \|", (DOCS / "operations.md").read_text(), flags=re.MULTILINE)
    assert sorted(word for word, _ in rows) == sorted(why.value for why in WHYS)
    assert {verdict for _, verdict in rows} == {"unknown", "clear", "**exposed**"}


@pytest.mark.parametrize("page", [*(f"docs/{page}" for page in PAGES), "systemd/README.md"])
def test_links_lead_to_files(page: str) -> None:
    here = ROOT / page
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", here.read_text())
    missing = [link for link in links if not (here.parent / link).exists()]
    assert missing == []


def test_every_folder_of_the_house_is_there() -> None:
    text = (DOCS / "architecture.md").read_text()
    house = text.split("## The house")[1].split("## From the inventory to a message")[0]
    names = [name for line in house.splitlines() if line.startswith("  ") for name in line[2:24].split()]
    for name in names:
        assert any((ROOT / package / name).exists() for package in ("probes", "monitor")), name


def test_the_worked_example_of_a_probe_works() -> None:
    text = (DOCS / "architecture.md").read_text()
    probe, test = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    room: dict[str, object] = {}
    exec(compile(probe, "repository.py", "exec"), room)  # noqa: S102  our own manual
    exec(compile(test, "test_repository.py", "exec"), room)  # noqa: S102
    found = room["test_a_repository_is_found"]
    assert callable(found)
    found()


@pytest.mark.parametrize("page", ["security.md", "incidents.md", "services.md"])
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (DOCS / page).read_text())
    assert len(named) > 20
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text(), f"{file}::{name}"


BEHAVIOURS = [*(f"B{n}" for n in range(1, 7)), *(f"{x}{n}" for x in "CD" for n in range(1, 6))]
BEHAVIOURS += [*(f"E{n}" for n in range(1, 7)), "G4", *(f"canary {n}" for n in (1, 6, 7))]


@pytest.mark.parametrize("number", BEHAVIOURS)
def test_every_behaviour_of_the_incidents_has_tests_of_its_name(number: str) -> None:
    (row,) = re.findall(rf"^\| {number} \|.*$", (DOCS / "incidents.md").read_text(), re.MULTILINE)
    tests = re.findall(r"::(test_\w+)`", row)
    assert tests
    assert all(test.startswith(f"test_{number.lower().replace(' ', '_')}_") for test in tests), row
