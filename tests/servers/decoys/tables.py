"""Decoys of tables and lists: rows with names, dates and sizes that are no files of this folder."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

from tests.servers.decoys.kind import page
from tests.servers.decoys.words import ALL, DA, DE, EN, FI, NO, SV, Words, document, table


def _files(words: Words, title: str, rows: list[list[str]], *, frame: int = 0) -> str:
    """A table under the three headings that a listing has."""
    head = (words.name, words.changed, words.size)
    return document(words, title, f"<h1>{title}</h1>{table(head, rows)}", frame=frame)


# Downloads whose links lead elsewhere: each language's own page, built in its own way.
for number, words in enumerate(ALL):
    away = (
        "https://cdn.example.net/d/{n}.zip", "/globalassets/dokument/{n}.pdf", "//static.example.net/f/{n}.exe",
        "/download?id={n}", "https://store.example.com/app/{n}", "javascript:hent({n})",
    )[number]  # fmt: skip
    rows = [
        [f'<a href="{away.format(n=n)}">{words.months[n % 6]}-{n}</a>', f"2026-0{n}-11", f"{n},4 MB"]
        for n in range(1, 8)
    ]
    page(
        f"downloads-away-{words.code}",
        "downloads",
        "files to fetch, none of them in this folder",
        _files(words, words.downloads, rows, frame=number % 3),
    )

page(
    "drivers",
    "downloads",
    "drivers in a table with dates and sizes, behind a script that counts",
    _files(
        DE,
        "Treiber",
        [
            [f'<a href="/support/get.php?file=driver-{n}.exe">driver-{n}.exe</a>', f"1{n}.11.2026 10:00", f"{n}.5 MB"]
            for n in range(9)
        ],
    ),
    path="/support/",
    near=True,
)
page(
    "product-table",
    "shop",
    "products with weights and prices",
    document(
        SV,
        "Våra varor",
        table(
            ("Namn", "Storlek", "Pris"),
            [[f'<a href="/vara/{n}">Stövel {n}</a>', f"{38 + n}", f"{n * 99} kr"] for n in range(1, 12)],
        ),
        frame=1,
    ),
)
page(
    "product-cards",
    "shop",
    "products as cards with dates of delivery",
    document(
        FI,
        "Tuotteet",
        "".join(
            f'<div class="card"><a href="tuote-{n}"><img src="/kuva/{n}.jpg"></a><h3>Tuote {n}</h3><span>{n}.12.2026</span><b>{n * 7} €</b></div>'
            for n in range(9)
        ),
        frame=1,
    ),
)
page(
    "data-plans",
    "shop",
    "mobile plans whose sizes are gigabytes",
    document(
        EN,
        "Plans",
        table(
            ("Name", "Valid until", "Size"),
            [[f'<a href="plan-{n}/">Plan {n}</a>', f"2027-0{n}-01", f"{n * 5} GB"] for n in range(1, 8)],
        ),
    ),
    path="/plans/",
    near=True,
)
page(
    "invoices",
    "account",
    "invoices that need a login to open",
    document(
        NO,
        "Fakturaer",
        table(
            ("Faktura", "Dato", "Beløp"),
            [
                [f'<a href="/konto/logg-inn?neste=/faktura/{n}">Faktura {n}</a>', f"2026-1{n % 2}-05", f"{n * 311},50"]
                for n in range(1, 20)
            ],
        ),
    ),
)
page(
    "phone-book",
    "directory",
    "a phone book whose details are behind a login",
    document(
        DA,
        "Telefonbog",
        "<h1>Index</h1>"
        + table(
            ("Navn", "Afdeling", "Lokal"),
            [[f'<a href="/login?til=/person/{n}">Person {n}</a>', DA.months[n % 6], f"10{n:02d}"] for n in range(20)],
        ),
    ),
)
page(
    "directory-people",
    "directory",
    "a staff directory titled as a listing is",
    document(
        EN,
        "Directory listing for /staff/",
        "<h1>Directory listing for /staff/</h1><ul>"
        + "".join(f'<li><a href="mailto:person{n}@example.org">Person {n}</a></li>' for n in range(20))
        + "</ul>",
    ),
    path="/staff/",
)
page(
    "directory-places",
    "directory",
    "a directory of surgeries by town",
    document(
        DE,
        "Verzeichnis",
        "<h1>Directory: /praxen/</h1><ul>"
        + "".join(f'<li><a href="/praxen?ort={n}">Ort {n}</a> ({n})</li>' for n in range(15))
        + "</ul>",
    ),
    path="/praxen/",
)
page(
    "statistics-table",
    "statistics",
    "numbers by month",
    document(
        SV,
        "Statistik",
        table(
            ("Namn", "Ändrad", "Storlek"),
            [[month, f"2026-0{n}-01", f"{n * 1000}"] for n, month in enumerate(SV.months, 1)],
        ),
    ),
)
page(
    "statistics-links",
    "statistics",
    "numbers by month, each a link to a chart",
    document(
        FI,
        "Tilasto",
        "<pre>"
        + "".join(
            f'<a href="?kk={n}">{month}</a>        2026-0{n}-01 00:00    {n}.5K\n'
            for n, month in enumerate(FI.months, 1)
        )
        + "</pre>",
    ),
    near=True,
)
page(
    "web-statistics",
    "statistics",
    "a log analyser's report: pages, hits, kilobytes",
    document(
        EN,
        "Usage statistics",
        "<h2>Top 10 of 300 URLs</h2><pre>"
        + "".join(f"{n:>3}  {n * 99:>8}  {n * 3:>6} KB  /page-{n}.html\n" for n in range(1, 11))
        + "</pre>",
    ),
)
page(
    "timetable",
    "calendar",
    "departures",
    document(
        NO,
        "Rutetider",
        table(("Linje", "Avgang", "Spor"), [[f'<a href="linje/{n}">{n}</a>', f"14:0{n}", str(n)] for n in range(9)]),
    ),
)
page(
    "booking-calendar",
    "calendar",
    "free times, each a link with a date",
    document(
        DA,
        "Bestil tid",
        table(
            ("ma", "ti", "on", "to", "fr"),
            [[f'<a href="?dato=2026-11-{w * 5 + d + 1:02d}">{w * 5 + d + 1}</a>' for d in range(5)] for w in range(5)],
        ),
    ),
)
page(
    "parish-calendar",
    "calendar",
    "a calendar of services with times",
    document(
        SV,
        "Kalender",
        "<ul>"
        + "".join(
            f'<li>2026-11-{n:02d} 11:00 <a href="/handelse/{n}">Gudstjänst</a> (60 min)</li>' for n in range(1, 29, 7)
        )
        + "</ul>",
        frame=2,
    ),
)
page(
    "month-folders",
    "calendar",
    "a calendar whose months and days are paths",
    document(
        DE,
        "Kalender 2026",
        table(("Monat",), [[f'<a href="{n:02d}/">{month}</a>'] for n, month in enumerate(DE.months, 1)]),
    ),
    path="/kalender/2026/",
    near=True,
)
page(
    "league-table",
    "sport",
    "a league",
    document(
        EN,
        "Table",
        table(
            ("Name", "Played", "Points"), [[f'<a href="/team/{n}">Team {n}</a>', str(n), str(n * 3)] for n in range(12)]
        ),
    ),
)
page(
    "gallery-thumbnails",
    "gallery",
    "pictures that lie directly in the folder, without dates or sizes",
    document(SV, "Bilder", "".join(f'<a href="bild-{n}.jpg"><img src="liten-{n}.jpg" alt=""></a>' for n in range(20))),
    path="/bilder/",
    near=True,
)
page(
    "gallery-captions",
    "gallery",
    "pictures with captions, dates and how large they are",
    document(
        NO,
        "Album",
        "".join(
            f'<figure><img src="/media/{n}.jpg"><figcaption>Fjell {n}, 2026-07-1{n}, 1,{n} MB</figcaption></figure>'
            for n in range(9)
        ),
        frame=1,
    ),
)
page(
    "gallery-generated",
    "gallery",
    "a gallery program's table of thumbnails with links to pages",
    document(
        DE,
        "Index of album",
        "<table>"
        + "".join(
            "<tr>"
            + "".join(
                f'<td><a href="target{r * 4 + c}.html"><img src="tn/{r * 4 + c}.jpg"></a><br>bild{r * 4 + c}.jpg<br>12 KB</td>'
                for c in range(4)
            )
            + "</tr>"
            for r in range(4)
        )
        + "</table>",
        frame=3,
    ),
    path="/album/",
    near=True,
)
