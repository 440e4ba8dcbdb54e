"""Surveys of long pages of servers whose rows are not known beforehand: exact, fast, and with little memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.monitor.surveys.builders import opened
from tests.monitor.surveys.test_page_worker import python_page
from tests.servers.pages import NOT_FOUND, SOUND
from tests.servers.raw import Hit, Talk, listening, reply

FILES = 18_000
NAMES = [f"in-07017406{n % 90 + 10}-1177-20181121-{n:06d}.wav" for n in range(FILES)]


Page = Callable[[str, list[str]], bytes]


def python(path: str, names: list[str]) -> bytes:
    folders = ["a/", "b/"] if path == "/" else []
    return python_page(path, [*folders, *names])


def own(path: str, names: list[str]) -> bytes:
    """A table of somebody's own; folders are told by their slash."""
    rows = "".join(
        f'<div class="row"><a class="f" href="{name}">{name}</a><span>2018-11-21 14:{n % 60:02d}</span> '
        f"<span>{n % 900 + 1}.5 KB</span></div>\n"
        for n, name in enumerate([*(["a/", "b/"] if path == "/" else []), *names])
    )
    return f"<html><title>Index of {path}</title><body><h1>Index of {path}</h1>{rows}</body></html>".encode()


def served(page: Page) -> Callable[[Talk], Awaitable[None]]:
    made = {path: page(path, NAMES) for path in ("/", "/a/", "/b/")}
    short = page("/", NAMES[:40])
    known = frozenset(NAMES)

    def answer(hit: Hit) -> bytes:
        if hit.path == "/" and "run=survey" not in hit.header("user-agent"):
            return reply(200, short)
        if hit.path in made:
            return reply(200, made[hit.path])
        if hit.path.rpartition("/")[2] in known:
            return reply(200, b"" if hit.method == "HEAD" else SOUND[:1024], "audio/x-wav", length=len(SOUND))
        return reply(404, NOT_FOUND)

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(answer(hit))
            return

    return serve


@pytest.mark.parametrize("page", [python, own])
async def test_long_pages_are_learnt_once_and_counted_to_the_file(page: Page, tmp_path: Path) -> None:
    async with listening(served(page)) as server, opened(server, tmp_path) as house:
        before = len(server.hits)
        found = await house.survey()
        folders = [hit.path for hit in server.hits[before:] if hit.path.endswith("/")]
    assert found.partial == ()
    assert (found.tally.files, found.tally.folders, found.tally.calls) == (3 * FILES, 3, 3 * FILES)
    # The first page is asked for twice: once to learn from its beginning.
    assert sorted(folders) == ["/", "/", "/a/", "/b/"]
    if page is own:
        assert found.tally.sized == 3 * FILES
        assert sum(found.tally.months.values()) == 3 * FILES
