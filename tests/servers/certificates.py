"""Certificates for servers on loopback: good, expired, self-signed, for another name."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import trustme

NAMES = ("localhost", "127.0.0.1", "::1", "nas.test", "rec.test")
"""What a good certificate here is valid for."""
Kind = Literal["good", "expired", "wrong-name", "self-signed"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A key with its chain, and the authority that a client would have to trust."""

    chain: bytes
    key: bytes
    authority: bytes

    def files(self, folder: Path) -> tuple[Path, Path]:
        """Write chain and key below `folder`, for servers that read files."""
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(self.chain)
        key.write_bytes(self.key)
        return chain, key

    def server_side(self) -> ssl.SSLContext:
        """A server's context that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with trustme.Blob(self.key + self.chain).tempfile() as path:
            context.load_cert_chain(path)
        return context


@cache
def _authority() -> trustme.CA:
    return trustme.CA(organization_name="leftopen tests")


@cache
def certificate(kind: Kind = "good") -> Certificate:
    """A certificate of the kind asked for; the same one for as long as the tests run."""
    authority = _authority()
    root = authority.cert_pem.bytes()
    if kind == "self-signed":
        # Its own authority, which nobody trusts: for a client that is what self-signed means.
        own = trustme.CA(organization_name="nobody knows us")
        leaf = own.issue_cert(*NAMES)
        return _of(leaf, root)
    if kind == "expired":
        now = datetime.now(UTC)
        return _of(
            authority.issue_cert(*NAMES, not_before=now - timedelta(days=90), not_after=now - timedelta(days=2)), root
        )
    names = ("somebody-else.example",) if kind == "wrong-name" else NAMES
    return _of(authority.issue_cert(*names), root)


def _of(leaf: trustme.LeafCert, root: bytes) -> Certificate:
    return Certificate(b"".join(blob.bytes() for blob in leaf.cert_chain_pems), leaf.private_key_pem.bytes(), root)
