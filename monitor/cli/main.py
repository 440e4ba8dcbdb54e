"""The command line: a group of commands, each in a file of its own that is loaded when it is called.

Exit codes: 0 nothing is open; 1 something is; 2 the words or the inventory are wrong; 3 we could not see, or not tell.
"""

from __future__ import annotations

import ast
import errno
import gc
import importlib
import logging
import resource
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from monitor.cli.sentences import LONGEST_SENTENCE

COMMANDS = {
    "looking": ("init", "check", "look", "run", "watch", "survey", "account", "probes", "recognise", "practice"),
    "findings": ("status", "findings", "show", "trace", "exceptions", "clock", "draft"),
    "actions": ("ack", "contain", "accept", "dismiss", "reopen", "aware", "cause", "sent"),
    "messages": ("message", "alert", "drill", "confirm", "approve", "cancel", "misdelivered", "statistics"),
    "proof": ("coverage", "report", "log", "witness", "bundle", "verify", "canary"),
    "web": ("web", "token"),
    "fleet": ("fleet", "worker", "gate"),
    "system": ("health", "backup", "restore", "new-key", "probing-txt"),
}
"""The commands by their folder. The file of a command has its name; so has the function in it."""

_TASKS = {
    "looking": "Look at what is declared",
    "findings": "Read what was found",
    "actions": "Say what you do about a finding",
    "messages": "Check and steer messages",
    "proof": "Prove to others that you looked",
    "web": "Show it to people and programs",
    "fleet": "Look from other machines",
    "system": "Check leftopen itself",
}


class LazyGroup(click.Group):
    """Loads a command when it is called: `leftopen show` at night does not wait for an HTTP client to be imported."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. What nobody expected ends with 3: Python's own code for it is 1, which says "open" here."""
        collect_rarely()
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            number = error.errno if isinstance(error, OSError) else None
            if number == errno.EPIPE:
                raise  # who reads the output has had enough: click ends quietly
            scarce = isinstance(error, MemoryError) or number == errno.ENOMEM
            if not scarce:
                traceback.print_exc()
            why = "there is not enough memory" if scarce else "a fault in leftopen itself, told above"
            click.echo(f"leftopen stopped: {why}. This says nothing about what is open.", err=True)
            ctx.exit(3)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in the order of the tasks."""
        return [name for names in COMMANDS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        folder = next((folder for folder, names in COMMANDS.items() if cmd_name in names), None)
        if folder is None:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"monitor.cli.{folder}.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def commands_of(self, ctx: click.Context) -> Iterator[tuple[str, click.Command]]:
        """All commands with their names."""
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None:
                yield name, command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help: the commands grouped by what one wants to do."""
        for folder, task in _TASKS.items():
            with formatter.section(task):
                rows = [(name, _short_help(folder, name)) for name in COMMANDS[folder]]
                formatter.write_dl(rows)


def collect_rarely() -> None:
    """Have Python's collector run seldom, from now on, and leave alone what is loaded already."""
    # What is loaded by now stays: the collector need not walk it again, neither at work nor when the program ends.
    gc.freeze()
    # Commands and looks make many values and few circles: to look for circles seldom saves a tenth of both.
    gc.set_threshold(50_000, 20, 20)


def _short_help(folder: str, name: str) -> str:
    """The first sentence of a command's docstring, read from its file: to import every command takes two seconds."""
    name = name.replace("-", "_")
    source = (Path(__file__).parent / folder / f"{name}.py").read_text("utf-8")
    functions = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    said = ast.get_docstring(next(one for one in functions if one.name == name))
    return click.Command(name, help=said).get_short_help_str(LONGEST_SENTENCE)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="leftopen")
@click.option("-v", "--verbose", is_flag=True, help="Print more on stderr about what is done.")
@click.option(
    "--log",
    "log_format",
    type=click.Choice(["text", "json"]),
    help="Write the log of `watch` as one line an event, with time and level, in place of the rounds for people.",
)
@click.pass_context
def main(ctx: click.Context, verbose: bool, log_format: str | None) -> None:
    """Find hosts and buckets of yours that are open to anyone, prove it, and alert the people who must act.

    leftopen looks only at what your inventory declares, from outside and without a login.

    Exit codes: 0 nothing is open, and everything was judged; 1 something is open; 2 the command or the inventory is
    wrong; 3 something was not judged, or a message did not reach anybody.
    """
    # What a process writes down of its memory when it breaks would hold keys, passwords and pages.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    ctx.obj = log_format
    logging.basicConfig(
        level=logging.INFO if verbose or log_format else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
