"""The help of the program, which imports no command."""

from __future__ import annotations

import errno
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from monitor.cli.main import LazyGroup, main
from tests.commands import ROOT


def test_the_help_says_of_each_command_what_its_own_help_says() -> None:
    assert isinstance(main, LazyGroup)
    said = CliRunner().invoke(main, ["--help"], terminal_width=110).output
    for name, command in main.commands_of(click.Context(main)):
        assert f"  {name} " in said
        assert command.get_short_help_str(200) in " ".join(said.split()), name
    commands = said.partition("Look at what is declared:")[2]
    assert "..." not in commands, "a sentence is told whole"


def test_a_group_tells_what_each_of_its_commands_does_in_whole_sentences() -> None:
    assert isinstance(main, LazyGroup)
    groups = {name: one for name, one in main.commands_of(click.Context(main)) if isinstance(one, click.Group)}
    assert {"log", "canary", "web", "token", "fleet", "gate"} <= set(groups)
    for name, group in groups.items():
        said = CliRunner().invoke(main, [name, "--help"], terminal_width=100).output.partition("Commands:")[2]
        assert "..." not in said, name
        assert all(f"  {one} " in said for one in group.commands), name


def test_the_help_imports_no_command() -> None:
    source = (
        "import sys\nfrom monitor.cli.main import main\nmain(['--help'], standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.startswith(('monitor.cli.looking', 'pydantic', 'asyncio'))]"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_reads_the_ledger_alone_does_not_wait_for_the_inventory_to_be_imported() -> None:
    source = (
        "import sys\nfrom monitor.cli.findings import findings, show\nfrom monitor.cli.actions import ack\n"
        "assert not {'pydantic', 'yaml', 'monitor.inventory.model.inventory'} & {*sys.modules}"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "not enough memory"),
        (OSError(errno.ENOMEM, "no"), "not enough memory"),
        (ZeroDivisionError("a bug"), "ZeroDivisionError: a bug"),
        (OSError(errno.EIO, "no"), "a fault in leftopen itself"),
    ],
)
def test_what_nobody_expected_is_never_said_as_open(error: Exception, says: str) -> None:
    @click.command()
    def breaks() -> None:
        raise error

    class Broken(LazyGroup):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
            return breaks

    ran = CliRunner().invoke(Broken("leftopen"), ["breaks"])
    assert ran.exit_code == 3, ran.output
    assert says in ran.output
    assert "says nothing about what is open" in ran.output
    assert ("Traceback" in ran.output) == (says != "not enough memory")
