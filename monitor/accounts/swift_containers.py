"""Reads the read access lists of a Swift account's containers with a token: TempAuth's, Keystone's, or a gateway's."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from monitor.accounts.bucket_settings import Absent, BucketSettings, Read, Setting, Unreadable
from monitor.accounts.signed_http import Guarded, NoReply, Reply
from monitor.inventory.model.accounts import Account, keystone
from monitor.network.stores.credentials import Keys
from probes.reasons import ClosedReason, UndecidedReason

MOST_CONTAINERS = 100_000
PAGE = 10_000
AT_ONCE = 8

_PRINTABLE = re.compile(r"[\x21-\x7e]{1,8192}")
_OWNERS_ONLY = ("x-container-read", "x-container-write", "x-container-sync-key", "x-container-sync-to")
"""What Swift shows to an account's owners alone: one of these anywhere proves that we are shown them all."""
_OPERATORS = frozenset({"admin", "swiftoperator", "objectstore_operator", "reselleradmin", "object-store-admin"})


def read_containers(
    account: Account, keys: Keys, way: Guarded
) -> tuple[tuple[BucketSettings, ...], tuple[str, ...], str]:
    """Every container with its read access list; what could not be read; and the account's URL, empty if unknown."""
    try:
        token, storage, operator = _log_in(account, keys, way)
    except NoReply as error:
        return (), (f"log in at {urlsplit(account.auth or '').hostname}: {error}",), ""
    project = urlsplit(storage).path.rstrip("/").rpartition("/")[2]
    names, short = _listed(way, storage, token)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="account") as pool:
        heads = dict(zip(names, pool.map(lambda name: _head(way, storage, token, name), names), strict=True))
    shown = operator or account.operator or any(_proves_owner(head) for head in heads.values())
    found = tuple(BucketSettings(name, project, readers=_readers(head, shown=shown)) for name, head in heads.items())
    return found, (f"list of containers: {short}",) if short else (), storage


def _head(way: Guarded, storage: str, token: str, name: str) -> Reply | NoReply:
    url = f"{storage}/{quote(name, safe='')}"
    try:
        reply = way.send("HEAD", url, {"X-Auth-Token": token})
        # A gateway sends us to the same container with a slash behind it.
        return way.send("HEAD", f"{url}/", {"X-Auth-Token": token}) if reply.status == 301 else reply
    except NoReply as error:
        return error


def _log_in(account: Account, keys: Keys, way: Guarded) -> tuple[str, str, bool]:
    """Token, storage URL without its final slash, and whether the roles say that access lists are shown."""
    auth = (account.auth or "").rstrip("/")
    if keystone(account):
        return _keystone(account, keys, way, auth)
    reply = way.send("GET", auth, {"X-Auth-User": keys.id, "X-Auth-Key": keys.secret})
    if reply.status not in (200, 204):
        raise _refused(reply)
    return _token(reply.headers.get("x-auth-token")), _storage(account, reply.headers.get("x-storage-url", "")), False


def _keystone(account: Account, keys: Keys, way: Guarded, auth: str) -> tuple[str, str, bool]:
    domain = {"name": account.domain}
    body: dict[str, Any]
    if account.credentials.application_credential is not None:
        identity = {
            "methods": ["application_credential"],
            "application_credential": {"id": keys.id, "secret": keys.secret},
        }
        body = {"auth": {"identity": identity}}
    else:
        user = {"name": keys.id, "password": keys.secret, "domain": domain}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"name": account.project, "domain": domain}}}}
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    reply = way.send("POST", f"{auth}/auth/tokens", headers, json.dumps(body).encode())
    if reply.status not in (200, 201):
        raise _refused(reply)
    try:
        token = json.loads(reply.body)["token"]
        stores = [
            endpoint
            for service in token.get("catalog", [])
            if service.get("type") == "object-store"
            for endpoint in service.get("endpoints", [])
            if endpoint.get("interface") == "public"
        ]
        regional = [one for one in stores if one.get("region_id", one.get("region")) == account.region]
        url = str((regional or stores)[0]["url"]) if stores else ""
        roles = {str(role.get("name", "")).lower() for role in token.get("roles", [])}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _odd() from None
    return _token(reply.headers.get("x-subject-token")), _storage(account, url), bool(roles & _OPERATORS)


def _storage(account: Account, url: str) -> str:
    """Where the account lies: as the store says, at the endpoint that is declared if there is one.

    The guard refuses every host but those of the inventory, whatever the store says here.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or not path or not _PRINTABLE.fullmatch(url):
        raise _odd()
    if account.endpoint is not None:
        declared = urlsplit(account.endpoint)
        own = declared.path.rstrip("/")
        # An endpoint with a path of its own is the account itself.
        return urlunsplit((declared.scheme, declared.netloc, own or path, "", ""))
    if parts.scheme == "http" and (account.auth or "").startswith("https:"):
        # Many stores say `http` behind a proxy that speaks TLS: a token does not go out in clear text for that.
        parts = parts._replace(scheme="https")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _token(text: str | None) -> str:
    if text is None or not _PRINTABLE.fullmatch(text):
        raise _odd()
    return text


def _listed(way: Guarded, storage: str, token: str) -> tuple[list[str], str]:
    """The names of the containers, and why that is not all of them, if it is not."""
    names: dict[str, None] = {}
    marker = ""
    while True:
        after = f"&marker={quote(marker, safe='')}" if marker else ""
        try:
            reply = way.send("GET", f"{storage}?format=json&limit={PAGE}{after}", {"X-Auth-Token": token})
            if reply.status == 204:
                return list(names), ""
            if reply.status != 200:
                raise _refused(reply)
            page = _names(reply)
        except NoReply as error:
            return list(names), str(error)
        if not page:
            # Some send short pages with more to come: only an empty one ends the list.
            return list(names), ""
        before = len(names)
        names |= dict.fromkeys(page)
        if len(names) == before or page[-1] <= marker:
            return list(names), "it goes on without an end"
        if len(names) > MOST_CONTAINERS:
            return list(names)[:MOST_CONTAINERS], "more are listed than are read at a time"
        marker = page[-1]


def _names(reply: Reply) -> list[str]:
    try:
        page = json.loads(reply.body)
        names = [one["name"] for one in page if "subdir" not in one]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _odd() from None
    if not all(isinstance(name, str) and 0 < len(name) <= 256 and _encodes(name) for name in names):
        raise _odd()
    return names


def _encodes(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _proves_owner(head: Reply | NoReply) -> bool:
    return isinstance(head, Reply) and head.status < 300 and any(name in head.headers for name in _OWNERS_ONLY)


def _readers(head: Reply | NoReply, *, shown: bool) -> Setting[str]:
    if isinstance(head, NoReply):
        return Unreadable(str(head))
    if head.status >= 300:
        return Unreadable(f"refused with status {head.status}")
    text = head.headers.get("x-container-read")
    if text is not None:
        return Read(text[:8192])
    # No list and a list that is hidden from us look the same.
    return Absent() if shown else Unreadable("not shown to this user, or there is none: see `operator`")


def _refused(reply: Reply) -> NoReply:
    if reply.status in (401, 403):
        return NoReply(ClosedReason.FORBIDDEN, f"status {reply.status}")
    return NoReply(UndecidedReason.STATUS_UNEXPECTED, f"status {reply.status}")


def _odd() -> NoReply:
    return NoReply(UndecidedReason.NOT_A_STORE, "an answer that cannot be read")
