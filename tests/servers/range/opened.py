"""Open hosts: every look, and every way in which files, folders and ports are asked for."""

from __future__ import annotations

import gzip
from functools import partial

from tests.servers.pages import SOUND, apache, nginx
from tests.servers.range.disks import (
    CALLS,
    DICOM,
    LOOKS,
    PDF,
    SQL,
    ZIP,
    below,
    by_query,
    calls,
    designed,
    disk,
    first,
    golang,
    iis,
    is_file,
    python,
    rows,
    ruled,
    table,
    tree,
)
from tests.servers.range.kind import (
    HTML,
    JSON,
    Says,
    Spot,
    by_path,
    gone,
    html,
    http,
    missing,
    opened,
    play,
    spot,
    talking,
    to,
)
from tests.servers.raw import Hit, Talk

FIELDS = '<input type="text" name="user"><input type="password" name="pw"><button>Log in</button>'
TEXT = (
    "<p>Vi hjälper vårdgivare i norr med telefoni, bemanning och utbildning, alla dagar på året och på tre språk.</p>"
)
HOME = by_path({"/": html("Firma", f"<h1>Firma</h1>{TEXT}")})

for _name, (_look, _type) in LOOKS.items():
    opened(f"{_name}: files", first(disk(calls(), _look, _type), HOME))
    opened(f"{_name}: a tree", disk(tree(), _look, _type))
    opened(f"{_name}: the root", disk(calls("/"), _look, _type), "/")
for _name in ("apache", "nginx", "table", "python", "iis"):
    opened(f"{_name}: one entry", first(disk(calls(names=CALLS[:1]), *LOOKS[_name]), HOME))

# How files answer.
_DISK = disk(calls())


def _files(name: str, rule: object, **more: object) -> None:
    def checked(hit: Hit) -> Says | bytes | None:
        there = hit.path in calls()
        return rule(hit) if is_file(hit) and there else None  # type: ignore[operator]

    opened(name, ruled(_DISK, checked), **more)


_WHOLE = Says(200, SOUND, "audio/x-wav")
_files("HEAD refused by 403", lambda hit: gone(403, "Forbidden") if hit.method == "HEAD" else None)
_files("HEAD led to a login", lambda hit: to("/login") if hit.method == "HEAD" else None)
_files("Range ignored", lambda hit: http(_WHOLE))
_files("Range refused by 416", lambda hit: gone(416, "Range Not Satisfiable") if hit.header("range") else http(_WHOLE))
_files("Range refused by 400", lambda hit: gone(400, "Bad Request") if hit.header("range") else http(_WHOLE))
_files("Range refused by 403", lambda hit: gone(403, "Forbidden") if hit.header("range") else http(_WHOLE))
_files("Range refused by 500", lambda hit: gone(500, "Internal Server Error") if hit.header("range") else http(_WHOLE))
_files(
    "206 of all",
    lambda hit: http(Says(206, SOUND, "audio/x-wav", (("Content-Range", f"bytes 0-{len(SOUND) - 1}/{len(SOUND)}"),))),
)
_files("206 without a range", lambda hit: http(Says(206, SOUND[:1024], "audio/x-wav")))
_files(
    "206 of unknown length",
    lambda hit: http(Says(206, SOUND[:1024], "audio/x-wav", (("Content-Range", "bytes 0-1023/*"),))),
)
_files(
    "206 of another range",
    lambda hit: (
        http(Says(206, SOUND[100:1124], "audio/x-wav", (("Content-Range", f"bytes 100-1123/{len(SOUND)}"),)))
        if hit.header("range")
        else http(_WHOLE)
    ),
)
_files(
    "multipart",
    lambda hit: (
        http(
            Says(
                206,
                b"--b\r\nContent-Type: audio/x-wav\r\nContent-Range: bytes 0-1023/"
                + str(len(SOUND)).encode()
                + b"\r\n\r\n"
                + SOUND[:1024]
                + b"\r\n--b--\r\n",
                "multipart/byteranges; boundary=b",
            )
        )
        if hit.header("range")
        else http(_WHOLE)
    ),
)
_files("octets", lambda hit: http(Says(200, SOUND, "application/octet-stream")))
_files("no type", lambda hit: http(Says(200, SOUND, "")))
_files("typed as a page", lambda hit: http(Says(200, SOUND, "text/html")))
_files(
    "as an attachment",
    lambda hit: http(Says(200, SOUND, "application/force-download", (("Content-Disposition", "attachment"),))),
)
opened(
    "files led to a download",
    ruled(
        _DISK,
        lambda hit: (
            to("/get/" + hit.path.rpartition("/")[2])
            if hit.path in calls()
            else play(hit)
            if hit.path in calls("/get/")
            else None
        ),
    ),
)
_files("203", lambda hit: http(Says(203, SOUND, "audio/x-wav")))
_files("canary led home", lambda hit: None)


def _refused(said: Says, hit: Hit) -> Says | None:
    if hit.path == "/signin":
        return Says(200, html("Log in", f"<form>{FIELDS}</form>"))
    return said if is_file(hit) else None


for _status in (401, 403, 302):
    _said = to("/signin") if _status == 302 else gone(_status, "Refused")
    opened(f"files refused by {_status}", ruled(_DISK, partial(_refused, _said)), may=("/",))
opened(
    "files answered by a login form",
    ruled(_DISK, lambda hit: Says(200, html("Log in", f"<form>{FIELDS}</form>")) if hit.path in calls() else None),
)
opened("empty apache", lambda hit: Says(200, apache("/rec/", [])) if hit.path == "/rec/" else missing())
opened("empty nginx", lambda hit: Says(200, nginx("/rec/", [])) if hit.path == "/rec/" else missing())
opened(
    "a folder of folders with pages",
    by_path(
        {
            "/rec/": apache("/rec/", [("anna/", None), ("berit/", None)]).decode(),
            "/rec/anna/": html("Anna", TEXT),
            "/rec/berit/": html("Berit", TEXT),
        }
    ),
)
opened(
    "breaks off",
    ruled(
        _DISK,
        lambda hit: (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n"
            b"Connection: close\r\n\r\n" + apache("/rec/", rows(calls(), "/rec/"))[:-60]
            if hit.path == "/rec/"
            else None
        ),
    ),
)
opened(
    "packed",
    ruled(
        _DISK,
        lambda hit: (
            http(
                Says(200, gzip.compress(apache("/rec/", rows(calls(), "/rec/"))), HTML, (("Content-Encoding", "gzip"),))
            )
            if hit.path == "/rec/"
            else None
        ),
    ),
)
opened(
    "packed without a word",
    ruled(
        _DISK,
        lambda hit: (
            http(Says(200, gzip.compress(apache("/rec/", rows(calls(), "/rec/"))))) if hit.path == "/rec/" else None
        ),
    ),
)
opened("UTF-16", disk(calls(), lambda path, shown: apache(path, shown).decode().encode("utf-16"), "text/html"))
opened("documents", disk({"/rec/a.pdf": PDF, "/rec/b.pdf": PDF}), data="documents")
opened("archives", disk({"/backup/a.zip": ZIP, "/backup/b.sql": SQL}, nginx), "/backup/", data="backups")
opened("studies", disk({f"/dicom/{n}.dcm": DICOM for n in range(3)}, table), "/dicom/", data="patient")
opened("no ending", disk({f"/rec/{n}": SOUND for n in ("call1", "call2", "call3")}))
opened(
    "hard names",
    disk({f"/rec/{n}": SOUND for n in ("a b.wav", "a+b.wav", "ö.wav", "50%.wav", "a#1.wav", "q?x.wav", "co:lon.wav")}),
)

# Where it is.
opened(
    "declared without a slash",
    ruled(_DISK, lambda hit: to("/rec/", 301) if hit.path == "/rec" else None),
    "/rec/",
    paths=("/rec",),
)
opened(
    "another page without a slash",
    ruled(_DISK, lambda hit: Says(200, html("Inspelat", TEXT)) if hit.path == "/rec" else None),
    "/rec/",
    paths=("/rec/",),
)
opened("led to a listing", ruled(_DISK, lambda hit: to("/rec/") if hit.path == "/" else None), "/rec/", paths=())
opened(
    "led three times",
    ruled(_DISK, lambda hit: {"/a/": to("/b/"), "/b/": to("/c/"), "/c/": to("/rec/")}.get(hit.path)),
    "/rec/",
    paths=("/a/",),
)
opened(
    "refreshed to a listing",
    ruled(
        _DISK,
        lambda hit: (
            Says(200, html("", "", '<meta http-equiv="refresh" content="0; url=rec/">')) if hit.path == "/" else None
        ),
    ),
    "/rec/",
    paths=(),
)
opened("a script by query", by_query(tree(), "/index.php"), "/index.php?dir=/rec/")
opened("a script by query, encoded", by_query(tree(), "/list.asp", "path"), "/list.asp?path=/rec/")
opened("a script in base64", by_query(tree(), "/files.php", "p", base64=True), "/files.php", paths=("/files.php",))
opened("a script that hands out files", by_query(calls(), "/i.php", "dir", "file"), "/i.php?dir=/rec/")
opened(
    "CSV of a PBX",
    lambda hit: (
        Says(200, "".join(f"{n}\n" for n in CALLS), "text/csv")
        if hit.path == "/recapi?filedir=monitor"
        else play(hit)
        if hit.path in {f"/recapi?filedir=monitor&filename={n}" for n in CALLS}
        else missing()
    ),
    "/recapi?filedir=monitor",
)
for _name, _look2 in (("iis", iis), ("go", golang), ("designed", designed), ("python", python)):
    opened(f"behind a proxy that takes a prefix, {_name}", below("/files", disk(calls("/"), _look2)), "/files/")
opened(
    "inner host name",
    below(
        "",
        disk(
            calls(),
            lambda path, shown: table(path, shown).replace(b'href="', b'href="http://10.0.0.5:8080' + path.encode()),
        ),
    ),
)
opened(
    "wrong base",
    disk(calls(), lambda path, shown: table(path, shown).replace(b"<head>", b'<head><base href="/other/">')),
)
opened(
    "files at another path",
    first(
        lambda hit: (
            Says(200, table("/browse/rec/", rows(calls(), "/rec/")).replace(b'href="', b'href="/raw/rec/'))
            if hit.path == "/browse/rec/"
            else missing()
        ),
        disk(calls("/raw/rec/")),
    ),
    "/browse/rec/",
)

# How the port is spoken to.
_TALK = talking(_DISK)
for _way in ("notice", "reset", "alert", "silence"):
    spot(
        Spot(
            f"open in TLS alone, {_way} to clear text", _TALK, ("/rec/",), paths=("/rec/",), speech="tls", in_clear=_way
        )
    )
for _to in ("close", "reset", "silence", "bad request"):
    spot(Spot(f"open in clear alone, {_to} to TLS", _TALK, ("/rec/",), paths=("/rec/",), to_tls=_to))
spot(Spot("open both ways", _TALK, ("/rec/",), paths=("/rec/",), speech="both"))


# WebDAV, stores, products, pages.
def _propfind(folder: str, names: tuple[str, ...]) -> bytes:
    parts = [
        f"<D:response><D:href>{folder}</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype>"
        f"</D:prop>"
        "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    ]
    parts += [
        f"<D:response><D:href>{folder}{n}</D:href><D:propstat><D:prop><D:resourcetype/><D:getcontentlength>{len(SOUND)}"
        "</D:getcontentlength></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        for n in names
    ]
    return ('<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">' + "".join(parts) + "</D:multistatus>").encode()


def _dav(get: Says) -> object:
    def site(hit: Hit) -> Says | bytes:
        if hit.path in calls("/dav/"):
            return play(hit)
        if hit.path == "/dav/":
            return Says(207, _propfind("/dav/", CALLS), "application/xml") if hit.method == "PROPFIND" else get
        return Says(405, "", "") if hit.method == "PROPFIND" else missing()

    return site


opened("webdav behind 403", _dav(gone(403, "Forbidden")), "/dav/")  # type: ignore[arg-type]
opened("webdav behind a page", _dav(Says(200, html("Firma", TEXT))), "/dav/")  # type: ignore[arg-type]
opened("webdav behind a redirect", _dav(to("/")), "/dav/")  # type: ignore[arg-type]
_KEYS = "".join(
    f"<Contents><Key>{n}</Key><LastModified>2024-03-12T10:00:00.000Z</LastModified><Size>{len(SOUND)}</Size></Contents>"
    for n in CALLS
)
opened(
    "a bucket at a host",
    first(
        lambda hit: (
            Says(
                200,
                "<?xml version='1.0'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/"
                f"2006-03-01/'><Name>calls</Name><IsTruncated>false</IsTruncated>{_KEYS}</ListBucketResult>",
                "application/xml",
            )
            if hit.path == "/"
            else missing()
        ),
        disk(calls("/")),
    ),
    "/",
)
opened(
    "a list of buckets",
    first(
        lambda hit: (
            Says(
                200,
                "<?xml version='1.0'?><ListAllMyBucketsResult><Owner><ID>a</ID></Owner>"
                "<Buckets><Bucket><Name>calls</Name><CreationDate>2024-01-01T00:00:00.000Z</CreationDate></Bucket>"
                "</Buckets>"
                "</ListAllMyBucketsResult>",
                "application/xml",
            )
            if hit.path == "/"
            else Says(
                200,
                "<?xml version='1.0'?><ListBucketResult>"
                f"<Name>calls</Name><IsTruncated>false</IsTruncated>{_KEYS}</ListBucketResult>",
                "application/xml",
            )
            if hit.path.rstrip("/") == "/calls"
            else Says(404, "<Error><Code>NoSuchBucket</Code></Error>", "application/xml")
        ),
        disk(calls("/calls/")),
    ),
    "/",
)
opened(
    "linked recordings",
    first(
        by_path(
            {
                "/": html(
                    "Samtal",
                    f'{TEXT}<p><a href="/ljud/a.wav">Samtal ett</a> och <a href="/ljud/b.wav">samtal två</a></p>',
                )
            }
        ),
        disk({"/ljud/a.wav": SOUND, "/ljud/b.wav": SOUND}, lambda *_: b""),
    ),
    "/",
)
opened(
    "a player of recordings",
    first(
        by_path({"/": html("Samtal", f"{TEXT}<audio controls src='/ljud/a.wav'></audio>")}),
        by_path({"/ljud/a.wav": Says(200, SOUND, "audio/x-wav")}),
    ),
    "/",
)
opened(
    "a declared file alone",
    first(HOME, by_path({"/call.wav": Says(200, SOUND, "audio/x-wav")})),
    "/call.wav",
    paths=(),
    files=("/call.wav",),
)
opened(
    "a declared file by query",
    first(HOME, lambda hit: play(hit) if hit.path == "/dl.php?f=call.wav" else missing()),
    "/dl.php?f=call.wav",
    paths=(),
    files=("/dl.php?f=call.wav",),
)
opened(
    "tiles",
    disk(
        calls(),
        lambda path, shown: html(
            "Samtal",
            '<div class="grid">'
            + "".join(
                f'<div class="tile"><a href="{n}"><i class="icon"></i><b>{n}</b></a><small>{s} bytes</small></div>'
                for n, s in shown
            )
            + "</div>",
        ).encode(),
    ),
)
opened(
    "an API of files",
    first(
        lambda hit: (
            Says(
                200,
                '{"path":"/rec/","entries":['
                + ",".join(
                    f'{{"name":"{n}","size":{len(SOUND)},"isDir":false,"modified":"2024-03-12T10:00:00Z"}}'
                    for n in CALLS
                )
                + "]}",
                JSON,
            )
            if hit.path == "/rec/"
            else missing()
        ),
        disk(calls()),
    ),
)


async def _one_dot_zero(talk: Talk) -> None:
    hit = await talk.hear()
    if hit is not None:
        said = _DISK(hit)
        data = said if isinstance(said, bytes) else http(said)
        await talk.say(data.replace(b"HTTP/1.1", b"HTTP/1.0", 1))


async def _line_feeds(talk: Talk) -> None:
    hit = await talk.hear()
    if hit is not None:
        said = _DISK(hit)
        head, _, body = (said if isinstance(said, bytes) else http(said)).partition(b"\r\n\r\n")
        await talk.say(head.replace(b"\r\n", b"\n") + b"\n\n" + body)


async def _chunked(talk: Talk) -> None:
    while (hit := await talk.hear()) is not None:
        said = _DISK(hit)
        head, _, body = (said if isinstance(said, bytes) else http(said)).partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
        await talk.say(
            b"\r\n".join([*lines, b"Transfer-Encoding: chunked"])
            + b"\r\n\r\n"
            + f"{len(body):x};a=b\r\n".encode()
            + body
            + b"\r\n0\r\nX-Trailer: a\r\n\r\n"
        )


for _name, _serve in (
    ("HTTP/1.0", _one_dot_zero),
    ("line feeds alone", _line_feeds),
    ("chunks without a length", _chunked),
):
    spot(Spot(_name, _serve, ("/rec/",), paths=("/rec/",)))
