"""The webhook, the listener that nobody may meet, the fixture folders and their sounds do what they say."""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.servers import folders, sounds
from tests.servers.client import ask
from tests.servers.listener import has_ipv6, listener
from tests.servers.webhook import Reply, Webhook, webhook


def _post(hook: Webhook, text: str, within: float = 5.0) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", hook.port, timeout=within)
    try:
        connection.request("POST", "/hook", json.dumps({"text": text}), {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_webhook_keeps_what_it_is_sent(hook: Webhook) -> None:
    assert _post(hook, "ett") == 200
    assert _post(hook, "två") == 200
    assert [one.json()["text"] for one in hook.wait(2)] == ["ett", "två"]
    assert hook.received[0].headers["content-type"] == "application/json"
    assert hook.received[0].at <= hook.received[1].at


def test_a_webhook_answers_as_it_is_told(hook: Webhook) -> None:
    hook.answer(500, 503)
    hook.throttle("7")
    hook.redirect("http://198.51.100.7/")
    assert [_post(hook, str(n)) for n in range(5)] == [500, 503, 429, 302, 200]
    hook.always = Reply(410)
    assert [_post(hook, "x") for _ in range(2)] == [410, 410]


def test_a_webhook_hangs_is_late_and_drops(hook: Webhook) -> None:
    hook.hang()
    with pytest.raises(TimeoutError):
        _post(hook, "never", within=0.3)
    hook.slow(0.3)
    began = time.monotonic()
    assert _post(hook, "late") == 200
    assert time.monotonic() - began >= 0.3
    hook.drop()
    with pytest.raises(ConnectionError):
        _post(hook, "dropped")
    assert len(hook.bodies) == 3


def test_a_webhook_stops_with_a_sender_still_hanging() -> None:
    began = time.monotonic()
    with webhook() as hook:
        hook.hang()
        sender = socket.create_connection(("127.0.0.1", hook.port))
        sender.sendall(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
        hook.wait(1)
    sender.close()
    assert time.monotonic() - began < 40, "an answer that never comes is held for two minutes"
    with pytest.raises(AssertionError, match="1 of 2 requests"):
        hook.wait(2, within=0.05)


def test_a_listener_counts_over_both_families() -> None:
    with listener() as never:
        assert never.connections == []
        assert ask("127.0.0.1", never.port, within=2).data == b""
        assert len(never.connections) == 1
        if has_ipv6():
            ask("::1", never.port, within=2)
            assert [host for host, _ in never.connections] == ["127.0.0.1", "::1"]
        with socket.create_connection(("127.0.0.1", never.port)):
            assert len(never.connections) == (3 if has_ipv6() else 2)  # at once, without a byte having been sent
    assert ask("127.0.0.1", never.port, within=1).end == "refused"


def test_the_hard_names_are_on_the_disk_as_they_are_told(tmp_path: Path) -> None:
    plain, latin = folders.hard(tmp_path / "plain"), folders.hard(tmp_path / "latin", latin_1=True)
    assert {os.fsencode(path.name) for path in plain.path.iterdir()} == {one.name for one in plain.top}
    assert {one.name for one in latin.top} - {one.name for one in plain.top} == {folders.LATIN_1}
    assert {one.name for one in plain.top} >= set(folders.HARD) | set(folders.HARD_FOLDERS)
    assert all(one.name.decode() for one in plain.top)
    assert plain.files[b"big.wav"] == folders.BIG
    assert plain.files[b"empty.wav"] == 0
    assert plain.at("a#folder") == (folders.Entry(b"inside.wav", 11, folder=False),)


def test_a_recorders_disk(tmp_path: Path) -> None:
    now = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    disk = folders.recorder(tmp_path / "nas", days=2, calls=3, newest=now)
    assert disk.at("medicall/2016") == disk.at(b"itell/2017") == ()
    assert {one.name for one in disk.top} == {b"medicall", b"prebus", b"itell"}
    assert disk.count == sum(1 for path in disk.path.rglob("*") if path.is_file())
    assert disk.bytes == sum(path.stat().st_size for path in disk.path.rglob("*") if path.is_file())
    newest = max(path.stat().st_mtime for path in disk.path.rglob("*.*") if path.is_file())
    assert newest == now.timestamp()
    waves = {name for name in disk.files if name.endswith(b".wav")}
    paired = {name for name in disk.files if name.endswith(b".mp3")}
    assert 0 < len(paired) < len(waves)
    assert {name[:-4] + b".wav" for name in paired} <= waves
    more = folders.add_call(disk.path, datetime(2026, 11, 21, 20, 4, tzinfo=UTC))
    assert folders.tree(disk.path).count == disk.count + 1
    assert more.stat().st_mtime > newest


def test_numbers_are_all_set_aside_for_fiction(tmp_path: Path) -> None:
    disk = folders.recorder(tmp_path / "nas", days=8, calls=15)
    seen = {int(part) for name in disk.files for part in _nine_digits(name.decode())}
    assert seen
    assert seen <= set(folders.NUMBERS)


def _nine_digits(name: str) -> list[str]:
    found = [part for part in name.rpartition("/")[2].replace("_", "-").split("-") if part.startswith(("070", "46"))]
    return [part.removeprefix("46").removeprefix("0") for part in found]


@pytest.mark.parametrize(
    ("codec", "tag", "rate"), [("gsm", 0x31, 1625), ("pcm", 1, 16000), ("alaw", 6, 8000), ("mulaw", 7, 8000)]
)
def test_a_sound_has_a_true_header(codec: str, tag: int, rate: int) -> None:
    head, size = sounds.wav(60, codec)  # type: ignore[arg-type]
    assert (head[:4], head[8:16]) == (b"RIFF", b"WAVEfmt ")
    assert struct.unpack_from("<I", head, 4)[0] == size - 8
    assert struct.unpack_from("<H", head, 20)[0] == tag
    assert struct.unpack_from("<I", head, 28)[0] == rate
    assert head[-8:-4] == b"data"
    assert struct.unpack_from("<I", head, len(head) - 4)[0] == 60 * rate
    assert size == len(head) + 60 * rate
    assert len(head) <= 64


def test_an_mp3_is_whole_frames() -> None:
    data, size = sounds.mp3(10)
    assert len(data) == size
    assert data[:2] == data[144:146] == b"\xff\xf3"
    assert abs(size / 4000 - 10) < 0.1


def test_backups_are_true_to_their_formats(tmp_path: Path) -> None:
    made = folders.backups(tmp_path / "backup")
    first = {name: (made.path / os.fsdecode(name)).read_bytes()[:262] for name in made.files}
    assert first[b"site.zip"][:4] == b"PK\x03\x04"
    assert first[b"home.tar"][257:262] == b"ustar"
    assert first[b"app.db"][:15] == b"SQLite format 3"
    assert first[b"post.pst"][:4] == b"!BDN"
    assert min(size for name, size in made.files.items() if name != b".env" and not name.endswith(b".gz")) > 1000


def test_a_site_has_an_index_everywhere_but_in_css(tmp_path: Path) -> None:
    made = folders.site(tmp_path / "site")
    assert {folder for folder in made.folders if not any(one.name == b"index.html" for one in made.at(folder))} == {
        b"css"
    }
