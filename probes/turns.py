"""Which of the default paths of recording products a look asks for, where nothing about the endpoint changed. Pure.

The root and every declared path are asked for in each look, and so is what is not clear. The default paths that were
clear take turns: a few in each look, those first that were asked longest ago, and none rests longer than `LONGEST`. A
look whose first answer is not the one on file asks for all of them at once (`probes.web.listing`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from probes.api import WebTarget

IN_A_TURN = 3
"""Default paths that one look asks for."""
LONGEST = timedelta(minutes=90)
"""No path rests longer: an asset with an interval as long as this is always asked for everything."""


@dataclass(frozen=True, slots=True)
class EndpointPast:
    """What is on file of one endpoint."""

    front: str = ""
    """What its first answer looked like when it answered last; empty: it never did."""
    places: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """The last verdict on each place, and when."""


def in_turn(target: WebTarget, defaults: Collection[str], past: EndpointPast | None, now: datetime) -> WebTarget:
    """`target` with what is asked for in this look; the rest of its paths rest. A function of the past alone."""
    if past is None or not past.front:
        return target
    known = {one.path for one in target.known}
    order, groups = _groups(target.paths, target.declared, frozenset(defaults))
    host, places, asked = str(target.place("")), past.places, dict[str, datetime]()
    for path in order:
        verdict, at = places.get(host + path, ("", now))
        if verdict == "clear" and at <= now and path not in known:
            asked[path] = at
    if len(groups) < 2 or not asked:
        return replace(target, front=past.front)
    ages = [min([asked[path] for path in group if path in asked], default=now) for group in groups]
    number = min(range(len(groups)), key=lambda number: (ages[number], number))
    late = {path for path, at in asked.items() if now - at >= LONGEST}
    # Below an open root every folder is a part of what is known: only what is late is asked for by itself.
    chosen = late if any(one.path == "/" and one.open for one in target.known) else late | set(groups[number])
    mine = tuple([path for path in order if path in chosen and path in asked])
    resting = tuple([path for path in asked if path not in mine])
    return replace(
        target,
        paths=tuple([path for path in target.paths if path not in resting]),
        turn=f"{number + 1}/{len(groups)}" if resting else "",
        in_turn=mine if resting else (),
        resting=resting,
        front=past.front,
    )


@lru_cache(maxsize=256)
def _groups(
    paths: tuple[str, ...], declared: tuple[str, ...], defaults: frozenset[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Those of the paths that take turns, and the groups in which they do: most endpoints have the same."""
    # What is known keeps its place: else the groups would shift when one is found, and another waits a look longer.
    order = tuple([path for path in paths if path in defaults and path not in declared])
    return order, tuple([order[first : first + IN_A_TURN] for first in range(0, len(order), IN_A_TURN)])
