"""Answers said in odd ways: what a browser shows is found, and no way of speaking makes open clear or closed open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from probes.api import Clear, Exposed, Verdict
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.requests.http import Answer, NoAnswer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from probes.web.media import HTTP_MEDIA
from tests.monitor.network.builders import look, target
from tests.probes.web.builders import HTML, MISSING, PAGE, Rule, World, is_canary, known, sound, when
from tests.probes.web.builders import target as spoken_to
from tests.probes.web.closed_sites import PROSE, html
from tests.servers.odd import ODD
from tests.servers.pages import NAMES, SOUND, Disk
from tests.servers.raw import Hit, Talk, listening, reply

DISK = Disk()
CLOSED = {
    "refused": reply("403 Forbidden", b"<html><h1>Forbidden</h1></html>"),
    "a page": reply(200, html("Nordvik", PROSE).encode()),
}
NOTHING_SAYS_IT = {"HTTP/0.9"}


@pytest.mark.parametrize("name", ODD)
async def test_an_open_disk_is_never_clear_and_found_where_a_browser_shows_it(name: str) -> None:
    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await ODD[name].way(talk, hit, DISK.answer(hit))

    async with listening(serve) as server:
        at = target(server, files=(f"/{NAMES[0]}",))
        folder, file = await look(HTTP_LISTING, at), await look(HTTP_MEDIA, at)
    verdicts = (*folder.verdicts, *file.verdicts)
    assert not [one for one in verdicts if isinstance(one, Clear)], verdicts
    if ODD[name].reads:
        assert isinstance(folder.verdicts[0], Exposed), verdicts


@pytest.mark.parametrize("site", CLOSED)
@pytest.mark.parametrize("name", ODD)
async def test_a_closed_host_is_never_open_however_it_speaks(name: str, site: str) -> None:
    def said(hit: Hit) -> bytes:
        return CLOSED[site] if hit.path == "/" or site == "refused" else reply(404, b"<h1>Not Found</h1>")

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is not None:
            await ODD[name].way(talk, hit, said(hit))

    async with listening(serve) as server:
        at = target(server, files=(f"/{NAMES[0]}",))
        verdicts = (*(await look(HTTP_LISTING, at)).verdicts, *(await look(HTTP_MEDIA, at)).verdicts)
    assert not [one for one in verdicts if isinstance(one, Exposed)], verdicts


def judged(*rules: Rule) -> tuple[Verdict, ...]:
    """What is said of an open Apache that differs from the usual by these rules."""
    return play(HTTP_LISTING, spoken_to(), World(rules=rules))[0]


def to(where: str) -> Answer:
    """A redirect."""
    return says(301, b"<a>moved</a>", content_type=HTML, location=where)


@pytest.mark.parametrize("where", [f"/{NAMES[0]}", f"/{NAMES[-1]}"])
def test_a_server_that_leads_from_what_is_missing_to_a_real_name_is_found(where: str) -> None:
    (verdict,) = judged(lambda request: to(where) if is_canary(request) else None)
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.LISTED_AND_READABLE


def test_a_server_that_leads_from_every_name_to_one_file_shows_no_file() -> None:
    def one_for_all(request: Request) -> Answer | None:
        wav = request.path.endswith(".wav") and request.path != "/all.wav"
        return to("/all.wav") if wav else None

    serve = World(rules=(one_for_all,), files=frozenset({"/all.wav"}))
    (verdict,), _ = play(HTTP_LISTING, spoken_to(), serve)
    assert not isinstance(verdict, Exposed) or verdict.why is not OpenReason.LISTED_AND_READABLE


@pytest.mark.parametrize("query", ["view=list", "sort=name&mode=details", "v=2"])
def test_a_folder_that_leads_to_itself_with_a_query_is_found(query: str) -> None:
    def led(request: Request) -> Answer | None:
        path, _, asked = request.path.partition("?")
        if path != "/" or request.method != "GET":
            return None
        return says(200, PAGE, content_type=HTML) if asked else to(f"/?{query}")

    verdicts = judged(led)
    assert [one.place.path for one in verdicts if isinstance(one, Exposed)] == [f"/?{query}"]


def test_a_query_to_which_every_folder_answers_alike_proves_nothing() -> None:
    def led(request: Request) -> Answer | None:
        path, _, asked = request.path.partition("?")
        if not path.endswith("/") or request.method != "GET":
            return None
        return says(200, PAGE, content_type=HTML) if asked else to(f"{path}?view=list")

    assert not [one for one in judged(led) if isinstance(one, Exposed)]


def test_a_listing_whose_files_lead_to_signed_addresses_elsewhere_shows_its_names() -> None:
    away = "https://media.cdn.example/x?X-Amz-Signature=abc"
    (verdict,) = judged(lambda request: to(away) if request.path[1:] in NAMES else None)
    assert isinstance(verdict, Exposed)
    assert verdict.why is OpenReason.NAMES_ONLY


def test_an_ordinary_page_of_a_server_that_fails_at_what_is_missing_is_clear() -> None:
    def failing(request: Request) -> Answer | None:
        if request.path == "/" and request.method == "GET":
            return says(200, html("Nordvik", PROSE).encode(), content_type=HTML)
        return says(500, b"<h1>Internal Server Error</h1>", content_type=HTML)

    (verdict,) = judged(failing)
    assert isinstance(verdict, Clear)
    # What is missing is not told to be missing there.
    (verdict,) = judged(lambda request: MISSING if request.path == "/" else says(500, content_type=HTML))
    assert not isinstance(verdict, Clear)


@pytest.mark.parametrize("status", [201, 202, 207, 208, 218, 226, 250, 299])
def test_a_listing_under_any_status_of_success_is_found(status: int) -> None:
    page = says(status, PAGE, content_type=HTML)
    (verdict,) = judged(lambda request: page if request.path == "/" and request.method == "GET" else None)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE


@pytest.mark.parametrize("status", [202, 204, 205])
def test_a_status_that_says_that_no_page_comes_is_never_clear(status: int) -> None:
    (verdict,) = judged(lambda request: says(status, b"") if request.path == "/" else None)
    assert not isinstance(verdict, Clear | Exposed), verdict


WAV = "audio/x-wav"


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 410, 412, 416, 417, 422, 500, 501])
def test_a_range_that_is_refused_is_no_refusal_of_the_file(status: int) -> None:
    def ranged(request: Request) -> Answer | None:
        return says(status, b"no") if "Range" in dict(request.headers) and request.path[1:] in NAMES else None

    (verdict,) = judged(ranged)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE


def elsewhere(type_: str, body: bytes) -> Rule:
    """Files answer another range than was asked, whatever was asked."""
    part = says(206, body, content_type=type_, content_range="bytes 500-1499/180000")
    return lambda request: part if request.path[1:] in NAMES else None


def test_bytes_from_the_middle_of_a_file_are_of_the_file() -> None:
    (verdict,) = judged(elsewhere(WAV, b"\1\2" * 500))
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    half = play(HTTP_LISTING, spoken_to(known=known(f"/{NAMES[0]}")), World(rules=(root_gone, elsewhere(WAV, b"\1\2"))))
    assert [one.why for one in half[0]] == [OpenReason.INDEX_OFF_FILES_OPEN]


@pytest.mark.parametrize(("type_", "body"), [(HTML, b"a page"), (WAV, b""), ("multipart/byteranges", b"--x")])
def test_a_page_or_nothing_in_place_of_a_part_is_no_file(type_: str, body: bytes) -> None:
    (verdict,) = judged(elsewhere(type_, body))
    assert not isinstance(verdict, Exposed) or verdict.why is OpenReason.NAMES_ONLY, verdict


def root_gone(request: Request) -> Answer | None:
    """The listing is gone."""
    return says(403, b"<h1>Forbidden</h1>") if request.path == "/" and request.method == "GET" else None


def beep(sounds: Callable[[str], bytes], names: Callable[[Request], bool]) -> Rule:
    """A telephone exchange that plays a sound for calls that are not there."""

    def answer(request: Request) -> Answer | None:
        return sound(request, sounds(request.path)) if request.path.endswith(".wav") and names(request) else None

    return answer


def test_one_sound_for_all_calls_that_are_not_there_hides_no_call() -> None:
    rule = beep(lambda _: SOUND[:44] + b"\7" * 400, is_canary)
    (verdict,) = judged(rule)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    path = f"/{NAMES[0]}"
    (file,), _ = play(HTTP_MEDIA, spoken_to(files=(path,)), World(rules=(rule,)))
    assert isinstance(file, Exposed), file


@pytest.mark.parametrize(
    "rule", [beep(lambda _: SOUND, lambda _: True), beep(lambda path: SOUND[:300] + path.encode(), is_canary)]
)
def test_a_sound_for_every_name_proves_nothing(rule: Rule) -> None:
    (verdict,) = judged(rule)
    assert not isinstance(verdict, Exposed) or verdict.why is not OpenReason.LISTED_AND_READABLE, verdict


def not_found(path: str) -> Answer:
    """A page that says in words alone that there is nothing, and which path was asked."""
    words = f"<h1>Sidan finns inte</h1><p>Vi hittar inte sidan {path}. Den kan ha flyttats eller tagits bort.</p>"
    return says(200, html("Sidan finns inte", words).encode(), content_type=HTML)


def test_a_place_is_closed_by_words_that_the_server_says_of_what_cannot_exist() -> None:
    at = spoken_to(known=known(*(f"/{name}" for name in NAMES[:4])))
    verdicts, asked = play(HTTP_LISTING, at, lambda request: not_found(request.path))
    assert [one.why for one in verdicts] == [ClosedReason.NOT_FOUND], verdicts
    assert len(asked) <= 20
    # Where the server says something else of what cannot exist, the words say nothing of a file.
    verdicts, _ = play(
        HTTP_LISTING, at, lambda request: not_found(request.path) if request.path[1:] in NAMES else MISSING
    )
    assert not [one for one in verdicts if isinstance(one, Clear)], verdicts


def drops(request: Request) -> bool:
    """Whether a request for a file asks for a part of it."""
    return "Range" in dict(request.headers) and request.path[1:] in NAMES


HATES = {
    "the connection breaks": NoAnswer(NoAnswerReason.RESET),
    "a part of nothing": says(206, b"", content_type=WAV, content_range="bytes 0-1023/2000"),
    "no content": says(204),
}


@pytest.mark.parametrize("answer", HATES.values(), ids=HATES)
def test_a_server_that_cannot_send_a_part_of_a_file_is_asked_plainly(answer: Answer) -> None:
    (verdict,) = judged(when(drops, answer))
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    half, _ = play(HTTP_LISTING, spoken_to(known=known(f"/{NAMES[0]}")), World(rules=(root_gone, when(drops, answer))))
    assert [one.why for one in half] == [OpenReason.INDEX_OFF_FILES_OPEN]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_finding_closes_by_parts_that_are_refused_alone(status: int) -> None:
    at = spoken_to(known=known(f"/{NAMES[0]}"))
    refusing = when(drops, says(status, b"<h1>no</h1>", content_type=HTML))
    verdicts, _ = play(HTTP_LISTING, at, World(rules=(root_gone, refusing)))
    assert [one.why for one in verdicts] == [OpenReason.INDEX_OFF_FILES_OPEN], verdicts
    gone = when(lambda request: request.path[1:] in NAMES, says(status, b"<h1>no</h1>", content_type=HTML))
    verdicts, _ = play(HTTP_LISTING, at, World(rules=(root_gone, gone)))
    assert all(isinstance(one, Clear) for one in verdicts), verdicts


def in_parts(body: bytes) -> Answer:
    """An answer of several parts, of which there is one."""
    head = b"--X\r\nContent-Type: audio/x-wav\r\nContent-Range: bytes 0-1023/180000\r\n\r\n"
    return says(206, head + body + b"\r\n--X--\r\n", content_type="multipart/byteranges; boundary=X")


RANGES = {
    "without a unit": says(206, SOUND, content_type=WAV, content_range="0-1023/180000"),
    "with a sign": says(206, SOUND, content_type=WAV, content_range="bytes=0-1023/180000"),
    "of no number": says(206, SOUND, content_type=WAV, content_range="bytes */180000"),
    "in parts": in_parts(SOUND),
}


@pytest.mark.parametrize("part", RANGES.values(), ids=RANGES)
def test_a_part_whose_range_is_written_otherwise_is_the_file(part: Answer) -> None:
    rule = when(lambda request: request.path[1:] in NAMES, part)
    (verdict,) = judged(rule)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    half, _ = play(HTTP_LISTING, spoken_to(known=known(f"/{NAMES[0]}")), World(rules=(root_gone, rule)))
    assert [one.why for one in half] == [OpenReason.INDEX_OFF_FILES_OPEN]


def test_a_page_in_parts_is_no_file() -> None:
    (verdict,) = judged(when(lambda request: request.path[1:] in NAMES, in_parts(b"<html><h1>Log in</h1></html>")))
    assert not isinstance(verdict, Exposed) or verdict.why is OpenReason.NAMES_ONLY, verdict


def test_a_connection_that_ends_at_each_name_that_is_not_there_tells_what_is() -> None:
    broken = when(is_canary, NoAnswer(NoAnswerReason.RESET))
    (verdict,) = judged(broken)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    # It proves what answers, and closes nothing: a refusal beside it is of a server that may be failing.
    gone, _ = play(HTTP_LISTING, spoken_to(known=known(f"/{NAMES[0]}")), World(rules=(broken, lambda _: MISSING)))
    assert not [one for one in gone if isinstance(one, Clear)], gone
