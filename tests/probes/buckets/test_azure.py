"""The probe azure-container as scripted dialogues: every code of the blob service, and what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.api import BucketTarget, Certainty, Clear, Dialect, Exposed, Unknown
from probes.buckets.azure import AZURE_CONTAINER
from probes.buckets.bucket_verdict import witness
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.testing import says
from tests.probes.buckets.fake_store import HOSTILE, STRAY, anything, cut_off
from tests.probes.buckets.looks import NONCE, known, look, target
from tests.servers.stored import BODY

ROOT = "/calls"
KEY = "070-1234567/call 1.wav"
SENT = "070-1234567/call%201.wav"
ID = {"x_ms_request_id": "c11fc308-e036-4f65-8649-5373e654797d", "content_type": "application/xml"}


def blob(name: str, more: str = "", attribute: str = "") -> str:
    return (
        f"<Blob><Name{attribute}>{escape(name)}</Name>{more}<Properties><Last-Modified>Sun, 22 Nov 2026 01:36:28 GMT"
        "</Last-Modified><Content-Length>4</Content-Length><Content-Type>audio/x-wav</Content-Type></Properties></Blob>"
    )


def page(*blobs: str, after: str = "") -> bytes:
    return (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://store.test/" '
        f'ContainerName="calls"><MaxResults>1000</MaxResults><Blobs>{"".join(blobs)}</Blobs>'
        f"<NextMarker>{after}</NextMarker></EnumerationResults>"
    ).encode()


def lists(*blobs: str, after: str = "") -> Response:
    return says(200, page(*blobs, after=after), **ID)


def refuses(status: int, code: str, *, body: bool = True) -> Response:
    said = f'\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>m</Message></Error>'
    return says(status, said.encode() if body else b"", x_ms_error_code=code, **ID)


MISSING = refuses(404, "ResourceNotFound")
NO_BLOB = refuses(404, "BlobNotFound")
WALL = refuses(403, "AuthorizationFailure")
WAV = says(
    206, BODY[:512], content_type="audio/x-wav", content_range=f"bytes 0-511/{len(BODY)}", x_ms_blob_type="BlockBlob"
)


def world(
    list_: Answer = MISSING,
    random: Answer = MISSING,
    object_: Answer | None = None,
    old: Answer | None = None,
    acl: Answer = MISSING,
    again: Answer | None = None,
) -> Callable[[Request], Answer]:
    """What a container answers to the list, a blob that cannot exist, any other, the versions, the policy."""

    def script(request: Request) -> Answer:
        assert dict(request.headers)["x-ms-version"] == "2021-12-02"
        if "comp=acl" in request.path:
            return acl
        if "include=" in request.path:
            return list_ if old is None else old
        if "comp=list" in request.path:
            return again if again is not None and request.fresh else list_
        return random if NONCE in request.path or object_ is None else object_

    return script


def here(**changed: Any) -> BucketTarget:
    return target(Dialect.AZURE, changed.pop("root", ROOT), **changed)


CODES: dict[str, tuple[Answer, str, str]] = {
    "private or missing": (MISSING, "clear", "private-or-missing"),
    "newer versions say 401": (refuses(401, "NoAuthenticationInformation"), "clear", "private-or-missing"),
    "public access off": (refuses(409, "PublicAccessNotPermitted"), "clear", "public-access-off"),
    "no container": (refuses(404, "ContainerNotFound"), "clear", "no-bucket"),
    "an unknown code of a 403": (refuses(403, "AuthorizationServiceMismatch"), "unknown", "status-unexpected"),
    "the code in the header alone": (
        refuses(409, "PublicAccessNotPermitted", body=False),
        "clear",
        "public-access-off",
    ),
    "a firewall": (WALL, "unknown", "firewalled"),
    "signed": (refuses(403, "AuthenticationFailed"), "unknown", "signed-by-mistake"),
    "disabled": (refuses(403, "AccountIsDisabled"), "unknown", "disabled"),
    "TLS demanded": (refuses(400, "AccountRequiresHttps"), "unknown", "not-offered"),
    "busy": (refuses(503, "ServerBusy"), "unknown", "throttled"),
    "ill": (refuses(500, "InternalError"), "unknown", "server-error"),
    "being deleted": (refuses(409, "ContainerBeingDeleted"), "unknown", "disabled"),
    "the website's endpoint": (refuses(404, "WebContentNotFound"), "unknown", "not-a-store"),
    "a code that is not known": (refuses(400, "SomethingNew"), "unknown", "status-unexpected"),
}


@pytest.mark.parametrize("name", CODES)
def test_every_code_is_told_apart(name: str) -> None:
    answer, said, why = CODES[name]
    verdict, checks, _, asked = look(AZURE_CONTAINER, here(), world(answer, answer), most=4)
    assert isinstance(verdict, {"clear": Clear, "unknown": Unknown}[said])
    assert verdict.why.value == why
    assert {check for check, _ in checks.values()} == {said}
    assert len(asked) <= 3


def test_public_access_off_is_one_question_and_closes_what_was_open() -> None:
    told = known(here(), witness("list"), witness("read", KEY), witness("versions"), witness("list a/"), witness("acl"))
    off = refuses(409, "PublicAccessNotPermitted")
    verdict, checks, _, asked = look(AZURE_CONTAINER, here(known=told), world(off))
    assert isinstance(verdict, Clear)
    assert set(checks) == {"list", "read", "versions", "list a/", "acl"}
    assert len(asked) == 1


def test_level_blob_is_told_by_a_blob_that_cannot_exist() -> None:
    for refusal in (MISSING, WALL, refuses(401, "NoAuthenticationInformation")):
        verdict, checks, _, asked = look(AZURE_CONTAINER, here(), world(refusal, NO_BLOB))
        assert isinstance(verdict, Exposed)
        assert (verdict.why, verdict.certainty, verdict.witnesses) == (
            OpenReason.READABLE_UNLISTED,
            Certainty.PROVEN,
            ("read\n",),
        )
        assert checks["list"][0] == checks["versions"][0] == "clear"
        assert len(asked) == 4


def test_level_container() -> None:
    script = world(lists(blob(KEY), after="2!76"), NO_BLOB, WAV)
    verdict, checks, _, asked = look(AZURE_CONTAINER, here(), script)
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty, verdict.size) == (OpenReason.READABLE, Certainty.PROVEN, len(BODY))
    assert verdict.listing is not None
    assert (verdict.listing.partial, verdict.listing.files[0].path) == ("paged", f"{ROOT}/{SENT}")
    assert checks["acl"] == ("clear", "private-or-missing")
    assert all("070" not in (request.said or request.path) for request in asked)
    assert len(asked) == 6


OLD = "<VersionId>2026-11-22T01:36:28.1234567Z</VersionId>"
NEW = f"{OLD}<IsCurrentVersion>true</IsCurrentVersion>"
POLICY = says(200, b'<?xml version="1.0"?><SignedIdentifiers/>', x_ms_blob_public_access="container", **ID)
OPEN = lists(blob("a.wav"))
ROWS: dict[str, tuple[Callable[[Request], Answer], str, tuple[str, str]]] = {
    "nothing in it": (world(lists(), NO_BLOB), "list", ("exposed", "empty-listable")),
    "cut off": (
        world(cut_off(says(200, page(blob("a.wav"))[:-60], **ID)), NO_BLOB),
        "list",
        ("exposed", "listed"),
    ),
    "old versions": (
        world(OPEN, NO_BLOB, WAV, lists(blob("a.wav", OLD), blob("a.wav", NEW))),
        "versions",
        ("exposed", "versions-listed"),
    ),
    "snapshots": (
        world(OPEN, NO_BLOB, WAV, lists(blob("a", "<Snapshot>2026</Snapshot>"))),
        "versions",
        ("exposed", "versions-listed"),
    ),
    "deleted blobs": (
        world(OPEN, NO_BLOB, WAV, lists(blob("a", "<Deleted>true</Deleted>"))),
        "versions",
        ("exposed", "versions-listed"),
    ),
    "no versions": (world(OPEN, NO_BLOB, WAV), "versions", ("unknown", "not-offered")),
    "versions refused": (
        world(OPEN, NO_BLOB, WAV, refuses(400, "InvalidQueryParameterValue")),
        "versions",
        ("unknown", "not-offered"),
    ),
    "versions listed where the list is ill": (
        world(refuses(500, "InternalError"), NO_BLOB, WAV, lists(blob("a.wav", NEW))),
        "versions",
        ("exposed", "versions-listed"),
    ),
    "an emulator shows the policy": (world(OPEN, NO_BLOB, WAV, acl=POLICY), "acl", ("exposed", "acl-readable")),
    "cold storage": (world(OPEN, NO_BLOB, refuses(409, "BlobArchived")), "read", ("unknown", "archived")),
    "the owner's key demanded": (
        world(OPEN, NO_BLOB, refuses(409, "BlobUsesCustomerSpecifiedEncryption")),
        "read",
        ("unknown", "key-demanded"),
    ),
}


def test_nothing_is_open_where_any_blob_is_answered() -> None:
    verdict, checks, *_ = look(AZURE_CONTAINER, here(), world(OPEN, WAV, WAV))
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.CATCH_ALL)
    assert checks["list"] == checks["read"] == ("unknown", "catch-all")


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_the_dialect(name: str) -> None:
    script, check, said = ROWS[name]
    verdict, checks, *_ = look(AZURE_CONTAINER, here(), script)
    assert checks[check] == said
    assert isinstance(verdict, Exposed)


def test_no_account() -> None:
    nobody = NoAnswer(NoAnswerReason.NO_SUCH_NAME)
    told = known(here(), witness("read", KEY))
    verdict, checks, _, asked = look(AZURE_CONTAINER, here(known=told), lambda _: nobody)
    assert (type(verdict), verdict.why) == (Unknown, UndecidedReason.NO_ACCOUNT), (
        "a name server's word is not the store's"
    )
    assert checks["list"] == ("unknown", "no-account")
    assert len(asked) == 1
    verdict, _, (name,), _ = look(AZURE_CONTAINER, here(domain=True), lambda _: nobody)
    assert (type(verdict), type(name)) == (Unknown, Unknown), "the owner's own name may be gone, and not the account"


def test_a_domain_without_a_path_stands_for_the_account() -> None:
    *_, asked = look(AZURE_CONTAINER, here(root="", bucket="calls", domain=True), world())
    assert all(request.path.startswith("/calls") for request in asked)
    *_, asked = look(AZURE_CONTAINER, here(root="", bucket="", domain=True), world())
    assert all(request.path.startswith("/$root") for request in asked)


def test_a_domain_is_held_by_an_account_that_answers() -> None:
    for answer in (MISSING, WALL, refuses(409, "PublicAccessNotPermitted"), OPEN):
        _, _, (name,), _ = look(AZURE_CONTAINER, here(domain=True), world(answer, answer))
        assert (type(name), name.kind, name.why) == (Clear, "dangling", ClosedReason.BUCKET_THERE)


def test_what_was_once_open_is_tried_again() -> None:
    told = known(here(), witness("read", KEY))
    verdict, _, _, asked = look(AZURE_CONTAINER, here(known=told), world())
    assert isinstance(verdict, Clear)
    assert f"{ROOT}/{SENT}" in [request.path for request in asked]
    assert all("070" not in (request.said or request.path) for request in asked)
    for silent in (
        NoAnswer(NoAnswerReason.TIMED_OUT),
        says(503),
        says(200, b"<html>front</html>", content_type="text/html"),
    ):
        verdict, *_ = look(AZURE_CONTAINER, here(known=told), world(object_=silent))
        assert isinstance(verdict, Unknown)
    verdict, *_ = look(AZURE_CONTAINER, here(known=told), world(object_=WAV))
    assert isinstance(verdict, Exposed)


@pytest.mark.parametrize(
    ("again", "kind", "certainty"),
    [(says(503), Exposed, Certainty.LIKELY), (MISSING, Unknown, None), (lists(blob("else.wav")), Unknown, None)],
)
def test_the_second_look_decides(again: Answer, kind: type[Any], certainty: Certainty | None) -> None:
    verdict, *_ = look(AZURE_CONTAINER, here(), world(OPEN, MISSING, again=again, old=MISSING))
    assert isinstance(verdict, kind)
    assert getattr(verdict, "certainty", None) is certainty


def test_a_name_that_xml_cannot_hold_is_decoded_and_hostile_ones_are_asked_to_the_letter() -> None:
    plain = {key: sent for key, sent in HOSTILE.items() if "\x01" not in key and "\ud800" not in key}
    encoded = blob("x%01y%25.wav", attribute=' Encoded="true"')
    script = world(lists(*map(blob, plain), encoded), NO_BLOB, MISSING)
    verdict, _, _, asked = look(AZURE_CONTAINER, here(keys=tuple(plain)), script, most=60)
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    assert {e.name: e.path for e in verdict.listing.entries} == {
        **{key: f"{ROOT}/{sent}" for key, sent in plain.items()}, "x\x01y%.wav": f"{ROOT}/x%01y%25.wav",
    }  # fmt: skip
    assert {f"{ROOT}/{sent}" for sent in plain.values()} <= {request.path for request in asked}


@pytest.mark.parametrize("name", STRAY)
def test_what_is_no_word_of_the_store_decides_nothing(name: str) -> None:
    where = here(keys=("a.wav",), prefixes=("a/",), domain=True)
    verdict, checks, beside, _ = look(AZURE_CONTAINER, where, lambda _: STRAY[name])
    assert isinstance(verdict, Unknown)
    assert {verdict for verdict, _ in checks.values()} == {"unknown"}
    assert not any(isinstance(one, Clear | Exposed) for one in beside)


@given(anything(MISSING, NO_BLOB, WALL, WAV, OPEN, POLICY), st.booleans())
def test_any_answers_at_all_end_in_a_sight(script: Callable[[Request], Answer], domain: bool) -> None:
    told = known(here(), witness("read", KEY), witness("list x/"), witness("write"))
    where = here(keys=("a.wav",), prefixes=("a/",), domain=domain, known=told)
    _, _, _, asked = look(AZURE_CONTAINER, where, script)
    assert all("070" not in (request.said or request.path) for request in asked)


@given(st.binary(max_size=300), st.sampled_from([200, 204, 206, 301, 400, 401, 403, 404, 409, 416, 500]))
def test_bytes_without_the_dialect_prove_nothing(body: bytes, status: int) -> None:
    verdict, *_ = look(AZURE_CONTAINER, here(), lambda _: Response(status, says(200).headers, body, Ending.WHOLE))
    assert isinstance(verdict, Unknown)
