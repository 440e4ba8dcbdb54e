"""What the names of files are told to hold, by number: people's identities are said, and never repeated."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.builders import OPEN, House, asset
from tests.acceptance.test_incidents import at, findings
from tests.servers.real import nginx


def named(path: Path, names: list[str]) -> Path:
    """A folder with these files."""
    path.mkdir()
    for name in names:
        (path / name).write_bytes(bytes(700))
    return path


def told(house: House, path: Path) -> str:
    """What a finding on a folder with such names says: its reasons, and all of it as JSON."""
    with nginx(path) as server:
        house.declare(asset("nas", at(server), data="documents"))
        assert house.run().code == OPEN
    (found,) = findings(house)
    return json.dumps(house.ask("show", found["id"], "--json").value, ensure_ascii=False)


def luhn(nine: str) -> str:
    """Nine digits and their check digit."""
    total = sum(sum(divmod(int(d) * (2 - n % 2), 10)) for n, d in enumerate(nine))
    return nine + str(-total % 10)


def test_f1_timestamps_are_no_personal_numbers(house: House, tmp_path: Path) -> None:
    start = datetime(2018, 11, 21, 8, tzinfo=UTC)
    names = [f"{start + timedelta(seconds=n * 61):%y%m%d%H%M%S}.pdf" for n in range(200)]
    assert "personnummer" not in told(house, named(tmp_path / "d", names))


def test_f1_personal_numbers_are_said(house: House, tmp_path: Path) -> None:
    numbers = [luhn(f"{50 + n % 40}{n % 12 + 1:02d}{n % 28 + 1:02d}{n * 7 % 1000:03d}") for n in range(200)]
    said = told(house, named(tmp_path / "d", [f"{number}.pdf" for number in numbers]))
    assert "personnummer" in said
    assert not [number for number in numbers if number in said]


def test_f2_co_ordination_numbers_are_said(house: House, tmp_path: Path) -> None:
    numbers = [luhn(f"{50 + n % 40}{n % 12 + 1:02d}{n % 28 + 61:02d}{n * 7 % 1000:03d}") for n in range(200)]
    assert "samordningsnummer" in told(house, named(tmp_path / "d", [f"{number}.pdf" for number in numbers]))


def norwegian(month: int, n: int) -> str:
    """A Norwegian number of a month, with both its check digits; those of synthetic people have 65 or 80 added."""
    for serial in range(n, n + 60):
        digits = [int(c) for c in f"{n % 28 + 1:02d}{month:02d}{60 + n % 30:02d}{serial % 500:03d}"]
        first = -sum(a * b for a, b in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
        second = -sum(a * b for a, b in zip([*digits, first], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
        if first < 10 and second < 10:
            return "".join(map(str, [*digits, first, second]))
    raise AssertionError


@pytest.mark.parametrize("added", [65, 80])
def test_f3_norwegian_synthetic_numbers_are_said_to_be_synthetic(added: int, house: House, tmp_path: Path) -> None:
    names = [f"{norwegian(n % 12 + 1 + added, n)}.pdf" for n in range(200)]
    said = told(house, named(tmp_path / "d", names))
    assert "synthetic" in said


def test_f4_a_swedish_mobile_is_a_phone_number_and_no_cpr(house: House, tmp_path: Path) -> None:
    said = told(house, named(tmp_path / "d", [f"in-0{701740605 + n % 95}-1177-{n:04d}.wav" for n in range(200)]))
    assert "phone" in said
    assert "CPR" not in said


def test_f5_only_counts_and_masked_samples_are_kept(house: House, tmp_path: Path) -> None:

    numbers = [luhn(f"{50 + n % 40}{n % 12 + 1:02d}{n % 28 + 1:02d}{n * 7 % 1000:03d}") for n in range(200)]
    said = told(house, named(tmp_path / "d", [f"{number}.pdf" for number in numbers]))
    with sqlite3.connect(house.database) as ledger:
        (body,) = ledger.execute("SELECT body FROM evidence").fetchone()
    masked = json.loads(body)["masked"]
    assert masked
    for text in (said, body, json.dumps(masked)):
        assert not [number for number in numbers if number in text or number[:6] in text or number[-4:] in masked]
