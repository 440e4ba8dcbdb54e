"""Answers that only say no: an interface's own complaint about a request, a demand for a certificate of the asker's."""

from __future__ import annotations

import json
import re

LONGEST_NOTE = 1 << 14
"""Bytes of a page that only says why nothing is served."""
# nginx, where a certificate of ours is missing; it sends its number 496 to clients as 400.
_CERTIFICATE = re.compile(rb"no required ssl certificate was sent", re.IGNORECASE)
# Node.js where `allowHTTP1` is off: it says so in clear text of HTTP/1.0 to whoever does not speak HTTP/2.
_HTTP_2 = re.compile(
    rb"\b(?:missing|unknown) alpn protocol, expected .{0,4}h2\b|\bHTTP/2 (?:is )?(?:required|only)\b|"
    rb"\b(?:requires|speaks only|only (?:supports|accepts|speaks)) HTTP/2\b",
    re.IGNORECASE,
)
# HTTP.sys (IIS), Apache Tomcat, webpack, Rails, Vite: what they say to a name of a host that they do not serve.
_NO_SUCH_HOST = re.compile(
    rb"\binvalid host(?:name| header)\b|\brequest hostname is invalid\b|\bblocked hosts?: |"
    rb"\bhost [^<>]{0,200} is not allowed\b",
    re.IGNORECASE,
)
_SOAP = re.compile(rb"\s*(?:<\?xml[^<>]{0,200}>\s*)?<(?:[\w.-]{1,40}:)?Envelope[\s>]")
_FAULT = re.compile(rb"<(?:[A-Za-z][\w.-]{0,40}:)?(?:Error|Fault)[\s>]")
_COMPLAINTS = frozenset({"error", "errors", "message", "detail", "code", "fault", "title"})


def wants_certificate(body: bytes) -> bool:
    """Whether a page says that only askers with a certificate of theirs are served."""
    return _CERTIFICATE.search(body[:LONGEST_NOTE]) is not None


def wants_http_2(body: bytes) -> bool:
    """Whether a short text says that its server speaks HTTP/2 alone, which says nothing of what it serves."""
    return len(body) <= 2048 and _HTTP_2.search(body) is not None


def knows_no_such_host(status: int, body: bytes) -> bool:
    """Whether a refusal is of the name that was asked for, under which the server serves nobody anything, in the words
    of a known product."""
    return status in (400, 403, 404) and (_NO_SUCH_HOST.search(body[:LONGEST_NOTE]) is not None)


def is_soap_fault(body: bytes) -> bool:
    """Whether a body is a fault of SOAP, which comes with status 500 whatever was wrong (SOAP 1.1, section 6.2)."""
    return _SOAP.match(body[:LONGEST_NOTE]) is not None and complains(body)


def complains(body: bytes) -> bool:
    """Whether a body is an interface's own complaint about the request: an object with an error, or an XML fault."""
    body = body.strip()
    if len(body) > LONGEST_NOTE:
        return False
    if body.startswith(b"<"):
        return b"<html" not in body.lower() and _FAULT.search(body) is not None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and bool({str(key).lower() for key in value} & _COMPLAINTS)
