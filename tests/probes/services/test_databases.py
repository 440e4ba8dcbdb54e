"""Databases, directories and repositories: real servers, open and closed, and the traps of each protocol."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.api import Exposed, Known
from probes.facts import Fact, FactKind
from tests.probes.services.looking import NONCE, QUICK, bytes_of, said, seen, verdicts
from tests.servers import databases
from tests.servers.raw import Serve, Talk, listening


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that a server of another user can reach."""
    with tempfile.TemporaryDirectory(prefix="leftopen-database-") as made:
        yield Path(made)


POSTGRESQL: dict[Any, str] = {
    "trust": "exposed full-control", "password": "clear login-demanded", "reject": "clear denied",
    "tlspassword": "clear login-demanded", "cleartrust": "exposed full-control", "tlstrust": "exposed full-control",
    "base": "clear login-demanded", "copy": "exposed store-open", "tlscopy": "exposed store-open",
}  # fmt: skip


async def test_postgresql(home: Path) -> None:
    data = databases.postgresql_data(home)
    for state, right in POSTGRESQL.items():
        with databases.postgresql(data, state) as server:
            look = await seen("postgresql", server)
        assert [said(one) for one in look.verdicts] == [right], state
        opened = {"tlspassword": 4, "cleartrust": 3, "copy": 3, "tlscopy": 5}.get(state, 2)
        assert [one.method for one in look.asked].count("OPEN") == opened, state
    with databases.postgresql(data, "base") as server:
        assert await verdicts("postgresql", server, names=("wards", "calls")) == {"/": "exposed full-control"}


MARIADB: dict[Any, str] = {
    "login": "clear login-demanded", "anyname": "exposed store-empty", "notables": "exposed full-control",
    "tlslogin": "clear login-demanded", "tlsname": "exposed store-empty",
}  # fmt: skip


async def test_mysql(home: Path) -> None:
    data = databases.mariadb_data(home)
    for state, right in MARIADB.items():
        with databases.mariadb(data, state) as server:
            assert await verdicts("mysql", server) == {"/": right}, state


SLAPD = {
    "open": "exposed store-open",
    "dseonly": "clear denied",
    "branch": "exposed store-open",
    "closed": "clear login-demanded",
}
SLAPD |= {"starttls": "exposed store-open", "ssf": "unknown tls-failed"}


@pytest.mark.parametrize("state", SLAPD)
async def test_ldap(tmp_path: Path, state: Any) -> None:
    with databases.slapd(tmp_path, state) as server:
        look = await seen("ldap", server)
    assert [said(one) for one in look.verdicts] == [SLAPD[state]]
    assert "Test" not in repr(look.verdicts)
    assert (Fact(FactKind.TLS_ALONE) in look.verdicts[0].facts) == (state == "starttls")


ETCD = {"open": "exposed full-control", "old": "exposed full-control", "closed": "clear login-demanded"}


@pytest.mark.parametrize("state", ETCD)
async def test_etcd_has_two_doors(tmp_path: Path, state: Any) -> None:
    with databases.etcd(tmp_path, state) as server:
        (verdict,) = (await seen("etcd", server)).verdicts
    assert said(verdict) == ETCD[state]
    counted = [(one.things, one.number) for one in getattr(verdict, "counted", ())]
    assert counted == ([("keys", 1)] if state == "open" else [])


async def test_repositories_of_git(tmp_path: Path) -> None:
    with databases.git(tmp_path) as server:
        assert await verdicts("git", server, names=("open", "new", "closed", "none")) == {
            "/open/": "exposed store-open",
            "/new/": "exposed store-empty",
            "/closed/": "clear not-found",
            "/none/": "clear not-found",
        }
        assert await verdicts("git", server) == {"/": "unknown name-needed"}


async def test_repositories_of_subversion(tmp_path: Path) -> None:
    with databases.svnserve(tmp_path) as server:
        assert await verdicts("svn", server, names=("open", "closed", "none")) == {
            "/open/": "exposed store-open",
            "/closed/": "clear login-demanded",
            "/none/": "clear not-found",
        }
        assert await verdicts("svn", server) == {"/": "unknown name-needed"}


def _postgres(*after: bytes) -> Serve:
    async def serve(talk: Talk) -> None:
        await talk.reader.readexactly(8)
        await talk.say(b"N")
        await talk.reader.readuntil(b"\0\0")
        await talk.say(*after)
        await talk.hang()

    return serve


def _error(state: bytes) -> bytes:
    body = b"SFATAL\0C" + state + b"\0Mwords of any language\0\0"
    return b"E" + struct.pack(">I", len(body) + 4) + body


OK = b"R\0\0\0\x08\0\0\0\0"


@pytest.mark.parametrize(
    ("after", "right"),
    [
        ((OK, _error(b"28000")), "exposed full-control"),
        ((OK, _error(b"3D000")), "exposed full-control"),
        ((OK, b"Z\0\0\0\x05I"), "unknown grammar-unknown"),  # an account of chance exists: somebody plays PostgreSQL
        ((OK, _error(b"53300")), "unknown catch-all"),
        ((OK,), "unknown timed-out"),  # let in, and nothing behind it
        ((b"R\0\0\0\x0c\0\0\0\x05salt",), "clear login-demanded"),
        ((b"N\0\0\0\x08SX\0\0", b"R\0\0\0\x0c\0\0\0\x05salt"), "clear login-demanded"),  # a notice before it
        ((_error(b"53300"),), "unknown throttled"),
        ((_error(b"57P03"),), "unknown throttled"),
        ((_error(b"XX000"),), "unknown status-unexpected"),
        ((b"R\0\0\x7f\xff\0\0\0\0",), "unknown timed-out"),
    ],
)
async def test_an_account_that_passes_must_be_said_not_to_exist(after: Any, right: str) -> None:
    async with listening(_postgres(*after)) as server:
        assert await verdicts("postgresql", server, QUICK) == {"/": right}


def _packet(sequence: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([sequence]) + body


GREETING = _packet(0, b"\x0a8.0.36\0" + bytes(60))
SWITCH = b"\xfecaching_sha2_password\0" + bytes(21)
REFUSED = b"\xff\x15\x04#28000no"


def _mysql(greeting: bytes, *answers: bytes) -> tuple[Serve, list[bytes]]:
    heard: list[bytes] = []

    async def serve(talk: Talk) -> None:
        await talk.say(greeting)
        for answer in answers:
            size = int.from_bytes((await talk.reader.readexactly(4))[:3], "little")
            heard.append(await talk.reader.readexactly(size))
            await talk.say(answer)
        await talk.hang()

    return serve, heard


@pytest.mark.parametrize(
    ("greeting", "answers", "right"),
    [
        (GREETING, [_packet(2, REFUSED)], "clear login-demanded"),
        (GREETING, [_packet(2, SWITCH), _packet(4, REFUSED)], "clear login-demanded"),
        (_packet(0, b"\xff\x69\x04Host is blocked"), [], "unknown firewalled"),
        (_packet(0, b"\xff\x6a\x04Host is not allowed"), [], "clear login-demanded"),
        (_packet(0, b"\xff\x10\x04Too many connections"), [], "unknown throttled"),
        (GREETING, [_packet(2, b"\xff\x57\x0c#HY000secure transport")], "unknown answers-in-tls-only"),
        (GREETING, [_packet(2, b"\0\0\0\2\0\0\0"), b"\x01\0\0\x01\x05"], "unknown grammar-unknown"),
    ],
)  # fmt: skip
async def test_a_handshake_of_mysql_is_carried_to_its_end(greeting: bytes, answers: list[bytes], right: str) -> None:
    serve, heard = _mysql(greeting, *answers)
    async with listening(serve) as server:
        assert await verdicts("mysql", server, QUICK) == {"/": right}
    # A greeting without a login behind it is counted against our address.
    assert len(heard) == len(answers)
    assert all(NONCE.encode() in login for login in heard[:1])


def _cql(opcode: int, body: bytes = b"") -> bytes:
    return struct.pack(">BBhBI", 0x84, 0, 1, opcode, len(body)) + body


def _cassandra(*answers: bytes) -> Serve:
    async def serve(talk: Talk) -> None:
        for answer in answers:
            size = int.from_bytes((await talk.reader.readexactly(9))[5:], "big")
            await talk.reader.readexactly(size)
            await talk.say(answer)
        await talk.hang()

    return serve


READY, INVALID = _cql(2), _cql(0, struct.pack(">IH", 0x2200, 2) + b"no")


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        ((READY, INVALID), "exposed full-control"),
        ((_cql(3, b"\0\x01a"),), "clear login-demanded"),
        ((READY, _cql(0, struct.pack(">IH", 0x2100, 0))), "clear denied"),
        ((READY, _cql(8, b"\0\0\0\1")), "unknown canary-failed"),
        ((_cql(0, struct.pack(">IH", 0x0A, 0)),), "unknown status-unexpected"),
        ((_cql(0, struct.pack(">IH", 0x1001, 0)),), "unknown throttled"),
        ((READY,), "unknown timed-out"),
    ],
)
async def test_cassandra_by_a_stand_in(answers: Any, right: str) -> None:
    async with listening(_cassandra(*answers)) as server:
        assert await verdicts("cassandra", server, QUICK) == {"/": right}


def _cassandra_of(newest: int) -> Serve:
    """A server that knows versions of the protocol up to one, and lets in whoever speaks one of them."""

    async def serve(talk: Talk) -> None:
        while True:
            asked = (await talk.reader.readexactly(1))[0]
            head = await talk.reader.readexactly(7 if asked < 3 else 8)
            sent = await talk.reader.readexactly(int.from_bytes(head[-4:], "big"))
            opcode, body = (2, b"") if head[-5] == 1 else (0, struct.pack(">IH", 0x2200, 2) + b"no")
            if asked > newest:
                opcode, body = 0, struct.pack(">IH", 0x0A, 0)
            elif opcode == 0:
                assert NONCE.encode() in sent
            number = b"\0\0\1" if newest > 2 else b"\0\1"
            await talk.say(bytes([0x80 | min(asked, newest)]) + number + struct.pack(">BI", opcode, len(body)) + body)
            if asked > newest:
                return

    return serve


@pytest.mark.parametrize("newest", [2, 3, 5])
async def test_an_older_cassandra_is_asked_in_its_own_version(newest: int) -> None:
    async with listening(_cassandra_of(newest)) as server:
        assert await verdicts("cassandra", server, QUICK) == {"/": "exposed full-control"}


def _ldap(*answers: bytes) -> Serve:
    async def serve(talk: Talk) -> None:
        for answer in answers:
            await talk.reader.read(4096)
            await talk.say(answer)
        while await talk.reader.read(4096):
            await talk.say(_result(3, 0x65, 32))  # the branches of the tree are not there

    return serve


def _der(tag: int, *inside: bytes) -> bytes:
    whole = b"".join(inside)
    return bytes([tag, len(whole)]) + whole


def _result(number: int, kind: int, code: int) -> bytes:
    return _der(0x30, _der(2, bytes([number])), _der(kind, _der(0x0A, bytes([code])), _der(4), _der(4)))


TREES = _der(0x30, _der(4, b"namingContexts"), _der(0x31, _der(4, b"dc=x")))
ROOT = _der(0x30, _der(2, b"\2"), _der(0x64, _der(4), _der(0x30, TREES))) + _result(2, 0x65, 0)
ENTRY = _der(0x30, _der(2, b"\3"), _der(0x64, _der(4, b"dc=x"), _der(0x30)))
IN = _result(1, 0x61, 0)


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        ((IN, ROOT, ENTRY + _result(3, 0x65, 4), _result(4, 0x65, 32)), "exposed store-open"),
        ((IN, ROOT, ENTRY + _result(3, 0x65, 0)), "clear denied"),  # the root of the tree alone
        ((IN, ROOT, ENTRY + _result(3, 0x65, 4), _result(4, 0x65, 0)), "unknown catch-all"),
        ((IN, ROOT, _result(3, 0x65, 1)), "clear login-demanded"),  # as Active Directory says it
        ((IN, ROOT, _result(3, 0x65, 51)), "unknown throttled"),
        ((IN, _result(2, 0x65, 0)), "unknown name-needed"),
        ((IN, _result(2, 0x65, 50)), "unknown name-needed"),  # the root entry has a rule of its own
        ((_result(1, 0x61, 48),), "clear login-demanded"),
        ((_result(1, 0x61, 2),), "unknown status-unexpected"),
        ((IN, ROOT, _result(3, 0x65, 50)), "clear login-demanded"),
        ((b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01",), "unknown timed-out"),
    ],
)
async def test_being_let_in_to_a_directory_is_no_proof(answers: Any, right: str) -> None:
    async with listening(_ldap(*answers)) as server:
        assert await verdicts("ldap", server, QUICK) == {"/": right}


async def test_a_tree_once_seen_open_is_asked_where_the_root_entry_is_refused() -> None:
    again = (IN, _result(2, 0x65, 50), ENTRY + _result(3, 0x65, 4), _result(4, 0x65, 32))
    async with listening(_ldap(*(IN, ROOT, *again[2:]))) as server:
        (open_once,) = (await seen("ldap", server, QUICK)).verdicts
    assert isinstance(open_once, Exposed)
    known = (Known("/", open_once.witnesses, "ldap"),)
    async with listening(_ldap(*again)) as server:
        assert await verdicts("ldap", server, QUICK, known=known) == {"/": "exposed store-open"}
    async with listening(_ldap(*again[:2], _result(3, 0x65, 50))) as server:
        assert await verdicts("ldap", server, QUICK, known=known) == {"/": "clear login-demanded"}


async def test_an_ssh_server_is_no_postgresql_that_offers_tls() -> None:
    async with listening(bytes_of(b"SSH-2.0-OpenSSH_9.2\r\n")) as server:
        assert await verdicts("postgresql", server, QUICK) == {"/": "clear not-spoken"}
