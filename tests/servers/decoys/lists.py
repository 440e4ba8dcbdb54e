"""Decoys of lists: media, catalogues, search, code, packages, and pages of links."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

from tests.servers.decoys.kind import page
from tests.servers.decoys.words import DA, DE, EN, FI, NO, SV, document, paragraphs, table

page(
    "podcast",
    "media",
    "episodes with a player each, lengths and sizes",
    document(
        SV,
        "Podd",
        "".join(
            f'<article><h2>Avsnitt {n}</h2><time>2026-11-0{n}</time><audio src="https://ljud.example.net/{n}.mp3" controls></audio><span>{n * 9} MB</span></article>'
            for n in range(1, 8)
        ),
        frame=1,
    ),
)
page(
    "radio-archive",
    "media",
    "a radio's programmes by day",
    document(
        FI,
        "Arkisto",
        "<ul>"
        + "".join(
            f'<li><a href="/kuuntele/{n}">Ohjelma {n}.mp3</a> 21.11.2026 klo 14.05 (58 min)</li>' for n in range(12)
        )
        + "</ul>",
    ),
)
page(
    "sound-samples",
    "media",
    "a synthesiser's sounds to listen to, in a player that names files",
    document(
        EN,
        "Samples",
        '<ul class="playlist">'
        + "".join(f'<li data-src="/s/{n}.wav">sample-{n}.wav <small>0:0{n}</small></li>' for n in range(1, 9))
        + "</ul>",
    ),
)
page(
    "library-catalogue",
    "catalogue",
    "books with years and shelf marks",
    document(
        DA,
        "Katalog",
        table(
            ("Titel", "År", "Størrelse"),
            [[f'<a href="/bog/{n}">Bog {n}</a>', f"{1990 + n}", f"{n * 11} s."] for n in range(20)],
        ),
    ),
)
page(
    "court-docket",
    "catalogue",
    "cases with dates; the documents are ordered by mail",
    document(
        SV,
        "Diarium",
        table(
            ("Ärende", "Inkom", "Handlingar"),
            [[f'<a href="?arende=T-{n}-26">T {n}-26</a>', f"2026-11-{n:02d}", f"{n} st"] for n in range(1, 20)],
        ),
    ),
)
page(
    "council-minutes",
    "catalogue",
    "a council's minutes: PDF, dates, sizes, in another folder",
    document(
        SV,
        "Protokoll",
        "<ul>"
        + "".join(
            f'<li><a href="/globalassets/kf/protokoll-2026-0{n}.pdf">Protokoll {month}</a> (PDF, 1,{n} MB) 2026-0{n}-20</li>'
            for n, month in enumerate(SV.months, 1)
        )
        + "</ul>",
        frame=1,
    ),
    path="/kommun/protokoll/",
)
page(
    "search-results",
    "search",
    "hits with dates and sizes; the word sought was the listing's own",
    document(
        EN,
        "Search: Index of /",
        "<h1>Results for “Index of /”</h1>"
        + "".join(
            f'<div><a href="/docs/{n}/paper.pdf">paper {n}</a> <small>2026-0{n}-12 · PDF · {n}.2 MB</small><p>{EN.text[n % 4]}</p></div>'
            for n in range(1, 9)
        ),
    ),
)
page(
    "search-empty",
    "search",
    "no hits, and the words repeated",
    document(
        DE, "Suche", '<form><input name=q value="Parent Directory"></form><p>Keine Treffer für „Parent Directory“.</p>'
    ),
)
page(
    "webmail-demo",
    "mail",
    "a demonstration of an inbox: subjects, dates, sizes",
    document(
        EN,
        "Inbox (4)",
        table(
            ("Subject", "Date", "Size"),
            [[f'<a href="?msg={n}">Index of {n}</a>', f"2026-11-2{n} 10:00", f"{n * 4}K"] for n in range(1, 8)],
        ),
    ),
    near=True,
)
page(
    "code-browser",
    "code",
    "a repository's tree: modes, names, sizes",
    document(
        EN,
        "tree - demo.git",
        "<table class='list'><tr><th>Mode</th><th>Name</th><th>Size</th></tr>"
        + "".join(
            f'<tr><td>-rw-r--r--</td><td><a href="/cgit/demo/tree/file{n}.c">file{n}.c</a></td><td>{n * 300}</td><td><a href="/cgit/demo/log/file{n}.c">log</a></td></tr>'
            for n in range(1, 12)
        )
        + "</table>",
    ),
    path="/cgit/demo/tree/",
    near=True,
    entries_are_pages=True,
)
page(
    "code-browser-query",
    "code",
    "the same in a browser whose links are queries",
    document(
        EN,
        "demo.git/tree",
        "<table>"
        + "".join(
            f'<tr><td>-rw-r--r--</td><td>{n * 300}</td><td><a href="?p=demo.git;a=blob;f=file{n}.c">file{n}.c</a></td></tr>'
            for n in range(1, 12)
        )
        + "</table>",
    ),
    path="/gitweb/",
)
page(
    "builds",
    "code",
    "a build server's last runs with artefacts elsewhere",
    document(
        EN,
        "Builds",
        table(
            ("Name", "Finished", "Size"),
            [[f'<a href="/job/app/{n}/">#{n}</a>', f"2026-11-2{n} 14:05", f"{n} MB log"] for n in range(1, 9)],
        ),
    ),
)
page(
    "image-tags",
    "code",
    "a registry's tags with dates and sizes",
    document(
        EN,
        "Tags - app",
        table(
            ("Tag", "Pushed", "Size"),
            [[f'<a href="/r/app/tags/{n}">{n}.0</a>', f"2026-11-2{n}", f"{n}1.4 MB"] for n in range(1, 9)],
        ),
        frame=1,
    ),
)
page(
    "package-index",
    "packages",
    "an index of packages: every name a folder below, each a page for a program",
    "<!DOCTYPE html><html><head><title>Simple index</title></head><body>"
    + "".join(f'<a href="/simple/paket-{n}/">paket-{n}</a><br>\n' for n in range(60))
    + "</body></html>",
    path="/simple/",
    near=True,
)
page(
    "package-versions",
    "packages",
    "a package's files with digests, on another host",
    "<!DOCTYPE html><html><head><title>Links for paket</title></head><body><h1>Links for paket</h1>"
    + "".join(
        f'<a href="https://files.example.org/ab/paket-{n}.0.tar.gz#sha256=00{n}">paket-{n}.0.tar.gz</a><br/>\n'
        for n in range(1, 9)
    )
    + "</body></html>",
    path="/simple/paket/",
)
page(
    "distribution-package",
    "packages",
    "a distribution's page about one package, sizes by architecture",
    document(
        DE,
        "Paket: xyz",
        table(
            ("Architektur", "Paketgröße", "Installiert"),
            [[f'<a href="/{a}/xyz/download">{a}</a>', "412,0 kB", "1.200 kB"] for a in ("amd64", "arm64", "riscv64")],
        ),
    ),
)
page(
    "mirror-list",
    "packages",
    "a list of mirrors that hold the folder",
    document(
        EN,
        "Index of mirrors",
        "<pre>"
        + "".join(
            f'<a href="https://mirror{n}.example.org/pub/">mirror{n}.example.org</a>   2026-11-21 14:05   {n}.1T\n'
            for n in range(1, 15)
        )
        + "</pre>",
    ),
)
page(
    "version-chooser",
    "documentation",
    "a manual's versions, folders directly below",
    document(
        EN, "Versions", "<ul>" + "".join(f'<li><a href="{n}.0/">{n}.0</a></li>' for n in range(1, 9)) + "</ul>", frame=3
    ),
    path="/docs/",
    near=True,
)
page(
    "jobs",
    "lists",
    "open posts with last days to apply",
    document(
        NO,
        "Ledige stillinger",
        "<ul>"
        + "".join(
            f'<li><a href="/stilling/{n}">Sykepleier {n}</a>, frist 2026-12-{n:02d}, {n * 10} %</li>'
            for n in range(1, 11)
        )
        + "</ul>",
        frame=1,
    ),
)
page(
    "opening-hours",
    "lists",
    "days and hours, no links at all",
    document(
        FI,
        "Aukioloajat",
        table(("Päivä", "Klo"), [[d, "08:00 - 16:00"] for d in ("ma", "ti", "ke", "to", "pe")]) + paragraphs(FI),
    ),
)
page(
    "menu-of-the-week",
    "lists",
    "a lunch menu in <pre>, with dates",
    document(
        SV,
        "Lunch",
        "<pre>" + "".join(f"Mån 2026-11-{n:02d}   Köttbullar {n}   95 kr\n" for n in range(1, 6)) + "</pre>",
    ),
)
page(
    "price-list-pre",
    "lists",
    "prices in <pre> with dotted lines and links to orders",
    document(
        DE,
        "Preise",
        "<pre>"
        + "".join(
            f'<a href="/bestellen?artikel={n}">Artikel {n}</a> ........ 01.11.2026 ........ {n},50 EUR\n'
            for n in range(1, 15)
        )
        + "</pre>",
    ),
)
page(
    "links-page",
    "lists",
    "a page of links to friends, as in 1998",
    document(
        DA,
        "Links",
        "<ul>" + "".join(f'<li><a href="http://ven{n}.example.dk/">Ven {n}</a></li>' for n in range(30)) + "</ul>",
        frame=3,
    ),
)
page(
    "links-pre",
    "lists",
    "links in <pre>, nothing else, as a small server lists: all of them to other places",
    "<pre>\n" + "".join(f'<a href="https://example.org/{n}">{n}.html</a>\n' for n in range(20)) + "</pre>\n",
)
page(
    "menu-folders",
    "lists",
    "a start page whose menu is folders with final slashes",
    document(
        NO,
        "Forside",
        "<ul>"
        + "".join(f'<li><a href="{word}/">{word}</a></li>' for word in ("om", "kontakt", "priser", "personal"))
        + "</ul>"
        + paragraphs(NO),
        frame=1,
    ),
)
page(
    "course-material",
    "lists",
    "a course's weeks with dates and pages",
    document(
        FI,
        "Kurssi",
        table(
            ("Viikko", "Päivä", "Sivut"),
            [[f'<a href="viikko{n}.html">Viikko {n}</a>', f"2026-11-{n:02d}", f"{n * 4} s"] for n in range(1, 9)],
        ),
    ),
    path="/kurssi/",
    near=True,
)
page(
    "recording-player",
    "recordings",
    "a player's page for one's own calls, empty until one logs in",
    document(
        SV,
        "Inspelningar",
        '<h1>Inspelningar</h1><table id="calls"><thead><tr><th>Namn</th><th>Ändrad</th><th>Storlek</th></tr></thead><tbody></tbody></table><p>Logga in för att se dina samtal.</p><a href="/login">Logga in</a>',
    ),
    path="/recordings/",
)
page(
    "recordings-sold",
    "recordings",
    "a shop for call recorders that names its folders and files",
    document(
        DE,
        "Anrufaufzeichnung",
        "<h1>Recordings</h1><p>Die Aufzeichnungen liegen unter /var/spool/asterisk/monitor als in-0701740611-20181121.wav.</p>"
        + table(
            ("Name", "Geändert", "Größe"),
            [
                ["in-0701740611-20181121.wav", "2018-11-21 14:05", "390K"],
                ["in-0701740612-20181121.wav", "2018-11-21 14:09", "412K"],
            ],
        ),
    ),
    path="/recordings/",
    near=True,
)
