"""Further real servers through the whole path: found, proven and counted, also behind a proxy that takes a prefix."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from tests.acceptance.builders import OPEN, House, asset
from tests.servers import real, real_more
from tests.servers.folders import Tree

DAY = "medicall/2018/11/21"


def seen(lines: list[dict[str, Any]], port: int) -> dict[str, dict[str, Any]]:
    """The exposures at one port, by their path."""
    return {
        one["place"].partition(f":{port}")[2]: one
        for one in lines
        if one["verdict"] == "exposed" and f":{port}/" in one["place"]
    }


def test_each_server_is_found_and_its_files_are_counted(house: House, recordings: Tree) -> None:
    files = len([one for one in recordings.at(DAY) if not one.folder])
    with ExitStack() as stack:
        civetweb = stack.enter_context(real_more.civetweb(recordings.path))
        static = stack.enter_context(real_more.aiohttp_static(recordings.path))
        express = stack.enter_context(real.express(recordings.path))
        versions = stack.enter_context(real_more.subversion(recordings.path))
        inner = {"civ": civetweb, "aio": static, "exp": express}
        proxied = "".join(
            f"location /{name}/ {{ proxy_pass http://127.0.0.1:{one.port}/; }} " for name, one in inner.items()
        )
        proxy = stack.enter_context(real.nginx(recordings.path, index=False, extra=proxied))
        house.declare(
            *(asset(f"s{n}", ("127.0.0.1", one.port), paths=[f"/{DAY}/"]) for n, one in enumerate((civetweb, static))),
            asset("versions", ("127.0.0.1", versions.port), paths=[f"/svn/trunk/{DAY}/", f"/drawn/trunk/{DAY}"]),
            # As it is declared: with its final slash, and without it.
            asset("proxy", ("127.0.0.1", proxy.port), paths=[f"/{n}/{DAY}/" for n in inner] + [f"/{n}" for n in inner]),
            defaults={"survey": {"automatic": False}},
        )
        ran = house.run()
    assert ran.code == OPEN, ran.err
    for one in (civetweb, static):
        found = seen(ran.lines, one.port)
        assert set(found) == {"/", f"/{DAY}/"}
        assert (found[f"/{DAY}/"]["why"], found[f"/{DAY}/"]["files"]) == ("listed-and-readable", files)
    found = seen(ran.lines, versions.port)
    assert {path.rstrip("/") for path in found} == {f"/svn/trunk/{DAY}", f"/drawn/trunk/{DAY}"}
    assert {one["files"] for one in found.values()} == {files}
    found = seen(ran.lines, proxy.port)
    assert {path.rstrip("/") for path in found} == {f"/{n}/{DAY}" for n in inner} | {f"/{n}" for n in inner}
    assert {found[f"/{n}/{DAY}/"]["files"] for n in inner} == {files}
