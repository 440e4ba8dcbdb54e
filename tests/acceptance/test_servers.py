"""Real servers with a recorder's disk: each is found open with the right counts, and its closed twin is clear."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.builders import NOTHING_OPEN, OPEN, House, asset
from tests.servers import real
from tests.servers.folders import Tree, site
from tests.servers.launch import Server

Starts = Callable[[Path], AbstractContextManager[Server]]
DAY = "medicall/2018/11/21"
"""A folder of the recorder's disk with nothing but recordings in it."""

LISTING: dict[str, Starts] = {
    "nginx-html": real.nginx,
    "nginx-json": partial(real.nginx, look="json"),
    "nginx-xml": partial(real.nginx, look="xml"),
    "nginx-tls": partial(real.nginx, tls=True),
    "apache-plain": partial(real.apache, look="plain"),
    "apache-fancy": real.apache,
    "apache-table": partial(real.apache, look="table"),
    "apache-tls": partial(real.apache, tls=True),
    "lighttpd": real.lighttpd,
    "caddy": real.caddy,
    "python": real.python,
    "http-server": real.http_server,
    "serve": real.serve,
}

CLOSED: dict[str, tuple[Starts, str]] = {
    "nginx-index-off": (partial(real.nginx, index=False), "forbidden"),
    "apache-index-off": (partial(real.apache, index=False), "forbidden"),
    "apache-login": (partial(real.apache, password=True), "login-demanded"),
    "apache-login-tls": (partial(real.apache, password=True, tls=True), "login-demanded"),
    "lighttpd-index-off": (partial(real.lighttpd, index=False), "forbidden"),
    "caddy-index-off": (partial(real.caddy, browse=False), "not-found"),
}


def here(lines: list[dict[str, Any]], server: Server, path: str) -> dict[str, Any]:
    """The one line about a folder as the server speaks."""
    scheme = "https://" if server.tls else "http://"
    place = f"{server.port}{path}"
    found = [one for one in lines if one["target"].startswith(scheme) and one["place"].endswith(place)]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("name", LISTING)
def test_an_open_server_is_found_with_the_right_counts(name: str, house: House, recordings: Tree) -> None:
    with LISTING[name](recordings.path) as server:
        house.declare(asset("nas", (server.host, server.port), paths=[f"/{DAY}/"]))
        ran = house.run()
    assert ran.code == OPEN, ran.err
    entries = recordings.at(DAY)
    day = here(ran.of("nas", "exposed"), server, f"/{DAY}/")
    files = [one for one in entries if not one.folder]
    assert (day["files"], day["directories"]) == (len(files), 0)
    assert (day["certainty"], day["why"], day["kind"]) == ("proven", "listed-and-readable", "listing")
    total = sum(one.size for one in files)
    if name in ("nginx-html", "nginx-json", "nginx-xml", "nginx-tls", "caddy"):
        assert day["bytes"] == total
    elif day["bytes"]:
        assert abs(day["bytes"] - total) < total * 0.1
    top = here(ran.of("nas", "exposed"), server, "/")
    assert top["directories"] >= len(recordings.top) == 3
    # One disk, one finding: the folder below is part of it.
    found = house.ask("findings", "--json").lines
    assert [one["place"] for one in found] == [f"nas.test:{server.port}/"]
    other = [one for one in ran.of("nas") if one["target"].startswith("http://" if server.tls else "https://")]
    assert {one["verdict"] for one in other} == {"clear"}, other
    assert {one["why"] for one in other} == {"not-spoken"}


@pytest.mark.parametrize("name", CLOSED)
def test_the_closed_twin_is_clear(name: str, house: House, recordings: Tree) -> None:
    starts, why = CLOSED[name]
    with starts(recordings.path) as server:
        house.declare(asset("twin", (server.host, server.port), paths=[f"/{DAY}/"]))
        ran = house.run()
    assert ran.code == NOTHING_OPEN, ran.err
    assert here(ran.lines, server, f"/{DAY}/")["why"] == why
    assert {one["verdict"] for one in ran.lines} == {"clear"}, ran.out


def test_an_open_webdav_is_found_where_the_page_is_closed(house: House, recordings: Tree) -> None:
    with real.apache(recordings.path, dav=True, index=False) as server:
        house.declare(asset("dav", (server.host, server.port), paths=[f"/{DAY}/"]))
        ran = house.run()
        asked = server.asked()
    assert ran.code == OPEN, ran.err
    day = here(ran.of("dav", "exposed"), server, f"/{DAY}/")
    files = [one for one in recordings.at(DAY) if not one.folder]
    assert (day["files"], day["bytes"]) == (len(files), sum(one.size for one in files))
    verbs = {line.split('"')[1].split()[0] for line in asked.splitlines()}
    # What is no verb is the ClientHello of the look in TLS, as a port in clear text hears it.
    assert {verb for verb in verbs if verb.isalpha()} == {"GET", "HEAD", "PROPFIND"}


def test_an_ordinary_site_on_every_server_is_clear(house: House, tmp_path: Path) -> None:
    tree = site(tmp_path / "site")
    paged = partial(real.lighttpd, extra='index-file.names = ("index.html")')
    starts: list[Starts] = [real.nginx, real.apache, paged, real.caddy, real.python, real.http_server]
    with ExitStack() as stack:
        servers = [stack.enter_context(start(tree.path)) for start in starts]
        house.declare(*(asset(f"site{n}", (s.host, s.port), data="static") for n, s in enumerate(servers)))
        ran = house.run()
    assert [one for one in ran.lines if one["verdict"] != "clear"] == []
    assert ran.code == NOTHING_OPEN, ran.err
