"""Findings that are held against a section of the inventory, when that section is taken out and put back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import Step
from monitor.findings.handling import TriageStatus, fold
from monitor.findings.promises import SECTIONS
from monitor.inventory.model.assets import HostAsset
from monitor.inventory.model.dispatch import Dispatch
from monitor.inventory.model.inventory import Inventory
from monitor.service.application import Application
from monitor.store import queries
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from probes.eservices.kinds import ADMIN
from probes.logs.kinds import FORM, TRUTH
from tests.monitor.alerts.builders import change, finding
from tests.monitor.network.rounds import application, inventory

LOG = {
    "file": "/var/lib/drops/log.csv",
    "actors": [{"id": "clerk", "logged_as": "env:CLERK", "kind": "bearer", "credential": "env:KEY"}],
    "objects": [{"id": "a", "logged_as": "env:A"}],
    "session": [{"id": "open", "by": "clerk", "get": "/a", "activity": "Read", "object": "a"}],
}
PORTAL = {"page": "/services", "services": [{"path": "/services/1", "name": "A service"}]}


def declared(**sections: Any) -> Inventory:
    nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [9], **sections}
    return inventory(nas, defaults={"resolvers": ["127.0.0.1:9"], "timeouts": {"connect": 0.2, "read": 0.2, "ask": 1}})


async def stands(app: Application) -> tuple[TriageStatus, list[str], int]:
    (found,) = await app.ledger(lambda ledger: ledger.findings())
    done = await app.ledger(lambda ledger: actions.of_finding(ledger, found.id))
    changes = await app.ledger(lambda ledger: queries.changes(ledger, found.id))
    counted = await app.ledger(actions.still_open)
    return fold(done, found).standing, [one.step.value for one in changes], len(counted)


@pytest.mark.parametrize(
    ("kind", "section"), [(TRUTH, {"access_log": LOG}), (FORM, {"access_log": LOG}), (ADMIN, {"eservices": PORTAL})]
)
async def test_a_section_that_leaves_the_inventory_ends_its_findings_until_it_is_back(
    kind: str, section: dict[str, Any], tmp_path: Path
) -> None:
    at = datetime.now(UTC)

    def save(ledger: Ledger) -> None:
        with ledger.step():
            ledger.save(finding(asset="nas", kind=kind), change(Step.OPENED), "r1", at)

    async def looked(kept: Inventory) -> tuple[TriageStatus, list[str], int]:
        nonlocal at
        at += timedelta(minutes=15)
        async with application(kept, tmp_path / "a.db", lambda: at) as app:
            if not await app.ledger(lambda ledger: ledger.findings()):
                await app.ledger(save)
            await app.round()
            return await stands(app)

    assert await looked(declared(**section)) == (TriageStatus.NEW, ["opened"], 1)
    assert await looked(declared()) == (TriageStatus.UNPROMISED, ["opened", "unpromised"], 0)
    assert await looked(declared()) == (TriageStatus.UNPROMISED, ["opened", "unpromised"], 0)
    assert await looked(declared(**section)) == (TriageStatus.NEW, ["opened", "unpromised", "returned"], 1)


def test_every_section_that_is_named_is_one_of_an_asset() -> None:
    for section in SECTIONS.values():
        name, _, inner = section.partition(".")
        assert name in HostAsset.model_fields
        assert not inner or inner in Dispatch.model_fields
