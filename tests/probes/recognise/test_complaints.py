"""Answers that only say no."""

from __future__ import annotations

import pytest

from probes.recognise.complaints import (
    LONGEST_NOTE,
    complains,
    is_soap_fault,
    knows_no_such_host,
    wants_certificate,
    wants_http_2,
)


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
