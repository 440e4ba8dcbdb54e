"""Answers that only say no: an interface's own complaint about a request, a demand for a certificate of the asker's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

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


_WANTS_LOGIN = re.compile(
    r"(?i)\b(?:un|not[ _-]?)(?:authenticated|authori[sz]ed|logged[ _-]?in)\b|"
    r"\b(?:authentication|authorization|login|log[ _-]?in|sign[ _-]?in|session|token|credentials?|api[ _-]?key)"
    r"(?: is| was)?[ _-]?(?:required|needed|missing|expired|demanded|timeout|timed out)\b|"
    r"\b(?:missing|requires?|no|without) (?:a |an |valid ){0,2}"
    r"(?:authentication|authorization|login|session|token|credentials?|api[ _-]?key)\b|"
    r"\b(?:please|first|need to|have to|have not) (?:log|sign)(?:ged|ned)?[ _-]?(?:in|on)\b|"
    r"\b(?:log|sign)[ _-]?(?:in|on) first\b|\bcredentials? (?:was |were |are |is )?not (?:provided|given|supplied)\b|"
    r"\bmust (?:be logged|log|sign)[ _-]?(?:ed |in)|\b(?:access|permission)[ _-]?denied\b|\bforbidden\b|"
    r"\binte (?:inloggad|behörig)\b|\b(?:inloggning|behörighet) (?:krävs|saknas)\b|\blogga in\b"
)
"""How an interface says that it serves nobody without a login."""
_REFUSED = re.compile(
    rb"\"(?:code|status|(?:status|error)_?code)\"\s{0,4}:\s{0,4}\"?40[13]\"?\s{0,4}[,}]", re.IGNORECASE
)
"""The status of a refusal (RFC 9110 sections 15.5.2 and 15.5.4) in a body that came with another."""
_DEEPEST = 6
_MOST_WORDS = 40


def wants_login(body: bytes) -> bool:
    """Whether a body is an interface's own word that a login is needed, whatever its status says: an object of JSON,
    or a note of XML, that says so and holds nothing beside it: no row, no value under `data` (GraphQL answers 200 to
    everything), and nothing as a record has it. Total, linear time."""
    body = body.strip()
    if body.startswith(b"<"):
        return _xml_wants_login(body)
    if len(body) > LONGEST_NOTE or not body.startswith(b"{"):
        return False
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict):
        return False
    beside = {key.lower(): one for key, one in value.items() if key.lower() not in _COMPLAINTS}
    if any(map(_holds, beside.values())) or _is_record(beside):
        return False
    if _REFUSED.search(body):
        return True
    said = list(_texts(value, _DEEPEST))
    return len(said) <= _MOST_WORDS and any(_WANTS_LOGIN.search(text.replace("_", " ")) for text in said)


_SHORT = 1024
"""Bytes of a note in XML that holds nothing beside it."""
_PAGE = re.compile(rb"(?i)<(?:!doctype html|html|body|head|div|p|a|script|form|h[1-6])[\s>]")
_MOST_ELEMENTS = 8
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]{0,80})")
_OF_A_RECORD = re.compile(rb"\d[\d -]{4,20}\d|\w\.[A-Za-z][A-Za-z0-9]{1,4}\s{0,8}[<\"']")
"""A number of telephone, a date, or the name of a file."""


def _xml_wants_login(body: bytes) -> bool:
    """The same of a short note in XML: no page, a few elements, each once, and an error among them. A message or a
    status may be somebody's, beside a number or a file."""
    if len(body) > _SHORT or _PAGE.search(body) or body.count(b"</") + body.count(b"/>") > _MOST_ELEMENTS:
        return False
    elements = [one.lower() for one in _ELEMENT.findall(body)]
    if len(set(elements)) < len(elements):
        return False  # rows
    failed = re.search(rb"(?i)<(?:[\w.-]{1,40}:)?(?:error|fault|exception)[\s>]", body)
    told = re.search(rb"(?i)<(?:[\w.-]{1,40}:)?(?:message|status)[\s>]", body) and not _OF_A_RECORD.search(body)
    return bool(failed or told) and _WANTS_LOGIN.search(body.decode("utf-8", "replace").replace("_", " ")) is not None


_ABOUT_A_FAULT = frozenset(
    {"timestamp", "time", "date", "path", "url", "uri", "type", "status", "instance", "version", "method", "requestid"}
    | {"request_id", "traceid", "trace_id", "correlationid", "redirect", "error_description", "error_code", "reason"}
)
"""What interfaces tell of a fault beside its words: RFC 9457 section 3.1, RFC 6749 section 5.2, Spring Boot."""
_FEWEST_FIELDS = 3


def _is_record(beside: dict[str, object]) -> bool:
    """Whether the fields beside a complaint are those of a record, in which somebody may have written of a login: a
    number of telephone, a date or the name of a file, or several values."""
    said = [
        str(one)
        for key, one in beside.items()
        if key not in _ABOUT_A_FAULT and isinstance(one, str | int | float) and not isinstance(one, bool) and one != ""
    ]
    return len(said) >= _FEWEST_FIELDS or any(_OF_A_RECORD.search(f"{one[:512]}<".encode()) for one in said)


def _holds(value: object) -> bool:
    """Whether a list or an object holds more than nothing: a row, or an object that has a value at any depth."""
    if isinstance(value, dict):
        return any(
            one not in (None, False, "") and (not isinstance(one, dict | list) or _holds(one)) for one in value.values()
        )
    return isinstance(value, list) and bool(value)


def _texts(value: object, deep: int) -> Iterator[str]:
    """The texts of an answer, at any depth."""
    if isinstance(value, str):
        yield value[:512]
    elif deep and isinstance(value, dict):
        for one in value.values():
            yield from _texts(one, deep - 1)
    elif deep and isinstance(value, list):
        for one in value[:_MOST_WORDS]:
            yield from _texts(one, deep - 1)
