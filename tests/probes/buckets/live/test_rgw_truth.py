"""What Ceph's gateway tells a stranger beyond the table: its fingerprints, its second check, what was deleted."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.parse import unquote_plus

import pytest

from tests.probes.buckets.live.answers import body, texts
from tests.servers.launch import Server
from tests.servers.stored import KEYS, send


def test_ceph_says_who_it_is_and_how_much_it_holds(rgw: Server) -> None:
    assert texts(body(rgw, "/"), "ID") == ["anonymous"]
    told = send(rgw, "HEAD", "/pubacl/")[1]
    assert told["x-rgw-object-count"] == str(len(KEYS))
    assert int(told["x-rgw-bytes-used"]) > 0
    told = send(rgw, "HEAD", "/swift/v1/AUTH_proj/swread/")[1]
    assert told["x-container-read"] == ".r:*"
    assert told["x-container-object-count"] == str(len(KEYS))
    assert send(rgw, "GET", "/swift/v1/AUTH_proj/swread?format=json")[0] == 301
    assert send(rgw, "GET", "/swift/v1/AUTH_owner/pubacl/?format=json")[0] == 404


def test_ceph_lists_a_container_for_a_referer_by_s3_too(rgw: Server) -> None:
    assert send(rgw, "GET", "/proj:swref/?list-type=2")[0] == 403
    assert send(rgw, "GET", "/proj:swref/?list-type=2", {"Referer": "http://www.example.com/"})[0] == 200


def test_a_control_character_breaks_ceph_s_xml_unless_it_is_asked_to_encode(rgw: Server) -> None:
    with pytest.raises(ET.ParseError):
        texts(body(rgw, "/pubacl/?list-type=2"), "Key")


def test_what_is_deleted_pending_or_older_is_still_shown(rgw: Server) -> None:
    told = body(rgw, "/versioned/?versions")
    assert sorted(texts(told, "Key")) == ["gone.wav", "gone.wav", "old.wav", "old.wav"]
    old = texts(told, "VersionId")[-1]
    assert send(rgw, "GET", f"/versioned/old.wav?versionId={old}")[0] == 403
    shown = [unquote_plus(key) for key in texts(body(rgw, "/deleted/?versions&encoding-type=url"), "Key")]
    assert set(shown) == set(KEYS)
    assert len(shown) == 2 * len(KEYS)
    for bucket in ("pending", "uppol"):
        assert texts(body(rgw, f"/{bucket}/?uploads"), "Key") == ["pending.mp4"]


def test_a_grant_to_everybody_stands_in_an_acl_that_everybody_can_read(rgw: Server) -> None:
    for bucket, right in (("full", "FULL_CONTROL"), ("aclread", "READ_ACP")):
        told = body(rgw, f"/{bucket}/?acl")
        assert texts(told, "Permission").count(right) >= 1
        assert any(uri.endswith("/AllUsers") for uri in texts(told, "URI"))


def test_a_wrong_key_is_refused_where_no_key_is_not(rgw: Server) -> None:
    from botocore.exceptions import ClientError

    from tests.servers import s3

    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        s3.owner(rgw, "wrong", "key").list_objects_v2(Bucket="pubacl")
