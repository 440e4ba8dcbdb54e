"""What data stores answer: what is there, and bytes of any kind."""

from __future__ import annotations

import json
import re
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.shares import iscsi, tftp
from probes.recognise.stores import amqp, databases, ldap, mongodb, mqtt, repositories, tokens, web, zookeeper
from tests.attack.service_answers import FRAMES, WEB_ANSWERS, read_as_frames, read_as_web

KEYS = sorted(set(re.findall(r'"([A-Za-z._]+)":', b"".join(WEB_ANSWERS).decode())))
"""The keys that are looked for in the answers of stores over HTTP."""

NAMES = struct.pack(">ii", 2, 9) + b"zookeeper" + struct.pack(">i", 5) + b"calls"
RIGHTS = struct.pack(">iii", 1, 31, 5) + b"world" + struct.pack(">i", 6) + b"anyone" + bytes(68)


def test_nodes_of_zookeeper_are_counted_without_its_own() -> None:
    assert zookeeper.children(NAMES) == 1
    assert zookeeper.children(struct.pack(">i", 0)) == 0
    assert zookeeper.anyone_changes(RIGHTS)
    assert not zookeeper.anyone_changes(RIGHTS.replace(b"\x1f", b"\x01"))
    assert not zookeeper.anyone_changes(RIGHTS.replace(b"anyone", b"nobody"))


@given(st.binary(max_size=200) | st.tuples(st.integers(0, 60), st.binary(max_size=8)).map(
    lambda cut: NAMES[: cut[0]] + cut[1] + NAMES[cut[0] :]
))  # fmt: skip
def test_any_bytes_are_read_as_zookeeper_or_refused(data: bytes) -> None:
    for read in (zookeeper.session, zookeeper.answer, zookeeper.children, zookeeper.anyone_changes):
        with suppress(zookeeper.NotAReply):
            read(data)


def test_names_beyond_their_frame_are_refused() -> None:
    for body in (NAMES[:-1], NAMES + b"x", struct.pack(">i", -1), struct.pack(">ii", 1, 1 << 30), b""):
        with pytest.raises(zookeeper.NotAReply):
            zookeeper.children(body)


_HELLO = b"\x10maxWireVersion\0\x15\0\0\0\x08ok\0\x01\0"
HELLO = struct.pack("<i", 4 + len(_HELLO)) + _HELLO
FRAME = struct.pack("<iiiiIB", 21 + len(HELLO), 1, 1, 2013, 0, 0) + HELLO


def test_a_reply_of_mongodb_is_read_to_its_end() -> None:
    assert mongodb.read(FRAME) == mongodb.Reply(ok=True, server=True, version=21)
    for broken in (FRAME[:-1], FRAME + b"x", FRAME.replace(b"\xdd\x07", b"\x01\0"), b""):
        with pytest.raises(mongodb.NotAReply):
            mongodb.read(broken)


@given(st.integers(0, len(HELLO)), st.integers(0, 8), st.binary(max_size=60))
def test_any_document_is_read_as_mongodb_or_refused(at: int, left_out: int, bytes_: bytes) -> None:
    document = HELLO[4:at] + bytes_ + HELLO[max(4, at + left_out) : -1]
    document = struct.pack("<i", len(document) + 5) + document + b"\0"
    with suppress(mongodb.NotAReply):
        mongodb.read(struct.pack("<iiiiIB", 21 + len(document), 1, 1, 2013, 0, 0) + document)


def test_a_message_of_mqtt_is_seen_when_it_is_cut_short() -> None:
    granted = b"\x90\x03\0\x01\0"
    kept = b"\x31\x80\x02\0\x04ward" + b"x" * 250
    assert mqtt.subscribed(granted) == mqtt.Subscribed(granted=True)
    assert mqtt.subscribed((granted + kept)[:64]) == mqtt.Subscribed(granted=True, message=True)
    assert mqtt.subscribed(kept + granted) == mqtt.Subscribed(granted=True, message=True)
    assert not mqtt.subscribed((granted + kept)[:8]).message
    assert mqtt.subscribed(b"\x90\x03\0\x01\x80").refused


@given(st.binary(max_size=100))
def test_any_bytes_are_read_as_mqtt_or_refused(data: bytes) -> None:
    with suppress(mqtt.NotPackets):
        mqtt.subscribed(data)


@given(st.binary(max_size=80) | st.recursive(st.none() | st.integers() | st.text(), lambda inside: st.lists(
    inside, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inside)
).map(lambda told: json.dumps(told).encode()))  # fmt: skip
def test_any_body_is_read_as_a_store_or_refused(body: bytes) -> None:
    read_as_web(body)


@given(st.sampled_from(WEB_ANSWERS), st.integers(0, 200), st.integers(0, 9), st.binary(max_size=9))
def test_damaged_answers_are_read_or_refused(body: bytes, at: int, left_out: int, put: bytes) -> None:
    read_as_web(body[:at] + put + body[at + left_out :])


@given(st.sampled_from(FRAMES), st.integers(0, 90), st.integers(0, 9), st.binary(max_size=9))
def test_damaged_frames_are_read_or_refused(body: bytes, at: int, left_out: int, put: bytes) -> None:
    read_as_frames(body[:at] + put + body[at + left_out :])


def test_counts_and_results_are_read() -> None:
    assert databases.mysql_counts(FRAMES[5]) == databases.Schemas(8, accounts=True)
    assert databases.etcd(FRAMES[7]) == databases.Range(databases.Entry.LET_IN, 17)
    assert databases.etcd_root(FRAMES[8])
    assert ldap.answer(FRAMES[10]) == ldap.Answer(ldap.DONE, ldap.SIZE_LIMIT)
    assert amqp.method(FRAMES[11]) == amqp.Method(amqp.START, (b"ANONYMOUS",))
    assert iscsi.answer(FRAMES[12]).passed
    assert tftp.answer(FRAMES[15]) == tftp.Answer(True, 17)
    assert tftp.answer(FRAMES[16]) == tftp.Answer(False, code=tftp.NOT_FOUND)
    assert iscsi.answer(FRAMES[13]).targets == ("iqn.1",)
    assert repositories.svn_mechanisms(FRAMES[17]) == (b"ANONYMOUS", b"CRAM-MD5")
    assert repositories.svn_missing(b"( failure ( ( 210005 24:No repository found in 'x' 0: 0 ) ) ) ")
    assert repositories.svn_missing(b"( failure ( ( 170001 25:Not authorized for access 0: 0 ) ) ) ")
    assert not repositories.svn_missing(b"( failure ( ( 170099 1:x 0: 0 ) ) ) ")


@pytest.mark.parametrize(
    ("challenge", "origin", "path"),
    [
        ('Bearer realm="https://auth.test/token",service="r",scope="registry:catalog:*"', "https://auth.test:443",
         "/token?service=r&scope=registry:catalog:*"),
        ('Basic realm="x", bearer Realm="http://[::1]:5001/t?a=b" , scope="repository:a:pull repository:b:pull"',
         "http://[::1]:5001", "/t?a=b&scope=repository:a:pull%20repository:b:pull"),
        ('Bearer realm="/service/token"', "", "/service/token"),
        ('Bearer service="r",realm=https://a.test', "https://a.test:443", "/?service=r"),
    ],
)  # fmt: skip
def test_who_issues_tokens_stands_in_the_challenge(challenge: str, origin: str, path: str) -> None:
    assert tokens.issuer_of(challenge) == tokens.Issuer(origin, path)


@pytest.mark.parametrize("challenge", ["", 'Basic realm="https://a.test/"', "Bearer", 'Bearer realm="Registry"'])
def test_a_challenge_that_names_nobody_is_a_login(challenge: str) -> None:
    assert tokens.issuer_of(challenge) is None


@pytest.mark.parametrize(
    "realm",
    ["file:///etc/passwd", "https://u:p@a.test/", "https://a.test:99999/", "https://a b.test/", "https:///token",
     "https://å.test/", "https://a.test/å"],
)  # fmt: skip
def test_a_realm_that_cannot_be_asked_is_told(realm: str) -> None:
    with pytest.raises(web.NotTheStore):
        tokens.issuer_of(f'Bearer realm="{realm}"')


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"token":""}', b'{"token":"a b"}', b'{"token":"a\\r\\nX: y"}', b'{"token":7}', b"[]"]
)
def test_an_answer_without_a_token_is_none(body: bytes) -> None:
    assert tokens.token_in(b'{"access_token":"abc.def"}') == "abc.def"
    with pytest.raises(web.NotTheStore):
        tokens.token_in(body)
