"""What was read of a page once is told from its digest, and depends on nothing that is left out of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from probes.api import Clear, Known, Unknown, WebTarget
from probes.reasons import ClosedReason, NoAnswerReason
from probes.recognise.listing.model import Listing
from probes.recognise.pages.page_kind import PageKind
from probes.requests.http import Ending, Headers, NoAnswer, Response
from probes.requests.stream import Sweep, Swept
from probes.testing import play
from probes.web import _folder_page
from probes.web._outcome import digest_of, page_of
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.counting import calls

TARGET = WebTarget("site", "www.region.example", "www.region.example", "192.0.2.7", 443, tls=True)


def answer(body: bytes, status: int = 200, **headers: str) -> Response:
    pairs = {"content-type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Response(status, Headers(tuple(pairs.items())), body)


def site(words: str) -> bytes:
    rows = "".join(f"<p>{words} number {n} is told here in a few words.</p>" for n in range(40))
    return f"<html><head><title>{words}</title></head><body><h1>{words}</h1>{rows}</body></html>".encode()


def test_a_page_is_read_once_whatever_its_date_and_in_whichever_round() -> None:
    body = site("A page of a clinic that is read once")
    first = calls(lambda: page_of(answer(body, 404, date="Sun, 29 Nov 2026 10:00:00 GMT")))
    again = calls(lambda: page_of(answer(body, 404, date="Mon, 30 Nov 2026 10:00:00 GMT", etag='"1"')))
    assert again < first / 3
    assert page_of(answer(body, 404)) == page_of(answer(body, 404, date="x"))


def test_what_a_page_is_hangs_on_the_headers_of_filters_and_on_its_status() -> None:
    body = site("The same body from two servers")
    assert page_of(answer(body)).kind is PageKind.ORDINARY
    assert page_of(answer(body, 403, cf_mitigated="challenge")).kind is PageKind.BLOCK_PAGE
    assert page_of(answer(body)).kind is PageKind.ORDINARY
    notice = b"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>"
    assert page_of(answer(notice, 400)).kind is PageKind.TLS_NOTICE
    assert page_of(answer(notice)).kind is not PageKind.TLS_NOTICE


def test_that_a_page_holds_no_listing_is_remembered_and_a_listing_is_read_again() -> None:
    none = answer(site("A page without a listing"))
    rows = "".join(f'<a href="call-{n}.wav">call-{n}.wav</a>   29-Nov-2026 10:00   12000\n' for n in range(9))
    body = (
        f"<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><pre>{rows}</pre></body></html>"
    )
    held = answer(body.encode())
    read = _folder_page.any_listing_in
    first = calls(lambda: read(TARGET, "/rec/", none))
    assert calls(lambda: read(TARGET, "/rec/", none)) < first / 3
    assert read(TARGET, "/rec/", none) is None
    one, two = read(TARGET, "/rec/", held), read(TARGET, "/rec/", held)
    assert isinstance(one, Listing)
    assert one == two
    # What names another folder, or broke off, is another page.
    cut = Response(200, held.headers, held.body, Ending.CUT)
    elsewhere = read(TARGET, "/other/", held)
    assert elsewhere is None or elsewhere != one
    cut_one = read(TARGET, "/rec/", cut)
    assert cut_one is not None
    assert cut_one.partial != one.partial


@pytest.mark.parametrize("other", [(b"ab", "c"), (b"a", "bc"), (b"abc",), (b"", "abc"), (b"a", "b", "c")])
def test_what_lies_on_either_side_of_a_border_gives_another_digest(other: tuple[object, ...]) -> None:
    body, *rest = other
    assert isinstance(body, bytes)
    assert digest_of(answer(body), *rest) != digest_of(answer(b"a"), "b, c")


@pytest.mark.parametrize(
    ("beside", "answers", "past", "right"),
    [
        ((443, 21), (21,), {}, (Clear, ClosedReason.PORT_SHUT)),
        ((443, 21), (), {}, (Unknown, NoAnswerReason.REFUSED)),  # the host may be away
        ((), (), {}, (Unknown, NoAnswerReason.REFUSED)),
        # It may be us whom it turns away: what was open there, or answered, is not closed by that.
        ((443, 21), (21,), {"known": (Known("/", ("/a.wav",)),)}, (Unknown, NoAnswerReason.REFUSED)),
        ((443, 21), (21,), {"front": "4f2a"}, (Unknown, NoAnswerReason.REFUSED)),
    ],
)
def test_a_port_that_refuses_is_shut_where_the_host_answers_at_another(
    beside: tuple[int, ...], answers: tuple[int, ...], past: dict[str, Any], right: tuple[type, object]
) -> None:
    at = replace(TARGET, port=80, tls=False, files=("/a.wav", "/b.wav"), paths=("/", "/rec/"), beside=beside, **past)
    knocks: list[Sweep] = []

    def knocked(ask: object) -> Swept:
        assert isinstance(ask, Sweep)
        assert {*ask.ports} <= {*beside}
        knocks.append(ask)
        return Swept(answers)

    for probe in (HTTP_LISTING, HTTP_MEDIA):
        verdicts, asked = play(probe, at, lambda _: NoAnswer(NoAnswerReason.REFUSED), elsewhere=knocked)
        assert {(type(one), one.why) for one in verdicts} == {right}
        assert len(asked) <= 2
    assert len(knocks) <= 2, "once in a look"
