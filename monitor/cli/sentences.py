"""Lists of commands in which the first sentence of each is told whole."""

from __future__ import annotations

import click

LONGEST_SENTENCE = 200
"""Characters of a command's first sentence in such a list; click's own 45 cut most of them."""


class WholeSentences(click.Group):
    """A group whose help tells the first sentence of each of its commands whole."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, a sentence each."""
        with formatter.section("Commands"):
            commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
            formatter.write_dl([(name, one.get_short_help_str(LONGEST_SENTENCE)) for name, one in commands if one])
