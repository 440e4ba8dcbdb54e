"""A survey for people: in one line, whole, and while it is under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from monitor.alerts.messages import formatting
from monitor.cli import console
from monitor.cli.text.chart import months_text
from monitor.findings.reach.apply_survey import breaches, reach_of
from monitor.findings.reach.tally import SurveyResult
from monitor.surveys.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from monitor.inventory.model.inventory import Inventory

_BAR = 30


def survey_bar(bar: Bar, task: TaskID) -> Callable[[Progress], None]:
    """A bar's view of a survey under way: folders read, folders waiting, files a second."""

    def shown(progress: Progress) -> None:
        rate = progress.files / progress.seconds if progress.seconds else 0
        bar.update(
            task,
            completed=progress.folders,
            total=progress.folders + progress.waiting,
            description=f"{progress.files:,} files, {rate:,.0f} a second",
        )

    return shown


def survey_words(surveyed: SurveyResult) -> str:
    """A survey in one line."""
    words = console.extent_words(reach_of(surveyed.tally, surveyed.partial))
    if surveyed.hours is not None:
        words += f", about {_sound(surveyed.hours.best)} of sound"
    return words


def _sound(hours: float) -> str:
    """How long sound is: in minutes below two hours, since "0 hours" of a few calls says nothing."""
    if hours < 2:
        return f"{hours * 60:,.0f} minutes"
    return f"{hours:,.0f} hours" if hours >= 10 else f"{hours:.1f} hours"


def show_survey(out: Console, surveyed: SurveyResult, inventory: Inventory | None, asset: str) -> None:
    """A survey for people: how much, of what, since when, how it grows, and what that breaks."""
    tally = surveyed.tally
    out.print(f"[bold]How far it reaches[/] (measured {surveyed.started:%Y-%m-%d %H:%M}Z)")
    out.print(f"  {escape(survey_words(surveyed))}")
    if surveyed.hours is not None:
        hours = surveyed.hours
        best, low, high = map(_sound, (hours.best, hours.low, hours.high))
        out.print(
            f"  sound: {best} (between {low} and {high}; the rate was read from the headers of {hours.samples} files)"
        )
    for reason in surveyed.partial:
        out.print(f"  [yellow]there is more[/]: {escape(reason)}")
    table = Table(show_edge=False, pad_edge=False, box=None)
    for heading in ("kind", "files", "size", ""):
        table.add_column(heading, justify="right" if heading in ("files", "size") else "left")
    most = max((files for files, _ in tally.by_kind().values()), default=1)

    def told(size: int) -> str:
        return formatting.size(size, "en") if tally.sized else "-"

    for kind, (files, size) in tally.by_kind().items():
        table.add_row("  " + kind.value, f"{files:,}", told(size), "█" * max(1, _BAR * files // most))
    out.print(table)
    if tally.months:
        out.print(f"  files a month, {tally.oldest} to {tally.newest} (as the pages show it)")
        for line in months_text(tally.months):
            out.print(f"  {line}")
    for claim in reach_of(tally).claims:
        out.print(f"  [red]{claim}[/] (sampled)")
    if tally.words:
        words = ", ".join(f"{category} {count}" for category, count in tally.words.most_common())
        out.print(f"  sensitive words in the names that were sampled: {escape(words)}")
    for path, files, size in surveyed.largest[:5]:
        out.print(f"  {files:>9,} files  {told(size):>10}  {escape(path)}")
    if surveyed.unknown_customers:
        out.print(
            f"  [red]{len(surveyed.unknown_customers)} folders look like customers that nobody declared[/]: "
            + escape(", ".join(surveyed.unknown_customers[:5]))
        )
    if surveyed.new_files is not None:
        out.print(
            f"  since the survey before: {surveyed.new_files:,} more files, {surveyed.new_folders or 0:,} new folders; "
            f"{surveyed.carried:,} folders were not read again"
        )
    _show_breach(out, surveyed, inventory, asset)
    out.print(f"  {surveyed.asks:,} requests, {surveyed.seconds:.1f} s")


def _show_breach(out: Console, surveyed: SurveyResult, inventory: Inventory | None, asset: str) -> None:
    declared = inventory.find_asset(asset) if inventory is not None else None
    if inventory is None or declared is None:
        return
    for contract in inventory.contract_chain(declared):
        days = contract.promises.retention_days
        broken = breaches(surveyed.tally, days, datetime.now(UTC)) if days is not None else 0
        if broken:
            out.print(
                f"  [red]contract {escape(contract.id)} is broken[/]: data must be gone after {days} days, and "
                f"at least {broken:,} files are older"
            )
