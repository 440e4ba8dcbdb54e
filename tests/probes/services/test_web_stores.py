"""Data stores over HTTP, by stand-ins: each state has its verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.probes.services.looking import NONCE, QUICK, said, seen
from tests.servers.raw import Serve, Talk, listening

_NO = {"error": {"type": "security_exception", "reason": "missing authentication credentials"}, "status": 401}
_NONE = (404, {"error": {"type": "index_not_found_exception"}, "status": 404})
_GONE = (404, {"message": f"No such container: {NONCE}"})
_TSDB = {"status": "success", "data": {"headStats": {"numSeries": 508}}}
_LABEL = (200, {"status": "success", "data": []})
ROWS = [{"index": "calls-2026", "docs.count": "350000"}, {"index": "closed", "docs.count": None}]
_NO_DB = (404, {"error": "not_found", "reason": "no_db_file"})
_NO_BASE = (404, "Code: 81. DB::Exception: Database x does not exist. (UNKNOWN_DATABASE)")
_SETUP = {"error": "error authorizing query: create admin user first or disable authentication"}
_NO_NAMESPACE = (404, {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404})
_NO_FILE = (404, {"RemoteException": {"exception": "FileNotFoundException"}})
_NOT_YOU = {"error": "unauthorized", "reason": "You are not a server admin."}
_NO_SOLR = "<p>require authentication</p>"
_NO_PATIENT = (404, {"resourceType": "OperationOutcome"})


def _influx(*names: str) -> Any:
    series = [{"name": "databases", "columns": ["name"], "values": [[name] for name in names]}]
    return {"results": [{"statement_id": 0, **({"series": series} if names else {})}]}


def _solr(**cores: Any) -> Any:
    return {"responseHeader": {"status": 0}, "status": cores}


def _forbidden(message: str) -> Any:
    return {"kind": "Status", "status": "Failure", "message": message, "reason": "Forbidden", "code": 403}


def _files(*names: str) -> Any:
    return {"FileStatuses": {"FileStatus": [{"pathSuffix": name, "type": "DIRECTORY"} for name in names]}}


ONE = [{"Id": "0a" * 32, "Names": ["/calls"]}]

LOGIN = "to a login"
AWAY, NEXT_DOOR = "to another host", "to its path at another host"
STATES: dict[str, tuple[str, tuple[int, Any], tuple[int, Any], str]] = {
    "elasticsearch open": ("elasticsearch", (200, ROWS), _NONE, "exposed store-open"),
    "elasticsearch empty": ("elasticsearch", (200, []), _NONE, "exposed store-empty"),
    "elasticsearch 1": ("elasticsearch", (200, ROWS), (404, {"error": "IndexMissingException[x]", "status": 404}),
                        "exposed store-open"),
    "elasticsearch closed": ("elasticsearch", (401, _NO), _NONE, "clear login-demanded"),
    "elasticsearch denied": ("elasticsearch", (403, _NO), _NONE, "clear denied"),
    "a front that refuses all": ("elasticsearch", (403, "<html>blocked</html>"), (403, "<html>blocked</html>"),
                                 "unknown refused-by-front"),
    "a front that refuses the question": ("elasticsearch", (403, "<html>no</html>"), _NONE,
                                          "unknown refused-by-front"),
    "a front that wants a login": ("elasticsearch", (401, "no"), (401, "no"), "clear login-demanded"),
    "a front's page of a login": ("grafana", (403, "<html><title>Sign in</title><form><input type=password></form>"),
                                  (403, ""), "clear login-demanded"),
    "a gateway's own words": ("fhir", (403, {"message": "Missing Authentication Token"}), (403, "no"), "clear denied"),
    "a gateway's own words, cut": ("dicomweb", (403, {"error": {"status": "PERMISSION_DENIED"}}), (403, "no"),
                                   "clear denied"),
    "a page in a gateway's stead, cut": ("dicomweb", (403, "<html>no</html>"), (403, "no"), "unknown refused-by-front"),
    "a challenge": ("elasticsearch", (403, "<title>Just a moment...</title><script src='/cdn-cgi/x'></script>"), _NONE,
                    "unknown filtered"),
    "a certificate wanted": ("orthanc", (400, "<h1>400</h1>No required SSL certificate was sent"), (400, ""),
                             "clear client-certificate-demanded"),
    "elasticsearch in columns": ("elasticsearch", (200, "calls-2026 350000 \nclosed \n"), _NONE, "exposed store-open"),
    "columns of something else": ("elasticsearch", (200, "calls are recorded\n"), _NONE, "unknown not-a-store"),
    "docker as text": ("docker", (200, ONE), (404, "No such container: x\n"), "exposed full-control"),
    "podman": ("docker", (200, ONE), (404, {"message": 'no container with ID "x" found: no such container'}),
               "exposed full-control"),
    "grafana 4": ("grafana", (200, [{"uri": "db/calls", "title": "Calls", "type": "dash-db"}]),
                  (404, {"message": "Not found"}), "exposed store-open"),
    "clickhouse refuses as it fails": ("clickhouse", (500, "Code: 194, e.displayText() = DB::Exception: Password"),
                                       (500, ""), "clear denied"),
    "clickhouse fails": ("clickhouse", (500, "Code: 241. DB::Exception: Memory limit"), (500, ""),
                         "unknown server-error"),
    "orthanc for its own machine alone": ("orthanc", (403, ""), (403, ""), "clear denied"),
    "solr for other addresses": ("solr", (403, "<h2>HTTP ERROR 403 Forbidden</h2>"), (403, ""), "clear denied"),
    "a list of anything": ("elasticsearch", (200, ROWS), (200, ROWS), "unknown catch-all"),
    "another list": ("elasticsearch", (200, [{"name": "x"}]), _NONE, "unknown not-a-store"),
    "a page": ("elasticsearch", (200, "<html>welcome</html>"), _NONE, "unknown not-a-store"),
    "too deep": ("elasticsearch", (200, "[" * 100_000), _NONE, "unknown not-a-store"),
    "too long": ("elasticsearch", (200, "[" + " " * (1 << 20) + "]"), _NONE, "unknown body-too-large"),
    "a web server's 404": ("elasticsearch", (200, []), (404, "<html>not found</html>"), "unknown canary-failed"),
    "all to a login": ("elasticsearch", (302, LOGIN), (302, LOGIN), "clear login-demanded"),
    "all to a page of another host": ("elasticsearch", (302, AWAY), (302, AWAY), "clear leads-elsewhere"),
    "its list alone to another host": ("elasticsearch", (302, AWAY), _NONE, "unknown not-a-store"),
    "each path to its own of another host": ("elasticsearch", (302, NEXT_DOOR), (302, NEXT_DOOR),
                                             "unknown not-a-store"),
    "its list alone to a login": ("elasticsearch", (302, LOGIN), _NONE, "unknown not-a-store"),
    "elsewhere": ("elasticsearch", (302, ""), _NONE, "unknown not-a-store"),
    "down": ("elasticsearch", (503, ""), _NONE, "unknown server-error"),
    "docker open": ("docker", (200, ONE), _GONE, "exposed full-control"),
    "docker without containers": ("docker", (200, []), _GONE, "exposed full-control"),
    "docker closed": ("docker", (403, {"message": "authorization denied by plugin x"}), _GONE, "clear denied"),
    "an empty list of anything": ("docker", (200, []), (200, []), "unknown catch-all"),
    "no container": ("docker", (200, [{"Id": "7"}]), _GONE, "unknown not-a-store"),
    "prometheus open": ("prometheus", (200, _TSDB), _LABEL, "exposed store-open"),
    "prometheus closed": ("prometheus", (401, "Unauthorized"), _LABEL, "clear login-demanded"),
    "no counts": ("prometheus", (200, {"status": "success", "data": {}}), _LABEL, "unknown not-a-store"),
    "one answer for all": ("prometheus", (200, _TSDB), (200, _TSDB), "unknown catch-all"),
    "couchdb open": ("couchdb", (200, ["_users", "calls", "wards"]), _NO_DB, "exposed store-open"),
    "couchdb empty": ("couchdb", (200, ["_users"]), _NO_DB, "exposed store-empty"),
    "couchdb closed": ("couchdb", (401, _NOT_YOU), (401, _NOT_YOU), "clear login-demanded"),
    "couchdb without its list": ("couchdb", (401, _NOT_YOU), _NO_DB, "unknown name-needed"),
    "a couchdb of anything": ("couchdb", (200, ["calls"]), (200, ["calls"]), "unknown catch-all"),
    "clickhouse newer": ("clickhouse", (200, "calls\nsystem\n"), _NO_BASE, "exposed store-open"),
    "clickhouse page": ("clickhouse", (200, "Ok.\n"), _NO_BASE, "unknown not-a-store"),
    "clickhouse denied": ("clickhouse", (403, "Code: 516. DB::Exception: no"), _NO_BASE, "clear denied"),
    "influxdb open": ("influxdb", (200, _influx("_internal", "calls")), (200, _influx()), "exposed store-open"),
    "influxdb closed": ("influxdb", (401, {"error": "unable to parse authentication credentials"}), (404, ""),
                        "clear login-demanded"),
    "influxdb 2": ("influxdb", (401, {"code": "unauthorized", "message": "unauthorized access"}), (404, ""),
                   "clear login-demanded"),
    "influxdb says so everywhere": ("influxdb", (403, _SETUP), (403, _SETUP), "unknown canary-failed"),
    "kibana open": ("kibana", (200, [{"id": "default", "name": "Default"}]), (404, {"statusCode": 404}),
                    "exposed store-open"),
    "kibana closed": ("kibana", (401, {"statusCode": 401, "error": "Unauthorized"}), (404, ""), "clear login-demanded"),
    "grafana open": ("grafana", (200, [{"uid": "a", "title": "Ward", "type": "dash-db"}]),
                     (404, {"message": "Dashboard not found"}), "exposed store-open"),
    "grafana empty": ("grafana", (200, []), (404, {"message": "Dashboard not found"}), "exposed store-empty"),
    "grafana closed": ("grafana", (401, {"message": "Unauthorized"}), (404, ""), "clear login-demanded"),
    "consul withheld": ("consul", (200, {}), (200, []), "clear denied"),
    "consul closed": ("consul", (403, "Permission denied: token lacks 'service:read'"), (200, []), "clear denied"),
    "solr open": ("solr", (200, _solr(calls={"index": {"numDocs": 9}}, wards={})), (200, _solr(x={})),
                  "exposed store-open"),
    "solr empty": ("solr", (200, _solr()), (200, _solr(x={})), "exposed store-empty"),
    "solr closed": ("solr", (401, _NO_SOLR), (401, _NO_SOLR), "clear login-demanded"),
    "solr without its list": ("solr", (401, _NO_SOLR), (404, ""), "unknown name-needed"),
    "webhdfs without its root": ("webhdfs", (403, {"RemoteException": {"exception": "AccessControlException"}}),
                                 _NO_FILE, "unknown name-needed"),
    "solr of one answer": ("solr", (200, _solr(calls={"index": {"numDocs": 9}})),
                           (200, _solr(calls={"index": {"numDocs": 9}})), "unknown catch-all"),
    "kubernetes open": ("kubernetes", (200, {"kind": "NamespaceList", "items": [{}, {}]}), _NO_NAMESPACE,
                        "exposed store-open"),
    "kubernetes closed": ("kubernetes", (403, _forbidden("namespaces is forbidden")), _NO_NAMESPACE, "clear denied"),
    "kubelet open": ("kubelet", (200, '{"kind":"PodList","apiVersion":"v1","items":[' + "{}," * 9000 + "{}]}"),
                     (404, "404 page not found"), "exposed store-open"),
    "kubelet closed": ("kubelet", (401, "Unauthorized"), (404, ""), "clear login-demanded"),
    "kubelet by webhook": ("kubelet", (403, "Forbidden (user=system:anonymous, verb=get, resource=nodes)"), (404, ""),
                           "clear denied"),
    "kubelet of a page": ("kubelet", (200, "<html>"), (404, ""), "unknown not-a-store"),
    "rabbitmq open": ("rabbitmq", (200, {"management_version": "3.13", "object_totals": {"queues": 2},
                                         "queue_totals": {"messages": 7}}),
                      (404, {"error": "Object Not Found"}), "exposed store-open"),
    "webhdfs open": ("webhdfs", (200, _files("calls")), _NO_FILE, "exposed store-open"),
    "webhdfs closed": ("webhdfs", (401, {"RemoteException": {"exception": "SecurityException"}}), _NO_FILE,
                       "clear login-demanded"),
    "fhir open": ("fhir", (200, {"resourceType": "Bundle", "total": 1705}), _NO_PATIENT, "exposed store-open"),
    "fhir empty": ("fhir", (200, {"resourceType": "Bundle", "total": 0}), _NO_PATIENT, "exposed store-empty"),
    "fhir without a total": ("fhir", (200, {"resourceType": "Bundle"}), _NO_PATIENT, "unknown not-a-store"),
    "fhir closed": ("fhir", (401, {"resourceType": "OperationOutcome"}), _NO_PATIENT, "clear login-demanded"),
    "fhir elsewhere": ("fhir", (404, "<html>"), (404, ""), "clear not-found"),
    "dicomweb open": ("dicomweb", (200, '[{"00100010":{"Value":["Test^Person"]}}]'), (404, ""), "exposed store-open"),
    "dicomweb empty": ("dicomweb", (200, "[]"), (404, ""), "exposed store-empty"),
    "dicomweb without content": ("dicomweb", (204, ""), (404, ""), "exposed store-empty"),
    "dicomweb of anything": ("dicomweb", (200, "[]"), (200, "[]"), "unknown catch-all"),
}  # fmt: skip
COUNTED = {
    "couchdb open": [("databases", 2)],
    "clickhouse newer": [("databases", 1)],
    "influxdb open": [("databases", 1)],
    "kibana open": [("spaces", 1)],
    "grafana open": [("dashboards", 1)],
    "solr open": [("documents", 9), ("cores", 2)],
    "kubernetes open": [("namespaces", 2)],
    "rabbitmq open": [("messages", 7), ("queues", 2)],
    "webhdfs open": [("entries", 1)],
    "fhir open": [("patients", 1705)],
    "elasticsearch open": [("documents", 350_000), ("indices", 2)],
    "elasticsearch 1": [("documents", 350_000), ("indices", 2)],
    "elasticsearch in columns": [("documents", 350_000), ("indices", 2)],
    "grafana 4": [("dashboards", 1)],
    "elasticsearch empty": [],
    "prometheus open": [("series", 508)],
}


def _store(told: tuple[int, Any], canary: tuple[int, Any], further: tuple[int, Any] = (404, "")) -> Serve:
    async def serve(talk: Talk) -> None:
        while hit := await talk.hear():
            second = hit.path in ("/_session", "/v1/kv/?keys&separator=/") or hit.path.startswith("/_search")
            status, body = canary if NONCE in hit.path or "2.25." in hit.path else further if second else told
            text = (body if isinstance(body, str) else json.dumps(body)).encode()
            # Prometheus's own login is HTTP's.
            more = b"WWW-Authenticate: Basic\r\n" if body == "Unauthorized" else b""
            more += b"Location: /oauth2/start\r\n" if body == LOGIN else b""
            away = {AWAY: "/sso", NEXT_DOOR: hit.path}.get(body) if isinstance(body, str) else None
            more += f"Location: https://other.example{away}\r\n".encode() if away else b""
            await talk.say(b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n" % (status, more, len(text)), text)

    return serve


@pytest.mark.parametrize("state", STATES)
async def test_a_store_over_http(state: str) -> None:
    speaks, told, canary, right = STATES[state]
    async with listening(_store(told, canary)) as server:
        look = await seen(speaks, server, QUICK)
    (verdict,) = look.verdicts
    assert said(verdict) == right
    counted = [(one.things, one.number) for one in getattr(verdict, "counted", ())]
    assert counted == COUNTED.get(state, [])
    if right.startswith("exposed"):
        paths = [hit.path for hit in server.hits]
        assert paths[: len(paths) // 2] == paths[len(paths) // 2 :], "all is asked again"
        assert len({hit.connection for hit in server.hits}) >= 2


async def test_a_store_that_refuses_the_second_connection_is_unknown() -> None:
    async def serve(talk: Talk) -> None:
        told = (200, ROWS) if talk.number <= 2 else (401, _NO)
        await _store(told, _NONE)(talk)

    async with listening(serve) as server:
        (verdict,) = (await seen("elasticsearch", server, QUICK)).verdicts
    assert said(verdict) == "unknown unstable"


CONSUL = (200, {"consul": [], "calls": ["v1"]})
TWO = [("services", 2)]
NOBODY: dict[str, Any] = {"userCtx": {"roles": []}}
ADMIN = {"ok": True, "userCtx": {"name": None, "roles": ["_admin"]}}


@pytest.mark.parametrize(
    ("speaks", "told", "canary", "more", "right", "counted"),
    [
        ("consul", CONSUL, (200, []), (200, ["calls/", "config/"]), "exposed store-open", [*TWO, ("entries", 2)]),
        ("consul", CONSUL, (200, []), (404, ""), "exposed store-open", TWO),
        ("consul", CONSUL, (200, []), (403, "Permission denied"), "exposed store-names-only", TWO),
        ("consul", CONSUL, (200, []), (200, "<html>"), "exposed store-open", TWO),
        ("elasticsearch", (200, []), _NONE, (200, {"hits": {"total": 412}, "_shards": {"total": 1}}),
         "exposed store-open", [("documents", 412)]),
        ("couchdb", (200, ["_users"]), _NO_DB, (200, ADMIN), "exposed full-control", []),
        ("couchdb", (200, ["calls"]), _NO_DB, (200, NOBODY), "exposed store-open", [("databases", 1)]),
    ],
)  # fmt: skip
async def test_a_second_question_shows_how_far_it_is_open(
    speaks: str, told: Any, canary: Any, more: Any, right: str, counted: Any
) -> None:
    async with listening(_store(told, canary, more)) as server:
        (verdict,) = (await seen(speaks, server, QUICK)).verdicts
    assert said(verdict) == right
    assert [(one.things, one.number) for one in getattr(verdict, "counted", ())] == counted


async def test_of_a_list_with_names_two_bytes_are_read_and_of_pods_the_beginning() -> None:
    patient = '[{"00100010":{"Value":["Test^Person"]}}]'
    async with listening(_store((200, patient), (404, ""))) as server:
        look = await seen("dicomweb", server, QUICK)
    assert "Person" not in repr(look)
    pods = '{"kind":"PodList","apiVersion":"v1","items":[{"env":"secret"}]}'
    async with listening(_store((200, pods), (404, ""))) as server:
        look = await seen("kubelet", server, QUICK)
    assert "secret" not in repr(look)


async def test_base_paths_are_asked_as_they_are_declared() -> None:
    async with listening(_store((200, {"resourceType": "Bundle", "total": 3}), _NO_PATIENT)) as server:
        look = await seen("fhir", server, QUICK, names=("hapi/fhir/r4", "/base R4/"))
    assert [one.place.path for one in look.verdicts] == ["/hapi/fhir/r4/", "/base%20R4/"]
    assert server.hits[0].path == "/hapi/fhir/r4/Patient?_summary=count&_format=json"
