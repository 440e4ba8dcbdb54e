"""`leftopen verify`: a bundle is checked offline, by the same file that others can run alone."""

from __future__ import annotations

import sys
import zipfile
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

    `leftopen verify BUNDLE ... --timestamps AUTHORITY` also reads the time stamps (RFC 3161) in the bundle, by the
    certificate (PEM) of the service that made them; code 1 if one is wrong, 3 if there is none.

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
    if "--timestamps" in arguments[1:-1]:
        at = arguments.index("--timestamps")
        _stamped(Path(arguments[0]), Path(arguments[at + 1]), [*arguments[:at], *arguments[at + 2 :]])
    sys.exit(leftopen_verify.main(list(arguments)))


def _stamped(bundle: Path, authority: Path, rest: list[str]) -> NoReturn:
    """Verify the bundle, then each stamp on one of its checkpoints."""
    from monitor.proof.log.timestamp import BadStamp, time_of

    code, found = leftopen_verify.main(rest), 0
    if code == leftopen_verify.BROKEN:
        sys.exit(code)
    try:
        vouches = authority.read_bytes()
        with zipfile.ZipFile(bundle) as archive:
            for name in sorted(one for one in archive.namelist() if one.endswith(".tsr")):
                number = Path(name).stem
                note = leftopen_verify.Note.parse(archive.read(f"checkpoints/{number}.note"))
                at = time_of(note.body, archive.read(name), vouches)
                click.echo(f"stamped: {int(number)} records at {at:%Y-%m-%d %H:%M:%S} UTC")
                found += 1
    except (BadStamp, KeyError) as error:
        click.echo(f"BROKEN\na time stamp is wrong: {error}")
        sys.exit(leftopen_verify.BROKEN)
    except OSError as error:
        fail(str(error))
    if not found:
        click.echo("INCOMPLETE\nno checkpoint is stamped")
    sys.exit(code if found else code or leftopen_verify.INCOMPLETE)


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
