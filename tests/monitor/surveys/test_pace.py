"""A survey and the rounds beside it are one asker to their host: what it tells the one holds for the other."""

from __future__ import annotations

import time
from pathlib import Path

from probes.reasons import NoAnswerReason
from tests.monitor.surveys.builders import calls, disk, opened
from tests.servers.pages import Row
from tests.servers.raw import Hit, listening, reply


def rows(path: str) -> list[Row] | None:
    """One folder of calls, and one below it."""
    return {"/": [*calls(3), ("2026/", None)], "/2026/": calls(2)}.get(path)


async def _busy(hit: Hit) -> bytes | None:
    if "run=survey" in hit.header("user-agent"):
        return reply("429 Too Many Requests", b"", "text/html", ("Retry-After", "600"))
    return None


async def test_what_a_host_asks_of_a_survey_the_next_round_honours(tmp_path: Path) -> None:
    async with listening(disk(rows, _busy)) as server, opened(server, tmp_path, seconds=2) as house:
        begun = time.monotonic()
        await house.survey()
        assert time.monotonic() - begun < 60
        asked = len(server.hits)
        done = await house.app.round()
    assert len(server.hits) == asked, "the host was asked although it wanted to be left alone"
    whys = {line.verdict.why for line in done.lines if line.target.startswith("http://nas")}
    assert whys == {NoAnswerReason.TOLD_TO_WAIT}
