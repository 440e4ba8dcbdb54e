"""What stores other than S3 say, as bytes: lists with every key, refusals by their code, and nothing out of chance."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.recognise.buckets import google, oracle
from probes.recognise.buckets.azure import azure_code, blobs_page, is_access_policy
from probes.recognise.buckets.google import grants_of, permissions_of, refusal_of
from probes.recognise.buckets.key_page import KeyPage, key_bytes
from probes.recognise.buckets.oracle import oracle_code, public_level
from probes.recognise.buckets.s3 import bucket_page
from probes.recognise.buckets.swift import Engine, container_page, engine_of, is_static_web, rgw_code
from probes.recognise.listing.model import Kind

Reader = Callable[[bytes], KeyPage | None]
READERS: dict[str, Reader] = {
    "swift": lambda body: container_page(body, of_store=False),
    "azure": blobs_page,
    "s3 and google's xml": bucket_page,
    "google json": google.objects_page,
    "oracle": oracle.objects_page,
    "oracle versions": oracle.versions_page,
}
ROW = {"name": "a", "bytes": 1, "hash": "h", "last_modified": "2026-11-22T01:36:22.000490"}


@pytest.mark.parametrize("name", READERS)
@given(body=st.one_of(st.binary(max_size=500), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_by_chance_are_a_list(name: str, body: bytes) -> None:
    assert READERS[name](body) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(sorted({
        *ROW, "subdir", "version_id", "is_latest", "kind", "items", "objects", "prefixes", "size", "versionId", "error",
        "errors", "reason", "message", "code", "Code", "permissions", "bindings", "role", "members", "nextStartWith",
        "namespace", "publicAccessType", "timeDeleted", "updated", "timeModified",
    })), inner, max_size=6),
    max_leaves=20,
)  # fmt: skip


@given(_JSON)
def test_json_of_the_right_words_and_any_shape_raises_nothing(value: object) -> None:
    body = json.dumps(value).encode()
    for read in READERS.values():
        told = read(body)
        assert told is None or len(told.keys) == len(told.sizes) == len(told.dates)
    for say in (
        azure_code,
        oracle_code,
        rgw_code,
        public_level,
        refusal_of,
        permissions_of,
        grants_of,
        is_access_policy,
    ):
        say(body)
    engine_of((("x-trans-id", "x"),), body)


HOSTILE_BODIES = {
    "deep json": b"[" * 100_000,
    "deep object": b'{"a":' * 50_000,
    "long number": b"[" + b"9" * 100_000 + b"]",
    "deep xml": b"<a>" * 100_000,
    "laughs": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><EnumerationResults>&c;</EnumerationResults>',
    "an external entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Error><Code>&b;</Code></Error>',
    "no text": b"\x00\xff" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE_BODIES)
def test_hostile_bodies_are_no_lists_and_no_codes(name: str) -> None:
    body = HOSTILE_BODIES[name]
    assert all(read(body) is None for read in READERS.values())
    assert not azure_code(body)
    assert not oracle_code(body)
    assert not rgw_code(body)
    assert refusal_of(body) is None


@pytest.mark.parametrize(
    "body",
    [
        [{"name": "a"}], [{**ROW, "bytes": "1"}], [{**ROW, "name": 1}], [ROW, 1], {"objects": [{"title": "x"}]},
        {"objects": [], "total": 3}, {"items": [], "kind": "drive#files"}, {"kind": "storage#objects", "items": [{}]},
        {"items": [{"name": "a"}]},
    ],
)  # fmt: skip
def test_another_interface_with_like_words_is_no_store(body: object) -> None:
    assert all(read(json.dumps(body).encode()) is None for read in READERS.values())


def test_a_folders_marker_is_a_folder_and_an_object_that_ends_with_a_slash_is_none() -> None:
    rows = [{**ROW, "name": "a/", "bytes": 0}, {**ROW, "name": "b/", "bytes": 7}, {"subdir": "c/"}]
    page = container_page(json.dumps(rows).encode())
    assert page is not None
    assert [(one.name, one.kind) for one in page.listing("swift", "/v1/a/c", "").entries] == [
        ("a/", Kind.DIRECTORY), ("b/", Kind.FILE), ("c/", Kind.DIRECTORY),
    ]  # fmt: skip


def test_an_empty_array_is_a_list_in_the_dialect_alone() -> None:
    assert container_page(b"[]", of_store=False) is None
    assert container_page(b"[]") is not None


def test_a_listing_is_as_whole_as_its_page() -> None:
    page = KeyPage([b"a"], [1], [b"2019-02-16T23:05:00"], 1)
    assert page.listing("s3", "/c", "").partial == ""
    assert page.listing("s3", "/c", "", whole=False).partial == "cut short"
    page.more = True
    assert page.listing("s3", "/c", "").partial == "paged"
    (entry,) = page.listing("s3", "/c", "").entries
    assert entry.modified is not None
    assert entry.modified.low == entry.modified.high, "every store writes UTC"


ENGINES: dict[str, tuple[dict[str, str], bytes, Engine]] = {
    "swift by its realm": ({"www-authenticate": 'Swift realm="AUTH_x"'}, b"", Engine.SWIFT),
    "swift by its page": ({}, b"<html><h1>Not Found</h1><p>The resource could not be found.</p></html>", Engine.SWIFT),
    "ceph by its code": ({"x-trans-id": "tx000003671a0a2620c519d-006b0246ec-1008-default"}, b"NoSuchKey", Engine.RGW),
    "ceph by its headers": ({"x-container-bytes-used-actual": "1"}, b"", Engine.RGW),
    "either": ({"x-trans-id": "tx000003671a0a2620c519d-006b0246ec"}, b"", Engine.EITHER),
    "a page of one word": ({}, b"NoSuchKey", Engine.NONE),
    "another transaction": ({"x-trans-id": "42"}, b"NoSuchKey", Engine.NONE),
    "another realm": ({"www-authenticate": 'Basic realm="Swift"'}, b"", Engine.NONE),
}


@pytest.mark.parametrize("name", ENGINES)
def test_who_speaks(name: str) -> None:
    headers, body, engine = ENGINES[name]
    assert engine_of(headers.items(), body) is engine


def test_a_page_about_listings_is_no_static_web() -> None:
    assert not is_static_web(b"<h1>Listing of /v1/AUTH_x/c/</h1><table id='listing'>")


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=8))
def test_every_key_that_json_can_write_comes_back(names: list[str]) -> None:
    swift = json.dumps([{**ROW, "name": name} for name in names]).encode()
    oracle_list = json.dumps({"objects": [{"name": name, "size": 1} for name in names]}).encode()
    google_list = json.dumps({"kind": "storage#objects", "items": [{"name": name} for name in names]}).encode()
    for page in (container_page(swift), oracle.objects_page(oracle_list), google.objects_page(google_list)):
        assert page is not None
        entries = page.listing("", "/c", "").entries
        assert [key_bytes(one.name) for one in entries] == [name.encode("utf-8", "surrogatepass") for name in names]
        assert all(one.path.isascii() and " " not in one.path for one in entries)
        assert len({one.path for one in entries}) == len(names)
