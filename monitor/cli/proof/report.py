"""`leftopen report`: a month of one party, for people who read no command line."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import click

from monitor.alerts.messages.catalogue import sentences
from monitor.alerts.routing.recipients import Language
from monitor.cli import console
from monitor.cli.actions.record import when
from monitor.cli.findings.case import read_case
from monitor.cli.opening import NOTHING_OPEN, Reading, fail, load_inventory
from monitor.cli.options import database_option, inventory_argument
from monitor.findings.finding import parse_finding_id
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.model.parties import Party
from monitor.reports.as_html import as_html
from monitor.reports.document import Document
from monitor.reports.figures import Figures, figures
from monitor.reports.incident import incident_report
from monitor.reports.negative import negative_report
from monitor.reports.region import region_report
from monitor.reports.seal import sealed
from monitor.reports.vendor import vendor_report
from monitor.store.ledger import Ledger
from monitor.store.looks.days import place_days
from monitor.store.statistics import month_of
from monitor.store.tables import networks, reports


@click.command()
@click.argument("kind", type=click.Choice(["vendor", "region", "negative", "incident"]))
@inventory_argument
@database_option
@click.option("--party", metavar="ID", required=True, help="The party that the report is about, or for.")
@click.option("--month", metavar="YYYY-MM", help="The month, in UTC. Default: the last month that is over.")
@click.option("--finding", metavar="ID", help="Of `incident`: the finding.")
@click.option("--since", metavar="TIME", help="Of `incident`: a supplement, with what is new since then.")
@click.option("--language", type=click.Choice(["en", "sv"]), default="en", show_default=True, help="Its language.")
@click.option(
    "--format", "form", type=click.Choice(["html", "pdf", "json"]), default="html", show_default=True, help="Its form."
)
@click.option("--file", "put_on_file", is_flag=True, help="Put it on file too, and its seal in the evidence log.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file. Default: stdout.")
def report(
    kind: str,
    inventory: Path,
    database: str | None,
    party: str,
    month: str | None,
    finding: str | None,
    since: str | None,
    language: Language,
    form: Literal["html", "pdf", "json"],
    put_on_file: bool,
    out: Path | None,
) -> None:
    """Write a report on one month, or on one incident.

    `vendor`: one party with its promises, coverage, findings, times, and what is not proven; it holds no place of a
    finding. `region`: a row for each party that works for this one. `negative`: place by place what was looked at, and
    first what was not; it names hosts. `incident`: what happened in order of time, who was told, deadlines, logs to
    keep and open questions, for a party of the finding's chain; it goes on where `leftopen draft` ends.

    The figures are counted from the ledger; `leftopen bundle` packs what can be verified offline. With --file the
    report is kept as it is: its party finds it on the dashboard, and the evidence log holds the digest of its content,
    its layout and the program.
    """
    loaded = load_inventory(inventory, quiet=True).inventory
    now = datetime.now(UTC)
    if party not in {one.id for one in loaded.parties}:
        fail(f"the inventory has no party {party!r} (known: {', '.join(one.id for one in loaded.parties)})")
    if (kind == "incident") != (finding is not None) or (since is not None and kind != "incident"):
        fail("--finding is needed for the report on an incident, and --finding and --since are for it alone")
    if finding is not None:
        made = _incident(loaded, database, finding, party, language, since)
        about = parse_finding_id(finding) or finding
    else:
        start, until = _month(month, now)
        about = f"{start:%Y-%m}"
        with Reading(database) as ledger:
            made = _made(kind, ledger, loaded, party, start, until, language, now)
    _write(_formed(made, form, language, now), out)
    console.talk().print(f"SHA-256 of its content: {made.digest}")
    if put_on_file:
        kept = sealed(made, kind, party, about, now)
        with Reading(database) as ledger:
            number = reports.file(ledger, kept, made.value())
        console.talk().print(f"on file as report {number}; its seal in the evidence log: {kept.seal}", markup=False)
    sys.exit(NOTHING_OPEN)


def _month(month: str | None, now: datetime) -> tuple[datetime, datetime]:
    """The month that is asked for; what is wrong with it ends the program with code 2."""
    try:
        start, until = month_of(month or f"{now.replace(day=1) - timedelta(days=1):%Y-%m}")
    except ValueError as error:
        fail(str(error))
    if start >= now:
        fail(f"{start:%Y-%m} has not begun")
    return start, until


def _incident(
    loaded: Inventory, database: str | None, finding: str, party: str, language: Language, since: str | None
) -> Document:
    case = read_case(loaded, database, finding)
    chain = loaded.chain(case.asset)
    who = next((one for one in chain if one.id == party), None)
    if who is None:
        fail(f"{party!r} is not of the asset's chain (known: {', '.join(one.id for one in chain)})")
    try:
        return incident_report(case, loaded, who, language, when(since) if since else None)
    except ValueError as error:
        fail(str(error))


def _made(
    kind: str,
    ledger: Ledger,
    loaded: Inventory,
    party: str,
    since: datetime,
    until: datetime,
    language: Language,
    now: datetime,
) -> Document:
    def of(id_: str) -> Figures:
        return figures(ledger, loaded, id_, since, until, now)

    match kind:
        case "region":
            others = dict.fromkeys(one.processor for one in loaded.contracts if one.processor != party)
            below = [id_ for id_ in others if loaded.party(party) in _above(loaded, id_)]
            return region_report(loaded.party(party).name, [of(id_) for id_ in below], language, now)
        case "negative":
            mine = of(party)
            last = (mine.until - timedelta(microseconds=1)).date()
            days = place_days(ledger, since.date(), last, [asset.id for asset in mine.assets])
            return negative_report(mine, days, loaded.digest, loaded.vantage.network, language, networks.named(ledger))
        case _:
            return vendor_report(of(party), language, now)


def _above(loaded: Inventory, party: str) -> set[Party]:
    """The parties that stand in a chain of contracts together with this one."""
    who = loaded.party(party)
    return {one for asset in loaded.assets if who in (chain := loaded.chain(asset)) for one in chain}


def _formed(made: Document, form: str, language: Language, now: datetime) -> bytes:
    closing = sentences(language, "monitor.reports")["limit.digest"].format(digest=made.digest)
    match form:
        case "json":
            return json.dumps({**made.value(), "digest": made.digest}, ensure_ascii=False, indent=2).encode() + b"\n"
        case "pdf":
            # The layout's library is loaded for a PDF alone.
            from monitor.reports.as_pdf import NoPdf, as_pdf

            try:
                return as_pdf(made, closing, now.date())
            except NoPdf as error:
                fail(f"no PDF was made: {error}")
        case _:
            return as_html(made, closing).encode()


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        # Figures of a contract are for those who may read it.
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        fail(f"{out}: cannot be written: {error.strerror}")
