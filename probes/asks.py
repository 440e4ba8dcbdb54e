"""All that a probe may ask of the world, and every answer that it can get."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias


class Why(StrEnum):
    """Why there is no answer, no verdict, or the verdict that there is: one word each, in code, ledger and manual."""

    # The driver could not or would not bring an answer.
    OUT_OF_SCOPE = "out-of-scope"
    DNS_FAILED = "dns-failed"
    NO_SUCH_NAME = "no-such-name"
    TIMED_OUT = "timed-out"
    REFUSED = "connection-refused"
    RESET = "connection-reset"
    UNREACHABLE = "unreachable"
    TLS_FAILED = "tls-failed"
    CLIENT_CERTIFICATE = "client-certificate-demanded"
    NOT_TLS = "answers-without-tls"
    NOT_HTTP = "answers-without-http"
    BUDGET_SPENT = "budget-spent"
    TOLD_TO_WAIT = "told-to-wait"
    HOST_SILENT = "host-silent"
    BUG = "bug-of-ours"

    # An answer came, and decides nothing.
    THROTTLED = "throttled"
    SERVER_ERROR = "server-error"
    BODY_BROKEN = "body-broken"
    BODY_TOO_LARGE = "body-too-large"
    BODY_UNREADABLE = "body-unreadable"
    FILTERED = "filtered"
    CATCH_ALL = "catch-all"
    UNSTABLE = "unstable"
    REDIRECTED = "redirected"
    EMPTY_LISTING = "empty-listing"
    ENTRY_REFUSED = "entry-refused"
    ENTRY_UNPROVEN = "entry-unproven"
    CANARY_FAILED = "canary-failed"
    HEAD_ONLY = "head-only"
    TYPE_UNPROVEN = "type-unproven"
    BLIND_ROUND = "blind-round"
    STATUS_UNEXPECTED = "status-unexpected"
    NOT_A_STORE = "not-a-store"  # no dialect of a store: a website, a login page, a front
    REFUSED_BY_FRONT = "refused-by-front"  # 403 without the store's own words: says nothing about the store behind
    SIGNED_BY_MISTAKE = "signed-by-mistake"
    DISABLED = "disabled"  # nothing is served now, the grants behind are unseen
    WRONG_REGION = "wrong-region"
    NOT_OFFERED = "not-offered"  # the store lacks the question
    NO_KNOWN_KEY = "no-known-key"
    NOT_ASKED = "not-asked"  # no prefix declared, no probing key given
    FIREWALLED = "firewalled"  # refused to our network: says nothing of others
    NO_ACCOUNT = "no-account"  # the name servers know no such account, and the store itself said nothing
    KEY_DEMANDED = "key-demanded"  # listed, and encrypted with a key that strangers lack
    ARCHIVED = "archived"  # listed, and in cold storage: not readable until it is restored

    # An answer came, and shows that the place is closed.
    LOGIN_DEMANDED = "login-demanded"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    NO_LISTING = "no-listing"
    LOGIN_WALL = "login-wall"
    NOT_SPOKEN = "not-spoken"
    VERB_REFUSED = "verb-refused"
    DENIED = "denied"
    NO_BUCKET = "no-bucket"
    PRIVATE_OR_MISSING = "private-or-missing"
    PUBLIC_ACCESS_OFF = "public-access-off"
    BUCKET_THERE = "bucket-there"  # a name leads to a bucket that somebody holds

    # An answer came, and shows that the place is open.
    LISTED_AND_READABLE = "listed-and-readable"
    FOLDERS_LISTED = "folders-listed"
    INDEX_OFF_FILES_OPEN = "index-off-files-open"
    FILE_READABLE = "file-readable"
    LISTED = "listed"
    EMPTY_LISTABLE = "empty-listable"  # nothing in it yet: the next upload is public
    LISTED_INCOMPLETE = "listed-incomplete"
    PREFIX_LISTED = "prefix-listed"
    VERSIONS_LISTED = "versions-listed"
    UPLOADS_LISTED = "uploads-listed"
    READABLE = "readable"
    READABLE_UNLISTED = "readable-not-listed"
    ACL_READABLE = "acl-readable"
    WRITE_GRANTED = "write-granted"
    ANY_ACCOUNT = "any-account"
    REFERER_ONLY = "referer-only"
    DANGLING = "dangling-name"
    CONFIGURED_OPEN = "configured-open"  # the configuration says open; a stranger from here does not see it


Method: TypeAlias = Literal["GET", "HEAD", "PROPFIND"]
"""The verbs that leftopen knows. None of them writes."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to the target's own endpoint.

    `path` is sent to the letter: it begins with `/`, may carry a query, and is already percent-encoded.
    `take` is the most body, in bytes, that is read from the wire; with 0 the answer is judged by its headers.
    `fresh` asks for a new connection. `in_clear` asks the same port without TLS, whatever the target speaks: it tells a
    port that speaks no TLS from one that is ill. `said` stands for the path wherever the ask is recorded: a path that
    was learnt from an answer may hold a person's number, so it is never written down itself (empty: a declared path).

    `host` matters to stores alone, whose targets have many names: it asks another endpoint of the same provider (empty:
    the target's own), and the driver refuses one that the inventory does not lead to. `signed` asks with the owner's
    probing key, of an account that has nothing to do with the bucket (AWS Signature Version 4); every other request
    goes out without any credential.
    """

    method: Method
    path: str
    take: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    fresh: bool = False
    in_clear: bool = False
    said: str = ""
    host: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Together:
    """Requests whose order does not matter; the driver may send them side by side, within the host's pace."""

    asks: tuple[Request, ...]


Ask: TypeAlias = Request | Together


class Ending(StrEnum):
    """How a body ended."""

    WHOLE = "whole"
    CUT = "cut"  # we stopped reading at `take`
    BROKEN = "broken"  # the peer stopped before its own end: short, reset, stalled or malformed
    BOMB = "bomb"  # it decoded to more than the bound
    UNREADABLE = "unreadable"  # an encoding that we do not decode


@dataclass(frozen=True, slots=True)
class Headers:
    """Response headers in their order; names in lower case."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The first value of `name` (any case), or `default`."""
        name = name.lower()
        return next((value for key, value in self.pairs if key == name), default)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: status, headers, and at most `Request.take` bytes of decoded body."""

    status: int
    headers: Headers
    body: bytes = b""
    ending: Ending = Ending.WHOLE
    wire: int = 0
    """Bytes of body read from the wire, before decoding."""
    certificate: tuple[str, ...] = ()
    """What is wrong with the certificate shown, if any: recorded, and never a reason not to look."""

    @property
    def type(self) -> str:
        """The media type without its parameters, in lower case; empty when none was sent."""
        return self.headers.get("content-type").partition(";")[0].strip().lower()

    @property
    def length(self) -> int | None:
        """Content-Length, where it is a number that can be believed."""
        text = self.headers.get("content-length").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing came back that could be read; `detail` is our own words, never the peer's."""

    why: Why
    detail: str = ""


Answer: TypeAlias = Response | NoAnswer
Told: TypeAlias = Answer | tuple[Answer, ...]
"""What a probe is sent: one answer to a Request, a tuple in the order asked to a Together."""


def one(request: Request) -> Generator[Ask, Told, Answer]:
    """`answer = yield from one(request)`: a single ask, typed."""
    told = yield request
    assert not isinstance(told, tuple)  # noqa: S101  the driver answers a Request with one answer
    return told


def several(requests: tuple[Request, ...]) -> Generator[Ask, Told, tuple[Answer, ...]]:
    """`answers = yield from several(requests)`: asks whose order does not matter, answered in the order given."""
    if not requests:
        return ()
    told = yield Together(requests)
    assert isinstance(told, tuple)  # noqa: S101  the driver answers a Together with a tuple
    return told
