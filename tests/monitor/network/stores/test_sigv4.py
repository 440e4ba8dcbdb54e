"""Signatures of a probing key, against the algorithm written down a second time; and what is no key."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from monitor.inventory.values.secrets import NoSecret
from monitor.network.stores.credentials import Keys, pair_of
from monitor.network.stores.sigv4 import sign

KEYS = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def by_hand(method: str, url: str, region: str, keys: Keys, headers: dict[str, str]) -> str:
    """AWS Signature Version 4, from its description."""
    parts = urlsplit(url)
    signed = {
        "host": parts.netloc,
        "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
        "x-amz-date": "20261001T120000Z",
        **{key.lower(): value for key, value in headers.items()},
    }
    if keys.token:
        signed["x-amz-security-token"] = keys.token
    pairs = sorted((p.partition("=")[0], p.partition("=")[2]) for p in parts.query.split("&") if p)
    query = "&".join(f"{key}={value}" for key, value in pairs)
    names = ";".join(sorted(signed))
    lines = "".join(f"{key}:{signed[key]}\n" for key in sorted(signed))
    canonical = "\n".join((method, parts.path or "/", query, lines, names, "UNSIGNED-PAYLOAD"))
    scope = f"20261001/{region}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n20261001T120000Z\n{scope}\n{digest}"
    key = f"AWS4{keys.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return (
        f"AWS4-HMAC-SHA256 Credential={keys.id}/{scope}, SignedHeaders={names}, "
        f"Signature={hmac.digest(key, text.encode(), 'sha256').hex()}"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://calls.s3.eu-north-1.amazonaws.com/?list-type=2&max-keys=1000&encoding-type=url",
        "https://s3.eu-north-1.amazonaws.com/calls?prefix=a%20b%2F%2B&delimiter=%2F",
        "https://s3.eu-north-1.amazonaws.com/calls/?acl",
        "https://s3.example:8443/proj%3Acalls/a//b/%41%2e.wav",
        "http://127.0.0.1:8080/calls/%C3%A4/%F0%9F%98%80.mp4",
    ],
)
@pytest.mark.parametrize("keys", [KEYS, Keys(KEYS.id, KEYS.secret, "token/+=")])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-0"}])
def test_signatures(url: str, keys: Keys, headers: dict[str, str]) -> None:
    given = tuple(headers.items())
    made = {name.lower(): value for name, value in sign("GET", url, given, "eu-north-1", keys, NOON)}
    assert made["authorization"] == by_hand("GET", url, "eu-north-1", keys, headers)
    assert made["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
    assert made["x-amz-date"] == "20261001T120000Z"
    assert ("x-amz-security-token" in made) is bool(keys.token)
    assert not made.keys() & {name.lower() for name in headers}


def test_a_signature_is_bound_to_all_that_is_signed() -> None:
    def one(method: str = "GET", url: str = "https://a.example/b?c=d", region: str = "r", key: Keys = KEYS) -> str:
        return dict(sign(method, url, (), region, key, NOON))["Authorization"]

    others = (
        one("HEAD"),
        one(url="https://a.example/b?c=e"),
        one(url="https://b.example/b?c=d"),
        one(region="s"),
        one(key=Keys(KEYS.id, "other")),
    )
    assert len({one(), *others}) == 6
    assert one() == one()
    assert KEYS.secret not in one()


def test_keys_are_never_shown() -> None:
    assert KEYS.secret not in repr(KEYS)
    assert KEYS.id not in repr(KEYS)
    assert repr(Keys("a", "b", "c")) == "Keys()"


@pytest.mark.parametrize("text", ["", "id", ":", "id:", ":secret"])
def test_what_is_no_pair(text: str) -> None:
    with pytest.raises(NoSecret):
        pair_of(text)


def test_a_pair() -> None:
    found = pair_of(" id:se:cret \n")
    assert (found.id, found.secret) == ("id", "se:cret")
