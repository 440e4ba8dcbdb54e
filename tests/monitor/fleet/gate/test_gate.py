"""A gate over real sockets: long polls, keys, certificates, proxies, and workers that lose their way."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trustme
from aiohttp import web

from monitor.fleet.envelope import Message, Sender
from monitor.fleet.gate import worker as gate_worker
from monitor.fleet.gate.registry import Registry
from monitor.fleet.gate.server import Gate, tls
from monitor.fleet.gate.signing import HEADER, PATH, signed
from monitor.fleet.gate.worker import GateWorker, NotTaken, RefusedForGood, Way, register_key
from monitor.proof.formats.note import LOG, SigningKey
from monitor.rounds.batch.values import Batch, BatchResult, batch_from_json, batch_to_json, result_to_json
from monitor.store.files.unsent import UnsentResults
from tests.waiting import until_async

TAKE = b'{"queue":"looks","worker":"w"}'
HUB, KEY = SigningKey.make("hub", LOG), SigningKey.make("sjunet-1", LOG)


class Queue:
    """The queue of a vantage without a broker: what was taken, put back, refused and handed in."""

    def __init__(self, *ids: str) -> None:
        self.waiting = deque((id_, envelope(id_)) for id_ in ids)
        self.held: dict[str, bytes] = {}
        self.given: dict[str, str] = {}
        self.refused: list[str] = []
        self.results: dict[str, bytes] = {}
        self.asked = 0

    def take(self, name: str, worker: str) -> tuple[str, bytes] | None:
        self.asked += 1
        if name != "looks" or not self.waiting:
            return None
        id_, body = self.waiting.popleft()
        self.held[id_], self.given[id_] = body, worker
        return id_, body

    def put_back(self, id_: str) -> None:
        if id_ in self.held:
            self.waiting.append((id_, self.held.pop(id_)))

    def put_back_of(self, worker: str, kept: Collection[str]) -> None:
        for id_ in [one for one in self.held if self.given[one] == worker and one not in kept]:
            self.put_back(id_)

    def refuse(self, id_: str) -> None:
        self.held.pop(id_, None)
        self.refused.append(id_)

    def hand_in(self, id_: str, body: bytes) -> None:
        self.held.pop(id_, None)
        self.results[id_] = body


def envelope(id_: str) -> bytes:
    batch = Batch(id_, 1, 30.0, ("nas",), "x0")
    made = Sender("sjunet-1", HUB, KEY.verifier).seal(Message.BATCH, id_, 1, batch_to_json(batch))
    return json.dumps(made).encode()


class Looks:
    """Looks at nothing, and says when."""

    id = "sjunet-1"

    def __init__(self, *, fails: bool = False) -> None:
        self.seen: list[str] = []
        self._fails = fails

    def look(self, body: object) -> BatchResult:
        batch = batch_from_json(body)
        self.seen.append(batch.id)
        if self._fails:
            raise RuntimeError("a bug")
        now = datetime.now(UTC)
        return BatchResult(batch.id, batch.attempt, now, now, ())


class Place:
    """A gate that is served here, and the files beside it."""

    def __init__(self, folder: Path, queue: Queue) -> None:
        self.folder, self.queue = folder, queue
        self.registry = Registry(folder / "gate.json")
        self.url = ""
        self.trust: ssl.SSLContext | None = None

    def admit(self, key: SigningKey = KEY) -> None:
        code = self.registry.new_code("sjunet-1", datetime.now(UTC))
        assert self.registry.register(code, str(key.verifier), datetime.now(UTC)) == "sjunet-1"

    @asynccontextmanager
    async def worker(self, looks: Looks, key: SigningKey = KEY, **way: Any) -> AsyncIterator[UnsentResults]:
        """A worker at work; the results that it keeps."""
        kept = UnsentResults(self.folder / "unsent.db")
        sender = Sender("sjunet-1", key, HUB.verifier)
        way = {"tls": self.trust, **way}
        made = GateWorker(Way(way.pop("url", self.url), **way), looks, sender, kept, lambda: datetime.now(UTC), 1)
        running = asyncio.create_task(made.run())
        try:
            yield kept
        finally:
            made.stop()
            with suppress(asyncio.CancelledError):
                await running
            kept.close()


@asynccontextmanager
async def serving(
    folder: Path, queue: Queue, context: ssl.SSLContext | None = None, poll: float = 0.2
) -> AsyncIterator[Place]:
    place = Place(folder, queue)
    gate = Gate({"sjunet-1": queue}, place.registry, lambda: datetime.now(UTC), poll)
    runner = web.AppRunner(gate.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    place.url = f"{'https' if context else 'http'}://127.0.0.1:{port}"
    try:
        yield place
    finally:
        await runner.cleanup()


def opened(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = Sender("sjunet-1", HUB, KEY.verifier).open(Message.RESULT, json.loads(body))
    return found


async def test_batches_come_and_results_go_back_through_the_gate(tmp_path: Path) -> None:
    queue, looks = Queue("b1", "b2", "b3"), Looks()
    async with serving(tmp_path, queue) as place:
        place.admit()
        async with place.worker(looks) as kept:
            await until_async(lambda: len(queue.results) == 3, "all results are handed in")
            await until_async(lambda: kept.oldest() is None, "and are not kept any longer")
    assert looks.seen == ["b1", "b2", "b3"]
    assert {id_: opened(body)["id"] for id_, body in queue.results.items()} == {one: one for one in looks.seen}
    assert not queue.held


async def test_a_key_that_is_not_registered_gets_nothing(tmp_path: Path) -> None:
    queue, looks = Queue("b1"), Looks()
    async with serving(tmp_path, queue) as place:
        for key in (None, SigningKey.make("sjunet-1", LOG)):
            if key is not None:
                place.admit(key)
            async with place.worker(looks), aiohttp.ClientSession() as session:
                answer = await ask(session, place, "take", TAKE)
                assert answer == (401, {"error": "not signed by a key that is registered here"})
        assert (queue.asked, looks.seen) == (0, [])


async def ask(
    session: aiohttp.ClientSession, place: Place, name: str, body: bytes, header: str | None = None
) -> tuple[int, Any]:
    path = f"{PATH}/{name}"
    header = header or signed(KEY, "sjunet-1", path, body, datetime.now(UTC), f"{id(object()):032x}"[-32:])
    async with session.post(place.url + path, data=body, headers={HEADER: header}) as answer:
        return answer.status, await answer.json() if answer.status != 204 else None


async def test_a_request_that_is_sent_again_is_refused(tmp_path: Path) -> None:
    queue = Queue("b1", "b2")
    async with serving(tmp_path, queue) as place, aiohttp.ClientSession() as session:
        place.admit()
        body = TAKE
        header = signed(KEY, "sjunet-1", f"{PATH}/take", body, datetime.now(UTC), "a" * 32)
        status, batch = await ask(session, place, "take", body, header)
        assert (status, batch["id"]) == (200, "b1")
        assert (await ask(session, place, "take", body, header))[0] == 401
        assert [id_ for id_, _ in queue.waiting] == ["b2"]


async def test_a_body_that_was_changed_on_its_way_is_refused(tmp_path: Path) -> None:
    queue = Queue("b1")
    async with serving(tmp_path, queue) as place, aiohttp.ClientSession() as session:
        place.admit()
        header = signed(KEY, "sjunet-1", f"{PATH}/take", b'{"queue":"alone","worker":"w"}', datetime.now(UTC), "b" * 32)
        answer = await ask(session, place, "take", TAKE, header)
        assert answer == (401, {"error": "not the body that was signed"})
        assert queue.asked == 0


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("take", b"{}"),
        ("take", b'{"queue":"results","worker":"w"}'),
        ("take", b"[" * 100_000),
        ("result", b"{}"),
        ("result", envelope("b1")),
        ("failed", b'{"id":7}'),
        ("started", b'{"worker":"w"}'),
        ("started", b'{"worker":"w","kept":"b1"}'),
    ],
)
async def test_what_is_malformed_is_refused_and_changes_nothing(tmp_path: Path, name: str, body: bytes) -> None:
    queue = Queue("b1")
    async with serving(tmp_path, queue) as place, aiohttp.ClientSession() as session:
        place.admit()
        assert (await ask(session, place, name, body))[0] == 400
        assert (len(queue.waiting), queue.results, queue.refused) == (1, {}, [])


async def test_a_worker_that_leaves_while_it_waits_takes_no_batch_with_it(tmp_path: Path) -> None:
    queue = Queue()
    async with serving(tmp_path, queue, poll=60) as place:
        place.admit()
        async with place.worker(Looks()):
            await until_async(lambda: queue.asked > 2, "it waits for a batch")
        asked = queue.asked
        queue.waiting.append(("late", envelope("late")))
        # Whoever polls again gets it: it was neither taken nor held for the one that is gone.
        looks = Looks()
        async with place.worker(looks):
            await until_async(lambda: "late" in queue.results, "the next worker looks at it")
        assert looks.seen == ["late"]
        assert asked <= queue.asked


async def test_results_wait_for_a_gate_that_is_away_and_are_handed_in_by_the_next_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_worker, "LAST_TRIES", 0.2)
    queue, looks = Queue("b1"), Looks()
    async with serving(tmp_path, queue) as place:
        place.admit()
        refusing = queue.hand_in

        def away(_: str, __: bytes) -> None:
            from monitor.fleet.gate.broker import BrokerLost

            raise BrokerLost("away")

        queue.hand_in = away  # type: ignore[method-assign, assignment]
        async with place.worker(looks) as kept:
            await until_async(lambda: kept.oldest() is not None, "the result is kept")
            running = kept
        assert queue.results == {}
        queue.hand_in = refusing  # type: ignore[method-assign]
        async with place.worker(looks) as kept:
            await until_async(lambda: "b1" in queue.results, "it is handed in after a restart")
        assert looks.seen == ["b1"], "and nothing was looked at twice"
        assert running is not kept


async def test_what_a_worker_was_given_when_it_ended_is_given_out_once_more(tmp_path: Path) -> None:
    """On its way to it too; but nothing of which it has kept a result, and nothing of another worker."""
    queue, looks = Queue("b1", "b2", "b3"), Looks()
    kept = UnsentResults(tmp_path / "unsent.db")
    for worker in (kept.worker(), kept.worker(), "another"):
        queue.take("looks", worker)
    body = result_to_json(BatchResult("b2", 1, datetime.now(UTC), datetime.now(UTC), ()))
    kept.keep("b2", json.dumps(Sender("sjunet-1", KEY, HUB.verifier).seal(Message.RESULT, "b2", 1, body)).encode())
    kept.close()
    async with serving(tmp_path, queue) as place:
        place.admit()
        async with place.worker(looks):
            await until_async(lambda: queue.results.keys() == {"b1", "b2"}, "both have a result")
    assert (looks.seen, list(queue.held)) == (["b1"], ["b3"])


async def test_a_look_that_fails_is_told_and_the_worker_goes_on(tmp_path: Path) -> None:
    queue = Queue("b1", "b2")
    queue.waiting.append(("b3", envelope("b3").replace(b'"body": "', b'"body": "AAAA')))
    async with serving(tmp_path, queue) as place:
        place.admit()
        async with place.worker(Looks(fails=True)) as kept:
            await until_async(lambda: len(queue.refused) == 3, "the hub hears of each")
            assert kept.oldest() is None
    assert queue.results == {}


async def test_a_code_registers_a_key_over_the_gate_once(tmp_path: Path) -> None:
    async with serving(tmp_path, Queue("b1")) as place:
        code = place.registry.new_code("sjunet-1", datetime.now(UTC))
        assert await register_key(Way(place.url), code, str(KEY.verifier)) == "sjunet-1"
        with pytest.raises(NotTaken, match="this code is not known, was used, or is too old"):
            await register_key(Way(place.url), code, str(KEY.verifier))
        with pytest.raises(RefusedForGood):
            await register_key(Way(place.url), code, "no key")
        for _ in range(20):
            with suppress(NotTaken):
                await register_key(Way(place.url), "AAAAA-AAAAA-AAAAA-AAAAA", str(KEY.verifier))
        with pytest.raises(NotTaken, match="429 too many tries"):
            await register_key(Way(place.url), "AAAAA-AAAAA-AAAAA-AAAAA", str(KEY.verifier))


async def test_a_client_certificate_names_its_vantage(tmp_path: Path) -> None:
    ours, other = trustme.CA(), trustme.CA()
    files = {}
    for name, one in (("server", ours.issue_cert("127.0.0.1")),):
        one.private_key_pem.write_to_path(str(tmp_path / f"{name}.key"))
        one.cert_chain_pems[0].write_to_path(str(tmp_path / f"{name}.pem"))
        files[name] = (str(tmp_path / f"{name}.pem"), str(tmp_path / f"{name}.key"))
    ours.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    def client(authority: trustme.CA, name: str) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        authority.issue_cert(f"{name}.test", common_name=name).configure_cert(context)
        return context

    queue = Queue("b1")
    async with serving(tmp_path, queue, tls(*files["server"], str(tmp_path / "ca.pem"))) as place:
        async with aiohttp.ClientSession() as session:
            # Nobody has registered a key: the certificate alone lets it in.
            for context, status in ((client(ours, "other-1"), 401), (client(ours, "sjunet-1"), 200)):
                async with session.post(f"{place.url}{PATH}/take", data=TAKE, ssl=context) as answer:
                    assert answer.status == status
            with pytest.raises(aiohttp.ClientError):
                await session.post(f"{place.url}{PATH}/take", data=b"{}", ssl=client(other, "sjunet-1"))
        queue.put_back("b1")
        place.trust = client(ours, "sjunet-1")
        async with place.worker(Looks()):
            await until_async(lambda: "b1" in queue.results, "a worker with a certificate works")


async def test_a_worker_goes_through_an_http_proxy(tmp_path: Path) -> None:
    ours, through = trustme.CA(), []
    ours.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    served = ours.issue_cert("127.0.0.1")
    served.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    served.cert_chain_pems[0].write_to_path(str(tmp_path / "server.pem"))

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        through.append(head)
        verb, target, _ = head.split(" ", 2)
        if verb != "CONNECT" or "Proxy-Authorization: Basic" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        host, _, port = target.rpartition(":")
        away = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

        async def copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
            with suppress(ConnectionError):
                while data := await source.read(65536):
                    to.write(data)
                    await to.drain()
            to.close()

        await asyncio.gather(copy(reader, away[1]), copy(away[0], writer))

    queue = Queue("b1")
    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    context = tls(str(tmp_path / "server.pem"), str(tmp_path / "key.pem"), None)
    async with serving(tmp_path, queue, context) as place:
        place.admit()
        place.trust = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        async with place.worker(Looks(), proxy=f"http://us:secret@127.0.0.1:{port}"):
            await until_async(lambda: "b1" in queue.results, "the result comes through the proxy")
    server.close()
    assert {head.split(" ")[0] for head in through} == {"CONNECT"}, "what is inside is in TLS"
