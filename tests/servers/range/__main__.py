"""`python -m tests.servers.range [WORD...]`: one round over the hosts whose name holds a WORD, and its figures."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.acceptance.builders import House
from tests.servers.range.every import EVERY
from tests.servers.range.judge import round_over

if __name__ == "__main__":
    words = sys.argv[1:]
    spots = [one for one in EVERY if not words or any(word in one.name for word in words)]
    with tempfile.TemporaryDirectory() as folder:
        print(asyncio.run(round_over(House(Path(folder)), spots)))
