"""Answers that are no word of any store, keys on which listers break, and worlds that answer anything."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from probes.reasons import NoAnswerReason
from probes.requests.http import Answer, Ending, Headers, NoAnswer, Request, Response
from probes.testing import says

STRAY: dict[str, Answer] = {
    "time-out": NoAnswer(NoAnswerReason.TIMED_OUT),
    "no such name, of a name with no address": NoAnswer(NoAnswerReason.NO_SUCH_NAME, "the name has no address"),
    "TLS failure": NoAnswer(NoAnswerReason.TLS_FAILED),
    "429": says(429, b"slow down"),
    "500": says(500, b"oops"),
    "503 of a balancer": says(503, b"<h1>Service Unavailable</h1>", content_type="text/html"),
    "a login page": says(200, b"<html><form><input type=password></form></html>", content_type="text/html"),
    "an application's shell": says(200, b'<html><div id="root"></div></html>', content_type="text/html"),
    "an empty array of somebody's interface": says(200, b"[]", content_type="application/json"),
    "an empty object": says(200, b"{}", content_type="application/json"),
    "a filter's page": says(
        403, b"<html><title>Attention Required! | Cloudflare</title>cloudflare</html>", content_type="text/html"
    ),
    "a bare 401": says(401, b""),
    "a bare 403": says(403, b""),
    "a bare 404": says(404, b"<html>nginx</html>", content_type="text/html"),
    "a redirect": says(302, b"", location="https://login.example.com/"),
    "XML of something else": says(200, b"<rss><channel/></rss>", content_type="application/xml"),
}
"""None of these may be taken for open or for closed."""

HOSTILE: dict[str, str] = {
    "a/call 1.wav": "a/call%201.wav",
    "a/call+2.wav": "a/call%2B2.wav",
    "x\x01y.wav": "x%01y.wav",
    "x\ny.wav": "x%0Ay.wav",
    "z%41.wav": "z%2541.wav",
    "b//c.wav": "b//c.wav",
    "d/../e.wav": "d/../e.wav",
    "/lead.wav": "/lead.wav",
    "trail.wav/": "trail.wav/",
    "ä/ö.mp3": "%C3%A4/%C3%B6.mp3",
    "emoji😀.mp4": "emoji%F0%9F%98%80.mp4",
    "\uffee.wav": "%EF%BF%AE.wav",
    "😀.wav": "%F0%9F%98%80.wav",
    "lone\ud800.wav": "lone%ED%A0%80.wav",
    "q?a=b#c&d.wav": "q%3Fa%3Db%23c%26d.wav",
}
"""Each key, and what must stand in the path that asks for it."""


def cut_off(response: Response) -> Response:
    """The same, its body not whole."""
    return Response(response.status, response.headers, response.body, Ending.CUT)


def anything(*answers: Answer) -> st.SearchStrategy[Callable[[Request], Answer]]:
    """Worlds that answer each question with one of these, or with a stray answer, or with any bytes at all."""
    raw = st.builds(
        Response,
        st.sampled_from([200, 206, 301, 400, 401, 403, 404, 409, 416, 500]),
        st.sampled_from([one.headers for one in answers if isinstance(one, Response)] + [Headers()]),
        st.binary(max_size=200),
        st.sampled_from(list(Ending)),
    )
    one = st.one_of(st.sampled_from([*answers, *STRAY.values()]), raw)

    def world(chosen: list[Answer]) -> Callable[[Request], Answer]:
        told = iter(chosen)
        return lambda _: next(told, chosen[-1])

    return st.lists(one, min_size=1, max_size=14).map(world)
