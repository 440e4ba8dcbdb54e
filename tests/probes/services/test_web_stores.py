"""Data stores over HTTP, by stand-ins: each state has its verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.probes.services.looking import NONCE, QUICK, said, seen
from tests.servers.raw import Serve, Talk, listening

_NO = {"error": {"type": "security_exception", "reason": "missing authentication credentials"}, "status": 401}
_NONE = (404, {"error": {"type": "index_not_found_exception"}, "status": 404})
_GONE = (404, {"message": f"No such container: {NONCE}"})
_TSDB = {"status": "success", "data": {"headStats": {"numSeries": 508}}}
_LABEL = (200, {"status": "success", "data": []})
ROWS = [{"index": "calls-2026", "docs.count": "350000"}, {"index": "closed", "docs.count": None}]
ONE = [{"Id": "0a" * 32, "Names": ["/calls"]}]

STATES: dict[str, tuple[str, tuple[int, Any], tuple[int, Any], str]] = {
    "elasticsearch open": ("elasticsearch", (200, ROWS), _NONE, "exposed store-open"),
    "elasticsearch empty": ("elasticsearch", (200, []), _NONE, "exposed store-empty"),
    "elasticsearch closed": ("elasticsearch", (401, _NO), _NONE, "clear login-demanded"),
    "elasticsearch denied": ("elasticsearch", (403, _NO), _NONE, "clear denied"),
    "a filter in front": ("elasticsearch", (403, "<html>blocked</html>"), _NONE, "unknown refused-by-front"),
    "a list of anything": ("elasticsearch", (200, ROWS), (200, ROWS), "unknown catch-all"),
    "another list": ("elasticsearch", (200, [{"name": "x"}]), _NONE, "unknown not-a-store"),
    "a page": ("elasticsearch", (200, "<html>welcome</html>"), _NONE, "unknown not-a-store"),
    "too deep": ("elasticsearch", (200, "[" * 100_000), _NONE, "unknown not-a-store"),
    "too long": ("elasticsearch", (200, "[" + " " * (1 << 20) + "]"), _NONE, "unknown body-too-large"),
    "a web server's 404": ("elasticsearch", (200, []), (404, "<html>not found</html>"), "unknown canary-failed"),
    "elsewhere": ("elasticsearch", (302, ""), _NONE, "unknown not-a-store"),
    "down": ("elasticsearch", (503, ""), _NONE, "unknown server-error"),
    "docker open": ("docker", (200, ONE), _GONE, "exposed full-control"),
    "docker without containers": ("docker", (200, []), _GONE, "exposed full-control"),
    "docker closed": ("docker", (403, {"message": "authorization denied by plugin x"}), _GONE, "clear denied"),
    "an empty list of anything": ("docker", (200, []), (200, []), "unknown catch-all"),
    "no container": ("docker", (200, [{"Id": "7"}]), _GONE, "unknown not-a-store"),
    "prometheus open": ("prometheus", (200, _TSDB), _LABEL, "exposed store-open"),
    "prometheus closed": ("prometheus", (401, "Unauthorized"), _LABEL, "clear login-demanded"),
    "no counts": ("prometheus", (200, {"status": "success", "data": {}}), _LABEL, "unknown not-a-store"),
    "one answer for all": ("prometheus", (200, _TSDB), (200, _TSDB), "unknown catch-all"),
}
COUNTED = {
    "elasticsearch open": [("documents", 350_000), ("indices", 2)],
    "elasticsearch empty": [],
    "prometheus open": [("series", 508)],
}


def _store(told: tuple[int, Any], canary: tuple[int, Any]) -> Serve:
    async def serve(talk: Talk) -> None:
        while hit := await talk.hear():
            status, body = canary if NONCE in hit.path else told
            text = (body if isinstance(body, str) else json.dumps(body)).encode()
            # Prometheus's own login is HTTP's.
            more = b"WWW-Authenticate: Basic\r\n" if body == "Unauthorized" else b""
            await talk.say(b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n" % (status, more, len(text)), text)

    return serve


@pytest.mark.parametrize("state", STATES)
async def test_a_store_over_http(state: str) -> None:
    speaks, told, canary, right = STATES[state]
    async with listening(_store(told, canary)) as server:
        look = await seen(speaks, server, QUICK)
    (verdict,) = look.verdicts
    assert said(verdict) == right
    counted = [(one.things, one.number) for one in getattr(verdict, "counted", ())]
    assert counted == COUNTED.get(state, [])
    if right.startswith("exposed"):
        paths = [hit.path for hit in server.hits]
        assert paths[: len(paths) // 2] == paths[len(paths) // 2 :], "all is asked again"
        assert len({hit.connection for hit in server.hits}) >= 2


async def test_a_store_that_refuses_the_second_connection_is_unknown() -> None:
    async def serve(talk: Talk) -> None:
        told = (200, ROWS) if talk.number <= 2 else (401, _NO)
        await _store(told, _NONE)(talk)

    async with listening(serve) as server:
        (verdict,) = (await seen("elasticsearch", server, QUICK)).verdicts
    assert said(verdict) == "unknown unstable"
