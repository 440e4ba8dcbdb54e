"""What proves a sight later: what was asked, what came of it, sizes, digests and masked names. Never content."""

from __future__ import annotations

from typing import Any

from monitor.drive.driver import Observation
from monitor.store.rows import stamp, verdict
from probes.contract import Exposed, Sight
from probes.recognise.masking import mask_name

_SAMPLE = 3


def evidence_of(sight: Sight, observation: Observation, round_: str) -> dict[str, Any]:
    """The evidence of one sight that took a finding a step further, as JSON values."""
    evidence: dict[str, Any] = {
        "round": round_,
        "target": str(observation.target),
        "place": str(sight.place),
        "probe": observation.probe,
        "verdict": verdict(sight),
        "why": sight.why.value,
        "started": stamp(observation.started),
        "ended": stamp(observation.ended),
        "facts": list(sight.facts),
        "asked": [
            {
                "verb": a.method,
                "path": a.said,
                "outcome": a.outcome,
                "wire": a.wire,
                "ms": a.milliseconds,
                "sha256": a.digest,
            }
            for a in observation.asked
        ],
    }
    if sight.doors:
        evidence["doors"] = [[door.name, door.verdict, door.why.value] for door in sight.doors]
    if isinstance(sight, Exposed):
        evidence["certainty"] = sight.certainty.value
        evidence["proof"] = list(sight.proof)
        if sight.listing is not None:
            evidence["family"] = sight.listing.family
            evidence["files"] = len(sight.listing.files)
            evidence["directories"] = len(sight.listing.directories)
            # The shape of a few names, so that a person can recognise the place without our holding a name.
            evidence["masked"] = [mask_name(entry.name) for entry in sight.listing.entries[:_SAMPLE]]
        elif sight.media:
            evidence["media"] = sight.media
            evidence["size"] = sight.size
    return evidence
