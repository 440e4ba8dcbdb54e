"""Places that are closed, of the makings that a range of hosts is full of: what each answers, and the right verdict.

The bodies are written for the purpose, in the shape of the products and frameworks that they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"
JSON = "application/json"
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Says:
    """One answer."""

    status: int = 200
    body: str = ""
    type: str = HTML
    headers: Headers = ()


def gone(status: int, words: str, server: str = "") -> Says:
    """A server's own page of an error."""
    foot = f"<hr><center>{server}</center>" if server else ""
    title = f"{status} {words}"
    return Says(
        status, f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center>{foot}</body></html>"
    )


def to(where: str, status: int = 302) -> Says:
    """A redirect."""
    return Says(status, f'<a href="{where}">Found</a>.', HTML, (("Location", where),))


NOT_FOUND = gone(404, "Not Found", "nginx/1.24.0")


@dataclass(frozen=True, slots=True)
class Site:
    """What a host answers by path, and to every other path."""

    pages: Mapping[str, Says]
    other: Says = field(default=NOT_FOUND)
    unknown: str = ""
    """Why the right verdict is `unknown`; empty where the place must be told to be closed."""


def html(title: str, body: str, head: str = "") -> str:
    """A whole page."""
    return (
        f'<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def at_root(body: str, type_: str = HTML, *headers: tuple[str, str]) -> dict[str, Says]:
    """The page at `/`."""
    return {"/": Says(200, body, type_, headers)}


PROSE = (
    "<p>We help hospitals and municipalities to keep their phones answered, day and night. Our people have worked in "
    "health care for many years and know what it means when somebody calls.</p>"
)
VITE = '<script type="module" crossorigin src="/assets/index-4f1c2a9b.js"></script>'
CRA = '<script defer="defer" src="/static/js/main.1f2e3d4c.js"></script>'
FIELDS = '<input type="text" name="user"><input type="password" name="pw"><button>Log in</button>'
DESCRIPTION = '<meta name="description" content="{}">'.format
BOOKS = DESCRIPTION("Nordvik Bokföring hjälper små företag med bokslut, löner och deklaration i hela Norrland.")

SITES: dict[str, Site] = {
    # Sites of companies.
    "plain company": Site(at_root(html("Nordvik AB", f"<h1>Nordvik AB</h1>{PROSE}"))),
    "short company": Site(at_root(html("Nordvik AB", "<h1>Nordvik AB</h1><p>Call us: 0600-123 45.</p>"))),
    "short company with analytics": Site(
        at_root(
            html(
                "Nordvik AB",
                "<h1>Nordvik AB</h1><p>Call us: 0600-123 45.</p>",
                '<script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>'
                "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}</script>",
            )
        )
    ),
    "short company with its own script": Site(
        at_root(html("Nordvik AB", '<h1>Nordvik AB</h1><p>Call us.</p><script src="/js/site.js"></script>'))
    ),
    "short company, drawn by a script": Site(
        at_root(html("Nordvik AB", '<h1>Nordvik AB</h1><div id="all"></div><script src="/js/site.js"></script>')),
        unknown="drawn-by-script",
    ),
    "release of a program": Site(
        {
            **at_root(
                html(
                    "Release v2.3.1 - org/app",
                    "<h1>Release v2.3.1</h1><ul><li>Fix crash by @anna in #12</li></ul><details open><summary>Assets"
                    "</summary><ul>"
                    + "".join(
                        f'<li><a href="/org/app/releases/download/v2.3.1/{name}">{name}</a> <span>12.1 MB</span> '
                        '<time datetime="2026-11-03T08:14:12Z">Nov 3, 2026</time></li>'
                        for name in ("app-linux.tar.gz", "app-windows.zip", "SHA256SUMS")
                    )
                    + "</ul></details>",
                )
            ),
            **{
                f"/org/app/releases/download/v2.3.1/{name}": Says(200, "PK\x03\x04" + "x" * 60, "application/zip")
                for name in ("app-linux.tar.gz", "app-windows.zip", "SHA256SUMS")
            },
        }
    ),
    "commits of a program": Site(
        at_root(
            html(
                "org/journal - Gitea",
                '<h1>org/journal</h1><table><tr><td><a href="/org/journal/src/branch/main/src">src</a></td><td>'
                '<a href="/org/journal/commit/1b2">Fix src</a></td><td>2 weeks ago</td></tr><tr><td>'
                '<a href="/org/journal/src/branch/main/Makefile">Makefile</a></td><td>'
                '<a href="/org/journal/commit/2b2">Fix Makefile</a></td><td>2 weeks ago</td></tr></table>',
            )
        )
    ),
    "wordpress": Site(
        at_root(
            html(
                "Nordvik &#8211; Home",
                f"<nav><ul><li><a href='/about/'>About</a><li><a href='/contact/'>Contact</a></ul></nav>{PROSE}"
                "<script src='/wp-includes/js/jquery/jquery.min.js'></script>"
                "<script src='/wp-content/themes/x/main.js'></script>",
                '<meta name="generator" content="WordPress 6.4.2">',
            )
        ),
        Says(404, html("Page not found &#8211; Nordvik", PROSE)),
    ),
    "next rendered": Site(
        at_root(
            html(
                "Nordvik",
                f'<div id="__next"><h1>Nordvik</h1>{PROSE}</div><script id="__NEXT_DATA__" type="application/json">'
                '{"props":{}}</script><script src="/_next/static/chunks/main-1.js"></script>',
            )
        )
    ),
    "react with a description": Site(
        at_root(
            html(
                "Nordvik Bokföring",
                f'<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>{CRA}',
                BOOKS,
            )
        )
    ),
    "vue with a description": Site(
        at_root(html("Nordvik Bokföring", f'<div id="app"></div>{VITE}', BOOKS)),
    ),
    "angular with a noscript text": Site(
        at_root(
            html(
                "Nordvik Bokföring",
                "<app-root></app-root><noscript><h1>Nordvik Bokföring</h1>"
                f"{PROSE}</noscript><script src='main.7c8d9e.js' type='module'></script>",
            )
        )
    ),
    "react without a word": Site(
        at_root(
            html(
                "App", f'<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>{CRA}'
            )
        ),
        unknown="drawn-by-script",
    ),
    "single page app, every path": Site(
        at_root(html("Nordvik", f'<div id="app"></div>{VITE}', BOOKS)),
        Says(200, html("Nordvik", f'<div id="app"></div>{VITE}', BOOKS)),
        unknown="catch-all",
    ),
    "gallery drawn by a script": Site(
        at_root(
            html(
                "Nordvik media",
                f'<div id="app"></div>{VITE}',
                DESCRIPTION("Share and browse all the files and recordings of your team in one place."),
            )
        ),
        unknown="drawn-by-script",
    ),
    "shop": Site(
        at_root(
            html(
                "Nordvik Shop",
                "<ul>"
                + "".join(f'<li><a href="/p/{n}">Lamp {n}</a> <span>{n}99 kr</span></li>' for n in range(1, 9))
                + f"</ul>{PROSE}",
            )
        )
    ),
    "frontpage of pictures": Site(
        at_root(
            html(
                "Nordvik",
                '<a href="/om"><img src="/a.jpg" alt="Om oss"></a><a href="/kontakt">'
                '<img src="/b.jpg" alt="Kontakt"></a>',
            )
        )
    ),
    "coming soon": Site(at_root(html("Coming soon", "<h1>Coming soon</h1><p>Our new site is on its way.</p>"))),
    "parked": Site(
        at_root(
            html(
                "nordvik.example",
                "<h1>nordvik.example</h1>"
                "<p>This domain is parked free of charge with Parkbolaget. Is this your domain? "
                "Log in to your account to build a site, or make an offer to buy it today.</p>"
                '<script src="//parking.example/park.js"></script>',
            )
        ),
        Says(200, html("nordvik.example", "<h1>nordvik.example</h1><p>This domain is parked.</p>")),
    ),
    "soft 404": Site(
        at_root(html("Nordvik", f"<h1>Nordvik</h1>{PROSE}")),
        Says(200, html("Sidan hittades inte", "<h1>Sidan hittades inte</h1><p>Gå till startsidan.</p>")),
    ),
    "not found with status 200, at the root as well": Site(
        {}, Says(200, html("Sidan hittades inte", "<h1>Sidan hittades inte</h1><p>Sidan som du söker finns inte.</p>"))
    ),
    "home page for every path": Site(
        at_root(html("Nordvik", f"<h1>Nordvik</h1>{PROSE}")),
        Says(200, html("Nordvik", f"<h1>Nordvik</h1>{PROSE}")),
        unknown="catch-all",
    ),
    "canary led home": Site(at_root(html("Nordvik", f"<h1>Nordvik</h1>{PROSE}")), to("/")),
    "language by redirect": Site({"/": to("/sv/"), "/sv/": Says(200, html("Nordvik", PROSE))}),
    "language by refresh": Site(
        {
            "/": Says(200, html("", "", '<meta http-equiv="refresh" content="0; url=/sv/">')),
            "/sv/": Says(200, html("Nordvik", PROSE)),
        }
    ),
    "script leads on": Site(
        {
            "/": Says(200, "<html><script>window.location.href='/app/'</script></html>"),
            "/app/": Says(200, html("Nordvik", PROSE)),
        }
    ),
    "refresh to another host": Site(
        at_root(html("", "", '<meta http-equiv="refresh" content="0; url=https://www.nordvik.example/">'))
    ),
    "https twin": Site({"/": to("https://nas.test/", 301)}, to("https://nas.test/", 301)),
    "www": Site({"/": to("https://www.nordvik.example/", 301)}),
    "http twin of another host": Site({"/": to("https://198.51.100.7/login", 301)}),
    # Refusals and errors.
    "401": Site({}, Says(401, "", HTML, (("WWW-Authenticate", 'Basic realm="nas"'),))),
    "403": Site({}, gone(403, "Forbidden", "nginx")),
    "403 at the root": Site({"/": gone(403, "Forbidden", "nginx")}),
    "404 everywhere": Site({}),
    "404 without a body": Site({}, Says(404, "", "")),
    "410": Site({}, gone(410, "Gone")),
    "403 of IIS": Site({"/": gone(403, "Forbidden: Access is denied.")}),
    "405 at the root": Site({"/": Says(405, "", "", (("Allow", "POST"),))}),
    "400 everywhere": Site({}, gone(400, "Bad Request", "nginx"), unknown="status-unexpected"),
    "421 everywhere": Site({}, gone(421, "Misdirected Request", "Apache"), unknown="status-unexpected"),
    "406 at the root": Site({"/": gone(406, "Not Acceptable")}),
    "426": Site({}, Says(426, "Upgrade Required", "text/plain", (("Upgrade", "websocket"),))),
    "426 to HTTP/2": Site({}, Says(426, "", "", (("Upgrade", "h2c"),)), unknown="status-unexpected"),
    "grpc": Site({}, Says(200, "", "application/grpc", (("grpc-status", "12"),))),
    "client certificate": Site({}, gone(400, "No required SSL certificate was sent", "nginx")),
    "400 of an interface": Site({}, Says(400, '{"errors":[{"message":"Must provide query string."}]}', JSON)),
    "fault of a device": Site(
        {}, Says(400, "<s:Envelope><s:Body><s:Fault></s:Fault></s:Body></s:Envelope>", "text/xml")
    ),
    "409 of a store": Site({}, Says(409, "<Error><Code>PublicAccessNotPermitted</Code></Error>", "application/xml")),
    "maintenance": Site({}, gone(503, "Service Unavailable"), unknown="server-error"),
    "bad gateway": Site({}, gone(502, "Bad Gateway", "nginx"), unknown="server-error"),
    "throttled": Site({}, gone(429, "Too Many Requests"), unknown="throttled"),
    "empty 200": Site(at_root("", ""), unknown="body-unreadable"),
    "204": Site({"/": Says(204, "", "")}, unknown="status-unexpected"),
    # Default pages.
    "nginx": Site(
        at_root(html("Welcome to nginx!", "<h1>Welcome to nginx!</h1><p>If you see this page, it works.</p>"))
    ),
    "apache": Site(at_root("<html><body><h1>It works!</h1></body></html>")),
    "debian apache": Site(at_root(html("Apache2 Debian Default Page: It works", "<p>This is the default page.</p>"))),
    "nginx for every host and path": Site(
        {}, Says(200, html("Welcome to nginx!", "<h1>Welcome to nginx!</h1><p>If you see this page, it works.</p>"))
    ),
    "iis": Site(
        at_root(html("IIS Windows Server", '<a href="http://go.microsoft.com/"><img src="iisstart.png" alt="IIS"></a>'))
    ),
    "tomcat": Site(
        at_root(html("Apache Tomcat/9.0.65", "<h1>Apache Tomcat/9.0.65</h1><p>If you are seeing this, it works.</p>"))
    ),
    "openresty": Site(
        at_root(
            html("Welcome to OpenResty!", "<h1>Welcome to OpenResty!</h1><p>If you see this page, OpenResty works.</p>")
        )
    ),
    "jboss": Site(
        at_root(html("Welcome to WildFly", "<h1>Welcome to WildFly</h1><p>Your WildFly instance is running.</p>"))
    ),
    "text it works": Site(at_root("It works!\n", "text/plain")),
    "one word": Site(at_root("OK", "text/plain")),
    "hello": Site(at_root("Hello World!", HTML)),
    # Interfaces.
    "api status": Site(at_root('{"status":"ok"}', JSON), Says(404, '{"detail":"Not Found"}', JSON)),
    "api 404": Site({}, Says(404, '{"detail":"Not Found"}', JSON)),
    "api 401": Site({}, Says(401, '{"error":"unauthorized"}', JSON)),
    "api nested": Site(
        at_root(
            '{"name":"care-api","version":"1.4.2","build":{"commit":"1f2e3d","time":"2024-02-01T10:00:00Z"}}', JSON
        ),
        Says(404, '{"detail":"Not Found"}', JSON),
    ),
    "api links": Site(
        at_root(
            ""
            ""
            ""
            ""
            ""
            ""
            '{"users":"https://nas.test/api/users/","groups":"https://nas.test/api/groups/","_links":{"self":{"href":"/"}}}',
            JSON,
        ),
        Says(404, '{"detail":"Not Found"}', JSON),
        unknown="meaning-unknown",
    ),
    "api message in a list": Site(
        at_root('{"errors":[{"code":"missing_token","message":"A token is needed"}]}', JSON),
        Says(404, '{"errors":[{"code":"not_found"}]}', JSON),
    ),
    "elasticsearch like": Site(
        at_root(
            '{"name":"node-1","cluster_name":"care","version":{"number":"8.1.0","build_type":"deb"},'
            '"tagline":"You Know, for Search"}',
            JSON,
        ),
        Says(404, '{"error":"no such index"}', JSON),
    ),
    "actuator health": Site(
        at_root('{"status":"UP","components":{"db":{"status":"UP"},"ping":{"status":"UP"}}}', JSON),
        Says(404, '{"status":404,"error":"Not Found","path":"/x"}', JSON),
    ),
    "api array of names": Site(
        at_root('["anna","berit","call-1"]', JSON), Says(404, "{}", JSON), unknown="meaning-unknown"
    ),
    "api list of files": Site(
        at_root('{"files":[{"name":"a.wav","size":4}],"count":1}', JSON),
        Says(404, "{}", JSON),
        unknown="meaning-unknown",
    ),
    "soap fault": Site(
        {"/": Says(500, "<Envelope><Body><Fault/></Body></Envelope>", "text/xml")}, unknown="server-error"
    ),
    "xml error": Site({}, Says(403, "<Error><Code>AccessDenied</Code></Error>", "application/xml")),
    "swagger": Site(
        at_root(
            html(
                "Swagger UI",
                '<div id="swagger-ui"></div><script src="./swagger-ui-bundle.js"></script>'
                ""
                ""
                ""
                ""
                ""
                ""
                '<script>window.onload=function(){SwaggerUIBundle({url:"/openapi.json",dom_id:"#swagger-ui"})}</script>',
            )
        )
    ),
    "graphql": Site({"/": Says(400, '{"errors":[{"message":"Must provide query string."}]}', JSON)}, Says(404, "", "")),
    # Logins.
    "form": Site(at_root(html("Log in", f"<form method=post action=/login>{FIELDS}</form>"))),
    "form, every path": Site({}, Says(200, html("Log in", f"<form method=post action=/login>{FIELDS}</form>"))),
    "led to a form": Site(
        {"/": to("/login"), "/login": Says(200, html("Log in", f"<form method=post>{FIELDS}</form>"))}, to("/login")
    ),
    "sso outside": Site({}, to("https://login.microsoftonline.com/x/oauth2/authorize?client_id=1")),
    "sso inside": Site(
        {
            "/": to("/saml/login?r=%2F"),
            "/saml/login?r=%2F": Says(
                200,
                html(
                    "",
                    '<form method=post action="https://idp.example/sso">'
                    "<input type=hidden name=SAMLRequest value=x></form><script>document.forms[0].submit()</script>",
                ),
            ),
        }
    ),
    "login drawn by a script": Site(
        {"/": to("/login"), "/login": Says(200, html("Care", f'<div id="root"></div>{CRA}'))}, to("/login")
    ),
    "login of grafana": Site(
        {
            "/": to("/login"),
            "/login": Says(
                200,
                html(
                    "Grafana",
                    '<div class="preloader">Loading Grafana</div><div id="reactRoot"></div>'
                    "<script>window.grafanaBootData={user:{isSignedIn:false}}</script>"
                    '<script src="public/build/runtime.1.js"></script><script src="public/build/app.1.js"></script>',
                ),
            ),
        },
        to("/login"),
    ),
    "jenkins": Site(
        {},
        Says(
            403,
            "<html><head><meta http-equiv='refresh' content='1;url=/login?from=%2F'/>"
            "<script>window.location.replace('/login?from=%2F');</script></head>"
            "<body>Authentication required</body></html>",
        ),
    ),
    "gitlab": Site(
        {
            "/": to("/users/sign_in"),
            "/users/sign_in": Says(
                200,
                html(
                    "Sign in · GitLab",
                    f"<h1>GitLab</h1><form action='/users/sign_in' method=post>{FIELDS}</form>"
                    f"<script src='/assets/webpack/main.js'></script>",
                ),
            ),
        },
        to("/users/sign_in"),
    ),
    "webmail": Site(
        at_root(
            html(
                "Roundcube Webmail :: Welcome",
                f"<form name=login method=post>{FIELDS}</form><script src='program/js/app.min.js'></script>",
            )
        )
    ),
    "owa": Site(
        {
            "/": to("/owa/"),
            "/owa/": to("/owa/auth/logon.aspx?url=%2Fowa%2F"),
            "/owa/auth/logon.aspx?url=%2Fowa%2F": Says(200, html("Outlook", f"<form>{FIELDS}</form>")),
        }
    ),
    "vpn": Site(
        {
            "/": to("/remote/login?lang=en"),
            "/remote/login?lang=en": Says(
                200, html("Please Login", '<div class="main-app"></div><script src="/sslvpn/js/login.js"></script>')
            ),
        }
    ),
    "router": Site(
        {
            "/": Says(200, html("Router", '<frameset rows="*"><frame src="Login.htm"></frameset>')),
            "/Login.htm": Says(200, html("Router", f"<form>{FIELDS}</form>")),
        }
    ),
    "two frames": Site(
        {
            "/": Says(200, html("Router", '<frameset rows="*,*"><frame src="/menu"><frame src="/main"></frameset>')),
            "/menu": Says(200, html("", '<a href="/main">Status</a><a href="/help">Help and support</a>')),
            "/main": Says(200, html("", "<p>The line is up. No faults were seen since the router was started.</p>")),
        }
    ),
    "a frame that a script draws": Site(
        {
            "/": Says(200, html("Router", '<frameset rows="*,*"><frame src="/menu"><frame src="/main"></frameset>')),
            "/menu": Says(200, html("", '<a href="/main">Status</a>')),
            "/main": Says(200, html("", f'<div id="app"></div>{VITE}')),
        },
        unknown="redirected",
    ),
    "more frames than are looked at": Site(
        {
            "/": Says(200, html("", f"<frameset>{''.join(f'<frame src=/part{n}>' for n in range(6))}</frameset>")),
            **{f"/part{n}": Says(200, html("", "<p>The line is up. No faults were seen today.</p>")) for n in range(6)},
        },
        unknown="redirected",
    ),
    "framed from another host": Site(
        at_root(html("nordvik.example", '<iframe src="https://parking.example/?d=nordvik"></iframe>'))
    ),
    "vue with a description for others": Site(
        at_root(
            html(
                "Nordvik",
                f'<div id="app"></div>{VITE}',
                '<meta property="og:description" content="Vi lagar och säljer cyklar till barn och vuxna i Umeå.">',
            )
        )
    ),
    "api complaint": Site(
        at_root('{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found"}]}', JSON),
        Says(404, "{}", JSON),
    ),
    "nas": Site(
        at_root(
            html(
                "Synology DiskStation",
                '<div id="sds-login"></div><script src="webman/login.cgi.js"></script>'
                '<script src="scripts/ext-4/ext-all.js"></script>',
                DESCRIPTION("DiskStation provides a full-featured network attached storage"),
            )
        ),
        unknown="drawn-by-script",
    ),
    "login by a script": Site(
        at_root(
            "<html><head><title>Care</title></head><body><script>top.location='/auth/login?next=/'"
            "</script></body></html>"
        )
    ),
    "one-time code": Site(
        at_root(html("Care", '<p>Ange din kod</p><form method=post><input name=code type="tel"></form>'))
    ),
    "bankid": Site(
        at_root(html("Logga in", '<h1>Logga in</h1><button>Öppna BankID</button><script src="/js/bankid.js"></script>'))
    ),
    "webdav off": Site(at_root(html("Nordvik", PROSE))),
}
