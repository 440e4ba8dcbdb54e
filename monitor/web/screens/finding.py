"""One finding: what to do first, then what was seen, said and told, how far it reaches, and what is not known."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from monitor.findings.handling import TriageStatus
from monitor.web.act.findings import ACTS
from monitor.web.act.once import LONGEST_TEXT
from monitor.web.call import Call
from monitor.web.errors import not_found
from monitor.web.identity.permits import GRAVE
from monitor.web.read.finding import growth, one_finding
from monitor.web.read.findings import OPEN_STATES
from monitor.web.screens import charts

_SETTLED = frozenset({TriageStatus.ACCEPTED, TriageStatus.DISMISSED})
MOST_LINES = 200
"""Lines of the timeline that are shown; the first ones and the last ones, when there are more."""
MOST_ROWS = 60
"""Rows of the messages and of the kinds of files."""


async def show(call: Call) -> web.Response:
    """`GET /findings/{finding}`."""
    found = await call.read(lambda ledger: one_finding(ledger, call.seen, call.object, call.now, call.language))
    if found is None:
        raise not_found()
    grown = await call.read(lambda ledger: growth(ledger, found["id"]))
    survey = found["survey"]
    lines = found["timeline"]
    values = {
        "f": found,
        "open": found["state"] in OPEN_STATES,
        "acts": choices(call, found),
        "duties": duties(call, found),
        "counting": [one for one in found["clocks"] if one["running"]],
        "not_counting": [one for one in found["clocks"] if not one["running"]],
        "grave": {permit.value for permit in GRAVE},
        "proven": call.caller.proven(call.now),
        # One key for each page that was shown: a button that is pressed twice does its thing once.
        "key": secrets.token_urlsafe(16),
        "longest": LONGEST_TEXT,
        "lines": lines if len(lines) <= MOST_LINES else [*lines[:20], *lines[20 - MOST_LINES :]],
        "lines_left_out": max(0, len(lines) - MOST_LINES),
        "told": found["told"][-MOST_ROWS:],
        "told_left_out": max(0, len(found["told"]) - MOST_ROWS),
        "months": charts.bars(charts.months(survey["months"])) if survey else None,
        "growth": charts.bars([(str(one["at"]), one["files"]) for one in grown]) if len(grown) > 1 else None,
        "kinds": _kinds(found),
    }
    return await call.page("finding.html.j2", values)


def choices(call: Call, found: dict[str, Any]) -> list[str]:
    """What this person may do about the finding as it stands now, the most urgent first."""
    handling, fits = found["handling"], []
    if found["state"] in OPEN_STATES:
        if handling in _SETTLED:
            fits = ["reopen"]
        elif handling not in (TriageStatus.INTENDED, TriageStatus.UNPROMISED):
            fits = [*(["acknowledge"] if handling == TriageStatus.NEW else []), "contain", "accept", "dismiss"]
    fits.append("cause")
    fits += ["aware", "sent"] if duties(call, found) else []
    return [act for act in fits if call.may(ACTS[act])]


def duties(call: Call, found: dict[str, Any]) -> list[dict[str, str]]:
    """The duties of the caller's own party that have not been done, as the clocks of the finding have them."""
    mine = [one for one in found["clocks"] if one["party"] == call.caller.grant.party and not one["sent"]]
    return list({one["duty"]: {"id": one["duty"], "says": one["says"]} for one in mine}.values())


def _kinds(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Kinds of files with how many there are, the most frequent first: of the last survey, else of the last look."""
    survey = found["survey"]
    if survey:
        rows = [{"kind": kind, **figures} for kind, figures in survey["kinds"].items()]
    else:
        rows = [{"kind": kind, "files": files, "bytes": None} for kind, files in found["kinds"].items()]
    return sorted(rows, key=lambda row: (-row["files"], row["kind"]))[:MOST_ROWS]
