"""A page of keys comes back byte for byte, whoever wrote it and however; and what is no such page raises nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.recognise.buckets.azure import blobs_page as read_azure
from probes.recognise.buckets.google import objects_page as read_gcs
from probes.recognise.buckets.key_page import KeyPage
from probes.recognise.buckets.oracle import objects_page as read_oci
from probes.recognise.buckets.s3 import bucket_page as read_s3
from probes.recognise.buckets.swift import container_page as read_swift
from tests.monitor.surveys.buckets import HOSTILE, Written, azure_page, gcs_page, oci_page, s3_page, swift_page
from tests.speed import within

READERS: dict[str, Callable[[bytes], KeyPage | None]] = {
    "s3": read_s3, "azure": read_azure, "gcs": read_gcs, "swift": read_swift, "oci": read_oci,
}  # fmt: skip
ROWS = [Written(key.encode(), number, "2019-02-16T23:05:00.000Z") for number, key in enumerate(HOSTILE)]
PLAIN = [row for row in ROWS if b"\x01" not in row.key]


def s3(rows: list[Written] = ROWS, **how: object) -> KeyPage:
    page = read_s3(s3_page(rows, **how))  # type: ignore[arg-type]
    assert page is not None
    return page


@pytest.mark.parametrize(
    "spell", [lambda key: quote(key, safe="/"), lambda key: quote(key, safe=""), lambda key: quote_plus(key, safe="/")]
)
def test_every_spelling_of_url_encoding(spell: Callable[[bytes], str]) -> None:
    page = s3(spell=spell)
    assert page.keys == [row.key for row in ROWS]
    assert page.sizes == [row.size for row in ROWS]
    assert page.whole


def test_what_does_not_say_that_it_is_encoded_is_not_decoded() -> None:
    page = s3(PLAIN)
    assert page.keys == [row.key for row in PLAIN]
    assert b"z%41.wav" in page.keys
    assert b"a/call+2.wav" in page.keys


@pytest.mark.parametrize("reference", [b"&#x1;", b"&#1;", b"\x01"])
def test_a_control_character_that_xml_forbids(reference: bytes) -> None:
    body = s3_page([Written(b"x@y.wav", 1, "2019-02-16T23:05:00Z")]).replace(b"@", reference)
    page = read_s3(body)
    assert page is not None
    assert page.keys == [b"x\x01y.wav"]


def test_references_to_characters() -> None:
    body = s3_page([Written(b"@", 1, "")]).replace(b"@", b"&amp;&lt;&gt;&quot;&apos;&#228;&#xD83D;&nbsp;&#99999999;")
    page = read_s3(body)
    assert page is not None
    assert page.keys == [b"&<>\"'" + "ä".encode() + b"\xed\xa0\xbd&nbsp;&#99999999;"]


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://doc.s3.amazonaws.com/2006-03-01/"', ' xmlns="urn:x"'])
@pytest.mark.parametrize("odd", ["", "<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"])
def test_any_namespace_and_rows_of_two_shapes(namespace: str, odd: str) -> None:
    page = s3(PLAIN, namespace=namespace, odd=odd)
    assert page.keys == [row.key for row in PLAIN]
    assert page.sizes == [row.size for row in PLAIN]


def test_prefixed_names_and_sections_are_read_by_the_parser() -> None:
    rows = [Written(b"a/1.wav", 7, "2019-02-16T23:05:00Z"), Written(b"a/2.wav", 8, "2019-02-16T23:06:00Z")]
    body = s3_page(rows).replace(b"<Key>a/2.wav</Key>", b"<Key><![CDATA[a/2&.wav]]></Key>")
    page = read_s3(body)
    assert page is not None
    assert page.keys == [b"a/1.wav", b"a/2&.wav"]
    for name in (b"Contents", b"Key", b"Size", b"LastModified"):
        body = body.replace(b"<" + name, b"<s:" + name).replace(b"</" + name, b"</s:" + name)
    body = body.replace(b"<ListBucketResult", b'<ListBucketResult xmlns:s="urn:s"')
    page = read_s3(body)
    assert page is not None
    assert (page.keys, page.sizes) == ([b"a/1.wav", b"a/2&.wav"], [7, 8])


def test_what_the_page_says_of_the_next_one() -> None:
    page = s3(more=True, token="abc&d", second=True)  # noqa: S106
    assert (page.more, page.token, page.second) == (True, "abc&d", True)
    page = s3(more=True, second=False)
    assert (page.more, page.token, page.second) == (True, "", False)
    assert not s3([], second=True).keys
    found = read_s3(b"<ListBucketResult><CommonPrefixes><Prefix>a b/</Prefix></CommonPrefixes></ListBucketResult>")
    assert found is not None
    assert found.prefixes == [b"a b/"]


def test_a_page_that_was_cut_off_says_so() -> None:
    body = s3_page(PLAIN)
    for length in range(120, len(body) - 1, 97):
        page = read_s3(body[:length])
        assert page is None or not page.whole


def test_sizes_that_are_none() -> None:
    body = s3_page([Written(b"a", 5, ""), Written(b"b", 6, "")])
    for bad in (b"-5", b"", b"five", b"9" * 5000, b"9" * 30, b"\xd9\xa1"):
        page = read_s3(body.replace(b"<Size>5<", b"<Size>" + bad + b"<"))
        assert page is not None
        assert (page.keys, page.sizes, page.sized) == ([b"a", b"b"], [0, 6], 1)


@pytest.mark.parametrize(
    ("write", "read"),
    [(azure_page, read_azure), (gcs_page, read_gcs), (swift_page, read_swift), (oci_page, read_oci)],
)
def test_the_other_dialects(
    write: Callable[[list[Written], str], bytes], read: Callable[[bytes], KeyPage | None]
) -> None:
    rows = PLAIN if write is azure_page else ROWS
    page = read(write(rows, "next"))
    assert page is not None
    assert page.keys == [row.key for row in rows]
    assert page.sizes == [row.size for row in rows]
    assert page.more
    assert page.token == ("" if write is swift_page else "next")
    assert {date[:16] for date in page.dates} == {b"2019-02-16T23:05"}
    empty = read(write([], ""))
    assert empty is not None
    assert (empty.keys, empty.more) == ([], False)


def test_azure_spells_what_xml_cannot_hold() -> None:
    body = azure_page([Written(b"@", 1, "2019-02-16T23:05:00Z")], "")
    page = read_azure(body.replace(b"<Name>@<", b'<Name Encoded="true">a%EF%BF%BF%20b<'))
    assert page is not None
    assert page.keys == ["a\uffff b".encode()]


def test_lone_surrogates_in_json() -> None:
    page = read_swift(b'[{"name": "\\ud83d.wav", "bytes": 1, "hash": "h", "last_modified": ""}, {"subdir": "a/"}]')
    assert page is not None
    assert (page.keys, page.prefixes) == ([b"\xed\xa0\xbd.wav"], [b"a/"])


def test_other_pages_are_none() -> None:
    for name, read in READERS.items():
        for body in (b"", b"<html><body>Key</body></html>", b'{"a": 1}', b"[1]", b"null", b"\xff\xfe", b"[" * 100_000):
            assert read(body) is None or (name == "swift" and not body), (name, body[:20])
    assert read_s3(b"<Error><Code>AccessDenied</Code></Error>") is None
    assert read_s3(b"<Contents></Contents>" * 3) is None


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=300, deadline=None)
def test_nothing_raises(noise: bytes, start: int, length: int) -> None:
    pages = [
        s3_page(PLAIN[:3]),
        azure_page(PLAIN[:3], "x"),
        gcs_page(ROWS[:3], "x"),
        json.dumps([{"name": "a"}]).encode(),
    ]
    for body in [noise, *(page[:start] + noise + page[start + length :] for page in pages)]:
        for read in READERS.values():
            page = read(body)
            if page is not None:
                assert len(page.keys) == len(page.sizes) == len(page.dates)
                page.rows()


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=12), st.integers(0, 2**40)), max_size=20))
@settings(max_examples=200, deadline=None)
def test_any_bytes_come_back(found: list[tuple[bytes, int]]) -> None:
    rows = [Written(key, size, "2020-01-01T00:00:00Z") for key, size in found]
    page = s3(rows, spell=lambda key: quote_plus(key))
    assert (page.keys, page.sizes) == ([row.key for row in rows], [row.size for row in rows])


def test_order_and_parts() -> None:
    page = KeyPage([b"a", b"b", b"c"], [1, 2, 3], [b"", b"", b""], 3)
    assert page.ordered
    assert page.within(b"a", b"b").keys == [b"b"]
    assert page.within(b"a", b"b").sizes == [2]
    assert page.within(b"", None) is page
    assert page.within(b"c", None).keys == []
    assert page.after_first().keys == [b"b", b"c"]
    assert not KeyPage([b"a", b"a"]).ordered
    # U+FFEE comes before an emoji by code point, and after it in UTF-16.
    assert KeyPage(["\uffee".encode(), "😀".encode()]).ordered


def test_columns_as_a_survey_counts_them() -> None:
    page = KeyPage([b"a", b"b", b"c"], [1, 2, 3], [b"2019-02-16T23:05:07Z", b"nonsense", b"2018-12-01T00:00:00Z"], 3)
    rows = page.rows()
    assert rows.months == {"2019-02": 1, "2018-12": 1}
    assert (rows.newest, rows.oldest) == ("2019-02-16 23:05", "2018-12-01 00:00")
    assert KeyPage([b"a"], [1], [b""], 1).rows().newest == ""


def test_a_hostile_megabyte_takes_less_than_seconds() -> None:
    leaves = b"<Key>k</Key><Size>1</Size><LastModified>x</LastModified>"
    rows = {
        "a row of many tags": b"<Contents>" + b"<a></a>" * 140_000 + leaves + b"</Contents>",
        "a tag that never ends": b"<Contents>" + b"<" * 900_000,
        "rows that only end": b"<Contents>" + b"</Contents>" * 80_000,
        "references": b"<Contents><Key>" + b"&#1;" * 200_000 + b"</Key></Contents>",
        "percent signs": b"<EncodingType>url</EncodingType><Contents><Key>" + b"%" * 900_000 + b"</Key></Contents>",
    }
    for name, inside in rows.items():
        begun = time.process_time()
        read_s3(b"<ListBucketResult><Name>c</Name>" + inside + b"</ListBucketResult>")
        assert within(time.process_time() - begun, 3), name
