"""The parsers of what file services and data stores answer, and answers of each to begin from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from probes.recognise.shares import iscsi, tftp
from probes.recognise.stores import amqp, databases, ldap, mongodb, mqtt, repositories, tokens, zookeeper
from probes.recognise.stores.web import NotTheStore, Withheld
from probes.services.web.imaging import ARCHIVES
from probes.services.web.stores import IN_THEM, STORES

ALL = (*STORES, *ARCHIVES)
WAYS = (
    *ALL, *(door for store in ALL for door in store.instead), *(store.older for store in ALL if store.older),
    *IN_THEM.values(),
)  # fmt: skip
"""Everything whose answer is read, and what says that something is missing there."""

WEB_ANSWERS = (
    b'[ "7b8d75a9-f41ddf47-795a3d06-ec38b508-a964c501", "89677c51-513616a5-e5de27a4-43e2571a-7faf6506" ]',
    b'[{"index":"calls-2026","docs.count":"350000"},{"index":"closed","docs.count":null}]',
    b'{"error":{"type":"index_not_found_exception"},"status":404}',
    b'[{"Id":"' + b"0a" * 32 + b'","Names":["/calls"]}]',
    b'{"status":"success","data":{"headStats":{"numSeries":508}}}',
    b'{"status":"success","data":["prometheus","calls"]}',
    b'{"saved_objects":[],"total":3}',
    b'["_users","calls"]',
    b'{"ok":true,"userCtx":{"name":null,"roles":["_admin"]}}',
    b"default\nsystem\ncalls\n",
    b"Code: 81. DB::Exception: Database x does not exist. (UNKNOWN_DATABASE)",
    b'{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["_internal"]]}]}]}',
    b'{"error":"error authorizing query: create admin user first or disable authentication"}',
    b'[{"id":"default","name":"Default"}]',
    b'[{"uid":"a","title":"Ward","type":"dash-db"}]',
    b'{"consul":[],"calls":["v1"]}',
    b'{"responseHeader":{"status":0},"status":{"calls":{"name":"calls","index":{"numDocs":9}}}}',
    b'{"name":"","type":"directory","content":[{"name":"a.ipynb","type":"notebook"}]}',
    b'{"repositories":["calls"]}',
    b'{"name":"calls","tags":["1","2"]}',
    b'{"errors":[{"code":"NAME_UNKNOWN"}]}',
    b'{"kind":"NamespaceList","items":[{}]}',
    b'{"kind":"PodList","apiVersion":"v1","items":[{}]}',
    b'{"management_version":"3.13","object_totals":{"queues":2},"queue_totals":{"messages":7}}',
    b'{"FileStatuses":{"FileStatus":[{"pathSuffix":"calls","type":"DIRECTORY"}]}}',
    b'{"RemoteException":{"exception":"FileNotFoundException"}}',
    b'{"CountStudies":3,"CountPatients":3}',
    b'{"resourceType":"Bundle","total":1705}',
    b'{"resourceType":"OperationOutcome"}',
    b'{"_shards":{"total":5},"hits":{"total":{"value":350000,"relation":"gte"}}}',
    b'{"total_rows":17,"offset":0,"rows":[]}',
    b'{"response":{"numFound":9,"start":0,"docs":[]}}',
    b'{"allowed":true}',
    b'{"token":"eyJ0eXAi.eyJpc3Mi.c2ln","expires_in":300}',
    b'Bearer realm="https://auth.test:5001/token?account=x",service="registry.test",scope="registry:catalog:*"',
)


def _calls(body: bytes) -> list[Callable[[], object]]:
    calls: list[Callable[[], object]] = [
        lambda: tokens.token_in(body), lambda: tokens.issuer_of(body.decode("latin-1")),
    ]  # fmt: skip
    for way in WAYS:
        calls += [lambda w=way: w.read(body)]  # type: ignore[misc]
        calls += [lambda w=way, code=code: w.missing(code, body) for code in (200, 403, 404)]  # type: ignore[misc]
    for store in ALL:
        calls.append(lambda s=store: s.refused(body))  # type: ignore[misc]
        for more in filter(None, (store.more, store.told_by_all)):
            calls.append(lambda more=more: more.read(200, body))  # type: ignore[misc]
        if store.unclaimed is not None:
            calls.append(lambda unclaimed=store.unclaimed: unclaimed(body))  # type: ignore[misc]
    return calls


def read_as_web(body: bytes) -> None:
    """Read a body as the answer of every product that is asked over HTTP."""
    for call in _calls(body):
        with suppress(NotTheStore, Withheld):
            call()


WEB_READINGS = len(_calls(b""))

FRAMES = (
    b"R\0\0\0\x08\0\0\0\0",
    b"E\0\0\0\x1aSFATAL\0C28000\0Mno role\0\0",
    b"\x10\0\0\0\x0a8.0.36\0\x08\0\0\0abcd",
    b"\x0b\0\0\x02\xff\x15\x04#28000no",
    b"\x17\0\0\x02\xfemysql_native_password\0",
    b"\x01\0\0\x01\x02\x01\0\0\x02a\x01\0\0\x03b\x05\0\0\x04\xfe\0\0\x22\0\x04\0\0\x05\x019\x011"
    b"\x05\0\0\x06\xfe\0\0\x22\0",
    b"\x84\0\0\x01\x00\0\0\0\x06\0\0\x22\0\0\0",
    b'HTTP/1.0 200 OK\r\nContent-Length: 40\r\n\r\n{"header":{"revision":"2"},"count":"17"}',
    b'{"action":"get","node":{"dir":true,"nodes":[{"key":"/calls"',
    b"0\x27\x02\x01\x02d\x22\x04\0000\x1e0\x1c\x04\x0enamingContexts1\x0a\x04\x04dc=x\x04\x02o=",
    b"0\x0c\x02\x01\x03e\x07\x0a\x01\x04\x04\0\x04\0",
    b"\x01\0\0\0\0\0\x1b\0\x0a\0\x0a\0\x09\0\0\0\0\0\0\0\x09ANONYMOUS\0\0\0\0\xce",
    b"\x23\x81\0\0\0\0\0\x10" + bytes(40) + b"AuthMethod=None\0",
    b"\x24\x80\0\0\0\0\0\x11" + bytes(40) + b"TargetName=iqn.1\0\0\0\0",
    b"003f" + b"0a" * 20 + b" HEAD\0multi_ack",
    b"\0\6tsize\x0017\0",
    b"\0\5\0\1File not found\0",
    b"( success ( ( ANONYMOUS CRAM-MD5 ) 36:0a0a ) ) ",
    b"( success ( ) ) ( success ( 36:0a0a0a0a-0a 20:svn://nas.test/calls",
    b"\0\0\0$" + bytes(4) + b"\0\0u0" + bytes(28),
    b"\0\0\0\x29\0\0\0\1" + bytes(11) + b"\5" + bytes(7) + b"\1\0\0\0\x09zookeeper",
    b"\x90\3\0\1\0\x30\x0c\0\5calls12345",
    b"\x3e\0\0\0\1\0\0\0\1\0\0\0\xdd\7" + bytes(7) + b"\x29\0\0\0\x01ok\0" + bytes(6) + b"\xf0\x3f"
    b"\4databases\0\5\0\0\0\0\0",
)
"""Answers in bytes, of each protocol."""

_READERS: tuple[Callable[[bytes], object], ...] = (
    databases.postgresql, databases.mysql_greeting, databases.mysql_speaks_tls, databases.mysql_answer,
    databases.mysql_counts, databases.cassandra,
    databases.etcd, databases.etcd_root, ldap.answer, mongodb.read, mqtt.subscribed,
    amqp.method, tftp.answer, iscsi.answer, repositories.git, repositories.svn_mechanisms, repositories.svn_missing,
    repositories.svn_let_in,
    zookeeper.session, zookeeper.answer, zookeeper.children,
)  # fmt: skip
_NO_ANSWER = (
    amqp.NotAmqp,
    iscsi.NotIscsi,
    tftp.NotTftp,
    databases.NotAReply,
    ldap.NotLdap,
    mongodb.NotAReply,
    mqtt.NotPackets,
    zookeeper.NotAReply,
)
FRAME_READINGS = len(_READERS)


def read_as_frames(body: bytes) -> None:
    """Read bytes as the answer of every store that speaks a protocol of its own."""
    for read in _READERS:
        with suppress(*_NO_ANSWER):
            read(body)
