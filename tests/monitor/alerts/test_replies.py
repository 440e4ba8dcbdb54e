"""What services answer: a failure in the body of a 200, a wish to be left alone, and answers that are meant to harm."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from monitor.alerts.delivery.apprise_channel import send
from monitor.alerts.delivery.process import OutgoingMessage, OwnProcess, Sent
from monitor.alerts.delivery.replies import MOST, says_no
from monitor.alerts.queue.retry import after
from monitor.store.messages.queued import DueState, Outcome
from probes.recognise.people.masking import mask_text
from tests.monitor.alerts.builders import NOON
from tests.monitor.alerts.test_retry import due
from tests.servers.webhook import Reply, Webhook

ROOT = Path(__file__).resolve().parents[3]
SAID_NO = "answered 200, and says in it that it did not take it"


async def told(url: str) -> Sent:
    sender = OwnProcess(20, os.environ)
    return await sender(
        OutgoingMessage("c", url, mask_text("the title"), mask_text("the body"), "opened", "LO-TEST", key="k")
    )


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"ok": false, "error": "channel_not_found"}', Outcome.REFUSED),
        (b'{"success": false}', Outcome.REFUSED),
        (b'{"ok": true}', Outcome.ACCEPTED),
        (b'{"ok": 0, "success": null, "status": "failed", "errcode": 3}', Outcome.ACCEPTED),
        (b'["ok", false]', Outcome.ACCEPTED),
        (b"[" * 100_000, Outcome.ACCEPTED),
        (b"ok", Outcome.ACCEPTED),
        (b'<form action=/login><input name="p" type="password"></form>', Outcome.REFUSED),
        (b"<p>Taken. <input type=search name=password></p>", Outcome.ACCEPTED),
        (b"", Outcome.ACCEPTED),
    ],
)
async def test_a_receiver_of_the_text_says_that_it_did_not_take_it(
    hook: Webhook, body: bytes, outcome: Outcome
) -> None:
    hook.answer(Reply(200, (("Content-Type", "application/json"),), body))
    sent = await told(hook.apprise)
    assert (sent.outcome, sent.reason) == (outcome, SAID_NO if outcome is Outcome.REFUSED else "")


@pytest.mark.parametrize(
    ("scheme", "no", "yes"),
    [
        ("46elks", b'{"status": "failed", "id": "s1"}', b'{"status": "created", "id": "s1"}'),
        ("twilio", b'{"status": "undelivered", "error_code": 30003}', b'{"status": "queued", "error_code": null}'),
        ("dingtalk", b'{"errcode": 310000, "errmsg": "sign not match"}', b'{"errcode": 0, "errmsg": "ok"}'),
        ("wecombot", b'{"errcode": 93000, "errmsg": "invalid webhook url"}', b'{"errcode": 0, "errmsg": "ok"}'),
        ("lark", b'{"code": 9499, "msg": "Bad Request"}', b'{"code": 0, "msg": "success"}'),
        ("tgram", b'{"ok": false, "error_code": 400}', b'{"ok": true, "result": {}}'),
    ],
)
def test_the_word_for_a_failure_of_each_service(scheme: str, no: bytes, yes: bytes) -> None:
    assert says_no(scheme, no)
    assert not says_no(scheme, yes)


def test_of_two_numbers_one_may_have_been_told(hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apprise.plugins.fortysixelks.Notify46Elks.notify_url", hook.url)
    order = {
        "url": "46elks://user:pass@leftopen/+46701740605/+46701740606", "title": "t", "body": "b", "step": "opened",
        "finding": "LO-A", "storage": None, "deadline": 20,
    }  # fmt: skip
    failed, created = Reply(body=b'{"status": "failed"}'), Reply(body=b'{"status": "created"}')
    hook.answer(failed, created, failed, failed, created, created)
    ends = [send(order) for _ in range(3)]
    assert [(one.outcome, one.reason) for one in ends] == [
        (Outcome.MAYBE, SAID_NO), (Outcome.REFUSED, SAID_NO), (Outcome.ACCEPTED, "")
    ]  # fmt: skip


@pytest.mark.parametrize("ours", [True, False])
@pytest.mark.parametrize(
    ("status", "said", "least", "most"),
    [
        (429, "600", 600, 600),
        (503, "600", 600, 600),
        # Its name is fixed: processes that share the tests collect them in different seconds.
        pytest.param(429, format_datetime(datetime.now(UTC) + timedelta(hours=9)), 3600, 3600, id="in nine hours"),
        (429, "3155760000", 3600, 3600),  # a hundred years
        (429, "-5", 0, 0),
        (429, "soon", 0, 0),
        (500, "600", 0, 0),
    ],
)
async def test_who_asks_to_be_left_alone_is_but_for_an_hour_at_most(
    hook: Webhook, ours: bool, status: int, said: str, least: int, most: int
) -> None:
    hook.answer(Reply(status, (("Retry-After", said),), b"slow down"))
    sent = await told(hook.ours if ours else hook.apprise)
    assert sent.outcome is Outcome.REFUSED
    assert least <= sent.wait <= most


@pytest.mark.parametrize(
    ("tries", "wait", "minutes"), [(0, 0, 1), (0, 600, 10), (0, 30, 1), (5, 600, 32), (0, 10**10, 60)]
)
def test_the_next_try_is_when_both_have_ended_the_own_wait_and_the_one_that_was_asked_for(
    tries: int, wait: int, minutes: int
) -> None:
    asked = timedelta(seconds=wait)
    assert after(due(1, tries=tries), Outcome.REFUSED, NOON, wait=asked) == (
        DueState.OWED, NOON + timedelta(minutes=minutes)
    )  # fmt: skip


@contextmanager
def endless(first: bytes, then: bytes) -> Iterator[int]:
    """A server that says one thing, and another for ever once it was asked; its port."""

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(20)
            connection.sendall(first)
            connection.recv(1 << 16)
            while True:
                connection.sendall(then)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def packed(mebibytes: int, layers: int) -> bytes:
    """Zeros, packed so many times."""
    zeros = bytes(1 << 20)
    packer = zlib.compressobj(9, wbits=31)
    body = b"".join(packer.compress(zeros) for _ in range(mebibytes)) + packer.flush()
    for _ in range(layers - 1):
        body = zlib.compress(body, 9, wbits=31)
    return body


@pytest.mark.parametrize("layers", [1, 2])
def test_a_packed_answer_that_unpacks_without_end_is_read_in_part_alone(hook: Webhook, layers: int) -> None:
    coding = ("Content-Encoding", ", ".join(["gzip"] * layers))
    hook.answer(Reply(200, (coding,), packed(400, layers)))
    program = f"""
import resource, requests
from monitor.alerts.delivery.replies import listen
heard = listen()
resource.setrlimit(resource.RLIMIT_DATA, (150 << 20, 150 << 20))
answer = requests.post({hook.url!r}, data=b"x", timeout=20)
assert len(answer.content) == len(heard[0].body) == {MOST}, len(answer.content)
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


async def test_an_answer_without_end_does_not_fail_what_its_status_says(hook: Webhook) -> None:
    with endless(b"", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 65_000) as port:
        assert (await told(f"json://127.0.0.1:{port}/")).outcome is Outcome.ACCEPTED


async def test_a_mail_server_that_answers_lines_without_end_fills_no_memory_but_that_of_its_delivery() -> None:
    with endless(b"220 ready\r\n", (b"250-" + b"a" * 1000 + b"\r\n") * 500) as port:
        sent = await told(f"mailto://127.0.0.1:{port}?from=lo@region.example&to=a@region.example")
    # It ends by itself, long before it would be killed.
    assert (sent.outcome, sent.reason) == (Outcome.REFUSED, "the service did not take it")
