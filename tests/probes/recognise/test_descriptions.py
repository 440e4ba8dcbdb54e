"""Documents that describe a site or an interface, or say how a service is, are ordinary; data of their form is not."""

# ruff: noqa: E501  documents stand on one line

from __future__ import annotations

import json
import re

import pytest

from probes.recognise.pages.page_kind import PageKind, page

XML = '<?xml version="1.0" encoding="utf-8"?>\n'
SITEMAP = XML + '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{}</loc></url></urlset>'

NEWS = (
    XML
    + "<rss version='2.0'><channel><title>News</title>"
    + "<item><title>We are open</title><link>https://nas.test/n/1</link><description>&lt;p&gt;Our doors are open on all "
    "days of the week, and we look forward to your visit.&lt;/p&gt;</description></item>" * 3 + "</channel></rss>"
)

ATOM = (
    XML + '<feed xmlns="http://www.w3.org/2005/Atom"><title>Drift</title><entry><title>Planned</title><link href="{}"/>'
    "<updated>2026-11-01T10:00:00Z</updated><summary>{}</summary></entry></feed>"
)
OAI = XML + (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-30T10:00:00Z</responseDate>'
    "<request>https://nas.test/oai</request>{}</OAI-PMH>"
)
FAULT = XML + (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{}<soap:Fault>'
    "<faultcode>soap:Client</faultcode><faultstring>{}</faultstring></soap:Fault></soap:Body></soap:Envelope>"
)


def link(name: str) -> dict[str, object]:
    return {"href": f"https://nas.test/actuator/{name}", "templated": name.endswith("-path")}


DESCRIBED = {
    "news": NEWS,
    "news of Atom": NEWS.replace("rss version='2.0'", "feed xmlns='http://www.w3.org/2005/Atom'").replace(
        "rss", "feed"
    ),
    "sitemap": SITEMAP.format("https://nas.test/om"),
    "sitemap index": XML + '<!-- made --><sitemapindex xmlns="https://www.sitemaps.org/schemas/sitemap/0.9">'
    "<sitemap><loc>https://nas.test/sitemap-1.xml.gz</loc></sitemap></sitemapindex>",
    "robots": "# for all\nUser-agent: *\nDisallow: /a.php\nDisallow: /b.php\nAllow: /\n\nSitemap: https://nas.test/s.xml\n",
    "sellers": "google.com, pub-12, DIRECT, f08c\nads.example, 7, RESELLER # beside\ncontact=ads@nas.test\n",
    "wsdl": XML + '<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"><wsdl:types/></wsdl:definitions>',
    "wsdl 2": XML + '<description xmlns="http://www.w3.org/ns/wsdl"><types/></description>',
    "saml": '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"></md:EntityDescriptor>',
    "odata": '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"></edmx:Edmx>',
    "upnp": XML
    + '<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>x</friendlyName></device></root>',
    "search": '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/"></OpenSearchDescription>',
    "cross domain": XML + '<!DOCTYPE cross-domain-policy SYSTEM "x"><cross-domain-policy></cross-domain-policy>',
    "openapi": json.dumps({"openapi": "3.1.0", "info": {"title": "Care"}, "paths": {"/calls": {"get": {}}}}),
    "swagger": json.dumps(
        {"swagger": "2.0", "info": {"title": "Care"}, "paths": {"/files": {}}, "tags": [{"name": "a"}]}
    ),
    "asyncapi": json.dumps({"asyncapi": "2.6.0", "info": {"title": "Care"}, "channels": {}}),
    "issuer": json.dumps(
        {"issuer": "https://nas.test", "jwks_uri": "https://nas.test/jwks", "scopes_supported": ["a"]}
    ),
    "smart": json.dumps(
        {
            "authorization_endpoint": "https://nas.test/a",
            "token_endpoint": "https://nas.test/t",
            "capabilities": ["launch-ehr"],
        }
    ),
    "nodeinfo": json.dumps(
        {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://nas.test/nodeinfo/2.0"}]}
    ),
    "map server": XML
    + '<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms"><Service/></WMS_Capabilities>',
    "settings of mail": '<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="nas.test"></emailProvider></clientConfig>',
    "public keys": json.dumps({"keys": [{"kty": "RSA", "kid": "1", "n": "x", "e": "AQAB"}]}),
    "manifest": json.dumps({"name": "Care", "icons": [{"src": "/i.png"}], "start_url": "/", "display": "standalone"}),
    "introspection": json.dumps({"data": {"__schema": {"types": [{"name": "Call"}]}}}),
    "fhir": json.dumps({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [{"mode": "server"}]}),
    "apps": json.dumps([{"relation": ["a/b"], "target": {"namespace": "android_app", "package_name": "x"}}]),
    "health of Spring": json.dumps(
        {
            "status": "UP",
            "groups": ["liveness", "readiness"],
            "components": {
                "db": {"status": "UP", "details": {"database": "PostgreSQL", "validationQuery": "isValid()"}},
                "diskSpace": {"status": "UP", "details": {"total": 9, "free": 4, "path": "/app/.", "exists": True}},
            },
        }
    ),
    "health of ASP.NET": json.dumps(
        {"status": "Healthy", "entries": {"db": {"data": {}, "status": "Healthy", "tags": ["a"]}}, "totalDuration": "0"}
    ),
    "health of MicroProfile": json.dumps({"status": "UP", "checks": [{"name": "a", "status": "UP", "data": {"x": 1}}]}),
    "health+json": json.dumps({"status": "pass", "checks": {"db:time": [{"status": "pass", "observedValue": 250}]}}),
    "health by a word": json.dumps({"ok": True, "services": [{"name": "db", "ok": True}, {"name": "mq", "ok": False}]}),
    "short news": ATOM.format("https://nas.test/1", "Vi byter en switch."),
    "checks of Kubernetes": "[+]ping ok\n[+]etcd ok\n[-]poststarthook/rbac failed: reason withheld\nreadyz check failed\n",
    "links of Spring": json.dumps({"_links": {name: link(name) for name in ("self", "health", "health-path")}}),
    "routes of WordPress": json.dumps(
        {
            "name": "Callcenter",
            "namespaces": ["oembed/1.0", "wp/v2"],
            "routes": {"/wp/v2/media": {"namespace": "wp/v2", "methods": ["GET"], "endpoints": []}},
        }
    ),
    "error of OAI": OAI.format("<error code='badVerb'>Illegal verb</error>"),
    "formats of OAI": OAI.format(
        "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat></ListMetadataFormats>"
    ),
    "fault": FAULT.format("", "Missing body"),
    "fault of SOAP 1.2": XML + "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body><e:Fault><e:Code>"
    "<e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text>No</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>",
}

UNTOLD = {
    "calls of a short feed": ATOM.format("https://nas.test/1", "Anna 070-123 45 67 was here today."),
    "plays of a short feed": ATOM.format("/play/17", "This was kept here."),
    "sentences about calls": ATOM.format("/17", "A call was kept here."),
    "words of a short feed": ATOM.format("/17", "Call to ward"),
    "one silent entry": ATOM.format("/1", "Vi byter en switch.").replace("</feed>", "<entry><id>2</id></entry></feed>"),
    "checks of files": "[+]a.wav ok\n[+]b.wav ok\nreadyz check passed\n",
    "checks and more": "[+]ping ok\nrec 2024\nreadyz check passed\n",
    "a dump among links of Spring": json.dumps(
        {"_links": {name: link(name) for name in ("self", "health", "heapdump")}}
    ),
    "links to calls": json.dumps({"_links": {name: link(name) for name in ("self", "health", "2024")}}),
    "routes that are rows": json.dumps({"namespaces": [], "routes": {"/a": {"name": "a"}, "/b": {"name": "b"}}}),
    "records of OAI": OAI.format(
        "<ListRecords><record><header><identifier>x</identifier></header></record></ListRecords>"
    ),
    "no fault": FAULT.format("", "x").replace("Fault", "GetCallsResponse"),
    "rows beside a fault": FAULT.format("<call>17</call>", "x"),
    "a sound in a fault": FAULT.format("", "17.wav"),
    "site map of sounds": SITEMAP.format("https://nas.test/rec/17.wav"),
    "some root": XML + "<root><device>1</device></root>",
    "feed of a podcast": NEWS.replace("</item>", '<enclosure url="/listen/17" type="audio/mpeg"/></item>', 1),
    "feed of few words": XML + '<rss version="2.0"><channel><item><link>/listen?id=17</link></item></channel></rss>',
    "feed": XML + '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>17.wav</title></entry></feed>',
    "robots and files": "User-agent: *\nDisallow: /\n17.wav 1234\n18.wav 1234\n",
    "private keys": json.dumps({"keys": [{"kty": "RSA", "n": "x", "d": "y"}]}),
    "links to files": json.dumps({"links": [{"href": "/rec/17.wav"}, {"href": "/rec/18.wav"}]}),
    "files beside a state": json.dumps({"status": "ok", "files": [{"name": "a", "status": "ok"}]}),
    "sounds beside a state": json.dumps({"status": "ok", "data": ["17.wav", "18.wav"]}),
    "folders beside a state": json.dumps({"status": "ok", "data": ["2019/", "2020/"]}),
    "rows beside a state": json.dumps({"status": "ok", "data": [{"name": "anna"}, {"name": "berit"}]}),
    "calls with a state": json.dumps(
        {"status": "ok", "calls": [{"id": 17, "state": "active"}, {"id": 18, "state": "up"}]}
    ),
    "callers with a state": json.dumps({"status": "ok", "results": [{"status": "up", "caller": "0701234567"}]}),
    "tree beside a state": json.dumps({"status": "ok", "data": {"2019": {"x": {"bytes": 1}}}}),
    "a name for a manifest": json.dumps({"name": "rec", "icons": ["a.png"]}),
    "patients in the metadata of an issuer": json.dumps(
        {
            "issuer": "https://login.example",
            "token_endpoint": "https://login.example/token",
            "authorization_endpoint": "https://login.example/authorize",
            "patients": [{"name": "Anna", "id": "19121212-1212"}, {"name": "Bo", "id": "19890201-3286"}],
        }
    ),
    "recordings in a description": json.dumps(
        {"openapi": "3.0.0", "info": {"title": "x"}, "paths": {}, "x-kept": ["samtal-1.wav", "samtal-2.wav"]}
    ),
    "a dump in the settings of a browser": "<browserconfig><msapplication/><kept>patienter.sql</kept></browserconfig>",
}


DESCRIBED |= {
    "services of a server of maps": json.dumps(
        {"currentVersion": 10.91, "folders": ["Traffic"], "services": [{"name": "Roads", "type": "MapServer"}]}
    ),
}
UNTOLD |= {
    "files beside folders": json.dumps({"currentVersion": 1, "folders": ["2024"], "services": [{"file": "a.wav"}]}),
    "recordings among services": json.dumps(
        {"currentVersion": 1, "folders": [], "services": [{"name": f"samtal-{n}.wav", "type": "audio"} for n in (1, 2)]}
    ),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_description_is_ordinary(name: str) -> None:
    assert page(DESCRIBED[name].encode(), "", 200).kind is PageKind.ORDINARY


@pytest.mark.parametrize("name", UNTOLD)
def test_data_in_the_form_of_a_description_is_not(name: str) -> None:
    assert page(UNTOLD[name].encode(), "", 200).kind is PageKind.DATA


def test_a_long_description_is_known_by_its_beginning() -> None:
    paths: dict[str, object] = {f"/calls/{number}": {"get": {"responses": {}}} for number in range(12_000)}
    body = json.dumps({"openapi": "3.0.3", "info": {"title": "Care"}, "paths": paths})
    assert len(body) > 1 << 18
    assert page(body.encode(), "application/json", 200).kind is PageKind.ORDINARY
    assert page(body.replace("openapi", "opened", 1).encode(), "application/json", 200).kind is PageKind.DATA


HEADED = "<title>Nordvik</title><h1>Nordvik AB</h1><p>Call us any day.</p>{}"
WHOLE = (
    HEADED.format("<script src='/js/site.js' defer></script>"),
    HEADED.format("<footer>Nordvik 2024</footer><script async src='/assets/menu.min.js'></script>"),
    "<script defer src=/main.js></script><h1>Nordvik</h1><ul><li>Besök oss på Storgatan 1</li><li>0600-123 45</li></ul>",
)
DRAWN = (
    HEADED.format("<div id=x></div><script src='/js/site.js' defer></script>"),
    HEADED.format("<ul class=a>\n</ul><script src='/js/site.js'></script>"),
    HEADED.format("<x-rows></x-rows><script src='/js/site.js'></script>"),
    HEADED.format("<script src='/js/app.js' defer></script>"),
    HEADED.format("<script src='/static/js/main.1f2e3d4c.js' defer></script>"),
    HEADED.format("<script type=module src='/js/site.js'></script>"),
    HEADED.format("<script src='/js/recordings.js'></script>"),
    "<title>Files</title><h1>Nordvik</h1><p>Call us any day.</p><script src='/js/site.js'></script>",
    "<h1>Nordvik</h1><p>Loading, please wait</p><script src='/js/site.js'></script>",
)


@pytest.mark.parametrize("body", WHOLE)
def test_a_short_page_is_whole_by_itself_but_for_what_its_script_draws(body: str) -> None:
    told = page(body.encode(), "text/html", 200)
    assert told.kind is PageKind.SHELL
    assert told.alone
    assert len(told.scripts) == 1
    assert page(re.sub("<script.*?</script>", "", body).encode(), "text/html", 200).kind is PageKind.ORDINARY


@pytest.mark.parametrize("name", ["calls", "patients", "samtal"])
def test_a_short_page_whose_script_is_called_after_calls_is_not_whole_by_itself(name: str) -> None:
    body = f"<html><h1>Växel Nord</h1><p>Intern sida för personal</p><script src='/js/{name}.js'></script></html>"
    assert not page(body.encode(), "text/html", 200).alone


@pytest.mark.parametrize("body", DRAWN)
def test_a_short_page_with_room_for_what_a_script_draws_is_not(body: str) -> None:
    told = page(body.encode(), "text/html", 200)
    assert told.kind is PageKind.SHELL
    assert not told.alone


NUXT = (
    "<title>Tandvården</title><div id=__nuxt><h1>Boka tid</h1>{}</div><script>window.__NUXT__={{data:[{}],"
    "serverRendered:true}}</script><script src='/_nuxt/app.js' defer></script>"
)
NEXT = (
    "<title>Kundtjänst</title><div id=__next><h1>Kundtjänst</h1>{}</div><script id=__NEXT_DATA__ type=application/json>"
    '{{"props":{{"pageProps":{}}}}}</script><script src="/_next/static/chunks/main.js" defer></script>'
)
TELLS = "<p>Du kan boka, omboka och avboka din tid här på webben, dygnet runt.</p>"


@pytest.mark.parametrize("form", [NUXT, NEXT])
def test_a_page_that_its_server_wrote_out_is_ordinary_unless_something_is_still_to_come(form: str) -> None:
    assert page(form.format(TELLS, "{}").encode(), "text/html", 200).kind is PageKind.ORDINARY
    for shown, state in (
        ("<p>Boka</p>", "{}"),
        (TELLS + "<div class=rows></div>", "{}"),
        (TELLS + "<p>Laddar</p>", "{}"),
        (TELLS + "<p>Dina inspelningar</p>", "{}"),
        (TELLS, '{"a":"17.wav"}'),
        (TELLS, '{"a":"0701234567"}'),
        (TELLS, '{"a":"' + "x" * 5000 + '"}'),
    ):
        assert page(form.format(shown, state).encode(), "text/html", 200).kind is PageKind.SHELL
    not_yet = form.format(TELLS, "{}").replace("serverRendered", "rendered").replace("__NEXT_DATA__", "state")
    assert page(not_yet.encode(), "text/html", 200).kind is PageKind.SHELL


STYLED = (
    '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="../Site.xsl"?><RDWAPage><BodyAttr/><HTMLMainContent>{}'
    '<form action="login.aspx" method="post"><input name="u" type="text"/><input name="p" type="password"/></form>'
    "</HTMLMainContent></RDWAPage>"
)


def test_a_login_that_a_style_sheet_draws_is_one_unless_rows_or_files_stand_beside_it() -> None:
    assert page(STYLED.format("").encode(), "text/xml", 200).kind is PageKind.LOGIN_WALL
    for beside in ("<call>1</call><call>2</call>", "<call>17.wav</call>"):
        assert page(STYLED.format(beside).encode(), "text/xml", 200).kind is PageKind.DATA
    assert page(STYLED.format("").replace("xml-stylesheet", "x").encode(), "text/xml", 200).kind is PageKind.DATA
    assert page(STYLED.format("").replace("password", "text").encode(), "text/xml", 200).kind is PageKind.DATA
