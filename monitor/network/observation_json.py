"""An observation as JSON and back: counts in place of the listings, so that no page leaves the process that read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor.findings.observation import Observation
from monitor.findings.reach.extent import Extent, extent_of
from probes.api import Exposed
from probes.as_json import from_json, to_json

_PAGES = frozenset({"listing", "inside"})
"""The fields of a verdict that hold what a page showed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An observation whose verdicts hold no page any more, and what was counted on the pages of each."""

    observation: Observation
    extents: tuple[Extent | None, ...]
    """One for each verdict; None for those that are no exposure."""


def observation_to_json(seen: Observation) -> dict[str, Any]:
    """An observation as data. Witnesses are in it, which the receiver needs to close a finding: seal it on its way."""
    extents = tuple(extent_of(one) if isinstance(one, Exposed) else None for one in seen.verdicts)
    return {"observation": to_json(seen, _PAGES), "extents": to_json(extents)}


def observation_from_json(data: object) -> Counted:
    """What `observation_to_json` made this of. Raises ValueError."""
    if not isinstance(data, dict) or data.keys() != {"observation", "extents"}:
        raise ValueError("no observation")
    counted = Counted(
        from_json(Observation, data["observation"]), from_json(tuple[Extent | None, ...], data["extents"])
    )
    verdicts = counted.observation.verdicts
    if [isinstance(one, Exposed) for one in verdicts] != [one is not None for one in counted.extents]:
        raise ValueError("counts that do not belong to these verdicts")
    return counted
