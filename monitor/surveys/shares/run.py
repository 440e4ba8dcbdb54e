"""One survey of a file service, from its first folder to what it came to: begun or gone on with, and put on file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import Hours, SurveyResult
from monitor.network.driver import Driver
from monitor.network.survey.steps import Steps
from monitor.store.tables.surveys import FolderRow, FoundFolders, Resumed
from monitor.store.thread import OnLedger
from monitor.surveys.audio_hours import by_first_bytes, hours_of
from monitor.surveys.progress import Progress
from monitor.surveys.record import SurveyRecord
from monitor.surveys.run import Terms
from monitor.surveys.shares.at_once import FlatCount
from monitor.surveys.shares.counting import ShareTally
from monitor.surveys.shares.walk import Walk
from monitor.surveys.unknown_customers import UnknownCustomers
from probes.api import ServiceTarget
from probes.registry import AT_ONCE, tree_of
from probes.services.files.rsync import everything
from probes.services.files.tree import NotListed

_KIND = "service"
"""What the state of such a survey begins with: another kind of survey does not go on with it."""


async def survey_service(
    finding: Finding,
    target: ServiceTarget,
    driver: Driver,
    on_ledger: OnLedger,
    terms: Terms,
    *,
    whole: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> SurveyResult:
    """Measure how far the tree of a file service reaches below the finding's place, at the target where it was open.

    One that was broken off, or whose budget ended, goes on where it was; a list that comes over one connection begins
    anew. Raises LedgerUnusable.
    """

    def may_resume(one: Resumed) -> bool:
        return not whole and _left(one).get("is") == _KIND

    record = await SurveyRecord.open(on_ledger, finding, driver.now(), may_resume)
    count = ShareTally(
        record.digest,
        record.digest_key,
        UnknownCustomers(terms.declared, terms.paths),
        record.before,
        compared=record.compared,
    )

    async def commit(rows: list[FolderRow], found: list[FoundFolders], state: dict[str, Any]) -> None:
        await record.progress(rows, json.dumps({"is": _KIND, **state}), found)

    hours: Hours | None = None
    async with Steps(driver, target, terms.pace_key, terms.budget, terms.refusal) as steps:
        if target.speaks in AT_ONCE:
            partial, asks, seconds = await _at_once(steps, target, finding, count, driver), steps.requests, 0.0
            waiting = ""
            await commit(count.rows, [], count.dump())
        else:
            walk = Walk(
                steps, tree_of(target, finding.place), finding.place.path, count, commit, driver.now, on_progress
            )
            if record.resumed is not None:
                walk.go_on(_left(record.resumed), record.resumed.found, record.known)
            await walk.run()
            hours = await hours_of(count.tally, walk.samples, by_first_bytes(walk.first_bytes))
            partial, asks, seconds = walk.partial, walk.requests, walk.seconds
            waiting = json.dumps({"is": _KIND, **walk.left}) if walk.unfinished else ""
    surveyed = SurveyResult(
        finding=finding.id,
        survey=record.number,
        started=record.started,
        ended=driver.now(),
        tally=count.tally,
        partial=partial,
        hours=hours,
        largest=count.largest,
        unknown_customers=tuple(count.unknown_customers.masked),
        unknown_customer_keys=record.customer_keys(count.unknown_customers.found),
        asks=asks,
        seconds=seconds or record.seconds,
        new_files=count.new_files if record.earlier is not None else None,
        new_folders=count.new_folders if record.earlier is not None else None,
    )
    return await record.finish(surveyed, waiting, terms.follows)


def _left(resumed: Resumed) -> dict[str, Any]:
    left: dict[str, Any] = json.loads(resumed.waiting) if resumed.waiting.startswith("{") else {}
    return left


async def _at_once(
    steps: Steps, target: ServiceTarget, finding: Finding, count: ShareTally, driver: Driver
) -> tuple[str, ...]:
    """Count a list that comes over one connection; why it is not whole."""
    flat = FlatCount(finding.place.path, count, driver.now)
    told = await steps.hold(everything(target, finding.place, flat.take))
    if isinstance(told, NotListed):
        if told.refused:
            count.closed(finding.place.path, driver.now())
        else:
            count.unread(finding.place.path, steps.stopped or told.why.value, driver.now())
        return count.partial
    flat.end(told.partial)
    return (steps.stopped, *count.partial) if steps.stopped else count.partial
