"""Hostile keys and hostile stores: every key comes back to the letter, and noise proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.api import Clear, Exposed, Unknown
from probes.buckets.bucket_verdict import witness
from probes.buckets.s3 import S3_BUCKET
from probes.reasons import WHYS
from probes.requests.http import Answer, Ending, Headers, NoAnswer, Request, Response
from probes.testing import play
from tests.probes.buckets.s3.builders import (
    SOUND,
    Store,
    denied,
    listing,
    look,
    no_key,
    once_open,
    plus,
    question,
    sound,
    target,
    uploads,
    versions,
)

HOSTILE = (
    "a/call 1.wav",
    "a/call+2.wav",
    "x\x01y.wav",
    "x\ny.wav",
    "z%41.wav",
    "b//c.wav",
    "d/../e.wav",
    "./f.wav",
    "/g.wav",
    "h.wav/",
    "ä/ö.mp3",
    "emoji😀.mp4",
    "\uffee.wav",
    "😀.wav",
    " i.wav",
    "j.wav?versionId=1",
    "k.wav#x",
    "l&m;<n>\"'.wav",
    "\x7f.wav",
    "o\\p.wav",
)
ENCODERS: dict[str, Callable[[str], str] | None] = {
    "space as %20": quote,
    "space as plus": plus,
    "every byte": lambda key: quote(key, safe=""),
    "not encoded": None,
}


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize("key", HOSTILE)
def test_every_key_comes_back_from_the_listing_to_the_path(key: str, encoder: Callable[[str], str] | None) -> None:
    """A key that is asked for again is sent byte for byte, and nothing of it is said."""
    store = Store({"list": listing((key,), encoder=encoder), "canary": no_key(), key: sound()}, denied())
    (verdict,), asked = look(store)
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    (entry,) = verdict.listing.entries
    assert entry.name == key
    assert unquote_to_bytes(entry.path.removeprefix("/calls/")) == key.encode()
    tried = [request for request in asked if request.said.startswith("/calls/{key")]
    assert [request.path for request in tried] == [entry.path]
    assert vector_read(verdict) == "exposed"


def vector_read(verdict: Exposed) -> str:
    return next(check.verdict for check in verdict.checks if check.name == "read")


@pytest.mark.parametrize("key", [*HOSTILE, "\ud83d.wav"])
def test_every_declared_key_is_sent_to_the_letter(key: str) -> None:
    _, asked = look(Store({}), keys=(key,))
    others = {"canary", "list", "versions", "uploads", "acl", "policy"}
    (sent,) = [request.path for request in asked if question(request) not in others]
    assert unquote_to_bytes(sent.removeprefix("/calls/")) == key.encode("utf-8", "surrogatepass")
    assert sent.isascii()
    assert not set(" \n?#&\"'<>") & set(sent)


@pytest.mark.parametrize("prefix", ["a/", "ä ö/", "x\ny/", "a+b%2F", "&delimiter=/"])
def test_every_prefix_is_sent_to_the_letter_and_comes_back_from_its_witness(prefix: str) -> None:
    store = Store({f"list {prefix}": listing((prefix + "k.wav",))})
    (verdict,), _ = look(store, prefixes=(prefix,))
    assert isinstance(verdict, Exposed)
    (check,) = [check for check in verdict.checks if check.name.startswith("list ")]
    assert check.verdict == "exposed"
    assert "\n" not in check.name
    (again,), _ = look(store, known=once_open(*verdict.witnesses))
    assert isinstance(again, Exposed)


def test_a_key_of_bytes_that_are_no_text_is_kept() -> None:
    store = Store({"list": listing(("x",), encoder=lambda _: "a%FF%ED%A0%BD.wav"), "canary": no_key()})
    (verdict,), asked = look(store)
    assert isinstance(verdict, Exposed)
    assert "/calls/a%FF%ED%A0%BD.wav" in [request.path for request in asked]


BITS = [
    listing().body,
    listing(()).body,
    denied().body,
    no_key().body,
    versions().body,
    uploads().body,
    b"<Error>",
    b"<Code>",
    b"AccessDenied",
    b"</Error>",
    b"<ListBucketResult>",
    b"<Key>",
    b"&#x1;",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"\x00",
    SOUND,
    b'{"Statement":',
    b"[",
    b"]}",
    b"<html>",
    b"<li>Code: NoSuchBucket</li>",
]
NOISE = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(BITS), max_size=4).map(b"".join))
STATUSES = st.sampled_from([100, 200, 204, 206, 301, 307, 400, 401, 403, 404, 405, 416, 429, 500, 503, 999])
HEADERS = st.dictionaries(
    st.sampled_from(
        ["server", "x-amz-bucket-region", "location", "content-range", "content-length", "x-rgw-object-count"]
    ),
    st.one_of(st.text(max_size=30), st.sampled_from(["bytes 0-3/4", "SeaweedFS 4", "eu-north-1", "https://[::1", "4"])),
    max_size=3,
)
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.builds(
        Response,
        STATUSES,
        HEADERS.map(lambda pairs: Headers(tuple(pairs.items()))),
        NOISE,
        st.sampled_from(list(Ending)),
    ),
    st.builds(NoAnswer, st.sampled_from(WHYS)),
)
DECLARED = {
    "prefixes": ("a/",),
    "keys": ("a/call 1.wav",),
    "signing": True,
    "regional": "s3.{region}.example.test",
    "known": once_open(witness("read", "learnt.wav"), witness("list b/", "b/"), witness("versions")),
}


@settings(max_examples=300)
@given(st.lists(ANSWERS, min_size=1, max_size=12), st.booleans())
def test_no_answer_makes_it_raise_write_or_tell_what_it_learnt(answers: list[Answer], domain: bool) -> None:
    turn = 0

    def script(request: Request) -> Answer:
        nonlocal turn
        turn += 1
        return answers[turn % len(answers)]

    verdicts, asked = play(S3_BUCKET, target(domain=domain, **DECLARED), script, most=60)
    assert all(isinstance(verdict, Exposed | Clear | Unknown) for verdict in verdicts)
    for request in asked:
        assert request.method in ("GET", "HEAD")
        assert not request.body
        assert "learnt" not in (request.said or request.path)
        assert request.path.isascii()
        assert not (request.signed and request.host == "" and "list-type" not in request.path)


@settings(max_examples=200)
@given(st.binary(max_size=600), STATUSES, HEADERS)
def test_bytes_without_structure_prove_nothing(body: bytes, status: int, headers: dict[str, str]) -> None:
    said = Response(status, Headers(tuple(headers.items())), body)
    verdicts, _ = play(S3_BUCKET, target(domain=True, **DECLARED), lambda _: said, most=60)
    assert all(isinstance(verdict, Unknown) for verdict in verdicts) or b"<" in body


@given(st.text(max_size=20), st.sampled_from([quote, plus]))
def test_any_key_goes_round(key: str, encoder: Callable[[str], str]) -> None:
    if not key or not key.isprintable():
        return
    store = Store({"list": listing((key,), encoder=encoder), "canary": no_key()})
    (verdict,), _ = look(store)
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert [entry.name for entry in verdict.listing.entries] == [key]
