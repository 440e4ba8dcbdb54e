"""Canary tokens are found in what portals hand out, and no bytes are taken for read that were not."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.eservices.canary_tokens import tokens_in

TOKENS = {"a": "CANARY-A-7f3k91", "b": "CANARY-B-q29x55"}


def zipped(text: bytes) -> bytes:
    """A spreadsheet with one member."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", text)
    return packed.getvalue()


def document(shown: bytes) -> bytes:
    """A PDF whose one stream shows this."""
    return b"%PDF-1.7\n1 0 obj<<>>stream\r\n" + zlib.compress(b"BT " + shown + b" ET") + b"\nendstream endobj"


A = TOKENS["a"].encode()


@pytest.mark.parametrize(
    "body",
    [
        b"<p>" + A + b"</p>",
        b'{"who":"' + A + b'"}',
        A.decode().encode("utf-16"),
        zlib.compress(A, wbits=31),
        zipped(A),
        document(b"(" + A + b") Tj"),
        document(b"[(CANA) -3 (RY-A) 20 (-7f3k91)] TJ"),
        document(b"<" + A.hex().encode() + b"> Tj"),
    ],
)
def test_it_is_found_wherever_it_stands(body: bytes) -> None:
    assert tokens_in(body, TOKENS) == (("a",), True)


def test_what_cannot_be_read_is_not_taken_for_read() -> None:
    assert tokens_in(b"<p>nobody</p>", TOKENS) == ((), True)
    assert tokens_in(document(b"<0102> Tj"), TOKENS) == ((), False)
    assert tokens_in(zipped(b"x" * 9000)[:80], TOKENS) == ((), False)
    assert tokens_in(zipped(bytes(40 << 20)), TOKENS) == ((), False), "a bomb is not unpacked to its end"


def test_a_token_behind_many_beginnings_of_streams_is_found() -> None:
    fake = b"%PDF-1.7\nstream\n stream\r\n (no stream) endstream stream\n stream\n"
    assert tokens_in(fake + document(b"(" + A + b") Tj"), TOKENS) == (("a",), True)
    assert tokens_in(document(b"(nobody) Tj") + fake + document(b"(" + A + b") Tj"), TOKENS) == (("a",), True)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_no_document_is_packed_with_is_not_unpacked(method: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a.txt", b"x" * 99)
    whole = packed.getvalue()
    for body in (whole, whole.replace(b"]\x00\x00", b"\xff\xff\xff")):
        assert tokens_in(body, TOKENS) == ((), False)


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.4\nstream\n", b"\x1f\x8b\x08"]))
def test_any_bytes_have_an_answer(body: bytes, head: bytes) -> None:
    tokens_in(head + body, TOKENS)
