"""Links are tried, not judged by where they seem to lead: listings of another folder, and pages that link to files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import quote

import pytest

from probes.api import Clear, Exposed, Known, Unknown, Verdict
from probes.proof import Proof, ProofStep
from probes.reasons import ClosedReason, OpenReason
from probes.recognise.listing.recognise import NoListing, recognise
from probes.requests.http import Answer, Request
from probes.testing import play, says
from probes.web.listing import HTTP_LISTING
from tests.probes.web.builders import HTML, MISSING, sound, target
from tests.servers.pages import NAMES, SOUND, apache, nginx

Wrong: TypeAlias = Callable[[str], str]
ROWS = [(name, len(SOUND)) for name in NAMES]
TEXT = "<p>Här kan du lyssna på våra inspelade samtal, som vi har samlat under många år i regionen.</p>" * 3
PAGES = {
    "root of the server behind": apache("/", ROWS).replace(b'<a href="in', b'<a href="/in'),
    "an inner host": nginx("/", ROWS).replace(b'<a href="in', b'<a href="http://10.0.0.7:8080/in'),
    "an inner name": nginx("/", ROWS).replace(b'<a href="in', b'<a href="http://recorder/in'),
    "a wrong base": nginx("/", ROWS).replace(b"<head>", b'<head><base href="http://localhost/">'),
}


def look(
    page: bytes, files: set[str], path: str = "/rec/", kind: str = HTML, **changed: object
) -> tuple[list[Verdict], list[Request]]:
    """The verdicts about a page at `path` on a disk where these files answer, and all that was asked."""

    def answer(request: Request) -> Answer:
        if request.method == "GET" and request.path == path:
            return says(200, page, content_type=kind)
        return sound(request) if request.path in files else MISSING

    at = target(paths=(path,), declared=(path,), **{"data": "recordings", **changed})
    verdicts, asked = play(HTTP_LISTING, at, answer)
    assert all(not request.host for request in asked)
    return list(verdicts), asked


@pytest.mark.parametrize("folder", ["/rec/", "/"])
@pytest.mark.parametrize("name", PAGES)
def test_a_listing_with_links_of_another_root_is_settled_by_asking(name: str, folder: str) -> None:
    (verdict,), _ = look(PAGES[name], {f"{folder}{one}" for one in NAMES})
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.kind, verdict.why) == ("listing", OpenReason.LISTED_AND_READABLE)
    assert verdict.place.path == "/rec/"
    assert verdict.listing is not None
    assert {entry.path for entry in verdict.listing.files} == {f"{folder}{one}" for one in NAMES}
    assert all(witness in {f"{folder}{one}" for one in NAMES} for witness in verdict.witnesses)


NAMES_ALONE = (
    "<html><head><title>Index of /.</title></head><body><h1>Index of /.</h1><ul>"
    + "".join(f'<li><a href="/files/{name}">{name}</a></li>' for name in NAMES)
    + "</ul></body></html>"
)
IN_A_DESIGN = (
    "<html><head><title>srv - share</title></head><body><a href='/_share/help'>Help</a><table><thead><tr><th>Name</th>"
    "<th>Size</th><th>Modified</th></tr></thead><tbody>"
    + "".join(f'<tr><td><a href="/{name}">{name}</a></td><td>3.2 KB</td><td>2024-01-02</td></tr>' for name in NAMES)
    + "</tbody></table></body></html>"
)


@pytest.mark.parametrize("page", [NAMES_ALONE, IN_A_DESIGN])
def test_names_below_the_folder_that_the_page_links_to_elsewhere_are_tried(page: str) -> None:
    """A proxy took the prefix out of the request, and neither title nor links know of it."""
    (verdict,), _ = look(page.encode(), {f"/rec/{one}" for one in NAMES})
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    assert set(verdict.witnesses) <= {f"/rec/{one}" for one in NAMES}


WORDY = "Samtal med en orolig patient som ringde oss om sin medicin i går kväll. Del {}.wav"
SENTENCES = "<h1>Index of /.</h1><ul>{}</ul>".format(
    "".join(f'<li><a href="/files/{quote(WORDY.format(n))}">{WORDY.format(n)}</a></li>' for n in range(9))
)


@pytest.mark.parametrize("page", [NAMES_ALONE, IN_A_DESIGN, SENTENCES])
def test_a_page_of_file_names_that_do_not_answer_is_not_clear(page: str) -> None:
    """Names have full stops in them, and are no sentences for that."""
    (verdict,), _ = look(page.encode(), set())
    assert isinstance(verdict, Unknown), verdict


@pytest.mark.parametrize("name", PAGES)
def test_where_nothing_of_it_answers_it_is_neither_clear_nor_open(name: str) -> None:
    (verdict,), _ = look(PAGES[name], set())
    assert isinstance(verdict, Unknown), verdict


def test_a_folder_below_is_followed_in_the_same_way() -> None:
    top = apache("/", [("2018/", None)]).replace(b'<a href="2018', b'<a href="/2018')
    below = apache("/2018/", ROWS).replace(b'<a href="in', b'<a href="/2018/in')

    def answer(request: Request) -> Answer:
        pages = {"/rec/": top, "/rec/2018/": below}
        if request.method == "GET" and request.path in pages:
            return says(200, pages[request.path], content_type=HTML)
        return sound(request) if request.path in {f"/rec/2018/{name}" for name in NAMES} else MISSING

    (verdict,), _ = play(HTTP_LISTING, target(paths=("/rec/",), declared=()), answer)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.inside


def test_an_article_about_another_hosts_listing_stays_ordinary() -> None:
    page = nginx("/backup/", ROWS).replace(b'<a href="in', b'<a href="https://example.org/backup/in')
    (verdict,), asked = look(page.replace(b"<hr>", TEXT.encode()), set())
    assert isinstance(verdict, Clear), verdict
    assert len(asked) < 16


LINKS = "".join(f'<p>Samtal <a href="/media/{name}">lyssna</a></p>' for name in NAMES)
PLAYERS = "".join(f'<audio controls src="../media/{name}"></audio>' for name in NAMES)
MEDIA = {f"/media/{name}" for name in NAMES}


@pytest.mark.parametrize("inside", [LINKS, PLAYERS])
@pytest.mark.parametrize("data", ["recordings", "patient", "personal"])
def test_a_page_that_links_to_recordings_is_a_finding_of_its_own_kind(data: str, inside: str) -> None:
    page = f"<html><title>Samtal</title>{TEXT}{inside}</html>".encode()
    (verdict,), _ = look(page, MEDIA, data=data)
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.kind, verdict.why) == ("linked-files", OpenReason.LINKED_FILES)
    assert verdict.listing is not None
    assert len(verdict.listing.files) == len(NAMES)
    assert Proof(ProofStep.LINKED_FILE_ANSWERS) in verdict.proof


@pytest.mark.parametrize("data", ["static", "documents", "unknown", "backups"])
def test_on_other_assets_a_page_may_link_to_what_it_likes(data: str) -> None:
    page = f"<html><title>Samtal</title>{TEXT}{LINKS}</html>".encode()
    (verdict,), asked = look(page, MEDIA, data=data)
    assert isinstance(verdict, Clear), verdict
    assert not [one for one in asked if "media" in one.path]


def test_links_that_are_refused_are_no_finding() -> None:
    (verdict,), _ = look(f"<html><title>Samtal</title>{TEXT}{LINKS}</html>".encode(), set())
    assert isinstance(verdict, Clear), verdict


SITE_MAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    + "".join(f"<url>\n<loc>http://nas.test:443/media/{name}</loc></url>" for name in NAMES)
    + "</urlset>"
)


def test_what_a_site_map_names_is_a_link() -> None:
    (verdict,), _ = look(SITE_MAP.encode(), MEDIA)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.kind == "linked-files"
    (verdict,), _ = look(SITE_MAP.encode(), set())
    assert isinstance(verdict, Unknown), verdict


ADDRESSES = {
    "a line each": "\r\n".join(f"http://nas.test:443/media/{name}" for name in NAMES),
    "from this folder on": "\n".join(f"../media/{name}" for name in NAMES),
    "in a text": "<title>Lista</title><pre>"
    + "\n".join(f"http://nas.test:443/media/{name}" for name in NAMES)
    + "</pre>",
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses_that_a_text_names_are_links(name: str) -> None:
    (verdict,), _ = look(ADDRESSES[name].encode(), MEDIA)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.listing is not None
    assert {entry.path for entry in verdict.listing.files} == MEDIA
    (verdict,), _ = look(ADDRESSES[name].encode(), set())
    assert not isinstance(verdict, Exposed)


PLAYLISTS = {
    "m3u": "#EXTM3U\n" + "".join(f"#EXTINF:64,Samtal\r\n{name}\r\n" for name in NAMES),
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n" + "".join(f"#EXTINF:9.0,\n./{name}\n" for name in NAMES),
    "pls": "[playlist]\n"
    + "".join(f"File{number}={name}\nTitle{number}=x\nLength{number}=-1\n" for number, name in enumerate(NAMES)),
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_leads_to_what_lies_in_its_own_folder(name: str) -> None:
    (verdict,), _ = look(PLAYLISTS[name].encode(), {f"/rec/{one}" for one in NAMES}, f"/rec/all.{name}")
    assert isinstance(verdict, Exposed), verdict
    assert verdict.listing is not None
    assert {entry.path for entry in verdict.listing.files} == {f"/rec/{one}" for one in NAMES}
    (verdict,), _ = look(PLAYLISTS[name].encode(), set(), f"/rec/all.{name}")
    assert isinstance(verdict, Unknown), verdict


@pytest.mark.parametrize("form", ["<![CDATA[{}]]>", "{}"])
def test_a_page_that_a_feed_carries_as_text_is_read(form: str) -> None:
    pages = [f'<p>Samtal</p><a href="/media/{name}">lyssna</a>' for name in NAMES]
    carried = [form.format(one if "CDATA" in form else one.replace("<", "&lt;").replace(">", "&gt;")) for one in pages]
    items = "".join(f"<item><title>Samtal</title><description>{one}</description></item>" for one in carried)
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Samtal</title>{items}</channel></rss>'
    (verdict,), _ = look(feed.encode(), MEDIA)
    assert isinstance(verdict, Exposed), verdict
    assert (verdict.kind, verdict.listing and len(verdict.listing.files)) == ("linked-files", len(NAMES))


@pytest.mark.parametrize("where", ["listen?id=1", "calls/play/", "rec.php?a=get&amp;n="])
@pytest.mark.parametrize(("title", "shown"), [("Inspelade samtal", "17"), ("Växeln", "Lyssna"), ("Switch", "&#9654;")])
@pytest.mark.parametrize("text", ["", TEXT])
def test_recordings_behind_numbers_are_linked_files(where: str, title: str, shown: str, text: str) -> None:
    rows = "".join(f'<tr><td>2018-11-2{number}<td><a href="/{where}{number}">{shown}</a></tr>' for number in range(3))
    page = f"<html><title>{title}</title>{text}<table>{rows}</table></html>".encode()
    files = {f"/{where}{number}".replace("&amp;", "&") for number in range(3)}
    (linked,), _ = look(page, files)
    assert isinstance(linked, Exposed), linked
    assert linked.kind == "linked-files"
    assert linked.listing is not None
    assert len(linked.listing.files) == 3


@pytest.mark.parametrize("text", ["", TEXT])
def test_pages_behind_numbers_are_no_recordings(text: str) -> None:
    rows = "".join(f'<tr><td><a href="/news?id={number}">Lyssna</a></tr>' for number in range(3))

    def answer(request: Request) -> Answer:
        if request.path == "/rec/":
            return says(200, f"<html><title>Nytt</title>{text}<table>{rows}</table></html>".encode(), content_type=HTML)
        return says(200, b"<p>We open at nine.</p>", content_type=HTML) if "news" in request.path else MISSING

    verdicts, _ = play(HTTP_LISTING, target(paths=("/rec/",), data="recordings"), answer)
    assert not [verdict for verdict in verdicts if isinstance(verdict, Exposed)]


ITEMS: dict[str, tuple[str, str]] = {
    "with an ending": ("download_url", "/api/v3/recordings/{}/media.wav"),
    "without an ending": ("recording_url", "/api/v3/recordings/{}/content"),
    "a whole address": ("href", "http://files.test/api/v3/calls/{}/a.wav"),
    "from the folder above": ("audio", "../calls/{}"),
}


def interface(key: str, where: str) -> bytes:
    """What an interface tells of three recordings, as PHP writes it: with its slashes escaped."""
    rows = [{"id": n, "state": "done", key: where.format(n), "by": {"agent": 7}} for n in (11, 12, 13)]
    return json.dumps({"page": 1, "data": rows}).replace("/", "\\/").encode()


@pytest.mark.parametrize("name", ITEMS)
def test_recordings_that_an_interface_gives_the_addresses_of_are_linked_files(name: str) -> None:
    key, where = ITEMS[name]
    files = {where.format(n).removeprefix("http://files.test").replace("../", "/api/v3/") for n in (11, 12, 13)}
    for path in ("/api/v3/recordings/", "/api/v3/recordings/list"):
        verdicts, _ = look(interface(key, where), files, path, kind="application/json", host="files.test")
        (linked,) = verdicts
        assert isinstance(linked, Exposed), linked
        assert (linked.kind, len(linked.listing.files) if linked.listing else 0) == ("linked-files", 3)


@pytest.mark.parametrize(
    ("key", "where", "data"),
    [
        ("recording_url", "/api/v3/recordings/{}/content", "documents"),
        ("recording_url", "https://elsewhere.example/v3/{}/a.wav", "recordings"),
        ("url", "/v{}/index.html", "recordings"),
        ("name", "a.wav {}", "recordings"),
        ("delete_url", "/api/delete/{}/a.wav", "recordings"),
    ],
)
def test_other_data_leads_to_no_recordings(key: str, where: str, data: str) -> None:
    files = {where.format(n) for n in (11, 12, 13)}
    verdicts, asked = look(interface(key, where), files, "/api/", kind="application/json", data=data)
    assert not [verdict for verdict in verdicts if isinstance(verdict, Exposed)]
    assert not files & {request.path for request in asked}


def test_an_interface_whose_recordings_are_refused_is_not_open() -> None:
    verdicts, _ = look(interface(*ITEMS["with an ending"]), set(), "/api/v3/recordings/", kind="application/json")
    assert not [verdict for verdict in verdicts if isinstance(verdict, Exposed | Clear)]


PLAIN = f"<html><title>Samtal</title>{TEXT}</html>".encode()


def test_a_page_that_no_longer_links_is_clear_once_the_files_are_refused() -> None:
    known = (Known("/rec/", tuple(MEDIA), "linked-files"),)
    verdicts, _ = look(PLAIN, MEDIA, known=known)
    (linked,) = [one for one in verdicts if one.kind == "linked-files"]
    assert isinstance(linked, Exposed)
    assert linked.why is OpenReason.INDEX_OFF_FILES_OPEN
    verdicts, _ = look(PLAIN, set(), known=known)
    (linked,) = [one for one in verdicts if one.kind == "linked-files"]
    assert isinstance(linked, Clear)
    assert linked.why is ClosedReason.NO_LISTING


PEOPLE = "namn;personnummer\nAnna Ek;19121212-1212\nBo Alm;19130101-1236\n"


@pytest.mark.parametrize(
    ("served", "data", "shown"),
    [
        ({"/x/people.csv": PEOPLE}, "patient", True),
        ({"/x/people.txt": PEOPLE, "/x/prices.csv": "tjänst;pris\nIntyg;300\n"}, "recordings", True),
        ({"/x/people.csv": PEOPLE}, "static", False),
        ({"/x/people2.csv": "id;namn;telefon\n1;Anna Ek;0701234567\n2;Bo Alm;070-765 43 21\n"}, "personal", True),
        ({"/x/people2.csv": "id;namn;telefon\n1;Anna Ek;0701234567\n2;Bo Alm;070-765 43 21\n"}, "backups", False),
        ({"/x/shops.csv": "butik;telefon\nNordvik Norr;0600123456\nNordvik Syd;0600123457\n"}, "personal", False),
        ({"/x/prices.csv": "tjänst;pris\nIntyg;300\n"}, "patient", False),
        ({"/x/people.csv": PEOPLE, "/x/": PEOPLE}, "patient", False),  # whatever is asked for below /x/
    ],
)
def test_a_text_about_people_that_a_page_links_to_is_a_finding(served: dict[str, str], data: str, shown: bool) -> None:
    links = "".join(f"<a href='{path}'>här</a>" for path in served)
    page = f"<html><title>Statistik</title>{TEXT}<p>Dagens export finns {links}.</p></html>".encode()

    def answer(request: Request) -> Answer:
        if request.path == "/rec/":
            return says(200, page, content_type=HTML)
        every = "/x/" if "/x/" in served and request.path.startswith("/x/") else request.path
        return says(200, served[every].encode(), content_type="text/csv") if every in served else MISSING

    (verdict,), _ = play(HTTP_LISTING, target(paths=("/rec/",), data=data), answer)
    if not shown:
        assert not isinstance(verdict, Exposed), verdict
        return
    assert isinstance(verdict, Exposed), verdict
    assert verdict.kind == "linked-files"
    assert verdict.listing is not None
    assert [entry.path for entry in verdict.listing.files] == [path for path in served if "people" in path]


SPACED = {name: f"/rec/{quote(name, safe='&')}" for name in (f"samtal {number} & mer.wav" for number in range(4))}


@pytest.mark.parametrize("wrong", [lambda name: quote(quote(name)), lambda name: quote(name.replace("&", "&amp;"))])
def test_links_that_are_escaped_once_too_often_are_tried_by_the_names_that_they_show(wrong: Wrong) -> None:
    rows = nginx("/rec/", [(name, len(SOUND)) for name in SPACED]).decode()
    for name in SPACED:
        before, _, after = rows.partition(f'href="{quote(name)}"')
        rows = f'{before}href="{wrong(name)}"{after}' if after else rows
    page = rows.encode()
    assert wrong("samtal 1 & mer.wav").encode() in page
    (verdict,), _ = look(page, set(SPACED.values()))
    assert isinstance(verdict, Exposed), verdict
    assert verdict.why is OpenReason.LISTED_AND_READABLE
    assert verdict.listing is not None
    assert {entry.path for entry in verdict.listing.files} == set(SPACED.values())
    (verdict, *_), _ = look(page, set())
    assert not isinstance(verdict, Clear | Exposed), verdict


@pytest.mark.parametrize("inner", ["/rec/", "/", "/b/rec/"])
def test_a_proxy_that_takes_a_prefix_away_from_webdav_hides_nothing(inner: str) -> None:
    """The answer to PROPFIND of a folder is of that folder and its members, whatever the server behind calls it."""

    def answer(request: Request) -> Answer:
        if request.method == "PROPFIND" and request.path == "/a/b/rec/":
            return says(207, multistatus([inner, *(inner + name for name in NAMES)]), content_type="application/xml")
        if request.path in {f"/a/b/rec/{name}" for name in NAMES}:
            return sound(request)
        return says(403) if request.path.startswith("/a/b/rec") and NAMES[0][:4] not in request.path else MISSING

    at = target(paths=("/a/b/rec/",), declared=("/a/b/rec/",), data="recordings")
    (verdict, *_), _ = play(HTTP_LISTING, at, answer)
    assert isinstance(verdict, Exposed), verdict
    assert verdict.listing is not None
    assert {entry.path for entry in verdict.listing.files} == {f"/a/b/rec/{name}" for name in NAMES}


def multistatus(hrefs: list[str]) -> bytes:
    """An answer to PROPFIND: the folder, and files in it."""
    rows = "".join(
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop><D:resourcetype>"
        f"{'<D:collection/>' if href.endswith('/') else ''}</D:resourcetype></D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        for href in hrefs
    )
    return f'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{rows}</D:multistatus>'.encode()


def test_a_multi_status_of_another_folder_is_none_of_this_one() -> None:
    for hrefs in (["/else/", "/else/a.wav", "/else/b.wav"], ["/a.wav", "/b.wav"]):
        body = multistatus(hrefs)
        found = recognise(body, "http://h.test/rec/", (("content-type", "application/xml"),), 207)
        assert isinstance(found, NoListing), found
