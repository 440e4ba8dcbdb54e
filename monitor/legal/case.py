"""All that is on file of one finding, with its legal clocks: what is shown, and what a draft is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.findings.finding import Change, Finding
from monitor.findings.handling import Action, Handling
from monitor.findings.reach.tally import SurveyResult
from monitor.inventory.model.assets import Asset
from monitor.legal.clocks import Clock
from monitor.legal.recurring import Occurrence
from monitor.store.queries import SentMessage


@dataclass(frozen=True, slots=True)
class Case:
    """A finding with all around it, as it was at one time."""

    finding: Finding
    asset: Asset
    changes: tuple[Change, ...]
    actions: tuple[Action, ...]
    handling: Handling
    surveyed: SurveyResult | None
    told: tuple[SentMessage, ...]
    clocks: tuple[Clock, ...]
    now: datetime
    recurring: tuple[Occurrence, ...] = ()
    """The times that may have to be counted as one incident with this."""
