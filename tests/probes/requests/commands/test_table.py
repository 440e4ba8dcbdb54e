"""The closed list of commands: nothing in it writes, and no argument makes it say more than its command."""

from __future__ import annotations

import inspect
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.requests.commands.command import LONGEST, Argument, Asker, Command
from probes.requests.commands.files.netbios import NETBIOS
from probes.requests.commands.table import TABLE, spelled

ASKER = Asker("security@region.example")
ALL = [(protocol, verb) for protocol, verbs in TABLE.items() for verb in verbs]
SECURITY = Path(__file__).parents[4] / "docs" / "security.md"

WRITES = {
    "ftp": {b"STOR", b"STOU", b"APPE", b"DELE", b"RMD", b"MKD", b"RNFR", b"RNTO", b"SITE", b"ALLO", b"SMNT", b"MFMT"},
    "rsync": {b"--delete", b"--remove-source-files", b"--write-batch", b"--daemon", b"--inplace"},
    "dicom": {b"C-STORE"},
    "tftp": {b"netascii", b"mail"},
    "amqp": {b"publish", b"declare", b"PLAIN", b"AMQPLAIN"},
    "iscsi": {b"CHAP", b"ImmediateData"},
    "postgresql": {b"INSERT", b"UPDATE", b"DELETE", b"DROP", b"COPY", b"SELECT"},
    "mysql": {b"INSERT", b"UPDATE", b"DELETE", b"DROP", b"LOAD", b"OUTFILE", b"CREATE", b"GRANT", b"SET"},
    "cassandra": {b"INSERT", b"UPDATE", b"DELETE", b"DROP", b"TRUNCATE", b"CREATE"},
    "etcd": {b"put", b"deleterange", b"txn", b"lease", b"compaction"},
    "ldap": {b"userPassword", b"modify", b"delete"},
    "git": {b"git-receive-pack", b"want", b"git-upload-archive"},
    "svn": {b"commit", b"change-rev-prop", b"lock", b"get-file", b"get-dir"},
    "rtsp": {b"SETUP", b"PLAY", b"RECORD", b"ANNOUNCE"},
    "nfs": {b"WRITE", b"REMOVE"},
    "smb": {b"WRITE", b"SET_INFO", b"LOCK"},
    "redis": {b"SET", b"DEL", b"FLUSHALL", b"FLUSHDB", b"CONFIG", b"EVAL", b"KEYS", b"SAVE", b"SHUTDOWN", b"SLAVEOF"},
    "memcached": {b"set", b"add", b"replace", b"append", b"delete", b"incr", b"flush_all", b"cachedump", b"reset"},
    "zookeeper": {b"crst", b"srst", b"kill", b"stmk"},
    "nats": {b"PUB", b"HPUB"},
    "mongodb": {b"insert", b"update", b"delete", b"drop", b"findAndModify", b"find", b"shutdown", b"eval"},
    "mqtt": {b"PUBLISH"},
}
"""What writes, stops, or reads content, of every protocol in the table."""


def arguments(protocol: str, verb: str, name: str | bytes = "x") -> tuple[Argument, ...]:
    """Arguments that fit a command."""
    parameters = list(inspect.signature(TABLE[protocol][verb].spell).parameters.values())[1:]
    kinds: dict[str, Argument] = {"name": name, "nonce": "x7f3", "index": 3}
    kinds |= {
        "message": 5,
        "session": 7,
        "tree": 9,
        "file": bytes(16),
        "challenge": bytes(8),
        "target": b"",
        "count": 64,
    }
    kinds |= {"path": b"/x", "export": b"/x", "entry": b"x"} if protocol == "nfs" else {}
    kinds |= {"title": "ANY-SCP", "study": "", "topic": "ward/#"}
    kinds |= {"path": "/x"} if protocol == "rtsp" else {}
    kinds |= {"number": 3, "cookie": 0, "verifier": bytes(8), "handle": bytes(32)}
    kinds |= {"target": "iqn.2026-01.example:open", "serial": 1} if protocol == "iscsi" else {}
    kinds |= {"repository": b"calls", "base": b"dc=x", "sequence": 3, "native": 1}
    kinds |= {"node": "/calls", "account": "x7f3", "host": "nas.test", "share": "calls"}
    kinds.setdefault("path", b"x\0")
    return tuple(kinds[one.name] for one in parameters if one.default is inspect.Parameter.empty)


def test_every_protocol_says_what_would_write_in_it() -> None:
    assert WRITES.keys() == TABLE.keys()


@pytest.mark.parametrize(("protocol", "verb"), ALL)
def test_no_command_writes(protocol: str, verb: str) -> None:
    sent = spelled(Command(protocol, verb, arguments(protocol, verb)), ASKER)
    assert sent
    words = set(re.findall(rb"[A-Za-z_-]+", sent))
    assert not words & WRITES[protocol], sent
    assert TABLE[protocol][verb].says


@pytest.mark.parametrize(("protocol", "verb"), ALL)
def test_no_command_carries_a_secret(protocol: str, verb: str) -> None:
    sent = spelled(Command(protocol, verb, arguments(protocol, verb)), ASKER)
    assert not re.search(rb"(?i)auth [^t]|root|admin(?!\0|\.\$cmd)|guest|public", sent)


NAMED = [one for one in ALL if "name" in inspect.signature(TABLE[one[0]][one[1]].spell).parameters]


@pytest.mark.parametrize(("protocol", "verb"), NAMED)
@given(st.binary(max_size=40))
def test_a_name_is_sent_within_its_line_or_not_at_all(protocol: str, verb: str, name: bytes) -> None:
    one_line = name and not set(name) & set(b"\r\n\0") and not (verb == "module" and name.startswith(b"#"))
    if not one_line:
        with pytest.raises(ValueError, match=r"line|module"):
            spelled(Command(protocol, verb, (name,)), ASKER)
        return
    sent = spelled(Command(protocol, verb, (name,)), ASKER)
    plain = spelled(Command(protocol, verb, (b"x",)), ASKER)
    assert sent.count(b"\n") == plain.count(b"\n")
    assert name in sent


@pytest.mark.parametrize(
    "command",
    [
        Command("ftp", "STOR", ("a",)),
        Command("ftp", "USER", ("root",)),
        Command("ftp", "PASS", ("secret",)),
        Command("ftp", "STAT", ("a" * (LONGEST + 1),)),
        Command("ftp", "STAT"),
        Command("redis", "GET", ("a",)),
        Command("memcached", "stats", ("cachedump 1 1",)),
        Command("gopher", "GET"),
    ],
)
def test_what_is_not_in_the_table_is_refused(command: Command) -> None:
    with pytest.raises(ValueError, match=f"{command.protocol}|name"):
        spelled(command, ASKER)


@pytest.mark.parametrize(("protocol", "verb"), [("git", "upload-pack"), ("svn", "greet")])
def test_a_repository_is_named_within_its_field(protocol: str, verb: str) -> None:
    for name in (b"", b"a\0host=x", b"a\nb", b"a" * (LONGEST + 1)):
        with pytest.raises(ValueError, match="line"):
            spelled(Command(protocol, verb, (name, "nas.test")), ASKER)


@pytest.mark.parametrize(
    "command",
    [
        Command("postgresql", "startup", ("postgres",)),
        Command("mysql", "login", ("root",)),
        Command("cassandra", "QUERY of none", ("system",)),
        Command("etcd", "range of none", ("nas.test", "/registry/secrets")),
        Command("ldap", "search", (b"",)),
        Command("ldap", "search of none", (b"dc=x", "a,ou=people")),
    ],
)
def test_no_name_of_somebody_is_tried(command: Command) -> None:
    with pytest.raises(ValueError, match="name"):
        spelled(command, ASKER)


def test_who_asks_cannot_say_more_than_that() -> None:
    with pytest.raises(ValueError, match="line"):
        spelled(Command("ftp", "PASS"), Asker("a@b.example\r\nDELE x"))


def test_frames_of_binary_protocols_hold_their_own_length() -> None:
    for verb in TABLE["mongodb"]:
        sent = spelled(Command("mongodb", verb), ASKER)
        assert struct.unpack_from("<i", sent)[0] == len(sent)
        kind = struct.unpack_from("<i", sent, 12)[0]
        assert kind in (2004, 2013)
        at = 21 if kind == 2013 else sent.index(b"$cmd\0") + 13
        assert struct.unpack_from("<i", sent, at)[0] == len(sent) - at
    for verb in ("CONNECT", "SUBSCRIBE"):
        sent = spelled(Command("mqtt", verb, arguments("mqtt", verb)), ASKER)
        assert sent[1] == len(sent) - 2


def test_what_is_heard_of_nats_is_a_subject_of_chance() -> None:
    sent = spelled(Command("nats", "CONNECT", ("x7f3",)), ASKER)
    assert re.findall(rb"(?m)^SUB .*$", sent) == [b"SUB leftopen.x7f3 1\r"]
    for wide in (">", "*", "a.>", "a b", "a\r\nPUB x 1", ""):
        with pytest.raises(ValueError, match="subject"):
            spelled(Command("nats", "CONNECT", (wide,)), ASKER)


def _reads_in_smb1(verb: str, packet: bytes) -> None:
    """CLOSE, TRANSACTION, READ, TRANSACTION2, NEGOTIATE, SESSION_SETUP, TREE_CONNECT, NT_CREATE alone, one a frame."""
    command, words, count = packet[4], packet[33:], packet[32]
    assert command in {0x04, 0x25, 0x2E, 0x32, 0x72, 0x73, 0x75, 0xA2}, verb
    assert command in {0x04, 0x25, 0x32, 0x72} or words[0] == 0xFF, "no command is chained behind it"
    assert len(packet) == 35 + 2 * count + int.from_bytes(packet[33 + 2 * count :][:2], "little")
    if command == 0x04:
        assert words[2:6] == b"\xff" * 4, "the time of the last change stays"
    if command == 0x25:
        assert "\\PIPE\\".encode("utf-16-le") in packet, "what is spoken to lists shares"
        mailbox = verb == "TRANSACT NetShareEnum"
        assert words[28 : 2 * count][:2] == (b"" if mailbox else b"\x26\0"), "TransactNmPipe, or a mailbox"
    if command == 0x32:
        assert words[28:30] in (b"\1\0", b"\2\0"), "FIND_FIRST2 and FIND_NEXT2"
    if command == 0x73:
        assert words[8:10] == b"\1\0", "a first connection would end all others from our address"
    if command == 0xA2:
        access, disposition, options = (int.from_bytes(words[at : at + 4], "little") for at in (15, 35, 39))
        pipe = "\\srvsvc".encode("utf-16-le") in packet
        assert disposition == 1, "opened, and never made"
        assert not options & 0x1000, "deleted on close"
        assert access == (0x0012019F if pipe else 0x00120089)


def test_packets_of_smb_open_what_is_there_and_read_alone() -> None:
    # NEGOTIATE, SESSION_SETUP, TREE_CONNECT, CREATE, CLOSE, READ, IOCTL, QUERY_DIRECTORY: neither WRITE nor SET_INFO.
    reads = {0, 1, 3, 5, 6, 8, 11, 14}
    for verb in TABLE["smb"]:
        frame = spelled(Command("smb", verb, arguments("smb", verb)), ASKER)
        if verb in NETBIOS:
            continue  # it asks for a session, in which nothing is said yet
        assert int.from_bytes(frame[:4], "big") == len(frame) - 4
        if frame[4:8] == b"\xffSMB":
            _reads_in_smb1(verb, frame[4:])
            continue
        at = 4
        while True:
            packet = frame[at:]
            command, following = struct.unpack_from("<H6xI", packet, 12)
            assert packet[:4] == b"\xfeSMB"
            assert command in reads
            if command == 5:
                access, _, _, disposition, options = struct.unpack_from("<IIIII", packet, 64 + 24)
                assert disposition == 1, "opened, and never made"
                assert not options & 0x1000, "deleted on close"
                assert access in (0x100081, 0x0012019F if b"s\0r\0v\0s\0v\0c\0" in packet else 0x100081)
            if not following:
                break
            at += following


def test_calls_of_nfs_list_and_read_alone() -> None:
    # By program and version: portmapper GETPORT; mount MNT, EXPORT; NFS 3 LOOKUP, READ, READDIRPLUS; NFS 4 COMPOUND.
    reads = {(100000, 2): {3}, (100005, 3): {1, 5}, (100003, 3): {3, 6, 17}, (100003, 4): {1}}
    for verb in TABLE["nfs"]:
        frame = spelled(Command("nfs", verb, arguments("nfs", verb)), ASKER)
        assert int.from_bytes(frame[:4], "big") == 1 << 31 | len(frame) - 4
        program, version, procedure = struct.unpack_from(">III", frame, 16)
        assert procedure in reads[program, version]
        assert struct.pack(">II", 65534, 65534) in frame, "as nobody"
        with pytest.raises(ValueError, match="name"):
            spelled(Command("nfs", "MNT", (1, b"a\0b")), ASKER)


def test_the_manual_names_every_command() -> None:
    manual = SECURITY.read_text("utf-8")
    for protocol, verbs in TABLE.items():
        row = next((line for line in manual.splitlines() if line.startswith(f"| {protocol} |")), "")
        for verb in verbs:
            assert f"`{verb}`" in row, f"{protocol} {verb} is not in docs/security.md"
