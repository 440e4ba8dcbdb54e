"""Stores that answer wrongly: a listing of theirs is whole or says that it is not, and always ends."""

from __future__ import annotations

import random
from functools import partial
from typing import Any
from urllib.parse import quote_plus

import pytest
from aiohttp import web

from probes.api import Dialect
from tests.monitor.surveys.buckets import HOSTILE, Store, listed, seen, utf_16, walked, whole
from tests.monitor.surveys.test_keys import LAYOUTS

KEYS = LAYOUTS["tree"][:1500]
EMOJI = [f"{start}{n:03d}.wav".encode() for start in ("a", "ö/", "\uffee", "😀", "😀/x", "z") for n in range(150)]
V2 = frozenset({"list-type", "start-after", "continuation-token"})


async def test_v1_only_is_asked_in_its_way() -> None:
    store = Store(KEYS, ignores=V2, second=False)
    whole(await listed(store), store)
    assert sum("marker" in one for one in store.asked) >= 14


async def test_v1_only_that_looks_like_v2_shows_the_first_page_again() -> None:
    store = Store(KEYS, ignores=V2, token=lambda at: "")
    store.second = True
    whole(await listed(store), store)


async def test_start_after_ignored_and_tokens_good() -> None:
    store = Store(KEYS, ignores=frozenset({"start-after", "marker"}))
    done = await listed(store)
    whole(done, store)
    assert sum("continuation-token" in one for one in store.asked) == 14


@pytest.mark.parametrize("second", [True, False])
@pytest.mark.parametrize("token", [lambda at: "", lambda at: "100", lambda at: str(at % 200)])
async def test_nothing_leads_on(token: Any, second: bool) -> None:
    store = Store(KEYS, ignores=frozenset({"start-after", "marker"}), token=token, second=second)
    done = await listed(store)
    assert done.partial
    assert not done.unfinished
    assert done.tally.files <= 300
    assert len(store.asked) < 30


async def test_truncated_without_a_token() -> None:
    store = Store(KEYS, token=lambda at: "")
    whole(await listed(store), store)


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("token", [str, lambda at: "1500", lambda at: ""])
async def test_more_is_said_and_none_comes(dialect: Dialect, token: Any) -> None:
    store = Store(KEYS, dialect, endless=True, token=token)
    done = await listed(store)
    # OCI and Swift name no token of their own here, so that nothing of theirs is endless.
    assert done.partial or dialect in (Dialect.OCI, Dialect.SWIFT) or (token(1) == "" and dialect is not Dialect.S3)
    assert len(store.asked) < 1200
    if not done.partial and token(1):
        whole(done, store)


async def test_one_page_for_ever_with_encoding_type() -> None:
    store = Store(KEYS, repeats=lambda query: "encoding-type" in query)
    whole(await listed(store), store)


async def test_encoding_type_refused() -> None:
    def fault(number: int, query: dict[str, bytes]) -> web.Response | None:
        return web.Response(status=400, body=b"<Error/>") if "encoding-type" in query else None

    store = Store([key.encode() for key in HOSTILE], fault=fault, page=4)
    whole(await listed(store), store)


@pytest.mark.parametrize("spell", [lambda key: quote_plus(key), lambda key: quote_plus(key, safe="/")])
async def test_spellings(spell: Any) -> None:
    store = Store([key.encode() for key in HOSTILE], spell=spell, page=4)
    whole(await listed(store), store)


@pytest.mark.parametrize("keys", [EMOJI, KEYS], ids=["emoji", "plain"])
async def test_utf_16_order(keys: list[bytes]) -> None:
    store = Store(keys, order=utf_16, page=40, delay=0.002)
    whole(await listed(store), store)


@pytest.mark.parametrize("page", [3, 40])
async def test_the_order_of_a_disk(page: int) -> None:
    keys = [
        f"{top}{mark}{n}".encode() for top in "abcdefgh" for mark in ("", "-", "/", "/x/", "0", ".") for n in range(20)
    ]
    store = Store(keys, order=walked, page=page, delay=0.002)
    whole(await listed(store), store)


async def test_no_order_at_all() -> None:
    places = {key: random.Random(n).random() for n, key in enumerate(KEYS)}
    store = Store(KEYS, order=lambda key: places.get(key, 0.0), delay=0.002)
    done = await listed(store)
    whole(done, store)
    assert done.tally.folders == done.objects.folders


async def test_refused_now_and_then_it_asks_less_and_goes_on() -> None:
    def fault(number: int, query: dict[str, bytes]) -> web.Response | None:
        return web.Response(status=503, headers={"Retry-After": "1"}) if number in (9, 10, 21) else None

    store = Store(KEYS, fault=fault, delay=0.005)
    done = await listed(store)
    whole(done, store)


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_errors_cut_pages_and_pages_of_a_front(dialect: Dialect) -> None:
    def fault(number: int, query: dict[str, bytes]) -> web.Response | None:
        match number % 9:
            case 4:
                return web.Response(status=502)
            case 6:
                return web.Response(body=b"<html>busy</html>")
            case _:
                return None

    store = Store(KEYS, dialect, fault=fault)
    whole(await listed(store), store)


def _fails(status: int, number: int, query: dict[str, bytes]) -> web.Response:
    return web.Response(status=status)


async def test_always_failing_ends() -> None:
    for status in (500, 403, 404, 301, 400):
        store = Store(KEYS, fault=partial(_fails, status))
        done = await listed(store)
        assert done.partial
        assert not done.unfinished
        assert len(store.asked) < 12


@pytest.mark.parametrize("dialect", list(Dialect))
async def test_closed_on_the_way_what_was_counted_stays(dialect: Dialect) -> None:
    def fault(number: int, query: dict[str, bytes]) -> web.Response | None:
        return web.Response(status=403) if number > 6 else None

    store = Store(KEYS, dialect, fault=fault)
    done = await listed(store, most=2)
    assert any("403" in why for why in done.partial)
    assert 300 <= len(seen(done)) < 1500


async def test_swift_that_allows_fewer_a_page() -> None:
    def fault(number: int, query: dict[str, bytes]) -> web.Response | None:
        return web.Response(status=412) if "limit" in query else None

    store = Store(KEYS, Dialect.SWIFT, fault=fault)
    whole(await listed(store), store)


async def test_google_without_its_json() -> None:
    store = Store(KEYS, Dialect.GCS)

    async def answer(request: web.Request) -> web.Response:
        if request.path.startswith("/storage/v1"):
            return web.Response(status=401)
        store.dialect = Dialect.S3
        found = await type(store).answer(store, request)
        store.dialect = Dialect.GCS
        return found

    store.answer = answer  # type: ignore[method-assign]
    whole(await listed(store), store)


async def test_keys_that_come_and_go_while_it_is_read() -> None:
    chance = random.Random(7)
    store = Store(KEYS, delay=0.003, page=50)

    def fault(number: int, query: dict[str, bytes]) -> web.Response | None:
        key = f"recordings/2016/{chance.randint(1, 12):02d}/01/new-{chance.random()}.wav".encode()
        store.sizes[key] = 1
        store.keys = sorted([*store.keys, key])
        gone = store.keys[chance.randrange(len(store.keys))]
        if b"new" in gone:
            store.keys.remove(gone)
        return None

    store.fault = fault
    done = await listed(store)
    assert done.partial == ()
    found = seen(done)
    assert len(found) == len(set(found))
    assert set(KEYS) <= set(found)
