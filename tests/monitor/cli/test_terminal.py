"""What a person sees at 80, 120 and 200 columns, held against a file that was read by a person.

`WRITE_GOLDEN=1 pytest tests/monitor/cli/test_terminal.py` writes the file anew: read what has changed in it.
"""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli.console import extent_words
from monitor.cli.text.findings import show_finding, show_findings
from monitor.cli.text.states import show_states
from monitor.coverage.asset_state import AssetState, AssetStatus
from monitor.findings.finding import Severity, State, Step, finding_id
from monitor.findings.handling import Handling
from monitor.findings.reach.extent import Extent
from monitor.store.messages.untold import Untold
from probes.api import Place
from tests.monitor.alerts.builders import NOON, change, finding

GOLDEN = Path(__file__).with_name("golden")
FOUND = finding()
CLEARED = replace(
    finding(severity=Severity.LOW, state=State.CLEARED),
    id=finding_id("fp1:" + "ab" * 32),
    fingerprint="fp1:" + "ab" * 32,
    asset="a-rather-long-name-of-an-asset-of-the-region",
    place=Place("files.region.example", 8443, "/inspelningar/2026/10/"),
    cleared=NOON,
    active=False,
)
STATES = (
    AssetState("voice-nas", AssetStatus.OPEN, NOON, "", NOON, (FOUND.id,)),
    AssetState("web", AssetStatus.CLOSED, NOON, "", NOON),
    AssetState("old-recorder", AssetStatus.NOT_SEEN, NOON, "4 x timed-out", NOON),
    AssetState("dentist", AssetStatus.NOT_LOOKED_AT, None, "contract c-dentist ended on 2026-09-30", None),
    AssetState("archive", AssetStatus.PARTLY_SEEN, NOON, "2 x filtered", NOON, unknown_places=2),
)


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_terminal_shows_what_was_agreed(width: int) -> None:
    text = io.StringIO()
    out = Console(file=text, width=width, highlight=False)
    out.print("$ leftopen findings --all")
    show_findings(out, [FOUND, CLEARED], NOON, {FOUND.id: Handling(), CLEARED.id: Handling()})
    out.print("\n$ leftopen show")
    show_finding(out, FOUND, (change(Step.OPENED),), (), (), NOON + timedelta(hours=1))
    out.print("\n$ leftopen run")
    show_states(
        out, STATES, [Untold(FOUND.id, "voice-nas", "voice-oncall", "unconfirmed: recipient to ask")], Path("my.yaml")
    )
    shown = "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())
    golden = GOLDEN / f"terminal-{width}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, "utf-8")
    assert golden.read_text("utf-8") == shown


def test_where_nothing_is_counted_no_files_are_spoken_of() -> None:
    assert extent_words(Extent()) == ""
    assert extent_words(Extent(folders_read=1)) == "0 files", "an empty folder was read, and holds none"
