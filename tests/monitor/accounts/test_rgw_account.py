"""A Ceph gateway's account, read by both of its protocols; and a request that is signed with a probing key."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from monitor.accounts.bucket_settings import Open
from monitor.network.stores.credentials import Keys
from monitor.network.stores.sigv4 import sign
from tests.monitor.accounts.owners import read, states
from tests.servers.launch import Server

SEEN = {
    "priv": Open.CLOSED,
    "objacl": Open.CLOSED,  # its objects are open by themselves: only a look from outside shows it
    "pubacl": Open.OPEN,
    "publicwrite": Open.OPEN,
    "authread": Open.OPEN,
    "pubpol": Open.OPEN,
    "getonly": Open.OPEN,
    "verpol": Open.OPEN,
    "aclread": Open.OPEN,
    "prefixpol": Open.UNKNOWN,  # the gateway calls it private, and a stranger lists a part of it
}


def test_by_s3(rgw: Server) -> None:
    from tests.servers import rgw as seeded

    found = read(Keys(*seeded.OWNER), provider="s3", endpoint=rgw.url)
    assert (found.faults, found.complete) == ((), True)
    assert SEEN.items() <= states(found).items()


def test_by_swift(rgw: Server) -> None:
    from tests.servers import rgw as seeded

    keys = Keys(seeded.SWIFT_USER, seeded.SWIFT_SECRET)
    found = read(keys, provider="swift", auth=f"{rgw.url}/auth/v1.0")
    assert (found.faults, found.complete) == ((), True)
    says = states(found)
    opened = {name for name, readers in seeded.CONTAINERS.items() if readers}
    assert {name for name, state in says.items() if state is Open.OPEN} == opened
    assert says["swpriv"] is Open.CLOSED


def test_wrong_keys_read_nothing_and_say_so(rgw: Server) -> None:
    found = read(Keys("nobody", "nothing"), provider="s3", endpoint=rgw.url)
    assert (found.buckets, found.complete) == ((), False)
    assert "InvalidAccessKeyId" in " ".join(found.faults)
    swift = read(Keys("nobody", "nothing"), provider="swift", auth=f"{rgw.url}/auth/v1.0")
    assert (swift.buckets, swift.complete) == ((), False)
    assert "forbidden" in " ".join(swift.faults)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/authread?list-type=2&max-keys=2&encoding-type=url", 200),
        ("/authread?list-type=2&prefix=a%20b%2F%2B&delimiter=%2F", 200),
        ("/authread/?acl", 403),
        ("/priv?list-type=2", 403),
        ("/pubacl?uploads", 200),
    ],
)
def test_a_probing_key_signs_what_a_stranger_with_an_account_may_see(rgw: Server, path: str, status: int) -> None:
    from tests.servers import rgw as seeded

    url = rgw.url + path
    headers = dict(sign("GET", url, (("Range", "bytes=0-0"),), "", Keys(*seeded.STRANGER), datetime.now(UTC)))
    request = Request(url, headers={**headers, "Range": "bytes=0-0"})  # noqa: S310  loopback
    found, body = status, b"AccessDenied"
    try:
        with urlopen(request) as answer:  # noqa: S310
            found = 200 if answer.status == 206 else answer.status
    except HTTPError as error:
        found, body = error.code, error.read()
    assert found == status
    assert b"AccessDenied" in body
