"""An observation as JSON and back: counts in place of the listings, so that no page leaves the process that read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from monitor.findings.observation import Observation
from monitor.findings.reach.counted_page import PageSummary, summary_of
from monitor.findings.reach.extent import CountedPage, Extent, extent_of
from probes.api import Exposed, Verdict
from probes.as_json import from_json, to_json

_PAGES = frozenset({"listing", "inside"})
"""The fields of a verdict that hold what a page showed."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What is said of the pages of one verdict."""

    extent: Extent
    summary: PageSummary


def observation_to_json(seen: Observation) -> dict[str, Any]:
    """An observation as data. Witnesses are in it, which the receiver needs to close a finding: seal it on its way."""
    return {"observation": to_json(seen, _PAGES), "pages": to_json(tuple(_page(one) for one in seen.verdicts))}


def _page(verdict: Verdict) -> _Page | None:
    if not isinstance(verdict, Exposed) or verdict.listing is None:
        return None
    return _Page(extent_of(verdict), summary_of(verdict.listing))


def without_rows(seen: Observation) -> Observation:
    """An observation that holds of its pages what was counted, as whoever reads its JSON has it."""
    return replace(seen, verdicts=tuple(_with(_bare(one), _page(one)) for one in seen.verdicts))


def _bare(verdict: Verdict) -> Verdict:
    return replace(verdict, listing=None, inside=()) if isinstance(verdict, Exposed) else verdict


def observation_from_json(data: object) -> Observation:
    """What `observation_to_json` made this of; its listings hold no row, and what was counted. Raises ValueError."""
    if not isinstance(data, dict) or data.keys() != {"observation", "pages"}:
        raise ValueError("no observation")
    seen: Observation = from_json(Observation, data["observation"])
    pages: tuple[_Page | None, ...] = from_json(tuple[_Page | None, ...], data["pages"])
    return replace(seen, verdicts=tuple(_with(*pair) for pair in zip(seen.verdicts, pages, strict=True)))


def _with(verdict: Verdict, page: _Page | None) -> Verdict:
    if page is None:
        if isinstance(verdict, Exposed) and (verdict.listing is not None or verdict.inside):
            raise ValueError("a page with its rows")
        return verdict
    if not isinstance(verdict, Exposed) or verdict.listing is not None or verdict.inside:
        raise ValueError("counts that do not belong to these verdicts")
    counted = CountedPage(page.summary.family, (), page.extent.partial, summary=page.summary, extent=page.extent)
    return replace(verdict, listing=counted)
