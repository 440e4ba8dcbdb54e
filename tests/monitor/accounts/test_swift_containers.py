"""Reading a Swift account: Keystone, what a reader is not shown, and answers that are not to be trusted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from monitor.accounts.bucket_settings import Open
from monitor.network.stores.credentials import Keys
from tests.monitor.accounts.owners import read, states

KEYS = Keys("reader", "word")
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Store:
    """A Swift with a Keystone before it, that says what a test tells it to."""

    port: int
    containers: dict[str, str | None] = field(default_factory=dict)
    """Name to its read access list; None: the header is not shown."""
    roles: tuple[str, ...] = ()
    catalog: str = ""
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    instead: dict[str, Answer] = field(default_factory=dict)
    """Answers by verb and path."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, verb: str, target: str, body: bytes) -> Answer:
        path, _, query = target.partition("?")
        if f"{verb} {path}" in self.instead:
            return self.instead[f"{verb} {path}"]
        if path == "/v3/auth/tokens":
            endpoint = {"interface": "public", "url": self.catalog or f"{self.url}/v1/AUTH_p", "region": "one"}
            services = [{"type": "object-store", "endpoints": [endpoint]}]
            token = {"catalog": services, "roles": [{"name": role} for role in self.roles]}
            return 201, {"X-Subject-Token": "tok"}, json.dumps({"token": token}).encode()
        if path == "/auth/v1.0":
            return 200, {"X-Auth-Token": "tok", "X-Storage-Url": self.catalog or f"{self.url}/v1/AUTH_p"}, b""
        if path == "/v1/AUTH_p":
            marker = query.partition("marker=")[2]
            page = [{"name": name} for name in sorted(self.containers) if name > marker][:2]
            return 200, {}, json.dumps(page).encode()
        readers = self.containers.get(path.rpartition("/")[2])
        return 204, {} if readers is None else {"X-Container-Read": readers}, b""


@pytest.fixture
def store() -> Iterator[Store]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            one.asked.append((self.command, self.path, dict(self.headers.items()), body))
            status, headers, text = one.answer(self.command, self.path, body)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            if status != 204:
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

        do_GET = do_POST = do_HEAD = answer  # noqa: N815  as http.server calls them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one = Store(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield one
    server.shutdown()
    server.server_close()


def keystone(store: Store, **more: Any) -> Any:
    return read(KEYS, provider="swift", auth=f"{store.url}/v3", project="calls", region="one", **more)


def test_keystone_gives_a_token_for_a_project(store: Store) -> None:
    store.containers = {"a": ".r:*", "b": None, "c": ".r:*,.rlistings", "d": "p:u", "e": None}
    found = keystone(store)
    assert states(found) == {"a": Open.OPEN, "b": Open.CLOSED, "c": Open.OPEN, "d": Open.CLOSED, "e": Open.CLOSED}
    verb, path, _, body = store.asked[0]
    assert (verb, path) == ("POST", "/v3/auth/tokens")
    assert json.loads(body)["auth"]["scope"]["project"] == {"name": "calls", "domain": {"name": "Default"}}
    assert all(headers["X-Auth-Token"] == "tok" for _, _, headers, _ in store.asked[1:])


def test_an_application_credential_has_no_scope(store: Store) -> None:
    own = {"application_credential": "env:A", "secret_key": "env:B"}
    read(KEYS, provider="swift", auth=f"{store.url}/v3", credentials=own)
    sent = json.loads(store.asked[0][3])["auth"]
    assert sent == {
        "identity": {
            "methods": ["application_credential"],
            "application_credential": {"id": "reader", "secret": "word"},
        }
    }


def test_a_list_that_is_not_shown_is_unknown(store: Store) -> None:
    """Swift shows access lists to owners alone; to a reader every container looks private."""
    store.containers = {"a": None, "b": None}
    assert set(states(keystone(store)).values()) == {Open.UNKNOWN}
    store.roles = ("reader", "Admin")
    assert set(states(keystone(store)).values()) == {Open.CLOSED}
    store.roles = ("reader",)
    assert set(states(keystone(store, operator="true")).values()) == {Open.CLOSED}


def test_a_storage_url_elsewhere_is_refused_and_gets_no_token(store: Store, never: Any) -> None:
    store.catalog = f"{never.url}/v1/AUTH_p"
    found = keystone(store)
    assert not found.complete
    assert "out-of-scope" in " ".join(found.faults)
    assert len(store.asked) == 1


def test_a_declared_endpoint_goes_before_what_the_store_says(store: Store, never: Any) -> None:
    store.containers, store.catalog = {"a": ".r:*"}, f"{never.url}/v1/AUTH_p"
    assert states(keystone(store, endpoint=store.url)) == {"a": Open.OPEN}


@pytest.mark.parametrize(
    "answer",
    [
        (403, {}, b""),
        (500, {}, b"oops"),
        (200, {}, b""),
        (200, {}, b"<html>"),
        (200, {}, b'{"a": 1}'),
        (200, {}, b"[1]"),
        (200, {}, b'[{"name": 7}]'),
        (200, {}, b'[{"name": ""}]'),
        (200, {}, b'[{"name": "\\ud800"}]'),
        (200, {}, b"[" * 100_000),
        (200, {}, b'[{"name": "b"}, {"name": "a"}]'),
    ],
)
def test_a_list_of_containers_that_is_none(store: Store, answer: Answer) -> None:
    store.instead["GET /v1/AUTH_p"] = answer
    found = keystone(store)
    assert not found.complete
    assert found.faults


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("POST /v3/auth/tokens", (401, {}, b"")),
        ("POST /v3/auth/tokens", (201, {}, b"{}")),
        ("POST /v3/auth/tokens", (201, {"X-Subject-Token": "tok"}, b"[]")),
        ("POST /v3/auth/tokens", (201, {"X-Subject-Token": "tok"}, b'{"token": {"catalog": [7]}}')),
        ("POST /v3/auth/tokens", (302, {"Location": "http://127.0.0.1:1/"}, b"")),
    ],
)
def test_a_login_that_is_none(store: Store, path: str, answer: Answer) -> None:
    store.instead[path] = answer
    found = keystone(store)
    assert (found.buckets, found.complete) == ((), False)
    assert "word" not in " ".join(found.faults)


@pytest.mark.parametrize("change", [lambda s: s.instead.update({"HEAD /v1/AUTH_p/a": (403, {}, b"")})])
def test_a_container_that_is_refused_is_unknown(store: Store, change: Callable[[Store], None]) -> None:
    store.containers = {"a": ".r:*", "b": ".r:*"}
    change(store)
    assert states(keystone(store)) == {"a": Open.UNKNOWN, "b": Open.OPEN}
