"""What commands print for people: data on stdout, talk on stderr, amounts and times in words."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich import control
from rich.console import Console

from monitor.alerts.messages import formatting
from monitor.api.json_text import TURNING
from monitor.findings.finding import Severity, State
from monitor.findings.reach.extent import Extent
from probes.api import Check

if TYPE_CHECKING:
    from rich.progress import Progress

COLOURS = {Severity.LOW: "cyan", Severity.MEDIUM: "yellow", Severity.HIGH: "red", Severity.CRITICAL: "bold red"}


STATES = {State.SUSPECTED: "yellow", State.EXPOSED: "bold red", State.CLEARING: "yellow", State.CLEARED: "green"}


def _without_terminal_codes() -> None:
    """Whatever rich prints of a text shows no control character: names of servers, files and people stand in it, and
    rich itself takes out five of them alone. Its own colours are no text."""
    shown: Any = control._CONTROL_STRIP_TRANSLATE
    named = [*range(9), *range(11, 32), *range(0x7F, 0xA0), *TURNING]
    shown.update({code: "\ufffd" for code in named if code not in shown})


_without_terminal_codes()


def out() -> Console:
    """Where data goes. Without a terminal nothing is coloured or cut."""
    terminal = sys.stdout.isatty()
    return Console(file=sys.stdout, soft_wrap=not terminal, highlight=False, width=None if terminal else 200)


def talk() -> Console:
    """Where talk goes."""
    return Console(file=sys.stderr, soft_wrap=True, highlight=False)


def check_words(checks: Iterable[Check]) -> str:
    """A bucket's vector in one line: what is open, what is closed, and of what nothing can be said, with the reason."""
    groups: dict[str, list[str]] = defaultdict(list)
    for check in checks:
        groups[check.verdict].append(f"{check.name} ({check.why.value})")
    told = [verdict for verdict in ("exposed", "clear", "unknown") if groups[verdict]]
    return "; ".join(f"{verdict}: {', '.join(groups[verdict])}" for verdict in told)


def extent_words(extent: Extent, long: bool = False) -> str:
    """How much, in one line: counts at least, sizes about unless the page was exact. Empty where nothing is counted."""
    if extent == Extent():
        return ""
    if extent.counted:
        return ", ".join(formatting.plural("en", f"counted.{things}", number) for things, number in extent.counted)
    # Folders that were seen and not entered hold more.
    least = "at least " if extent.partial or extent.directories >= extent.folders_read > 0 else ""
    parts = [least + counted(extent.files, "file")]
    if extent.directories:
        parts.append(counted(extent.directories, "folder"))
    if extent.sized:
        parts.append(f"{'' if extent.size_exact else 'about '}{formatting.size(extent.size, 'en')}")
    if extent.calls:
        parts.append(counted(extent.calls, "call"))
    if long:
        parts += [f"{formatting.count(count, 'en')} {kind}" for kind, count in extent.kinds]
        parts += map(str, extent.claims)
        if extent.dates:
            parts.append(f"dates {minute(extent.dates[0])} to {minute(extent.dates[1])} (a day of doubt)")
        if extent.partial:
            parts.append(f"partial: {extent.partial}")
        if extent.folders_read:
            parts.append(f"read from {counted(extent.folders_read, 'folder page')}")
    return ", ".join(parts)


def counted(number: int, thing: str) -> str:
    """`1 file`, `2 files`: a number of things."""
    return f"{formatting.count(number, 'en')} {thing}{'' if number == 1 else 's'}"


def progress() -> Progress:
    """A progress bar for a terminal's stderr; in a pipe it prints nothing."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("[progress.description]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def minute(at: datetime | None) -> str:
    return "-" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"
