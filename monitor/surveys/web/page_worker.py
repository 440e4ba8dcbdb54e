"""Reads whole pages in a process of its own, with bounds on time and memory: no page may hold up or kill the monitor.

The tolerant recogniser takes about a second for a megabyte, and a hostile page many times that. The process is started
when the first such page comes, and serves one survey. A page that goes beyond its bounds costs the process, never the
survey: it is started again, and the page's beginning is read alone. Run as `python -m monitor.surveys.web.page_worker`
this file is the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from monitor.surveys.web.counted_page import CountedPage, WholePageOrder, count_whole
from probes.recognise.listing.streaming.learned_rows import SAMPLE, LearnedDialect, learn

SECONDS: Final = 20.0
"""Seconds that any page may take, and so many more for each mebibyte of it."""
SECONDS_A_MEBIBYTE: Final = 4.0
MEMORY: Final = 420 << 20
"""Bytes of address space of the process: two surveys run at once, and the service as a whole has 1.5 GiB."""
BEGINNING: Final = 128 << 10
"""Bytes of a page that are read alone when the whole of it took too long or too much."""
_LONGEST_ANSWER: Final = 64 << 20
_ROOT: Final = Path(__file__).resolve().parents[3]
_TOO_MUCH: Final = "too much"


class PageWorker:
    """The process, from outside: `async with PageWorker() as worker: await worker.count(order, body)`."""

    def __init__(self, seconds: float | None = None, memory: int = MEMORY) -> None:
        self._seconds = SECONDS if seconds is None else seconds
        self._memory = memory
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def count(self, order: WholePageOrder, body: bytes) -> CountedPage | None:
        """What the page holds; `partial` when only its beginning could be read. None: not even that could."""
        async with self._one_at_a_time:
            counted = await self._within_bounds(order, body)
            if counted is None and len(body) > BEGINNING:
                counted = await self._within_bounds(replace(order, whole=False), body[:BEGINNING])
                if counted is not None:
                    counted.partial = "the page takes too long or too much memory to be read whole"
            return counted

    async def learn(self, order: WholePageOrder, body: bytes) -> LearnedDialect | None:
        """How the rows of a long page are written, by its beginning; None when that cannot be told."""
        async with self._one_at_a_time:
            answer = await self._answer({**order.dump(), "learn": True}, body[:SAMPLE])
        return LearnedDialect.load(answer["learned"]) if answer is not None and answer.get("learned") else None

    async def _within_bounds(self, order: WholePageOrder, body: bytes) -> CountedPage | None:
        answer = await self._answer(order.dump(), body)
        return CountedPage.load(answer) if answer is not None and "tally" in answer else None

    async def _answer(self, order: dict[str, Any], body: bytes) -> dict[str, Any] | None:
        """What the process makes of an order and a body; None when it went beyond its bounds."""
        done = False
        seconds = self._seconds + SECONDS_A_MEBIBYTE * len(body) / (1 << 20)
        try:
            async with asyncio.timeout(seconds):
                answer: dict[str, Any] = json.loads(await self._ask(order, body, seconds) or b"{}")
                done = bool(answer) and "failed" not in answer
                return answer if done else None
        except (OSError, ValueError):  # TimeoutError among them, and a process that died
            return None
        finally:
            if not done:
                await self._stop()

    async def _ask(self, order: dict[str, Any], body: bytes, seconds: float) -> bytes:
        if self._process is None:
            # -E and -s: no variable and no user's folder changes what the process runs.
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-E",
                "-s",
                "-m",
                "monitor.surveys.web.page_worker",
                str(self._memory),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                cwd=_ROOT,
                start_new_session=True,
                limit=_LONGEST_ANSWER,
            )
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018  both are pipes
        stdin.write(json.dumps({**order, "length": len(body), "seconds": seconds}).encode() + b"\n")
        for first in range(0, len(body), 1 << 20):
            stdin.write(body[first : first + (1 << 20)])
            await stdin.drain()
        return await stdout.readline()

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Count pages until no more come: a line of JSON and a body in, a line of JSON out."""
    while line := source.readline():
        value = json.loads(line)
        body = source.read(value.pop("length"))
        # Should nobody be left to kill us, this does, wherever we are.
        signal.alarm(int(value.pop("seconds")) + 2)
        learns = value.pop("learn", False)
        order = WholePageOrder.load(value)
        try:
            answer = _learned(order, body) if learns else count_whole(order, body).dump()
        except MemoryError:
            answer = {"failed": _TOO_MUCH}
        signal.alarm(0)
        sink.write(json.dumps(answer).encode() + b"\n")
        sink.flush()


def _learned(order: WholePageOrder, body: bytes) -> dict[str, Any]:
    dialect = learn(body, order.url, order.headers)
    return {"learned": dialect.dump() if dialect is not None else None}


def _bounded(memory: int) -> None:
    # Where no limit may be set the time limit remains.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bounded(int(sys.argv[1]))
    with suppress(KeyboardInterrupt):
        serve(sys.stdin.buffer, sys.stdout.buffer)
