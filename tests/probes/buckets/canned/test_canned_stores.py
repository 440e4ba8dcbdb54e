"""States of Google's, Oracle's and Microsoft's stores that no server gives, asked for through the real driver."""

from __future__ import annotations

import pytest

from probes.api import Clear, Exposed
from probes.reasons import ClosedReason, UndecidedReason, Why
from tests.probes.buckets.canned.looks import Said, look
from tests.servers.canned_store import CALLS, Bucket, Says, canned, decent, html
from tests.servers.canned_stores import OFF, Google, Microsoft, Oracle

LISTED = ("exposed", "listed")
DENIED = ("clear", "denied")
READABLE = ("exposed", "readable")
UNLISTED = ("exposed", "readable-not-listed")
HIDDEN = ("clear", "private-or-missing")

GCS: Said = {"provider": "gcs", "name": "calls"}
OCI: Said = {"provider": "oci", "name": "calls", "region": "eu-stockholm-1", "account": "axaxnpcrorw5"}
BLOB: Said = {"provider": "azure", "name": "calls", "account": "recordings"}
KEYS = {"keys": ["a/call 1.wav"]}


def google(**how: object) -> Google:
    return Google({"calls": Bucket(**how)})  # type: ignore[arg-type]


def oracle(**how: object) -> Oracle:
    return Oracle({"calls": Bucket(**how)})  # type: ignore[arg-type]


def microsoft(
    *, off: str = "", private: str = "ResourceNotFound", demands_tls: bool = False, **how: object
) -> Microsoft:
    account = {"recordings": {"calls": Bucket(**how)}}  # type: ignore[arg-type]
    return Microsoft(account, off, private, demands_tls)


# -- Google


@pytest.mark.parametrize("tls", [True, False], ids=["tls", "clear"])
@pytest.mark.parametrize("url", ["", "https://calls.storage.googleapis.com/", "gs://calls"])
async def test_an_open_bucket_of_google_s(url: str, *, tls: bool) -> None:
    async with canned(google(), tls=tls) as store:
        seen = await look(store, {"url": url} if url else GCS, tls=tls)
    decent(store.asked)
    assert isinstance(seen.verdict, Exposed)
    assert (seen.check("list"), seen.check("read")) == (LISTED, READABLE)
    assert (seen.check("write"), seen.check("acl")) == (DENIED, DENIED)
    assert seen.verdict.listing is not None
    assert [entry.name for entry in seen.verdict.listing.files] == list(CALLS)
    assert not any("authorization" in asked.headers for asked in store.asked)


async def test_with_a_credential_of_any_kind_google_says_401_of_the_same_bucket() -> None:
    # The trap that a credential which lies about would spring: shown here at the store itself, word for word.
    async with canned(google()) as store:
        await look(store, GCS)
        asked = store.asked[0]
        home = store.providers[0]
        assert home.says(asked).status == 200  # type: ignore[union-attr]
        signed = type(asked)("GET", asked.host, asked.path, asked.query, {**asked.headers, "authorization": ""}, True)
        refused = home.says(signed)
        assert refused is not None
        assert refused.status == 401
        store.fault = lambda asked: refused
        seen = await look(store, GCS)
    assert (seen.word, seen.verdict.why) == ("unknown", UndecidedReason.SIGNED_BY_MISTAKE)


async def test_a_private_bucket_of_google_s_and_one_that_nobody_holds() -> None:
    async with canned(google(lists=False, reads=False)) as store:
        private = await look(store, {**GCS, **KEYS})
        missing = await look(store, {"provider": "gcs", "name": "nobody"}, known=("list\n", "read\nx.wav"))
    assert (private.word, private.check("list"), private.check("read")) == ("clear", DENIED, DENIED)
    assert isinstance(missing.verdict, Clear)
    assert {check.why for check in missing.verdict.checks} == {ClosedReason.NO_BUCKET}


async def test_readable_objects_of_google_s_where_nothing_is_listed() -> None:
    async with canned(google(lists=False)) as store:
        known = await look(store, {**GCS, **KEYS})
        told = await look(store, GCS)
    assert (known.check("list"), known.check("read")) == (DENIED, UNLISTED)
    # No key is known: the store itself says that strangers hold storage.objects.get.
    assert (told.check("list"), told.check("read")) == (DENIED, UNLISTED)


async def test_google_s_own_word_that_strangers_may_write() -> None:
    home = google(lists=False, reads=False)
    home.allows = ("storage.objects.create", "storage.objects.delete")
    home.policy = (("allUsers", "roles/storage.objectCreator"), ("allAuthenticatedUsers", "roles/storage.objectViewer"))
    async with canned(home) as store:
        seen = await look(store, GCS)
    decent(store.asked)
    assert seen.check("write") == ("exposed", "write-granted")
    assert seen.check("acl") == ("exposed", "acl-readable")
    assert seen.check("any-account") == ("exposed", "any-account")
    assert seen.check("list") == DENIED


@pytest.mark.parametrize("state", ["", "soft delete"])
async def test_what_google_keeps_of_what_was_deleted(state: str) -> None:
    async with canned(google(old=("gone.wav", "old.wav"), state=state)) as store:
        seen = await look(store, GCS)
    assert seen.check("versions") == ("exposed", "versions-listed")


async def test_a_bucket_of_google_s_whose_requester_pays() -> None:
    async with canned(google(state="requester pays")) as store:
        seen = await look(store, GCS)
    assert (seen.word, seen.verdict.why) == ("unknown", UndecidedReason.NOT_OFFERED)


async def test_an_empty_bucket_of_google_s_is_open() -> None:
    async with canned(google(keys=[])) as store:
        seen = await look(store, GCS)
    assert (seen.word, seen.check("list")) == ("exposed", ("exposed", "empty-listable"))


# -- Oracle


@pytest.mark.parametrize("tls", [True, False], ids=["tls", "clear"])
async def test_an_open_bucket_of_oracle_s(*, tls: bool) -> None:
    async with canned(oracle(old=("gone.wav",)), tls=tls) as store:
        seen = await look(store, OCI, tls=tls)
    decent(store.asked)
    assert (seen.check("list"), seen.check("read")) == (LISTED, READABLE)
    assert seen.check("versions") == ("exposed", "versions-listed")
    assert store.hosts == ["objectstorage.eu-stockholm-1.oraclecloud.com"]


async def test_a_private_and_a_missing_bucket_of_oracle_s_are_alike() -> None:
    async with canned(oracle(lists=False, reads=False)) as store:
        private = await look(store, {**OCI, **KEYS})
        missing = await look(store, {**OCI, **KEYS, "name": "nobody"})
        elsewhere = await look(store, {**OCI, **KEYS, "account": "another0ne"})
    for seen in (private, missing, elsewhere):
        assert (seen.word, seen.check("list"), seen.check("read")) == ("clear", HIDDEN, HIDDEN)


async def test_objects_of_oracle_s_that_are_read_without_a_list() -> None:
    async with canned(oracle(lists=False)) as store:
        known = await look(store, {**OCI, **KEYS})
        nothing = await look(store, OCI)
    assert (known.word, known.check("list"), known.check("read")) == ("exposed", HIDDEN, UNLISTED)
    assert (nothing.word, nothing.check("read")) == ("clear", ("unknown", "no-known-key"))


# -- Microsoft


@pytest.mark.parametrize("tls", [True, False], ids=["tls", "clear"])
async def test_an_open_container(*, tls: bool) -> None:
    async with canned(microsoft(), tls=tls) as store:
        seen = await look(store, BLOB, tls=tls)
    decent(store.asked)
    assert (seen.check("list"), seen.check("read")) == (LISTED, READABLE)
    assert seen.check("acl")[0] == "clear"
    assert all(asked.headers["x-ms-version"] >= "2019-12-12" for asked in store.asked)


@pytest.mark.parametrize("private", ["ResourceNotFound", "NoAuthenticationInformation"])
async def test_a_private_container_and_one_whose_blobs_are_open(private: str) -> None:
    async with canned(microsoft(private=private, lists=False)) as store:
        level_blob = await look(store, BLOB)
    async with canned(microsoft(private=private, lists=False, reads=False)) as store:
        closed = await look(store, {**BLOB, **KEYS}, known=("read\n", "list\n"))
    assert (level_blob.word, level_blob.check("list"), level_blob.check("read")) == ("exposed", HIDDEN, UNLISTED)
    assert (closed.word, closed.check("list"), closed.check("read")) == ("clear", HIDDEN, HIDDEN)


@pytest.mark.parametrize("off", OFF)
async def test_an_account_that_is_shut(off: str) -> None:
    async with canned(microsoft(off=off)) as store:
        seen = await look(store, {**BLOB, **KEYS}, known=("list\n", "read\na/call 1.wav"))
    why = {
        "AccountIsDisabled": UndecidedReason.DISABLED,
        "AuthorizationFailure": UndecidedReason.FIREWALLED,
        "ServerBusy": UndecidedReason.THROTTLED,
    }
    if off == "PublicAccessNotPermitted":
        assert isinstance(seen.verdict, Clear)
        assert {check.why for check in seen.verdict.checks} == {ClosedReason.PUBLIC_ACCESS_OFF}
    else:
        assert (seen.word, seen.verdict.why) == ("unknown", why[off])
        assert {kind for kind, _ in seen.checks.values()} == {"unknown"}


async def test_an_account_that_wants_tls() -> None:
    async with canned(microsoft(demands_tls=True), tls=False) as store:
        in_clear = await look(store, BLOB, tls=False)
    async with canned(microsoft(demands_tls=True)) as store:
        in_tls = await look(store, BLOB)
    assert (in_clear.word, in_clear.verdict.why) == ("unknown", UndecidedReason.NOT_OFFERED)
    assert in_tls.word == "exposed"


@pytest.mark.parametrize("state", ["versions", "snapshots", "deleted"])
async def test_what_an_account_keeps_of_what_was_deleted(state: str) -> None:
    async with canned(microsoft(old=("gone.wav",), state=state)) as store:
        seen = await look(store, BLOB)
    assert seen.check("versions") == ("exposed", "versions-listed")
    detail = next(check for check in seen.verdict.checks if check.name == "versions")
    assert detail.verdict == "exposed"


# -- all of them


@pytest.mark.parametrize(
    ("said", "home"), [(GCS, google()), (OCI, oracle()), (BLOB, microsoft())], ids=["gcs", "oci", "azure"]
)
@pytest.mark.parametrize(
    ("says", "why"),
    [
        (html(403), UndecidedReason.REFUSED_BY_FRONT),
        (html(200, "Welcome"), UndecidedReason.NOT_A_STORE),
        (html(404, "Not Found"), UndecidedReason.NOT_A_STORE),
        (html(503, "Service Unavailable"), UndecidedReason.THROTTLED),
        (Says(429, headers={"Retry-After": "3600"}), UndecidedReason.THROTTLED),
        (Says(302, headers={"Location": "https://login.example/"}), UndecidedReason.REDIRECTED),
    ],
)  # fmt: skip
async def test_a_front_decides_nothing(said: Said, home: object, says: Says, why: Why) -> None:
    async with canned(home) as store:  # type: ignore[arg-type]
        store.fault = lambda asked: says
        seen = await look(store, {**said, **KEYS}, known=("list\n", "read\na/call 1.wav"))
    assert (seen.word, seen.verdict.why) == ("unknown", why)
    assert {kind for kind, _ in seen.checks.values()} == {"unknown"}
    decent(store.asked)


@pytest.mark.parametrize(
    ("said", "home"),
    [(GCS, google), (OCI, oracle), (BLOB, microsoft)],
    ids=["gcs", "oci", "azure"],
)
async def test_a_prefix_is_listed_where_the_root_is_not_only_at_google_s(said: Said, home: type) -> None:
    async with canned(home(lists=False, prefixes=("a/",))) as store:
        seen = await look(store, {**said, "prefixes": ["a/", "b/"]})
    opened = "exposed" if said is GCS else "clear"
    assert [seen.check(name)[0] for name in ("list", "list a/", "list b/")] == ["clear", opened, "clear"]
