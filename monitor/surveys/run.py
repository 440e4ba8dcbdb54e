"""One survey from its first page to what it came to: begun or gone on with, walked, timed, and put on file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult
from monitor.network.driver import Driver
from monitor.network.survey.conversation import SurveyBudget
from monitor.network.survey.pages import Pages
from monitor.store.ledger import Ledger
from monitor.store.tables.surveys import FolderRow, FoundFolders, Resumed
from monitor.store.thread import OnLedger
from monitor.surveys.audio_hours import by_range, hours_of
from monitor.surveys.progress import Progress
from monitor.surveys.record import SurveyRecord
from monitor.surveys.unknown_customers import UnknownCustomers
from monitor.surveys.web.crawl import Crawl
from monitor.surveys.web.folder_pages import FolderPages
from monitor.surveys.web.page_worker import PageWorker
from probes.api import Dialect, WebTarget


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
    follows: Callable[[Ledger, SurveyResult], None] = lambda _, __: None
    """What a result means for its finding: it is called in the transaction that puts the result on file."""


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

    def may_resume(one: Resumed) -> bool:
        # Where a listing is shown now, keys may have been listed before.
        return not whole and one.waiting.startswith("{")

    record = await SurveyRecord.open(on_ledger, finding, driver.now(), may_resume)

    async def commit(rows: list[FolderRow], found: list[FoundFolders], left: dict[str, Any]) -> None:
        await record.progress(rows, json.dumps(left), found)

    async with Pages(driver, target, terms.pace_key, terms.budget, terms.refusal) as pages, PageWorker() as worker:
        crawl = Crawl(
            pages,
            FolderPages(pages, target.url(""), record.digest_key, worker),
            finding.place.path,
            key_of=record.digest,
            commit=commit,
            unknown_customers=UnknownCustomers(terms.declared, terms.paths),
            before={} if whole else record.before,
            done=record.known,
            compared=record.compared,
            most_at_once=terms.most_at_once,
            on_progress=on_progress,
        )
        if record.resumed is not None:
            await crawl.go_on(json.loads(record.resumed.waiting), record.resumed.found)
        spent = crawl.seconds
        await crawl.run()
        if crawl.store is not None:
            await record.discard()
            return crawl.store
        measured = crawl.measured
        hours = await hours_of(measured.tally, measured.samples, by_range(pages))
        surveyed = SurveyResult(
            finding=finding.id,
            survey=record.number,
            started=record.started,
            ended=driver.now(),
            tally=measured.tally,
            partial=crawl.partial,
            hours=hours,
            largest=measured.largest,
            unknown_customers=tuple(crawl.unknown_customers.masked),
            unknown_customer_keys=record.customer_keys(crawl.unknown_customers.found),
            asks=crawl.requests + pages.requests,
            seconds=spent + record.seconds,
            carried=measured.carried,
            new_files=measured.new_files if record.earlier is not None else None,
            new_folders=measured.new_folders if record.earlier is not None else None,
            witnesses=crawl.witnesses,
        )
    return await record.finish(surveyed, json.dumps(crawl.left) if crawl.unfinished else "", terms.follows)
