"""Closed hosts: interfaces, stores that refuse, other protocols behind a port, and ports that speak one way alone."""

from __future__ import annotations

from tests.servers.range.closed_sites import FIELDS, TEXT
from tests.servers.range.kind import (
    HTML,
    JSON,
    InClear,
    Says,
    Site,
    Spot,
    by_path,
    bytes_talk,
    closed,
    gone,
    greeting,
    html,
    missing,
    spot,
    talking,
    to,
)
from tests.servers.raw import Hit

XML = "application/xml"

# Interfaces.
closed(
    "fastapi",
    {"/": Says(200, '{"message":"Welcome to the care API"}', JSON)},
    Says(404, '{"detail":"Not Found"}', JSON),
)
closed(
    "spring data",
    {},
    Says(401, '{"timestamp":"2024-01-01T00:00:00Z","status":401,"error":"Unauthorized"}', JSON),
    paths=("/rec/",),
)
closed(
    "json of the service",
    {"/": Says(200, '{"service":"journal","version":"3.2.1","uptime":81231,"healthy":true}', JSON)},
    Says(404, '{"error":"not_found"}', JSON),
)
closed("health check text", {"/": Says(200, "healthy\n", "text/plain")}, Says(404, "not found\n", "text/plain"))
closed("plain pong", {"/": Says(200, "pong", "text/plain")}, Says(404, "", ""))
closed("graphql get", {"/": Says(400, '{"errors":[{"message":"GET query missing."}]}', JSON)}, Says(404, "", ""))
closed("graphql everywhere", {}, Says(400, '{"errors":[{"message":"Must provide query string."}]}', JSON))
closed("grpc gateway", {}, Says(415, "", "application/grpc", (("grpc-status", "3"),)))
closed("grpc", {}, Says(200, "", "application/grpc", (("grpc-status", "12"), ("grpc-message", "unknown service"))))
closed(
    "websocket", {"/": Says(400, "Bad Request: missing upgrade header", "text/plain")}, Says(404, "404", "text/plain")
)
closed("socket.io", {"/": Says(400, '{"code":0,"message":"Transport unknown"}', JSON)}, Says(404, "", ""))
closed(
    "openapi document",
    {"/": Says(200, '{"openapi":"3.0.1","info":{"title":"Care","version":"1"},"paths":{"/calls":{"get":{}}}}', JSON)},
    Says(404, "{}", JSON),
    unknown="meaning",
)
closed(
    "odata",
    {
        "/": Says(
            200,
            '{"@odata.context":"http://r.test/$metadata","value":[{"name":"Calls","kind":"EntitySet","url":"Calls"}]}',
            JSON,
        )
    },
    Says(404, "{}", JSON),
    unknown="meaning",
)
closed(
    "fhir",
    {"/": Says(404, '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]}', JSON)},
    Says(404, '{"resourceType":"OperationOutcome"}', JSON),
    paths=("/fhir/",),
)
closed(
    "elasticsearch with a login",
    {},
    Says(
        401,
        '{"error":{"root_cause":[{"type":"security_exception"}]},"status":401}',
        JSON,
        (("WWW-Authenticate", 'Basic realm="security"'),),
    ),
    paths=("/rec/",),
)
closed(
    "couchdb",
    {"/": Says(200, '{"couchdb":"Welcome","version":"3.3.2","features":["access-ready","partitioned"]}', JSON)},
    Says(401, '{"error":"unauthorized"}', JSON),
    unknown="a list in it",
)
closed(
    "vault",
    {"/": to("/ui/"), "/ui/": html("Vault", '<script src="/ui/assets/vault.js"></script>')},
    Says(404, '{"errors":[]}', JSON),
    unknown="drawn",
)
closed("prometheus metrics refused", {"/": gone(403, "Forbidden")}, missing())
closed(
    "swagger",
    {
        "/": to("/swagger/index.html"),
        "/swagger/index.html": html(
            "Swagger UI", '<div id="swagger-ui"></div><script src="./swagger-ui-bundle.js"></script>'
        ),
    },
)
closed(
    "soap service",
    {
        "/": html(
            "CareService Service",
            "<p>CareService</p><p>You have created a service. To test this service,"
            " you will need to create a client and use it to call the service.</p>",
        )
    },
)
closed("orthanc with a login", {}, Says(401, "", "", (("WWW-Authenticate", 'Basic realm="Orthanc Secure Area"'),)))
closed(
    "docker registry",
    {"/": Says(200, "", "")},
    Says(401, '{"errors":[{"code":"UNAUTHORIZED"}]}', JSON),
    unknown="empty 200",
)
closed(
    "matrix",
    {
        "/": to("/_matrix/static/"),
        "/_matrix/static/": html(
            "Synapse is running",
            "<h1>It works! Synapse is running"
            "</h1><p>Your Synapse server is listening on this port and is ready for messages.</p>",
        ),
    },
)
closed(
    "robots alone",
    {"/robots.txt": Says(200, "User-agent: *\nDisallow: /\n", "text/plain")},
    missing(),
    paths=("/rec/",),
)

# Stores that refuse, met as web hosts.
_DENIED = '<?xml version="1.0"?><Error><Code>{}</Code><Message>{}</Message><RequestId>17</RequestId></Error>'.format
closed("s3 denied", {}, Says(403, _DENIED("AccessDenied", "Access Denied"), XML), paths=("/calls/",))
closed(
    "minio denied",
    {"/calls/": Says(403, _DENIED("AccessDenied", "Access Denied."), XML)},
    Says(403, _DENIED("AccessDenied", "Access Denied."), XML),
    paths=("/calls/",),
)
closed(
    "s3 without such a bucket",
    {},
    Says(404, _DENIED("NoSuchBucket", "The specified bucket does not exist"), XML),
    paths=("/calls/",),
)
closed(
    "azure public off",
    {},
    Says(409, _DENIED("PublicAccessNotPermitted", "Public access is not permitted"), XML),
    paths=("/calls/",),
)
closed(
    "azure without such a container",
    {},
    Says(404, _DENIED("ResourceNotFound", "The specified resource does not exist"), XML),
    paths=("/calls/",),
)
closed(
    "gcs denied",
    {},
    Says(401, '{"error":{"code":401,"message":"Anonymous caller does not have access"}}', JSON),
    paths=("/calls/",),
)
closed(
    "swift denied",
    {},
    Says(401, "<html><h1>Unauthorized</h1><p>This server could not verify that you are authorized.</p>", HTML),
    paths=("/v1/AUTH_x/calls/",),
)
closed(
    "website of a bucket",
    {"/": html("Start", TEXT)},
    Says(404, html("404 Not Found", "<h1>404 Not Found</h1><ul><li>Code: NoSuchKey</li><li>Key: x</li></ul>")),
)
closed("seaweed with a login", {}, Says(401, "", "", (("WWW-Authenticate", "Basic"),)))


def _dav(status: int) -> Site:
    def site(hit: Hit) -> Says:
        if hit.method == "PROPFIND":
            return Says(status, "", "", (("WWW-Authenticate", 'Basic realm="dav"'),) if status == 401 else ())
        return gone(403, "Forbidden") if hit.path == "/dav/" else missing()

    return site


closed("webdav with a login", _dav(401), paths=("/dav/",))
closed("webdav off", _dav(405), paths=("/dav/",))
closed("webdav fails", _dav(501), paths=("/dav/",))

# Other protocols behind a declared port.
_OTHER = {
    "ssh": (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", b""),
    "smtp": (b"220 mail.nordvik.example ESMTP Postfix\r\n", b"500 5.5.2 Error: bad syntax\r\n"),
    "ftp": (b"220 (vsFTPd 3.0.3)\r\n", b"530 Please login with USER and PASS.\r\n"),
    "pop3": (b"+OK Dovecot ready.\r\n", b"-ERR Unknown command.\r\n"),
    "imap": (b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n", b"GET BAD Error in IMAP command\r\n"),
    "mysql": (b"J\x00\x00\x00\x0a8.0.36\x00\x08\x00\x00\x00abcdefgh\x00", b""),
    "rsync": (b"@RSYNCD: 31.0\n", b""),
    "vnc": (b"RFB 003.008\n", b""),
}
for _name, (_first, _then) in _OTHER.items():
    spot(Spot(f"{_name} behind the port", greeting(_first, _then), speech="greets", unknown="not HTTP"))
_ANSWERS = {
    "redis": b"-ERR wrong number of arguments for 'get' command\r\n",
    "redis with a login": b"-NOAUTH Authentication required.\r\n",
    "memcached": b"ERROR\r\nERROR\r\n",
    "rtsp": b"RTSP/1.0 400 Bad Request\r\nServer: Hipcam\r\n\r\n",
    "sip": b"SIP/2.0 400 Bad Request\r\n\r\n",
    "mongodb": b"\x84\x00\x00\x00\x01\x02\x03\x04",
    "nats": b"-ERR 'Unknown Protocol Operation'\r\n",
}
for _name, _says in _ANSWERS.items():
    spot(Spot(f"{_name} behind the port", bytes_talk(_says), unknown="not HTTP"))

# TLS alone, clear text alone, and both with a redirect between them.
_SITE = talking(by_path({"/": html("Firma", TEXT)}))
_WAYS: tuple[InClear, ...] = ("notice", "reset", "alert", "silence", "close")
for _way in _WAYS:
    spot(
        Spot(
            f"TLS alone, {_way} to clear text", _SITE, speech="tls", in_clear=_way, paths=("/rec/",), files=("/a.wav",)
        )
    )
for _to in ("close", "reset", "silence", "bad request"):
    spot(Spot(f"clear text alone, {_to} to TLS", _SITE, to_tls=_to, paths=("/rec/",), files=("/a.wav",)))
spot(Spot("both ways", _SITE, speech="both", paths=("/rec/",)))
spot(Spot("a login in TLS alone", talking(by_path({"/": html("Log in", f"<form>{FIELDS}</form>")})), speech="tls"))
spot(
    Spot(
        "hsts",
        talking(by_path({"/": Says(200, html("Firma", TEXT), HTML, (("Strict-Transport-Security", "max-age=9"),))})),
        speech="both",
    )
)
