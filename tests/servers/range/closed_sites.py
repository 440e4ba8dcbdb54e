"""Closed hosts: sites of companies, applications, logins, front pages of appliances, default pages and errors."""

from __future__ import annotations

from tests.servers.range.kind import HTML, JSON, Says, closed, gone, html, missing, to
from tests.servers.raw import Hit

TEXT = (
    "<p>Vi är en liten byrå i Luleå som hjälper kommuner och vårdgivare med telefoni, bemanning och utbildning. "
    "Ring oss gärna på vardagar mellan nio och fyra, eller skriv ett brev så svarar vi inom en vecka.</p>"
)
FIELDS = '<input type="text" name="user"><input type="password" name="pw"><button>Log in</button>'
MENU = "<nav><ul>" + "".join(f'<li><a href="/{one}/">{one.title()}</a></li>' for one in
    ("tjanster", "om-oss", "kontakt", "nyheter", "jobb")) + "</ul></nav>"  # fmt: skip


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

# Applications.
SPA = '<div id="root"></div><script type="module" src="/assets/index-b1c2.js"></script>'
closed(
    "application with a loading text",
    {
        "/": html(
            "Tidbok",
            f"{SPA}<p>Laddar Tidbok, vänta ett ögonblick …</p>",
            '<meta name="description" content="Boka tid hos frisörer, verkstäder och tandläkare i hela Norrbotten.">',
        )
    },
)
closed("login application", {"/": html("Logga in - Tidbok", SPA)})
closed(
    "application led to login",
    {"/": to("/login?next=%2F"), "/login?next=%2F": html("Tidbok", SPA)},
    to("/login?next=%2F"),
    paths=("/rec/",),
)
closed(
    "application led to sso",
    {
        **dict.fromkeys(("/", "/rec/"), to("/auth/realms/care/protocol/openid-connect/auth?x=1")),
        "/auth/realms/care/protocol/openid-connect/auth?x=1": html("Sign in to care", f"<form>{FIELDS}</form>"),
    },
    missing(),
    paths=("/rec/",),
)
closed("application led to sso outside", {}, to("https://idp.nordvik.example/adfs/ls/?wa=wsignin1.0"), paths=("/rec/",))
closed(
    "django admin",
    {
        "/": to("/admin/"),
        "/admin/": to("/admin/login/?next=/admin/"),
        "/admin/login/?next=/admin/": html(
            "Log in | Django site admin", f'<form action="/admin/login/" method="post">{FIELDS}</form>'
        ),
    },
)
closed(
    "rails login",
    {"/": to("/users/sign_in"), "/users/sign_in": html("Care", f"<h2>Log in</h2><form>{FIELDS}</form>")},
    Says(
        404,
        html(
            "The page you were looking for doesn't exist (404)", "<h1>The page you were looking for doesn't exist.</h1>"
        ),
    ),
)
closed(
    "grafana",
    {
        "/": to("/login"),
        "/login": html(
            "Grafana",
            '<div class="preloader">Loading Grafana</div><div id='
            '"reactRoot"></div><script>window.grafanaBootData={user:{isSignedIn:false}}</script>'
            '<script nonce="" src="public/build/app.1.js"></script>',
        ),
    },
    to("/login"),
)
closed(
    "kibana",
    {
        "/": to("/login?next=%2F"),
        "/login?next=%2F": html(
            "Elastic",
            '<kbn-injected-metadata data="{}">'
            '</kbn-injected-metadata><div class="kbnWelcomeText">Loading Elastic</div>'
            '<script src="/bootstrap-anonymous.js"></script>',
        ),
    },
    Says(401, '{"statusCode":401,"error":"Unauthorized"}', JSON),
)
closed(
    "jenkins",
    {},
    Says(
        403,
        "<html><head><meta http-equiv='refresh' content='1;url=/login?from=%2F'/><script id='redirect'"
        " data-redirect-url='/login?from=%2F' src='/static/1/scripts/redirect.js'></script></head><body>Authentication "
        "required</body></html>",
        HTML,
        (("X-Jenkins", "2.4"),),
    ),
    paths=("/job/rec/ws/",),
)
closed(
    "gitea login",
    {
        "/": html("Gitea: Git with a cup of tea", f"<h1>Gitea</h1>{TEXT}<a href='/user/login'>Sign In</a>"),
        "/explore/repos": to("/user/login"),
    },
)
closed(
    "nextcloud login",
    {
        "/": to("/index.php/login"),
        "/index.php/login": html(
            "Login – Nextcloud",
            '<div id="login"></div><script src="/core/js/login.js"></script><noscript>This application '
            "requires JavaScript.</noscript>",
        ),
    },
    to("/index.php/login"),
)
closed(
    "seafile login",
    {
        "/": to("/accounts/login/?next=/"),
        "/accounts/login/?next=/": html("Log In - Seafile", f'<form action="" method="post">{FIELDS}</form>'),
    },
)
closed(
    "file browser login",
    {
        "/": html(
            "File Browser",
            '<script>window.FileBrowser = JSON.parse(\'{"BaseURL":"",'
            "\"NoAuth\":false}');</script><div id='app'></div><script src='/static/assets/index.js'></script>",
        ),
        "/api/resources/": Says(401, "401 Unauthorized", "text/plain"),
    },
    Says(
        200,
        html(
            "File Browser",
            "<script>"
            'window.FileBrowser = JSON.parse(\'{"BaseURL":"","NoAuth":false}\');</script><div id=\'app\'></div>',
        ),
    ),
)
closed(
    "portainer",
    {"/": html("Portainer", '<div id="page-wrapper" ng-app="portainer"></div><script src="main.1.js"></script>')},
    unknown="drawn",
)
closed(
    "home assistant",
    {
        "/": html(
            "Home Assistant", '<home-assistant></home-assistant><script>import("/frontend_latest/core.js")</script>'
        )
    },
    unknown="drawn",
)
closed("matomo login", {"/": html("Sign in - Matomo", f'<form id="login_form">{FIELDS}</form>')})
closed("phpmyadmin", {"/": html("phpMyAdmin", f'<h1>Welcome to phpMyAdmin</h1><form method="post">{FIELDS}</form>')})
closed(
    "adminer",
    {"/": html("Login - Adminer", f'<h2>Login</h2><form method="post"><table><tr><td>{FIELDS}</table></form>')},
)
closed(
    "keycloak start",
    {
        "/": html(
            "Welcome to Keycloak",
            "<h1>Welcome to Keycloak</h1><p>Administration Console: centrally "
            "manage all aspects of the server.</p><a href='/admin/'>Administration Console</a>",
        )
    },
)
closed(
    "rabbitmq",
    {"/": html("RabbitMQ Management", '<div id="outer"></div><script src="js/main.js"></script>')},
    unknown="drawn",
)
closed(
    "minio console",
    {
        "/": html(
            "MinIO Console",
            '<div id="root"></div><script src="./static/js/main.js"></script>',
            '<meta name="description" content="MinIO Console">',
        )
    },
    unknown="drawn",
)
closed("zabbix", {"/": html("Zabbix", f'<form action="index.php">{FIELDS}</form>')})
closed(
    "roundcube", {"/": html("Webmail", f'<form name="login">{FIELDS}</form><script src="program/js/app.js"></script>')}
)
closed("owa", {"/": to("/owa/"), "/owa/": to("https://r.test/owa/auth/logon.aspx?replaceCurrent=1")})
closed(
    "citrix gateway",
    {
        "/": to("/vpn/index.html"),
        "/vpn/index.html": html("Citrix Gateway", '<div id="logonbox"></div><script src="/vpn/js/rdx.js"></script>'),
    },
    to("/vpn/index.html"),
)
closed(
    "citrix gateway by script",
    {
        "/": "<html><body><script>top.location.href='/logon/LogonPoint/tmindex.html';</script></body></html>",
        "/logon/LogonPoint/tmindex.html": html("Gateway", '<div id="a"></div><script src="j.js"></script>'),
    },
)
closed(
    "fortinet",
    {
        "/": "<html><script type='text/javascript'>top.location=\"/remote/login\";</script></html>",
        "/remote/login": html("Please Login", '<div class="main-app"></div><script src="/a.js"></script>'),
    },
)
closed(
    "pulse secure",
    {
        "/": to("/dana-na/auth/url_default/welcome.cgi"),
        "/dana-na/auth/url_default/welcome.cgi": html(
            "Ivanti Connect Secure", f'<form name="frmLogin">{FIELDS}</form>'
        ),
    },
)
closed(
    "globalprotect",
    {
        "/": to("/global-protect/login.esp"),
        "/global-protect/login.esp": html("GlobalProtect Portal", f'<form id="login_form">{FIELDS}</form>'),
    },
)
closed(
    "anyconnect",
    {
        "/": Says(
            200,
            "<html><script>document.cookie='webvpnlogin=1';document.location.replace('/+CSCOE+/"
            "logon.html');</script></html>",
        ),
        "/+CSCOE+/logon.html": html("SSL VPN Service", f"<form>{FIELDS}</form>"),
    },
)

# Appliances.
closed(
    "printer",
    {
        "/": html(
            "HP LaserJet",
            "<table><tr><td>Status</td><td>Ready</td></tr><tr><td>Toner</td><td>40 %</td>"
            "</tr></table><p>The device is ready to print. Supplies can be ordered from the supplies page.</p>",
        )
    },
)
closed(
    "printer in frames",
    {
        "/": "<html><head><title>EWS</title></head><frameset rows='80,*'><frame src='/top.htm'>"
        "<frame src='/main.htm'></frameset></html>"
    },
    unknown="redirected",
)
closed(
    "router with digest",
    {},
    Says(401, "<h1>401 Unauthorized</h1>", HTML, (("WWW-Authenticate", 'Digest realm="r", nonce="a"'),)),
)
closed(
    "idrac",
    {
        "/": to("/start.html"),
        "/start.html": "<html><head><script>window.location='/login.html';</script></head></html>",
        "/login.html": html("iDRAC", f"<form>{FIELDS}</form>"),
    },
)
closed(
    "camera with digest",
    {},
    Says(401, "", "", (("WWW-Authenticate", 'Digest realm="IP Camera", nonce="1"'),)),
    paths=("/ISAPI/",),
)
closed(
    "camera front page",
    {
        "/": "<html><head><script>window.location.href='/doc/page/login.asp?_'+Date.now();</script></head></html>",
        "/doc/page/login.asp": html("", f"<form>{FIELDS}</form>"),
    },
    unknown="a script",
)
closed(
    "onvif device",
    {},
    Says(
        400,
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        "<s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code></s:Fault></s:Body></s:Envelope>",
        "application/soap+xml",
    ),
)
closed(
    "synology",
    {
        "/": to("/webman/index.cgi"),
        "/webman/index.cgi": html("DiskStation", '<div id="sds-login"></div><script src="webapi/entry.cgi"></script>'),
    },
    unknown="drawn",
)
closed(
    "qnap",
    {
        "/": "<html><head><script>location.href='/cgi-bin/QTS.cgi?count=1'</script></head></html>",
        "/cgi-bin/QTS.cgi?count=1": html(
            "QNAP Turbo NAS", '<div id="app"></div><script src="/cgi-bin/apps.js"></script>'
        ),
    },
    unknown="drawn",
)
closed(
    "unifi",
    {
        "/": to("/manage"),
        "/manage": to("/manage/account/login?redirect=%2Fmanage"),
        "/manage/account/login?redirect=%2Fmanage": html(
            "UniFi Network", '<div id="unifi"></div><script src="a.js"></script>'
        ),
    },
)
closed(
    "proxmox",
    {
        "/": html(
            "pve - Proxmox Virtual Environment",
            '<script>Proxmox={Setup:{}}</script><script src="/pve2/js/pvemanagerlib.js"></script>',
        )
    },
    unknown="drawn",
)
closed(
    "pbx portal",
    {"/": to("/ucp/"), "/ucp/": html("User Control Panel", f'<form id="frm-login">{FIELDS}</form>')},
    paths=("/recordings/",),
)
closed(
    "freepbx choice",
    {
        "/": html(
            "FreePBX Administration",
            '<a href="/admin/config.php">FreePBX Administration</a>'
            '<a href="/ucp">User Control Panel</a><p>Choose how you want to go on from here, please.</p>',
        ),
        "/recordings/": to("/ucp/"),
        "/ucp/": html("UCP", f"<form>{FIELDS}</form>"),
    },
    paths=("/recordings/",),
)

# Default pages and errors.
closed(
    "nginx default of debian",
    {
        "/": html(
            "Welcome to nginx!",
            "<h1>Welcome to nginx!</h1><p>If you see this page, the nginx"
            " web server is successfully installed and working.</p>",
        )
    },
    paths=("/rec/",),
)
closed("openresty", {"/": html("Welcome to OpenResty!", "<h1>Welcome to OpenResty!</h1><p>It works.</p>")})
closed(
    "rocky linux",
    {
        "/": html(
            "HTTP Server Test Page powered by: Rocky Linux",
            "<h1>HTTP Server Test Page</h1><p>This page is used to test the proper operation of the server.</p>",
        )
    },
    paths=("/rec/",),
)
closed(
    "iis default",
    {
        "/": html(
            "IIS Windows Server",
            '<div id="container"><a href="http://go.example/"><img src="iisstart.png" alt="IIS"></a></div>',
        )
    },
)
closed("caddy default", {"/": html("Caddy works!", "<h1>Congratulations!</h1><p>Your web server is working.</p>")})
closed(
    "tomcat default",
    {
        "/": html(
            "Apache Tomcat/10.1.5",
            "<h1>Apache Tomcat/10.1.5</h1><p>If you're seeing this, you've "
            "successfully installed Tomcat. Congratulations!</p>",
        )
    },
)
closed(
    "jetty 404 with contexts",
    {},
    Says(
        404,
        html(
            "Error 404 - Not Found",
            "<h2>Error 404 - Not Found.</h2><p>Contexts known "
            "to this server are:</p><ul><li><a href='/care/'>/care/</a></li></ul>",
        ),
    ),
)
closed(
    "spring error",
    {},
    Says(
        404,
        html("", "<h1>Whitelabel Error Page</h1><p>There was an unexpected error (type=Not Found, status=404).</p>"),
    ),
    paths=("/rec/",),
)
closed(
    "laravel 404", {"/": html("Laravel", f"{TEXT}")}, Says(404, html("Not Found", "<div>404</div><div>Not Found</div>"))
)
closed("traefik", {}, Says(404, "404 page not found\n", "text/plain"), paths=("/rec/",))
closed("kubernetes ingress", {}, Says(404, "default backend - 404", "text/plain"), paths=("/rec/",))
closed("express", {"/": "Hello World!"}, Says(404, html("Error", "<pre>Cannot GET /x</pre>")))
closed(
    "flask",
    {},
    Says(404, html("404 Not Found", "<h1>Not Found</h1><p>The requested URL was not found on the server.</p>")),
)
closed(
    "asp.net error",
    {},
    Says(
        403,
        html("403 - Forbidden: Access is denied.", "<h1>Server Error</h1><h2>403 - Forbidden: Access is denied.</h2>"),
    ),
    paths=("/rec/",),
)
closed("iis 404 at the root", {}, gone(404, "Not Found"), paths=("/rec/",))
closed("maintenance", {}, gone(503, "Service Unavailable"), unknown="server-error")
closed(
    "cloud front error",
    {},
    Says(502, html("ERROR: The request could not be satisfied", "<h1>502 ERROR</h1>")),
    unknown="502",
)
closed("cloudflare 522", {}, gone(522, "Connection timed out", "cloudflare"), unknown="server-error")
closed(
    "waf challenge",
    {},
    Says(
        403,
        html(
            "Just a moment...", "<script>window._cf_chl_opt={}</script><p>Enable JavaScript and cookies to continue</p>"
        ),
        HTML,
        (("cf-mitigated", "challenge"),),
    ),
    unknown="must",
)
closed("throttled", {}, gone(429, "Too Many Requests"), unknown="must")


def _flickers(hit: Hit) -> Says:
    return missing() if hash(hit.path) % 2 else gone(403, "Forbidden")


closed("403 here, 404 there", _flickers, paths=("/rec/", "/calls/"))
closed("gone", {}, gone(410, "Gone"), paths=("/rec/",))
closed("legal reasons", {"/": gone(451, "Unavailable For Legal Reasons")}, paths=("/rec/",))
closed("methods", {}, Says(405, "", "", (("Allow", "POST"),)), paths=("/rec/",))
closed("misdirected", {}, gone(421, "Misdirected Request"), unknown="asked of the wrong server")
closed("upgrade demanded", {}, Says(426, "Upgrade Required", "text/plain", (("Upgrade", "websocket"),)))
closed(
    "upgrade to HTTP/2 demanded", {}, Says(426, "Upgrade Required", "text/plain", (("Upgrade", "h2c"),)), unknown="must"
)
closed("certificate of ours demanded", {}, gone(400, "No required SSL certificate was sent", "nginx"))
closed("no content", {}, Says(204, "", ""), unknown="204")
closed("teapot", {}, gone(418, "I'm a teapot"), unknown="418")
