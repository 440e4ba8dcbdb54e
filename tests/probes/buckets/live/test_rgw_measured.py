"""A real Ceph gateway measured: every key of several pages is counted once; below a prefix, those of it alone."""

from __future__ import annotations

from pathlib import Path

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.store.thread import LedgerThread
from tests.probes.buckets.live.test_rgw_rounds import Clock, inventory, looking
from tests.servers import s3
from tests.servers.launch import Server
from tests.servers.rgw import OWNER
from tests.servers.stored import BODY, KEYS

CALLS = tuple(f"calls/2019/{n % 12 + 1:02d}/in-101-07017406{n % 95 + 5:02d}-{n}.wav" for n in range(1250))
"""Numbers from the range that is set aside for fiction."""


async def measured(server: Server, name: str, tmp_path: Path, more: str = "") -> tuple[Finding, SurveyResult]:
    """The finding that one round opens on a bucket, and what measuring it comes to."""
    async with looking(inventory(server, [name], more), tmp_path, Clock()) as app:
        (finding,) = (await app.round()).changed
        assert app.surveyable([finding]) == (finding,)
        surveyed = await app.survey(finding)
        assert surveyed is not None
        return finding, surveyed


async def test_every_key_of_several_pages_is_counted_once(rgw: Server, tmp_path: Path) -> None:
    client = s3.owner(rgw, *OWNER)
    s3.make(client, "many", (*KEYS, *CALLS))
    s3.allow(client, "many", ["s3:ListBucket"])
    finding, surveyed = await measured(rgw, "many", tmp_path)
    assert surveyed.partial == ()
    tally = surveyed.tally
    assert (tally.files, tally.size) == (len(KEYS) + len(CALLS), len(BODY) * (len(KEYS) + len(CALLS)))
    assert tally.by_extension["wav"][0] >= len(CALLS)
    assert surveyed.largest[0][1] in (104, 105)
    assert "07017406" not in repr(surveyed)

    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        dump = await ledger(lambda led: "\n".join(led._connection.iterdump()))
        kept = await ledger(lambda led: led.finding(finding.id))
    finally:
        ledger.close()
    assert "07017406" not in dump
    assert kept is not None
    assert kept.reach is not None
    assert kept.reach.files == len(KEYS) + len(CALLS)

    # What is open below a prefix alone is measured there alone.
    s3.allow(client, "many", ["s3:ListBucket"], Condition={"StringLike": {"s3:prefix": ["calls/2019/03/*"]}})
    (tmp_path / "below").mkdir()
    _, below = await measured(rgw, "many", tmp_path / "below", ", prefixes: ['calls/2019/03/']")
    assert below.partial == ()
    assert below.tally.files == len([key for key in CALLS if key.startswith("calls/2019/03/")])
