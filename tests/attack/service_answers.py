"""The parsers of what file services and data stores answer, and answers of each to begin from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from probes.recognise.stores.web import NotTheStore, Withheld
from probes.services.web.imaging import ARCHIVES
from probes.services.web.stores import STORES

ALL = (*STORES, *ARCHIVES)

WEB_ANSWERS = (
    b'[{"index":"calls-2026","docs.count":"350000"},{"index":"closed","docs.count":null}]',
    b'{"error":{"type":"index_not_found_exception"},"status":404}',
    b'[{"Id":"' + b"0a" * 32 + b'","Names":["/calls"]}]',
    b'{"status":"success","data":{"headStats":{"numSeries":508}}}',
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
    b'{"errors":[{"code":"NAME_UNKNOWN"}]}',
    b'{"kind":"NamespaceList","items":[{}]}',
    b'{"kind":"PodList","apiVersion":"v1","items":[{}]}',
    b'{"management_version":"3.13","object_totals":{"queues":2},"queue_totals":{"messages":7}}',
    b'{"FileStatuses":{"FileStatus":[{"pathSuffix":"calls","type":"DIRECTORY"}]}}',
    b'{"RemoteException":{"exception":"FileNotFoundException"}}',
    b'{"CountStudies":3,"CountPatients":3}',
    b'{"resourceType":"Bundle","total":1705}',
    b'{"resourceType":"OperationOutcome"}',
)


def _calls(body: bytes) -> list[Callable[[], object]]:
    calls: list[Callable[[], object]] = []
    for store in ALL:
        calls += [lambda s=store: s.read(body), lambda s=store: s.refused(body)]  # type: ignore[misc]
        calls += [lambda s=store, code=code: s.missing(code, body) for code in (200, 404)]  # type: ignore[misc]
        if store.more is not None:
            calls.append(lambda more=store.more: more.read(200, body))  # type: ignore[misc]
        if store.unclaimed is not None:
            calls.append(lambda unclaimed=store.unclaimed: unclaimed(body))  # type: ignore[misc]
    return calls


def read_as_web(body: bytes) -> None:
    """Read a body as the answer of every product that is asked over HTTP."""
    for call in _calls(body):
        with suppress(NotTheStore, Withheld):
            call()


WEB_READINGS = len(_calls(b""))
