"""Decoys of places where people write: forums, changelogs, wikis, archives of mail, maps of sites."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

from html import escape

from tests.servers.decoys.kind import page
from tests.servers.decoys.prose import QUOTED_APACHE, QUOTED_NGINX
from tests.servers.decoys.words import DA, DE, EN, FI, NO, SV, document, paragraphs

page(
    "forum-thread",
    "forum",
    "a thread in which somebody pastes a listing",
    document(
        EN,
        "Index of / shown instead of my site - Forum",
        "".join(
            f'<div class="post" id="p{n}"><a href="/user/{n}">user{n}</a> <time>2026-11-2{n} 14:05</time><div>{text}</div></div>'
            for n, text in enumerate(
                ("My site shows this:", f"<pre>{escape(QUOTED_APACHE)}</pre>", "Add an index.html.", "Thanks!")
            )
        ),
        frame=1,
    ),
)
page(
    "forum-board",
    "forum",
    "a board: threads with dates and numbers of answers",
    document(
        FI,
        "Keskustelu",
        "<h1>Keskustelu</h1><table><tr><th>Nimi</th><th>Muokattu</th><th>Koko</th></tr>"
        + "".join(
            f'<tr><td><a href="/aihe/{n}">Aihe {n}</a></td><td>2026-11-{n:02d} 10:00</td><td>{n * 3} viestiä</td></tr>'
            for n in range(1, 15)
        )
        + "</table>",
    ),
)
page(
    "question-and-answers",
    "forum",
    "a question with votes and code",
    document(
        EN,
        "nginx - Index of / with json?",
        f"<h1>Index of / with json?</h1><div>14 votes</div><pre>{escape('location / { autoindex on; autoindex_format json; }')}</pre><div>accepted</div><pre>{escape(QUOTED_NGINX)}</pre>",
    ),
)
page(
    "changelog",
    "changelog",
    "versions with dates",
    document(
        EN,
        "Changelog",
        "<h1>Changelog</h1>"
        + "".join(
            f"<h2>{n}.{n % 3}.0 - 2026-0{n}-1{n}</h2><ul><li>Index of files is faster</li><li>Parent Directory link is gone</li></ul>"
            for n in range(1, 9)
        ),
    ),
)
page(
    "changelog-text",
    "changelog",
    "a changelog as plain text, with names, dates and sizes",
    "Index of changes\n\n" + "".join(f"call-{n}.wav   05-Jan-2018 14:0{n}   {n * 400}\n" for n in range(9)),
    kind="text/plain; charset=utf-8",
)
page(
    "release-notes",
    "changelog",
    "releases whose archives lie on another host",
    document(
        DE,
        "Versionen",
        "<h1>Versionen</h1><table><tr><th>Name</th><th>Last modified</th><th>Size</th></tr>"
        + "".join(
            f'<tr><td><a href="https://downloads.example.net/app-{n}.tar.gz">app-{n}.tar.gz</a></td><td>2026-0{n}-05 14:05</td><td>{n}.2M</td></tr>'
            for n in range(1, 9)
        )
        + "</table>",
    ),
)
page(
    "news-front",
    "news",
    "a front page: headlines with dates",
    document(
        NO,
        "Nyheter",
        "<h1>Nyheter</h1>"
        + "".join(
            f'<article><a href="/nyheter/2026/{n}"><h2>{text}</h2></a><time datetime="2026-11-{n + 1:02d}">{n + 1}. november</time></article>'
            for n, text in enumerate(NO.text * 3)
        ),
        frame=1,
    ),
)
page(
    "wiki-article",
    "wiki",
    "an article about directory listings, with a picture of one",
    document(
        EN,
        "Directory listing - Wiki",
        f'<h1>Directory listing</h1><figure><img src="/img/index-of.png" alt="Index of /"><figcaption>Index of /</figcaption></figure>{paragraphs(EN)}<table><tr><th>Server</th><th>Module</th></tr><tr><td><a href="/wiki/nginx">nginx</a></td><td>autoindex</td></tr></table>',
    ),
)
page(
    "wiki-all-pages",
    "wiki",
    "a wiki's list of all its pages, which lie directly below it",
    document(
        SV,
        "Alla sidor - Wiki",
        "<h1>Alla sidor</h1><ul>"
        + "".join(f'<li><a href="/wiki/Sida_{n}">Sida {n}</a></li>' for n in range(40))
        + "</ul>",
    ),
    path="/wiki/",
)
page(
    "wiki-recent-changes",
    "wiki",
    "a wiki's recent changes: links, times, and bytes gained or lost",
    document(
        DE,
        "Letzte Änderungen",
        "<h1>Letzte Änderungen</h1><ul>"
        + "".join(
            f'<li>(<a href="?diff={n}">Unterschied</a>) <a href="/wiki/Seite_{n}">Seite {n}</a>; 14:0{n % 10} . . <span dir="ltr">(+{n * 31})</span> . . <a href="/wiki/Wer_{n}">Wer{n}</a></li>'
            for n in range(20)
        )
        + "</ul>",
    ),
    path="/wiki/",
)
page(
    "mail-archive",
    "mail",
    "a mailing list's archive: months with packed text beside them",
    document(
        EN,
        "The Ops Archives",
        "<h1>The Ops Archives</h1><table><tr><td>Archive</td><td>View by:</td><td>Downloadable version</td></tr>"
        + "".join(
            f'<tr><td>{month} 2026:</td><td><a href="2026-{month}/thread.html">[ Thread ]</a> <a href="2026-{month}/date.html">[ Date ]</a></td><td><a href="2026-{month}.txt.gz">[ Gzip\'d Text {n} KB ]</a></td></tr>'
            for n, month in enumerate(EN.months, 9)
        )
        + "</table>",
    ),
    path="/pipermail/ops/",
    near=True,
)
page(
    "mail-threads",
    "mail",
    "a month of a mailing list by date",
    document(
        DA,
        "Arkiv november",
        "<h1>Arkiv november</h1><ul>"
        + "".join(
            f'<li><a href="msg{n:05d}.html">Re: Index of</a>, <i>Ole Opfundet</i>, 2026-11-{n + 1:02d}</li>'
            for n in range(20)
        )
        + "</ul>",
        frame=3,
    ),
    path="/liste/2026-11/",
    near=True,
)
page(
    "sitemap-html",
    "sitemap",
    "a site's own map",
    document(
        FI,
        "Sivukartta",
        "<h1>Sivukartta</h1><ul>"
        + "".join(
            f'<li><a href="/{a}/">{a}</a><ul>'
            + "".join(f'<li><a href="/{a}/{b}">{b}</a></li>' for b in "xyz")
            + "</ul></li>"
            for a in ("hoito", "ajat", "palaute")
        )
        + "</ul>",
    ),
)
page(
    "tag-cloud",
    "blog",
    "a cloud of tags with numbers",
    document(
        EN,
        "Tags",
        "".join(
            f'<a href="/tag/{word}" style="font-size:{n}px">{word}</a> ({n}K) '
            for n, word in enumerate(("index", "parent", "directory", "listing", "size", "name"), 12)
        ),
    ),
)
page(
    "blog-archive-months",
    "blog",
    "a blog's months as folders directly below it",
    document(
        SV,
        "Arkiv",
        "<h1>Arkiv</h1><ul>"
        + "".join(f'<li><a href="{n:02d}/">{month} 2026</a> ({n * 3})</li>' for n, month in enumerate(SV.months, 1))
        + "</ul>",
        frame=1,
    ),
    path="/blogg/2026/",
    near=True,
)
