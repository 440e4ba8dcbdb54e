"""`leftopen verify`: a bundle is checked offline, by the same file that others can run alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from monitor.cli.opening import NOTHING_OPEN, Reading, fail
from monitor.proof import leftopen_verify
from monitor.proof.log.database import MOST, compare


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify(arguments: tuple[str, ...]) -> None:
    """Verify a bundle without a network: leftopen verify BUNDLE --policy FILE.

    Options: --kept PATH, --max-gap SECONDS, --min-coverage PERCENT. It checks signatures, tree, sequence, times, slots,
    revealed parts and the claims of the bundle, and prints what it does not prove. Exit codes: 0 verified, 1 broken,
    2 wrong use, 3 incomplete, 4 verified, but promises were missed.

    `leftopen verify --database [FILE]` compares the ledger with its own log and names a changed row (code 1).
    Code 3: the list of who read what is not the one of that time.
    `leftopen verify --save FILE` writes the verifier as one file that works without leftopen.
    """
    if arguments and arguments[0] == "--database" and len(arguments) <= 2:
        _database(arguments[1] if len(arguments) == 2 else None)
    if len(arguments) == 2 and arguments[0] == "--save":
        target = Path(arguments[1])
        if target.exists():
            fail(f"{target} exists already: name another file")
        target.write_bytes(Path(leftopen_verify.__file__).read_bytes())
        click.echo(f"wrote {target}: run it with python3 {target.name} BUNDLE --policy FILE", err=True)
        sys.exit(NOTHING_OPEN)
    sys.exit(leftopen_verify.main(list(arguments)))


def _database(database: str | None) -> NoReturn:
    with Reading(database) as ledger:
        compared = compare(ledger)
    for difference in compared.differences:
        click.echo(f"DIFFERS {difference}")
    said = f"{compared.records} records, {compared.parts} private parts and {compared.rows} rows compared"
    if compared.erased:
        said += f" ({compared.erased} looks were erased: they can only be counted)"
    if compared.differences:
        more = " or more" if len(compared.differences) == MOST else ""
        click.echo(f"{said}: {len(compared.differences)}{more} differences", err=True)
        sys.exit(leftopen_verify.BROKEN)
    if compared.missing:
        click.echo(f"{said}: the ledger is what its log says, but {compared.missing}", err=True)
        sys.exit(leftopen_verify.INCOMPLETE)
    click.echo(f"{said}: the ledger is what its log says", err=True)
    sys.exit(NOTHING_OPEN)
