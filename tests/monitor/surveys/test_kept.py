"""What a survey read keeps a place from being closed while any of it is open: the looks alone know a part of a tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.findings.finding import State
from monitor.surveys.web.kept import Kept
from tests.monitor.surveys.builders import calls, disk, opened
from tests.servers.pages import Row
from tests.servers.raw import Hit, listening, reply

YEARS, MONTHS = ("2023", "2024", "2025"), tuple(f"{month:02d}" for month in range(1, 6))


def rows(path: str) -> list[Row] | None:
    """Years of months of two calls each."""
    parts = path.strip("/").split("/") if path != "/" else []
    if not parts:
        return [(f"{year}/", None) for year in YEARS]
    if parts[0] not in YEARS or any(one not in MONTHS for one in parts[1:]) or len(parts) > 2:
        return None
    return [(f"{month}/", None) for month in MONTHS] if len(parts) == 1 else list(calls(2))


@pytest.mark.parametrize("open_", ["/2023/04/", "/2024/02/"])
async def test_a_folder_that_a_survey_alone_has_read_keeps_the_finding_open(open_: str, tmp_path: Path) -> None:
    fixed: list[bool] = []

    async def before(hit: Hit) -> bytes | None:
        return reply("403 Forbidden", b"no") if fixed and not hit.path.startswith(open_) else None

    async with listening(disk(rows, before)) as server, opened(server, tmp_path) as house:
        await house.survey()
        kept = await house.app.ledger(lambda ledger: ledger.witnesses(house.finding.id))
        assert {f"GET /{year}/{month}/" for year in YEARS for month in MONTHS} <= set(kept)
        fixed.append(True)
        states = []
        for _ in range(3):
            await house.app.round()
            states.append((await house.on_file()).state)
    assert State.CLEARED not in states
    assert State.EXPOSED in states


async def test_a_place_that_leads_to_a_new_token_at_every_visit_is_measured(tmp_path: Path) -> None:
    visits = iter(range(1000))

    async def before(hit: Hit) -> bytes | None:
        return reply(302, b"", "text/plain", ("Location", f"/s{next(visits):06d}/")) if hit.path == "/" else None

    def inside(path: str) -> list[Row] | None:
        return rows(path[8:]) if path.startswith("/s") else None

    async with listening(disk(inside, before)) as server, opened(server, tmp_path) as house:
        assert house.finding.place.path == "/"
        surveyed = await house.survey()
    assert (surveyed.tally.folders, surveyed.tally.files) == (1 + len(YEARS) * (1 + len(MONTHS)), 30)


def test_what_is_kept_is_from_all_over_and_does_not_grow() -> None:
    kept = Kept()
    for number in range(10_000):
        kept.meet(f"/{number}/")
        assert len(kept.paths) <= 24
    met = [int(path.strip("/")) for path in kept.paths]
    assert len(met) > 12
    assert met == list(range(0, kept.every * len(met), kept.every))
    assert met[-1] + 2 * kept.every >= 10_000
    again = Kept(list(kept.paths), kept.every, kept.met)
    for number in range(10_000, 20_000):
        kept.meet(f"/{number}/")
        again.meet(f"/{number}/")
    assert again == kept
