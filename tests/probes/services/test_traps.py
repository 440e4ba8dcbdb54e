"""Traps by name: what looks open and is closed, what looks closed and is open, and what must stay undecided."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import pytest

from monitor.network.budget import Limits
from probes.api import Certainty, Dialogue, Exposed, Probe, ServiceTarget
from probes.reasons import NoAnswerReason
from probes.registry import service_probe
from probes.services.catalogue import OVER_HTTP, SPEAKS
from probes.services.files.rsync import everything
from probes.services.files.tree import NotListed
from probes.services.web.imaging import IMAGING
from probes.services.web.stores import WEB_STORES
from tests.monitor.network.builders import KEY, driver
from tests.probes.services.looking import LIMITS, NONCE, QUICK, bytes_of, lines, said, seen, target, verdicts
from tests.servers.launch import free_port
from tests.servers.raw import Raw, Serve, Talk, listening

READY = b"220 ready\r\n"
IN: Mapping[bytes, bytes | None] = {b"USER": b"331 mail\r\n", b"PASS": b"230 in\r\n"}
ROW = b"-rw-r--r-- 1 0 0 100 Jan 01  2026 call.wav\r\n"


async def test_a_greeting_with_230_in_it_is_no_login() -> None:
    closed = {b"USER": b"331 User anonymous OK\r\n", b"PASS": b"530 Login incorrect.\r\n"}
    async with listening(lines(b"220-Welcome\r\n230 beds\r\n220 ready\r\n", closed)) as server:
        assert await verdicts("ftp", server) == {"/": "clear login-demanded"}


@pytest.mark.parametrize(
    "refused",
    [
        {b"USER": b"421 Too many connections from this address\r\n"},
        {b"USER": b"331 mail\r\n", b"PASS": b"530 Sorry, the maximum number of clients is reached\r\n"},
    ],
)
async def test_a_busy_server_decides_nothing(refused: Mapping[bytes, bytes]) -> None:
    async with listening(lines(READY, refused)) as server:
        assert await verdicts("ftp", server) == {"/": "unknown throttled"}


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("530 Your IP address has been temporarily banned", "unknown firewalled"),
        ("530 Access from your country is not allowed", "unknown firewalled"),
        ("530 Connections not allowed from 203.0.113.9", "unknown firewalled"),
        ("530 Please give your email address as password", "clear login-demanded"),
        ("530 Anonymous logins are blocked on this host", "clear login-demanded"),
    ],
)
async def test_a_refusal_of_our_address_says_nothing_of_others(words: str, right: str) -> None:
    async with listening(lines(READY, {b"USER": f"{words}\r\n".encode()})) as server:
        assert await verdicts("ftp", server) == {"/": right}


async def test_commands_that_are_not_known_decide_nothing() -> None:
    async with listening(lines(READY, {b"USER": b"502 no such command\r\n"})) as server:
        assert await verdicts("ftp", server) == {"/": "unknown status-unexpected"}


async def test_a_server_that_wants_encryption_and_offers_none_is_unknown() -> None:
    wants = {b"USER": b"530 Anonymous sessions must use encryption.\r\n", b"AUTH": b"500 what?\r\n"}
    async with listening(lines(READY, wants)) as server:
        assert await verdicts("ftp", server) == {"/": "unknown tls-failed"}


async def test_passive_replies_never_lead_to_another_address() -> None:
    asked: list[tuple[str | None, str, int]] = []

    def guard(name: str | None, address: str, port: int) -> bool:
        asked.append((name, address, port))
        return address == "127.0.0.1"

    replies = {**IN, b"STAT": b"502 no\r\n", b"EPSV": b"500 no\r\n", b"PASV": b"227 (203,0,113,9,200,10)\r\n"}
    async with listening(lines(READY, replies)) as server:
        at = target("ftp", server)
        look = await driver(guard).look(service_probe("ftp"), at, KEY, QUICK)
    assert {address for _, address, _ in asked} == {"127.0.0.1"}
    assert [said(one) for one in look.verdicts] == ["unknown connection-refused"]


@pytest.mark.parametrize(
    ("verb", "row", "right"),
    [
        (b"LIST", b"- [R----F--] admin 20044 Mar 01 08:15    b.wav", "exposed listed-and-readable"),
        (b"MLSD", b"type=file;size=20044; b.wav", "exposed listed-and-readable"),
        (b"NLST", b"b.wav", "exposed listed-and-readable"),
        (b"LIST", b"b.wav, in a form of its own", "unknown grammar-unknown"),  # not empty: rows came
    ],
)
async def test_lists_on_data_connections_alone(verb: bytes, row: bytes, right: str) -> None:
    async def rows(talk: Talk) -> None:
        await talk.say(row + b"\r\n")

    async with listening(rows) as data:
        begun = b"150 ok\r\n226 done\r\n"
        port = f"229 ok (|||{data.port}|)\r\n".encode()
        no, stat = (b"550 no\r\n",) * 2 if verb == b"NLST" else (b"502 no\r\n", b"211 ok\r\n")
        replies = {**IN, b"STAT": stat, b"EPSV": port, b"LIST": no, b"RETR": no, b"RETR /b.wav": begun, verb: begun}
        async with listening(lines(READY, replies)) as server:
            assert await verdicts("ftp", server, QUICK, ports=(data.port,)) == {"/": right}


async def test_a_passive_port_below_1024_is_not_opened() -> None:
    replies = {**IN, b"STAT": b"502 no\r\n", b"EPSV": b"229 ok (|||25|)\r\n"}
    async with listening(lines(READY, replies)) as server:
        look = await seen("ftp", server, QUICK)
    assert [said(one) for one in look.verdicts] == ["unknown out-of-scope"]


async def test_a_server_that_lists_whatever_is_asked_for_is_unknown() -> None:
    same = {**IN, b"STAT": b"213-list\r\n" + ROW + b"213 end\r\n"}
    async with listening(lines(READY, same)) as server:
        assert await verdicts("ftp", server) == {"/": "unknown catch-all"}


async def test_a_server_that_refuses_the_second_connection_is_unknown() -> None:
    listed = {**IN, b"STAT /\r": b"213-list\r\n" + ROW + b"213 end\r\n", b"STAT": b"550 no\r\n"}
    first, then = lines(READY, listed), lines(READY, {b"USER": b"530 no\r\n"})

    async def serve(talk: Talk) -> None:
        await (first if talk.number == 1 else then)(talk)

    async with listening(serve) as server:
        assert await verdicts("ftp", server) == {"/": "unknown unstable"}


@pytest.mark.parametrize(
    "then",
    [
        lines(b"421 There are too many connected users.\r\n", {}),
        lines(b"530 Your address is banned\r\n", {}),
        lines(READY, {b"USER": b"530 Your IP address has been temporarily banned\r\n"}),
        lines(READY, {**IN, b"STAT": b"421 Try later\r\n", b"EPSV": b"421 Try later\r\n", b"PASV": b"421 no\r\n"}),
    ],
)
async def test_a_list_of_a_server_that_is_busy_or_bans_us_the_second_time_is_likely(then: Serve) -> None:
    listed = {**IN, b"STAT /\r": b"213-list\r\n" + ROW + b"213 end\r\n", b"STAT": b"550 no\r\n"}

    async def serve(talk: Talk) -> None:
        await (lines(READY, listed) if talk.number == 1 else then)(talk)

    async with listening(serve) as server:
        (verdict,) = (await seen("ftp", server)).verdicts
    assert said(verdict).startswith("exposed")
    assert getattr(verdict, "certainty", None) is Certainty.LIKELY


async def test_a_list_without_a_second_connection_is_likely() -> None:
    listed = {**IN, b"STAT /\r": b"213-list\r\n" + ROW + b"213 end\r\n", b"STAT": b"550 no\r\n"}

    async def serve(talk: Talk) -> None:
        await (lines(READY, listed)(talk) if talk.number == 1 else talk.hang())

    async with listening(serve) as server:
        (verdict,) = (await seen("ftp", server, QUICK)).verdicts
    assert isinstance(verdict, Exposed)
    assert verdict.certainty.value == "likely"
    assert verdict.why.value == "tree-listed"


async def test_a_data_port_that_fails_leaves_the_list_and_proves_no_file() -> None:
    listed = {**IN, b"STAT /\r": b"213-list\r\n" + ROW + b"213 end\r\n", b"STAT": b"550 no\r\n"}
    port = free_port()
    while port < 1024:
        port = free_port()
    listed |= {b"EPSV": f"229 ok (|||{port}|)\r\n".encode()}
    async with listening(lines(READY, listed)) as server:
        assert await verdicts("ftp", server, QUICK) == {"/": "exposed tree-listed"}


@pytest.mark.parametrize("greeting", [b"@RSYNCD: 31.0\n", b"@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n"])
async def test_a_busy_rsync_daemon_decides_nothing(greeting: bytes) -> None:
    busy = greeting + b"@ERROR: max connections (2) reached -- try again later\n"
    async with listening(bytes_of(busy)) as server:
        assert await verdicts("rsync", server, QUICK) == {"/": "unknown throttled"}


async def test_a_reset_that_overtakes_the_refusal_of_a_module_is_tried_once_more() -> None:
    entered: dict[bytes, int] = {}

    def daemon(resets: int) -> Serve:
        async def serve(talk: Talk) -> None:
            await talk.say(b"@RSYNCD: 31.0\n")
            await talk.reader.readline()
            name = await talk.reader.readline()
            entered[name] = entered.get(name, 0) + 1
            if name == b"#list\n":
                await talk.say(b"@RSYNCD: EXIT\n")
            elif entered[name] <= resets:
                talk.reset()
            else:
                await talk.say(b"@ERROR: Unknown module\n")

        return serve

    async with listening(daemon(1)) as server:
        found = await verdicts("rsync", server, QUICK, names=("none",))
    assert found == {"/none/": "clear not-found", "/": "clear nothing-offered"}
    entered.clear()
    async with listening(daemon(9)) as server:
        found = await verdicts("rsync", server, QUICK, names=("none",))
    assert found == {"/none/": "unknown connection-reset", "/": "clear nothing-offered"}
    assert entered[b"none\n"] == 2


async def test_an_ok_of_rsync_without_a_list_is_no_proof() -> None:
    async def serve(talk: Talk) -> None:
        await talk.say(b"@RSYNCD: 31.0\n")
        await talk.reader.readline()
        name = await talk.reader.readline()
        if name == b"#list\n":
            await talk.say(b"box            \tletters\n@RSYNCD: EXIT\n")
        elif name == b"box\n":
            await talk.say(b"@RSYNCD: OK\n")
            await talk.hang()
        else:
            await talk.say(b"@ERROR: Unknown module\n")

    async with listening(serve) as server:
        found = await verdicts("rsync", server, QUICK)
    assert found == {"/box/": "unknown timed-out", "/": "clear nothing-offered"}


@pytest.mark.parametrize(
    "frames",
    [
        struct.pack("<I", 7 << 24 | 0xFFFFFF) + b"\x40" + struct.pack("<I", 1 << 30),  # a name of a gigabyte
        struct.pack("<I", 7 << 24 | 3) + b"\x20\xff\x01",  # a name that shares more than there is
        struct.pack("<I", 250 << 24 | 3) + b"abc",  # a frame of no kind
        struct.pack("<I", 7 << 24 | 0xFFFFFF),  # a frame that never comes
    ],
)
async def test_a_file_list_with_wrong_lengths_is_no_list(frames: bytes) -> None:
    async def serve(talk: Talk) -> None:
        await talk.say(b"@RSYNCD: 31.0\n")
        await talk.reader.readline()
        name = await talk.reader.readline()
        answers = {b"#list\n": b"box\t\n@RSYNCD: EXIT\n", b"box\n": b"@RSYNCD: OK\nseed" + frames}
        await talk.say(answers.get(name, b"@ERROR: Unknown module\n"))

    async with listening(serve) as server:
        found = await verdicts("rsync", server, QUICK)
    assert found["/box/"].startswith("unknown")


async def test_a_pong_by_an_access_list_is_no_proof() -> None:
    refused = b"-NOPERM this user has no permissions\r\n"
    keys = {b"EXISTS": refused, b"GET": refused, NONCE.encode(): b""}
    async with listening(
        lines(
            b"",
            {b"PING": b"+PONG\r\n", b"INFO": refused, b"DBSIZE": refused, **keys, b"*": b"", b"$": b"", b"key": b""},
        )
    ) as server:
        assert await verdicts("redis", server, QUICK) == {"/": "clear login-demanded"}


@pytest.mark.parametrize("counts", [b"$99999\r\n# Keyspace\r\n", b"$-1\r\n", b":7\r\n", b"*1\r\n", b"$5\r\nhello\r\n"])
async def test_counts_of_wrong_length_or_form_are_none(counts: bytes) -> None:
    replies = {b"PING": b"+PONG\r\n", b"INFO": counts, b"DBSIZE": b"+OK\r\n", b"*": b"", b"$": b"", b"key": b""}
    async with listening(lines(b"", replies)) as server:
        found = await verdicts("redis", server, QUICK)
    assert found["/"].startswith("unknown")


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (b"\x03\0\0\0\0\x04\0\x01\x01\x03", "clear denied"),  # the calling title is not recognised
        (b"\x03\0\0\0\0\x04\0\x01\x01\x07", "unknown name-needed"),  # the called one is not
        (b"\x03\0\0\0\0\x04\0\x02\x03\x02", "unknown throttled"),  # too many associations
        (b"\x07\0\0\0\0\x04\0\0\x02\0", "unknown status-unexpected"),
        (b"\x02\0\0\0\x7f\xff\0\0", "unknown timed-out"),  # a length that never comes
    ],
)
async def test_an_archive_that_rejects_or_lies_is_not_open(answer: bytes, right: str) -> None:
    async with listening(bytes_of(answer)) as server:
        assert await verdicts("dicom", server, QUICK) == {"/": right}


@pytest.mark.parametrize(
    ("next_", "right"), [(b"\x07\0\0\0\0\x04\0\0\0\0", "clear denied"), (b"", "unknown timed-out")]
)
async def test_an_accepted_association_without_data_is_no_exposure(next_: bytes, right: str) -> None:
    context = b"\x21\0\0\x04\x03\0\0\0"
    accepted = b"\x02\0" + struct.pack(">I", 68 + len(context)) + b"\0\1\0\0" + bytes(64) + context

    async def serve(talk: Talk) -> None:
        await talk.reader.read(4096)
        await talk.say(accepted)
        await talk.reader.read(4096)
        await talk.say(next_)
        await talk.hang()

    async with listening(serve) as server:
        assert await verdicts("dicom", server, QUICK) == {"/": right}


OVER_TCP = sorted(SPEAKS - {"tftp"})

ELSE: dict[str, tuple[bytes, str]] = {
    "ssh": (b"SSH-2.0-OpenSSH_9.2\r\n", "clear not-spoken"),
    "smtp": (b"220 mail.example ESMTP Postfix\r\n", "clear not-spoken"),
    "http": (b"HTTP/1.1 400 Bad Request\r\n\r\n", "clear not-spoken"),
    "tls": (b"\x15\x03\x03\x00\x02\x02\x28", "unknown answers-in-tls-only"),
    "noise": (b"\x00\x01\x02\x03 nobody knows\r\n\r\n", "unknown grammar-unknown"),
    "silent": (b"", "unknown timed-out"),
}


def test_the_services_over_http_are_those_that_say_who_asks_in_a_header() -> None:
    assert {*(probe.name for probe in (*WEB_STORES, *IMAGING)), "etcd"} == OVER_HTTP


ONE_OF_EACH = sorted({*OVER_TCP} - OVER_HTTP | {"elasticsearch", "etcd"})
"""Those over HTTP share what reads a port that misbehaves: one stands for all of them."""


@pytest.mark.parametrize("kind", ELSE)
@pytest.mark.parametrize("speaks", OVER_TCP)
async def test_another_protocol_behind_the_port(speaks: str, kind: str) -> None:
    greeting, right = ELSE[kind]
    async with listening(bytes_of(greeting)) as server:
        found = await verdicts(speaks, server, QUICK)
    if kind == "http" and speaks in OVER_HTTP:
        right = "unknown not-a-store"
    if kind == "http" and speaks == "etcd":  # which is spoken over HTTP too, and waits for the end
        right = "unknown timed-out"
    # What asks for a line waits for its end where there is none.
    if speaks == "hl7" and kind == "silent":  # as HL7 is
        right = "unknown not-asked"
    unclear = kind in ("tls", "noise") and all(one.startswith("unknown") for one in found.values())
    assert set(found.values()) == {right} or unclear


async def _endless(talk: Talk) -> None:
    while True:
        await talk.say(b"220-and so on" * 50)


async def _resetting(talk: Talk) -> None:
    await talk.reader.read(1)
    talk.reset()


async def _closing(talk: Talk) -> None:
    """Says nothing and closes."""


async def _slow(talk: Talk) -> None:
    await talk.drip(b"220 I come a byte at a time\r\n", 0.3)


@pytest.mark.parametrize("serve", [_endless, _resetting, _closing, _slow])
@pytest.mark.parametrize("speaks", ONE_OF_EACH)
async def test_a_port_that_misbehaves_is_unknown_in_bounded_time(speaks: str, serve: Serve) -> None:
    async with listening(serve) as server:
        look = await seen(speaks, server, Limits(requests=30, wire=1 << 20, seconds=2.0, timeouts=QUICK.timeouts))
    assert all(said(one).startswith("unknown") for one in look.verdicts), look.verdicts
    assert (look.ended - look.started).total_seconds() < 7
    assert sum(one.wire for one in look.asked) < 2 << 20


@pytest.mark.parametrize("speaks", OVER_TCP)
async def test_a_port_that_refuses_is_clear_when_the_host_answers_beside_it(speaks: str) -> None:
    async def quiet(talk: Talk) -> None:
        await talk.hang()

    nobody = Raw("127.0.0.1", free_port(), tls=False)
    async with listening(quiet) as other:
        beside = {"beside": (free_port(), other.port)}
        found = await verdicts(speaks, nobody, LIMITS, ports=beside["beside"], **beside)
    assert set(found.values()) == {"clear nothing-listens"}
    found = await verdicts(speaks, nobody, LIMITS, beside=(free_port(),))
    assert set(found.values()) == {"unknown connection-refused"}


async def test_a_list_that_breaks_before_its_first_entry_is_asked_for_once_more() -> None:
    entered: list[int] = []
    ended: list[object] = []

    async def daemon(talk: Talk) -> None:
        await talk.say(b"@RSYNCD: 31.0\n")
        await talk.reader.readline()
        name = await talk.reader.readline()
        if name == b"#list\n":
            await talk.say(b"box            \tletters\n@RSYNCD: EXIT\n")
            return
        if name != b"box\n":
            await talk.say(b"@ERROR: Unknown module\n")
            return
        await talk.say(b"@RSYNCD: OK\n")
        await talk.reader.readuntil(b"\n\n")
        entered.append(talk.number)
        talk.reset()

    def look(at: ServiceTarget) -> Dialogue:
        ended.append((yield from everything(at, at.place("/box/"), lambda entries: None)))
        return ()

    async with listening(daemon) as server:
        at = target("rsync", server)
        await driver(lambda *where: True).look(Probe("rsync", ServiceTarget, look, "a survey"), at, KEY, QUICK)
    assert ended == [NotListed(NoAnswerReason.RESET)]
    assert len(entered) == 2
