"""A real Ceph gateway with S3 and Swift on one port: one monitor, one store in memory, the gateway, and its buckets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tests.servers import s3
from tests.servers.launch import Server, require
from tests.servers.parts import Parts, together
from tests.servers.stored import BODY, KEYS, each, encoded, must, send

OWNER = ("ownerkey", "ownersecret")
STRANGER = ("strangerkey", "strangersecret")
"""An account that has nothing to do with any bucket."""
TENANT = ("tenantkey", "tenantsecret")
"""The S3 key of tenant `proj`: its buckets are called `proj:name` by everybody else."""
SWIFT_USER, SWIFT_SECRET = "proj$people:swift", "swiftsecret"
CONTAINERS = {
    "swpriv": "", "swread": ".r:*", "swlist": ".r:*,.rlistings", "swref": ".r:*.example.com,.rlistings",
}  # fmt: skip

_CONFIG = """[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{monitor}]
ms bind msgr1 = false
ms bind port min = {low}
ms bind port max = {high}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
osd pool default pg num = 4
osd pool default pg autoscale mode = off
mon max pg per osd = 1000
# A monitor alone has nobody to wait for: this makes the start ten seconds shorter.
paxos propose interval = 0.02
paxos min wait = 0.01
run dir = {home}
admin socket =
log file = {home}/$name.log
mon data = {home}/mon
mon data avail warn = 1
mon data avail crit = 0
osd data = {home}/osd
rgw data = {home}/rgw
[osd]
osd objectstore = memstore
osd class load list = *
osd class default list = *
memstore device bytes = 4294967296
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw dns name = rgw.localhost
rgw swift account in url = true
rgw enable apis = s3, swift, swift_auth, admin
rgw thread pool size = 32
rgw enable gc threads = false
rgw enable lc threads = false
rgw enable quota threads = false
rgw run sync thread = false
rgw dynamic resharding = false
"""


@contextmanager
def rgw() -> Iterator[Server]:
    """The gateway, filled: S3 at `/bucket`, the tenant's at `/proj:bucket` and `/swift/v1/AUTH_proj/bucket/`."""
    monmaptool, ceph = require("monmaptool"), require("ceph")
    monitor, store, gateway = require("ceph-mon"), require("ceph-osd"), require("radosgw")
    admin = require("radosgw-admin")

    def begin(parts: Parts) -> Server:
        home, port, monitored, low = parts.home, parts.port(), parts.port(), parts.port()
        for folder in ("mon", "osd", "rgw"):
            (home / folder).mkdir()
        fsid, disk = str(uuid.uuid4()), str(uuid.uuid4())
        text = _CONFIG.format(fsid=fsid, home=home, port=port, monitor=monitored, low=low, high=low + 200)
        (home / "ceph.conf").write_text(text, encoding="utf-8")
        config = ["-c", f"{home}/ceph.conf"]
        at = f"[v2:127.0.0.1:{monitored}]"
        parts.once([monmaptool, "--create", "--fsid", fsid, "--addv", "a", at, f"{home}/monmap"])
        parts.once([monitor, "--mkfs", "-i", "a", "--monmap", f"{home}/monmap", *config])
        parts.start([monitor, "-f", "-i", "a", *config])
        parts.once([ceph, *config, "osd", "new", disk])
        parts.once([store, "-i", "0", "--mkfs", "--osd-uuid", disk, *config])
        parts.start([store, "-f", "-i", "0", *config])
        parts.start([gateway, "-f", "-n", "client.rgw", *config])
        server = Server("rgw", "127.0.0.1", port, False, home, home / "client.rgw.log", parts.group)
        parts.until(lambda: _answers(server), within=60)
        _users(parts, [admin, "-n", "client.rgw", *config])
        _fill(server)
        _fill_tenant(server)
        return server

    with together("rgw", begin) as server:
        yield server


def _answers(server: Server) -> bool:
    try:
        return send(server, "GET", "/")[0] == 200
    except OSError:
        return False


def _users(parts: Parts, admin: list[str]) -> None:
    for uid, (key, secret) in {"owner": OWNER, "stranger": STRANGER, "proj$people": TENANT}.items():
        parts.once(
            [*admin, "user", "create", "--uid", uid, "--display-name", uid, "--access-key", key, "--secret-key", secret]
        )
    swift = ["--uid", "proj$people", "--subuser", SWIFT_USER, "--access", "full", "--key-type", "swift"]
    parts.once([*admin, "subuser", "create", *swift, "--secret-key", SWIFT_SECRET])


def _fill(server: Server) -> None:
    client = s3.owner(server, *OWNER)
    s3.make(client, "priv")
    s3.make(client, "pubacl", acl="public-read")
    s3.make(client, "publicwrite", acl="public-read-write")
    s3.make(client, "authread", acl="authenticated-read")
    s3.make(client, "objacl", objects="public-read")
    s3.make(client, "both", acl="public-read", objects="public-read")
    s3.make(client, "empty", (), acl="public-read")

    for bucket in ("pubpol", "getonly", "prefixpol", "verpol", "uppol", "aclpol"):
        s3.make(client, bucket)
    s3.allow(client, "pubpol", ["s3:ListBucket", "s3:GetObject"], "", "/*")
    s3.allow(client, "getonly", ["s3:GetObject"], "/*")
    s3.allow(client, "prefixpol", ["s3:ListBucket"], Condition={"StringLike": {"s3:prefix": ["a/*"]}})
    s3.allow(client, "verpol", ["s3:ListBucketVersions"])
    s3.allow(client, "uppol", ["s3:ListBucketMultipartUploads"])
    s3.allow(client, "aclpol", ["s3:GetBucketAcl"])
    client.create_multipart_upload(Bucket="uppol", Key="pending.mp4")

    # Grants of one right each: the list is closed in the first and open in the second, whose grants can be read too.
    s3.make(client, "aclread")
    client.put_bucket_acl(Bucket="aclread", GrantReadACP=s3.ALL_USERS, GrantFullControl='id="owner"')
    s3.make(client, "full")
    client.put_bucket_acl(Bucket="full", GrantFullControl=f'{s3.ALL_USERS}, id="owner"')

    for bucket in ("versioned", "deleted"):
        client.create_bucket(Bucket=bucket, ACL="public-read")
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key, body in (("old.wav", BODY), ("old.wav", BODY * 2), ("gone.wav", BODY)):
        client.put_object(Bucket="versioned", Key=key, Body=body)
    client.delete_object(Bucket="versioned", Key="gone.wav")
    s3.fill(client, "deleted")
    each(lambda key: client.delete_object(Bucket="deleted", Key=key), KEYS)
    client.create_bucket(Bucket="pending", ACL="public-read")
    client.create_multipart_upload(Bucket="pending", Key="pending.mp4")


def _put(server: Server, root: str, token: dict[str, str], key: str) -> None:
    must(server, "PUT", f"{root}/{encoded(key)}", token, BODY)


def _fill_tenant(server: Server) -> None:
    client = s3.owner(server, *TENANT)
    s3.make(client, "tbk", acl="public-read")
    s3.make(client, "tpriv")
    granted = must(server, "GET", "/auth/v1.0", {"X-Auth-User": SWIFT_USER, "X-Auth-Key": SWIFT_SECRET})
    token = {"X-Auth-Token": granted["x-auth-token"]}
    for container, readers in CONTAINERS.items():
        root = f"/swift/v1/AUTH_proj$people/{container}"
        must(server, "PUT", root, {**token, **({"X-Container-Read": readers} if readers else {})})
        each(partial(_put, server, root, token), KEYS)
