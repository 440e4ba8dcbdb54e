"""The probe http-media as scripted dialogues: told by a file's first bytes, and by nothing less."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from probes.api import Certainty, Clear, Exposed, Unknown, Verdict
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why
from probes.requests.http import Answer, NoAnswer, Request, Response
from probes.testing import play, says
from probes.web.media import HTTP_MEDIA
from tests.probes.web.builders import HTML, MISSING, Rule, World, is_canary, silent, sound, target, when
from tests.servers.pages import NAMES, SOUND

FILE = f"/{NAMES[0]}"


def look(*rules: Rule, file: str = FILE, **changed: object) -> tuple[Verdict, list[Request]]:
    """The one verdict of a file, and what was asked."""
    (verdict,), asked = play(HTTP_MEDIA, target(files=(file,), **changed), World(rules))
    for request in asked:
        assert request.method == "GET"
        assert request.take <= 1024
    return verdict, asked


def at(*methods: str) -> Callable[[Request], bool]:
    return lambda request: request.path == FILE and request.method in methods


def ranged(answer: Answer, *, again: Answer | None = None) -> Rule:
    """An answer to the Range; another at the second look."""

    def rule(request: Request) -> Answer | None:
        if request.path != FILE or request.method != "GET":
            return None
        return again if again is not None and request.fresh else answer

    return rule


def part(body: bytes = SOUND[:512], content_range: str = "bytes 0-511/3290", type_: str = "audio/x-wav") -> Response:
    return says(206, body, content_type=type_, content_range=content_range)


def test_first_bytes_by_a_right_206_twice_are_a_proof() -> None:
    verdict, asked = look()
    assert isinstance(verdict, Exposed)
    assert (verdict.certainty, verdict.kind, verdict.size) == (Certainty.PROVEN, "file", len(SOUND))
    assert verdict.media.startswith("audio")
    gets = [request for request in asked if request.method == "GET" and not is_canary(request)]
    assert [request.fresh for request in gets] == [False, True]


LOGIN = b"<form method=post><input name=u><input type=password name=p></form>"
JUDGED: dict[str, tuple[Rule, type[Verdict], Why]] = {
    "200 to a Range": (ranged(says(200, SOUND[:512], content_type="audio/x-wav")), Exposed, OpenReason.FILE_READABLE),
    "wrong range": (ranged(part(content_range="bytes 512-1023/3290")), Unknown, UndecidedReason.TYPE_UNPROVEN),
    "no Content-Range": (ranged(says(206, SOUND[:512], content_type="audio/x-wav")), Exposed, OpenReason.FILE_READABLE),
    "another unit": (ranged(part(content_range="items 0-5/9")), Unknown, UndecidedReason.TYPE_UNPROVEN),
    "a page in a 206": (
        ranged(part(b"<!doctype html><title>Logga in</title>" * 9)), Unknown, UndecidedReason.TYPE_UNPROVEN,
    ),
    "an empty 206": (ranged(part(b"")), Unknown, UndecidedReason.TYPE_UNPROVEN),
    "noise": (ranged(part(bytes(range(256)) * 2)), Unknown, UndecidedReason.TYPE_UNPROVEN),
    "silence at the Range": (silent(lambda _: True), Unknown, NoAnswerReason.TIMED_OUT),
    "another file at the second look": (
        ranged(part(), again=part(b"%PDF-1.7\n" * 50)), Unknown, UndecidedReason.UNSTABLE,
    ),
    "gone at the second look": (ranged(part(), again=MISSING), Unknown, UndecidedReason.UNSTABLE),
    "any name answers": (lambda r: sound(r) if is_canary(r) else None, Unknown, UndecidedReason.CATCH_ALL),
    "canary fails": (when(is_canary, says(503)), Unknown, UndecidedReason.CANARY_FAILED),
    "no ranges": (when(at("HEAD"), says(200, content_type="audio/x-wav")), Exposed, OpenReason.FILE_READABLE),
    "redirect": (
        when(at("HEAD", "GET"), says(302, location="https://other.test/a.wav")), Clear, ClosedReason.LEADS_ELSEWHERE,
    ),
    "a redirect to itself": (when(at("GET"), says(302, location=FILE)), Unknown, UndecidedReason.REDIRECTED),
    "429": (when(at("HEAD", "GET"), says(429)), Unknown, UndecidedReason.THROTTLED),
    "503": (when(at("HEAD", "GET"), says(503)), Unknown, UndecidedReason.SERVER_ERROR),
    "401": (when(at("HEAD", "GET"), says(401)), Clear, ClosedReason.LOGIN_DEMANDED),
    "403": (when(at("HEAD", "GET"), says(403)), Clear, ClosedReason.FORBIDDEN),
    "404": (when(at("HEAD", "GET"), MISSING), Clear, ClosedReason.NOT_FOUND),
    "HEAD 200, GET 404": (when(at("GET"), MISSING), Clear, ClosedReason.NOT_FOUND),
    "HEAD 404, GET 500": (
        lambda r: None if r.path != FILE else MISSING if r.method == "HEAD" else says(500),
        Unknown, UndecidedReason.SERVER_ERROR,
    ),
    "a login": (ranged(says(200, LOGIN, content_type=HTML)), Clear, ClosedReason.LOGIN_WALL),
    "an error as JSON": (
        ranged(says(200, b'{"error": "expired"}', content_type="application/json")), Unknown,
        UndecidedReason.TYPE_UNPROVEN,
    ),
    "a recording as text/html": (ranged(says(200, SOUND[:512], content_type=HTML)), Exposed, OpenReason.FILE_READABLE),
    "a soft 404 beside it": (
        when(is_canary, says(200, b"<h1>Hoppsan</h1>", content_type=HTML)), Exposed, OpenReason.FILE_READABLE,
    ),
    "416 to any Range": (
        lambda r: says(416) if dict(r.headers).get("Range") and not is_canary(r) else None, Exposed,
        OpenReason.FILE_READABLE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", JUDGED)
def test_each_answer_is_judged(name: str) -> None:
    rule, expected, why = JUDGED[name]
    verdict, _ = look(rule)
    assert isinstance(verdict, expected), verdict
    assert verdict.why is why


def test_a_part_that_was_sent_counts_though_a_plain_get_is_refused() -> None:
    def rule(request: Request) -> Answer | None:
        if request.path != FILE:
            return None
        return part(content_range="bytes 512-1023/3290") if dict(request.headers).get("Range") else says(403)

    verdict, asked = look(rule)
    assert isinstance(verdict, Unknown), verdict
    assert verdict.why is UndecidedReason.TYPE_UNPROVEN
    assert len(asked) >= 2


def test_head_closed_and_get_open_is_an_exposure() -> None:
    verdict, _ = look(when(at("HEAD"), says(403)))
    assert isinstance(verdict, Exposed)


def test_not_found_means_nothing_where_a_canary_fails() -> None:
    verdict, _ = look(when(at("HEAD", "GET"), MISSING), when(is_canary, says(503)))
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.CANARY_FAILED


@pytest.mark.parametrize("answer", [NoAnswer(NoAnswerReason.RESET), says(429), says(503)])
def test_a_second_look_that_does_not_come_about_leaves_it_likely(answer: Answer) -> None:
    verdict, _ = look(ranged(part(), again=answer))
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY


def test_no_answer_is_unknown_and_a_certificate_demanded_is_clear() -> None:
    for why in (
        NoAnswerReason.TIMED_OUT,
        NoAnswerReason.REFUSED,
        NoAnswerReason.TLS_FAILED,
        NoAnswerReason.OUT_OF_SCOPE,
        NoAnswerReason.BUDGET_SPENT,
    ):
        verdict, _ = look(silent(lambda _: True, why))
        assert isinstance(verdict, Unknown)
        assert verdict.why is why
    verdict, _ = look(silent(lambda _: True, NoAnswerReason.CLIENT_CERTIFICATE))
    assert isinstance(verdict, Clear)


SOFT = b"<title>404</title><h1>Sidan hittades inte</h1>"
APPLICATION = b"<title>Portal</title><div id=app></div><script src=/a.js></script>"


@pytest.mark.parametrize(
    ("page", "why"),
    [(SOFT, ClosedReason.NOT_FOUND), (APPLICATION, UndecidedReason.TYPE_UNPROVEN)],
)
def test_only_a_page_that_says_not_found_shows_that_a_file_is_not_there(page: bytes, why: Why) -> None:
    # Every other page for all paths may be that of maintenance.
    verdict, _ = look(lambda _: says(200, page, content_type=HTML))
    assert verdict.why is why


def test_a_page_of_not_found_for_the_file_alone_shows_nothing() -> None:
    verdict, _ = look(lambda request: says(200, SOFT, content_type=HTML) if request.path == FILE else None)
    assert isinstance(verdict, Unknown)


@pytest.mark.parametrize(
    ("file", "body", "kind"),
    [
        ("/calls.json", b'[{"caller": "0701740610"}]', Exposed),
        ("/calls.json", b'[{"caller": "0701740610"},' * 100, Exposed),
        ("/calls.json", b'{"error": "sign in"}', Unknown),
        ("/calls.xml", b"<?xml version='1.0'?><calls><call/></calls>", Exposed),
        ("/calls.xml", b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", Unknown),
        ("/calls.json", b"<?xml version='1.0'?><calls/>", Unknown),
        ("/calls.wav", b'[{"caller": "0701740610"}]', Unknown),
        ("/web.config", b"<?xml version='1.0'?><configuration/>", Exposed),
        ("/patients.txt", b"19121212-1212 Tolvan Tolvansson\n", Exposed),
        ("/patients.txt", b"Access denied.\n", Unknown),
        ("/patients.txt", "Du saknar behörighet".encode(), Unknown),
        ("/patients.txt", b"Please provide an API key\n", Unknown),
        ("/patients.txt", b"Access denied for 19121212-1212\n" * 20, Exposed),
        ("/patients.txt", b"<!doctype html><title>Sign in</title>", Unknown),
        ("/app/settings.yml", b"db:\n  host: db1\n  password: x\n", Exposed),
        ("/config.php.bak", b"<?php\n$db = 'calls';\n", Exposed),
        ("/config.php~", b"<?php\n$db = 'calls';\n", Exposed),
        ("/config.php", b"ok", Unknown),
        ("/terraform.tfstate", b'{"version": 4, "resources": []}', Exposed),
        ("/terraform.tfstate", b'{"error": "sign in"}', Unknown),
        ("/.git/HEAD", b"ref: refs/heads/main\n", Exposed),
        ("/.git/HEAD", b"0123456789" * 4, Exposed),
        ("/.git/config", b"[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n", Exposed),
        ("/.git/index", b"DIRC\0\0\0\2\0\0\0\x09" + bytes(90), Exposed),
        ("/.git/logs/HEAD", b"0" * 40 + b" " + b"5f" * 20 + b" A <a@x.test> 1700000000 +0100\tcommit\n", Exposed),
        ("/.git/packed-refs", b"# pack-refs with: peeled fully-peeled sorted\n", Exposed),
        ("/.git/HEAD", b"ref: none of ours", Unknown),
    ],
)
def test_declared_data_is_what_its_name_says(file: str, body: bytes, kind: type) -> None:
    verdict, _ = look(lambda request: says(200, body) if request.path == file else None, file=file)
    assert isinstance(verdict, kind), verdict


def test_a_file_that_leads_to_a_login_is_refused_though_the_form_stands_behind_its_first_bytes() -> None:
    page = b"<!doctype html><title>Notes</title><style>" + b"p{margin:0}" * 200 + b"</style>" + LOGIN

    def rule(where: str) -> Rule:
        def answer(request: Request) -> Answer | None:
            if request.path == FILE:
                return says(302, location=where)
            return says(200, page[: request.take], content_type=HTML) if request.path == where else None

        return answer

    assert isinstance(look(rule("/login?next=%2Fx"))[0], Clear)
    assert isinstance(look(rule("/welcome"))[0], Unknown)


def test_a_file_whose_path_leads_to_the_root_is_not_given_away() -> None:
    verdict, _ = look(lambda request: says(302, location="/") if request.path != "/" else None)
    assert (type(verdict), verdict.why) == (Clear, ClosedReason.LOOKED_AT_THERE)


def test_who_is_led_to_the_root_with_a_cookie_may_be_given_the_file_then() -> None:
    verdict, _ = look(lambda request: says(302, location="/", set_cookie="id=1") if request.path != "/" else None)
    assert isinstance(verdict, Unknown)


def test_a_page_of_the_same_name_below_a_login_is_no_login() -> None:
    page = b"<html><title>Samtal</title><p>" + b"Inspelningen ligger i arkivet. " * 40

    def rule(request: Request) -> Answer | None:
        if request.path == f"/auth{FILE}":
            return says(200, page[: request.take], content_type=HTML)
        return says(302, location=f"/auth{FILE}") if request.path == FILE else None

    assert isinstance(look(rule)[0], Unknown)
