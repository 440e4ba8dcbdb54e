"""Scope at the socket: whatever points to a listener that is not declared, the listener never sees a connection."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest

from monitor.network.transport import OutOfScope
from probes.api import Unknown
from probes.reasons import ClosedReason, NoAnswerReason, UndecidedReason, Why
from probes.requests.http import NoAnswer, Reply, Request, Response
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import KEY, LIMITS, asks, driver, look, only, target, verdict_word
from tests.monitor.network.nameserver import Zone, name_server
from tests.monitor.network.rounds import inventory, one_round, said
from tests.servers.faulty import FAULTS, faulty
from tests.servers.listener import Listener
from tests.servers.pages import Disk
from tests.servers.raw import Hit, Raw, Talk, listening, reply

HTML = "text/html; charset=utf-8"


def answering(say: Any) -> Any:
    """A server from a function of one request."""

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await talk.say(say(hit))

    return listening(serve)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize(
    "shape", ["http://{host}:{port}/", "//{host}:{port}/", "https://{host}:{port}/x", "\\\\{host}:{port}\\"]
)
async def test_a_redirect_to_what_is_not_declared_is_not_followed(status: str, shape: str, never: Listener) -> None:
    location = shape.format(host="127.0.0.1", port=never.port)
    refresh = ("Refresh", f"0; url={location}")
    async with answering(lambda hit: reply(status, b"", HTML, ("Location", location), refresh)) as server:
        for probe, where in ((HTTP_LISTING, {"paths": ("/", "/a/")}), (HTTP_MEDIA, {"files": ("/call.wav",)})):
            seen = await look(probe, target(server, ports=(server.port, never.port), **where))
            # Another declared port has a look of its own; another host is another place.
            assert {verdict_word(verdict) for verdict in seen.verdicts} <= {"clear", "unknown"}
            assert {verdict.why for verdict in seen.verdicts} <= {
                ClosedReason.LOOKED_AT_THERE,
                ClosedReason.LEADS_ELSEWHERE,
                UndecidedReason.REDIRECTED,
            }
        assert all(hit.path.startswith("/") for hit in server.hits)


LINKS = (
    "http://127.0.0.1:{port}/call{n}.wav",
    "//127.0.0.1:{port}/call{n}.wav",
    "https://127.0.0.1:{port}/call{n}.wav",
    "//nas.test:{port}/call{n}.wav",
    "http://nas.test@127.0.0.1:{port}/call{n}.wav",
    "/\\127.0.0.1:{port}/call{n}.wav",
    "http://[::1]:{port}/call{n}.wav",
    "http://2130706433:{port}/call{n}.wav",
)


def rows(link: str, port: int) -> bytes:
    """An nginx listing whose entries lead elsewhere."""
    lines = "".join(
        f'<a href="{link.format(port=port, n=n)}">call{n}.wav</a>{" " * 20}21-Nov-2018 14:05{" " * 15}{n}999\r\n'
        for n in range(1, 6)
    )
    top = "<html><head><title>Index of /</title></head><body><h1>Index of /</h1><hr><pre>"
    return f"{top}{lines}</pre></body></html>".encode()


@pytest.mark.parametrize("link", LINKS)
async def test_a_listing_that_links_elsewhere_leads_nowhere(link: str, never: Listener) -> None:
    def say(hit: Hit) -> bytes:
        bare = hit.method == "HEAD"
        return reply(
            200 if hit.path == "/" else 404, rows(link, never.port) if hit.path == "/" else b"", HTML, bare=bare
        )

    async with answering(say) as server:
        seen = await look(HTTP_LISTING, target(server, known=()))
        assert verdict_word(seen.verdicts[0]) != "exposed", seen.verdicts
        assert all(hit.header("host") == f"nas.test:{server.port}" for hit in server.hits)


async def test_a_path_that_reads_as_another_host_stays_a_path(never: Listener) -> None:
    paths = [
        f"//127.0.0.1:{never.port}/",
        f"/\\127.0.0.1:{never.port}/",
        f"@127.0.0.1:{never.port}/",
        f":{never.port}/",
    ]
    into: list[Reply] = []
    async with answering(lambda hit: reply(200, b"here", HTML)) as server:
        await look(asks(*(Request("GET", path, 100) for path in paths), into=into), target(server))
    assert len(into) == len(paths)
    for told in into:
        assert isinstance(told, Response) or (
            isinstance(told, NoAnswer) and told.why in (NoAnswerReason.OUT_OF_SCOPE, NoAnswerReason.BUG)
        )


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_the_guard_refuses_an_endpoint_before_the_socket(address: str, never: Listener) -> None:
    into: list[Reply] = []
    held = asks(Request("GET", "/", 10), Request("GET", "/", 10, fresh=True), Request("HEAD", "/"), into=into)
    for tls in (False, True):
        at = target(Raw(address, never.port, tls))
        await driver(only(("127.0.0.1", never.port + 1))).look(held, at, KEY, LIMITS)
    assert [told.why for told in into if isinstance(told, NoAnswer)] == [NoAnswerReason.OUT_OF_SCOPE] * 6


async def test_a_guard_that_changes_its_mind_is_asked_again_at_the_socket(never: Listener) -> None:
    asked: list[str] = []

    def guard(name: str | None, address: str, port: int) -> bool:
        asked.append(address)
        return len(asked) == 1

    into: list[Reply] = []
    await driver(guard).look(
        asks(Request("GET", "/", 10), into=into), target(Raw("127.0.0.1", never.port, False)), KEY, LIMITS
    )
    assert isinstance(into[0], NoAnswer)
    assert into[0].why is NoAnswerReason.OUT_OF_SCOPE
    assert len(asked) >= 2
    assert issubclass(OutOfScope, OSError)


WRONG_ANSWERS: dict[str, Zone] = {
    "another-loopback-address": {("nas.test", "A"): ("127.0.0.1",)},
    "ipv6-loopback": {("nas.test", "AAAA"): ("::1",)},
    "ipv4-mapped": {("nas.test", "AAAA"): ("::ffff:127.0.0.1",)},
    "ipv4-translated": {("nas.test", "AAAA"): ("64:ff9b::7f00:1",)},
    "metadata": {("nas.test", "A"): ("169.254.169.254",)},
    "private": {("nas.test", "A"): ("10.0.0.1", "192.168.0.1")},
    "any": {("nas.test", "A"): ("0.0.0.0",), ("nas.test", "AAAA"): ("::",)},
    "cname-to-metadata": {("nas.test", "CNAME"): ("metadata.test",), ("metadata.test", "A"): ("169.254.169.254",)},
    "cname-to-localhost": {("nas.test", "CNAME"): ("localhost",), ("localhost", "A"): ("127.0.0.1",)},
    "metadata-of-others": {("nas.test", "A"): ("168.63.129.16", "100.100.100.200", "192.0.0.192")},
    "metadata-over-ipv6": {("nas.test", "AAAA"): ("fd00:ec2::254", "2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe")},
}


@pytest.mark.parametrize("name", WRONG_ANSWERS)
async def test_an_answer_of_a_name_server_that_leads_inside_is_refused(
    name: str, never: Listener, tmp_path: Path
) -> None:
    async with name_server(WRONG_ANSWERS[name]) as names:
        nas = {"id": "nas", "host": "nas.test", "ports": [never.port], "by_address": True}
        done = await one_round(inventory(nas, defaults={"resolvers": [names.where]}), tmp_path / "a.db")
        assert "A nas.test" in names.asked
    assert done.lines, "a refusal is a result"
    assert {line.verdict.why for line in done.lines} == {NoAnswerReason.OUT_OF_SCOPE}
    assert all(isinstance(line.verdict, Unknown) for line in done.lines)
    assert done.asks == 0


class Rebinding(dict[tuple[str, str], tuple[str, ...]]):
    """A zone in which a name stands for another address at every question."""

    def __init__(self, name: str, *addresses: str) -> None:
        super().__init__({(name, "A"): addresses[:1]})
        self._name, self._addresses, self.told = name, addresses, 0

    def get(self, key: tuple[str, str], default: Any = None) -> Any:
        """What is answered now."""
        if key != (self._name, "A"):
            return default
        self.told += 1
        return (self._addresses[self.told % len(self._addresses)],)


async def test_a_name_that_is_rebound_again_and_again_never_leads_to_what_is_not_declared(tmp_path: Path) -> None:
    disk = Disk()

    async def unmet(talk: Talk) -> None:
        await talk.hang()

    async with answering(disk.answer) as server, listening(unmet, host="127.0.0.3") as victim:
        zone = Rebinding("nas.test", "127.0.0.3", "127.0.0.1")
        async with name_server(zone) as names:
            names.zone = zone
            ports = [server.port, victim.port]
            nas = {"id": "nas", "host": "nas.test", "networks": ["127.0.0.1/32"], "ports": ports}
            declared = inventory(nas, defaults={"resolvers": [names.where]})
            rounds = [await one_round(declared, tmp_path / "a.db") for _ in range(4)]
        assert zone.told >= 4
        whys = {line.verdict.why for done in rounds for line in done.lines}
        assert NoAnswerReason.OUT_OF_SCOPE in whys
        assert server.hits, "where the name stood for what is declared, it was asked"
        assert victim.connections == 0


async def test_of_two_answers_only_the_declared_one_is_asked(never: Listener, tmp_path: Path) -> None:
    disk = Disk()
    async with answering(disk.answer) as server:
        zone = {("nas.test", "A"): ("127.0.0.1", "127.0.0.9"), ("nas.test", "AAAA"): ("::1",)}
        async with name_server(zone) as names:
            nas = {"id": "nas", "host": "nas.test", "networks": ["127.0.0.1/32"], "ports": [server.port]}
            done = await one_round(inventory(nas, defaults={"resolvers": [names.where]}), tmp_path / "a.db")
        assert [verdict_word(verdict) for at, verdict in said(done) if at.endswith("@127.0.0.1")] == ["exposed"]
        refused = [line.verdict.detail for line in done.lines if line.verdict.why is NoAnswerReason.OUT_OF_SCOPE]  # type: ignore[union-attr]
        assert len(refused) == 2
        assert {hit.header("host") for hit in server.hits} == {f"nas.test:{server.port}"}


async def test_a_port_that_is_not_declared_is_not_asked(never: Listener, tmp_path: Path) -> None:
    page = rows("http://nas.test:{port}/call{n}.wav", never.port)
    async with answering(lambda hit: reply(200 if hit.path == "/" else 404, page, HTML)) as server:
        nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [server.port], "by_address": True}
        done = await one_round(inventory(nas), tmp_path / "a.db")
    assert len(done.lines) == 4
    assert {str(ipaddress.ip_address(line.address)) for line in done.lines} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("rcode", "silent", "why"),
    [
        (2, False, NoAnswerReason.DNS_FAILED),
        (5, False, NoAnswerReason.DNS_FAILED),
        (0, True, NoAnswerReason.DNS_FAILED),
        (0, False, NoAnswerReason.NO_SUCH_NAME),
    ],
)
async def test_a_name_server_that_fails_is_no_clear_look(rcode: int, silent: bool, why: Why, tmp_path: Path) -> None:
    async with name_server({}, rcode=rcode, silent=silent) as names:
        nas = {"id": "nas", "host": "nas.test"}
        done = await one_round(inventory(nas, defaults={"resolvers": [names.where]}), tmp_path / "a.db")
    assert {line.verdict.why for line in done.lines} == {why}
    assert all(isinstance(line.verdict, Unknown) for line in done.lines)


AWAY = [name for name in FAULTS if name.startswith("redirect") or "refresh" in name]


@pytest.mark.parametrize("name", AWAY)
async def test_redirects_of_the_fault_server_lead_nowhere(name: str, never: Listener) -> None:
    async with faulty(name, elsewhere=never.url + "/") as server:
        seen = await look(HTTP_LISTING, target(server))
    assert verdict_word(seen.verdicts[0]) != "exposed"
