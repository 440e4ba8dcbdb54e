"""What speaking to an endpoint rests on: guard, time-outs, TLS, fields of a request, and what errors mean."""

from __future__ import annotations

import errno
import resource
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from probes.api import WebTarget
from probes.reasons import NoAnswerReason
from probes.requests.http import NoAnswer, Request

Guard = Callable[[str | None, str, int], bool]
"""May we connect? Asked with the declared name (None: by bare address), the address, and the port."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect (TLS included), to wait for the next bytes, and for a whole ask."""

    connect: float = 5.0
    read: float = 10.0
    ask: float = 30.0


class OutOfScope(OSError):
    """The socket guard said no."""


@cache
def tls_context(latest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED) -> ssl.SSLContext:
    """One context for all looks: every certificate and every old protocol is looked at, since an exposure hides behind
    any of them; what is wrong with the certificate is recorded instead (making it costs 25 ms: share it)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = latest
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context


def verifying(authority: Path | None = None) -> ssl.SSLContext:
    """A context for requests that carry a credential: the certificate must be valid for the name, by the certificates
    that this machine trusts (or by `authority`, a file of them). Raises OSError for a file that cannot be read."""
    context = ssl.create_default_context(cafile=str(authority) if authority is not None else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def fields(target: WebTarget, request: Request, says: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The header fields of a request: where it goes, who asks (`says`), and what the request itself wants."""
    name = target.name or (f"[{target.address}]" if ":" in target.address else target.address)
    usual = 443 if target.tls else 80
    found = {"Host": name if target.port == usual else f"{name}:{target.port}"}
    found.update(says)
    found.update({"Accept": "*/*", "Accept-Encoding": "identity"})
    found.update(request.headers)
    return found


_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN})
_PLAIN = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
_WANTS_CERTIFICATE = ("CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "HANDSHAKE_FAILURE_CERTIFICATE")


_CERTIFICATE_DEMANDED = NoAnswer(NoAnswerReason.CLIENT_CERTIFICATE, "the server demands a client certificate")
_NOT_TLS = NoAnswer(NoAnswerReason.NOT_TLS, "the port answered, but not in TLS")
_HANDSHAKE, _CERTIFICATE_REQUEST = 22, 13


class CertificateDemanded(ssl.SSLError):
    """A peer asked for our certificate, and ended the handshake when there was none."""


def wants_certificate(heard: bytes) -> bool:
    """Whether a peer asked for our certificate in a handshake that begins so: a message of that type (RFC 5246 section
    7.4.4) among those that it sent in clear, up to TLS 1.2. TLS 1.3 has an alert of its own for this.

    A server of TLS 1.2 that demands one says no more than "handshake failure" when it gets none.
    """
    said, at = bytearray(), 0
    while at + 5 <= len(heard) and heard[at] == _HANDSHAKE:
        length = int.from_bytes(heard[at + 3 : at + 5], "big")
        said += heard[at + 5 : at + 5 + length]
        at += 5 + length
    at = 0
    while at + 4 <= len(said):
        if said[at] == _CERTIFICATE_REQUEST:
            return True
        at += 4 + int.from_bytes(said[at + 1 : at + 4], "big")
    return False


_HELLOS = 1024
"""First words of handshakes that are kept, half a kilobyte each: all endpoints without a name share one."""
_HEAD = 5
"""Bytes at the head of a record of TLS."""


class SpeaksClear(ssl.SSLError):
    """A peer answered the first words of a handshake in clear text."""


@lru_cache(_HELLOS)
def hello(context: ssl.SSLContext, server_name: str) -> bytes:
    """The first words of a handshake with that name, for ports that have just answered in clear: most of them break a
    handshake off, and making one costs several times as much as saying these. Raises ValueError for a name that TLS
    cannot carry."""
    said = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), said, server_hostname=server_name).do_handshake()
    return said.read()


def in_clear(heard: bytes) -> bool:
    """Whether the answer to these words begins as text does, and as no record of TLS, whose type cannot be printed."""
    head = heard[:_HEAD]
    return len(head) == _HEAD and all(0x20 <= one < 0x7F for one in head)


def failure(error: BaseException) -> NoAnswer | None:
    """What an error of the socket or of TLS means; None when it says no more than that the connection ended."""
    match error:
        case OutOfScope():
            return NoAnswer(NoAnswerReason.OUT_OF_SCOPE, "the socket guard refused the address")
        case CertificateDemanded():
            return _CERTIFICATE_DEMANDED
        case SpeaksClear():
            return _NOT_TLS
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return None
        case ssl.SSLError():
            return _tls(error)
        case TimeoutError():
            return NoAnswer(NoAnswerReason.TIMED_OUT, "the peer was silent")
        case ConnectionRefusedError():
            return NoAnswer(NoAnswerReason.REFUSED, "nothing listens there")
        case OSError() if error.errno in _UNREACHABLE:
            return NoAnswer(NoAnswerReason.UNREACHABLE, "no way to the address")
        case _:
            return None


def _tls(error: ssl.SSLError) -> NoAnswer:
    # Only errors that OpenSSL itself raised carry a reason.
    reason = (getattr(error, "reason", None) or "").upper()
    if any(word in reason for word in _WANTS_CERTIFICATE):
        return _CERTIFICATE_DEMANDED
    if any(word in reason for word in _PLAIN):
        return _NOT_TLS
    if "NO_APPLICATION_PROTOCOL" in reason:
        return NoAnswer(NoAnswerReason.HTTP_2, "the port speaks HTTP/2 alone")
    return NoAnswer(NoAnswerReason.TLS_FAILED, reason.replace("_", " ").lower() or "the handshake failed")


def room_for_sockets(wanted: int) -> None:
    """Raise what this process may open at a time, where it may: 1,024 is a usual limit, and looks would fail at it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
