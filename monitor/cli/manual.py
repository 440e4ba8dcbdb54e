"""The generated pages of docs/: commands, probes, providers and the inventory's keys, made from what they tell of."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli import shell_files
from monitor.cli.main import main as command_line
from monitor.inventory import reference
from monitor.web.v1 import openapi
from probes.buckets.addresses.providers import Provider
from probes.buckets.addresses.providers import providers as object_stores
from probes.recognise.media.recorder_paths import default_paths, default_shares
from probes.registry import PROBES

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHARE = DOCS.with_name("share")
"""What is installed below `share`: the manual page, the completions of shells."""
_NOTE = "<!-- This page is generated from the code: `make docs` writes it anew. -->\n\n"


def commands() -> str:
    """docs/commands.md: every command with its help, as the program prints it."""
    page = _NOTE + "# Commands\n\n"
    context = click.Context(command_line, info_name="leftopen", max_content_width=100)
    page += _help(command_line, context)
    for name, command in command_line.commands_of(context):
        inner = click.Context(command, info_name=name, parent=context, max_content_width=100)
        page += f"\n## leftopen {name}\n\n" + _help(command, inner)
        for sub, one in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            deeper = click.Context(one, info_name=sub, parent=inner, max_content_width=100)
            page += f"\n### leftopen {name} {sub}\n\n" + _help(one, deeper)
    return page


def probes() -> str:
    """docs/probes.md: every probe, and the default paths of recording products that are asked for."""
    page = (
        _NOTE
        + "# Probes\n\nWhat `leftopen` can look for. A probe never writes, never guesses a password, and stores no "
    )
    page += "content.\n"
    for probe in PROBES.values():
        text = " ".join((probe.look.__doc__ or "").split())
        page += f"\n## {probe.name}\n\n{probe.says[0].upper()}{probe.says[1:].rstrip('.')}.\n\n{text}\n"
    page += "\n## Default paths of recording products\n\nAsked for at every host whose `recorder_paths` is on.\n\n"
    page += "| path | product | how well it is known |\n| --- | --- | --- |\n"
    for path in default_paths():
        page += f"| `{path.path}` | {path.product} | {path.mark} |\n"
    page += "\n## Default shares and streams of recorders\n\nTried at every host whose `services` have `recorder`.\n\n"
    page += "| service | name | product | how well it is known |\n| --- | --- | --- | --- |\n"
    for share in default_shares():
        page += f"| `{share.speaks}` | `{share.name}` | {share.product} | {share.mark} |\n"
    return page


def providers() -> str:
    """docs/providers.md: every provider of object storage, how its buckets are asked for, and what nobody checked."""
    page = _NOTE + "# Providers of object storage\n\n"
    page += (
        "How a bucket is asked for, by the `provider` that an inventory names or that a URL is recognised by. "
        "[Addresses of buckets](buckets-addresses.md) explains the words. An entry that is *not checked* was written "
        "from general knowledge: compare it with what your provider tells you.\n\n"
        "| provider | name | speaks | asked at | a name belongs to | what deviates | checked | source |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    for one in object_stores():
        speaks = ", ".join(dialect.value for dialect in one.dialects)
        asked = f"`{one.ask}`" if one.ask else f"your `endpoint`, such as `{one.example}`"
        checked = "yes" if one.checked else "**not checked**"
        page += f"| `{one.id}` | {one.name} | {speaks} | {asked} | its {one.names} | {_deviations(one)} | {checked} | "
        page += f"{one.source} |\n"
    page += "\n## Addresses that are recognised\n"
    for one in object_stores():
        if one.forms:
            page += f"\n### {one.name}\n\n"
            kinds = (("", one.forms), (" (a website: never asked)", one.websites), (" (in front of it)", one.fronts))
            page += "".join(f"- `{form.text}`{says}\n" for says, forms in kinds for form in forms)
    return page


def _deviations(one: Provider) -> str:
    said = [one.note] if one.note else []
    said += [f"its gateway speaks Swift at `{one.swift_path}`"] if one.swift_path else []
    said += ["lists by the first version of the protocol only"] if one.list_version == 1 else []
    said += ["keys are not percent-encoded on request"] if not one.url_encoding else []
    said += ["never lists to a stranger"] if one.never_lists else []
    said += ["the status of a HEAD decides nothing"] if one.head_lies else []
    return "; ".join(said)


def pages() -> dict[Path, str]:
    """Every generated page as it should be now."""
    inventory = DOCS / "inventory.md"
    return {
        DOCS / "commands.md": commands(),
        DOCS / "probes.md": probes(),
        DOCS / "providers.md": providers(),
        DOCS / "openapi.json": openapi.text(),
        SHARE / "man/man1/leftopen.1": shell_files.man_page(),
        **{SHARE / path: text for path, text in shell_files.completions().items()},
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
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8")
        print(f"wrote {path.name}")
    return 0


def _help(command: click.Command, context: click.Context) -> str:
    return "```\n" + command.get_help(context).strip() + "\n```\n"


if __name__ == "__main__":
    sys.exit(main())
