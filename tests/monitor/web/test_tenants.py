"""Every route of the table, asked for what is Alpha's in the roles of Beta: not there, and in the log. Made from the
table itself: a route with an id of a kind that is not known here fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.inventory.model.installation.web import WebRole
from monitor.legal.clocks import duty_ids
from monitor.store.ledger import Ledger
from monitor.web.act import findings as finding_acts
from monitor.web.act import messages as message_acts
from monitor.web.routes import OpenRoute, Route
from monitor.web.table import OPEN, ROUTES
from tests.monitor.web.house import CANARY
from tests.monitor.web.serving import Answer, Site, site

ROLES = [role.value for role in WebRole if role is not WebRole.OPERATOR]
ALPHA_ONLY = ("alpha", "Alpha", "sub", "a.test", "192.0.2.1", "own-site", "c-sub")
"""What stands in the inventory of the region and is none of Beta's business."""


async def ids_of(at: Site, mine: str) -> dict[str, str]:
    """For each kind of id in a path, one that is of a vendor."""
    asset = f"{mine}-disk"

    def numbers(ledger: Ledger) -> str:
        sql = "SELECT id FROM dues WHERE party = ? ORDER BY id"
        return str(ledger.rows(sql, mine)[0]["id"])

    assert at.services.ledger is not None
    finding = at.house.findings[asset].id
    number = await at.services.ledger(numbers)
    report = await at.services.ledger(
        lambda ledger: str(ledger.rows("SELECT id FROM reports WHERE party = ? AND kind = 'vendor'", mine)[0]["id"])
    )
    ids = {"finding": finding, "asset": asset, "message": number, "party": mine, "contract": f"c-{mine}"}
    return ids | {"report": report, "form": "html"}


NOT_THERE = {"finding": "LO-0000000000", "asset": "no-disk", "message": "99999", "party": "nobody", "contract": "c-no",
             "report": "99999", "form": "html"}  # fmt: skip


def filled(route: Route, ids: dict[str, str]) -> str:
    unknown = [gap for gap in route.gaps if gap not in ids]
    assert not unknown, f"{route.name}: say here what an id of the kind {unknown} is"
    return route.path.format(**ids)


async def ask(at: Site, route: Route, path: str, cookie: str, what: str = "") -> Answer:
    if route.method == "GET":
        return await at.get(path, cookie)
    said = {"act": what, "reason": "a reason", "days": "5", "key": f"{path}{what}", "etag": "1.0"}
    said["duty"] = duty_ids()[0] if what == "sent" else ""
    if not route.as_json:
        return await at.post(path, cookie, data=said)
    keys = {"Idempotency-Key": f"{path}{what}", "If-Match": '"1.0"'}
    body = {key: said[key] for key in ("act", "reason", *(("duty",) if what == "sent" else ()))}
    return await at.post(path, cookie, json=body, headers=keys)


@pytest.mark.parametrize("role", ROLES)
async def test_an_id_of_anothers_is_answered_as_one_that_is_not_there(tmp_path: Path, role: str) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in(role, "beta")
        theirs = await ids_of(at, "alpha")
        asked = 0
        for route in (one for one in ROUTES if one.gaps and one.method == "GET"):
            foreign = await ask(at, route, filled(route, theirs), cookie)
            nothing = await ask(at, route, filled(route, NOT_THERE), cookie)
            expected = 404 if role in ("approver", "auditor") or route.permit.value == "read" else 403
            assert (foreign.status, nothing.status) == (expected, expected), route.name
            assert _without_id(foreign.text, theirs) == _without_id(nothing.text, NOT_THERE), route.name
            asked += 2
        log = await at.log()
        assert len(log) == asked, "each of them stands in the log"
        assert {(read.event, read.party, read.role) for read in log} == {("refused", "beta", role)}
        assert {theirs["finding"], theirs["message"], theirs["asset"]} <= {read.object for read in log}


@pytest.mark.parametrize("role", ROLES)
async def test_no_list_total_or_filter_shows_what_is_anothers(tmp_path: Path, role: str) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in(role, "beta")
        theirs, mine = await ids_of(at, "alpha"), await ids_of(at, "beta")
        foreign = [CANARY["alpha-disk"], theirs["finding"], *ALPHA_ONLY]
        queries = [
            "", "?lang=sv", "?state=all", "?party=alpha", "?contract=c-alpha", f"?finding={theirs['finding']}",
            "?asset=alpha-disk", "?q=canary", "?asset=alpha-disk&asset=beta-disk", "?limit=1", "?handling=new",
        ]  # fmt: skip
        seen = ""
        for route in (one for one in ROUTES if one.method == "GET"):
            for query in queries:
                answer = await at.get(filled(route, mine) + query, cookie)
                said = query.split("=")[-1] if "=" in query else ""
                text = (
                    answer.text.replace(f'value="{said}"', "").replace(query.replace("&", "&amp;"), "")
                    if said
                    else answer.text
                )
                # A log of what somebody tried holds what they wrote themselves.
                typed = {theirs["finding"]} if route.name in ("log", "api-log") else set()
                shown = [
                    one
                    for one in foreign
                    if one not in typed and one in text.replace("subject", "").replace("sub-", "")
                ]
                assert not shown, (route.name, query, shown)
                seen += answer.text
        assert mine["finding"] in seen, "and its own is shown, else nothing is proven here"
        assert (CANARY["beta-disk"] in seen) is (role != "auditor")


@pytest.mark.parametrize("role", ["responder", "approver"])
async def test_no_action_reaches_what_is_anothers(tmp_path: Path, role: str) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in(role, "beta")
        theirs = await ids_of(at, "alpha")
        before = await _everything(at)
        for route in (one for one in ROUTES if one.gaps and one.method != "GET"):
            acts: Any = finding_acts.ACTS if "finding" in route.gaps else message_acts.ACTS
            for what in acts:
                answer = await ask(at, route, filled(route, theirs), cookie, what)
                assert answer.status == 404, (route.name, what, answer.text)
        assert await _everything(at) == before
        assert {read.status for read in await at.log()} == {404}


@pytest.mark.parametrize("role", ["responder", "approver"])
async def test_of_several_findings_none_is_taken_when_one_is_anothers(tmp_path: Path, role: str) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in(role, "beta")
        theirs, mine = await ids_of(at, "alpha"), await ids_of(at, "beta")
        before = await _everything(at)
        texts = []
        for foreign in (theirs["finding"], NOT_THERE["finding"]):
            shown = await at.get(f"/acknowledge?finding={mine['finding']}&finding={foreign}", cookie)
            form = [("key", "k"), ("finding", f"{mine['finding']} 1.0"), ("finding", f"{foreign} 1.0")]
            taken = await at.post("/acknowledge", cookie, data=form)
            assert (shown.status, taken.status) == (404, 404)
            texts += [shown.text, taken.text]
        assert len(set(texts)) == 1
        assert await _everything(at) == before
        refused = [(read.object, read.event) for read in await at.log()]
        assert refused.count((theirs["finding"], "refused")) == 2
        assert refused.count((mine["finding"], "refused")) == 4, "each that was named stands in the log"


async def test_two_grants_are_never_added_up(tmp_path: Path) -> None:
    """Who may read Alpha and act for Beta may not act for Alpha."""
    grants = (
        ", grants: [{claim: groups, value: g, role: approver, party: beta}, "
        "{claim: groups, value: g, role: viewer, party: alpha}]"
    )
    async with site(tmp_path, grants) as at:
        claims = {"groups": ("g",)}
        secret = await at.services.access(lambda file: file.begin("https://id", "1", "Anna", claims, at.clock()))
        cookie, theirs = f"leftopen={secret}", await ids_of(at, "alpha")
        acting = next(one for one in ROUTES if one.name == "api-finding-act")
        assert (await ask(at, acting, filled(acting, theirs), cookie, "contain")).status == 404
        assert CANARY["alpha-disk"] not in (await at.get("/findings", cookie)).text
        assert (await at.post("/act-as", cookie, data={"grant": "viewer:alpha"})).status == 303
        page = (await at.get("/findings", cookie)).text
        assert CANARY["alpha-disk"] in page
        assert CANARY["beta-disk"] not in page
        assert (await ask(at, acting, filled(acting, theirs), cookie, "contain")).status == 403
        mine = await ids_of(at, "beta")
        assert (await ask(at, acting, filled(acting, mine), cookie, "contain")).status in (403, 404)


async def test_open_routes_show_nothing_of_the_ledger(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        for route in OPEN:
            answer = await at.get(
                route.path.format_map({"secret": "guess"}), method=route.method, headers={"Origin": at.url}
            )
            for word in ("alpha", "beta", "region", "canary", "LO-1"):
                assert word not in answer.text.replace("LO-17GTMKV9PK", ""), (route.path, word)


async def test_names_of_routes_are_their_own() -> None:
    routes: list[Route | OpenRoute] = [*ROUTES, *OPEN]
    names = [route.name for route in routes]
    assert len(set(names)) == len(names)
    assert len({(route.method, route.path) for route in routes}) == len(names)


def _without_id(text: str, ids: dict[str, str]) -> str:
    for value in ids.values():
        text = text.replace(value, "ID") if len(value) > 4 else text
    return text


async def _everything(at: Site) -> str:
    assert at.services.ledger is not None
    tables = ("deeds", "postings", "dues", "http_actions")
    return await at.services.ledger(
        lambda ledger: json.dumps([[tuple(row) for row in ledger.rows(f"SELECT * FROM {one}")] for one in tables])  # noqa: S608
    )
