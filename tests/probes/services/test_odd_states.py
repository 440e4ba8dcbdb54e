"""States that are neither open nor closed, as administrators leave them: each has its verdict, and none too much."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from probes.api import Exposed, Known
from tests.probes.services.looking import NONCE, QUICK, lines, said, seen, verdicts
from tests.servers import services
from tests.servers.certificates import certificate
from tests.servers.raw import Serve, Talk, listening


@pytest.fixture
def disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        root.chmod(0o755)
        (root / "call-0700000001.wav").write_bytes(b"RIFF" + bytes(9000))
        (root / "shut").mkdir(mode=0o700)
        (root / "shut" / "call-0700000002.wav").write_bytes(b"RIFF" + bytes(9000))
        for name in ("2026", "empty"):
            (root / name).mkdir()
        yield root


REDIS = {
    "counts": "exposed store-open",  # counts are told, and no key is given
    "others": "exposed store-open",
    "noping": "exposed full-control",
    "getonly": "unknown entry-unproven",
    "renamed": "exposed full-control",
}


@pytest.mark.parametrize("state", REDIS)
async def test_redis_with_an_access_list(disk: Path, state: str) -> None:
    with services.redis(disk, state) as server:
        assert await verdicts("redis", server) == {"/": REDIS[state]}


async def test_redis_in_tls(disk: Path) -> None:
    with services.redis(disk, "tls") as server:
        assert await verdicts("redis", server, tls=True) == {"/": "exposed full-control"}
        assert (await verdicts("redis", server))["/"].startswith("unknown")


async def test_redis_in_protected_mode_and_one_that_has_every_key() -> None:
    denied = b"-DENIED Redis is running in protected mode because protected mode is enabled\r\n"
    async with listening(lines(denied, {b"*": b"", b"$": b"", b"P": None})) as server:
        assert await verdicts("redis", server, QUICK) == {"/": "clear login-demanded"}
    every = {b"PING": b"+PONG\r\n", b"INFO": b"-ERR unknown\r\n", b"DBSIZE": b":1\r\n", b"EXISTS": b":1\r\n"}
    every |= {b"*": b"", b"$": b"", b"key": b"", NONCE.encode(): b""}
    async with listening(lines(b"", every)) as server:
        assert await verdicts("redis", server, QUICK) == {"/": "unknown catch-all"}


FTP = {
    "pasv_enable=NO\nport_enable=NO\n": "exposed tree-listed",
    "download_enable=NO\n": "exposed names-only",
    "dirlist_enable=NO\n": "unknown name-needed",
    "hide_file={*}\n": "exposed empty",
    "cmds_allowed=USER,PASS,QUIT\n": "unknown name-needed",
    "deny_file={*.wav}\n": "exposed names-only",
}


@pytest.mark.parametrize("setting", FTP)
async def test_ftp_that_lets_anybody_in_and_gives_part(disk: Path, setting: str) -> None:
    with services.vsftpd(disk, more=setting) as server:
        assert await verdicts("ftp", server) == {"/": FTP[setting]}


async def test_rsync_that_lists_no_module(disk: Path) -> None:
    with services.rsyncd(disk, shown="no") as server:
        assert await verdicts("rsync", server) == {"/": "unknown name-needed"}
        assert await verdicts("rsync", server, names=("open",)) == {"/open/": "exposed listed-and-readable"}
        known = (Known("/open/", (), "rsync"),)
        assert (await verdicts("rsync", server, known=known))["/open/"] == "exposed listed-and-readable"


@pytest.fixture
def shut(disk: Path) -> Path:
    disk.chmod(0o711)
    return disk


async def test_nfs_whose_root_nobody_may_read(shut: Path) -> None:
    with services.ganesha(shut) as server:
        found = await verdicts("nfs", server)
    assert found["/open/"] == "clear denied"


async def test_smb_whose_root_nobody_may_read(shut: Path) -> None:
    for speaks in ("", "NT1"):
        with services.samba(shut, speaks=speaks) as server:
            assert (await verdicts("smb", server))["/calls/"] == "clear denied"


def _web(answers: dict[str, tuple[int, Any]]) -> Serve:
    """Answers paths that contain a key; what is not there is missing as a registry of images says it."""
    none = (404, {"errors": [{"code": "NAME_UNKNOWN"}]})

    async def serve(talk: Talk) -> None:
        while hit := await talk.hear():
            status, body = next((told for key, told in answers.items() if key in hit.path), none)
            text = (body if isinstance(body, str) else json.dumps(body)).encode()
            leads = b"Location: %s\r\n" % text if 300 <= status < 400 else b""
            await talk.say(b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n" % (status, leads, len(text)), text)

    return serve


async def test_a_registry_that_refuses_its_list_and_gives_an_image() -> None:
    no = (401, {"errors": [{"code": "UNAUTHORIZED"}]})
    tags = (200, {"name": "ward/app", "tags": ["1", "2"]})
    async with listening(_web({"_catalog": no, "ward/app/tags": tags, "ward/shut/tags": no})) as server:
        assert await verdicts("registry", server, QUICK) == {"/": "clear login-demanded"}
        found = await verdicts("registry", server, QUICK, names=("ward/app", "ward/shut", "ward/none"))
        known = await verdicts("registry", server, QUICK, known=(Known("/ward/app/", (), "registry"),))
    assert found == {
        "/": "clear login-demanded", "/ward/app/": "exposed store-open", "/ward/shut/": "clear login-demanded",
        "/ward/none/": "clear not-found",
    }  # fmt: skip
    assert known["/ward/app/"] == "exposed store-open"
    entered = {NONCE: (404, {"errors": [{"code": "NAME_UNKNOWN"}]}), "_catalog": no, "shut/": no, "/v2/": (200, {})}
    async with listening(_web(entered)) as server:
        assert await verdicts("registry", server, QUICK) == {"/": "unknown name-needed"}
        assert set((await verdicts("registry", server, QUICK, names=("shut",))).values()) == {"clear login-demanded"}
    async with listening(_web({"tags": tags, "_catalog": no})) as server:
        assert (await verdicts("registry", server, QUICK, names=("ward/app",)))["/ward/app/"] == "unknown catch-all"


IDS = [f"{number:08x}-9e70e3d0-78d5b4df-afd84a21-35bbc434" for number in range(4)]


@pytest.mark.parametrize("front", [(403, "<html>blocked</html>"), (404, "<html>not here</html>")])
@pytest.mark.parametrize("things", ["studies", "patients"])
async def test_a_front_that_keeps_the_counts_of_an_orthanc_and_lets_its_lists_through(
    front: tuple[int, Any], things: str
) -> None:
    gone = {NONCE: (404, "")}
    async with listening(_web({**gone, "/statistics": front, f"/{things}": (200, IDS)})) as server:
        (verdict,) = (await seen("orthanc", server, QUICK)).verdicts
    assert isinstance(verdict, Exposed)
    assert said(verdict) == "exposed store-open"
    assert [(one.things, one.number) for one in verdict.counted] == [(things, 4)]
    assert IDS[1] not in repr(verdict)
    async with listening(_web({**gone, "/statistics": front, "/": front})) as server:
        assert (await verdicts("orthanc", server, QUICK))["/"].startswith("unknown")
    async with listening(_web({"/statistics": front, f"/{things}": (200, IDS)})) as server:
        # What cannot exist is answered as well.
        assert (await verdicts("orthanc", server, QUICK))["/"].startswith("unknown")


async def test_a_list_of_an_orthanc_that_is_too_long_is_open_and_not_counted() -> None:
    many = (200, [f"{number:08x}-9e70e3d0-78d5b4df-afd84a21-35bbc434" for number in range(30_000)])
    answers = {NONCE: (404, ""), "/statistics": (403, "<html>blocked</html>"), "/studies": many}
    async with listening(_web(answers)) as server:
        (verdict,) = (await seen("orthanc", server, QUICK)).verdicts
    assert (said(verdict), getattr(verdict, "counted", None)) == ("exposed store-open", ())


@pytest.mark.parametrize("lock", [(401, ""), (403, "")])
async def test_a_locked_orthanc_is_asked_no_more_than_its_counts(lock: tuple[int, Any]) -> None:
    async with listening(_web({"/": lock})) as server:
        assert (await verdicts("orthanc", server, QUICK))["/"].startswith("clear")
    assert [hit.path for hit in server.hits] == ["/statistics"]


PODS = '{"kind":"PodList","apiVersion":"v1","items":[' + "{}," * 50 + "{}]}"


async def test_the_port_of_a_kubelet_for_reading_alone_gives_no_control() -> None:
    answers = {"/pods": (200, PODS), "x4c1": (404, "404 page not found")}
    async with listening(_web(answers)) as server:
        assert await verdicts("kubelet", server, QUICK) == {"/": "exposed store-open"}
    async with listening(_web(answers), context=certificate().server_side()) as server:
        assert await verdicts("kubelet", server, QUICK, tls=True) == {"/": "exposed full-control"}


async def test_a_store_over_http_in_tls() -> None:
    rows = [{"index": "calls-2026", "docs.count": "350000"}]
    answers = {NONCE: (404, {"error": {"type": "index_not_found_exception"}, "status": 404}), "_cat": (200, rows)}
    async with listening(_web(answers), context=certificate().server_side()) as server:
        look = await seen("elasticsearch", server, QUICK, tls=True)
        clear = await verdicts("elasticsearch", server, QUICK)
    assert [said(one) for one in look.verdicts] == ["exposed store-open"]
    assert clear["/"].startswith("unknown")


ELSEWHERE = (404, "404 page not found")
ROLES: dict[str, tuple[str, dict[str, tuple[int, Any]], str]] = {
    "elasticsearch whose anonymous role sees no index": (
        "elasticsearch", {"_cat": (403, {"error": {"type": "security_exception"}, "status": 403})}, "clear denied"),
    "elasticsearch 2 without indices behind a plugin": (
        "elasticsearch", {"_cat": (403, "Forbidden")}, "unknown refused-by-front"),
    "grafana whose visitors see an empty organisation": (
        "grafana", {NONCE: (404, {"message": "Dashboard not found"}), "search": (200, [])}, "exposed store-empty"),
    "grafana that lets visitors see its login alone": (
        "grafana", {"search": (302, ""), NONCE: (302, "")}, "unknown not-a-store"),
    "docker behind a proxy for reading": (
        "docker", {"containers": (403, "<html><body><h1>403 Forbidden</h1></body></html>")},
        "unknown refused-by-front"),
    "docker behind a proxy that lets its version through": (
        "docker", {"version": (200, {"ApiVersion": "1.43"}), "": (403, "<html><h1>403 Forbidden</h1></html>")},
        "clear denied"),
    "jupyterhub, which leads to its login by way of its own address": (
        "jupyter", {"/hub/api": (404, {"message": "Not Found"}), "/hub/": (302, "/hub/login?next=x"),
                    "contents": (302, "/hub/api/contents"), NONCE: (302, "/hub/x")}, "clear login-demanded"),
    "jupyter whose list alone leads elsewhere": (
        "jupyter", {"/hub/api": (404, {}), "contents": (302, "/hub/api/contents"), NONCE: (404, "")},
        "unknown not-a-store"),
    "kibana that leads to single sign-on": (
        "kibana", {"": (302, "https://idp.region.example/saml?x=1")}, "clear login-demanded"),
    "hdfs that has its interface switched off": ("webhdfs", {"": (404, "<h2>HTTP ERROR 404</h2>")}, "clear not-found"),
    "kubernetes that lists namespaces to nobody": (
        "kubernetes", {"namespaces": (403, {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403,
                                       "message": "namespaces is forbidden"})}, "clear denied"),
    "consul that shows its services and no key": (
        "consul", {NONCE: (200, []), "services": (200, {"consul": []}), "kv": (403, "Permission denied")},
        "exposed store-names-only"),
    "couchdb that shows names and refuses the rest": (
        "couchdb", {"_all_dbs": (200, ["calls"]), "_session": (401, {"error": "unauthorized"}),
                    NONCE: (404, {"error": "not_found"})}, "exposed store-open"),
    "influxdb 2 with its older interface": (
        "influxdb", {"query": (401, {"code": "unauthorized", "message": "Unauthorized"})}, "clear login-demanded"),
    "jupyter that shows its version alone": (
        "jupyter", {"contents": (403, {"message": "Forbidden", "reason": None})}, "clear denied"),
}  # fmt: skip


@pytest.mark.parametrize("state", ROLES)
async def test_roles_of_strangers(state: str) -> None:
    speaks, answers, right = ROLES[state]
    async with listening(_web(answers)) as server:
        assert await verdicts(speaks, server, QUICK) == {"/": right}


async def test_where_a_server_leads_is_recorded_under_a_name_of_ours() -> None:
    ways = {"/wards/": (302, "/hub/login?next=x"), "": (302, "/wards/19121212-1212/")}
    async with listening(_web(ways)) as server:
        look = await seen("jupyter", server, QUICK)
    assert [said(one) for one in look.verdicts] == ["clear login-demanded"]
    asked = [one.said for one in look.asked]
    assert "/{canary}{redirect 1}" in asked
    assert not [one for one in asked if "1912" in one]


_FORBIDDEN = (403, {"error": {"type": "security_exception"}, "status": 403})
_STATUS = (403, {"kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403})
_NO_RIGHT = (403, "Permission denied: token lacks permission")
_NOT_FHIR = (403, {"resourceType": "OperationOutcome"})
DOORS: dict[str, tuple[str, dict[str, tuple[int, Any]], str]] = {
    "an elasticsearch whose strangers search some indices": (
        "elasticsearch",
        {NONCE: _FORBIDDEN, "_cat": _FORBIDDEN, "_search": (200, {"_shards": {"total": 3}, "hits": {"total": 9}})},
        "exposed store-open"),
    "an elasticsearch whose strangers search nothing": (
        "elasticsearch", {"_cat": _FORBIDDEN, "_search": (200, {"_shards": {"total": 0}, "hits": {"total": 0}})},
        "clear denied"),
    "an elasticsearch behind a front that refuses its list and lets searches through": (
        "elasticsearch",
        {NONCE: (404, {"error": {"type": "index_not_found_exception"}, "status": 404}), "_cat": (403, "<h1>403</h1>"),
         "_search": (200, {"_shards": {"total": 3}, "hits": {"total": 9}})},
        "exposed store-open"),
    "a front that refuses a list and answers any search": (
        "elasticsearch",
        {"_cat": (403, "<h1>403</h1>"), "_search": (200, {"_shards": {"total": 3}, "hits": {"total": 9}})},
        "unknown refused-by-front"),
    "a search of anything": (
        "elasticsearch", {"_cat": _FORBIDDEN, "_search": (200, {"_shards": {"total": 3}, "hits": {"total": 9}})},
        "unknown catch-all"),
    "docker that refuses its containers and lists its images": (
        "docker", {NONCE: (404, {"message": "No such image: x"}), "containers": (403, "<html>no</html>"),
                   "images": (200, [{"Id": "sha256:" + "a" * 64}])}, "exposed store-open"),
    "docker that refuses its containers and tells of its machine": (
        "docker", {"info": (200, {"Containers": 3, "Images": 4}), "": (403, "<html>no</html>")}, "exposed store-open"),
    "anything that tells of a machine": (
        "docker", {"containers": (403, "<html>no</html>"), "images": (403, "no"),
                   "": (200, {"Containers": 3, "Images": 4})}, "unknown catch-all"),
    "an influxdb 2 that nobody has set up": (
        "influxdb", {NONCE: (404, {"code": "not found"}), "setup": (200, {"allowed": True}),
                     "query": (401, {"code": "unauthorized"})}, "exposed setup-open"),
    "an influxdb 2 that is set up": (
        "influxdb", {"setup": (200, {"allowed": False}), "query": (401, {"code": "unauthorized"})},
        "clear login-demanded"),
    "a consul that withholds services and lists keys": (
        "consul", {NONCE: (404, ""), "services": (200, {}), "?keys": (200, ["calls/"])}, "exposed store-open"),
    "a consul that withholds both": (
        "consul", {"services": _NO_RIGHT, "?keys": _NO_RIGHT}, "clear denied"),
    "a kubernetes that lists pods and no namespaces": (
        "kubernetes", {NONCE: (404, {"kind": "Status"}), "pods": (200, PODS), "namespaces": _STATUS},
        "exposed store-open"),
    "a fhir server that gives observations and no patients": (
        "fhir", {NONCE: (404, {"resourceType": "OperationOutcome"}), "Patient": _NOT_FHIR,
                 "Observation": (200, {"resourceType": "Bundle", "total": 3})}, "exposed store-open"),
    "a solr that refuses its cores and lists its collections": (
        "solr", {NONCE: (400, {"error": {"msg": "Collection: x not found", "code": 400}}),
                 "cores": (401, "<p>require authentication</p>"),
                 "LIST": (200, {"responseHeader": {"status": 0}, "collections": ["calls"]})}, "exposed store-open"),
    "a fhir server that knows no patients and gives letters": (
        "fhir", {NONCE: _NOT_FHIR, "DocumentReference": (200, {"resourceType": "Bundle", "total": 3})},
        "exposed store-open"),
}  # fmt: skip


@pytest.mark.parametrize("state", DOORS)
async def test_another_door_may_be_open_where_the_list_is_refused(state: str) -> None:
    speaks, answers, right = DOORS[state]
    async with listening(_web(answers)) as server:
        assert list((await verdicts(speaks, server, QUICK)).values()) == [right]


_COUCH = (401, {"error": "unauthorized"})
_SOLR = (401, "<p>require authentication</p>")
_HDFS = (403, {"RemoteException": {"exception": "AccessControlException"}})
NAMED: dict[str, dict[str, tuple[int, Any]]] = {
    "couchdb": {
        NONCE: (404, {"error": "not_found"}), "_all_dbs": _COUCH, "/open/": (200, {"total_rows": 3, "rows": []}),
        "/shut/": _COUCH,
    },
    "solr": {NONCE: (404, ""), "cores": _SOLR, "/open/": (200, {"response": {"numFound": 3}}), "/shut/": _SOLR},
    "webhdfs": {
        NONCE: (404, {"RemoteException": {"exception": "FileNotFoundException"}}), "/shut": _HDFS, "/v1/?": _HDFS,
        "/open": (200, {"FileStatuses": {"FileStatus": [{"pathSuffix": "a", "type": "FILE"}]}}),
    },
}  # fmt: skip


@pytest.mark.parametrize("speaks", NAMED)
async def test_things_with_rights_of_their_own_are_decided_by_name(speaks: str) -> None:
    async with listening(_web(NAMED[speaks])) as server:
        found = await verdicts(speaks, server, QUICK, names=("open", "shut"))
        known = await verdicts(speaks, server, QUICK, known=(Known("/open/", (), speaks),))
    assert found["/"].startswith("clear ")
    assert (found["/open/"], found["/shut/"].partition(" ")[0]) == ("exposed store-open", "clear")
    assert known["/open/"] == "exposed store-open"
