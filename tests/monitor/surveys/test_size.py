"""A million files in five thousand folders cost less than five megabytes of ledger, and no name of theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from monitor.findings.reach.folder_count import SAMPLED, FolderCount
from monitor.findings.reach.tally import SurveyResult
from monitor.store.tables import surveys
from monitor.store.tables.surveys import FolderRow, FoundFolders
from probes.recognise.listing.streaming.stream import PageReader
from tests.monitor.surveys.builders import calls, disk, opened, raw_bytes
from tests.servers.pages import listing
from tests.servers.raw import listening

FOLDERS, FILES = 5000, 200


async def test_a_million_files(tmp_path: Path) -> None:
    page = listing(
        "/day/", [*calls(FILES - 20), *((name.replace("wav", "mp3"), size) for name, size in calls(20))], "nginx"
    )
    reader = PageReader("/day/")
    reader.feed(page)
    rows = reader.end()
    assert rows is not None
    rows_of = disk(lambda path: calls(3) if path == "/" else None)
    async with listening(rows_of) as server, opened(server, tmp_path) as house:
        ledger, id_ = house.app.ledger, house.finding.id
        await ledger(lambda led: led.rows("PRAGMA wal_checkpoint(TRUNCATE)"))
        before = len(raw_bytes(tmp_path))
        now = datetime(2026, 11, 21, tzinfo=UTC)
        number = await ledger(lambda led: surveys.begin(led, id_, now))
        count = FolderCount(b"k" * 32, "/day/", SAMPLED)
        count.add(rows)
        tally = count.close()
        for first in range(0, FOLDERS, 250):
            some = [
                FolderRow(n.to_bytes(10), "2019-02-16 23:05", count.digest, True, now, tally)
                for n in range(first, first + 250)
            ]
            found = (FoundFolders("/medicall/2019/", 3, (b"12345678",), (("/medicall/2019/01/02/", ""),) * 200),)
            await ledger(partial(surveys.progress, finding=id_, survey=number, folders=some, waiting="{}", found=found))
        total = type(tally)()
        for _ in range(FOLDERS):
            total += tally
        await ledger(lambda led: surveys.finish(led, SurveyResult(id_, number, now, now, total)))
        await ledger(lambda led: led.rows("PRAGMA wal_checkpoint(TRUNCATE)"))
        everything = raw_bytes(tmp_path)
        kept = await ledger(lambda led: surveys.latest(led, id_))
    assert kept is not None
    assert kept.tally.files == FOLDERS * FILES == 1_000_000
    assert len(everything) - before < 5_000_000
    assert b"in-070174" not in everything
