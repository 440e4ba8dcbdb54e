"""What is told of buckets: no folder where none is, names where nothing but names lies open, both in two languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.alerts.delivery.signed_links import UnsignedLinks
from monitor.alerts.messages.reader import Reader
from monitor.alerts.messages.text.news import news_text
from monitor.alerts.routing.recipients import Language
from monitor.findings.decide import Look, Policy, open_finding
from monitor.store.messages.facts import News
from probes.api import Exposed, Place
from probes.facts import Fact, FactKind
from probes.proof import Proof, ProofStep
from probes.reasons import OpenReason
from probes.recognise.buckets.key_page import KeyPage
from probes.recognise.listing.model import Listing
from tests.monitor.network.rounds import inventory

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ONE = inventory(
    {"id": "calls", "bucket": {"url": "https://s3.example.test/calls/", "speaks": "s3"}, "data": "recordings"},
    channels=[{"id": "ours", "party": "vendor", "url": "env:X"}],
)


def told(verdict: Exposed, language: Language) -> tuple[str, str]:
    decision = open_finding(verdict, Look("calls", "s3-bucket", "there", NOON), Policy("p", "recordings"), None)
    assert decision.change is not None
    party = next(one for one in ONE.parties if one.id == "vendor").model_copy(update={"language": language})
    made = ONE.model_copy(update={"parties": (party, *(one for one in ONE.parties if one.id != "vendor"))})
    news = News(decision.finding, decision.change, ("vendor",), owner_told=True)
    shown = news_text(news, Reader(made, "ours", "vendor", UnsignedLinks(made)))
    return str(shown.title), str(shown.body)


def seen(why: OpenReason, listing: Listing, kind: str = "bucket", *facts: Fact) -> Exposed:
    return Exposed(
        Place("s3.example.test", 443, "/calls/"),
        kind,
        why,
        listing=listing,
        facts=facts,
        proof=(Proof(ProofStep.STORE_LISTS),),
    )


NOTHING = Listing("s3", ())
SOUNDS = KeyPage([b"a.wav", b"b.wav"], [0, 0], [b"", b""]).listing("s3", "/calls", "")


@pytest.mark.parametrize(
    ("verdict", "english", "swedish"),
    [
        (seen(OpenReason.ACL_READABLE, NOTHING), "a bucket open", "en lagringsyta (bucket) öppna"),
        (seen(OpenReason.WRITE_GRANTED, NOTHING), "a bucket open", "en lagringsyta (bucket) öppna"),
        (seen(OpenReason.EMPTY_LISTABLE, NOTHING), "a bucket open", "en lagringsyta (bucket) öppna"),
        (seen(OpenReason.DANGLING, NOTHING, "dangling"), "a name that nobody holds", "ett namn som ingen äger"),
        (seen(OpenReason.LISTED, SOUNDS), "names of sound recordings", "namn på ljudinspelningar"),
        (seen(OpenReason.READABLE, SOUNDS), ": sound recordings open", ": ljudinspelningar öppna"),
    ],
)
def test_the_first_line_says_what_lies_open(verdict: Exposed, english: str, swedish: str) -> None:
    for language, words in (("en", english), ("sv", swedish)):
        title, body = told(verdict, language)  # type: ignore[arg-type]
        assert words in title
        assert "folders" not in title
        assert " 0 files" not in body
        assert " 0 filer" not in body


def test_it_is_told_that_the_objects_were_refused() -> None:
    verdict = seen(OpenReason.LISTED, SOUNDS, "bucket", Fact(FactKind.LISTED_NOT_READABLE))
    assert "were not given to a stranger" in told(verdict, "en")[1]
    assert "lämnades inte ut" in told(verdict, "sv")[1]
