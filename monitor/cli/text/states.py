"""The state of each asset for people: what is not green is said, and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from monitor.alerts.messages.text.reason import counted_whys
from monitor.alerts.queue.send_conditions import UNCONFIRMED
from monitor.coverage.asset_state import AssetState, AssetStatus
from monitor.coverage.states import summary
from monitor.store.messages.untold import Untold

COLOURS = {AssetStatus.OPEN: "bold red", AssetStatus.CLOSED: "green"}


def not_declared(to: str) -> str:
    """What is said of an origin to which a redirect leads, and which the inventory does not name."""
    return f"leads to {to}, not declared"


def show_states(out: Console, states: Sequence[AssetState], nobody: Sequence[Untold], inventory: Path) -> None:
    """Each asset that has no whole verdict with its reason, each finding that nobody was told of, and the sum."""
    for one in states:
        if not one.judged:
            since = f" since {one.since:%Y-%m-%d %H:%M}Z" if one.since else ""
            many = f" {one.unknown_places} place{'s' * (one.unknown_places != 1)}:" if one.unknown_places else ""
            places = many if one.status in (AssetStatus.PARTLY_SEEN, AssetStatus.OPEN) else ""
            word = "OPEN, AND NOT WHOLLY JUDGED" if one.status is AssetStatus.OPEN else one.status.value.upper()
            out.print(f"[yellow]{word}[/] {escape(one.asset)}{since}:{places} {escape(counted_whys(one.why, 'en'))}")
    for one in states:
        for to in one.leads_to:
            out.print(f"{escape(one.asset)} {escape(not_declared(to))}")
    for lost in nobody:
        where = f" (channel {lost.channel})" if lost.channel else ""
        out.print(f"[bold red]NOBODY WAS TOLD[/] of {lost.finding} on {escape(lost.asset)}{where}: {escape(lost.why)}")
    if nobody:
        file = escape(shlex.quote(str(inventory)))
        unasked = {lost.channel for lost in nobody if lost.channel and lost.why.startswith(UNCONFIRMED)}
        failing = {lost.channel for lost in nobody if lost.channel} - unasked
        todo = [f"leftopen confirm {channel} {file}" for channel in sorted(unasked)]
        todo += [f"mend {one} in {file}, then: leftopen alert {file} --test {one}" for one in sorted(failing)]
        if not todo:
            todo = [f"give its parties a channel in the inventory, then: leftopen alert {file} --test CHANNEL"]
        out.print("  " + "; ".join(todo))
    out.print(summary(states))
