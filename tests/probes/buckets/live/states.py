"""The truth about every seeded bucket: what a stranger is answered to each question, and which checks are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from _pytest.mark import ParameterSet

from tests.servers.azurite import TAKEN, VERSION
from tests.servers.stored import COLLAPSED, KEYS, KNOWN, MISSING, PREFIX, encoded

REFERER = "http://www.example.com/"
RANGE = {"Range": "bytes=0-0"}

Dialect = Literal["s3", "swift", "azure"]
Verdict = Literal["exposed", "clear", "unknown"]

QUESTIONS: dict[Dialect, tuple[str, ...]] = {
    "s3": ("list", "prefix", "versions", "uploads", "read", "missing", "acl", "policy", "head"),
    "swift": ("list", "prefix", "versions", "read", "missing", "head", "list-referer", "read-referer"),
    "azure": ("list", "prefix", "versions", "read", "missing", "acl", "head"),
}
"""What is asked of a bucket, in the order of the columns below."""
DOORS: dict[Dialect, tuple[str, ...]] = {
    "s3": ("list", f"list {PREFIX}", "versions", "uploads", "read", "acl"),
    "swift": ("list", f"list {PREFIX}", "read"),
    "azure": ("list", f"list {PREFIX}", "read"),
}
"""The checks that every state of a dialect says something about."""


@dataclass(frozen=True, slots=True)
class State:
    """One bucket by one protocol. What it needs to be declared for its checks to be seen is given with it."""

    server: str
    """The name of the fixture that serves it (tests/servers/stores.py)."""
    dialect: Dialect
    bucket: str
    """Its name as people write it."""
    root: str
    """Its path at the server, percent-encoded, without a slash at its end."""
    how: str
    """What was done to it."""
    raw: Mapping[str, int]
    """The status of the answer to each of `QUESTIONS`, asked anonymously."""
    checks: Mapping[str, Verdict]
    """What must be said of each check, with `prefix`, `key` and `referers` declared. A check that is not in it is open
    to discussion: the store lacks the question, or nothing lies there by which it could be told."""
    keys: tuple[str, ...]
    """All that a complete listing shows, in code-point order; what it would show where it is refused."""
    key: str = KNOWN
    """A key to declare; it lies there unless `keys` is empty."""
    prefix: str = PREFIX
    referers: tuple[str, ...] = ()
    account: str = ""
    sealed: tuple[str, ...] = ()
    """Of `keys`, those that the store lists and refuses to hand over where it hands over the others."""
    signed: int = 0
    """The status of a list signed by an account that has nothing to do with it; 0: not asked."""

    @property
    def name(self) -> str:
        """For the id of a test."""
        return f"{self.server}-{self.dialect}-{self.bucket}".replace(":", "_").replace(" ", "_")

    @property
    def verdict(self) -> Verdict:
        """What is to be said of the bucket as a whole."""
        if "exposed" in self.checks.values():
            return "exposed"
        return self.checks["list"]


def s3(bucket: str, how: str, raw: str, opens: str = "", *, server: str = "rgw", **more: Any) -> State:
    """A bucket by the S3 protocol."""
    return _state(server, "s3", bucket, f"/{bucket}", how, raw, opens, **more)


def weed(bucket: str, how: str, raw: str, opens: str = "", **more: Any) -> State:
    """A bucket of SeaweedFS."""
    return s3(bucket, how, raw, opens, server="seaweed", **{"keys": COLLAPSED, **more})


def swift(bucket: str, how: str, raw: str, opens: str = "", **more: Any) -> State:
    """A container of OpenStack Swift."""
    root = f"/v1/AUTH_test/{encoded(bucket)}"
    return _state("swift", "swift", bucket, root, how, raw, opens, account="AUTH_test", **more)


def second(bucket: str, how: str, raw: str, opens: str = "", **more: Any) -> State:
    """A bucket of Ceph's by its second check, the Swift protocol."""
    root = f"/swift/v1/AUTH_proj/{bucket}"
    return _state("rgw", "swift", bucket, root, how, raw, opens, account="AUTH_proj", **more)


def azure(bucket: str, how: str, raw: str, opens: str = "", **more: Any) -> State:
    """A container of Azurite."""
    more = {"keys": TAKEN, "account": "devstoreaccount1", **more}
    return _state("azurite", "azure", bucket, f"/devstoreaccount1/{bucket}", how, raw, opens, **more)


def _state(
    server: str,
    dialect: Dialect,
    bucket: str,
    root: str,
    how: str,
    raw: str,
    opens: str,
    *,
    keys: tuple[str, ...] = KEYS,
    unknown: str = "",
    unsaid: str = "",
    also: Mapping[str, Verdict] | None = None,
    **more: Any,
) -> State:
    """`opens`, `unknown` and `unsaid` name checks (`prefix` for the list of the prefix); every other check is clear."""
    checks: dict[str, Verdict] = {}
    for check in DOORS[dialect]:
        word = "prefix" if check.startswith("list ") else check
        if word not in unsaid.split():
            shut: Verdict = "unknown" if word in unknown.split() else "clear"
            checks[check] = "exposed" if word in opens.split() else shut
    statuses = dict(zip(QUESTIONS[dialect], map(int, raw.split()), strict=True))
    return State(server, dialect, bucket, root, how, statuses, {**checks, **(also or {})}, keys, **more)


REF = (REFERER,)
READ_ACL: Mapping[str, Verdict] = {"acl": "exposed"}
OLD: dict[str, Any] = {"keys": ("old.wav",), "key": "old.wav"}
GONE: dict[str, Any] = {"keys": ()}
NOTHING: dict[str, Any] = {"unsaid": "read", "keys": ()}
OLDER: dict[str, Any] = {**OLD, "also": {"versions": "exposed"}}
ACCOUNTS: dict[str, Any] = {"also": {"any-account": "exposed"}, "signed": 200}
BROKEN: dict[str, Any] = {"unknown": "list", "keys": KEYS}
SEALED: dict[str, Any] = {"sealed": ("x\ny.wav",)}
"""No `*` of a SeaweedFS policy stands for a newline."""
WRITE: Mapping[str, Verdict] = {"write": "exposed"}
BARE = "list prefix"
OLDLIST = BARE + " versions"
BOTH = "list prefix read"
LISTED = "list prefix versions uploads"
GRANTED = LISTED + " acl"
ALL = LISTED + " read acl"

# fmt: off
STATES: tuple[State, ...] = (
    # Ceph by S3; the columns are QUESTIONS["s3"]
    s3("priv", "nothing",                             "403 403 403 403 403 403 403 403 403", signed=403),
    s3("pubacl", "ACL public-read",                   "200 200 200 200 403 404 403 403 200", LISTED),
    s3("publicwrite", "ACL public-read-write",        "200 200 200 200 403 404 403 403 200", LISTED),
    s3("both", "ACL public-read, of the objects too", "200 200 200 200 206 404 403 403 200", LISTED + " read"),
    s3("authread", "ACL authenticated-read",          "403 403 403 403 403 403 403 403 403", **ACCOUNTS),
    s3("objacl", "ACL of the objects alone",          "403 403 403 403 206 403 403 403 403", "read"),
    s3("empty", "ACL public-read, nothing in it",     "200 200 200 200 404 404 403 403 200", LISTED, **NOTHING),
    s3("pubpol", "policy: list and get",              "200 200 403 403 206 404 403 403 200", BOTH),
    s3("getonly", "policy: get",                      "403 403 403 403 206 403 403 403 403", "read"),
    s3("prefixpol", "policy: list below a/",          "403 200 403 403 403 403 403 403 403", "prefix"),
    s3("verpol", "policy: list versions",             "403 403 200 403 403 403 403 403 403", "versions"),
    s3("uppol", "policy: list uploads",               "403 403 403 200 403 403 403 403 403", "uploads"),
    s3("aclpol", "policy: get the ACL",               "403 403 403 403 403 403 200 403 403", "acl"),
    s3("aclread", "ACL: its grants can be read",      "403 403 403 403 403 403 200 404 403", "acl"),
    s3("full", "ACL: everything to everybody",        "200 200 200 200 403 404 200 404 200", GRANTED, also=WRITE),
    s3("versioned", "public-read, old versions",      "200 200 200 200 403 404 403 403 200", LISTED, **OLD),
    s3("deleted", "public-read, all of it deleted",   "200 200 200 200 404 404 403 403 200", LISTED, **NOTHING),
    s3("pending", "public-read, an upload pending",   "200 200 200 200 404 404 403 403 200", LISTED, **NOTHING),
    s3("nosuch", "there is none",                     "404 404 404 404 404 404 404 404 404", **GONE),
    s3("proj:tbk", "a tenant's, ACL public-read",     "200 200 200 200 403 404 403 403 200", LISTED),
    s3("proj:tpriv", "a tenant's, nothing",           "403 403 403 403 403 403 403 403 403", signed=403),
    s3("proj:swpriv", "by Swift: nothing",            "403 403 403 403 403 403 403 403 403"),
    s3("proj:swread", "by Swift: .r:*",               "200 200 200 200 206 404 200 404 200", ALL),
    s3("proj:swlist", "by Swift: .r:*,.rlistings",    "200 200 200 200 206 404 200 404 200", ALL),
    s3("tbk", "a tenant's, asked without its tenant", "404 404 404 404 404 404 404 404 404", **GONE),
    # SeaweedFS
    weed("priv", "nothing",                           "403 403 403 403 403 403 403 403 403"),
    weed("pubcont", "identity: list and read",        "200 200 200 200 206 404 403 404 200", LISTED + " read"),
    weed("pubpol", "policy: list and get",            "200 200 403 403 206 404 403 403 200", BOTH, **SEALED),
    weed("objonly", "identity: read",                 "403 403 403 200 206 404 403 404 200", "read uploads"),
    weed("pubacl", "ACL public-read",                 "200 200 403 403 206 404 403 403 200", BOTH),
    weed("empty", "identity: list, nothing in it",    "200 200 200 403 403 403 403 403 403", OLDLIST, **GONE),
    weed("nosuch", "there is none",                   "403 403 403 403 403 403 403 403 403", **GONE),
    # OpenStack Swift; the columns are QUESTIONS["swift"]
    swift("priv", "nothing",                          "401 401 401 401 401 401 401 401"),
    swift("pubread", ".r:*",                          "401 401 401 206 404 401 401 206", "read"),
    swift("publist", ".r:*,.rlistings",               "200 200 200 206 404 204 200 206", BOTH),
    swift("webindex", ".r:*, Web-Listings",           "401 401 401 206 404 401 401 206", "read"),
    swift("refonly", ".r:*.example.com,.rlistings",   "401 401 401 401 401 401 200 206", BOTH, referers=REF),
    swift("refread", ".r:*.example.com",              "401 401 401 401 401 401 401 206", "read", referers=REF),
    swift("empty", "the same, nothing in it",         "200 200 200 404 404 204 200 404", BARE, **NOTHING),
    swift("versioned", "the same, old versions",      "200 200 200 206 404 204 200 206", BOTH, **OLDER),
    swift("samtal 2019", "the same, a space",         "200 200 200 206 404 204 200 206", BOTH),
    swift("nosuch", "there is none",                  "401 401 401 401 401 401 401 401", **GONE),
    # Ceph by Swift
    second("swpriv", "nothing",                       "403 403 403 401 401 403 403 401"),
    second("swread", ".r:*",                          "200 200 200 206 404 204 200 206", BOTH, also=READ_ACL),
    second("swlist", ".r:*,.rlistings",               "200 200 200 206 404 204 200 206", BOTH, also=READ_ACL),
    second("swref", ".r:*.example.com,.rlistings",    "403 403 403 401 401 403 200 206", BOTH, referers=REF),
    second("tbk", "by S3: ACL public-read",           "200 200 200 401 404 204 200 401", BARE),
    second("tpriv", "by S3: nothing",                 "403 403 403 401 401 403 403 401"),
    second("nosuch", "there is none",                 "404 404 404 404 404 404 404 404", **GONE),
    # Azurite; the columns are QUESTIONS["azure"]
    azure("priv", "nothing",                          "403 403 403 403 403 403 403", unknown=BOTH),
    azure("pubcont", "level container",               "200 200 200 206 404 200 200", BOTH),
    azure("pubblob", "level blob",                    "403 403 403 206 404 403 403", "read"),
    azure("$web", "level container, a website",       "200 200 200 206 404 200 200", BOTH),
    azure("empty", "level container, nothing in it",  "200 200 200 404 404 200 200", BARE, **NOTHING),
    azure("control", "a control character in a key",  "500 200 500 206 404 200 200", "prefix read", **BROKEN),
    azure("nosuch", "there is none",                  "403 403 403 403 403 403 403", unknown=BOTH, **GONE),
)
# fmt: on


def cases(states: Iterable[State] = STATES) -> list[ParameterSet]:
    """For `parametrize("state", cases())`: each with its name, by which all of a server's go to one worker."""
    return [pytest.param(one, id=one.name) for one in states]


Question = tuple[str, str, dict[str, str]]
"""Method, path with query, headers."""


def questions(state: State) -> dict[str, Question]:
    """How each of `QUESTIONS` is asked of this bucket."""
    root, key, missing = state.root, f"{state.root}/{encoded(state.key)}", f"{state.root}/{MISSING}"
    read: dict[str, Question] = {"read": ("GET", key, RANGE), "missing": ("GET", missing, RANGE)}
    if state.dialect == "s3":
        asked = {"list": "list-type=2", "prefix": f"list-type=2&prefix={encoded(state.prefix)}"}
        asked |= {one: one for one in ("versions", "uploads", "acl", "policy")}
        listed: dict[str, Question] = {name: ("GET", f"{root}/?{query}", {}) for name, query in asked.items()}
        return {**listed, **read, "head": ("HEAD", f"{root}/", {})}
    if state.dialect == "swift":
        come = {"Referer": REFERER}
        return {
            # Ceph sends whoever forgets the slash to it; Swift does not mind it.
            "list": ("GET", f"{root}/?format=json", {}),
            "prefix": ("GET", f"{root}/?format=json&prefix={encoded(state.prefix)}", {}),
            "versions": ("GET", f"{root}/?format=json&versions", {}),
            **read,
            "head": ("HEAD", f"{root}/", {}),
            "list-referer": ("GET", f"{root}/?format=json", come),
            "read-referer": ("GET", key, {**RANGE, **come}),
        }
    # Without a version Azure answers as it did at its very beginning.
    version = {"x-ms-version": VERSION}
    container = f"{root}?restype=container"
    return {
        "list": ("GET", f"{container}&comp=list", version),
        "prefix": ("GET", f"{container}&comp=list&prefix={encoded(state.prefix)}", version),
        "versions": ("GET", f"{container}&comp=list&include=versions,snapshots,deleted", version),
        "read": ("GET", key, {**RANGE, **version}),
        "missing": ("GET", missing, version),
        "acl": ("GET", f"{container}&comp=acl", version),
        "head": ("HEAD", container, version),
    }
