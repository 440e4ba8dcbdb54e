"""Older releases and other editions of stores over HTTP: the first question is unknown to them, and they are open."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.probes.services.looking import NONCE, QUICK, said, seen
from tests.servers.certificates import certificate
from tests.servers.raw import Raw, Serve, Talk, listening

_JOBS = {"status": "success", "data": ["node", "prometheus"]}
_NONE = {"status": "success", "data": []}
_OLD_TSDB = {"status": "success", "data": {"seriesCountByMetricName": [{"name": "up", "value": 3}]}}
_GONE = {"statusCode": 404, "error": "Not Found", "message": "Not Found"}
_FOUND: dict[str, Any] = {"page": 1, "per_page": 0, "total": 3, "saved_objects": []}
_NOT_YOU = {"code": "unauthorized", "message": "unauthorized access"}


def _site(answers: dict[str, tuple[int, Any]], missing: tuple[int, Any]) -> Serve:
    """The answers by the beginnings of paths; `missing` for all else, and for what cannot exist."""

    async def serve(talk: Talk) -> None:
        while hit := await talk.hear():
            found = next((told for path, told in answers.items() if hit.path.startswith(path)), missing)
            status, body = missing if NONCE in hit.path and found[0] == 200 else found
            if NONCE in hit.path and "/label/" in hit.path:
                status, body = 200, _NONE
            text = (body if isinstance(body, str) else json.dumps(body)).encode()
            await talk.say(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(text)), text)
            if hit.method == "POST":  # etcd is asked so in HTTP/1.0
                return

    return serve


@pytest.mark.parametrize(
    ("speaks", "answers", "missing", "right"),
    [
        ("prometheus", {"/api/v1/label/job": (200, _JOBS)}, (404, "404 page not found"), "exposed store-open"),
        ("prometheus", {"/api/v1/label/job": (200, _JOBS), "/api/v1/status": (200, _OLD_TSDB)}, (404, "no"),
         "exposed store-open"),
        ("prometheus", {"/api/v1/label/job": (200, _NONE)}, (404, "no"), "exposed store-empty"),
        ("prometheus", {}, (404, "404 page not found"), "unknown not-a-store"),
        ("prometheus", {"/api/v1/label/job": (401, "no")}, (404, "no"), "clear login-demanded"),
        ("kibana", {"/api/saved_objects/_find": (200, _FOUND)}, (404, _GONE), "exposed store-open"),
        ("kibana", {"/api/saved_objects/_find": (200, _FOUND | {"total": 0})}, (404, _GONE), "exposed store-empty"),
        ("kibana", {"/api/saved_objects": (401, _GONE)}, (404, _GONE), "clear login-demanded"),
        # The first question alone is refused.
        ("kibana", {"/api/spaces": (403, _GONE | {"statusCode": 403}), "/api/saved": (200, _FOUND)}, (404, _GONE),
         "exposed store-open"),
        ("prometheus", {"/api/v1/status": (403, "<h1>403</h1>"), "/api/v1/label/job": (200, _JOBS)}, (404, "no"),
         "exposed store-open"),
        ("prometheus", {"/api/v1/status": (403, "<h1>403</h1>"), "/api/v1/label/job": (403, "<h1>403</h1>")},
         (404, "no"), "unknown refused-by-front"),
        ("kibana", {}, (404, _GONE), "unknown not-a-store"),
        ("influxdb", {"/api/v2/setup": (200, {"allowed": True})}, (401, _NOT_YOU), "exposed setup-open"),
        ("influxdb", {"/api/v2/setup": (200, {"allowed": False})}, (401, _NOT_YOU), "clear login-demanded"),
        ("influxdb", {"/": (200, {"allowed": True})}, (200, {"allowed": True}), "unknown not-a-store"),
        ("etcd", {"/v2/keys": (401, '{"message":"Insufficient credentials"}')}, (404, "no"), "clear login-demanded"),
    ],
)  # fmt: skip
async def test_an_older_release_is_asked_in_its_own_way(
    speaks: str, answers: dict[str, tuple[int, Any]], missing: tuple[int, Any], right: str
) -> None:
    async with listening(_site(answers, missing)) as server:
        (verdict,) = (await seen(speaks, server, QUICK)).verdicts
    assert said(verdict) == right


@contextmanager
def demanding(context: ssl.SSLContext) -> Iterator[Raw]:
    """A server that ends as OpenSSL does what has no certificate: by an alert, and then by the end of what it sends."""

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            plain.settimeout(5)
            with plain, suppress(OSError):
                try:
                    context.wrap_socket(plain.dup(), server_side=True).recv(1)
                except ssl.SSLError:
                    plain.shutdown(socket.SHUT_WR)
                    while plain.recv(4096):
                        pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield Raw("127.0.0.1", listener.getsockname()[1], True, b"")
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("newest", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("speaks", ["docker", "etcd", "redis", "kubernetes"])
async def test_a_service_that_demands_a_certificate_is_clear(speaks: str, newest: str) -> None:
    context = certificate().server_side()
    context.maximum_version = ssl.TLSVersion[newest]
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=certificate().authority.decode("ascii"))

    with demanding(context) as server:
        look = await seen(speaks, server, QUICK, tls=True)
    assert {said(one) for one in look.verdicts} == {"clear client-certificate-demanded"}
