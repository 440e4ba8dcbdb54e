"""Closed hosts: applications, logins, front pages of appliances, default pages of servers and errors."""

from __future__ import annotations

from tests.servers.range.closed_sites import FIELDS, TEXT
from tests.servers.range.kind import HTML, JSON, Says, closed, gone, html, missing, to
from tests.servers.raw import Hit

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
