"""The API: answers fit its description, programs have tokens with scopes, and bad requests are told why."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from monitor.web.v1 import models
from monitor.web.v1.openapi import description
from monitor.web.v1.table import ENDPOINTS
from tests.monitor.web.house import CANARY, NOW
from tests.monitor.web.serving import Answer, Site, site


async def token(
    at: Site, *scopes: str, role: str = "responder", party: str = "beta", label: str = "t"
) -> dict[str, str]:
    ends = NOW + timedelta(days=30)
    made = await at.services.access(lambda file: file.make_token(label, role, party, scopes, NOW, ends))
    return {"Authorization": f"Bearer {made}"}


async def get(at: Site, path: str, headers: dict[str, str], **more: Any) -> tuple[int, Any]:
    answer = await at.get(f"/api/v1{path}", headers={**headers, **more})
    return answer.status, json.loads(answer.text) if answer.text else None


def problem(answer: Answer) -> dict[str, Any]:
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    value: dict[str, Any] = json.loads(answer.text)
    assert (value["status"], bool(value["title"]), bool(value["detail"])) == (answer.status, True, True)
    return value


async def test_every_answer_fits_its_model_and_holds_only_what_is_the_grants(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("approver", "beta")
        mine = at.house.findings["beta-disk"].id
        message = (await at.get("/api/v1/messages", cookie)).text
        ids = {"finding": mine, "asset": "beta-disk", "message": str(json.loads(message)["items"][0]["id"])}
        for one in ENDPOINTS:
            if one.route.method != "GET":
                continue
            query = "?asset=beta-disk" if one.route.name == "api-places" else ""
            answer = await at.get(one.route.path.format(**ids) + query, cookie)
            assert answer.status == 200, (one.route.path, answer.text)
            value = one.answer.model_validate_json(answer.text)
            # What is left out where there is one network alone is unset in the model.
            assert json.loads(value.model_dump_json(exclude_unset=True)) == json.loads(answer.text), one.route.path
            assert "alpha" not in answer.text
            assert CANARY["alpha-disk"] not in answer.text
        assert CANARY["beta-disk"] in (await at.get(f"/api/v1/findings/{mine}", cookie)).text


async def test_a_token_has_its_scopes_and_no_more(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        reads = await token(at, "findings:read")
        status, found = await get(at, "/findings", reads)
        assert (status, [one["asset"] for one in found["items"]], found["count"], found["next"]) == (
            200,
            ["beta-disk"],
            1,
            None,
        )
        assert (await get(at, "/assets", reads))[0] == 403
        assert (await at.get("/findings", headers=reads)).status == 403, "pages are for people"
        assert (await get(at, "/log", await token(at, "reports:read", label="l")))[0] == 403, "its role may not"
        for wrong in ("Bearer lo_x", "Basic " + "eDp4", "Bearer " + reads["Authorization"][10:]):
            answer = await at.get("/api/v1/findings", headers={"Authorization": wrong})
            assert (problem(answer)["status"], answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        at.clock.now += timedelta(days=40)
        assert (await get(at, "/findings", reads))[0] == 401
        assert (await at.log())[0].who == "token t"


async def test_a_program_acts_once_on_what_it_saw_and_never_gravely(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        headers = await token(at, "findings:read", "actions:write", role="approver")
        mine = at.house.findings["beta-disk"].id
        seen = await at.get(f"/api/v1/findings/{mine}", headers=headers)
        path, keyed = f"/api/v1/findings/{mine}/actions", {"Idempotency-Key": "a", "If-Match": seen.headers["ETag"]}

        async def act(said: Any, **more: str) -> Answer:
            return await at.get(path, method="POST", json=said, headers={**headers, **keyed, **more})

        first = await act({"act": "acknowledge"})
        assert first.status == 200, first.text
        again = await act({"act": "acknowledge"})
        assert (again.status, again.text) == (200, first.text)
        assert problem(await act({"act": "contain", "reason": "x"}))["type"].endswith("key-used")
        stale = problem(await act({"act": "contain", "reason": "x"}, **{"Idempotency-Key": "b"}))
        assert (stale["status"], stale["etag"]) == (412, "1.1")
        done = await act({"act": "contain", "reason": "closed it"}, **{"Idempotency-Key": "b", "If-Match": '"1.1"'})
        assert done.status == 200
        assert problem(await act({"act": "dismiss", "reason": "no"}, **{"Idempotency-Key": "c"}))["status"] == 403
        assert problem(await act({"act": "contain", "reason": "x"}, **{"Idempotency-Key": ""}))["status"] == 400
        refused = problem(await act({"act": "acknowledge"}, **{"Idempotency-Key": "d", "If-Match": '"1.2"'}))
        assert (refused["status"], "has said that it is closed" in refused["why"]) == (409, True)
        assert problem(await act({"act": "contain", "reason": "x"}, **{"If-Match": ""}))["status"] == 428
        unsigned = await at.get(path, method="POST", json={"act": "acknowledge"})
        assert (problem(unsigned)["status"], unsigned.headers["WWW-Authenticate"]) == (401, "Bearer")
        for body, parameter in [
            ({"act": "x"}, "act"), ({"act": "contain", "by": "me"}, "by"), ([], ""),
            ({"act": "accept", "reason": "x", "days": "5"}, "days"),
            ({"act": "aware", "reason": "x", "since": 0}, "since"),
            ({"act": "aware", "reason": "x", "since": "0001-01-01T00:00:00+14:00"}, "since"),
        ]:  # fmt: skip
            told = problem(await act(body, **{"Idempotency-Key": "e"}))
            assert (told["status"], told["errors"][0]["parameter"]) == (422, parameter)
        broken = await at.get(
            path, method="POST", data=b"{", headers={**headers, **keyed, "Content-Type": "application/json"}
        )
        assert problem(broken)["status"] == 422
        assert problem(await at.get(path, method="POST", data=b"{}", headers={**headers, **keyed}))["status"] == 415


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("state=opne", "state.0"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"),
        ("limt=5", "limt"),
        ("limit=1&limit=2", "limit"), ("q=" + "x" * 101, "q"), ("after=abc", None), ("after=" + "A" * 60, None),
    ],
)  # fmt: skip
async def test_bad_parameters_are_named_and_not_said_again(tmp_path: Path, query: str, parameter: str | None) -> None:
    async with site(tmp_path) as at:
        told = problem(await at.get(f"/api/v1/findings?{query}", headers=await token(at, "findings:read")))
        assert told["status"] == 422
        assert parameter is None or told["errors"][0]["parameter"] == parameter
        assert "opne" not in str(told)


@pytest.mark.parametrize("until", ["0001-01-01", "0", "2026-10-01T00:00:00", "1999-12-31", "2026-13-01"])
async def test_a_day_is_written_out(tmp_path: Path, until: str) -> None:
    async with site(tmp_path) as at:
        headers = await token(at, "coverage:read")
        told = problem(await at.get(f"/api/v1/coverage?until={until}", headers=headers))
        assert (told["status"], told["errors"][0]["parameter"]) == (422, "until")


async def test_pages_follow_each_other_and_a_place_is_good_for_one_scope(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        region = await token(at, "findings:read", party="region")
        first = (await get(at, "/findings?limit=1", region))[1]
        second = (await get(at, f"/findings?limit=1&after={first['next']}", region))[1]
        assert {one["items"][0]["asset"] for one in (first, second)} == {"alpha-disk", "beta-disk"}
        assert second["next"] is None
        other = await token(at, "findings:read", label="o")
        assert (await get(at, f"/findings?after={first['next']}", other))[0] == 422


async def test_what_has_not_changed_is_not_sent_again_and_versions_are_of_one_scope(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        beta, sub = await token(at, "findings:read"), await token(at, "findings:read", party="sub", label="s")
        answer = await at.get("/api/v1/rounds", await at.signed_in("viewer", "beta"))
        tag = answer.headers["ETag"]
        same = await at.get("/api/v1/rounds", await at.signed_in("viewer", "beta"), headers={"If-None-Match": tag})
        assert (same.status, same.text) == (304, "")
        other = await at.get("/api/v1/rounds", await at.signed_in("viewer", "sub"), headers={"If-None-Match": tag})
        assert other.status == 200, "the same text, and still another version"
        assert beta != sub


def test_the_description_is_whole_and_checked_in() -> None:
    made = description()
    text = json.dumps(made)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named <= set(made["components"]["schemas"])
    assert len(made["paths"]) == len({one.route.path for one in ENDPOINTS})
    for path, methods in made["paths"].items():
        for one in methods.values():
            assert one["summary"], path
            gaps = {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"}
            assert gaps == set(re.findall(r"\{(\w+)\}", path))
    assert made["openapi"] == "3.1.0"


async def test_the_description_is_served_to_everybody(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        answer = await at.get("/api/v1/openapi.json")
        assert (answer.status, json.loads(answer.text)) == (200, description())


@pytest.mark.parametrize("query", [models.FindingsQuery, models.AssetsQuery, models.MessagesQuery])
def test_every_value_of_a_filter_may_be_asked_for_at_once(query: type[BaseModel]) -> None:
    lists = [one for one in query.model_json_schema()["properties"].values() if "enum" in one.get("items", {})]
    assert lists
    assert [one["maxItems"] for one in lists] == [len(one["items"]["enum"]) for one in lists]
