"""Folders that look like customers: those of nobody are named, declared folders and recorders' own are not."""

from __future__ import annotations

import pytest

from monitor.surveys.unknown_customers import UnknownCustomers


def seen(folder: str, **known: tuple[str, ...]) -> int:
    """How many customers a folder with a year in it makes."""
    unknown_customers = UnknownCustomers(known.get("names", ()), known.get("paths", ()))
    unknown_customers.see(folder, [f"{folder}2026/"])
    return len(unknown_customers.found)


@pytest.mark.parametrize(
    ("folder", "paths"),
    [
        ("/medicall/", ("/medicall/",)),
        ("/data/medicall/", ("/data/medicall/audio/",)),
        ("/data/", ("/data/medicall/audio/",)),
        ("/Medi%63all/", ("/medicall/",)),
        ("/srv/ARI-Monitor/", ("/ari-monitor/?sort=name",)),
    ],
)
def test_a_declared_folder_is_no_customer(folder: str, paths: tuple[str, ...]) -> None:
    assert seen(folder) == (0 if folder == "/data/" else 1)
    assert seen(folder, paths=paths) == 0


def test_any_other_folder_still_is_one() -> None:
    assert seen("/medicall-nord/", paths=("/medicall/",)) == 1
    assert seen("/annas-vardcentral/", names=("Region Exempel",), paths=("/medicall/",)) == 1
