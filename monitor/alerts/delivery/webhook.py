"""Our own webhook: one POST of typed JSON, signed as Standard Webhooks asks; it runs in a delivery's own process.

An address is `leftopens://SECRET@host/path`, or `leftopen://...` without TLS, for loopback. The receiver has the secret
too: `whsec_` and base64, or any text. https://www.standardwebhooks.com has libraries that check signatures.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http
import http.client
import ssl
import time
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from monitor.alerts.delivery.ended import Ended, asks_for_password
from monitor.network.http.retry_after import retry_after
from monitor.store.messages.queued import Outcome

SCHEMES: Final = ("leftopens", "leftopen")
_SHORTEST_SECRET = 16
_MOST = 1 << 16
"""Bytes of a page that are read in the place of an answer."""


def is_ours(url: str) -> bool:
    """Whether an address is of this webhook."""
    return url.partition("://")[0].lower() in SCHEMES


def problem_of(url: str) -> str:
    """What is wrong with an address, in our words: never the address; empty: nothing."""
    try:
        parts = urlsplit(url)
        secret, host, _ = unquote(parts.username or ""), parts.hostname, parts.port
    except ValueError:
        return "the address is no URL"
    if not host:
        return "the address has no host: leftopens://SECRET@host/path"
    if len(secret) < _SHORTEST_SECRET:
        return f"the secret before the @ is shorter than {_SHORTEST_SECRET} characters"
    if secret.startswith("whsec_") and _key(secret) is None:
        return "the secret begins with whsec_, and what follows is not base64"
    return ""


def _key(secret: str) -> bytes | None:
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return None


def signature(key: bytes, id_: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: HMAC-SHA256 of id, time and body (Standard Webhooks 1.0.0)."""
    signed = f"{id_}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(order: dict[str, Any]) -> Ended:
    """Post the fields of one message. Redirects are not followed: what they lead to was not meant."""
    url: str = order["url"]
    wrong = problem_of(url)
    if wrong:
        return Ended(Outcome.MISCONFIGURED, wrong)
    parts = urlsplit(url)
    secret = unquote(parts.username or "")
    key = _key(secret) or b""
    body = str(order["fields"]).encode()
    id_, now = hashlib.sha256(str(order["key"]).encode()).hexdigest()[:32], int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "leftopen-webhook",
        "Connection": "close",
        "webhook-id": id_,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(key, id_, now, body),
    }
    connection: http.client.HTTPConnection
    seconds = float(order["deadline"]) * 0.8
    if parts.scheme.lower() == "leftopens":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = False
    try:
        connection.connect()
        sent = True
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        status = answer.status
        page = _page(answer)
        wait = retry_after(answer.headers.get("retry-after", ""), datetime.now(UTC)) if status in (429, 503) else 0.0
    except ssl.SSLError:
        return Ended(Outcome.REFUSED, "its certificate could not be verified, or TLS failed")
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Once it is connected nobody knows whether it has arrived.
        outcome = Outcome.MAYBE if sent else Outcome.REFUSED
        return Ended(outcome, f"no answer to the webhook ({type(error).__name__})")
    finally:
        connection.close()
    if 200 <= status < 300 and asks_for_password(page):
        return Ended(Outcome.REFUSED, f"the webhook answered {status} with a page that asks for a password")
    if 200 <= status < 300:
        return Ended(Outcome.ACCEPTED, "")
    # 410: the receiver is gone for good, as Standard Webhooks has it. Whatever else was refused may be mended.
    return Ended(Outcome.REFUSED, f"the webhook answered {status}", permanent=status == http.HTTPStatus.GONE, wait=wait)


def _page(answer: http.client.HTTPResponse) -> bytes:
    """The beginning of an answer that is a page; no other is read, and one that breaks off is what came of it."""
    if "html" not in answer.headers.get("content-type", "").lower():
        return b""
    try:
        return answer.read(_MOST)
    except (OSError, http.client.HTTPException):
        return b""
