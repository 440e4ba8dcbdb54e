"""Pages that say nothing, told by structure, and whether two answers are one page."""

from __future__ import annotations

import gzip
import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.pages.page_kind import PageKind, alike, page
from probes.recognise.pages.plain import breaks_off
from tests.speed import within

# ruff: noqa: E501  pages stand on one line

LONG = "<p>" + "This guide explains what a reader of the service should know about his appointment. " * 60 + "</p>"


def kind(body: str, status: int = 200, type_: str = "text/html", headers: dict[str, str] | None = None) -> PageKind:
    return page(body.encode(), type_, status, headers or {}).kind


@pytest.mark.parametrize(
    "body",
    [
        "<html><title>Log in</title><form action=/login method=post><input name=u><input type=password name=p></form>",
        "<form><input type='PASSWORD'></form>",
        '<FORM ACTION="x"><INPUT autocomplete=off TYPE="password" value="a>b"></FORM>',
        "<title>Logga in</title><form action='/next'><input type=email name=user></form>",
        '<form method="post" action="https://idp.example.org"><input type=hidden name="SAMLRequest" value="a"></form>',
        '<meta http-equiv="refresh" content="0; url=/login?next=%2Fmonitor%2F">',
        "<meta http-equiv=Refresh content=\"0;URL='https://idp.example.org/adfs/ls/?wa=wsignin1.0'\">",
        "<script>window.location.href='/auth/realms/x/protocol/openid-connect/auth'</script>",
        f"<title>Sign in</title>{LONG}<form><input type=password></form>",
    ],
)
def test_login_walls(body: str) -> None:
    assert kind(body) is PageKind.LOGIN_WALL


@pytest.mark.parametrize(
    "body",
    [
        "<title>404 Not Found</title><h1>Not Found</h1>",
        "<h1>Sidan kunde inte hittas</h1><a href=/>Till start</a>",
        "<h1>Siden blev ikke fundet</h1>",
        "<h1>Page not found</h1>",
        "<title>Sivua ei löytynyt</title><p>x</p>",
        "<title>Index of /rec/</title><h1>Index of /rec/</h1><p>The page that you look for is not here.</p>",
        "<h1>Oops</h1><p>The page you are looking for doesn't exist. <a href=/>Home</a></p>",
        "<h1>Hoppsan</h1><p>Sidan du letar efter finns inte.</p>",
    ],
)
def test_soft_404(body: str) -> None:
    assert kind(body) is PageKind.SOFT_404
    assert kind(body, 404) is not PageKind.SOFT_404  # the status says it


@pytest.mark.parametrize(
    "body",
    [
        '<meta http-equiv="refresh" content="0; url=/sv/start">',
        "<script>location.replace('/sv/')</script>",
        "<html><frameset cols=100%><frame src=/cgi-bin/main.html></frameset></html>",
    ],
)
def test_pages_that_lead_elsewhere(body: str) -> None:
    assert kind(body) is PageKind.LEADS_ELSEWHERE


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Villkor</h1><p>Genom att fortsätta godkänner du villkoren.</p><form method=post action=/rec/>"
        "<input type=hidden name=accept value=1><button>Fortsätt till filerna</button></form>",
        "<p>One moment, please.</p><form id=c method=post action='/rec/?h=1'><input type=hidden name=n></form>"
        "<script>setTimeout(function(){document.getElementById('c').submit()},4000)</script>",
        "<p>Vi använder kakor.</p><button onclick=\"document.cookie='ok=1'; location.reload()\">Godkänn</button>",
        f"<h1>Terms</h1>{LONG[:1500]}<form><input type=checkbox name=ok> I agree <input type=submit value=Enter></form>",
    ],
)
def test_a_page_to_click_through_is_not_ordinary(body: str) -> None:
    assert kind(body) is PageKind.CLICK_THROUGH


def test_the_element_of_redoc_draws_what_an_interface_offers() -> None:
    drawn = "<redoc spec-url='/openapi.json'></redoc>"
    assert kind(f"<html><body>{drawn}<script src='/redoc.standalone.js'></script></body></html>") is PageKind.ORDINARY
    assert kind(f"<html><body>{drawn}<script src='/app.js'></script></body></html>") is not PageKind.ORDINARY


def test_a_page_that_is_blank_on_purpose_is_ordinary_and_no_other_empty_page() -> None:
    # What Joomla puts into each of its folders.
    assert kind('<html><body bgcolor="#FFFFFF"></body></html>') is PageKind.ORDINARY
    assert kind("<!DOCTYPE html><title></title>\n") is PageKind.ORDINARY
    for body in ("<html></html>", "<html><head></head><body></body></html>", "<html><body>", "<html><body onload='draw()'></body></html>",
                 "<html><body><div id=a></div></body></html>"):  # fmt: skip
        assert kind(body) is not PageKind.ORDINARY, body


SHELLS = {
    "react": "<html><body><div id=root></div><script src=/main.3f2a.js></script></body></html>",
    "vue": "<noscript>You need to enable JavaScript</noscript><div id='app'></div><script src=a.js></script>",
    "vue template": "<title>[[title]]</title><body id=app><table><tr><th>Name<th>Size<tr v-for='f in files'><td>{{f.name}}"
    "</table><script src='/-/assets/index.js'></script>",
    "angular": f"<h1>Files</h1>{LONG}<li ng-repeat='file in folder.files'>{{{{file.name}}}}</li><script src=/ng.js></script>",
    "camera": "<h1>SD card</h1><div id=l></div><script>var x=new XMLHttpRequest();x.open('GET','/cgi/list');x.onload=draw;"
    "x.send()</script>",
    "table without rows": "<h2>Recordings</h2><p>Choose a day, then press play. The player opens in a window of its own, and "
    "every recording is kept for thirty days on the card before it is written over by a newer one, as is said in the "
    "manual.</p><table><thead><tr><th>Name</th></tr></thead><tbody id=rows></tbody></table><script src=js/list.js></script>",
    "another browser": "<h1>Recorder</h1><p>Your browser is not supported. Use Internet Explorer 9.</p>",
    "scripts demanded": "<h1>Arkiv</h1><p>Du måste aktivera JavaScript.</p>",
    "written": "<title>DVR</title><script>for (i in f) document.write('<a href=' + f[i] + '>' + f[i] + '</a>')</script>",
}


RELOADS = (
    "<h1>Welcome</h1><p>We answer telephones.</p><script>var s=new WebSocket('ws://'+location.host+'/ws');"
    "s.onmessage=function(m){if(m.data=='reload')window.location.reload();else @}</script>"
)


@pytest.mark.parametrize(
    ("does", "right"),
    [
        ("document.head.appendChild(sheet)", PageKind.ORDINARY),
        ("document.body.innerHTML=m.data", PageKind.SHELL),
        ("fetch('/rows').then(draw)", PageKind.SHELL),
    ],
)
def test_a_script_that_is_told_to_load_the_page_again_draws_nothing(does: str, right: PageKind) -> None:
    assert kind(RELOADS.replace("@", does)) is right


@pytest.mark.parametrize("name", SHELLS)
def test_shells(name: str) -> None:
    assert kind(SHELLS[name]) is PageKind.SHELL


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>News</h1>{LONG}<div id=app></div><script src=/app.js></script><script>fetch('/count')</script>",
        "<h1>Site under construction</h1><script async src='https://www.googletagmanager.com/gtag/js?id=G-1'></script>"
        "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}</script>",
        "<h1>Contact</h1><form action=/send><input type=text name=who><textarea></textarea></form><script src=/v.js></script>",
        "<h1>Welcome</h1><p>Nothing to see.</p><script src='/js/jquery.min.js'></script>",
    ],
)
def test_ordinary_pages_with_scripts(body: str) -> None:
    assert kind(body) is PageKind.ORDINARY


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", PageKind.NO_TEXT),
        (b" \n", PageKind.NO_TEXT),
        (bytes(range(256)) * 10, PageKind.NO_TEXT),
        (b"<html><body><img src=a.png></body></html>", PageKind.NO_TEXT),
        (b"<html><body>&nbsp;<hr></body></html>", PageKind.NO_TEXT),
        (b"12 34 56", PageKind.NO_TEXT),
        (b"[]", PageKind.DATA),
        (b"{}", PageKind.DATA),
        (b'[{"id": 1}, {"id": 2}]', PageKind.DATA),
        (b'{"result": {"list": ["a.wav"]}}', PageKind.DATA),
        (b'{"file": "a.wav"}', PageKind.DATA),
        (b'{"orders": "/api/orders", "units": "/api/units"}', PageKind.DATA),
        (b'{"docs": "/docs", "openapi_url": "/openapi", "health": "/health"}', PageKind.ORDINARY),
        (b'{"status": 404, "error": "Not Found", "path": "/recordings"}', PageKind.ORDINARY),
        (b'{"status": "ok", "version": "1.2.3", "up": true}', PageKind.ORDINARY),
        (b"<?xml version='1.0'?><stock><item>a</item></stock>", PageKind.DATA),
        (b"<Files><F>a.wav</F></Files>", PageKind.DATA),
        (b"a.wav\nb.wav\nc.wav\n", PageKind.DATA),
        (b"OK\n", PageKind.ORDINARY),
        (b"This server answers machines alone. Write to it@example.org.\n", PageKind.ORDINARY),
        ("\ufeff<h1>Hallå</h1><p>Sidan är under arbete.</p>".encode("utf-16-le"), PageKind.ORDINARY),
        (gzip.compress(b"<h1>Hello</h1><p>Come again.</p>", mtime=0), PageKind.ORDINARY),
    ],
)
def test_only_what_can_be_read_is_ordinary(body: bytes, told: PageKind) -> None:
    assert page(body, "", 200, {}).kind is told


_WHOLE = (
    "<!DOCTYPE html><html><head><title>Our works</title><script>if (a < b) { go() }</script></head><body>\n"
    "<h1>Our works</h1><!-- since 1950 --><table><tr><td>We make things, and like it.</td></tr></table>"
    "<p>Come on Monday.</p></body></html>\n"
)
_LAST = re.compile(r"<[^>]+>")


def test_a_page_that_ends_in_its_markup_is_not_ordinary() -> None:
    assert kind(_WHOLE) is PageKind.ORDINARY
    inside = [found.start() + 2 for found in _LAST.finditer(_WHOLE)]
    assert len(inside) > 20
    for end in inside:
        assert kind(_WHOLE[:end]) in {PageKind.BROKEN_OFF, PageKind.NO_TEXT, PageKind.DATA}, end
    for word in ("Our wo", "go()", "<h1>Our", "since", "<td>We make"):
        assert kind(_WHOLE[: _WHOLE.rindex(word) + len(word)]) is PageKind.BROKEN_OFF, word
    # Markup that browsers let a page leave open, and text that only mentions some.
    for left in ("</html>", "</body></html>", "</p></body></html>"):
        assert kind(_WHOLE.strip().removesuffix(left)) is PageKind.ORDINARY
    assert kind("Write <here to us, or call.") is PageKind.ORDINARY
    for held in (
        "<script>var a = '<title>'</script>",
        "<!-- <h1> -->",
        "<textarea>&lt;a> <pre></textarea>",
        "<style>/* <table> */</style>",
    ):
        assert kind(_WHOLE.replace("<p>", f"{held}<p>")) is PageKind.ORDINARY, held


@pytest.mark.parametrize(
    "part", ["<script>", "<script ", "<!--", "<!-- -->", "<script></script>", "<style", "<h1>", "<"]
)
@pytest.mark.parametrize("end", ["", "</script>", "<script-x>", "-->", "></style>"])
def test_what_breaks_off_is_told_in_linear_time(part: str, end: str) -> None:
    begun = time.process_time()
    breaks_off("<p>" + part * ((1 << 18) // len(part)) + end)
    assert within(time.process_time() - begun, 0.2)


@pytest.mark.parametrize(
    ("body", "vendor"),
    [
        ("<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>If you see this page", "nginx"),
        ("<title>Apache2 Ubuntu Default Page: It works</title><p>x", "Apache"),
        ("<html><body><h1>It works!</h1></body></html>", "Apache"),
        ("<title>IIS Windows Server</title><img src=iis.png>", "IIS"),
    ],
)
def test_default_pages(body: str, vendor: str) -> None:
    told = page(body.encode(), "text/html", 200, {})
    assert (told.kind, told.vendor) == (PageKind.DEFAULT_PAGE, vendor)


@pytest.mark.parametrize(
    ("body", "vendor"),
    [
        ("<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head><body><center><h1>400 Bad "
         "Request</h1></center><center>The plain HTTP request was sent to HTTPS port</center></body></html>", "nginx"),
        ("<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />", "Apache"),
        ("Client sent an HTTP request to an HTTPS server.\n", "Go"),
        ("Bad Request\r\nThis combination of host and port requires TLS.\r\n", "Java"),
    ],
)  # fmt: skip
def test_tls_notices_prove_a_tls_port(body: str, vendor: str) -> None:
    told = page(body.encode(), "text/html", 400, {})
    assert (told.kind, told.vendor) == (PageKind.TLS_NOTICE, vendor)
    assert kind(body, 200) is not PageKind.TLS_NOTICE
    assert kind(body + LONG, 400) is not PageKind.TLS_NOTICE


@pytest.mark.parametrize(
    "body",
    [
        f"<title>About us</title><h1>Help</h1>{LONG}<p>Forgot your password? A captcha protects the form.</p>",
        f"<title>News</title>{LONG}<form action=/login><input type=password></form>",
        f"<title>Errors</title>{LONG}<p>The requested URL was rejected. Your support ID is: 12345678901</p>",
        f"<h1>Article</h1>{LONG}<script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>",
        "<h1>Article</h1><p>Text.</p><script src='/_Incapsula_Resource?SWJIYLWA=719d34d3'></script>",
        "<h1>Contact</h1><form><input type=text><textarea></textarea></form><script "
        "src=https://www.google.com/recaptcha/api.js></script>",
        "<title>Index of /monitor</title><h1>Index of /monitor</h1><pre><a href='login.html'>login.html</a></pre>",
        "<p>Blocked drains: call us.</p>",
        "<h1>Clinic</h1><p>We use cookies.</p><form method=post><button>Accept</button></form>",
        f"<h1>News</h1>{LONG}<form action=/logout><button>Log out</button></form>",
        "<h1>Roads</h1><p>Unusual traffic today.</p><form><input type=text name=search></form>",
        "<p>hello</p>",
    ],
)
def test_ordinary_pages_that_mention_such_words(body: str) -> None:
    assert kind(body) is PageKind.ORDINARY


def test_a_small_answer_of_an_interface_is_ordinary() -> None:
    assert kind('{"password": "<input type=password>"}', type_="application/json") is PageKind.ORDINARY


def catch_all(asked: str, request: str, more: str = "") -> bytes:
    return (
        f'<!doctype html><html><head><meta property="og:url" content="https://example.org{asked}"><title>Portal</title>'
        f'<script nonce="{request}">var request = "{request}";</script></head><body><nav><a href="/">Start</a>'
        f'<a href="/help">Help</a></nav><h1>Welcome</h1><p>You asked for {asked} on Mon, 18 Feb 2019.</p>{more}'
        f"<footer>Version 4, request {request}, rendered in {len(request) * 3} ms</footer></body></html>"
    ).encode()


@pytest.mark.parametrize(
    ("asked_a", "asked_b"),
    [
        ("/monitor/", "/x7f3q-1/"),
        ("/backup/calls.sql", "/backup/zzqkxwv.sql"),
        ("/recordings/2019/a%20b.wav", "/recordings/2019/qqqqqq.wav"),
        ("/monitor/?C=N", "/qwertyuiop/?C=N"),
    ],
)
def test_reflection_and_random_ids_do_not_make_a_page_another(asked_a: str, asked_b: str) -> None:
    a = catch_all(asked_a, "Zk3+9fQ/aa81LmPq==")
    b = catch_all(asked_b, "3f2504e0-4f89-11d3-9a0c-0305e82c3301")
    assert alike(a, b, asked_a, asked_b)
    assert alike(b, a, asked_b, asked_a)


def test_reflection_in_other_spellings() -> None:
    a = b'{"error":"no such path","path":"\\/monitor\\/x","id":"a81f22"}'
    b = b'{"error":"no such path","path":"\\/random-word\\/x","id":"77"}'
    assert alike(a, b, "/monitor/x", "/random-word/x")
    assert alike(b"Not found: MONITOR", b"Not found: QWXYZ", "/monitor", "/qwxyz")
    assert alike(b"<p>&lt;a&gt;</p>" * 9, b"<p>&lt;bcde&gt;</p>" * 9, "/<abcd>", "/<bcde>") in (True, False)


def listing(rows: int) -> str:
    return "".join(f'<tr><td><a href="call-{n}.wav">call-{n}.wav</a></td><td>12K</td></tr>' for n in range(rows))


def test_other_pages_are_not_alike() -> None:
    shell = catch_all("/a1/", "r1")
    assert not alike(shell, catch_all("/monitor/", "r1", listing(5)), "/a1/", "/monitor/")
    assert not alike(shell, b"<html><title>404 Not Found</title><h1>Not Found</h1></html>", "/a1/", "/b1/")
    assert not alike(b"Not found", b"Forbidden", "/a", "/b")
    assert not alike(shell, b"", "/a1/", "/b1/")
    assert not alike(listing(40).encode(), listing(4).encode(), "/a/", "/b/")
    assert not alike(b"RIFF\0\0\0\0WAVE" * 9, b"RIFF\0\1\0\0WAVE" * 9, "/a.wav", "/b.wav")


def test_equal_answers_are_alike() -> None:
    for body in (b"", b"x", b"RIFF\0", listing(3).encode()):
        assert alike(body, body, "/a", "/b")


@given(st.binary(max_size=300), st.binary(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_any_answers_are_compared(a: bytes, b: bytes, asked_a: str, asked_b: str) -> None:
    assert alike(a, b, asked_a, asked_b) is alike(b, a, asked_b, asked_a)
    assert alike(a, a, asked_a, asked_b)


PIECES = st.sampled_from(
    [
        "<", ">", "<script>", "</script>", "<title>", "<input type=password>", "<!--", "-->", '"', "'", "a", "&#x41;",
        "&", "<meta http-equiv=refresh", " content='0;url=/login'>", "İ", "\0", "<a href=x>", "support id is: 1234567",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200), st.integers(0, 999), st.text(max_size=20))
def test_any_page_is_read(body: str, status: int, declared: str) -> None:
    assert page(body.encode(errors="replace"), declared, status, [("server", declared)]).kind in PageKind


@pytest.mark.parametrize(
    "piece",
    [
        "<", "<a", "<a ", "<a x=", '<a x="', "<a x='", "<script>", "<title>", "<style", "<!--", "</", "<a 'b' ",
        "<iframe ",
        "<meta http-equiv=refresh content='", "&", "a", "1", "a1", " ", "support id", "reference #", "location", "- ",
        "access denied <b> ", "\u0130<h1>", "incident id ", "aB3/", "=", "is ", "log ",
    ],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    body = (piece * (200_000 // len(piece))).encode()
    begun = time.process_time()
    page(body, "text/html", 200, {})
    page(b"<title>" + body + b"</title><h1>" + body, "text/html", 200, {})
    alike(body, body + b"x", "/" + piece * 1000, "/b")
    alike(body + b"y", b"z" + body, "/" + "ab/" * 1000, "/b")
    assert within(time.process_time() - begun, 2)


def test_comparing_takes_milliseconds() -> None:
    chance = random.Random(1)
    rows = "".join(f"<tr><td>{chance.randrange(10**9)}</td><td>call</td></tr>" for _ in range(3000)).encode()
    begun = time.process_time()
    alike(rows, rows + b"<p>end</p>", "/a/", "/b/")
    assert within(time.process_time() - begun, 0.5)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<div id=sds-login></div><noscript>To log in, enable JavaScript.</noscript><script src=a.js></script>", "login-wall"),
        ("<div id=login></div><script src=/ui/login.js></script>", "login-wall"),
        ("<div id=login></div><div id=rows></div><script src=/ui/login.js></script>", "shell"),
        ("<div id=app></div><script src=/ui/login.js></script>", "shell"),
        ("<div id=login></div><script src=/ui/login.js></script><script src=/ui/calls.js></script>", "shell"),
        ("<div id=login></div><script src=/ui/login.js></script><a href=/rec/>Calls</a>", "shell"),
    ],
)  # fmt: skip
def test_a_login_that_a_script_draws_is_called_so_twice(body: str, kind: str) -> None:
    assert page(f"<html><title>NAS - share</title><body>{body}</body></html>".encode(), "text/html", 200).kind == kind


SIGNS_ON = (
    "<title>Sign in</title><script src='/msal-browser.min.js'></script><script>new msal.PublicClientApplication(c).loginRedirect()</script>",
    "<title>Laddar</title><div id=app></div><script>k.init({onLoad: 'login-required'})</script>",
    "<div id=root></div><script>new UserManager(s).signinRedirect()</script>",
)  # fmt: skip


@pytest.mark.parametrize("body", SIGNS_ON)
def test_a_script_that_leads_to_single_sign_on_is_a_login(body: str) -> None:
    assert kind(body) is PageKind.LOGIN_WALL
    # Beside what it links to, or what another script draws, it may be one of several ways on.
    for other in ("/app.js", "/static/js/main.1a2b3c4d.chunk.js", "/oidc-files.js", "/js/keycloak/rows.js"):
        assert kind(f"{body}<script src='{other}'></script>") is not PageKind.LOGIN_WALL, other
    assert kind(f"{body}<script>fetch(u).then(draw)</script>") is not PageKind.LOGIN_WALL
    assert kind(f"{body}<a href='/files/'>Files</a>") is not PageKind.LOGIN_WALL
    assert kind(body.replace("Redirect(", "(").replace("login-required", "check-sso")) is not PageKind.LOGIN_WALL
