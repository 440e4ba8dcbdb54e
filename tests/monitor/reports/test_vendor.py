"""The monthly report on a party: from rounds over a real place to its three forms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from monitor.alerts.messages.catalogue import catalogue
from monitor.alerts.routing.recipients import Language
from monitor.inventory.model.inventory import Inventory
from monitor.reports.as_html import as_html
from monitor.reports.as_pdf import as_pdf, shown
from monitor.reports.document import Document, Section
from monitor.reports.figures import Figures, figures
from monitor.reports.negative import negative_report
from monitor.reports.promises import Kept, judged
from monitor.reports.region import region_report
from monitor.reports.vendor import vendor_report
from monitor.service.application import Application
from monitor.store.looks.days import place_days
from tests.monitor.network.rounds import application, inventory
from tests.servers.pages import Disk
from tests.servers.raw import Talk, listening

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
CONTRACT = {
    "id": "care",
    "controller": "region",
    "processor": "vendor",
    "authorised_by": "the board",
    "authorised_until": "2099-01-01",
    "promises": {"login": True, "retention_days": 30, "notify_hours": 24},
}


class Place:
    """A disk behind a web server that can be closed."""

    closed = False

    def __init__(self) -> None:
        self.disk = Disk()

    async def serve(self, talk: Talk) -> None:
        """Answer until the client leaves."""
        while (hit := await talk.hear()) is not None:
            await talk.say(Disk({}).answer(hit) if self.closed else self.disk.answer(hit))


class Watched:
    """A month of rounds, two a day, beginning at its first moment."""

    def __init__(self, app: Application, declared: Inventory, place: Place) -> None:
        self.app, self.declared, self.place = app, declared, place

    async def figures(self, now: datetime = UNTIL) -> Figures:
        """The figures of the vendor."""
        return await self.app.ledger(lambda ledger: figures(ledger, self.declared, "vendor", SINCE, UNTIL, now))


@asynccontextmanager
async def watched(tmp_path: Path, days: int = 3, open_days: int = 1) -> AsyncIterator[Watched]:
    """Some days of rounds; on the first ones the place is open."""
    at, place = SINCE, Place()
    async with listening(place.serve) as server:
        nas = {"id": "nas", "host": "nas.test", "addresses": ["127.0.0.1"], "ports": [server.port], "contract": "care"}
        parties = [
            {"id": "region", "name": "Region", "role": "controller"},
            {"id": "vendor", "name": "Vendor <b>", "role": "processor"},
        ]
        declared = inventory(
            {**nas, "data": "recordings"}, contracts=[CONTRACT], parties=parties, defaults={"interval": "12h"}
        )
        async with application(declared, tmp_path / "a.db", lambda: at) as app:
            for number in range(2 * days):
                place.closed = number >= 2 * open_days
                await app.round()
                at += timedelta(hours=12)
            yield Watched(app, declared, place)


def text(document: Document) -> str:
    """All of its texts."""
    return repr(document.value())


async def test_an_exposure_breaks_the_promise_and_its_place_is_not_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as seen:
        found = await seen.figures()
        kept = {one.promise: one.kept for one in judged(found)}
        assert kept["login"] is Kept.NOT_KEPT
        assert kept["retention"] is Kept.NOT_KEPT, "the files of 2018 are older than 30 days"
        report = vendor_report(found, "en", UNTIL)
        assert "nas.test" not in text(report)
        assert "127.0.0.1" not in text(report)
        rows = {section.heading: section.rows for section in report.sections}
        assert report.sections[0].heading == "What this report does not prove"
        counts = {what: count for what, count, *_ in rows["Findings"]}
        assert counts["new"] == "1"
        assert counts["closed by proof"] == "1"
        assert counts["opened and closed within the month"] == "1"
        assert counts["open at the end"] == "0"
        (asked,) = rows["What was asked"]
        assert asked[0] == "nas"
        assert int(asked[2]) >= int(asked[3]) > 0


async def test_without_a_look_nothing_is_kept(tmp_path: Path) -> None:
    async with watched(tmp_path, days=0) as seen:
        found = await seen.figures()
        assert {one.promise: one.kept for one in judged(found)}["login"] is Kept.NOT_PROVABLE
        assert "nothing is shown by this report" in text(vendor_report(found, "en", UNTIL))


async def test_a_month_of_which_three_days_were_looked_at_proves_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path, days=3, open_days=0) as seen:
        found = await seen.figures()
        assert found.exposures() == ()
        login = next(one for one in judged(found) if one.promise == "login")
        assert login.kept is Kept.NOT_PROVABLE
        assert 57 <= found.due <= 60, "what nobody looked at counts, although no service was there to write it down"
        assert found.conclusive < 10
        # Of the three days alone it is kept.
        short = await seen.figures(SINCE + timedelta(days=2, hours=18))
        assert next(one for one in judged(short) if one.promise == "login").kept is Kept.KEPT


async def test_a_region_has_a_row_a_party_and_counts_a_finding_once(tmp_path: Path) -> None:
    async with watched(tmp_path, days=1) as seen:
        found = await seen.figures(SINCE + timedelta(hours=20))
        report = region_report("Region", [found, found], "en", UNTIL)
        assert "Open at the end, over all parties: 1." in report.summary
        assert [row[0] for row in report.sections[1].rows] == ["Vendor <b>"] * 2
        assert report.sections[3].rows[0][1] == vendor_report(found, "en", UNTIL).digest
        assert region_report("Region", [], "sv", UNTIL).sections[1].rows == ()


async def test_negative_evidence_begins_with_what_was_not_looked_at(tmp_path: Path) -> None:
    async with watched(tmp_path, days=3, open_days=0) as seen:
        found = await seen.figures()
        days = await seen.app.ledger(lambda ledger: list(place_days(ledger, SINCE.date(), UNTIL.date(), ["nas"])))
        report = negative_report(found, days, seen.declared.digest, "internet", "en")
        _, limits, places = report.sections
        assert limits.heading == "What this report does not prove"
        assert {row[0] for row in places.rows} == {"nas"}
        assert all(int(row[4]) == int(row[5]) + int(row[6]) + int(row[7]) for row in places.rows)
        assert seen.declared.digest in text(report)
        assert as_pdf(report, "the end", UNTIL.date()).startswith(b"%PDF-")
        unlooked, *_ = negative_report(found, [], "", "internet", "en").sections
        assert ("nas", "never", "never looked at in this time") in unlooked.rows


async def test_its_forms_hold_the_same_and_no_markup_of_anybody(tmp_path: Path) -> None:
    async with watched(tmp_path, days=1) as seen:
        report = vendor_report(await seen.figures(), "sv", UNTIL)
    page = as_html(report, "the end")
    assert "Vendor &lt;b&gt;" in page
    assert "<b>" not in page
    assert len(re.findall("<h2>", page)) == len(report.sections)
    assert not re.search(r"https?://", page)
    first, again = (as_pdf(report, "the end", UNTIL.date()) for _ in range(2))
    assert first.startswith(b"%PDF-")
    assert first == again, "the same report has the same bytes"


def test_hostile_names_are_laid_out_as_text() -> None:
    hostile = "#eval(sys) $x$ \x1b[2J \u202e 漢 <script> \\"
    document = Document(hostile, hostile, "en", (hostile,), (Section("h", (hostile,), ("a",), ((hostile,),)),))
    assert as_pdf(document, hostile, UNTIL.date()).startswith(b"%PDF-")
    assert "<script>" not in as_html(document, hostile)
    assert shown("a\x1b漢å–") == "a[U+001B][U+6F22]å–"


def test_both_languages_say_the_same() -> None:
    keys = {language: set(sentences) for language, sentences in catalogue("monitor.reports").items()}
    assert set(keys) == set(get_args(Language))
    assert len(set(map(frozenset, keys.values()))) == 1


@pytest.mark.parametrize("language", get_args(Language))
async def test_every_sentence_is_filled_in(tmp_path: Path, language: Language) -> None:
    async with watched(tmp_path, days=2) as seen:
        report: Any = text(vendor_report(await seen.figures(), language, UNTIL))
    assert "{" not in report.replace("{'", "").replace("': {", "")
