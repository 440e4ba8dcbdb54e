"""Faults of TLS: bad certificates, handshakes that hang or break, clear text on a TLS port and the reverse."""

from __future__ import annotations

import ssl

from tests.servers.faults.kind import answer, fault, says
from tests.servers.pages import Disk
from tests.servers.raw import Hit, Talk, reply

OPEN = Disk()


async def _open(talk: Talk, hit: Hit) -> None:
    await talk.say(OPEN.answer(hit))


# Who reads an open listing does not care who signed for it: the certificate is a fact beside the finding, never green.
answer(
    "expired-certificate", "not-clear", "an open listing behind a certificate that has run out", certificate="expired"
)(_open)
answer(
    "self-signed", "not-clear", "an open listing behind a certificate that nobody signed", certificate="self-signed"
)(_open)
answer("wrong-name", "not-clear", "an open listing behind somebody else's certificate", certificate="wrong-name")(_open)
answer("twin-tls", "exposed", "an open listing behind a good certificate", certificate="good")(_open)
answer("client-certificate", "not-exposed", "an open listing for those with a certificate of ours", certificate="good")(
    _open
)


def demand(context: ssl.SSLContext, authority: bytes) -> None:
    """Make a server's context ask for the client's certificate."""
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.decode("ascii"))


@fault("tls-hangs", "unknown", "takes the ClientHello and never goes on", tls=True)
async def _(talk: Talk) -> None:
    await talk.hang()


@fault("tls-closes", "unknown", "takes the ClientHello and closes", tls=True)
async def _(talk: Talk) -> None:
    await talk.reader.read(1024)


@fault("tls-resets", "unknown", "takes the ClientHello and resets", tls=True)
async def _(talk: Talk) -> None:
    await talk.reader.read(1024)
    talk.reset()


@fault("tls-alert", "unknown", "answers the ClientHello with a handshake failure", tls=True)
async def _(talk: Talk) -> None:
    await talk.reader.read(4096)
    await talk.say(b"\x15\x03\x03\x00\x02\x02\x28")


@fault("tls-unknown-name", "unknown", "answers the ClientHello with the alert that it knows no such name", tls=True)
async def _(talk: Talk) -> None:
    await talk.reader.read(4096)
    await talk.say(b"\x15\x03\x03\x00\x02\x02\x70")


@fault("tls-garbage", "unknown", "answers the ClientHello with noise in the shape of a record", tls=True)
async def _(talk: Talk) -> None:
    await talk.reader.read(4096)
    await talk.say(b"\x16\x03\x03\x00\x40" + bytes(range(64)))


@fault("http-on-443", "not-exposed", "an open listing in clear text, met by a client that speaks TLS", tls=True)
async def _(talk: Talk) -> None:
    first = await talk.reader.read(4096)
    if first[:1] == b"\x16":
        await talk.say(reply("400 Bad Request", b"", "text/html"))


@fault(
    "twin-http-on-443",
    "exposed",
    "the 1177 case: clear text only, fails a TLS handshake, lists to a client that speaks clear",
)
async def _(talk: Talk) -> None:
    # Speak TLS to it and it is as broken as any server in clear text.
    hit = await talk.hear()
    await talk.say(reply("400 Bad Request", b"") if hit is None else OPEN.answer(hit))


def _notice(server: str, words: str) -> bytes:
    page = f"<html><head><title>400 Bad Request</title></head><body><h1>Bad Request</h1><p>{words}</p></body></html>"
    return reply("400 Bad Request", page.encode(), "text/html", ("Server", server))


says(
    "tls-on-80-nginx", "not-exposed", "nginx's notice to clear text on a TLS port",
    _notice("nginx", "The plain HTTP request was sent to HTTPS port"),
)  # fmt: skip
says(
    "tls-on-80-apache", "not-exposed", "Apache's notice to clear text on a TLS port",
    _notice("Apache", "Reason: You're speaking plain HTTP to an SSL-enabled server port."),
)  # fmt: skip
says(
    "tls-on-80-go", "not-exposed", "Go's notice to clear text on a TLS port",
    b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
)  # fmt: skip
says(
    "tls-on-80-tomcat", "not-exposed", "Tomcat's notice to clear text on a TLS port",
    _notice("", "Bad Request. This combination of host and port requires TLS."),
)  # fmt: skip


@fault("tls-on-80-alert", "unknown", "a TLS server that answers clear text with a TLS alert")
async def _(talk: Talk) -> None:
    await talk.reader.read(4096)
    await talk.say(b"\x15\x03\x01\x00\x02\x02\x16")
