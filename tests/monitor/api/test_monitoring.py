"""What Nagios and Prometheus read of us: open is critical, unseen a warning; no text of ours breaks the format."""

from __future__ import annotations

import re

import pytest

from monitor.api.monitoring import nagios, prometheus
from monitor.health.examine import Health


def health(faults: tuple[str, ...] = (), told_to_nobody: int = 0, **assets: int) -> Health:
    numbers = {"assets": {state.replace("_", " "): n for state, n in assets.items()}, "told_to_nobody": told_to_nobody}
    return Health(list(faults), [], numbers | {"failing_parts": ["x"]}, "the sum")


@pytest.mark.parametrize(
    ("found", "word", "code"),
    [
        (health(open=0, closed=3), "OK", 0),
        (health(("nas is not seen",), open=0, not_seen=1), "WARNING", 1),
        (health(("late",), open=1), "CRITICAL", 2),
        (health(("NOBODY WAS TOLD",), told_to_nobody=1, open=0), "CRITICAL", 2),
    ],
)
def test_a_plugin_line(found: Health, word: str, code: int) -> None:
    text, said = nagios(found)
    first, *rest = text.split("\n")
    assert (first.split(" - ")[0], said) == (f"LEFTOPEN {word}", code)
    assert re.fullmatch(r"LEFTOPEN \w+ - the sum \| (\w+=\d+ ?)+", first)
    assert rest == found.faults


def test_a_fault_cannot_add_performance_data() -> None:
    text, _ = nagios(health(("a | b=1\nLEFTOPEN OK",), open=0))
    assert text.count("|") == 1
    assert len(text.split("\n")) == 2


def test_gauges() -> None:
    text = prometheus(health(open=2, never_seen=1))
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) leftopen_\w+ .+|leftopen_\w+({state="[a-z ]+"})? -?[\d.e+]+', line), line
    assert 'leftopen_assets{state="never seen"} 1' in text
    assert "leftopen_well 1" in text
    assert "leftopen_failing_parts 1" in text
