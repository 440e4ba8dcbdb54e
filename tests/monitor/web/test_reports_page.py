"""Reports on file: had again as they were made, by their own party alone, and found in the evidence log."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from pathlib import Path

import aiohttp
import pytest

from monitor.proof.log.database import compare
from monitor.reports.document import Document, Section
from monitor.reports.seal import sealed, template_digest
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.tables import reports
from tests.monitor.web.house import NOW, house
from tests.monitor.web.serving import site

DOCUMENT = Document("T", "S", "en", ("one", "two"), (Section("H", ("x",), ("a", "b"), (("1", "2"), ("3", "4"))),))


async def test_a_party_has_its_reports_again_in_every_form(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        cookie = await at.signed_in("viewer", "beta")
        page = (await at.get("/reports", cookie)).text
        links = re.findall(r'href="(/reports/\d+/(\w+))"', page)
        assert [form for _, form in links] == ["html", "pdf", "json"] * 2, "two reports"
        audited = (await at.get("/reports", await at.signed_in("auditor", "beta"))).text
        assert len(re.findall(r"/reports/\d+/html", audited)) == 1, "what names places is not for an auditor"
        links = links[:3]
        for link, form in links:
            async with (
                aiohttp.ClientSession(headers={"Cookie": cookie}) as session,
                session.get(at.url + link) as answer,
            ):
                body = await answer.read()
            assert answer.status == 200
            assert body.startswith(b"%PDF-") if form == "pdf" else b"Report on beta" in body
            assert f'filename="vendor-beta-2026-09-en.{form}"' in answer.headers["Content-Disposition"]
        value = json.loads((await at.get(links[2][0], cookie)).text)
        made = f"{value['digest']}\n{value['template']}\n{value['engine']}\n"
        assert hashlib.sha256(made.encode()).hexdigest() == value["seal"]
        assert value["seal"] in page
        assert (await at.get(links[0][0].replace("html", "exe"), cookie)).status == 404
        assert (await at.get("/reports?before=x", cookie)).status == 422


async def test_whom_somebody_works_for_does_not_read_what_they_do_for_others(tmp_path: Path) -> None:
    async with site(tmp_path) as at:
        page = (await at.get("/reports", await at.signed_in("approver", "region"))).text
        assert "None is on file" in page


def test_a_report_on_file_stands_in_the_log_and_cannot_be_changed(tmp_path: Path) -> None:
    at = house(tmp_path)
    ledger = Ledger(at.path)
    kept = sealed(DOCUMENT, "vendor", "beta", "2026-10", NOW)
    number = reports.file(ledger, kept, DOCUMENT.value())
    found = reports.one(ledger, number)
    assert found is not None
    assert Document.of(found[1]) == DOCUMENT
    assert found[0].digest == Document.of(found[1]).digest
    last = list(records.bodies(ledger, 0, records.size(ledger)))[-1]
    assert json.loads(last)["reports"] == [[kept.seal, 0]]
    assert b"beta" not in bytes(last), "the log names nobody"
    assert compare(ledger).differences == ()
    with pytest.raises(sqlite3.IntegrityError), ledger.step():
        ledger.execute("UPDATE reports SET digest = 'x'")
    with ledger.step():
        ledger.execute("DROP TRIGGER reports_are_appended_only")
        ledger.execute("UPDATE reports SET digest = 'x' WHERE id = ?", number)
    assert any(one.startswith("reports:") for one in compare(ledger).differences), "nor behind its back"
    ledger.close()


def test_the_seal_holds_content_layout_and_program() -> None:
    kept = sealed(DOCUMENT, "vendor", "beta", "2026-10", NOW)
    other = sealed(Document("U", "S", "en", (), ()), "vendor", "beta", "2026-10", NOW)
    assert kept.seal != other.seal
    assert kept.template == template_digest() == other.template
    assert kept.engine.startswith("leftopen ")
