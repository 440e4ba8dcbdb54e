"""The help of the program, which imports no command."""

from __future__ import annotations

import subprocess
import sys

import click
from click.testing import CliRunner

from monitor.cli.main import LazyGroup, main
from tests.commands import ROOT


def test_the_help_says_of_each_command_what_its_own_help_says() -> None:
    assert isinstance(main, LazyGroup)
    said = CliRunner().invoke(main, ["--help"], terminal_width=110).output
    for name, command in main.commands_of(click.Context(main)):
        assert f"  {name} " in said
        assert command.get_short_help_str(80) in " ".join(said.split()), name


def test_the_help_imports_no_command() -> None:
    source = (
        "import sys\nfrom monitor.cli.main import main\nmain(['--help'], standalone_mode=False)\n"
        "assert not [name for name in sys.modules if name.startswith(('monitor.cli.looking', 'pydantic', 'asyncio'))]"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
