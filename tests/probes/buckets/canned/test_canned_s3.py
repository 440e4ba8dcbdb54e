"""States of S3 buckets that Amazon, Alibaba, Wasabi and Scaleway alone give, asked for through the real driver."""

from __future__ import annotations

import time

import pytest

from probes.api import Certainty, Clear, Exposed
from probes.facts import Fact, FactKind
from probes.reasons import ClosedReason, OpenReason, UndecidedReason, Why
from tests.probes.buckets.canned.looks import Said, look
from tests.servers.canned_s3 import Amazon, alibaba, error, first_version, scaleway, wasabi
from tests.servers.canned_store import CALLS, Asked, Bucket, Provider, Says, canned, decent, html

GLOBAL = "s3.amazonaws.com"
NORTH = "s3.eu-north-1.amazonaws.com"
AWS: Said = {"provider": "aws", "name": "calls"}
HERE: Said = {**AWS, "region": "eu-north-1"}
DENIED = ("clear", "denied")
LISTED = ("exposed", "listed")


def aws(state: str = "", region: str = "eu-north-1", **more: object) -> Amazon:
    return Amazon({"calls": Bucket(region=region, state=state, **more)})  # type: ignore[arg-type]


REGIONS: list[tuple[str, Said, Provider, list[str]]] = [
    ("301 with Endpoint and region", AWS, aws(), [GLOBAL, NORTH]),
    ("301, the region in HEAD alone", AWS, aws("silent redirect"), [GLOBAL, NORTH]),
    ("307 while the name spreads", AWS, aws("307"), [GLOBAL, "s3-eu-north-1.amazonaws.com"]),
    ("a new region through the global endpoint", AWS, aws("IllegalLocationConstraintException"), [GLOBAL, NORTH]),
    ("a region of its own, which is another's", {**AWS, "region": "eu-west-1"}, aws(),
     ["s3.eu-west-1.amazonaws.com", NORTH]),
    ("at home", HERE, aws(), [NORTH]),
    ("at home in the first region", AWS, aws(region="us-east-1"), [GLOBAL]),
    ("virtual-host style", {"url": "https://calls.s3.amazonaws.com/"}, aws(), [GLOBAL, NORTH]),
    ("the website's address", {"url": "http://calls.s3-website-eu-north-1.amazonaws.com/"}, aws(), [NORTH]),
    ("Wasabi's global endpoint", {"provider": "wasabi", "name": "calls"}, wasabi(calls=Bucket(region="eu-central-2")),
     ["s3.wasabisys.com", "s3.eu-central-2.wasabisys.com"]),
    ("Alibaba's refusal with an Endpoint", {"provider": "oss", "name": "calls", "region": "eu-west-1"},
     alibaba(calls=Bucket(region="eu-central-1")),
     ["calls.oss-eu-west-1.aliyuncs.com", "calls.oss-eu-central-1.aliyuncs.com"]),
]  # fmt: skip


@pytest.mark.parametrize("tls", [True, False], ids=["tls", "clear"])
@pytest.mark.parametrize(("said", "provider", "hosts"), [row[1:] for row in REGIONS], ids=[row[0] for row in REGIONS])
async def test_an_open_bucket_is_found_wherever_it_lies(
    said: Said, provider: Provider, hosts: list[str], *, tls: bool
) -> None:
    async with canned(provider, tls=tls) as store:
        seen = await look(store, said, tls=tls)
    decent(store.asked)
    assert isinstance(seen.verdict, Exposed)
    assert (seen.check("list"), seen.check("read")) == (LISTED, ("exposed", "readable"))
    assert seen.verdict.certainty is Certainty.PROVEN
    assert seen.verdict.listing is not None
    assert len(seen.verdict.listing.files) == len(CALLS)
    assert store.hosts == hosts
    moved = [f"asked at {hosts[-1]}"] if len(hosts) > 1 else []
    assert [str(fact) for fact in seen.verdict.facts if fact.kind is FactKind.ASKED_AT] == moved
    assert all(asked.tls is tls for asked in store.asked)


@pytest.mark.parametrize("state", ["", "silent redirect", "307", "IllegalLocationConstraintException"])
async def test_a_private_bucket_of_another_region_is_clear_by_that_region_s_word(state: str) -> None:
    async with canned(aws(state, lists=False, reads=False)) as store:
        seen = await look(store, AWS)
    assert (seen.word, seen.check("list")) == ("clear", DENIED)
    assert len(store.hosts) == 2


async def test_a_redirect_to_somebody_else_is_not_followed() -> None:
    evil = error(301, "PermanentRedirect", "", {"Location": "https://calls.s3.attacker.example/"},
                 Endpoint="calls.s3.attacker.example", Bucket="calls")  # fmt: skip
    async with canned(aws()) as store:
        store.fault = lambda asked: evil
        seen = await look(store, AWS)
    assert (seen.word, seen.verdict.why) == ("unknown", UndecidedReason.WRONG_REGION)
    assert store.hosts == [GLOBAL]


async def test_two_regions_that_each_name_the_other_end() -> None:
    async with canned(aws()) as store:
        store.fault = lambda asked: error(
            301, "PermanentRedirect", "", {"x-amz-bucket-region": "eu-west-1" if asked.host == NORTH else "eu-north-1"}
        )
        seen = await look(store, AWS)
    assert (seen.word, seen.verdict.why) == ("unknown", UndecidedReason.WRONG_REGION)
    assert len(store.asked) == 2


UNDECIDED: list[tuple[str, Says, Why]] = [
    ("all access disabled", error(403, "AllAccessDisabled"), UndecidedReason.DISABLED),
    ("a problem with the account", error(403, "AccountProblem"), UndecidedReason.DISABLED),
    ("SlowDown", error(503, "SlowDown", "Please reduce your request rate."), UndecidedReason.THROTTLED),
    ("429 without words", Says(429), UndecidedReason.THROTTLED),
    ("an internal error", error(500, "InternalError"), UndecidedReason.SERVER_ERROR),
    ("a CDN's refusal", html(403), UndecidedReason.REFUSED_BY_FRONT),
    ("a CDN's page", html(200, "Welcome"), UndecidedReason.NOT_A_STORE),
    ("a CDN's error", html(502), UndecidedReason.SERVER_ERROR),
    ("signed by mistake", error(403, "InvalidAccessKeyId"), UndecidedReason.SIGNED_BY_MISTAKE),
]


@pytest.mark.parametrize(("says", "why"), [row[1:] for row in UNDECIDED], ids=[row[0] for row in UNDECIDED])
async def test_what_decides_nothing(says: Says, why: Why) -> None:
    async with canned(aws()) as store:
        store.fault = lambda asked: says
        seen = await look(store, HERE)
    assert (seen.word, seen.verdict.why) == ("unknown", why)
    assert all(kind == "unknown" for kind, _ in seen.checks.values())
    decent(store.asked)


@pytest.mark.parametrize("state", ["sse-kms", "glacier"])
async def test_what_is_listed_and_can_not_be_read(state: str) -> None:
    async with canned(aws(state)) as store:
        seen = await look(store, HERE)
    assert isinstance(seen.verdict, Exposed)
    assert seen.check("list") == LISTED
    # What is in cold storage may be readable once it is brought back; what is encrypted is not.
    assert seen.check("read") == (("clear", "key-demanded") if state == "sse-kms" else ("unknown", "archived"))
    assert Fact(FactKind.LISTED_NOT_READABLE) in seen.verdict.facts


@pytest.mark.parametrize("region", ["eu-north-1", ""])
@pytest.mark.parametrize("state", ["requester pays", "any account", ""])
async def test_what_any_account_is_given(state: str, region: str) -> None:
    said = {**AWS, "region": region or None, "probing_key": "env:PROBING", "keys": ["a/call 1.wav"]}
    async with canned(aws(state, lists=False, reads=False)) as store:
        seen = await look(store, said)
    signed = [asked for asked in store.asked if asked.signed]
    decent(asked for asked in store.asked if not asked.signed)
    assert {asked.host for asked in signed} == {NORTH}
    assert all(asked.query.get("list-type") == "2" for asked in signed)
    assert seen.check("list") == DENIED
    if not state:
        assert (seen.word, seen.check("any-account")) == ("clear", DENIED)
        return
    assert (seen.word, seen.check("any-account")) == ("exposed", ("exposed", "any-account"))
    detail = next(check.detail for check in seen.verdict.checks if check.name == "any-account")
    assert ("requester pays" in detail) is (state == "requester pays")


async def test_a_signature_for_another_region_is_made_again_for_the_right_one() -> None:
    said = {**AWS, "probing_key": "env:PROBING"}

    def of_the_first_region(asked: Asked) -> Says | None:
        if asked.host != GLOBAL:
            return None
        wrong = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-north-1'"
        malformed = error(400, "AuthorizationHeaderMalformed", wrong, Region="eu-north-1")
        return malformed if asked.signed else error(403, "AccessDenied", "Access Denied")

    async with canned(aws("any account", lists=False, reads=False)) as store:
        store.fault = of_the_first_region
        seen = await look(store, said)
    assert (seen.check("list"), seen.check("any-account")) == (DENIED, ("exposed", "any-account"))
    signed = [(asked.host, asked.headers["authorization"].split("/")[2]) for asked in store.asked if asked.signed]
    assert signed[0][0] == GLOBAL
    assert set(signed[1:]) == {(NORTH, "eu-north-1")}


@pytest.mark.parametrize("held", [True, False])
async def test_a_website_endpoint_never_lists_and_tells_whether_anybody_holds_the_bucket(*, held: bool) -> None:
    home, front = aws() if held else Amazon(), "media.owner.example"
    async with canned(home, tls=False) as store:
        store.fault = lambda asked: home.website(asked, "calls") if asked.host == front else None
        seen = await look(store, {**HERE, "domain": f"http://{front}/"}, known=("list\n",), tls=False)
    _, name = seen.observation.verdicts
    assert store.hosts == [front]
    if held:
        assert (seen.word, seen.verdict.why) == ("unknown", UndecidedReason.NOT_A_STORE)
        assert isinstance(name, Clear)
        assert name.why is ClosedReason.BUCKET_THERE
    else:
        assert isinstance(name, Exposed)
        assert (name.why, name.certainty) == (OpenReason.DANGLING, Certainty.PROVEN)


async def test_an_alias_of_an_access_point_is_asked_at_its_own_name() -> None:
    name = "calls-1a2b3c4d-s3alias"
    async with canned(Amazon({name: Bucket(region="eu-north-1")})) as store:
        seen = await look(store, {"provider": "aws", "name": name, "region": "eu-north-1"})
    assert (seen.word, seen.check("list")) == ("exposed", LISTED)
    assert store.hosts == [f"{name}.s3.eu-north-1.amazonaws.com"]


async def test_no_such_bucket_is_clear_and_asked_for_once() -> None:
    async with canned(Amazon()) as store:
        seen = await look(store, HERE, known=("list\n", "read\na/call 1.wav"))
    assert isinstance(seen.verdict, Clear)
    assert {check.why for check in seen.verdict.checks} == {ClosedReason.NO_BUCKET}
    assert len(store.asked) == 1


async def test_a_head_in_the_wrong_region_decides_nothing() -> None:
    store_ = scaleway(calls=Bucket(region="fr-par"))
    async with canned(store_) as store:
        wrong = await look(store, {"provider": "scaleway", "name": "calls", "region": "nl-ams"})
        right = await look(store, {"provider": "scaleway", "name": "calls", "region": "fr-par"})
    # At Scaleway a name is one region's: whether that region has it, only a list tells.
    assert (wrong.word, wrong.check("list")) == ("clear", ("clear", "no-bucket"))
    assert right.check("list") == LISTED


async def test_a_store_of_the_first_version_alone() -> None:
    async with canned(first_version("store.example", calls=Bucket(keys=[*CALLS, "x\x01y.wav"]))) as store:
        seen = await look(store, {"endpoint": "https://store.example", "name": "calls"})
    assert isinstance(seen.verdict, Exposed)
    assert seen.check("list") == LISTED
    assert Fact(FactKind.OLD_LIST_ONLY) in seen.verdict.facts
    assert seen.verdict.listing is not None
    assert sorted(entry.name for entry in seen.verdict.listing.files) == sorted([*CALLS, "x\x01y.wav"])


async def test_a_control_character_where_the_store_does_not_encode() -> None:
    def plain(asked: Asked) -> Says | None:
        if "encoding-type" not in asked.query:
            return None
        return home.says(Asked(asked.method, asked.host, asked.path,
                               {k: v for k, v in asked.query.items() if k != "encoding-type"},
                               asked.headers, asked.tls))  # fmt: skip

    home = aws(keys=[*CALLS, "x\x01y.wav"])
    async with canned(home) as store:
        store.fault = plain
        seen = await look(store, HERE)
    assert isinstance(seen.verdict, Exposed)
    assert seen.verdict.why in (OpenReason.LISTED, OpenReason.READABLE, OpenReason.LISTED_INCOMPLETE)
    assert seen.check("read") == ("exposed", "readable")
    assert seen.verdict.listing is not None
    assert set(CALLS) <= {entry.name for entry in seen.verdict.listing.files}


async def test_old_versions_and_a_prefix_where_the_root_is_refused() -> None:
    async with canned(aws(lists=False, prefixes=("a/",), old=("gone.wav",))) as store:
        seen = await look(store, {**HERE, "prefixes": ["a/", "b/"]})
    assert seen.word == "exposed"
    checks = {name: said[0] for name, said in seen.checks.items()}
    wanted = {"list": "clear", "list a/": "exposed", "list b/": "clear", "versions": "exposed", "read": "exposed"}
    assert {name: checks[name] for name in wanted} == wanted


@pytest.mark.parametrize("status", [503, 429])
async def test_a_store_that_asks_to_wait_is_waited_for(status: int) -> None:
    async with canned(aws()) as store:
        turns: list[float] = []

        def busy(asked: Asked) -> Says | None:
            turns.append(time.monotonic())
            if "versions" not in asked.query:
                return None
            return error(status, "SlowDown", "Please reduce your request rate.", {"Retry-After": "1"})

        store.fault = busy
        seen = await look(store, HERE)
    at = next(n for n, asked in enumerate(store.asked) if "versions" in asked.query)
    assert turns[at + 1] - turns[at] >= 1.0
    assert (seen.word, seen.check("list"), seen.check("versions")[0]) == ("exposed", LISTED, "unknown")


async def test_a_store_that_asks_to_wait_longer_than_the_look_is_left_alone() -> None:
    async with canned(aws()) as store:
        store.fault = lambda asked: error(503, "SlowDown", "", {"Retry-After": "3600"})
        began = time.monotonic()
        seen = await look(store, {**HERE, "keys": ["a/call 1.wav"]}, known=("list\n",))
        assert time.monotonic() - began < 40
    assert seen.word == "unknown"
    assert len(store.asked) == 1
