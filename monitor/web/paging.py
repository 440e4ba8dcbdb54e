"""Filters and places in a list, as they stand in a URL. A place is signed for one scope, and good for no other."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from monitor.store.summaries import After
from monitor.web.call import Call
from monitor.web.errors import Problem
from monitor.web.read.findings import KNOWN, Filters

_KEY: Final = secrets.token_bytes(32)
"""Made anew at each start: a place in a list is good for as long as the server runs."""
_LISTS: Final = ("state", "severity", "handling", "asset")


def filters_of(request: web.Request, default: Mapping[str, str] | None = None) -> Filters:
    """The filters of a URL. Raises Problem for a word that is not known: a mistyped filter must not hide a finding."""
    query = request.query
    given: dict[str, tuple[str, ...]] = {}
    for key in _LISTS:
        values = tuple(value for value in query.getall(key, []) if value)
        values = values or ((default[key],) if default and key in default else ())
        if key in KNOWN and not set(values) <= {*KNOWN[key], "all"}:
            raise Problem(422, "problem.filter", more={"parameter": key, "known": list(KNOWN[key])})
        given[key] = () if "all" in values else values
    return Filters(
        state=given["state"],
        severity=given["severity"],
        handling=given["handling"],
        asset=given["asset"],
        party=query.get("party", ""),
        contract=query.get("contract", ""),
        q=query.get("q", "").strip(),
    )


def next_of(after: After, call: Call) -> str:
    """A place in a list, signed for the scope of this call."""
    body = json.dumps([after.rank, after.first_seen, after.id], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signed(body, call) + body).decode().rstrip("=")


def after_of(text: str, call: Call) -> After | None:
    """The place that `next_of` wrote. Raises Problem for one that is not ours, or another scope's."""
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        good = hmac.compare_digest(raw[:16], _signed(raw[16:], call))
    except ValueError:
        good = False
    if not good:
        raise Problem(422, "problem.cursor", more={"parameter": "after"})
    return After(*json.loads(raw[16:]))


def _signed(body: bytes, call: Call) -> bytes:
    return hmac.new(_KEY, call.caller.grant.party.encode() + b"|" + body, hashlib.sha256).digest()[:16]
