"""Closed hosts: sites of companies and others, from front pages with teasers to parked names."""

from __future__ import annotations

from tests.servers.range.kind import Says, closed, gone, html, to

TEXT = (
    "<p>Vi är en liten byrå i Luleå som hjälper kommuner och vårdgivare med telefoni, bemanning och utbildning. "
    "Ring oss gärna på vardagar mellan nio och fyra, eller skriv ett brev så svarar vi inom en vecka.</p>"
)
FIELDS = '<input type="text" name="user"><input type="password" name="pw"><button>Log in</button>'
MENU = (
    "<nav><ul>"
    + "".join(
        f'<li><a href="/{one}/">{one.title()}</a></li>' for one in ("tjanster", "om-oss", "kontakt", "nyheter", "jobb")
    )
    + "</ul></nav>"
)


def cards(count: int, where: str = "/nyheter/{}") -> str:
    """Teasers of articles, as front pages have them."""
    return "".join(
        f'<article class="card"><a href="{where.format(n)}"><img src="/i/{n}.jpg" alt=""><h3>Nyhet nummer {n}</h3></a>'
        f"<time>2024-0{n % 9 + 1}-11</time><p>Idag berättar vi om något som hände i huset under veckan.</p></article>"
        for n in range(1, count + 1)
    )


# Sites.
closed("municipality with teasers", {"/": html("Norrköpings hamn", f"{MENU}{cards(9)}{TEXT}")})
closed("newspaper", {"/": html("Bygdebladet", f"{MENU}{cards(30)}")}, paths=("/arkiv/",))
closed(
    "one pager with anchors",
    {"/": html("Elfirma", '<a href="#om">Om</a><a href="#pris">Pris</a>' + f'<section id="om">{TEXT}</section>')},
)
closed(
    "price table",
    {
        "/": html(
            "Klippoteket",
            "<h1>Priser</h1><table><tr><th>Klippning</th><th>Pris</th></tr>"
            + "".join(f"<tr><td>Klippning {n}</td><td>{n}50 kr</td></tr>" for n in range(2, 9))
            + f"</table>{TEXT}",
        )
    },
)
closed(
    "opening hours table",
    {
        "/": html(
            "Bibliotek",
            "<table>"
            + "".join(
                f"<tr><td>{day}</td><td>10:00</td><td>18:00</td></tr>" for day in ("mån", "tis", "ons", "tors", "fre")
            )
            + f"</table>{TEXT}",
        )
    },
)
closed(
    "team page",
    {
        "/": html(
            "Byrån",
            "<ul>"
            + "".join(
                f'<li><a href="/team/{n}"><img src="/t/{n}.jpg" alt="Person {n}"></a> Person {n}, konsult</li>'
                for n in range(1, 8)
            )
            + f"</ul>{TEXT}",
        )
    },
)
closed(
    "pdf brochures on a static site",
    {"/": html("Pumpar", f'{TEXT}<a href="/docs/katalog.pdf">Katalog</a>')},
    data="static",
)
closed(
    "squarespace like",
    {
        "/": html(
            "Studio",
            f'<div id="page">{TEXT}</div><script src="https://static.sq.example/a.js">'
            '</script><script>Static.SQUARESPACE_CONTEXT={"id":"5"}</script>',
        )
    },
    Says(404, html("404", TEXT)),
)
closed(
    "wix like",
    {
        "/": html(
            "Kafé",
            f'<div id="SITE_CONTAINER">{TEXT}</div><script src="https://static.parast.example/'
            'main.js"></script><script type="application/json">{"a":1}</script>',
        )
    },
    Says(404, html("404", "<h1>404</h1>")),
)
closed(
    "drupal",
    {"/": html("Region", f'{MENU}{TEXT}<script src="/core/misc/drupal.js"></script>')},
    Says(403, html("Åtkomst nekad", "<h1>Åtkomst nekad</h1>")),
)
closed(
    "static site with 404 page of its own",
    {"/": html("Hugo", f"{MENU}{TEXT}")},
    Says(404, html("404", f"{MENU}{TEXT}")),
)
closed(
    "svelte with a rendered page",
    {
        "/": html(
            "Bokning",
            f'<div style="display: contents">{TEXT}<script>import("/_app/immutable/entry/start.js")</script></div>',
        )
    },
)
closed(
    "gatsby",
    {
        "/": html(
            "Blogg",
            f'<div id="___gatsby"><div id="gatsby-focus-wrapper">{TEXT}</div></div>'
            '<script src="/webpack-runtime-1.js" async></script>',
        )
    },
    Says(404, html("404", "<h1>404</h1><p>Saknas.</p>")),
)
closed(
    "cookie banner first",
    {
        "/": html(
            "Byggvaror",
            f'<div class="cookie">Vi använder kakor. <button>Godkänn</button></div>'
            f"{TEXT}<script src='/cookie.js'></script>",
        )
    },
)
closed(
    "age check",
    {
        "/": html(
            "Bryggeri",
            "<h1>Är du över 20 år?</h1><p>För att besöka sidan måste du ha fyllt tjugo år."
            '</p><form action="/alder" method="post"><button name="svar" value="ja">Ja</button></form>',
        )
    },
)
closed(
    "splash with a picture",
    {"/": html("Välkommen", '<a href="/start"><img src="/logo.png" alt="Till webbplatsen"></a>')},
)
closed("picture only", {"/": html("Snart", '<img src="/logo.svg" alt="Företagets logotyp">')})
closed("construction in three words", {"/": "<html><body>Sidan är under uppbyggnad.</body></html>"})
closed(
    "domain for sale",
    {
        "/": html(
            "hamnen.example",
            "<h1>hamnen.example is for sale</h1><p>Make an offer for this "
            'premium name today.</p><form action="/offer"><input name="email"></form>',
        )
    },
)
closed(
    "registrar's parking",
    {
        "/": html(
            "Parked Domain",
            "<p>This Web page is parked for FREE, courtesy of Registrar.</p>"
            '<script src="//img.registrar.example/parking.js"></script><div id="ads"></div>',
        )
    },
    Says(200, html("Parked Domain", "<p>This Web page is parked for FREE, courtesy of Registrar.</p>")),
)
closed(
    "suspended account",
    {
        "/": to("/cgi-sys/suspendedpage.cgi"),
        "/cgi-sys/suspendedpage.cgi": html(
            "Account Suspended",
            "<h1>Account Suspended</h1><p>This account has been suspended. "
            "Contact your hosting provider for more information.</p>",
        ),
    },
)
closed(
    "forum",
    {
        "/": html(
            "Forum",
            "<table><tr><th>Ämne</th><th>Svar</th><th>Senast</th></tr>"
            + "".join(
                f'<tr><td><a href="/t/{n}-fraga">Fråga om motor {n}</a></td><td>{n}</td><td>2024-01-1{n}</td></tr>'
                for n in range(1, 9)
            )
            + f"</table>{TEXT}",
        )
    },
)
closed(
    "webcam of the harbour",
    {
        "/": html(
            "Hamnkamera",
            '<h1>Hamnkamera</h1><img src="/live.jpg"><p>Bilden uppdateras '
            "var tionde minut när vädret tillåter det.</p>",
        )
    },
    data="static",
)
closed(
    "wordpress with declared uploads forbidden",
    {"/": html("Förening", f"{MENU}{TEXT}"), "/wp-content/uploads/": gone(403, "Forbidden", "nginx")},
    paths=("/wp-content/uploads/",),
)
closed(
    "empty index page in the folder",
    {"/": html("Firma", TEXT), "/rec/": "<html><body><p>Nothing to see here, please move along.</p></body></html>"},
    paths=("/rec/",),
)
closed("silence is golden", {"/": html("Firma", TEXT), "/rec/": ""}, paths=("/rec/",), unknown="an empty body")
closed("folder led home", {"/": html("Firma", TEXT), "/rec/": to("/")}, paths=("/rec/",))
closed("folder led home for good", {"/": html("Firma", TEXT)}, to("/", 301), paths=("/rec/",))
closed(
    "lower case by redirect",
    {"/": html("Firma", TEXT), "/Rec/": to("/rec/", 301), "/rec/": gone(403, "Forbidden")},
    paths=("/Rec/",),
)
closed(
    "slash taken away",
    {"/": html("Firma", TEXT), "/rec/": to("/rec", 301), "/rec": html("Inspelat", TEXT)},
    paths=("/rec/",),
)
closed(
    "slash given and taken",
    {"/": html("Firma", TEXT), "/rec/": to("/rec", 301), "/rec": to("/rec/", 301)},
    paths=("/rec/",),
    unknown="a circle",
)
