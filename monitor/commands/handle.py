"""`leftopen ack`, `contain`, `accept`, `dismiss`, `reopen`, `aware`, `cause`: what people do about a finding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rich.markup import escape

from monitor.commands import console
from monitor.commands.shared import NOTHING_OPEN, WRONG, Reading, fail
from monitor.findings import handling as acts
from monitor.findings.finding import Finding, is_finding_id
from monitor.findings.handling import Action, ActionKind, Handling, Refused, fold
from monitor.inventory.load import Checked
from monitor.legal.clocks import duty_ids
from monitor.store import actions
from monitor.store.ledger import Ledger

Decide = Callable[[Finding, Handling, datetime], Action | Refused]


def do(database: str | None, id_: str, decide: Decide) -> int:
    """Read where a finding stands, decide, and put the action on file, all in one transaction; say what came of it."""
    with Reading(database) as ledger:
        finding, action = _done(ledger, id_, decide)
    if isinstance(action, Refused):
        console.talk().print(f"not done: {escape(action.why)}")
        return WRONG
    words = {
        ActionKind.ACCEPTANCE_ASKED: "asked for; a person of another party must agree with the same command",
        ActionKind.DISMISSAL_ASKED: "asked for; a second person must agree with the same command",
        ActionKind.CONTAINED: "noted: looked at every minute for half an hour; only proof closes it",
        ActionKind.ACKNOWLEDGED: f"acknowledged until {action.at + acts.LAPSES:%H:%M}Z, unless a step follows",
    }
    console.talk().print(f"{finding.id}: {words.get(action.act, action.act.value)}")
    return NOTHING_OPEN


def _done(ledger: Ledger, id_: str, decide: Decide) -> tuple[Finding, Action | Refused]:
    wanted = id_.strip().upper()
    wanted = wanted if wanted.startswith("LO-") else f"LO-{wanted}"
    if not is_finding_id(wanted):
        fail(f"{id_!r} is no finding's id: its check character does not fit. `leftopen findings --all` lists them")
    with ledger.step():
        finding = ledger.finding(wanted)
        if finding is None:
            fail(f"no finding {wanted} in {ledger.path}. `leftopen findings --all` lists them")
        action = decide(finding, fold(actions.of_finding(ledger, wanted), finding), datetime.now(UTC))
        if isinstance(action, Action):
            actions.append(ledger, wanted, action)
    return finding, action


def accept(checked: Checked, database: str | None, id_: str, by: str, party: str, reason: str, days: int) -> int:
    """Accept the risk of a finding for so many days; for data of persons the controller of the chain must agree."""
    inventory = checked.inventory
    if party not in {p.id for p in inventory.parties}:
        fail(f"no party {party!r} (known: {', '.join(p.id for p in inventory.parties)})")

    def decide(finding: Finding, handling: Handling, now: datetime) -> Action | Refused:
        asset = next((a for a in inventory.assets if a.id == finding.asset), None)
        # Of an asset that is gone nobody knows the chain any more: any party may ask, and a controller must agree.
        chain = inventory.parties if asset is None else inventory.chain(asset)
        if party not in {p.id for p in chain}:
            return Refused(f"{party} is not of the asset's chain ({', '.join(p.id for p in chain)})")
        return acts.accept(
            handling,
            now,
            by,
            party,
            reason,
            now + timedelta(days=days),
            sensitive=asset is None or asset.data.personal,
            controllers=tuple(p.id for p in chain if p.role.value == "controller"),
        )

    return do(database, id_, decide)


def sent(
    checked: Checked,
    database: str | None,
    id_: str,
    by: str,
    party: str,
    duty: str,
    reason: str,
    since: datetime | None,
) -> int:
    """Put on file that a party has sent what a duty asks for."""
    parties = [p.id for p in checked.inventory.parties]
    if party not in parties:
        fail(f"no party {party!r} (known: {', '.join(parties)})")
    if duty not in duty_ids():
        fail(f"no duty {duty!r} (known: {', '.join(duty_ids())})")
    return do(database, id_, lambda _, __, now: acts.sent(now, by, party, duty, since or now, reason))


def when(text: str) -> datetime:
    """A time that a person gave, as UTC. Raises ValueError when it has no zone: an hour is worth being sure of."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no zone: write 2026-11-21T09:30+01:00, or ...Z for UTC")
    return at.astimezone(UTC)
