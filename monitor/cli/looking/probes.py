"""`leftopen probes`: the catalogue of probes."""

from __future__ import annotations

import json

import click

from monitor.cli.options import json_option
from probes.registry import PROBES


@click.command()
@json_option
def probes(as_json: bool) -> None:
    """List every probe: every way in which leftopen looks."""
    for probe in PROBES.values():
        text = " ".join((probe.look.__doc__ or "").split())
        if as_json:
            click.echo(json.dumps({"name": probe.name, "says": probe.says, "how": text}))
        else:
            click.echo(f"{probe.name}\n  {probe.says}\n  {text}")
