"""A listing that comes with the status of a refusal or a fault: a browser shows it, so it is tried like any other."""

from __future__ import annotations

import pytest

from probes.api import Certainty, Clear, Exposed, Unknown, Verdict
from probes.reasons import NoAnswerReason, OpenReason
from probes.requests.http import Answer, NoAnswer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, PAGE, Rule, World, known, target, when
from tests.servers.pages import NAMES, SOUND, apache

STATUSES = (400, 401, 403, 404, 410, 500, 502)


def look(*rules: Rule) -> Verdict:
    (verdict,), _ = play(HTTP_LISTING, target(), World(rules))
    return verdict


def root(status: int, page: bytes = PAGE) -> Rule:
    return when(lambda request: request.path == "/" and request.method == "GET", says(status, page, content_type=HTML))


def is_file(request: Request) -> bool:
    return request.path[1:] in NAMES


@pytest.mark.parametrize("status", STATUSES)
def test_a_listing_with_such_a_status_is_exposed_where_its_files_answer(status: int) -> None:
    verdict = look(root(status))
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.why, verdict.certainty) == (OpenReason.LISTED_AND_READABLE, Certainty.PROVEN)
    assert verdict.listing is not None
    assert len(verdict.listing.files) == len(NAMES)


@pytest.mark.parametrize("refused", [says(401), says(403), MISSING])
@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_stays_one_where_what_its_page_lists_is_refused_too(status: int, refused: Answer) -> None:
    assert isinstance(look(root(status), when(is_file, refused)), Clear)


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_whose_entries_could_not_be_tried_is_not_clear(status: int) -> None:
    verdict = look(root(status), when(is_file, NoAnswer(NoAnswerReason.TIMED_OUT)))
    assert isinstance(verdict, Unknown)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_the_same_page_for_all_that_is_not_served_is_no_listing_of_this_folder(status: int) -> None:
    page = says(status, PAGE, content_type=HTML)
    verdict = look(lambda request: None if is_file(request) else page)
    assert not isinstance(verdict, Exposed), verdict


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_that_proposes_pages_which_answer_is_clear(status: int) -> None:
    pages = [f"forslag{n}.html" for n in range(1, 8)]
    proposed = apache("/", [(name, 3290) for name in pages])
    shown = says(200, b"<html><p>Read about our clinic here.</p></html>", content_type=HTML)
    assert isinstance(look(root(status, proposed), when(lambda request: request.path[1:] in pages, shown)), Clear)


MENU = (
    b"<html><head><title>403</title></head><body><h1>You may not see this page</h1><p>Please go back, or write to us "
    b"if you think that this is wrong.</p><ul><li><a href='/'>Home</a><li><a href='/contact'>Contact</a>"
    b"<li><a href='/imprint'>Imprint</a></ul></body></html>"
)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_error_page_with_a_menu_that_leads_to_public_pages_is_clear(status: int) -> None:
    public = says(200, b"<html><p>Write to us.</p></html>", content_type=HTML)
    menu = when(lambda request: request.path in ("/contact", "/imprint"), public)
    assert isinstance(look(root(status, MENU), menu), Clear)


def test_a_refusal_without_a_link_costs_no_further_request() -> None:
    world = World((root(403, b"<html><h1>Forbidden</h1></html>"),))
    play(HTTP_LISTING, target(), world)
    assert len(world.asked) == len(set(world.asked)) <= 2, world.asked


def with_bytes(status: int, content: bytes = SOUND) -> Rule:
    """Refuses every file by its status, and sends it all the same."""
    leads = {"location": "/login"} if status == 302 else {}
    return when(is_file, says(status, content, content_type="audio/x-wav", **leads))


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500])
def test_a_file_in_the_body_of_its_refusal_is_readable(status: int) -> None:
    opened = look(with_bytes(status))
    assert isinstance(opened, Exposed)
    assert opened.why is OpenReason.LISTED_AND_READABLE
    (half,), _ = play(HTTP_LISTING, target(known=known(f"/{NAMES[0]}")), World((with_bytes(status), root(403, b""))))
    assert isinstance(half, Exposed), half


@pytest.mark.parametrize("status", [403, 404])
def test_a_page_or_the_same_bytes_for_all_in_a_refusal_are_no_file(status: int) -> None:
    half = target(known=known(f"/{NAMES[0]}"))
    for refusal in (with_bytes(status, b"<html><p>No.</p></html>"), with_bytes(status, b"No.")):
        assert isinstance(play(HTTP_LISTING, half, World((refusal, root(403, b""))))[0][0], Clear)
    for_all = when(lambda request: request.path != "/", says(status, SOUND, content_type="audio/x-wav"))
    assert isinstance(play(HTTP_LISTING, half, World((for_all, root(403, b""))))[0][0], Unknown)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://store.example/rec/a.wav?X-Amz-Expires=300&X-Amz-Signature=ab12", Unknown),
        ("https://blobs.example/rec/a.wav?sv=2024&se=2026&sig=ab%3D", Unknown),
        ("https://idp.example/oauth2/authorize?client_id=1&token=x", Clear),
        ("https://www.example/", Clear),
    ],
)
def test_a_file_that_redirects_to_a_signed_address_is_not_closed(location: str, told: type[Verdict]) -> None:
    leads = when(is_file, says(302, b"", location=location))
    (verdict,), _ = play(HTTP_LISTING, target(known=known(f"/{NAMES[0]}")), World((leads, root(403, b""))))
    assert isinstance(verdict, told), verdict
