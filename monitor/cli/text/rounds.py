"""A round for people: what is open first, then what could not be seen, then what is closed."""

from __future__ import annotations

from collections import defaultdict

from rich.console import Console
from rich.markup import escape

from monitor.alerts.messages.text.reason import code_and_why, fact_text, how_text, reason_text
from monitor.cli import console
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Cause, OpenByIntent
from monitor.rounds.batch.lines import Line
from monitor.service.application import Round
from probes.facts import Fact
from probes.reasons import OpenReason

_MOST_CLEAR = 200
"""Assets that are clear and named."""


def show_round(out: Console, done: Round) -> None:
    """A round for people: what is open first, then what could not be seen, then what is closed."""
    if done.blind is not None:
        reason = escape(reason_text(done.blind, "en"))
        out.print(f"[bold red]BLIND[/]: round {done.id} decided nothing. {reason}")
        return
    places: dict[tuple[str, str], list[Line]] = defaultdict(list)
    seen = done.recorded.seen
    for line in seen.open:
        places[line.asset, str(line.verdict.place)].append(line)
    for (asset, place), lines in places.items():
        _show_exposed(out, asset, place, lines)
    if seen.unknown:
        out.print("[yellow]Unknown[/] (not green: no verdict was possible)")
        for asset, reasons in sorted(seen.unknown.items()):
            out.print(f"  {asset}: " + "; ".join(_unseen(why, count) for why, count in reasons.most_common()))
    if any(seen.clear.values()):
        clear = [(asset, count) for asset, count in sorted(seen.clear.items()) if count]
        said = ", ".join(f"{asset} ({count})" for asset, count in clear[:_MOST_CLEAR])
        more = len(clear) - _MOST_CLEAR
        # Of ten thousand names nobody reads one, and a service would write them for a third of a second.
        out.print(f"[green]Clear[/] {said}" + (f", and {console.counted(more, 'asset')} more" if more > 0 else ""))
    seconds = (done.ended - done.started).total_seconds()
    out.print(
        f"round {done.id}: {console.counted(len(done.assets), 'asset')}, {console.counted(seen.places, 'place')}, "
        f"{console.counted(done.asks, 'request')}, {seconds:.1f} s"
    )


def _unseen(why: str, count: int) -> str:
    """How many places have no verdict, the word of docs/operations.md, and what it means."""
    return f"{count} x {code_and_why(why, 'en')}"


def _at(line: Line) -> str:
    """`name at address`: written with an `@` between them they would look like a user and a password."""
    return line.target.replace("@", " at ")


def _fact(fact: Fact) -> str:
    """A fact in words, with the product or place that it names."""
    words = fact_text(fact, "en")
    if words is None:
        return str(fact)
    return f"{words} ({fact.detail})" if fact.detail else words


def _show_exposed(out: Console, asset: str, place: str, lines: list[Line]) -> None:
    """One open place, with every endpoint at which it was seen."""
    first = lines[0]
    by_intent = first.note is Cause.OPEN_INSIDE or isinstance(first.note, OpenByIntent)
    word = "[yellow]OPEN BY INTENT[/]" if by_intent else "[bold red]EXPOSED[/]"
    out.print(f"{word} [bold]{escape(asset)}[/]  {escape(place)}")
    if first.verdict.why is OpenReason.INDEX_OFF_FILES_OPEN:
        out.print("        [bold red]HALF FIXED[/]: the listing is off, and the files still answer: close them too")
    much = console.extent_words(first.extent or Extent())
    said = [how_text(first.verdict.why, "en"), *([much] if much else [])]
    said += map(_fact, first.verdict.facts)
    said += dict.fromkeys(
        f"{_at(line)}: {console.check_words(line.verdict.checks)}" for line in lines if line.verdict.checks
    )
    said.append("seen at " + ", ".join(dict.fromkeys(map(_at, lines))))
    note = reason_text(first.note, "en")
    said.append(f"{first.finding}: {note}" if first.finding else note)
    for words in said:
        out.print(f"        {escape(words)}")
