"""One survey of a file service, from its first folder to what it came to: begun or gone on with, and put on file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.network.driver import Driver
from monitor.network.survey_steps import Steps
from monitor.store.tables import surveys
from monitor.store.tables.surveys import FolderRow, FoundFolders
from monitor.store.thread import OnLedger
from monitor.surveys.progress import Progress
from monitor.surveys.run import STALE, Terms
from monitor.surveys.shares.at_once import FlatCount
from monitor.surveys.shares.counting import ShareTally
from monitor.surveys.shares.walk import Walk
from monitor.surveys.unknown_customers import UnknownCustomers
from probes.api import ServiceTarget
from probes.registry import AT_ONCE, tree_of
from probes.services.rsync import everything
from probes.services.tree import NotListed

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
    begun = asyncio.get_running_loop().time()
    resumed = None if whole else await on_ledger(lambda ledger: surveys.unfinished(ledger, finding.id))
    left: dict[str, Any] = json.loads(resumed.waiting) if resumed is not None and resumed.waiting[:1] == "{" else {}
    if resumed is not None and (left.get("is") != _KIND or driver.now() - resumed.started > STALE):
        resumed = None
    started = driver.now() if resumed is None else resumed.started
    if resumed is None:
        number = await on_ledger(lambda ledger: surveys.begin(ledger, finding.id, started))
    else:
        number = resumed.survey
    on_file = await on_ledger(lambda ledger: surveys.folders(ledger, finding.id))
    earlier = await on_ledger(lambda ledger: surveys.latest(ledger, finding.id, number))
    digest, digest_key = await on_ledger(lambda ledger: (ledger.seal.digest, ledger.seal.digest_key))
    done = {key: row for key, (survey, row) in on_file.items() if survey == number}
    count = ShareTally(
        digest,
        digest_key,
        UnknownCustomers(terms.declared, terms.paths),
        {key: row for key, (survey, row) in on_file.items() if survey != number},
        compared=earlier is not None and not earlier.partial,
    )

    async def commit(rows: list[FolderRow], found: list[FoundFolders], state: dict[str, Any]) -> None:
        waiting = json.dumps({"is": _KIND, **state})
        await on_ledger(lambda ledger: surveys.progress(ledger, finding.id, number, rows, waiting, found))

    async with Steps(driver, target, terms.pace_key, terms.budget, terms.refusal) as steps:
        if target.speaks in AT_ONCE:
            partial, asks, seconds = await _at_once(steps, target, finding, count, driver), steps.requests, 0.0
            waiting = ""
            await commit(count.rows, [], count.dump())
        else:
            walk = Walk(
                steps, tree_of(target, finding.place), finding.place.path, count, commit, driver.now, on_progress
            )
            if resumed is not None:
                walk.go_on(left, resumed.found, done)
            await walk.run()
            partial, asks, seconds = walk.partial, walk.requests, walk.seconds
            waiting = json.dumps({"is": _KIND, **walk.left}) if walk.unfinished else ""
    surveyed = SurveyResult(
        finding=finding.id,
        survey=number,
        started=started,
        ended=driver.now(),
        tally=count.tally,
        partial=partial,
        largest=count.largest,
        unknown_customers=tuple(count.unknown_customers.masked),
        unknown_customer_keys=tuple(digest(f"{finding.asset}|{name}").hex() for name in count.unknown_customers.found),
        asks=asks,
        seconds=seconds or asyncio.get_running_loop().time() - begun,
        new_files=count.new_files if earlier is not None else None,
        new_folders=count.new_folders if earlier is not None else None,
    )
    await on_ledger(lambda ledger: surveys.finish(ledger, surveyed, waiting))
    return surveyed


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
