"""A changed inventory: whatever was kept of the one before shows nobody more, less or other than a start anew would."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.inventory.load import loads
from monitor.inventory.model.inventory import Inventory
from monitor.store.tables import asset_parties
from monitor.web.routes import Route
from monitor.web.table import ROUTES
from tests.monitor.web.house import CANARY, NOW, TEXT
from tests.monitor.web.serving import Answer, Site, site
from tests.monitor.web.test_tenants import ids_of

MOVED = ("owner: sub, contract: c-sub, data: recordings", "owner: beta, contract: c-beta, data: recordings")
RENAMED = ("name: Beta AB", "name: Gamma AB")
ROUTED = ('party: alpha, url: "env:ALPHA"', 'party: beta, url: "env:ALPHA"')
CALMER = ("owner: beta, contract: c-beta, data: recordings", "owner: beta, contract: c-beta, data: static")
LEFT = (f"{next(line for line in TEXT.splitlines() if 'id: alpha-disk' in line)}\n", "")
WHO = [("responder", "alpha"), ("responder", "sub"), ("auditor", "beta"), ("approver", "beta"), ("approver", "region"),
       ("operator", "region")]  # fmt: skip
"""Each is asked in one of the two cases: to ask all of them in both takes twice as long."""
_OF_READS = {"log", "api-log", "metrics"}
"""What these show changes with every request."""


def changed(at: Site, *changes: tuple[str, str]) -> Inventory:
    """The inventory of the house with some texts in place of others."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return loads(text).model_copy(update={"web": at.declared[0].web})


def routes() -> list[Route]:
    """Whatever may be read, but what tells of the reading."""
    return [one for one in ROUTES if one.method == "GET" and one.name not in _OF_READS]


def shown(answer: Answer) -> tuple[int, str, str | None, str | None]:
    """An answer without what is another for each."""
    text = re.sub(r'nonce="[^"]*"|name="key" value="[^"]*"', "", answer.text)
    return answer.status, text, answer.headers.get("ETag"), answer.headers.get("Location")


async def everything(at: Site, cookies: Mapping[str, str], ids: list[dict[str, str]]) -> dict[str, tuple[object, ...]]:
    """What each of them is shown, by who asks and for what."""
    found: dict[str, tuple[object, ...]] = {}
    for who, cookie in cookies.items():
        for route in routes():
            for some in ids if route.gaps else ids[:1]:
                path = route.path.format(**some)
                found[f"{who} {path}"] = shown(await at.get(path, cookie))
    return found


def forget(at: Site) -> None:
    """As after a start anew."""
    at.services.views.clear()
    at.services.heads.forget()
    with at.services.pool._lock:
        while at.services.pool._idle:
            at.services.pool._idle.popitem()[1][2].close()


async def declare(at: Site, inventory: Inventory) -> None:
    """As a round does after a reload: who is in the chain of each asset."""
    chains = {asset.id: frozenset(party.id for party in inventory.chain(asset)) for asset in inventory.assets}
    assert at.services.ledger is not None
    await at.services.ledger(lambda ledger: asset_parties.note(ledger, chains, NOW))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("declares", "readers"), [(False, WHO[::2]), (True, WHO[1::2])], ids=["before a round", "after it"]
)
async def test_after_each_reload_everybody_is_shown_what_a_start_anew_would_show(
    tmp_path: Path, declares: bool, readers: list[tuple[str, str]]
) -> None:
    async with site(tmp_path) as at:
        cookies = {f"{role} of {party}": await at.signed_in(role, party, f"{role} {party}") for role, party in readers}
        ids = [await ids_of(at, "alpha"), await ids_of(at, "beta")]
        first = at.declared[-1]
        turns = [
            first,
            changed(at, MOVED),
            changed(at, MOVED, RENAMED),
            changed(at, ROUTED),
            changed(at, CALMER),
            changed(at, LEFT),
            first,
        ]
        for number, inventory in enumerate(turns):
            at.declared.append(inventory)
            if declares:
                await declare(at, inventory)
            kept = await everything(at, cookies, ids)
            forget(at)
            anew = await everything(at, cookies, ids)
            assert {key: (kept[key], anew[key]) for key in kept if kept[key] != anew[key]} == {}, number
            for who, other in (("alpha", "beta-disk"), ("sub", "beta-disk")):
                leaks = [key for key, one in kept.items() if f"of {who} " in key and CANARY[other] in str(one)]
                assert leaks == [], (number, leaks)


PAGES = ("/", "/findings", "/coverage", "/parties", "/messages", "/contracts", "/findings.csv", "/calendar.ics")


async def test_what_is_being_made_while_it_changes_shows_one_inventory_or_the_other(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookies = [await at.signed_in(*one, f"{one}") for one in (("responder", "alpha"), ("approver", "beta"))]
        asked = [(cookie, path) for cookie in cookies for path in PAGES]
        turns = [at.declared[-1], changed(at, MOVED), changed(at, LEFT)]
        at_rest: dict[tuple[str, str], set[object]] = {}
        for inventory in turns:
            at.declared.append(inventory)
            forget(at)
            for cookie, path in asked:
                at_rest.setdefault((cookie, path), set()).add(shown(await at.get(path, cookie)))
        for number in range(6):
            answers = [asyncio.ensure_future(at.get(path, cookie)) for cookie, path in asked]
            await asyncio.sleep(0.01 * number)
            at.declared.append(turns[number % len(turns)])
            for one, answer in zip(asked, await asyncio.gather(*answers), strict=True):
                assert shown(answer) in at_rest[one], (number, one[1])
