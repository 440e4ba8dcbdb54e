"""`leftopen init`: writes a first inventory."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from monitor.cli import console
from monitor.cli.opening import NOTHING_OPEN, fail
from monitor.inventory.first import HostRow, ImportFaults, first_inventory, read_hosts
from monitor.inventory.load import Problems, loads


@click.command()
@click.argument("inventory", type=click.Path(path_type=Path), default="leftopen.yaml")
@click.option("--organisation", metavar="NAME", help="Name of your organisation, such as 'Region Exempel'.")
@click.option(
    "--contact", metavar="MAIL", help="Mail address for questions about the requests (of a role, not of a person)."
)
@click.option("--host", "hosts", multiple=True, metavar="HOST[:PORT]", help="A host to look at; may be repeated.")
@click.option("--from", "source", type=click.Path(path_type=Path), help="A list of hosts: one a line, or CSV.")
@click.option(
    "--channel", metavar="env:NAME", help="Where the secret address of your channel is: env:NAME or file:/path."
)
@click.option("--language", type=click.Choice(["sv", "en"]), help="The language of your messages and pages.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
def init(
    inventory: Path,
    organisation: str | None,
    contact: str | None,
    hosts: tuple[str, ...],
    source: Path | None,
    channel: str | None,
    language: str | None,
    force: bool,
) -> None:
    """Write a first inventory: your organisation, its hosts and one channel for alerts.

    It asks for what no option gives. Declare only hosts that you run, or that you were allowed to look at. It sends no
    request to any host.
    """
    if inventory.exists() and not force:
        fail(f"{inventory} exists already: name another file, or give --force")
    rows = _rows(hosts, source)
    organisation = _answer(organisation, "Who looks (name of your organisation)", "organisation")
    contact = _answer(contact, "Role address for questions, such as security@example.org", "contact")
    if not rows:
        rows = read_hosts(_answer(None, "A host to look at, such as files.example.org", "host"))
    channel = _answer(
        channel,
        "Where the address of your channel is (env:NAME or file:/path)",
        "channel",
        "env:LEFTOPEN_CHANNEL",
    )
    language = _answer(language, "The language of your messages (sv or en)", "language", "en")
    text = first_inventory(organisation, contact, channel, rows, language)
    try:
        loads(text, str(inventory))
    except Problems as problems:
        fail(f"nothing was written; the answers do not make an inventory:\n{problems}")
    inventory.write_text(text, encoding="utf-8")
    name, path = channel.removeprefix("env:"), channel.removeprefix("file:")
    address = f"export {name}=..." if name != channel else f"write it to {path}"
    click.echo(_NEXT.format(file=inventory, count=console.counted(len(rows), "host"), address=address))
    sys.exit(NOTHING_OPEN)


def _rows(hosts: tuple[str, ...], source: Path | None) -> tuple[HostRow, ...]:
    text = "\n".join(hosts)
    if source is not None:
        try:
            text = f"{source.read_text(encoding='utf-8')}\n{text}"
        except (OSError, UnicodeDecodeError) as error:
            fail(f"{source} cannot be read: {error}")
    try:
        return read_hosts(text) if text.strip() else ()
    except ImportFaults as faults:
        fail(f"{source or 'the hosts'}:\n{faults}")


def _answer(given: str | None, question: str, name: str, default: str | None = None) -> str:
    """What an option gives, or else the person at the terminal, who is asked again until it is good."""

    def good(text: str) -> str:
        text = text.strip()
        if name == "channel" and _VARIABLE.fullmatch(text):
            text = f"env:{text}"
        fault = _fault(name, text)
        if fault:
            raise click.BadParameter(fault)
        return text

    if given is None and not sys.stdin.isatty():
        given = default
        if given is None:
            fail(f"--{name} is missing, and there is no terminal to ask on")
    if given is None:
        return str(click.prompt(question, default=default, value_proc=good))
    try:
        return good(given)
    except click.BadParameter as wrong:
        fail(f"nothing was written. --{name} {given}: {wrong.message}")


def _fault(name: str, text: str) -> str:
    """What is wrong with one answer, as the inventory would say it; empty: nothing."""
    answers = {**_GOOD, name: text}
    if answers["language"] not in ("sv", "en"):
        return "sv or en"
    try:
        hosts = read_hosts(answers["host"])
    except ImportFaults as faults:
        return faults.faults[0].partition(": ")[2] or str(faults)
    try:
        loads(first_inventory(answers["organisation"], answers["contact"], answers["channel"], hosts, "en"), "answers")
    except Problems as problems:
        return problems.problems[0].text
    return ""


_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_GOOD = {
    "organisation": "A", "contact": "a@example.org", "host": "example.org", "channel": "env:A", "language": "en",
}  # fmt: skip
"""Answers that are good, beside which one is checked."""

_NEXT = """{file} declares {count}. Next:
  leftopen check {file}   what would be asked, how often, at what cost
  {address}   (the address of your channel: docs/channels.md has one for mail, Teams, Slack, SMS ...)
  leftopen confirm own-channel {file}   sends a message there, and shows that it arrives
  leftopen run {file}   looks once
  leftopen watch {file}   looks around the clock, and tells you"""
