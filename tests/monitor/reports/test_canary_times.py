"""How soon a canary was told of and taken: measured by what is on file, where nobody noted it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.findings.handling import Action, ActionKind
from monitor.reports.canary_times import measured, of_assets
from monitor.reports.figures import figures
from monitor.reports.vendor import vendor_report
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from monitor.store.tables.canaries import CanaryEvent, mark
from tests.monitor.web.house import NOW, house

MONTH = (NOW.replace(hour=0), NOW + timedelta(days=30))


@pytest.mark.parametrize(("noted", "told", "taken"), [(False, 80, 360), (True, 30, 360)])
def test_what_nobody_noted_is_measured(tmp_path: Path, noted: bool, told: int, taken: int) -> None:
    at = house(tmp_path)
    ledger = Ledger(at.path)
    planted = NOW - timedelta(minutes=1)
    mark(ledger, "c1", CanaryEvent.PLANTED, planted, "192.0.2.2:443")
    mark(ledger, "c1", CanaryEvent.LOOKED_AT, NOW)
    mark(ledger, "c2", CanaryEvent.PLANTED, planted, "192.0.2.99:443")
    mark(ledger, "c3", CanaryEvent.PLANTED, NOW + timedelta(days=2), "192.0.2.2:443")
    if noted:
        mark(ledger, "c1", CanaryEvent.TOLD, planted + timedelta(seconds=30))
    with ledger.step():
        act = Action(ActionKind.ACKNOWLEDGED, NOW + timedelta(minutes=5), "Anna", "beta")
        actions.append(ledger, at.findings["beta-disk"].id, act)
    one, other, later = measured(ledger, at.inventory)
    assert (one.seconds(CanaryEvent.TOLD), one.seconds(CanaryEvent.ACKNOWLEDGED)) == (told, taken)
    assert (other.told, other.acknowledged) == (None, None), "nobody declared that place"
    assert (later.told, later.acknowledged) == (None, None), "what was told before it was planted is not about it"
    assert of_assets((one, other), at.inventory.assets, *MONTH) == (one,)
    found = figures(ledger, at.inventory, "beta", *MONTH, MONTH[1])
    report = vendor_report(found, "en", MONTH[1])
    (section,) = (one for one in report.sections if one.heading == "Blind canaries")
    assert section.rows[0][1:] == ("0:01:00", f"0:0{told // 60}:{told % 60:02}", "0:06:00", "-")
    assert "192.0.2" not in repr(report)
    assert figures(ledger, at.inventory, "alpha", *MONTH, MONTH[1]).canaries == ()
    ledger.close()
