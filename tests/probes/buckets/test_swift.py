"""The probe swift-container as scripted dialogues: what Swift and Ceph's gateway say, and what is made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.api import BucketTarget, Certainty, Clear, Dialect, Exposed, Unknown
from probes.buckets.bucket_verdict import witness
from probes.buckets.swift import SWIFT_CONTAINER
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason
from probes.recognise.buckets.key_page import key_bytes
from probes.requests.http import Answer, Ending, NoAnswer, Request, Response
from probes.testing import says
from tests.probes.buckets.fake_store import HOSTILE, STRAY, anything, cut_off
from tests.probes.buckets.looks import NONCE, known, look, target
from tests.servers.stored import BODY

ROOT = "/v1/AUTH_abc/calls"
SECOND = "/swift/v1/AUTH_abc/calls"
TX = {
    "x_trans_id": "txcefcf8a7d1c74e9caf19c-006b02471e",
    "x_openstack_request_id": "txcefcf8a7d1c74e9caf19c-006b02471e",
}
RGW_TX = {"x_trans_id": "tx00000296957085ffd2fbb-006b02471d-1008-default"}
REALM = {"www_authenticate": 'Swift realm="AUTH_abc"', "content_type": "text/html; charset=UTF-8", **TX}
NO = says(
    401,
    b"<html><h1>Unauthorized</h1><p>This server could not verify that you are authorized to access the document you "
    b"requested.</p></html>",
    **REALM,
)
GONE = says(
    404, b"<html><h1>Not Found</h1><p>The resource could not be found.</p></html>", content_type="text/html", **TX
)
WAV = says(206, BODY[:512], content_type="audio/x-wav", content_range=f"bytes 0-511/{len(BODY)}", **TX)
KEY = "070-1234567/call 1.wav"
SENT = "070-1234567/call%201.wav"


def rows(*names: str, **more: Any) -> bytes:
    """A list as Swift writes it."""
    one = {"bytes": 4, "hash": "ea416ed0759d46a8de58f63a59077499", "content_type": "audio/x-wav"}
    made = [{**one, "name": name, "last_modified": "2026-11-22T01:36:22.000490", **more} for name in names]
    return json.dumps(made).encode()


def lists(body: bytes, **more: str) -> Response:
    return says(200, body, content_type="application/json; charset=utf-8", **TX, **more)


def rgw(status: int, code: str, *, plain: bool = False) -> Response:
    """A refusal of Ceph's gateway."""
    body = code.encode() if plain else json.dumps({"Code": code, "Message": "", "HostId": "1-a-a"}).encode()
    kind = "text/plain; charset=utf-8" if plain else "application/json; charset=utf-8"
    return says(status, body, content_type=kind, **RGW_TX)


def world(
    list_: Answer = NO,
    random: Answer = NO,
    object_: Answer | None = None,
    versions: Answer | None = None,
    again: Answer | None = None,
    origin: dict[str, Answer] | None = None,
) -> Callable[[Request], Answer]:
    """What a container answers to the list, a key that cannot exist, any other, the versions, the second look."""

    def script(request: Request) -> Answer:
        path, _, query = request.path.partition("?")
        kind = "random" if NONCE in path else "list" if path.endswith("/calls/") else "object"
        if request.fresh and again is not None and kind == "list":
            return again
        if origin and kind in origin and dict(request.headers).get("Referer") == "https://www.example.com/":
            return origin[kind]
        if "versions" in query:
            return versions if versions is not None else list_
        return {"list": list_, "random": random, "object": random if object_ is None else object_}[kind]

    return script


def here(**changed: Any) -> BucketTarget:
    return target(Dialect.SWIFT, changed.pop("root", ROOT), **changed)


def test_private_is_clear_and_costs_three_questions() -> None:
    verdict, checks, beside, asked = look(SWIFT_CONTAINER, here(), world())
    assert isinstance(verdict, Clear)
    assert checks == dict.fromkeys(("list", "versions", "read"), ("clear", "private-or-missing"))
    assert not beside
    assert [request.path.removeprefix(ROOT) for request in asked] == [
        "/?format=json&limit=1000", "/?versions&format=json&limit=100", f"/{NONCE}.wav",
    ]  # fmt: skip


def test_readable_though_unlisted_is_told_by_a_key_that_cannot_exist() -> None:
    verdict, checks, _, asked = look(SWIFT_CONTAINER, here(), world(random=GONE))
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty, verdict.witnesses) == (
        OpenReason.READABLE_UNLISTED,
        Certainty.PROVEN,
        ("read\n",),
    )
    assert checks["list"] == ("clear", "private-or-missing")
    assert checks["read"] == ("exposed", "readable-not-listed")
    assert len(asked) == 4
    assert asked[-1].fresh
    assert asked[-1].path != asked[-2].path


def test_a_missing_key_that_is_told_in_other_words_than_swift_s_is_no_refusal() -> None:
    """Whoever may not read is refused: a front that writes its own pages for 404 was let through."""
    page = says(404, b"<html><h1>Not here</h1></html>", content_type="text/html")
    verdict, checks, _, _ = look(SWIFT_CONTAINER, here(), world(random=page))
    assert isinstance(verdict, Unknown)
    assert checks["read"] == ("unknown", "canary-failed")


def test_listed_and_readable_is_counted_and_its_media_told() -> None:
    page = lists(rows(KEY), x_container_object_count="812345", x_container_bytes_used="99")
    verdict, checks, _, asked = look(SWIFT_CONTAINER, here(), world(page, GONE, WAV))
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty, verdict.size) == (OpenReason.READABLE, Certainty.PROVEN, len(BODY))
    assert verdict.media.startswith("audio/wav")
    assert verdict.facts == (
        Fact(FactKind.OBJECTS, number=812345),
        Fact(FactKind.BYTES, number=99),
        Fact(FactKind.LISTED_AND_READABLE),
    )
    assert verdict.listing is not None
    assert (verdict.listing.partial, verdict.listing.files[0].path) == ("paged", f"{ROOT}/{SENT}")
    assert checks == {
        "list": ("exposed", "listed"), "versions": ("unknown", "not-offered"), "read": ("exposed", "readable"),
    }  # fmt: skip
    assert set(verdict.witnesses) == {"list\n", "list folder 1\n070-1234567/", witness("read", KEY)}
    assert len(asked) == 5
    assert all("070" not in (request.said or request.path) for request in asked)


EMPTY = lists(b"[]", x_container_object_count="0", x_container_bytes_used="0")
OLD = lists(rows("a", version_id="1795311420.12351", is_latest=False))
NEW = lists(rows("a", version_id="null", is_latest=True))
CEPH = {"x_container_bytes_used_actual": "4096", **RGW_TX, "content_type": "application/json"}
UNPROVEN = says(200, rows("a"), **CEPH, x_container_read=".r:*,.rlistings", x_container_object_count="1")
WRITERS = says(200, rows("a"), **CEPH, x_container_read="*:*", x_container_write=".r:*")

TABLE: dict[str, tuple[Callable[[Request], Answer], str, dict[str, tuple[str, str]]]] = {
    "empty and listable": (world(EMPTY, GONE), "readable", {"list": ("exposed", "empty-listable")}),
    "empty as a 204": (
        world(says(204, b"", x_container_object_count="0", **TX), GONE),
        "readable",
        {"list": ("exposed", "empty-listable")},
    ),
    "listed, objects refused": (
        world(lists(rows(KEY)), NO, NO),
        "listed",
        {"list": ("exposed", "listed"), "read": ("clear", "private-or-missing")},
    ),
    "old versions": (world(lists(rows(KEY)), GONE, WAV, OLD), "readable", {"versions": ("exposed", "versions-listed")}),
    "versions asked, none kept": (
        world(lists(rows(KEY)), GONE, WAV, NEW),
        "readable",
        {"versions": ("unknown", "not-offered")},
    ),
    "cut off": (
        world(cut_off(lists(rows(KEY, "b")[:-30])), GONE),
        "readable",
        {"list": ("exposed", "listed")},
    ),
    "Ceph shows its grants": (
        world(UNPROVEN, rgw(404, "NoSuchKey", plain=True), WAV),
        "readable",
        {"acl": ("exposed", "acl-readable")},
    ),
    "Ceph shows that strangers write": (
        world(WRITERS, rgw(404, "NoSuchKey", plain=True), rgw(401, "AccessDenied", plain=True)),
        "listed",
        {"write": ("exposed", "write-granted"), "any-account": ("exposed", "any-account"), "read": ("clear", "denied")},
    ),
    "Ceph, private": (
        world(rgw(403, "AccessDenied"), rgw(401, "AccessDenied", plain=True)),
        "denied",
        {"list": ("clear", "denied"), "read": ("unknown", "no-known-key")},
    ),
    "Ceph, none": (
        world(rgw(404, "NoSuchBucket")),
        "no-bucket",
        {"list": ("clear", "no-bucket"), "read": ("clear", "no-bucket")},
    ),
    "Ceph, no such tenant": (
        world(rgw(400, "InvalidBucketName")),
        "status-unexpected",
        {"list": ("unknown", "status-unexpected")},
    ),
    "a limit above the store's": (
        world(says(412, b"Maximum limit is 10000", **TX)),
        "not-offered",
        {"list": ("unknown", "not-offered")},
    ),
    "a store that throttles": (world(says(498, b"Rate limit", **TX)), "throttled", {"list": ("unknown", "throttled")}),
    "a website's index without a list": (
        world(says(200, b"<html><title>Calls</title></html>", content_type="text/html", **TX), GONE),
        "readable-not-listed",
        {"list": ("unknown", "not-a-store"), "read": ("exposed", "readable-not-listed")},
    ),
    "Keystone asks for a token": (
        world(says(401, b'{"error": {"code": 401}}', www_authenticate='Keystone uri="https://id.example.com"')),
        "private-or-missing",
        {"list": ("clear", "private-or-missing")},
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_rows_of_the_dialect(name: str) -> None:
    script, why, some = TABLE[name]
    verdict, checks, *_ = look(SWIFT_CONTAINER, here(), script)
    assert {check: checks[check] for check in some} == some
    assert verdict.why.value == why


INDEX = b"""<!DOCTYPE html><html><head><title>Listing of /v1/AUTH_abc/calls/</title></head><body>
<h1 id="title">Listing of /v1/AUTH_abc/calls/</h1><table id="listing"><tr id="heading"><th class="colname">Name</th>
<th class="colsize">Size</th><th class="coldate">Date</th></tr>
<tr class="item subdir"><td class="colname"><a href="./a/">a/</a></td><td class="colsize">&nbsp;</td>
<td class="coldate">&nbsp;</td></tr>
<tr class="item type-audio type-wav"><td class="colname"><a href="./b%2Ewav">b.wav</a></td><td class="colsize">4</td>
<td class="coldate">2026-11-22 01:36:22</td></tr></table></body></html>"""


def test_a_container_with_web_listings_answers_with_a_page_and_lists_all_the_same() -> None:
    page = says(200, INDEX, content_type="text/html; charset=UTF-8", **TX)
    verdict, checks, *_ = look(SWIFT_CONTAINER, here(), world(page, GONE, WAV))
    assert isinstance(verdict, Exposed)
    assert checks["list"] == ("exposed", "listed")
    assert verdict.listing is not None
    assert [entry.name for entry in verdict.listing.entries] == ["b.wav", "a/"]
    assert verdict.listing.partial


def test_cephs_404_is_no_oracle() -> None:
    script = world(rgw(403, "AccessDenied"), rgw(404, "NoSuchKey", plain=True))
    verdict, checks, *_ = look(SWIFT_CONTAINER, here(root=SECOND), script)
    assert isinstance(verdict, Clear)
    assert checks["read"][0] == "unknown"


ORIGIN = "https://www.example.com/"


def test_a_grant_to_an_origin_is_open_to_whoever_says_to_come_from_there() -> None:
    script = world(origin={"list": lists(rows(KEY)), "random": GONE})
    verdict, checks, _, asked = look(SWIFT_CONTAINER, here(referers=(ORIGIN,)), script)
    assert isinstance(verdict, Exposed)
    assert (verdict.why, verdict.certainty) == (OpenReason.REFERER_ONLY, Certainty.PROVEN)
    assert checks["list"] == checks["read"] == ("exposed", "referer-only")
    assert {dict(request.headers).get("Referer") for request in asked} == {None, ORIGIN}
    again, *_ = look(SWIFT_CONTAINER, here(known=known(here(), *verdict.witnesses)), script)
    assert isinstance(again, Exposed), "an origin that is no longer declared was open and is tried again"


def test_a_grant_to_read_alone_by_an_origin() -> None:
    script = world(origin={"random": GONE})
    verdict, checks, *_ = look(SWIFT_CONTAINER, here(referers=(ORIGIN,)), script)
    assert isinstance(verdict, Exposed)
    again, *_ = look(SWIFT_CONTAINER, here(known=known(here(), *verdict.witnesses)), script)
    assert isinstance(again, Exposed)
    closed, *_ = look(SWIFT_CONTAINER, here(known=known(here(), *verdict.witnesses)), world())
    assert isinstance(closed, Clear)
    assert checks["list"] == ("clear", "private-or-missing")
    assert checks["read"] == ("exposed", "referer-only")


def test_what_was_once_open_is_tried_again() -> None:
    where = here()
    told = known(
        where, witness("list"), witness("read", KEY), witness("list gone/"), witness("versions"), witness("acl")
    )
    verdict, checks, _, asked = look(SWIFT_CONTAINER, here(known=told), world())
    assert isinstance(verdict, Clear)
    assert checks["list gone/"][0] == checks["read"][0] == checks["acl"][0] == "clear"
    assert f"{ROOT}/{SENT}" in [request.path for request in asked]
    assert all("070" not in (request.said or request.path) for request in asked)
    silent = world(object_=NoAnswer(NoAnswerReason.TIMED_OUT))
    verdict, *_ = look(SWIFT_CONTAINER, here(known=told), silent)
    assert (type(verdict), verdict.why) == (Unknown, NoAnswerReason.TIMED_OUT)
    verdict, *_ = look(SWIFT_CONTAINER, here(known=told), world(object_=WAV))
    assert isinstance(verdict, Exposed)


def test_what_the_gateways_other_door_saw_does_not_keep_this_one_undecided() -> None:
    names = ("uploads", "any-account", "write", "versions", "acl")
    told = known(here(root=SECOND), *map(witness, names))
    script = world(rgw(403, "AccessDenied"), rgw(401, "AccessDenied", plain=True))
    verdict, checks, *_ = look(SWIFT_CONTAINER, here(root=SECOND, known=told), script)
    assert isinstance(verdict, Clear)
    assert checks["uploads"] == ("clear", "not-offered")


def test_a_prefix_of_more_than_one_line_is_kept_whole() -> None:
    def script(request: Request) -> Answer:
        ours = says(200, rows("a\nb/1.wav"), **CEPH)
        return ours if "&prefix=a%0Ab%2F" in request.path else world(rgw(403, "AccessDenied"))(request)

    verdict, checks, *_ = look(SWIFT_CONTAINER, here(prefixes=("a\nb/",)), script)
    assert isinstance(verdict, Exposed)
    assert checks["list a%0Ab/"] == ("exposed", "prefix-listed")
    again, _, _, asked = look(SWIFT_CONTAINER, here(known=known(here(), *verdict.witnesses)), script)
    assert isinstance(again, Exposed)
    assert all("a%0Ab" not in (request.said or request.path) for request in asked)


def test_a_declared_prefix_is_asked_where_the_root_is_refused() -> None:
    def script(request: Request) -> Answer:
        ours = says(200, rows("a/1.wav"), **CEPH)
        return ours if "&prefix=a%2F" in request.path else world(rgw(403, "AccessDenied"))(request)

    verdict, checks, *_ = look(SWIFT_CONTAINER, here(prefixes=("a/", "b/")), script)
    assert isinstance(verdict, Exposed)
    assert checks["list a/"] == ("exposed", "prefix-listed")
    assert checks["list b/"][0] == "clear"


@pytest.mark.parametrize(
    ("again", "kind", "certainty"),
    [
        (NoAnswer(NoAnswerReason.RESET), Exposed, Certainty.LIKELY),
        (says(503), Exposed, Certainty.LIKELY),
        (NO, Unknown, None),
        (lists(rows("quite.wav", "other.wav")), Unknown, None),
    ],
)
def test_the_second_look_decides(again: Answer, kind: type[Any], certainty: Certainty | None) -> None:
    verdict, *_ = look(SWIFT_CONTAINER, here(), world(lists(rows(KEY)), NO, NO, again=again))
    assert isinstance(verdict, kind)
    assert getattr(verdict, "certainty", None) is certainty


@pytest.mark.parametrize("name", STRAY)
def test_what_is_no_word_of_the_store_decides_nothing(name: str) -> None:
    verdict, checks, *_ = look(
        SWIFT_CONTAINER, here(keys=("a.wav",), prefixes=("a/",), domain=True), lambda _: STRAY[name]
    )
    assert isinstance(verdict, Unknown)
    assert {verdict for verdict, _ in checks.values()} == {"unknown"}


def test_a_domain_that_leads_to_no_container_is_dangling() -> None:
    gone = world(rgw(404, "NoSuchBucket"))
    _, _, (name,), _ = look(SWIFT_CONTAINER, here(domain=True), gone)
    assert isinstance(name, Exposed)
    assert (name.kind, name.why, name.certainty) == ("dangling", OpenReason.DANGLING, Certainty.PROVEN)
    _, _, (name,), _ = look(SWIFT_CONTAINER, here(domain=True), world(rgw(403, "AccessDenied")))
    assert (type(name), name.why) == (Clear, ClosedReason.BUCKET_THERE)
    _, _, none, _ = look(SWIFT_CONTAINER, here(domain=True), world())
    assert none == (), "Swift itself does not tell a missing container from a private one"


def test_hostile_keys_come_back_and_are_asked_to_the_letter() -> None:
    where = here(keys=tuple(HOSTILE))
    verdict, _, _, asked = look(SWIFT_CONTAINER, where, world(lists(rows(*HOSTILE)), GONE, NO), most=60)
    assert isinstance(verdict, Exposed)
    assert verdict.listing is not None
    names = [key_bytes(entry.name) for entry in verdict.listing.entries]
    assert names == [key.encode("utf-8", "surrogatepass") for key in HOSTILE]
    paths = {entry.path for entry in verdict.listing.entries}
    assert {path.removeprefix(f"{ROOT}/") for path in paths} == set(HOSTILE.values())
    assert paths <= {request.path for request in asked}


@given(anything(NO, GONE, WAV, lists(rows(KEY)), rgw(403, "AccessDenied"), rgw(404, "NoSuchBucket")), st.booleans())
def test_any_answers_at_all_end_in_a_sight(script: Callable[[Request], Answer], domain: bool) -> None:
    where = here(keys=("a.wav",), prefixes=("a/",), referers=(ORIGIN,), domain=domain)
    where = here(
        keys=("a.wav",), prefixes=("a/",), referers=(ORIGIN,), domain=domain,
        known=known(where, witness("read", KEY), witness("list", "\0" + ORIGIN), witness("write")),
    )  # fmt: skip
    _, _, _, asked = look(SWIFT_CONTAINER, where, script)
    assert all("070" not in (request.said or request.path) for request in asked)


@given(st.binary(max_size=300), st.sampled_from([200, 204, 206, 301, 400, 401, 403, 404, 410, 416, 500]))
def test_bytes_without_the_dialect_prove_nothing(body: bytes, status: int) -> None:
    verdict, *_ = look(SWIFT_CONTAINER, here(), lambda _: Response(status, says(200).headers, body, Ending.WHOLE))
    assert isinstance(verdict, Unknown)
