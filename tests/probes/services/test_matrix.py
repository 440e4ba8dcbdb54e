"""Real servers, open, half open and closed: each state has its verdict, and none is judged wrongly."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.network.budget import Limits
from monitor.network.transport import Timeouts
from probes.api import Certainty, Exposed, Known
from probes.facts import Fact, FactKind
from tests.probes.services.looking import QUICK, said, seen, verdicts
from tests.servers import ftp_servers, nfs3, services
from tests.servers.raw import Serve, Talk, listening


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder of made-up calls, with an empty folder, where servers that gave up their rights can read it."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        root.chmod(0o755)
        (root / "2026").mkdir()
        (root / "2026" / "call-0700000001.wav").write_bytes(b"RIFF" + bytes(100_000))
        (root / "empty").mkdir()
        yield root


FTP = {
    "open": "exposed listed-and-readable",
    "stranger": "exposed listed-and-readable",
    "listonly": "exposed names-only",
    "empty": "exposed empty",
    "nolist": "unknown name-needed",
    "closed": "clear login-demanded",
}


@pytest.mark.parametrize("state", FTP)
async def test_ftp(disk: Path, state: Any) -> None:
    with services.ftp(disk, state) as server:
        assert await verdicts("ftp", server) == {"/": FTP[state]}


async def test_ftp_that_lists_nothing_is_decided_by_a_declared_file(disk: Path) -> None:
    with services.ftp(disk, "nolist") as server:
        found = await verdicts("ftp", server, names=("2026/call-0700000001.wav",))
        assert found == {"/": "exposed readable-not-listed"}
        assert await verdicts("ftp", server, names=("2026/none.wav",)) == {"/": "clear nothing-offered"}
        before = (Known("/", ("/2026/call-0700000001.wav",), "ftp"),)
        assert await verdicts("ftp", server, known=before) == {"/": "exposed readable-not-listed"}


async def test_rsync(disk: Path) -> None:
    with services.rsyncd(disk) as server:
        assert await verdicts("rsync", server, names=("hidden", "none")) == {
            "/hidden/": "exposed folders-listed",
            "/none/": "clear not-found",
            "/open/": "exposed folders-listed",
            "/locked/": "clear login-demanded",
            "/denied/": "clear denied",
            "/dropbox/": "clear no-listing",
            "/gone/": "clear not-found",
        }
        (disk / "call.wav").write_bytes(b"RIFF" + bytes(5000))
        look = await seen("rsync", server)
    (open_,) = [one for one in look.verdicts if one.place.path == "/open/"]
    assert isinstance(open_, Exposed)
    assert said(open_) == "exposed listed-and-readable"
    assert open_.certainty is Certainty.PROVEN
    assert open_.listing is not None
    assert sorted(entry.name for entry in open_.listing.entries) == ["2026", "call.wav", "empty"]


CALLS = "exposed listed-and-readable"
SMB = {
    "guest": {"/hidden/": CALLS, "/calls/": CALLS, "/private/": "clear denied"},
    "null": {"/hidden/": CALLS, "/calls/": CALLS, "/private/": "clear denied"},
    "unlisted": {"/hidden/": CALLS},
    "encrypt": {"/": "clear login-demanded"},
    "sign": {"/hidden/": CALLS, "/calls/": CALLS, "/private/": "clear denied"},
    "closed": {
        "/hidden/": "clear denied",
        "/calls/": "clear denied",
        "/private/": "clear denied",
        "/": "clear nothing-offered",
    },
}


SMB_VERSIONS = [
    *((state, "") for state in SMB),
    *((state, "NT1") for state in SMB if state != "encrypt"),
    ("guest", "SMB2_02"),
]
"""Every state in the newest version and in the oldest."""


@pytest.mark.parametrize(("state", "speaks"), SMB_VERSIONS)
async def test_smb(disk: Path, state: Any, speaks: str) -> None:
    with services.samba(disk, state, speaks) as server:
        look = await seen("smb", server, names=("hidden",))
    assert {one.place.path: said(one) for one in look.verdicts} == SMB[state]
    told = {isinstance(one, Exposed) for one in look.verdicts if Fact(FactKind.ANSWERS_AS, "SMB 1") in one.facts}
    assert told == ({True} if speaks == "NT1" and CALLS in SMB[state].values() else set())


async def test_nfs(disk: Path) -> None:
    with services.ganesha(disk) as server:
        assert await verdicts("nfs", server, names=("denied",)) == {
            "/denied/": "clear not-found",
            "/open/": "exposed listed-and-readable",
            # Tests that run these servers run as root, and may come from a port below 1024, as any stranger may.
            "/low/": "exposed listed-and-readable",
            "/krb/": "clear login-demanded",
        }


def test_nfs_3(disk: Path) -> None:
    assert nfs3.look(disk, "look") == {
        "/open/": CALLS,
        "/low/": CALLS,
        "/krb/": "clear login-demanded",
        "/denied/": "clear denied",
    }


async def test_dicom(disk: Path) -> None:
    with services.dcmqrscp(disk) as server:
        assert await verdicts("dicom", server) == {"/": "unknown name-needed"}
        look = await seen("dicom", server, names=("OPENAE", "CLOSEDAE"))
    assert [said(one) for one in look.verdicts] == ["exposed store-open", "clear denied"]
    assert [(one.things, one.number) for one in look.verdicts[0].counted] == [("studies", 3)]  # type: ignore[union-attr]
    assert all(one.wire < 400 for one in look.asked), "no patient's data came"
    with services.dcmqrscp(disk, studies=0) as server:
        assert await verdicts("dicom", server, names=("OPENAE",)) == {"/OPENAE/": "exposed store-empty"}


async def test_rtsp() -> None:
    """A stand-in: no server of Debian speaks RTSP by itself."""

    def stream(told: bytes) -> Serve:
        async def serve(talk: Talk) -> None:
            while (head := await talk.reader.readuntil(b"\r\n\r\n")).startswith(b"DESCRIBE "):
                here = head.split(b" ")[1].endswith(b"/ward")
                await talk.say(told if here else b"RTSP/1.0 404 Stream Not Found\r\nCSeq: 1\r\n\r\n")

        return serve

    media = b"v=0\r\ns=ward\r\nm=video 0 RTP/AVP 96\r\n"
    open_ = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: %d\r\n\r\n" % len(media) + media
    async with listening(stream(open_)) as server:
        assert await verdicts("rtsp", server, names=("ward",)) == {"/ward": "exposed stream-open"}
        assert await verdicts("rtsp", server, names=("other",)) == {"/other": "clear not-found"}
        assert await verdicts("rtsp", server) == {"/": "unknown name-needed"}
    async with listening(stream(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n")) as server:
        assert await verdicts("rtsp", server, names=("ward",)) == {"/ward": "clear login-demanded"}
    async with listening(stream(b"RTSP/1.0 200 OK\r\nContent-Length: 9999\r\n\r\nm=video")) as server:
        assert (await verdicts("rtsp", server, QUICK, names=("ward",)))["/ward"].startswith("unknown")


VSFTPD = {
    "open": "exposed listed-and-readable",
    "tls": "exposed listed-and-readable",
    "tlsreuse": "exposed listed-and-readable",
    "implicit": "exposed listed-and-readable",
    "closed": "clear login-demanded",
}


@pytest.mark.parametrize("state", VSFTPD)
async def test_ftp_in_tls(disk: Path, state: Any) -> None:
    with services.vsftpd(disk, state) as server:
        look = await seen("ftp", server, tls=state == "implicit")
    assert [said(one) for one in look.verdicts] == [VSFTPD[state]]
    alone = (Fact(FactKind.TLS_ALONE),) if state in ("tls", "tlsreuse") else ()
    assert look.verdicts[0].facts == alone


PATIENT = Limits(requests=120, seconds=60.0, timeouts=Timeouts(1.0, 20.0, 20.0))
"""Pure-FTPd holds a refusal back for seven seconds."""
OTHERS: dict[tuple[str, Any], str] = {
    ("proftpd", "open"): "exposed listed-and-readable",
    ("proftpd", "closed"): "clear login-demanded",
    ("proftpd", "upload"): "exposed empty",
    ("proftpd", "unlisted"): "exposed empty",
    ("pureftpd", "open"): "exposed listed-and-readable",
    ("pureftpd", "closed"): "clear login-demanded",
}


@pytest.mark.parametrize(("server", "state"), OTHERS)
async def test_other_servers_of_ftp(disk: Path, server: str, state: Any) -> None:
    with getattr(ftp_servers, server)(disk, state) as started:
        assert await verdicts("ftp", started, PATIENT) == {"/": OTHERS[server, state]}
        if (server, state) == ("proftpd", "unlisted"):
            found = await verdicts("ftp", started, names=("2026/call-0700000001.wav",))
            assert found == {"/": "exposed readable-not-listed"}


REDIS = {"open": "exposed full-control", "password": "clear login-demanded", "pingonly": "clear login-demanded"}


@pytest.mark.parametrize("state", REDIS)
async def test_redis(disk: Path, state: Any) -> None:
    with services.redis(disk, state) as server:
        look = await seen("redis", server)
    assert [said(one) for one in look.verdicts] == [REDIS[state]]
    assert [one.method for one in look.asked].count("OPEN") == (2 if state == "open" else 1)
    counted = [(one.things, one.number) for verdict in look.verdicts for one in getattr(verdict, "counted", ())]
    assert counted == ([("keys", 3), ("databases", 1)] if state == "open" else [])
