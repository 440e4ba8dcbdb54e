"""The endpoints of the API, each over a read model that a page shows too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from monitor.api.times import iso
from monitor.web.act import findings as finding_acts
from monitor.web.act import messages as message_acts
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found
from monitor.web.identity.permits import Permit
from monitor.web.identity.token_scopes import TokenScope
from monitor.web.paging import after_of, next_of
from monitor.web.read import coverage, finding, messages, parties, reads, rounds
from monitor.web.read import findings as findings_model
from monitor.web.v1 import models
from monitor.web.v1.endpoint import get, post

MOST_DAYS = timedelta(days=366)


async def _head(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """Is anything open, can we see, can we tell; and the legal clocks that end within a day."""
    head = await call.services.heads(call.seen)
    return {"at": iso(head.at), **head.answers, "deadlines": list(head.deadlines)}


async def _findings(call: Call, query: models.FindingsQuery) -> Mapping[str, Any]:
    """Findings, worst and oldest first."""
    filters = findings_model.Filters(
        state=tuple(query.state),
        severity=tuple(query.severity),
        handling=tuple(query.handling),
        asset=tuple(query.asset),
        party=query.party,
        contract=query.contract,
        q=query.q,
    )
    after = after_of(query.after, call)
    listed, following = await call.read(
        lambda ledger: findings_model.findings(ledger, call.seen, filters, after, query.limit, call.now)
    )
    return {**listed, "next": next_of(following, call) if following else None}


async def _finding(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """One finding, whole."""
    found = await call.read(lambda ledger: finding.one_finding(ledger, call.seen, call.object, call.now))
    if found is None:
        raise not_found()
    return found


async def _act_on_finding(call: Call, body: models.FindingAction) -> Mapping[str, Any]:
    """Do something about a finding, once: `Idempotency-Key`, and in `If-Match` the version that was seen."""
    asked = finding_acts.Asked(body.act, finding_acts.tidy(body.reason), body.days, body.since, body.duty)
    etag = call.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"').partition("-")[0]
    if not etag:
        raise Problem(428, "problem.version")
    return await finding_acts.act(call, call.object, asked, call.request.headers.get("Idempotency-Key", ""), etag)


async def _assets(call: Call, query: models.AssetsQuery) -> Mapping[str, Any]:
    """Every declared asset with its state, worst first, and why some were not judged."""
    head = await call.services.heads(call.seen)
    shown = coverage.of_status(head.states, query.status)
    return {"items": coverage.assets(shown, call.seen), "reasons": list(head.reasons)}


async def _asset(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """One asset with its places and its last days."""
    states = (await call.services.heads(call.seen)).states
    asset = call.request.match_info["asset"]
    found = await call.read(lambda ledger: coverage.of_one(ledger, call.seen, states, asset, call.now))
    if found is None:
        raise not_found()
    return found


async def _coverage(call: Call, query: models.CoverageQuery) -> Mapping[str, Any]:
    """Conclusive slots over due slots, with gaps and outages, by asset, data class and contract."""
    until = query.until or call.now.date() + timedelta(days=1)
    since = query.since or until - timedelta(days=30)
    if not timedelta(0) < until - since <= MOST_DAYS:
        raise Problem(422, "problem.parameter", more={"errors": [{"parameter": "since", "detail": "1 to 366 days"}]})
    return await call.read(lambda ledger: coverage.whole(ledger, call.seen, since, until, call.now))


async def _places(call: Call, query: models.PlacesQuery) -> Mapping[str, Any]:
    """The places of one asset."""
    return {"items": await call.read(lambda ledger: coverage.places(ledger, [query.asset], call.now))}


async def _parties(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """The parties of the chains, each with what is covered and what is open."""
    counted = (await call.services.heads(call.seen)).tallies
    return {"items": await call.read(lambda ledger: parties.parties(ledger, call.seen, counted, call.now))}


async def _contracts(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """The contracts, those whose permission ends first in front."""
    counted = (await call.services.heads(call.seen)).tallies
    return {"items": parties.contracts(call.seen, counted, call.now.date())}


async def _messages(call: Call, query: models.MessagesQuery) -> Mapping[str, Any]:
    """Messages, newest first."""
    items, following = await call.read(
        lambda ledger: messages.messages(
            ledger, query.before, query.limit, finding=query.finding, party=query.party, states=query.state
        )
    )
    return {"items": items, "next": following}


async def _message(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """One message with its tries and events."""
    found = await call.read(lambda ledger: messages.one_message(ledger, call.object))
    if found is None:
        raise not_found()
    return found


async def _act_on_message(call: Call, body: models.MessageAction) -> Mapping[str, Any]:
    """Do something about a message, once: `Idempotency-Key`."""
    reason = finding_acts.tidy(body.reason)
    key = call.request.headers.get("Idempotency-Key", "")
    return await message_acts.act(call, call.object, body.act, reason, key)


async def _rounds(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """The last rounds, newest first."""
    return {"items": await call.read(lambda ledger: rounds.rounds(ledger, call.seen))}


async def _drills(call: Call, _: models.NoQuery) -> Mapping[str, Any]:
    """The last drills, newest first."""
    return {"items": await call.read(rounds.drills)}


async def _log(call: Call, query: models.LogQuery) -> Mapping[str, Any]:
    """Who read, tried and did what, newest first."""
    items, following = await reads.log(call, query.before, query.limit, query.finding)
    return {"items": items, "next": following}


_F, _C, _R = TokenScope.FINDINGS, TokenScope.COVERAGE, TokenScope.REPORTS
ENDPOINTS: Final = (
    get("/head", "head", _C, models.NoQuery, models.Head, _head),
    get("/findings", "findings", _F, models.FindingsQuery, models.Findings, _findings),
    get("/findings/{finding}", "finding", _F, models.NoQuery, models.WholeFinding, _finding),
    post("/findings/{finding}/actions", "finding-act", models.FindingAction, models.FindingDone, _act_on_finding),
    get("/assets", "assets", _C, models.AssetsQuery, models.Assets, _assets),
    get("/assets/{asset}", "asset", _C, models.NoQuery, models.WholeAsset, _asset),
    get("/coverage", "coverage", _C, models.CoverageQuery, models.Coverage, _coverage),
    get("/places", "places", _C, models.PlacesQuery, models.Places, _places),
    get("/parties", "parties", _C, models.NoQuery, models.Items, _parties),
    get("/contracts", "contracts", _C, models.NoQuery, models.Items, _contracts),
    get("/messages", "messages", _F, models.MessagesQuery, models.Messages, _messages),
    get("/messages/{message}", "message", _F, models.NoQuery, models.WholeMessage, _message),
    post("/messages/{message}/actions", "message-act", models.MessageAction, models.MessageDone, _act_on_message),
    get("/rounds", "rounds", _C, models.NoQuery, models.Items, _rounds),
    get("/drills", "drills", _C, models.NoQuery, models.Items, _drills),
    get("/log", "log", _R, models.LogQuery, models.Log, _log, Permit.LOG),
)
