"""Roots of interfaces, which name their collections and nothing else: what these answer decides."""

from __future__ import annotations

import json

import pytest

from probes.api import Clear, Exposed, Unknown, Verdict
from probes.recognise.pages.script_loads import collections_of
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import MISSING, sound, target
from tests.servers.pages import NAMES, SOUND

ROOTS: dict[str, object] = {
    "DRF": {name: f"https://inner.local/api/{name}" for name in ("users", "calls", "units")},
    "OData": {
        "@odata.context": "https://nas.test/api/$metadata",
        "value": [{"name": name, "kind": "EntitySet", "url": name} for name in ("users", "calls", "units")],
    },
    "HAL": {
        "_links": {
            "self": {"href": "/api"},
            **{name: {"href": f"/api/{name}{{?page,size}}", "templated": True} for name in ("users", "calls", "units")},
        }
    },
}
ASKED = ("/api/users", "/api/calls", "/api/units")
REFUSED = says(401, b'{"detail":"no"}', content_type="application/json")


def look(root: object, **answers: Answer) -> tuple[list[Verdict], set[str]]:
    def answer(request: Request) -> Answer:
        if request.path == "/api":
            return says(200, json.dumps(root).encode(), content_type="application/json")
        if request.path.startswith("/media/"):
            return sound(request) if request.path.removeprefix("/media/") in NAMES else MISSING
        return answers.get(request.path.removeprefix("/api/"), REFUSED if request.path in ASKED else MISSING)

    verdicts, asked = play(HTTP_LISTING, target(paths=("/api",), data="recordings"), answer)
    return list(verdicts), {request.path for request in asked}


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_whose_collections_are_refused_is_closed(name: str) -> None:
    (verdict,), asked = look(ROOTS[name])
    assert isinstance(verdict, Clear), verdict
    assert set(ASKED) <= asked


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_with_one_collection_that_answers_is_not(name: str) -> None:
    rows = [{"id": number, "caller": "Anna"} for number in range(3)]
    (verdict,), _ = look(ROOTS[name], calls=says(200, json.dumps(rows).encode(), content_type="application/json"))
    assert isinstance(verdict, Unknown)
    for answer in (says(404), says(429), says(503)):
        (verdict,), _ = look(ROOTS[name], units=answer)
        assert isinstance(verdict, Unknown), answer


@pytest.mark.parametrize(("many", "right"), [(8, Clear), (9, Unknown), (200, Unknown)])
def test_a_root_is_closed_only_when_every_collection_was_asked(many: int, right: type[Verdict]) -> None:
    names = [f"kind{number}" for number in range(many)]
    (verdict,), asked = look({name: f"/api/{name}" for name in names}, **dict.fromkeys(names, REFUSED))
    assert type(verdict) is right
    assert len(asked & {f"/api/{name}" for name in names}) == (many if right is Clear else 3)


@pytest.mark.parametrize("name", ROOTS)
def test_a_collection_that_lists_files_is_open(name: str) -> None:
    rows = [{"name": one, "url": f"/media/{one}", "size": len(SOUND)} for one in NAMES]
    verdicts, _ = look(ROOTS[name], units=says(200, json.dumps(rows).encode(), content_type="application/json"))
    assert {type(one): one.place.path for one in verdicts} == {Clear: "/api", Exposed: "/api/units"}


@pytest.mark.parametrize(
    "value",
    [
        {"a.wav": "/media/a.wav", "b.wav": "/media/b.wav"},
        {"calls": "/media/calls.zip"},
        {"users": "/api/users", "count": 3},
        {"_links": {"self": {"href": "/a"}}, "_embedded": {"orders": []}},
        {"@odata.context": "x", "value": [{"name": "a", "id": 1}]},
        {"users": "javascript:x"},
        {"_links": {"self": {"href": "/a"}}},
        ["/api/users"],
        {},
    ],
)
def test_data_is_no_root(value: object) -> None:
    assert collections_of(json.dumps(value)) == ()


def test_a_collection_of_another_host_is_not_asked() -> None:
    (verdict,), asked = look({"users": "https://api.other.example/users", "calls": "/api/calls"})
    assert isinstance(verdict, Unknown)
    assert asked.isdisjoint(ASKED)
