"""A place is measured through the door that proved it: WebDAV, a product's interface, a bucket's list, a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote

import pytest

from monitor.findings.reach.tally import SurveyResult
from tests.monitor.network.rounds import application, inventory
from tests.monitor.surveys.builders import House, opened
from tests.probes.web.test_scripted import PRODUCTS
from tests.probes.web.test_shared import DAV, NEW, TOKEN
from tests.servers import folders, real
from tests.servers.launch import Server
from tests.servers.pages import NOT_FOUND, SOUND
from tests.servers.raw import Hit, Talk, listening, reply

TREE: dict[str, list[tuple[str, int | None]]] = {
    "/": [("a-20181121-140512.wav", len(SOUND)), ("more", None)],
    "/more/": [(f"b-20181121-1405{n:02d}.wav", len(SOUND)) for n in range(30)] + [("deep", None)],
    "/more/deep/": [("c-20181121-140512.wav", len(SOUND)), ("notes.pdf", 99)],
}
FILES = {folder + name for folder, rows in TREE.items() for name, size in rows if size is not None}


def dav(folder: str, root: str = "") -> bytes:
    """The answer to PROPFIND of a folder below `root`."""

    def one(href: str, size: int | None) -> str:
        kind = "<D:collection/>" if size is None else ""
        length = "" if size is None else f"<D:getcontentlength>{size}</D:getcontentlength>"
        return (
            f"<D:response><D:href>{href}</D:href><D:propstat><D:prop><D:resourcetype>{kind}</D:resourcetype>{length}"
            "<D:getlastmodified>Fri, 17 Dec 2021 12:40:27 GMT</D:getlastmodified></D:prop>"
            "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        )

    rows = [one(root + folder + name + "/" * (size is None), size) for name, size in TREE[folder]]
    said = one(root + folder, None) + "".join(rows)
    return f'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{said}</D:multistatus>'.encode()


def file(hit: Hit, path: str) -> bytes:
    """A file of the tree, or that there is none."""
    if path not in FILES:
        return reply(404, NOT_FOUND)
    body = b"" if hit.method == "HEAD" else SOUND[:1024]
    return reply(200, body, "audio/x-wav", length=len(SOUND) if hit.method == "HEAD" else len(body))


def by_webdav(hit: Hit) -> bytes:
    path = unquote(hit.path)
    if path in TREE and hit.method == "PROPFIND":
        return reply("207 Multi-Status", dav(path), "text/xml; charset=utf-8")
    if path in TREE:
        return reply(
            200, b"<html><head><title>Welcome</title></head><body><p>Nothing here, move along.</p></body></html>"
        )
    return file(hit, path)


def by_link(hit: Hit) -> bytes:
    """A public link of Nextcloud, whose folder is shown by WebDAV alone."""
    path, root = unquote(hit.path), DAV.rstrip("/")
    inner = path.removeprefix(root)
    if path == f"/s/{TOKEN}":
        return reply(200, NEW.encode(), "text/html")
    if not path.startswith(root):
        return reply(404, NOT_FOUND)
    if inner in TREE and hit.method == "PROPFIND":
        return reply("207 Multi-Status", dav(inner, root), "application/xml; charset=utf-8")
    return reply(501, b"<d:error xmlns:d='DAV:'/>", "application/xml") if inner in TREE else file(hit, inner)


def by_product(name: str, hit: Hit) -> bytes:
    product = PRODUCTS[name]
    for folder, rows in TREE.items():
        if hit.path == product.folder(folder):
            told = [(row, size or 4096, size is None) for row, size in rows]
            return reply(200, json.dumps(product.rows(told)).encode(), "application/json")
    if hit.path in TREE:
        return reply(200, product.shell.encode())
    if hit.method == "PROPFIND":
        return reply(405, NOT_FOUND)
    return file(hit, unquote(hit.path).removeprefix(product.file))


KEYS = [(f"rec/2019/{n % 12 + 1:02d}/a-20190101-{n:06d}.wav", 1000 + n) for n in range(2500)]


def by_bucket(hit: Hit) -> bytes:
    path, _, query = hit.path.partition("?")
    asked = {name: value[0] for name, value in parse_qs(query).items()}
    if unquote(path).lstrip("/") in dict(KEYS):
        body = b"" if hit.method == "HEAD" else SOUND[:1024]
        return reply(200, body, "audio/x-wav", length=len(SOUND) if hit.method == "HEAD" else len(body))
    if path != "/":
        return reply(404, b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "application/xml")
    after = asked.get("start-after", asked.get("marker", asked.get("continuation-token", "")))
    keys = [(key, size) for key, size in sorted(KEYS) if key > after and key.startswith(asked.get("prefix", ""))]
    rows = "".join(
        f"<Contents><Key>{quote(key)}</Key><LastModified>2019-02-16T23:05:00.000Z</LastModified><Size>{size}</Size></Contents>"
        for key, size in keys[:1000]
    )
    more = "true" if len(keys) > 1000 else "false"
    token = f"<NextContinuationToken>{quote(keys[999][0])}</NextContinuationToken>" if len(keys) > 1000 else ""
    said = (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>rec</Name><Prefix/><MaxKeys>1000</MaxKeys><IsTruncated>{more}</IsTruncated>{token}{rows}</ListBucketResult>"
    )
    return reply(200, said.encode(), "application/xml")


def by_script(hit: Hit) -> bytes:
    path, _, query = hit.path.partition("?")
    inner = unquote(parse_qs(query).get("dir", [""])[0])
    folder = f"/{inner}/" if inner else "/"
    if path != "/" or folder not in TREE:
        return file(hit, unquote(path))
    rows = "".join(
        f'<tr><td><a href="/?dir={quote((inner + "/" if inner else "") + name, safe="")}">{name}</a></td>'
        "<td>2018-11-21 14:05</td><td>-</td></tr>\n"
        if size is None
        else f'<tr><td><a href="{quote(folder + name)}">{name}</a></td><td>2018-11-21 14:05</td><td>{size}</td></tr>\n'
        for name, size in TREE[folder]
    )
    return reply(
        200,
        f"<html><head><title>Index of {folder}</title></head><body><h1>Index of {folder}</h1><table>"
        f"<tr><th>Name</th><th>Last modified</th><th>Size</th></tr>\n{rows}</table></body></html>".encode(),
    )


async def measured(
    answer: Callable[[Hit], bytes], folder: Path, path: str = "/"
) -> tuple[SurveyResult, House, list[str]]:
    async def serve(talk: Talk) -> None:
        while (hit := await talk.hear()) is not None:
            await talk.say(answer(hit))
            return

    async with listening(serve) as server:
        nas = {
            "id": "nas", "host": "nas.test", "addresses": [server.host], "ports": [server.port], "data": "recordings",
            "paths": [path],
        }  # fmt: skip
        async with application(inventory(nas, defaults={"survey": {"pace": 5000}}), folder / "leftopen.db") as app:
            done = await app.round()
            findings = [one for one in done.changed if one.kind == "listing"]
            assert len(findings) == 1, [(line.probe, line.verdict) for line in done.lines]
            house = House(app, findings[0])
            found = await house.survey()
            return found, House(app, await house.on_file()), list(server.asked)


async def test_a_place_proven_by_propfind_is_measured_by_it(tmp_path: Path) -> None:
    found, house, asked = await measured(by_webdav, tmp_path)
    assert found.partial == ()
    assert (found.tally.files, found.tally.folders, found.tally.calls) == (33, 3, 32)
    assert house.finding.reach is not None
    assert (house.finding.reach.files, house.finding.reach.directories) == (33, 2)
    assert "PROPFIND /more/deep/" in asked


async def test_the_folder_behind_a_public_link_is_measured_by_propfind(tmp_path: Path) -> None:
    found, house, asked = await measured(by_link, tmp_path, f"/s/{TOKEN}")
    assert found.partial == ()
    assert house.finding.place.path == DAV
    assert (found.tally.files, found.tally.folders, found.tally.calls) == (33, 3, 32)
    assert f"PROPFIND {DAV}more/deep/" in asked


@pytest.mark.parametrize("name", sorted(PRODUCTS))
async def test_a_place_proven_by_a_products_interface_is_measured_by_it(name: str, tmp_path: Path) -> None:
    found, _, asked = await measured(partial(by_product, name), tmp_path)
    assert found.partial == ()
    assert (found.tally.files, found.tally.folders, found.tally.calls) == (33, 3, 32)
    assert found.hours is None or found.hours.samples
    assert f"GET {PRODUCTS[name].folder('/more/deep/')}" in asked


async def test_a_bucket_on_a_host_is_measured_by_its_keys(tmp_path: Path) -> None:
    found, _, _ = await measured(by_bucket, tmp_path)
    assert found.partial == ()
    assert (found.tally.files, found.tally.calls) == (2500, 2500)


async def test_a_script_with_a_parameter_is_walked(tmp_path: Path) -> None:
    found, _, asked = await measured(by_script, tmp_path)
    assert found.partial == ()
    assert (found.tally.files, found.tally.folders) == (33, 3)
    assert "GET /?dir=more%2Fdeep" in asked


OPEN: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "hfs": real.hfs,
    "copyparty": real.copyparty,
    "rclone": partial(real.rclone, speaks="webdav"),
}


@pytest.mark.parametrize("name", OPEN)
async def test_real_servers_that_show_no_page(name: str, tmp_path: Path) -> None:
    tree = folders.recorder(tmp_path / "disk", days=3, calls=4)
    with OPEN[name](tree.path) as server:
        async with opened(server, tmp_path) as house:
            found = await house.survey()
    assert found.partial == ()
    assert (found.tally.files, found.tally.folders) == (tree.count, tree.directories + 1)


async def test_a_place_that_shows_nothing_any_more_keeps_what_the_look_saw(tmp_path: Path) -> None:
    looks = True

    def answer(hit: Hit) -> bytes:
        if looks and "run=survey" in hit.header("user-agent"):
            return reply(200, b"<html><body><p>Under construction, come back later.</p></body></html>")
        return by_script(hit)

    found, house, _ = await measured(answer, tmp_path)
    assert found.tally.files == 0
    assert any("no listing" in reason for reason in found.partial)
    assert house.finding.reach is None
    assert house.finding.extent.files >= 1
