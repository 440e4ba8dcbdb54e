"""Redirects within the endpoint are followed to their end; what leads out is said, and nobody there is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from probes.api import Clear, Exposed, Known, Unknown, Verdict
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, sound, target
from tests.probes.web.closed_sites import PROSE, html
from tests.servers.pages import NAMES, SOUND, apache

LISTING = apache("/rec/", [(name, len(SOUND)) for name in NAMES])
LOGIN = b"<form method=post><input name=u><input type=password name=p></form>"
FILES = {f"/rec/{name}" for name in NAMES}


def look(
    hops: dict[str, str], *, paths: tuple[str, ...] = ("/",), login: bool = False, files: dict[str, str] | None = None
) -> tuple[dict[str, Verdict], list[str]]:
    """The verdicts by path, and what was asked; `hops` redirect, /rec/ lists or is a login, `files` redirect too."""
    moved = files or {}

    def answer(request: Request) -> Answer:
        if request.method == "PROPFIND":
            return says(405)
        if request.path in hops:
            return says(302, location=hops[request.path])
        if request.path == "/rec/":
            return says(200, LOGIN if login else LISTING, content_type=HTML)
        if request.path in moved:
            return says(302, location=moved[request.path])
        return sound(request) if request.path in FILES or request.path in moved.values() else MISSING

    at = target(port=80, paths=paths, declared=paths)
    verdicts, asked = play(HTTP_LISTING, at, answer)
    assert len({verdict.place for verdict in verdicts}) == len(verdicts)
    return {verdict.place.path: verdict for verdict in verdicts}, [request.path for request in asked]


@pytest.mark.parametrize(
    "hops",
    [
        {"/": "/rec/"},
        {"/": "rec/"},
        {"/": "http://nas.test/rec/"},
        {"/": "/a", "/a": "/b?x=1", "/b?x=1": "/rec/"},
        {"/": "\\rec\\"},
        {"/": "http:\\\\nas.test\\rec/#list"},
        {"/": "/p\udce5/", "/p%E5/": "/rec/"},
        {"/": "/på/", "/p%C3%A5/": "/rec/"},
    ],
)
def test_a_listing_at_the_end_is_open_where_it_is(hops: dict[str, str]) -> None:
    verdicts, _ = look(hops)
    assert isinstance(verdicts["/rec/"], Exposed)
    assert verdicts["/rec/"].why is OpenReason.LISTED_AND_READABLE
    assert isinstance(verdicts["/"], Clear)


def test_however_many_paths_lead_there_it_is_one_place_looked_at_once() -> None:
    verdicts, asked = look({"/": "/rec/", "/a/": "/rec/", "/b/": "/rec/"}, paths=("/", "/a/", "/b/"))
    assert [path for path, verdict in verdicts.items() if isinstance(verdict, Exposed)] == ["/rec/"]
    assert asked.count("/rec/") == 2, "the look, and the second look"
    verdicts, _ = look({"/": "/rec/"}, paths=("/", "/rec/"))
    assert {path: type(verdict) for path, verdict in verdicts.items()} == {"/": Clear, "/rec/": Exposed}


def test_a_login_at_the_end_is_clear() -> None:
    verdicts, _ = look({"/": "/rec/"}, login=True)
    assert {path: verdict.why for path, verdict in verdicts.items()} == {"/": ClosedReason.LOGIN_WALL}


@pytest.mark.parametrize(
    "hops",
    [
        {"/": "/"},
        {"/": "/a", "/a": "/"},
        {"/": "/a", "/a": "/b", "/b": "/c", "/c": "/rec/"},
        {"/": ""},
        {"/": "http://[::1/"},
    ],
)
def test_a_circle_a_long_way_and_no_address_are_unknown(hops: dict[str, str]) -> None:
    verdicts, asked = look(hops)
    assert isinstance(verdicts["/"], Unknown)
    assert verdicts["/"].why is UndecidedReason.REDIRECTED
    assert "/rec/" not in asked


@pytest.mark.parametrize(
    ("to", "fact"),
    [
        ("https://other.test/x?id=1", "leads to https://other.test"),
        ("//other.test:8443/", "leads to http://other.test:8443"),
        ("http://nas.test:8080/", "leads to http://nas.test:8080"),
    ],
)
def test_what_leads_out_is_clear_here_and_said_without_its_path(to: str, fact: str) -> None:
    verdicts, _ = look({"/": to})
    assert isinstance(verdicts["/"], Clear)
    assert verdicts["/"].why is ClosedReason.LEADS_ELSEWHERE
    assert fact in map(str, verdicts["/"].facts)


def test_files_are_followed_too() -> None:
    moved = {path: path.replace("/rec/", "/store/") for path in FILES}
    verdicts, _ = look({}, paths=("/rec/",), files=moved)
    assert isinstance(verdicts["/rec/"], Exposed)
    assert verdicts["/rec/"].why is OpenReason.LISTED_AND_READABLE


@pytest.mark.parametrize(("declared", "served"), [("/rec/", "/rec"), ("/rec", "/rec/")])
@pytest.mark.parametrize("missing", [MISSING, says(302, location="/")])
def test_a_declared_folder_is_looked_at_in_its_other_form_where_the_first_is_missing(
    declared: str, served: str, missing: Answer
) -> None:
    def answer(request: Request) -> Answer:
        if request.path == served:
            return says(200, LISTING, content_type=HTML)
        if request.path == declared:
            return missing
        return sound(request) if request.path in FILES else MISSING

    at = target(port=80, paths=("/", declared), declared=("/", declared))
    verdicts, asked = play(HTTP_LISTING, at, answer)
    told = {verdict.place.path: verdict for verdict in verdicts}
    assert isinstance(told[served], Exposed)
    assert told[declared].why is ClosedReason.LOOKED_AT_THERE
    # One that nobody declared is asked for in one form alone.
    _, asked = play(HTTP_LISTING, target(port=80, paths=("/", declared)), answer)
    assert served not in [request.path for request in asked]


ORDINARY = says(200, html("Nordvik", PROSE).encode(), content_type=HTML)
UNTOLD = says(200, b'{"first":"2019/","next":{"a":1}}', content_type="application/json")


@pytest.mark.parametrize(
    ("one", "other", "right"),
    [
        (ORDINARY, says(200, LISTING, content_type=HTML), Exposed),
        (says(403), says(200, LISTING, content_type=HTML), Exposed),
        (says(302, location="/"), says(200, LISTING, content_type=HTML), Exposed),
        (MISSING, UNTOLD, Unknown),
        (ORDINARY, UNTOLD, Unknown),
        (UNTOLD, ORDINARY, Unknown),
        (ORDINARY, ORDINARY, Clear),
        (MISSING, says(500), Clear),
        (MISSING, MISSING, Clear),
    ],
)
@pytest.mark.parametrize("declared", ["/rec/", "/rec"])
def test_where_the_two_forms_of_a_folder_differ_the_worse_counts(
    declared: str, one: Answer, other: Answer, right: type
) -> None:
    second = declared[:-1] if declared.endswith("/") else declared + "/"

    def answer(request: Request) -> Answer:
        said = {declared: one, second: other}.get(request.path)
        return said or (sound(request) if request.path in FILES else MISSING)

    at = target(port=80, paths=("/", declared), declared=("/", declared))
    verdicts, asked = play(HTTP_LISTING, at, answer)
    told = {verdict.place.path: verdict for verdict in verdicts if verdict.place.path != "/"}
    assert right in {type(verdict) for verdict in told.values()}
    assert {type(verdict) for verdict in told.values()} <= {right, Clear}
    assert [request.path for request in asked if request.method == "GET"].count(second) <= 1 + 2 * (right is Exposed)


def test_a_page_that_every_path_without_a_slash_has_says_nothing_of_the_folder() -> None:
    def answer(request: Request) -> Answer:
        return MISSING if request.path.endswith("/") else ORDINARY

    at = target(port=80, paths=("/", "/rec/"), declared=("/", "/rec/"))
    verdicts, _ = play(HTTP_LISTING, at, answer)
    assert {type(verdict) for verdict in verdicts} == {Clear}


def test_the_other_form_costs_one_request_and_none_behind_a_redirect_to_another_endpoint() -> None:
    for missing, times in ((MISSING, 1), (says(301, location="https://nas.test/rec/"), 0)):

        def answer(request: Request, missing: Answer = missing) -> Answer:
            return missing if request.path == "/rec/" else MISSING

        at = target(port=80, paths=("/", "/rec/"), declared=("/", "/rec/"))
        verdicts, asked = play(HTTP_LISTING, at, answer)
        assert [request.path for request in asked].count("/rec") == times
        assert all(isinstance(verdict, Clear) for verdict in verdicts)


@pytest.mark.parametrize(
    "to", ["http://10.0.0.7:8080/rec/", "http://nas.test:8081/rec/", "http://backend/rec/", "https://nas.local/rec/"]
)
@pytest.mark.parametrize("declared", ["/", "/rec"])
def test_a_redirect_by_an_inner_name_or_port_is_asked_for_here_and_nowhere_else(to: str, declared: str) -> None:
    def answer(request: Request) -> Answer:
        assert not request.host
        if request.path == declared:
            return says(301, location=to)
        if request.path == "/rec/":
            return says(200, LISTING, content_type=HTML)
        return sound(request) if request.path in FILES else MISSING

    at = target(port=80, paths=(declared,), declared=(declared,))
    verdicts, _ = play(HTTP_LISTING, at, answer)
    assert {verdict.place.path for verdict in verdicts if isinstance(verdict, Exposed)} == {"/rec/"}


@pytest.mark.parametrize(
    "to",
    [
        "https://validate.perfdrive.test/?ssa=1",
        "https://shield.test/captcha?to=/rec/",
        "https://region.queue-it.net/?c=region",
        "//check.test/are-you-human",
        "https://maintenance.region.test/",
        "https://www.region.test/maintenance.html",
        "http://filter.test/blockpage/",
    ],
)
def test_strangers_who_are_led_to_a_challenge_or_a_queue_are_not_refused_for_good(to: str) -> None:
    verdicts, asked = look({"/": to})
    assert isinstance(verdicts["/"], Unknown)
    assert verdicts["/"].why is UndecidedReason.FILTERED
    assert all("test" not in path for path in asked)


@pytest.mark.parametrize(
    "to",
    [
        "https://login.test/auth?code_challenge=aB7&login_challenge=1",
        "https://www.region.test/services/maintenance-of-lifts/",
        "https://www.region.test/unblockedgames/",
    ],
)
def test_what_is_called_alike_is_no_challenge(to: str) -> None:
    verdicts, _ = look({"/": to})
    assert verdicts["/"].why is ClosedReason.LEADS_ELSEWHERE


@pytest.mark.parametrize("to", ["http://10.0.0.7:8080/app/", "http://nas.test:8081/app/"])
def test_where_nothing_is_here_such_a_redirect_leads_elsewhere(to: str) -> None:
    verdicts, asked = look({"/": to})
    assert verdicts["/"].why is ClosedReason.LEADS_ELSEWHERE
    assert asked.count("/app/") == 1


@pytest.mark.parametrize(
    ("files", "location", "kind"),
    [
        (sound, "/login", Exposed),
        (sound, "https://idp.nordvik.example/", Exposed),
        (lambda _: says(302, location="/login"), "/login", Unknown),
    ],
)
def test_a_listing_in_the_body_of_a_redirect_is_tried(
    files: Callable[[Request], Answer], location: str, kind: type
) -> None:
    # A program that goes on after it has sent a stranger to its login: browsers hide it, and curl shows it.
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(302, LISTING, location=location, content_type=HTML)
        if request.path == "/login":
            return says(200, b"<form><input name=u><input type=password name=p></form>", content_type=HTML)
        return files(request) if request.path.lstrip("/") in NAMES else MISSING

    (verdict,), _ = play(HTTP_LISTING, target(), answer)
    assert isinstance(verdict, kind), verdict


@pytest.mark.parametrize(
    "form", ["/rec/;jsessionid={0}", "/rec;jsessionid={0}", "/({0})/rec/", "/rec/;jsessionid={0}.n1"]
)
def test_a_session_in_the_path_is_the_same_place_at_every_look(form: str) -> None:
    page = apache("/rec/", [(name, len(SOUND)) for name in NAMES])

    def world(session: str) -> Callable[[Request], Answer]:
        end = form.format(f"S({session})" if "(" in form else session)
        above = end[: end.rfind("/") + 1]
        names = {f"{above}{name}" for name in NAMES}

        def answer(request: Request) -> Answer:
            if request.path == "/rec/":
                return says(302, location=end)
            if request.path == end:
                return says(200, page, content_type=HTML)
            return sound(request) if request.path in names else MISSING

        return answer

    for session in ("a1b2c3", "d4e5f6"):
        verdicts, _ = play(HTTP_LISTING, target(paths=("/rec/",), declared=("/rec/",)), world(session))
        assert [(type(one), one.place.path) for one in verdicts] == [(Exposed, "/rec/")], verdicts


def test_what_only_looks_like_a_session_is_a_place_of_its_own() -> None:
    page = apache("/rec/;kept=1/", [(name, len(SOUND)) for name in NAMES])

    def world(request: Request) -> Answer:
        if request.path == "/rec/":
            return says(302, location="/rec/;kept=1/")
        if request.path == "/rec/;kept=1/":
            return says(200, page, content_type=HTML)
        return sound(request) if request.path in {f"/rec/;kept=1/{name}" for name in NAMES} else MISSING

    verdicts, _ = play(HTTP_LISTING, target(paths=("/rec/",), declared=("/rec/",)), world)
    assert [one.place.path for one in verdicts if isinstance(one, Exposed)] == ["/rec/;kept=1/"]


TOKENS = {"path": "/s{:06d}/rec/", "query": "/rec/?sid={:08x}", "anew": "/a{:09d}/in/rec/"}


@pytest.mark.parametrize("form", TOKENS)
def test_a_token_that_is_new_at_every_look_is_no_new_place(form: str) -> None:
    visits: list[str] = []

    def answer(request: Request) -> Answer:
        if request.method == "PROPFIND":
            return says(405)
        if request.path == "/rec/":
            visits.append(TOKENS[form].format(len(visits)))
            return says(302, location=visits[-1])
        if request.path in visits:
            return says(200, apache("/rec/", [(name, len(SOUND)) for name in NAMES]), content_type=HTML)
        return sound(request) if request.path.rpartition("/")[2] in NAMES else MISSING

    def once(*known_: Known) -> list[str]:
        at = target(port=80, paths=("/rec/",), declared=("/rec/",), known=known_)
        verdicts, _ = play(HTTP_LISTING, at, answer)
        return [one.place.path for one in verdicts if isinstance(one, Exposed)]

    assert once() == ["/rec/"]
    before = len(visits)
    assert once(Known("/rec/", (), open=True)) == ["/rec/"]
    assert len(visits) == before + 1, "what is on file is not asked for again"


SPA = b"<html><title>Network</title><div id=app></div><script src=/main.1f2e3d4c.js></script></html>"


def test_a_login_that_a_script_draws_for_any_query_is_a_login() -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(302, location="/account/login?redirect=%2Fmanage")
        if request.path.startswith("/account/login"):
            return says(200, SPA, content_type=HTML)
        return MISSING

    (verdict,), _ = play(HTTP_LISTING, target(port=80), answer)
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.LOGIN_WALL


@pytest.mark.parametrize("at", ["/logga-in", "/idp/saml/login", "/auth/choose"])
@pytest.mark.parametrize("rows", [False, True])
def test_a_login_that_offers_ways_to_sign_in_for_any_query_is_a_login(at: str, rows: bool) -> None:
    ways = "<h1>Logga in</h1><a href='/start?m=bankid'>BankID</a><a href='/start?m=card'>Kort</a>"
    held = "<table><tr><th>Personnummer<th>Namn<tr><td>19121212-1212<td>Anna Ek<tr><td>19130101-1236<td>Bo Alm</table>"

    def answer(request: Request) -> Answer:
        if request.path.startswith(at):
            return says(200, (held if rows else ways).encode(), content_type=HTML)
        return says(302, location=f"{at}?next={request.path}")

    (verdict, *_), _ = play(HTTP_LISTING, target(), answer)
    assert isinstance(verdict, Unknown if rows else Clear), verdict
