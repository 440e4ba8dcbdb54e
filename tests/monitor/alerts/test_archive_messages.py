"""Messages about an archive of images that was met behind a page: they name it, and what its owner must do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.findings.finding import Step
from monitor.findings.reach.extent import Extent
from monitor.store.messages.facts import News, dump_facts
from probes.reasons import OpenReason
from tests.monitor.alerts.builders import change, finding, owed, text


@pytest.mark.parametrize("why", [OpenReason.STORE_OPEN, OpenReason.STORE_EMPTY])
def test_an_archive_behind_a_page_is_told_as_one(why: OpenReason) -> None:
    held = Extent(counted=(("studies", 3),)) if why is OpenReason.STORE_OPEN else Extent()
    found = replace(finding(), why=why, extent=held, reach=None)
    message = replace(owed("voice-mail"), facts=dump_facts(News(found, change(Step.OPENED), (), owner_told=True)))
    told = text(message)
    shown = f"{told.title}\n{told.body}"
    assert "Orthanc" in shown
    assert "AuthenticationEnabled" in shown
    assert ("3 stud" in shown) is (why is OpenReason.STORE_OPEN)
