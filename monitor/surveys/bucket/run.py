"""One survey of an open bucket, from its first page of keys to what it came to: begun or gone on with, and on file."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from monitor.findings.finding import Finding
from monitor.findings.reach.tally import SurveyResult, Tally
from monitor.network.driver import Driver
from monitor.network.survey.pages import Pages
from monitor.store.tables.surveys import FolderRow, Resumed
from monitor.store.thread import OnLedger
from monitor.surveys.audio_hours import by_range, hours_of
from monitor.surveys.bucket.count_objects import Objects, parts
from monitor.surveys.bucket.enumeration import Keys
from monitor.surveys.progress import Progress, Sample
from monitor.surveys.record import SurveyRecord
from monitor.surveys.run import Terms
from monitor.surveys.unknown_customers import UnknownCustomers
from probes.api import BucketTarget, WebTarget
from probes.buckets.dialects import list_variants, object_path

_LARGEST = 10
_HINTS = "hints"
_OF = "of"
"""What a state is of: the ways in which the store is asked, and the prefixes."""
_DONE = "done"


async def survey_bucket(
    finding: Finding,
    target: BucketTarget,
    driver: Driver,
    on_ledger: OnLedger,
    terms: Terms,
    *,
    prefixes: tuple[bytes, ...] = (b"",),
    via: WebTarget | None = None,
    whole: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> SurveyResult:
    """Measure how far an open bucket reaches, below each of `prefixes` where it is open there alone.

    `via` is the declared endpoint at which a host shows the bucket; None: the provider is asked.

    One that was broken off, or whose budget ended, goes on where it was, unless `whole` wants it begun anew, or another
    prefix or way is asked for now: what was counted of a whole bucket is no part of what lies below a prefix. Every key
    is asked for by every survey: no store tells what has changed. Raises LedgerUnusable.
    """
    of = [
        *(way.api.value for way in list_variants(target)),
        *(prefix.decode("utf-8", "surrogateescape") for prefix in prefixes),
    ]

    def left_by(waiting: str) -> dict[str, Any]:
        left = _unpacked(waiting)
        return left if left.get(_OF) == of else {}

    def may_resume(one: Resumed) -> bool:
        return not whole and "ranges" in left_by(one.waiting)

    record = await SurveyRecord.open(on_ledger, finding, driver.now(), may_resume)
    left = left_by(record.waiting)
    hints = tuple(text.encode("utf-8", "surrogateescape") for text in left.get(_HINTS, ()))
    going_on = record.resumed is not None

    # Of each prefix before the one that is listed now, all that was counted.
    done = [_counted(value) for value in left.get(_DONE, [])] if going_on else []

    async def commit(value: dict[str, Any]) -> None:
        waiting = _packed({**value, _DONE: [one.dump() for one in done], _OF: of, _HINTS: left.get(_HINTS, [])})
        await record.progress((), waiting)

    partial: list[str] = []
    async with Pages(driver, via or target, terms.pace_key, terms.budget, terms.refusal) as pages:
        keys: Keys | None = None
        spent = 0.0
        while keys is None or not (keys.unfinished or len(done) + 1 == len(prefixes)):
            if keys is not None:
                _ = keys.tally  # it sums up the folders
                done.append(keys.objects)
            following = Keys(
                pages,
                list_variants(target),
                Objects(),
                commit,
                prefix=prefixes[len(done)],
                most_at_once=terms.most_at_once,
                hints=tuple(
                    parts([one for one in hints if one.startswith(prefixes[len(done)])], 2 * terms.most_at_once)
                ),
                left=left if going_on and keys is None else None,
                on_progress=on_progress,
            )
            if keys is None:
                spent = following.seconds
            else:
                following.requests, following.seconds = keys.requests, keys.seconds
            keys = following
            await keys.run()
            partial += [reason for reason in keys.partial if reason not in partial]
        if len(done) + 1 < len(prefixes):
            partial.append(f"{len(prefixes) - len(done) - 1} open prefixes were not reached")
        objects = Objects()
        for one in done:
            objects.join(one)
        _ = keys.tally
        objects.join(keys.objects)
        tally = objects.tally
        samples = [Sample(object_path(target, key), size, extension) for key, size, extension in objects.samples]
        hours = await hours_of(tally, samples, by_range(pages))
        unknown_customers = UnknownCustomers(terms.declared, terms.paths)
        objects.prefixes.show(unknown_customers)
        rows = [
            FolderRow(
                record.digest(folder.decode("utf-8", "surrogateescape")),
                "",
                b"",
                not objects.prefixes.stands_for_more(folder),
                driver.now(),
                Tally(folders=1, files=count, size=size),
            )
            for folder, (count, size) in objects.prefixes.counts.items()
        ]
        new_files, new_folders = _growth(rows, record.before, record.earlier)
        surveyed = SurveyResult(
            finding=finding.id,
            survey=record.number,
            started=record.started,
            ended=driver.now(),
            tally=tally,
            partial=tuple(partial),
            hours=hours,
            largest=objects.prefixes.largest(_LARGEST),
            unknown_customers=tuple(unknown_customers.masked),
            unknown_customer_keys=record.customer_keys(unknown_customers.found),
            asks=keys.requests + pages.requests,
            seconds=spent + record.seconds,
            new_files=new_files,
            new_folders=new_folders,
        )
    if keys.unfinished:
        waiting = _packed({**keys.left(), _DONE: [one.dump() for one in done], _OF: of, _HINTS: left.get(_HINTS, [])})
    else:
        waiting = _packed({_OF: of, _HINTS: objects.dump()["marks"] if not partial else left.get(_HINTS, [])})
        await record.progress(rows, _packed({**keys.left(), _DONE: [one.dump() for one in done], _OF: of}))
    return await record.finish(surveyed, waiting, terms.follows)


def _counted(value: dict[str, Any]) -> Objects:
    objects = Objects()
    objects.load(value)
    return objects


def _growth(
    rows: list[FolderRow], before: Mapping[bytes, FolderRow], earlier: SurveyResult | None
) -> tuple[int | None, int | None]:
    """Objects more than in the survey before, folder by folder, and folders that it did not meet."""
    if earlier is None:
        return None, None
    compared = not earlier.partial
    deep = {row.key for row in rows if not row.leaf}, {row.key for row in before.values() if not row.leaf}
    if compared and (deep[0] or deep[1]) and not deep[0] & deep[1]:
        # The two were cut at different depths: only their sums can be compared.
        return max(0, sum(row.tally.files for row in rows) - earlier.tally.files), 0
    more = new = 0
    for row in rows:
        known = before.get(row.key)
        if known is not None:
            more += max(0, row.tally.files - known.tally.files)
        elif compared:
            more += row.tally.files
            new += 1
    return more, new


def _packed(value: dict[str, Any]) -> str:
    # Written once a second: a fast and small form of what may be ten thousand folders.
    return base64.b64encode(zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1)).decode()


def _unpacked(text: str) -> dict[str, Any]:
    if not text or text.startswith("{"):
        # Nothing, or what a survey of folders left: the place showed a listing then.
        return {}
    value: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    return value
