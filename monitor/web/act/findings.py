"""Actions about a finding, from its page and from programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from monitor.acting import accepting
from monitor.findings import handling as acts
from monitor.findings.finding import Finding, parse_finding_id
from monitor.findings.handling import Action, ActionKind, Handling, Refused
from monitor.legal.clocks import duty_ids
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from monitor.web.act.once import LONGEST_TEXT, Stale, once
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found
from monitor.web.identity.permits import Permit
from monitor.web.read.findings import version_of
from probes.recognise.people.masking import mask_text

ACTS = {
    "acknowledge": Permit.ACKNOWLEDGE,
    "contain": Permit.CONTAIN,
    "cause": Permit.CAUSE,
    "reopen": Permit.REOPEN,
    "accept": Permit.ACCEPT,
    "dismiss": Permit.DISMISS,
    "aware": Permit.AWARE,
    "sent": Permit.SENT,
}
"""What may be done about a finding here, and what it takes."""
_REASONED = frozenset(ACTS) - {"acknowledge"}
_DATED = frozenset({"aware", "sent"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to do."""

    act: str
    reason: str = ""
    days: int = 0
    """Of an acceptance."""
    since: datetime | None = None
    """When it took place, of `aware` and `sent`; None: now."""
    duty: str = ""
    """Of `sent`: which duty of which law."""


async def act(call: Call, id_: str, asked: Asked, key: str, etag: str) -> dict[str, Any]:
    """Do it; `etag` is the version of the finding that the sender saw. Raises Problem."""
    if asked.act not in ACTS:
        raise Problem(422, "problem.act", more={"known": list(ACTS)})
    if asked.act in _REASONED and not asked.reason:
        raise Problem(422, "problem.reason", more={"parameter": "reason"})
    if asked.act == "sent" and asked.duty not in duty_ids():
        raise Problem(422, "problem.duty", more={"parameter": "duty", "known": list(duty_ids())})
    wanted = parse_finding_id(id_) or ""
    if await call.read(lambda ledger: ledger.finding(wanted)) is None:
        raise not_found()
    inventory, now, by = call.services.inventory(), call.now, call.caller.name
    # A person speaks for the party whose grant is used, and for no other.
    party, since = call.caller.grant.party, _in_reach(asked.since or now)

    def decide(finding: Finding, stands: Handling) -> Action | Refused:
        match asked.act:
            case "acknowledge":
                return acts.acknowledge(stands, now, by, "dashboard")
            case "contain":
                return acts.contain(now, by, asked.reason, "dashboard")
            case "cause":
                return Action(ActionKind.CAUSE, now, by, reason=asked.reason)
            case "reopen":
                return acts.reopen(stands, now, by, asked.reason)
            case "accept":
                return accepting.accept(inventory, finding, stands, now, by, party, asked.reason, asked.days)
            case "aware":
                return acts.aware(now, by, party, since, asked.reason)
            case "sent":
                return acts.sent(now, by, party, asked.duty, since, asked.reason)
            case _:
                return acts.dismiss(finding, stands, now, by, asked.reason)

    def do(ledger: Ledger) -> Mapping[str, Any] | Refused | Stale | None:
        before = ledger.finding(wanted)
        version = "" if before is None else version_of(before, len(actions.of_finding(ledger, wanted)))
        if before is not None and version != etag:
            return Stale(version)
        done = actions.act_within(ledger, wanted, decide)
        if done is None or isinstance(done, Refused):
            return done
        after = version_of(done.finding, len(actions.of_finding(ledger, wanted)))
        return {"finding": wanted, "act": done.action.act.value, "by": done.action.by, "etag": after}

    key_of = {"finding": wanted, "act": asked.act, "reason": asked.reason, "days": asked.days}
    key_of |= {"since": str(asked.since), "duty": asked.duty} if asked.act in _DATED else {}
    return await once(call, ACTS[asked.act], key, key_of, do)


async def from_page(call: Call) -> web.Response:
    """`POST /findings/{finding}/act`: the form of its page."""
    form = await call.request.post()
    said = {name: value for name, value in form.items() if isinstance(value, str)}
    days = said.get("days", "")
    since = _since(said["since"], call.zone) if said.get("since") else None
    count = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0
    asked = Asked(said.get("act", ""), tidy(said.get("reason", "")), count, since, said.get("duty", ""))
    back = f"/findings/{parse_finding_id(call.object) or ''}"
    try:
        await act(call, call.object, asked, said.get("key", ""), said.get("etag", ""))
    except Problem as problem:
        problem.back = back if problem.status != 404 else "/findings"
        raise
    return web.Response(status=303, headers={"Location": back})


def _since(text: str, zone: str) -> datetime:
    """A time that was typed on a page, where times are in that zone. Raises Problem."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(422, "problem.parameter", more={"parameter": "since"}) from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _in_reach(at: datetime) -> datetime:
    """In UTC. Raises Problem for a time that has no day in some zone, and that a person can only have mistyped."""
    if not 2000 <= at.year < 3000:
        raise Problem(422, "problem.parameter", more={"parameter": "since"})
    return at.astimezone(UTC)


def tidy(text: str) -> str:
    """A reason as it goes on file: one line, not too long, with nobody's number in it."""
    return str(mask_text(" ".join(text.split())[:LONGEST_TEXT]))
