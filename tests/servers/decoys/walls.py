"""Decoys that are doors: logins, redirects, refusals, filters, start pages and notices."""

# ruff: noqa: E501  a page's markup stands in one piece, as it is sent

from __future__ import annotations

import zlib

from tests.servers.decoys.kind import HTML, page, site
from tests.servers.decoys.words import ALL, DA, DE, EN, FI, NO, SV, Words, document, paragraphs
from tests.servers.raw import Hit, reply


def _form(words: Words, build: int) -> str:
    """A login form, each time built in another way."""
    if build == 0:
        return f'<form method=post action="/login"><label>{words.user}<input name=u></label><label>{words.password}<input type=password name=p></label><button>{words.login}</button></form>'
    if build == 1:
        return f'<table><tr><td>{words.user}</td><td><input name=user></td></tr><tr><td>{words.password}</td><td><input type="password" name="pw"></td></tr><tr><td colspan=2><input type=submit value="{words.login}"></td></tr></table>'
    if build == 2:
        return (
            f'<a class="btn" href="/auth/bankid">{words.login} (BankID)</a><a class="btn" href="/auth/siths">SITHS</a>'
        )
    if build == 3:
        return f'<div id="app"></div><noscript>{words.login}: JavaScript</noscript><script src="/app.js"></script><template><input type=password></template>'
    if build == 4:
        return f'<form><p>{words.text[0]}</p><input type=email placeholder="e-mail"><button name=next>{words.login}</button></form>'
    return f'<div class="login-box"><h1>{words.login}</h1><form method="POST"><input type="hidden" name="csrf" value="0"><input type="password" autocomplete="current-password"></form></div>'


for number, words in enumerate(ALL):
    page(
        f"login-{words.code}",
        "login",
        "a login instead of the folder",
        document(words, words.login, _form(words, number), frame=number % 3),
    )

page(
    "login-recordings",
    "login",
    "a telephone exchange's own login at the recordings' path",
    document(EN, "User Control Panel", "<h1>Recordings</h1>" + _form(EN, 1), frame=2),
    path="/recordings/",
)
page(
    "login-nas",
    "login",
    "a disk station's login",
    document(
        EN, "DiskStation", '<div id="sds-desktop"></div><script src="webman/login.js"></script>' + _form(EN, 5), frame=3
    ),
)
page(
    "login-files",
    "login",
    "a file manager's login, titled as a listing",
    document(DE, "Index of /", _form(DE, 0), frame=3),
)
page(
    "login-share",
    "login",
    "a shared folder behind a password",
    document(
        DA,
        "Delt mappe: optagelser",
        "<h1>optagelser/</h1><p>Mappen er beskyttet.</p><form><input type=password name=share></form>",
    ),
    path="/s/abc/",
)
page(
    "login-401-page",
    "login",
    "401 with a page that lists names of folders",
    document(SV, "401", "<h1>Index of /inspelningar</h1><ul><li>2018/</li><li>2019/</li></ul>"),
    status=401,
    headers=(("WWW-Authenticate", 'Basic realm="Index of /"'),),
)
page(
    "login-401-digest",
    "login",
    "401 with Digest and no body",
    b"",
    status=401,
    headers=(("WWW-Authenticate", 'Digest realm="nas", nonce="1"'),),
)
page(
    "login-saml-post",
    "login",
    "a page that posts itself to an identity provider",
    document(
        SV,
        "Loggar in",
        '<form method="post" action="https://idp.example.org/sso"><input type="hidden" name="SAMLRequest" value="PHNhbWw"></form><script>document.forms[0].submit()</script>',
        frame=3,
    ),
)
page(
    "share-expired",
    "login",
    "a shared folder whose time is over",
    document(NO, "Delingen er utløpt", f"<h1>Index of opptak</h1><p>{NO.closed}.</p>"),
    near=True,
)
page(
    "file-drop",
    "login",
    "a folder into which one may put and from which one may not take",
    document(
        FI,
        "Lähetä tiedosto",
        '<h1>Lähetä tiedosto</h1><form enctype="multipart/form-data"><input type=file><button>OK</button></form>',
    ),
)

for name, why, location in (
    ("sso-away", "a redirect to an identity provider elsewhere", "https://idp.example.org/authorize?client_id=nas"),
    ("sso-local", "a redirect to a login of its own", "/login?next=/"),
    ("to-https", "a redirect to the same name in TLS", "https://decoy.test/"),
    ("to-www", "a redirect to another name of the same owner", "https://www.decoy.test/"),
    ("to-start", "a redirect to a start page of its own", "/start/index.html"),
):
    page(f"redirect-{name}", "redirect", why, b"", status=302, headers=(("Location", location),), near=True)

DENIED = {
    "sv": "Katalogvisning nekas", "en": "Directory Listing Denied", "da": "Mappevisning er nægtet",
    "no": "Katalogvisning er nektet", "fi": "Hakemiston luettelointi on estetty", "de": "Verzeichnisanzeige verweigert",
}  # fmt: skip
for number, words in enumerate(ALL):
    denied = DENIED[words.code]
    page(
        f"forbidden-{words.code}",
        "refusal",
        "403, in words that speak of listings",
        document(
            words,
            f"403 - {denied}",
            f"<h1>{denied}</h1><h2>Index of /recordings/</h2><p>{words.closed}.</p>",
            frame=number % 4,
        ),
        status=403,
    )
    page(
        f"missing-{words.code}",
        "refusal",
        "404, in words that speak of listings",
        document(
            words,
            "Index of /",
            f"<h1>Index of /</h1><p>{words.missing}.</p><p>Parent Directory</p>",
            frame=(number + 1) % 4,
        ),
        status=404,
    )
page(
    "denied-with-200",
    "refusal",
    "the refusal with 200",
    document(
        EN,
        "Directory Listing Denied",
        "<h1>Directory Listing Denied</h1><p>This Virtual Directory does not allow contents to be listed.</p>",
        frame=3,
    ),
)
page(
    "closed-with-200",
    "refusal",
    "a refusal in Swedish with 200",
    document(SV, "Åtkomst nekad", f"<h1>403</h1><p>{SV.closed}.</p>"),
    near=True,
)
page(
    "gone-with-list",
    "refusal",
    "410 with a list of what was here, and is not any more",
    document(
        DE,
        "410",
        "<h1>Index of /alt/</h1><pre><a href='a.wav'>a.wav</a>   05-Jan-2018 14:05   77\n<a href='b.wav'>b.wav</a>   05-Jan-2018 14:05   78</pre>",
    ),
    status=410,
    entries_answer=False,
)
page(
    "missing-with-list",
    "refusal",
    "404 whose body is a whole listing of files that are not there either",
    document(
        EN,
        "Index of /",
        "<h1>Index of /</h1><pre>"
        + "".join(f'<a href="{n}.wav">{n}.wav</a>      05-Jan-2018 14:05    {n * 997}\n' for n in range(1, 9))
        + "</pre>",
        frame=3,
    ),
    status=404,
    entries_answer=False,
)
page(
    "forbidden-with-list",
    "refusal",
    "403 with suggestions, dates and sizes",
    document(
        FI,
        "403",
        "<h1>Index of /</h1><ul>"
        + "".join(f'<li><a href="ehdotus{n}.html">ehdotus{n}</a> 2026-11-0{n} {n}K</li>' for n in range(1, 8))
        + "</ul>",
    ),
    status=403,
)

# A filter stands between us and the place: what it hides is not known to be closed.
FILTERS = (
    (
        "waf-support-id",
        "The requested URL was rejected. Please consult with your administrator. Your support ID is: NUMBER",
    ),
    ("waf-incident", "Request unsuccessful. Incapsula incident ID: 1188000-NUMBER"),
    ("waf-reference", "Access Denied. You don't have permission to access this server. Reference #18.NUMBER"),
    ("waf-firewall", "Ihre Anfrage wurde von der Web Application Firewall blockiert. Vorgangsnummer NUMBER."),
    ("waf-sucuri", "Access Denied - Sucuri Website Firewall. Block ID: BAD001"),
)


def _filtered(name: str, why: str, body: str, *, only: str = "/", near: bool = False) -> None:
    """A filter answers for all that begins with `only`, each time under another number; the rest is an ordinary site."""

    def serve(hit: Hit) -> bytes:
        bare = hit.method == "HEAD"
        if not hit.path.startswith(only):
            return reply(404, b"<!doctype html><title>404</title>", HTML, ("Server", "nginx"), bare=bare)
        number = str(zlib.crc32(f"{hit.connection}{hit.path}".encode()))
        return reply(200, body.replace("NUMBER", number).encode(), HTML, ("Server", "gw"), bare=bare)

    site(name, "filter", why, serve, verdict="unknown", path=only, near=near)


for name, text in FILTERS:
    blocked = f"<html><head><title>Request Rejected</title></head><body>{text}</body></html>"
    _filtered(name, "a filter's block page with 200 for everything", blocked)
_filtered(
    "waf-one-folder",
    "a filter's block page with 200 for one folder of an ordinary site",
    f"<html><head><title>Request Rejected</title></head><body>{FILTERS[0][1]}</body></html>",
    only="/recordings/",
)
_filtered(
    "captcha-moment",
    "a check for humans with 200",
    document(EN, "Just a moment...", '<h1>Checking your browser</h1><div class="cf-turnstile" data-sitekey="0"></div>'),
)
_filtered(
    "captcha-sv",
    "a check for humans in Swedish",
    document(
        SV,
        "Är du en människa?",
        '<p>Bekräfta att du inte är en robot.</p><div class="g-recaptcha" data-sitekey="0"></div>',
    ),
    near=True,
)
page(
    "proxy-notice",
    "filter",
    "a company's proxy that lets nobody out",
    "<html><head><title>Web Page Blocked</title></head><body><h1>Web Page Blocked!</h1><p>The page cannot be displayed. URL: decoy.test/ Attack ID: 20000051</p></body></html>",
    verdict="unknown",
)

# Start pages and notices: there is a server, and nothing of anybody's.
STARTS = (
    (
        "start-apache",
        EN,
        "Apache2 Debian Default Page",
        "<h1>It works!</h1><pre>/etc/apache2/\n|-- apache2.conf\n|       `--  ports.conf\n|-- mods-enabled\n|       |-- *.load\n</pre>",
    ),
    (
        "start-nginx",
        EN,
        "Welcome to nginx!",
        "<h1>Welcome to nginx!</h1><p>If you see this page, the web server is installed.</p>",
    ),
    ("start-iis", EN, "IIS Windows Server", '<a href="http://go.example.com/"><img src="iisstart.png"></a>'),
    (
        "start-panel",
        DE,
        "Domain Default page",
        "<h1>Hier entsteht eine neue Seite</h1><p>Legen Sie Ihre Dateien in httpdocs/ ab.</p>",
    ),
    (
        "parked",
        EN,
        "decoy.test is for sale",
        "<h1>decoy.test</h1><ul>"
        + "".join(f'<li><a href="/?q={w}">{w}</a></li>' for w in ("index", "backup", "files"))
        + "</ul>",
    ),
    ("under-construction", DA, "Kommer snart", "<h1>Kommer snart</h1><img src='/grav.gif'>"),
    (
        "cookie-wall",
        FI,
        "Evästeet",
        "<h1>Evästeet</h1><button>Hyväksy</button><table><tr><th>Nimi</th><th>Kesto</th><th>Koko</th></tr><tr><td>sid</td><td>1 d</td><td>40 B</td></tr></table>",
    ),
    (
        "old-browser",
        NO,
        "Nettleseren støttes ikke",
        "<p>Oppgrader nettleseren.</p><a href='https://example.org/ff'>ff</a>",
    ),
    ("age-gate", EN, "How old are you?", "<form><select name=y><option>2008</option></select></form>"),
    ("camera", EN, "Network Camera", "<script>location='/view/index.shtml'</script>"),
    (
        "printer",
        EN,
        "Embedded Web Server",
        "<table><tr><td>Toner</td><td>40%</td></tr><tr><td>Jobs</td><td><a href='/jobs.htm'>Print log</a></td></tr></table>",
    ),
    (
        "status-page",
        EN,
        "System status",
        "<ul>" + "".join(f"<li>2026-11-2{n} recordings: operational, 99.9{n} %</li>" for n in range(9)) + "</ul>",
    ),
    ("empty-html", SV, "", ""),
)
for name, words, title, body in STARTS:
    page(
        name,
        "start",
        "a page that says that there is a server",
        document(words, title, body, frame=3),
        near=name in ("empty-html", "camera"),
    )
for words in (SV, NO):
    page(
        f"front-{words.code}",
        "start",
        "an ordinary front page",
        document(words, words.place, f"<h1>{words.place}</h1>{paragraphs(words)}", frame=1),
    )
page(
    "maintenance-503",
    "start",
    "a notice with 503",
    document(SV, "Underhåll", "<p>Vi är strax tillbaka.</p>"),
    status=503,
    headers=(("Retry-After", "2"),),
    verdict="unknown",
)
page(
    "quota-page",
    "start",
    "a host that has switched the site off",
    document(EN, "Account suspended", "<h1>Bandwidth limit exceeded</h1><p>Index of / is not available.</p>"),
    status=509,
    verdict="unknown",
)
