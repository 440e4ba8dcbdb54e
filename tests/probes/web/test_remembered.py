"""A look that is remembered asks and says what it would without a memory, whatever changes from look to look."""

from __future__ import annotations

import gc
import random
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import probes
from probes.api import Clear, Dialogue, Exposed, Known, Probe, Unknown, Verdict, WebTarget
from probes.facts import FactKind
from probes.reasons import NoAnswerReason
from probes.recognise.listing.model import Listing
from probes.recognise.memo import one_round
from probes.requests.front import front_of
from probes.requests.http import Answer, Headers, NoAnswer, Proven, Request, Response
from probes.testing import Script, play, says
from probes.web.listing import HTTP_LISTING
from probes.web.proof.remembered import remembering

TARGET = WebTarget("nas", "nas.test", "nas.test", "192.0.2.9", 80, tls=False, paths=("/", "/fax/"), data="recordings")
PLAIN: Callable[[WebTarget], Dialogue] = HTTP_LISTING.look.__wrapped__  # type: ignore[attr-defined]

LISTING = """<html><head><title>Index of PATH</title></head><body><h1>Index of PATH</h1><hr><pre><a href="../">../</a>
<a href="in-1.wav">in-1.wav</a>          01-Mar-2026 08:00             644
<a href="in-2.wav">in-2.wav</a>          01-Mar-2026 08:05             644
</pre><hr></body></html>"""
FRONT = b"<html><head><title>Welcome</title></head><body><h1>Region</h1><p>Open 8-17. Come in.</p></body></html>"


def site(
    opened: frozenset[str], *, root: int = 200, front: bytes = FRONT, silent: bool = False
) -> Callable[..., Answer]:
    """A server that lists what is `opened`, and repeats in its errors the path that it does not have."""
    ticks = iter(range(10**6))

    def answer(request: Request) -> Answer:
        date = f"Mon, 30 Nov 2026 12:00:{next(ticks) % 60:02d} GMT"
        folder, _, name = request.path.rpartition("/")
        if silent:
            return NoAnswer(NoAnswerReason.TIMED_OUT)
        if request.method == "GET" and folder + "/" in opened and name in ("", "in-1.wav", "in-2.wav"):
            if name:
                return says(200, b"RIFF\x24\0\0\0WAVEfmt " + bytes(600), content_type="audio/wav", date=date)
            return says(200, LISTING.replace("PATH", request.path).encode(), content_type="text/html", date=date)
        if request.method == "GET" and request.path == "/" and root == 200:
            return says(200, front, content_type="text/html", date=date)
        said = f"<title>404 Not Found</title><p>{request.path} was not found".encode()
        return says(
            root if request.path == "/" else 404, said, content_type="text/html", date=date, x_path=request.path
        )

    return answer


def states() -> Iterator[Script]:
    """What a server is in turn: mostly as it was before."""
    chance, now = random.Random(12), site(frozenset())
    for _ in range(60):
        if chance.random() < 0.4:
            opened = frozenset(path for path in ("/", "/fax/") if chance.random() < 0.3)
            root = chance.choice((200, 200, 401, 403, 500))
            front = chance.choice((FRONT, FRONT.replace(b"Come in", b"Welcome")))
            now = site(opened, root=root, front=front, silent=chance.random() < 0.1)
        yield now


def without(nonce: str, asked: list[Request]) -> list[Request]:
    return [replace(one, path=one.path.replace(nonce, "{canary}")) for one in asked]


def test_a_remembered_look_asks_and_says_what_any_other_does() -> None:
    seen = set()
    for number, state in enumerate(states()):
        target = replace(TARGET, nonce=f"x{number:016x}")
        told, asked = play(HTTP_LISTING, target, state)
        expected, wanted = play(replace(HTTP_LISTING, look=PLAIN), target, state)
        assert without(target.nonce, asked) == without(target.nonce, wanted)
        assert told == expected
        seen |= {type(one) for one in told}
    assert seen == {Exposed, Clear, Unknown}


def counted() -> tuple[Probe[WebTarget], list[WebTarget]]:
    """The probe with a memory of its own, and the targets whose answers it has read."""
    read: list[WebTarget] = []

    def look(target: WebTarget) -> Dialogue:
        read.append(target)
        return PLAIN(target)

    return replace(HTTP_LISTING, look=remembering(look)), read


@pytest.mark.parametrize("opened", [frozenset(), frozenset({"/"})])
def test_the_same_answers_are_read_once_whatever_the_canaries_are_called(opened: frozenset[str]) -> None:
    probe, read = counted()
    first, _ = play(probe, replace(TARGET, nonce="x0123456789abcdef"), site(opened))
    again, asked = play(probe, replace(TARGET, nonce="xfedcba9876543210"), site(opened))
    assert (again, len(read)) == (first, 1)
    assert any("xfedcba9876543210" in one.path for one in asked)
    assert not any("x0123456789abcdef" in one.path for one in asked)


OTHER = replace(TARGET, asset="b", host="b.test", name="b.test", address="192.0.2.10")


@pytest.mark.parametrize("script", [site(frozenset()), site(frozenset(), root=403), site(frozenset(), silent=True)])
def test_hosts_that_answer_alike_are_read_once_and_each_has_its_own_past(script: Script) -> None:
    probe, read = counted()
    for target in (TARGET, OTHER, replace(TARGET, front="other")):
        told, asked = play(probe, target, script)
        expected, wanted = play(replace(HTTP_LISTING, look=PLAIN), target, script)
        assert (told, asked) == (expected, wanted)
        assert {one.place.host for one in told} == {target.host}
    assert [one.front for one in read] == ["", "other"]


@pytest.mark.parametrize("other", [replace(OTHER, name=None), OTHER])
def test_what_a_bare_address_does_not_serve_a_name_may(other: WebTarget) -> None:
    def misdirected(_: Request) -> Answer:
        return says(421, b"<p>Not here", content_type="text/html")

    probe, _ = counted()
    play(probe, TARGET if other.name is None else replace(TARGET, name=None), misdirected)
    told, _ = play(probe, other, misdirected)
    assert {type(one) for one in told} == {Clear if other.name is None else Unknown}


def told_of(body: str, **headers: str) -> Script:
    """A server that has one page, and nothing else."""

    def answer(request: Request) -> Answer:
        if request.path != "/" or request.method != "GET":
            return says(404, b"<title>404 Not Found</title>", content_type="text/html")
        return says(302 if "location" in headers else 200, body.encode(), content_type="text/html", **headers)

    return answer


LINK = "<p>Our folder: <a href='{}/calls-2025.zip'>calls</a> and <a href='{}/fax.zip'>fax</a></p>"


@pytest.mark.parametrize(
    "script",
    [
        told_of("", location="http://nas.test/fax/"),
        told_of("", location="\\\\nas.test/fax/"),
        told_of("", location="/\t/nas.test/fax/"),
        told_of("", refresh="0;url=http:/\t/nas.test/fax/"),
        told_of("<meta http-equiv=refresh content='0;url=/\r\n/nas.test/fax/'>"),
        told_of(LINK.replace("{}", "/\n/nas.test/old")),
        told_of(LINK.replace("{}", "http://nas.test/old")),
        told_of(LINK.replace("{}", "&#47;&#47;nas.test/old")),
        told_of(LINK.replace("{}", "/\\nas.test/old")),
        told_of("<script>x = '/' + '/nas.test/old'</script>"),
        told_of("<p>\N{LATIN SMALL LETTER A WITH DIAERESIS}</p>"),
        site(frozenset({"/"})),
    ],
)
def test_what_may_be_about_a_host_is_read_for_each(script: Script) -> None:
    probe, read = counted()
    for target in (TARGET, OTHER):
        told, asked = play(probe, target, script)
        assert (told, asked) == play(replace(HTTP_LISTING, look=PLAIN), target, script)
    assert read == [TARGET, OTHER]


def certified(leaf: str, ends: str = "2027-01-31", *faults: FactKind) -> Script:
    """A closed site that shows this certificate."""
    plain = site(frozenset())

    def answer(request: Request) -> Answer:
        told = plain(request)
        assert isinstance(told, Response)
        return replace(told, leaf=leaf, certificate=faults, certificate_ends=ends)

    return answer


SELF_ISSUED = FactKind.CERTIFICATE_SELF_ISSUED


@pytest.mark.parametrize(
    ("script", "reads"),
    [
        (certified("ab", "2027-01-31", SELF_ISSUED), 1),
        (certified("cd", "2027-01-31", SELF_ISSUED), 1),
        (certified("ab", "2027-02-01", SELF_ISSUED), 2),
        (certified("ab"), 2),
        (certified("ab", "2027-01-31", SELF_ISSUED, FactKind.CERTIFICATE_OTHER_NAME), 2),
    ],
)
def test_hosts_whose_certificates_tell_the_same_are_read_once(script: Script, reads: int) -> None:
    probe, read = counted()
    first, other = (replace(one, tls=True, port=443) for one in (TARGET, OTHER))
    play(probe, first, certified("ab", "2027-01-31", SELF_ISSUED))
    told, asked = play(probe, other, script)
    assert (told, asked) == play(replace(HTTP_LISTING, look=PLAIN), other, script)
    assert len(read) == reads
    assert {one.place.host for one in told} == {OTHER.host}


def test_no_look_but_for_its_front_reads_which_certificate_it_is() -> None:
    """What is remembered of a look rests on that: the digest of the certificate is none of it."""
    root = Path(probes.__file__).parent
    files = [path for path in root.rglob("*.py") if ".leaf" in path.read_text("utf-8")]
    assert [str(path.relative_to(root)) for path in files] == ["requests/front.py"]


def test_what_rests_is_asked_for_again_where_the_certificate_is_another() -> None:
    """The front of an endpoint is its certificate too: a look that goes by memory reads that as any other does."""
    probe, _ = counted()
    first = certified("ab")(Request("GET", "/"))
    assert isinstance(first, Response)
    rested = replace(TARGET, tls=True, port=443, front=front_of(first), resting=("/rests/",))
    for script, asks in ((certified("ab"), False), (certified("cd"), True), (certified("ab"), False)):
        told, asked = play(probe, rested, script)
        assert (told, asked) == play(replace(HTTP_LISTING, look=PLAIN), rested, script)
        assert any(one.path == "/rests/" for one in asked) == asks


def test_a_long_page_is_of_one_host() -> None:
    probe, read = counted()
    for target in (TARGET, OTHER):
        play(probe, target, site(frozenset(), front=FRONT + b"<p>We are open.</p>" * 1000))
    assert len(read) == 2


def test_a_look_goes_on_where_an_answer_is_another() -> None:
    probe, read = counted()
    play(probe, TARGET, site(frozenset()))
    told, asked = play(probe, TARGET, site(frozenset({"/fax/"})))
    assert [type(one) for one in told] == [Clear, Exposed]
    paths = [one.path for one in asked if not one.fresh]
    assert len(paths) == len(set(zip(paths, [one.method for one in asked if not one.fresh], strict=True)))
    assert len(read) == 2


def test_a_control_is_read_each_time() -> None:
    probe, read = counted()
    control = replace(TARGET, asset="control:closed")
    verdicts: list[tuple[Verdict, ...]] = [play(probe, control, site(frozenset()))[0] for _ in range(3)]
    assert len(read) == 3
    assert verdicts[0] == verdicts[2]


def test_the_cookie_of_a_wall_is_never_kept() -> None:
    probe, read = counted()

    def walled(request: Request) -> Answer:
        if ("Cookie", "pass=abc") in request.headers:
            return site(frozenset())(request)
        return says(302, location=request.path, set_cookie="pass=abc; Path=/")

    for _ in range(2):
        told, asked = play(probe, TARGET, walled)
        assert all(isinstance(one, Clear) for one in told)
        assert any(name == "Cookie" for one in asked for name, _ in one.headers)
    assert len(read) == 2


def test_what_is_remembered_is_small_however_much_a_server_says() -> None:
    probe, read = counted()
    plain, chance = site(frozenset()), random.Random(3)

    def wordy(request: Request) -> Answer:
        answer = plain(request)
        assert isinstance(answer, Response)
        junk = chance.randbytes(50_000).hex()
        return replace(answer, headers=Headers((*answer.headers.pairs, ("x-junk", junk))))

    play(probe, TARGET, plain)
    tracemalloc.start()
    for number in range(20):
        play(probe, replace(TARGET, asset=f"nas-{number}"), wordy)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(read) == 21
    assert kept < 1_000_000, "of 10 MB that came"


def test_names_that_are_endless_are_read_each_time() -> None:
    probe, read = counted()
    rows = "".join(f'<a href="{"b" * 9000}{number}.wav">x</a>  01-Mar-2026 08:00  644\n' for number in range(9))
    page = LISTING.replace('<a href="in-1.wav">', f'{rows}<a href="in-1.wav">')

    def endless(request: Request) -> Answer:
        if request.path == "/":
            return says(200, page.replace("PATH", "/").encode(), content_type="text/html")
        return site(frozenset({"/"}))(request)

    first, _ = play(probe, TARGET, endless)
    again, _ = play(probe, TARGET, endless)
    assert first == again
    assert isinstance(first[0], Exposed)
    assert len(read) == 2


def asked_before_it_is_told(dialogue: Dialogue, script: Script) -> int:
    """Requests of a look before it tells what it has proven."""
    asked, ask = 0, next(dialogue)
    while not isinstance(ask, Proven):
        assert isinstance(ask, Request)
        asked, ask = asked + 1, dialogue.send(script(ask))
    return asked


def test_what_is_proven_is_told_as_early_at_a_host_that_is_like_another() -> None:
    look = remembering(PLAIN)
    first, second = (replace(TARGET, asset=name, host=f"{name}.test", name=f"{name}.test") for name in ("one", "two"))
    before = asked_before_it_is_told(look(first), site(frozenset({"/"})))
    whole, asked = play(Probe("x", WebTarget, look, "x"), first, site(frozenset({"/"})))
    assert any(isinstance(one, Exposed) for one in whole)
    assert 0 < before < len(asked)
    assert asked_before_it_is_told(look(second), site(frozenset({"/"}))) == before


def test_what_was_once_seen_open_is_asked_for_at_its_own_host_alone() -> None:
    """Two hosts that answer alike, and differ in their sealed paths alone: neither is asked for those of the other, and
    neither is clear before its own were refused."""
    look = remembering(PLAIN)
    for name in ("one", "two", "one"):
        mine = f"/{name}-0701740610.wav"
        known = (Known("/", (mine,)),)
        host = replace(TARGET, asset=name, host=f"{name}.test", name=f"{name}.test", known=known)
        _, asked = play(Probe("x", WebTarget, look, "x"), host, site(frozenset(), root=404))
        assert {one.path for one in asked if one.path.endswith(".wav")} == {mine}


def test_equal_targets_are_one_whichever_objects_they_are_made_of() -> None:
    """And any other is read anew: it differs in what is shown of it, or in what is not."""
    probe, read = counted()

    def reads(*witnesses: str, **changed: Any) -> bool:
        before = len(read)
        known = (Known("/", tuple("".join(path) for path in witnesses)),)
        play(probe, replace(TARGET, known=known, **changed), site(frozenset(), root=404))
        return len(read) > before

    assert reads("/a.wav")
    assert not reads("/a.wav")
    assert not reads("/a.wav", nonce="another")
    assert reads("/a.wav", "/b.wav")
    assert reads("/a.wav", paths=("/", "/later/"))
    assert not reads("/a.wav", "/b.wav")


def test_where_there_is_one_round_no_page_of_an_open_host_is_kept_and_closed_hosts_are_read_once() -> None:
    def listings() -> int:
        gc.collect()
        return sum(isinstance(one, Listing) for one in gc.get_objects())

    probe, read = counted()
    hosts = [replace(TARGET, host=f"{n}.test", name=f"{n}.test", address=f"192.0.2.{n}") for n in range(1, 21)]
    before = listings()
    with one_round():
        told = [play(probe, host, site(frozenset({"/"}))) for host in hosts]
        assert all(isinstance(verdicts[0], Exposed) for verdicts, _ in told)
        expected = [play(replace(probe, look=PLAIN), host, site(frozenset({"/"}))) for host in hosts]
        assert told == expected
        del told, expected
        assert listings() <= before
        read.clear()
        for host in hosts:
            play(probe, host, site(frozenset(), root=403))
        assert len(read) == 1, "what others were answered tells what a closed host is, in the same round"
    for host in hosts:
        play(probe, host, site(frozenset({"/"})))
    assert listings() - before >= len(hosts), "a later round needs them"
