"""The generated pages of docs/: commands, probes and the inventory's keys, made from the code that they tell of."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli import main as command_line
from monitor.inventory import reference
from probes.recognise.recorders import default_paths
from probes.registry import PROBES

DOCS = Path(__file__).resolve().parent.parent / "docs"
_NOTE = "<!-- This page is generated from the code: `make docs` writes it anew. -->\n\n"


def commands() -> str:
    """docs/commands.md: every command with its help, as the program prints it."""
    page = _NOTE + "# Commands\n\n"
    context = click.Context(command_line, info_name="leftopen", max_content_width=100)
    page += _help(command_line, context)
    for name, command in sorted(command_line.commands.items()):
        inner = click.Context(command, info_name=name, parent=context, max_content_width=100)
        page += f"\n## leftopen {name}\n\n" + _help(command, inner)
    return page


def probes() -> str:
    """docs/probes.md: every probe, and the default paths of recording products that are asked for."""
    page = (
        _NOTE
        + "# Probes\n\nWhat `leftopen` can look for. A probe never writes, never guesses a password, and stores no "
    )
    page += "content.\n"
    for probe in PROBES:
        text = " ".join((probe.look.__doc__ or "").split())
        page += f"\n## {probe.name}\n\n{probe.says[0].upper()}{probe.says[1:]}.\n\n{text}\n"
    page += "\n## Default paths of recording products\n\nAsked for at every host whose `recorder_paths` is on.\n\n"
    page += "| path | product | how well it is known |\n| --- | --- | --- |\n"
    for path in default_paths():
        page += f"| `{path.path}` | {path.product} | {path.mark} |\n"
    return page


def pages() -> dict[Path, str]:
    """Every generated page as it should be now."""
    inventory = DOCS / "inventory.md"
    return {
        DOCS / "commands.md": commands(),
        DOCS / "probes.md": probes(),
        inventory: reference.renewed(inventory.read_text(encoding="utf-8")),
    }


def main() -> int:
    """Write the pages; with `--check` only say which are out of date, and return 1 when any is."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.name} is out of date: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages()[path], encoding="utf-8")
        print(f"wrote {path.name}")
    return 0


def _help(command: click.Command, context: click.Context) -> str:
    return "```\n" + command.get_help(context).strip() + "\n```\n"


if __name__ == "__main__":
    sys.exit(main())
