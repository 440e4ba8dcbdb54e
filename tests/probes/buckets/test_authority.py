"""A bucket whose contract's authority has ended is not asked, and says so under its own kind and place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from monitor.inventory.load import loads
from monitor.service.application import Application
from monitor.store.thread import LedgerThread
from probes.api import Unknown
from probes.reasons import NoAnswerReason
from tests.servers.listener import Listener


async def test_a_bucket_without_authority_is_unknown_and_never_asked(never: Listener, tmp_path: Path) -> None:
    inventory = loads(
        "leftopen: 1\norganisation: {id: p, name: Practice, contact: looking@practice.example}\n"
        "parties:\n"
        "  - {id: region, name: Region, role: controller}\n"
        "  - {id: vendor, name: Vendor, role: processor}\n"
        "contracts: [{id: c, controller: region, processor: vendor, authorised_by: x, authorised_until: 2020-01-01}]\n"
        "assets:\n"
        "  - id: a\n    owner: vendor\n    contract: c\n"
        f"    bucket: {{endpoint: 'http://127.0.0.1:{never.port}', name: calls}}\n"
    )
    ledger = LedgerThread(tmp_path / "leftopen.db")
    try:
        async with Application(inventory, ledger, lambda: datetime(2026, 11, 22, tzinfo=UTC)) as app:
            (line,) = (await app.round()).lines
    finally:
        ledger.close()
    assert isinstance(line.verdict, Unknown)
    assert (line.verdict.kind, line.verdict.why) == ("bucket", NoAnswerReason.OUT_OF_SCOPE)
    assert str(line.verdict.place) == f"127.0.0.1:{never.port}/calls/"
