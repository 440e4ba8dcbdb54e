"""Connection stores: no credential where none is asked for, no host that nobody declared, the next address in need."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from monitor.inventory.load import loads
from monitor.inventory.model.assets import BucketAsset
from monitor.inventory.model.buckets import bucket_targets
from monitor.inventory.model.inventory import Inventory
from monitor.inventory.scope import Scope
from monitor.network.budget import Limits
from monitor.network.driver import Driver
from monitor.network.names.dns import Names
from monitor.network.pace import Pace
from monitor.network.stores.client import StoreConversation
from monitor.network.stores.hosts import leading, of_stores
from monitor.network.stores.probe_signing import probing
from monitor.network.transport import Timeouts
from monitor.practice.serving import application, listen, prepared
from probes.api import BucketTarget
from probes.buckets.s3 import S3_BUCKET
from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, NoAnswer, Request, Response

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Received:
    """A store that notes what it is asked, to the letter."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.raw_path, {name.lower(): value for name, value in request.headers.items()}))
        return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml")


@pytest.fixture
async def heard() -> AsyncIterator[Received]:
    store = Received()
    runner = await prepared(application(store.answer))
    store.port = await listen(runner, "127.0.0.1", 0)
    yield store
    await runner.cleanup()


def inventory(bucket: str, more: str = "") -> Inventory:
    return loads(
        "leftopen: 1\norganisation: {id: p, name: Practice, contact: looking@practice.example}\n"
        "parties: [{id: vendor, name: Vendor, role: processor}]\n"
        f"assets: [{{id: a, owner: vendor, bucket: {{{bucket}}}{more}}}]\n"
    )


def looked_at(one: Inventory, environ: dict[str, str] | None = None) -> tuple[BucketTarget, Driver]:
    """The only bucket of an inventory, and a driver that may go there."""
    scope = Scope(one)
    driver = Driver(
        scope.allows,
        Pace(),
        lambda: NOON,
        agent="leftopen/test",
        contact="looking@practice.example",
        resolve=of_stores(leading(one, scope, lambda: Names([("127.0.0.1", 9)], 0.2))),
        sign=probing(one, environ or {}, lambda: NOON),
    )
    asset = one.assets[0]
    assert isinstance(asset, BucketAsset)
    return bucket_targets(asset.id, asset.bucket, (), "n")[0], driver


async def ask(one: Inventory, request: Request, environ: dict[str, str] | None = None) -> Answer:
    target, driver = looked_at(one, environ)
    async with driver.conversation(target, Timeouts(0.5, 2.0, 5.0)) as store:
        return await store.ask(request, 5.0)


async def test_an_anonymous_question_carries_no_credential_wherever_one_lies_about(
    heard: Received, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "AMBIENT")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ambient password AMBIENT\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    one = inventory(f"endpoint: 'http://127.0.0.1:{heard.port}', name: calls, probing_key: 'env:PROBING'")
    answer = await ask(one, Request("GET", "/calls?list-type=2", 4096), {"PROBING": "PROBEKEY:PROBESECRET"})
    assert isinstance(answer, Response)
    ((path, headers),) = heard.asked
    assert path == "/calls?list-type=2"
    assert "authorization" not in headers
    assert not any("AMBIENT" in value or "PROBE" in value for value in (path, *headers.values()))
    assert not any(name.startswith("x-amz-") for name in headers)


async def test_a_signed_question_is_signed_with_the_probing_key_alone(heard: Received) -> None:
    one = inventory(f"endpoint: 'http://127.0.0.1:{heard.port}', name: calls, probing_key: 'env:PROBING'")
    await ask(one, Request("GET", "/calls?list-type=2", 4096, signed=True), {"PROBING": "PROBEKEY:PROBESECRET"})
    ((_, headers),) = heard.asked
    assert headers["authorization"].startswith(
        "AWS4-HMAC-SHA256 Credential=PROBEKEY/20261122/us-east-1/s3/aws4_request"
    )
    assert not any("PROBESECRET" in value for value in headers.values())


@pytest.mark.parametrize(
    ("declared", "environ", "says"),
    [
        ("", {}, "no probing key is declared"),
        (", probing_key: 'env:PROBING'", {}, "the environment has no variable PROBING"),
        (", probing_key: 'env:PROBING'", {"PROBING": "no-colon"}, "written id:secret"),
    ],
)
async def test_without_a_key_nothing_signed_is_asked(
    heard: Received, declared: str, environ: dict[str, str], says: str
) -> None:
    one = inventory(f"endpoint: 'http://127.0.0.1:{heard.port}', name: calls{declared}")
    answer = await ask(one, Request("GET", "/calls", 4096, signed=True), environ)
    assert isinstance(answer, NoAnswer)
    assert answer.why is NoAnswerReason.NOT_ASKED
    assert says in answer.detail
    assert heard.asked == []


async def test_a_host_that_an_answer_names_is_asked_only_where_the_inventory_leads(heard: Received) -> None:
    one = inventory(f"endpoint: 'http://127.0.0.1:{heard.port}', name: calls")
    for host in ("127.0.0.2", "localhost", "s3.eu-north-1.amazonaws.com", "169.254.169.254"):
        answer = await ask(one, Request("GET", "/calls", 4096, host=host))
        assert isinstance(answer, NoAnswer), host
        assert answer.why is NoAnswerReason.OUT_OF_SCOPE
    assert heard.asked == []


async def test_where_one_address_is_silent_the_next_is_asked(heard: Received) -> None:
    named = f"endpoint: 'http://store.vendor.example:{heard.port}', name: calls"
    one = inventory(named, ", addresses: [127.0.0.1, 127.0.0.3]")
    assert isinstance(await ask(one, Request("GET", "/calls", 4096)), Response)
    swapped = inventory(named, ", addresses: [127.0.0.0, 127.0.0.1]")
    assert isinstance(await ask(swapped, Request("GET", "/calls", 4096)), Response)
    assert [headers["host"] for _, headers in heard.asked] == [f"store.vendor.example:{heard.port}"] * 2


async def test_what_may_have_arrived_is_not_sent_twice_and_the_next_question_goes_to_the_next_address(
    heard: Received,
) -> None:
    arrived: list[bytes] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.readuntil(b"\r\n\r\n"))
        await reader.read()
        writer.close()

    deaf = await asyncio.start_server(silent, "127.0.0.3", heard.port)
    one = inventory(
        f"endpoint: 'http://store.vendor.example:{heard.port}', name: calls", ", addresses: [127.0.0.3, 127.0.0.1]"
    )
    target, driver = looked_at(one)
    # Addresses are asked in the order of their numbers: here the one that answers would come first.
    async with driver.conversation(target, Timeouts(0.5, 0.3, 5.0)) as store:
        assert isinstance(store, StoreConversation)
        store._left[target.host] = ("127.0.0.3", "127.0.0.1")
        first = await store.ask(Request("GET", "/calls?list-type=2", 4096), 5.0)
        assert isinstance(first, NoAnswer)
        assert first.why is NoAnswerReason.TIMED_OUT
        assert (len(arrived), len(heard.asked)) == (1, 0)
        assert isinstance(await store.ask(Request("GET", "/calls?list-type=2", 4096), 5.0), Response)
    assert (len(arrived), len(heard.asked)) == (1, 1)
    deaf.close()


async def test_a_name_that_does_not_resolve_is_no_answer() -> None:
    answer = await ask(inventory("url: 's3://calls'"), Request("GET", "/calls", 4096))
    assert isinstance(answer, NoAnswer)
    assert answer.why is NoAnswerReason.DNS_FAILED


async def test_a_host_of_an_answer_s_own_making_is_not_written_down() -> None:
    """It is a peer's text: it may be a person's number."""
    number = "19850101-2384"

    async def sends_on(request: web.Request) -> web.Response:
        text = f"<Error><Code>PermanentRedirect</Code><Endpoint>anna.{number}.example.net</Endpoint></Error>"
        return web.Response(status=301, text=text, content_type="application/xml")

    runner = await prepared(application(sends_on))
    port = await listen(runner, "127.0.0.1", 0)
    one = inventory(f"endpoint: 'http://127.0.0.1:{port}', name: calls")
    scope, asset = Scope(one), one.assets[0]
    assert isinstance(asset, BucketAsset)
    pace = Pace()
    pace.set("host", 1000.0, 8)
    driver = Driver(
        scope.allows,
        pace,
        lambda: NOON,
        agent="leftopen/test",
        contact="looking@practice.example",
        resolve=of_stores(leading(one, scope, lambda: Names([("127.0.0.1", 9)], 0.2))),
    )
    (target,) = bucket_targets(asset.id, asset.bucket, (), "n")
    try:
        seen = await driver.look(S3_BUCKET, target, "host", Limits(timeouts=Timeouts(0.5, 2.0, 5.0)))
    finally:
        await runner.cleanup()
    assert [one.outcome for one in seen.asked if one.outcome == "out-of-scope"]
    assert number not in repr(seen.asked)
    assert number not in repr(seen.verdicts)
