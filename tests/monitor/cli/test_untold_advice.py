"""What to do about a finding that nobody was told of: by why its message did not go out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from monitor.alerts.queue.send_conditions import UNCONFIRMED
from monitor.cli.text.states import show_states
from monitor.store.messages.untold import Untold


@pytest.mark.parametrize(
    ("channel", "why", "advice"),
    [
        ("oncall", f"{UNCONFIRMED}: the recipient is asked", "  leftopen confirm oncall my.yaml"),
        (
            "oncall",
            "could not be connected to",
            "  mend oncall in my.yaml, then: leftopen alert my.yaml --test oncall",
        ),
        (
            "",
            "no channel takes it",
            "  give its parties a channel in the inventory, then: leftopen alert my.yaml --test",
        ),
    ],
)
def test_the_advice_fits_why_nobody_was_told(channel: str, why: str, advice: str) -> None:
    out = Console(file=io.StringIO(), width=200)
    show_states(out, (), (Untold("LO-1", "nas", channel, why),), Path("my.yaml"))
    assert advice in out.file.getvalue()  # type: ignore[attr-defined]
