"""A real SeaweedFS with its S3 gateway: a second S3 engine, whose answers differ from Ceph's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import s3
from tests.servers.launch import Server, missing
from tests.servers.parts import Parts, together
from tests.servers.real_small import PYPI
from tests.servers.stored import FLAT, send

OWNER = ("ownerkey", "ownersecret")
_IDENTITIES = {
    "identities": [
        {
            "name": "admin",
            "credentials": [{"accessKey": OWNER[0], "secretKey": OWNER[1]}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        },
        {"name": "anonymous", "actions": ["List:pubcont", "Read:pubcont", "Read:objonly", "List:empty"]},
    ]
}


@contextmanager
def seaweed() -> Iterator[Server]:
    """SeaweedFS, filled: S3 at `/bucket`."""
    weed = PYPI / "bin" / "weed"
    if not weed.exists():
        missing("weed of SeaweedFS is not installed (.ci/servers installs it)")

    def begin(parts: Parts) -> Server:
        home, ports = parts.home, {}
        (home / "log").mkdir()
        (home / "s3.json").write_text(json.dumps(_IDENTITIES), encoding="utf-8")
        command = [str(weed), f"-logdir={home}/log", "server", f"-dir={home}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        for part in ("master", "volume", "filer", "s3"):
            ports[part] = parts.port()
            grpc = parts.port()
            command += [f"-{part}.port={ports[part]}", f"-{part}.port.grpc={grpc}"]
            # Not to be had elsewhere: it has the system's folder written into it.
            parts.litter.append(Path(f"/tmp/seaweedfs-{part}-grpc-{grpc}.sock"))
        command += ["-filer", f"-filer.localSocket={home}/filer.sock", "-s3", f"-s3.localSocket={home}/s3.sock"]
        command += [f"-s3.config={home}/s3.json", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
        # One master has nobody to be elected by.
        command += ["-master.peers=none"]
        # A bucket takes seven volumes, and without room for them its objects are lost without an error.
        command += ["-volume.max=200", "-master.volumeSizeLimitMB=16"]
        parts.start(command)
        server = Server("seaweed", "127.0.0.1", ports["s3"], False, home, home / "out.log", parts.group)
        parts.until(lambda: _ready(server), within=60)
        _fill(server)
        # It learns of a policy from itself, a moment after it was stored.
        parts.until(lambda: all(_lists(server, bucket) for bucket in ("pubpol", "pubacl")))
        return server

    with together("seaweed", begin) as server:
        yield server


def _ready(server: Server) -> bool:
    try:
        return send(server, "GET", "/status")[0] == 200
    except OSError:
        return False


def _lists(server: Server, bucket: str) -> bool:
    return send(server, "GET", f"/{bucket}/?list-type=2")[0] == 200


def _fill(server: Server) -> None:
    client = s3.owner(server, *OWNER)
    s3.make(client, "priv", FLAT)
    s3.make(client, "pubcont", FLAT)
    s3.make(client, "pubpol", FLAT)
    s3.make(client, "objonly", FLAT)
    s3.make(client, "pubacl", FLAT, acl="public-read", objects="public-read")
    s3.make(client, "empty", ())
    s3.allow(client, "pubpol", ["s3:ListBucket", "s3:GetObject"], "", "/*")
