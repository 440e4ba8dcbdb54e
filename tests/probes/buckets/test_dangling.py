"""Declared names that lead to what nobody holds: by a real name server, and by a real server that says NoSuchBucket."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.findings.finding import State
from probes.api import BucketTarget, Certainty, Clear, Exposed, Known, NameChain, Place, Unknown
from probes.buckets.dangling import DANGLING_NAME, Evidence, evidence, name_target, provider_of_name
from probes.reasons import ClosedReason, NoAnswerReason, OpenReason, UndecidedReason, Why
from probes.requests.http import NoAnswer, Response
from probes.testing import play, says
from tests.monitor.network.nameserver import NameServer, name_server
from tests.monitor.network.rounds import inventory, one_round
from tests.servers.raw import Talk, listening, reply

NAME = "calls.example"
GONE = "callsgone.blob.core.windows.net"
SITE = f"{NAME}.s3-website.eu-north-1.amazonaws.com"
XML = "application/xml"
NOBODY = b"<Error><Code>NoSuchBucket</Code><BucketName>calls.example</BucketName></Error>"


def _page(code: str) -> bytes:
    """What a website endpoint shows for an error."""
    items = f"<li>Code: {code}</li><li>Message: It says more.</li><li>BucketName: {NAME}</li><li>RequestId: 0F1E</li>"
    return f"<html><head><title>404</title></head><body><h1>404 Not Found</h1><ul>{items}</ul></body></html>".encode()


DENIED = b"<Error><Code>AccessDenied</Code></Error>"
LISTED = b"<ListBucketResult><Name>calls.example</Name><IsTruncated>false</IsTruncated></ListBucketResult>"
TARGET = name_target("web", NAME, (80, 443), "x1")


def _target(names: NameChain, was_dangling: bool) -> BucketTarget:
    return replace(TARGET, names=names, known=(Known("/"),) if was_dangling else ())


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        (GONE, "azure"),
        ("site.z6.web.core.windows.net", "azure"),
        (SITE, "aws"),
        ("s3-website-eu-west-1.amazonaws.com", "aws"),
        ("s3.eu-north-1.amazonaws.com", "aws"),
        ("calls.s3.amazonaws.com", "aws"),
        ("c.storage.googleapis.com", "gcs"),
        ("calls.fra1.cdn.digitaloceanspaces.com", "digitalocean"),
        ("calls.oss-cn-hangzhou.aliyuncs.com", "oss"),
        ("www.example.se", None),
        (f"{GONE}.example", None),
        ("d111111abcdef8.cloudfront.net", None),
    ],
)
def test_whose_name_it_is(name: str, provider: str | None) -> None:
    found = provider_of_name(name)
    assert (found.id if found else None) == provider


# where the name leads | on file | what is said
BY_NAMES = [
    (NameChain((GONE,), found=False, missing=True), False, Exposed, OpenReason.DANGLING),
    (NameChain(("front.example", GONE), found=False, missing=True), False, Exposed, OpenReason.DANGLING),
    (NameChain((GONE,), found=True, missing=False), False, Clear, ClosedReason.BUCKET_THERE),
    (NameChain((), found=False, missing=True), True, Clear, NoAnswerReason.NO_SUCH_NAME),
]
SILENT = [
    (NameChain((), found=True, missing=False), False),
    (NameChain((), found=False, missing=True), False),
    (NameChain(("www.example.se",), found=False, missing=True), True),
    (NameChain((GONE, "www.example.se"), found=False, missing=True), False),
    (NameChain((GONE,), found=False, missing=False), True),
    # S3 answers for every name: one that does not exist is a typing error, which nobody can take.
    (NameChain((SITE,), found=False, missing=True), False),
]


@pytest.mark.parametrize(("led", "on_file", "kind", "why"), BY_NAMES)
def test_name_servers_tell_of_accounts_that_are_gone(led: NameChain, on_file: bool, kind: type, why: Why) -> None:
    assert evidence(led, on_file) is not None
    (verdict,), asked = play(DANGLING_NAME, _target(led, on_file), lambda _: NoAnswer(NoAnswerReason.BUG))
    assert (type(verdict), verdict.why, verdict.kind, verdict.place) == (kind, why, "dangling", Place(NAME, 80, "/"))
    assert asked == []


@pytest.mark.parametrize(("led", "on_file"), SILENT)
def test_where_name_servers_do_not_tell_nothing_is_said(led: NameChain, on_file: bool) -> None:
    assert evidence(led, on_file) is None


BY_STORE = [
    (says(404, NOBODY), Exposed, OpenReason.DANGLING),
    (says(404, _page("NoSuchBucket")), Exposed, OpenReason.DANGLING),
    (says(404, _page("NoSuchWebsiteConfiguration")), Clear, ClosedReason.BUCKET_THERE),
    (says(403, DENIED), Clear, ClosedReason.BUCKET_THERE),
    (says(200, LISTED), Clear, ClosedReason.BUCKET_THERE),
    (says(200, b"<html>hello</html>", server="AmazonS3", x_amz_request_id="0F1E"), Clear, ClosedReason.BUCKET_THERE),
    (says(200, b"<html>hello</html>"), Unknown, UndecidedReason.NOT_A_STORE),
    (says(404, b"<html>NoSuchBucket</html>"), Unknown, UndecidedReason.NOT_A_STORE),
    (NoAnswer(NoAnswerReason.TIMED_OUT), Unknown, NoAnswerReason.TIMED_OUT),
]


@pytest.mark.parametrize(("answer", "kind", "why"), BY_STORE)
def test_a_store_tells_of_buckets_that_are_gone(answer: Response | NoAnswer, kind: type, why: Why) -> None:
    names = NameChain((SITE, "s3-website.eu-north-1.amazonaws.com"), found=True, missing=False)
    assert evidence(names, was_dangling=False) is Evidence.STORE
    (verdict,), asked = play(DANGLING_NAME, _target(names, False), lambda _: answer)
    assert (type(verdict), verdict.why, verdict.kind) == (kind, why, "dangling")
    assert len(asked) == (2 if kind is Exposed else 1)
    assert not isinstance(verdict, Exposed) or verdict.certainty is Certainty.PROVEN


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (says(200, b"<html>our own site</html>"), Clear),
        (says(404, b"<html>nothing here</html>"), Clear),
        (says(404, NOBODY), Exposed),
        (says(503, b"<html>later</html>"), Unknown),
        (says(429), Unknown),
        (NoAnswer(NoAnswerReason.RESET), Unknown),
    ],
)
def test_a_name_on_file_is_clear_when_another_server_answers_for_it(answer: Response | NoAnswer, kind: type) -> None:
    names = NameChain((), found=True, missing=False)
    assert evidence(names, was_dangling=True) is Evidence.ANY_SERVER
    (verdict,), _ = play(DANGLING_NAME, _target(names, True), lambda _: answer)
    assert type(verdict) is kind


def test_a_round_opens_and_closes_under_the_same_target() -> None:
    assert str(name_target("web", NAME, (80, 443), "x1")) == str(name_target("web", NAME, (443, 80), "x2"))
    assert (name_target("web", NAME, (443,), "x").tls, name_target("web", NAME, (8080,), "x").port) == (True, 8080)


def _asset(names: NameServer, port: int = 80, **more: Any) -> Any:
    web = {"id": "web", "host": NAME, "ports": [port], "networks": ["127.0.0.1/32"], **more}
    return inventory(web, defaults={"resolvers": [names.where]})


async def test_a_round_finds_a_name_that_leads_to_an_account_that_is_gone(tmp_path: Path) -> None:
    async with name_server({(NAME, "CNAME"): (GONE,)}) as names:
        done = await one_round(_asset(names), tmp_path / "a.db")
    (finding,) = done.changed
    assert (finding.kind, finding.why, finding.state, finding.place) == (
        "dangling",
        OpenReason.DANGLING,
        State.EXPOSED,
        Place(NAME, 80, "/"),
    )
    # That the host itself could not be looked at is said as before.
    assert NoAnswerReason.NO_SUCH_NAME in {line.verdict.why for line in done.lines if isinstance(line.verdict, Unknown)}


async def test_a_site_that_is_open_by_intent_is_not_meant_to_be_anybodys(tmp_path: Path) -> None:
    public = [{"path": "/", "reason": "our site", "until": "2999-01-01"}]
    async with name_server({(NAME, "CNAME"): (GONE,)}) as names:
        done = await one_round(_asset(names, public=public), tmp_path / "a.db")
    assert [one.kind for one in done.changed] == ["dangling"]


async def _store(talk: Talk) -> None:
    if await talk.hear() is not None:
        await talk.say(reply("404 Not Found", NOBODY, XML, ("Server", "AmazonS3")))


async def test_a_round_finds_a_name_that_leads_to_a_bucket_that_is_gone(tmp_path: Path) -> None:
    async with listening(_store) as server:
        zone = {(NAME, "CNAME"): (SITE,), (SITE, "A"): ("127.0.0.1",)}
        async with name_server(zone) as names:
            done = await one_round(_asset(names, server.port), tmp_path / "a.db")
    (finding,) = done.changed
    assert (finding.kind, finding.why, finding.state) == ("dangling", OpenReason.DANGLING, State.EXPOSED)
    assert {hit.header("host") for hit in server.hits} == {f"{NAME}:{server.port}"}


async def test_a_name_that_leads_to_a_held_account_is_clear_and_asked_nothing_more(tmp_path: Path) -> None:
    async with listening(_store) as server:
        zone = {(NAME, "CNAME"): (GONE,), (GONE, "A"): ("127.0.0.1",)}
        async with name_server(zone) as names:
            done = await one_round(_asset(names, server.port), tmp_path / "a.db")
    assert [type(line.verdict) for line in done.lines if line.verdict.kind == "dangling"] == [Clear]
    assert done.changed == ()


async def test_a_finding_closes_when_the_name_is_gone(tmp_path: Path) -> None:
    async with name_server({(NAME, "CNAME"): (GONE,)}) as names:
        await one_round(_asset(names), tmp_path / "a.db")
        names.zone.clear()
        states = [(await one_round(_asset(names), tmp_path / "a.db")).changed[0].state for _ in range(2)]
    assert states == [State.CLEARING, State.CLEARED]


async def _own(talk: Talk) -> None:
    hit = await talk.hear()
    if hit is not None:
        await talk.say(reply(200 if hit.path == "/" else 404, b"<html><title>Ours</title>Welcome</html>"))


async def test_a_finding_closes_when_the_name_leads_to_a_server_of_the_owners(tmp_path: Path) -> None:
    async with listening(_own) as server, name_server({(NAME, "CNAME"): (GONE,)}) as names:
        opened = await one_round(_asset(names, server.port), tmp_path / "a.db")
        names.zone.clear()
        names.zone[(NAME, "A")] = ("127.0.0.1",)
        states = [(await one_round(_asset(names, server.port), tmp_path / "a.db")).changed[0].state for _ in range(2)]
        after = await one_round(_asset(names, server.port), tmp_path / "a.db")
    assert [one.kind for one in opened.changed] == ["dangling"]
    assert states == [State.CLEARING, State.CLEARED]
    assert "dangling" not in {line.verdict.kind for line in after.lines}, "once it is closed nothing more is asked"


async def test_the_domain_in_front_of_a_bucket_is_looked_up_too(tmp_path: Path) -> None:
    bucket = {"url": "https://callsgone.blob.core.windows.net/calls", "domain": f"https://{NAME}/calls"}
    async with name_server({(NAME, "CNAME"): (GONE,)}) as names:
        declared = inventory({"id": "store", "bucket": bucket}, defaults={"resolvers": [names.where]})
        done = await one_round(declared, tmp_path / "a.db")
    (finding,) = done.changed
    assert (finding.kind, finding.why, str(finding.place)) == ("dangling", OpenReason.DANGLING, f"{GONE}/calls/")


async def test_a_name_server_that_fails_closes_nothing(tmp_path: Path) -> None:
    async with name_server({(NAME, "CNAME"): (GONE,)}) as names:
        await one_round(_asset(names), tmp_path / "a.db")
        names.rcode = 2
        done = await one_round(_asset(names), tmp_path / "a.db")
    assert done.changed == ()
    assert all(isinstance(line.verdict, Unknown) for line in done.lines)
