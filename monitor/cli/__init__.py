"""The command line: words to calls, and what came of them to exit codes.

0: nothing is open. 1: something is. 2: the words or the inventory are wrong. 3: we could not see, or could not tell.

What a command needs is imported when it is called: `leftopen show` at night should not wait for an HTTP client.
"""

from __future__ import annotations

from monitor.cli import account, findings, handling, looking, telling
from monitor.cli.options import main

__all__ = ["account", "findings", "handling", "looking", "main", "telling"]
