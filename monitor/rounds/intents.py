"""What the inventory means for findings: what decisions rest on, what was promised, and what is open by intent.

What it declares public settles a finding that is open, until its last day has passed.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from monitor.findings.decide import Policy
from monitor.findings.finding import Finding, State
from monitor.findings.handling import Action, ActionKind, Handling, TriageStatus
from monitor.findings.match import beyond_intent
from monitor.findings.promises import SECTIONS, TLS, Promised, closed_here
from monitor.findings.reasons import Cause, OpenByIntent, Reason
from monitor.inventory.model.assets import Asset, Public
from monitor.inventory.model.inventory import Inventory
from probes.api import Exposed, Place


def promised_of(inventory: Inventory, asset: Asset, network: str = "") -> Promised:
    """What the inventory and its contracts promise of an asset; `network` is from where it is looked at, by default
    from that of this installation."""
    tls = any(contract.promises.tls for contract in inventory.contract_chain(asset))
    return Promised(inventory.closed_networks(asset), tls, network or inventory.vantage.network)


def still_promised(inventory: Inventory, own: str, finding: Finding) -> bool:
    """Whether the inventory makes the promise, or has the section of its asset, that `finding`, of a kind of
    `promises.ENDING`, is held against; `own` is the network of this installation."""
    if finding.kind in SECTIONS:
        section: object = inventory.asset(finding.asset)
        for name in SECTIONS[finding.kind].split("."):
            section = getattr(section, name, None)
        return section is not None
    promised = promised_of(inventory, inventory.asset(finding.asset), finding.network or own)
    return promised.tls if finding.kind == TLS else closed_here(promised)


def declared_open(asset: Asset, place: Place, now: datetime) -> Public | None:
    """The entry of the inventory by which `place` is open by intent at `now`, if there is one."""
    # A bucket is open by intent as a whole, or not at all: what is declared of it is `/`.
    return asset.public_at(asset.intended_path(place), now.date())


def open_inside(inventory: Inventory, asset: Asset, network: str) -> bool:
    """Whether what is open from `network` is meant to be: the inventory names it as the network that `asset` may answer
    in, and it is looked at from outside too, where the same would be a finding."""
    return asset.reach == network != "internet" and any(one != network for one in inventory.looked_from(asset))


def meant(until: datetime | None) -> Reason:
    """Why nothing is done about what is open by intent; `until` is when that ends, None: not by itself."""
    return Cause.OPEN_INSIDE if until is None else OpenByIntent(f"{until - timedelta(days=1):%Y-%m-%d}")


def action_of(
    asset: Asset, finding: Finding, handling: Handling, verdict: Exposed, now: datetime, *, inside: bool = False
) -> Action | None:
    """What the system notes when a finding is seen open that the inventory declares public; None: nothing. `inside`:
    it is open in the closed network that the inventory names.

    Whoever declares a place public means that strangers may read it: where they may do more, the declaration holds no
    longer. What people accepted or dismissed stays as they left it.
    """
    if finding.state not in (State.EXPOSED, State.CLEARING):
        return None
    public = declared_open(asset, finding.place, now)
    standing = handling.standing
    if beyond_intent(verdict):
        if standing is not TriageStatus.INTENDED:
            return None
        why = "strangers may do more there than read"
        return Action(ActionKind.INTENT_ENDED, now, "leftopen", reason=why)
    if standing in (TriageStatus.ACCEPTED, TriageStatus.DISMISSED) or (public is None and not inside):
        return None
    if public is None:
        why = f"it may be reached from {asset.reach}, as the inventory declares"
        meant = standing is TriageStatus.INTENDED
        return None if meant else Action(ActionKind.INTENDED, now, asset.owner, reason=why)
    until = datetime.combine(public.until + timedelta(days=1), time(), UTC)
    by = public.decided_by or asset.owner
    if standing is TriageStatus.INTENDED and (handling.until, handling.by, handling.reason) == (
        until,
        by,
        public.reason,
    ):
        return None
    return Action(ActionKind.INTENDED, now, by, reason=public.reason, until=until)


def policy_of(inventory: Inventory, asset: Asset) -> Policy:
    """What decisions about an asset rest on."""
    settings = inventory.settings(asset)
    return Policy(
        tenant=inventory.organisation.id,
        data_class=asset.data.value,
        clear_looks=settings.clear_looks,
        clear_over=timedelta(minutes=settings.clear_minutes),
        retire_after=settings.retire_after,
    )
