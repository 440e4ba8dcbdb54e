"""How bad an exposure is that shows names alone, or nothing yet."""

from __future__ import annotations

import pytest

from monitor.findings.finding import Severity
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import NamesHold, NoWorseThan
from monitor.findings.severity import severity
from probes.reasons import OpenReason, Why
from probes.recognise.people.tokens import Identifier

CALLS = Extent(files=6, kinds=(("audio", 6),))
NUMBERED = Extent(files=6, kinds=(("audio", 6),), claims=(NamesHold(Identifier.PHONE, 100, 6),))
PAPERS = Extent(files=2, kinds=(("document", 2),))


@pytest.mark.parametrize(
    ("data", "extent", "why", "level"),
    [
        ("recordings", CALLS, OpenReason.LISTED_AND_READABLE, Severity.CRITICAL),
        ("recordings", CALLS, OpenReason.NAMES_ONLY, Severity.HIGH),
        ("recordings", NUMBERED, OpenReason.NAMES_ONLY, Severity.CRITICAL),
        ("documents", PAPERS, OpenReason.NAMES_ONLY, Severity.LOW),
        ("static", NUMBERED, OpenReason.LISTED_AND_READABLE, Severity.CRITICAL),
        ("recordings", Extent(), OpenReason.EMPTY, Severity.LOW),
    ],
)
def test_names_are_one_step_below_files_and_numbers_of_people_raise_them(
    data: str, extent: Extent, why: Why, level: Severity
) -> None:
    found, reasons = severity(data, extent, active=False, why=why)
    assert found is level
    assert (NoWorseThan(OpenReason.NAMES_ONLY) in reasons) == (why is OpenReason.NAMES_ONLY)
