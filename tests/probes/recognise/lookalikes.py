"""Pages that look like listings and are none: articles, shops, galleries, release pages, boards; all made up."""

from __future__ import annotations

# ruff: noqa: E501  rows stand on one line


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    top = "".join(f"<th>{one}</th>" for one in head)
    return (
        f"<table><tr>{top}</tr>"
        + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
        + "</table>"
    )


def doc(title: str, body: str) -> str:
    menu = '<ul class="menu"><li><a href="/">Home</a></li><li><a href="/news/">News</a></li><li><a href="/contact/">Contact</a></li></ul>'
    return f"<!doctype html><html><head><title>{title}</title></head><body>{menu}<h1>{title}</h1>{body}<p>© 2026</p></body></html>"


PROSE = (
    "<p>" + "A paragraph of prose that explains at length what this page is for and how to go about it. " * 6 + "</p>"
)
SHOWN = '&lt;h1&gt;Index of /backup&lt;/h1&gt;\n&lt;a href="a.wav"&gt;a.wav&lt;/a&gt; 2024-01-02 03:04 12K'
LINKS = [f"part-{n}.html" for n in range(1, 9)]

HTML: dict[str, tuple[str, str]] = {
    "article titled index of": ("/", doc("Index of /", PROSE)),
    "article titled as the path": (
        "/docs/",
        doc(
            "Index of /docs/", PROSE + '<a href="intro.html">Introduction</a> <a href="setup.html">How to set it up</a>'
        ),
    ),
    "tutorial in pre": ("/docs/", doc("How to close a directory listing", PROSE + f"<pre><code>{SHOWN}</code></pre>")),
    "tutorial with live links": (
        "/blog/open/",
        doc(
            "Open directories",
            PROSE
            + '<pre>Index of /backup\n<a href="/x/a.wav">a.wav</a>  2024-01-02 03:04  12K\n<a href="/x/b.wav">b.wav</a>  2024-01-02 03:04  14K</pre>',
        ),
    ),
    "tutorial with sort links of another host": (
        "/blog/",
        doc(
            "Apache",
            PROSE
            + '<pre><a href="http://other.example/?C=N;O=D">Name</a> <a href="http://other.example/?C=M;O=A">Last modified</a>\n<a href="http://other.example/a.wav">a.wav</a> 2024-01-02 03:04 12K</pre>',
        ),
    ),
    "terminal session": (
        "/blog/ls/",
        doc(
            "ls",
            "<pre>$ ls -l\n-rw-r--r-- 1 root root 5000 Jan  2 03:04 a.wav\ndrwxr-xr-x 2 root root 4096 Jan  2 03:04 b\n</pre>",
        ),
    ),
    "textarea": ("/paste/", doc("Paste", f"<textarea>{SHOWN}\n<a href='a.wav'>a.wav</a></textarea>")),
    "comment": (
        "/c/",
        doc(
            "Empty",
            '<!-- <h1>Index of /c/</h1><pre><a href="../">../</a>\n<a href="a.wav">a.wav</a> 02-Jan-2024 03:04 12</pre> -->',
        ),
    ),
    "script": (
        "/s/",
        doc(
            "App",
            "<script>var page = '<h1>Index of /s/</h1><a href=\"a.wav\">a.wav</a> 2024-01-02 03:04 12K';</script><div id=app></div>",
        ),
    ),
    "release table": (
        "/download/",
        doc(
            "Download",
            PROSE
            + table(
                ("Version", "Date", "Size"),
                [(f'<a href="app-{n}.0.zip">{n}.0</a>', f"2024-0{n}-02", f"{n}.5 MB") for n in range(1, 8)],
            ),
        ),
    ),
    "release table with names in prose": (
        "/download/",
        doc(
            "Download our programme",
            PROSE * 2
            + table(
                ("File", "Released", "Size"),
                [(f'<a href="app-{n}.0.zip">app-{n}.0.zip</a>', f"2024-0{n}-02", f"{n}.5 MB") for n in range(1, 4)],
            )
            + PROSE,
        ),
    ),
    "change log": (
        "/changes/",
        doc(
            "Changes",
            "".join(
                f'<h2>{n}.0</h2><p>2024-0{n}-02</p><ul><li><a href="{n}.0.html">Notes</a></li></ul>'
                for n in range(1, 8)
            ),
        ),
    ),
    "product table": (
        "/shop/",
        doc(
            "Discs",
            table(
                ("Name", "Size", "Price"),
                [(f'<a href="disc-{n}">Disc {n}</a>', f"{n} TB", f"{n}00 kr") for n in range(1, 9)],
            ),
        ),
    ),
    "products with dates": (
        "/shop/",
        doc(
            "New",
            table(
                ("Product", "Date", "Size"),
                [(f'<a href="shoe-{n}">Shoe model {n}</a>', f"2024-0{n}-02", f"{n}") for n in range(1, 9)],
            ),
        ),
    ),
    "gallery": (
        "/photos/",
        doc(
            "Photos",
            '<ul class="gallery">'
            + "".join(f'<li><a href="IMG_{n}.jpg"><img src="t/{n}.jpg" alt=""></a></li>' for n in range(9))
            + "</ul>",
        ),
    ),
    "gallery with captions": (
        "/photos/",
        doc(
            "Photos",
            PROSE
            + "<div>"
            + "".join(
                f'<figure><a href="IMG_{n}.jpg"><img src="t/{n}.jpg"></a><figcaption>The harbour at dusk {n}</figcaption></figure>'
                for n in range(9)
            )
            + "</div>",
        ),
    ),
    "blog": (
        "/blog/",
        doc(
            "Blog",
            "<ul>"
            + "".join(f'<li><a href="post-{n}/">Post {n}</a> <time>2024-0{n}-02</time></li>' for n in range(1, 9))
            + "</ul>",
        ),
    ),
    "blog by month": (
        "/archive/",
        doc(
            "Archive",
            "<ul>" + "".join(f'<li><a href="2024/{n:02}/">2024 {n:02}</a> ({n})</li>' for n in range(1, 9)) + "</ul>",
        ),
    ),
    "wiki": (
        "/wiki/",
        doc(
            "All pages",
            "<ul>" + "".join(f'<li><a href="/wiki/Page_{n}">Page {n}</a></li>' for n in range(40)) + "</ul>",
        ),
    ),
    "wiki recent changes": (
        "/wiki/",
        doc(
            "Recent changes",
            "<ul>"
            + "".join(
                f'<li>03:0{n} <a href="/wiki/Page_{n}">Page {n}</a> (+{n}2) <a href="/wiki/User:X">X</a></li>'
                for n in range(9)
            )
            + "</ul>",
        ),
    ),
    "search results": (
        "/search?q=wav",
        doc(
            "Results for wav",
            "".join(
                f'<div class="hit"><a href="/doc/{n}">Document {n}</a><p>2024-01-0{n} · 12 kB</p></div>'
                for n in range(1, 9)
            ),
        ),
    ),
    "login": (
        "/files/",
        doc(
            "Log in to files",
            "<form method=post><input name=user><input type=password name=pw><button>Log in</button></form>",
        ),
    ),
    "not found in words": ("/x/", "<html><title>404 Not Found</title><h1>Index of /x/ was not found</h1></html>"),
    "denied in words": (
        "/x/",
        "<html><title>Directory listing denied</title><h1>Directory listing denied</h1><p>This Virtual Directory does not allow contents to be listed.</p></html>",
    ),
    "front page": ("/", doc("Welcome", PROSE + '<a href="about.html">About us</a> <a href="jobs.html">Jobs</a>')),
    "menu of spelt names": (
        "/",
        doc(
            "Start",
            PROSE
            + '<ul><li><a href="news">news</a></li><li><a href="sport">sport</a></li><li><a href="culture">culture</a></li></ul>',
        ),
    ),
    "table of contents": (
        "/book/",
        doc(
            "The book",
            "<ol>" + "".join(f'<li><a href="{one}">Chapter {n}</a></li>' for n, one in enumerate(LINKS)) + "</ol>",
        ),
    ),
    "a to z": ("/names/", doc("Names", "".join(f'<a href="{c}/">{c}</a> ' for c in "abcdefghij") + PROSE)),
    "people directory": (
        "/staff/",
        doc(
            "Directory listing for staff",
            table(
                ("Name", "Title", "Phone"),
                [(f'<a href="p{n}.html">Person {n}</a>', "Nurse", f"08-{n}00") for n in range(9)],
            ),
        ),
    ),
    "business directory": (
        "/dir/",
        doc(
            "Index of businesses",
            "<ul>" + "".join(f'<li><a href="/dir/firm-{n}/">Firm {n}</a></li>' for n in range(9)) + "</ul>",
        ),
    ),
    "stock index": (
        "/",
        doc(
            "Index of shares",
            table(
                ("Name", "Last modified", "Size"),
                [(f'<a href="/s/{n}">Share {n}</a>', "2024-01-02", f"{n}1 M") for n in range(9)],
            ),
        ),
    ),
    "package index": (
        "/simple/",
        "<!DOCTYPE html><html><head><title>Simple index</title></head><body>"
        + "".join(f'<a href="/simple/package{n}/">package{n}</a>\n' for n in range(30))
        + "</body></html>",
    ),
    "calendar": (
        "/cal/",
        doc(
            "January",
            table(("Mon", "Tue", "Wed"), [tuple(f'<a href="{n}-{d}">{d}</a>' for d in range(3)) for n in range(5)]),
        ),
    ),
    "timetable": (
        "/bus/",
        doc("Bus 4", table(("Stop", "Time"), [(f'<a href="stop{n}">Stop {n}</a>', f"1{n}:05") for n in range(9)])),
    ),
    "forum": (
        "/forum/",
        doc(
            "Forum",
            table(
                ("Topic", "Replies", "Last post"),
                [(f'<a href="t{n}">How do I open a .wav file?</a>', f"{n}", "2024-01-02 03:04") for n in range(9)],
            ),
        ),
    ),
    "mail archive": (
        "/list/",
        doc(
            "January 2024",
            "<ul>"
            + "".join(
                f'<li><a href="msg0000{n}.html">Re: call recording</a> <i>X</i> 2024-01-0{n}</li>' for n in range(1, 9)
            )
            + "</ul>",
        ),
    ),
    "code browser": (
        "/repo/tree/",
        doc(
            "calls / tree",
            table(
                ("Mode", "Name", "Size"),
                [("-rw-r--r--", f'<a href="/repo/tree/f{n}.c">f{n}.c</a>', f"{n}21") for n in range(9)],
            )
            + PROSE,
        ),
    ),
    "court docket": (
        "/court/",
        doc(
            "Cases",
            table(
                ("Case", "Date", "Pages"),
                [(f'<a href="T-{n}.pdf">Case T {n}-24</a>', f"2024-01-0{n}", f"{n}") for n in range(1, 9)],
            ),
        ),
    ),
    "council minutes": (
        "/minutes/",
        doc(
            "Minutes",
            "<ul>"
            + "".join(
                f'<li><a href="2024-0{n}.pdf">Minutes of {n} January</a> (PDF, {n}20 kB)</li>' for n in range(1, 9)
            )
            + "</ul>",
        ),
    ),
    "podcast": (
        "/pod/",
        doc(
            "Episodes",
            "".join(
                f'<article><h2><a href="e{n}.mp3">Episode {n}: the sea</a></h2><time>2024-01-0{n}</time> {n}0 MB</article>'
                for n in range(1, 9)
            ),
        ),
    ),
    "links away": (
        "/links/",
        doc(
            "Index of /links/",
            "<ul>"
            + "".join(f'<li><a href="http://host{n}.example/">host{n}.example</a></li>' for n in range(9))
            + "</ul>",
        ),
    ),
    "mirror list": (
        "/mirrors/",
        doc(
            "Mirrors",
            table(
                ("Name", "Last updated", "Size"),
                [(f'<a href="http://m{n}.example/pub/">m{n}.example</a>', "2024-01-02 03:04", "12G") for n in range(9)],
            ),
        ),
    ),
    "listing of another path": (
        "/a/",
        '<html><title>Index of /b/</title><h1>Index of /b/</h1><pre><a href="/">Parent</a>\n<a href="/b/x.wav">x.wav</a> 02-Jan-2024 03:04 12\n<a href="/b/y.wav">y.wav</a> 02-Jan-2024 03:04 12</pre></html>',
    ),
    "framed listing": ("/f/", '<html><title>Index of /f/</title><frameset><frame src="list.html"></frameset></html>'),
    "only a title": ("/t/", "<html><head><title>Index of /t/</title></head><body></body></html>"),
    "faq": (
        "/faq/",
        doc(
            "FAQ",
            "<dl>"
            + "".join(f'<dt><a href="#q{n}">What is q{n}?</a></dt><dd>An answer.</dd>' for n in range(9))
            + "</dl>",
        ),
    ),
    "tags": ("/tags/", doc("Tags", "".join(f'<a class="tag" href="tag{n}/">tag{n}</a> ' for n in range(9)) + PROSE)),
    "price list in pre": (
        "/p/",
        doc(
            "Prices",
            "<pre>Name     Size\n"
            + "".join(f'<a href="/buy/{n}">Disc {n}</a>   {n} TB   {n}00 kr\n' for n in range(9))
            + "</pre>",
        ),
    ),
    "pagination": ("/list/", doc("List", PROSE + "".join(f'<a href="?page={n}">{n}</a> ' for n in range(1, 20)))),
    "wordpress": (
        "/",
        doc("Diary", "".join(f'<h2><a href="/?p={n}">Day {n}</a></h2><p>2024-01-0{n}</p>' for n in range(1, 9))),
    ),
    "app shell": (
        "/files/",
        '<!doctype html><html><head><title>Files</title></head><body><div id="root"></div><script src="/static/js/main.js"></script></body></html>',
    ),
    "start page": (
        "/",
        '<html><head><title>Welcome to nginx!</title></head><body><h1>Welcome to nginx!</h1><p>If you see this page, the web server is installed.</p><a href="http://nginx.org/">nginx.org</a></body></html>',
    ),
    "weather table": (
        "/w/",
        doc("Weather", table(("Name", "Date", "Size"), [(f"Station {n}", "2024-01-02", f"{n}") for n in range(9)])),
    ),
}
