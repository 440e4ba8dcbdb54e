"""Answers that only say no."""

from __future__ import annotations

import pytest

from probes.api import Clear, Unknown
from probes.recognise.complaints import (
    LONGEST_NOTE,
    complains,
    is_soap_fault,
    knows_no_such_host,
    wants_certificate,
    wants_http_2,
    wants_login,
)
from probes.requests.http import Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import target


@pytest.mark.parametrize(
    ("body", "right"),
    [
        (b'{"Message": "User: anonymous is not authorized"}', True),
        (b' {"error": {"code": 403}} ', True),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', True),
        (b"<s:Fault xmlns:s='x'><faultcode/></s:Fault>", True),
        (b"<html><Error>no</Error></html>", False),
        (b'{"calls": [1, 2]}', False),
        (b'["error"]', False),
        (b"error", False),
        (b"", False),
        (b'{"error": "' + b"x" * LONGEST_NOTE + b'"}', False),
        (b"[" * 9000, False),
    ],
)
def test_a_complaint_is_an_object_or_a_fault_that_names_an_error(body: bytes, right: bool) -> None:
    assert complains(body) is right


def test_a_certificate_is_wanted_where_the_page_says_so() -> None:
    assert wants_certificate(b"<center>No required SSL certificate was sent</center>")
    assert not wants_certificate(b"<center>The plain HTTP request was sent to HTTPS port</center>")
    assert not wants_certificate(b"x" * LONGEST_NOTE + b"No required SSL certificate was sent")


def test_a_server_says_that_it_speaks_http_2_alone() -> None:
    # Node.js 18 to 24 with `allowHTTP1: false`.
    node = b"Missing ALPN Protocol, expected `h2` to be available.\nIf this is a HTTP request: The server was not ..."
    assert wants_http_2(node)
    assert wants_http_2(b"<h1>426</h1><p>This server requires HTTP/2.</p>")
    assert not wants_http_2(b"<h1>403 Forbidden</h1>")
    assert not wants_http_2(b"<p>" + b"We wrote about a server that requires HTTP/2. " * 60)


@pytest.mark.parametrize(
    ("status", "body", "right"),
    [
        (400, b"<h2>Bad Request - Invalid Hostname</h2><p>HTTP Error 400. The request hostname is invalid.</p>", True),
        (403, b"<h1>Blocked host: 192.0.2.1</h1>", True),
        (403, b'Blocked request. This host ("192.0.2.1") is not allowed.', True),
        (400, b"<h1>Bad Request (400)</h1>", False),
        (404, b"<h1>Not Found</h1>", False),
        (200, b"<p>Invalid hostname is what IIS says.</p>", False),
    ],
)
def test_a_name_of_a_host_is_refused(status: int, body: bytes, right: bool) -> None:
    assert knows_no_such_host(status, body) is right


def test_a_fault_of_soap_is_one_in_an_envelope() -> None:
    fault = b"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>No binding</faultstring></soap:Fault>"
    assert is_soap_fault(
        b'<?xml version="1.0"?>\n<soap:Envelope xmlns:soap="x"><soap:Body>' + fault + b"</soap:Body></soap:Envelope>"
    )
    assert not is_soap_fault(fault)
    assert not is_soap_fault(b'<soap:Envelope xmlns:soap="x"><soap:Body><calls/></soap:Body></soap:Envelope>')


DEMANDS = (
    b'{"error": {"code": 401, "message": "No."}}',
    b'{"statusCode": "403", "data": null}',
    b'{"detail": "Authentication credentials were not provided."}',
    b'{"code": 40100, "message": "Please sign in first", "success": false}',
    b'<?xml version="1.0"?><response status="failed"><error code="401">Login required</error></response>',
    b"<ns:Fault xmlns:ns='x'><code>7</code><message>Not authenticated</message></ns:Fault>",
    b'{"errors": [{"message": "Not authenticated"}], "data": {"recordings": null}}',
    b'{"success": false, "errorCode": "SESSION_REQUIRED"}',
    b'{"code": 401, "msg": "Token missing", "data": null}',
    b'{"status": "error", "message": "You must be logged in."}',
    '{"fel": "Inloggning kr\u00e4vs"}'.encode(),
    b'{"timestamp": "2026-11-30T10:11:12Z", "status": 401, "error": "Unauthorized", "path": "/rec/a.wav"}',
    b'{"result": "session_timeout", "redirect": "/login"}',
    b'{"type": "about:blank", "title": "Unauthorized", "status": 401, "instance": "/calls/20261130"}',
)
OTHERS = (
    b'{"result": "session timeout", "rows": [{"id": 1}]}',
    b'{"code": 4010, "name": "Vestibulen"}',
    b'{"code": 401, "rows": [{"id": 1}]}',
    b"<response><error/><calls>" + b"<call>login required</call>" * 9 + b"</calls></response>",
    b"<calls><call>login required</call></calls>",
    b"<list><status>forbidden zone</status><f>a.wav</f><f>b.wav</f></list>",
    b"<sms><message>please log in first</message><from>070-123 45 67</from></sms>",
    b"<call><status>access denied</status><file>visit.wav</file></call>",
    b"<chat><message>not logged in</message><message>call me</message></chat>",
    b'{"errors": [{"message": "Not authenticated"}], "data": {"recordings": [{"id": 1}]}}',
    b'{"message": "login required to upload", "files": ["a.wav"]}',
    b'{"status": "forbidden", "file": "visit.wav"}',
    b'{"message": "please log in first", "from": "070-123 45 67"}',
    b'{"message": "not logged in", "id": 17, "from": "Anna", "to": "Bo"}',
    b'{"name": "call-api", "version": "2.3"}',
    b'["not authenticated"]',
    b"not authenticated",
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
)


@pytest.mark.parametrize("body", DEMANDS)
def test_an_interface_that_demands_a_login_of_everything_is_clear(body: bytes) -> None:
    assert wants_login(body)
    (verdict, *_), _ = play(HTTP_LISTING, target(), lambda _: says(200, body, content_type="application/json"))
    assert isinstance(verdict, Clear), verdict


@pytest.mark.parametrize("body", OTHERS)
def test_one_that_says_so_beside_rows_or_says_something_else_is_not(body: bytes) -> None:
    assert not wants_login(body)
    (verdict, *_), _ = play(HTTP_LISTING, target(), lambda _: says(200, body, content_type="application/json"))
    assert isinstance(verdict, Unknown), verdict


def test_a_demand_of_one_folder_alone_is_clear_beside_what_is_missing() -> None:
    def answer(request: Request) -> object:
        return says(200, DEMANDS[0], content_type="application/json") if request.path == "/" else says(404)

    (verdict, *_), _ = play(HTTP_LISTING, target(), answer)  # type: ignore[arg-type]
    assert isinstance(verdict, Clear), verdict


@pytest.mark.parametrize(
    ("status", "body", "clear"),
    [(440, b"", True), (498, b'{"error": "invalid token"}', True), (499, b"", False), (498, b"<h1>498</h1>", False)],
)
def test_statuses_of_products_that_demand_a_login(status: int, body: bytes, clear: bool) -> None:
    (verdict, *_), _ = play(HTTP_LISTING, target(), lambda _: says(status, body, content_type="application/json"))
    assert isinstance(verdict, Clear) is clear, verdict
