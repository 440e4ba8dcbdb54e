"""An observation as JSON and back: counts in place of the listings, so that no page leaves the process that read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from monitor.findings.observation import Observation
from monitor.findings.reach.counted_page import PageSummary, summary_of
from monitor.findings.reach.extent import CountedPage, Extent, extent_of
from probes.api import Exposed, Verdict
from probes.as_json import NO_SHAPES, Packer, Shapes, from_json

_PAGES = frozenset({"listing", "inside"})
"""The fields of a verdict that hold what a page showed."""


@dataclass(frozen=True, slots=True)
class _Page:
    """What is said of the pages of one verdict."""

    extent: Extent
    summary: PageSummary


def packer() -> Packer:
    """What makes JSON of the observations of one message, and of what is said beside them."""
    return Packer(_PAGES)


def observation_to_json(seen: Observation, pack: Packer) -> list[Any]:
    """An observation as data: itself, and what is said of its pages. Witnesses are in it, which the receiver needs to
    close a finding: seal it on its way."""
    pages = [_page(one) for one in seen.verdicts]
    return [pack(seen), [pack(one) for one in pages] if any(pages) else None]


def _page(verdict: Verdict) -> _Page | None:
    if not isinstance(verdict, Exposed) or verdict.listing is None:
        return None
    return _Page(extent_of(verdict), summary_of(verdict.listing))


def without_rows(seen: Observation) -> Observation:
    """An observation that holds of its pages what was counted, as whoever reads its JSON has it."""
    return replace(seen, verdicts=tuple(_with(_bare(one), _page(one)) for one in seen.verdicts))


def _bare(verdict: Verdict) -> Verdict:
    return replace(verdict, listing=None, inside=()) if isinstance(verdict, Exposed) else verdict


def observation_from_json(data: object, shapes: Shapes = NO_SHAPES) -> Observation:
    """What `observation_to_json` made this of, now or in the version before; its listings hold no row, and what was
    counted. Raises ValueError."""
    if isinstance(data, list) and len(data) == 2:
        said, counted = data
    elif isinstance(data, dict) and data.keys() == {"observation", "pages"}:
        said, counted = data["observation"], data["pages"]
    else:
        raise ValueError("no observation")
    seen: Observation = from_json(Observation, said, shapes)
    unsaid: tuple[_Page | None, ...] = (None,) * len(seen.verdicts)
    pages = unsaid if counted is None else from_json(tuple[_Page | None, ...], counted, shapes)
    if pages == unsaid and not any(isinstance(one, Exposed) for one in seen.verdicts):
        return seen
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
