"""Does a thing once: under a key, on the state that its sender saw, in one transaction with the answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.findings.handling import Refused
from monitor.store.ledger import Ledger
from monitor.store.tables import http_actions
from monitor.store.tables.http_actions import Kept
from monitor.web.call import Call
from monitor.web.errors import Problem, not_found
from monitor.web.identity.permits import GRAVE, Permit

KEY = r"^[!-~]{1,200}$"
"""A key that a sender chooses for an action."""
LONGEST_TEXT = 500
Do = Callable[[Ledger], "Mapping[str, Any] | Refused | Stale | None"]


@dataclass(frozen=True, slots=True)
class Stale:
    """What the sender saw is no longer so; `now` is what it looks like."""

    now: str


async def once(call: Call, permit: Permit, key: str, asked: Mapping[str, Any], do: Do) -> dict[str, Any]:
    """Do it, or answer as the first time. Raises Problem.

    `do` runs within a transaction on the ledger's own thread: what it returns is answered, None is "not there", and
    only what was done is kept under the key.
    """
    _check(call, permit, key)
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    who, now, on_ledger = call.caller.name, call.now, call.services.ledger
    if on_ledger is None:
        raise Problem(503, "problem.reads-only")

    def work(ledger: Ledger) -> Mapping[str, Any] | Refused | Stale | Kept | None:
        with ledger.step():
            before = http_actions.known(ledger, who, key)
            if before is not None:
                return before
            done = do(ledger)
            if isinstance(done, Mapping):
                http_actions.keep(ledger, who, key, Kept(digest, 200, dict(done)), now)
            return done

    match await on_ledger(work):
        case None:
            raise not_found()
        case Refused(why=why):
            raise Problem(409, "problem.refused", more={"why": why})
        case Stale(now=version):
            raise Problem(412, "problem.changed", {"ETag": f'"{version}"'}, {"etag": version})
        case Kept() as kept:
            if kept.digest != digest:
                raise Problem(409, "problem.key-used")
            return kept.answer
        case done:
            call.services.heads.acted({asked["finding"]} if "finding" in asked else ())
            call.services.acted()
            return dict(done)


def _check(call: Call, permit: Permit, key: str) -> None:
    if not call.may(permit):
        raise Problem(403, "problem.forbidden")
    if permit in GRAVE and not call.caller.proven(call.now):
        raise Problem(403, "problem.prove", more={"prove": True})
    if not re.fullmatch(KEY, key):
        raise Problem(400, "problem.key")
