"""Faults in the status: throttling, breakage, redirects, filters, and numbers that are no status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.servers.faults.kind import answer, says
from tests.servers.pages import FORBIDDEN, NOT_FOUND, SOUND, Disk
from tests.servers.raw import Hit, Talk, reply

OPEN = Disk()
PAGE = OPEN.page()


def _page(title: str, words: str) -> bytes:
    head = f"<!doctype html><html><head><title>{title}</title></head>"
    return f"{head}<body><h1>{title}</h1><p>{words}</p></body></html>".encode()


BUSY = _page("Too Many Requests", "Please slow down.")
says(
    "429-seconds",
    "unknown",
    "429 with Retry-After: 2",
    reply("429 Too Many Requests", BUSY, "text/html", ("Retry-After", "2")),
)
says(
    "429-hours",
    "unknown",
    "429 that asks for four hours",
    reply("429 Too Many Requests", BUSY, "text/html", ("Retry-After", "14400")),
)
says(
    "429-nonsense",
    "unknown",
    "429 with a Retry-After that is a word",
    reply("429 Too Many Requests", BUSY, "text/html", ("Retry-After", "soon")),
)
says(
    "429-negative",
    "unknown",
    "429 with a negative Retry-After",
    reply("429 Too Many Requests", BUSY, "text/html", ("Retry-After", "-10")),
)
says("429-bare", "unknown", "429 without a word", reply("429 Too Many Requests", b""))


@answer("429-date", "unknown", "429 with a Retry-After that is a date three seconds ahead")
async def _(talk: Talk, hit: Hit) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    await talk.say(reply("429 Too Many Requests", BUSY, "text/html", ("Retry-After", then), bare=hit.method == "HEAD"))


@answer("429-past", "unknown", "429 with a Retry-After that is a date long past")
async def _(talk: Talk, hit: Hit) -> None:
    late = ("Retry-After", "Thu, 01 Jan 1998 00:00:00 GMT")
    await talk.say(reply("429 Too Many Requests", BUSY, "text/html", late, bare=hit.method == "HEAD"))


@answer("429-after-first", "unknown", "a listing once, then 429 for everything")
async def _(talk: Talk, hit: Hit) -> None:
    first = len(talk.server.hits) == 1
    throttled = reply("429 Too Many Requests", BUSY, "text/html", ("Retry-After", "2"), bare=hit.method == "HEAD")
    await talk.say(OPEN.answer(hit) if first else throttled)


says(
    "500",
    "unknown",
    "500 with a stack trace",
    reply("500 Internal Server Error", _page("500", "TypeError at /index.php line 12")),
)
says("500-listing", "unknown", "500 whose body is a listing", reply("500 Internal Server Error", PAGE))
says(
    "502",
    "unknown",
    "502 from a proxy",
    reply(
        "502 Bad Gateway",
        _page("502 Bad Gateway", "nginx"),
        "text/html",
        ("Server", "nginx"),
    ),
)
says(
    "503",
    "unknown",
    "503 without Retry-After",
    reply("503 Service Unavailable", _page("Service Unavailable", "Back soon.")),
)
says(
    "503-retry",
    "unknown",
    "503 with Retry-After: 2",
    reply("503 Service Unavailable", _page("Underhåll", "Vi är strax tillbaka."), "text/html", ("Retry-After", "2")),
)
says("504", "unknown", "504 from a proxy", reply("504 Gateway Timeout", _page("504", "upstream timed out")))
says(
    "521",
    "unknown",
    "a CDN that cannot reach its origin",
    reply("521 Web server is down", _page("Web server is down", "Error 521 Ray ID: 8c1f")),
)
says("status-600", "unknown", "the status 600", reply("600 Unparseable", PAGE))
says("status-000", "unknown", "the status 000", reply("000 Nothing", PAGE))
says("status-abc", "unknown", "a status of letters", reply("abc Fine", PAGE))
says("status-999", "unknown", "the status 999 of a site that dislikes robots", reply("999 Request denied", b""))
says("status-long", "unknown", "a status of nine digits", reply("200200200 OK", PAGE))
says(
    "http-7.3",
    "not-clear",
    "a version of HTTP that does not exist",
    reply(200, PAGE).replace(b"HTTP/1.1", b"HTTP/7.3", 1),
)
says("204", "not-exposed", "204: fine, and nothing to say", reply("204 No Content", b"", "", length=None))
says("304-unasked", "unknown", "304 to a request without a condition", reply("304 Not Modified", b"", "", length=None))
says(
    "206-unasked",
    "not-clear",
    "206 to a request without a Range",
    reply(206, PAGE, "text/html", ("Content-Range", f"bytes 0-{len(PAGE) - 1}/{len(PAGE)}")),
)
says(
    "400",
    "not-exposed",
    "400 to everything",
    reply(
        "400 Bad Request", _page("Bad Request", "Your browser sent a request that this server could not understand.")
    ),
)
says(
    "401",
    "clear",
    "401 with a realm",
    reply(401, _page("Unauthorized", "Log in."), "text/html", ("WWW-Authenticate", 'Basic realm="recordings"')),
)
says("403", "clear", "403 for everything", reply(403, FORBIDDEN))
says("404", "clear", "404 for everything", reply(404, NOT_FOUND))
says("405", "not-exposed", "405 even for GET", reply("405 Method Not Allowed", b"", "", ("Allow", "POST")))
says(
    "407",
    "unknown",
    "407: a proxy in between wants a password",
    reply("407 Proxy Authentication Required", b"", "", ("Proxy-Authenticate", "Basic")),
)
says("410", "clear", "410 for everything", reply("410 Gone", _page("Gone", "It was here once.")))
says(
    "421",
    "unknown",
    "421: asked of the wrong server",
    reply("421 Misdirected Request", _page("Misdirected Request", "Not here.")),
)
says("451", "not-exposed", "451 for legal reasons", reply("451 Unavailable For Legal Reasons", b"", ""))

WAF = _page(
    "Request Rejected",
    "The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 1846392847563847",
)
CAPTCHA = _page(
    "Just a moment...",
    "Checking your browser before accessing nas.test. <div class='g-recaptcha' data-sitekey='x'></div> "
    "Enable JavaScript and cookies to continue",
)
says("waf-200", "unknown", "a filter's block page with 200 and a support id", reply(200, WAF))
says("waf-403", "not-exposed", "a filter's block page with 403", reply(403, WAF))
says("captcha-200", "unknown", "a page that wants to see a human, with 200", reply(200, CAPTCHA))
says(
    "captcha-503",
    "unknown",
    "the same with 503",
    reply("503 Service Unavailable", CAPTCHA, "text/html", ("Retry-After", "10")),
)
says("401-bare", "clear", "401 without any body", reply(401, b"", "", ("WWW-Authenticate", "Negotiate")))


@answer("redirect-loop", "unknown", "every path points to itself")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(reply(302, b"", "text/html", ("Location", hit.path), bare=hit.method == "HEAD"))


@answer("redirect-deeper", "unknown", "every path points to one a folder deeper")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(reply(302, b"", "text/html", ("Location", hit.path.rstrip("/") + "/a/"), bare=hit.method == "HEAD"))


@answer("redirect-away", "clear", "points to a host that nobody declared")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(reply(302, b"", "text/html", ("Location", talk.server.elsewhere), bare=hit.method == "HEAD"))


@answer("redirect-with-listing", "unknown", "points away, with a listing in the body of the redirect")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(
        reply("301 Moved", PAGE, "text/html", ("Location", talk.server.elsewhere), bare=hit.method == "HEAD")
    )


@answer("refresh-away", "not-exposed", "200 with a Refresh header that points away")
async def _(talk: Talk, hit: Hit) -> None:
    page = _page("Vidare", f'<meta http-equiv="refresh" content="0;url={talk.server.elsewhere}">')
    refresh = ("Refresh", f"0; url={talk.server.elsewhere}")
    await talk.say(
        reply(200, page, "text/html", refresh, bare=hit.method == "HEAD") if hit.path == "/" else OPEN.answer(hit)
    )


says("redirect-nowhere", "unknown", "302 without a Location", reply(302, b""))
says(
    "redirect-garbage",
    "unknown",
    "302 with a Location that is no URL",
    reply(302, b"", "", ("Location", "http://[::1:99999999/%zz")),
)
says(
    "redirect-login", "unknown", "302 to a login on the same host", reply(302, b"", "", ("Location", "/login?next=%2F"))
)
says(
    "redirect-file",
    "unknown",
    "302 to a file on the asker's own disk",
    reply(302, b"", "", ("Location", "file:///etc/passwd")),
)


@answer("401-after-first", "not-exposed", "a listing at the first request, 401 from then on")
async def _(talk: Talk, hit: Hit) -> None:
    closed = reply(401, b"", "", ("WWW-Authenticate", 'Basic realm="x"'), bare=hit.method == "HEAD")
    await talk.say(OPEN.answer(hit) if len(talk.server.hits) == 1 else closed)


# Files: the folder is closed, one file is declared.
CALL = "/call.wav"
READY = ("Accept-Ranges", "bytes")


@answer(
    "206-wrong-range",
    "exposed",
    "answers a Range with other bytes, and a plain GET with the file",
    path=CALL,
    file=True,
)
async def _(talk: Talk, hit: Hit) -> None:
    if hit.path == CALL and hit.method == "GET" and hit.header("range"):
        other = ("Content-Range", f"bytes 1000-1511/{len(SOUND)}")
        await talk.say(reply(206, SOUND[1000:1512], "audio/x-wav", READY, other))
    else:
        await talk.say(_one_file(hit))


@answer(
    "206-endless", "unknown", "answers a Range of some bytes with 206 and bytes without an end", path=CALL, file=True
)
async def _(talk: Talk, hit: Hit) -> None:
    if hit.path != CALL or hit.method == "HEAD":
        await talk.say(_one_file(hit))
        return
    await talk.say(reply(206, b"", "audio/x-wav", READY, ("Content-Range", "bytes 0-511/99999999"), length=None))
    while True:
        await talk.say(b"\x00" * 65536)


@answer("range-ignored-endless", "unknown", "answers a Range with 200 and a file without an end", path=CALL, file=True)
async def _(talk: Talk, hit: Hit) -> None:
    if hit.path != CALL or hit.method == "HEAD":
        await talk.say(_one_file(hit))
        return
    await talk.say(reply(200, b"", "audio/x-wav", READY, length=None))
    while True:
        await talk.say(b"\x00" * 65536)


@answer("head-200-get-404", "not-exposed", "HEAD says that the file is there, GET that it is not", path=CALL, file=True)
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(_one_file(hit) if hit.method == "HEAD" else reply(404, NOT_FOUND))


@answer("head-hangs", "not-clear", "never answers HEAD; GET with a Range works", path=CALL, file=True)
async def _(talk: Talk, hit: Hit) -> None:
    if hit.method == "HEAD":
        await talk.hang()
    else:
        await talk.say(_one_file(hit))


@answer("head-405", "not-clear", "refuses HEAD; GET with a Range works", path=CALL, file=True)
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(
        reply("405 Method Not Allowed", b"", "", ("Allow", "GET"), bare=True)
        if hit.method == "HEAD"
        else _one_file(hit)
    )


@answer("file-is-html", "not-exposed", "the sound file is a page, whatever HEAD says", path=CALL, file=True)
async def _(talk: Talk, hit: Hit) -> None:
    page = _page("Inloggning", "Logga in för att lyssna.")
    if hit.path == CALL and hit.method == "GET":
        told = ("Content-Range", f"bytes 0-{len(page) - 1}/{len(page)}")
        await talk.say(reply(206, page, "audio/x-wav", READY, told))
    else:
        await talk.say(_one_file(hit))


@answer("file-everywhere", "unknown", "every path of a sound is the same sound", path=CALL, file=True)
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(Disk({hit.path: SOUND}).answer(hit) if hit.path.endswith(".wav") else reply(403, FORBIDDEN))


def _one_file(hit: Hit) -> bytes:
    if hit.path == "/":
        return reply(403, FORBIDDEN, bare=hit.method == "HEAD")
    return Disk({CALL: SOUND}).answer(hit)
