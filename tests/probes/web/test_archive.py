"""An Orthanc behind a page: its own page or a list of its identifiers is a sign, its counts are the proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from probes.api import Clear, Exposed, Known, Unknown, Verdict
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.monitor.network.builders import KEY, driver, only
from tests.probes.services.looking import LIMITS, said
from tests.probes.web.builders import HTML, MISSING, NONCE, target
from tests.servers import web_stores

JSON = "application/json"
EXPLORER = b"""<!DOCTYPE html>
<html><head><title>Orthanc Explorer</title><script src="libs/jquery.min.js"></script><script src="explorer.js"></script>
</head><body><div data-role="page" id="lookup"><h1><span class="orthanc-name"></span>Lookup studies</h1></div>
</body></html>"""
"""As Orthanc 1.10.1 writes it (OrthancExplorer/explorer.html), shortened."""
EXPLORER_2 = b"""<!DOCTYPE html>
<html lang="en"><head><title>Orthanc Explorer 2</title><script type="module" crossorigin src="./assets/index-1a.js">
</script></head><body><div id="app"></div></body></html>"""
"""As the plugin Orthanc Explorer 2 is built (WebApplication/index.html), shortened."""
IDS = [f"{number:08x}-9e70e3d0-78d5b4df-afd84a21-35bbc434" for number in range(3)]
COUNTS = {"CountInstances": 9, "CountPatients": 2, "CountSeries": 3, "CountStudies": 3}
Answers = Mapping[str, Answer]


def told(value: object, status: int = 200) -> Answer:
    return says(status, json.dumps(value).encode(), content_type=JSON)


def page(body: bytes) -> Answer:
    return says(200, body, content_type=HTML)


NO = says(401, b"", content_type=HTML)
FORBIDDEN = says(403, b"<h1>403</h1>", content_type=HTML)


def look(path: str, answers: Answers, known: tuple[Known, ...] = ()) -> tuple[Verdict, list[Request]]:
    def answer(request: Request) -> Answer:
        return answers.get(request.path, MISSING) if request.method == "GET" else says(405, b"", content_type=HTML)

    verdicts, asked = play(HTTP_LISTING, target(paths=(path,), declared=frozenset({path}), known=known), answer)
    return verdicts[-1], asked


@pytest.mark.parametrize(
    ("path", "explorer"),
    [
        ("/app/explorer.html", EXPLORER),
        ("/pacs/app/explorer.html", EXPLORER),
        ("/ui/app/", EXPLORER_2),
        ("/orthanc/ui/app/index.html", EXPLORER_2),
    ],
)
def test_its_explorer_leads_to_its_counts(path: str, explorer: bytes) -> None:
    root = path.partition("/app/")[0].removesuffix("/ui")
    verdict, asked = look(path, {path: page(explorer), f"{root}/statistics": told(COUNTS)})
    assert isinstance(verdict, Exposed)
    assert said(verdict) == "exposed store-open"
    assert [(one.things, one.number) for one in verdict.counted] == [("studies", 3), ("patients", 2)]
    assert f"{root}/studies/{NONCE}" in [one.path for one in asked]
    assert not any(one.path.endswith(("/studies", "/patients")) for one in asked), "counts tell more than names"


@pytest.mark.parametrize("things", ["studies", "patients"])
def test_a_list_of_its_identifiers_is_counted_and_dropped(things: str) -> None:
    for path in (f"/{things}", f"/{things}/", f"/pacs/{things}"):
        verdict, _ = look(path, {path: told(IDS), path.rstrip("/"): told(IDS)})
        assert isinstance(verdict, Exposed), path
        assert [(one.things, one.number) for one in verdict.counted] == [(things, 3)]
        assert IDS[1] not in repr(verdict)


def test_a_list_stays_open_where_its_counts_alone_are_shut() -> None:
    for shut in (NO, FORBIDDEN, MISSING):
        verdict, _ = look("/studies", {"/studies": told(IDS), "/statistics": shut})
        assert said(verdict) == "exposed store-open"


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        ({"/statistics": NO}, "clear login-demanded"),
        (dict.fromkeys(("/statistics", "/studies", "/patients"), FORBIDDEN), "clear forbidden"),
        ({}, "unknown drawn-by-script"),
        ({"/statistics": FORBIDDEN, "/patients": told(IDS)}, "exposed store-open"),
        ({"/statistics": FORBIDDEN, "/studies": told([])}, "exposed store-empty"),
        ({"/statistics": told({"a": 1}), "/studies": told({"a": 1})}, "unknown drawn-by-script"),
        ({"/statistics": says(503, b"", content_type=HTML)}, "unknown drawn-by-script"),
    ],
)
def test_its_page_without_its_counts(answers: Answers, right: str) -> None:
    path = "/app/explorer.html"
    verdict, asked = look(path, {path: page(EXPLORER), **answers})
    assert said(verdict) == right
    if right == "clear login-demanded":
        assert [one.path for one in asked if one.path in ("/statistics", "/studies", "/patients")] == ["/statistics"]


def test_a_server_that_answers_anything_proves_nothing() -> None:
    def found(request: Request) -> Answer:
        if request.method != "GET" or request.path == "/app/explorer.html":
            return page(EXPLORER) if request.method == "GET" else says(405, b"", content_type=HTML)
        return told(COUNTS) if request.path.startswith("/st") else MISSING

    verdicts, _ = play(HTTP_LISTING, target(paths=("/app/explorer.html",)), found)
    assert [said(one) for one in verdicts] == ["unknown catch-all"]


@pytest.mark.parametrize(
    "body",
    [
        told(["a", "b"]),
        told([*IDS, "x"]),
        told([{"ID": IDS[0]}]),
        told({"studies": IDS}),
        told([[one] for one in IDS]),
        says(200, b'["' + b"0" * 100_000, content_type=JSON),
    ],
)
def test_another_list_is_none_of_it(body: Answer) -> None:
    verdict, asked = look("/studies", {"/studies": body, "/statistics": told(COUNTS)})
    assert not isinstance(verdict, Exposed)
    assert "/statistics" not in [one.path for one in asked], "nothing is asked of what is no Orthanc"


def test_a_text_about_it_is_none() -> None:
    text = (
        b"<html><head><title>Orthanc Explorer</title></head><body><h1>Orthanc</h1><p>We removed the archive of images"
    )
    verdict, asked = look("/app/explorer.html", {"/app/explorer.html": page(text + b" in May.</p></body></html>")})
    assert isinstance(verdict, Clear)
    assert "/statistics" not in [one.path for one in asked]


def test_what_was_open_is_not_closed_by_another_page() -> None:
    path = "/app/explorer.html"
    known = (Known(path, ("/statistics",), "listing", open=True),)
    ordinary = page(b"<html><head><title>Welcome</title></head><body><h1>Ward</h1><p>Nothing to see.</p></body></html>")
    verdict, _ = look(path, {path: ordinary, "/statistics": told(COUNTS)}, known)
    assert isinstance(verdict, Exposed | Unknown), said(verdict)
    verdict, _ = look(path, {path: NO, "/statistics": NO}, known)
    assert said(verdict) == "clear login-demanded"


@pytest.mark.parametrize("path", ["/", "/studies", "/patients/", "/app/explorer.html", "/statistics"])
@pytest.mark.parametrize("state", ["open", "closed"])
async def test_a_real_orthanc_is_judged_by_any_of_its_pages(tmp_path: Path, path: str, state: str) -> None:
    more = ("closed",) if state == "closed" else ()
    with web_stores.orthanc(tmp_path, *more) as server:
        at = target(address=server.host, port=server.port, paths=(path,), declared=frozenset({path}))
        look = await driver(only((server.host, server.port))).look(HTTP_LISTING, at, KEY, LIMITS)
    verdict = look.verdicts[-1]
    if state == "closed":
        assert said(verdict) == "clear login-demanded"
        return
    assert isinstance(verdict, Exposed)
    assert said(verdict) == "exposed store-open"
    assert [(one.things, one.number) for one in verdict.counted] == [("studies", 3), ("patients", 3)]
