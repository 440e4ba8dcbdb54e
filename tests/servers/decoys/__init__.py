"""Sites that are no exposure, each with its verdict in DECOYS: `async with decoy("wiki-all-pages") as server`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from tests.servers.decoys import boards, feeds, lists, prose, sites, tables, walls
from tests.servers.decoys.kind import DECOYS, Decoy
from tests.servers.decoys.twins import TWINS, Twin
from tests.servers.raw import Raw, Talk, listening

__all__ = ["DECOYS", "FAMILIES", "TWINS", "Decoy", "Twin", "decoy", "decoys"]

FAMILIES = (prose, boards, tables, lists, feeds, walls, sites)
"""The modules in which the decoys stand."""


@asynccontextmanager
async def decoy(name: str, *, host: str = "127.0.0.1") -> AsyncIterator[Raw]:
    """One decoy, or one true twin, on a port of its own; `hits` says what it was asked."""
    one = TWINS[name] if name in TWINS else DECOYS[name]

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await talk.say(one.site(hit))

    async with listening(serve, host=host) as server:
        yield server


@asynccontextmanager
async def decoys(names: Iterable[str] | None = None) -> AsyncIterator[dict[str, Raw]]:
    """Many decoys at once, all of them unless some are named; a port each."""
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(decoy(name)) for name in (DECOYS if names is None else names)}
