"""What a server or a front says of the way in which it is asked: by whom, by which name, in which protocol."""

from __future__ import annotations

import base64
from dataclasses import replace
from urllib.parse import unquote

import pytest

from probes.api import Clear, Exposed, Unknown, Verdict
from probes.reasons import ClosedReason, OpenReason, UndecidedReason
from probes.recognise.pages.page_links import page_links
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from probes.web.proof.canary import file_canary
from tests.probes.web.builders import HTML, MISSING, NONCE, World, known, sound, target
from tests.servers.pages import NAMES, SOUND


def all_say(answer: Answer, **changed: object) -> Verdict:
    (verdict,), _ = play(HTTP_LISTING, target(**changed), lambda _: answer)
    return verdict


def test_a_server_that_speaks_http_2_alone_is_not_closed() -> None:
    told = b"Missing ALPN Protocol, expected `h2` to be available.\n"
    verdict = all_say(says(403, told, content_type="text/plain"))
    assert isinstance(verdict, Unknown), verdict
    assert verdict.why is UndecidedReason.NEWER_HTTP_ONLY


@pytest.mark.parametrize(
    ("status", "body", "right"),
    [
        # It may be a proxy on our side of the way that says so.
        (407, b"Proxy Authentication Required", Unknown),
        (400, b"<h2>Bad Request - Invalid Hostname</h2><p>The request hostname is invalid.</p>", Clear),
        (400, b"<h1>Bad Request</h1>", Unknown),
    ],
)
def test_a_name_under_which_nothing_is_served_is_closed(status: int, body: bytes, right: type[Verdict]) -> None:
    verdict = all_say(says(status, body, content_type=HTML))
    assert isinstance(verdict, right), verdict


def test_an_interface_of_soap_that_wants_a_message_is_no_folder() -> None:
    fault = (
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>'
        b"<faultcode>soap:Server</faultcode><faultstring>No binding operation</faultstring></soap:Fault></soap:Body>"
        b"</soap:Envelope>"
    )
    verdict = all_say(says(500, fault, content_type="text/xml"))
    assert isinstance(verdict, Clear), verdict
    assert verdict.why is ClosedReason.VERB_REFUSED
    assert isinstance(all_say(says(500, b"<h1>Internal Server Error</h1>", content_type=HTML)), Unknown)


@pytest.mark.parametrize(("name", "right"), [(None, Clear), ("nas.test", Unknown)])
def test_a_host_that_is_misdirected_by_its_address_serves_nothing_there(name: str | None, right: type[Verdict]) -> None:
    verdict = all_say(says(421, b"<h1>Misdirected Request</h1>", content_type=HTML), name=name)
    assert isinstance(verdict, right), verdict


@pytest.mark.parametrize(
    ("name", "server", "right"),
    [
        ("nas.test", "Debian DLNADOC/1.50 UPnP/1.0 MiniDLNA/1.3.0", Unknown),
        (None, "Debian DLNADOC/1.50 UPnP/1.0 MiniDLNA/1.3.0", Clear),
        ("nas.test", "nginx", Clear),
    ],
)
def test_a_media_server_that_answers_by_its_address_alone_is_not_missing(
    name: str | None, server: str, right: type[Verdict]
) -> None:
    missing = says(404, b"<h1>Not Found</h1>", content_type=HTML, server=server)
    assert isinstance(verdict := all_say(missing, name=name), right), verdict


BROWSER = (
    b"<!doctype html><html><head><title>File Browser</title></head><body><div id=app></div><script>"
    b'window.FileBrowser = {"AuthMethod":"json","BaseURL":"","NoAuth":false};</script>'
    b"<script src=/static/js/app.js></script></body></html>"
)


@pytest.mark.parametrize(("status", "right"), [(401, Clear), (500, Unknown)])
def test_a_shell_at_the_address_of_another_product_is_asked_without_its_query(
    status: int, right: type[Verdict]
) -> None:
    def answer(request: Request) -> Answer:
        if request.path.startswith("/api/"):
            return says(status, b"no", content_type="text/plain")
        return says(200, BROWSER, content_type=HTML)

    verdicts, asked = play(HTTP_LISTING, target(paths=("/recapi?filedir=monitor",)), answer)
    assert all(isinstance(verdict, right) for verdict in verdicts), verdicts
    assert "/api/resources/recapi" in [request.path for request in asked]


LOADS = (
    "<!doctype html><html><head><title>Inspelningar</title></head><body><table id=recordings><tbody></tbody></table>"
    "<script>%s</script></body></html>"
)
ONE = 'fetch("/api/recordings").then(r=>r.json()).then(draw)'


@pytest.mark.parametrize("declared", [("/",), ("/", "/api/recordings")])
@pytest.mark.parametrize(
    ("script", "status", "right"),
    [
        (ONE, 403, Clear),
        (ONE, 401, Clear),
        (ONE, 404, Unknown),
        (ONE, 503, Unknown),
        (f"{ONE}; fetch('/api/files/' + year)", 403, Unknown),
        ("fetch('/api/recordings', {headers: {'X-Api-Key': 'a1'}}).then(draw)", 403, Unknown),
        ("fetch('/api/recordings', {method: 'POST'}).then(draw)", 403, Unknown),
        (
            "const by = new XMLHttpRequest(); by.open('GET', '/api/recordings'); by.setRequestHeader('X-Key', 'a')",
            403,
            Unknown,
        ),
        (f"{ONE}; new EventSource(live)", 403, Unknown),
        (f"{ONE}; fetch('https://other.example/api/files')", 403, Unknown),
    ],
)
def test_a_page_whose_own_loads_are_all_refused_shows_nothing(
    script: str, status: int, right: type[Verdict], declared: tuple[str, ...]
) -> None:
    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, (LOADS % script).encode(), content_type=HTML)
        return says(status, b"no", content_type=HTML) if request.path == "/api/recordings" else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings", paths=declared), answer)
    assert isinstance(verdicts[0], right), verdicts


def packed(name: str) -> str:
    return base64.b64encode(name.encode()).decode().rstrip("=")


def test_a_name_in_base64_stands_beside_a_made_up_name_in_base64() -> None:
    made_up = file_canary(f"/dl.php?f={packed('2026/call-1.wav')}", NONCE)
    value = unquote(made_up.partition("=")[2])
    assert base64.b64decode(value + "=" * (-len(value) % 4)).decode() == f"2026/{NONCE}.wav"
    # What is no name in base64 is varied as it stands.
    assert file_canary("/dl.php?f=monitor2026", NONCE) == f"/dl.php?f={NONCE}"


def test_a_script_that_fails_at_what_is_no_base64_is_proven_open() -> None:
    rows = "".join(
        f"<tr><td><a href='/dl.php?f={packed(name)}'>{name}</a></td><td>{len(SOUND)}</td><td>2026-11-03</td></tr>"
        for name in NAMES
    )
    page = f"<html><title>Index of /</title><table><tr><th>Name<th>Size<th>Date</tr>{rows}</table></html>"

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        if not request.path.startswith("/dl.php?f="):
            return MISSING
        try:
            value = unquote(request.path.partition("=")[2])
            name = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
        except ValueError:
            return says(502, b"<h1>Bad Gateway</h1>", content_type=HTML)
        return sound(request) if name in NAMES else MISSING

    (verdict,), _ = play(HTTP_LISTING, target(), answer)
    assert isinstance(verdict, Exposed), verdict


@pytest.mark.parametrize("attribute", ["data-src", "data-audio", "data-file-url"])
def test_what_an_element_carries_for_a_player_is_tried(attribute: str) -> None:
    rows = "".join(f"<li>Samtal {n} <span class=play {attribute}='/{name}'></span>" for n, name in enumerate(NAMES))
    page = f"<html><title>Samtal</title><h1>Samtal</h1><ul>{rows}</ul></html>".encode()
    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), World(page=page))
    assert [one for one in verdicts if isinstance(one, Exposed)], verdicts


CARRIED = [
    "<div data-full='{}'>Film</div>",
    "<audio-player file='{}'></audio-player>",
    "<li :src='{}'>Film</li>",
    "<label><input type=radio value='{}'> Film</label>",
    "<button data-recording='{}'>Lyssna</button>",
    "<button @click.prevent=\"play('{}')\">Lyssna</button>",
    "<button (click)=\"play('{}')\">Lyssna</button>",
]


@pytest.mark.parametrize("element", CARRIED)
def test_what_any_attribute_holds_for_a_script_is_tried(element: str) -> None:
    page = "<html><title>Inspelningar</title><h1>Inspelningar</h1>" + "".join(
        element.format(f"/{one}") for one in NAMES
    )
    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), World(page=page.encode()))
    assert [one for one in verdicts if isinstance(one, Exposed)], verdicts


def test_a_film_or_two_that_a_page_carries_are_shown_behind_it_and_what_a_browser_shows_is_no_script_s() -> None:
    def carried(html: str) -> list[str]:
        return [one.path for one in page_links(f"<html>{html}</html>".encode(), "http://nas.test/")]

    film = "<div data-full='/{}'></div>"
    assert carried(film.format("a.mp4") + film.format("a.webm") + film.format("b.mp4")) == []
    three = [f"/{one}.mp4" for one in "abc"]
    assert carried("".join(f"<div data-full='{one}'></div>" for one in three)) == three
    assert carried("<img title='/a.wav' alt='/b.wav'><meta content='/c.wav'><form action='/d.wav'>") == []
    assert carried("<p data-say='see /a.wav' data-x='{/b.wav}' data-name='c.wav'>") == []


class Nextcloud:
    """A public share of Nextcloud by WebDAV: folders have no page, and answer PROPFIND alone."""

    shut = False

    def __call__(self, request: Request) -> Answer:
        inside = {"/dav/": ("2025/", "2026/"), "/dav/2025/": (NAMES[0],), "/dav/2026/": (NAMES[1],)}
        if request.path in inside and not self.shut:
            if request.method != "PROPFIND":
                return says(501, b"<d:error xmlns:d='DAV:'/>", content_type="application/xml")
            rows = "".join(self.row(f"{request.path}{name}") for name in ("", *inside[request.path]))
            body = f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{rows}</d:multistatus>'
            return says(207, body.encode(), content_type="application/xml")
        if request.path in ("/dav/2025/" + NAMES[0], "/dav/2026/" + NAMES[1]) and not self.shut:
            return sound(request)
        return says(404, b"<d:error xmlns:d='DAV:'/>", content_type="application/xml")

    @staticmethod
    def row(path: str) -> str:
        kind = "<d:collection/>" if path.endswith("/") else ""
        size = "" if kind else f"<d:getcontentlength>{len(SOUND)}</d:getcontentlength>"
        return (
            f"<d:response><d:href>{path}</d:href><d:propstat><d:prop><d:resourcetype>{kind}</d:resourcetype>{size}"
            "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
        )


def test_folders_that_webdav_lists_are_asked_for_by_webdav() -> None:
    world = Nextcloud()
    at = target(paths=("/dav/",), declared=("/dav/",))
    verdicts, _ = play(HTTP_LISTING, at, world)
    (found,) = [verdict for verdict in verdicts if isinstance(verdict, Exposed)]
    assert found.why is OpenReason.FOLDERS_LISTED
    assert f"/dav/2026/{NAMES[1]}" in found.witnesses
    world.shut = True
    verdicts, _ = play(HTTP_LISTING, replace(at, known=known(*found.witnesses, path="/dav/")), world)
    assert all(isinstance(verdict, Clear) for verdict in verdicts), verdicts


GUIDS = ("0A11B22C-11AA-4BBB-8CCC-0123456789AB", "F0E1D2C3-11AA-4BBB-8CCC-0123456789CD")


@pytest.mark.parametrize(
    "link", ["/playback.asp?guid=%7B{}%7D", "/calls/{}/audio", "/index.php?menu=calls&id={}&raw=yes"]
)
def test_recordings_that_are_known_by_guids_are_tried_like_those_of_numbers(link: str) -> None:
    paths = [link.format(one) for one in GUIDS]
    rows = "".join(
        f"<tr><td>2026-11-01 09:0{n}</td><td>Agent {n}</td><td>00:02:11</td><td><a href='{one}'>Play</a></td></tr>"
        for n, one in enumerate(paths)
    )
    page = f"<html><title>Interactions</title><table><tr><th>Start<th>Agent<th>Duration<th></tr>{rows}</table></html>"

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        return sound(request) if request.path in paths else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), answer)
    assert [one for one in verdicts if isinstance(one, Exposed)], verdicts


def test_the_number_of_a_record_is_what_is_made_up() -> None:
    asked = "/index.php?menu=monitoring&action=download&id=17&rawmode=yes"
    assert file_canary(asked, NONCE) == asked.replace("17", NONCE)
    assert file_canary("/get?name=a.wav&id=17", NONCE) == f"/get?name={NONCE}.wav&id=17"


@pytest.mark.parametrize(
    ("asked", "made_up"),
    [
        ("/clips/@17.bvr?mode=dl", f"/clips/{NONCE}.bvr?mode=dl"),
        ("/recordings/17?download", f"/recordings/{NONCE}?download"),
        ("/rec-17.php?mode=dl", f"/rec-17.php?mode={NONCE}"),
        ("/mp3?mode=dl", f"/mp3?mode={NONCE}"),
        ("/2024/17?f=a.wav", f"/2024/17?f={NONCE}.wav"),
        ("/2024/17?id=4", f"/2024/17?id={NONCE}"),
    ],
)
def test_a_number_in_the_path_is_made_up_where_the_query_names_nothing(asked: str, made_up: str) -> None:
    assert file_canary(asked, NONCE) == made_up


def test_a_captcha_that_is_read_out_is_no_recording() -> None:
    page = (
        b"<html><title>Logga in</title><form method=post><input name=u><input type=password name=p></form>"
        b"<audio controls src='/captcha.wav'></audio></html>"
    )

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page, content_type=HTML)
        return sound(request) if request.path == "/captcha.wav" else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="recordings"), answer)
    assert all(isinstance(verdict, Clear) for verdict in verdicts), verdicts


FOLDERS = tuple(f"/{name}/" for name in ("recordings", "monitor", "records", "archive", "fax"))


@pytest.mark.parametrize("banned", [True, False])
def test_a_ban_in_the_middle_of_a_look_makes_nothing_clear(banned: bool) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Answer:
        asked.append(request.path)
        if banned and len(asked) > 3:
            return says(403, b"<h1>403 Forbidden</h1>", content_type=HTML)
        if request.path == "/":
            return says(
                200,
                f"<html><h1>Start</h1><p>{'Vi vaccinerar alla dagar. ' * 20}</p></html>".encode(),
                content_type=HTML,
            )
        return says(403, b"<h1>403 Forbidden</h1>", content_type=HTML) if request.path in FOLDERS else MISSING

    verdicts, _ = play(HTTP_LISTING, target(paths=("/", *FOLDERS)), answer)
    for verdict in verdicts[1:]:
        assert isinstance(verdict, Unknown if banned else Clear), verdict


@pytest.mark.parametrize(("action", "found"), [("/dl", True), ("/delete", False)])
def test_a_file_that_a_form_offers_to_choose_is_tried_and_nothing_that_would_change_something(
    action: str, found: bool
) -> None:
    options = "".join(f"<option value='{name}'>{name}</option>" for name in NAMES)
    page = (
        f"<html><h1>Arkiv</h1><form action={action}><select name=f>{options}</select><button>Ok</button></form></html>"
    )

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        served = [f"{action}?f={name}" for name in NAMES]
        return sound(request) if request.path in served else MISSING

    verdicts, asked = play(HTTP_LISTING, target(data="recordings"), answer)
    assert bool([one for one in verdicts if isinstance(one, Exposed)]) is found, verdicts
    assert any(request.path.startswith(f"{action}?") for request in asked) is found


FILM = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\1\2\3" * 900


@pytest.mark.parametrize(
    ("films", "found"),
    [
        ("<video autoplay muted loop src='/media/hero.mp4'></video>", False),
        ("<video autoplay muted><source src='/media/hero.mp4'></video>", False),
        ("<div data-video-src='/media/hero.mp4'></div>", False),
        ("<video controls src='/media/hero.mp4'></video>", True),
        ("<video autoplay muted src='/media/cam-20261101.mp4'></video>", True),
        ("".join(f"<video autoplay muted src='/media/{n}.mp4'></video>" for n in "abc"), True),
    ],
)
def test_a_film_behind_a_page_is_no_recording_and_a_wall_of_cameras_is(films: str, found: bool) -> None:
    page = f"<html><title>Start</title><h1>Start</h1><p>{'Vi vaccinerar alla dagar. ' * 20}</p>{films}</html>"

    def answer(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.encode(), content_type=HTML)
        known_film = request.path in ("/media/hero.mp4", "/media/cam-20261101.mp4", "/media/a.mp4", "/media/c.mp4")
        return sound(request, FILM, "video/mp4") if known_film else MISSING

    verdicts, _ = play(HTTP_LISTING, target(data="patient"), answer)
    assert bool([one for one in verdicts if isinstance(one, Exposed)]) is found, verdicts
