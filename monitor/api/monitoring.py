"""Our own health in the forms that monitoring systems read: a Nagios plugin's line, and Prometheus' text format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from monitor.coverage.asset_state import AssetStatus
from monitor.health.examine import Health

OK, WARNING, CRITICAL = 0, 1, 2
"""Exit codes of a plugin (Monitoring Plugins Development Guidelines)."""


def nagios(health: Health) -> tuple[str, int]:
    """One line with performance data, the faults below it, and the exit code.

    Critical: something is open, or an open finding reached nobody. Warning: something was not judged, or does not work.
    """
    assets: Mapping[str, int] = health.numbers.get("assets", {})
    critical = assets.get(AssetStatus.OPEN.value, 0) or health.numbers.get("told_to_nobody", 0)
    code = CRITICAL if critical else OK if health.well else WARNING
    word = ("OK", "WARNING", "CRITICAL")[code]
    data = " ".join(f"{_name(status)}={count}" for status, count in assets.items())
    # A bar or a line end of ours would be read as the beginning of performance data, or as another answer.
    faults = [fault.replace("|", "/").replace("\n", " ") for fault in health.faults]
    return "\n".join((f"LEFTOPEN {word} - {health.summary or 'no look yet'} | {data}".rstrip(" |"), *faults)), code


def prometheus(health: Health) -> str:
    """The numbers of `leftopen health` as gauges (text format 0.0.4)."""
    lines = [
        "# HELP leftopen_well 1 if every asset was judged in time and messages can be sent.",
        "# TYPE leftopen_well gauge",
    ]
    lines.append(f"leftopen_well {int(health.well)}")
    lines += ["# HELP leftopen_assets Declared assets by state.", "# TYPE leftopen_assets gauge"]
    lines += [
        f'leftopen_assets{{state="{state}"}} {count}' for state, count in health.numbers.get("assets", {}).items()
    ]
    vantages: Mapping[str, Mapping[str, Any]] = health.numbers.get("vantages", {})
    for metric, key, means in _VANTAGES if vantages else ():
        lines += [f"# HELP {metric} {means}", f"# TYPE {metric} gauge"]
        # Ids of vantages and networks are letters, digits, dots and hyphens: nothing is to be escaped.
        lines += [
            f'{metric}{{vantage="{id_}",network="{one["network"]}"}} {int(one[key])}' for id_, one in vantages.items()
        ]
    if any(one["queues"] for one in vantages.values()):
        metric = "leftopen_queue_messages"
        lines += [f"# HELP {metric} Messages that wait at the broker of a fleet.", f"# TYPE {metric} gauge"]
        lines += [
            f'{metric}{{vantage="{id_}",queue="{name}"}} {length}'
            for id_, one in vantages.items()
            for name, length in one["queues"].items()
        ]
    for name, value in _numbers(health.numbers):
        lines += [f"# TYPE leftopen_{name} gauge", f"leftopen_{name} {value}"]
    return "\n".join(lines) + "\n"


_VANTAGES: Final = (
    ("leftopen_vantage_sees", "sees", "1 if what a vantage hands in says how things stand."),
    ("leftopen_vantage_batches", "batches", "Batches that were given to a vantage lately."),
    ("leftopen_vantage_unanswered", "unanswered", "Batches of these that nothing came of."),
    ("leftopen_vantage_owed", "owed", "Batches that wait for a vantage, or that it looks at now."),
)


def _numbers(numbers: Mapping[str, Any]) -> Iterator[tuple[str, int | float]]:
    for name, value in numbers.items():
        if isinstance(value, list):
            yield _name(name), len(value)
        elif isinstance(value, int | float):
            yield _name(name), value


def _name(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", words.lower())
