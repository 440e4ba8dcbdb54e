"""What goes over the wire: who looks is said, nothing ambient is sent, and no more comes back than was asked for."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from monitor.network.http.decoder import Decoder
from probes.reasons import NoAnswerReason, UndecidedReason
from probes.requests.http import Ending, Headers, NoAnswer, Reply, Request, Response
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import AGENT, CONTACT, asks, look, target, verdict_word
from tests.servers.certificates import certificate
from tests.servers.faults.secured import demand
from tests.servers.faulty import faulty
from tests.servers.listener import Listener, has_ipv6
from tests.servers.pages import SOUND, Disk, sound
from tests.servers.raw import Hit, Raw, Talk, listening, reply

HTML = "text/html"
HEADERS = {"host", "user-agent", "from", "accept", "accept-encoding"}
HEADERS |= {"range", "depth", "content-type", "content-length"}
"""All that a request of ours may carry."""
DISK = Disk()


async def _disk(talk: Talk) -> None:
    while (hit := await talk.hear()) is not None:
        await talk.say(DISK.answer(hit))


async def test_every_request_says_who_looks_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, never: Listener
) -> None:
    netrc = tmp_path / ".netrc"
    lines = "".join(f"machine {name} login somebody password secret\n" for name in ("127.0.0.1", "nas.test"))
    netrc.write_text(lines + "default login somebody password secret\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, never.url)
    monkeypatch.delenv("no_proxy", raising=False)
    async with listening(_disk) as server:
        for probe in (HTTP_LISTING, HTTP_MEDIA):
            for host in ("nas.test", None):
                seen = await look(probe, target(server, name=host, files=tuple(DISK.files)))
                assert {verdict_word(verdict) for verdict in seen.verdicts} == {"exposed"}
    assert server.hits
    for hit in server.hits:
        names = [name for name, _ in hit.headers]
        assert len(names) == len(set(names)), hit
        assert set(names) <= HEADERS
        assert hit.header("user-agent") == AGENT
        assert hit.header("from") == CONTACT
        assert hit.header("accept-encoding") == "identity"
        assert hit.header("host") in (f"nas.test:{server.port}", f"127.0.0.1:{server.port}")
        assert hit.method in ("GET", "HEAD", "PROPFIND")
        if hit.method == "GET" and hit.path.endswith(".wav"):
            assert hit.header("range").startswith("bytes=0-"), "a file is asked for by range alone"


async def test_a_cookie_that_is_set_is_not_sent_back() -> None:
    def say(hit: Hit) -> bytes:
        return reply(200, b"<p>x</p>", HTML, ("Set-Cookie", "session=1; Path=/"), ("Set-Cookie", "t=2"))

    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(say(hit))

    async with listening(serve) as server:
        await look(HTTP_LISTING, target(server, paths=("/", "/a/")))
        await look(HTTP_LISTING, target(server, paths=("/", "/a/")))
    assert len(server.hits) > 4
    assert all(not hit.header("cookie") for hit in server.hits)


async def test_a_login_that_is_demanded_gets_no_credentials() -> None:
    demand = ("WWW-Authenticate", 'Basic realm="x"')

    async def serve(talk: Talk) -> None:
        if await talk.hear() is not None:
            await talk.say(reply(401, b"", HTML, demand))

    async with listening(serve) as server:
        seen = await look(HTTP_LISTING, target(server))
    assert verdict_word(seen.verdicts[0]) == "clear"
    assert all(not hit.header("authorization") for hit in server.hits)


class Flood:
    """A server that answers every Range with the whole of a large file, and counts what the kernel took of it."""

    def __init__(self, size: int) -> None:
        self.size, self.sent = size, 0

    async def __call__(self, talk: Talk) -> None:
        known: socket.socket = talk.writer.get_extra_info("socket")
        known.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        talk.writer.transport.set_write_buffer_limits(0)
        hit = await talk.hear()
        if hit is None:
            return
        await talk.say(reply(200, b"", "audio/x-wav", ("Accept-Ranges", "bytes"), length=self.size))
        part = SOUND[:1024]
        while hit.method != "HEAD" and self.sent < self.size:
            await talk.say(part)
            self.sent += len(part)


@pytest.mark.parametrize("probe", [HTTP_MEDIA, HTTP_LISTING])
async def test_of_a_file_whose_range_is_ignored_next_to_nothing_is_taken(probe: object) -> None:
    flood = Flood(50_000_000)
    async with listening(flood) as server:
        held = asks(*(Request("GET", "/call.wav", 512, (("Range", "bytes=0-511"),)) for _ in range(3)))
        if probe is HTTP_MEDIA:
            held = HTTP_MEDIA
        seen = await look(held, target(server, files=("/call.wav",)))
    asked = max(1, sum(hit.method == "GET" for hit in server.hits))
    assert flood.sent <= asked * 128 * 1024, f"{flood.sent} bytes left the server for {asked} requests"
    assert sum(one.wire for one in seen.asked) <= asked * 64 * 1024
    if probe is HTTP_MEDIA:
        assert [(verdict_word(verdict), verdict.why) for verdict in seen.verdicts] == [
            ("unknown", UndecidedReason.CATCH_ALL)
        ]


async def test_a_body_is_read_no_further_than_was_asked() -> None:
    flood = Flood(50_000_000)
    into: list[Reply] = []
    async with listening(flood) as server:
        await look(asks(Request("GET", "/", 1 << 20), into=into), target(server))
    told = into[0]
    assert isinstance(told, Response)
    assert (told.ending, len(told.body)) == (Ending.CUT, 1 << 20)
    assert told.wire < (1 << 20) + 200_000
    assert flood.sent < 8_000_000


async def test_nothing_of_a_body_is_read_where_headers_are_enough() -> None:
    flood = Flood(50_000_000)
    into: list[Reply] = []
    async with listening(flood) as server:
        await look(asks(Request("GET", "/", 0), into=into), target(server))
    assert isinstance(into[0], Response)
    assert (into[0].body, into[0].wire) == (b"", 0)


BOMB = gzip.compress(b"<p>" + bytes(60_000_000), mtime=0)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
async def test_a_bomb_is_unknown_and_is_never_unpacked(encoding: str) -> None:
    packed = BOMB if "gzip" in encoding else zlib.compress(b"<p>" + bytes(60_000_000))

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await talk.say(reply(200, packed, HTML, ("Content-Encoding", encoding), bare=hit.method == "HEAD"))

    async with listening(serve) as server:
        seen = await look(HTTP_LISTING, target(server))
    assert [(verdict_word(s), s.why) for s in seen.verdicts] == [("unknown", UndecidedReason.BODY_TOO_LARGE)]


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, br", "gzip, gzip, gzip"])
async def test_an_encoding_that_nobody_asked_for_is_unknown(encoding: str) -> None:
    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await talk.say(reply(200, DISK.page(), HTML, ("Content-Encoding", encoding), bare=hit.method == "HEAD"))

    async with listening(serve) as server:
        seen = await look(HTTP_LISTING, target(server))
    assert [(verdict_word(s), s.why) for s in seen.verdicts] == [("unknown", UndecidedReason.BODY_UNREADABLE)]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw"])
@pytest.mark.parametrize("step", [1, 7, 4096])
def test_a_packed_body_is_the_same_in_any_pieces(encoding: str, step: int) -> None:
    page = DISK.page() * 5
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = {"gzip": gzip.compress(page), "deflate": zlib.compress(page), "raw": raw.compress(page) + raw.flush()}
    decoder = Decoder(Headers((("content-encoding", "gzip" if encoding == "gzip" else "deflate"),)), 1 << 20)
    data = packed[encoding]
    for start in range(0, len(data), step):
        assert decoder.feed(data[start : start + step])
    assert decoder.finish() is Ending.WHOLE
    assert (decoder.body, decoder.wire) == (page, len(data))


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_ipv6_is_spoken() -> None:
    async with listening(_disk, host="::1") as server:
        for name in ("nas.test", None):
            seen = await look(HTTP_LISTING, target(server, name=name))
            assert verdict_word(seen.verdicts[0]) == "exposed"
    assert {hit.header("host") for hit in server.hits} == {f"nas.test:{server.port}", f"[::1]:{server.port}"}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("expired-certificate", {"certificate-expired"}),
        ("wrong-name", {"certificate-for-another-name"}),
        ("self-signed", set()),
        ("twin-tls", set()),
    ],
)
async def test_a_bad_certificate_is_looked_at_and_said(name: str, facts: set[str]) -> None:
    async with faulty(name) as server:
        seen = await look(HTTP_LISTING, target(server, tls=True))
    assert verdict_word(seen.verdicts[0]) == "exposed"
    said = {fact.kind for fact in seen.verdicts[0].facts if fact.kind.startswith("certificate")}
    assert said - {"certificate-ends"} == facts


async def test_a_certificate_is_demanded_of_us() -> None:
    # This server runs on a loop of asyncio, which closes without the alert that would say so.
    async with faulty("client-certificate") as server:
        seen = await look(HTTP_LISTING, target(server, tls=True))
    assert {(verdict_word(one), one.why) for one in seen.verdicts} == {("clear", NoAnswerReason.CLIENT_CERTIFICATE)}


@pytest.mark.parametrize("asks", [False, True])
async def test_who_only_asks_for_a_certificate_and_hangs_up_demands_none(asks: bool) -> None:
    context = certificate("good").server_side()
    if asks:
        demand(context, certificate("good").authority)
        context.verify_mode = ssl.CERT_OPTIONAL
    met = 0

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        met += 1
        await reader.readline()
        writer.transport.abort()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        seen = await look(HTTP_LISTING, target(Raw("127.0.0.1", server.sockets[0].getsockname()[1], True), tls=True))
    assert {(verdict_word(one), one.why) for one in seen.verdicts} == {("unknown", NoAnswerReason.RESET)}
    assert met <= len(seen.asked) + 1, "an older handshake is tried once"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("demanded", [True, False])
async def test_a_demanded_certificate_is_told_from_a_failed_handshake(version: ssl.TLSVersion, demanded: bool) -> None:
    # In TLS 1.2 a server says "handshake failure" in both cases. A loop of asyncio drops that alert, a socket does not.
    context = certificate("good").server_side()
    context.maximum_version = context.minimum_version = version
    if demanded:
        demand(context, certificate("good").authority)
    else:
        context.sni_callback = lambda *_: ssl.AlertDescription.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    at = Raw("127.0.0.1", listener.getsockname()[1], True)
    seen = await look(HTTP_LISTING, target(at, tls=True))
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    await asyncio.to_thread(thread.join)
    wanted = ("clear", "client-certificate-demanded") if demanded else ("unknown", "tls-failed")
    assert (verdict_word(seen.verdicts[0]), seen.verdicts[0].why.value) == wanted


@pytest.mark.parametrize(("port", "tls", "fact"), [(8443, False, "http-on-8443"), (8888, True, "tls-on-8888")])
async def test_a_port_that_speaks_what_nobody_expects_is_a_fact(port: int, tls: bool, fact: str) -> None:
    # The ports' numbers are the point, so the servers have a loopback address of their own.
    tasks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await _disk(Talk(reader, writer, Raw("127.0.0.77", port, tls)))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    context = certificate("good").server_side() if tls else None
    try:
        server = await asyncio.start_server(meet, "127.0.0.77", port, ssl=context)
    except OSError as error:
        pytest.skip(f"127.0.0.77:{port} cannot be bound here ({error.strerror})")
    raw = Raw("127.0.0.77", port, tls)
    try:
        seen = await look(HTTP_LISTING, target(raw))
        other = await look(HTTP_LISTING, target(raw, tls=not tls))
    finally:
        server.close()
        for task in tasks:
            task.cancel()
    assert verdict_word(seen.verdicts[0]) == "exposed"
    assert fact in map(str, seen.verdicts[0].facts)
    assert all(not any("-on-" in str(f) for f in s.facts) for s in other.verdicts)


async def test_a_whole_file_is_never_in_an_answer() -> None:
    into: list[Reply] = []

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await talk.say(sound(hit, SOUND + bytes(100_000)))

    async with listening(serve) as server:
        held = asks(
            Request("GET", "/call.wav", 16, (("Range", "bytes=0-15"),)), Request("HEAD", "/call.wav", 100), into=into
        )
        await look(held, target(server))
    first, second = into
    assert isinstance(first, Response)
    assert isinstance(second, Response)
    assert (first.status, first.body, first.ending) == (206, SOUND[:16], Ending.WHOLE)
    assert (second.status, second.body) == (200, b"")


async def test_a_dead_port_is_no_answer() -> None:
    async with listening(_disk) as server:
        at = target(server)
    into: list[Reply] = []
    await look(asks(Request("GET", "/", 10), into=into), at)
    assert into == [NoAnswer(NoAnswerReason.REFUSED, "nothing listens there")]
