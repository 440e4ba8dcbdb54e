"""`leftopen clock` and `draft` on a real exposure: what is left, what is filled in, and nothing personal in either."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.builders import AUTHORITY, NOTHING_OPEN, WRONG, House, Ran
from tests.acceptance.switch import Switched, switched
from tests.acceptance.test_secrets import forms, seed

CONTRACTS = [
    {"id": "care", "controller": "region", "processor": "vendor", "promises": {"notify_hours": 24}, **AUTHORITY},
    {"id": "calls", "controller": "vendor", "processor": "storage", "under": "care", **AUTHORITY},
]
PARTIES = [
    {"id": "region", "name": "Region Exempel", "role": "controller", "organisation_number": "212000-0142"},
    {"id": "vendor", "name": "Careline AB", "role": "processor", "language": "sv"},
    {"id": "storage", "name": "Voicecorp Ltd", "role": "sub-processor"},
]


class Found:
    """A house in which a recorder's disk was found open."""

    def __init__(self, house: House, nas: Switched, words: list[str]) -> None:
        self.house, self.nas, self.words = house, nas, words
        (row,) = house.ask("findings", "--json").lines
        self.id = str(row["id"])
        self.confirmed = datetime.fromisoformat(row["confirmed"])

    def ask(self, command: str, *arguments: str) -> Ran:
        """A command about the finding."""
        return self.house.ask(command, self.id, str(self.house.inventory), *arguments)

    def aware(self, since: datetime) -> None:
        """A person of the region says since when it is aware."""
        words = ("--party", "region", "--by", "A. Officer", "--reason", "certain enough", "--since", since.isoformat())
        done = self.house.ask("aware", self.id, *words)
        assert done.code == NOTHING_OPEN, done.err


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """It is found, measured, and nobody has done anything yet."""
    folder = tmp_path_factory.mktemp("clock")
    words = seed(folder / "disk")
    house = House(folder / "house")
    house.folder.mkdir()
    with switched(folder / "disk", folder / "flags") as nas:
        house.declare(nas.asset(paths=["/medicall/"]), contracts=CONTRACTS, parties=PARTIES)
        house.run(str(house.inventory))
        yield Found(house, nas, words)


@pytest.fixture
def found(once: Found, tmp_path: Path) -> Found:
    """The same for each test, on a copy of the folder."""
    once.nas.set("open")
    shutil.copytree(once.house.folder, tmp_path / "house")
    return Found(House(tmp_path / "house"), once.nas, once.words)


def test_g2_clocks_run_apart_from_the_confirmation(found: Found) -> None:
    ran = found.ask("clock", "--json")
    assert ran.code == NOTHING_OPEN, ran.err
    clocks = ran.value["clocks"]
    conservative = {
        (one["duty"]): datetime.fromisoformat(one["deadline"]) - found.confirmed
        for one in clocks
        if one["party"] == "region" and one["reading"] == "conservative"
    }
    assert conservative == {
        "early-warning": timedelta(hours=24),
        "notification": timedelta(hours=72),
        "authority": timedelta(hours=72),
    }
    legal = {one["duty"]: one["stage"] for one in clocks if one["party"] == "region" and one["reading"] == "legal"}
    assert legal == {
        "early-warning": "unset",
        "notification": "unset",
        "authority": "unset",
        "final-report": "waiting",
        "supplements": "waiting",
    }
    (vendor,) = (c for c in clocks if (c["party"], c["duty"], c["reading"]) == ("vendor", "controller", "conservative"))
    assert (vendor["to"], vendor["limit"]) == ("region", "24 h")
    (storage,) = (c for c in clocks if (c["party"], c["duty"], c["reading"]) == ("storage", "controller", "legal"))
    assert (storage["to"], storage["limit"], storage["stage"]) == ("vendor", None, "unset")
    assert "a person decides" in ran.value["says"]


def test_a_person_sets_the_legal_clock_and_says_what_was_sent(found: Found) -> None:
    since = found.confirmed - timedelta(days=40)
    found.aware(since)
    sent = found.confirmed - timedelta(days=39)
    ran = found.ask("clock", "--json", "--party", "region", "--sent", f"region:notification={sent.isoformat()}")
    clocks = {(one["duty"], one["reading"], one["stage"]): one for one in ran.value["clocks"]}
    authority = clocks["authority", "legal", "overdue"]
    assert datetime.fromisoformat(authority["deadline"]) - since == timedelta(hours=72)
    assert authority["start"]["by"] == "A. Officer"
    assert authority["warning"] == 90
    assert datetime.fromisoformat(authority["deadline_stockholm"]) == datetime.fromisoformat(authority["deadline"])
    assert clocks["notification", "legal", "sent"]["left_seconds"] == timedelta(hours=48).total_seconds()
    report = clocks["final-report", "legal", "overdue"]
    assert report["says"] == "progress report"
    assert ran.value["clocks"][0]["stage"] == "overdue"
    earliest = datetime.fromisoformat(ran.value["earliest_defensible_start"]["region"])
    assert abs(earliest - since) < timedelta(seconds=1)


def test_the_table_says_what_is_overdue_unset_and_unverified(found: Found) -> None:
    found.aware(found.confirmed - timedelta(days=4))
    ran = found.ask("clock", "--all")
    assert ran.code == NOTHING_OPEN, ran.err
    for words in (
        "OVERDUE by",
        "UNSET for",
        "23 h",
        "without undue delay",
        "not begun",
        "Stockholm",
        "unverified, so no clock rests on it: trust services have 24 h",
        "a person decides",
        "checked 2026-11-21",
    ):
        assert words in ran.out, words
    assert "\x1b" not in ran.out


def test_the_next_three_come_first_and_without_an_id_the_next_of_every_finding(found: Found) -> None:
    found.aware(found.confirmed - timedelta(days=4))
    short = found.ask("clock")
    assert short.out.count(" Stockholm") <= found.ask("clock", "--all").out.count(" Stockholm")
    assert "OVERDUE by" in short.out
    assert f"more: leftopen clock {found.id} --all" in short.out
    assert "checked 2026-11-21" not in short.out
    overview = found.house.ask("clock", str(found.house.inventory), "--json")
    (row,) = overview.lines
    assert (row["finding"], row["stage"]) == (found.id, "overdue")
    assert row["more"] > 3
    assert found.id in found.house.ask("clock", str(found.house.inventory)).out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--party", "nobody"), "not of the asset's chain (known: "),
        (("--sent", "nobody:authority=2026-01-01T00:00Z"), "known: region, storage, vendor"),
        (("--sent", "region:letter=2026-01-01T00:00Z"), "no duty 'letter' (known: authority, "),
        (("--sent", "region:authority=2026-01-01T00:00"), "has no zone"),
        (("--sent", "region:authority=soon"), "soon"),
        (("--sent", "region:authority=2999-01-01T00:00Z"), "a time to come"),
    ],
)
def test_wrong_words_are_refused_with_the_known_ones(found: Found, arguments: tuple[str, ...], says: str) -> None:
    ran = found.ask("draft" if "nobody" in arguments else "clock", *arguments)
    assert ran.code == WRONG
    assert says in ran.err
    assert ran.out == ""


def test_a_wrong_id_is_no_finding(found: Found) -> None:
    for id_ in ("LO-0000000001", found.id[:-1] + ("0" if found.id[-1] != "0" else "1")):
        ran = found.house.ask("clock", id_, str(found.house.inventory))
        assert ran.code == WRONG
        assert "findings --all" in ran.err


def test_the_draft_fills_in_what_is_proven_and_leaves_the_rest_open(found: Found) -> None:
    ran = found.ask("draft")
    assert ran.code == NOTHING_OPEN, ran.err
    text = ran.out
    assert text.startswith("# Draft: notification of a personal data breach to the supervisory authority")
    for words in (
        "DRAFT made by leftopen",
        "files nothing; a person decides",
        "Party: Region Exempel, controller",
        "Organisation number: 212000-0142",
        "security@region.example",
        found.id,
        "Possible start: unbounded",
        "End: still open at the last look",
        "Files: at least ",
        "sound recordings: ",
        "Declared to hold: recordings",
        "(IMY, question 13)",
        "(IMY, question 32-35)",
    ):
        assert words in text, words
    assert len(re.findall(r"^- \[ \] \*\*Only a person can say:\*\*", text, re.MULTILINE)) >= 9
    # While it is open, the draft, which becomes a public record, leads nobody to it.
    assert "nas.test" not in text
    assert str(found.nas.server.port) not in re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "", text)
    assert "leftopen computes and files nothing" in ran.err


def test_in_swedish_for_the_party_that_reads_it(found: Found) -> None:
    text = found.ask("draft", "--party", "vendor").out
    assert text.startswith("# Utkast: underrättelse om personuppgiftsincident till den som arbetet utförs för")
    assert "Careline AB, personuppgiftsbiträde" in text
    assert "ljudinspelningar: " in text
    assert "Bara en människa kan säga" in text
    assert "Only a person" not in text
    assert found.ask("draft", "--language", "sv").out.startswith("# Utkast: anmälan")
    assert found.ask("draft", "--party", "vendor", "--language", "en").out.startswith("# Draft: information")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_people_are_told_the_register_and_the_early_warning(language: str, found: Found) -> None:
    declare(found, dpo="dso@region.example", csirt="CERT-EU", nis2=True)
    words = {
        "people": ("34", "dso@region.example", "> "),
        "register": ("33", "security@region.example", "dso@region.example", "212000-0142"),
        "csirt": ("23(4)(a)", "CERT-EU", "Region Exempel"),
    }
    for kind, wanted in words.items():
        ran = found.ask("draft", "--kind", kind, "--language", language)
        assert ran.code == NOTHING_OPEN, ran.err
        for word in wanted:
            assert word in ran.out, (kind, word, ran.out)
        assert "- [ ] **" in ran.out, "what a person must say is left open"
        assert ("Utkast" in ran.out, "Draft" in ran.out) == (language == "sv", language == "en")
        hits = {word for word in (*found.words, "medicall", ".wav") for form in forms(word) if form in ran.out.encode()}
        assert hits == set()
        assert "nas.test" not in ran.out, "while it is open, no draft leads there"
    assert found.ask("draft", "--kind", "letter").code == WRONG


def test_the_register_says_what_was_sent_and_the_clock_names_the_partys_own_receiver(found: Found) -> None:
    declare(found, csirt="CERT-EU", authority="Datatilsynet")
    words = ("--party", "region", "--duty", "authority", "--by", "A. Officer", "--reason", "receipt 1")
    assert found.house.ask("sent", found.id, str(found.house.inventory), *words).code == NOTHING_OPEN
    text = found.ask("draft", "--kind", "register").out
    assert "notify the supervisory authority (GDPR): said to be sent" in text
    to = {one["duty"]: one["to"] for one in found.ask("clock", "--json").value["clocks"] if one["party"] == "region"}
    assert (to["authority"], to["early-warning"]) == ("Datatilsynet", "CERT-EU")


def test_a_place_that_opens_again_is_shown_as_recurring(found: Found) -> None:
    assert found.ask("clock", "--json").value["recurring"] == []
    found.nas.set("closed")
    for _ in range(3):
        found.house.run(str(found.house.inventory))
    found.nas.set("open")
    found.house.run(str(found.house.inventory))
    ran = found.ask("clock", "--json")
    assert [(one["finding"], one["same"]) for one in ran.value["recurring"]] == [(found.id, "finding")] * 2
    assert "open 2 times within six months" in found.ask("clock").out
    text = found.ask("draft", "--kind", "csirt", "--language", "en").out
    assert text.count(f": {found.id}\n") >= 2
    assert "whether these are one recurring incident" in text


def declare(found: Found, **more: object) -> None:
    """Say more of the region in the inventory."""
    value = json.loads(found.house.inventory.read_text("utf-8"))
    value["parties"][0] |= more
    found.house.inventory.write_text(json.dumps(value), "utf-8")


def test_the_draft_holds_nothing_personal_and_claims_nothing_about_downloads(found: Found) -> None:
    house = found.house
    reason = "removed /medicall/0701740611/in-19121212-1212-1177-5.wav and told Anna Blomqvist"
    for command in ("contain", "cause"):
        assert house.ask(command, found.id, "--by", "Anna Blomqvist", "--reason", reason).code == NOTHING_OPEN
    found.aware(datetime.now(UTC))
    texts = [found.ask("draft", "--language", language).out for language in ("sv", "en")]
    found.nas.set("closed")
    for _ in range(2):
        house.run(str(house.inventory))
    texts += [found.ask("draft", "--language", language).out for language in ("sv", "en")]
    clocks = [found.ask("clock").out, found.ask("clock", "--json").out]
    assert "End: proven closed" in texts[-1]
    assert "nas.test" in texts[-1]
    assert "said to be contained" in texts[-1]
    for text in texts:
        hits = {word for word in (*found.words, "medicall", ".wav") for form in forms(word) if form in text.encode()}
        assert hits == set()
        lowered = text.casefold()
        for claim in (
            "nobody downloaded",
            "no one downloaded",
            "no downloads",
            "ingen laddade ned",
            "inga nedladdning",
        ):
            assert claim not in lowered
    for text in clocks:
        hits = {word for word in (*found.words, "medicall") for form in forms(word) if form in text.encode()}
        assert hits == set()


def test_a_finding_whose_asset_is_gone_has_no_chain(found: Found) -> None:
    house = found.house
    inventory = json.loads(house.inventory.read_text("utf-8"))
    inventory["assets"][0]["id"] = "other"
    house.inventory.write_text(json.dumps(inventory), "utf-8")
    ran = found.ask("clock")
    assert ran.code == WRONG
    assert "no longer holds 'nas'" in ran.err
