"""Promises judged by what a look saw: broken only by proof, kept only by a positive sign."""

from __future__ import annotations

import pytest

from monitor.findings.finding import Severity
from monitor.findings.promises import NETWORK, TLS, Promised, judged
from monitor.findings.reach.extent import Extent, extent_of
from monitor.findings.severity import severity
from probes.api import Clear, Exposed, Place, Verdict, WebTarget
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from tests.monitor.findings.builders import closed, opened, unseen

CLEAR = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 80, tls=False)
SECURED = WebTarget("nas", "nas.test", "nas.test", "192.0.2.1", 443, tls=True)
SJUNET = Promised(frozenset({"sjunet"}))
IN_TLS = Promised(tls=True)

BROKEN_NETWORK: dict[str, Verdict] = {
    "an open folder": opened(),
    "an ordinary page": closed(ClosedReason.NO_LISTING),
    "a refusal": closed(ClosedReason.FORBIDDEN),
    "a page with a login": closed(ClosedReason.LOGIN_WALL),
    "a demand for a certificate": closed(NoAnswerReason.CLIENT_CERTIFICATE),
    "a redirect": unseen(UndecidedReason.REDIRECTED),
}
NOTHING_SAID: dict[str, Verdict] = {
    "a filter's page": unseen(UndecidedReason.FILTERED),
    "an overload": unseen(UndecidedReason.THROTTLED),
    "an error": unseen(UndecidedReason.SERVER_ERROR),
    "a blind round": unseen(UndecidedReason.BLIND_ROUND),
    "a name server that fails": unseen(NoAnswerReason.DNS_FAILED),
    "a budget that ended": unseen(NoAnswerReason.BUDGET_SPENT),
}


@pytest.mark.parametrize("how", BROKEN_NETWORK)
def test_a_host_of_a_closed_network_that_answers_from_the_internet_is_a_high_finding(how: str) -> None:
    (verdict,) = judged(SECURED, [unseen(), BROKEN_NETWORK[how]], SJUNET)
    assert isinstance(verdict, Exposed)
    assert (verdict.kind, verdict.why, verdict.place) == (NETWORK, OpenReason.REACHABLE, Place("nas.test", 443, "/"))
    for data in ("static", "recordings"):
        assert severity(data, extent_of(verdict), active=False, why=verdict.why)[0] is Severity.HIGH
    assert extent_of(verdict) == Extent()


@pytest.mark.parametrize("how", NOTHING_SAID)
def test_what_a_front_or_a_fault_of_ours_says_proves_nothing(how: str) -> None:
    assert judged(SECURED, [NOTHING_SAID[how]], SJUNET) == ()
    assert judged(CLEAR, [NOTHING_SAID[how]], IN_TLS) == ()


def test_silence_keeps_the_promise_that_nothing_answers_and_only_that() -> None:
    silent = [unseen(NoAnswerReason.TIMED_OUT), unseen(NoAnswerReason.HOST_SILENT)]
    (verdict,) = judged(SECURED, silent, SJUNET)
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.NOT_REACHED
    assert judged(CLEAR, silent, IN_TLS) == ()
    assert judged(SECURED, [], SJUNET) == ()


def test_from_within_the_network_an_answer_breaks_nothing() -> None:
    within = Promised(frozenset({"sjunet"}), vantage="sjunet")
    assert judged(SECURED, [opened()], within) == ()
    assert judged(SECURED, [opened()], Promised()) == ()


@pytest.mark.parametrize("page", [opened(), closed(ClosedReason.NO_LISTING), closed(ClosedReason.LOGIN_WALL)])
def test_content_in_clear_text_breaks_the_promise_of_tls(page: Verdict) -> None:
    (verdict,) = judged(CLEAR, [closed(ClosedReason.NOT_FOUND), page], IN_TLS)
    assert isinstance(verdict, Exposed)
    assert (verdict.kind, verdict.why) == (TLS, OpenReason.CLEAR_TEXT)
    assert judged(SECURED, [page], IN_TLS) == ()
    assert severity("recordings", extent_of(verdict), active=True, why=verdict.why)[0] is Severity.MEDIUM


@pytest.mark.parametrize(
    "why", [ClosedReason.NOT_SPOKEN, ClosedReason.FORBIDDEN, UndecidedReason.REDIRECTED, ClosedReason.NOT_FOUND]
)
def test_a_refusal_or_a_redirect_in_clear_text_serves_nothing(why: ClosedReason) -> None:
    (verdict,) = judged(CLEAR, [closed(why), closed(ClosedReason.NOT_FOUND)], IN_TLS)
    assert isinstance(verdict, Clear)
    assert judged(CLEAR, [closed(why), unseen()], IN_TLS) == ()
