"""Servers that answer 406 to whoever accepts everything: asked once more as a browser asks."""

from __future__ import annotations

from probes.api import Exposed, Unknown
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.probes.web.builders import HTML, World, target
from tests.servers.pages import NAMES


def _wants_a_browser(request: Request) -> Answer | None:
    accepts = dict(request.headers).get("Accept", "*/*")
    return None if "text/html" in accepts else says(406, b"<h1>Not Acceptable</h1>", content_type=HTML)


def test_a_listing_for_browsers_alone_is_found() -> None:
    (verdict,), asked = play(HTTP_LISTING, target(), World(rules=(_wants_a_browser,)))
    assert isinstance(verdict, Exposed), verdict
    assert len([one for one in asked if "Accept" in dict(one.headers)]) * 2 == len(asked)


def test_a_file_for_browsers_alone_is_found_with_its_range() -> None:
    path = f"/{NAMES[0]}"
    (verdict,), asked = play(HTTP_MEDIA, target(files=(path,)), World(rules=(_wants_a_browser,)))
    assert isinstance(verdict, Exposed), verdict
    assert dict(asked[1].headers)["Range"] == dict(asked[0].headers)["Range"]


def test_who_accepts_nothing_is_asked_twice_and_not_more() -> None:
    verdicts, asked = play(HTTP_LISTING, target(), lambda _: says(406, content_type=HTML))
    assert [type(verdict) for verdict in verdicts] == [Unknown]
    assert len([one for one in asked if one.path == "/" and one.method == "GET"]) == 2
