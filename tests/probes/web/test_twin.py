"""A port that speaks clear text or TLS is closed in the other of the two, for every folder and file."""

from __future__ import annotations

import pytest

from probes.api import Clear, Probe, Unknown, Verdict, WebTarget
from probes.reasons import Why
from probes.requests.http import Answer, NoAnswer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.probes.web.builders import MISSING, target

NOTICE = says(400, b"<html><h1>400</h1><p>The plain HTTP request was sent to HTTPS port</p></html>")
PLAIN: dict[str, Answer] = {
    "silence": NoAnswer(Why.TIMED_OUT),
    "reset": NoAnswer(Why.RESET),
    "an alert": NoAnswer(Why.NOT_HTTP),
    "400": says(400, b"<h1>Bad Request</h1>"),
}
TLS: dict[str, Answer] = {
    "silence": NoAnswer(Why.TIMED_OUT),
    "reset": NoAnswer(Why.RESET),
    "not TLS": NoAnswer(Why.NOT_TLS),
    "a failed handshake": NoAnswer(Why.TLS_FAILED),
}


def look(
    here: Answer, other: Answer, *, tls: bool, probe: Probe[WebTarget] = HTTP_LISTING
) -> tuple[set[Verdict], list[Request]]:
    """The verdicts about a port that answers `here` as it is spoken to, and `other` the other way."""
    at = target(tls=tls, paths=("/", "/rec/"), files=("/a.wav", "/b.wav"))
    verdicts, asked = play(probe, at, lambda request: other if request.twin else here)
    assert len(verdicts) == 2
    return set(verdicts), asked


@pytest.mark.parametrize("probe", [HTTP_LISTING, HTTP_MEDIA])
@pytest.mark.parametrize("name", PLAIN)
def test_a_port_for_tls_is_closed_in_clear(name: str, probe: Probe[WebTarget]) -> None:
    for other in (says(200), MISSING, says(500), NoAnswer(Why.CLIENT_CERTIFICATE)):
        verdicts, asked = look(PLAIN[name], other, tls=False, probe=probe)
        assert {(type(one), one.why) for one in verdicts} == {(Clear, Why.NOT_SPOKEN)}
        assert len(asked) <= 3


@pytest.mark.parametrize("probe", [HTTP_LISTING, HTTP_MEDIA])
@pytest.mark.parametrize("name", TLS)
def test_a_port_for_clear_text_is_closed_in_tls(name: str, probe: Probe[WebTarget]) -> None:
    for other in (says(200), MISSING, says(500)):
        verdicts, asked = look(TLS[name], other, tls=True, probe=probe)
        assert {(type(one), one.why) for one in verdicts} == {(Clear, Why.NOT_SPOKEN)}
        assert len(asked) == 2


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("why", [Why.TIMED_OUT, Why.RESET, Why.REFUSED])
def test_a_port_that_answers_in_neither_is_unknown(why: Why, tls: bool) -> None:
    verdicts, _ = look(NoAnswer(why), NoAnswer(why), tls=tls)
    assert {type(one) for one in verdicts} == {Unknown}


def test_a_port_for_tls_that_is_ill_is_not_closed_by_its_own_400_in_clear() -> None:
    verdicts, _ = look(NoAnswer(Why.TLS_FAILED), NOTICE, tls=True)
    assert {type(one) for one in verdicts} == {Unknown}


def test_the_notice_itself_costs_one_request() -> None:
    verdicts, asked = look(NOTICE, MISSING, tls=False)
    assert {type(one) for one in verdicts} == {Clear}
    assert len(asked) == 1


@pytest.mark.parametrize("why", [Why.REFUSED, Why.UNREACHABLE, Why.OUT_OF_SCOPE, Why.TOLD_TO_WAIT])
def test_where_nobody_answers_nothing_more_is_asked(why: Why) -> None:
    _, asked = look(NoAnswer(why), says(200), tls=False)
    assert len(asked) == 1


def test_a_port_that_takes_no_connection_is_not_asked_twice() -> None:
    verdicts, asked = look(NoAnswer(Why.TIMED_OUT, connected=False), says(200), tls=False)
    assert {type(one) for one in verdicts} == {Unknown}
    assert len(asked) == 1
