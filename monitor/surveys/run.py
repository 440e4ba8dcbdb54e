"""One survey from its first page to what it came to: begun or gone on with, walked, timed, and put on file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.network.driver import Driver
from monitor.network.survey_pages import Pages, SurveyBudget
from monitor.store.tables import surveys
from monitor.store.tables.surveys import FolderRow, FoundFolders
from monitor.store.thread import OnLedger
from monitor.surveys.audio_hours import hours_of
from monitor.surveys.progress import Progress
from monitor.surveys.unknown_customers import UnknownCustomers
from monitor.surveys.web.crawl import Crawl
from monitor.surveys.web.folder_pages import FolderPages
from monitor.surveys.web.page_worker import PageWorker
from probes.api import Dialect, WebTarget

STALE = timedelta(days=7)
"""After so long a survey that was broken off is begun anew: what it had read says no longer how it is."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a survey walks: its budget, its host's pace, and whose folders are no unknown customers'."""

    budget: SurveyBudget
    pace_key: str
    most_at_once: int
    declared: tuple[str, ...]
    paths: tuple[str, ...] = ()
    """Declared folders, and the default folders of recording products: no customers of their own."""
    refusal: Callable[[], str] = lambda: ""
    """Asked before every request: why it may not be made any more; empty: it may."""


async def survey(
    finding: Finding,
    target: WebTarget,
    driver: Driver,
    on_ledger: OnLedger,
    terms: Terms,
    *,
    whole: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> SurveyResult | Dialect:
    """Measure how far a finding reaches, at the target where it was seen open.

    A place whose page is a bucket's list of keys is not walked: the protocol is returned in which its keys can be asked
    for.

    One that was broken off, or whose budget ended, goes on where it was. Folders whose time has not changed since an
    earlier survey are carried over, unless `whole` wants every one read again. Raises LedgerUnusable.
    """
    begun = asyncio.get_running_loop().time()
    resumed = None if whole else await on_ledger(lambda ledger: surveys.unfinished(ledger, finding.id))
    if resumed is not None and (driver.now() - resumed.started > STALE or not resumed.waiting.startswith("{")):
        # It is too old, or keys were listed there, where a listing is shown now.
        resumed = None
    started = driver.now() if resumed is None else resumed.started
    if resumed is None:
        number = await on_ledger(lambda ledger: surveys.begin(ledger, finding.id, started))
    else:
        number = resumed.survey
    on_file = await on_ledger(lambda ledger: surveys.folders(ledger, finding.id))
    earlier = await on_ledger(lambda ledger: surveys.latest(ledger, finding.id, number))
    digest, digest_key = await on_ledger(lambda ledger: (ledger.seal.digest, ledger.seal.digest_key))
    done = {key: row for key, (survey_, row) in on_file.items() if survey_ == number}

    async def commit(rows: list[FolderRow], found: list[FoundFolders], left: dict[str, Any]) -> None:
        waiting = json.dumps(left)
        await on_ledger(lambda ledger: surveys.progress(ledger, finding.id, number, rows, waiting, found))

    async with Pages(driver, target, terms.pace_key, terms.budget, terms.refusal) as pages, PageWorker() as worker:
        crawl = Crawl(
            pages,
            FolderPages(pages, target.url(""), digest_key, worker),
            finding.place.path,
            key_of=digest,
            commit=commit,
            unknown_customers=UnknownCustomers(terms.declared, terms.paths),
            before={} if whole else {key: row for key, (survey_, row) in on_file.items() if survey_ != number},
            done=done,
            compared=earlier is not None and not earlier.partial,
            most_at_once=terms.most_at_once,
            on_progress=on_progress,
        )
        if resumed is not None:
            await crawl.go_on(json.loads(resumed.waiting), resumed.found)
        spent = crawl.seconds
        await crawl.run()
        if crawl.store is not None:
            await on_ledger(lambda ledger: surveys.discard(ledger, number))
            return crawl.store
        hours = await hours_of(crawl.tally, crawl.samples, pages)
        surveyed = SurveyResult(
            finding=finding.id,
            survey=number,
            started=started,
            ended=driver.now(),
            tally=crawl.tally,
            partial=crawl.partial,
            hours=hours,
            largest=crawl.largest,
            unknown_customers=tuple(crawl.unknown_customers.masked),
            unknown_customer_keys=tuple(
                digest(f"{finding.asset}|{name}").hex() for name in crawl.unknown_customers.found
            ),
            asks=crawl.requests + pages.requests,
            seconds=spent + asyncio.get_running_loop().time() - begun,
            carried=crawl.carried,
            new_files=crawl.new_files if earlier is not None else None,
            new_folders=crawl.new_folders if earlier is not None else None,
        )
    left = json.dumps(crawl.left) if crawl.unfinished else ""
    await on_ledger(lambda ledger: surveys.finish(ledger, surveyed, left))
    return surveyed
