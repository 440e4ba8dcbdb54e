"""What a listing gives away although nothing in it answers: its names, or that it is open and empty."""

from __future__ import annotations

import pytest

from probes.api import Certainty, Clear, Exposed, Unknown, Verdict
from probes.reasons import OpenReason, UndecidedReason
from probes.requests.http import Answer, Ending, Request, Response
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, PAGE, Rule, World, cut, is_canary, known, sound, target, when
from tests.servers.pages import NAMES, apache, nginx

LOGIN = b"<form method=post><input name=u><input type=password name=p></form>"
PYTHON = (
    b"<!DOCTYPE HTML><html><head><title>Directory listing for /</title></head><body>"
    b"<h1>Directory listing for /</h1><hr><ul>\n</ul><hr></body></html>"
)


def look(*rules: Rule, page: bytes = PAGE) -> Verdict:
    (verdict,), _ = play(HTTP_LISTING, target(), World(rules, page))
    return verdict


def is_file(request: Request) -> bool:
    return request.path[1:] in NAMES


def is_root(request: Request) -> bool:
    return request.method == "GET" and request.path == "/"


REFUSED: dict[str, Response] = {
    "401": says(401),
    "403": says(403),
    "a login page": says(200, LOGIN, content_type=HTML),
    "a login elsewhere": says(302, location="https://idp.example.org/"),
}


@pytest.mark.parametrize("draw", [apache, nginx])
@pytest.mark.parametrize("name", REFUSED)
def test_a_listing_whose_files_are_refused_shows_their_names(name: str, draw: object) -> None:
    page = draw("/", [(one, 3290) for one in NAMES])  # type: ignore[operator]
    verdict = look(when(is_file, REFUSED[name]), page=page)
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.why, verdict.certainty) == (OpenReason.NAMES_ONLY, Certainty.PROVEN)
    assert verdict.witnesses == ()
    assert verdict.listing is not None
    assert len(verdict.listing.files) == len(NAMES)


@pytest.mark.parametrize(
    ("below", "why"),
    [
        (says(403), OpenReason.NAMES_ONLY),
        (MISSING, OpenReason.FOLDERS_LISTED),
        (None, OpenReason.LISTED_AND_READABLE),
    ],
)
def test_files_that_are_refused_here_and_below_are_names_alone(below: Response | None, why: OpenReason) -> None:
    def rule(request: Request) -> Answer | None:
        if request.path == "/2024/":
            return says(200, nginx("/2024/", [("b.wav", 3290)]), content_type=HTML)
        if request.path == "/2024/b.wav":
            return below or sound(request)
        return says(403) if is_file(request) else None

    verdict = look(rule, page=nginx("/", [("2024/", None), *[(one, 3290) for one in NAMES]]))
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is why
    assert verdict.witnesses[:1] == ("/2024/" if below else "/2024/b.wav",)


GONE = says(200, b"<html><h1>Gone away</h1></html>", content_type=HTML)


@pytest.mark.parametrize("answer", [says(429), says(500), says(418), MISSING, says(410), GONE])
def test_files_that_are_not_refused_either_decide_nothing(answer: Answer) -> None:
    assert isinstance(look(when(is_file, answer)), Unknown)


def test_one_file_that_answers_among_refused_ones_is_found() -> None:
    verdict = look(when(lambda r: is_file(r) and r.path[1:] != NAMES[-1], says(403)))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED_AND_READABLE


@pytest.mark.parametrize("page", [apache("/", []), nginx("/", []), PYTHON])
def test_an_empty_folder_that_lists_itself_is_open(page: bytes) -> None:
    verdict = look(page=page)
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.why, verdict.certainty) == (OpenReason.EMPTY, Certainty.PROVEN)


def test_an_empty_listing_for_every_path_is_a_catch_all() -> None:
    verdict = look(lambda r: says(200, nginx(r.path, []), content_type=HTML) if r.path.endswith("/") else None)
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.CATCH_ALL


def test_an_empty_list_of_any_interface_is_no_exposure() -> None:
    verdict = look(when(is_root, says(200, b"[]", content_type="application/json")))
    assert isinstance(verdict, Unknown)


def test_a_listing_that_breaks_off_is_open_by_what_it_shows() -> None:
    """The rows that came answer a stranger: there is at least so much."""
    verdict = look(when(is_root, cut(says(200, PAGE[: len(PAGE) // 2], content_type=HTML), Ending.BROKEN)))
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert verdict.listing.partial
    assert 0 < len(verdict.listing.files) < len(NAMES)


def folders(*rules: Rule) -> Verdict:
    return look(*rules, page=apache("/", [("2018/", None), ("2019/", None)]))


def test_a_folder_that_answers_with_its_own_index_page_is_a_witness() -> None:
    own = says(200, b"<html><title>Samtal</title><p>Arkivet for samtal flyttades till en annan plats.</p></html>")
    verdict = folders(when(lambda r: r.path in ("/2018/", "/2019/"), own))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.FOLDERS_LISTED


def test_where_any_folder_answers_an_index_page_is_no_witness() -> None:
    own = says(200, b"<html><title>Samtal</title><p>Arkivet for samtal flyttades till en annan plats.</p></html>")
    other = says(200, b"<html><title>Hem</title><p>Vad letar du efter?</p></html>", content_type=HTML)
    verdict = folders(when(is_canary, other), when(lambda r: r.path in ("/2018/", "/2019/"), own))
    assert isinstance(verdict, Unknown)


def test_folders_that_are_refused_leave_their_names() -> None:
    verdict = folders(when(lambda r: r.path in ("/2018/", "/2019/"), says(403)))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.NAMES_ONLY


REMOVED = says(200, b"This recording has been removed.\n", content_type="text/plain")


def test_one_text_in_place_of_every_file_leaves_the_names_alone() -> None:
    verdict = look(when(is_file, REMOVED))
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.NAMES_ONLY
    verdict = look(lambda r: says(200, f"of {r.path}".encode(), content_type="text/plain") if is_file(r) else None)
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED_AND_READABLE, "texts of their own, whatever the names say"
    verdict = look(when(lambda r: is_file(r) and r.path[1:] != NAMES[0], REMOVED))
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED_AND_READABLE, "one file is still what it says"


def test_one_text_in_place_of_every_file_closes_nothing_and_a_refused_file_is_asked_plainly_only_at_first() -> None:
    witnesses = known(*(f"/{name}" for name in NAMES))
    closed = when(is_root, says(403))
    (verdict,), _ = play(HTTP_LISTING, target(known=witnesses), World((closed, when(is_file, REMOVED))))
    assert isinstance(verdict, Unknown)
    assert verdict.why is UndecidedReason.TYPE_UNPROVEN
    world = World((closed, when(is_file, says(403)), when(is_canary, MISSING)))
    (verdict,), _ = play(HTTP_LISTING, target(known=witnesses), world)
    assert isinstance(verdict, Clear)
    assert len(NAMES) > 2
    assert [world.times(f"GET /{name}") for name in NAMES] == [2, 2, *[1] * (len(NAMES) - 2)]


def test_databases_that_are_shown_as_pages_are_no_shop() -> None:
    names = [f"{one}.nsf" for one in ("anna", "bo", "calls")]
    rows = "".join(f'<tr><td><a href="/{one}{{}}">{one[:-4]}</a><td>mail/{one}<td>12,582,912</tr>' for one in names)
    page = f"<table><tr><th>Title<th>File name<th>Size</tr>{rows}</table>"

    def inbox(request: Request) -> bool:
        return request.path.partition("?")[0][1:] in names

    shown = when(inbox, says(200, b"<title>Inbox</title><p>Two letters.</p>", content_type=HTML))
    found = look(shown, page=page.format(*["?OpenDatabase"] * 3).encode())
    assert isinstance(found, Unknown), found
    found = look(shown, page=page.format(*["?view"] * 3).replace(".nsf", ".pdf").encode())
    assert not isinstance(found, Exposed), found


STALE = tuple(f"samtal-{number:03}.wav" for number in range(30))


@pytest.mark.parametrize("status", [401, 403, 404, 410])
@pytest.mark.parametrize("folders", [(), ("2024/", "2025/", "2026/")])
def test_a_stale_listing_costs_less_than_twenty_requests(status: int, folders: tuple[str, ...]) -> None:
    listed = "".join(f'<a href="{name}">{name}</a>  12-Mar-2026 10:11  123456\n' for name in ("../", *folders, *STALE))
    page = f"<html><head><title>Index of /rec/</title></head><body><h1>Index of /rec/</h1><pre>{listed}</pre></body>"

    def world(request: Request) -> Answer:
        here = request.path == "/rec/" and request.method == "GET"
        return says(200, page.encode(), content_type=HTML) if here else says(status)

    for before in ((), known(*(f"/rec/{name}" for name in STALE[::6]), path="/rec/")):
        declared = target(paths=("/rec/",), declared=frozenset({"/rec/"}), data="recordings", known=before)
        (verdict, *_), asked = play(HTTP_LISTING, declared, world)
        assert not isinstance(verdict, Clear), verdict
        assert len(asked) < 20, [f"{one.method} {one.path}" for one in asked]
