"""Real servers that are asked over HTTP, open, half open and closed: each state has its verdict."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from probes.api import Exposed, Unknown
from probes.facts import Fact, FactKind
from tests.probes.services.looking import said, seen
from tests.servers import web_stores
from tests.servers.issuer import issuing
from tests.servers.launch import Server
from tests.servers.raw import Serve, Talk, listening

Started = Callable[..., AbstractContextManager[Server]]
STATES: dict[str, tuple[Started, str, str, list[tuple[str, int]]]] = {
    "influxdb open": (web_stores.influxdb, "influxdb", "exposed store-empty", []),
    "influxdb unclaimed": (web_stores.influxdb, "influxdb", "exposed setup-open", []),
    "clickhouse open": (web_stores.clickhouse, "clickhouse", "exposed store-empty", []),
    "clickhouse closed": (web_stores.clickhouse, "clickhouse", "clear login-demanded", []),
    "registry open": (web_stores.registry, "registry", "exposed store-empty", []),
    "registry closed": (web_stores.registry, "registry", "clear login-demanded", []),
    "influxdb closed": (web_stores.influxdb, "influxdb", "clear login-demanded", []),
    "prometheus open": (web_stores.prometheus, "prometheus", "exposed store-empty", []),
    "prometheus closed": (web_stores.prometheus, "prometheus", "clear login-demanded", []),
    "jupyter open": (web_stores.jupyter, "jupyter", "exposed full-control", [("entries", 1)]),
    "jupyter closed": (web_stores.jupyter, "jupyter", "clear denied", []),
    "orthanc closed": (web_stores.orthanc, "orthanc", "clear login-demanded", []),
}


@pytest.mark.parametrize("state", STATES)
async def test_a_store_over_http(state: str, tmp_path: Path) -> None:
    start, speaks, right, counted = STATES[state]
    (tmp_path / "calls").mkdir()
    _, _, how = state.partition(" ")
    more: tuple[Any, ...] = (how,) if how else ()
    with start(tmp_path, *more) as server:
        (verdict,) = (await seen(speaks, server)).verdicts
    assert said(verdict) == right
    found = [(one.things, one.number) for one in getattr(verdict, "counted", ())]
    assert [things for things, _ in found] == [things for things, _ in counted]
    assert all(number >= least for (_, number), (_, least) in zip(found, counted, strict=True))


async def test_orthanc_and_its_dicomweb(tmp_path: Path) -> None:
    with web_stores.orthanc(tmp_path) as server:
        (rest,) = (await seen("orthanc", server)).verdicts
        look = await seen("dicomweb", server, names=("dicom-web", "dicom"))
    assert said(rest) == "exposed store-open"
    assert [(one.things, one.number) for one in rest.counted] == [("studies", 3), ("patients", 3)]  # type: ignore[union-attr]
    assert [said(one) for one in look.verdicts] == ["exposed store-open", "clear not-found"]
    assert "Test" not in repr(look.verdicts), "no patient's data are kept"


IMAGES = ("ward/app", "ward/shut")
TOKEN = Fact(FactKind.HANDS_OUT_TOKENS)


@pytest.mark.parametrize(
    ("issuer", "names", "right"),
    [
        (issuing("*"), (), {"/": "exposed store-open"}),
        (issuing("*"), ("ward/app",), {"/": "exposed store-open", "/ward/app/": "exposed store-open"}),
        (issuing("ward/app"), (), {"/": "unknown name-needed"}),
        (
            issuing("ward/app"),
            (*IMAGES, "ward/none"),
            {"/": "clear login-demanded", "/ward/app/": "exposed store-open", "/ward/shut/": "clear login-demanded",
             "/ward/none/": "clear login-demanded"},
        ),
        (
            issuing(refuses={"errors": [{"code": "UNAUTHORIZED"}]}), ("ward/app",),
            {"/": "clear login-demanded", "/ward/app/": "clear login-demanded"},
        ),
        (issuing(refuses={"details": "incorrect password"}), (), {"/": "clear login-demanded"}),
    ],
    ids=["open", "open and named", "half open", "half open and named", "closed", "closed in other words"],
)  # fmt: skip
async def test_a_registry_that_hands_tokens_to_anybody(
    tmp_path: Path, issuer: Serve, names: tuple[str, ...], right: dict[str, str]
) -> None:
    async with listening(issuer) as issued:
        with web_stores.registry(tmp_path, "tokens", f"{issued.url}/token", IMAGES) as server:
            look = await seen("registry", server, names=names, ports=(issued.port,))
    assert {one.place.path: said(one) for one in look.verdicts} == right
    assert all(TOKEN in one.facts for one in look.verdicts if isinstance(one, Exposed))
    assert all(not hit.header("authorization") for hit in issued.hits)
    assert "eyJ" not in repr(look), "a token is not kept"


async def test_an_issuer_of_tokens_that_is_not_declared_is_not_asked(tmp_path: Path) -> None:
    async with listening(issuing("*")) as issued:
        with web_stores.registry(tmp_path, "tokens", f"{issued.url}/token", IMAGES) as server:
            (verdict,) = (await seen("registry", server)).verdicts
    assert said(verdict) == "unknown issuer-not-asked"
    assert isinstance(verdict, Unknown)
    assert verdict.detail == f"whether a stranger gets a token was not asked: 127.0.0.1:{issued.port} is not declared"
    assert Fact(FactKind.LEADS_TO, issued.url) in verdict.facts
    assert issued.connections == 0


@pytest.mark.parametrize(
    ("path", "right"), [("jwt/auth", "clear login-demanded"), ("token", "unknown issuer-not-asked")]
)
async def test_gitlab_lists_what_its_registry_holds_for_administrators_alone(path: str, right: str) -> None:
    async def serve(talk: Talk) -> None:
        realm = f'Bearer realm="https://git.region.example/{path}",service="container_registry"'
        body = b'{"errors":[{"code":"UNAUTHORIZED"}]}'
        head = f"HTTP/1.1 401 X\r\nWWW-Authenticate: {realm}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        while await talk.hear():
            await talk.say(head, body)

    async with listening(serve) as server:
        (verdict,) = (await seen("registry", server)).verdicts
    assert said(verdict) == right
