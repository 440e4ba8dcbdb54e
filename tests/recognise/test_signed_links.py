"""Links that carry their own permission: found in every spelling, told by their scheme, and never with their secret."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.signed_links import SignedLink, Signer, read_link, signed_links

HEX = "ab" * 32
SIG = "dGhlIHNlY3JldCBpdHNlbGYgaXMgaGVyZQ%3D%3D"
NAME = "070-1234567.wav"
AWS = (
    f"https://calls.s3.eu-north-1.amazonaws.com/{NAME}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAX%2F20261122"
    f"%2Feu-north-1%2Fs3%2Faws4_request&X-Amz-Date=20261122T010000Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host"
    f"&X-Amz-Signature={HEX}"
)
AWS2 = f"https://calls.s3.amazonaws.com/{NAME}?AWSAccessKeyId=AKIAX&Expires=1795309200&Signature={SIG}"
GOOGLE = (
    f"https://storage.googleapis.com/calls/{NAME}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=a%40b%2F20261122"
    f"&X-Goog-Date=20261122T010000Z&X-Goog-Expires=3600&X-Goog-SignedHeaders=host&X-Goog-Signature={HEX * 4}"
)
SAS = (
    f"https://acme.blob.core.windows.net/calls?sv=2021-12-02&st=2026-01-01T00:00:00Z&se=2036-01-01&sr=c&sp=rl&sig={SIG}"
)
SAS_BLOB = f"https://acme.blob.core.windows.net/calls/{NAME}?sp=r&sr=b&sv=2021-12-02&se=2026-12-01T00:00Z&sig={SIG}"
SAS_ACCOUNT = f"https://acme.blob.core.windows.net/?sv=2021-12-02&ss=bf&srt=sco&sp=rwdlacup&se=2030-01-01&sig={SIG}"
SAS_POLICY = f"https://acme.blob.core.windows.net/calls?sv=2021-12-02&sr=c&si=partner&sig={SIG}"
TOKEN = "kQ9vV0s3cr3tTokenOfNobody"  # noqa: S105
PAR = f"https://objectstorage.eu-stockholm-1.oraclecloud.com/p/{TOKEN}/n/axabc/b/calls/o/"
PAR_ONE = f"https://axabc.objectstorage.eu-frankfurt-1.oci.customer-oci.com/p/{TOKEN}/n/axabc/b/calls/o/{NAME}"
TEMP = f"https://swift.example.com/v1/AUTH_abc/calls/{NAME}?temp_url_sig={HEX[:40]}&temp_url_expires=1795309200"
HOUR = datetime(2026, 11, 22, 1, tzinfo=UTC)
ALL = (AWS, AWS2, GOOGLE, SAS, SAS_BLOB, SAS_ACCOUNT, SAS_POLICY, PAR, PAR_ONE, TEMP)

TOLD: dict[str, tuple[str, Signer, str, set[str], bool, datetime | None]] = {
    "aws": (AWS, Signer.AWS, "", set(), False, datetime(2026, 11, 29, 1, tzinfo=UTC)),
    "aws list": (f"{AWS}&list-type=2", Signer.AWS, "", {"list"}, True, datetime(2026, 11, 29, 1, tzinfo=UTC)),
    "aws upload": (f"{AWS2}&uploadId=1&partNumber=2", Signer.AWS, "", {"write"}, False, HOUR),
    "aws 2": (AWS2, Signer.AWS, "", set(), False, HOUR),
    "google": (GOOGLE, Signer.GOOGLE, "", set(), False, datetime(2026, 11, 22, 2, tzinfo=UTC)),
    "sas": (SAS, Signer.AZURE, "calls", {"read", "list"}, True, datetime(2036, 1, 1, tzinfo=UTC)),
    "sas of a blob": (SAS_BLOB, Signer.AZURE, "calls", {"read"}, False, datetime(2026, 12, 1, tzinfo=UTC)),
    "sas of a blob at the root": (
        SAS_BLOB.replace("/calls/", "/"),
        Signer.AZURE,
        "$root",
        {"read"},
        False,
        datetime(2026, 12, 1, tzinfo=UTC),
    ),
    "sas of a policy": (SAS_POLICY, Signer.AZURE, "calls", set(), True, None),
    "par": (PAR, Signer.ORACLE, "calls", set(), True, None),
    "par of an object": (PAR_ONE, Signer.ORACLE, "calls", set(), False, None),
    "temporary": (TEMP, Signer.SWIFT, "calls", set(), False, HOUR),
    "temporary prefix": (f"{TEMP}&temp_url_prefix=a", Signer.SWIFT, "calls", set(), True, HOUR),
}


@pytest.mark.parametrize("name", TOLD)
def test_each_scheme(name: str) -> None:
    address, signer, container, rights, wide, ends = TOLD[name]
    link = read_link(address)
    assert link is not None
    assert (link.signer, link.container, set(link.rights), link.wide, link.ends) == (
        signer, container, rights, wide, ends,
    )  # fmt: skip


def test_an_account_sas_opens_all_of_it() -> None:
    link = read_link(SAS_ACCOUNT)
    assert link is not None
    assert link.wide
    assert {"read", "write", "delete", "list"} <= link.rights


def hides(link: SignedLink) -> None:
    for secret in (HEX, HEX[:40], "dGhlIHNlY3Jl", TOKEN, "AKIAX", "070"):
        assert secret not in repr(link)


SPELLINGS = {
    "html": lambda url: f'<p>see <a href="{escape(url)}">x</a></p>',
    "an unescaped attribute": lambda url: f"<audio src='{url}'></audio>",
    "numbered": lambda url: f'<a href="{url.replace("&", "&#38;")}">',
    "json": lambda url: json.dumps({"url": url}),
    "php's json": lambda url: json.dumps({"url": url}).replace("/", "\\/"),
    "careful json": lambda url: json.dumps({"url": url}).replace("&", "\\u0026"),
    "a sentence": lambda url: f"Fetch it at {url}, please.",
    "a parameter": lambda url: f'<a href="/player?src={quote(url, safe="")}">',
    "twice": lambda url: f"{url}\n{url}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("address", ALL)
def test_found_in_every_spelling_once_and_without_its_secret(address: str, spelling: str) -> None:
    (link,) = signed_links(SPELLINGS[spelling](address))
    assert link == read_link(address)
    hides(link)


@pytest.mark.parametrize(
    "address",
    [
        "https://calls.s3.amazonaws.com/a.wav",
        "https://example.com/?sig=1&sp=2&sr=3",
        "https://example.com/login?Signature=abc",
        f"https://example.com/?sig={SIG}",
        f"https://acme.blob.core.windows.net/calls?sv=latest&sr=c&sp=rl&sig={SIG}",
        "https://example.com/p/abcdefghij/n/x/b/y/o/",
        "https://[::1/?X-Amz-Signature=" + HEX,
        f"https://example.com/?X-Amz-Signature={HEX}",
        "https://swift.example.com/v1/AUTH_abc/calls/a?temp_url_sig=short&temp_url_expires=1",
    ],
)
def test_what_only_looks_so_is_none(address: str) -> None:
    assert read_link(address) is None


def test_its_life() -> None:
    link = read_link(SAS)
    assert link is not None
    assert link.lives(HOUR)
    assert not link.lives(datetime(2025, 1, 1, tzinfo=UTC))
    assert not link.lives(datetime(2036, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("stamp", ["20261399T010000Z", "99991231T235959Z", "x", "", "²0261122T010000Z"])
def test_dates_that_are_none(stamp: str) -> None:
    link = read_link(AWS.replace("20261122T010000Z", stamp).replace("604800", "999999999"))
    assert link is not None
    assert link.ends is None


@given(st.text(max_size=400), st.sampled_from(ALL), st.text(max_size=40))
def test_any_text_at_all(before: str, address: str, after: str) -> None:
    for text in (before, before + address + after, before.join(address), f"{address}{after}"):
        for link in signed_links(text):
            assert "secret" not in repr(link)
            assert TOKEN not in repr(link)


def test_a_long_page_takes_no_time_and_ends() -> None:
    assert signed_links("https://" * 200_000) == ()
    many = signed_links("\n".join(f"{SAS_BLOB}&n={number}" for number in range(2000)))
    assert len(many) == 1000
