"""Opens the inventory and the ledger for a command, and ends it with the right exit code."""

from __future__ import annotations

import logging
import os
import resource
import sys
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from monitor.cli.main import collect_rarely
from monitor.findings.finding import State, parse_finding_id
from monitor.store.encryption import KeyUnusable
from monitor.store.ledger import Ledger, LedgerUnusable
from monitor.store.thread import LedgerThread

if TYPE_CHECKING:
    from monitor.inventory.load import Checked
    from monitor.inventory.model.inventory import Inventory

NOTHING_OPEN, OPEN, WRONG, BLIND = 0, 1, 2, 3
"""The exit codes."""
_FEWEST_FILES = 64
"""Files and connections without which no round can be made: the event loop ends the process when it gets none."""


def database_path(chosen: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the ledger lies: as chosen, else in systemd's state directory, else in `var/` here."""
    if chosen:
        return Path(chosen)
    return Path(environ.get("STATE_DIRECTORY", "var").partition(":")[0]) / "leftopen.db"


def default_inventory() -> str:
    """The inventory when none is named: inventory.yaml; where that is not here, leftopen.yaml, which `init` writes."""
    written = Path("leftopen.yaml")
    return written.name if written.exists() and not Path("inventory.yaml").exists() else "inventory.yaml"


def load_inventory(path: Path, quiet: bool = False, each: bool = False) -> Checked:
    """The inventory; its problems end the program with code 2. Its warnings are counted, or with `each` all said."""
    # What only reads the ledger does not wait for the inventory's model to be imported: a quarter of its start.
    from monitor.inventory.load import Problems, check

    if not path.exists():
        fail(f"there is no {path} here: name one, or make one with leftopen init")
    try:
        checked = check(path, datetime.now(UTC).date())
    except Problems as problems:
        fail(str(problems))
    if each:
        for warning in checked.warnings:
            say = f"{warning.where(Path(path.name))}: {warning.text}"
            click.echo(f"{click.style('warning', fg='yellow')} {say}", err=True)
    elif checked.warnings and not quiet:
        many = len(checked.warnings)
        click.echo(f"{many} warning{'s' * (many != 1)} about {path.name}: leftopen check {path}", err=True)
    return checked


def in_chain(inventory: Inventory, asset_id: str, party: str | None, contract: str | None) -> bool:
    """Whether an asset is in the chain of a party and under a contract; a word that is not given is no condition.

    Words that the inventory does not know end the program with code 2.
    """
    for word, known in ((party, inventory.parties), (contract, inventory.contracts)):
        if word is not None and word not in {one.id for one in known}:
            what = "party" if known is inventory.parties else "contract"
            fail(f"no {what} {word!r} in the inventory (known: {', '.join(one.id for one in known) or 'none'})")
    asset = inventory.find_asset(asset_id)
    if asset is None:
        return party is None and contract is None
    mine = party is None or party in {one.id for one in inventory.chain(asset)}
    return mine and (contract is None or contract in {one.id for one in inventory.contract_chain(asset)})


def open_ledger(database: str | None) -> LedgerThread:
    """The ledger, made when there is none; what is wrong with it ends the program with code 2."""
    try:
        return LedgerThread(database_path(database))
    except (LedgerUnusable, KeyUnusable) as error:
        fail(str(error))


class Reading:
    """`with Reading(database) as ledger`: the ledger for a command that only reads.

    A missing one is an error with its way out, not an empty file.
    """

    def __init__(self, database: str | None) -> None:
        path = database_path(database)
        if not path.exists():
            fail(f"there is no ledger {path} yet: `leftopen run INVENTORY` makes it, --database names another")
        try:
            self._ledger = Ledger(path)
        except (LedgerUnusable, KeyUnusable) as error:
            fail(str(error))

    def __enter__(self) -> Ledger:
        return self._ledger

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, *_: object) -> None:
        said = str(error) if isinstance(error, LedgerUnusable) else ""
        with suppress(LedgerUnusable):
            said = _set_aside(self._ledger, error) or said
            self._ledger.close()
        if said:
            click.echo(said, err=True)
            sys.exit(BLIND)


def _set_aside(ledger: Ledger, error: BaseException | None) -> str:
    """What to say where a command failed at damaged rows, which are set aside now; empty: there are none."""
    if not isinstance(error, Exception):
        return ""
    from monitor.store.damage import damaged_rows

    found = damaged_rows.set_aside_after(error, ledger, datetime.now(UTC))
    return f"{found} damaged rows of {ledger.path} were found, kept and set aside: ask again" if found else ""


def run_to_end(work: Coroutine[Any, Any, int]) -> int:
    """Run the work and bring back its exit code; an unusable ledger is code 3, and so is a bug of ours: a traceback
    must not look like `something is open`."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < _FEWEST_FILES:
        work.close()
        fail(f"leftopen may open {most} files at once, and needs {_FEWEST_FILES}: raise the limit (ulimit -n 1024)")
    collect_rarely()
    # Most commands need no event loop.
    import uvloop

    try:
        return uvloop.run(work)
    except (LedgerUnusable, KeyUnusable) as error:
        click.echo(str(error), err=True)
        return BLIND
    except KeyboardInterrupt:
        # What was broken off has not judged everything: that must not look well.
        return BLIND
    except Exception:
        logging.getLogger("leftopen").exception("the command failed; that is a bug of ours")
        return BLIND


def fail(text: str) -> NoReturn:
    """Say what is wrong with the words or the files that were given, and end with code 2."""
    click.echo(text, err=True)
    sys.exit(WRONG)


def wanted_finding(id_: str, ledger: Ledger) -> str:
    """The id of a finding in its normal form; words that are no id end the program with code 2."""
    wanted = parse_finding_id(id_, bare=True)
    if wanted is not None:
        return wanted
    of_asset = [one.id for one in ledger.findings(assets=[id_.strip()]) if one.state is not State.CLEARED]
    if of_asset:
        fail(f"{id_!r} is an asset: its findings are {', '.join(of_asset)}")
    fail(
        f"there is no finding {id_!r} (ids look like LO-TDE55YEECK; a mistyped letter is noticed): "
        "`leftopen findings --all` lists them"
    )


def no_finding(id_: str, ledger: Ledger) -> NoReturn:
    """Say that the ledger holds no such finding, and end with code 2."""
    fail(f"no finding {id_} in {ledger.path}. `leftopen findings --all` lists them")
