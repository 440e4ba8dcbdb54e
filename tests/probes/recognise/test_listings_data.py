"""Listings that are JSON or XML: every dialect, whole and cut, and XML that is out to harm."""

from __future__ import annotations

import json

import pytest

from probes.recognise.listing.recognise import Kind, Listing, NoListing, recognise

# ruff: noqa: E501  documents stand on one line

HOST = "http://files.example"


def held(body: object, path: str = "/rec/", status: int = 200, **headers: str) -> list[str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = recognise(raw, HOST + path, headers.items(), status)
    assert isinstance(found, Listing), found
    return [
        f"{'d' if one.kind is Kind.DIRECTORY else 'f'} {one.path}" + (f" {one.size.best}" if one.size else "")
        for one in found.entries
    ]


DIALECTS: dict[str, tuple[object, str, list[str]]] = {
    "nginx": (
        [
            {"name": "monday", "type": "directory", "mtime": "Tue, 02 Jan 2024 03:04:05 GMT"},
            {"name": "a#b.wav", "type": "file", "mtime": "Tue, 02 Jan 2024 03:04:05 GMT", "size": 12},
        ],
        "/rec/",
        ["d /rec/monday/", "f /rec/a%23b.wav 12"],
    ),
    "caddy 2": (
        [
            {
                "name": "monday/",
                "size": 4096,
                "url": "./monday/",
                "mod_time": "2024-01-02T03:04:05Z",
                "mode": 2147484141,
                "is_dir": True,
                "is_symlink": False,
            },
            {
                "name": "a.wav",
                "size": 12,
                "url": "./a.wav",
                "mod_time": "2024-01-02T03:04:05.123456789Z",
                "mode": 420,
                "is_dir": False,
                "is_symlink": False,
            },
        ],
        "/rec/",
        ["d /rec/monday/", "f /rec/a.wav 12"],
    ),
    "caddy 1": (
        [
            {
                "IsDir": False,
                "Name": "a.wav",
                "Size": 12,
                "URL": "./a.wav",
                "ModTime": "2024-01-02T03:04:05Z",
                "Mode": 420,
            }
        ],
        "/rec/",
        ["f /rec/a.wav 12"],
    ),
    "serve": (
        {
            "files": [
                {"type": "directory", "base": "..", "relative": "/", "title": "/", "ext": ""},
                {
                    "type": "file",
                    "base": "a%20b.wav",
                    "relative": "/rec/a%20b.wav",
                    "size": "777 B",
                    "title": "x",
                    "ext": "wav",
                },
            ],
            "directory": "rec/",
            "paths": [],
        },
        "/rec/",
        ["f /rec/a%2520b.wav 777"],
    ),
    "copyparty": (
        {
            "dirs": [{"href": "monday/", "sz": 0, "ts": 1704164645, "ext": "---"}],
            "files": [{"href": "a.wav?k=1", "sz": 12, "ts": 1704164645, "ext": "wav"}],
            "taglist": [],
            "perms": ["read"],
        },
        "/rec/?ls",
        ["d /rec/monday/", "f /rec/a.wav 12"],
    ),
    "hfs 3": (
        {
            "list": [
                {"n": "monday/", "m": "2024-01-02T03:04:05Z", "p": "r"},
                {"n": "a.wav", "s": 12, "m": "2024-01-02T03:04:05Z"},
            ]
        },
        "/~/api/get_file_list?uri=/rec/",
        ["d /rec/monday/", "f /rec/a.wav 12"],
    ),
    "dufs": (
        {
            "href": "/rec",
            "kind": "Index",
            "paths": [
                {"path_type": "Dir", "name": "monday", "mtime": 1704164645000, "size": 3},
                {"path_type": "File", "name": "a.wav", "mtime": 1704164645000, "size": 12},
            ],
        },
        "/rec/?json",
        ["d /rec/monday/", "f /rec/a.wav 12"],
    ),
    "motioneye": (
        {
            "mediaList": [
                {
                    "path": "/2024-01-02/03-04-05.mp4",
                    "mimeType": "video/mp4",
                    "sizeStr": "12 B",
                    "timestamp": 1704164645.0,
                }
            ],
            "cameraName": "Ward",
        },
        "/cams/movie/2/list/",
        ["f /cams/movie/2/download/2024-01-02/03-04-05.mp4 12"],
    ),
    "file browser": (
        {
            "items": [
                {"path": "/a.wav", "name": "a.wav", "size": 12, "modified": "2024-01-02T03:04:05Z", "isDir": False}
            ],
            "numDirs": 0,
            "numFiles": 1,
        },
        "/api/resources/",
        ["f /api/resources/a.wav 12"],
    ),
    "alist": (
        {
            "code": 200,
            "data": {
                "content": [{"name": "a.wav", "size": 12, "is_dir": False, "modified": "2024-01-02T03:04:05Z"}],
                "total": 1,
            },
        },
        "/rec/",
        ["f /rec/a.wav 12"],
    ),
    "drive": (
        {
            "data": {
                "files": [
                    {
                        "name": "monday",
                        "mimeType": "application/vnd.google-apps.folder",
                        "modifiedTime": "2024-01-02T03:04:05Z",
                    },
                    {"name": "a.wav", "mimeType": "audio/wav", "size": "12"},
                ]
            }
        },
        "/0:/",
        ["d /0:/monday/", "f /0:/a.wav 12"],
    ),
    "webhdfs": (
        {
            "FileStatuses": {
                "FileStatus": [{"pathSuffix": "a.wav", "type": "FILE", "length": 12, "modificationTime": 1704164645000}]
            }
        },
        "/webhdfs/v1/rec",
        ["f /webhdfs/v1/rec/a.wav 12"],
    ),
    "seaweedfs": (
        {
            "Path": "/rec",
            "Entries": [
                {"FullPath": "/rec/a.wav", "Mtime": "2024-01-02T03:04:05Z", "Mode": 432, "FileSize": 12},
                {"FullPath": "/rec/monday", "Mtime": "2024-01-02T03:04:05Z", "Mode": 2147484141},
            ],
        },
        "/rec/",
        ["f /rec/a.wav 12", "d /rec/monday/"],
    ),
    "gcs": (
        {"kind": "storage#objects", "items": [{"name": "x/a b.wav", "size": "12", "updated": "2024-01-02T03:04:05Z"}]},
        "/storage/v1/b/c/o",
        ["f /storage/v1/b/c/o/x%2Fa%20b.wav?alt=media 12"],
    ),
    "swift": (
        [
            {
                "name": "x/a.wav",
                "bytes": 12,
                "hash": "d41d",
                "last_modified": "2024-01-02T03:04:05.000000",
                "content_type": "audio/wav",
            },
            {"subdir": "y/"},
        ],
        "/v1/c",
        ["f /v1/c/x/a.wav 12", "d /v1/c/y/"],
    ),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_of_json_is_read_whole(name: str) -> None:
    body, path, expected = DIALECTS[name]
    assert held(body, path) == expected


def test_jsonp_is_the_same_list() -> None:
    rows = json.dumps(DIALECTS["nginx"][0]).encode()
    assert held(b"call(" + rows + b");\n", status=200, **{"content-type": "application/json"}) == DIALECTS["nginx"][2]


def test_json_that_was_cut_is_partial() -> None:
    rows = json.dumps(DIALECTS["nginx"][0]).encode()
    found = recognise(rows[:-20], HOST + "/rec/", whole=False)
    assert isinstance(found, Listing)
    assert found.partial == "cut short"
    assert [one.name for one in found.entries] == ["monday"]


@pytest.mark.parametrize("server", ["nginx/1.22.1", "Caddy"])
def test_an_empty_array_is_an_empty_folder_only_from_a_server_that_writes_it_so(server: str) -> None:
    assert held(b"[\n]\n", Server=server) == []
    assert isinstance(recognise(b"[\n]\n", HOST + "/rec/"), NoListing)


@pytest.mark.parametrize(("perms", "lists"), [(["read", "write"], True), (["write"], False), (["get"], False)])
def test_a_folder_of_copyparty_that_may_not_be_read_is_no_empty_listing(perms: list[str], lists: bool) -> None:
    told = {"dirs": [], "files": [], "taglist": [], "acct": "*", "perms": perms}
    assert isinstance(recognise(json.dumps(told).encode(), HOST + "/rec/?ls"), Listing) is lists


S3 = '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>{coding}<IsTruncated>{more}</IsTruncated><Contents><Key>{key}</Key><LastModified>2024-01-02T03:04:05.000Z</LastModified><Size>12</Size></Contents><CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes></ListBucketResult>'
AZURE = b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="c"><Blobs><Blob><Name>x/a.wav</Name><Properties><Last-Modified>Tue, 02 Jan 2024 03:04:05 GMT</Last-Modified><Content-Length>12</Content-Length></Properties></Blob><BlobPrefix><Name>y/</Name></BlobPrefix></Blobs><NextMarker /></EnumerationResults>'


def test_object_stores_are_read() -> None:
    assert held(S3.format(coding="", more="false", key="a+b.wav").encode(), "/b") == ["f /b/a%2Bb.wav 12", "d /b/x/"]
    encoded = S3.format(coding="<EncodingType>url</EncodingType>", more="false", key="a%2Bb+c.wav").encode()
    assert held(encoded, "/b/") == ["f /b/a%2Bb%20c.wav 12", "d /b/x/"]
    assert held(AZURE, "/c?restype=container&comp=list") == ["f /c/x/a.wav 12", "d /c/y/"]


def test_a_page_of_a_bucket_says_that_there_is_more() -> None:
    found = recognise(S3.format(coding="", more="true", key="a").encode(), HOST + "/b")
    assert isinstance(found, Listing)
    assert found.partial == "paged"


DAV = '<?xml version="1.0"?><{p}multistatus xmlns{c}="DAV:">{rows}</{p}multistatus>'
DAV_ROW = "<{p}response><{p}href>{href}</{p}href><{p}propstat><{p}prop><{p}resourcetype>{kind}</{p}resourcetype><{p}getcontentlength>{size}</{p}getcontentlength></{p}prop><{p}status>HTTP/1.1 200 OK</{p}status></{p}propstat></{p}response>"


@pytest.mark.parametrize(("p", "c"), [("D:", ":D"), ("ns0:", ":ns0"), ("", "")])
def test_a_multi_status_is_read_whatever_its_prefix(p: str, c: str) -> None:
    folder = f"<{p}collection/>"
    rows = "".join(
        DAV_ROW.format(p=p, href=href, kind=kind, size=size)
        for href, kind, size in (
            ("/rec/", folder, 4096),
            ("http://srv01.inside/rec/monday/", folder, 4096),
            ("/rec/a%23.wav", "", 12),
        )
    )
    body = DAV.format(p=p, c=c, rows=rows).encode()
    assert held(body, status=207) == ["d /rec/monday/", "f /rec/a%23.wav 12"]
    assert held(body, status=200) == held(body, status=207), "small servers answer PROPFIND so"
    assert isinstance(recognise(body, HOST + "/other/", status=207), NoListing)


def test_a_multi_status_of_a_whole_tree_shows_what_lies_in_the_folder_itself() -> None:
    rows = [("/rec/", "<collection/>"), ("/rec/a.wav", ""), ("/rec/old/", "<collection/>")]
    rows += [(f"/rec/old/{number}.wav", "") for number in range(9)]
    said = "".join(DAV_ROW.format(p="", href=href, kind=kind, size=12) for href, kind in rows)
    body = DAV.format(p="", c="", rows=said).encode()
    assert held(body, status=207) == ["f /rec/a.wav 12", "d /rec/old/"]
    assert held(body, "/", status=207) == ["d /rec/"]
    files = DAV.format(
        p="", c="", rows="".join(DAV_ROW.format(p="", href=href, kind="", size=12) for href, _ in rows[3:])
    )
    assert held(files.encode(), status=207) == ["d /rec/old/"]
    assert isinstance(recognise(body, HOST + "/rec/old/1/", status=207), NoListing)


def test_a_multi_status_behind_a_proxy_that_takes_a_prefix_away_may_be_of_a_whole_tree() -> None:
    rows = [("/", "<collection/>"), ("/a.wav", ""), ("/old/", "<collection/>")]
    rows += [(f"/old/{number}.wav", "") for number in range(9)]
    body = DAV.format(p="", c="", rows="".join(DAV_ROW.format(p="", href=h, kind=k, size=12) for h, k in rows))
    assert held(body.encode(), status=207) == ["f /rec/a.wav 12", "d /rec/old/"]
    rows = [("/", "<collection/>"), ("/rec/", "<collection/>"), ("/rec/a.wav", ""), ("/rec/b.wav", "")]
    body = DAV.format(p="", c="", rows="".join(DAV_ROW.format(p="", href=h, kind=k, size=12) for h, k in rows))
    assert held(body.encode(), status=207) == ["f /rec/a.wav 12", "f /rec/b.wav 12"], "the folder above is told, too"


@pytest.mark.parametrize(("name", "path"), [("å.wav".encode("latin-1"), "/rec/%E5.wav"), (b"a&b.wav", "/rec/a&b.wav")])
def test_a_multi_status_with_names_as_no_parser_takes_them_is_read(name: bytes, path: str) -> None:
    hrefs = ("/rec/", "/rec/NAME.wav", "/rec/c.wav")
    rows = "".join(
        DAV_ROW.format(p="", href=href, kind="" if "." in href else "<collection/>", size=12) for href in hrefs
    )
    body = DAV.format(p="", c="", rows=rows).encode().replace(b"NAME.wav", name)
    assert held(body, status=207) == [f"f {path} 12", "f /rec/c.wav 12"]


@pytest.mark.parametrize(
    "said", ["Anna & Bo&nbsp;", "caf&eacute; &unknown; R&D;", "\x01\x0b", "&#1;&#x1F;", "&lt;a&gt; &#228;&#xE4;"]
)
@pytest.mark.parametrize("before", ["", "\n\n  ", "\ufeff\r\n"])
def test_a_multi_status_is_read_whatever_a_program_wrote_beside_its_names(before: str, said: str) -> None:
    hrefs = ("/rec/", "/rec/a.wav", "/rec/b.wav")
    rows = "".join(
        DAV_ROW.format(p="", href=href, kind="" if "." in href else "<collection/>", size=12) for href in hrefs
    )
    rows = rows.replace("<propstat>", f"<propstat><prop><displayname>{said}</displayname></prop></propstat><propstat>")
    body = before + DAV.format(p="", c="", rows=rows)
    assert said in body
    assert held(body.encode(), status=207) == ["f /rec/a.wav 12", "f /rec/b.wav 12"]
    found = recognise(body.encode(), HOST + "/rec/", status=207)
    assert isinstance(found, Listing)
    assert not found.partial


def test_a_character_that_xml_cannot_hold_stays_in_its_name() -> None:
    rows = "".join(DAV_ROW.format(p="", href=h, kind="", size=12) for h in ("/rec/a\x01.wav", "/rec/b&#x1f;.wav"))
    found = recognise(DAV.format(p="", c="", rows=rows).encode(), HOST + "/rec/", status=207)
    assert isinstance(found, Listing)
    assert {(one.name, one.path) for one in found.entries} == {
        ("a\x01.wav", "/rec/a%01.wav"),
        ("b\x1f.wav", "/rec/b%1F.wav"),
    }


def test_nginx_xml_survives_names_that_no_parser_takes() -> None:
    body = (
        b'<?xml version="1.0"?>\n<list>\n<file mtime="2024-01-02T03:04:05Z" size="12">s\xf6ndag\x01.wav</file>\n</list>'
    )
    found = recognise(body, HOST + "/rec/")
    assert isinstance(found, Listing)
    assert [(one.name, one.path) for one in found.entries] == [("söndag\x01.wav", "/rec/s%F6ndag%01.wav")]


@pytest.mark.parametrize(
    "entity",
    [
        '<!DOCTYPE x [<!ENTITY a "secret">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>',
    ],
)
def test_no_entity_is_ever_expanded(entity: str) -> None:
    row = DAV_ROW.format(p="D:", href="/rec/&a;.wav", kind="", size="1")
    body = DAV.format(p="D:", c=":D", rows=row).replace("?>", "?>" + entity, 1)
    assert isinstance(recognise(body.encode(), HOST + "/rec/", status=207), NoListing)


@pytest.mark.parametrize("keys", [("dirs", "files"), ("subdirs", "filenames")])
def test_a_name_with_a_newline_makes_no_other_name_none(keys: tuple[str, str]) -> None:
    files = ["README", *(f"in-{number}.wav" for number in range(8)), "rad\ntvå.wav"]
    found = recognise(json.dumps(dict(zip(keys, (["2024"], files), strict=True))).encode(), "http://files.example/rec/")
    assert isinstance(found, Listing)
    assert found.claimed
    assert {entry.name for entry in found.entries} == {"2024", *files}
    assert "/rec/rad%0Atv%C3%A5.wav" in {entry.path for entry in found.entries}
