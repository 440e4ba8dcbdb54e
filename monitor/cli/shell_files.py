"""The files that a shell and `man` read: the manual page and the completions, made from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from monitor.cli.main import main as command_line

PROGRAM = "leftopen"
_SHELLS: dict[str, type[ShellComplete]] = {
    f"bash-completion/completions/{PROGRAM}": BashComplete,
    f"zsh/site-functions/_{PROGRAM}": ZshComplete,
    f"fish/vendor_completions.d/{PROGRAM}.fish": FishComplete,
}
"""Where each shell looks, below `share`."""


def completions() -> dict[str, str]:
    """The completion of every shell, by its path below `share`."""
    # The template is filled here: click's own `source` asks the shell for its version first.
    return {path: _filled(shell) for path, shell in _SHELLS.items()}


def _filled(shell: type[ShellComplete]) -> str:
    made = shell(command_line, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE")
    return made.source_template % made.source_vars()


def man_page() -> str:
    """leftopen(1), with every command and its options."""
    context = click.Context(command_line, info_name=PROGRAM, max_content_width=100)
    lines = [
        f'.TH {PROGRAM.upper()} 1 "" "{PROGRAM}" "User Commands"',
        ".SH NAME",
        f"{PROGRAM} \\- checks declared hosts, buckets and services from outside, and alerts when something is open",
        ".SH SYNOPSIS",
        f".B {PROGRAM}",
        ".I COMMAND",
        "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
        *_paragraphs(command_line.help or ""),
        ".SH COMMANDS",
    ]
    for name, command in command_line.commands_of(context):
        lines += _command(f"{PROGRAM} {name}", command)
        if isinstance(command, click.Group):
            for sub, one in sorted(command.commands.items()):
                lines += _command(f"{PROGRAM} {name} {sub}", one)
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=None)
    words = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_roff(name)} {_roff(words)}"
    yield from _paragraphs(command.help or "")
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            yield ".TP"
            yield f".B {_roff(record[0])}"
            yield _roff(" ".join(record[1].split()))


def _paragraphs(text: str) -> Iterator[str]:
    for number, part in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield _roff(" ".join(part.split()))


def _roff(text: str) -> str:
    """A text in which nothing is a command of roff."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped[:1] in (".", "'") else escaped
