"""Time stamps of checkpoints by a third party (RFC 3161): the request, and what a reply proves.

Both are kept as the bytes that they are. What stands in them is read by rfc3161-client (`pip install
leftopen[timestamps]`); a reply whose form it does not take is left to `openssl ts -verify`, where that is installed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates

_TIME = re.compile(r"^Time stamp: (\w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)
_SECONDS = 20


class BadStamp(Exception):
    """There is no time stamp that proves anything; the text says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reply must answer to."""

    request: bytes
    nonce: int | None


def wanted(text: str) -> Wanted:
    """The request for a stamp on a text, by its SHA-256, with a nonce. Raises BadStamp."""
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError:
        raise BadStamp("rfc3161-client is not installed: pip install 'leftopen[timestamps]'") from None
    made = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    return Wanted(made.as_bytes(), made.nonce)


def time_of(text: str, reply: bytes, authority: bytes, nonce: int | None = None) -> datetime:
    """When a reply says that the text was there, by somebody for whom `authority` (PEM) vouches. Raises BadStamp.

    Certificates are checked at the time of the stamp, and not for being revoked.
    """
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        raise BadStamp("rfc3161-client is not installed: pip install 'leftopen[timestamps]'") from None
    try:
        roots = load_pem_x509_certificates(authority)
    except ValueError:
        raise BadStamp("the authority is no PEM certificate") from None
    try:
        read = decode_timestamp_response(reply)
    except ValueError:
        return _by_openssl(text, reply, authority)
    try:
        VerifierBuilder(roots=roots, nonce=nonce).build().verify_message(read, text.encode())
    except (VerificationError, ValueError) as error:
        raise BadStamp(f"the reply proves nothing: {error}") from None
    return read.tst_info.gen_time.astimezone(UTC)


def _by_openssl(text: str, reply: bytes, authority: bytes) -> datetime:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise BadStamp("the reply cannot be read, and there is no openssl to read it")
    with tempfile.TemporaryDirectory() as name:
        data, answer, root = (Path(name) / one for one in ("data", "reply.tsr", "authority.pem"))
        data.write_bytes(text.encode())
        answer.write_bytes(reply)
        root.write_bytes(authority)
        proves = ("-verify", "-data", data, "-in", answer, "-CAfile", root)
        try:
            for command in (proves, ("-reply", "-in", answer, "-text")):
                whole = [openssl, "ts", *command]
                done = subprocess.run(whole, capture_output=True, timeout=_SECONDS, check=True, text=True)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            raise BadStamp("openssl does not verify the reply") from None
    found = _TIME.search(done.stdout)
    if found is None:
        raise BadStamp("the reply says no time")
    return datetime.strptime(f"{' '.join(found[1].split())} {found[2]}", "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
