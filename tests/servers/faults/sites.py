"""Sites that mislead: listings that come and go, that are everywhere, that lead nowhere or for ever. And true twins."""

from __future__ import annotations

import asyncio
import gzip
from urllib.parse import unquote

from tests.servers.faults.kind import answer
from tests.servers.pages import FORBIDDEN, NAMES, NOT_FOUND, SOUND, Disk, apache, nginx, sound
from tests.servers.raw import Hit, Talk, reply

OPEN = Disk()
PAGE = OPEN.page()
ROWS = OPEN.rows("/")
HTML = "text/html;charset=UTF-8"


def _is(hit: Hit, *paths: str) -> bool:
    return hit.path.partition("?")[0] in paths


def _page(hit: Hit, body: bytes) -> bytes:
    return reply(200, body, HTML, bare=hit.method == "HEAD")


def _none(hit: Hit) -> bytes:
    return reply(404, NOT_FOUND, bare=hit.method == "HEAD")


@answer("listing-once", "unknown", "a listing for the first look only, then an ordinary page; entries answer")
async def _(talk: Talk, hit: Hit) -> None:
    looks = sum(1 for one in talk.server.hits if one.path == "/" and one.method == "GET")
    if _is(hit, "/") and looks > 1:
        await talk.say(_page(hit, b"<html><head><title>Welcome</title></head><body><h1>It works</h1></body></html>"))
    else:
        await talk.say(OPEN.answer(hit))


@answer("listing-flaps", "not-clear", "a listing at every other look, 503 in between; entries answer")
async def _(talk: Talk, hit: Hit) -> None:
    looks = sum(1 for one in talk.server.hits if one.path == "/" and one.method == "GET")
    down = _is(hit, "/") and looks % 2 == 0
    await talk.say(reply("503 Service Unavailable", b"") if down else OPEN.answer(hit))


@answer("listing-changes", "not-clear", "other names at every look; only the newest ones answer")
async def _(talk: Talk, hit: Hit) -> None:
    looks = sum(1 for one in talk.server.hits if one.path == "/" and one.method == "GET")
    now = Disk({f"/call-{looks:03d}-{number}.wav": SOUND for number in range(5)})
    await talk.say(now.answer(hit))


@answer("listing-everywhere", "unknown", "the same listing at every path")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(_page(hit, PAGE))


@answer("listing-everywhere-named", "unknown", "a listing at every path, each with its own path for a title")
async def _(talk: Talk, hit: Hit) -> None:
    path = unquote(hit.path.partition("?")[0])
    await talk.say(sound(hit, SOUND) if path.endswith(".wav") else _page(hit, nginx(path, ROWS)))


@answer("honeypot", "unknown", "whatever is asked for is there: folders list it, files are made up on the spot")
async def _(talk: Talk, hit: Hit) -> None:
    path = unquote(hit.path.partition("?")[0])
    last = path.rstrip("/").rpartition("/")[2] or "index"
    rows = [(f"{last}.wav", 3290), (f"{last}.sql", 18_000_000), ("backup.zip", 77_000), (f"{last}/", None)]
    await talk.say(_page(hit, apache(path, rows)) if path.endswith("/") else sound(hit, SOUND))


@answer("self-links", "not-exposed", "rows with dates and sizes whose links all lead back to the page")
async def _(talk: Talk, hit: Hit) -> None:
    rows = "".join(
        f'<a href="{link}">call-{n}.wav</a>   21-Nov-2018 14:05   {n * 999}\n'
        for n, link in enumerate(("/", "./", "?", "#", ""))
    )
    page = f"<html><head><title>Index of /</title></head><body><h1>Index of /</h1><hr><pre>{rows}</pre></body></html>"
    await talk.say(_page(hit, page.encode()) if _is(hit, "/") else _none(hit))


@answer("dots-only", "not-clear", "a mini_httpd page with nothing but `.` and `..`")
async def _(talk: Talk, hit: Hit) -> None:
    rows = '<a href=".">.</a>                                21Nov2018 14:05           4096\n'
    rows += '<a href="..">..</a>                               21Nov2018 14:05           4096\n'
    page = f"<html><head><title>Index of ./</title></head><body><h4>Index of ./</h4><pre>\n{rows}</pre></body></html>"
    await talk.say(_page(hit, page.encode()) if _is(hit, "/") else _none(hit))


@answer(
    "dots-and-calls",
    "not-clear",
    "a mini_httpd page with `.`, `..` and calls: a crawler that follows the dots never ends",
)
async def _(talk: Talk, hit: Hit) -> None:
    rows = "".join(f'<a href="{name}">{name}</a>  21Nov2018 14:05  4096\n' for name in (".", "..", *NAMES))
    page = f"<html><head><title>Index of ./</title></head><body><h4>Index of ./</h4><pre>\n{rows}</pre></body></html>"
    await talk.say(_page(hit, page.encode()) if _is(hit, "/", "/.", "/..", "/./", "/../") else OPEN.answer(hit))


@answer("calendar", "not-exposed", "a calendar whose next month is always one click away")
async def _(talk: Talk, hit: Hit) -> None:
    path, _, query = hit.path.partition("?")
    month = int(query.removeprefix("month=")) if query.removeprefix("month=").isdigit() else 0
    days = "".join(f'<td><a href="?day={month}-{day}">{day}</a></td>' for day in range(1, 31))
    steps = f'<a href="?month={month - 1}">&laquo;</a> <a href="?month={month + 1}">&raquo;</a>'
    body = f"<h1>2026-{month:02d}</h1>{steps}<table><tr>{days}</tr></table>"
    page = f"<html><head><title>Calendar</title></head><body>{body}</body></html>"
    await talk.say(_page(hit, page.encode()) if path == "/" else _none(hit))


@answer("endless-folders", "not-clear", "every folder holds two more, for ever, and one call")
async def _(talk: Talk, hit: Hit) -> None:
    path = hit.path.partition("?")[0]
    real = set(path.strip("/").split("/")) <= {"", "a", "b", "call.wav"}
    if real and path.endswith("/"):
        await talk.say(_page(hit, apache(path, [("a/", None), ("b/", None), ("call.wav", len(SOUND))])))
    else:
        await talk.say(sound(hit, SOUND) if real and path.endswith("/call.wav") else _none(hit))


@answer("looping-folder", "not-clear", "a folder `loop/` that is its own parent, as through a symbolic link")
async def _(talk: Talk, hit: Hit) -> None:
    path = hit.path.partition("?")[0]
    while path.startswith("/loop/"):
        path = path.removeprefix("/loop")
    if path == "/":
        await talk.say(_page(hit, apache(hit.path, [("loop/", None), *ROWS])))
    else:
        await talk.say(sound(hit, SOUND) if path in OPEN.files else _none(hit))


@answer("empty-listing", "exposed", "a true listing of an empty folder")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(_page(hit, nginx("/", [])) if _is(hit, "/") else _none(hit))


@answer("entries-forbidden", "exposed", "a listing whose every file is 403: its names are open")
async def _(talk: Talk, hit: Hit) -> None:
    listed = hit.path in OPEN.files
    await talk.say(reply(403, FORBIDDEN, bare=hit.method == "HEAD") if listed else OPEN.answer(hit))


@answer("entries-demand-login", "exposed", "a listing whose every file is 401: its names are open")
async def _(talk: Talk, hit: Hit) -> None:
    closed = reply(401, b"", "", ("WWW-Authenticate", "Basic"), bare=hit.method == "HEAD")
    await talk.say(closed if hit.path in OPEN.files else OPEN.answer(hit))


@answer("entries-are-pages", "exposed", "a listing whose every sound is a login page with 200: its names are open")
async def _(talk: Talk, hit: Hit) -> None:
    login = b"<html><head><title>Log in</title></head><body><form><input type=password name=p></form></body></html>"
    await talk.say(_page(hit, login) if hit.path in OPEN.files else OPEN.answer(hit))


@answer("entries-gone", "unknown", "a listing from a cache: not one of its files is there any more")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(_none(hit) if hit.path in OPEN.files else OPEN.answer(hit))


@answer("canary-hangs", "unknown", "a true listing on a server that never answers for what does not exist")
async def _(talk: Talk, hit: Hit) -> None:
    known = _is(hit, "/") or hit.path in OPEN.files
    if known:
        await talk.say(OPEN.answer(hit))
    else:
        await talk.hang()


@answer(
    "listing-to-robots", "not-exposed", "a listing for clients with `bot` or `curl` in their name, a shop for others"
)
async def _(talk: Talk, hit: Hit) -> None:
    agent = hit.header("user-agent").lower()
    if "curl" in agent or "wget" in agent:
        await talk.say(OPEN.answer(hit))
    else:
        await talk.say(
            _page(hit, b"<html><head><title>Shop</title></head><body>Hello</body></html>")
            if _is(hit, "/")
            else _none(hit)
        )


# The true twins: what stands beside the faults and must be found, or a fix for the one has broken the other.


@answer("twin-apache", "exposed", "an open folder of calls in Apache's look")
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(OPEN.answer(hit))


@answer("twin-nginx-chunked", "exposed", "the same in nginx's look, in chunks")
async def _(talk: Talk, hit: Hit) -> None:
    if not (_is(hit, "/") and hit.method == "GET"):
        await talk.say(Disk(look="nginx").answer(hit))
        return
    page = nginx("/", ROWS)
    parts = [page[at : at + 100] for at in range(0, len(page), 100)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    await talk.say(reply(200, b"", "text/html", ("Transfer-Encoding", "chunked"), length=None), chunks, b"0\r\n\r\n")


@answer("twin-gzip", "exposed", "the same compressed, where the client accepts it")
async def _(talk: Talk, hit: Hit) -> None:
    if _is(hit, "/") and "gzip" in hit.header("accept-encoding"):
        await talk.say(reply(200, gzip.compress(PAGE), HTML, ("Content-Encoding", "gzip"), bare=hit.method == "HEAD"))
    else:
        await talk.say(OPEN.answer(hit))


@answer("twin-until-close", "exposed", "the same without any length: the end of the connection is the end")
async def _(talk: Talk, hit: Hit) -> None:
    if _is(hit, "/") and hit.method == "GET":
        await talk.say(reply(200, PAGE, HTML, length=None).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
    else:
        await talk.say(OPEN.answer(hit))


@answer("twin-slow", "exposed", "the same from a slow disk: each answer takes a third of a second, in three parts")
async def _(talk: Talk, hit: Hit) -> None:
    whole = OPEN.answer(hit)
    for at in range(3):
        await asyncio.sleep(0.1)
        await talk.say(whole[len(whole) * at // 3 : len(whole) * (at + 1) // 3])


@answer("twin-denied-by-name", "exposed", "a true listing that holds a file called `directory listing denied.txt`")
async def _(talk: Talk, hit: Hit) -> None:
    files = {"/directory listing denied.txt": SOUND, "/404 Not Found.wav": SOUND, "/login.wav": SOUND}
    await talk.say(Disk({**OPEN.files, **files}).answer(hit))


@answer(
    "twin-file",
    "exposed",
    "a closed folder with a declared recording that anyone can read",
    path="/call.wav",
    file=True,
)
async def _(talk: Talk, hit: Hit) -> None:
    await talk.say(
        reply(403, FORBIDDEN, bare=hit.method == "HEAD") if _is(hit, "/") else Disk({"/call.wav": SOUND}).answer(hit)
    )
