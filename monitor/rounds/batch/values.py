"""A batch of looks and what came of it, as values that another process is sent: names, paths and pages are sealed by
whoever sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from monitor.findings.observation import Observation
from monitor.findings.reasons import Reason
from monitor.network.observation_json import observation_from_json, observation_to_json, packer
from monitor.rounds.batch.on_file import OnFile
from monitor.store.reason_rows import dump_reason, reason_of
from probes.as_json import NO_SHAPES, Shapes, from_json, to_json

VERSION, RESULT_VERSION = 1, 2
"""Of a batch, and of a result: a hub reads results of the version before too, and whoever looks hands in the latest."""
MOST_ASSETS = 1000
"""Assets of one batch that are taken."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Which assets are to be looked at now. What may be asked of them is declared, and never said by a batch."""

    id: str
    attempt: int
    deadline: float
    """Seconds after which the look ends, whatever is still open: nobody waits for it any more."""
    assets: tuple[str, ...]
    nonce: str
    """Chance for the canaries of this batch."""
    on_file: OnFile = field(default_factory=OnFile)
    share: int = 1
    """Among so many vantages the pace of a host is shared out."""
    v: int = VERSION


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of a batch."""

    id: str
    attempt: int
    started: datetime
    ended: datetime
    observations: tuple[Observation, ...]
    """Without a row of a page: what was counted on it stands in its place."""
    looked: tuple[str, ...] = ()
    """The assets that were wholly looked at."""
    led_to: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each asset the endpoints to which its declaration and the name servers lead from there."""
    blind: Reason | None = None
    """Why the controls say that nothing was seen; None: they were judged rightly."""
    held: Mapping[str, float] = field(default_factory=dict)
    """For each asset whose host said Retry-After, how many seconds it is still to be left alone."""
    undeclared: tuple[str, ...] = ()
    """Assets that whoever looked does not find in its own declaration: they were not looked at."""
    tool: str = ""
    """The version of leftopen that looked."""
    probes: str = ""
    """SHA-256 of the probes that looked."""
    declared: Mapping[str, str] = field(default_factory=dict)
    """For each asset a digest of what whoever looked has declared of it (`monitor.rounds.batch.asked`)."""


_APART = frozenset({"observations", "blind", "v", "shapes"})


def batch_to_json(batch: Batch) -> dict[str, Any]:
    """A batch as data. Paths that were seen open stand in it."""
    return {**to_json(batch), "v": batch.v}


def batch_from_json(data: object) -> Batch:
    """What `batch_to_json` made this of. Raises ValueError."""
    _of_a_known_version(data, VERSION)
    batch: Batch = from_json(Batch, data)
    if not 0 < batch.deadline <= 86_400 or not 0 < len(batch.assets) <= MOST_ASSETS or batch.share < 1:
        raise ValueError("no batch that could be looked at")
    return batch


def result_to_json(result: BatchResult) -> dict[str, Any]:
    """A result as data. Paths that were seen open stand in it, and no row of a page."""
    pack = packer()
    seen = [observation_to_json(one, pack) for one in result.observations]
    rest = to_json(replace(result, observations=(), blind=None))
    blind = None if result.blind is None else dump_reason(result.blind)
    return {**rest, "v": RESULT_VERSION, "shapes": pack.shapes, "observations": seen, "blind": blind}


def result_from_json(data: object) -> BatchResult:
    """What `result_to_json` made this of, now or in the version before. Raises ValueError."""
    version = _of_a_known_version(data, RESULT_VERSION - 1, RESULT_VERSION)
    if not isinstance(data, dict) or not isinstance(data.get("observations"), list):
        raise ValueError("no result")
    shapes = NO_SHAPES if version < RESULT_VERSION else Shapes(data.get("shapes"))
    observations = tuple(observation_from_json(one, shapes) for one in data["observations"])
    rest = {key: value for key, value in data.items() if key not in _APART}
    result: BatchResult = from_json(BatchResult, {**rest, "observations": []})
    return replace(result, observations=observations, blind=_reason(data.get("blind")))


def _reason(data: object) -> Reason | None:
    if data is None:
        return None
    try:
        return reason_of(json.loads(str(data)))
    except (TypeError, KeyError, LookupError) as error:
        raise ValueError(f"no reason: {type(error).__name__}") from None


def _of_a_known_version(data: object, *known: int) -> int:
    version = data.get("v") if isinstance(data, dict) else None
    if type(version) is not int or version not in known:
        raise UnknownVersion(f"version {str(version)[:20]} is not known here (known: {', '.join(map(str, known))})")
    return version


class UnknownVersion(ValueError):
    """A message of another version of leftopen: it is for whoever knows it, and is never guessed at."""
