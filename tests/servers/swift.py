"""A real OpenStack Swift: its account, container, object and proxy servers over one folder, with memcached."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.launch import Server, missing, require
from tests.servers.parts import Parts, together
from tests.servers.real_small import PYPI
from tests.servers.stored import BODY, KEYS, each, encoded, must, send

USER, SECRET = "test:tester", "testing"
ANYBODY, LISTED = {"X-Container-Read": ".r:*"}, {"X-Container-Read": ".r:*,.rlistings"}
CONTAINERS: dict[str, dict[str, str]] = {
    "priv": {},
    "pubread": ANYBODY,
    "publist": LISTED,
    "webindex": {**ANYBODY, "X-Container-Meta-Web-Listings": "true"},
    "refonly": {"X-Container-Read": ".r:*.example.com,.rlistings"},
    "refread": {"X-Container-Read": ".r:*.example.com"},
    "empty": LISTED,
    "versioned": {**LISTED, "X-Versions-Enabled": "true"},
    "samtal 2019": LISTED,
}
"""What each container is made with."""

_RINGS = """
import sys
from swift.common.ring import RingBuilder
for kind, port in zip(("account", "container", "object"), sys.argv[1:]):
    ring = RingBuilder(4, 1, 0)
    ring.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1", "weight": 1})
    ring.rebalance()
    ring.get_ring().save(kind + ".ring.gz")
"""
"""The rings in one process: swift-ring-builder would be nine, at half a second each."""

_COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
devices = {home}/srv
mount_check = false
swift_dir = {home}
user = {user}
workers = 0
fallocate_reserve = 0
disable_fallocate = true
log_name = {kind}
"""
_STORE = """[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_FILTERS = ("catch_errors", "cache", "listing_formats", "bulk", "tempauth", "staticweb", "copy", "slo", "dlo",
            "versioned_writes", "symlink")  # fmt: skip
_SETTINGS = {
    "cache": "use = egg:swift#memcache\nmemcache_servers = 127.0.0.1:{cache}\n",
    "tempauth": "use = egg:swift#tempauth\nuser_test_tester = testing .admin\n",
    "versioned_writes": "use = egg:swift#versioned_writes\nallow_object_versioning = true\n",
}


@contextmanager
def swift() -> Iterator[Server]:
    """Swift, filled: the containers lie at `/v1/AUTH_test/container`."""
    memcached = require("memcached")
    if not (PYPI / "swift").exists():
        missing("swift is not installed (.ci/servers installs it)")

    def begin(parts: Parts) -> Server:
        home, python = parts.home, {"PYTHONPATH": str(PYPI)}
        _needs_attributes(home)
        (home / "srv" / "d1").mkdir(parents=True)
        ports = {kind: parts.port() for kind in ("account", "container", "object", "proxy", "cache")}
        user = getpass.getuser()
        (home / "swift.conf").write_text(
            "[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n"
            "[storage-policy:0]\nname = default\ndefault = yes\n",
            encoding="utf-8",
        )
        for kind in ("account", "container", "object", "proxy"):
            text = _COMMON.format(port=ports[kind], home=home, user=user, kind=kind)
            text += _proxy(ports["cache"]) if kind == "proxy" else _STORE.format(kind=kind)
            (home / f"{kind}-server.conf").write_text(text, encoding="utf-8")
        rings = [str(ports[kind]) for kind in ("account", "container", "object")]
        parts.start([memcached, "-u", user, "-l", "127.0.0.1", "-p", str(ports["cache"])])
        parts.once([sys.executable, "-c", _RINGS, *rings], python)
        for kind in ("account", "container", "object", "proxy"):
            script = PYPI / "bin" / f"swift-{kind}-server"
            parts.start([sys.executable, str(script), f"{home}/{kind}-server.conf"], python)
        server = Server("swift", "127.0.0.1", ports["proxy"], False, home, home / "out.log", parts.group)
        parts.until(lambda: _token(server) != "")
        _fill(server, parts)
        return server

    with together("swift", begin) as server:
        yield server


def _proxy(cache: int) -> str:
    text = f"[pipeline:main]\npipeline = {' '.join(_FILTERS)} proxy-server\n"
    text += "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
    for one in _FILTERS:
        text += f"[filter:{one}]\n{_SETTINGS.get(one, f'use = egg:swift#{one}').format(cache=cache)}\n"
    return text


def _needs_attributes(home: Path) -> None:
    try:
        os.setxattr(home, "user.leftopen", b"1")
    except OSError:
        missing(f"the file system of {home.parent} keeps no extended attributes, which Swift needs (set TMPDIR)")


def _token(server: Server) -> str:
    """A token, once all of the servers behind the proxy answer."""
    try:
        _, told, _ = send(server, "GET", "/auth/v1.0", {"X-Storage-User": USER, "X-Storage-Pass": SECRET})
        token = told.get("x-auth-token", "")
        # 202: it was made before, when another part was not yet up.
        ready = token and send(server, "PUT", "/v1/AUTH_test/ready", {"X-Auth-Token": token})[0] in (201, 202)
        ready = ready and send(server, "PUT", "/v1/AUTH_test/ready/x", {"X-Auth-Token": token}, b"x")[0] == 201
    except OSError:
        return ""
    return token if ready else ""


def _fill(server: Server, parts: Parts) -> None:
    _, told, _ = send(server, "GET", "/auth/v1.0", {"X-Storage-User": USER, "X-Storage-Pass": SECRET})
    token = {"X-Auth-Token": told["x-auth-token"]}
    roots = {name: f"/v1/AUTH_test/{encoded(name)}" for name in CONTAINERS}
    for name, settings in CONTAINERS.items():
        # With its ACL from the start: the proxy remembers a container for a minute.
        must(server, "PUT", roots[name], {**token, **settings})
    full = [name for name in CONTAINERS if name not in ("empty", "versioned")]
    places = [f"{roots[name]}/{encoded(key)}" for name in full for key in KEYS]
    each(lambda place: must(server, "PUT", place, token, BODY), places)
    for key, body in (("old.wav", BODY), ("old.wav", BODY * 2), ("gone.wav", BODY)):
        must(server, "PUT", f"{roots['versioned']}/{key}", token, body)
    must(server, "DELETE", f"{roots['versioned']}/gone.wav", token)

    def listed() -> bool:
        # An object is in its container's listing a moment after it was stored.
        told = {name: must(server, "HEAD", roots[name], token)["x-container-object-count"] for name in CONTAINERS}
        wanted = {name: str(len(KEYS)) for name in full} | {"empty": "0", "versioned": "1"}
        return told == wanted

    parts.until(listed, within=60)
