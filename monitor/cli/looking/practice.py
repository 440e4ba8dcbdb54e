"""`leftopen practice`: the practice organisation on loopback, watched by the service that watches a real one."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from monitor.alerts.queue.outbox import Outbox
from monitor.cli import console
from monitor.cli.messages.sending import outbox
from monitor.cli.opening import BLIND, NOTHING_OPEN, OPEN, database_path, load_inventory, open_ledger, run_to_end
from monitor.cli.text.rounds import show_round
from monitor.cli.text.surveys import survey_words
from monitor.findings.reach.tally import SurveyResult
from monitor.inventory.load import Checked
from monitor.inventory.model.installation.web import WebRole
from monitor.inventory.model.inventory import Inventory
from monitor.practice.inbox import Letter
from monitor.practice.organisation import CannotStart, Practice
from monitor.practice.sites import KINDS
from monitor.service.application import Application, Round
from monitor.service.watch import Watch
from monitor.store.access.access_file import NAME, AccessFile
from monitor.store.ledger import LedgerUnusable
from monitor.store.tables import actions
from monitor.store.thread import LedgerThread

LEDGER = "leftopen.db"
PACKAGED = Path(str(files("monitor.practice"))) / "inventory.yaml"
"""The practice inventory that is installed with the program."""
CLOSED_BY_KEY = ("call-recorder", *(name for name, kind in KINDS.items() if kind.mended))
"""The sites that the keys close or mend, and open again."""
LASTS = timedelta(minutes=10)
"""How long a link to the dashboard is good for."""
_KEYS = (
    "Press c to close the recorder and mend the e-services, roles, log and letters (in about a minute they are told as "
    "fixed; letters with the next dispatch), o to open them again, Ctrl-C to end."
)


@click.command()
@click.argument("inventory", type=click.Path(path_type=Path), required=False)
@click.option("--database", metavar="FILE", help="Continue with this ledger. Default: a new one in var/practice/.")
@click.option(
    "--rounds", type=click.IntRange(min=1), help="Stop after this number of rounds. Default: run until Ctrl-C."
)
def practice(inventory: Path | None, database: str | None, rounds: int | None) -> None:
    """Start a practice organisation on this computer, watch it, and show the messages.

    It uses loopback addresses only. It runs until you stop it. After the first look it prints a line only when
    something changes.
    """
    inventory = inventory or PACKAGED
    checked = load_inventory(inventory)
    path = Path(database) if database else fresh(database_path(None).with_name("practice"))
    sys.exit(run_to_end(_practise(checked, inventory, open_ledger(str(path)), rounds)))


def fresh(folder: Path) -> Path:
    """The path of a ledger that is not there, in a folder of its own: what is left of an earlier practice is deleted,
    and with it who could sign in to it."""
    for name in (LEDGER, NAME):
        for old in folder.glob(f"{name}*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    return folder / LEDGER


async def _practise(checked: Checked, inventory: Path, ledger: LedgerThread, rounds: int | None) -> int:
    """Serve the practice organisation, watch it until interrupted (or for so many rounds), and show who is told.

    Returns the exit code: 2 when it could not start; 0 when it was interrupted; after `rounds` rounds 1 when something
    is open, 3 when the last one was blind, else 0.
    """
    out = console.out()
    try:
        async with Practice(checked.inventory, _now, on_message=lambda letter: _show_letter(out, letter)) as practice:
            out.print("[bold]The practice organisation[/] is up, on this machine alone:")
            for site in practice.sites:
                where = ", ".join(f"[{a}]" if ":" in a else a for a in site.addresses)
                out.print(f"  {site.name:<20} {where} port {site.port}: {escape(site.right)}", soft_wrap=True)
            environ = {**os.environ, **practice.environment()}
            sends = outbox(checked, ledger, environ=environ)
            return await _watch(out, practice, checked, inventory, ledger, sends, rounds, environ)
    except CannotStart as error:
        console.talk().print(f"{escape(str(error))}\nIs the practice running already, in another terminal?")
        return 2
    finally:
        ledger.close()


async def _watch(
    out: Console,
    practice: Practice,
    checked: Checked,
    inventory: Path,
    ledger: LedgerThread,
    sends: Outbox,
    rounds: int | None,
    environ: Mapping[str, str],
) -> int:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    done_rounds: list[Round] = []
    program = Path(sys.executable).with_name("leftopen")

    def on_round(done: Round) -> None:
        # A small round that begins while the first one goes on may end before it: the first screen shows everything.
        if not done_rounds and len(done.assets) < len(checked.inventory.assets):
            return
        if not done_rounds or done.blind or done.changed:
            out.print()
            show_round(out, done)
        if not done_rounds:
            out.print(f"[dim]The rounds go on; from now on a line is printed only when something changes.\n{_KEYS}[/]")
            for words in ("findings", "show ID", f"status {inventory}"):
                out.print(f"[dim]In a second terminal: {program} {words} --database {ledger.path}[/]", soft_wrap=True)
            showdashboard_lines()
        done_rounds.append(done)
        if rounds is not None and len(done_rounds) >= rounds:
            stop.set()

    def showdashboard_lines() -> None:
        for line in dashboard_lines(checked.inventory, ledger.path, served=watch.serves_web):
            out.print(line, markup=False, soft_wrap=True)

    def on_survey(surveyed: SurveyResult) -> None:
        out.print(f"[bold]measured {surveyed.finding}[/]: {escape(survey_words(surveyed))}")

    def on_key(key: str) -> None:
        if key == "c":
            for name in CLOSED_BY_KEY:
                practice.shut(name)
            out.print(f"[green]closed or mended[/]: {', '.join(CLOSED_BY_KEY)}")
        elif key == "o":
            for name in CLOSED_BY_KEY:
                practice.open_again(name)
            out.print(f"[red]open again[/]: {', '.join(CLOSED_BY_KEY)}")

    with keys(on_key):
        async with Application(checked.inventory, ledger, environ=environ) as app:
            watch = Watch(app, sends, inventory, stop, on_round=on_round, on_survey=on_survey)
            await watch.run()
    await sends.drain_once()
    if rounds is None:
        out.print(
            f"Stopped. What was found stays in {ledger.path}: {program} findings --database {ledger.path}",
            soft_wrap=True,
        )
        return NOTHING_OPEN
    if done_rounds and done_rounds[-1].blind:
        return BLIND
    return OPEN if await ledger(actions.still_open) else NOTHING_OPEN


def dashboard_lines(inventory: Inventory, database: Path, *, served: bool) -> list[str]:
    """Where the dashboard is: a link as the region, and one as a vendor, so that both scopes are seen."""
    if inventory.web is None:
        return []
    if not served:
        return [f"The dashboard is not served: {inventory.web.listen} is taken. Everything else goes on."]
    own = inventory.own_parties()
    parties = [one for one in inventory.parties if one.id in own][:1]
    vendors = [one for one in inventory.parties if one.id not in own][:1]
    people = [*((one, WebRole.APPROVER) for one in parties), *((one, WebRole.VIEWER) for one in vendors)]
    lines = ["", f"The dashboard. Each link signs one person in, once, within {LASTS.seconds // 60} minutes:"]
    try:
        file = AccessFile(database)
    except LedgerUnusable as error:
        return [f"The dashboard is served, but nobody can be invited: {error}"]
    for party, role in people:
        secret = file.invite(party.name, role.value, party.id, _now(), LASTS)
        lines.append(f"  as {role.value} of {party.name}: {inventory.web.url.rstrip('/')}/invite/{secret}")
    file.close()
    return [
        *lines,
        "Use a private window for the second. Another link: leftopen web invite --help.",
        "",
    ]


@contextmanager
def keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Hear single keys while the practice runs. Where there is no terminal, none is heard."""
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    loop = asyncio.get_running_loop()
    try:
        tty.setcbreak(terminal)
        loop.add_reader(terminal, lambda: pressed(os.read(terminal, 1).decode("ascii", "replace").lower()))
        yield
    finally:
        loop.remove_reader(terminal)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _show_letter(out: Console, letter: Letter) -> None:
    out.print(f"[bold magenta]told {escape(letter.channel)}[/]: {escape(letter.title)}")


def _now() -> datetime:
    return datetime.now(UTC)
