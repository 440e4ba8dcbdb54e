"""A small issuer of tokens for a registry of container images: to anybody, for some images, or to nobody."""

from __future__ import annotations

import base64
import datetime
import json
import time
from functools import cache
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.servers.raw import Serve, Talk, reply

ISSUER, SERVICE = "issuer.test", "registry.test"


@cache
def _key() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
    day, now = datetime.timedelta(days=1), datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - day).not_valid_after(now + day)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return key, made.sign(key, hashes.SHA256())


def certificate_of_issuer() -> bytes:
    """What a registry checks the tokens by, in PEM."""
    return _key()[1].public_bytes(Encoding.PEM)


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(scopes: list[str], allowed: tuple[str, ...]) -> str:
    """A signed token (RFC 7519) for those of the scopes whose name is allowed; `*` allows all."""
    key, certificate = _key()
    access = []
    for scope in scopes:
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        if name in allowed or "*" in allowed:
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
    shown = base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
    head = {"typ": "JWT", "alg": "ES256", "x5c": [shown]}
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": SERVICE, "sub": "", "exp": now + 300, "nbf": now - 300, "iat": now, "jti": "1"}
    signed = ".".join(_coded(json.dumps(part).encode()) for part in (head, {**claims, "access": access}))
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{_coded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def issuing(*allowed: str, refuses: object = None) -> Serve:
    """Hands a token to whoever asks, or says this to all (`refuses`, in JSON)."""

    async def serve(talk: Talk) -> None:
        hit = await talk.hear()
        if hit is None:
            return
        wanted = parse_qs(urlsplit(hit.path).query)
        if refuses:
            body = json.dumps(refuses).encode()
            await talk.say(reply(401, body, "application/json"))
        elif wanted.get("service") == [SERVICE]:
            body = json.dumps({"token": token(wanted.get("scope", []), allowed)}).encode()
            await talk.say(reply(200, body, "application/json"))

    return serve
