"""Listings as JSON, XML and plain text of many makings, made up for the purpose, with what each holds; and look-alikes."""

from __future__ import annotations

import json

# ruff: noqa: E501  documents stand on one line

LS = """total 24
drwxr-xr-x 2 root root     4096 Jan  2  2024 old
-rw-r--r-- 1 root root 12345678 Jan  2 03:04 a b.wav
lrwxrwxrwx 1 root root       12 Jan  2 03:04 last.wav -> a b.wav
"""
DIR = """ Volume in drive D is DATA
 Directory of D:\\rec

02/01/2024  03:04    <DIR>          .
02/01/2024  03:04    <DIR>          ..
02/01/2024  03:04    <DIR>          old
02/01/2024  03:04        12,345,678 a b.wav
               1 File(s)     12,345,678 bytes

 Directory of D:\\rec\\old

02/01/2024  03:04               678 c.wav
"""
SHA = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

TEXTS: dict[str, tuple[str, str, list[str]]] = {
    "ls -l": ("/rec/", LS, ["d old", "f a b.wav 12345678", "f last.wav 12"]),
    "ls -lR": ("/rec/", f".:\n{LS}\n./old:\ntotal 1\n-rw-r--r-- 1 root root 9 Jan  2 03:04 c.wav\n", ["d old", "f a b.wav 12345678", "f last.wav 12"]),
    "ls --full-time": ("/rec/", "-rw-r--r-- 1 u g 5 2024-01-02 03:04:05.000000000 +0100 a.wav\ndrwx------ 2 u g 4096 2024-01-02 03:04:05.000000000 +0100 b\n", ["f a.wav 5", "d b"]),
    "dir /s": ("/rec/", DIR, ["d old", "f a b.wav 12345678"]),
    "find": ("/rec/", ".\n./a.wav\n./old\n./old/c.wav\n./b.wav\n", ["f a.wav", "d old", "f b.wav"]),
    "find absolute": ("/rec/", "/srv/rec/a.wav\n/srv/rec/old/c.wav\n/srv/rec/b.wav\n", ["f a.wav", "d old", "f b.wav"]),
    "rclone lsf": ("/rec/", "old/\na b.wav\nc.wav\n", ["d old", "f a b.wav", "f c.wav"]),
    "rclone lsl": ("/rec/", "     1234 2024-01-02 03:04:05.000000000 a b.wav\n       99 2024-01-02 03:04:05.000000000 c.wav\n", ["f a b.wav 1234", "f c.wav 99"]),
    "aws s3 ls": ("/rec/", "                           PRE old/\n2024-01-02 03:04:05       1234 a b.wav\n2024-01-02 03:04:05         99 c.wav\n", ["d old", "f a b.wav 1234", "f c.wav 99"]),
    "checksums": ("/rec/SHA256SUMS", f"{SHA}  a.wav\n{SHA} *b.iso\n{SHA}  ./sub/c.iso\n", ["f a.wav", "f b.iso", "d sub"]),
    "checksums of bsd": ("/rec/CHECKSUM", f"SHA256 (a.wav) = {SHA}\nSHA256 (b.iso) = {SHA}\n", ["f a.wav", "f b.iso"]),
    "playlist": ("/rec/", "#EXTM3U\n#EXTINF:12,A\na.mp3\n#EXTINF:13,B\nb.mp3\n", ["f a.mp3", "f b.mp3"]),
    "flashair": ("/command.cgi?op=100&DIR=/DCIM", "WLANSD_FILELIST\r\n/DCIM,100__TSB,0,16,22562,29870\r\n/DCIM,a.jpg,4532,32,22562,23404\r\n", ["d 100__TSB", "f a.jpg 4532"]),
    "fields under a header": ("/list", "Filename;Bytes;Modified\na.wav;1200;2024-01-02 03:04\nb.wav;1300;2024-01-02 03:04\n", ["f a.wav 1200", "f b.wav 1300"]),
    "utf-16": ("/rec/", "\ufeff" + LS, ["d old", "f a b.wav 12345678", "f last.wav 12"]),
}  # fmt: skip

XML: dict[str, tuple[str, str, list[str]]] = {
    "svn": (
        "/trunk/rec/",
        '<?xml version="1.0"?>\n<?xml-stylesheet type="text/xsl" href="/x.xsl"?>\n<!DOCTYPE svn [\n<!ELEMENT svn (index)>\n<!ELEMENT file EMPTY>\n]>\n<svn version="1"><index rev="12" path="/trunk/rec"><updir/><dir name="2024" href="2024/"/><file name="README" href="README"/><file name="a.wav" href="a.wav"/></index></svn>',
        ["d 2024", "f README", "f a.wav"],
    ),
    "dashcam": (
        "/?custom=1&cmd=3015",
        '<?xml version="1.0" encoding="UTF-8" ?><LIST><ALLFile><File><NAME>2024_0102_030405_001.MP4</NAME><FPATH>A:\\CARDV\\MOVIE\\2024_0102_030405_001.MP4</FPATH><SIZE>104857600</SIZE><TIMECODE>1480786082</TIMECODE><TIME>2024/01/02 03:04:05</TIME><ATTR>32</ATTR></File></ALLFile><ALLFile><File><NAME>2024_0102_030705_002.MP4</NAME><FPATH>A:\\CARDV\\MOVIE\\2024_0102_030705_002.MP4</FPATH><SIZE>94857600</SIZE><TIMECODE>1480786083</TIMECODE><TIME>2024/01/02 03:07:05</TIME><ATTR>32</ATTR></File></ALLFile></LIST>',
        ["f 2024_0102_030405_001.MP4 104857600", "f 2024_0102_030705_002.MP4 94857600"],
    ),
    "attributes": (
        "/f/",
        '<files path="/f/"><entry name="a.pdf" size="12" modified="2024-01-02T03:04:05Z" type="file"/><entry name="sub" size="0" modified="2024-01-02T03:04:05Z" type="directory"/></files>',
        ["f a.pdf 12", "d sub"],
    ),
    "files inside of films, at addresses that end alike": ("/all", '<?xml version="1.0"?><C>' + "".join(f'<V title="Film {n}"><M id="{n}"><Part key="/parts/{n}/file.mp4" file="/srv/rec/call-{n}.mp4" size="100{n}"/></M></V>' for n in (1, 2)) + "</C>", ["f call-1.mp4 1001", "f call-2.mp4 1002"]),
    "one file": ("/f/", "<Listing><File><Name>a.pdf</Name><Length>12</Length><LastWriteTime>2024-01-02 03:04</LastWriteTime></File></Listing>", ["f a.pdf 12"]),
    "two kinds of elements": (
        "/f/",
        '<?xml version="1.0"?><?xml-stylesheet href="l.xsl"?><folder><dir name="sub" date="2024-01-02 03:04"/><file name="a.pdf" size="12" date="2024-01-02 03:04"/><file name="b.pdf" size="13" date="2024-01-02 03:04"/></folder>',
        ["d sub", "f a.pdf 12", "f b.pdf 13"],
    ),
}  # fmt: skip

JSONS: dict[str, tuple[str, object, list[str]]] = {
    "folders beside no files": ("/r/", {"dirs": [{"name": "2023", "stats": {"dev": 1, "mode": 16877, "rdev": 0, "ino": 7, "blocks": 8, "size": 4096, "mtimeMs": 1796029294665.2, "birthtimeMs": 1796029294665.2}, "extendedInfo": {"totalFileCount": 1, "folderCount": 0}}], "files": []}, ["d 2023"]),
    "snapshots beside nothing more": ("/r/", {"entries": [{"name": "a.wav", "size": 12, "modified": "2024-01-02T03:04:05Z"}], "cursor": "x", "has_more": False}, ["f a.wav 12"]),
    "versions, the newest first": ("/r/", {"files": [{"action": "hide", "fileName": "a.wav", "size": 0, "uploadTimestamp": 1704164645000}, {"action": "upload", "fileName": "a.wav", "size": 9, "uploadTimestamp": 1704164644000}, {"action": "upload", "fileName": "b.wav", "size": 5, "uploadTimestamp": 1704164644000}], "nextFileName": None}, ["f a.wav 0", "f b.wav 5"]),
    "keys of words": ("/r/", [{"DocumentTitle": "a.pdf", "FileSizeInBytes": 1234, "LastModifiedDateTime": "2024-01-02T03:04:05Z"}, {"DocumentTitle": "b.pdf", "FileSizeInBytes": 99, "LastModifiedDateTime": "2024-01-03T03:04:05Z"}], ["f a.pdf 1234", "f b.pdf 99"]),
    "keys with units": ("/r/", {"value": [{"fileName": "a.wav", "SizeBytes": "1234", "createdDateTime": "2024-01-02T03:04:05Z"}, {"fileName": "b", "SizeBytes": "12", "createdDateTime": "2024-01-02T03:04:05Z"}]}, ["f a.wav 1234", "f b 12"]),
    "a tree of labels": ("/r/", [{"label": "2024", "children": [{"label": "a.wav", "size": 12}]}, {"label": "readme.txt", "size": 4}], ["d 2024", "f readme.txt 4"]),
    "a tree of texts": ("/r/", {"text": "r", "children": [{"text": "a.wav", "leaf": True}, {"text": "sub", "children": [{"text": "c.wav", "leaf": True}]}]}, ["f a.wav", "d sub"]),
    "a tree of numbered titles": ("/r/", [{"title": "2024", "key": "1", "folder": True, "children": [{"title": "x.wav", "key": "3"}]}, {"title": "a.pdf", "key": "2"}], ["d 2024", "f a.pdf"]),
    "children by address": ("/api/storage/libs/r", {"repo": "libs", "path": "/r", "children": [{"uri": "/a.jar", "folder": False}, {"uri": "/sub", "folder": True}]}, ["f a.jar", "d sub"]),
    "paths that end in names": ("/list?path=/", [{"path": "/2024/", "name": "2024"}, {"path": "/a.wav", "name": "a.wav", "size": 480044}, {"path": "/b c.mp3", "name": "b c.mp3", "size": 88213}], ["d 2024", "f a.wav 480044", "f b c.mp3 88213"]),
    "kinds of a product's own": ("/api/files", {"files": [{"name": "2024", "path": "2024", "type": "folder", "children": []}, {"name": "a.gcode", "path": "a.gcode", "type": "machinecode", "size": 480044, "date": 1772352902}], "free": 9000000, "total": 90000000}, ["d 2024", "f a.gcode 480044"]),
    "esp8266": ("/list?dir=/", [{"type": "file", "size": "123", "name": "index.htm"}, {"type": "dir", "name": "log"}], ["f index.htm 123", "d log"]),
    "gohttpserver": ("/rec/?json=true", {"files": [{"name": "a.wav", "path": "rec/a.wav", "type": "file", "size": 12, "mtime": 1704164645000}, {"name": "b", "path": "rec/b", "type": "dir", "size": 0, "mtime": 1704164645000}], "auth": {"upload": False, "delete": False}}, ["f a.wav 12", "d b"]),
    "seafile": ("/api/v2.1/share-links/x/dirents/?path=/", {"dirent_list": [{"is_dir": True, "last_modified": "2024-01-02T03:04:05+01:00", "folder_path": "/sub/", "folder_name": "sub"}, {"is_dir": False, "last_modified": "2024-01-02T03:04:05+01:00", "file_path": "/a.pdf", "file_name": "a.pdf", "size": 12}]}, ["d sub", "f a.pdf 12"]),
    "artifactory": ("/artifactory/api/storage/rec/", {"repo": "rec", "path": "/", "created": "2024-01-02T03:04:05.000Z", "children": [{"uri": "/sub", "folder": True}, {"uri": "/a.jar", "folder": False}], "uri": "http://files.example/artifactory/api/storage/rec"}, ["d sub", "f a.jar"]),
    "tree": ("/x/", [{"type": "directory", "name": ".", "contents": [{"type": "directory", "name": "sub", "contents": [{"type": "file", "name": "c.wav"}]}, {"type": "file", "name": "a.wav", "size": 12}]}, {"type": "report", "directories": 1, "files": 2}], ["d sub", "f a.wav 12"]),
    "two lists": ("/api/browse", {"path": "/", "directories": ["one", "two"], "files": ["a.wav", "b.pdf"]}, ["d one", "d two", "f a.wav", "f b.pdf"]),
    "map": ("/x/", {"a.wav": {"size": 12, "modified": "2024-01-02T03:04:05Z"}, "b.wav": {"size": 13, "modified": "2024-01-02T03:04:05Z"}}, ["f a.wav 12", "f b.wav 13"]),
    "arrays": ("/x/", {"cols": ["n", "s", "d"], "rows": [["a.wav", 12, "2024-01-02 03:04"], ["b.wav", 13, "2024-01-02 03:04"]]}, ["f a.wav 12", "f b.wav 13"]),
    "shells": ("/x/", {"result": {"items": [{"FileName": "a.wav", "FileSize": 12, "IsFolder": False}, {"FileName": "b", "FileSize": 0, "IsFolder": True}], "hasMore": True}}, ["f a.wav 12", "d b"]),
    "epoch and mode": ("/x/", [{"basename": "a.wav", "st_mode": 33188, "length": 12, "mtime": 1704164645}, {"basename": "b.wav", "st_mode": 33188, "length": 13, "mtime": 1704164645}], ["f a.wav 12", "f b.wav 13"]),
    "old .NET": ("/x/", {"d": [{"Name": "a.wav", "Length": 12, "LastWriteTime": "/Date(1704164645000)/"}, {"Name": "b.wav", "Length": 13, "LastWriteTime": "/Date(1704164645000)/"}]}, ["f a.wav 12", "f b.wav 13"]),
}  # fmt: skip

ALIKE: dict[str, tuple[str, object]] = {
    "packages called like files": ("/search", {"objects": [{"package": {"name": f"{name}.js", "version": "1.2.3", "description": "x", "date": "2024-01-02T03:04:05Z"}} for name in ("chart", "three", "next")]}),
    "folders of mail": ("/mail", {"folders": [{"title": "Inbox"}, {"title": "Sent"}, {"title": "Trash"}], "files": []}),
    "what runs, by hashes": ("/pods", {"items": [{"metadata": {"name": f"web-{n}.abc", "creationTimestamp": "2024-01-02T03:04:05Z"}, "status": {"phase": "Running"}} for n in range(3)]}),
    "dns": ("/dns", {"records": [{"name": "www.foo4.example.com", "id": "A-1", "type": "A", "data": "127.1.1.1", "ttl": 300, "created": "2024-01-02T03:04:05Z"}]}),
    "domains": ("/domains", [{"domain": "example.com", "date_created": "2024-01-02 03:04:05"}, {"domain": "example.net", "date_created": "2024-01-03 03:04:05"}]),
    "images of machines": ("/images", {"items": [{"name": "suse-13-v1", "format": "RAW", "archiveSizeBytes": "1234", "status": "READY", "creationTimestamp": "2024-01-02T03:04:05Z"}, {"name": "suse-13-v2", "format": "RAW", "archiveSizeBytes": "1234", "status": "READY", "creationTimestamp": "2024-01-02T03:04:05Z"}]}),
    "a menu": ("/menu", [{"label": "Home", "children": [{"label": "Start"}]}, {"label": "About", "children": [{"label": "Us"}]}]),
    "people's last steps": ("/p", [{"name": "anna", "lastLoginDateTime": "2024-01-02T03:04:05Z"}, {"name": "bo", "lastLoginDateTime": "2024-01-02T03:04:05Z"}]),
    "users": ("/api/users", {"data": [{"name": "Anna", "type": "admin", "email": "a@example.org", "created": "2024-01-02"}], "total": 9}),
    "products": ("/api/", [{"name": "Shirt.v2", "size": "M", "price": 3, "date": "2024-01-02"}] * 3),
    "translations": ("/sv.json", {"menu.file": "Arkiv", "menu.open": "Öppna"}),
    "package": ("/package.json", {"name": "x", "version": "1.0.0", "files": ["dist", "lib.js"], "dependencies": {"a": "^1"}}),
    "lock": ("/package-lock.json", {"packages": {"node_modules/a.js": {"version": "1.0", "resolved": "https://r.example/a.tgz", "integrity": "x"}}}),
    "swagger": ("/swagger.json", {"openapi": "3.0", "paths": {"/a.json": {"get": {"operationId": "x", "parameters": []}}, "/b.json": {"get": {"operationId": "y", "parameters": []}}}}),
    "geo": ("/x", {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name": "a.b", "date": "2024-01-02"}}]}),
    "manifest": ("/asset-manifest.json", {"files": {"main.js": "/static/main.js", "main.css": "/static/main.css"}, "entrypoints": ["main.js"]}),
    "releases": ("/api/", {"assets": [{"name": "a.zip", "size": 12, "created_at": "2024-01-02T03:04:05Z", "browser_download_url": "https://cdn.other.example/a.zip"}]}),
    "web app": ("/site.webmanifest", {"name": "x", "icons": [{"src": "/a.png", "sizes": "1x1", "type": "image/png"}, {"src": "/b.png", "sizes": "2x2", "type": "image/png"}]}),
    "health": ("/", {"status": "UP", "checks": [{"name": "db", "status": "UP"}, {"name": "disk", "status": "UP"}]}),
    "log": ("/", [{"message": "started", "level": "info", "time": "2024-01-02T03:04:05Z"}, {"message": "read a.txt", "level": "info", "time": "2024-01-02T03:04:05Z"}]),
    "weather": ("/", {"list": [{"dt": 1704164645, "name": "Lund", "temp": 2}, {"dt": 1704164645, "name": "Malmo", "temp": 2}]}),
    "tags": ("/v2/x/tags/list", {"name": "x", "tags": ["1.0", "1.1", "latest"]}),
    "JSON feed": ("/feed.json", {"version": "https://jsonfeed.org/version/1", "title": "Pod", "items": [{"id": "1", "title": "Ep 1", "attachments": [{"url": "https://files.example/ep1.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 89970236}]}]}),
    "menu": ("/menu.json", [{"title": "Home", "path": "/", "type": "page"}, {"title": "News", "path": "/news/", "type": "page"}]),
}  # fmt: skip

ALIKE_TEXTS: dict[str, tuple[str, str]] = {
    "numbers of types": ("/n.csv", "dtype,input,output\n" + "".join(f"np.float{32 * (n % 2 + 1)},0x{n:08x},0x{n * 7:08x}\n" for n in range(12))),
    "colours": ("/rgb.txt", "".join(f"{n + 200} {n + 210} {n + 220}\t\tsnow{n}\n" for n in range(12))),
    "prose": ("/", "This is a file server.\nAsk ops for access to report.pdf and the rest.\nThank you.\n"),
    "robots": ("/robots.txt", "User-agent: *\nDisallow: /backup/\nDisallow: /a.wav\n"),
    "readme": ("/", f"README\n\nTo list the folder run ls -l and you see something like this:\n\n{LS}\nwhich shows that it is open.\nClose it with chmod.\nThen look again, and again.\n"),
    "log": ("/", "2024-01-02 03:04:05 INFO started\n2024-01-02 03:04:06 WARN low memory in a.wav\n"),
    "env": ("/", "A=1\nB=2\nC=a.wav\n"),
    "csv of people": ("/", "Name;Born;City\nAnna;1970-01-02;Lund\nBo;1971-01-02;Lund\n"),
    "playlist of others": ("/", "#EXTM3U\n#EXTINF:1,x\nhttp://radio.example/a.mp3\nhttp://radio.example/b.mp3\n"),
    "stream": ("/live/", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nseg1.ts\n#EXTINF:10,\nseg2.ts\n#EXT-X-ENDLIST\n"),
    "requirements": ("/", "flask==2.0\nrequests>=2.1\nnumpy\n"),
    "versions": ("/", "1.2.3\n1.2.4\n1.3.0\n"),
    "hosts": ("/", "www.example.org\nftp.example.org\nmail.example.com\n"),
}  # fmt: skip

ALIKE_XML: dict[str, tuple[str, str]] = {
    "rss": ("/", '<rss><channel><item><title>a.mp3</title><pubDate>2024-01-02</pubDate><enclosure url="a.mp3" length="12"/></item></channel></rss>'),
    "site map": ("/", "<urlset><url><loc>http://files.example/a.html</loc><lastmod>2024-01-02</lastmod></url><url><loc>http://files.example/b.html</loc><lastmod>2024-01-02</lastmod></url></urlset>"),
    "opml": ("/", '<opml><body><outline text="a.xml" type="rss" xmlUrl="http://x.example/a.xml"/></body></opml>'),
    "soap": ("/", "<Envelope><Body><Result><Name>a.wav</Name></Result></Body></Envelope>"),
    "people": ("/", "<staff><person><name>Anna</name><date>2024-01-02</date></person><person><name>Bo</name><date>2024-01-02</date></person></staff>"),
    "products": ("/", '<stock><item name="Cap" size="M" price="3"/><item name="Hat" size="S" price="4"/></stock>'),
    "maven": ("/", "<metadata><versioning><versions><version>1.0</version><version>1.1</version></versions></versioning></metadata>"),
}  # fmt: skip


def cases() -> dict[str, tuple[str, bytes, list[str]]]:
    """Every listing of this file: path, body, what it holds."""
    found = {
        f"text: {name}": (path, body.encode("utf-16-le" if name == "utf-16" else "utf-8"), held)
        for name, (path, body, held) in TEXTS.items()
    }
    found |= {f"xml: {name}": (path, body.encode(), held) for name, (path, body, held) in XML.items()}
    return found | {
        f"json: {name}": (path, json.dumps(body).encode(), held) for name, (path, body, held) in JSONS.items()
    }


def lookalikes() -> dict[str, tuple[str, bytes]]:
    """Every look-alike of this file."""
    found = {f"json: {name}": (path, json.dumps(body).encode()) for name, (path, body) in ALIKE.items()}
    found |= {f"text: {name}": (path, body.encode()) for name, (path, body) in ALIKE_TEXTS.items()}
    return found | {f"xml: {name}": (path, body.encode()) for name, (path, body) in ALIKE_XML.items()}
