"""What ends by a date: permissions to look, places open by intent, accepted risks, accounts that are no longer let in;
each with when, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from monitor.findings.handling import TriageStatus
from monitor.inventory.model.inventory import Inventory
from monitor.store.ledger import Ledger
from monitor.store.tables import actions
from monitor.store.tables import refused_credentials as stored

AHEAD = (30, 14, 3, 0)
"""Days before its last day at which an ending is announced; 0: on that day."""
ENDED = -1
"""The stage of what has ended: its last day has passed."""


class EndingKind(StrEnum):
    """What ends."""

    CONTRACT = "contract"
    PUBLIC = "public"
    ACCEPTANCE = "acceptance"
    CREDENTIAL = "credential"

    @property
    def exception(self) -> bool:
        """Whether it is an exception: something that may stay open until then."""
        return self in (EndingKind.PUBLIC, EndingKind.ACCEPTANCE)


@dataclass(frozen=True, slots=True)
class Ending:
    """One thing that ends."""

    kind: EndingKind
    name: str
    """The contract's id; the asset's id and the path, or its subject; or the finding's id."""
    until: date
    """The last day."""
    assets: tuple[str, ...]
    decided_by: str = ""
    reason: str = ""
    findings: tuple[str, ...] = ()
    """The open findings that an exception settles."""

    def days_left(self, today: date) -> int:
        """Days until its last day; negative once that has passed."""
        return (self.until - today).days

    def stage(self, today: date) -> int | None:
        """The last of AHEAD that has been reached, ENDED when it has ended; None while it is further away."""
        left = self.days_left(today)
        if left < 0:
            return ENDED
        return next((days for days in reversed(AHEAD) if left <= days), None)


def contract_endings(inventory: Inventory) -> tuple[Ending, ...]:
    """Every contract, with the assets that are looked at by its permission."""
    under: dict[str, list[str]] = {contract.id: [] for contract in inventory.contracts}
    for asset in inventory.assets:
        for contract in inventory.contract_chain(asset):
            under[contract.id].append(asset.id)
    return tuple(
        Ending(EndingKind.CONTRACT, one.id, one.authorised_until, tuple(under[one.id]), one.authorised_by)
        for one in inventory.contracts
    )


def exceptions(ledger: Ledger, inventory: Inventory) -> tuple[Ending, ...]:
    """Every exception: what the inventory declares open by intent, and every risk that people accepted; next end first.

    One of the inventory whose last day has passed is listed too, until it is taken out.
    """
    found: list[Ending] = []
    settled: dict[tuple[str, str], list[str]] = {}
    for finding, handling in actions.lived_with(ledger):
        if handling.standing is TriageStatus.INTENDED:
            asset = inventory.find_asset(finding.asset)
            path = asset.intended_path(finding.place) if asset is not None else finding.place.path
            for public in asset.public if asset is not None else ():
                if public.covers(path):
                    settled.setdefault((finding.asset, public.path), []).append(finding.id)
        elif handling.standing is TriageStatus.ACCEPTED and handling.until is not None:
            by, why = handling.by, handling.reason
            # It ends at an instant: its last day is the one in which that instant lies.
            last = (handling.until - timedelta(microseconds=1)).date()
            assets = (finding.asset,)
            found.append(Ending(EndingKind.ACCEPTANCE, finding.id, last, assets, by, why, (finding.id,)))
    for asset in inventory.assets:
        for public in asset.public:
            name, ids = f"{asset.id} {public.path}", tuple(settled.get((asset.id, public.path), ()))
            by = public.decided_by or ""
            found.append(Ending(EndingKind.PUBLIC, name, public.until, (asset.id,), by, public.reason, ids))
    return tuple(sorted(found, key=lambda one: (one.until, one.name)))


def refused_credentials(ledger: Ledger, inventory: Inventory) -> tuple[Ending, ...]:
    """Accounts of subjects that a declared asset no longer lets in; the day before the refusal was their last."""
    return tuple(
        Ending(EndingKind.CREDENTIAL, f"{one.asset} {one.subject}", one.at.date() - timedelta(days=1), (one.asset,))
        for one in stored.refused(ledger)
        if inventory.find_asset(one.asset) is not None
    )


def soon(endings: Iterable[Ending], today: date) -> tuple[Ending, ...]:
    """Those that end within the longest of AHEAD, or have ended; next end first."""
    return tuple(
        sorted((one for one in endings if one.stage(today) is not None), key=lambda one: (one.until, one.name))
    )


def said(one: Ending, today: date) -> str:
    """One ending in a line, for the console and `health`."""
    left = one.days_left(today)
    many = f"{len(one.assets)} asset{'s' * (len(one.assets) != 1)}"
    when = f"ended on {one.until}" if left < 0 else f"ends {'today' if not left else f'in {left} days'} ({one.until})"
    what = {
        EndingKind.CONTRACT: f"contract {one.name} {when}: {many} {'are' if left < 0 else 'then'} no longer checked",
        EndingKind.PUBLIC: f"open by intent: {one.name} {when}: then it counts as open",
        EndingKind.ACCEPTANCE: f"accepted risk {one.name} {when}: then everybody is alerted again",
        EndingKind.CREDENTIAL: f"the account of {one.name} is refused since {one.until + timedelta(days=1)}: renew it",
    }
    return what[one.kind]
