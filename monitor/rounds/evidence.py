"""What proves a verdict later: what was asked, what came of it, sizes, digests and masked names. Never content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from monitor.findings.observation import Observation, RequestLog
from monitor.findings.reach.counted_page import summary_of
from monitor.store.reason_rows import proof_rows
from monitor.store.rows import stamp, verdict_word
from probes.api import Exposed, Verdict, WebTarget


def _of_its_place(verdict: Verdict, observation: Observation) -> Iterator[RequestLog]:
    """The requests of a look that led to one of its verdicts: those below its place and below no other place that was
    looked at, with those of canaries at the root, which every place is held against. A bucket has one place."""
    paths = {one.place.path for one in observation.verdicts}
    if observation.early and isinstance(observation.target, WebTarget):
        # The verdicts on the others are still to come.
        paths.update(observation.target.paths)
    for one in observation.asked:
        path = max((path for path in paths if one.said.startswith(path)), key=len, default=verdict.place.path)
        if path == verdict.place.path or one.said.startswith("/{canary}"):
            yield one


def evidence_of(verdict: Verdict, observation: Observation, round_: str) -> dict[str, Any]:
    """The evidence of one verdict that took a finding a step further, as JSON values."""
    evidence: dict[str, Any] = {
        "round": round_,
        "target": str(observation.target),
        "place": str(verdict.place),
        "probe": observation.probe,
        "verdict": verdict_word(verdict),
        "why": verdict.why.value,
        "started": stamp(observation.started),
        "ended": stamp(observation.ended),
        "facts": [str(fact) for fact in verdict.facts],
        "asked": [
            {
                "verb": a.method,
                "path": a.said,
                "outcome": a.outcome,
                "wire": a.wire,
                "ms": a.milliseconds,
                "sha256": a.digest,
            }
            for a in _of_its_place(verdict, observation)
        ],
    }
    if verdict.checks:
        evidence["checks"] = [
            [check.name, check.verdict, check.why.value, *([check.detail] if check.detail else [])]
            for check in verdict.checks
        ]
    if isinstance(verdict, Exposed):
        evidence["certainty"] = verdict.certainty.value
        evidence["proof"] = proof_rows(verdict.proof)
        if verdict.counted:
            evidence["counted"] = {one.things: one.number for one in verdict.counted}
        if verdict.listing is not None:
            evidence |= asdict(summary_of(verdict.listing))
        elif verdict.media:
            evidence["media"] = verdict.media
            evidence["size"] = verdict.size
    return evidence
