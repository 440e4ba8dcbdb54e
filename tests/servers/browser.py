"""A real browser for the tests of pages: one process for many pages, each in a context of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.launch import bound_to_us, require, stop, surroundings
from tests.servers.real_node import node_with

HERE = Path(__file__).parent
PICTURES = HERE.parents[1] / "build" / "pictures"
"""Where the tests leave pictures of what people see, to be looked at."""


def picture(name: str) -> tuple[str, str]:
    """The step that keeps a picture of the whole page under that name."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return "picture", str(PICTURES / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png")


class Browser:
    """The running browser. Every step of a job has its own bound; see `browser.cjs`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    async def visit(self, url: str, *steps: tuple[str, Any], **how: Any) -> dict[str, Any]:
        """Open a page and do the steps: status, the result of each step, and everything that the console said."""
        assert self._process.stdin is not None
        print(json.dumps({"url": url, "steps": steps, **how}), file=self._process.stdin, flush=True)
        return await asyncio.to_thread(self.answer)

    def answer(self) -> dict[str, Any]:
        """The next line of what it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line or '{"failed": "the browser has ended"}')
        assert "failed" not in answer, answer["failed"]
        return answer


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, started once; the tests are skipped where a part of it is missing."""
    node = node_with("playwright-core", "axe-core")
    chromium = require(os.environ.get("CHROMIUM", "chromium"))
    with tempfile.TemporaryDirectory(prefix="leftopen-browser-", ignore_cleanup_errors=True) as home:
        process = subprocess.Popen(
            [*bound_to_us(), node, str(HERE / "browser.cjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=surroundings(Path(home), {"CHROMIUM": chromium}),
            start_new_session=True,
        )
        try:
            running = Browser(process)
            running.answer()
            yield running
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                stop(process)
