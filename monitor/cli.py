"""The command line: words to calls, and what came of them to exit codes.

0: nothing is open. 1: something is. 2: the words or the inventory are wrong. 3: we could not see, or could not tell.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
import uvloop
from rich.markup import escape

from monitor.alert.deliver import OwnProcess
from monitor.alert.message import owed_drill
from monitor.alert.outbox import Drained, Outbox, Tried
from monitor.app import OPEN_STATES, Application, database_path
from monitor.commands import console, health
from monitor.commands import recognise as recognising
from monitor.commands.check import cost_json, show_costs
from monitor.commands.practice import practise
from monitor.inventory.load import Checked, Problems, check
from monitor.inventory.schema import schema
from monitor.judge.finding import is_finding_id
from monitor.recorder import LedgerThread
from monitor.store import queries
from monitor.store.dues import Outcome
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.seal import KeyUnusable
from monitor.watch import Watch
from probes.registry import PROBES

T = TypeVar("T")

NOTHING_OPEN, OPEN, WRONG, BLIND = 0, 1, 2, 3

inventory_argument = click.argument("inventory", type=click.Path(path_type=Path), default="inventory.yaml")
database_option = click.option(
    "--database",
    metavar="FILE",
    help="The ledger. Default: leftopen.db in $STATE_DIRECTORY, else in ./var.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="leftopen")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr of what is being done.")
def main(verbose: bool) -> None:
    """Watch what an organisation declares, from outside and anonymously: prove what is left open, tell who must act.

    Exit codes: 0 nothing is open, 1 something is, 2 wrong usage or inventory, 3 blind.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


@main.command("check")
@inventory_argument
@json_option
@click.option(
    "--schema", "print_schema", is_flag=True, help="Print the inventory's JSON Schema, for editors, and stop."
)
def check_command(inventory: Path, as_json: bool, print_schema: bool) -> None:
    """Say every problem of an inventory with its line; then what would be looked at, how often and at what cost.

    Nothing is asked of anybody.
    """
    if print_schema:
        click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
        return
    checked = _load(inventory)
    if as_json:
        click.echo(json.dumps(cost_json(checked), ensure_ascii=False, indent=2))
    else:
        show_costs(console.out(), checked)


@main.command()
@inventory_argument
@database_option
@json_option
@click.option("--asset", "assets", multiple=True, metavar="ID", help="Look at this asset alone; may be repeated.")
@click.option("--no-alerts", is_flag=True, help="Leave the messages that are owed in the outbox.")
def run(inventory: Path, database: str | None, as_json: bool, assets: tuple[str, ...], no_alerts: bool) -> None:
    """Look once, now, at everything (or at the assets named); record, decide, and tell who must be told.

    With --json a line is printed for each place as soon as it is recorded.
    """
    checked = _load(inventory)
    known = {asset.id for asset in checked.inventory.assets}
    strangers = [asset for asset in assets if asset not in known]
    if strangers:
        _fail(f"no asset {strangers[0]!r} in {inventory} (known: {', '.join(sorted(known))})")
    sys.exit(_run(_one_round(checked, _open(database), as_json, assets or None, not no_alerts)))


async def _one_round(
    checked: Checked, ledger: LedgerThread, as_json: bool, assets: tuple[str, ...] | None, tell: bool
) -> int:
    try:
        async with Application(checked.inventory, ledger) as app:
            with console.progress() as bar:
                task = bar.add_task("looking", total=None)
                done = await app.round(
                    assets,
                    on_line=(lambda line: click.echo(console.line_json(line))) if as_json else None,
                    on_progress=lambda taken, total: bar.update(task, completed=taken, total=total),
                )
            if not as_json:
                console.show_round(console.out(), done)
            elif done.blind:
                console.talk().print(f"BLIND: {done.blind}")
            if tell:
                drained = await _outbox(checked, ledger).drain_once()
                _say_told(drained)
            if done.blind:
                return BLIND
            still_open = await ledger(lambda led: led.findings(states=OPEN_STATES))
            return OPEN if still_open else NOTHING_OPEN
    finally:
        ledger.close()


@main.command()
@inventory_argument
@database_option
def watch(inventory: Path, database: str | None) -> None:
    """The service: look at every asset in its own rhythm, for ever; tell, and try again until a provider accepts.

    It reads the inventory anew when the file changes. SIGTERM or Ctrl-C stops it; what is owed stays on file.
    """
    checked = _load(inventory)
    sys.exit(_run(_watch(checked, inventory, _open(database))))


async def _watch(checked: Checked, inventory: Path, ledger: LedgerThread) -> int:
    try:
        async with Application(checked.inventory, ledger) as app:
            stop = asyncio.Event()
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, stop.set)
            talk = console.talk()
            outbox = _outbox(checked, ledger, heard=_say_tried)
            await Watch(app, outbox, inventory, stop, on_round=lambda done: console.show_round(talk, done)).run()
            return NOTHING_OPEN
    finally:
        ledger.close()


@main.command()
@database_option
@json_option
@click.option("--all", "everything", is_flag=True, help="Also what is cleared or only suspected.")
def findings(database: str | None, as_json: bool, everything: bool) -> None:
    """What is open, since when and how far it reaches; worst first. Exit code 1 when anything is."""
    with _reading(database) as ledger:
        every = ledger.findings()
    still_open = [finding for finding in every if finding.state.value in OPEN_STATES]
    shown = every if everything else tuple(still_open)
    now = datetime.now(UTC)
    if as_json:
        for finding in shown:
            click.echo(json.dumps(console.finding_json(finding, now), ensure_ascii=False))
    elif shown:
        console.show_findings(console.out(), shown, now)
    else:
        console.talk().print("nothing is open" + ("" if everything else " (--all shows what was)"))
    sys.exit(OPEN if still_open else NOTHING_OPEN)


@main.command()
@click.argument("id_", metavar="ID")
@database_option
@json_option
def show(id_: str, database: str | None, as_json: bool) -> None:
    """One finding, whole: what, since when, how far, how it was proven, its life, and who was told."""
    wanted = id_.strip().upper()
    wanted = wanted if wanted.startswith("LO-") else f"LO-{wanted}"
    if not is_finding_id(wanted):
        _fail(f"{id_!r} is no finding's id: its check character does not fit. `leftopen findings --all` lists them")
    with _reading(database) as ledger:
        finding = ledger.finding(wanted)
        if finding is None:
            _fail(f"no finding {wanted} in {ledger.path}. `leftopen findings --all` lists them")
        life = queries.changes(ledger, wanted)
        told = queries.told(ledger, wanted)
        proofs = queries.evidence(ledger, wanted)
    now = datetime.now(UTC)
    if not as_json:
        console.show_finding(console.out(), finding, life, told, proofs, now)
        return
    value = console.finding_json(finding, now)
    value["changes"] = [
        {"sequence": c.sequence, "step": c.step.value, "at": c.at.isoformat(), "reason": c.reason} for c in life
    ]
    value["told"] = [
        {
            "sequence": t.sequence,
            "step": t.step,
            "channel": t.channel,
            "party": t.party,
            "state": t.state,
            "tries": t.tries,
            "accepted": t.accepted and t.accepted.isoformat(),
        }
        for t in told
    ]
    value["evidence"] = list(proofs)
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


@main.command()
@json_option
def probes(as_json: bool) -> None:
    """The catalogue: every way of looking that there is."""
    for probe in PROBES:
        text = " ".join((probe.look.__doc__ or "").split())
        if as_json:
            click.echo(json.dumps({"name": probe.name, "says": probe.says, "how": text}))
        else:
            console.out().print(f"[bold]{probe.name}[/]\n  {escape(probe.says)}\n  {escape(text)}")


@main.command()
@inventory_argument
@database_option
@click.option("--test", "channel", required=True, metavar="CHANNEL", help="The channel to send a drill to.")
def alert(inventory: Path, database: str | None, channel: str) -> None:
    """A drill through the real path: put on file, sent by a process of its own, marked. Says what the provider said."""
    checked = _load(inventory)
    known = [c.id for c in checked.inventory.channels]
    if channel not in known:
        _fail(f"no channel {channel!r} in {inventory} (known: {', '.join(known) or 'none'})")
    sys.exit(_run(_drill(checked, _open(database), channel)))


async def _drill(checked: Checked, ledger: LedgerThread, channel: str) -> int:
    try:
        owed = owed_drill(checked.inventory.channel(channel), checked.inventory, datetime.now(UTC))
        await ledger(lambda led: led.owe(owed, datetime.now(UTC)))
        drained = await _outbox(checked, ledger).drain_once({one.key for one in owed})
        _say_told(drained)
        return NOTHING_OPEN if drained.tried and not drained.failed else BLIND
    finally:
        ledger.close()


@main.command("health")
@inventory_argument
@database_option
@json_option
def health_command(inventory: Path, database: str | None, as_json: bool) -> None:
    """Can we see, can we tell: blind rounds, late assets, places without a verdict, messages that were not accepted.

    Exit code 0 when all is well, 3 when something is not.
    """
    checked = _load(inventory, quiet=True)
    with _reading(database) as ledger:
        report = health.examine(ledger, checked.inventory, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        report.show(console.out())
    sys.exit(NOTHING_OPEN if report.well else BLIND)


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--url", default="http://localhost/", show_default=True, help="The URL that the page was got from.")
@click.option("--lines", is_flag=True, help='Read JSON lines {"file":..., "url":...} on stdin; answer a line each.')
def recognise(file: Path | None, url: str, lines: bool) -> None:
    """Say what a saved page is, and why: its family, entries and sizes, or the reason why it is no listing, as JSON.

    Nothing is asked of anybody. The answer holds the names that stand in the page.
    """
    if lines == (file is not None):
        _fail("name one FILE, or give --lines and write to stdin")
    if lines:
        sys.exit(recognising.lines(sys.stdin, sys.stdout))
    assert file is not None  # noqa: S101  one of the two was given
    try:
        answer = recognising.page(file, url)
    except OSError as error:
        _fail(f"{file}: {error.strerror}")
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


@main.command()
@inventory_argument
@database_option
@click.option("--rounds", type=click.IntRange(min=1), help="Stop after so many rounds, instead of at Ctrl-C.")
def practice(inventory: Path, database: str | None, rounds: int | None) -> None:
    """Start the practice organisation on loopback with things left open, watch it, and show who is told.

    It serves and asks nothing but loopback addresses, and stays up until it is interrupted.
    """
    checked = _load(inventory)
    sys.exit(_run(practise(checked, inventory, _open(database), rounds, _outbox)))


# -- what the commands share


def _load(path: Path, quiet: bool = False) -> Checked:
    try:
        checked = check(path, datetime.now(UTC).date())
    except Problems as problems:
        _fail(str(problems))
    if not quiet:
        for warning in checked.warnings:
            console.talk().print(f"[yellow]warning[/] {escape(f'{path.name}:{warning.line}: {warning.text}')}")
    return checked


def _open(database: str | None) -> LedgerThread:
    try:
        return LedgerThread(database_path(database))
    except (LedgerUnusable, KeyUnusable) as error:
        _fail(str(error))


class _reading:  # noqa: N801  used as a function: `with _reading(path) as ledger`
    """The ledger for a command that only reads; a missing one is an error with its way out, not an empty file."""

    def __init__(self, database: str | None) -> None:
        path = database_path(database)
        if not path.exists():
            _fail(f"there is no ledger {path} yet: `leftopen run INVENTORY` makes it, --database names another")
        try:
            self._ledger = Ledger(path)
        except (LedgerUnusable, KeyUnusable) as error:
            _fail(str(error))

    def __enter__(self) -> Ledger:
        return self._ledger

    def __exit__(self, *_: object) -> None:
        self._ledger.close()


def _outbox(
    checked: Checked,
    ledger: LedgerThread,
    *,
    environ: Mapping[str, str] = os.environ,
    heard: Callable[[Tried], None] | None = None,
) -> Outbox:
    # What paging services must remember (which alert a "resolved" closes) lies beside the ledger.
    return Outbox(
        ledger,
        checked.inventory,
        lambda: datetime.now(UTC),
        OwnProcess(),
        environ=environ,
        storage=ledger.path.with_name("channels"),
        heard=heard or _say_nothing,
    )


def _say_nothing(_: Tried) -> None:
    """The caller says it by itself, when all tries are through."""


def _say_told(drained: Drained) -> None:
    for tried in drained.tried:
        _say_tried(tried)


def _say_tried(tried: Tried) -> None:
    talk = console.talk()
    if tried.outcome is Outcome.ACCEPTED:
        talk.print(f"told [bold]{escape(tried.channel)}[/] ({escape(tried.key)})")
    else:
        again = f"; again at {tried.again:%H:%M:%S}Z" if tried.again else ""
        talk.print(
            f"[red]not told[/] {escape(tried.channel)} ({escape(tried.key)}): {tried.outcome.value}, "
            f"{escape(tried.reason)}{again}"
        )


def _run(work: Coroutine[Any, Any, int]) -> int:
    try:
        return uvloop.run(work)
    except (LedgerUnusable, KeyUnusable) as error:
        console.talk().print(escape(str(error)))
        return BLIND
    except KeyboardInterrupt:
        return NOTHING_OPEN


def _fail(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(WRONG)
