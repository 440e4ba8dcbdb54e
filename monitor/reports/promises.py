"""Promises of contracts against what was seen: each one kept, not kept, or not provable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from monitor.findings import promises
from monitor.inventory.model.parties import Contract
from monitor.reports.figures import Figures, Story

ENOUGH: Final = 95.0
"""Conclusive slots in a hundred below which an absence of findings proves nothing."""
LONGEST_GAP: Final = timedelta(days=1)
"""The longest time without a conclusive look beside which an absence of findings still says something."""


class Kept(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    NOT_KEPT = "not-kept"
    NOT_PROVABLE = "not-provable"


@dataclass(frozen=True, slots=True)
class Judged:
    """One promise of one contract. `why` is a key of the catalogue, `findings` what broke it."""

    contract: str
    promise: str
    value: str
    kept: Kept
    why: str
    findings: tuple[str, ...] = ()


def judged(all_: Figures) -> tuple[Judged, ...]:
    """Every promise of the party's contracts, in the inventory's order, each by the assets under its contract."""
    found: list[Judged] = []
    for contract in all_.contracts:
        made, figures = contract.promises, all_.of_contract(contract.id)
        if made.login:
            found.append(_by_absence(figures, contract, "login", "", figures.exposures()))
        if made.tls:
            found.append(_by_absence(figures, contract, "tls", "", _of_kind(figures, promises.TLS)))
        if made.network is not None:
            found.append(_by_absence(figures, contract, "network", made.network, _of_kind(figures, promises.NETWORK)))
        if made.retention_days is not None:
            found.append(_retention(figures, contract, made.retention_days))
        if made.notify_hours is not None:
            found.append(_notified(figures, contract, made.notify_hours))
    return tuple(found)


def _of_kind(figures: Figures, kind: str) -> tuple[Story, ...]:
    return tuple(
        one for one in figures.stories if one.finding.kind == kind and one.open_in(figures.since, figures.until)
    )


def _by_absence(figures: Figures, contract: Contract, promise: str, value: str, broken: tuple[Story, ...]) -> Judged:
    """A promise that nothing is open: broken by a finding, kept only where enough was looked at."""
    if broken:
        ids = tuple(one.finding.id for one in broken)
        return Judged(contract.id, promise, value, Kept.NOT_KEPT, "seen-broken", ids)
    if not figures.due or 100 * figures.conclusive < ENOUGH * figures.due:
        return Judged(contract.id, promise, value, Kept.NOT_PROVABLE, "too-little-seen")
    if figures.worst_gap > LONGEST_GAP:
        return Judged(contract.id, promise, value, Kept.NOT_PROVABLE, "gap-too-long")
    return Judged(contract.id, promise, value, Kept.KEPT, "nothing-seen")


def _retention(figures: Figures, contract: Contract, days: int) -> Judged:
    """Older files than promised that lay open break it; what is not open shows no age."""
    old = []
    for one in figures.exposures():
        oldest = (one.finding.reach or one.finding.extent).oldest
        if oldest is not None and one.finding.last_seen - oldest > timedelta(days=days):
            old.append(one.finding.id)
    kept, why = (Kept.NOT_KEPT, "older-files") if old else (Kept.NOT_PROVABLE, "ages-unseen")
    return Judged(contract.id, "retention", str(days), kept, why, tuple(old))


def _notified(figures: Figures, contract: Contract, hours: int) -> Judged:
    """The controller of the contract was told of each new exposure in time, as far as our own messages go."""
    new = [one for one in figures.exposures() if one.steps_opened(figures.since, figures.until)]
    if not new:
        return Judged(contract.id, "notify", str(hours), Kept.KEPT, "nothing-to-tell")
    times = {one.finding.id: one.told_after(contract.controller) for one in new}
    late = tuple(id_ for id_, seconds in times.items() if seconds is None or seconds > hours * 3600)
    kept, why = (Kept.NOT_PROVABLE, "not-told-by-us") if late else (Kept.KEPT, "told-in-time")
    return Judged(contract.id, "notify", str(hours), kept, why, late)
