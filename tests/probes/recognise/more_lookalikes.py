"""More pages that look like listings and are none: tables and lists of a public site whose links are no entries."""

from __future__ import annotations

from tests.probes.recognise.lookalikes import PROSE, doc

# ruff: noqa: E501  rows stand on one line

OTHER = "https://cdn.elsewhere.example"
HUB = "https://hub.example/ourco/app"
MONTHS = ("january", "february", "march", "april", "may", "june")


def _many(template: str, count: int, first: int = 1) -> str:
    return "".join(template.replace("@", str(number)) for number in range(first, first + count))


MORE: dict[str, tuple[str, str]] = {
    "releases at another host": (
        "/download/",
        doc(
            "Download",
            "<table><tr><th>File</th><th>Size</th><th>Date</th></tr>"
            + _many(
                f'<tr><td><a href="{OTHER}/app-@.0.zip">app-@.0.zip</a></td><td>@.5 MB</td><td>2024-01-0@</td></tr>', 8
            )
            + "</table>",
        ),
    ),
    "version folders among links to another host": (
        "/releases/",
        doc(
            "Previous releases",
            "<table><tr><th>Version</th><th>Date</th><th>Notes</th><th></th></tr>"
            + _many(
                f'<tr><td>v@.0.0</td><td>2024-01-02</td><td><a href="{HUB}/blob/main/CHANGELOG.md#@">Changelog</a></td><td><a href="v@.0.0/">Releases</a> <a href="{HUB}/tree/v@">Source</a></td></tr>',
                59,
            )
            + "</table>",
        ),
    ),
    "version folders spelt, each with its notes elsewhere": (
        "/dist/releases/",
        doc(
            "All releases",
            "<table><tr><th>Version</th><th>Date</th><th>Notes</th></tr>"
            + _many(
                f'<tr><td><a href="v@.0.0/">v@.0.0</a></td><td>2024-01-02</td><td><a href="{HUB}/releases/@">notes</a></td></tr>',
                59,
            )
            + "</table>",
        ),
    ),
    "file host landing page": (
        "/d/x7Gh2/",
        doc(
            "call-1.wav - Share",
            '<h2>call-1.wav</h2><p>Size: 4.77 MB</p><p>Uploaded: 2024-01-02 03:04</p><a class="button" href="/d/x7Gh2/download">Download</a><form><input name="q"></form>',
        ),
    ),
    "file host with a table of other files": (
        "/f/abc/",
        doc(
            "holiday.zip",
            "<p>12.5 MB</p><a href='/get/abc'>Download now</a><h3>People also liked</h3><ul>"
            + _many('<li><a href="/f/x@/">pictures-@.zip</a> 3 MB</li>', 6)
            + "</ul>",
        ),
    ),
    "mailing list by month": (
        "/pipermail/users/",
        doc(
            "The users archives",
            "<table><tr><td>Archive</td><td>View by:</td><td>Downloadable version</td></tr>"
            + "".join(
                f'<tr><td>{m.title()} 2024:</td><td><a href="2024-{m}/thread.html">[ Thread ]</a> <a href="2024-{m}/subject.html">[ Subject ]</a> <a href="2024-{m}/date.html">[ Date ]</a></td><td><a href="2024-{m}.txt.gz">[ Gzip\'d Text 12 KB ]</a></td></tr>'
                for m in MONTHS
            )
            + "</table>",
        ),
    ),
    "mail threads": (
        "/lists/dev/2024/",
        doc(
            "dev: by thread",
            "<ul>"
            + _many(
                '<li><a href="msg0000@.html">[PATCH @/9] Fix the parser</a>, <em>A. Person</em>, <tt>2024-01-02</tt></li>',
                9,
            )
            + "</ul>",
        ),
    ),
    "gallery of thumbnails": (
        "/gallery/summer/",
        doc(
            "Summer",
            _many(
                '<div class="thumb"><a href="photo-@.html"><img src="thumbs/@.jpg" alt="The sea"></a><span>The sea, @ July</span></div>',
                9,
            ),
        ),
    ),
    "spare parts": (
        "/shop/parts/",
        doc(
            "Spare parts",
            "<table><tr><th>Article</th><th>Size</th><th>Updated</th><th>Price</th></tr>"
            + _many('<tr><td><a href="bolt-m@">Bolt M@</a></td><td>@0 mm</td><td>2024-01-0@</td><td>@5 kr</td></tr>', 9)
            + "</table>",
        ),
    ),
    "site map": (
        "/sitemap/",
        doc(
            "Site map",
            "<ul><li><a href='/about/'>About</a><ul>"
            + _many("<li><a href='/about/team-@/'>Team @</a></li>", 9)
            + "</ul></li><li><a href='/news/'>News</a></li></ul>",
        ),
    ),
    "interface reference": (
        "/api/",
        doc(
            "API",
            "<ul>"
            + "".join(
                f'<li><a href="{n}"><code>{n}</code></a> returns a list</li>'
                for n in ("users", "calls", "files", "events", "teams")
            )
            + "</ul>"
            + PROSE,
        ),
    ),
    "classes of a library": (
        "/docs/api/",
        doc(
            "All classes",
            "<ul>"
            + "".join(
                f'<li><a href="{n}.html" title="class in org.example">{n}</a></li>'
                for n in ("Reader", "Writer", "Parser", "Token", "Lexer", "Scope")
            )
            + "</ul>",
        ),
    ),
    "blog archive": (
        "/blog/",
        doc(
            "Archive",
            _many(
                '<article><h3><a href="2024-0@-hello/">Hello number @</a></h3><time>2024-0@-02</time><p>A few words about it.</p></article>',
                9,
            ),
        ),
    ),
    "issues": (
        "/app/issues/",
        doc(
            "Issues",
            "<table><tr><th>#</th><th>Title</th><th>Updated</th></tr>"
            + _many(
                '<tr><td><a href="@">#@</a></td><td><a href="@">It crashes on start</a></td><td>2024-01-0@</td></tr>', 9
            )
            + "</table>",
        ),
    ),
    "calendar of days": (
        "/cal/2024/01/",
        doc(
            "January 2024",
            "<table>"
            + "".join(
                "<tr>" + "".join(f'<td><a href="{w * 7 + d:02}/">{w * 7 + d}</a></td>' for d in range(1, 8)) + "</tr>"
                for w in range(4)
            )
            + "</table>",
        ),
    ),
    "search hits": (
        "/search?q=report",
        doc(
            "Search",
            _many(
                '<div class="hit"><h3><a href="/docs/report-@.pdf">Annual report @</a></h3><cite>site.example/docs/report-@.pdf</cite><p>2024-01-0@ — 1.2 MB</p></div>',
                9,
            ),
        ),
    ),
    "threads": (
        "/forum/general/",
        doc(
            "General",
            "<table><tr><th>Thread</th><th>Replies</th><th>Last</th></tr>"
            + _many(
                '<tr><td><a href="thread-@.html">Where are the files?</a></td><td>@2</td><td>2024-01-02 03:0@</td></tr>',
                9,
            )
            + "</table>",
        ),
    ),
    "tags": ("/tag/", doc("Tags", _many('<a class="tag" href="tag-@/" style="font-size:1@px">tag-@</a> ', 9) + PROSE)),
    "menu of lower-case words": (
        "/",
        doc(
            "ourco",
            '<ul class="nav"><li><a href="products/">products</a></li><li><a href="support/">support</a></li><li><a href="about/">about</a></li><li><a href="contact/">contact</a></li></ul><p>We make things.</p>',
        ),
    ),
    "documents in prose": (
        "/minutes/",
        doc(
            "Minutes",
            PROSE
            + '<p>See <a href="agenda.pdf">agenda.pdf</a> and <a href="minutes.pdf">minutes.pdf</a> for the meeting of 2024-01-02.</p>'
            + PROSE,
        ),
    ),
    "reports by title": (
        "/reports/",
        doc(
            "Annual reports",
            "<ul>" + _many('<li><a href="ar-200@.pdf">Annual report 200@</a> (PDF, @.2 MB)</li>', 9) + "</ul>",
        ),
    ),
    "podcast": (
        "/podcast/",
        doc(
            "The podcast",
            _many(
                '<div class="episode"><h3>Episode @: On trust</h3><time>2024-01-0@</time><p>We talk for an hour about it, and then some more.</p><a href="ep@.mp3">Listen</a></div>',
                9,
            ),
        ),
    ),
    "source tree": (
        "/ourco/app/src/branch/main/",
        doc(
            "ourco/app",
            "<table>"
            + "".join(
                f'<tr><td><a href="/ourco/app/src/branch/main/{n}">{n}</a></td><td><a href="/ourco/app/commit/1a">Fix</a></td><td>2 days ago</td></tr>'
                for n in ("cmd", "docs", "go.mod", "main.go", "README.md")
            )
            + "</table>",
        ),
    ),
    "gitweb tree": (
        "/git/?p=app.git;a=tree",
        doc(
            "app.git / tree",
            "<table>"
            + "".join(
                f'<tr><td>-rw-r--r--</td><td>120</td><td><a href="/git/?p=app.git;a=blob;f={n};hb=HEAD">{n}</a></td><td><a href="/git/?p=app.git;a=blob;f={n}">blob</a> | <a href="/git/?p=app.git;a=history;f={n}">history</a></td></tr>'
                for n in ("COPYING", "Makefile", "main.c", "util.c")
            )
            + "</table>",
        ),
    ),
    "results of a race": (
        "/results/",
        doc(
            "Results",
            "<table><tr><th>Name</th><th>Time</th><th>Date</th></tr>"
            + _many('<tr><td><a href="runner-@/">Runner @</a></td><td>0@:12:33</td><td>2024-01-02</td></tr>', 9)
            + "</table>",
        ),
    ),
    "staff with pictures": (
        "/staff/",
        doc(
            "Our staff",
            _many('<div class="card"><a href="person-@/"><img src="p@.jpg"></a><p>Person @</p><p>Nurse</p></div>', 9),
        ),
    ),
    "downloads by system": (
        "/get/",
        doc(
            "Get the app",
            PROSE
            + "<ul><li><a href='app-setup.exe'>Windows (64 bit)</a> 45 MB</li><li><a href='app.dmg'>macOS</a> 50 MB</li><li><a href='app.tar.gz'>Linux</a> 40 MB</li></ul>",
        ),
    ),
    "mirrors of a project": (
        "/mirrors/",
        doc(
            "Mirrors",
            "<table><tr><th>Country</th><th>Mirror</th></tr>"
            + _many(
                "<tr><td>Land @</td><td><a href='https://m@.mirror.example/pub/'>m@.mirror.example</a></td></tr>", 9
            )
            + "</table>",
        ),
    ),
    "status page": (
        "/status/",
        doc(
            "Status",
            "<table><tr><th>Name</th><th>State</th><th>Last change</th></tr>"
            + _many('<tr><td><a href="service@">service@</a></td><td>up</td><td>2024-01-02 03:04</td></tr>', 9)
            + "</table>",
        ),
    ),
    "packages by name": (
        "/packages/",
        doc(
            "Packages",
            "<table><tr><th>Name</th><th>Version</th><th>Description</th></tr>"
            + _many(
                '<tr><td><a href="package-@/">package-@</a></td><td>1.@</td><td>A library for things that one does with @ of them.</td></tr>',
                20,
            )
            + "</table>",
        ),
    ),
    "recipes": (
        "/recipes/",
        doc(
            "Recipes",
            "<dl>"
            + _many('<dt><a href="soup-@/">Soup number @</a></dt><dd>Takes @0 minutes, serves four.</dd>', 9)
            + "</dl>",
        ),
    ),
    "press pictures": (
        "/press/",
        doc(
            "Press",
            PROSE + _many('<p><a href="press-@.jpg"><img src="t@.jpg"></a> The head office, photo @ (3 MB)</p>', 5),
        ),
    ),
    "login with links": (
        "/files/",
        doc(
            "Log in",
            '<form method="post"><input name="user"><input type="password" name="p"></form><a href="forgot.php">forgot</a> <a href="register.php">register</a>',
        ),
    ),
    "pages by number": (
        "/list/",
        doc("Members", _many('<a href="?page=@">@</a> ', 20) + _many('<p><a href="?id=@">Member @</a></p>', 9)),
    ),
    "statistics of a server": (
        "/stats/",
        doc(
            "Usage statistics",
            "<table><tr><th>Month</th><th>Hits</th><th>KBytes</th></tr>"
            + "".join(
                f'<tr><td><a href="usage_20240{n}.html">{m.title()} 2024</a></td><td>{n}123</td><td>{n}45678</td></tr>'
                for n, m in enumerate(MONTHS, 1)
            )
            + "</table>",
        ),
    ),
    "versions of the documents": (
        "/docs/",
        doc("Documentation", "<ul>" + _many('<li><a href="@.0/">Version @.0</a> (2024-01-0@)</li>', 9) + "</ul>"),
    ),
    "languages": (
        "/",
        doc(
            "Welcome",
            "<ul>"
            + "".join(f'<li><a href="{c}/">{c}</a></li>' for c in ("sv", "en", "fi", "no", "da"))
            + "</ul>"
            + PROSE,
        ),
    ),
}
