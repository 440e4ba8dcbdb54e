"""What is told: in both languages, short first, and never a name, a number or a path."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.messages.catalogue import catalogue
from monitor.alerts.messages.formatting import FIRST_LINE, span
from monitor.alerts.messages.new_messages import blind_messages, drill_message, messages_for
from monitor.alerts.messages.reader import Text
from monitor.alerts.messages.text.free import plain
from monitor.alerts.messages.text.reason import severity_text
from monitor.findings.finding import TELLING, EndpointState, Finding, Severity, Step
from monitor.findings.reach.extent import Extent
from monitor.findings.reasons import Cause, Declared, Grew, NamesHold, Reason, Tenfold, Worse
from monitor.inventory.model.inventory import Inventory
from monitor.store.messages.facts import Rounds
from probes.api import Place
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import WHYS, OpenReason, Why
from probes.recognise.people.tokens import Identifier
from tests.monitor.alerts.builders import NOON, change, finding, inventory, text

STEPS = sorted(TELLING)
LANGUAGES = {"en": "voice-oncall", "sv": "region-mail"}


def told(
    step: Step,
    language: str,
    found: Finding | None = None,
    reason: Reason = Cause.PROVEN,
    declared: Inventory | None = None,
) -> Text:
    """What the reader of that language reads."""
    made = declared or inventory()
    messages = messages_for(found or finding(), change(step, 3, reason), made)
    return text(next(one for one in messages if one.channel == LANGUAGES[language]), made)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_every_message_says_what_somebody_woken_by_it_must_know(step: Step, language: str) -> None:
    owed = told(step, language)
    id_ = finding().id
    assert len(owed.title) <= FIRST_LINE
    assert f"({id_}/3)" in owed.title
    assert "voice-nas" in owed.title
    for words in (
        "2026-10-01T09:00Z",  # proven since
        "2026-09-29T12:00Z",  # possible since, and the logs to preserve
        "nas.voice.example",
        "Voice Example, Regionen",  # who was told
        "443",
        f"leftopen show {id_}",
        f"{id_}/3",
        "User-Agent",
    ):
        assert words in owed.body, words
    number = "2,700,000" if language == "en" else "2\N{NO-BREAK SPACE}700\N{NO-BREAK SPACE}000"
    assert number in owed.body
    assert ("at least" if language == "en" else "minst") in owed.body.lower()
    assert "{" not in owed.title + owed.body


def test_closed_is_said_when_it_is_cleared_and_never_before() -> None:
    for step in STEPS:
        for language, word in (("en", "Closed: "), ("sv", "Stängt: ")):
            owed = told(step, language)
            assert (word in owed.title + owed.body) is (step is Step.CLEARED)


def test_cleared_tells_the_time_that_it_took() -> None:
    found = finding(cleared=NOON + timedelta(days=1), active=False)
    owed = told(Step.CLEARED, "en", found)
    assert "to Friday 2 October 12:00 UTC (1 d 3 h)" in owed.body
    assert "arriving" not in owed.body
    assert "till fredag 2 oktober kl. 14:00 (12:00 UTC) (1 dygn 3 h)" in told(Step.CLEARED, "sv", found).body


def test_reopened_reads_as_reopened_and_its_closing_counts_from_the_return() -> None:
    found = finding(reopened=2, confirmed=NOON - timedelta(minutes=20))
    owed = told(Step.REOPENED, "en", found)
    assert "OPEN AGAIN" in owed.title
    assert "number 2" in owed.body
    assert "open again at least since Thursday 1 October 11:40 UTC" in owed.body
    assert "ÖPPET IGEN" in told(Step.REOPENED, "sv", found).title
    assert "(20 min)" in told(Step.CLEARED, "en", replace(found, cleared=NOON)).body


@pytest.mark.parametrize(
    ("reason", "english", "swedish"),
    [
        (Grew(100, 1010), "100 files before, 1,010 now", "100 filer förut"),
        (Tenfold(3, 40), "ten times as many files: 3 before", "tio gånger så många"),
        (Worse(Severity.MEDIUM, Severity.CRITICAL), "it was MEDIUM, it is CRITICAL", "det var MEDEL"),
    ],
)
def test_grown_says_how(reason: Reason, english: str, swedish: str) -> None:
    assert english in told(Step.GROWN, "en", reason=reason).body
    assert swedish in told(Step.GROWN, "sv", reason=reason).body


def test_without_an_earlier_look_the_start_is_unbounded_and_older_logs_are_kept_too() -> None:
    body = told(Step.OPENED, "en", finding(last_known_good=None)).body
    assert "it was never seen closed before" in body
    assert "logs from 2026-10-01T09:00Z" in body
    assert "older logs" in body


def test_the_possible_time_ends_at_the_first_clear_look() -> None:
    seen = (EndpointState("x", NOON, 3, NOON + timedelta(hours=1), NOON + timedelta(hours=2)),)
    body = told(Step.CLEARED, "en", finding(seen=seen, cleared=NOON + timedelta(hours=2))).body
    assert "(2 d 1 h)" in body


def test_the_owner_is_asked_to_act_and_the_others_to_see_to_it() -> None:
    assert "you run it" in told(Step.OPENED, "en").body
    assert "Voice Example driver den" in told(Step.OPENED, "sv").body


def test_when_no_channel_of_the_owner_takes_it_the_others_are_told_so() -> None:
    declared = inventory(owner="stranger")
    mute = declared.model_copy(update={"channels": tuple(c for c in declared.channels if c.party != "stranger")})
    assert "INTE nått dem" in told(Step.OPENED, "sv", declared=mute).body
    assert "INTE nått dem" not in told(Step.OPENED, "sv", declared=declared).body


def test_the_longest_asset_name_still_fits_a_phone_with_id_and_severity() -> None:
    declared = inventory(id="a" * 64)
    for step in STEPS:
        for language in LANGUAGES:
            title = told(step, language, finding(asset="a" * 64), declared=declared).title
            assert len(title) <= FIRST_LINE
            assert title.endswith(f"({finding().id}/3)")


def test_the_place_is_said_in_the_words_of_the_owner_and_no_learnt_path_with_it() -> None:
    def where(asset: dict[str, Any], found: Finding) -> str:
        return told(Step.OPENED, "en", found, declared=inventory(**asset)).body.split("\n")[1]

    open_ = finding(active=False)
    assert where({}, open_) == "Where: http://nas.voice.example:443/… (voice-nas)"
    assert where({"paths": ["/medicall/"]}, open_) == "Where: http://nas.voice.example:443/medicall/ (voice-nas)"
    below = replace(open_, place=Place("nas.voice.example", 443, "/medicall/anna-svensson/"))
    assert where({"paths": ["/medicall/"]}, below) == "Where: http://nas.voice.example:443/medicall/… (voice-nas)"
    file = replace(open_, place=Place("nas.voice.example", 443, "/backup.zip"), seen=())
    assert where({"files": ["/backup.zip"]}, file) == "Where: nas.voice.example:443/backup.zip (voice-nas)"
    bare = replace(open_, place=Place("203.0.113.77", 8080, "/"), seen=())
    assert where({"host": "203.0.113.77", "ports": [8080]}, bare) == "Where: 203.0.113.77:8080/ (voice-nas)"


def test_what_to_do_and_the_link_stand_before_the_rule_and_all_else_below_it() -> None:
    page = {"acknowledge": {"url": "https://lo.region.example/ack", "listen": "127.0.0.1:8090"}}
    made = Inventory.model_validate(inventory().model_dump(exclude_defaults=True) | page)
    body = told(Step.OPENED, "en", declared=made).body
    above, below = body.split("\n—\n")
    assert [line.partition(":")[0] for line in above.split("\n")] == [
        "What", "Live", "Where", "Since", "Do now", "I will handle it"
    ]  # fmt: skip
    assert "Proof" in below
    assert "Sent to" in below


def test_the_words_are_the_same_when_it_opens_and_when_it_closes() -> None:
    measured = finding(reach=Extent(files=3, kinds=(("archive", 3),)), cleared=NOON)
    for language, words in (("en", "recorded calls"), ("sv", "inspelade samtal")):
        assert words in told(Step.OPENED, language).title
        assert words in told(Step.CLEARED, language, measured).title


def test_dates_never_go_from_later_to_earlier() -> None:
    extent = replace(finding().extent, newest=NOON - timedelta(hours=14), oldest=NOON + timedelta(hours=14))
    body = told(Step.OPENED, "en", finding(extent=extent)).body
    assert "2026-09-30, one day more or less" in body


SEEDS = (
    "0701740605",
    "070-174 06 05",
    "+46 70 174 06 05",
    "19900101-2384",
    "900101-2384",
    "out-0701740605-101-20260101.wav",
    "Anna_Svensson.mp3",
    "svensson.anna@region.example",
    "/medicall/2016/anna.wav",
    "medicall/2016",
    "..%2fmedicall%2f2016",
    "C:\\inspelningar\\anna.wav",
    "journal-1234567.pdf",
    "medicall",
    "https://nas.voice.example/medicall/",
    "<script>alert(1)</script>",
    "\x1b]0;owned\x07",
    "\x1b[31mred",
    "\u202egnp.wav",
    "![x](http://evil.example/x)",
)


def test_what_names_hold_is_told_in_the_language_of_the_reader() -> None:
    held = NamesHold(Identifier.PERSONNUMMER, 10, 400)
    assert severity_text(held, "en") == "Swedish personal identity numbers in 10 % of 400 names"
    assert severity_text(held, "sv") == "svenska personnummer i 10 % av 400 namn"
    assert severity_text(NamesHold(Identifier.PHONE), "sv") == "telefonnummer i namn"


ANNAT = (FactKind.CERTIFICATE_OTHER_NAME, FactKind.CONFIGURED_CLOSED)
"""Their Swedish sentences hold a name that is looked for: in "annat", another."""


def seeded(seed: str) -> Finding:
    """A finding of a probe that has broken its promise in every field at once."""
    return finding(
        place=Place("nas.voice.example", 443, f"/medicall/{seed}/"),
        kind=seed,
        severity_reasons=(NamesHold(Identifier.PHONE, 97, 300), Declared(seed)),
        facts=tuple(Fact(kind, seed, 443) for kind in FactKind if kind not in ANNAT),
        proof=tuple(Proof(step, seed) for step in ProofStep),
        extent=Extent(
            files=3, partial=seed, claims=tuple(NamesHold(what, 97, 300) for what in Identifier), kinds=((seed, 3),)
        ),
        seen=(EndpointState(seed, NOON),),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_e3_alert_text_contains_no_file_name_number_or_path(seed: str) -> None:
    declared = inventory()
    messages = [
        *(o for step in STEPS for o in messages_for(seeded(seed), change(step, 3), declared)),
        *blind_messages("20261001T120000Z-abc123", Cause.CONTROL_NOT_SEEN, declared, NOON),
        drill_message(declared.channel("ours"), declared, NOON),
    ]
    assert len(messages) == 4 * len(STEPS) + 2
    for owed in messages:
        shown = text(owed, declared)
        whole = f"{shown.title}\n{shown.body}"
        low = whole.casefold()
        assert seed.casefold() not in low
        for word in (
            "medicall",
            "anna",
            "svensson",
            "0701740605",
            "1740605",
            "2384",
            "1234567",
            ".wav",
            ".pdf",
            ".mp3",
            "evil",
        ):
            assert word not in low, (word, whole)
        assert not re.search(r"\d[- ]?\d{6,}", whole.replace("20261001T120000Z", ""))
        assert not any(unicodedata.category(c).startswith("C") for c in whole.replace("\n", ""))
        assert not set("<>`[]@&\\") & set(whole)


@given(st.text(max_size=200))
def test_free_text_keeps_words_and_short_numbers_alone(text: str) -> None:
    said = plain(text)
    assert not any(unicodedata.category(c).startswith("C") for c in said)
    assert not set("/\\<>`[]@&_") & set(said)
    assert not re.search(r"\d{5,}|\w\.\w", said.replace("…", " "))


def test_the_proof_is_told_in_the_language_of_the_reader() -> None:
    assert "a file from the listing can be fetched without a login" in told(Step.OPENED, "en").body
    body = told(Step.OPENED, "sv").body
    assert "sidan är uppbyggd som en kataloglistning (apache); en fil ur listningen går att hämta" in body


OPEN_WHYS = [
    OpenReason.FOLDERS_LISTED,
    OpenReason.INDEX_OFF_FILES_OPEN,
    OpenReason.FILE_READABLE,
]
STORE_WHYS = WHYS[WHYS.index(OpenReason.LISTED) :]


def test_every_door_of_a_bucket_is_told_in_words_of_its_own() -> None:
    for language, words in catalogue().items():
        assert [why for why in STORE_WHYS if f"how.{why.value}" not in words] == [], language


@pytest.mark.parametrize(("kind", "says"), [("bucket", "Block public access"), ("dangling", "from your zone")])
def test_the_owner_of_a_bucket_hears_what_closes_a_bucket(kind: str, says: str) -> None:
    assert says in told(Step.OPENED, "en", finding(kind=kind, why=OpenReason.LISTED)).body


@pytest.mark.parametrize(
    ("kind", "over_http"), [("listing", True), ("etcd", True), ("kibana", True), ("ftp", False), ("smb", False)]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_header_is_told_of_only_where_one_is_sent(language: str, kind: str, over_http: bool) -> None:
    rounds = Rounds("20260929T120000Z-0a1b2c", "20261001T120000Z-3d4e5f", 193)
    found = finding(kind=kind, why=OpenReason.STORE_OPEN)
    made = messages_for(found, change(Step.OPENED), inventory(), rounds=rounds)
    (body,) = [text(one, inventory()).body for one in made if one.channel == LANGUAGES[language]]
    assert ("User-Agent" in body) is over_http
    assert ("run=" in body) is over_http
    assert "leftopen" in body


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_requests_are_told_by_address_agent_and_round(language: str) -> None:
    declared = inventory()
    vantage = declared.vantage.model_copy(update={"addresses": ("192.0.2.7", "2001:db8::7")})
    made = declared.model_copy(update={"vantage": vantage})
    rounds = Rounds("20260929T120000Z-0a1b2c", "20261001T120000Z-3d4e5f", 193)
    (owed,) = [
        one
        for one in messages_for(finding(), change(Step.OPENED), made, rounds=rounds)
        if one.channel == LANGUAGES[language]
    ]
    body = text(owed, made).body
    for words in ("192.0.2.7, 2001:db8::7", "run=20260929T120000Z-0a1b2c", "run=20261001T120000Z-3d4e5f", "193"):
        assert words in body
    lines = body.split("\n")
    agent = next(number for number, line in enumerate(lines) if "User-Agent" in line)
    assert "192.0.2.7" in lines[agent + 1]
    assert "193" in lines[agent + 2]
    (plain_one,) = [
        one for one in messages_for(finding(), change(Step.OPENED), declared) if one.channel == owed.channel
    ]
    assert "run=" not in text(plain_one, declared).body
    # What is no id of ours is not told, whatever it is.
    odd = messages_for(finding(), change(Step.OPENED), made, rounds=Rounds("0701740605", "../x", 2))
    assert not any("0701740605" in text(one, made).body or "../x" in text(one, made).body for one in odd)


@pytest.mark.parametrize("why", [*OPEN_WHYS, *STORE_WHYS])
def test_every_kind_of_exposure_is_told_in_plain_words(why: Why) -> None:
    texts = {told(Step.OPENED, language, finding(why=why)).body.split("\n")[0] for language in LANGUAGES}
    assert len(texts) == 2
    assert not any(why.value in one for one in texts)


def test_folders_alone_are_told_as_folders() -> None:
    found = finding(extent=Extent(directories=1), severity=Severity.CRITICAL)
    assert "CRITICAL: folders open to anyone" in told(Step.OPENED, "en", found).title
    assert "At least 0 files in 1 folder." in told(Step.OPENED, "en", found).body


def test_blind_is_told_to_operators_and_says_that_silence_means_nothing() -> None:
    (owed,) = blind_messages("r1", Cause.CONTROL_NOT_SEEN, inventory(), NOON)
    assert (owed.channel, owed.party, owed.finding, owed.step) == ("ours", "", "", "blind")
    shown = text(owed)
    assert shown.title.startswith("BLIND")
    assert "a control was not looked at" in shown.body
    assert "does NOT mean that all is well" in shown.body


def test_blind_rounds_are_told_once_an_hour() -> None:
    keys = [
        blind_messages(f"r{n}", Cause.CONTROL_NOT_SEEN, inventory(), NOON + timedelta(minutes=15 * n))[0].key
        for n in range(8)
    ]
    assert len(set(keys)) == 2


def test_a_drill_reads_as_a_drill() -> None:
    declared = inventory()
    owed = drill_message(declared.channel("region-mail"), declared, NOON)
    assert text(owed).title.startswith("ÖVNING")
    assert (owed.channel, owed.party, owed.step) == ("region-mail", "region", "drill")
    assert "Regionen" in text(owed).body
    assert drill_message(declared.channel("region-mail"), declared, NOON + timedelta(seconds=1)).key != owed.key


@pytest.mark.parametrize(
    ("seconds", "english", "swedish"),
    [
        (5, "less than a minute", "mindre än en minut"),
        (60, "1 min", "1 min"),
        (3720, "62 min", "62 min"),
        (7200, "2 h", "2 h"),
        (7320, "2 h 2 min", "2 h 2 min"),
        (90000, "1 d 1 h", "1 dygn 1 h"),
        (86400, "1 d", "1 dygn"),
    ],
)
def test_spans(seconds: int, english: str, swedish: str) -> None:
    assert span(seconds, "en") == english
    assert span(seconds, "sv") == swedish
