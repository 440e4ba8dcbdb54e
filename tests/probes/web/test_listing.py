"""The probe http-listing as scripted dialogues: the proof needs all of its parts, and each missing one is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from probes.api import Certainty, Clear, Exposed, Unknown, Verdict
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import (
    HTML,
    MISSING,
    PAGE,
    Rule,
    World,
    cut,
    is_canary,
    known,
    silent,
    sound,
    target,
    when,
)
from tests.servers.pages import NAMES, SOUND, apache

FILE = f"/{NAMES[0]}"


def look(*rules: Rule, page: bytes = PAGE, **changed: object) -> tuple[Verdict, World]:
    """The one verdict of the root, and what was asked for it."""
    world = World(rules, page)
    verdicts, asked = play(HTTP_LISTING, target(**changed), world)
    assert len(verdicts) == 1
    assert {request.method for request in asked} <= {"GET", "HEAD", "PROPFIND"}
    assert all(not request.body or request.method == "PROPFIND" for request in asked)
    return verdicts[0], world


def is_root(request: Request) -> bool:
    return request.method == "GET" and request.path == "/"


def again(request: Request) -> bool:
    """The second look: a new connection."""
    return is_root(request) and request.fresh


def folder_canary(request: Request) -> bool:
    return is_canary(request) and request.path.endswith("/")


def first_of_two(letter: str) -> Rule:
    return silent(lambda request: request.path == f"/{target().nonce}{letter}/", NoAnswerReason.RESET)


def is_file(request: Request) -> bool:
    return request.path[1:] in NAMES


def file_canary(request: Request) -> bool:
    return is_canary(request) and request.path.endswith(".wav")


def test_all_parts_of_the_proof_make_an_exposure() -> None:
    verdict, world = look()
    assert isinstance(verdict, Exposed)
    assert (verdict.certainty, verdict.why, verdict.kind) == (
        Certainty.PROVEN,
        OpenReason.LISTED_AND_READABLE,
        "listing",
    )
    assert verdict.listing is not None
    assert len(verdict.listing.files) == len(NAMES)
    assert Fact(FactKind.HTTP_ON, number=443) in verdict.facts
    assert world.times("GET /") == 2
    assert sum(one.startswith("GET /in-") for one in world.asked) == 1, "one file is tried"
    assert len(world.asked) <= 8
    assert not [one for one in verdict.proof if any(name in one.detail for name in NAMES)]
    assert all(witness[1:] in NAMES for witness in verdict.witnesses)


PROSE = says(200, b"<h1>Index of /</h1><p>See the index of /.</p>", content_type=HTML)
OTHERS = says(200, apache("/", [("other.wav", 99)]), content_type=HTML)
DROPPED: dict[str, tuple[Rule, Why]] = {
    "structure": (when(is_root, PROSE), ClosedReason.NO_LISTING),
    "canary before answers alike": (when(folder_canary, says(200, PAGE, content_type=HTML)), UndecidedReason.CATCH_ALL),
    "canary before fails": (when(folder_canary, says(503)), UndecidedReason.CANARY_FAILED),
    "canary before is throttled": (when(folder_canary, says(429)), UndecidedReason.CANARY_FAILED),
    "canary beside the listing is silent": (first_of_two(""), UndecidedReason.CANARY_FAILED),
    "canary after is silent": (first_of_two("b"), UndecidedReason.CANARY_FAILED),
    "canary after lists alike": (
        when(lambda r: r.path == f"/{target().nonce}b/", says(200, PAGE, content_type=HTML)), UndecidedReason.CATCH_ALL,
    ),
    "entry is silent": (silent(is_file), UndecidedReason.ENTRY_UNPROVEN),
    "entry fails": (when(is_file, says(500)), UndecidedReason.ENTRY_UNPROVEN),
    "any file answers": (when(file_canary, says(200, content_type="audio/x-wav")), UndecidedReason.CATCH_ALL),
    "file canary fails": (when(file_canary, says(503)), UndecidedReason.CANARY_FAILED),
    "second look is another page": (
        when(again, says(200, b"<p>Welcome</p>", content_type=HTML)), UndecidedReason.UNSTABLE,
    ),
    "second look is refused": (when(again, says(403)), UndecidedReason.UNSTABLE),
    "second look lists other files": (when(again, OTHERS), UndecidedReason.UNSTABLE),
    "a bomb": (when(is_root, cut(says(200, PAGE, content_type=HTML), Ending.BOMB)), UndecidedReason.BODY_TOO_LARGE),
}  # fmt: skip


@pytest.mark.parametrize("name", DROPPED)
def test_without_one_part_there_is_no_exposure(name: str) -> None:
    rule, why = DROPPED[name]
    verdict, _ = look(rule)
    assert not isinstance(verdict, Exposed)
    assert verdict.why is why


_BANNED = (
    b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your "
    b"administrator.<br><br>Your support ID is: 1234567890123456789<br><br></body></html>"
)


@pytest.mark.parametrize(
    "answer", [NoAnswer(NoAnswerReason.RESET), says(429), says(503), says(403, _BANNED, content_type=HTML)]
)
def test_a_second_look_that_does_not_come_about_leaves_it_likely(answer: object) -> None:
    verdict, _ = look(when(again, answer))  # type: ignore[arg-type]
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.LIKELY


def test_a_page_that_we_cut_is_still_a_listing() -> None:
    verdict, _ = look(when(is_root, cut(says(200, PAGE, content_type=HTML), Ending.CUT)))
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert verdict.listing.partial


def test_head_refused_is_asked_by_one_byte() -> None:
    verdict, world = look(when(lambda r: r.method == "HEAD", says(405)))
    assert isinstance(verdict, Exposed)
    assert any(one.startswith("GET /in-") for one in world.asked)


CLOSED: dict[str, tuple[Response, Why]] = {
    "401": (says(401, content_type=HTML), ClosedReason.LOGIN_DEMANDED),
    "403": (says(403, content_type=HTML), ClosedReason.FORBIDDEN),
    "404": (MISSING, ClosedReason.NOT_FOUND),
    "410": (says(410, content_type=HTML), ClosedReason.NOT_FOUND),
    "a page": (
        says(200, b"<html><title>Hej</title><p>Valkommen hit till oss.</p>", content_type=HTML),
        ClosedReason.NO_LISTING,
    ),
    "a login": (
        says(200, b"<form method=post><input name=u><input type=password name=p></form>", content_type=HTML),
        ClosedReason.LOGIN_WALL,
    ),
    "elsewhere": (says(302, location="https://other.test/"), ClosedReason.LEADS_ELSEWHERE),
    "GET refused": (says(405), ClosedReason.VERB_REFUSED),
    "a port that is not declared": (says(301, location="https://nas.test:8443/"), ClosedReason.LEADS_ELSEWHERE),
    "its TLS twin at another path": (says(301, location="https://nas.test/start/"), ClosedReason.LOOKED_AT_THERE),
    "its TLS twin": (says(301, location="https://nas.test/"), ClosedReason.LOOKED_AT_THERE),
}


@pytest.mark.parametrize("name", CLOSED)
def test_positive_evidence_is_clear(name: str) -> None:
    answer, why = CLOSED[name]
    verdict, _ = look(when(is_root, answer), tls=False, port=80)
    assert isinstance(verdict, Clear), verdict
    assert verdict.why is why


@pytest.mark.parametrize("to", ["https://nas.test/", "https://nas.test:443/"])
def test_a_redirect_of_tls_to_itself_decides_nothing(to: str) -> None:
    """A loop, or a page that wants a cookie first: nothing was refused, and nothing was shown."""
    verdict, _ = look(when(is_root, says(302, location=to)), tls=True, port=443)
    assert isinstance(verdict, Unknown), verdict
    assert verdict.why is UndecidedReason.REDIRECTED


UNDECIDED: dict[str, tuple[Response, Why]] = {
    "500": (says(500), UndecidedReason.SERVER_ERROR),
    "503": (says(503), UndecidedReason.SERVER_ERROR),
    "429": (says(429), UndecidedReason.THROTTLED),
    "418": (says(418), UndecidedReason.STATUS_UNEXPECTED),
    "204": (says(204), UndecidedReason.STATUS_UNEXPECTED),
    "no location": (says(302), UndecidedReason.REDIRECTED),
    "a broken location": (says(302, location="https://[::1/"), UndecidedReason.REDIRECTED),
    "no end": (cut(says(200, b"<p>Hej", content_type=HTML), Ending.CUT), UndecidedReason.BODY_TOO_LARGE),
    "packed": (cut(says(200, b"", content_type=HTML), Ending.UNREADABLE), UndecidedReason.BODY_UNREADABLE),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_everything_else_is_unknown(name: str) -> None:
    answer, why = UNDECIDED[name]
    verdict, _ = look(when(is_root, answer), port=80)
    assert isinstance(verdict, Unknown), verdict
    assert verdict.why is why


UNSPOKEN = {
    NoAnswerReason.CLIENT_CERTIFICATE: NoAnswerReason.CLIENT_CERTIFICATE,
    NoAnswerReason.TLS_ONLY: ClosedReason.NOT_SPOKEN,
    NoAnswerReason.CLEAR_ONLY: ClosedReason.NOT_SPOKEN,
}


@pytest.mark.parametrize("why", UNSPOKEN)
def test_an_endpoint_that_the_port_does_not_speak_is_clear_at_once(why: NoAnswerReason) -> None:
    verdict, world = look(silent(lambda _: True, why))
    assert isinstance(verdict, Clear)
    assert verdict.why is UNSPOKEN[why]
    assert len(world.asked) == 1


@pytest.mark.parametrize("why", [one for one in NoAnswerReason if one not in UNSPOKEN])
def test_no_answer_is_unknown_whatever_the_reason(why: NoAnswerReason) -> None:
    verdict, _ = look(silent(lambda _: True, why))
    assert isinstance(verdict, Unknown)
    # A page that says the same in words is told by that reason too.
    assert verdict.why is (UndecidedReason.NEWER_HTTP_ONLY if why is NoAnswerReason.HTTP_2 else why)


@pytest.mark.parametrize("status", [500, 501])
def test_a_program_that_fails_at_all_that_is_not_there_is_found_open(status: int) -> None:
    verdict, _ = look(when(is_canary, says(status, b"<h1>Internal error</h1>", content_type=HTML)))
    assert isinstance(verdict, Exposed), verdict
    refused, _ = look(when(is_root, MISSING), when(is_canary, says(status)))
    assert isinstance(refused, Unknown)


@pytest.mark.parametrize("slash", [True, False])
def test_a_folder_that_is_linked_without_its_slash_is_tried_as_one(slash: bool) -> None:
    rows = "".join(f'<tr><td><a href="{name}">{name}</a><td>2026-01-02 10:00<td>-</tr>' for name in ("anna", "bo"))
    page = f"<h1>Index of /</h1><table><tr><th>Name<th>Modified<th>Size</tr>{rows}</table>".encode()
    below = apache("/anna/", [(name, len(SOUND)) for name in NAMES])

    def folder(request: Request) -> Answer | None:
        if request.path in ("/anna", "/bo"):
            return says(301, location=f"{request.path}/") if slash else says(200, below, content_type=HTML)
        return says(200, below, content_type=HTML) if request.path == "/anna/" else None

    (verdict,), _ = play(HTTP_LISTING, target(), World((folder,), page, frozenset(f"/anna/{name}" for name in NAMES)))
    assert isinstance(verdict, Exposed), verdict


def test_not_found_means_nothing_where_a_canary_is_not_answered_in_order() -> None:
    for answer in (says(503), says(429), NoAnswer(NoAnswerReason.TIMED_OUT)):
        verdict, _ = look(when(is_root, MISSING), when(is_canary, answer))
        assert isinstance(verdict, Unknown)
        assert verdict.why is UndecidedReason.CANARY_FAILED


def test_one_page_for_every_path_is_a_catch_all() -> None:
    verdict, _ = look(lambda request: says(200, b"<html><title>App</title><div id=root></div>", content_type=HTML))
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.CATCH_ALL


# -- the half fix


def gone(request: Request) -> bool:
    return is_root(request) or folder_canary(request)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_index_off_and_files_open_is_still_an_exposure(status: int) -> None:
    verdict, world = look(when(gone, says(status, content_type=HTML)), known=known(FILE))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.INDEX_OFF_FILES_OPEN
    assert verdict.witnesses == (FILE,)
    assert world.times(f"GET {FILE}") == 1


def test_the_first_witness_may_be_gone_while_another_is_open() -> None:
    verdict, _ = look(when(gone, says(403, content_type=HTML)), known=known("/deleted.wav", FILE))
    assert isinstance(verdict, Exposed)


def test_index_off_and_files_closed_is_clear() -> None:
    for status in (401, 403, 404, 410):
        verdict, world = look(when(lambda _: True, says(status, content_type=HTML)), known=known(FILE, f"/{NAMES[1]}"))
        assert isinstance(verdict, Clear), status
        # A refusal may be about the Range: only a plain GET that is refused shows that the file is.
        assert world.times(f"GET {FILE}") == 2


@pytest.mark.parametrize(
    "answer",
    [
        says(500),
        says(302, location=FILE),
        NoAnswer(NoAnswerReason.TIMED_OUT),
        says(200, content_type=HTML),
        says(200, content_type="audio/x-wav"),
    ],
)
def test_a_witness_that_gives_no_verdict_keeps_the_place_from_being_clear(answer: object) -> None:
    verdict, _ = look(when(is_file, answer), when(gone, says(403, content_type=HTML)), known=known(FILE))  # type: ignore[arg-type]
    assert isinstance(verdict, Unknown)


def test_a_witness_on_a_server_where_any_file_answers_is_no_proof() -> None:
    verdict, _ = look(
        when(lambda r: r.path.endswith(".wav"), says(200, content_type="audio/x-wav")),
        when(gone, says(403, content_type=HTML)),
        known=known(FILE),
    )
    assert isinstance(verdict, Unknown)


# -- WebDAV


def multistatus(*files: str, root: str = "/") -> Response:
    """A 207 of a folder with files."""

    def one(path: str, inside: str) -> str:
        prop = f"<D:propstat><D:prop>{inside}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
        return f"<D:response><D:href>{path}</D:href>{prop}</D:response>"

    rows = [one(root, "<D:resourcetype><D:collection/></D:resourcetype>")]
    rows += [one(path, f"<D:resourcetype/><D:getcontentlength>{len(SOUND)}</D:getcontentlength>") for path in files]
    body = f'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{"".join(rows)}</D:multistatus>'
    return says(207, body.encode(), content_type="application/xml; charset=utf-8")


ORDINARY = b"<html><title>Welcome</title><p>Nothing to see here, move along.</p></html>"


def dav(answer: Response) -> Rule:
    return lambda r: answer if r.method == "PROPFIND" and r.path == "/" else MISSING if r.method == "PROPFIND" else None


@pytest.mark.parametrize("status", [207, 200])
def test_webdav_lists_where_the_page_does_not(status: int) -> None:
    shown = replace(multistatus(*(f"/{name}" for name in NAMES)), status=status)
    verdict, world = look(dav(shown), when(is_root, says(403, content_type=HTML)))
    assert isinstance(verdict, Exposed)
    assert verdict.certainty is Certainty.PROVEN
    assert world.times("PROPFIND /") == 2


def test_webdav_is_asked_of_the_folder_that_a_declared_path_means() -> None:
    shown = multistatus(*(f"/docs/{name}" for name in NAMES), root="/docs/")

    def answer(request: Request) -> Answer:
        if request.path == "/docs":
            return says(301, location="/docs/")
        if request.path == "/docs/":
            return shown if request.method == "PROPFIND" else says(200, ORDINARY, content_type=HTML)
        return sound(request) if request.path.removeprefix("/docs/") in NAMES else MISSING

    verdicts, _ = play(HTTP_LISTING, target(paths=("/docs",), declared=("/docs",)), answer)
    assert [one.place.path for one in verdicts if isinstance(one, Exposed)] == ["/docs/"]


def test_a_webdav_answer_that_cannot_be_read_is_no_proof_that_nothing_is_there() -> None:
    whole = multistatus("/a.wav")
    for body in (whole.body[:200], whole.body.replace(b"/a.wav", b"/a<.wav")):
        (verdict,), _ = play(
            HTTP_LISTING,
            target(declared=("/",)),
            World((dav(replace(whole, body=body)), when(is_root, says(200, ORDINARY, content_type=HTML)))),
        )
        assert isinstance(verdict, Unknown), verdict
        assert verdict.why is UndecidedReason.BODY_BROKEN


def test_webdav_is_asked_with_depth_one_and_only_of_declared_folders() -> None:
    world = World((when(is_root, says(403, content_type=HTML)),))
    verdicts, asked = play(HTTP_LISTING, target(paths=("/", "/a/", "/b/"), declared=("/", "/a/")), world)
    assert len(verdicts) == 3
    dialogue = [request for request in asked if request.method == "PROPFIND"]
    assert {request.path for request in dialogue} == {"/", "/a/"}
    assert all(dict(request.headers)["Depth"] == "1" for request in dialogue)


@pytest.mark.parametrize(
    "answer",
    [
        multistatus(),
        says(207, b"", content_type="application/xml"),
        says(200, PAGE, content_type=HTML),
        says(401),
        says(405),
    ],
)
def test_a_webdav_answer_that_shows_nothing_leaves_the_page_s_verdict(answer: Response) -> None:
    verdict, _ = look(dav(answer), when(is_root, says(403, content_type=HTML)))
    assert isinstance(verdict, Clear)
    assert verdict.why is ClosedReason.FORBIDDEN


def test_webdav_whose_files_are_refused_shows_their_names() -> None:
    verdict, _ = look(
        dav(multistatus(*(f"/{name}" for name in NAMES))),
        when(is_root, says(403, content_type=HTML)),
        when(is_file, says(403)),
    )
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.NAMES_ONLY


def test_every_folder_has_a_sight_of_its_own() -> None:
    world = World()
    verdicts, _ = play(HTTP_LISTING, target(paths=("/", "/a/", "/b/")), world)
    assert [verdict.place.path for verdict in verdicts] == ["/", "/a/", "/b/"]
    assert [type(verdict) for verdict in verdicts] == [Exposed, Clear, Clear]
