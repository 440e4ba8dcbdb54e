"""Decoys that are data: JSON, XML, text and binaries that are no listing of a folder."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

import json
from typing import Any

from tests.servers.decoys.kind import page

JSON, XML, TEXT = "application/json", "application/xml", "text/plain; charset=utf-8"


def _json(
    name: str, why: str, value: Any, *, path: str = "/", near: bool = False, kind: str = JSON, status: int | str = 200
) -> None:
    page(name, "json", why, json.dumps(value, ensure_ascii=False), path=path, kind=kind, near=near, status=status)


_json(
    "json-products",
    "things with a name, a type and a size that is a letter",
    [{"name": f"Tröja {n}", "type": "plagg", "size": "XL"} for n in range(9)],
)
_json(
    "json-servers",
    "things with a name, a type and a size that is a number",
    [{"name": f"vm-{n}", "type": "t3.small", "size": n * 10, "state": "on"} for n in range(9)],
    path="/api/",
)
_json(
    "json-ships",
    "all four names of nginx's listing, and other kinds of thing",
    [{"name": f"M/S {n}", "type": "ferry", "mtime": "2026-11-21", "size": n * 1000} for n in range(9)],
)
_json(
    "json-uploads",
    "an API's uploads: type file, but keyed by id",
    [{"id": n, "name": f"{n}.pdf", "type": "file", "size": n, "owner": {"id": 7}} for n in range(1, 9)],
    path="/api/uploads/",
    near=True,
)
_json("json-object", "an object with items", {"items": [{"name": "a.wav", "size": 1}], "total": 1})
_json("json-strings", "an array of words", ["index", "of", "parent", "directory"], near=True)
_json(
    "json-file-words",
    "an array of names of modules, which look like files",
    [f"module-{n}.js" for n in range(9)],
    path="/api/modules/",
    near=True,
)
_json("json-numbers", "an array of numbers", list(range(50)))
_json(
    "json-nested",
    "a tree for a menu",
    {"name": "root", "children": [{"name": "a/", "children": [{"name": "b.html", "size": 3}]}]},
)
_json("json-error-200", "an error with 200", {"status": "error", "message": "Directory listing denied"})
_json("json-login-200", "a demand for a login with 200", {"error": "unauthorized", "login": "/login"})
_json("json-null", "null", None)
_json(
    "json-geo",
    "places on a map",
    {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": n}} for n in "abc"]},
)
_json("json-health", "a health check", {"status": "UP", "disk": {"total": 5_000_019, "free": 4096}})
_json(
    "json-manifest",
    "an app's manifest",
    {"name": "App", "icons": [{"src": "i.png", "sizes": "192x192", "type": "image/png"}]},
)
_json(
    "json-openapi",
    "an API's description that shows a listing as example",
    {
        "openapi": "3.1.0",
        "paths": {"/files/": {"get": {"example": [{"name": "a", "type": "file", "mtime": "x", "size": 1}]}}},
    },
)
_json(
    "json-problem",
    "a problem document",
    {"type": "about:blank", "title": "Not allowed", "status": 403},
    kind="application/problem+json",
    status=403,
)
_json("json-query", "answers of a search engine", {"took": 3, "hits": {"total": 9, "hits": []}})
_json(
    "json-directory-people",
    "objects called directories",
    [{"name": f"Avdelning {n}", "type": "directory", "phone": "08-123"} for n in range(6)],
    near=True,
)
_json(
    "json-linked-data",
    "linked data about a data set",
    {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": "Index of",
        "distribution": [{"contentSize": "12 KB", "contentUrl": "https://example.org/x.csv"}],
    },
)

page(
    "xml-sitemap",
    "sitemap",
    "a map for robots",
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    + "".join(f"<url><loc>https://decoy.test/{n}.html</loc><lastmod>2026-11-21</lastmod></url>" for n in range(9))
    + "</urlset>",
    kind=XML,
)
page(
    "xml-sitemap-at-root",
    "sitemap",
    "the same at the root",
    '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://decoy.test/a.xml</loc></sitemap></sitemapindex>',
    kind=XML,
)
page(
    "rss-podcast",
    "feed",
    "a podcast's feed with lengths in bytes",
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Podd</title>'
    + "".join(
        f'<item><title>{n}</title><enclosure url="https://ljud.example.net/{n}.mp3" length="{n * 99999}" type="audio/mpeg"/></item>'
        for n in range(1, 9)
    )
    + "</channel></rss>",
    kind="application/rss+xml",
)
page(
    "atom",
    "feed",
    "a feed of news",
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Nytt</title><entry><title>a</title><link href="a.html"/><updated>2026-11-21T10:00:00Z</updated></entry></feed>',
    kind="application/atom+xml",
)
page(
    "opds",
    "feed",
    "a library's feed of books",
    '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Books</title><entry><title>b.epub</title><link rel="http://opds-spec.org/acquisition" href="/get/b.epub" length="88120"/></entry></feed>',
    kind="application/atom+xml",
)
page(
    "xml-soap-fault",
    "xml",
    "a SOAP fault",
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultstring>Index of</faultstring></s:Fault></s:Body></s:Envelope>',
    kind="text/xml",
)
page(
    "xml-wsdl",
    "xml",
    "a service's description",
    '<?xml version="1.0"?><definitions name="Samtal"><message name="list"/><service name="Index"/></definitions>',
    kind="text/xml",
)
page(
    "xml-list-of-people",
    "xml",
    "a <list> of something else",
    '<?xml version="1.0"?><list><person mtime="x">Anna</person><directory>Telefon</directory></list>',
    kind="text/xml",
    near=True,
)
page(
    "xml-access-denied",
    "bucket",
    "a bucket that denies, by a proxy that says 200",
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>1</RequestId></Error>',
    kind=XML,
    near=True,
)
page(
    "xml-no-such-bucket",
    "bucket",
    "a bucket that is not there",
    '<?xml version="1.0"?><Error><Code>NoSuchBucket</Code><BucketName>x</BucketName></Error>',
    kind=XML,
    status=404,
)
page(
    "xml-multistatus-example",
    "dav",
    "WebDAV's answer as an example, given to GET",
    '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"><D:response><D:href>/a.wav</D:href></D:response></D:multistatus>',
    kind="text/xml",
    near=True,
)
page("xml-broken", "xml", "XML that is none", "<list><file mtime='2018'>call.wav</list", kind="text/xml", near=True)

page(
    "text-index-of",
    "text",
    "plain text that begins as a listing does",
    "Index of /\n\nThis server has nothing to list.\n",
    kind=TEXT,
)
page(
    "text-ls",
    "text",
    "the output of ls in a text file",
    "total 12\n" + "".join(f"-rw-r--r-- 1 root root {n * 9999} Jan  5 14:05 call-{n}.wav\n" for n in range(9)),
    kind=TEXT,
    near=True,
)
page(
    "text-robots",
    "text",
    "a robots.txt that names folders",
    "User-agent: *\n" + "".join(f"Disallow: /{word}/\n" for word in ("recordings", "backup", "monitor", "old")),
    kind=TEXT,
)
page(
    "text-csv",
    "text",
    "a table of open data",
    "name,changed,size\n" + "".join(f"mast-{n},2026-11-21,{n}\n" for n in range(20)),
    kind="text/csv",
    near=True,
)
page(
    "text-playlist",
    "text",
    "a playlist with addresses elsewhere",
    "#EXTM3U\n" + "".join(f"#EXTINF:{n},Låt {n}\nhttps://radio.example.net/{n}.mp3\n" for n in range(9)),
    kind="audio/x-mpegurl",
)
page(
    "text-calendar",
    "text",
    "a calendar to subscribe to",
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Index of\r\nDTSTART:20261121T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    kind="text/calendar",
)
page(
    "text-security",
    "text",
    "a security.txt",
    "Contact: mailto:security@example.org\nExpires: 2027-01-01T00:00:00Z\n",
    kind=TEXT,
)
page(
    "text-ftp-welcome",
    "text",
    "a greeting that speaks of 230",
    "230 Anonymous access granted, restrictions apply\nIndex of pub\n",
    kind=TEXT,
)
page(
    "script-bundle",
    "script",
    "a bundle that holds every word of a listing",
    'var t="Index of",p="Parent Directory",d="[To Parent Directory]",s="Last modified";' + "x" * 4000,
    kind="application/javascript",
)
page(
    "style-sheet",
    "script",
    "a style sheet for listings",
    "#list td.size{text-align:right} .listing:before{content:'Index of /'}",
    kind="text/css",
)
page("binary-pdf", "binary", "a PDF at the root", b"%PDF-1.7\n" + bytes(3000), kind="application/pdf", near=True)
page(
    "binary-picture",
    "binary",
    "a picture for every visitor",
    b"\x89PNG\r\n\x1a\n" + bytes(900),
    kind="image/png",
    near=True,
)
page("binary-as-html", "binary", "noise that calls itself HTML", bytes(range(256)) * 12)
page("event-stream", "text", "an event stream", "event: ping\ndata: Index of /\n\n" * 20, kind="text/event-stream")
page(
    "grpc",
    "binary",
    "an RPC server's refusal",
    b"",
    kind="application/grpc",
    headers=(("grpc-status", "12"),),
    near=True,
)
