"""A time-stamping service (RFC 3161) on loopback: each request is answered by `openssl ts`."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.servers.launch import require

_CONFIG = """
[tsa]
default_tsa = us
[us]
serial = {home}/serial
signer_cert = {home}/signer.pem
signer_key = {home}/signer.key
{chain}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
"""


@dataclass
class Authority:
    """The service; change what it does while it runs."""

    home: Path
    authority: Path
    """The certificate that vouches for it."""
    url: str = ""
    other: bytes = b""
    """What it answers instead of a stamp."""
    asked: list[bytes] = field(default_factory=list)

    def answer(self, request: bytes) -> bytes:
        """A stamp for a request."""
        self.asked.append(request)
        if self.other:
            return self.other
        (self.home / "query").write_bytes(request)
        command = ["openssl", "ts", "-reply", "-config", f"{self.home}/config", "-queryfile", f"{self.home}/query"]
        return subprocess.run(command, check=True, capture_output=True).stdout


def _made(home: Path, chain: bool) -> None:
    root, leaf = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    now = datetime.now(UTC)
    for name, key, by in (("authority", root, root), ("signer", leaf, root)):
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=key is root, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if key is leaf:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        (home / f"{name}.pem").write_bytes(made.sign(by, hashes.SHA256()).public_bytes(Encoding.PEM))
    kept = leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (home / "signer.key").write_bytes(kept)
    (home / "serial").write_text("01")
    # An answer that holds further certificates is one that rfc3161-client does not take.
    more = f"certs = {home}/authority.pem" if chain else ""
    (home / "config").write_text(_CONFIG.format(home=home, chain=more))


@contextmanager
def timestamping(home: Path, *, chain: bool = False) -> Iterator[Authority]:
    """The service on a free port. `chain`: its replies hold the certificate of the authority too."""
    require("openssl")
    home.mkdir()
    _made(home, chain)
    service = Authority(home, home / "authority.pem")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = service.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if self.headers["Content-Type"] == "application/timestamp-query" else 415)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the standard library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
