"""The report on an incident: from a ledger to its forms; it says what is not known, and no place and nobody's name."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli.main import main
from monitor.findings import handling
from monitor.store.ledger import Ledger
from monitor.store.log import records
from monitor.store.tables import actions, reports
from tests.monitor.web.house import CANARY, NOW, TEXT, House, house
from tests.servers.pdf import pdf_about, pdf_tags, pdf_text


def report(at: House, *words: str, more: str = "") -> Result:
    inventory = at.path.with_name("inventory.yaml")
    inventory.write_text(TEXT + more, encoding="utf-8")
    return CliRunner().invoke(main, ["report", "incident", str(inventory), "--database", str(at.path), *words])


@pytest.fixture
def handled(tmp_path: Path) -> House:
    """Somebody took it, and became aware; then the cause was told, with a name that must not be in a report."""
    at = house(tmp_path)
    ledger = Ledger(at.path)
    id_ = at.findings["beta-disk"].id
    with ledger.step():
        for action in (
            handling.Action(handling.ActionKind.ACKNOWLEDGED, NOW + timedelta(minutes=3), "Anna Test", "beta"),
            handling.aware(NOW + timedelta(minutes=9), "Anna Test", "beta", NOW + timedelta(minutes=5), "a call"),
            handling.Action(handling.ActionKind.CAUSE, NOW + timedelta(hours=2), "Anna Test", reason="by Erik Ek"),
        ):
            assert isinstance(action, handling.Action)
            actions.append(ledger, id_, action)
    ledger.close()
    return at


def sections(text: str) -> dict[str, Any]:
    return {one["heading"]: one for one in json.loads(text)["sections"]}


def test_it_has_one_order_of_time_with_sources_and_says_what_is_not_known(handled: House) -> None:
    id_ = handled.findings["beta-disk"].id
    done = report(handled, "--finding", id_, "--party", "beta", "--format", "json")
    assert done.exit_code == 0, done.output
    found = sections(done.stdout)
    lines = found["In order of time"]["rows"]
    assert [row[0] for row in lines] == sorted(row[0] for row in lines)
    sources = {row[1] for row in lines}
    assert {"seen by leftopen", "said by a person (beta)", "said by a person (party not said)", "told"} <= sources
    assert any(row[2].startswith("became aware, since 2026-10-01 12:05") for row in lines)
    told = {row[0]: row for row in found["Who was told"]["rows"]}
    assert set(told) == {"Beta AB", "Region Test"}, "the parties of its chain, and no other"
    assert "2026-10-01 12:00" in told["Beta AB"][2]
    assert found["Legal deadlines"]["rows"]
    asked = found["Open questions"]["text"]
    assert len(asked) > 5
    assert not any("[ ]" in line or "Only a person can say" in line for line in asked)
    assert any("logs" in line for line in found["Logs to keep"]["text"])
    whole = json.loads(done.stdout)
    assert any("never seen closed" in line for line in whole["summary"])
    for secret in ("Anna", "Erik", "b.test", "192.0.2.2", CANARY["beta-disk"], "alpha", "Alpha"):
        assert secret not in done.stdout, secret


def test_a_supplement_has_what_is_new_alone(handled: House) -> None:
    id_ = handled.findings["beta-disk"].id
    words = ("--finding", id_, "--party", "region", "--format", "json", "--language", "sv")
    done = report(handled, *words, "--since", "2026-10-01T13:00+00:00")
    assert done.exit_code == 0, done.output
    rows = sections(done.stdout)["I tidsordning"]["rows"]
    assert [row[2] for row in rows] == ["angav orsaken"]
    assert "tillägg" in sections(done.stdout)["I tidsordning"]["text"][0]
    assert len(sections(report(handled, *words).stdout)["I tidsordning"]["rows"]) > 4


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--party", "beta"], "--finding is needed"),
        (["--party", "alpha", "--finding", "ID"], "not of the asset's chain"),
        (["--party", "nobody", "--finding", "ID"], "no party"),
        (["--party", "beta", "--finding", "LO-0000000000"], "LO-0000000000"),
        (["--party", "beta", "--finding", "ID", "--since", "2026-10-01T13:00"], "has no zone"),
    ],
)
def test_what_is_wrong_with_the_words_is_said(handled: House, words: list[str], why: str) -> None:
    id_ = handled.findings["beta-disk"].id
    done = report(handled, *(one.replace("ID", id_) if one == "ID" else one for one in words))
    assert done.exit_code == 2, done.output
    assert why in done.output


def test_its_pdf_is_tagged_and_reads_in_order(handled: House, tmp_path: Path) -> None:
    path = tmp_path / "incident.pdf"
    id_ = handled.findings["beta-disk"].id
    done = report(handled, "--finding", id_, "--party", "beta", "--format", "pdf", "--out", str(path))
    assert done.exit_code == 0, done.output
    text, about, tags = pdf_text(path), pdf_about(path), pdf_tags(path)
    places = [text.index(one) for one in ("What happened", "In order of time", "Who was told", "Open questions")]
    assert places == sorted(places)
    assert about["Tagged"] == "yes"
    assert id_ in about["Title"]
    assert tags["H1"] == 1
    assert tags["H2"] == 9
    assert tags["Table"] == tags["THead"] == 3
    assert tags["TH"] == 3 + 4 + 6, "each column has a head"
    assert tags["TD"] > 30


def test_it_is_put_on_file_with_its_seal_in_the_log(handled: House) -> None:
    id_ = handled.findings["beta-disk"].id
    done = report(handled, "--finding", id_, "--party", "beta", "--format", "json", "--file")
    assert done.exit_code == 0, done.output
    ledger = Ledger(handled.path)
    (kept, *_) = reports.filed(ledger, 2**53, 9)
    assert (kept.kind, kept.party, kept.about) == ("incident", "beta", id_)
    assert kept.digest == json.loads(done.stdout)["digest"]
    assert f"seal in the evidence log: {kept.seal}" in done.output.replace("\n", " ")
    last = list(records.bodies(ledger, 0, records.size(ledger)))[-1]
    assert kept.seal in bytes(last).decode()
    ledger.close()


def test_where_there_are_several_vantages_it_says_from_which_network_it_was_open(handled: House) -> None:
    id_ = handled.findings["beta-disk"].id
    words = ("--finding", id_, "--party", "beta", "--format", "json")
    assert "from the network" not in report(handled, *words).stdout, "with one there is nothing to tell apart"
    two = "vantages: [{id: in-1, network: sjunet, addresses: [198.51.100.7]}]\n"
    found = json.loads(report(handled, *words, more=two).stdout)
    assert "It was seen open from the network internet." in found["summary"]
    assert any("198.51.100.7" in line for line in sections(json.dumps(found))["Logs to keep"]["text"])
